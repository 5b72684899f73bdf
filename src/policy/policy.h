/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_POLICY_H
#define GA_POLICY_POLICY_H

#include <jansson.h>

#include "base/checks.h"
#include "claims/claims.h"
#include "gpuattest/policy.h"

/* JSON rules. */
struct ga_rules;

GA_MUST_USE enum ga_rc ga_rules_load(struct ga_bytes text,
                                     struct ga_rules **out,
                                     struct ga_error *err);
void ga_rules_free(struct ga_rules *rules);

/* ga_rules_version returns the version of the claims that the rules are about:
 * that of the claim x-nvidia-ver, or the one that goes with theirs. */
enum ga_claims_version ga_rules_version(const struct ga_rules *rules);

/* ga_rules_eval compares the rules with the claims of each device, and with
 * each of the overall claims, of which there is one at least. */
void ga_rules_eval(const struct ga_rules *rules, const json_t *list,
                   const json_t *overall, struct ga_policy_answer *out);

/* What a policy is asked about. */
struct ga_policy_subject {
    const struct ga_device *devices;
    size_t count;
    const struct ga_nonce *nonce;
    enum ga_claims_version version; /* for Rego */
    ga_time at;
    bool verified;   /* the built-in verdict */
    json_t *overall; /* of each token, a list; NULL: made from the verdict */
    json_t *result; /* what a Rego policy sees instead of the claims, or NULL */
};

/* ga_policy_eval is ga_policy_result() below the coordinator. */
GA_MUST_USE enum ga_rc ga_policy_eval(const struct ga_policy *policy,
                                      const struct ga_policy_subject *subject,
                                      const char *query,
                                      struct ga_policy_answer *out,
                                      struct ga_error *err);

/*
 * The built-in rules as data: what each check must have come to in a profile.
 * `strict` is what ga_result_judge() does without relaxations.
 */
enum ga_need {
    GA_NEED_HOLD = 0, /* passed, or not applicable */
    GA_NEED_PASS,     /* passed */
    GA_NEED_MAY       /* as HOLD, or not checked */
};

struct ga_profile {
    const char *name, *about;
    enum ga_need need[GA_CHECK_COUNT];
};

/* ga_profile_find returns the profile of that name, or NULL. */
const struct ga_profile *ga_profile_find(const char *name);

/* ga_profile_relax returns check `i` of those that the profile lets pass
 * unmade, as the setting `relax` takes it; NULL behind the last one. */
const char *ga_profile_relax(const struct ga_profile *profile, size_t i);

/* ga_profile_holds says whether a check that ended in `state` is enough. */
bool ga_profile_holds(const struct ga_profile *profile, enum ga_check_id id,
                      enum ga_state state);

#endif
