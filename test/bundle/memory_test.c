/* SPDX-License-Identifier: Apache-2.0 */
/* The n-th allocation of ours fails, for every n: the call says so, and a bundle
 * stays as it was. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "support/memory.h"

#define EMPTY "{\"keys\":[]}"

/* Makes a bundle of two entries, its bytes, and a bundle of these. */
static enum ga_rc
make(struct ga_bundle **first, struct ga_bundle **second, void **bytes,
     struct ga_error *err)
{
    size_t len = 0;
    enum ga_rc rc = ga_bundle_new(first, err);

    if (rc == GA_OK)
        rc = ga_bundle_add(*first, GA_BUNDLE_JWKS, "https://b.example", EMPTY,
                           strlen(EMPTY), err);
    if (rc == GA_OK)
        rc = ga_bundle_add(*first, GA_BUNDLE_JWKS, "https://a.example", EMPTY,
                           strlen(EMPTY), err);
    if (rc == GA_OK)
        rc = ga_bundle_bytes(*first, bytes, &len, err);
    if (rc == GA_OK)
        rc = ga_bundle_parse(*bytes, len, second, err);
    return rc;
}

static void
makes_one_or_says_that_memory_is_out(void **state)
{
    enum ga_rc rc = GA_E_NOMEM;
    unsigned n = 0;

    (void)state;
    while (rc != GA_OK) {
        struct ga_bundle *first = NULL, *second = NULL;
        struct ga_error err = { 0 };
        void *bytes = NULL;

        memory_countdown = ++n;
        rc = make(&first, &second, &bytes, &err);
        assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
        memory_countdown = 0;
        assert_int_equal(err.code, rc);
        assert_int_equal(ga_bundle_count(second), rc == GA_OK ? 2 : 0);
        if (rc != GA_OK) {
            assert_non_null(strstr(err.text, "out of memory"));
            assert_null(second);
        }
        /* An entry is in it whole, or is not. */
        for (size_t i = 0; i < ga_bundle_count(first); i++)
            assert_int_equal(first->entry[i].data.len, strlen(EMPTY));
        free(bytes);
        ga_bundle_free(first);
        ga_bundle_free(second);
    }
    assert_in_range(n, 12, 40);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_one_or_says_that_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
