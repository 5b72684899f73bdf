/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* nftw */
#include "bench/fleet.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-06-15T12:00:00Z: any time does, the world stands at it. */
#define WORLD_TIME INT64_C(1781524800)

static void
make(struct fleet *f, unsigned gpus, unsigned switches, int64_t at)
{
    struct sim_options o;
    struct ga_error err = { 0 };

    memset(f, 0, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "/tmp/gpuattest-bench-XXXXXX");
    if (mkdtemp(f->dir) == NULL)
        die("no temporary folder");
    must(sim_options_init(&o, at, &err), &err);
    o.gpus = gpus;
    o.switches = switches;
    if (switches > 0)
        o.mode = GA_MODE_PPCIE;
    o.seed = "bench";
    must(sim_world_make(&o, &f->world, &err), &err);
    must(sim_world_write(f->world, f->dir, false, &err), &err);
}

void
fleet_make_at(struct fleet *f, unsigned gpus, int64_t at)
{
    make(f, gpus, 0, at);
}

void
fleet_make(struct fleet *f, unsigned gpus)
{
    fleet_make_at(f, gpus, WORLD_TIME);
}

void
fleet_make_board(struct fleet *f)
{
    make(f, SIM_BOARD_GPUS, SIM_BOARD_SWITCHES, WORLD_TIME);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void
fleet_done(struct fleet *f)
{
    if (nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        die("the temporary folder cannot be removed");
    sim_world_free(f->world);
}

static void
set_path(struct ga_settings *set, const struct fleet *f, const char *name,
         const char *path)
{
    struct ga_error err = { 0 };
    char text[128];

    snprintf(text, sizeof(text), "%s/%s", f->dir, path);
    must(ga_settings_set(set, name, text, &err), &err);
}

struct ga_context *
fleet_context(const struct fleet *f, const char *threads, bool ocsp)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };
    char at[GA_TIME_TEXT];

    must(ga_settings_new(&set, &err), &err);
    set_path(set, f, "device-anchor", "anchors/device.pem");
    set_path(set, f, "rim-anchor", "anchors/rim.pem");
    set_path(set, f, "rim-dir", "rims");
    if (ocsp)
        set_path(set, f, "ocsp-dir", "ocsp");
    else
        must(ga_settings_set(set, "no-ocsp", "true", &err), &err);
    ga_time_text(f->world->o.at, at);
    must(ga_settings_set(set, "at", at, &err), &err);
    must(ga_settings_set(set, "ocsp-nonce", "accept-missing", &err), &err);
    must(ga_settings_set(set, "threads", threads, &err), &err);
    if (f->world->o.switches > 0)
        must(ga_settings_set(set, "topology", "hgx-hopper", &err), &err);
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

struct ga_evidence *
fleet_evidence(struct fleet *f, size_t first, size_t count,
               const struct ga_nonce *nonce)
{
    struct ga_evidence *evidence = NULL;
    struct ga_error err = { 0 };

    must(ga_evidence_new(&evidence, &err), &err);
    for (size_t i = first; i < first + count; i++) {
        const struct sim_device *d = &f->world->device[i];
        struct ga_buf report = { 0 };

        if (nonce == NULL) {
            must(ga_buf_copy(ga_view(&d->report), &report, &err), &err);
        } else {
            struct sim_report_spec spec = d->spec;

            memcpy(spec.nonce, nonce->bytes, sizeof(spec.nonce));
            must(sim_report_make(&f->world->forge, &spec, &d->id.leaf.key,
                                 &report, &err),
                 &err);
        }
        must(ga_evidence_add(evidence, report.ptr, report.len, d->chain.ptr,
                             d->chain.len, &err),
             &err);
        ga_buf_done(&report);
    }
    return evidence;
}

double
verify_timed(struct ga_context *ctx, const struct ga_evidence *evidence,
             const struct ga_nonce *nonce)
{
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    double start = now(), spent;

    must(ga_verify(ctx, evidence, nonce, &result, &err), &err);
    spent = now() - start;
    if (!ga_result_verified(result))
        die(ga_result_summary(result));
    ga_result_free(result);
    return spent;
}
