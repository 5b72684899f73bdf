/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_POLICIES_H
#define GA_VERIFY_POLICIES_H

#include "base/settings.h"
#include "gpuattest/policy.h"

/* The policies of a context, in the order of the setting `policy`. */
struct ga_policies {
    size_t count;
    struct ga_policy *policy[GA_LIST_MAX];
    char sha256[GA_LIST_MAX][65]; /* of its file, hex */
};

/*
 * ga_policies_load reads the files of the setting `policy` and checks the
 * settings min-driver and min-vbios.  Where allow-policy-relax is set, it adds
 * what policies relax to the setting `relax`; GA_E_INVAL where that may not be
 * relaxed.
 */
GA_MUST_USE enum ga_rc ga_policies_load(struct ga_settings *set,
                                        struct ga_policies *out,
                                        struct ga_error *err);
void ga_policies_done(struct ga_policies *policies);

/* ga_policies_ask asks min-driver, min-vbios, expect-ueid and every policy
 * about a result that is judged, and restricts it by the answers. */
GA_MUST_USE enum ga_rc ga_policies_ask(const struct ga_policies *policies,
                                       const struct ga_settings *set,
                                       struct ga_result *result,
                                       struct ga_error *err);

#endif
