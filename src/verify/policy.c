/* SPDX-License-Identifier: Apache-2.0 */
/* A policy, asked about a result. */
#include "policy/policy.h"
#include "base/json.h"
#include "verify/result.h"

enum ga_rc
ga_policy_result(const struct ga_policy *policy, const struct ga_result *result,
                 enum ga_policy_input input, const char *query,
                 struct ga_policy_answer *out, struct ga_error *err)
{
    GA_AUTO(json_t) *whole = NULL;
    struct ga_policy_subject subject;

    if (policy == NULL || result == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "policy: an argument is missing");
    if (input == GA_POLICY_INPUT_RESULT) {
        whole = ga_result_object(result);
        if (whole == NULL)
            return ga_nomem(err);
    }
    subject = (struct ga_policy_subject){
        .devices = result->device,
        .count = result->device_count,
        .nonce = &result->nonce,
        .version = result->claims_version,
        .at = result->at,
        .verified = result->verdict == GA_VERDICT_VERIFIED,
        .overall = result->overall,
        .result = whole,
    };
    return ga_policy_eval(policy, &subject, query, out, err);
}
