/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* The four ways of setting a check. */
enum act { FAIL, UNMADE, NONE, PASS, ACTS };

static void
apply(struct ga_check *c, enum act a, enum ga_reason r, const char *text)
{
    if (a == FAIL)
        ga_check_fail(c, r, "%s", text);
    else if (a == UNMADE)
        ga_check_unmade(c, r, "%s", text);
    else if (a == NONE)
        ga_check_none(c, r, "%s", text);
    else
        ga_check_pass(c);
}

static void
is_not_made_when_zeroed(void **state)
{
    struct ga_check c = { 0 };

    (void)state;
    assert_int_equal(c.state, GA_NOT_CHECKED);
    assert_int_not_equal(c.state, GA_PASSED);
    assert_string_equal(ga_state_name(c.state), "not_checked");
    assert_string_equal(ga_reason_name(c.reason), "");
}

/* All sequences of three: a failure stands, and nothing else than a first
 * pass passes. */
static void
never_takes_a_failure_back(void **state)
{
    (void)state;
    for (int i = 0; i < ACTS * ACTS * ACTS; i++) {
        enum act acts[] = { (enum act)(i % ACTS), (enum act)(i / ACTS % ACTS),
                            (enum act)(i / ACTS / ACTS) };
        struct ga_check c = { 0 };
        bool failed = false;

        for (size_t k = 0; k < 3; k++) {
            apply(&c, acts[k], GA_R_MISMATCH, "x");
            failed = failed || acts[k] == FAIL;
            assert_int_equal(c.state == GA_FAILED, failed);
        }
        if (c.state == GA_PASSED)
            assert_int_equal(acts[0], PASS);
    }
}

static const struct {
    enum act first, then;
    enum ga_state state;
    enum ga_reason reason;
    const char *text;
} pairs[] = {
    { FAIL, FAIL, GA_FAILED, GA_R_KEY, "one; two" },
    { FAIL, UNMADE, GA_FAILED, GA_R_KEY, "one" },
    { FAIL, NONE, GA_FAILED, GA_R_KEY, "one" },
    { FAIL, PASS, GA_FAILED, GA_R_KEY, "one" },
    { UNMADE, FAIL, GA_FAILED, GA_R_SHAPE, "two" },
    { UNMADE, UNMADE, GA_NOT_CHECKED, GA_R_SHAPE, "two" },
    { UNMADE, NONE, GA_NOT_CHECKED, GA_R_KEY, "one" },
    { UNMADE, PASS, GA_NOT_CHECKED, GA_R_KEY, "one" },
    { NONE, FAIL, GA_FAILED, GA_R_SHAPE, "two" },
    { NONE, UNMADE, GA_NOT_CHECKED, GA_R_SHAPE, "two" },
    { NONE, NONE, GA_NOT_APPLICABLE, GA_R_SHAPE, "two" },
    { NONE, PASS, GA_NOT_APPLICABLE, GA_R_KEY, "one" },
    { PASS, FAIL, GA_FAILED, GA_R_SHAPE, "two" },
    { PASS, UNMADE, GA_NOT_CHECKED, GA_R_SHAPE, "two" },
    { PASS, NONE, GA_NOT_APPLICABLE, GA_R_SHAPE, "two" },
    { PASS, PASS, GA_PASSED, GA_R_NONE, "" },
};

static void
combines_two_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct ga_check c = { 0 };

        apply(&c, pairs[i].first, GA_R_KEY, "one");
        apply(&c, pairs[i].then, GA_R_SHAPE, "two");
        assert_int_equal(c.state, pairs[i].state);
        assert_int_equal(c.reason, pairs[i].reason);
        assert_string_equal(c.text, pairs[i].text);
    }
}

/* Time stands only when nothing else is wrong, whatever comes first. */
static void
lets_another_reason_take_the_place_of_time(void **state)
{
    static const struct {
        enum ga_reason first, then, last;
    } rows[] = {
        { GA_R_EXPIRED, GA_R_BROKEN, GA_R_BROKEN },
        { GA_R_NOT_YET_VALID, GA_R_BROKEN, GA_R_BROKEN },
        { GA_R_BROKEN, GA_R_EXPIRED, GA_R_BROKEN },
        { GA_R_BROKEN, GA_R_UNTRUSTED, GA_R_BROKEN },
        { GA_R_EXPIRED, GA_R_NOT_YET_VALID, GA_R_EXPIRED },
        { GA_R_NOT_YET_VALID, GA_R_EXPIRED, GA_R_NOT_YET_VALID },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_check c = { 0 };

        ga_check_fail(&c, rows[i].first, "one");
        ga_check_fail(&c, rows[i].then, "two");
        assert_int_equal(c.reason, rows[i].last);
        assert_string_equal(c.text, "one; two");
    }
}

static void
notes_on_passed_checks_alone(void **state)
{
    struct ga_check c = { 0 };

    (void)state;
    ga_check_note(&c, GA_R_GRACE, "too early");
    assert_int_equal(c.reason, GA_R_NONE);
    assert_string_equal(c.text, "");
    ga_check_pass(&c);
    ga_check_note(&c, GA_R_GRACE, "%d days", 3);
    ga_check_note(&c, GA_R_NONE, "and more");
    assert_int_equal(c.state, GA_PASSED);
    assert_int_equal(c.reason, GA_R_GRACE); /* what an EAT must not hide */
    assert_string_equal(c.text, "3 days; and more");
    ga_check_fail(&c, GA_R_STALE, "late");
    ga_check_note(&c, GA_R_GRACE, "no");
    assert_int_equal(c.reason, GA_R_STALE);
    assert_string_equal(c.text, "late");
}

static void
keeps_the_names_of_parse_errors(void **state)
{
    static const struct {
        enum ga_rc rc;
        enum ga_reason reason;
    } rows[] = {
        { GA_E_TRAILING, GA_R_TRAILING },   { GA_E_DUPLICATE, GA_R_DUPLICATE },
        { GA_E_TRUNCATED, GA_R_MALFORMED }, { GA_E_BAD_VALUE, GA_R_MALFORMED },
        { GA_E_SYNTAX, GA_R_MALFORMED },    { GA_E_TOO_LARGE, GA_R_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_error err = { 0 };
        struct ga_check c = { 0 };

        ga_fail(&err, rows[i].rc, "100%% wrong");
        ga_check_error(&c, &err);
        assert_int_equal(c.state, GA_FAILED);
        assert_int_equal(c.reason, rows[i].reason);
        assert_string_equal(c.text, "100% wrong");
    }
}

static void
escapes_and_cuts_text(void **state)
{
    struct ga_check c = { 0 };
    char wide[2 * GA_CHECK_TEXT];

    (void)state;
    ga_check_fail(&c, GA_R_KEY, "a%sb", "\x1b\n");
    assert_string_equal(c.text, "a\\x1b\\x0ab");
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    for (int i = 0; i < 5; i++) {
        ga_check_fail(&c, GA_R_KEY, "%s", wide);
        assert_true(strlen(c.text) < sizeof(c.text));
        assert_memory_equal(c.text, "a\\x1b\\x0ab; www", 15);
    }
}

static void
finds_every_reason_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 1; i < GA_REASON_COUNT; i++) {
        const char *name = ga_reason_name((enum ga_reason)i);

        assert_true(strlen(name) > 0);
        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz_") ==
                    strlen(name));
        assert_int_equal(ga_reason_find(name), i);
    }
    assert_int_equal(ga_reason_find(""), GA_R_NONE);
    assert_int_equal(ga_reason_find("EXPIRED"), GA_R_NONE);
    assert_int_equal(ga_reason_find("expire"), GA_R_NONE);
    assert_string_equal(ga_reason_name(GA_REASON_COUNT), "");
    assert_string_equal(ga_reason_name((enum ga_reason) - 1), "");
    assert_string_equal(ga_state_name(GA_FAILED), "failed");
    assert_string_equal(ga_state_name(GA_PASSED), "passed");
    assert_string_equal(ga_state_name(GA_NOT_APPLICABLE), "not_applicable");
    assert_string_equal(ga_state_name((enum ga_state)17), "not_checked");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_not_made_when_zeroed),
        cmocka_unit_test(never_takes_a_failure_back),
        cmocka_unit_test(combines_two_outcomes),
        cmocka_unit_test(lets_another_reason_take_the_place_of_time),
        cmocka_unit_test(notes_on_passed_checks_alone),
        cmocka_unit_test(keeps_the_names_of_parse_errors),
        cmocka_unit_test(escapes_and_cuts_text),
        cmocka_unit_test(finds_every_reason_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
