/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_CACHE_H
#define GA_NET_CACHE_H

#include "net/disk.h"

/*
 * Answers at hand: in memory, and behind that on disk.  Bounded in entries and
 * bytes, the oldest go first.  Threads share it.  What is kept is bytes: they
 * are verified each time as if they had just come.
 */
struct ga_cache;

/* An answer taken out; the caller releases it. */
struct ga_cached {
    struct ga_buf body;
    uint8_t nonce[32]; /* that it was asked with */
    size_t nonce_len;
    char source[GA_FETCH_TEXT];
};

/* How old and how large an answer may be. */
struct ga_cache_want {
    int64_t now, max_age; /* seconds */
    size_t max;           /* bytes */
};

/* ga_cache_new takes `disk`, which may be NULL; also where it fails. */
GA_MUST_USE enum ga_rc ga_cache_new(struct ga_disk *disk, struct ga_cache **out,
                                    struct ga_error *err);
void ga_cache_free(struct ga_cache *cache); /* NULL is allowed */

/* ga_cache_get gives the answer to `name` that is younger than max_age, not
 * from the future, and not larger than max; false: there is none. */
GA_MUST_USE bool ga_cache_get(struct ga_cache *cache,
                              const struct ga_entry_name *name,
                              const struct ga_cache_want *want,
                              struct ga_cached *out);

/* ga_cache_put keeps a copy of an answer; where it cannot, it does not. */
void ga_cache_put(struct ga_cache *cache, const struct ga_entry_name *name,
                  const struct ga_entry *entry, const char *source);

/* ga_cache_tidy bounds the directory; once per call that put something. */
void ga_cache_tidy(struct ga_cache *cache);

#endif
