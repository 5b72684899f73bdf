/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_HEX_H
#define GA_BASE_HEX_H

#include "base/bytes.h"

/* ga_hex writes 2 * in.len lower-case digits and a NUL to `out`. */
void ga_hex(struct ga_bytes in, char *out);

/* ga_unhex reads exactly 2 * n digits of either case into `out`; anything else
 * (prefix, blank, other length) is false and leaves `out` untouched. */
GA_MUST_USE bool ga_unhex(const char *text, size_t len, uint8_t *out, size_t n);

#endif
