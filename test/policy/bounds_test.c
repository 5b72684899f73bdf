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

/* Every bound on steps and memory below what a policy needs ends it, and never
 * with an answer. */
static void
ends_at_every_smaller_bound(void **state)
{
    static const char text[] =
        P "x := [y | some y in input; y > 1; f(y)]\nf(n) if { n in {2, 3} }";
    char out[2048], whole[64];
    bool answered = false;

    (void)state;
    rego_shows(text, "data.t.x", "[1,2,3]", NULL, whole, sizeof(whole));
    assert_string_equal(whole, "[2, 3]");
    for (size_t steps = 1; steps < 3000; steps += 7) {
        struct ga_rego_limits limits = { .steps = steps };

        rego_shows(text, "data.t.x", "[1,2,3]", &limits, out, sizeof(out));
        if (strcmp(out, whole) == 0)
            answered = true;
        else
            assert_non_null(strstr(out, "more steps than the bound"));
    }
    assert_true(answered);
    for (size_t bytes = 1; bytes < 400000; bytes += 9973) {
        struct ga_rego_limits limits = { .bytes = bytes };

        rego_shows(text, "data.t.x", "[1,2,3]", &limits, out, sizeof(out));
        if (strcmp(out, whole) != 0)
            assert_non_null(strstr(out, "more memory than the bound"));
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
    struct CMUnitTest tests[COUNT(bombs) + 4] = {
        cmocka_unit_test(ends_at_every_smaller_bound),
        cmocka_unit_test(ends_in_a_chain_of_functions),
        cmocka_unit_test(reads_every_prefix),
        cmocka_unit_test(reads_every_changed_byte),
    };

    for (size_t i = 0; i < COUNT(bombs); i++)
        tests[4 + i] = (struct CMUnitTest){ .name = bombs[i].name,
                                            .test_func = ends,
                                            .initial_state = &bombs[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
