/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest ppcie: a board in protected PCIe mode, and its ready state. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "cli/ppcie.h"
#include "spdm/report.h"

/* Milliseconds between two looks at the devices of a board that is watched. */
#define LOOK_MS 5000

static enum ga_rc
take_nonce(const struct options *o, struct ppcie_plan *plan,
           struct ga_error *err)
{
    if (o->nonce == NULL && plan->files != 0)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce is missing: evidence in a file is for the 64 "
                       "hex digits that you chose");
    /* The second round would attest for a nonce that is not fresh. */
    if (o->nonce != NULL && plan->again > 0)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce: every round of --watch has one of its own");
    if (o->nonce == NULL)
        return GA_OK;
    plan->has_nonce = true;
    return ga_within(err, ga_nonce_parse(o->nonce, &plan->nonce, err),
                     "--nonce");
}

static enum ga_rc
take_plan(const struct options *o, struct ppcie_plan *plan,
          struct ga_error *err)
{
    enum ga_rc rc = check_service(o, err);

    plan->files = (o->gpu_file != NULL ? GA_DEVICES_GPU : 0) |
                  (o->switch_file != NULL ? GA_DEVICES_SWITCH : 0);
    plan->manage = !o->no_ready && plan->files == 0;
    if (rc == GA_OK && o->watch != NULL)
        rc = duration_of("watch", o->watch, &plan->again, err);
    if (rc == GA_OK && o->watch != NULL && plan->files != 0)
        rc = ga_fail(err, GA_E_INVAL,
                     "--watch: evidence in a file stays as "
                     "it is");
    if (rc == GA_OK)
        rc = stage_timeout_of(o, &plan->patience, err);
    if (rc == GA_OK)
        rc = take_nonce(o, plan, err);
    if (rc == GA_OK && o->settings->topology == NULL)
        rc = ga_settings_set(o->settings, "topology", "hgx-hopper", err);
    return rc;
}

/* What changes when a device comes or goes, or the driver starts again. */
struct look {
    bool known; /* the driver answered */
    struct ga_host host;
    struct ga_host_devices devices;
};

/* Switches take part in the modes that are not of GPUs alone. */
static void
look(struct ga_context *ctx, struct look *out)
{
    const struct ga_host *h = &out->host;
    unsigned live = GA_DEVICES_ALL;

    memset(out, 0, sizeof(*out));
    if (ga_host_read(ctx, GA_DEVICES_GPU, &out->host, NULL) != GA_OK)
        return;
    if (h->has_multi_gpu_mode && (h->multi_gpu_mode == GA_MULTI_GPU_NONE ||
                                  h->multi_gpu_mode == GA_MULTI_GPU_NVLE))
        live = GA_DEVICES_GPU;
    out->known = ga_host_list(ctx, live, &out->devices, NULL) == GA_OK;
}

static bool
is_same(const struct look *a, const struct look *b)
{
    if (!a->known || !b->known)
        return a->known == b->known;
    if (a->host.gpus != b->host.gpus || a->host.cc_on != b->host.cc_on ||
        a->host.dev_tools != b->host.dev_tools ||
        a->host.multi_gpu_mode != b->host.multi_gpu_mode ||
        a->host.ready != b->host.ready ||
        strcmp(a->host.driver, b->host.driver) != 0 ||
        a->devices.count != b->devices.count)
        return false;
    for (size_t i = 0; i < a->devices.count; i++)
        if (strcmp(a->devices.item[i].uuid, b->devices.item[i].uuid) != 0 ||
            a->devices.item[i].tnvl != b->devices.item[i].tnvl)
            return false;
    return true;
}

/* Says often enough that it is alive: it hangs nowhere while it sleeps. */
static void
sleep_alive(struct guard *guard, int64_t patience, int64_t ms)
{
    int64_t most = patience * 500;

    while (ms > 0) {
        int64_t part = ms < most ? ms : most;
        struct timespec t = { .tv_sec = (time_t)(part / 1000),
                              .tv_nsec = (long)(part % 1000) * 1000000 };

        nanosleep(&t, NULL);
        guard_alive(guard);
        ms -= part;
    }
}

/* Returns when the next round is due: after the interval, or when something is
 * other than it was before the round, but for what the round did. */
static void
wait_for_change(struct ga_context *ctx, struct guard *guard,
                const struct ppcie_plan *plan, const struct look *before)
{
    int64_t until = milliseconds() + plan->again * 1000;

    for (;;) {
        struct look now;
        int64_t left = until - milliseconds();

        if (left <= 0)
            return;
        sleep_alive(guard, plan->patience, left < LOOK_MS ? left : LOOK_MS);
        /* A driver that does not answer is looked at again: the round that
         * follows says why. */
        look(ctx, &now);
        if (!is_same(before, &now)) {
            say("the devices or the driver have changed: attesting again");
            return;
        }
    }
}

static int
one_round(struct ppcie_round *r, const struct ppcie_plan *plan)
{
    char summary[GA_ERROR_TEXT];
    int status;

    if (plan->has_nonce)
        r->nonce = plan->nonce;
    else
        r->rc = ga_nonce_random(&r->nonce, &r->err);
    if (r->rc == GA_OK)
        ppcie_attest(r);
    status = ppcie_status(r);
    ppcie_summary(r, summary);
    r->settled = guard_round(r->guard, status, summary);
    ppcie_print(r);
    return say_finish(status);
}

static int
work(const struct options *o, struct guard *g, void *user)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    const struct ppcie_plan *plan = user;
    struct ga_error err = { 0 };
    enum ga_rc rc = context_of(o, &ctx, &err);
    int status;

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    for (;;) {
        struct ppcie_round r = { .plan = plan, .o = o, .guard = g, .ctx = ctx };
        struct look before = { 0 };

        if (plan->again > 0)
            look(ctx, &before);
        status = one_round(&r, plan);
        ppcie_done(&r);
        if (plan->again == 0)
            return status;
        if (plan->manage)
            before.host.ready = r.ready;
        wait_for_change(ctx, g, plan, &before);
    }
}

int
cmd_ppcie(const struct options *o)
{
    struct ppcie_plan plan = { 0 };
    struct guard_job job = {
        .o = o, .work = work, .user = &plan, .lost = ppcie_lost
    };
    struct ga_error err = { 0 };
    enum ga_rc rc = take_plan(o, &plan, &err);

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    job.manage = plan.manage;
    job.patience = plan.patience;
    job.again = plan.again;
    return guard_run(&job);
}
