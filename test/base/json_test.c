/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"

/* Parses a copy of exactly that length. */
static enum ga_rc
parse(const char *text, size_t len, json_t **out, struct ga_error *err)
{
    char *copy = malloc(len > 0 ? len : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, len);
    rc = ga_json_parse(ga_bytes_of(copy, len), out, err);
    free(copy);
    return rc;
}

static void
reads_one_value_of_any_kind(void **state)
{
    static const char *const good[] = {
        "{}",
        "[]",
        "\"x\"",
        "1",
        "-1.5",
        "true",
        "null",
        " [1] \n",
        "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]",
        "[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        json_t *v = NULL;

        assert_int_equal(parse(good[i], strlen(good[i]), &v, NULL), GA_OK);
        assert_non_null(v);
        json_decref(v);
    }
}

struct bad {
    const char *text;
    size_t len; /* 0: to the NUL */
    enum ga_rc rc;
    size_t offset;
    const char *expect;
};

static struct bad bads[] = {
    { "", 0, GA_E_SYNTAX, 0,
      "JSON: unexpected token near end of file, at byte 0" },
    { "[1,", 0, GA_E_SYNTAX, 3,
      "JSON: ']' expected near end of file, at byte 3" },
    { "[1 2]", 0, GA_E_SYNTAX, 4, "JSON: ']' expected near '2', at byte 4" },
    { "[1] x", 0, GA_E_SYNTAX, 5,
      "JSON: end of file expected near 'x', at byte 5" },
    { "{}{}", 0, GA_E_SYNTAX, 3,
      "JSON: end of file expected near '{', at byte 3" },
    { "{\"a\":1,\"b\":2,\"a\":1}", 0, GA_E_DUPLICATE, 16,
      "JSON: duplicate object key near '\"a\"', at byte 16" },
    { "[{\"a\":{\"k\":1,\"\\u006b\":2}}]", 0, GA_E_DUPLICATE, 21,
      "JSON: duplicate object key near '\"\\u006b\"', at byte 21" },
    { "[\"\\u0000\"]", 0, GA_E_SYNTAX, 9,
      "JSON: \\u0000 is not allowed without JSON_ALLOW_NUL near "
      "'\"\\u0000\"', at byte 9" },
    { "[1]\0", 4, GA_E_SYNTAX, 3, "JSON: NUL at byte 3" },
    { "[\"a\0b\"]", 7, GA_E_SYNTAX, 3, "JSON: NUL at byte 3" },
    { "\xef\xbb\xbf[]", 0, GA_E_SYNTAX, 3,
      "JSON: invalid token near '\\u{feff}', at byte 3" },
    { "[\"\xff\"]", 0, GA_E_SYNTAX, 2,
      "JSON: unable to decode byte 0xff near '\"', at byte 2" },
    { "[\"\xc0\xaf\"]", 0, GA_E_SYNTAX, 2,
      "JSON: unable to decode byte 0xc0 near '\"', at byte 2" },
    { "[\"\\ud800\"]", 0, GA_E_SYNTAX, 9,
      "JSON: invalid Unicode '\\uD800' near '\"\\ud800\"', at byte 9" },
    { "[nan]", 0, GA_E_SYNTAX, 4, "JSON: invalid token near 'nan', at byte 4" },
    { "[01]", 0, GA_E_SYNTAX, 2, "JSON: invalid token near '0', at byte 2" },
    { "[1e999]", 0, GA_E_SYNTAX, 6,
      "JSON: real number overflow near '1e999', at byte 6" },
    { "[99999999999999999999]", 0, GA_E_SYNTAX, 21,
      "JSON: too big integer near '99999999999999999999', at byte 21" },
};

static void
refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bads); i++) {
        size_t len = bads[i].len > 0 ? bads[i].len : strlen(bads[i].text);
        struct ga_error err = { 0 };
        json_t *v = NULL;

        assert_int_equal(parse(bads[i].text, len, &v, &err), bads[i].rc);
        assert_string_equal(err.text, bads[i].expect);
        assert_int_equal(err.code, bads[i].rc);
        assert_int_equal(err.offset, bads[i].offset);
        assert_null(v);
    }
}

/* "[[[...]]]" of that depth. */
static char *
nest(size_t depth)
{
    char *text = malloc(2 * depth + 1);

    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
    return text;
}

static void
bounds_the_depth(void **state)
{
    char *deepest = nest(GA_JSON_DEPTH_MAX), *deeper;
    struct ga_error err = { 0 };
    json_t *v = NULL;

    (void)state;
    assert_int_equal(parse(deepest, strlen(deepest), &v, NULL), GA_OK);
    json_decref(v);
    v = NULL;
    deeper = nest(GA_JSON_DEPTH_MAX + 1);
    assert_int_equal(parse(deeper, strlen(deeper), &v, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "JSON: more than 32 levels at byte 32");
    assert_int_equal(err.offset, 32);
    assert_null(v);
    /* Braces count alike, and closing nothing gains nothing. */
    memset(deeper, '{', GA_JSON_DEPTH_MAX + 1);
    assert_int_equal(parse(deeper, strlen(deeper), &v, NULL), GA_E_TOO_LARGE);
    memcpy(deeper, "]]]]", 4);
    memset(deeper + 4, '[', 2 * GA_JSON_DEPTH_MAX - 2);
    assert_int_equal(parse(deeper, strlen(deeper), &v, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "JSON: more than 32 levels at byte 36");
    free(deepest);
    free(deeper);
}

/* An array of `n` values is n + 1 values. */
static char *
row_of(size_t n)
{
    char *text = malloc(2 * n + 2);

    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < n; i++)
        memcpy(text + 1 + 2 * i, i + 1 < n ? "1," : "1]", 2);
    text[2 * n + 1] = '\0';
    return text;
}

static void
bounds_the_values(void **state)
{
    char *most = row_of(GA_JSON_VALUES_MAX - 1);
    char *more = row_of(GA_JSON_VALUES_MAX);
    struct ga_error err = { 0 };
    json_t *v = NULL;

    (void)state;
    assert_int_equal(parse(most, strlen(most), &v, NULL), GA_OK);
    json_decref(v);
    v = NULL;
    assert_int_equal(parse(more, strlen(more), &v, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "JSON: more than 20000 values at byte 39998");
    assert_int_equal(err.offset, 39998);
    assert_null(v);
    free(most);
    free(more);
}

static void
refuses_every_prefix(void **state)
{
    const char whole[] = "[{\"a\":\"b\\\"c\",\"d\":[1,2.5,true,null]}]";

    (void)state;
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        struct ga_error err = { 0 };
        json_t *v = NULL;

        assert_int_equal(parse(whole, n, &v, &err), GA_E_SYNTAX);
        assert_true(err.offset <= n);
        assert_null(v);
    }
}

static void
prints_in_the_order_in_which_keys_were_set(void **state)
{
    json_t *v = json_pack("{s:i,s:[s,b]}", "z", 1, "a", "\xc2\x9b\x7f", 1);
    char *line = ga_json_text(v, false), *lines = ga_json_text(v, true);
    json_t *bare = json_string("x");
    char *text = ga_json_text(bare, false);

    (void)state;
    assert_string_equal(line, "{\"z\":1,\"a\":[\"\\u009B\x7f\",true]}");
    assert_string_equal(lines,
                        "{\n  \"z\": 1,\n  \"a\": [\n    \"\\u009B\x7f\","
                        "\n    true\n  ]\n}");
    assert_string_equal(text, "\"x\"");
    free(line);
    free(lines);
    free(text);
    json_decref(bare);
    json_decref(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_one_value_of_any_kind),
        cmocka_unit_test(refuses),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(bounds_the_values),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(prints_in_the_order_in_which_keys_were_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
