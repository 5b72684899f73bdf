/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator: reads like the list of rules. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "verify/parallel.h"
#include "verify/run.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

static void
run_done(struct ga_run *run)
{
    size_t n = run->result != NULL ? run->result->device_count : 0;

    for (size_t i = 0; run->subject != NULL && i < n; i++) {
        ga_report_free(run->subject[i].report);
        ga_chain_free(run->subject[i].chain);
    }
    free(run->subject);
    ga_gathered_done(&run->gathered);
}

/* GPU-n and SWITCH-n count from 0 apart, in the order of the evidence. */
static void
label(struct ga_run *run)
{
    unsigned gpus = 0, switches = 0;

    for (size_t i = 0; i < run->result->device_count; i++) {
        struct ga_device *d = &run->result->device[i];

        if (d->kind == GA_KIND_SWITCH)
            snprintf(d->label, sizeof(d->label), "SWITCH-%u", switches++);
        else
            snprintf(d->label, sizeof(d->label), "GPU-%u", gpus++);
    }
}

static enum ga_rc
cancelled(const struct ga_run *run, struct ga_error *err)
{
    if (atomic_load(&run->ctx->cancelled))
        return ga_fail(err, GA_E_CANCELLED, "cancelled by the caller");
    return GA_OK;
}

/* The steps of one device, which no other thread touches meanwhile. */

static enum ga_rc
identify(void *user, size_t i, struct ga_error *err)
{
    struct ga_run *run = user;
    enum ga_rc rc = cancelled(run, err);

    if (rc == GA_OK)
        rc = ga_verify_parse(run, &run->subject[i], err);
    if (rc == GA_OK)
        ga_verify_device(run, &run->subject[i]);
    return rc;
}

static enum ga_rc
look_up(void *user, size_t i, struct ga_error *err)
{
    struct ga_run *run = user;
    enum ga_rc rc = cancelled(run, err);

    return rc == GA_OK ? ga_verify_rims(run, &run->subject[i], err) : rc;
}

static enum ga_rc
compare(void *user, size_t i, struct ga_error *err)
{
    struct ga_run *run = user;
    struct ga_subject *s = &run->subject[i];
    enum ga_rc rc = cancelled(run, err);

    if (rc != GA_OK)
        return rc;
    ga_verify_ocsp(run, s);
    ga_verify_arch(run, s);
    return ga_verify_measurements(s, err);
}

/* What devices say to the result, in their order. */
static enum ga_rc
report(struct ga_run *run, struct ga_error *err)
{
    struct ga_result *r = run->result;

    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_subject *s = &run->subject[i];
        char line[160];

        if (r->error.code == GA_OK)
            r->error = s->problem;
        if (s->report == NULL || s->report->zeros_dropped == 0)
            continue;
        snprintf(line, sizeof(line), "%s: %zu zero bytes behind the report",
                 s->item.source, s->report->zeros_dropped);
        if (!ga_texts_add(&r->warnings, line))
            return ga_nomem(err);
    }
    return GA_OK;
}

/* Between the steps, what one has learnt of all devices is asked for
 * together. */
static enum ga_rc
verify_all(struct ga_run *run, const struct ga_evidence *evidence,
           struct ga_error *err)
{
    size_t n = run->result->device_count;
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < n && rc == GA_OK; i++) {
        run->subject[i].device = &run->result->device[i];
        rc = ga_evidence_get(evidence, i, &run->subject[i].item, err);
    }
    if (rc == GA_OK)
        rc = ga_parallel(run->ctx->threads, n, identify, run, err);
    if (rc == GA_OK)
        rc = ga_gather_devices(run, err);
    if (rc == GA_OK)
        rc = ga_parallel(run->ctx->threads, n, look_up, run, err);
    if (rc == GA_OK)
        rc = ga_gather_rims(run, err);
    if (rc == GA_OK)
        rc = ga_parallel(run->ctx->threads, n, compare, run, err);
    if (rc == GA_OK)
        rc = report(run, err);
    if (rc != GA_OK)
        return rc;
    label(run);
    if (run->bundle != NULL)
        return ga_archive_devices(run, err);
    ga_verify_set(run);
    return GA_OK;
}

static enum ga_rc
warn(struct ga_run *run, struct ga_error *err)
{
    struct ga_result *r = run->result;
    const struct ga_settings *set = run->ctx->set;

    if (set->ocsp_max_age > GA_OCSP_MAX_AGE &&
        !ga_texts_add(&r->lenient, "ocsp-max-age"))
        return ga_nomem(err);
    if (set->ocsp_skew > GA_OCSP_SKEW &&
        !ga_texts_add(&r->lenient, "ocsp-skew"))
        return ga_nomem(err);

    if (r->custom_anchors && !run->ctx->set->allow_custom_anchors &&
        !ga_texts_add(&r->warnings,
                      "anchors that are not built in were configured"))
        return ga_nomem(err);
    return GA_OK;
}

/* What was found, for who watches: devices at info, checks at debug. */
static void
log_result(const struct ga_run *run)
{
    const struct ga_result *r = run->result;

    if (run->ctx->seams.log == NULL)
        return;
    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_device *d = &r->device[i];
        unsigned scope = ga_device_scope(d);
        char line[GA_CHECK_TEXT + 128];

        snprintf(line, sizeof(line), "%s: %s", d->label,
                 d->verified ? "verified" : "not verified");
        ga_context_log(run->ctx, GA_LOG_INFO, line);
        for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
            const struct ga_check *c = &d->check[id];

            if ((ga_check_rows[id].scope & scope) == 0)
                continue;
            snprintf(line, sizeof(line), "%s: %s: %s%s%s", d->label,
                     ga_check_rows[id].name, ga_state_name(c->state),
                     c->text[0] != '\0' ? ": " : "", c->text);
            ga_context_log(run->ctx, GA_LOG_DEBUG, line);
        }
    }
}

/* Makes the result of `run`, which has who asks and for what. */
static enum ga_rc
make(struct ga_run *run, const struct ga_evidence *evidence,
     struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    struct ga_context *ctx = run->ctx;
    size_t n = ga_evidence_count(evidence);
    enum ga_rc rc;

    if (n == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    rc = ga_result_new(n, GA_SCOPE_SET, &result, err);
    if (rc != GA_OK)
        return rc;
    run->result = result;
    run->at = ga_context_time(ctx);
    run->subject = calloc(n, sizeof(*run->subject));
    if (run->subject == NULL)
        return ga_nomem(err);
    result->has_nonce = run->nonce != NULL;
    if (run->nonce != NULL)
        result->nonce = *run->nonce;
    result->at = run->at;
    result->at_given = ctx->set->at != GA_TIME_NONE;
    result->custom_anchors = ctx->anchors.custom;
    result->custom_allowed = ctx->set->allow_custom_anchors;
    result->claims_version = (enum ga_claims_version)ctx->set->claims_version;

    rc = verify_all(run, evidence, err);
    run_done(run);
    if (rc == GA_OK)
        rc = warn(run, err);
    if (rc == GA_OK)
        rc = ga_result_judge(result, &ctx->relax, err);
    if (rc == GA_OK)
        rc = ga_policies_ask(&ctx->policies, ctx->set, result, err);
    if (rc != GA_OK)
        return rc;
    log_result(run);
    *out = GA_TAKE(result);
    return GA_OK;
}

enum ga_rc
ga_verify(struct ga_context *ctx, const struct ga_evidence *evidence,
          const struct ga_nonce *nonce, struct ga_result **out,
          struct ga_error *err)
{
    struct ga_run run = { .ctx = ctx, .nonce = nonce };

    if (ctx == NULL || nonce == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "verify: NULL");
    return make(&run, evidence, out, err);
}

enum ga_rc
ga_verify_live(struct ga_context *ctx, const struct ga_evidence *evidence,
               const struct ga_nonce *nonce, unsigned devices,
               const struct ga_host *host, struct ga_result **out,
               struct ga_error *err)
{
    struct ga_run run = {
        .ctx = ctx, .nonce = nonce, .host = host, .live = devices
    };

    if (ctx == NULL || nonce == NULL || host == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "verify: NULL");
    if (devices == 0 || (devices & ~(unsigned)GA_DEVICES_ALL) != 0)
        return ga_fail(err, GA_E_INVAL, "devices: %u, not 1 to %d", devices,
                       GA_DEVICES_ALL);
    if (ctx->set->at != GA_TIME_NONE)
        return ga_fail(err, GA_E_INVAL,
                       "at: devices at hand are verified as of the present");
    return make(&run, evidence, out, err);
}

enum ga_rc
ga_bundle_collect(struct ga_context *ctx, const struct ga_evidence *evidence,
                  struct ga_bundle *bundle, size_t *held,
                  struct ga_result **out, struct ga_error *err)
{
    struct ga_run run = { .ctx = ctx,
                          .bundle = bundle,
                          .gathered = { .archive = true } };
    enum ga_rc rc;

    if (ctx == NULL || bundle == NULL || held == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "bundle: NULL");
    rc = make(&run, evidence, out, err);
    if (rc == GA_OK)
        *held = run.held;
    return rc;
}
