/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation report: the SPDM request and response around the parts. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "spdm/parse.h"

#define SPDM_1_1         0x11
#define GET_MEASUREMENTS 0xe0
#define MEASUREMENTS     0x60
#define ALL_BLOCKS       0xff /* Param2 of the request: every measurement */
#define SIGNED           0x01 /* Param1 of the request: signature wanted */
#define SIGNATURE_LEN    96   /* P-384: r and s of 48 bytes */

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);

/* A byte of the headers that can have one value alone. */
struct fixed {
    const char *name;
    uint8_t want;
};

/* Source: dsp0274, "GET_MEASUREMENTS request message format" and
 * "MEASUREMENTS response message format". */
static const struct fixed request_header[] = {
    { "request: SPDMVersion", SPDM_1_1 },
    { "request: RequestResponseCode", GET_MEASUREMENTS },
    { "request: Param1", SIGNED },
    { "request: Param2", ALL_BLOCKS },
};
static const struct fixed request_slot[] = { { "request: SlotIDParam", 0 } };
static const struct fixed response_header[] = {
    { "response: SPDMVersion", SPDM_1_1 },
    { "response: RequestResponseCode", MEASUREMENTS },
    { "response: Param1", 0 },
    { "response: Param2", 0 }, /* slot 0 */
};

static enum ga_rc
read_fixed(struct ga_reader *r, const struct fixed *rows, size_t count,
           uint8_t *const dst[], struct ga_error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = r->origin + r->pos;
        uint8_t v;

        if (!ga_read_u8(r, rows[i].name, &v))
            return ga_reader_error(r, err);
        if (v != rows[i].want)
            return ga_fail_at(err, GA_E_BAD_VALUE, at, "%s: 0x%02x, not 0x%02x",
                              rows[i].name, v, rows[i].want);
        if (dst[i] != NULL)
            *dst[i] = v;
    }
    return GA_OK;
}

static enum ga_rc
parse_request(struct ga_reader *r, struct ga_report *out, struct ga_error *err)
{
    uint8_t *const none[4] = { NULL };
    uint8_t *const slot[1] = { &out->request_slot };
    enum ga_rc rc = read_fixed(r, request_header, 4, none, err);

    if (rc != GA_OK)
        return rc;
    if (!ga_read_bytes(r, "request: Nonce", GA_NONCE_LEN, &out->nonce))
        return ga_reader_error(r, err);
    return read_fixed(r, request_slot, 1, slot, err);
}

static enum ga_rc
parse_response(struct ga_reader *r, struct ga_report *out, struct ga_error *err)
{
    uint8_t *const header[4] = { &out->spdm_version, &out->code, &out->param1,
                                 &out->param2 };
    struct ga_reader record, opaque;
    uint8_t blocks;
    uint32_t record_len;
    uint16_t opaque_len;
    enum ga_rc rc = read_fixed(r, response_header, 4, header, err);

    if (rc != GA_OK)
        return rc;
    if (!ga_read_u8(r, "NumberOfBlocks", &blocks) ||
        !ga_read_u24le(r, "MeasurementRecordLength", &record_len) ||
        !ga_read_sub(r, "MeasurementRecord", record_len, &record) ||
        !ga_read_bytes(r, "Nonce", GA_NONCE_LEN, &out->response_nonce) ||
        !ga_read_u16le(r, "OpaqueLength", &opaque_len) ||
        !ga_read_sub(r, "OpaqueData", opaque_len, &opaque))
        return ga_reader_error(r, err);
    out->signed_part = ga_bytes_of(r->base, r->pos);
    if (!ga_read_bytes(r, "Signature", SIGNATURE_LEN, &out->signature))
        return ga_reader_error(r, err);

    rc = ga_measurements_parse(&record, blocks, out, err);
    if (rc != GA_OK)
        return ga_within(err, rc, "measurement record");
    return ga_within(err, ga_opaque_parse(&opaque, out, err), "opaque data");
}

/* Other tools write NVML's and NSCQ's whole buffer, zeros behind the report
 * included: those alone may be left over, and only of a whole buffer. */
static enum ga_rc
finish(struct ga_reader *r, struct ga_report *out, struct ga_error *err)
{
    struct ga_bytes rest;

    if (r->len != GA_REPORT_MAX || ga_reader_left(r) == 0)
        return ga_reader_done(r, err);
    rest = ga_bytes_of(r->base + r->pos, ga_reader_left(r));
    if (!ga_bytes_zero(rest))
        return ga_reader_done(r, err);
    out->zeros_dropped = rest.len;
    out->bytes.len = r->pos;
    return GA_OK;
}

enum ga_rc
ga_report_parse(const void *data, size_t len, struct ga_report **out,
                struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_report) *report = NULL;
    struct ga_reader r;
    enum ga_rc rc;

    if (data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "report: NULL");
    if (len > GA_REPORT_MAX)
        return ga_fail_at(err, GA_E_TOO_LARGE, GA_REPORT_MAX,
                          "report: %zu bytes, not 1 to %d", len, GA_REPORT_MAX);
    report = calloc(1, sizeof(*report));
    if (report == NULL)
        return ga_nomem(err);
    rc = ga_buf_copy(ga_bytes_of(data, len), &report->bytes, err);
    if (rc != GA_OK)
        return rc;
    r = ga_reader_of(ga_view(&report->bytes));
    rc = parse_request(&r, report, err);
    if (rc == GA_OK)
        rc = parse_response(&r, report, err);
    if (rc == GA_OK)
        rc = finish(&r, report, err);
    if (rc != GA_OK)
        return ga_within(err, rc, "report");
    *out = GA_TAKE(report);
    return GA_OK;
}

void
ga_report_free(struct ga_report *report)
{
    if (report == NULL)
        return;
    ga_buf_done(&report->bytes);
    free(report);
}
