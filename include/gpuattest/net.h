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
 * Returns GA_OK, or
 *   GA_E_INVAL  a URL that is not https (http: loopback alone), a timeout other
 *               than 1 s to 1 h
 *   GA_E_FILE   a file or directory that was named and cannot be used; where no
 *               cache-dir was, and none can be had, memory alone is one
 *   GA_E_UNREACHABLE  `set` was made by libgpuattest of another version
 *   GA_E_NOMEM, GA_E_INTERNAL
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
 * released with ga_net_ids_free().  Returns GA_OK, GA_E_UNREACHABLE,
 * GA_E_MISSING (404), GA_E_SYNTAX, GA_E_BAD_VALUE, GA_E_DUPLICATE or
 * GA_E_TOO_LARGE (what came is no list), GA_E_CANCELLED, GA_E_NOMEM or
 * GA_E_INTERNAL.
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
