/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of the user's: loaded with a context, asked about each result. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/hex.h"
#include "policy/version.h"
#include "verify/policies.h"
#include "verify/result.h"

static enum ga_rc
hash(struct ga_bytes file, char out[65], struct ga_error *err)
{
    uint8_t digest[32];
    unsigned n = 0;

    if (EVP_Digest(file.ptr, file.len, digest, &n, EVP_sha256(), NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    ga_hex(ga_bytes_of(digest, sizeof(digest)), out);
    return GA_OK;
}

static enum ga_rc
load(const char *path, struct ga_policy **out, char sha256[65],
     struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc = ga_file_read(path, GA_POLICY_MAX, &file, err);

    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (rc == GA_OK)
        rc = hash(ga_view(&file), sha256, err);
    return rc == GA_OK ? ga_policy_load(path, file.ptr, file.len, out, err)
                       : rc;
}

/* Each line is held against the rules by itself, so that the error can name
 * the policy. */
static enum ga_rc
relax_by(const struct ga_policy *policy, const char *path,
         struct ga_settings *set, struct ga_error *err)
{
    struct ga_relax ignored;
    const char *line;

    for (size_t i = 0; (line = ga_policy_relax(policy, i)) != NULL; i++) {
        enum ga_rc rc = ga_settings_set(set, "relax", line, err);

        if (rc == GA_OK)
            rc = ga_relax_parse(set, &ignored, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "%s", path);
    }
    return GA_OK;
}

static enum ga_rc
check_version(const char *name, const char *value, struct ga_error *err)
{
    size_t len = value != NULL ? strlen(value) : 0;
    int order;

    if (value == NULL || ga_version_order(value, len, value, len, &order))
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "%s: \"%s\" is no version like 550.90.07 or 96.00.9F.00.01",
                   name, value);
}

enum ga_rc
ga_policies_load(struct ga_settings *set, struct ga_policies *out,
                 struct ga_error *err)
{
    enum ga_rc rc = check_version("min-driver", set->min_driver, err);

    if (rc == GA_OK)
        rc = check_version("min-vbios", set->min_vbios, err);
    for (size_t i = 0; i < set->policy.count && rc == GA_OK; i++) {
        const char *path = set->policy.item[i];

        rc = load(path, &out->policy[i], out->sha256[i], err);
        if (rc != GA_OK)
            return ga_within(err, rc, "policy");
        out->count++;
        if (set->allow_policy_relax)
            rc = relax_by(out->policy[i], path, set, err);
    }
    return rc;
}

void
ga_policies_done(struct ga_policies *policies)
{
    for (size_t i = 0; i < policies->count; i++)
        ga_policy_free(policies->policy[i]);
    policies->count = 0;
}

static void
begin(struct ga_said *said, const char *name)
{
    memset(said, 0, sizeof(*said));
    ga_escape(name, strlen(name), said->name, sizeof(said->name));
}

/* What is compared with a minimum. */
struct minimum {
    const char *setting, *what, *value;
    size_t member; /* of struct ga_device, its text */
};

static void
ask_minimum(const struct minimum *m, const struct ga_result *r,
            struct ga_said *out)
{
    size_t gpus = 0;

    begin(out, m->setting);
    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_device *d = &r->device[i];
        const char *have = (const char *)d + m->member;
        int order = -1;

        if (d->kind == GA_KIND_SWITCH)
            continue;
        gpus++;
        if (!ga_version_order(have, strlen(have), m->value, strlen(m->value),
                              &order))
            snprintf(out->why, sizeof(out->why), "%s: no version of the %s",
                     d->label, m->what);
        else if (order < 0)
            snprintf(out->why, sizeof(out->why),
                     "%s: %s %.64s is older than %.64s", d->label, m->what,
                     have, m->value);
        else
            continue;
        return;
    }
    if (gpus == 0)
        snprintf(out->why, sizeof(out->why), "no GPU has a %s", m->what);
    else
        out->passed = true;
}

static bool
listed(const struct ga_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], text) == 0)
            return true;
    return false;
}

static void
ask_ueid(const struct ga_list *list, const struct ga_result *r,
         struct ga_said *out)
{
    begin(out, "expect-ueid");
    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_device *d = &r->device[i];

        if (d->ueid[0] != '\0' && listed(list, d->ueid))
            continue;
        snprintf(out->why, sizeof(out->why), "%s: UEID %.128s is not listed",
                 d->label, d->ueid[0] != '\0' ? d->ueid : "(none)");
        return;
    }
    out->passed = r->device_count > 0;
}

static enum ga_rc
warn(const struct ga_policy *policy, struct ga_result *r, struct ga_error *err)
{
    const char *line;

    for (size_t i = 0; (line = ga_policy_warning(policy, i)) != NULL; i++) {
        char text[GA_ERROR_TEXT];

        ga_escape(line, strlen(line), text, sizeof(text));
        if (!ga_texts_add(&r->warnings, text))
            return ga_nomem(err);
    }
    return GA_OK;
}

/* Where evidence cannot be read there are no claims that a policy could be
 * asked about. */
static enum ga_rc
ask_file(const struct ga_policy *policy, const char *name,
         enum ga_policy_input input, struct ga_result *r, struct ga_said *out,
         struct ga_error *err)
{
    struct ga_policy_answer answer = { 0 };
    enum ga_rc rc = GA_OK;

    begin(out, name);
    if (r->verdict == GA_VERDICT_MALFORMED)
        snprintf(answer.why, sizeof(answer.why),
                 "not asked: the evidence cannot be read");
    else
        rc = ga_policy_result(policy, r, input, NULL, &answer, err);
    if (rc == GA_OK)
        rc = warn(policy, r, err);
    if (rc != GA_OK)
        return rc;
    out->passed = answer.passed;
    ga_escape(answer.why, strlen(answer.why), out->why, sizeof(out->why));
    return GA_OK;
}

enum ga_rc
ga_policies_ask(const struct ga_policies *policies,
                const struct ga_settings *set, struct ga_result *result,
                struct ga_error *err)
{
    const struct minimum minimum[] = {
        { "min-driver", "driver", set->min_driver,
          offsetof(struct ga_device, driver) },
        { "min-vbios", "VBIOS", set->min_vbios,
          offsetof(struct ga_device, vbios) },
    };
    GA_AUTO_FREE struct ga_said *said =
        calloc(policies->count + 3, sizeof(*said));
    enum ga_rc rc = GA_OK;
    size_t n = 0;

    if (said == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < 2; i++)
        if (minimum[i].value != NULL)
            ask_minimum(&minimum[i], result, &said[n++]);
    if (set->expect_ueid.count > 0)
        ask_ueid(&set->expect_ueid, result, &said[n++]);
    for (size_t i = 0; i < policies->count && rc == GA_OK; i++, n++) {
        rc = ask_file(policies->policy[i], set->policy.item[i],
                      (enum ga_policy_input)set->policy_input, result, &said[n],
                      err);
        memcpy(said[n].sha256, policies->sha256[i], sizeof(said[n].sha256));
    }
    if (rc == GA_OK)
        ga_result_restrict(result, GA_TAKE(said), n);
    return rc;
}
