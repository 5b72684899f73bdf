/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_ENTRY_H
#define GA_NET_ENTRY_H

#include "base/bytes.h"
#include "base/limits.h"
#include "gpuattest/fetch.h"

/*
 * A cached answer as a file: what was asked, when, and the bytes that came.
 * Integers are little-endian.
 *
 *     magic       8   "GPUATTC" and the version, 1
 *     fetched     8   seconds since 1970
 *     name       32   SHA-256 of the question
 *     nonce len   1   0 to 32
 *     nonce      32   padded with zeros
 *     length      4   of the body
 *     digest     32   SHA-256 of everything above and the body
 *     body
 */
#define GA_ENTRY_HEAD 117

/* The question that an answer is filed under. */
#define GA_ENTRY_NAME 32
struct ga_entry_name {
    uint8_t bytes[GA_ENTRY_NAME];
};

/* An answer.  Parsed, it borrows from the file. */
struct ga_entry {
    int64_t fetched; /* seconds since 1970 */
    struct ga_bytes nonce, body;
};

/* ga_entry_name_of names a question: kind, address, what was asked for, and
 * whether it had a nonce.  False where the library fails. */
GA_MUST_USE bool ga_entry_name_of(enum ga_fetch_kind kind, const char *url,
                                  struct ga_bytes key, bool with_nonce,
                                  struct ga_entry_name *out);

/* ga_entry_write makes a file.  Errors: GA_E_INVAL (above the bounds),
 * GA_E_NOMEM, GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc ga_entry_write(const struct ga_entry_name *name,
                                      const struct ga_entry *entry,
                                      struct ga_buf *out, struct ga_error *err);

/* ga_entry_read reads a file, which must be the answer to `name` and whole.
 * Errors: GA_E_TRUNCATED, GA_E_TRAILING, GA_E_BAD_VALUE, GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc ga_entry_read(struct ga_bytes file,
                                     const struct ga_entry_name *name,
                                     struct ga_entry *out,
                                     struct ga_error *err);

#endif
