/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_SERVER_H
#define GA_SERVER_SERVER_H

#include "gpuattest/net.h"
#include "server/answer.h"
#include "server/watch.h"
#include "server/work.h"

struct server_http;

/* Where it listens. */
struct server_address {
    bool loopback;
    char text[64]; /* "127.0.0.1:8080", "[::1]:8080" */
};

/* The service as a whole; lives on main()'s stack. */
struct server {
    const struct server_options *o;
    struct server_log log;
    struct server_metrics metrics;
    struct server_answerer answerer;
    char *issuer;
    struct ga_net *net; /* NULL: offline */
    struct ga_seams seams;
    pthread_mutex_t lock; /* of `state` */
    struct server_state *state;
    struct server_work work;
    struct server_watch watch;
    struct server_address address;
    atomic_bool stopping;
    struct server_http *http;
};

/* server_start reads everything, listens, and answers.  On failure
 * server_stop() is called all the same.  Errors: GA_E_INVAL (options),
 * GA_E_UNREACHABLE (the address), those of server_state_load(), GA_E_NOMEM,
 * GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc server_start(struct server *s,
                                    const struct server_options *o,
                                    struct ga_error *err);

/* server_reload reads keys, clients' keys, policies, anchors and directories
 * again; what cannot be read leaves all as it was. */
void server_reload(struct server *s);

/* server_stop takes no more connections, finishes what was accepted, for
 * max-stop at most, and releases everything. */
void server_stop(struct server *s);

/* server_state_now gives the state that a request begins with; dropped with
 * server_state_drop(). */
struct server_state *server_state_now(struct server *s);

#endif
