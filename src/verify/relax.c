/* SPDX-License-Identifier: Apache-2.0 */
/* --relax and --profile: which checks may fail, for which reasons, without
 * turning the verdict. */
#include <string.h>

#include "verify/relax.h"

/* "driver_rim.ocsp", or "*_rim.ocsp" for the one of every RIM. */
static bool
names(const char *pattern, size_t len, const char *name)
{
    if (len > 0 && pattern[0] == '*') {
        const char *rim = strstr(name, "_rim.");

        return rim != NULL && strlen(rim) == len - 1 &&
               memcmp(rim, pattern + 1, len - 1) == 0;
    }
    return strlen(name) == len && memcmp(name, pattern, len) == 0;
}

/* "index-9": digits without leading zeros, 0 to 255. */
static bool
parse_index(const char *text, unsigned *out)
{
    static const char prefix[] = "index-";
    const char *p = text + sizeof(prefix) - 1;
    unsigned v = 0;

    if (strncmp(text, prefix, sizeof(prefix) - 1) != 0 || *p == '\0' ||
        (p[0] == '0' && p[1] != '\0'))
        return false;
    for (; *p >= '0' && *p <= '9' && v < 256; p++)
        v = v * 10 + (unsigned)(*p - '0');
    if (*p != '\0' || v > 255)
        return false;
    *out = v;
    return true;
}

/* What stands behind the colon. */
struct what {
    bool unmade;
    enum ga_reason reason;
    unsigned index;
};

static bool
parse_reason(const char *text, struct what *out)
{
    *out = (struct what){ 0 };
    if (text == NULL || strcmp(text, "not_checked") == 0) {
        out->unmade = true;
        return true;
    }
    if (parse_index(text, &out->index)) {
        out->reason = GA_R_INDEX;
        return true;
    }
    out->reason = ga_reason_find(text);
    return out->reason != GA_R_NONE && out->reason != GA_R_INDEX;
}

static void
permit(struct ga_relax *out, enum ga_check_id id, const struct what *w)
{
    if (w->unmade)
        out->unmade[id] = true;
    else
        out->reasons[id] |= UINT64_C(1) << w->reason;
    if (w->reason == GA_R_INDEX)
        out->index[w->index] = true;
}

bool
ga_relax_is_of_unmade(enum ga_check_id id, enum ga_reason reason)
{
    return reason == GA_R_UNREACHABLE || reason == GA_R_NOT_ASKED ||
           reason == GA_R_DEPENDS || reason == GA_R_PARTIAL ||
           (reason == GA_R_ABSENT &&
            ga_check_rows[id].relax == GA_RELAX_CURRENT);
}

static enum ga_rc
add(struct ga_relax *out, const char *item, struct ga_error *err)
{
    const char *colon = strchr(item, ':');
    size_t len = colon != NULL ? (size_t)(colon - item) : strlen(item);
    bool found = false;
    struct what w;

    if (!parse_reason(colon != NULL ? colon + 1 : NULL, &w))
        return ga_fail(err, GA_E_INVAL, "relax: \"%s\": no such reason", item);
    for (size_t i = 0; i < GA_CHECK_COUNT; i++) {
        const struct ga_check_row *row = &ga_check_rows[i];

        if (!names(item, len, row->name))
            continue;
        found = true;
        if (!w.unmade && (row->reasons & UINT64_C(1) << w.reason) == 0)
            return ga_fail(err, GA_E_INVAL,
                           "relax: \"%s\": %s has no such reason", item,
                           row->name);
        if (!ga_check_relaxable((enum ga_check_id)i, w.reason))
            return ga_fail(err, GA_E_INVAL, "relax: \"%s\": may not be relaxed",
                           item);
        if (ga_relax_is_of_unmade((enum ga_check_id)i, w.reason))
            return ga_fail(err, GA_E_INVAL,
                           "relax: \"%s\": the reason says why it was not "
                           "checked, which \"%.*s:not_checked\" covers",
                           item, (int)len, item);
        if (out->profile->need[i] == GA_NEED_PASS)
            return ga_fail(err, GA_E_INVAL,
                           "relax: \"%s\": profile %s wants it passed", item,
                           out->profile->name);
        permit(out, (enum ga_check_id)i, &w);
    }
    if (!found)
        return ga_fail(err, GA_E_INVAL, "relax: \"%s\": no such check", item);
    return GA_OK;
}

enum ga_rc
ga_relax_parse(const struct ga_settings *set, struct ga_relax *out,
               struct ga_error *err)
{
    static const char *const profiles[] = {
        [GA_PROFILE_STRICT] = "strict",
        [GA_PROFILE_NVATTEST] = "nvattest",
        [GA_PROFILE_OFFLINE] = "offline",
    };
    const struct ga_profile *offline = ga_profile_find("offline");
    struct ga_relax relax = { .profile =
                                  ga_profile_find(profiles[set->profile]) };
    bool no_ocsp = set->no_ocsp || relax.profile == offline;
    const char *check;
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < set->relax.count && rc == GA_OK; i++)
        rc = add(&relax, set->relax.item[i], err);
    for (size_t i = 0; no_ocsp && rc == GA_OK &&
                       (check = ga_profile_relax(offline, i)) != NULL;
         i++)
        rc = add(&relax, check, err);
    if (rc == GA_OK)
        *out = relax;
    return rc;
}

static bool
covers_indexes(const struct ga_relax *relax, const struct ga_device *device)
{
    if (device == NULL || device->mismatch_count == 0)
        return false;
    for (size_t i = 0; i < device->mismatch_count; i++)
        if (device->mismatch[i].index > 255 ||
            !relax->index[device->mismatch[i].index])
            return false;
    return true;
}

bool
ga_relax_covers(const struct ga_relax *relax, enum ga_check_id id,
                const struct ga_check *check, const struct ga_device *device)
{
    if (check->state == GA_NOT_CHECKED)
        return relax->unmade[id];
    if (check->state != GA_FAILED || check->all == 0 ||
        (check->all & ~relax->reasons[id]) != 0)
        return false;
    if (check->incomplete && !relax->unmade[id])
        return false;
    return (check->all & UINT64_C(1) << GA_R_INDEX) == 0 ||
           covers_indexes(relax, device);
}
