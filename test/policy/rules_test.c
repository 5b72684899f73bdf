/* SPDX-License-Identifier: Apache-2.0 */
/* Policies over claims in every form, JSON rules, and the reasons that are
 * given; without fixtures. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "policy/policy.h"
#include "support/memory.h"

/* 2026-02-24T00:00:00Z */
#define AT INT64_C(1771891200)

static struct ga_policy *
policy_of(const char *text)
{
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    if (ga_policy_load("p", text, strlen(text), &policy, &err) != GA_OK)
        fail_msg("%s", err.text);
    return policy;
}

static enum ga_rc
ask(const char *text, const char *claims, enum ga_policy_input input,
    const char *query, struct ga_policy_answer *out, struct ga_error *err)
{
    struct ga_policy *policy = policy_of(text);
    enum ga_rc rc = ga_policy_claims(policy, claims, strlen(claims), input,
                                     query, AT, out, err);

    ga_policy_free(policy);
    return rc;
}

static void
says(const char *text, const char *claims, enum ga_policy_input input,
     const char *query, const char *why)
{
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };

    memset(&answer, 0xa5, sizeof(answer));
    if (ask(text, claims, input, query, &answer, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_string_equal(answer.why, why);
    assert_int_equal(answer.passed, why[0] == '\0');
}

#define RULES(version, overall, detached)                                   \
    "{\"version\":\"" version "\",\"authorization-rules\":{\"type\":\""     \
    "JWT\",\"overall-claims\":{" overall "},\"detached-claims\":{" detached \
    "}}}"
#define GPU     "{\"x-nvidia-device-type\":\"gpu\",\"measres\":\"success\"}"
#define SWITCH  "{\"x-nvidia-device-type\":\"nvswitch\"}"
#define RESULT  "\"x-nvidia-overall-att-result\":true"
#define GPU_V3  "{\"x-nvidia-gpu-attestation-report-cert-chain\":{}}"
#define GPU_V2  "{\"x-nvidia-gpu-attestation-report-cert-chain\":true}"
#define SWITCH3 "{\"x-nvidia-switch-attestation-report-cert-chain\":{}}"

/* clang-format off */
static struct ruled {
    const char *name, *rules, *claims, *why;
} rules[] = {
    { "claims that are as they must be", RULES("4.0", RESULT, "\"measres\":\"success\""), "{\"verified\":true,\"claims\":[" GPU "]}", "" },
    { "a result that was rejected", RULES("4.0", RESULT, ""), "{\"verified\":false,\"claims\":[" GPU "]}",
      "overall claims: x-nvidia-overall-att-result is false, not true" },
    { "a result without a verdict", RULES("4.0", RESULT, ""), "{\"verified\":1,\"claims\":[" GPU "]}",
      "overall claims: x-nvidia-overall-att-result is missing, not true" },
    { "a verdict that the overall claims have not", RULES("4.0", RESULT, ""), "{\"verified\":true,\"overall\":{},\"claims\":[" GPU "]}",
      "overall claims: x-nvidia-overall-att-result is missing, not true" },
    { "overall claims that are none", RULES("4.0", RESULT, ""), "{\"verified\":true,\"overall\":1,\"claims\":[" GPU "]}", "" },
    { "another claim", RULES("4.0", "", "\"measres\":\"success\""), "[" GPU ",{\"measres\":\"fail\"}]",
      "device 1: measres is \"fail\", not \"success\"" },
    { "a claim that is missing", RULES("4.0", "", "\"measres\":\"success\""), "[" SWITCH "]",
      "device 0 (nvswitch): measres is missing, not \"success\"" },
    { "claims by label", RULES("4.0", "", "\"a\":1"), "{\"GPU-0\":{\"a\":1},\"GPU-1\":{\"a\":2}}",
      "device 1: a is 2, not 1" },
    { "a string for a boolean", RULES("4.0", "", "\"a\":true"), "[{\"a\":\"true\"}]", "device 0: a is \"true\", not true" },
    { "a number for a boolean", RULES("4.0", "", "\"a\":true"), "[{\"a\":1}]", "device 0: a is 1, not true" },
    { "a fraction for a whole number", RULES("4.0", "", "\"a\":1"), "[{\"a\":1.0}]", "device 0: a is 1.0, not 1" },
    { "null for a missing claim", RULES("4.0", "", "\"a\":null"), "[{}]", "device 0: a is missing, not null" },
    { "more members than the rules have", RULES("4.0", "", "\"a\":{\"b\":1}"), "[{\"a\":{\"b\":1,\"c\":2},\"d\":3}]", "" },
    { "a member of a claim", RULES("4.0", "", "\"a\":{\"b\":{\"c\":1}}"), "[{\"a\":{\"b\":{\"c\":2}}}]", "device 0: a: b: c is 2, not 1" },
    { "an object where there is none", RULES("4.0", "", "\"a\":{\"b\":1}"), "[{\"a\":1}]", "device 0: a is 1, not {\"b\":1}" },
    { "a list is compared as a whole", RULES("4.0", "", "\"a\":[1,2]"), "[{\"a\":[1,2,3]}]", "device 0: a is [1,2,3], not [1,2]" },
    { "a name that is no text of a terminal", RULES("4.0", "", "\"a\\nb\":1"), "[{}]", "device 0: a\\x0ab is missing, not 1" },
    { "the issuer of GPUs", RULES("4.0", "\"iss\":\"LOCAL_GPU_VERIFIER\"", ""), "[" GPU "," GPU "]", "" },
    { "the issuer of switches", RULES("4.0", "\"iss\":\"LOCAL_SWITCH_VERIFIER\"", ""), "[" SWITCH "]", "" },
    { "no issuer of both", RULES("4.0", "\"iss\":\"LOCAL_GPU_VERIFIER\"", ""), "[" GPU "," SWITCH "]", "overall claims: iss is missing, not \"LOCAL_GPU_VERIFIER\"" },
    { "no issuer of what has no type", RULES("4.0", "\"iss\":\"LOCAL_GPU_VERIFIER\"", ""), "[{}]", "overall claims: iss is missing, not \"LOCAL_GPU_VERIFIER\"" },
    { "the version of a GPU's claims", RULES("4.0", "\"x-nvidia-ver\":\"3.0\"", ""), "[" GPU_V3 "]", "" },
    { "the version of a switch's claims", RULES("4.0", "\"x-nvidia-ver\":\"3.0\"", ""), "[" SWITCH3 "]", "" },
    { "the version of older claims", RULES("4.0", "\"x-nvidia-ver\":\"3.0\"", ""), "[" GPU_V2 "]", "overall claims: x-nvidia-ver is \"2.0\", not \"3.0\"" },
};

static struct bad {
    const char *name, *rules;
    enum ga_rc rc;
    const char *error;
} bad[] = {
    { "nothing but blanks", " \t\r\n", GA_E_SYNTAX, "p:2:1: expected `package`" },
    { "rules that are no JSON", "{", GA_E_SYNTAX, "p: JSON: key expected at byte 1" },
    { "rules with a key twice", "{\"version\":\"4.0\",\"version\":\"4.0\"}", GA_E_DUPLICATE, "p: JSON: key \"version\" twice at byte 17" },
};

/* Claims that are none. */
static struct none {
    const char *name, *claims;
    enum ga_rc rc;
    const char *error;
} none[] = {
    { "no JSON", "", GA_E_SYNTAX, "JSON: value expected at byte 0" },
    { "a claim twice", "[{\"a\":1,\"a\":2}]", GA_E_DUPLICATE, "JSON: key \"a\" twice at byte 8" },
    { "a list without devices", "[]", GA_E_MISSING, "no claims of devices" },
    { "an object without devices", "{}", GA_E_MISSING, "no claims of devices" },
    { "claims without devices", "{\"claims\":[]}", GA_E_MISSING, "no claims of devices" },
    { "a member that is no device", "{\"GPU-0\":{},\"x\":1}", GA_E_BAD_VALUE, "x: not the claims of a device" },
};

#define IN "input[0]"
/* Rego that is not true of [{"a":{"b":5},"l":[1,2],"s":"x"}], and the reason. */
static struct why {
    const char *name, *body, *why;
} whys[] = {
    { "a comparison", "input[0].a.b == 6", "p:3: rule nv_match: `input[0].a.b == 6` does not hold: " IN "[\"a\"][\"b\"] is 5" },
    { "both sides", "input[0].a.b == input[0].s", "p:3: rule nv_match: `input[0].a.b == input[0].s` does not hold: " IN "[\"a\"][\"b\"] is 5; " IN "[\"s\"] is \"x\"" },
    { "a claim that is missing", "input[0].a.c == 6", "p:3: rule nv_match: `input[0].a.c == 6` does not hold: " IN "[\"a\"][\"c\"] is missing" },
    { "a claim that is missing below", "input[0].z.c == 6", "p:3: rule nv_match: `input[0].z.c == 6` does not hold: " IN "[\"z\"] is missing" },
    { "a claim by a variable", "k := \"a\"; input[0][k].b == 6", "p:3: rule nv_match: `input[0][k].b == 6` does not hold: " IN "[\"a\"][\"b\"] is 5" },
    { "a claim by a computed key", "input[0][lower(\"A\")].b == 6", "p:3: rule nv_match: `input[0][lower(\"A\")].b == 6` does not hold: " IN "[\"a\"][\"b\"] is 5" },
    { "a claim by an input's key", "input[0][input[0].s] == 6", "p:3: rule nv_match: `input[0][input[0].s] == 6` does not hold" },
    { "an element that is gone through", "x := input[0].l[_]; x == 3", "p:3: rule nv_match: `x == 3` does not hold: " IN "[\"l\"][1] is 2" },
    { "a function of a claim", "startswith(input[0].s, \"y\")", "p:3: rule nv_match: `startswith(input[0].s, \"y\")` does not hold: " IN "[\"s\"] is \"x\"" },
    { "a function of a function", "upper(lower(input[0].s)) == \"y\"", "p:3: rule nv_match: `upper(lower(input[0].s)) == \"y\"` does not hold: " IN "[\"s\"] is \"x\"" },
    { "a match", "[1, z] = input[0].l; z == 3", "p:3: rule nv_match: `z == 3` does not hold: " IN "[\"l\"][1] is 2" },
    { "a match of another length", "[1] = input[0].l", "p:3: rule nv_match: `[1] = input[0].l` does not hold: " IN "[\"l\"] is [1, 2]" },
    { "a number alone", "input[0].a.b == 5; false", "p:3: rule nv_match: `false` does not hold" },
    { "a statement of several lines", "input[0].a ==\n6", "p:3: rule nv_match: `input[0].a == ...` does not hold: " IN "[\"a\"] is {\"b\": 5}" },
    { "a statement that is long", "input[0].a.b == 6 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1", "p:3: rule nv_match: `input[0].a.b == 6 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +  ...` does not hold: " IN "[\"a\"][\"b\"] is 5" },
    { "the deepest rule", "y", "p:4: rule y: `input[0].a.b > 5` does not hold: " IN "[\"a\"][\"b\"] is 5" },
    { "every", "every v in input[0].l { v == 1 }", "p:3: rule nv_match: `v == 1` does not hold: " IN "[\"l\"][1] is 2" },
    { "some over nothing", "some v in input[0].n", "p:3: rule nv_match: `some v in input[0].n` does not hold: " IN "[\"n\"] is missing" },
    { "a claim of too many keys", "input[0].a.b.c.d.e.f.g.h.i.j == 1", "p:3: rule nv_match: `input[0].a.b.c.d.e.f.g.h.i.j == 1` does not hold: " IN "[\"a\"][\"b\"][\"c\"] is missing" },
};
/* clang-format on */

static void
json_rules_compare_claims(void **state)
{
    const struct ruled *r = *state;

    says(r->rules, r->claims, GA_POLICY_INPUT_CLAIMS, NULL, r->why);
}

static void
refuses_rules(void **state)
{
    const struct bad *b = *state;
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(
        ga_policy_load("p", b->rules, strlen(b->rules), &policy, &err), b->rc);
    assert_string_equal(err.text, b->error);
    assert_null(policy);
}

#define TRUE_OF_ALL "package policy\nnv_match { true }\n"

/* Of neither kind of policy, and nothing is answered. */
static void
refuses_claims(void **state)
{
    static const char *const policies[] = { TRUE_OF_ALL,
                                            RULES("4.0", "", "\"a\":1") };
    const struct none *n = *state;

    for (size_t i = 0; i < COUNT(policies); i++) {
        struct ga_policy_answer answer = { .passed = true };
        struct ga_error err = { 0 };

        assert_int_equal(ask(policies[i], n->claims, GA_POLICY_INPUT_CLAIMS,
                             NULL, &answer, &err),
                         n->rc);
        assert_string_equal(err.text, n->error);
        assert_true(answer.passed); /* untouched */
    }
}

static void
gives_the_reason(void **state)
{
    const struct why *w = *state;
    char text[1024], want[1024];

    snprintf(text, sizeof(text),
             "package policy\nimport rego.v1\nnv_match if { %s }\ny if "
             "input[0].a.b > 5\n",
             w->body);
    snprintf(want, sizeof(want), "data.policy.nv_match is undefined: %s",
             w->why);
    says(text, "[{\"a\":{\"b\":5},\"l\":[1,2],\"s\":\"x\"}]",
         GA_POLICY_INPUT_CLAIMS, NULL, want);
}

/* Of a value that is not true, its kind and the beginning of its text. */
static void
names_the_value_that_is_not_true(void **state)
{
    char want[512];

    (void)state;
    says("package policy\nx = {\"a\": 1} { true }\n", "[{}]",
         GA_POLICY_INPUT_CLAIMS, "data.policy.x",
         "data.policy.x is an object, not true: {\"a\": 1}");
    says("package policy\nx = {true} { true }\n", "[{}]",
         GA_POLICY_INPUT_CLAIMS, "data.policy.x",
         "data.policy.x is a set, not true: {true}");
    snprintf(want, sizeof(want), "data.policy.x is an array, not true: [%.*s",
             299,
             "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, "
             "17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, "
             "32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, "
             "47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, "
             "62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, "
             "77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90");
    says("package policy\nx = numbers.range(0, 200) { true }\n", "[{}]",
         GA_POLICY_INPUT_CLAIMS, "data.policy.x", want);
}

/* The whole of what was given, or the list of the claims in it. */
static void
input_is_the_claims_or_the_result(void **state)
{
    static const char text[] =
        "package policy\nlist { input[0].a == 1 }\nwhole { input.b == 2 }\n"
        "now { time.now_ns() == 1771891200000000000 }\n";
    static const char claims[] = "{\"b\":2,\"claims\":[{\"a\":1}]}";

    (void)state;
    says(text, claims, GA_POLICY_INPUT_CLAIMS, "data.policy.list", "");
    says(text, claims, GA_POLICY_INPUT_CLAIMS, "data.policy.whole",
         "data.policy.whole is undefined: p:3: rule whole: `input.b == 2` does "
         "not hold: input[\"b\"] is missing");
    says(text, claims, GA_POLICY_INPUT_RESULT, "data.policy.whole", "");
    says(text, claims, GA_POLICY_INPUT_RESULT, "data.policy.list",
         "data.policy.list is undefined: p:2: rule list: `input[0].a == 1` "
         "does not hold: input[0] is missing");
    says(text, claims, GA_POLICY_INPUT_CLAIMS, "data.policy.now", "");
}

/* Below the coordinator, over devices instead of their claims. */
static void
asks_about_devices(void **state)
{
    static const struct ga_nonce nonce = { { 1 } };
    struct ga_device devices[] = { { .kind = GA_KIND_GPU },
                                   { .kind = GA_KIND_SWITCH } };
    struct ga_policy_subject s = { .devices = devices,
                                   .count = 1,
                                   .nonce = &nonce,
                                   .version = GA_CLAIMS_3_0,
                                   .at = AT,
                                   .verified = true };
    static const struct {
        const char *text;
        size_t count;
        bool verified;
        const char *overall, *result, *why;
    } rows[] = {
        { RULES("4.0", RESULT ",\"x-nvidia-ver\":\"3.0\"", ""), 1, true, NULL,
          NULL, "" },
        { RULES("3.0", RESULT ",\"x-nvidia-ver\":\"4.0\"", ""), 1, true, NULL,
          NULL, "" },
        { RULES("4.0", RESULT ",\"x-nvidia-ver\":\"2.0\"", ""), 1, false, NULL,
          NULL,
          "overall claims: x-nvidia-overall-att-result is false, not true" },
        { RULES("4.0", RESULT, ""), 1, true, "[{}]", NULL,
          "overall claims: x-nvidia-overall-att-result is missing, not true" },
        { RULES("4.0", RESULT, ""), 1, true, "[{" RESULT "},{" RESULT "}]",
          NULL, "" },
        { RULES("4.0", RESULT, ""), 1, true, "[{" RESULT "},{}]", NULL,
          "overall claims: x-nvidia-overall-att-result is missing, not true" },
        { RULES("4.0", RESULT, ""), 1, true, "[]", NULL,
          "overall claims is missing, not "
          "{\"x-nvidia-overall-att-result\":true}" },
        { RULES("4.0", "\"iss\":\"LOCAL_GPU_VERIFIER\"", ""), 1, true, NULL,
          NULL, "" },
        { RULES("4.0", "\"iss\":\"LOCAL_GPU_VERIFIER\"", ""), 2, true, NULL,
          NULL, "overall claims: iss is missing, not \"LOCAL_GPU_VERIFIER\"" },
        { RULES("4.0", "", "\"measres\":\"success\""), 2, true, NULL, NULL,
          "device 0 (gpu): measres is \"fail\", not \"success\"" },
        { "package policy\nnv_match { count(input) == 2 }\n", 2, false, NULL,
          NULL, "" },
        { "package policy\nnv_match { input.x == 1 }\n", 2, false, NULL,
          "{\"x\":1}", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_policy *policy = policy_of(rows[i].text);
        struct ga_policy_answer answer;
        struct ga_error err = { 0 };

        memset(&answer, 0xa5, sizeof(answer));
        s.count = rows[i].count;
        s.verified = rows[i].verified;
        s.overall = rows[i].overall != NULL
                        ? json_loads(rows[i].overall, 0, NULL)
                        : NULL;
        s.result =
            rows[i].result != NULL ? json_loads(rows[i].result, 0, NULL) : NULL;
        if (ga_policy_eval(policy, &s, NULL, &answer, &err) != GA_OK)
            fail_msg("%s", err.text);
        assert_string_equal(answer.why, rows[i].why);
        assert_int_equal(answer.passed, rows[i].why[0] == '\0');
        json_decref(s.overall);
        json_decref(s.result);
        ga_policy_free(policy);
    }
}

static void
refuses_a_subject_without_devices_or_time(void **state)
{
    static const struct ga_nonce nonce = { { 1 } };
    struct ga_device device = { .kind = GA_KIND_GPU };
    struct ga_policy_subject s = { .nonce = &nonce, .devices = &device };
    struct ga_policy *policy = policy_of(TRUE_OF_ALL);
    struct ga_policy_answer answer = { .passed = true, .why = "x" };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_eval(policy, &s, NULL, &answer, &err),
                     GA_E_MISSING);
    assert_string_equal(err.text, "no claims of devices");
    s.count = 1;
    s.at = INT64_MAX / 1000;
    assert_int_equal(ga_policy_eval(policy, &s, NULL, &answer, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text,
                        "policy: the time has no nanoseconds of 64 bits");
    assert_string_equal(answer.why, "x");
    ga_policy_free(policy);
}

static void
refuses_arguments_that_are_missing(void **state)
{
    struct ga_policy *policy = policy_of(TRUE_OF_ALL), *other = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(ga_policy_load(NULL, "x", 1, &other, &err), GA_E_INVAL);
    assert_string_equal(err.text, "policy: an argument is missing");
    assert_int_equal(ga_policy_load("p", NULL, 0, &other, &err), GA_E_INVAL);
    assert_int_equal(ga_policy_load("p", "x", 1, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_policy_claims(NULL, "[]", 2, GA_POLICY_INPUT_CLAIMS,
                                      NULL, AT, &answer, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "policy: an argument is missing");
    assert_int_equal(ga_policy_claims(policy, NULL, 0, GA_POLICY_INPUT_CLAIMS,
                                      NULL, AT, &answer, &err),
                     GA_E_INVAL);
    assert_int_equal(ga_policy_claims(policy, "[]", 2, GA_POLICY_INPUT_CLAIMS,
                                      NULL, AT, NULL, &err),
                     GA_E_INVAL);
    assert_int_equal(ga_policy_show(NULL, &text, &err), GA_E_INVAL);
    assert_null(other);
    assert_null(text);
    ga_policy_free(policy);
    ga_policy_free(NULL);
}

/* Files that are too large are not read. */
static void
bounds_the_rules(void **state)
{
    size_t n = GA_POLICY_MAX + 1;
    char *text = malloc(n);
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(text);
    memset(text, '{', n);
    assert_int_equal(ga_policy_load("p", text, n, &policy, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "p: 262145 bytes, more than 262144");
    memset(text, '#', n);
    assert_int_equal(ga_policy_load("p", text, n, &policy, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "p: 262145 bytes, more than 262144");
    assert_null(policy);
    free(text);
}

/* Where memory runs out there is no policy and no answer; else the answer is
 * the same. */
static void
out_of_memory_is_no_answer(void **state)
{
    static const char *const policies[] = {
        "package policy\nnv_match { input[0].a == 1 }\n",
        RULES("4.0", "", "\"a\":1"),
    };
    static const char *const claims[] = { "[{\"a\":1}]", "[{\"a\":2}]" };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(policies); i++) {
        const char *text = policies[i / 2], *asked = claims[i % 2];
        enum ga_rc rc = GA_E_NOMEM;
        unsigned n = 0;

        while (rc != GA_OK) {
            struct ga_policy *policy = NULL;
            struct ga_policy_answer answer = { .passed = i % 2 == 1 };
            struct ga_error err = { 0 };

            memory_countdown = ++n;
            rc = ga_policy_load("p", text, strlen(text), &policy, &err);
            if (rc == GA_OK)
                rc = ga_policy_claims(policy, asked, strlen(asked),
                                      GA_POLICY_INPUT_CLAIMS, NULL, AT, &answer,
                                      &err);
            assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
            memory_countdown = 0;
            assert_int_equal(err.code, rc);
            assert_int_equal(answer.passed, (i % 2 == 0) == (rc == GA_OK));
            ga_policy_free(policy);
        }
        assert_true(n > 2);
    }
}

#define ROWS(table, test)                                 \
    for (size_t i = 0; i < COUNT(table); i++)             \
        tests[n++] = (struct CMUnitTest)                  \
        {                                                 \
            .name = (table)[i].name, .test_func = (test), \
            .initial_state = &(table)[i]                  \
        }

int
main(void)
{
    struct CMUnitTest
        tests[COUNT(rules) + COUNT(bad) + COUNT(none) + COUNT(whys) + 7] = {
            cmocka_unit_test(names_the_value_that_is_not_true),
            cmocka_unit_test(input_is_the_claims_or_the_result),
            cmocka_unit_test(asks_about_devices),
            cmocka_unit_test(refuses_a_subject_without_devices_or_time),
            cmocka_unit_test(refuses_arguments_that_are_missing),
            cmocka_unit_test(bounds_the_rules),
            cmocka_unit_test(out_of_memory_is_no_answer),
        };
    size_t n = 7;

    ROWS(rules, json_rules_compare_claims);
    ROWS(bad, refuses_rules);
    ROWS(none, refuses_claims);
    ROWS(whys, gives_the_reason);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
