/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's log and its wish to stop. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "device/seams.h"

enum ga_rc
ga_device_cancelled(const struct ga_device_seams *seams, struct ga_error *err)
{
    if (seams->cancelled != NULL && seams->cancelled(seams->user))
        return ga_fail(err, GA_E_CANCELLED, "cancelled by the caller");
    return GA_OK;
}

void
ga_device_log(const struct ga_device_seams *seams, enum ga_log_level level,
              const char *fmt, ...)
{
    char raw[GA_ERROR_TEXT], line[GA_ERROR_TEXT];
    va_list ap;

    if (seams->log == NULL)
        return;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    ga_escape(raw, strlen(raw), line, sizeof(line));
    seams->log(seams->user, level, line);
}
