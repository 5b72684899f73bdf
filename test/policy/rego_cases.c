/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cases of another Rego engine, read from the fixtures: each one gives the
 * answer it must, or is refused when it is loaded.  A case that expects an
 * error passes with any error.  Arguments are notes of cases to be explained.
 */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/rego/rego.h"

#define MODULES_MAX 16

enum verdict { PASSED, UNSUPPORTED, WRONG };

/* Values in the notation of the file; NULL fails the case. */
static const struct rego_value *
decode(struct rego_pool *pool, json_t *j)
{
    struct rego_values list = { 0 };
    json_t *set = json_object_get(j, "set!"),
           *object = json_object_get(j, "object!"), *v;
    const char *key;
    size_t i;

    if (json_is_array(set) || json_is_array(j)) {
        json_array_foreach(json_is_array(j) ? j : set, i, v)
            rego_add(pool, &list, decode(pool, v));
        return json_is_array(j) ? rego_array(pool, &list)
                                : rego_set(pool, &list);
    }
    if (!json_is_object(j))
        return rego_from_json(pool, j);
    if (json_is_array(object)) {
        json_array_foreach(object, i, v)
        {
            rego_add(pool, &list, decode(pool, json_object_get(v, "key")));
            rego_add(pool, &list, decode(pool, json_object_get(v, "value")));
        }
        return rego_object(pool, &list);
    }
    json_object_foreach(j, key, v)
    {
        rego_add(pool, &list, rego_string_of(pool, key));
        rego_add(pool, &list, decode(pool, v));
    }
    return rego_object(pool, &list);
}

static const char *
shown(struct rego_pool *pool, const struct rego_value *v)
{
    struct rego_buffer out = { 0 };

    if (v == NULL)
        return "undefined";
    return rego_print(pool, &out, v, false) ? out.text : "?";
}

static enum verdict
judge(struct ga_rego_answer *a, json_t *want, const char *note)
{
    bool undefined = json_is_string(want) &&
                     strcmp(json_string_value(want), "#undefined") == 0;
    const struct rego_value *w = undefined ? NULL : decode(&a->pool, want);
    bool ok = undefined ? a->value == NULL
                        : w != NULL && a->value != NULL &&
                              rego_equal(&a->pool, a->value, w) &&
                              !rego_failed(&a->pool);

    if (!ok)
        printf("wrong: %s: %s, not %s\n", note, shown(&a->pool, a->value),
               shown(&a->pool, w));
    return ok ? PASSED : WRONG;
}

/* One evaluation; `want` NULL expects an error. */
static enum verdict
evaluate(const struct rego_policy *policy, json_t *c, json_t *input,
         json_t *want, const char *note)
{
    struct ga_rego_answer a;
    struct ga_error err = { 0 };
    const int64_t now = INT64_C(1700000000000000000);
    enum verdict verdict;

    if (ga_rego_eval(policy, json_string_value(json_object_get(c, "query")),
                     input, json_object_get(c, "data"), NULL, now, &a,
                     &err) != GA_OK) {
        if (want == NULL)
            return PASSED;
        printf("wrong: %s: error: %s\n", note, err.text);
        return WRONG;
    }
    if (want != NULL) {
        verdict = judge(&a, want, note);
    } else {
        printf("wrong: %s: %s, not an error\n", note, shown(&a.pool, a.value));
        verdict = WRONG;
    }
    ga_rego_answer_done(&a);
    return verdict;
}

static enum verdict
each_input(const struct rego_policy *policy, json_t *c, const char *note)
{
    json_t *input = json_object_get(c, "input");
    json_t *want = json_object_get(c, "want_result");
    json_t *many = json_object_get(input, "many!"), *one;
    size_t i;

    if (json_object_get(c, "error") != NULL)
        want = NULL;
    if (!json_is_array(many))
        return evaluate(policy, c, input, want, note);
    json_array_foreach(many, i, one)
    {
        json_t *w = json_array_get(json_object_get(want, "many!"), i);
        enum verdict v = evaluate(policy, c, one, w, note);

        if (v != PASSED)
            return v;
    }
    return PASSED;
}

static enum verdict
run(json_t *c)
{
    const char *note = json_string_value(json_object_get(c, "note"));
    bool error = json_object_get(c, "error") != NULL, unsupported = false;
    struct ga_rego_module module[MODULES_MAX];
    struct rego_policy *policy = NULL;
    struct ga_error err = { 0 };
    size_t n = 0, i;
    json_t *text;
    enum verdict verdict;

    json_array_foreach(
        json_object_get(c, "modules"), i,
        text) if (n < MODULES_MAX) module[n++] = (struct ga_rego_module){
        .name = "case.rego",
        .text = ga_bytes_of(json_string_value(text), json_string_length(text)),
    };
    if (ga_rego_load(module, n, NULL, &policy, &unsupported, &err) == GA_OK) {
        verdict = each_input(policy, c, note);
        ga_rego_free(policy);
        return verdict;
    }
    if (error)
        return PASSED;
    printf("%s: %s: %s\n", unsupported ? "unsupported" : "wrong", note,
           err.text);
    return unsupported ? UNSUPPORTED : WRONG;
}

int
main(int argc, char **argv)
{
    const char *fixtures = secure_getenv("GPUATTEST_FIXTURES");
    const char *source = secure_getenv("GA_SOURCE_DIR");
    char path[4096];
    json_t *cases, *c;
    size_t count[3] = { 0 }, i;

    if (argc > 1)
        snprintf(path, sizeof(path), "%s", argv[1]);
    else if (fixtures != NULL)
        snprintf(path, sizeof(path), "%s/rego/cases.json", fixtures);
    else
        snprintf(path, sizeof(path), "%s/../shared/fixtures/rego/cases.json",
                 source == NULL ? "." : source);
    cases = json_load_file(path, JSON_DISABLE_EOF_CHECK, NULL);
    if (cases == NULL && fopen(path, "r") == NULL) {
        printf("skipped: no fixtures at %s\n", path);
        return 0;
    }
    json_array_foreach(cases, i, c) count[run(c)]++;
    json_decref(cases);
    printf("%zu passed, %zu unsupported, %zu wrong\n", count[PASSED],
           count[UNSUPPORTED], count[WRONG]);
    return count[WRONG] == 0 && count[PASSED] > 0 ? 0 : 1;
}
