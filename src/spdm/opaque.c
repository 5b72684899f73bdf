/* SPDX-License-Identifier: Apache-2.0 */
/* Opaque data: NVIDIA's fields, one table for GPUs and one for switches. */
#include <string.h>

#include "spdm/parse.h"

#define ANY UINT16_MAX /* never seen: no size is known to be wrong */

/* What a field of a type may look like.  A size is allowed when it is within
 * min and max and a multiple of `unit`. */
struct row {
    uint16_t type;
    const char *name;
    bool text;
    uint16_t min, max, unit; /* bytes */
};

/*
 * Sizes are those of 350 real reports; text may vary in length as versions do.
 * Source: spec-protocol, 1; names: nvtrust, class OpaqueData.
 */
/* clang-format off */
#define COMMON_ROWS                                                 \
    {  1, "CERT_ISSUER_NAME",              false,   0, ANY,   1 },  \
    {  2, "CERT_AUTHORITY_KEY_IDENTIFIER", false,   0, ANY,   1 },  \
    {  5, "SKU",                           false,   0, ANY,   1 },  \
    {  7, "MANUFACTURER_ID",               false,   0, ANY,   1 },  \
    {  8, "TAMPER_DETECTION",              false,   0, ANY,   1 },  \
    {  9, "SMC",                           false,   0, ANY,   1 },  \
    { 10, "VPR",                           false,   0, ANY,   1 },  \
    { 11, "NVDEC0_STATUS",                 false,   1,   1,   1 },  \
    { 12, "MSRSCNT",                       false,   4, 4 * GA_BLOCKS_MAX, 4 }, \
    { 13, "CPRINFO",                       false,   4,   4,   4 },  \
    { 14, "BOARD_ID",                      false,   4,   4,   4 },  \
    { 15, "CHIP_SKU",                      true,    2,  16,   1 },  \
    { 16, "CHIP_SKU_MOD",                  true,    2,  16,   1 },  \
    { 17, "PROJECT",                       true,    2,  16,   1 },  \
    { 18, "PROJECT_SKU",                   true,    2,  16,   1 },  \
    { 19, "PROJECT_SKU_MOD",               true,    2,  16,   1 },  \
    { 20, "FWID",                          false,  48,  48,  48 },  \
    { 21, "PROTECTED_PCIE_STATUS",         false,   1,   1,   1 },  \
    { 23, "FLOORSWEPT_PORTS",              false,   2,   2,   2 },  \
    { 24, "POSITION_ID",                   false,   2,   2,   2 },  \
    { 25, "LOCK_SWITCH_STATUS",            false,   2,   2,   2 },  \
    { 27, "SWITCH_PORTS",                  false,   0, ANY,   1 },  \
    { 32, "GPU_LINK_CONN",                 false,   0, ANY,   1 },  \
    { 33, "SYS_ENABLE_STATUS",             false,   2,   2,   2 },  \
    { 34, "OPAQUE_DATA_VERSION",           false,   2,   2,   2 },  \
    { 35, "CHIP_INFO",                     true,    2,  16,   1 },  \
    { 36, "FEATURE_FLAG",                  false,   2,   2,   2 }

static const struct row gpu_rows[] = {
    COMMON_ROWS,
    {  3, "DRIVER_VERSION",                true,    4,  32,   1 },
    {  4, "GPU_INFO",                      false,   8,   8,   8 },
    {  6, "VBIOS_VERSION",                 false,   8,   8,   8 },
    { 22, "SWITCH_PDI",                    false, 144, 144,   8 },
};

static const struct row switch_rows[] = {
    COMMON_ROWS,
    /* One old report carries the GPUs' PDIs under this type. */
    {  4, "GPU_INFO",                      false,   8, 128,   8 },
    {  6, "VBIOS_VERSION",                 true,   14,  14,   1 },
    { 22, "DEVICE_PDI",                    false,   8,   8,   8 },
    { 26, "SWITCH_GPU_PDIS",               false, 128, 128,   8 },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct row *
find(enum ga_kind kind, uint16_t type)
{
    const struct row *rows = kind == GA_KIND_GPU ? gpu_rows : switch_rows;
    size_t n = kind == GA_KIND_GPU ? COUNT(gpu_rows) : COUNT(switch_rows);

    for (size_t i = 0; i < n; i++)
        if (rows[i].type == type)
            return &rows[i];
    return NULL;
}

/* Printable ASCII, and after the first NUL only NULs. */
static bool
is_text(struct ga_bytes v)
{
    size_t i = 0;

    while (i < v.len && v.ptr[i] >= 0x20 && v.ptr[i] <= 0x7e)
        i++;
    while (i < v.len && v.ptr[i] == '\0')
        i++;
    return i == v.len;
}

static enum ga_rc
check_field(enum ga_kind kind, struct ga_opaque_field *f, struct ga_error *err)
{
    const struct row *row = find(kind, f->type);
    size_t n = f->value.len;

    if (row == NULL)
        return GA_OK; /* unknown types are kept and shown */
    f->name = row->name;
    f->text = row->text;
    if (n < row->min || n > row->max || n % row->unit != 0)
        return ga_fail_at(err, GA_E_BAD_VALUE, f->offset,
                          "%s: %zu bytes, not %u to %u by %u", row->name, n,
                          row->min, row->max, row->unit);
    if (row->text && !is_text(f->value))
        return ga_fail_at(err, GA_E_BAD_VALUE, f->offset,
                          "%s: not printable ASCII and then NULs", row->name);
    return GA_OK;
}

static enum ga_rc
split(struct ga_reader *r, struct ga_report *out, struct ga_error *err)
{
    while (ga_reader_left(r) > 0) {
        struct ga_opaque_field f = { 0 };
        size_t at = r->origin + r->pos;
        uint16_t size;

        if (out->field_count == GA_OPAQUE_FIELDS_MAX)
            return ga_fail_at(err, GA_E_TOO_LARGE, at, "more than %d fields",
                              GA_OPAQUE_FIELDS_MAX);
        if (!ga_read_u16le(r, "DataType", &f.type) ||
            !ga_read_u16le(r, "DataSize", &size) ||
            !ga_read_bytes(r, "Data", size, &f.value))
            return ga_reader_error(r, err);
        if (ga_report_find(out, (enum ga_field)f.type) != NULL)
            return ga_fail_at(err, GA_E_DUPLICATE, at,
                              "field type %u stands twice", f.type);
        f.offset = at + 4;
        out->field[out->field_count++] = f;
    }
    return GA_OK;
}

/* GPU VBIOS_VERSION: eight bytes, least significant first; 00 9f 00 96 01 ...
 * is 96.00.9F.00.01.  Source: spec-protocol, 1. */
static void
vbios_text(struct ga_bytes v, char out[16])
{
    static const char digit[] = "0123456789ABCDEF";
    static const uint8_t order[] = { 3, 2, 1, 0, 4 };
    char *p = out;

    for (size_t i = 0; i < sizeof(order); i++) {
        uint8_t b = v.ptr[order[i]];

        if (i > 0)
            *p++ = '.';
        *p++ = digit[b >> 4];
        *p++ = digit[b & 15];
    }
    *p = '\0';
}

enum ga_rc
ga_opaque_parse(struct ga_reader *opaque, struct ga_report *out,
                struct ga_error *err)
{
    const struct ga_opaque_field *vbios;
    enum ga_rc rc = split(opaque, out, err);

    if (rc != GA_OK)
        return rc;
    out->kind = ga_report_find(out, GA_FIELD_DRIVER_VERSION) != NULL
                    ? GA_KIND_GPU
                    : GA_KIND_SWITCH;
    for (size_t i = 0; i < out->field_count; i++) {
        rc = check_field(out->kind, &out->field[i], err);
        if (rc != GA_OK)
            return rc;
    }
    if (!ga_report_text(out, GA_FIELD_DRIVER_VERSION, out->driver,
                        sizeof(out->driver)))
        out->driver[0] = '\0';
    vbios = ga_report_find(out, GA_FIELD_VBIOS_VERSION);
    if (vbios != NULL && !vbios->text)
        vbios_text(vbios->value, out->vbios);
    else if (!ga_report_text(out, GA_FIELD_VBIOS_VERSION, out->vbios,
                             sizeof(out->vbios)))
        out->vbios[0] = '\0';
    return GA_OK;
}
