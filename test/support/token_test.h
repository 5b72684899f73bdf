/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_TOKEN_TEST_H
#define TEST_SUPPORT_TOKEN_TEST_H

/* What tests of tokens have in common. */
#include "support/test.h"

#include <string.h>

#include "gpuattest/token.h"

/* must fails the test with the error's text. */
static inline void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK)
        fail_msg("%s", err->text);
}

/* jwks_of parses a set of keys; the caller releases it. */
static inline struct ga_jwks *
jwks_of(const char *text)
{
    struct ga_jwks *jwks = NULL;
    struct ga_error err = { 0 };

    must(ga_jwks_parse(text, strlen(text), &jwks, &err), &err);
    return jwks;
}

/* ROWS adds a test for each row of a table, which has a `name`, to all[n]. */
#define ROWS(table, test)                                     \
    for (size_t i = 0; i < COUNT(table); i++)                 \
        all[n++] = (struct CMUnitTest)                        \
        {                                                     \
            .name = (table)[i].name, .test_func = (test),     \
            .initial_state = (void *)(uintptr_t) & (table)[i] \
        }

#endif
