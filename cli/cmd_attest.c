/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest attest: collect and verify in one go. */
#include <stdio.h>

#include "cli/live.h"
#include "cli/ppcie.h"
#include "verify/result.h"

/* One attestation, with what the ready state needs to know of it. */
struct attestation {
    struct sources sources;
    int64_t patience; /* seconds; where the ready state is managed */
    struct ga_context *ctx;
    struct ga_evidence *evidence;
    struct ga_host host;
    struct ga_host_devices devices; /* before anything else */
    struct ga_result *result;
};

static void
attestation_done(struct attestation *a)
{
    ga_result_free(a->result);
    ga_evidence_free(a->evidence);
    ga_context_free(a->ctx);
}

/* What the driver says is read behind the evidence: a device that came or went
 * meanwhile is noticed. */
static enum ga_rc
verify(const struct options *o, struct attestation *a, struct ga_error *err)
{
    const struct sources *s = &a->sources;
    enum ga_rc rc;

    if (s->live == 0 || (o->verifier == VERIFIER_REMOTE && !o->manage_ready))
        return verify_evidence(o, a->ctx, a->evidence, &s->nonce, &a->result,
                               err);
    rc = ga_host_read(a->ctx, s->live, &a->host, err);
    if (rc == GA_OK && a->host.warning[0] != '\0')
        say("warning: %s", a->host.warning);
    if (rc == GA_OK && o->verifier == VERIFIER_REMOTE)
        return verify_evidence(o, a->ctx, a->evidence, &s->nonce, &a->result,
                               err);
    return rc == GA_OK ? ga_verify_live(a->ctx, a->evidence, &s->nonce, s->live,
                                        &a->host, &a->result, err)
                       : rc;
}

static enum ga_rc
attest(const struct options *o, struct attestation *a, struct ga_error *err)
{
    enum ga_rc rc = context_of(o, &a->ctx, err);

    if (rc == GA_OK && o->manage_ready)
        rc = ga_host_list(a->ctx, a->sources.live, &a->devices, err);
    if (rc == GA_OK)
        rc = ga_evidence_new(&a->evidence, err);
    progress_begin(o->progress, "collecting evidence", stderr);
    if (rc == GA_OK)
        rc = sources_gather(a->ctx, o, &a->sources, a->evidence, err);
    progress_end(o->progress);
    progress_begin(o->progress, "verifying", stderr);
    if (rc == GA_OK)
        rc = verify(o, a, err);
    progress_end(o->progress);
    return rc;
}

static int
print(const struct options *o, const struct attestation *a)
{
    if (a->sources.made && o->format == FORMAT_TEXT)
        print_nonce(&a->sources.nonce, stdout);
    return print_result(o, a->result, "set");
}

/* GPUs of a board in protected PCIe mode are nothing without its switches. */
static enum ga_rc
turn_on(const struct options *o, struct attestation *a, struct ga_error *err)
{
    const struct ready_facts facts = {
        .live = a->sources.live,
        .host = &a->host,
        .devices = &a->devices,
        .evidence = &a->evidence,
        .evidences = 1,
    };

    if (a->host.has_multi_gpu_mode &&
        a->host.multi_gpu_mode == GA_MULTI_GPU_PPCIE)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "ready state: this host is in protected PCIe mode: "
                       "gpuattest ppcie attests its board");
    return ready_turn_on(o, a->ctx, a->result, &facts, err);
}

/* The work of guard_run(): attests, and turns the ready state on. */
static int
work(const struct options *o, struct guard *g, void *user)
{
    struct attestation *a = user;
    struct ga_error err = { 0 };
    enum ga_rc rc = attest(o, a, &err);
    int status;

    if (rc == GA_OK && ga_result_verified(a->result)) {
        rc = turn_on(o, a, &err);
        /* What may not be turned on is a rejection. */
        if (rc == GA_E_BAD_VALUE) {
            ga_result_reject(a->result, err.text);
            rc = GA_OK;
        }
    }
    status = rc == GA_OK ? (int)ga_result_verdict(a->result) : status_of(rc);
    guard_round(g, status,
                rc == GA_OK ? ga_result_summary(a->result) : err.text);
    if (rc != GA_OK)
        status = say_error(o, rc, &err);
    else
        status = print(o, a);
    if (status == EXIT_VERIFIED)
        say("ready state: on");
    attestation_done(a);
    return status;
}

static int
lost(const struct options *o, const struct stages *stages, int status,
     const char *why, const char *ready)
{
    struct ga_error err = { 0 };
    enum ga_rc rc = status == EXIT_INTERNAL ? GA_E_INTERNAL : GA_E_UNREACHABLE;

    (void)stages;
    (void)ready;
    ga_fail(&err, rc, "%s", why);
    return say_error(o, rc, &err);
}

static enum ga_rc
check_usage(const struct options *o, struct attestation *a,
            struct ga_error *err)
{
    enum ga_rc rc = check_service(o, err);

    if (rc == GA_OK)
        rc = check_board(o, err);
    if (rc == GA_OK)
        rc = check_eat(o, err);
    if (rc == GA_OK)
        rc = sources_of(o, &a->sources, err);
    if (rc != GA_OK || !o->manage_ready)
        return rc;
    if (a->sources.live != GA_DEVICES_GPU || a->sources.files != 0)
        return ga_fail(err, GA_E_INVAL,
                       "--manage-ready: is for the GPUs of this host alone; "
                       "ppcie attests boards with NVSwitches");
    return stage_timeout_of(o, &a->patience, err);
}

int
cmd_attest(const struct options *o)
{
    struct attestation a = { 0 };
    struct guard_job job = {
        .o = o, .work = work, .user = &a, .lost = lost, .manage = true
    };
    struct ga_error err = { 0 };
    enum ga_rc rc = check_usage(o, &a, &err);
    int status;

    if (rc == GA_OK && o->manage_ready) {
        job.patience = a.patience;
        return guard_run(&job);
    }
    if (rc == GA_OK)
        rc = attest(o, &a, &err);
    status = rc == GA_OK ? print(o, &a) : say_error(o, rc, &err);
    attestation_done(&a);
    return status;
}
