/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in rules as tables. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/policy.h"

/* What NVIDIA's own tool requires of every device: measurements that match,
 * chains that are valid, and OCSP answers.  Source: spec-protocol */
#define NVATTEST                                \
    [GA_CHECK_DEVICE_CHAIN] = GA_NEED_PASS,     \
    [GA_CHECK_DEVICE_OCSP] = GA_NEED_PASS,      \
    [GA_CHECK_DRIVER_RIM_CHAIN] = GA_NEED_PASS, \
    [GA_CHECK_DRIVER_RIM_OCSP] = GA_NEED_PASS,  \
    [GA_CHECK_VBIOS_RIM_CHAIN] = GA_NEED_PASS,  \
    [GA_CHECK_VBIOS_RIM_OCSP] = GA_NEED_PASS,   \
    [GA_CHECK_BIOS_RIM_CHAIN] = GA_NEED_PASS,   \
    [GA_CHECK_BIOS_RIM_OCSP] = GA_NEED_PASS,    \
    [GA_CHECK_MEASUREMENTS_MATCH] = GA_NEED_PASS

#define OFFLINE                               \
    [GA_CHECK_DEVICE_OCSP] = GA_NEED_MAY,     \
    [GA_CHECK_DRIVER_RIM_OCSP] = GA_NEED_MAY, \
    [GA_CHECK_VBIOS_RIM_OCSP] = GA_NEED_MAY,  \
    [GA_CHECK_BIOS_RIM_OCSP] = GA_NEED_MAY, [GA_CHECK_RIM_OCSP] = GA_NEED_MAY

static const struct ga_profile profiles[] = {
    { "strict", "every check passes, or has nothing to check", { 0 } },
    { "nvattest",
      "strict, and what NVIDIA's tool requires has been checked indeed",
      { NVATTEST } },
    { "offline",
      "strict, but nobody has to be asked for revocations",
      { OFFLINE } },
};

const struct ga_profile *
ga_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const char *
ga_profile_relax(const struct ga_profile *profile, size_t i)
{
    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        if (profile->need[id] == GA_NEED_MAY && i-- == 0)
            return ga_check_rows[id].name;
    return NULL;
}

bool
ga_profile_holds(const struct ga_profile *profile, enum ga_check_id id,
                 enum ga_state state)
{
    switch (profile->need[id]) {
    case GA_NEED_PASS:
        return state == GA_PASSED;
    case GA_NEED_MAY:
        return state == GA_PASSED || state == GA_NOT_APPLICABLE ||
               state == GA_NOT_CHECKED;
    case GA_NEED_HOLD:
        break;
    }
    return state == GA_PASSED || state == GA_NOT_APPLICABLE;
}

static const char *
need_text(enum ga_need need)
{
    static const char *const texts[] = {
        [GA_NEED_HOLD] = "passed, or not applicable",
        [GA_NEED_PASS] = "passed",
        [GA_NEED_MAY] = "passed, not applicable, or not checked",
    };

    return texts[need];
}

static const char *
relax_text(enum ga_relax_rule rule)
{
    static const char *const texts[] = {
        [GA_RELAX_NEVER] = "never",
        [GA_RELAX_EXPIRED] = "expired",
        [GA_RELAX_CURRENT] = "all but revoked and hold",
        [GA_RELAX_ANY] = "any reason",
    };

    return texts[rule];
}

/* Checks of a RIM alone and of tokens are no part of a verdict about
 * evidence. */
enum ga_rc
ga_policy_show(const char *profile, char **out, struct ga_error *err)
{
    const struct ga_profile *p =
        profile == NULL ? NULL : ga_profile_find(profile);
    size_t cap = 128 * (GA_CHECK_COUNT + 3), n;
    GA_AUTO_FREE char *text = NULL;

    if (p == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "profile is strict, nvattest or offline");
    text = malloc(cap);
    if (text == NULL)
        return ga_nomem(err);
    n = (size_t)snprintf(text, cap, "profile %s: %s\n%-24s%-40s%s\n", p->name,
                         p->about, "check", "must be", "may be relaxed for");
    for (size_t id = 0; id < GA_CHECK_COUNT && n < cap; id++)
        if ((ga_check_rows[id].scope & GA_SCOPE_EVIDENCE) != 0)
            n += (size_t)snprintf(
                text + n, cap - n, "%-24s%-40s%s\n", ga_check_rows[id].name,
                need_text(p->need[id]), relax_text(ga_check_rows[id].relax));
    *out = GA_TAKE(text);
    return GA_OK;
}
