/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_policy_load, ga_rego_load, ga_rego_eval, ga_policy_claims.
 * Seeds: fuzz/corpus/policy.  The first byte says what follows it: 'q' a query
 * over an empty policy, anything else a policy file.
 */
#include <stdlib.h>
#include <string.h>

#include "gpuattest/policy.h"
#include "policy/rego/rego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char claims[] =
    "[{\"measres\":\"fail\",\"a\":[1,2.5,null,true,{\"b\":\"c\"}],"
    "\"x-nvidia-device-type\":\"gpu\"},{\"measres\":\"success\"}]";

/* Small bounds, so that many inputs a second are tried. */
static const struct ga_rego_limits limits = { .bytes = 4 * 1024 * 1024,
                                              .steps = 50000 };

static void
must_be_told(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK && (err->code != rc || err->text[0] == '\0'))
        abort();
}

/* An answer is a value that prints as JSON, the same one each time. */
static void
evaluate(const struct rego_policy *policy, const char *query, json_t *input)
{
    struct ga_rego_answer a, b;
    struct ga_error err = { 0 };
    enum ga_rc rc =
        ga_rego_eval(policy, query, input, NULL, &limits, 1, &a, &err);

    must_be_told(rc, &err);
    if (rc != GA_OK)
        return;
    if (ga_rego_eval(policy, query, input, NULL, &limits, 1, &b, &err) != GA_OK)
        abort();
    if ((a.value == NULL) != (b.value == NULL) ||
        (a.value != NULL && !rego_equal(NULL, a.value, b.value)))
        abort();
    ga_rego_answer_done(&a);
    ga_rego_answer_done(&b);
}

static void
as_query(const uint8_t *data, size_t size, json_t *input)
{
    static const char text[] = "package policy\nx := 1\n";
    struct ga_rego_module module = { "m", ga_bytes_of(text, strlen(text)) };
    struct rego_policy *policy = NULL;
    char *query = malloc(size + 1);

    if (query == NULL)
        abort();
    memcpy(query, data, size);
    query[size] = '\0';
    if (ga_rego_load(&module, 1, &limits, &policy, NULL, NULL) != GA_OK)
        abort();
    evaluate(policy, query, input);
    ga_rego_free(policy);
    free(query);
}

static void
as_policy(const uint8_t *data, size_t size, json_t *input)
{
    struct ga_rego_module module = { "m", ga_bytes_of(data, size) };
    struct rego_policy *rego = NULL;
    struct ga_policy *policy = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_rego_load(&module, 1, &limits, &rego, NULL, &err);

    must_be_told(rc, &err);
    if (rc == GA_OK)
        evaluate(rego, "data", input);
    ga_rego_free(rego);
    if (size == 0 || (data[0] != '{' && data[0] != '['))
        return;
    rc = ga_policy_load("m", data, size, &policy, &err);
    must_be_told(rc, &err);
    if (rc == GA_OK && (ga_policy_claims(policy, claims, strlen(claims),
                                         GA_POLICY_INPUT_CLAIMS, NULL, 1,
                                         &answer, &err) != GA_OK ||
                        answer.passed == (answer.why[0] != '\0')))
        abort();
    ga_policy_free(policy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *input = json_loads(claims, 0, NULL);

    if (input == NULL)
        abort();
    if (size > 0 && data[0] == 'q')
        as_query(data + 1, size - 1, input);
    else
        as_policy(data, size, input);
    json_decref(input);
    return 0;
}
