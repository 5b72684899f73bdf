/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_POLICY_REGO_SUPPORT_H
#define TEST_POLICY_REGO_SUPPORT_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/rego/rego.h"
#include "support/test.h"

/* 2023-11-14T22:13:20Z */
#define REGO_NOW INT64_C(1700000000000000000)

/* rego_shows_all loads a module and evaluates `query` over `input` and `data`
 * (JSON, or NULL).  It writes the value in the language's form, "undefined",
 * "load: <error>" or "error: <error>".  The module is copied to memory of exact
 * length. */
static inline void
rego_shows_all(const char *text, const char *query, const char *input,
               const char *data, const struct ga_rego_limits *limits, char *out,
               size_t cap)
{
    size_t len = strlen(text);
    char *exact = malloc(len > 0 ? len : 1);
    json_t *in =
        input == NULL ? NULL : json_loads(input, JSON_DECODE_ANY, NULL);
    json_t *base = data == NULL ? NULL : json_loads(data, 0, NULL);
    struct ga_rego_module module = { "m", ga_bytes_of(exact, len) };
    struct rego_policy *policy = NULL;
    struct ga_rego_answer a;
    struct ga_error err = { 0 };
    enum ga_rc rc;

    assert_non_null(exact);
    assert_true(input == NULL || in != NULL);
    assert_true(data == NULL || base != NULL);
    memcpy(exact, text, len);
    rc = ga_rego_load(&module, 1, limits, &policy, NULL, &err);
    if (rc != GA_OK) {
        assert_int_equal(rc, err.code);
        assert_null(policy);
        snprintf(out, cap, "load: %s", err.text);
    } else if ((rc = ga_rego_eval(policy, query, in, base, limits, REGO_NOW, &a,
                                  &err)) != GA_OK) {
        assert_int_equal(rc, err.code);
        snprintf(out, cap, "error: %s", err.text);
    } else {
        struct rego_buffer b = { 0 };

        snprintf(out, cap, "undefined");
        if (a.value != NULL) {
            assert_true(rego_print(&a.pool, &b, a.value, false));
            snprintf(out, cap, "%s", b.text);
        }
        ga_rego_answer_done(&a);
    }
    ga_rego_free(policy);
    json_decref(in);
    json_decref(base);
    free(exact);
}

/* rego_shows does the same without base documents. */
static inline void
rego_shows(const char *text, const char *query, const char *input,
           const struct ga_rego_limits *limits, char *out, size_t cap)
{
    rego_shows_all(text, query, input, NULL, limits, out, cap);
}

/* Module, input, query (NULL: data.t.x), and what comes out: a test each. */
struct rego_row {
    const char *name, *module, *input, *query, *out;
};

static inline void
rego_row_holds(void **state)
{
    const struct rego_row *row = *state;
    char out[2048];

    rego_shows(row->module, row->query == NULL ? "data.t.x" : row->query,
               row->input, NULL, out, sizeof(out));
    assert_string_equal(out, row->out);
}

/* rego_row_tests makes a test of each row. */
static inline void
rego_row_tests(struct rego_row *row, size_t n, struct CMUnitTest *tests)
{
    for (size_t i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){ .name = row[i].name,
                                        .test_func = rego_row_holds,
                                        .initial_state = &row[i] };
}

#endif
