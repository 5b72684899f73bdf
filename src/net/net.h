/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_NET_H
#define GA_NET_NET_H

#include <stdatomic.h>

#include "gpuattest/net.h"
#include "net/cache.h"
#include "net/http.h"

/* Seconds that a RIM is used from a cache: one that is issued again under its
 * id is seen within a day, when NVIDIA's OCSP answers end too. */
#define GA_RIM_CACHE_AGE (24 * 3600)

/* Does not change after ga_net_new() but for the flag; what is behind the
 * pointers has locks of its own. */
struct ga_net {
    struct ga_url rim, ocsp;
    struct ga_http *http;
    struct ga_cache *cache; /* NULL: none */
    int64_t ocsp_age;       /* seconds */
    int64_t (*now)(void);   /* seconds since 1970 */
    atomic_bool cancelled;
};

#endif
