/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator: reads like the list of rules. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "verify/parallel.h"
#include "verify/parts.h"
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
    if (rc != GA_OK)
        return rc;
    ga_verify_device(run, &run->subject[i]);
    return ga_verify_set_facts(run, &run->subject[i], err);
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

static enum ga_rc
do_all(void *user, size_t i, struct ga_error *err)
{
    enum ga_rc rc = identify(user, i, err);

    if (rc == GA_OK)
        rc = look_up(user, i, err);
    return rc == GA_OK ? compare(user, i, err) : rc;
}

/* What devices say to the result, in their order. */
static enum ga_rc
report(struct ga_run *run, struct ga_error *err)
{
    struct ga_result *r = run->result;

    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_subject *s = &run->subject[i];
        /* Room for the whole name: one that is cut may end inside a character,
         * and then no JSON can hold it. */
        char line[GA_ERROR_TEXT + 96];

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

/* Between the steps, what one has learnt of all devices is asked for together.
 * Where nobody is asked, no device waits for another. */
static enum ga_rc
go_through(struct ga_run *run, size_t n, struct ga_error *err)
{
    size_t threads = run->ctx->threads;
    enum ga_rc rc = ga_gather_begin(run->ctx, &run->gathered, err);

    if (rc != GA_OK)
        return rc;
    if (!ga_asks_rims(run->ctx) && !ga_asks_ocsp(run->ctx))
        return ga_parallel(threads, n, do_all, run, err);
    rc = ga_parallel(threads, n, identify, run, err);
    if (rc == GA_OK)
        rc = ga_gather_devices(run, err);
    if (rc == GA_OK)
        rc = ga_parallel(threads, n, look_up, run, err);
    if (rc == GA_OK)
        rc = ga_gather_rims(run, err);
    return rc == GA_OK ? ga_parallel(threads, n, compare, run, err) : rc;
}

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
        rc = go_through(run, n, err);
    if (rc == GA_OK)
        rc = report(run, err);
    if (rc != GA_OK || run->bundle == NULL)
        return rc;
    label(run);
    return ga_archive_devices(run, err);
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

enum ga_rc
ga_verify_finish(struct ga_run *run, struct ga_error *err)
{
    struct ga_context *ctx = run->ctx;
    enum ga_rc rc;

    label(run);
    /* A bundle is for other days' evidence: nothing is judged as a set. */
    rc = run->bundle == NULL ? ga_verify_set(run, err) : GA_OK;
    if (rc == GA_OK)
        rc = warn(run, err);
    if (rc == GA_OK)
        rc = ga_result_judge(run->result, &ctx->relax, err);
    if (rc == GA_OK && !run->part)
        rc = ga_policies_ask(&ctx->policies, ctx->set, run->result, err);
    if (rc == GA_OK && !run->part)
        log_result(run);
    return rc;
}

enum ga_rc
ga_verify_begin(struct ga_run *run, size_t devices, struct ga_result **out,
                struct ga_error *err)
{
    const struct ga_context *ctx = run->ctx;
    struct ga_result *result = NULL;
    enum ga_rc rc;

    if (devices == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    rc = ga_result_new(devices, GA_SCOPE_SET, &result, err);
    if (rc != GA_OK)
        return rc;
    run->result = *out = result;
    run->at = ga_context_time(ctx);
    result->has_nonce = run->nonce != NULL;
    if (run->nonce != NULL)
        result->nonce = *run->nonce;
    result->at = run->at;
    result->at_given = ctx->set->at != GA_TIME_NONE;
    result->custom_anchors = ctx->anchors.custom;
    result->custom_allowed = ctx->set->allow_custom_anchors;
    result->claims_version = (enum ga_claims_version)ctx->set->claims_version;
    return GA_OK;
}

/* Makes the result of `run`, which has who asks and for what. */
static enum ga_rc
make(struct ga_run *run, const struct ga_evidence *evidence,
     struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    size_t n = ga_evidence_count(evidence);
    enum ga_rc rc = ga_verify_begin(run, n, &result, err);

    if (rc != GA_OK)
        return rc;
    run->subject = calloc(n, sizeof(*run->subject));
    if (run->subject == NULL)
        return ga_nomem(err);
    rc = verify_all(run, evidence, err);
    run_done(run);
    if (rc == GA_OK)
        rc = ga_verify_finish(run, err);
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(result);
    return GA_OK;
}

/* What a live verification is asked for. */
static enum ga_rc
check_live(const struct ga_context *ctx, unsigned devices, struct ga_error *err)
{
    if (devices == 0 || (devices & ~(unsigned)GA_DEVICES_ALL) != 0)
        return ga_fail(err, GA_E_INVAL, "devices: %u, not 1 to %d", devices,
                       GA_DEVICES_ALL);
    if (ctx->set->at != GA_TIME_NONE)
        return ga_fail(err, GA_E_INVAL,
                       "at: devices at hand are verified as of the present");
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
    enum ga_rc rc;

    if (ctx == NULL || nonce == NULL || host == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "verify: NULL");
    rc = check_live(ctx, devices, err);
    return rc == GA_OK ? make(&run, evidence, out, err) : rc;
}

enum ga_rc
ga_verify_part(struct ga_context *ctx, const struct ga_evidence *evidence,
               const struct ga_nonce *nonce, const struct ga_live *live,
               struct ga_result **out, struct ga_error *err)
{
    struct ga_run run = { .ctx = ctx,
                          .nonce = nonce,
                          .host = live->host,
                          .live = live->devices,
                          .part = true };
    enum ga_rc rc = GA_OK;

    if (live->devices != 0)
        rc = check_live(ctx, live->devices, err);
    return rc == GA_OK ? make(&run, evidence, out, err) : rc;
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
