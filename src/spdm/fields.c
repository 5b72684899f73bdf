/* SPDX-License-Identifier: Apache-2.0 */
/* What a parsed report says: fields, versions, PDIs, mode. */
#include <string.h>

#include "base/reader.h"
#include "spdm/report.h"

const struct ga_opaque_field *
ga_report_find(const struct ga_report *report, enum ga_field type)
{
    for (size_t i = 0; i < report->field_count; i++)
        if (report->field[i].type == type)
            return &report->field[i];
    return NULL;
}

bool
ga_report_text(const struct ga_report *report, enum ga_field type, char *out,
               size_t cap)
{
    const struct ga_opaque_field *f = ga_report_find(report, type);
    size_t n = 0;

    if (f == NULL || !f->text || f->value.len >= cap)
        return false;
    while (n < f->value.len && f->value.ptr[n] != '\0')
        n++;
    memcpy(out, f->value.ptr, n);
    out[n] = '\0';
    return true;
}

bool
ga_report_is_switch(const struct ga_report *report)
{
    return report->kind == GA_KIND_SWITCH;
}

const uint8_t *
ga_report_nonce(const struct ga_report *report)
{
    return report->nonce.ptr;
}

size_t
ga_report_measurements(const struct ga_report *report)
{
    return report->block_count;
}

const uint8_t *
ga_report_measurement(const struct ga_report *report, size_t n, size_t *len)
{
    if (n >= report->block_count)
        return NULL;
    *len = report->block[n].value.len;
    return report->block[n].value.ptr;
}

const uint8_t *
ga_report_field(const struct ga_report *report, uint16_t type, size_t *len)
{
    const struct ga_opaque_field *f =
        ga_report_find(report, (enum ga_field)type);

    if (f == NULL)
        return NULL;
    *len = f->value.len;
    return f->value.ptr;
}

const char *
ga_report_driver(const struct ga_report *report)
{
    return report->driver[0] != '\0' ? report->driver : NULL;
}

const char *
ga_report_vbios(const struct ga_report *report)
{
    return report->vbios[0] != '\0' ? report->vbios : NULL;
}

/* 00.. fills unused places and FF.. stands for "none": neither is a PDI. */
static bool
is_pdi(const uint8_t pdi[GA_PDI_LEN])
{
    bool zero = true, ff = true;

    for (size_t i = 0; i < GA_PDI_LEN; i++) {
        zero = zero && pdi[i] == 0x00;
        ff = ff && pdi[i] == 0xff;
    }
    return !zero && !ff;
}

/* A GPU's field 22 has its PDIs back to front; a switch's field 26 has them as
 * they are, 8 of them before the port bytes.  Source: spec-protocol, 1 and 7. */
size_t
ga_report_pdis(const struct ga_report *report, uint8_t (*out)[GA_PDI_LEN],
               size_t cap)
{
    bool gpu = report->kind == GA_KIND_GPU;
    const struct ga_opaque_field *f =
        ga_report_find(report, gpu ? GA_FIELD_PDI : GA_FIELD_SWITCH_GPU_PDIS);
    struct ga_reader r;
    size_t n = 0, places;

    if (f == NULL)
        return 0;
    r = ga_reader_of(f->value);
    places = gpu ? f->value.len / GA_PDI_LEN : 8;
    for (size_t i = 0; i < places; i++) {
        struct ga_bytes raw;
        uint8_t pdi[GA_PDI_LEN];

        if (!ga_read_bytes(&r, "PDI", GA_PDI_LEN, &raw))
            break;
        for (size_t k = 0; k < GA_PDI_LEN; k++)
            pdi[k] = raw.ptr[gpu ? GA_PDI_LEN - 1 - k : k];
        if (!is_pdi(pdi))
            continue;
        if (n < cap)
            memcpy(out[n], pdi, GA_PDI_LEN);
        n++;
    }
    return n;
}

bool
ga_report_own_pdi(const struct ga_report *report, uint8_t out[GA_PDI_LEN])
{
    const struct ga_opaque_field *f = ga_report_find(report, GA_FIELD_PDI);

    if (report->kind != GA_KIND_SWITCH || f == NULL || !is_pdi(f->value.ptr))
        return false;
    memcpy(out, f->value.ptr, GA_PDI_LEN);
    return true;
}

const char *
ga_mode_name(enum ga_mode mode)
{
    static const char *const names[] = { "unknown", "spt", "mpt", "ppcie" };

    return (size_t)mode < sizeof(names) / sizeof(names[0]) ? names[mode]
                                                           : "unknown";
}

/* Little-endian u16 of a two-byte field; -1 where the report has none. */
static int
number(const struct ga_report *report, enum ga_field type)
{
    const struct ga_opaque_field *f = ga_report_find(report, type);
    struct ga_reader r;
    uint16_t v;

    if (f == NULL)
        return -1;
    r = ga_reader_of(f->value);
    return ga_read_u16le(&r, "value", &v) ? (int)v : -1;
}

/* FEATURE_FLAG's values, and what PROTECTED_PCIE_STATUS must then be. */
static const struct {
    int flag;
    enum ga_mode mode;
    uint8_t status;
} modes[] = {
    { 0, GA_MODE_SPT, GA_PPCIE_OFF },
    { 1, GA_MODE_MPT, GA_PPCIE_OFF },
    { 2, GA_MODE_PPCIE, GA_PPCIE_ON },
};

static enum ga_mode
mode_of_status(const struct ga_opaque_field *status, struct ga_check *check)
{
    uint8_t v = status->value.ptr[0];

    if (v == GA_PPCIE_OFF || v == GA_PPCIE_ON) {
        ga_check_pass(check);
        return v == GA_PPCIE_ON ? GA_MODE_PPCIE : GA_MODE_SPT;
    }
    ga_check_fail(check, GA_R_UNKNOWN_VALUE,
                  "PROTECTED_PCIE_STATUS is 0x%02x, not 0x%02x or 0x%02x", v,
                  GA_PPCIE_OFF, GA_PPCIE_ON);
    return GA_MODE_UNKNOWN;
}

static enum ga_mode
mode_of_flag(int flag, const struct ga_opaque_field *status,
             struct ga_check *check)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (modes[i].flag != flag)
            continue;
        if (status == NULL || status->value.ptr[0] == modes[i].status) {
            ga_check_pass(check);
            return modes[i].mode;
        }
        ga_check_fail(check, GA_R_MISMATCH,
                      "FEATURE_FLAG says %s, PROTECTED_PCIE_STATUS is 0x%02x",
                      ga_mode_name(modes[i].mode), status->value.ptr[0]);
        return GA_MODE_UNKNOWN;
    }
    ga_check_fail(check, GA_R_UNKNOWN_VALUE, "FEATURE_FLAG is %d, not 0 to 2",
                  flag);
    return GA_MODE_UNKNOWN;
}

enum ga_mode
ga_report_mode(const struct ga_report *report, struct ga_check *check)
{
    const struct ga_opaque_field *status =
        ga_report_find(report, GA_FIELD_PROTECTED_PCIE_STATUS);
    int flag = number(report, GA_FIELD_FEATURE_FLAG);
    int version = number(report, GA_FIELD_OPAQUE_DATA_VERSION);

    if (flag >= 0 && version < 1) {
        ga_check_fail(check, GA_R_MISMATCH,
                      "FEATURE_FLAG without OPAQUE_DATA_VERSION 1 or above");
        return GA_MODE_UNKNOWN;
    }
    if (flag >= 0)
        return mode_of_flag(flag, status, check);
    if (status != NULL)
        return mode_of_status(status, check);
    ga_check_none(check, GA_R_NO_FIELD,
                  "the report has neither FEATURE_FLAG nor "
                  "PROTECTED_PCIE_STATUS");
    return GA_MODE_UNKNOWN;
}
