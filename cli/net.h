/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_NET_H
#define GA_CLI_NET_H

#include <pthread.h>

#include "gpuattest/net.h"
#include "gpuattest/remote.h"

/* What the command takes from libgpuattest-net; rows in net.c. */
struct net_api {
    enum ga_rc (*make)(const struct ga_settings *set, struct ga_net **out,
                       struct ga_error *err);
    void (*release)(struct ga_net *net);
    ga_fetch *fetch;
    enum ga_rc (*rim_ids)(struct ga_net *net, char ***out,
                          struct ga_error *err);
    void (*ids_free)(char **ids);
    enum ga_rc (*remote_make)(const struct ga_settings *set,
                              struct ga_remote **out, struct ga_error *err);
    void (*remote_release)(struct ga_remote *remote);
    enum ga_rc (*remote_verify)(struct ga_remote *remote,
                                struct ga_context *ctx,
                                const struct ga_evidence *evidence,
                                const struct ga_nonce *nonce,
                                struct ga_result **out, struct ga_error *err);
    enum ga_rc (*remote_jwks)(struct ga_remote *remote, char **out,
                              struct ga_error *err);
};

/*
 * The network half, which is loaded when somebody is asked for the first time:
 * everything else starts without a TLS stack.  Zeroed but for `settings` and
 * `lock`; callbacks may come on several threads.
 */
struct net {
    pthread_mutex_t lock;
    const struct ga_settings *settings; /* borrowed */
    bool tried, loaded;
    enum ga_rc rc; /* of trying, with `err` */
    struct ga_error err;
    void *library;
    struct net_api api;
    struct ga_net *net;
    struct ga_remote *remote;
};

void net_init(struct net *n, const struct ga_settings *settings);
void net_done(struct net *n);

/* net_open loads the library and makes the client, once; later calls return the
 * same.  GA_E_UNREACHABLE where there is no library. */
GA_MUST_USE enum ga_rc net_open(struct net *n, struct ga_error *err);

/* net_remote loads the library and makes a client of the attestation service
 * from `settings`, once; borrowed.  For one thread. */
GA_MUST_USE enum ga_rc net_remote(struct net *n,
                                  const struct ga_settings *settings,
                                  struct ga_error *err);

/* net_fetch is a ga_fetch over it; where there is no library, every item is
 * answered with that.  A setting that no client can be made from is the error of
 * the call. */
enum ga_rc net_fetch(struct net *n, struct ga_fetch_item *items, size_t count,
                     struct ga_error *err);

#endif
