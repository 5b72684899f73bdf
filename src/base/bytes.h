/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_BYTES_H
#define GA_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* ga_bytes borrows memory: it never owns what `ptr` points at. */
struct ga_bytes {
    const uint8_t *ptr;
    size_t len;
};

/* ga_buf owns memory from malloc(); ga_buf_done() releases it and zeroes the
 * struct.  Use: GA_AUTO_BUF struct ga_buf b = { 0 }; */
struct ga_buf {
    uint8_t *ptr;
    size_t len;
};

#define GA_AUTO_BUF __attribute__((cleanup(ga_buf_done)))

void ga_buf_done(struct ga_buf *b);

/* ga_buf_copy makes `out` own a copy of `in` with a NUL behind it (not counted
 * in len). */
GA_MUST_USE enum ga_rc ga_buf_copy(struct ga_bytes in, struct ga_buf *out,
                                   struct ga_error *err);

static inline struct ga_bytes
ga_bytes_of(const void *ptr, size_t len)
{
    return (struct ga_bytes){ .ptr = ptr, .len = len };
}

/* ga_view borrows what a buffer owns. */
static inline struct ga_bytes
ga_view(const struct ga_buf *b)
{
    return (struct ga_bytes){ .ptr = b->ptr, .len = b->len };
}

/* ga_bytes_equal compares lengths, then contents in constant time. */
bool ga_bytes_equal(struct ga_bytes a, struct ga_bytes b);

/* ga_bytes_zero says whether every byte is 0; true for no bytes at all. */
bool ga_bytes_zero(struct ga_bytes b);

#endif
