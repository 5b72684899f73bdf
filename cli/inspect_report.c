/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: an attestation report. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/reader.h"
#include "cli/inspect.h"
#include "spdm/report.h"

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);

static void
emit_byte(struct emit *e, const char *key, uint8_t value)
{
    emit_hex(e, key, ga_bytes_of(&value, 1));
}

static void
show_request(struct emit *e, const struct ga_report *report)
{
    struct ga_reader r = ga_reader_of(ga_view(&report->bytes));
    uint8_t version, code, param1, param2;

    emit_open(e, "request", EMIT_BLOCK);
    if (ga_read_u8(&r, "version", &version) && ga_read_u8(&r, "code", &code) &&
        ga_read_u8(&r, "param1", &param1) &&
        ga_read_u8(&r, "param2", &param2)) {
        emit_byte(e, "spdm_version", version);
        emit_byte(e, "code", code);
        emit_byte(e, "param1", param1);
        emit_byte(e, "param2", param2);
    }
    emit_hex(e, "nonce", report->nonce);
    emit_byte(e, "slot", report->request_slot);
    emit_close(e);
}

static void
show_response(struct emit *e, const struct ga_report *report)
{
    int64_t record = 0, opaque = 0;

    /* A block has 7 bytes before its value, a field 4.  Source: dsp0274,
     * nvtrust-opaque. */
    for (size_t i = 0; i < report->block_count; i++)
        record += 7 + (int64_t)report->block[i].value.len;
    for (size_t i = 0; i < report->field_count; i++)
        opaque += 4 + (int64_t)report->field[i].value.len;
    emit_open(e, "response", EMIT_BLOCK);
    emit_byte(e, "spdm_version", report->spdm_version);
    emit_byte(e, "code", report->code);
    emit_byte(e, "param1", report->param1);
    emit_byte(e, "param2", report->param2);
    emit_number(e, "number_of_blocks", (int64_t)report->block_count);
    emit_number(e, "measurement_record_length", record);
    emit_hex(e, "nonce", report->response_nonce);
    emit_number(e, "opaque_length", opaque);
    emit_hex(e, "signature", report->signature);
    emit_number(e, "zeros_dropped", (int64_t)report->zeros_dropped);
    emit_close(e);
}

static void
show_blocks(struct emit *e, const struct ga_report *report)
{
    emit_open(e, "blocks", EMIT_LIST);
    for (size_t i = 0; i < report->block_count; i++) {
        const struct ga_block *b = &report->block[i];

        emit_open(e, "block", EMIT_ROW);
        emit_number(e, "index", (int64_t)i + 1);
        emit_number(e, "rim_index", (int64_t)i);
        emit_number(e, "type", b->value_type);
        emit_number(e, "size", (int64_t)b->value.len);
        emit_hex(e, "value", b->value);
        emit_close(e);
    }
    emit_close(e);
}

static void
show_field(struct emit *e, const struct ga_report *report,
           const struct ga_opaque_field *f)
{
    char text[GA_REPORT_MAX];

    emit_open(e, "field", EMIT_ROW);
    emit_number(e, "type", f->type);
    emit_text(e, "name", f->name);
    emit_number(e, "offset", (int64_t)f->offset);
    emit_number(e, "size", (int64_t)f->value.len);
    emit_hex(e, "value", f->value);
    if (ga_report_text(report, (enum ga_field)f->type, text, sizeof(text)))
        emit_text(e, "text", text);
    emit_close(e);
}

/* Numbers of `width` bytes, little-endian, as MSRSCNT and the port bytes are. */
static void
show_numbers(struct emit *e, const char *key, struct ga_bytes in, size_t width)
{
    struct ga_reader r = ga_reader_of(in);
    uint32_t wide;
    uint8_t narrow;

    emit_open(e, key, EMIT_VALUES);
    while (ga_reader_left(&r) >= width)
        if (width == 1 && ga_read_u8(&r, key, &narrow))
            emit_number(e, key, narrow);
        else if (width == 4 && ga_read_u32le(&r, key, &wide))
            emit_number(e, key, wide);
        else
            break;
    emit_close(e);
}

/* Each bit, most significant first, stands for 4 ports.  Source: spec-protocol,
 * 1, field 23. */
static void
show_ports_disabled(struct emit *e, struct ga_bytes in)
{
    emit_open(e, "disabled_ports", EMIT_VALUES);
    for (size_t bit = 0; bit < 8 * in.len; bit++)
        for (int port = 0; port < 4; port++)
            emit_number(e, "port", in.ptr[bit / 8] >> (7 - bit % 8) & 1);
    emit_close(e);
}

static void
show_pdis(struct emit *e, const struct ga_report *report)
{
    /* Field 22 of a GPU has 18 places, field 26 of a switch 8; the largest
     * field could have this many. */
    uint8_t pdi[GA_REPORT_MAX / GA_PDI_LEN][GA_PDI_LEN];
    size_t n = ga_report_pdis(report, pdi, sizeof(pdi) / sizeof(pdi[0]));
    uint8_t own[GA_PDI_LEN];

    if (ga_report_own_pdi(report, own))
        emit_hex(e, "own_pdi", ga_bytes_of(own, sizeof(own)));
    emit_open(e, "pdis", EMIT_VALUES);
    for (size_t i = 0; i < n; i++)
        emit_hex(e, "pdi", ga_bytes_of(pdi[i], GA_PDI_LEN));
    emit_close(e);
}

static void
show_rim_ids(struct emit *e, const struct ga_report *report)
{
    static const char *const names[GA_RIM_ROLES] = { "driver_rim", "vbios_rim",
                                                     "bios_rim" };

    for (int role = 0; role < GA_RIM_ROLES; role++) {
        char id[GA_RIM_ID_TEXT];
        bool of_switch = role == GA_RIM_BIOS;
        enum ga_rc rc;

        if (of_switch != ga_report_is_switch(report))
            continue;
        rc = ga_report_rim_id(report, (enum ga_rim_role)role, id, NULL);
        emit_text(e, names[role], rc == GA_OK ? id : NULL);
    }
}

/* What follows from the fields; see docs/claims.md for what it is used for. */
static void
show_derived(struct emit *e, const struct ga_report *report)
{
    const struct ga_opaque_field *counts = ga_report_find(report, 12);
    const struct ga_opaque_field *off = ga_report_find(report, 23);
    const struct ga_opaque_field *map =
        ga_report_find(report, GA_FIELD_SWITCH_GPU_PDIS);
    struct ga_check check = { 0 };
    enum ga_mode mode = ga_report_mode(report, &check);

    emit_open(e, "derived", EMIT_BLOCK);
    emit_text(e, "driver", ga_report_driver(report));
    emit_text(e, "vbios", ga_report_vbios(report));
    emit_text(e, "mode", ga_mode_name(mode));
    if (check.state == GA_FAILED)
        emit_text(e, "mode_problem", check.text);
    show_rim_ids(e, report);
    show_pdis(e, report);
    if (counts != NULL)
        show_numbers(e, "measurement_counts", counts->value, 4);
    if (off != NULL && ga_report_is_switch(report))
        show_ports_disabled(e, off->value);
    if (map != NULL && map->value.len > 64)
        show_numbers(e, "port_gpu",
                     ga_bytes_of(map->value.ptr + 64, map->value.len - 64), 1);
    emit_close(e);
}

enum ga_rc
inspect_report(struct emit *e, const char *key, struct ga_bytes in,
               struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_report) *report = NULL;
    enum ga_rc rc = ga_report_parse(in.ptr, in.len, &report, err);

    emit_open(e, key, EMIT_BLOCK);
    if (rc != GA_OK) {
        emit_error(e, "error", err);
        emit_close(e);
        return rc;
    }
    emit_text(e, "device", ga_report_is_switch(report) ? "nvswitch" : "gpu");
    show_request(e, report);
    show_response(e, report);
    show_derived(e, report);
    show_blocks(e, report);
    emit_open(e, "opaque", EMIT_LIST);
    for (size_t i = 0; i < report->field_count; i++)
        show_field(e, report, &report->field[i]);
    emit_close(e);
    emit_close(e);
    return GA_OK;
}
