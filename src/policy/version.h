/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_VERSION_H
#define GA_POLICY_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "gpuattest/error.h"

/*
 * ga_version_order compares versions group by group, as numbers: drivers'
 * ("550.90.07") and VBIOS's, whose groups are hexadecimal ("96.00.5E.00.01").
 * Groups that are missing count as 0.  False where one is no version.
 */
GA_MUST_USE bool ga_version_order(const char *a, size_t a_len, const char *b,
                                  size_t b_len, int *out);

#endif
