/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_EAT_H
#define GA_VERIFY_EAT_H

#include "gpuattest/token.h"
#include "verify/result.h"

/*
 * ga_eat_lenient lists what a result rests on beside the strictest rules:
 * relaxations, graces, accepted holds, nonces that were not ours, another time
 * than the present, anchors that are not built in and were not allowed.
 * `now` is when it is signed.
 */
GA_MUST_USE enum ga_rc ga_eat_lenient(const struct ga_result *result,
                                      ga_time now, struct ga_texts *out,
                                      struct ga_error *err);

/* What NRAS says in place of claims.  Source: spec-protocol, 5. */
struct ga_error_details {
    int code, http_status;
    const char *message;
};

/* ga_eat_error_details returns what a device's evidence would have been refused
 * with, or NULL; `check` receives the check that says why. */
const struct ga_error_details *ga_eat_error_details(
    const struct ga_device *device, const struct ga_check **check);

#endif
