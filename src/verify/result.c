/* SPDX-License-Identifier: Apache-2.0 */
/* Results: life, and what callers may see of them. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "gpuattest/rim.h"
#include "verify/result.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

enum ga_rc
ga_result_new(size_t devices, enum ga_scope scope, struct ga_result **out,
              struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return ga_nomem(err);
    r->scope = scope;
    r->verdict = GA_VERDICT_REJECTED; /* until judged otherwise */
    if (devices > 0) {
        r->device = calloc(devices, sizeof(*r->device));
        if (r->device == NULL)
            return ga_nomem(err);
        r->device_count = devices;
    }
    *out = GA_TAKE(r);
    return GA_OK;
}

void
ga_texts_done(struct ga_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->text[i]);
    free(texts->text);
    *texts = (struct ga_texts){ 0 };
}

void
ga_result_free(struct ga_result *result)
{
    if (result == NULL)
        return;
    for (size_t i = 0; i < result->device_count; i++)
        ga_device_done(&result->device[i]);
    free(result->device);
    ga_texts_done(&result->lenient);
    ga_texts_done(&result->relaxed);
    ga_texts_done(&result->warnings);
    free(result->said);
    ga_topology_free(result->topology);
    json_decref(result->overall);
    json_decref(result->detached_eat);
    free(result);
}

bool
ga_result_verified(const struct ga_result *result)
{
    return result != NULL && result->verdict == GA_VERDICT_VERIFIED;
}

enum ga_verdict
ga_result_verdict(const struct ga_result *result)
{
    return result != NULL ? result->verdict : GA_VERDICT_REJECTED;
}

const char *
ga_result_summary(const struct ga_result *result)
{
    return result->summary;
}

size_t
ga_result_devices(const struct ga_result *result)
{
    return result->device_count;
}

static const char *
or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

bool
ga_result_device(const struct ga_result *result, size_t i,
                 struct ga_device_view *out)
{
    const struct ga_device *d;

    if (i >= result->device_count)
        return false;
    d = &result->device[i];
    *out = (struct ga_device_view){
        .label = d->label,
        .type = d->kind == GA_KIND_SWITCH ? "nvswitch" : "gpu",
        .arch = ga_device_arch(d),
        .device_id = or_null(d->device_id),
        .pdi = or_null(d->pdi),
        .ueid = or_null(d->ueid),
        .hwmodel = or_null(d->hwmodel),
        .driver = or_null(d->driver),
        .vbios = or_null(d->vbios),
        .mode = ga_mode_name(d->mode),
        .verified = d->verified,
    };
    return true;
}

/* The checks of a device or the set, and whose they are. */
static const struct ga_check *
checks_of(const struct ga_result *r, size_t i, unsigned *scope)
{
    if (i == GA_SET) {
        *scope = r->scope;
        return r->check;
    }
    if (i >= r->device_count)
        return NULL;
    *scope = ga_device_scope(&r->device[i]);
    return r->device[i].check;
}

size_t
ga_result_checks(const struct ga_result *result, size_t i)
{
    unsigned scope = 0;
    size_t n = 0;

    if (checks_of(result, i, &scope) == NULL)
        return 0;
    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        n += (ga_check_rows[id].scope & scope) != 0;
    return n;
}

static void
view(const struct ga_check *c, size_t id, struct ga_check_view *out)
{
    *out = (struct ga_check_view){
        .name = ga_check_rows[id].name,
        .state = c->state,
        .reason = ga_check_reason(c),
        .text = or_null(c->text),
        .relaxed = c->relaxed,
    };
}

bool
ga_result_check(const struct ga_result *result, size_t i, size_t n,
                struct ga_check_view *out)
{
    unsigned scope = 0;
    const struct ga_check *checks = checks_of(result, i, &scope);

    for (size_t id = 0; checks != NULL && id < GA_CHECK_COUNT; id++) {
        if ((ga_check_rows[id].scope & scope) == 0)
            continue;
        if (n-- == 0) {
            view(&checks[id], id, out);
            return true;
        }
    }
    return false;
}

bool
ga_result_turns(const struct ga_check *c)
{
    return (c->state == GA_FAILED || c->state == GA_NOT_CHECKED) && !c->relaxed;
}

bool
ga_result_next_failed(const struct ga_result *result, size_t *at,
                      size_t *device, struct ga_check_view *out)
{
    size_t end = (result->device_count + 1) * GA_CHECK_COUNT;

    for (size_t k = *at; k < end; k++) {
        size_t i = k / GA_CHECK_COUNT, id = k % GA_CHECK_COUNT;
        size_t who = i < result->device_count ? i : GA_SET;
        unsigned scope = 0;
        const struct ga_check *checks = checks_of(result, who, &scope);

        if ((ga_check_rows[id].scope & scope) == 0 ||
            !ga_result_turns(&checks[id]))
            continue;
        *at = k + 1;
        *device = who;
        view(&checks[id], id, out);
        return true;
    }
    *at = end;
    return false;
}

const char *
ga_result_relaxed(const struct ga_result *result, size_t i)
{
    return i < result->relaxed.count ? result->relaxed.text[i] : NULL;
}

const char *
ga_result_warning(const struct ga_result *result, size_t i)
{
    return i < result->warnings.count ? result->warnings.text[i] : NULL;
}

bool
ga_result_policy(const struct ga_result *result, size_t i,
                 struct ga_policy_view *out)
{
    const struct ga_said *said;

    if (i >= result->said_count)
        return false;
    said = &result->said[i];
    *out = (struct ga_policy_view){
        .name = said->name,
        .passed = said->passed,
        .why = or_null(said->why),
    };
    return true;
}

const char *
ga_result_anchors(const struct ga_result *result)
{
    return result->custom_anchors ? "custom" : "builtin";
}

int64_t
ga_result_time(const struct ga_result *result)
{
    return result->at;
}

void
ga_text_free(char *text)
{
    free(text);
}

static enum ga_rc
print(json_t *object, char **out, struct ga_error *err)
{
    GA_AUTO(json_t) *v = object;
    char *text = v != NULL ? ga_json_text(v, true) : NULL;

    if (text == NULL)
        return ga_nomem(err);
    *out = text;
    return GA_OK;
}

enum ga_rc
ga_result_json(const struct ga_result *result, char **out, struct ga_error *err)
{
    if (result == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "result: NULL");
    return print(ga_result_object(result), out, err);
}

enum ga_rc
ga_result_claims(const struct ga_result *result, size_t i, const char *version,
                 char **out, struct ga_error *err)
{
    enum ga_claims_version v;

    if (result == NULL || version == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "result: NULL");
    if (!ga_claims_version_find(version, &v))
        return ga_fail(err, GA_E_INVAL,
                       "claims version \"%s\", not 2.0, 3.0 or 4.0", version);
    if (i >= result->device_count)
        return ga_fail(err, GA_E_INVAL, "device %zu of %zu", i,
                       result->device_count);
    return print(ga_claims(&result->device[i], &result->nonce, v), out, err);
}
