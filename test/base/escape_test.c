/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

/* Escapes a copy of exactly that length. */
static size_t
escape(const char *in, size_t len, char *out, size_t cap)
{
    char *copy = malloc(len > 0 ? len : 1);
    size_t n;

    assert_non_null(copy);
    memcpy(copy, in, len);
    n = ga_escape(copy, len, out, cap);
    assert_int_equal(strlen(out), n);
    free(copy);
    return n;
}

struct row {
    const char *name, *in, *out;
    size_t len; /* 0: to the NUL */
};

static struct row rows[] = {
    { "plain", "NVIDIA GH100 \"x\" \\", "NVIDIA GH100 \"x\" \\", 0 },
    { "nothing", "", "", 0 },
    { "two bytes", "\xc3\xa4", "\xc3\xa4", 0 },
    { "three bytes", "\xe2\x82\xac", "\xe2\x82\xac", 0 },
    { "four bytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 0 },
    { "last character", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", 0 },
    { "around the surrogates", "\xed\x9f\xbf\xee\x80\x80",
      "\xed\x9f\xbf\xee\x80\x80", 0 },
    { "NUL", "a\0b", "a\\x00b", 3 },
    { "terminal", "\x1b[31m\a\r\n\t", "\\x1b[31m\\x07\\x0d\\x0a\\x09", 0 },
    { "DEL", "\x7f", "\\x7f", 0 },
    { "first C1", "\xc2\x80", "\\u{80}", 0 },
    { "CSI of C1", "\xc2\x9b", "\\u{9b}", 0 },
    { "behind C1", "\xc2\xa0", "\xc2\xa0", 0 },
    { "soft hyphen", "\xc2\xad", "\\u{ad}", 0 },
    { "Arabic letter mark", "\xd8\x9c", "\\u{61c}", 0 },
    { "zero width space", "\xe2\x80\x8b", "\\u{200b}", 0 },
    { "right-to-left mark", "\xe2\x80\x8f", "\\u{200f}", 0 },
    { "hyphen beside it", "\xe2\x80\x90", "\xe2\x80\x90", 0 },
    { "line separator", "\xe2\x80\xa8", "\\u{2028}", 0 },
    { "right-to-left override", "a\xe2\x80\xaez", "a\\u{202e}z", 0 },
    { "behind the overrides", "\xe2\x80\xaf", "\xe2\x80\xaf", 0 },
    { "word joiner", "\xe2\x81\xa0", "\\u{2060}", 0 },
    { "isolate", "\xe2\x81\xa6", "\\u{2066}", 0 },
    { "pop isolate", "\xe2\x81\xa9", "\\u{2069}", 0 },
    { "byte order mark", "\xef\xbb\xbf", "\\u{feff}", 0 },
    { "interlinear", "\xef\xbf\xb9", "\\u{fff9}", 0 },
    { "tag", "\xf3\xa0\x81\x81", "\\u{e0041}", 0 },
    { "lone continuation", "\x80", "\\x80", 0 },
    { "overlong slash", "\xc0\xaf", "\\xc0\\xaf", 0 },
    { "overlong in three", "\xe0\x80\xaf", "\\xe0\\x80\\xaf", 0 },
    { "overlong in four", "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf", 0 },
    { "overlong C1", "\xe0\x82\x9b", "\\xe0\\x82\\x9b", 0 },
    { "surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", 0 },
    { "last surrogate", "\xed\xbf\xbf", "\\xed\\xbf\\xbf", 0 },
    { "above Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 0 },
    { "five bytes", "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80", 0 },
    { "0xff", "\xff", "\\xff", 0 },
    { "cut short", "a\xe2\x82", "a\\xe2\\x82", 0 },
    { "cut short, then text", "\xe2\x82z", "\\xe2\\x82z", 0 },
};

static void
escapes(void **state)
{
    const struct row *r = *state;
    size_t len = r->len > 0 ? r->len : strlen(r->in);
    char out[128];

    escape(r->in, len, out, sizeof(out));
    assert_string_equal(out, r->out);
    assert_true(ga_utf8_valid(out, strlen(out)));
}

/* Whatever goes in, what comes out is UTF-8 without controls, and fits. */
static void
never_lets_a_control_through(void **state)
{
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char in[24], out[200];
        size_t len = (size_t)round % sizeof(in), n;

        for (size_t i = 0; i < len; i++) {
            seed = seed * 1103515245u + 12345u;
            in[i] = (char)(seed >> 16);
        }
        n = escape(in, len, out, sizeof(out));
        assert_true(ga_utf8_valid(out, n));
        for (size_t i = 0; i < n; i++)
            assert_false((unsigned char)out[i] < 0x20 || out[i] == 0x7f);
        assert_null(strstr(out, "\xe2\x80\xae"));
        for (size_t i = 0; i + 1 < n; i++)
            assert_false((unsigned char)out[i] == 0xc2 &&
                         (unsigned char)out[i + 1] < 0xa0);
    }
}

/* Every cap: the longest run of whole pieces that fits, and a NUL. */
static void
cuts_between_characters(void **state)
{
    const char in[] = "a\xe2\x82\xac\x1b\xc2\x9b";
    static const size_t ends[] = { 0, 1, 4, 8, 14 };

    (void)state;
    for (size_t cap = 1; cap <= 20; cap++) {
        char *out = malloc(cap), whole[32];
        size_t expect = 0, n;

        assert_non_null(out);
        escape(in, strlen(in), whole, sizeof(whole));
        assert_string_equal(whole, "a\xe2\x82\xac\\x1b\\u{9b}");
        for (size_t i = 0; i < COUNT(ends); i++)
            if (ends[i] < cap)
                expect = ends[i];
        n = escape(in, strlen(in), out, cap);
        assert_int_equal(n, expect);
        assert_memory_equal(out, whole, n);
        free(out);
    }
}

/* What follows the text would make its last character whole. */
static void
looks_at_nothing_behind_the_text(void **state)
{
    static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80" };

    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        size_t n = strlen(characters[i]);
        char out[32];

        assert_true(ga_utf8_valid(characters[i], n));
        for (size_t cut = 1; cut < n; cut++)
            assert_false(ga_utf8_valid(characters[i], cut));
        assert_int_equal(ga_escape(characters[i], 1, out, sizeof(out)), 4);
        assert_true(out[0] == '\\' && out[1] == 'x');
    }
}

static void
tells_well_formed_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = rows[i].len > 0 ? rows[i].len : strlen(rows[i].in);
        /* Bytes that are no UTF-8 are 0x80 and up, written as \x. */
        bool bad = false;

        for (const char *p = rows[i].out; *p != '\0'; p++)
            bad = bad || (strncmp(p, "\\x", 2) == 0 && p[2] >= '8');
        assert_int_equal(ga_utf8_valid(rows[i].in, len), !bad);
    }
    assert_true(ga_utf8_valid(NULL, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_lets_a_control_through),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(looks_at_nothing_behind_the_text),
        cmocka_unit_test(tells_well_formed_utf8),
    };
    struct CMUnitTest table[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        table[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = escapes,
                                        .initial_state = &rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL) +
           cmocka_run_group_tests(table, NULL, NULL);
}
