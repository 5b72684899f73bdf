/* SPDX-License-Identifier: Apache-2.0 */
/* What the devices of a board say: firmware, mode, and their neighbours. */
#include <stdio.h>
#include <string.h>

#include "sim/board.h"

/* What is fixed per chip; values have the form of real ones. */
/* clang-format off */
static const struct model {
    const char *chip;
    const char *project, *project_sku, *chip_sku;
    const char *vbios;
    uint8_t vbios_bytes[8]; /* as the report has it; text on switches */
    const char *chip_info;  /* field 35, "" for none */
} models[] = {
    { "GH100", "G520", "0280", "895", "96.00.CF.00.02",
      { 0x00, 0xcf, 0x00, 0x96, 0x02, 0, 0, 0 }, "" },
    { "GB100", "G525", "0200", "886", "97.00.88.00.0F",
      { 0x00, 0x88, 0x00, 0x97, 0x0f, 0, 0, 0 }, "GB100" },
    { "LS_10", "5612", "0002", "890", "96.10.6D.00.01",
      { 0 }, "" },
};

/* Fields 21 and 36 of a mode: they agree. */
static const struct {
    uint8_t ppcie;
    uint16_t flag;
} mode_fields[] = {
    [GA_MODE_SPT]   = { 0x55, 0 },
    [GA_MODE_MPT]   = { 0x55, 1 },
    [GA_MODE_PPCIE] = { 0xaa, 2 },
};
/* clang-format on */

static const struct model *
model_of(const struct ga_chip *chip)
{
    size_t i = 0;

    while (strcmp(models[i].chip, chip->name) != 0)
        i++;
    return &models[i];
}

const char *
sim_board_vbios(const struct ga_chip *chip)
{
    return model_of(chip)->vbios;
}

/* The switch behind link `l` of GPU `g`: links in pairs, spread over the
 * switches, every switch with 4 or 5 of a GPU's 18. */
static unsigned
switch_behind(unsigned g, unsigned l)
{
    return l < 16 ? (l / 2 + g) % SIM_BOARD_SWITCHES
                  : (l + g) % SIM_BOARD_SWITCHES;
}

static const struct sim_device *
find(const struct sim_world *w, enum ga_kind kind, unsigned number)
{
    for (size_t i = 0; i < w->devices; i++)
        if (w->device[i].chip->kind == kind && w->device[i].number == number)
            return &w->device[i];
    return NULL;
}

static void
connect_gpu(const struct sim_world *w, unsigned g, struct sim_report_spec *s)
{
    s->has_links = w->o.switches > 0;
    for (unsigned l = 0; s->has_links && l < SIM_LINKS; l++) {
        const struct sim_device *d =
            find(w, GA_KIND_SWITCH, switch_behind(g, l));

        if (d != NULL)
            memcpy(s->link[l], d->id.pdi, sizeof(s->link[l]));
    }
}

/* Each switch lists the GPUs in an order of its own, and has a port per link;
 * a slot without a GPU is zero, a port without one is FF. */
static void
connect_switch(const struct sim_world *w, unsigned number,
               struct sim_report_spec *s)
{
    size_t port = (size_t)number * 4;

    memset(s->port, 0xff, sizeof(s->port));
    for (unsigned slot = 0; slot < SIM_SLOTS; slot++) {
        unsigned g = (slot + number) % SIM_SLOTS;
        const struct sim_device *d = find(w, GA_KIND_GPU, g);

        if (d == NULL)
            continue;
        memcpy(s->gpu[slot], d->id.pdi, sizeof(s->gpu[slot]));
        for (unsigned l = 0; l < SIM_LINKS; l++)
            if (switch_behind(g, l) == number && port < SIM_PORTS)
                s->port[port++] = (uint8_t)slot;
    }
}

/* "580.95.05" is 580; options were checked. */
static unsigned
major_of(const char *driver)
{
    unsigned v = 0;

    for (; *driver >= '0' && *driver <= '9' && v < 100000; driver++)
        v = v * 10 + (unsigned)(*driver - '0');
    return v;
}

/* Fields that came with a driver: FWID and protected PCIe with 550, version
 * and feature flag with 580 (Source: spec-protocol, 1). */
static void
fill_gpu(const struct sim_world *w, const struct sim_device *d,
         struct sim_report_spec *s)
{
    const struct model *m = model_of(d->chip);
    unsigned major = major_of(w->o.driver);

    snprintf(s->driver, sizeof(s->driver), "%s", w->o.driver);
    memcpy(s->vbios, m->vbios_bytes, sizeof(m->vbios_bytes));
    s->project = m->project;
    s->project_sku = m->project_sku;
    s->chip_sku = m->chip_sku;
    s->gpu_info = d->chip->gpu_info;
    snprintf(s->chip_info, sizeof(s->chip_info), "%s", m->chip_info);
    s->nvdec0 = 0xaa; /* measurement 35 is compared */
    s->has_fwid = major >= 550;
    memcpy(s->fwid, d->id.fwid, sizeof(s->fwid));
    s->has_ppcie = major >= 550;
    s->ppcie = mode_fields[w->o.mode].ppcie;
    s->has_version = s->has_flag = major >= 580;
    s->version = 1;
    s->flag = mode_fields[w->o.mode].flag;
    connect_gpu(w, d->number, s);
}

static void
fill_switch(const struct sim_world *w, const struct sim_device *d,
            struct sim_report_spec *s)
{
    memcpy(s->vbios, model_of(d->chip)->vbios, sizeof(s->vbios));
    memcpy(s->pdi, d->id.pdi, sizeof(s->pdi));
    s->position = (uint16_t)d->number;
    s->locked = w->o.mode == GA_MODE_PPCIE;
    connect_switch(w, d->number, s);
}

/* The device runs what the RIMs stand for; where a golden value has
 * alternatives, devices take turns. */
static void
measure(const struct sim_world *w, unsigned number, struct sim_report_spec *s)
{
    for (size_t r = 0; r < w->rims; r++) {
        const struct sim_rim_spec *rim = &w->rim[r].spec;

        if ((rim->role == GA_RIM_BIOS) != (s->kind == GA_KIND_SWITCH))
            continue;
        for (size_t i = 0; i < s->blocks; i++)
            if (rim->golden[i].active)
                memcpy(
                    s->block[i],
                    rim->golden[i].hash[number % rim->golden[i].alternatives],
                    sizeof(s->block[i]));
    }
}

enum ga_rc
sim_board_report(const struct sim_world *w, const struct sim_device *d,
                 struct sim_report_spec *out, struct ga_error *err)
{
    struct sim_report_spec s = { .name = d->label,
                                 .world = w,
                                 .kind = d->chip->kind,
                                 .value_type = 1,
                                 .nvdec0_len = 1 };
    enum ga_rc rc;

    memcpy(s.nonce, w->o.nonce.bytes, sizeof(s.nonce));
    rc = sim_derive(&w->forge, s.response_nonce, sizeof(s.response_nonce), err,
                    "response nonce %s", d->label);
    if (rc != GA_OK)
        return rc;
    s.blocks = s.kind == GA_KIND_GPU ? SIM_BLOCKS_GPU : SIM_BLOCKS_SWITCH;
    if (s.kind == GA_KIND_GPU)
        fill_gpu(w, d, &s);
    else
        fill_switch(w, d, &s);
    measure(w, d->number, &s);
    *out = s;
    return GA_OK;
}

bool
sim_board_rim_id(const struct sim_report_spec *spec, const struct ga_chip *chip,
                 enum ga_rim_role role, char out[GA_RIM_ID_TEXT])
{
    const struct model *m = model_of(chip);
    char version[16];
    size_t n = 0;

    if ((role == GA_RIM_BIOS) != (chip->kind == GA_KIND_SWITCH))
        return false;
    if (role == GA_RIM_DRIVER && chip->driver_rim != NULL) {
        snprintf(out, GA_RIM_ID_TEXT, "%s_%s", chip->driver_rim, spec->driver);
        return true;
    }
    if (role == GA_RIM_DRIVER) {
        snprintf(out, GA_RIM_ID_TEXT, "NV_GPU_CC_DRIVER_%s_%s", spec->chip_info,
                 spec->driver);
        return true;
    }
    for (const char *p = m->vbios; *p != '\0'; p++)
        if (*p != '.')
            version[n++] = *p;
    version[n] = '\0';
    snprintf(out, GA_RIM_ID_TEXT, "NV_%s_%s_%s_%s_%s",
             role == GA_RIM_BIOS ? "SWITCH_BIOS" : "GPU_VBIOS", m->project,
             m->project_sku, m->chip_sku, version);
    return true;
}
