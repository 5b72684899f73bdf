/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* nftw */
#include "support/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/worlds.h"

/* 2026-06-15T12:00:00Z: any time does, the world stands at it. */
#define WORLD_TIME INT64_C(1781524800)

static void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK)
        fail_msg("%s", err->text);
}

void
mint_options(struct minted *m, const struct sim_options *o)
{
    struct ga_error err = { 0 };

    memset(m, 0, sizeof(*m));
    snprintf(m->dir, sizeof(m->dir), "/tmp/gpuattest-world-XXXXXX");
    assert_non_null(mkdtemp(m->dir));
    must(sim_world_make(o, &m->world, &err), &err);
    must(sim_world_write(m->world, m->dir, false, &err), &err);
}

void
mint(struct minted *m, unsigned gpus, unsigned switches,
     const char *const *defects)
{
    struct sim_options o;
    struct ga_error err = { 0 };

    must(sim_options_init(&o, WORLD_TIME, &err), &err);
    o.gpus = gpus;
    o.switches = switches;
    o.mode = switches > 0 ? GA_MODE_PPCIE : GA_MODE_SPT;
    o.seed = "test";
    for (; defects != NULL && *defects != NULL; defects++) {
        o.defect[o.defects] = sim_defect_find(*defects);
        if (o.defect[o.defects++] == NULL)
            fail_msg("no defect %s", *defects);
    }
    must(sim_options_check(&o, &err), &err);
    mint_options(m, &o);
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
minted_done(struct minted *m)
{
    assert_int_equal(nftw(m->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
    sim_world_free(m->world);
    memset(m, 0, sizeof(*m));
}

void
minted_path(const struct minted *m, const char *name, char *out, size_t cap)
{
    int n = snprintf(out, cap, "%s/%s", m->dir, name);

    assert_true(n > 0 && (size_t)n < cap);
}

/* What a defect of the world says of a setting, or NULL. */
static const struct sim_setting *
said(const struct minted *m, const char *name)
{
    for (size_t i = 0; i < m->world->o.defects; i++)
        for (const struct sim_setting *s = m->world->o.defect[i]->settings;
             s != NULL && s->name != NULL; s++)
            if (strcmp(s->name, name) == 0)
                return s;
    return NULL;
}

static void
set_one(const struct minted *m, struct ga_settings *set, const char *name,
        const char *value)
{
    struct ga_error err = { 0 };

    if (said(m, name) == NULL)
        must(ga_settings_set(set, name, value, &err), &err);
}

static void
set_what_defects_say(const struct minted *m, struct ga_settings *set)
{
    struct ga_error err = { 0 };

    for (size_t i = 0; i < m->world->o.defects; i++)
        for (const struct sim_setting *s = m->world->o.defect[i]->settings;
             s != NULL && s->name != NULL; s++)
            if (s->value != NULL)
                must(ga_settings_set(set, s->name, s->value, &err), &err);
}

struct ga_settings *
minted_settings(const struct minted *m)
{
    static const struct {
        const char *name, *value;
    } paths[] = {
        { "device-anchor", "anchors/device.pem" },
        { "rim-anchor", "anchors/rim.pem" },
        { "rim-dir", "rims" },
        { "ocsp-dir", "ocsp" },
    };
    struct ga_settings *set = NULL;
    struct ga_error err = { 0 };
    char text[GA_TIME_TEXT];

    must(ga_settings_new(&set, &err), &err);
    for (size_t i = 0; i < COUNT(paths); i++) {
        char path[128];

        minted_path(m, paths[i].value, path, sizeof(path));
        set_one(m, set, paths[i].name, path);
    }
    ga_time_text(m->world->o.at, text);
    set_one(m, set, "at", text);
    set_one(m, set, "ocsp-nonce", "accept-missing");
    set_what_defects_say(m, set);
    return set;
}

struct ga_result *
minted_verify(const struct minted *m, const char *const *settings)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    char path[128];

    for (; settings != NULL && *settings != NULL; settings += 2)
        must(ga_settings_set(set, settings[0], settings[1], &err), &err);
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    must(ga_evidence_new(&evidence, &err), &err);
    minted_path(m, "evidence.json", path, sizeof(path));
    must(ga_evidence_load(evidence, path, &err), &err);
    must(ga_verify(ctx, evidence, &m->world->o.nonce, &result, &err), &err);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return result;
}
