/* SPDX-License-Identifier: Apache-2.0 */
/* Which RIMs a report asks for (rule 9).  Source: spec-protocol. */
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/rim_id.h"
#include "spdm/report.h"

/* Room for one part of an id; longer parts would not fit anyway. */
#define PART (GA_RIM_ID_MAX + 1)

static void
upper(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

static void
drop_dots(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (*text != '.')
            *to++ = *text;
    *to = '\0';
}

static enum ga_rc
need_text(const struct ga_report *report, enum ga_field type, const char *name,
          char out[PART], struct ga_error *err)
{
    if (ga_report_text(report, type, out, PART) && out[0] != '\0')
        return GA_OK;
    return ga_fail(err, GA_E_MISSING, "the report has no %s", name);
}

/* The version of VBIOS or switch BIOS, without its dots. */
static enum ga_rc
need_bios(const struct ga_report *report, char out[PART], struct ga_error *err)
{
    snprintf(out, PART, "%s", report->vbios);
    drop_dots(out);
    if (out[0] != '\0')
        return GA_OK;
    return ga_fail(err, GA_E_MISSING, "the report has no VBIOS_VERSION");
}

/* The chip by what the report itself says: GPU_INFO's first two bytes. */
static enum ga_rc
find_chip(const struct ga_report *report, const struct ga_chip **out,
          struct ga_error *err)
{
    const struct ga_opaque_field *f = ga_report_find(report, GA_FIELD_GPU_INFO);
    struct ga_reader r;
    uint16_t info;

    if (f == NULL)
        return ga_fail(err, GA_E_MISSING, "the report has no GPU_INFO");
    r = ga_reader_of(f->value);
    if (!ga_read_u16le(&r, "GPU_INFO", &info))
        return ga_reader_error(&r, err);
    for (size_t i = 0; i < ga_chip_count; i++) {
        if (ga_chips[i].gpu_info != info || info == 0)
            continue;
        *out = &ga_chips[i];
        return GA_OK;
    }
    return ga_fail(err, GA_E_BAD_VALUE, "GPU_INFO 0x%04x is of no known chip",
                   info);
}

static enum ga_rc
driver_id(const struct ga_report *report, char *out, size_t cap,
          struct ga_error *err)
{
    const struct ga_chip *chip = NULL;
    char driver[PART], info[PART];
    enum ga_rc rc = find_chip(report, &chip, err);

    if (rc == GA_OK)
        rc = need_text(report, GA_FIELD_DRIVER_VERSION, "DRIVER_VERSION",
                       driver, err);
    if (rc != GA_OK)
        return rc;
    if (chip->driver_rim != NULL) {
        snprintf(out, cap, "%s_%s", chip->driver_rim, driver);
        return GA_OK;
    }
    /* Reports of drivers before CHIP_INFO came are all of GB100. */
    if (!ga_report_text(report, GA_FIELD_CHIP_INFO, info, sizeof(info)))
        snprintf(info, sizeof(info), "GB100");
    snprintf(out, cap, "NV_GPU_CC_DRIVER_%s_%s", info, driver);
    return GA_OK;
}

static enum ga_rc
vbios_id(const struct ga_report *report, char *out, size_t cap,
         struct ga_error *err)
{
    char project[PART], project_sku[PART], chip_sku[PART], version[PART];
    enum ga_rc rc =
        need_text(report, GA_FIELD_PROJECT, "PROJECT", project, err);

    if (rc == GA_OK)
        rc = need_text(report, GA_FIELD_PROJECT_SKU, "PROJECT_SKU", project_sku,
                       err);
    if (rc == GA_OK)
        rc = need_text(report, GA_FIELD_CHIP_SKU, "CHIP_SKU", chip_sku, err);
    if (rc == GA_OK)
        rc = need_bios(report, version, err);
    if (rc != GA_OK)
        return rc;
    snprintf(out, cap, "NV_GPU_VBIOS_%s_%s_%s_%s", project, project_sku,
             chip_sku, version);
    upper(out);
    return GA_OK;
}

/* Switches have one board: their reports name no project. */
static enum ga_rc
bios_id(const struct ga_report *report, char *out, size_t cap,
        struct ga_error *err)
{
    char version[PART];
    enum ga_rc rc = need_bios(report, version, err);

    if (rc != GA_OK)
        return rc;
    snprintf(out, cap, "NV_SWITCH_BIOS_5612_0002_890_%s", version);
    upper(out);
    return GA_OK;
}

enum ga_rc
ga_report_rim_id(const struct ga_report *report, enum ga_rim_role role,
                 char out[GA_RIM_ID_TEXT], struct ga_error *err)
{
    static const struct {
        const char *name;
        enum ga_kind kind;
        enum ga_rc (*make)(const struct ga_report *, char *, size_t,
                           struct ga_error *);
    } roles[GA_RIM_ROLES] = {
        [GA_RIM_DRIVER] = { "driver", GA_KIND_GPU, driver_id },
        [GA_RIM_VBIOS] = { "VBIOS", GA_KIND_GPU, vbios_id },
        [GA_RIM_BIOS] = { "BIOS", GA_KIND_SWITCH, bios_id },
    };
    char id[5 * PART + 64];
    enum ga_rc rc;

    if (report == NULL || out == NULL || (unsigned)role >= GA_RIM_ROLES)
        return ga_fail(err, GA_E_INVAL, "RIM id: no such role");
    if (report->kind != roles[role].kind)
        return ga_fail(err, GA_E_MISSING,
                       "RIM id: the report of a %s asks for no %s RIM",
                       report->kind == GA_KIND_SWITCH ? "switch" : "GPU",
                       roles[role].name);
    rc = roles[role].make(report, id, sizeof(id), err);
    if (rc != GA_OK)
        return ga_within(err, rc, "%s RIM id", roles[role].name);
    if (!ga_rim_id_ok(id))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "%s RIM id: %.120s is not of letters, digits, _ and . "
                       "alone, at most %d",
                       roles[role].name, id, GA_RIM_ID_MAX);
    memcpy(out, id, strlen(id) + 1);
    return GA_OK;
}
