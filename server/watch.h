/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_WATCH_H
#define GA_SERVER_WATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/metrics.h"

/* What a connection does. */
enum server_phase {
    SERVER_PHASE_IDLE,    /* between two requests */
    SERVER_PHASE_NEW,     /* no request line so far */
    SERVER_PHASE_READING, /* a request has begun */
    SERVER_PHASE_WORKING, /* its request is verified */
    SERVER_PHASE_WRITING  /* its answer is sent */
};

struct server_client {
    struct server_client *next, *prev;
    int fd;
    enum server_phase phase;
    int64_t deadline; /* seconds on the monotonic clock; 0: none */
    bool shut;
};

/*
 * Every connection, with the time by which it must have got on.  A client that
 * sends or takes a byte now and then keeps libmicrohttpd's own timer, which
 * counts silence, from ever ending: this one counts from the beginning.
 */
struct server_watch {
    pthread_mutex_t lock;
    pthread_t thread;
    pthread_cond_t wake;
    bool runs, ends;
    struct server_client all; /* head of the list */
    int64_t most;             /* seconds */
    struct server_metrics *metrics;
};

GA_MUST_USE enum ga_rc server_watch_start(struct server_watch *w, int64_t most,
                                          struct server_metrics *metrics,
                                          struct ga_error *err);
void server_watch_stop(struct server_watch *w);

/* server_watch_add takes a new connection in; NULL when out of memory. */
struct server_client *server_watch_add(struct server_watch *w, int fd);
/* server_watch_drop is called before the socket is closed. */
void server_watch_drop(struct server_watch *w, struct server_client *c);
/* server_watch_phase begins a phase, and its time anew. */
void server_watch_phase(struct server_watch *w, struct server_client *c,
                        enum server_phase phase);

/* server_watch_busy counts the connections that have a request, and with `new`
 * those that may be about to send their first one. */
size_t server_watch_busy(struct server_watch *w, bool new);

#endif
