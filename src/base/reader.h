/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_READER_H
#define GA_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/fail.h"

/*
 * A ga_reader is a position in bytes that someone else owns.  Nothing here
 * allocates, and no call can move the position outside the view.
 *
 * Each read names its field.  The first read that does not fit marks the
 * reader failed, leaves the position and the output untouched, and makes every
 * later read fail too, so a parser chains reads with || in the order of the
 * wire format and asks ga_reader_error() once what went wrong.
 *
 * Integers in SPDM are little-endian (DSP0274 1.1, "Byte order").
 */
struct ga_reader {
    const uint8_t *base;
    size_t len;
    size_t pos;         /* next unread byte, <= len */
    size_t origin;      /* offset of base in the outermost input */
    const char *failed; /* field that did not fit, or NULL */
    size_t wanted;      /* bytes that field needed */
};

struct ga_reader ga_reader_of(struct ga_bytes in);
size_t ga_reader_left(const struct ga_reader *r);

GA_MUST_USE bool ga_read_u8(struct ga_reader *r, const char *field,
                            uint8_t *out);
GA_MUST_USE bool ga_read_u16le(struct ga_reader *r, const char *field,
                               uint16_t *out);
GA_MUST_USE bool ga_read_u24le(struct ga_reader *r, const char *field,
                               uint32_t *out);
GA_MUST_USE bool ga_read_u32le(struct ga_reader *r, const char *field,
                               uint32_t *out);
GA_MUST_USE bool ga_read_u64le(struct ga_reader *r, const char *field,
                               uint64_t *out);

/* ga_read_bytes makes `out` borrow the next `n` bytes of the input. */
GA_MUST_USE bool ga_read_bytes(struct ga_reader *r, const char *field, size_t n,
                               struct ga_bytes *out);

/* ga_read_sub gives the next `n` bytes a reader of their own, which cannot see
 * past them.  Use it for every length-prefixed structure. */
GA_MUST_USE bool ga_read_sub(struct ga_reader *r, const char *field, size_t n,
                             struct ga_reader *out);

/* ga_reader_error turns the failed read of `r` into an error with an offset. */
enum ga_rc ga_reader_error(const struct ga_reader *r, struct ga_error *err);

/* ga_reader_done fails unless every byte of `r` was read. */
GA_MUST_USE enum ga_rc ga_reader_done(const struct ga_reader *r,
                                      struct ga_error *err);

#endif
