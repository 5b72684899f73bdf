/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The n-th allocation of ours fails, for every n: the call says so, and the
 * list stays as it was.
 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "gpuattest/evidence.h"
#include "support/memory.h"

#define REPORT "EeAB/w=="
#define CHAIN  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
#define BOTH   "\"evidence\":\"" REPORT "\",\"certificate\":\"" CHAIN "\""

static const char *const inputs[] = {
    "[{\"arch\":9,\"nonce\":\"n\"," BOTH "},{" BOTH "}]",
    "{\"arch\":\"HOPPER\",\"nonce\":\"n\",\"evidences\":{\"evidence_list\":["
    "{" BOTH "}]}}",
    /* base64 of [{"evidence":"11e001ff","certificate":["-----BEGIN"]}] */
    "W3siZXZpZGVuY2UiOiIxMWUwMDFmZiIsImNlcnRpZmljYXRlIjpbIi0tLS0tQkVHSU4iXX1d",
    "\"[{\\\"evidence\\\":{\\\"py/b64\\\":\\\"" REPORT
    "\\\"},\\\"certificate\\\":\\\"-----BEGIN\\\"}]\"",
};

/* Returns how many allocations the call made. */
static unsigned
parse_with_failures(const char *text)
{
    for (unsigned n = 1;; n++) {
        struct ga_evidence *e = NULL;
        struct ga_error err = { 0 };
        enum ga_rc rc;
        bool failed;

        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        memory_countdown = n;
        rc = ga_evidence_parse(e, text, strlen(text), &err);
        failed = memory_countdown == 0;
        memory_countdown = 0;
        if (failed) {
            assert_int_equal(rc, GA_E_NOMEM);
            assert_int_equal(err.code, GA_E_NOMEM);
            assert_non_null(strstr(err.text, "out of memory"));
            assert_int_equal(ga_evidence_count(e), 0);
        } else {
            assert_int_equal(rc, GA_OK);
        }
        ga_evidence_free(e);
        if (!failed)
            return n - 1;
    }
}

static void
parses_or_says_that_memory_is_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(inputs); i++)
        assert_in_range(parse_with_failures(inputs[i]), 4, 60);
}

static void
adds_or_says_that_memory_is_out(void **state)
{
    enum ga_rc rc = GA_E_NOMEM;

    (void)state;
    for (unsigned n = 1; rc != GA_OK; n++) {
        struct ga_evidence *e = NULL;
        char *text = NULL;

        memory_countdown = 0;
        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        memory_countdown = n;
        rc = ga_evidence_add_base64(e, REPORT, CHAIN, NULL);
        if (rc == GA_OK)
            rc = ga_evidence_add(e, "x", 1, "y", 1, NULL);
        if (rc == GA_OK)
            rc = ga_evidence_json(e, &text, NULL);
        assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
        assert_int_equal(text != NULL, rc == GA_OK);
        memory_countdown = 0;
        free(text);
        ga_evidence_free(e);
    }
}

static void
sets_or_says_that_memory_is_out(void **state)
{
    enum ga_rc rc = GA_E_NOMEM;

    (void)state;
    for (unsigned n = 1; rc != GA_OK; n++) {
        struct ga_settings *set = NULL, *copy = NULL;

        memory_countdown = n;
        rc = ga_settings_new(&set, NULL);
        if (rc == GA_OK)
            rc = ga_settings_set(set, "arch", "HOPPER", NULL);
        if (rc == GA_OK)
            rc = ga_settings_set(set, "relax", "a,b,c", NULL);
        if (rc == GA_E_NOMEM && set != NULL)
            assert_int_equal(set->relax.count, 0);
        if (rc == GA_OK)
            rc = ga_settings_copy(set, &copy, NULL);
        assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
        assert_int_equal(copy != NULL, rc == GA_OK);
        memory_countdown = 0;
        ga_settings_free(set);
        ga_settings_free(copy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_or_says_that_memory_is_out),
        cmocka_unit_test(adds_or_says_that_memory_is_out),
        cmocka_unit_test(sets_or_says_that_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
