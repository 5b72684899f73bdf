/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_ESCAPE_H
#define GA_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The one function that foreign text (names, claims, messages, file names)
 * passes on its way out.  C0, DEL, C1, bidirectional controls, line and
 * paragraph separators, zero-width characters and bytes that are no UTF-8
 * become \xHH or \u{HHHH}, so that a name cannot steer a terminal or reorder a
 * line.  Output is always NUL-terminated UTF-8, cut between characters where
 * it does not fit; `cap` is at least 1.  Returns the length written.
 * Source: uax9, and CVE-2021-42574, for the list of controls.
 */
size_t ga_escape(const char *in, size_t len, char *out, size_t cap);

/* ga_utf8_valid says whether `in` is well-formed UTF-8 (RFC 3629: shortest
 * form, no surrogates, up to U+10FFFF).  NUL is a character like others. */
bool ga_utf8_valid(const void *in, size_t len);

#endif
