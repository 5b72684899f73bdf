/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_verify on a report that the device's own key signs whatever it
 * says: what firmware could report, past the signature.  The world is minted
 * once; the input is a report, whose last 96 bytes are replaced.
 */
#define _GNU_SOURCE /* nftw */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "gpuattest/gpuattest.h"
#include "sim/world.h"
#include "spdm/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNATURE_LEN 96
/* 2026-06-15T12:00:00Z */
#define WORLD_TIME INT64_C(1781524800)

/* What every input is verified with. */
struct stage {
    struct sim_world *world;
    struct ga_context *ctx;
};

static void
set(struct ga_settings *s, const char *name, const char *dir, const char *path)
{
    char value[128];

    snprintf(value, sizeof(value), "%s%s", dir, path);
    require(ga_settings_set(s, name, value, NULL) == GA_OK);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

/* The verdict on a report with the first device's chain. */
static struct ga_result *
verify(const struct stage *s, const uint8_t *report, size_t len)
{
    const struct ga_buf *chain = &s->world->device[0].chain;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;

    require(ga_evidence_new(&evidence, NULL) == GA_OK);
    require(ga_evidence_add(evidence, report, len, chain->ptr, chain->len,
                            NULL) == GA_OK);
    require(ga_verify(s->ctx, evidence, &s->world->o.nonce, &result, NULL) ==
            GA_OK);
    ga_evidence_free(evidence);
    return result;
}

static struct stage
open_stage(void)
{
    char dir[] = "/tmp/gpuattest-fuzz-XXXXXX";
    struct stage s = { 0 };
    struct ga_settings *settings = NULL;
    struct ga_result *result;
    struct sim_options o;

    require(sim_options_init(&o, WORLD_TIME, NULL) == GA_OK);
    o.seed = "fuzz";
    memset(o.nonce.bytes, 7, sizeof(o.nonce.bytes));
    require(mkdtemp(dir) != NULL);
    require(sim_world_make(&o, &s.world, NULL) == GA_OK);
    require(sim_world_write(s.world, dir, false, NULL) == GA_OK);
    require(ga_settings_new(&settings, NULL) == GA_OK);
    set(settings, "device-anchor", dir, "/anchors/device.pem");
    set(settings, "rim-anchor", dir, "/anchors/rim.pem");
    set(settings, "rim-dir", dir, "/rims");
    set(settings, "ocsp-dir", dir, "/ocsp");
    set(settings, "at", "", "2026-06-15T12:00:00Z");
    set(settings, "ocsp-nonce", "", "accept-missing");
    require(ga_context_new(settings, NULL, &s.ctx, NULL) == GA_OK);
    ga_settings_free(settings);
    /* Reads the RIMs, too; then the files have served their turn. */
    result = verify(&s, s.world->device[0].report.ptr,
                    s.world->device[0].report.len);
    require(ga_result_verified(result));
    ga_result_free(result);
    require(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
    return s;
}

static const struct ga_buf *
own_report(const struct stage *s)
{
    return &s->world->device[0].report;
}

/* What a verified report cannot differ in from the device's own: the nonce,
 * what is measured, and what names firmware and chip. */
static void
check_verified(const struct stage *s, const uint8_t *report, size_t len)
{
    static const enum ga_field named[] = {
        GA_FIELD_DRIVER_VERSION, GA_FIELD_VBIOS_VERSION, GA_FIELD_PROJECT,
        GA_FIELD_PROJECT_SKU,    GA_FIELD_CHIP_SKU,      GA_FIELD_FWID,
    };
    struct ga_report *theirs = NULL, *ours = NULL;

    require(ga_report_parse(report, len, &theirs, NULL) == GA_OK);
    require(ga_report_parse(own_report(s)->ptr, own_report(s)->len, &ours,
                            NULL) == GA_OK);
    require(ga_bytes_equal(theirs->nonce, ours->nonce));
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        const struct ga_opaque_field *a = ga_report_find(theirs, named[i]);
        const struct ga_opaque_field *b = ga_report_find(ours, named[i]);
        char x[64] = "", y[64] = "";

        require(a != NULL && b != NULL);
        if (ga_report_text(theirs, named[i], x, sizeof(x)) &&
            ga_report_text(ours, named[i], y, sizeof(y)))
            require(strcasecmp(x, y) == 0); /* ids are upper case */
        else if (named[i] == GA_FIELD_FWID)
            require(ga_bytes_equal(a->value, b->value));
    }
    ga_report_free(theirs);
    ga_report_free(ours);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stage s; /* as long as the process */
    uint8_t *report = malloc(size > 0 ? size : 1);
    struct ga_result *result;

    if (s.world == NULL)
        s = open_stage();
    if (report == NULL || size <= SIGNATURE_LEN || size > GA_REPORT_MAX) {
        free(report);
        return 0;
    }
    memcpy(report, data, size);
    require(sim_sign(&s.world->forge, &s.world->device[0].id.leaf.key,
                     ga_bytes_of(report, size - SIGNATURE_LEN),
                     &report[size - SIGNATURE_LEN], NULL) == GA_OK);
    result = verify(&s, report, size);
    if (ga_result_verified(result))
        check_verified(&s, report, size);
    ga_result_free(result);
    free(report);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_report(data, size, max, seed);
}
