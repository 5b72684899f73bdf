/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_PROFILE_H
#define GA_TOKEN_PROFILE_H

#include <jansson.h>

#include "base/check.h"
#include "base/chips.h"

/* Versions of NRAS's claims, as bits: what a claim is part of. */
enum ga_profile_version {
    GA_PROFILE_2_0 = 1 << 0,
    GA_PROFILE_3_0 = 1 << 1,
    GA_PROFILE_4_0 = 1 << 2
};

/* ga_profile_of returns the bit of a version's name ("3.0"), or 0. */
unsigned ga_profile_of(const char *version);

/* ga_profile_guess tells the version by the form of the claims of a device
 * whose token stands alone: by the version that it names, or by whether its
 * chains are objects. */
unsigned ga_profile_guess(const json_t *claims);

/*
 * ga_overall_result_check makes the check token.result of an overall token,
 * ga_device_result_check that of a device's (rule 19): every claim that the
 * version has must be there and say "verified".  `hold` lets a RIM's chain be
 * on hold.
 */
void ga_overall_result_check(const json_t *claims, bool hold,
                             struct ga_check *check);
void ga_device_result_check(const json_t *claims, enum ga_kind kind,
                            unsigned version, bool hold,
                            struct ga_check *check);

/* ga_token_refused says whether the claims are a refusal of the evidence:
 * x-nvidia-error-details, where it is not null. */
bool ga_token_refused(const json_t *claims);

/* ga_token_names_hold says whether what a signer let pass (NULL: no text) is a
 * RIM's certificate on hold. */
bool ga_token_names_hold(const char *what);

/* For the test that holds the table against the claims that we make. */
struct ga_profile_row {
    const char *name;
    enum ga_kind kind; /* GA_KIND_UNKNOWN: both */
    unsigned versions;
};
size_t ga_profile_rows(struct ga_profile_row *out, size_t cap);

#endif
