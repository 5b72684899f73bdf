/* SPDX-License-Identifier: Apache-2.0 */
/* The devices as a set: rule 14. */
#include <string.h>

#include "verify/board.h"
#include "verify/run.h"

static struct ga_check *
check_of(struct ga_run *run, enum ga_check_id id)
{
    return &run->result->check[id];
}

static size_t
count_of(const struct ga_run *run)
{
    return run->result->device_count;
}

static const struct ga_device *
device_of(const struct ga_run *run, size_t i)
{
    return &run->result->device[i];
}

/* A nonce in a file must be the caller's, and never replaces it. */
static void
check_nonce(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_NONCE);
    const struct ga_device *first = NULL;

    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_device *d = device_of(run, i);
        const struct ga_check *file = &d->set.file_nonce;

        if (file->state == GA_FAILED)
            ga_check_fail(c, file->reason, "%s", file->text);
        if (!d->set.has_report) {
            ga_check_unmade(c, GA_R_DEPENDS, "%s: the report does not parse",
                            d->label);
            continue;
        }
        if (first == NULL)
            first = d;
        else if (!ga_bytes_equal(ga_bytes_of(first->set.nonce, GA_NONCE_LEN),
                                 ga_bytes_of(d->set.nonce, GA_NONCE_LEN)))
            ga_check_fail(c, GA_R_MIXED, "%s and %s are for two nonces",
                          first->label, d->label);
    }
    ga_check_pass(c);
}

static const char *const traits[GA_TRAITS] = {
    [GA_TRAIT_BROM_KEY] = "BROM key",
    [GA_TRAIT_BROM_SERIAL] = "BROM serial",
    [GA_TRAIT_LEAF_KEY] = "leaf key",
    [GA_TRAIT_SIGNED_PART] = "signed report",
};

static void
compare(const struct ga_device *a, const struct ga_device *b,
        struct ga_check *c)
{
    for (size_t i = 0; i < GA_TRAITS; i++)
        if (a->set.has_trait[i] && b->set.has_trait[i] &&
            ga_bytes_equal(ga_bytes_of(a->set.trait[i], GA_SHA384_LEN),
                           ga_bytes_of(b->set.trait[i], GA_SHA384_LEN))) {
            ga_check_fail(c, GA_R_SAME_DEVICE, "%s and %s have one %s",
                          a->label, b->label, traits[i]);
            return;
        }
}

static void
check_distinct(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_DISTINCT);

    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_device *d = device_of(run, i);

        /* Who cannot be told apart may be anybody. */
        if (!d->set.has_trait[GA_TRAIT_BROM_SERIAL] ||
            !d->set.has_trait[GA_TRAIT_SIGNED_PART])
            ga_check_unmade(c, GA_R_DEPENDS,
                            "%s: nothing tells which one it is", d->label);
        for (size_t k = 0; k < i; k++)
            compare(device_of(run, k), d, c);
    }
    if (count_of(run) == 1)
        *c = (struct ga_check){ 0 }; /* one device is no other */
    ga_check_pass(c);
}

static void
check_count(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_COUNT);
    const struct ga_settings *set = run->ctx->set;
    int64_t switches = 0, gpus = 0;

    for (size_t i = 0; i < count_of(run); i++)
        *(device_of(run, i)->kind == GA_KIND_SWITCH ? &switches : &gpus) += 1;
    if (set->expect_gpus < 0 && set->expect_switches < 0 && run->live == 0) {
        ga_check_none(
            c, GA_R_NOT_EXPECTED,
            "expect-gpus and expect-switches were not given: a device "
            "that is missing is not noticed");
        return;
    }
    if (set->expect_gpus >= 0 && set->expect_gpus != gpus)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%lld GPUs, not %lld",
                      (long long)gpus, (long long)set->expect_gpus);
    if (set->expect_switches >= 0 && set->expect_switches != switches)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%lld NVSwitches, not %lld",
                      (long long)switches, (long long)set->expect_switches);
    if ((run->live & GA_DEVICES_GPU) != 0 && gpus != run->host->gpus)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%lld GPUs, and the driver has %u",
                      (long long)gpus, run->host->gpus);
    if ((run->live & GA_DEVICES_SWITCH) != 0 && switches != run->host->switches)
        ga_check_fail(c, GA_R_COUNT_OTHER,
                      "%lld NVSwitches, and the driver has %u",
                      (long long)switches, run->host->switches);
    ga_check_pass(c);
}

/* Live settings, which the driver says and no device signs: rule 6. */
static void
check_host(const struct ga_run *run, struct ga_check *c)
{
    if ((run->live & GA_DEVICES_GPU) == 0)
        return;
    if (!run->host->cc_on)
        ga_check_fail(c, GA_R_CC_OFF,
                      "confidential computing is off, says the driver");
    if (run->host->dev_tools)
        ga_check_fail(c, GA_R_DEV_TOOLS,
                      "DevTools mode is on, says the driver: memory can be "
                      "read from outside");
}

/* What the driver says of the board, and what its devices sign. */
static void
check_host_mode(const struct ga_run *run, struct ga_check *c)
{
    bool ppcie;

    if ((run->live & GA_DEVICES_GPU) == 0 || !run->host->has_multi_gpu_mode)
        return;
    ppcie = run->host->multi_gpu_mode == GA_MULTI_GPU_PPCIE;
    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_device *d = device_of(run, i);

        if (d->mode != GA_MODE_UNKNOWN && (d->mode == GA_MODE_PPCIE) != ppcie)
            ga_check_fail(c, GA_R_MODE_OTHER,
                          "%s is in mode %s, and the driver says that this "
                          "host is %sin protected PCIe mode",
                          d->label, ga_mode_name(d->mode), ppcie ? "" : "not ");
    }
}

/* Where they are as they should be, it is said whose word that is. */
#define HOST_WORD                                                            \
    "confidential computing on and DevTools off are the host's word, which " \
    "no device signed"

static void
check_mode(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_MODE);
    const struct ga_device *first = NULL;

    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_device *d = device_of(run, i);

        if (d->mode == GA_MODE_UNKNOWN)
            continue;
        if (first == NULL)
            first = d;
        else if (first->mode != d->mode)
            ga_check_fail(c, GA_R_MIXED, "%s is in mode %s, %s in mode %s",
                          first->label, ga_mode_name(first->mode), d->label,
                          ga_mode_name(d->mode));
    }
    check_host(run, c);
    check_host_mode(run, c);
    if (first == NULL)
        ga_check_none(c, GA_R_NO_FIELD, "no report says its mode%s",
                      (run->live & GA_DEVICES_GPU) != 0 ? "; " HOST_WORD : "");
    ga_check_pass(c);
    if (first != NULL && (run->live & GA_DEVICES_GPU) != 0)
        ga_check_note(c, GA_R_HOST_WORD, HOST_WORD);
}

static void
no_topology(struct ga_run *run)
{
    for (size_t id = GA_CHECK_TOPOLOGY_BOARD; id <= GA_CHECK_TOPOLOGY_LOCK;
         id++)
        ga_check_none(check_of(run, (enum ga_check_id)id), GA_R_NO_TOPOLOGY,
                      "no board was named");
}

static enum ga_rc
check_topology(struct ga_run *run, struct ga_error *err)
{
    struct ga_result *r = run->result;
    enum ga_rc rc = ga_result_board(r, &run->ctx->board.board, GA_TOPOLOGY_ALL,
                                    NULL, &r->topology, err);

    for (size_t id = GA_CHECK_TOPOLOGY_BOARD;
         id <= GA_CHECK_TOPOLOGY_LOCK && rc == GA_OK; id++)
        r->check[id] =
            *ga_topology_rule_check(r->topology, (enum ga_check_id)id);
    return rc;
}

enum ga_rc
ga_verify_set(struct ga_run *run, struct ga_error *err)
{
    check_nonce(run);
    check_distinct(run);
    check_count(run);
    check_mode(run);
    if (run->ctx->has_board && !run->part && !run->no_board)
        return check_topology(run, err);
    no_topology(run);
    return GA_OK;
}
