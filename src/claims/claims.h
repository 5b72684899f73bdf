/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLAIMS_CLAIMS_H
#define GA_CLAIMS_CLAIMS_H

#include <jansson.h>

#include "claims/device.h"

/* Versions of the claims that NRAS knows; the order is that of the setting
 * claims-version. */
enum ga_claims_version {
    GA_CLAIMS_2_0,
    GA_CLAIMS_3_0,
    GA_CLAIMS_4_0,
    GA_CLAIMS_VERSIONS
};

/* ga_claims_version_name returns "2.0", "3.0" or "4.0". */
const char *ga_claims_version_name(enum ga_claims_version v);

/* ga_claims_version_find returns the version of that name; false for others. */
GA_MUST_USE bool ga_claims_version_find(const char *name,
                                        enum ga_claims_version *out);

/*
 * ga_claims makes the claims of `device` as NRAS names them, with NRAS's
 * meaning where it differs from the check's (docs/claims.md).  Claims that only
 * a token has (iss, iat, nbf, exp, jti) are not among them.  Of a device that
 * is known from a token they are what was signed, whatever `version` is.  NULL
 * when out of memory; the caller releases it with json_decref().
 */
json_t *ga_claims(const struct ga_device *device, const struct ga_nonce *nonce,
                  enum ga_claims_version version);

/* For the test that compares the table with docs/claims.md. */
struct ga_claim_name {
    const char *name;
    enum ga_kind kind; /* GA_KIND_UNKNOWN: both */
    unsigned versions; /* bit 1 << enum ga_claims_version */
};
size_t ga_claim_names(struct ga_claim_name *out, size_t cap);

#endif
