/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_REGO_H
#define GA_POLICY_REGO_REGO_H

#include <jansson.h>

#include "base/bytes.h"
#include "policy/rego/value.h"

/* The policy language Rego, dialects v0 and v1: docs/policy.md. */
struct rego_policy;

struct ga_rego_module {
    const char *name; /* of the file, for messages */
    struct ga_bytes text;
};

/* Bounds of one load or one evaluation; 0 is the built-in one of limits.h. */
struct ga_rego_limits {
    size_t bytes, steps;
};

/*
 * ga_rego_load reads modules that belong together.  Errors name file, line and
 * column; `unsupported` (which may be NULL) says whether the error is about
 * something of the language that is not supported here.
 */
GA_MUST_USE enum ga_rc ga_rego_load(const struct ga_rego_module *modules,
                                    size_t count,
                                    const struct ga_rego_limits *limits,
                                    struct rego_policy **out, bool *unsupported,
                                    struct ga_error *err);
void ga_rego_free(struct rego_policy *policy);

/* ga_rego_rules returns the number of rules, defaults left out. */
size_t ga_rego_rules(const struct rego_policy *policy);

/* ga_rego_warning returns warning `i`, one line; NULL behind the last one. */
const char *ga_rego_warning(const struct rego_policy *policy, size_t i);

/* ga_rego_relax returns what stands behind "# gpuattest-relax:" in line `i` of
 * those that begin so; NULL behind the last one. */
const char *ga_rego_relax(const struct rego_policy *policy, size_t i);

/* What an evaluation gave; everything in it lives in `pool`, or, constants, in
 * the policy, which must live longer. */
struct ga_rego_answer {
    struct rego_pool pool;
    const struct rego_value *value; /* NULL: undefined */
    char why[GA_ERROR_TEXT];        /* what the query failed on, or "" */
};

/*
 * ga_rego_eval evaluates `query` over the documents, of which NULL is none.
 * GA_OK: `out` is filled in and must be released with ga_rego_answer_done().
 * GA_E_INVAL: the query cannot be read.
 * A policy is not changed by it and may be used by several threads.
 */
GA_MUST_USE enum ga_rc ga_rego_eval(const struct rego_policy *policy,
                                    const char *query, json_t *input,
                                    json_t *data,
                                    const struct ga_rego_limits *limits,
                                    int64_t now_ns, struct ga_rego_answer *out,
                                    struct ga_error *err);
void ga_rego_answer_done(struct ga_rego_answer *answer);

/* ga_rego_true says whether the answer is defined and exactly true. */
bool ga_rego_true(const struct ga_rego_answer *answer);

#endif
