/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_SEAMS_H
#define GA_DEVICE_SEAMS_H

#include <stdbool.h>

#include "base/fail.h"
#include "gpuattest/context.h" /* enum ga_log_level */

/* What this layer takes from its caller; NULL members do nothing.  Both may be
 * called on any thread. */
struct ga_device_seams {
    void *user;
    bool (*cancelled)(void *user);
    void (*log)(void *user, enum ga_log_level level, const char *line);
};

/* ga_device_cancelled fails with GA_E_CANCELLED once the caller wants no
 * more. */
GA_MUST_USE enum ga_rc ga_device_cancelled(const struct ga_device_seams *seams,
                                           struct ga_error *err);

/* ga_device_log hands one escaped line to the caller. */
void ga_device_log(const struct ga_device_seams *seams, enum ga_log_level level,
                   const char *fmt, ...) GA_PRINTF(3, 4);

#endif
