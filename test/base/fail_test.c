/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <string.h>

#include "base/escape.h"
#include "base/fail.h"
#include "support/doc_table.h"

static const struct {
    enum ga_rc rc;
    const char *name;
} codes[] = {
#define X(name, class, text) { GA_E_##name, #name },
    GA_ERRORS(X)
#undef X
};

/* docs/errors.md has every error, in order, with its class and its text. */
static void
agrees_with_the_documentation(void **state)
{
    struct doc_row rows[32];
    size_t n = doc_table("docs/errors.md", "## The table", rows, COUNT(rows));

    (void)state;
    assert_int_equal(n, COUNT(codes));
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(codes[i].rc, i);
        assert_string_equal(rows[i].cell[0], codes[i].name);
        assert_string_equal(rows[i].cell[0], ga_error_name(codes[i].rc));
        assert_string_equal(rows[i].cell[1],
                            ga_class_name(ga_error_class(codes[i].rc)));
        assert_string_equal(rows[i].cell[2], ga_strerror(codes[i].rc));
    }
}

/* Values are ABI: each stands here as a number. */
static void
keeps_its_numbers(void **state)
{
    (void)state;
    assert_int_equal(GA_OK, 0);
    assert_int_equal(GA_E_INVAL, 1);
    assert_int_equal(GA_E_NOMEM, 2);
    assert_int_equal(GA_E_TRUNCATED, 3);
    assert_int_equal(GA_E_TRAILING, 4);
    assert_int_equal(GA_E_BAD_VALUE, 5);
    assert_int_equal(GA_E_DUPLICATE, 6);
    assert_int_equal(GA_E_MISSING, 7);
    assert_int_equal(GA_E_TOO_LARGE, 8);
    assert_int_equal(GA_E_SYNTAX, 9);
    assert_int_equal(GA_E_FILE, 10);
    assert_int_equal(GA_E_UNREACHABLE, 11);
    assert_int_equal(GA_E_CANCELLED, 12);
    assert_int_equal(GA_E_INTERNAL, 13);
}

static void
has_texts_for_codes_that_are_none(void **state)
{
    static const int wrong[] = { -1, (int)COUNT(codes), 1000, INT32_MIN };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        enum ga_rc rc = (enum ga_rc)wrong[i];

        assert_string_equal(ga_strerror(rc), "unknown error");
        assert_string_equal(ga_error_name(rc), "UNKNOWN");
        assert_int_equal(ga_error_class(rc), GA_CLASS_SYSTEM);
        assert_string_equal(ga_class_name((enum ga_class)wrong[i]), "SYSTEM");
    }
    assert_string_equal(ga_class_name(GA_CLASS_NONE), "NONE");
    assert_string_equal(ga_class_name(GA_CLASS_IO), "IO");
}

static void
records_code_offset_and_text(void **state)
{
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_fail(&err, GA_E_SYNTAX, "%d of %s", 3, "x\x1by"),
                     GA_E_SYNTAX);
    assert_int_equal(err.code, GA_E_SYNTAX);
    assert_true(err.offset == GA_NO_OFFSET);
    assert_string_equal(err.text, "3 of x\\x1by");
    assert_int_equal(ga_fail_at(&err, GA_E_TRAILING, 17, "left"),
                     GA_E_TRAILING);
    assert_int_equal(err.code, GA_E_TRAILING);
    assert_int_equal(err.offset, 17);
    assert_string_equal(err.text, "left");
    assert_int_equal(ga_nomem(&err), GA_E_NOMEM);
    assert_string_equal(err.text, "out of memory");
    assert_true(err.offset == GA_NO_OFFSET);
}

static void
wraps_from_the_outside_in(void **state)
{
    struct ga_error err = { 0 };

    (void)state;
    ga_fail_at(&err, GA_E_SYNTAX, 9, "core");
    assert_int_equal(ga_within(&err, GA_E_SYNTAX, "item %d", 3), GA_E_SYNTAX);
    assert_int_equal(ga_within(&err, GA_E_SYNTAX, "a\nb.json"), GA_E_SYNTAX);
    assert_string_equal(err.text, "a\\x0ab.json: item 3: core");
    assert_int_equal(err.code, GA_E_SYNTAX);
    assert_int_equal(err.offset, 9);
    assert_int_equal(ga_within(&err, GA_OK, "nothing"), GA_OK);
    assert_string_equal(err.text, "a\\x0ab.json: item 3: core");
}

static void
allows_no_error_to_write_to(void **state)
{
    (void)state;
    assert_int_equal(ga_fail(NULL, GA_E_FILE, "x"), GA_E_FILE);
    assert_int_equal(ga_fail_at(NULL, GA_E_FILE, 1, "x"), GA_E_FILE);
    assert_int_equal(ga_within(NULL, GA_E_FILE, "x"), GA_E_FILE);
    assert_int_equal(ga_nomem(NULL), GA_E_NOMEM);
}

/* However long the parts, the text is whole characters and ends in time. */
static void
cuts_what_does_not_fit(void **state)
{
    struct ga_error err = { 0 };
    char wide[3 * GA_ERROR_TEXT + 1];

    (void)state;
    for (size_t i = 0; i + 3 < sizeof(wide); i += 3)
        memcpy(wide + i, "\xe2\x82\xac", 4);
    ga_fail(&err, GA_E_FILE, "%s", wide);
    assert_true(strlen(err.text) < GA_ERROR_TEXT);
    assert_true(strlen(err.text) > GA_ERROR_TEXT - 16);
    for (int i = 0; i < 20; i++) {
        ga_within(&err, GA_E_FILE, "%s", wide);
        assert_true(strlen(err.text) < GA_ERROR_TEXT);
        assert_memory_equal(err.text, "\xe2\x82\xac", 3);
        assert_true(ga_utf8_valid(err.text, strlen(err.text)));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_documentation),
        cmocka_unit_test(keeps_its_numbers),
        cmocka_unit_test(has_texts_for_codes_that_are_none),
        cmocka_unit_test(records_code_offset_and_text),
        cmocka_unit_test(wraps_from_the_outside_in),
        cmocka_unit_test(allows_no_error_to_write_to),
        cmocka_unit_test(cuts_what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
