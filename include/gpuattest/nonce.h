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

#ifdef __cplusplus
}
#endif
#endif
