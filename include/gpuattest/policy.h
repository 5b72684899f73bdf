/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_POLICY_H
#define GPUATTEST_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A policy is a rule of the user's own, from one file: JSON rules as nvtrust
 * has them, or Rego (docs/policy.md).  A policy can only reject what the
 * built-in checks accept; it never makes a rejected result pass.  It does not
 * change after loading and may be used by several threads.
 */
struct ga_policy;

enum ga_policy_kind { GA_POLICY_JSON, GA_POLICY_REGO };

/*
 * ga_policy_load reads the `len` bytes of a policy file; the kind is told by
 * the content.  `name` is the file's, for messages.  A policy that holds
 * anything that is not understood is refused, with line, column and name.
 *
 * Returns GA_OK, or
 *   GA_E_INVAL      an argument is NULL
 *   GA_E_SYNTAX, GA_E_BAD_VALUE, GA_E_DUPLICATE, GA_E_MISSING  the policy
 *   GA_E_TOO_LARGE  it is above a bound
 *   GA_E_NOMEM, GA_E_INTERNAL
 * `*out` receives a new policy, released with ga_policy_free(); untouched on
 * failure.
 */
GA_API GA_MUST_USE enum ga_rc ga_policy_load(const char *name, const void *text,
                                             size_t len, struct ga_policy **out,
                                             struct ga_error *err);

/* ga_policy_free releases `policy`.  NULL is allowed. */
GA_API void ga_policy_free(struct ga_policy *policy);

/* ga_policy_kind returns what the policy is written in. */
GA_API enum ga_policy_kind ga_policy_kind(const struct ga_policy *policy);

/* ga_policy_warning returns warning `i`, one line; NULL behind the last one.
 * Borrowed. */
GA_API const char *ga_policy_warning(const struct ga_policy *policy, size_t i);

/* ga_policy_relax returns the list of line `i` of the form
 * `# gpuattest-relax: CHECK:REASON,...`, which has no effect unless the caller
 * gives it to the setting `relax`; NULL behind the last one.  Borrowed. */
GA_API const char *ga_policy_relax(const struct ga_policy *policy, size_t i);

/* What a policy says of claims.  `why` is one line, and "" where it passed:
 * the rule, the claim and the value that made it false, or the error that
 * ended the evaluation. */
struct ga_policy_answer {
    bool passed;
    char why[GA_ERROR_TEXT];
};

/* What a Rego policy sees as `input`. */
enum ga_policy_input {
    GA_POLICY_INPUT_CLAIMS, /* the list of the devices' claims */
    GA_POLICY_INPUT_RESULT  /* the result of docs/result.schema.json */
};

/*
 * ga_policy_result asks `policy` about a result.  `query` is the entry point,
 * or NULL for "data.policy.nv_match"; only a value that is exactly true passes.
 * GA_OK: `*out` is filled in.  An evaluation that ends at a bound or with an
 * error of the policy does not pass, and is no error of this call; a query that
 * cannot be read is one.
 *
 * Errors: GA_E_INVAL, GA_E_NOMEM, GA_E_INTERNAL.
 */
GA_API GA_MUST_USE enum ga_rc ga_policy_result(const struct ga_policy *policy,
                                               const struct ga_result *result,
                                               enum ga_policy_input input,
                                               const char *query,
                                               struct ga_policy_answer *out,
                                               struct ga_error *err);

/*
 * ga_policy_claims asks `policy` about claims in JSON: a list of device
 * claims, an object of them by label, or an object with the member `claims`,
 * which may have `verified` or `overall` (the claims of an overall token), as
 * a result has.  `at` is the time of the
 * verification, in seconds since 1970-01-01 UTC.  Else as ga_policy_result();
 * and GA_E_SYNTAX, GA_E_DUPLICATE, GA_E_TOO_LARGE, GA_E_BAD_VALUE,
 * GA_E_MISSING for the claims.
 */
GA_API GA_MUST_USE enum ga_rc ga_policy_claims(const struct ga_policy *policy,
                                               const void *claims, size_t len,
                                               enum ga_policy_input input,
                                               const char *query, int64_t at,
                                               struct ga_policy_answer *out,
                                               struct ga_error *err);

/*
 * ga_policy_show prints the built-in rules of `profile` ("strict", "nvattest",
 * "offline") as a table.  GA_E_INVAL for another name.  The caller releases
 * the text with ga_text_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_policy_show(const char *profile, char **out,
                                             struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
