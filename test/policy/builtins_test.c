/* SPDX-License-Identifier: Apache-2.0 */
/* Builtin functions. */
#include "policy/rego_support.h"

#define P "package t\nimport rego.v1\n"

/* Module, input, query (NULL: data.t.x), and what comes out. */
struct row {
    const char *name, *module, *input, *query, *out;
};

/* clang-format off */
static struct row builtins[] = {
    { "aggregates",
      P "x := [count({\"a\": 1}), sum([1, 2.5]), product({2, 3}), max([1, \"a\"]), min({3, 2}), sort({2, 1})]",
      NULL, NULL,
      "[1, 3.5, 6, \"a\", 2, [1, 2]]" },
    { "aggregates of nothing",
      P "x := [count([]), sum([]), product([])]",
      NULL, NULL,
      "[0, 0, 1]" },
    { "max of nothing is undefined",
      P "x := max([])",
      NULL, NULL,
      "undefined" },
    { "arrays",
      P "x := [array.concat([1], [2]), array.reverse([1, 2]), array.slice([1, 2, 3], 1, 9), array.slice([1], -1, 0)]",
      NULL, NULL,
      "[[1, 2], [2, 1], [2, 3], []]" },
    { "a slice at a fraction is undefined",
      P "x := array.slice([1], 0.5, 1)",
      NULL, NULL,
      "undefined" },
    { "sets",
      P "x := [union({{1}, {2}}), intersection({{1, 2}, {2, 3}}), union(set()), intersection(set())]",
      NULL, NULL,
      "[{1, 2}, {2}, set(), set()]" },
    { "object.get",
      P "x := [object.get({\"a\": {\"b\": 1}}, [\"a\", \"b\"], 0), object.get({\"a\": 1}, \"b\", 0), object.get({\"a\": [5]}, [\"a\", 0], 0), object.get({\"a\": 1}, [], 0)]",
      NULL, NULL,
      "[1, 0, 5, {\"a\": 1}]" },
    { "objects",
      P "x := [object.keys({\"a\": 1}), object.filter({\"a\": 1, \"b\": 2}, [\"a\"]), object.remove({\"a\": 1, \"b\": 2}, {\"a\"}), object.union({\"a\": {\"b\": 1}, \"c\": 1}, {\"a\": {\"d\": 2}, \"c\": {}}), object.union_n([{\"a\": 1}, {\"a\": 2}])]",
      NULL, NULL,
      "[{\"a\"}, {\"a\": 1}, {\"b\": 2}, {\"a\": {\"b\": 1, \"d\": 2}, \"c\": {}}, {\"a\": 2}]" },
    { "object.subset",
      P "x := [object.subset({\"a\": {\"b\": 1, \"c\": 2}}, {\"a\": {\"b\": 1}}), object.subset({1, 2}, {1}), object.subset([1, 2, 3], [2, 3]), object.subset([1, 2, 3], [1, 3]), object.subset([1, 2], {2}), object.subset({\"a\": 1}, {\"b\": 1})]",
      NULL, NULL,
      "[true, true, true, false, true, false]" },
    { "search in strings",
      P "x := [contains(\"abc\", \"bc\"), startswith(\"abc\", \"ab\"), endswith(\"abc\", \"ab\"), indexof(\"éa\", \"a\"), indexof(\"a\", \"b\"), indexof_n(\"abab\", \"ab\"), strings.count(\"cheese\", \"e\"), strings.any_prefix_match(\"abc\", {\"x\", \"ab\"}), strings.any_suffix_match([\"abc\"], \"x\")]",
      NULL, NULL,
      "[true, true, false, 1, -1, [0, 2], 3, true, false]" },
    { "parts of strings",
      P "x := [substring(\"héllo\", 1, 2), substring(\"abc\", 1, -1), substring(\"abc\", 5, 1), split(\"a,b,\", \",\"), concat(\"-\", [\"a\", \"b\"]), concat(\"-\", {\"b\", \"a\"}), replace(\"aaa\", \"a\", \"bb\"), strings.reverse(\"aé\")]",
      NULL, NULL,
      "[\"él\", \"bc\", \"\", [\"a\", \"b\", \"\"], \"a-b\", \"a-b\", \"bbbbbb\", \"éa\"]" },
    { "trimming",
      P "x := [trim(\"xaxx\", \"x\"), trim_left(\"xax\", \"x\"), trim_right(\"xax\", \"x\"), trim_space(\" \\t a\\n\"), trim_prefix(\"abc\", \"ab\"), trim_prefix(\"abc\", \"b\"), trim_suffix(\"abc\", \"bc\"), trim(\"éaé\", \"é\")]",
      NULL, NULL,
      "[\"a\", \"ax\", \"xa\", \"a\", \"c\", \"abc\", \"a\", \"a\"]" },
    { "letters",
      P "x := [lower(\"AbZ9\"), upper(\"abZ9\")]",
      NULL, NULL,
      "[\"abz9\", \"ABZ9\"]" },
    { "strings.replace_n",
      P "x := strings.replace_n({\"<\": \"&lt;\", \">\": \"&gt;\"}, \"<a>\")",
      NULL, NULL,
      "\"&lt;a&gt;\"" },
    { "numbers as text",
      P "x := [format_int(255, 16), format_int(-10, 2), format_int(9.9, 10), to_number(\"1e2\"), to_number(null), to_number(true), to_number(\"-0.5\")]",
      NULL, NULL,
      "[\"ff\", \"-1010\", \"9\", 100, 0, 1, -0.5]" },
    { "sprintf",
      P "x := sprintf(\"%v %s|%d|%5d|%-5d|%05d|%+d|%x|%X|%b|%.2f|%%|%v\", [[1, \"a\"], \"b\", -3, 42, 42, -42, 7, 255, 255, 5, 2.675, {\"k\": {1}}])",
      NULL, NULL,
      "\"[1, \\\"a\\\"] b|-3|   42|42   |-0042|+7|ff|FF|101|2.67|%|{\\\"k\\\": {1}}\"" },
    { "regex.match",
      P "x := [regex.match(`^[a-z]+[0-9]{2}$`, \"ab12\"), regex.match(\"(a|b)c\", \"xbcx\"), regex.match(`^a\\.b$`, \"axb\"), regex.match(\"[^a]\", \"a\"), regex.match(\"[[:digit:]-]\", \"-\")]",
      NULL, NULL,
      "[true, true, false, false, true]" },
    { "types",
      P "x := [type_name(null), type_name(true), type_name(1), type_name(\"\"), type_name([]), type_name({}), type_name(set()), is_null(null), is_boolean(1), is_number(1), is_string(1), is_array([]), is_object({}), is_set({1})]",
      NULL, NULL,
      "[\"null\", \"boolean\", \"number\", \"string\", \"array\", \"object\", \"set\", true, false, true, false, true, true, true]" },
    { "numbers",
      P "x := [abs(-1.5), abs(-3), ceil(1.2), floor(-1.2), round(2.5), round(-2.5), round(7), numbers.range(3, 1), numbers.range(1, 1), numbers.range_step(0, 5, 2), numbers.range_step(5, 0, 3)]",
      NULL, NULL,
      "[1.5, 3, 2, -2, 3, -3, 7, [3, 2, 1], [1], [0, 2, 4], [5, 2]]" },
    { "bits",
      P "x := [bits.and(6, 3), bits.or(6, 3), bits.xor(6, 3), bits.negate(0), bits.lsh(1, 4), bits.rsh(-5, 1), bits.rsh(5, 64)]",
      NULL, NULL,
      "[2, 7, 5, -1, 16, -3, 0]" },
    { "JSON",
      P "x := [json.marshal({\"b\": [1, 2.5, null], \"a\": {true}}), json.unmarshal(\"{\\\"a\\\": 1}\"), json.is_valid(\"[1\"), json.is_valid(\"1\")]",
      NULL, NULL,
      "[\"{\\\"a\\\":[true],\\\"b\\\":[1,2.5,null]}\", {\"a\": 1}, false, true]" },
    { "base64 and hex",
      P "x := [base64.encode(\"a?>\"), base64.decode(\"YT8+\"), base64.is_valid(\"YQ\"), base64url.encode(\"a?>?\"), base64url.encode_no_pad(\"a?>?\"), base64url.decode(\"YT8-Pw\"), hex.encode(\"az\"), hex.decode(\"617A\")]",
      NULL, NULL,
      "[\"YT8+\", \"a?>\", false, \"YT8-Pw==\", \"YT8-Pw\", \"a?>?\", \"617a\", \"az\"]" },
    { "times",
      P "x := [time.now_ns(), time.parse_rfc3339_ns(\"1970-01-01T00:00:01.5Z\"), time.parse_rfc3339_ns(\"1970-01-01T01:00:00+01:00\")]",
      NULL, NULL,
      "[1700000000000000000, 1500000000, 0]" },
    { "versions",
      P "x := [gpuattest.version_compare(\"550.90.07\", \"550.90.7\"), gpuattest.version_compare(\"99\", \"580\"), gpuattest.version_compare(\"96.00.5E\", \"96.00.60\"), gpuattest.version_compare(\"1.0\", \"1\"), gpuattest.version_compare(\"2\", \"1.9.9\")]",
      NULL, NULL,
      "[0, -1, -1, 0, 1]" },
};
/* clang-format on */

static void
gives(void **state)
{
    const struct row *row = *state;
    char out[2048];

    rego_shows(row->module, row->query == NULL ? "data.t.x" : row->query,
               row->input, NULL, out, sizeof(out));
    assert_string_equal(out, row->out);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(builtins)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(builtins); i++)
        tests[n++] = (struct CMUnitTest){ .name = builtins[i].name,
                                          .test_func = gives,
                                          .initial_state = &builtins[i] };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
