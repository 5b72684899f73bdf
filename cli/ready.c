/* SPDX-License-Identifier: Apache-2.0 */
/* Turning the ready state on: only what was attested, and only while it is
 * still there. */
#include <string.h>

#include "base/time.h"
#include "cli/ppcie.h"

enum ga_rc
duration_of(const char *name, const char *value, int64_t *out,
            struct ga_error *err)
{
    if (ga_duration_parse(value, out) && *out >= 1)
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "--%s: \"%.80s\" is no duration of a second or more, like "
                   "90s or 15m",
                   name, value);
}

enum ga_rc
stage_timeout_of(const struct options *o, int64_t *out, struct ga_error *err)
{
    return duration_of("stage-timeout",
                       o->stage_timeout != NULL
                           ? o->stage_timeout
                           : option_own("stage-timeout")->initial,
                       out, err);
}

/* Everything passed; nothing was let pass. */
static enum ga_rc
check_result(const struct options *o, const struct ga_result *result,
             struct ga_error *err)
{
    bool custom = strcmp(ga_result_anchors(result), "custom") == 0;

    if (!ga_result_verified(result))
        return ga_fail(err, GA_E_INTERNAL, "the result is not verified");
    if (ga_result_relaxed(result, 0) != NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "%s was relaxed",
                       ga_result_relaxed(result, 0));
    if (custom && !o->settings->allow_custom_anchors)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "custom anchors are trusted; --allow-custom-anchors "
                       "lets them count");
    return GA_OK;
}

static enum ga_rc
check_host(const struct ga_host *was, const struct ga_host *is,
           struct ga_error *err)
{
    if (is->gpus != was->gpus)
        return ga_fail(err, GA_E_BAD_VALUE, "%u GPUs, and %u attested",
                       is->gpus, was->gpus);
    if (is->switches != was->switches)
        return ga_fail(err, GA_E_BAD_VALUE, "%u NVSwitches, and %u attested",
                       is->switches, was->switches);
    if (!is->cc_on || is->dev_tools)
        return ga_fail(err, GA_E_BAD_VALUE,
                       is->cc_on ? "DevTools mode is on"
                                 : "confidential computing is off");
    if (is->multi_gpu_mode != was->multi_gpu_mode ||
        is->has_multi_gpu_mode != was->has_multi_gpu_mode)
        return ga_fail(err, GA_E_BAD_VALUE, "the multi-GPU mode is %u, was %u",
                       is->multi_gpu_mode, was->multi_gpu_mode);
    if (strcmp(is->driver, was->driver) != 0)
        return ga_fail(err, GA_E_BAD_VALUE, "the driver is %s, was %s",
                       is->driver, was->driver);
    return GA_OK;
}

/* The evidence of device `i` names it behind the library's name. */
static bool
is_evidence_of(const struct ready_facts *f, size_t i, const char *uuid)
{
    for (size_t k = 0; k < f->evidences; k++) {
        size_t count = ga_evidence_count(f->evidence[k]);
        struct ga_evidence_view v;
        const char *name;

        if (i >= count) {
            i -= count;
            continue;
        }
        if (ga_evidence_get(f->evidence[k], i, &v, NULL) != GA_OK)
            return false;
        name = strrchr(v.source, ' ');
        return name != NULL && strcmp(name + 1, uuid) == 0;
    }
    return false;
}

static enum ga_rc
check_devices(const struct ready_facts *f, const struct ga_host_devices *is,
              struct ga_error *err)
{
    size_t attested = 0;

    for (size_t k = 0; k < f->evidences; k++)
        attested += ga_evidence_count(f->evidence[k]);
    if (is->count != f->devices->count || is->count != attested)
        return ga_fail(err, GA_E_BAD_VALUE, "%zu devices, and %zu attested",
                       is->count, attested);
    for (size_t i = 0; i < is->count; i++) {
        const struct ga_host_device *d = &is->item[i];
        const struct ga_host_device *was = &f->devices->item[i];

        if (strcmp(d->uuid, was->uuid) != 0 || !is_evidence_of(f, i, d->uuid))
            return ga_fail(err, GA_E_BAD_VALUE,
                           "%s is there, and was not when the devices attested",
                           d->uuid);
        if (d->tnvl != was->tnvl)
            return ga_fail(err, GA_E_BAD_VALUE, "%s: TNVL is %d, was %d",
                           d->uuid, d->tnvl, was->tnvl);
    }
    return GA_OK;
}

enum ga_rc
ready_turn_on(const struct options *o, struct ga_context *ctx,
              const struct ga_result *result, const struct ready_facts *facts,
              struct ga_error *err)
{
    struct ga_host host = { 0 };
    struct ga_host_devices devices = { 0 };
    enum ga_rc rc = check_result(o, result, err);

    if (rc == GA_OK)
        rc = ga_host_read(ctx, facts->live, &host, err);
    if (rc == GA_OK)
        rc = check_host(facts->host, &host, err);
    if (rc == GA_OK)
        rc = ga_host_list(ctx, facts->live, &devices, err);
    if (rc == GA_OK)
        rc = check_devices(facts, &devices, err);
    if (rc == GA_OK)
        rc = ga_host_set_ready(ctx, true, err);
    if (rc == GA_OK)
        rc = ga_host_read(ctx, GA_DEVICES_GPU, &host, err);
    if (rc == GA_OK && (!host.has_ready || !host.ready))
        rc = ga_fail(err, GA_E_UNREACHABLE, "the driver does not say it is on");
    return ga_within(err, rc, "ready state");
}
