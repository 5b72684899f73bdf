/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_TEST_H
#define TEST_SUPPORT_TEST_H

/* cmocka.h needs these four first, in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
