/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence for attest and collect-evidence: from devices, or from files. */
#include <string.h>

#include "cli/live.h"
#include "gpuattest/report.h"

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);

/* The two kinds of devices, in the order in which they are collected. */
static const struct kind {
    unsigned bit;              /* enum ga_devices */
    const char *name, *of_a;   /* in words */
    const char *source, *file; /* options */
    size_t source_at, file_at; /* their members */
} kinds[] = {
    { GA_DEVICES_GPU, "GPU", "a GPU", "gpu-evidence-source",
      "gpu-evidence-file", offsetof(struct options, gpu_source),
      offsetof(struct options, gpu_file) },
    { GA_DEVICES_SWITCH, "NVSwitch", "an NVSwitch", "nvswitch-evidence-source",
      "nvswitch-evidence-file", offsetof(struct options, switch_source),
      offsetof(struct options, switch_file) },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static unsigned
source_of(const struct options *o, const struct kind *k)
{
    return *(const unsigned *)(const void *)((const char *)o + k->source_at);
}

static const char *
file_of(const struct options *o, const struct kind *k)
{
    return *(const char *const *)(const void *)((const char *)o + k->file_at);
}

/* Bits of the words of --device. */
static const unsigned wanted[] = {
    [DEVICE_GPU] = GA_DEVICES_GPU,
    [DEVICE_NVSWITCH] = GA_DEVICES_SWITCH,
    [DEVICE_ALL] = GA_DEVICES_ALL,
};

static enum ga_rc
add_kind(const struct options *o, const struct kind *k, struct sources *s,
         struct ga_error *err)
{
    const char *file = file_of(o, k);
    bool from_file = source_of(o, k) == SOURCE_FILE;

    if ((wanted[o->device] & k->bit) == 0) {
        if (file != NULL || from_file)
            say("warning: no %s is asked for: --%s is not used", k->name,
                file != NULL ? k->file : k->source);
        return GA_OK;
    }
    if (from_file && file == NULL)
        return ga_fail(err, GA_E_INVAL, "--%s file: --%s is missing", k->source,
                       k->file);
    /* The devices of this host must not be taken for those of the file. */
    if (!from_file && file != NULL)
        return ga_fail(err, GA_E_INVAL, "--%s: comes with --%s file", k->file,
                       k->source);
    *(from_file ? &s->files : &s->live) |= k->bit;
    return GA_OK;
}

static enum ga_rc
take_nonce(const struct options *o, struct sources *s, struct ga_error *err)
{
    enum ga_rc rc;

    if (o->nonce == NULL && s->files != 0)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce is missing: evidence in a file is for the 64 "
                       "hex digits that you chose");
    if (o->nonce == NULL) {
        s->made = true;
        return ga_nonce_random(&s->nonce, err);
    }
    rc = ga_nonce_parse(o->nonce, &s->nonce, err);
    return ga_within(err, rc, "--nonce");
}

enum ga_rc
sources_of(const struct options *o, struct sources *out, struct ga_error *err)
{
    struct sources s = { 0 };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < KINDS && rc == GA_OK; i++)
        rc = add_kind(o, &kinds[i], &s, err);
    if (rc == GA_OK && s.live != 0 && o->settings->at != GA_TIME_NONE)
        rc = ga_fail(err, GA_E_INVAL,
                     "--at: devices at hand are verified as of the present");
    if (rc == GA_OK)
        rc = take_nonce(o, &s, err);
    if (rc == GA_OK)
        *out = s;
    return rc;
}

/* Evidence of the other kind would make a verdict about devices that were not
 * asked for.  What does not parse is left to who verifies. */
static enum ga_rc
check_kind(const struct ga_evidence *evidence, size_t from,
           const struct kind *k, struct ga_error *err)
{
    for (size_t i = from; i < ga_evidence_count(evidence); i++) {
        GA_AUTO_STRUCT(ga_report) *report = NULL;
        struct ga_evidence_view item;
        enum ga_rc rc = ga_evidence_get(evidence, i, &item, err);
        const struct kind *is;

        if (rc != GA_OK)
            return rc;
        if (ga_report_parse(item.report, item.report_len, &report, NULL) !=
            GA_OK)
            continue;
        is = &kinds[ga_report_is_switch(report) ? 1 : 0];
        if (is != k)
            return ga_fail(err, GA_E_BAD_VALUE,
                           "--%s: %s: the report is %s's, not %s's", k->file,
                           item.source, is->of_a, k->of_a);
    }
    return GA_OK;
}

static enum ga_rc
gather_kind(struct ga_context *ctx, const struct options *o,
            const struct sources *s, const struct kind *k,
            struct ga_evidence *evidence, struct ga_error *err)
{
    size_t before = ga_evidence_count(evidence);
    enum ga_rc rc = GA_OK;

    if ((s->live & k->bit) != 0)
        return ga_collect(ctx, k->bit, &s->nonce, evidence, err);
    if ((s->files & k->bit) == 0)
        return GA_OK;
    rc = ga_evidence_load(evidence, file_of(o, k), err);
    return rc == GA_OK ? check_kind(evidence, before, k, err) : rc;
}

enum ga_rc
sources_gather(struct ga_context *ctx, const struct options *o,
               const struct sources *s, struct ga_evidence *evidence,
               struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < KINDS && rc == GA_OK; i++)
        rc = gather_kind(ctx, o, s, &kinds[i], evidence, err);
    return rc;
}
