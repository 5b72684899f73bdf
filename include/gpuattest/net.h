/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_NET_H
#define GPUATTEST_NET_H

#include "gpuattest/context.h"
#include "gpuattest/fetch.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * libgpuattest-net: RIM service and OCSP responder over HTTP, with caches in
 * memory and on disk.  A ga_net is shared by threads.
 */
struct ga_net;

/*
 * ga_net_new makes a client from the network settings of `set` (NULL: the
 * defaults): rim-url, ocsp-url, timeout, cache-dir, no-cache, tls-ca-cert,
 * tls-ca-path, ocsp-cache-age.
 *
 * Returns GA_OK, or GA_E_INVAL for a URL that is not https (http: loopback
 * alone), GA_E_FILE, GA_E_NOMEM or GA_E_INTERNAL.
 */
GA_API GA_MUST_USE enum ga_rc ga_net_new(const struct ga_settings *set,
                                         struct ga_net **out,
                                         struct ga_error *err);

/* ga_net_free releases `net`, which no context may be using.  NULL is
 * allowed. */
GA_API void ga_net_free(struct ga_net *net);

/* ga_net_fetch is a ga_fetch; its `user` is the ga_net. */
GA_API enum ga_rc ga_net_fetch(void *user, struct ga_fetch_item *items,
                               size_t count, struct ga_error *err);

/*
 * ga_net_rim_ids lists the ids that the RIM service has, NULL-terminated;
 * released with ga_net_ids_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_net_rim_ids(struct ga_net *net, char ***out,
                                             struct ga_error *err);
GA_API void ga_net_ids_free(char **ids);

/* ga_net_cancel ends every transfer, now and later, with GA_E_CANCELLED.  May
 * be called from a signal handler. */
GA_API void ga_net_cancel(struct ga_net *net);

#ifdef __cplusplus
}
#endif
#endif
