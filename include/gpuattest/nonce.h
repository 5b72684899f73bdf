/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_NONCE_H
#define GPUATTEST_NONCE_H

#include <stdint.h>

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a nonce: DSP0274 1.1, GET_MEASUREMENTS. */
#define GA_NONCE_LEN 32

/* ga_nonce is a value that the relying party chose; it makes a report fresh. */
struct ga_nonce {
    uint8_t bytes[GA_NONCE_LEN];
};

/* ga_nonce_random fills `out` from the system's random generator.  Returns
 * GA_OK, or GA_E_INTERNAL where that has none. */
GA_API GA_MUST_USE enum ga_rc ga_nonce_random(struct ga_nonce *out,
                                              struct ga_error *err);

/* ga_nonce_parse reads 64 hex digits of either case, optionally after 0x.
 * Returns GA_OK, or GA_E_INVAL for anything else, `out` untouched. */
GA_API GA_MUST_USE enum ga_rc ga_nonce_parse(const char *text,
                                             struct ga_nonce *out,
                                             struct ga_error *err);

/* ga_nonce_text writes 64 lower-case hex digits and a NUL. */
GA_API void ga_nonce_text(const struct ga_nonce *nonce,
                          char out[2 * GA_NONCE_LEN + 1]);

/*
 * ga_nonce_bind derives a nonce from the bytes of the file `path` ("-":
 * standard input), of any length: who has the file can tell that evidence over
 * this nonce was asked for by somebody who had it too.  That makes the evidence
 * fresh only where the file has something fresh in it, as a challenge of the
 * relying party.  The derivation is docs/nonce.md.
 *
 * Returns GA_OK, or, `out` untouched, GA_E_INVAL for NULL, GA_E_FILE,
 * GA_E_TRUNCATED for a file without bytes, GA_E_NOMEM or GA_E_INTERNAL.
 */
GA_API GA_MUST_USE enum ga_rc ga_nonce_bind(const char *path,
                                            struct ga_nonce *out,
                                            struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
