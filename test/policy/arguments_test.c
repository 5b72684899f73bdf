/* SPDX-License-Identifier: Apache-2.0 */
/* Builtin functions at the edges of what they take: kinds, bounds, and what
 * other engines do differently. */
#include "policy/rego_support.h"

/* A call, and what comes of it. */
struct call {
    const char *call, *out;
};

/* clang-format off */
static const struct call kinds[] = {
    { "abs(\"a\")", "abs: argument 1 is string, not number" },
    { "ceil(null)", "ceil: argument 1 is null, not number" },
    { "sum(1)", "sum: argument 1 is number, not array or set" },
    { "sum({\"a\": 1})", "sum: argument 1 is object, not array or set" },
    { "product([[]])", "product: an element of argument 1 is array, not number" },
    { "max(\"a\")", "max: argument 1 is string, not array or set" },
    { "sort(1)", "sort: argument 1 is number, not array or set" },
    { "array.concat({1}, [])", "array.concat: argument 1 is set, not array" },
    { "array.concat([], \"a\")", "array.concat: argument 2 is string, not array" },
    { "array.reverse({1})", "array.reverse: argument 1 is set, not array" },
    { "array.slice(\"abc\", 0, 1)", "array.slice: argument 1 is string, not array" },
    { "array.slice([1], \"a\", 1)", "array.slice: argument 2 is string, not number" },
    { "array.slice([1], 0, null)", "array.slice: argument 3 is null, not number" },
    { "union([])", "union: argument 1 is array, not set" },
    { "union({1})", "union: an element of argument 1 is number, not set" },
    { "intersection([])", "intersection: argument 1 is array, not set" },
    { "intersection({[1]})", "intersection: an element of argument 1 is array, not set" },
    { "json.unmarshal(1)", "json.unmarshal: argument 1 is number, not string" },
    { "base64.encode(1)", "base64.encode: argument 1 is number, not string" },
    { "base64.decode(1)", "base64.decode: argument 1 is number, not string" },
    { "base64url.encode([])", "base64url.encode: argument 1 is array, not string" },
    { "base64url.encode_no_pad(null)", "base64url.encode_no_pad: argument 1 is null, not string" },
    { "base64url.decode({})", "base64url.decode: argument 1 is object, not string" },
    { "base64.is_valid(1)", "base64.is_valid: argument 1 is number, not string" },
    { "hex.encode(1)", "hex.encode: argument 1 is number, not string" },
    { "hex.decode(1)", "hex.decode: argument 1 is number, not string" },
    { "numbers.range(\"a\", 1)", "numbers.range: argument 1 is string, not number" },
    { "numbers.range_step(1, 2, \"a\")", "numbers.range_step: argument 3 is string, not number" },
    { "bits.and(1, \"a\")", "bits.and: argument 2 is string, not number" },
    { "bits.xor(null, 1)", "bits.xor: argument 1 is null, not number" },
    { "bits.negate([])", "bits.negate: argument 1 is array, not number" },
    { "bits.lsh(\"a\", 1)", "bits.lsh: argument 1 is string, not number" },
    { "bits.rsh(\"a\", 1)", "bits.rsh: argument 1 is string, not number" },
    { "object.get([], \"a\", 1)", "object.get: argument 1 is array, not object" },
    { "object.keys([])", "object.keys: argument 1 is array, not object" },
    { "object.filter([], [])", "object.filter: argument 1 is array, not object" },
    { "object.filter({}, \"a\")", "object.filter: argument 2 is string, not array, object or set" },
    { "object.remove(1, [])", "object.remove: argument 1 is number, not object" },
    { "object.union([], {})", "object.union: argument 1 is array, not object" },
    { "object.union({}, 1)", "object.union: argument 2 is number, not object" },
    { "object.union_n({})", "object.union_n: argument 1 is object, not array" },
    { "object.union_n([1])", "object.union_n: an element of argument 1 is number, not object" },
    { "object.subset(1, {})", "object.subset: argument 1 is number, not array, object or set" },
    { "object.subset([1], {})", "object.subset: object in array is not compared" },
    { "object.subset({1}, [1])", "object.subset: array in set is not compared" },
    { "object.subset({}, \"a\")", "object.subset: argument 2 is string, not array, object or set" },
    { "1 - \"a\"", "minus: argument 2 is string, not number" },
    { "{1} - 1", "minus: argument 1 is set, not number" },
    { "1 * \"a\"", "mul: argument 2 is string, not number" },
    { "\"a\" / 1", "div: argument 1 is string, not number" },
    { "\"a\" % 1", "rem: argument 1 is string, not number" },
    { "1 & {1}", "and: argument 1 is number, not set" },
    { "{1} | [1]", "or: argument 2 is array, not set" },
    { "1 | 1", "or: argument 1 is number, not set" },
    { "sprintf(1, [])", "sprintf: argument 1 is number, not string" },
    { "sprintf(\"a\", 1)", "sprintf: argument 2 is number, not array" },
    { "contains(1, \"a\")", "contains: argument 1 is number, not string" },
    { "startswith(\"a\", 1)", "startswith: argument 2 is number, not string" },
    { "endswith(\"a\", null)", "endswith: argument 2 is null, not string" },
    { "strings.any_prefix_match(1, \"a\")", "strings.any_prefix_match: argument 1 is number, not string, array or set" },
    { "strings.any_prefix_match([\"a\", 1], \"a\")", "strings.any_prefix_match: an element of argument 1 is number, not string" },
    { "strings.any_suffix_match(\"a\", [1])", "strings.any_suffix_match: an element of argument 2 is number, not string" },
    { "indexof(\"abc\", 1)", "indexof: argument 2 is number, not string" },
    { "indexof_n(\"abc\", 1)", "indexof_n: argument 2 is number, not string" },
    { "substring(1, 0, 1)", "substring: argument 1 is number, not string" },
    { "substring(\"a\", \"b\", 1)", "substring: argument 2 is string, not number" },
    { "substring(\"a\", 0, \"c\")", "substring: argument 3 is string, not number" },
    { "concat(1, [])", "concat: argument 1 is number, not string" },
    { "concat(\"\", \"a\")", "concat: argument 2 is string, not array or set" },
    { "concat(\"\", [1])", "concat: an element of argument 2 is number, not string" },
    { "split(1, \"a\")", "split: argument 1 is number, not string" },
    { "replace(\"a\", \"b\", 1)", "replace: argument 3 is number, not string" },
    { "strings.reverse(1)", "strings.reverse: argument 1 is number, not string" },
    { "regex.match(\"a\", 1)", "regex.match: argument 2 is number, not string" },
    { "regex.match(1, \"a\")", "regex.match: argument 1 is number, not string" },
    { "lower(1)", "lower: argument 1 is number, not string" },
    { "trim(\"a\", 1)", "trim: argument 2 is number, not string" },
    { "trim_space(1)", "trim_space: argument 1 is number, not string" },
    { "trim_prefix(\"a\", 1)", "trim_prefix: argument 2 is number, not string" },
    { "trim_suffix(1, \"a\")", "trim_suffix: argument 1 is number, not string" },
    { "format_int(\"a\", 10)", "format_int: argument 1 is string, not number" },
    { "to_number([])", "to_number: argument 1 is array, not null, boolean, number or string" },
    { "strings.replace_n([], \"a\")", "strings.replace_n: argument 1 is array, not object" },
    { "strings.replace_n({}, 1)", "strings.replace_n: argument 2 is number, not string" },
    { "time.parse_rfc3339_ns(1)", "time.parse_rfc3339_ns: argument 1 is number, not string" },
    { "gpuattest.version_compare(1, \"1\")", "gpuattest.version_compare: argument 1 is number, not string" },
    { "gpuattest.version_compare(\"1\", 1)", "gpuattest.version_compare: argument 2 is number, not string" },
    { "count(null)", "count: argument 1 is null, not string, array, object or set" },
    { "min({\"a\": 1})", "min: argument 1 is object, not array or set" },
    { "strings.count(1, \"a\")", "strings.count: argument 1 is number, not string" },
    { "strings.replace_n({1: \"a\"}, \"a\")", "strings.replace_n: patterns are strings that are not empty" },
    { "strings.replace_n({\"a\": 1}, \"a\")", "strings.replace_n: patterns are strings that are not empty" },
    { "strings.replace_n({\"\": \"a\"}, \"a\")", "strings.replace_n: patterns are strings that are not empty" },
};

/* Refused when the policy is loaded, since all of them are constants. */
static const struct call lacking[] = {
    { "base64.decode(\"/w==\")", "base64.decode: bytes that are no UTF-8" },
    { "hex.decode(\"ff\")", "hex.decode: bytes that are no UTF-8" },
    { "numbers.range(1, 1.5)", "numbers.range: a fraction" },
    { "numbers.range_step(1, 2, 0)", "numbers.range_step: step must be positive" },
    { "bits.or(1.5, 1)", "bits.or: bits of a fraction" },
    { "bits.lsh(1, -1)", "bits.lsh: a negative distance" },
    { "bits.lsh(1, 63)", "bits.lsh: result of more than 64 bits" },
    { "bits.rsh(1, -1)", "bits.rsh: a negative distance" },
    { "9007199254740993 + 0.5", "plus: 9007199254740993 with a fraction is not exact" },
    { "9007199254740993 * 0.5", "mul: 9007199254740993 with a fraction is not exact" },
    { "9007199254740993 / 2", "div: 9007199254740993 with a fraction is not exact" },
    { "-9223372036854775807 - 2", "minus: result of more than 64 bits" },
    { "9223372036854775807 * 2", "mul: result of more than 64 bits" },
    { "1e308 * 10.5", "number out of range" },
    { "indexof_n(\"abc\", \"\")", "indexof_n: an empty string to look for" },
    { "strings.count(\"a\", \"\")", "strings.count: an empty string to look for" },
    { "substring(\"a\", -1, 1)", "substring: a start before the string" },
    { "replace(\"a\", \"\", \"b\")", "replace: an empty string to look for" },
    { "trim_space(\" é \")", "trim_space: characters beyond ASCII at an end" },
    { "format_int(1, 3)", "format_int: base 3" },
    { "format_int(1e300, 10)", "format_int: number is not exact" },
    { "to_number(\"1e999\")", "number out of range" },
    { "to_number(\"9223372036854775808\")", "whole number of more than 64 bits" },
    { "time.parse_rfc3339_ns(\"9999-12-31T23:59:59Z\")", "time.parse_rfc3339_ns: result of more than 64 bits" },
    { "json.is_valid(`{\"a\":1,\"a\":1}`)", "json.is_valid: JSON that large, or with a key twice" },
    { "json.is_valid(`[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]`)", "json.is_valid: JSON that large, or with a key twice" },
    { "json.is_valid(`[9223372036854775808]`)", "whole number of more than 64 bits" },
    { "json.is_valid(`1e999`)", "number out of range" },
    { "json.is_valid(`\"\\ud800\"`)", "json.is_valid: an escape that is no character" },
    { "json.is_valid(`\"\\u0000\"`)", "json.is_valid: an escape that is no character" },
    { "base64.is_valid(\"YQ==\\n\")", "base64.is_valid: line ends, or unused bits that are set" },
    { "base64.is_valid(\"YR==\")", "base64.is_valid: line ends, or unused bits that are set" },
    { "base64url.decode(\"_w\")", "base64url.decode: bytes that are no UTF-8" },
    { "-9007199254740993 * 1.5", "mul: -9007199254740993 with a fraction is not exact" },
};

/* Formats and values of sprintf. */
static const struct call formats[] = {
    { "\"%\\u0000\", [255])", "%: this verb" },
    { "\"%.1001f\", [1.5])", "%.1001: a precision that large" },
    { "\"%1001d\", [1])", "%1001: a width that large" },
    { "\"%\", [])", "%: a format that ends within a verb" },
    { "\"%5\", [])", "%5: a format that ends within a verb" },
    { "\"%.2d\", [1])", "%.2d: a precision of this verb" },
    { "\"%+s\", [\"a\"])", "%+s: a flag of this verb" },
    { "\"%0v\", [1])", "%0v: a flag of this verb" },
    { "\"% %\", [])", "% %: a flag of this verb" },
    { "\"%5%\", [])", "%5%: a flag of this verb" },
    { "\"%-%\", [])", "%-%: a flag of this verb" },
    { "\"%T\", [1])", "%T: this verb" },
    { "\"%d\", [\"a\"])", "%d cannot print this string" },
    { "\"%d\", [1.5])", "%d cannot print this number" },
    { "\"%x\", [null])", "%x cannot print this null" },
    { "\"%.1f\", [1])", "%f cannot print this number" },
    { "\"%.1f\", [\"a\"])", "%f cannot print this string" },
    { "\"%s\", [1])", "%s cannot print this number" },
    { "\"%v\", [1e20])", "%v cannot print this number" },
    { "\"%v\", [0.00001])", "%v cannot print this number" },
};

/* Patterns of regex.match. */
static const struct call patterns[] = {
    { "\"\"", "a pattern of this length" },
    { "\"[a\"", "a bracket that does not end" },
    { "\"[]a]\"", "a backslash, or `]` as the first, in brackets" },
    { "\"[\\\\\\\\]\"", "a backslash, or `]` as the first, in brackets" },
    { "\"[[:word:]]\"", "a class of this name" },
    { "\"[a-c-e]\"", "`-` in the middle of brackets" },
    { "\"[a-Z]\"", "a range other than of letters of one case or digits" },
    { "\"[z-a]\"", "a range other than of letters of one case or digits" },
    { "\"[ -~]\"", "a range other than of letters of one case or digits" },
    { "\"[0-a]\"", "a range other than of letters of one case or digits" },
    { "\"a{\"", "`{` that is no repetition, or one that large" },
    { "\"a{,2}\"", "`{` that is no repetition, or one that large" },
    { "\"a{2,1}\"", "`{` that is no repetition, or one that large" },
    { "\"a{2\"", "`{` that is no repetition, or one that large" },
    { "\"a{99999}\"", "`{` that is no repetition, or one that large" },
    { "\"a{129}\"", "`{` that is no repetition, or one that large" },
    { "\"(a){2}\"", "a counted repetition of a group" },
    { "\"a**\"", "a repetition of a repetition, or a lazy one" },
    { "\"a+?\"", "a repetition of a repetition, or a lazy one" },
    { "\"a{2}{2}\"", "a repetition of a repetition, or a lazy one" },
    { "\"a\\u0001\"", "a character beyond printable ASCII" },
    { "\"é\"", "a character beyond printable ASCII" },
    { "\"a}\"", "a bracket without its other half" },
    { "\"a]\"", "a bracket without its other half" },
    { "\"()\"", "an empty group, or one without beginning" },
    { "\"a)\"", "an empty group, or one without beginning" },
    { "\"(a|)\"", "an empty group, or one without beginning" },
    { "\"|a\"", "an alternative that is empty" },
    { "\"a||b\"", "an alternative that is empty" },
    { "\"a|\"", "an alternative that is empty" },
    { "\"^*\"", "a repetition of an anchor" },
    { "\"$+\"", "a repetition of an anchor" },
    { "\"*a\"", "a repetition of nothing" },
    { "\"(*a)\"", "a repetition of nothing" },
    { "\"(a\"", "a group that does not end" },
    { "\"(?:a)\"", "groups of this kind" },
    { "\"(((((((((((((((((a)))))))))))))))))\"", "groups of this kind" },
};

static const struct call values[] = {
    { "[\"ab\" == \"a\", \"a\" < \"ab\", \"ab\" <= \"a\", \"a\" != \"ab\", \"b\" > \"ab\"]", "[false, true, false, true, true]" },
    { "[[1, 2] == [1], [1] < [1, 2], {1, 2} == {1}, {\"a\": 1, \"b\": 2} == {\"a\": 1}, {\"a\": 1} == {\"a\": 2}]", "[false, true, false, false, false]" },
    { "[sort([\"ab\", \"a\", \"\"]), sort([[1, 2], [1], []]), {\"ab\", \"a\"}, {\"ab\": 1, \"a\": 2}.ab]", "[[\"\", \"a\", \"ab\"], [[], [1], [1, 2]], {\"a\", \"ab\"}, 1]" },
    { "json.is_valid(1)", "false" },
    { "[json.is_valid(`[1.]`), json.is_valid(`[1 2]`), json.is_valid(`\"\\u12g4\"`), json.is_valid(`[-`), json.is_valid(``)]", "[false, false, false, false, false]" },
    { "[base64.is_valid(`YQ=`), base64.is_valid(`Y=Q=`), base64.is_valid(`Y`), base64.is_valid(`====`), base64.is_valid(`YQ__`), base64.is_valid(`YWE=`)]", "[false, false, false, false, false, true]" },
    { "numbers.range_step(9223372036854775800, 9223372036854775807, 5)", "[9223372036854775800, 9223372036854775805]" },
    { "numbers.range_step(-9223372036854775800, -9223372036854775807, 5)", "[-9223372036854775800, -9223372036854775805]" },
    { "bits.lsh(0, 9223372036854775807)", "0" },
    { "object.filter({\"a\": 1, \"b\": 2}, {\"b\": 0})", "{\"b\": 2}" },
    { "object.subset({1}, {2})", "false" },
    { "[object.subset({\"a\": 1}, {\"a\": 2}), object.subset({\"a\": {\"b\": 1, \"c\": 1}}, {\"a\": {\"b\": 2}}), object.subset({\"a\": [1, 2]}, {\"a\": [2]})]", "[false, false, true]" },
    { "[object.subset({\"a\": [1, 2]}, {\"a\": {1}}), object.subset({\"a\": {1}}, {\"a\": {1}})]", "[false, true]" },
    { "9 in [1]", "false" },
    { "9 in 9", "false" },
    { "2 <= 2", "true" },
    { "1.5 - 1", "0.5" },
    { "1.5 * 2", "3" },
    { "9223372036854775807 < 1e19", "true" },
    { "9223372036854775807 > -1e19", "true" },
    { "contains(\"abc\", \"\")", "true" },
    { "strings.any_prefix_match(\"abc\", \"ab\")", "true" },
    { "indexof(\"abc\", \"\")", "-1" },
    { "substring(\"abc\", 0.5, 1)", "undefined" },
    { "trim_space(\"aéa \")", "\"aéa\"" },
    { "trim_suffix(\"abc\", \"x\")", "\"abc\"" },
    { "trim_suffix(\"a\", \"abc\")", "\"a\"" },
    { "format_int(1, 2.5)", "undefined" },
    { "format_int(8, 8)", "\"10\"" },
    { "to_number(5)", "5" },
    { "json.marshal({1: 2, null: 3, {4}: 5})", "\"{\\\"null\\\":3,\\\"1\\\":2,\\\"[4]\\\":5}\"" },
    { "9007199254740992 - 0.5", "9007199254740992.0" },
    { "sprintf(\"% d|%+d|% d|%08.3f|%-8.3f|%+.1f|% .1f\", [5, -5, -5, 3.14159, -2.5, 1.25, 0.5])", "\" 5|-5|-5|0003.142|-2.500  |+1.2| 0.5\"" },
    { "sprintf(\"%v|%v|%v|%s\", [1.5, 7, 0.0001, [1]])", "\"1.5|7|0.0001|[1]\"" },
    { "sprintf(\"%b|%x\", [-9223372036854775807, -255])", "\"-111111111111111111111111111111111111111111111111111111111111111|-ff\"" },
    { "sprintf(\"é%3sé\", [\"é\"])", "\"é  éé\"" },
    { "sprintf(\"%-3d|%-03d\", [7, 7])", "\"7  |7  \"" },
    { "[regex.match(`^[A-Z]+$`, \"AB\"), regex.match(`^[A-Z]+$`, \"Ab\"), regex.match(`a.c`, \"abc\"), regex.match(`^a{2,3}$`, \"aaa\"), regex.match(`^a{2,}$`, \"a\"), regex.match(`^[a-]$`, \"-\"), regex.match(`^(ab)+$`, \"abab\"), regex.match(`^a|b$`, \"xb\"), regex.match(`^[^a-c]$`, \"b\"), regex.match(`((((((((((((((((a))))))))))))))))`, \"a\"), regex.match(`a\\\\`, \"a\")]", "[true, false, true, true, false, true, true, true, false, true, false]" },
    { "[1 < 1.5, 2 > 1.5, 1.5 < 2, 1.5 > 1, 1.25 < 1.5, 1.5 > 1.25, -1 > -1.5, 0.5 == 0.5]", "[true, true, true, true, true, true, true, true]" },
    { "[1.5 < 1, 2 < 1.5, 1.5 <= 1.25, 1.25 >= 1.5, 1 == 1.5, 1.5 != 1.5, 2 <= 1]", "[false, false, false, false, false, false, false]" },
    { "[9007199254740993 < 1e16, 10000000000000001 > 1e16, 9223372036854775807 < 9223372036854775808.0, -9223372036854775807 > -9223372036854775808.0, 9223372036854775807 == 9223372036854775808.0]", "[true, true, true, true, false]" },
};
/* clang-format on */

/* What comes of a term between two texts: a value, or where `error` is not
 * NULL ("load: m:3:") an error whose column does not matter. */
static void
expect(const struct call *c, const char *before, const char *after,
       const char *error, const char *reason, const char *end)
{
    char text[1024], out[1024], want[1024];
    const char *at = out;

    snprintf(text, sizeof(text), "package t\nimport rego.v1\nx := %s%s%s",
             before, c->call, after);
    rego_shows(text, "data.t.x", NULL, NULL, out, sizeof(out));
    if (error != NULL && strncmp(out, error, strlen(error)) == 0) {
        at += strlen(error);
        at += strspn(at, "0123456789");
        at += strncmp(at, ": ", 2) == 0 ? 2 : 0;
    }
    snprintf(want, sizeof(want), "%s%s%s", reason, c->out, end);
    if (strcmp(at, want) != 0 || (at == out) != (error == NULL))
        fail_msg("%s: %s, not %s", c->call, out, want);
}

static void
ends_at_an_argument_of_another_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        expect(&kinds[i], "", "", "error: m:3:", "", "");
}

static void
refuses_what_engines_do_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lacking); i++)
        expect(&lacking[i], "", "", "load: m:3:", "not supported: ", "");
}

static void
refuses_formats_that_are_printed_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(formats); i++)
        expect(&formats[i], "sprintf(", "",
               "load: m:3:", "not supported: sprintf: ", "");
}

static void
refuses_patterns_that_are_read_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++)
        expect(&patterns[i], "regex.match(", ", \"a\")", "load: m:3:",
               "not supported: regex.match: ", " (RE2 and POSIX differ there)");
}

static void
gives_exact_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        expect(&values[i], "", "", NULL, "", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_at_an_argument_of_another_kind),
        cmocka_unit_test(refuses_what_engines_do_differently),
        cmocka_unit_test(refuses_formats_that_are_printed_differently),
        cmocka_unit_test(refuses_patterns_that_are_read_differently),
        cmocka_unit_test(gives_exact_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
