/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation reports: SPDM request, response, opaque data, signature. */
#include <string.h>

#include "sim/cleanup.h"
#include "sim/out.h"
#include "sim/report.h"

typedef void put_field(struct sim_out *o, const struct sim_report_spec *s);

/* A measurement block of the DMTF form with a digest.  Source: dsp0274 */
static void
put_blocks(struct sim_out *o, const struct sim_report_spec *s)
{
    for (size_t i = 0; i < s->blocks; i++) {
        unsigned index = (unsigned)i + 1;

        sim_put_u8(o, index + (s->gap_from > 0 && index >= s->gap_from));
        sim_put_u8(o, 1); /* DMTF */
        sim_put_u16(o, GA_SHA384_LEN + 3);
        sim_put_u8(o, s->value_type);
        sim_put_u16(o, GA_SHA384_LEN);
        sim_put(o, s->block[i], GA_SHA384_LEN);
    }
}

/* Text with its NUL, in the sizes that reports of drivers since 550 have. */
static void
put_padded(struct sim_out *o, const char *text, size_t size)
{
    size_t n = strlen(text);

    sim_put(o, text, n);
    sim_put_zeros(o, n < size ? size - n : 1);
}

static void
put_vbios(struct sim_out *o, const struct sim_report_spec *s)
{
    sim_put(o, s->vbios, s->kind == GA_KIND_GPU ? 8 : sizeof(s->vbios));
}

static void
put_board_id(struct sim_out *o, const struct sim_report_spec *s)
{
    (void)s;
    sim_put_u32(o, 0x053c);
}

static void
put_chip_sku(struct sim_out *o, const struct sim_report_spec *s)
{
    put_padded(o, s->chip_sku, 9);
}

static void
put_chip_sku_mod(struct sim_out *o, const struct sim_report_spec *s)
{
    (void)s;
    put_padded(o, "0", 5);
}

static void
put_project(struct sim_out *o, const struct sim_report_spec *s)
{
    put_padded(o, s->project, 5);
    if (s->after_nul)
        sim_put_text(o, "X");
}

static void
put_project_sku(struct sim_out *o, const struct sim_report_spec *s)
{
    put_padded(o, s->project_sku, 5);
}

static void
put_project_sku_mod(struct sim_out *o, const struct sim_report_spec *s)
{
    (void)s;
    sim_put_zeros(o, 2);
}

static void
put_driver(struct sim_out *o, const struct sim_report_spec *s)
{
    put_padded(o, s->driver, 0);
}

static void
put_gpu_info(struct sim_out *o, const struct sim_report_spec *s)
{
    sim_put_u16(o, s->gpu_info);
    sim_put_zeros(o, 6);
}

/* How often each measurement was extended: 64 counters on GPUs, 27 on
 * switches. */
static void
put_counts(struct sim_out *o, const struct sim_report_spec *s)
{
    size_t n = s->kind == GA_KIND_GPU ? SIM_BLOCKS_GPU : 27;

    for (size_t i = 0; i < n; i++)
        sim_put_u32(
            o, !ga_bytes_zero(ga_bytes_of(s->block[i], sizeof(s->block[i]))));
}

static void
put_cpr_info(struct sim_out *o, const struct sim_report_spec *s)
{
    (void)s;
    sim_put_u32(o, 0x00038000);
}

static void
put_nvdec0(struct sim_out *o, const struct sim_report_spec *s)
{
    for (size_t i = 0; !s->nvdec0_absent && i < s->nvdec0_len; i++)
        sim_put_u8(o, s->nvdec0);
}

static void
put_nvdec0_again(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->twice)
        put_nvdec0(o, s);
}

static void
put_fwid(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->has_fwid)
        sim_put(o, s->fwid, sizeof(s->fwid));
}

static void
put_ppcie(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->has_ppcie)
        sim_put_u8(o, s->ppcie);
}

/* The byte order of GPUs is the other way round. */
static void
put_links(struct sim_out *o, const struct sim_report_spec *s)
{
    for (size_t i = 0; s->has_links && i < SIM_LINKS; i++)
        for (size_t b = 0; b < GA_PDI_LEN; b++)
            sim_put_u8(o, s->link[i][GA_PDI_LEN - 1 - b]);
}

static void
put_version(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->has_version)
        sim_put_u16(o, s->version);
}

static void
put_chip_info(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->chip_info[0] != '\0')
        put_padded(o, s->chip_info, 6);
}

static void
put_flag(struct sim_out *o, const struct sim_report_spec *s)
{
    if (s->has_flag)
        sim_put_u16(o, s->flag);
}

static void
put_own_pdi(struct sim_out *o, const struct sim_report_spec *s)
{
    sim_put(o, s->pdi, sizeof(s->pdi));
}

static void
put_gpu_pdis(struct sim_out *o, const struct sim_report_spec *s)
{
    sim_put(o, s->gpu, sizeof(s->gpu));
    sim_put(o, s->port, sizeof(s->port));
}

static void
put_disabled_ports(struct sim_out *o, const struct sim_report_spec *s)
{
    (void)s;
    sim_put_u16(o, 0x00ec);
}

static void
put_position(struct sim_out *o, const struct sim_report_spec *s)
{
    sim_put_u16(o, s->position);
}

static void
put_lock(struct sim_out *o, const struct sim_report_spec *s)
{
    if (!s->lock_absent)
        sim_put_u16(o, s->locked);
}

/* Fields in the order of real reports; one that writes nothing is left out.
 * Source: nvtrust-opaque, spec-protocol */
/* clang-format off */
static const struct field {
    uint16_t type;
    put_field *put;
} gpu_fields[] = {
    { GA_FIELD_VBIOS_VERSION,         put_vbios },
    { 14,                             put_board_id },
    { GA_FIELD_CHIP_SKU,              put_chip_sku },
    { 16,                             put_chip_sku_mod },
    { GA_FIELD_PROJECT,               put_project },
    { GA_FIELD_PROJECT_SKU,           put_project_sku },
    { 19,                             put_project_sku_mod },
    { GA_FIELD_DRIVER_VERSION,        put_driver },
    { GA_FIELD_GPU_INFO,              put_gpu_info },
    { 12,                             put_counts },
    { 13,                             put_cpr_info },
    { GA_FIELD_NVDEC0_STATUS,         put_nvdec0 },
    { GA_FIELD_NVDEC0_STATUS,         put_nvdec0_again },
    { GA_FIELD_FWID,                  put_fwid },
    { GA_FIELD_PROTECTED_PCIE_STATUS, put_ppcie },
    { GA_FIELD_PDI,                   put_links },
    { GA_FIELD_OPAQUE_DATA_VERSION,   put_version },
    { GA_FIELD_CHIP_INFO,             put_chip_info },
    { GA_FIELD_FEATURE_FLAG,          put_flag },
    { 0,                              NULL },
}, switch_fields[] = {
    { GA_FIELD_VBIOS_VERSION,         put_vbios },
    { GA_FIELD_PDI,                   put_own_pdi },
    { 12,                             put_counts },
    { GA_FIELD_SWITCH_GPU_PDIS,       put_gpu_pdis },
    { 23,                             put_disabled_ports },
    { 24,                             put_position },
    { GA_FIELD_LOCK_SWITCH_STATUS,    put_lock },
    { 0,                              NULL },
};
/* clang-format on */

static void
put_fields(struct sim_out *o, const struct sim_report_spec *s)
{
    const struct field *f = s->kind == GA_KIND_GPU ? gpu_fields : switch_fields;

    for (; f->put != NULL; f++) {
        SIM_AUTO_OUT struct sim_out value = { 0 };

        f->put(&value, s);
        if (value.len > 0) {
            sim_put_u16(o, f->type);
            sim_put_u16(o, (unsigned)value.len);
            sim_put_bytes(o, sim_out_view(&value));
        }
        o->failed = o->failed || value.failed;
    }
}

/* (r, n - s) verifies where (r, s) does. */
static enum ga_rc
negate_s(const struct sim_forge *f, uint8_t s[GA_P384_LEN],
         struct ga_error *err)
{
    GA_AUTO(BIGNUM) *v = BN_bin2bn(s, GA_P384_LEN, NULL);

    if (v == NULL || BN_sub(v, f->order, v) != 1 ||
        BN_bn2binpad(v, s, GA_P384_LEN) != GA_P384_LEN)
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: n - s failed");
    return GA_OK;
}

static enum ga_rc
spoil(const struct sim_forge *f, enum sim_rs how, uint8_t rs[2 * GA_P384_LEN],
      struct ga_error *err)
{
    if (how == SIM_RS_SPOILED)
        rs[2 * GA_P384_LEN - 1] ^= 1;
    if (how == SIM_RS_R_ZERO)
        memset(rs, 0, GA_P384_LEN);
    if (how == SIM_RS_OTHER_S)
        return negate_s(f, rs + GA_P384_LEN, err);
    if (how == SIM_RS_S_N &&
        BN_bn2binpad(f->order, rs + GA_P384_LEN, GA_P384_LEN) != GA_P384_LEN)
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: the order failed");
    return GA_OK;
}

enum ga_rc
sim_report_message(const struct sim_report_spec *spec, struct ga_buf *out,
                   struct ga_error *err)
{
    /* SPDM 1.1 GET_MEASUREMENTS: all blocks, signed. */
    static const uint8_t request[] = { 0x11, 0xe0, 0x01, 0xff };
    static const uint8_t response[] = { 0x11, 0x60, 0x00 };
    SIM_AUTO_OUT struct sim_out o = { 0 };
    SIM_AUTO_OUT struct sim_out fields = { 0 };

    sim_put(&o, request, sizeof(request));
    sim_put(&o, spec->nonce, sizeof(spec->nonce));
    sim_put_u8(&o, 0); /* slot */
    sim_put(&o, response, sizeof(response));
    sim_put_u8(&o, spec->slot);
    sim_put_u8(&o, (unsigned)spec->blocks);
    sim_put_u24(&o, (unsigned)spec->blocks * (GA_SHA384_LEN + 7));
    put_blocks(&o, spec);
    sim_put(&o, spec->response_nonce, sizeof(spec->response_nonce));
    put_fields(&fields, spec);
    sim_put_u16(&o, (unsigned)fields.len);
    sim_put_bytes(&o, sim_out_view(&fields));
    o.failed = o.failed || fields.failed;
    return sim_out_take(&o, out, err);
}

size_t
sim_report_block_at(size_t index)
{
    return SIM_REQUEST_LEN + 8 + index * (GA_SHA384_LEN + 7) + 7;
}

size_t
sim_report_nonce_at(const struct sim_report_spec *spec)
{
    return SIM_REQUEST_LEN + 8 + spec->blocks * (GA_SHA384_LEN + 7);
}

enum ga_rc
sim_report_sign(struct sim_forge *f, struct ga_bytes message,
                const struct sim_key *key, enum sim_rs how, size_t trailing,
                struct ga_buf *out, struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out o = { 0 };
    uint8_t rs[2 * GA_P384_LEN];
    enum ga_rc rc = sim_sign(f, key, message, rs, err);

    if (rc != GA_OK)
        return rc;
    rc = spoil(f, how, rs, err);
    if (rc != GA_OK)
        return rc;
    sim_put_bytes(&o, message);
    sim_put(&o, rs, sizeof(rs));
    sim_put_zeros(&o, trailing);
    return sim_out_take(&o, out, err);
}

enum ga_rc
sim_report_make(struct sim_forge *f, const struct sim_report_spec *spec,
                const struct sim_key *key, struct ga_buf *out,
                struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf message = { 0 };
    enum ga_rc rc = sim_report_message(spec, &message, err);

    return rc == GA_OK ? sim_report_sign(f, ga_view(&message), key, spec->rs,
                                         spec->trailing, out, err)
                       : rc;
}
