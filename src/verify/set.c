/* SPDX-License-Identifier: Apache-2.0 */
/* The devices as a set: rule 14. */
#include <string.h>

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

/* A nonce in a file must be the caller's, and never replaces it. */
static void
check_file_nonce(struct ga_run *run, const struct ga_subject *s,
                 struct ga_check *c)
{
    struct ga_nonce theirs;
    char hex[2 * GA_NONCE_LEN + 1];

    if (s->item.nonce == NULL)
        return;
    if (ga_nonce_parse(s->item.nonce, &theirs, NULL) != GA_OK) {
        if (run->result->error.code == GA_OK)
            ga_fail(&run->result->error, GA_E_BAD_VALUE,
                    "%s: nonce: not 64 hex digits", s->item.source);
        ga_check_fail(c, GA_R_MALFORMED, "%s: nonce: not 64 hex digits",
                      s->item.source);
        return;
    }
    ga_nonce_text(&theirs, hex);
    if (!ga_bytes_equal(ga_bytes_of(theirs.bytes, GA_NONCE_LEN),
                        ga_bytes_of(run->nonce->bytes, GA_NONCE_LEN)))
        ga_check_fail(c, GA_R_NONCE_OTHER,
                      "%s: evidence carries %s; pass it only if you chose it",
                      s->item.source, hex);
}

static void
check_nonce(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_NONCE);
    const struct ga_subject *first = NULL;

    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_subject *s = &run->subject[i];

        check_file_nonce(run, s, c);
        if (s->report == NULL) {
            ga_check_unmade(c, GA_R_DEPENDS, "%s: the report does not parse",
                            s->device->label);
            continue;
        }
        if (first == NULL)
            first = s;
        else if (!ga_bytes_equal(first->report->nonce, s->report->nonce))
            ga_check_fail(c, GA_R_MIXED, "%s and %s are for two nonces",
                          first->device->label, s->device->label);
    }
    ga_check_pass(c);
}

/* What tells a device from another; a view of no bytes tells nothing. */
struct trait {
    const char *name;
    struct ga_bytes (*get)(const struct ga_subject *s);
};

static struct ga_bytes
spki_of(const struct ga_subject *s, size_t i)
{
    if (s->chain == NULL || i >= s->chain->certs.count)
        return ga_bytes_of(NULL, 0);
    return s->chain->certs.cert[i]->spki;
}

static struct ga_bytes
brom_key(const struct ga_subject *s)
{
    return spki_of(s, 1);
}

static struct ga_bytes
leaf_key(const struct ga_subject *s)
{
    return spki_of(s, 0);
}

static struct ga_bytes
brom_serial(const struct ga_subject *s)
{
    if (s->chain == NULL || s->chain->certs.count < 2)
        return ga_bytes_of(NULL, 0);
    return s->chain->certs.cert[1]->serial;
}

static struct ga_bytes
signed_part(const struct ga_subject *s)
{
    return s->report != NULL ? s->report->signed_part : ga_bytes_of(NULL, 0);
}

static const struct trait traits[] = {
    { "BROM key", brom_key },
    { "BROM serial", brom_serial },
    { "leaf key", leaf_key },
    { "signed report", signed_part },
};

static void
compare(const struct ga_subject *a, const struct ga_subject *b,
        struct ga_check *c)
{
    for (size_t i = 0; i < sizeof(traits) / sizeof(traits[0]); i++) {
        struct ga_bytes x = traits[i].get(a), y = traits[i].get(b);

        if (x.len > 0 && ga_bytes_equal(x, y)) {
            ga_check_fail(c, GA_R_SAME_DEVICE, "%s and %s have one %s",
                          a->device->label, b->device->label, traits[i].name);
            return;
        }
    }
}

static void
check_distinct(struct ga_run *run)
{
    struct ga_check *c = check_of(run, GA_CHECK_SET_DISTINCT);

    for (size_t i = 0; i < count_of(run); i++) {
        const struct ga_subject *s = &run->subject[i];

        /* Who cannot be told apart may be anybody. */
        if (s->report == NULL || s->chain == NULL || s->chain->certs.count < 2)
            ga_check_unmade(c, GA_R_DEPENDS,
                            "%s: nothing tells which one it is",
                            s->device->label);
        for (size_t k = 0; k < i; k++)
            compare(&run->subject[k], s, c);
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
        *(run->subject[i].device->kind == GA_KIND_SWITCH ? &switches : &gpus) +=
            1;
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
        const struct ga_device *d = run->subject[i].device;

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
    if (first == NULL)
        ga_check_none(c, GA_R_NO_FIELD, "no report says its mode%s",
                      (run->live & GA_DEVICES_GPU) != 0 ? "; " HOST_WORD : "");
    ga_check_pass(c);
    if (first != NULL && (run->live & GA_DEVICES_GPU) != 0)
        ga_check_note(c, GA_R_HOST_WORD, HOST_WORD);
}

void
ga_verify_set(struct ga_run *run)
{
    check_nonce(run);
    check_distinct(run);
    check_count(run);
    check_mode(run);
    for (size_t id = GA_CHECK_TOPOLOGY_BOARD; id <= GA_CHECK_TOPOLOGY_LOCK;
         id++)
        ga_check_none(check_of(run, (enum ga_check_id)id), GA_R_NO_TOPOLOGY,
                      "no board was named");
}
