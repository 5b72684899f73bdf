/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <limits.h>
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

/* Digits that a sum of rounded steps gets wrong. */
static void
takes_the_nearest_double(void **state)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        { "1.005", 1.005 },
        { "-123.456", -123.456 },
        { "0.57", 0.57 },
        { "1e-7", 1e-7 },
        { "1.7976931348623157e308", 1.7976931348623157e308 },
        { "5e-324", 5e-324 },
        { "1e-999", 0 },
        { "9007199254740993.0", 9007199254740992.0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *v = NULL;

        assert_int_equal(parse(rows[i].text, strlen(rows[i].text), &v, NULL),
                         GA_OK);
        assert_true(json_is_real(v));
        assert_true(json_real_value(v) == rows[i].value);
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
    { "", 0, GA_E_SYNTAX, 0, "JSON: value expected at byte 0" },
    { "[1,", 0, GA_E_SYNTAX, 3, "JSON: value expected at byte 3" },
    { "[1", 0, GA_E_SYNTAX, 2, "JSON: ',' or ']' expected at byte 2" },
    { "[1 2]", 0, GA_E_SYNTAX, 3, "JSON: ',' or ']' expected at byte 3" },
    { "[1,]", 0, GA_E_SYNTAX, 3, "JSON: value expected at byte 3" },
    { "[,1]", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "[}", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "]", 0, GA_E_SYNTAX, 0, "JSON: value expected at byte 0" },
    { "[1] x", 0, GA_E_SYNTAX, 4, "JSON: end expected at byte 4" },
    { "{}{}", 0, GA_E_SYNTAX, 2, "JSON: end expected at byte 2" },
    { "{\"a\"}", 0, GA_E_SYNTAX, 4, "JSON: ':' expected at byte 4" },
    { "{\"a\":}", 0, GA_E_SYNTAX, 5, "JSON: value expected at byte 5" },
    { "{\"a\":1,}", 0, GA_E_SYNTAX, 7, "JSON: key expected at byte 7" },
    { "{\"a\":1]", 0, GA_E_SYNTAX, 6, "JSON: ',' or '}' expected at byte 6" },
    { "{1:1}", 0, GA_E_SYNTAX, 1, "JSON: key expected at byte 1" },
    { "{\"a\":1,\"b\":2,\"a\":1}", 0, GA_E_DUPLICATE, 13,
      "JSON: key \"a\" twice at byte 13" },
    { "[{\"a\":{\"k\":1,\"\\u006b\":2}}]", 0, GA_E_DUPLICATE, 13,
      "JSON: key \"k\" twice at byte 13" },
    { "[\"ab", 0, GA_E_SYNTAX, 1, "JSON: string without an end at byte 1" },
    { "[\"ab\\\"]", 0, GA_E_SYNTAX, 1,
      "JSON: string without an end at byte 1" },
    { "[\"a\nb\"]", 0, GA_E_SYNTAX, 3,
      "JSON: control character in a string at byte 3" },
    { "[\"\\x\"]", 0, GA_E_SYNTAX, 2, "JSON: unknown escape at byte 2" },
    { "[\"\\u12g4\"]", 0, GA_E_SYNTAX, 2, "JSON: unknown escape at byte 2" },
    { "[\"\\u12", 0, GA_E_SYNTAX, 2, "JSON: unknown escape at byte 2" },
    { "[\"\\u0000\"]", 0, GA_E_SYNTAX, 2, "JSON: \\u0000 at byte 2" },
    { "[1]\0", 4, GA_E_SYNTAX, 3, "JSON: NUL at byte 3" },
    { "[\"a\0b\"]", 7, GA_E_SYNTAX, 3, "JSON: NUL at byte 3" },
    { "\xef\xbb\xbf[]", 0, GA_E_SYNTAX, 0, "JSON: value expected at byte 0" },
    { "[\"\xff\"]", 0, GA_E_SYNTAX, 1,
      "JSON: string that is not UTF-8 at byte 1" },
    { "[\"\xc0\xaf\"]", 0, GA_E_SYNTAX, 1,
      "JSON: string that is not UTF-8 at byte 1" },
    { "[\"\\ud800\"]", 0, GA_E_SYNTAX, 2, "JSON: half a character at byte 2" },
    { "[\"\\udc00\\udc00\"]", 0, GA_E_SYNTAX, 2,
      "JSON: half a character at byte 2" },
    { "[\"\\udc00\"]", 0, GA_E_SYNTAX, 2, "JSON: half a character at byte 2" },
    { "[\"\\ud800x\"]", 0, GA_E_SYNTAX, 2, "JSON: half a character at byte 2" },
    { "[\"\\ud800\\n\"]", 0, GA_E_SYNTAX, 2,
      "JSON: half a character at byte 2" },
    { "[\"\\ud800\\ud800\"]", 0, GA_E_SYNTAX, 2,
      "JSON: half a character at byte 2" },
    { "[\"\\ud800\\ue000\"]", 0, GA_E_SYNTAX, 2,
      "JSON: half a character at byte 2" },
    { "[nan]", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "[tru]", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "[truex]", 0, GA_E_SYNTAX, 5, "JSON: ',' or ']' expected at byte 5" },
    { "[01]", 0, GA_E_SYNTAX, 2, "JSON: ',' or ']' expected at byte 2" },
    { "[-]", 0, GA_E_SYNTAX, 1, "JSON: number that is none at byte 1" },
    { "[+1]", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "[1.]", 0, GA_E_SYNTAX, 1, "JSON: number that is none at byte 1" },
    { "[.5]", 0, GA_E_SYNTAX, 1, "JSON: value expected at byte 1" },
    { "[1e]", 0, GA_E_SYNTAX, 1, "JSON: number that is none at byte 1" },
    { "[1e+]", 0, GA_E_SYNTAX, 1, "JSON: number that is none at byte 1" },
    { "[1e999]", 0, GA_E_SYNTAX, 1, "JSON: number out of range at byte 1" },
    { "[1e99999999999]", 0, GA_E_SYNTAX, 1,
      "JSON: number out of range at byte 1" },
    { "[9223372036854775808]", 0, GA_E_SYNTAX, 1,
      "JSON: number out of range at byte 1" },
    { "[-9223372036854775809]", 0, GA_E_SYNTAX, 1,
      "JSON: number out of range at byte 1" },
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

/* jansson's reader is the oracle, where it has memory. */
static void
reads_what_jansson_reads(void **state)
{
    static const char *const texts[] = {
        ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", "
         "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"]"),
        "[\"\\u007f\\u0080\\u07ff\\u0800\\ud7ff\\ue000\\uffff\"]",
        "[\"\\ud800\\udc00\\udbff\\udfff\\u0001\"]",
        "[\"\x7f \xc2\x80 \xe2\x82\xac \xf0\x9f\x98\x80 /\"]",
        "[0,-0,1,-1,10,9223372036854775807,-9223372036854775808]",
        "[1.5,-2.25,1e2,1E+2,5e-1,0.0,-0.5,0e999,12.5e1]",
        "[1e-1001,1e-99999999999]",
        "[true,false,null,{},[],[[]],{\"a\":{}},[{},{}],\"\"]",
        " {\t\"a\" :\r[ 1 ,\n2 ] , \"\" : { \"\\u006b\" : \"v\" } } ",
        "{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t len = strlen(texts[i]);
        json_t *theirs = json_loadb(texts[i], len, JSON_DECODE_ANY, NULL);
        json_t *ours = NULL;

        assert_non_null(theirs);
        assert_int_equal(parse(texts[i], len, &ours, NULL), GA_OK);
        if (!json_equal(ours, theirs))
            fail_msg("%s: %s", texts[i], ga_json_text(ours, false));
        json_decref(ours);
        json_decref(theirs);
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

/* Nothing of it is read: the memory is of one byte. */
static void
bounds_the_bytes(void **state)
{
    json_t *v = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(
        ga_json_parse(ga_bytes_of("", (size_t)INT_MAX + 1), &v, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text,
                        "JSON: 2147483648 bytes, not 0 to 2147483647");
    assert_null(v);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_one_value_of_any_kind),
        cmocka_unit_test(takes_the_nearest_double),
        cmocka_unit_test(refuses),
        cmocka_unit_test(bounds_the_bytes),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(bounds_the_values),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(reads_what_jansson_reads),
        cmocka_unit_test(prints_in_the_order_in_which_keys_were_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
