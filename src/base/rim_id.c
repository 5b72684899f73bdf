/* SPDX-License-Identifier: Apache-2.0 */
/* What a RIM id can look like, whoever names it. */
#include <string.h>

#include "base/limits.h"
#include "base/rim_id.h"

bool
ga_rim_id_ok(const char *id)
{
    size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");

    return n >= 1 && n <= GA_RIM_ID_MAX && id[n] == '\0' && id[0] != '.' &&
           strstr(id, "..") == NULL;
}
