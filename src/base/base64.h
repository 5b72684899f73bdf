/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_BASE64_H
#define GA_BASE_BASE64_H

#include "base/bytes.h"

/*
 * RFC 4648.  Decoding is strict where it matters: one alphabet per input, no
 * character outside it, padding only at the end and only as much as fits,
 * unused bits zero, so that two texts never stand for the same bytes but for
 * white space and padding.
 */
enum ga_base64 {
    GA_BASE64_STRICT = 0,     /* standard alphabet, padded, no white space */
    GA_BASE64_URL = 1 << 0,   /* '-' and '_', for this input alone */
    GA_BASE64_BARE = 1 << 1,  /* padding may be absent */
    GA_BASE64_LINES = 1 << 2, /* blanks, tabs, CR and LF are skipped */
    GA_BASE64_EITHER = 1 << 3 /* either alphabet, told by what is met first */
};

/* ga_base64_decode decodes `len` bytes of text.  Errors: GA_E_SYNTAX with the
 * offset of the first wrong character, GA_E_NOMEM. */
GA_MUST_USE enum ga_rc ga_base64_decode(const char *text, size_t len,
                                        unsigned flags, struct ga_buf *out,
                                        struct ga_error *err);

/* ga_base64_encode makes a NUL-terminated padded text, or unpadded base64url
 * with GA_BASE64_URL.  NULL when out of memory; the caller frees it. */
char *ga_base64_encode(struct ga_bytes in, unsigned flags);

#endif
