/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_NEAR_H
#define GA_CLI_NEAR_H

#include <stddef.h>

/* Bytes of the longest word that can be near: a RIM id. */
#define NEAR_MAX 96

/* near_distance returns the edit distance (Levenshtein) of `alen` bytes from a
 * word; SIZE_MAX where that is too long. */
size_t near_distance(const char *a, size_t alen, const char *b);

#endif
