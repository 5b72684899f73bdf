/* SPDX-License-Identifier: Apache-2.0 */
/* Protected PCIe with an attestation service as the devices' verifier. */
#include <stdio.h>
#include <string.h>

#include "cli/ppcie.h"
#include "evidence/evidence.h"
#include "verify/parts.h"
#include "verify/result.h"

GA_DEFINE_AUTO_STRUCT(ga_settings, ga_settings_free);

static bool
collect(struct ppcie_round *r, int k)
{
    enum ga_rc rc;

    ppcie_begin(r, ppcie_kinds[k].stage);
    rc = ppcie_gather(r, k);
    guard_alive(r->guard);
    return rc == GA_OK || ppcie_give_up(r, ppcie_kinds[k].stage, rc);
}

static bool
all_verified(const struct ga_result *result, const char *type)
{
    struct ga_device_view d;
    bool all = true;

    for (size_t i = 0; ga_result_device(result, i, &d); i++)
        all = all && (d.verified || strcmp(d.type, type) != 0);
    return all;
}

/* Ends the two stages as the service's answer about their devices says.  What is
 * wrong with the answer as a whole is wrong for both. */
static void
end_stages(struct ppcie_round *r)
{
    const bool verified[] = { all_verified(r->result, "gpu"),
                              all_verified(r->result, "nvswitch") };
    bool whole = ga_result_verified(r->result) ||
                 !(verified[PPCIE_GPU] && verified[PPCIE_SWITCH]);

    for (size_t k = 0; k < 2; k++) {
        enum stage_id id = ppcie_kinds[k].stage;

        if (r->stages.stage[id].state != STAGE_RUNNING)
            continue;
        if (verified[k] && whole)
            stage_end(&r->stages, id, STAGE_SUCCESS, "%s", "");
        else
            stage_end(&r->stages, id, STAGE_FAILED, "%s",
                      ga_result_summary(r->result));
    }
}

/* A context that asks nobody: signatures, chains, nonces, the set and the board
 * are judged here, everything else is the service's. */
static enum ga_rc
asking_nobody(const struct options *o, struct ga_context **out,
              struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_settings) *set = NULL;
    enum ga_rc rc = ga_settings_copy(o->settings, &set, err);

    if (rc == GA_OK)
        rc = ga_settings_set(set, "offline", "true", err);
    return rc == GA_OK ? ga_context_new(set, NULL, out, err) : rc;
}

static bool
turns(const struct ga_check *c)
{
    return c->state == GA_FAILED || c->state == GA_NOT_CHECKED;
}

/* The checks of the set that a token knows nothing of. */
static bool
set_holds(struct ppcie_round *r, const struct ga_result *here)
{
    char why[GA_ERROR_TEXT];

    for (size_t id = GA_CHECK_SET_NONCE; id <= GA_CHECK_TOPOLOGY_LOCK; id++) {
        const struct ga_check *c = &here->check[id];

        if (!turns(c))
            continue;
        snprintf(why, sizeof(why), "%s (%.400s)", ga_check_rows[id].name,
                 c->text);
        ga_result_reject(r->result, why);
        if (r->mode == GA_MODE_PPCIE)
            stage_end(&r->stages, STAGE_TOPOLOGY,
                      c->state == GA_FAILED ? STAGE_FAILED : STAGE_SKIPPED,
                      "%s", why);
        return false;
    }
    return true;
}

static void
judge_board(struct ppcie_round *r, const struct ga_evidence *all)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_result) *here = NULL;
    bool alone = r->mode != GA_MODE_PPCIE;
    unsigned bits = (alone ? GA_DEVICES_GPU : GA_DEVICES_ALL) & ~r->plan->files;
    const struct ga_live live = { bits, &r->host, alone };
    struct ga_result *part = NULL;
    enum ga_rc rc;

    if (alone)
        ppcie_skip(r, STAGE_TOPOLOGY, "no NVSwitch takes part in this mode");
    else
        ppcie_begin(r, STAGE_TOPOLOGY);
    rc = asking_nobody(r->o, &ctx, &r->err);
    if (rc == GA_OK)
        rc = ga_verify_part(ctx, all, &r->nonce, &live, &part, &r->err);
    if (rc == GA_OK)
        rc = ga_verify_join(ctx, &part, 1, &live, &here, &r->err);
    ga_result_free(part);
    if (rc != GA_OK) {
        ppcie_give_up(r, STAGE_TOPOLOGY, rc);
        return;
    }
    r->result->topology = GA_TAKE(here->topology);
    if (set_holds(r, here) && !alone)
        stage_end(&r->stages, STAGE_TOPOLOGY, STAGE_SUCCESS, "%s", "");
}

void
ppcie_attest_remote(struct ppcie_round *r)
{
    struct ga_evidence *all;
    enum ga_rc rc = GA_OK;

    if (!collect(r, PPCIE_GPU))
        return;
    if (r->mode != GA_MODE_PPCIE)
        ppcie_skip(r, STAGE_SWITCH_ATTEST,
                   "no NVSwitch takes part in this mode");
    else if (!collect(r, PPCIE_SWITCH))
        return;
    /* One list of both kinds, GPUs first, with all that files say. */
    all = r->evidence[PPCIE_GPU];
    if (r->evidence[PPCIE_SWITCH] != NULL)
        rc = ga_evidence_join(all, r->evidence[PPCIE_SWITCH], &r->err);
    if (rc == GA_OK)
        rc = verify_evidence(r->o, r->ctx, all, &r->nonce, &r->result, &r->err);
    if (rc != GA_OK) {
        r->rc = rc;
        stages_fail(&r->stages, r->err.text);
        return;
    }
    end_stages(r);
    judge_board(r, all);
}
