/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds of policies: everything ends, within a second, with a clear error. */

#include "base/limits.h"
#include "policy/rego_support.h"

#define P "package t\nimport rego.v1\n"

/* `count` copies of `repeat` between two texts. */
struct bomb {
    const char *name, *before, *repeat, *after;
    size_t count;
    const char *out; /* what the answer begins with */
};

/* clang-format off */
static struct bomb bombs[] = {
    { "loops in loops", P "n := numbers.range(1, 1000)\nx := count([1 | n[_]; n[_]; n[_]])", "", "", 0,
      "error: more steps than the bound" },
    { "strings of strings", P "x := concat(\"\", [s | numbers.range(1, 20000)[_]; s := concat(\"\", [input | numbers.range(1, 100)[_]])])", "", "", 0,
      "error: more " },
    { "a range without end", P "x := count(numbers.range(count(input), 1000000000000))", "", "", 0,
      "error: m:3:12: more " },
    { "a range of constants without end", P "x := count(numbers.range(1, 1000000000000))", "", "", 0,
      "load: m:3:12: more " },
    { "sets of sets", P "n := numbers.range(1, 300)\nx := {[a, b, c] | a := n[_]; b := n[_]; c := n[_]}", "", "", 0,
      "error: more " },
    { "brackets in brackets", P "x := ", "[", "", 5000, "load: m:3:106: nests deeper than 100" },
    { "braces in braces", P "x := ", "{", "", 5000, "load: m:3:106: nests deeper than 100" },
    { "parentheses in parentheses", P "x := ", "(", "1", 5000, "load: m:3:106: nests deeper than 100" },
    { "unions that are no comprehensions", P "x := ", "[a | ", "1, 1", 90, "load: " },
    { "not of not of not", P "x if ", "not ", "true", 5000, "load: " },
    { "every in every", P "x if ", "every a in [1] { ", "true", 5000, "load: m:3:" },
    { "a chain of functions", P "f0(n) := n\nx := f0(1)\n", "", "", 0, "1" },
    { "an expression of a thousand terms", P "x := 1", " + 1", "", 999, "load: m:3:412: nests deeper than 100" },
    { "an expression of a hundred terms", P "x := 1", " + 1", "", 99, "100" },
    { "statements without end", P "x if { true", "; true", " }", 3000, "true" },
    { "a name of many parts", P "x", ".x", " := 1", 200, "load: m:3:1: name of more than 100 parts" },
    { "variables without end", P "x if { a := 1", "; some _x", " }", 3000, "load: " },
    { "a long pattern", P "x if regex.match(`a", "a", "`, \"a\")", 600, "load: m:3:18: not supported: regex.match: a pattern of this length" },
    { "a pattern of many copies", P "x if regex.match(`a", "a{100}", "`, \"a\")", 2, "load: m:3:18: not supported: regex.match: repetitions that large" },
    { "variables without names", P "x if [_", ", _", "] = input", 2047, "undefined" },
    { "variables without names and bound", P "x if [_", ", _", "] = input", 2048, "load: a rule has more than 2048 variables" },
    { "statements in statements", P "x if { ", "every a in [1] { ", "true", 99, "load: m:3:1686: nests deeper than 100" },
    { "a package of a hundred parts", "package t", ".t", "\nx := 1", 99, "undefined" },
    { "a package of more parts", "package t", ".t", "\nx := 1", 100, "load: m: package of more than 100 parts" },
    { "a file that is too large", "package t\n", "#", "", 262135, "load: m: 262145 bytes, more than 262144" },
    { "bytes that are no UTF-8", "package t\n# ", "\xff", "", 1, "load: m: not UTF-8" },
    { "a wide verb", P "x := sprintf(\"%", "9", "d\", [1])", 9, "load: m:3:14: not supported: sprintf: %9999: a width that large" },
};
/* clang-format on */

static void
ends(void **state)
{
    const struct bomb *b = *state;
    size_t before = strlen(b->before), repeat = strlen(b->repeat);
    char *text = calloc(1, before + b->count * repeat + strlen(b->after) + 1);
    char out[2048];

    assert_non_null(text);
    memcpy(text, b->before, before);
    for (size_t i = 0; i < b->count; i++)
        memcpy(text + before + i * repeat, b->repeat, repeat);
    memcpy(text + before + b->count * repeat, b->after, strlen(b->after));
    rego_shows(text, "data.t.x", "\"0123456789012345678901234567890123456789\"",
               NULL, out, sizeof(out));
    free(text);
    if (strncmp(out, b->out, strlen(b->out)) != 0)
        fail_msg("%.300s", out);
}

/* clang-format off */
/* Policies that use all of the language, and what they give. */
static const struct whole {
    const char *text, *input, *data, *out;
} wholes[] = {
    {
      "package t\n"
      "import future.keywords\n"
      "import data.other as o\n"
      "import input.list as list\n"
      "# gpuattest-relax: a\n"
      "default d := [y | y := 1]\n"
      "default g(_) := 7\n"
      "f(a, [a, {\"k\": b}], \"s\", null, c) := b if b > c else := c\n"
      "set contains e if { some e in list; not e == 2 }\n"
      "old[e] { e := list[_] }\n"
      "deep[k][i].z contains v if { some k, v in {\"a\": 1}; i := 0 }\n"
      "deep[\"b\"] := 2\n"
      "xs := [f(1, [1, {\"k\": w}], \"s\", null, 1) | some w in list]\n"
      "y := {k: v | some k, v in {\"p\": {1}, \"q\": {2, 3}}}\n"
      "z if { every i, v in list { i < v } } else := false if list[5]\n"
      "m := n if { n := [input, d] with input as 1 with data.t.d as \"e\" }\n"
      "h := n if n := g(1) with data.t.g as data.t.k\n"
      "k(n) := n + 1\n"
      "u := [a, b, c] if { [a, 2, {\"k\": b}] = [1, c, {\"k\": 3}] }\n"
      "v := list < \"10\"\n"
      "w := [o.p, o.p.q[j], o2] if { j := 0; o2 := o with data.other.p.r as {\"s\": list} }\n"
      "x := [set, old, deep, xs, y, z, m, h, u, d, g(2), v, w]\n",
      "{\"list\":[1,2,3]}", "{\"other\":{\"p\":{\"q\":[5],\"r\":6},\"t\":7}}",
      "[{1, 3}, {1, 2, 3}, {\"a\": {0: {\"z\": {1}}}, \"b\": 2}, [1, 2, 3], {\"p\": {1}, \"q\": {2, 3}}, true, [1, \"e\"], 2, [1, 3, 2], [1], 7, false, [{\"q\": [5], \"r\": 6}, 5, {\"p\": {\"q\": [5], \"r\": {\"s\": [1, 2, 3]}}, \"t\": 7}]]" },
    {
      "package t\n"
      "import rego.v1\n"
      "n := input.n\n"
      "o := input.o\n"
      "s := input.s\n"
      "u := {y | some y in n}\n"
      "a := [sum(n), product(n), max(n), min(n), sort(n), count(s), type_name(s)]\n"
      "b := [array.concat(n, n), array.reverse(n), array.slice(n, 0, 2)]\n"
      "c := [union({u, {9}}), intersection({u, {1, 2}}), u - {1}, u & {1}, u | {5}]\n"
      "d := [object.get(o, [\"a\", \"b\"], 0), object.keys(o), object.filter(o, [\"a\"]), object.remove(o, {\"a\"})]\n"
      "e := [object.union(o, {\"a\": {\"c\": 2}, \"z\": 0}), object.union_n([o, o]), object.subset(o, {\"a\": {\"b\": 1}})]\n"
      "f := [json.unmarshal(json.marshal(o)), json.marshal({1: u, [s]: n}), json.is_valid(s)]\n"
      "g := [base64.decode(base64.encode(s)), base64url.encode(s), base64.is_valid(s), hex.decode(hex.encode(s))]\n"
      "h := [contains(s, \"a\"), indexof(s, \"b\"), indexof_n(s, \"b\"), strings.count(s, \"b\"), strings.any_prefix_match(s, u2)]\n"
      "u2 := {\"x\", s}\n"
      "i := [substring(s, 1, 2), split(s, \",\"), concat(s, u2), replace(s, \"b\", \"cc\"), strings.reverse(s), upper(s)]\n"
      "j := [trim(s, \"a\"), trim_space(s), trim_prefix(s, \"a\"), trim_suffix(s, \"b\"), strings.replace_n({\"a\": \"b\"}, s)]\n"
      "k := [format_int(n[0], 2), to_number(format_int(n[0], 10)), numbers.range(n[1], n[0]), abs(n[0] - 9), round(n[0] / 2)]\n"
      "l := [bits.lsh(n[0], 2), regex.match(\"^a\", s), time.parse_rfc3339_ns(input.t), gpuattest.version_compare(\"1\", s2)]\n"
      "s2 := concat(\"\", [\"2\"])\n"
      "m := sprintf(\"%v|%5s|%-4d|%04d|%x|%.2f|%% %+d|% d\", [u, s, n[0], n[1], n[2], 1.5, n[0], n[0]])\n"
      "x := [a, b, c, d, e, f, g, h, i, j, k, l, m]\n",
      "{\"n\":[3,1,2],\"s\":\"a,b\",\"o\":{\"a\":{\"b\":1}},\"t\":\"1970-01-01T00:00:01Z\"}", NULL,
      "[[6, 6, 3, 1, [1, 2, 3], 3, \"string\"], [[3, 1, 2, 3, 1, 2], [2, 1, 3], [3, 1]], [{1, 2, 3, 9}, {1, 2}, {2, 3}, {1}, {1, 2, 3, 5}], [1, {\"a\"}, {\"a\": {\"b\": 1}}, {}], [{\"a\": {\"b\": 1, \"c\": 2}, \"z\": 0}, {\"a\": {\"b\": 1}}, true], [{\"a\": {\"b\": 1}}, \"{\\\"1\\\":[1,2,3],\\\"[\\\\\\\"a,b\\\\\\\"]\\\":[3,1,2]}\", false], [\"a,b\", \"YSxi\", false, \"a,b\"], [true, 2, [2], 1, true], [\",b\", [\"a\", \"b\"], \"a,ba,bx\", \"a,cc\", \"b,a\", \"A,B\"], [\",b\", \"a,b\", \",b\", \"a,\", \"b,b\"], [\"11\", 3, [1, 2, 3], 6, 2], [12, true, 1000000000, -1], \"{1, 2, 3}|  a,b|3   |0001|2|1.50|% +3| 3\"]" },
};
/* clang-format on */

/* Bound number `i`, of memory or of steps. */
static struct ga_rego_limits
bound(bool memory, size_t i)
{
    return memory ? (struct ga_rego_limits){ .bytes = 1 + 4093 * i }
                  : (struct ga_rego_limits){ .steps = 1 + i };
}

static void
expect_bound(enum ga_rc rc, const struct ga_error *err, bool memory)
{
    const char *end =
        memory ? "more memory than the bound" : "more steps than the bound";

    assert_int_equal(rc, GA_E_TOO_LARGE);
    assert_true(strlen(err->text) >= strlen(end));
    assert_string_equal(err->text + strlen(err->text) - strlen(end), end);
}

static struct rego_policy *
load_within_every_bound(const struct whole *w, bool memory)
{
    struct ga_rego_module m = { "m", ga_bytes_of(w->text, strlen(w->text)) };
    struct rego_policy *policy = NULL;
    struct ga_error err = { 0 };
    size_t n = 0;

    for (;; n++) {
        struct ga_rego_limits limits = bound(memory, n);
        enum ga_rc rc = ga_rego_load(&m, 1, &limits, &policy, NULL, &err);

        if (rc == GA_OK)
            break;
        expect_bound(rc, &err, memory);
        assert_null(policy);
    }
    assert_in_range(n, memory ? 20 : 1000, 10000);
    return policy;
}

/* Whatever it is that there is too little of, it ends with that error and
 * without an answer; with enough of it, it has the whole answer. */
static void
ends_at_every_smaller_bound(void **state)
{
    const bool memory = *state != NULL;

    for (size_t i = 0; i < COUNT(wholes); i++) {
        const struct whole *w = &wholes[i];
        struct rego_policy *policy = load_within_every_bound(w, memory);
        json_t *input = json_loads(w->input, 0, NULL);
        json_t *data = w->data == NULL ? NULL : json_loads(w->data, 0, NULL);
        struct rego_buffer out = { 0 };
        struct ga_rego_answer a;
        struct ga_error err = { 0 };
        size_t n = 0;

        for (;; n++) {
            struct ga_rego_limits limits = bound(memory, n);
            enum ga_rc rc = ga_rego_eval(policy, "data.t.x", input, data,
                                         &limits, REGO_NOW, &a, &err);

            if (rc == GA_OK)
                break;
            expect_bound(rc, &err, memory);
        }
        a.pool.steps = a.pool.bytes = 1000000; /* to print it */
        a.pool.error.code = GA_OK;
        assert_true(rego_print(&a.pool, &out, a.value, false));
        assert_string_equal(out.text, w->out);
        assert_in_range(n, memory ? 20 : 500, 10000);
        ga_rego_answer_done(&a);
        json_decref(input);
        json_decref(data);
        ga_rego_free(policy);
    }
}

/* Functions that call each other, one behind the other, without recursion. */
static void
ends_in_a_chain_of_functions(void **state)
{
    char out[2048], text[64 * 1024];
    size_t n = 0;

    (void)state;
    n += (size_t)snprintf(text, sizeof(text), P "f0(n) := n\n");
    for (int i = 1; i < 500; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              "f%d(n) := x if { some y in [n]; x := f%d(y) }\n"
                              "%s",
                              i, i - 1, i == 100 ? "x := f100(1)\n" : "");
    rego_shows(text, "data.t.x", NULL, NULL, out, sizeof(out));
    assert_string_equal(out, "1");
    snprintf(text + n, sizeof(text) - n, "y := f499(1)\n");
    rego_shows(text, "data.t.y", NULL, NULL, out, sizeof(out));
    assert_string_equal(out, "error: evaluation nests deeper than 1000");
}

/* Variables of functions that wait for each other. */
static void
bounds_the_variables_at_one_time(void **state)
{
    char out[2048], *text = calloc(9, 8192);
    size_t n = 0;

    (void)state;
    assert_non_null(text);
    n += (size_t)sprintf(text, P "f0(n) := n\n");
    for (int i = 1; i <= 9; i++) {
        n += (size_t)sprintf(text + n, "f%d(n) := x if { x := f%d(n)\n[_", i,
                             i - 1);
        for (int k = 0; k < 1997; k++)
            n += (size_t)sprintf(text + n, ", _");
        n += (size_t)sprintf(text + n, "] = numbers.range(1, 1998) }\n");
    }
    rego_shows(text, "data.t.f8(1)", NULL, NULL, out, sizeof(out));
    assert_string_equal(out, "1");
    rego_shows(text, "data.t.f9(1)", NULL, NULL, out, sizeof(out));
    assert_string_equal(out, "error: more than 16384 variables at one time");
    free(text);
}

/* Modules belong together; an error says whether it is about something that is
 * not supported. */
static void
loads_modules_together(void **state)
{
    static const char *const text[] = {
        "package a\nx := data.b.y",
        "package b\n# gpuattest-relax: r\ny := 2",
        "package c\nz := http.send(1)",
    };
    const struct ga_rego_module good[] = {
        { "a", ga_bytes_of(text[0], strlen(text[0])) },
        { "b", ga_bytes_of(text[1], strlen(text[1])) },
        { "c", ga_bytes_of(text[2], strlen(text[2])) },
    };
    struct ga_rego_module many[GA_POLICY_MODULES_MAX + 1];
    struct rego_policy *policy = NULL;
    struct ga_rego_answer a;
    struct ga_error err = { 0 };
    bool unsupported = true;

    (void)state;
    assert_int_equal(ga_rego_load(good, 2, NULL, &policy, &unsupported, &err),
                     GA_OK);
    assert_false(unsupported);
    assert_int_equal(ga_rego_rules(policy), 2);
    assert_string_equal(ga_rego_relax(policy, 0), "r");
    assert_null(ga_rego_relax(policy, 1));
    assert_int_equal(
        ga_rego_eval(policy, "data.a.x", NULL, NULL, NULL, 0, &a, &err), GA_OK);
    assert_int_equal(a.value->as.i, 2);
    assert_false(ga_rego_true(&a));
    ga_rego_answer_done(&a);
    ga_rego_free(policy);
    policy = NULL;
    assert_int_equal(ga_rego_load(good, 3, NULL, &policy, &unsupported, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text, "c:2:6: not supported: function http.send");
    assert_true(unsupported);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = good[1];
    assert_int_equal(
        ga_rego_load(many, COUNT(many), NULL, &policy, &unsupported, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "65 policy files, more than 64");
    assert_false(unsupported);
    assert_null(policy);
    ga_rego_free(NULL);
}

/* No prefix of a policy crashes, and none but a whole one has the answer. */
static void
reads_every_prefix(void **state)
{
    static const char text[] =
        "package t\nimport future.keywords\n# c\ndefault x := false\n"
        "x if { every k, v in {\"a\": [1]} { k == `a`; v[_] == 1 } }\n"
        "y[z] = {w | w := input[z]} { some z in [1, 2]; not input[z] == 3 }\n"
        "f(a) := 1.5e3 if { a } else := -2 { [_, {\"b\": c}] = a; c }\n";
    char prefix[sizeof(text)], out[2048];

    (void)state;
    for (size_t n = 0; n < sizeof(text); n++) {
        memcpy(prefix, text, n);
        prefix[n] = '\0';
        rego_shows(prefix, "data.t.x", "[0,1,2]", NULL, out, sizeof(out));
        if (n + 1 == sizeof(text))
            assert_string_equal(out, "true");
    }
}

/* Nor does any single wrong byte. */
static void
reads_every_changed_byte(void **state)
{
    static const char text[] = "package t\nimport rego.v1\n"
                               "x := {k: [v | some v in w] | some k, w in "
                               "{\"a\": {1}, \"b\": {2, 3}}}\n";
    static const char wrong[] = "\"`[]{}(),;:=.|#\n0a_\x80";
    char changed[sizeof(text)], out[2048];

    (void)state;
    for (size_t n = 0; n + 1 < sizeof(text); n++)
        for (size_t k = 0; k + 1 < sizeof(wrong); k++) {
            memcpy(changed, text, sizeof(text));
            changed[n] = wrong[k];
            rego_shows(changed, "data", NULL, NULL, out, sizeof(out));
        }
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(bombs) + 7] = {
        { "ends_at_every_smaller_bound_of_steps", ends_at_every_smaller_bound,
          NULL, NULL, NULL },
        { "ends_at_every_smaller_bound_of_memory", ends_at_every_smaller_bound,
          NULL, NULL, bombs },
        cmocka_unit_test(ends_in_a_chain_of_functions),
        cmocka_unit_test(bounds_the_variables_at_one_time),
        cmocka_unit_test(loads_modules_together),
        cmocka_unit_test(reads_every_prefix),
        cmocka_unit_test(reads_every_changed_byte),
    };

    for (size_t i = 0; i < COUNT(bombs); i++)
        tests[7 + i] = (struct CMUnitTest){ .name = bombs[i].name,
                                            .test_func = ends,
                                            .initial_state = &bombs[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
