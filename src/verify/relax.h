/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_RELAX_H
#define GA_VERIFY_RELAX_H

#include "base/checks.h"
#include "base/settings.h"
#include "claims/device.h"
#include "policy/policy.h"

/* What --relax, --no-ocsp and --profile let pass, per check. */
struct ga_relax {
    uint64_t reasons[GA_CHECK_COUNT]; /* bit 1 << reason */
    bool unmade[GA_CHECK_COUNT];      /* state not_checked */
    bool index[256];                  /* of measurements.match:index-N */
    const struct ga_profile *profile; /* NULL: strict */
};

/* ga_relax_parse reads the settings' list.  GA_E_INVAL names the item that is
 * no check, no reason of its check, or may not be relaxed, by the rules or by
 * the profile. */
GA_MUST_USE enum ga_rc ga_relax_parse(const struct ga_settings *set,
                                      struct ga_relax *out,
                                      struct ga_error *err);

/* ga_relax_is_of_unmade says whether the reason says why check `id` was not
 * made.  Of these the first one is kept, so that only all of them together can
 * be relaxed, as not_checked. */
bool ga_relax_is_of_unmade(enum ga_check_id id, enum ga_reason reason);

/*
 * ga_relax_covers says whether check `id` does not turn the verdict although it
 * failed or was not made: only where each of its reasons is relaxed, and where
 * every index of `device` (NULL: the set) that does not match is named.
 */
bool ga_relax_covers(const struct ga_relax *relax, enum ga_check_id id,
                     const struct ga_check *check,
                     const struct ga_device *device);

#endif
