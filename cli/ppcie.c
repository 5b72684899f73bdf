/* SPDX-License-Identifier: Apache-2.0 */
/* Protected PCIe, stage by stage.  Source: spec-protocol, 7 */
#include <stdio.h>
#include <string.h>

#include "cli/ppcie.h"
#include "gpuattest/nscq.h"
#include "topology/board.h"
#include "verify/context.h"
#include "verify/parts.h"
#include "verify/result.h"

const struct ppcie_kind ppcie_kinds[] = {
    [PPCIE_GPU] = { GA_DEVICES_GPU, STAGE_GPU_ATTEST, "GPUs" },
    [PPCIE_SWITCH] = { GA_DEVICES_SWITCH, STAGE_SWITCH_ATTEST, "NVSwitches" },
};

void
ppcie_begin(struct ppcie_round *r, enum stage_id id)
{
    stage_begin(&r->stages, id);
    guard_stages(r->guard, &r->stages);
}

/* Ends a stage that came to no verdict, and the round with it. */
bool
ppcie_give_up(struct ppcie_round *r, enum stage_id id, enum ga_rc rc)
{
    r->rc = rc;
    stage_end(&r->stages, id, STAGE_FAILED, "%s", r->err.text);
    return false;
}

static bool
refuse(struct ppcie_round *r, enum stage_id id, const char *why)
{
    stage_end(&r->stages, id, STAGE_FAILED, "%s", why);
    return false;
}

void
ppcie_skip(struct ppcie_round *r, enum stage_id id, const char *why)
{
    stage_end(&r->stages, id, STAGE_SKIPPED, "%s", why);
}

/* The board that the context was made with. */
static const struct ga_board *
board_of(const struct ppcie_round *r)
{
    return &r->ctx->board.board;
}

bool
ppcie_is_live(const struct ppcie_round *r, unsigned kind)
{
    return (r->plan->files & kind) == 0;
}

/* 1 and 2: NVML is up, GPUs are counted, and in which mode they are. */
static bool
judge_host(struct ppcie_round *r)
{
    const struct ga_host *h = &r->host;
    char why[160];

    if (!h->cc_on)
        return refuse(r, STAGE_GPU_CHECKS,
                      "confidential computing is off, says the driver");
    if (h->dev_tools)
        return refuse(r, STAGE_GPU_CHECKS,
                      "DevTools mode is on, says the driver");
    if (!h->has_multi_gpu_mode)
        return refuse(r, STAGE_GPU_CHECKS,
                      "the driver does not say its multi-GPU mode");
    switch (h->multi_gpu_mode) {
    case GA_MULTI_GPU_NONE:
        r->mode = GA_MODE_SPT;
        break;
    case GA_MULTI_GPU_PPCIE:
        r->mode = GA_MODE_PPCIE;
        break;
    case GA_MULTI_GPU_NVLE:
        r->mode = GA_MODE_MPT;
        break;
    default:
        snprintf(why, sizeof(why), "multi-GPU mode %u is not known",
                 h->multi_gpu_mode);
        return refuse(r, STAGE_GPU_CHECKS, why);
    }
    if (r->mode == GA_MODE_PPCIE && h->gpus != board_of(r)->gpus) {
        snprintf(why, sizeof(why), "%u GPUs, and %s has %u", h->gpus,
                 board_of(r)->name, board_of(r)->gpus);
        return refuse(r, STAGE_GPU_CHECKS, why);
    }
    return true;
}

static bool
check_gpus(struct ppcie_round *r)
{
    enum ga_rc rc;

    if (!ppcie_is_live(r, GA_DEVICES_GPU)) {
        ppcie_skip(r, STAGE_GPU_CHECKS, "evidence from a file");
        r->mode = GA_MODE_PPCIE; /* until reports say otherwise */
        return true;
    }
    ppcie_begin(r, STAGE_GPU_CHECKS);
    rc = ga_host_read(r->ctx, GA_DEVICES_GPU, &r->host, &r->err);
    if (rc == GA_OK)
        rc = ga_host_list(r->ctx, GA_DEVICES_GPU, &r->devices, &r->err);
    if (rc != GA_OK)
        return ppcie_give_up(r, STAGE_GPU_CHECKS, rc);
    if (!judge_host(r))
        return false;
    stage_end(&r->stages, STAGE_GPU_CHECKS, STAGE_SUCCESS, "%u GPU%s, mode %s",
              r->host.gpus, r->host.gpus == 1 ? "" : "s",
              ga_mode_name((enum ga_mode)r->mode));
    return true;
}

/* 3: every switch is there, in TNVL mode and locked. */
static bool
judge_switches(struct ppcie_round *r, const struct ga_host_devices *switches)
{
    char why[160];

    if (switches->count != board_of(r)->switches) {
        snprintf(why, sizeof(why), "%zu NVSwitches, and %s has %u",
                 switches->count, board_of(r)->name, board_of(r)->switches);
        return refuse(r, STAGE_SWITCH_CHECKS, why);
    }
    for (size_t i = 0; i < switches->count; i++) {
        int tnvl = switches->item[i].tnvl;

        if (tnvl == GA_NSCQ_TNVL_LOCKED)
            continue;
        snprintf(why, sizeof(why),
                 "SWITCH-%zu: TNVL is %s (%d), not locked (3)", i,
                 ga_nscq_tnvl_name(tnvl), tnvl);
        return refuse(r, STAGE_SWITCH_CHECKS, why);
    }
    return true;
}

static bool
check_switches(struct ppcie_round *r)
{
    struct ga_host_devices switches = { 0 };
    struct ga_host host = { 0 };
    enum ga_rc rc;

    if (r->mode != GA_MODE_PPCIE) {
        ppcie_skip(r, STAGE_SWITCH_CHECKS,
                   "no NVSwitch takes part in this mode");
        return true;
    }
    if (!ppcie_is_live(r, GA_DEVICES_SWITCH)) {
        ppcie_skip(r, STAGE_SWITCH_CHECKS, "evidence from a file");
        return true;
    }
    ppcie_begin(r, STAGE_SWITCH_CHECKS);
    rc = ga_host_read(r->ctx, GA_DEVICES_SWITCH, &host, &r->err);
    if (rc == GA_OK)
        rc = ga_host_list(r->ctx, GA_DEVICES_SWITCH, &switches, &r->err);
    if (rc != GA_OK)
        return ppcie_give_up(r, STAGE_SWITCH_CHECKS, rc);
    if (host.warning[0] != '\0')
        say("warning: %s", host.warning);
    r->host.switches = host.switches;
    for (size_t i = 0;
         i < switches.count && r->devices.count < GA_HOST_DEVICES_MAX; i++)
        r->devices.item[r->devices.count++] = switches.item[i];
    if (!judge_switches(r, &switches))
        return false;
    stage_end(&r->stages, STAGE_SWITCH_CHECKS, STAGE_SUCCESS,
              "%zu NVSwitches, locked", switches.count);
    return true;
}

enum ga_rc
ppcie_gather(struct ppcie_round *r, int k)
{
    const char *file = k == PPCIE_GPU ? r->o->gpu_file : r->o->switch_file;
    enum ga_rc rc = ga_evidence_new(&r->evidence[k], &r->err);

    if (rc != GA_OK)
        return rc;
    if (ppcie_is_live(r, ppcie_kinds[k].bit))
        return ga_collect(r->ctx, ppcie_kinds[k].bit, &r->nonce, r->evidence[k],
                          &r->err);
    return ga_evidence_load(r->evidence[k], file, &r->err);
}

/* Evidence of the other kind would attest something else. */
static enum ga_rc
check_kind(struct ppcie_round *r, int k)
{
    struct ga_device_view d;

    for (size_t i = 0; ga_result_device(r->part[k], i, &d); i++)
        if ((strcmp(d.type, "nvswitch") == 0) != (k == PPCIE_SWITCH))
            return ga_fail(&r->err, GA_E_BAD_VALUE, "%s is not among %s",
                           d.label, ppcie_kinds[k].name);
    return GA_OK;
}

/* 4: one nonce for all. */
static bool
attest(struct ppcie_round *r, int k)
{
    const struct ga_live live = { ppcie_is_live(r, ppcie_kinds[k].bit)
                                      ? ppcie_kinds[k].bit
                                      : 0,
                                  &r->host, false };
    enum ga_rc rc;

    ppcie_begin(r, ppcie_kinds[k].stage);
    rc = ppcie_gather(r, k);
    guard_alive(r->guard);
    if (rc == GA_OK)
        rc = ga_verify_part(r->ctx, r->evidence[k], &r->nonce, &live,
                            &r->part[k], &r->err);
    if (rc == GA_OK)
        rc = check_kind(r, k);
    if (rc != GA_OK)
        return ppcie_give_up(r, ppcie_kinds[k].stage, rc);
    if (ga_result_verified(r->part[k]))
        stage_end(&r->stages, ppcie_kinds[k].stage, STAGE_SUCCESS, "%s", "");
    else
        stage_end(&r->stages, ppcie_kinds[k].stage, STAGE_FAILED, "%s",
                  ga_result_summary(r->part[k]));
    return true;
}

bool
ppcie_mode_by_reports(const struct ppcie_round *r)
{
    return !ppcie_is_live(r, GA_DEVICES_GPU) && r->o->switch_file == NULL;
}

static void
find_mode(struct ppcie_round *r, const struct ga_result *gpus)
{
    for (size_t i = 0; i < gpus->device_count; i++) {
        enum ga_mode mode = gpus->device[i].mode;

        if ((mode != GA_MODE_SPT && mode != GA_MODE_MPT) ||
            mode != gpus->device[0].mode || !gpus->device[i].set.authentic)
            return;
    }
    r->mode = gpus->device[0].mode;
}

bool
ppcie_find_mode(struct ppcie_round *r, const struct ga_result *gpus)
{
    if (!ppcie_mode_by_reports(r))
        return true;
    find_mode(r, gpus);
    return check_switches(r);
}

/* 5 and 6, and everything that is of the set as a whole. */
static void
judge_board(struct ppcie_round *r)
{
    bool alone = r->mode != GA_MODE_PPCIE;
    unsigned bits = (alone ? GA_DEVICES_GPU : GA_DEVICES_ALL) & ~r->plan->files;
    /* The rules of a board are not for GPUs that stand alone. */
    const struct ga_live live = { bits, &r->host, alone };
    const struct ga_check *c;
    enum ga_rc rc;

    if (alone)
        ppcie_skip(r, STAGE_TOPOLOGY, "no NVSwitch takes part in this mode");
    else
        ppcie_begin(r, STAGE_TOPOLOGY);
    rc = ga_verify_join(r->ctx, r->part, alone ? 1 : 2, &live, &r->result,
                        &r->err);
    if (rc != GA_OK) {
        ppcie_give_up(r, STAGE_TOPOLOGY, rc);
        return;
    }
    if (alone)
        return;
    for (size_t id = GA_CHECK_TOPOLOGY_BOARD; id <= GA_CHECK_TOPOLOGY_LOCK;
         id++) {
        c = &r->result->check[id];
        if (c->state == GA_PASSED)
            continue;
        stage_end(&r->stages, STAGE_TOPOLOGY,
                  c->state == GA_FAILED ? STAGE_FAILED : STAGE_SKIPPED,
                  "%s: %s", ga_check_rows[id].name, c->text);
        return;
    }
    stage_end(&r->stages, STAGE_TOPOLOGY, STAGE_SUCCESS, "%s", "");
}

static void
turn_on(struct ppcie_round *r)
{
    const struct ready_facts facts = {
        .live = r->mode == GA_MODE_PPCIE ? GA_DEVICES_ALL : GA_DEVICES_GPU,
        .host = &r->host,
        .devices = &r->devices,
        .evidence = r->evidence,
        .evidences = r->mode == GA_MODE_PPCIE ? 2 : 1,
    };
    enum ga_rc rc = ready_turn_on(r->o, r->ctx, r->result, &facts, &r->err);

    r->ready = rc == GA_OK;
    /* What is not there any more is a rejection, like what never was. */
    if (rc == GA_E_BAD_VALUE)
        ga_result_reject(r->result, r->err.text);
    else if (rc != GA_OK)
        r->rc = rc;
}

static void
attest_here(struct ppcie_round *r)
{
    if (!attest(r, PPCIE_GPU) || !ppcie_find_mode(r, r->part[PPCIE_GPU]))
        return;
    if (r->mode != GA_MODE_PPCIE)
        ppcie_skip(r, STAGE_SWITCH_ATTEST,
                   "no NVSwitch takes part in this mode");
    if (r->mode != GA_MODE_PPCIE || attest(r, PPCIE_SWITCH))
        judge_board(r);
}

void
ppcie_attest(struct ppcie_round *r)
{
    const char *ignored;

    if (check_gpus(r) && (ppcie_mode_by_reports(r) || check_switches(r))) {
        if (r->o->verifier == VERIFIER_REMOTE)
            ppcie_attest_remote(r);
        else
            attest_here(r);
    }
    if (r->plan->manage && r->rc == GA_OK && r->result != NULL &&
        ga_result_verified(r->result) &&
        stages_failed(&r->stages, &ignored) == NULL)
        turn_on(r);
    guard_stages(r->guard, &r->stages);
}

void
ppcie_done(struct ppcie_round *r)
{
    for (size_t k = 0; k < 2; k++) {
        ga_evidence_free(r->evidence[k]);
        ga_result_free(r->part[k]);
    }
    ga_result_free(r->result);
}
