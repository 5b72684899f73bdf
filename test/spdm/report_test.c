/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 1: what is a report, and what exactly is wrong with what is none. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spdm/report.h"
#include "support/fixtures.h"
#include "support/report_maker.h"

/* DRIVER_VERSION "535.1", so that it is a GPU's. */
#define DRIVER "0300 0600 3533352e3100"

static void
accepts_a_small_report(void **state)
{
    struct ga_buf b = make_report(2, DRIVER);
    struct ga_report *r = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_report_parse(b.ptr, b.len, &r, &err), GA_OK);
    assert_int_equal(r->block_count, 2);
    assert_int_equal(r->block[1].value.ptr[0], 2);
    assert_int_equal(r->block[1].value.len, 48);
    assert_int_equal(r->signed_part.len, b.len - 96);
    assert_ptr_equal(r->signed_part.ptr, r->bytes.ptr);
    assert_int_equal(r->signature.len, 96);
    assert_int_equal(r->signature.ptr[0], 0xee);
    assert_int_equal(r->nonce.ptr[31], 31);
    assert_int_equal(r->zeros_dropped, 0);
    assert_int_equal(r->kind, GA_KIND_GPU);
    assert_string_equal(ga_report_driver(r), "535.1");
    assert_null(ga_report_vbios(r));
    ga_report_free(r);
    ga_buf_done(&b);
}

static void
refuses_every_prefix(void **state)
{
    struct ga_buf b = make_report(2, DRIVER);

    (void)state;
    for (size_t n = 0; n < b.len; n++) {
        struct ga_report *out = NULL;
        struct ga_error err = { 0 };
        uint8_t *copy = malloc(n ? n : 1);

        assert_non_null(copy);
        memcpy(copy, b.ptr, n);
        assert_int_equal(ga_report_parse(copy, n, &out, &err), GA_E_TRUNCATED);
        assert_null(out);
        assert_true(err.offset <= n);
        assert_true(strncmp(err.text, "report: ", 8) == 0);
        free(copy);
    }
    ga_buf_done(&b);
}

/* One byte of a good report changed. */
struct patch {
    const char *name;
    size_t at;
    uint8_t value;
    enum ga_rc rc;
    size_t offset;
    const char *text;
};

#define RECORD REPORT_RECORD
#define OPAQUE (RECORD + 2 * REPORT_BLOCK_LEN + 32 + 2)

/* clang-format off */
static struct patch patches[] = {
    { "request of SPDM 1.2", 0, 0x12, GA_E_BAD_VALUE, 0,
      "report: request: SPDMVersion: 0x12, not 0x11" },
    { "request with another code", 1, 0xe1, GA_E_BAD_VALUE, 1,
      "report: request: RequestResponseCode: 0xe1, not 0xe0" },
    { "request without a signature", 2, 0, GA_E_BAD_VALUE, 2,
      "report: request: Param1: 0x00, not 0x01" },
    { "request of one block", 3, 1, GA_E_BAD_VALUE, 3,
      "report: request: Param2: 0x01, not 0xff" },
    { "request of slot 1", 36, 1, GA_E_BAD_VALUE, 36,
      "report: request: SlotIDParam: 0x01, not 0x00" },
    { "response of SPDM 1.0", 37, 0x10, GA_E_BAD_VALUE, 37,
      "report: response: SPDMVersion: 0x10, not 0x11" },
    { "response with another code", 38, 0x61, GA_E_BAD_VALUE, 38,
      "report: response: RequestResponseCode: 0x61, not 0x60" },
    { "response with Param1", 39, 1, GA_E_BAD_VALUE, 39,
      "report: response: Param1: 0x01, not 0x00" },
    { "response from slot 1", 40, 1, GA_E_BAD_VALUE, 40,
      "report: response: Param2: 0x01, not 0x00" },
    { "no blocks", 41, 0, GA_E_BAD_VALUE, 41,
      "report: measurement record: NumberOfBlocks: 0, not 1 to 254" },
    { "block count 255", 41, 255, GA_E_BAD_VALUE, 41,
      "report: measurement record: NumberOfBlocks: 255, not 1 to 254" },
    { "one block more than there is", 41, 3, GA_E_TRUNCATED, RECORD + 110,
      "report: measurement record: block 3: Index: need 1 bytes at 155, have 0" },
    { "one block less than there is", 41, 1, GA_E_TRAILING, RECORD + 55,
      "report: measurement record: 55 bytes left over at 100" },
    { "block index 0", RECORD, 0, GA_E_BAD_VALUE, RECORD,
      "report: measurement record: block 1: Index: 0, not 1 to 2" },
    { "block index beyond the count", RECORD + 55, 3, GA_E_BAD_VALUE,
      RECORD + 55,
      "report: measurement record: block 2: Index: 3, not 1 to 2" },
    { "block index twice", RECORD + 55, 1, GA_E_DUPLICATE, RECORD + 55,
      "report: measurement record: block 2: Index: 1 stands twice" },
    { "another measurement specification", RECORD + 1, 2, GA_E_BAD_VALUE,
      RECORD + 1,
      "report: measurement record: block 1: MeasurementSpecification: 2, not 1" },
    { "measurement size one short", RECORD + 2, 50, GA_E_BAD_VALUE, RECORD + 2,
      "report: measurement record: block 1: MeasurementSize: 50, not 51 "
      "(value size and 3)" },
    { "another value type", RECORD + 4, 0x81, GA_E_BAD_VALUE, RECORD + 4,
      "report: measurement record: block 1: DMTFSpecMeasurementValueType: 129, "
      "not 1" },
    { "value size beyond the record", RECORD + 6, 1, GA_E_TRUNCATED, RECORD + 7,
      "report: measurement record: block 1: DMTFSpecMeasurementValue: need 304 "
      "bytes at 52, have 103" },
    { "opaque length one short", OPAQUE - 2, 9, GA_E_TRUNCATED, OPAQUE + 4,
      "report: opaque data: Data: need 6 bytes at 193, have 5" },
    { "opaque length beyond the report", OPAQUE - 1, 1, GA_E_TRUNCATED, OPAQUE,
      "report: OpaqueData: need 266 bytes at 189, have 106" },
};
/* clang-format on */

static void
refuses_a_changed_byte(void **state)
{
    const struct patch *p = *state;
    struct ga_buf b = make_report(2, DRIVER);
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };

    b.ptr[p->at] = p->value;
    assert_int_equal(ga_report_parse(b.ptr, b.len, &out, &err), p->rc);
    assert_string_equal(err.text, p->text);
    assert_int_equal(err.offset, p->offset);
    assert_int_equal(err.code, p->rc);
    assert_null(out);
    ga_buf_done(&b);
}

/* Opaque data that does not hold, behind a driver version or not. */
struct bad_opaque {
    const char *name;
    const char *hex;
    enum ga_rc rc;
    const char *text;
};

/* clang-format off */
static struct bad_opaque bad_opaques[] = {
    { "header cut short", "0600", GA_E_TRUNCATED,
      "report: opaque data: DataSize: need 2 bytes at 136, have 0" },
    { "value cut short", "0600 0800 0102", GA_E_TRUNCATED,
      "report: opaque data: Data: need 8 bytes at 138, have 2" },
    { "a field twice", DRIVER "1500 0100 55 1500 0100 aa", GA_E_DUPLICATE,
      "report: opaque data: field type 21 stands twice" },
    { "an unknown field twice", DRIVER "e703 0000 e703 0000", GA_E_DUPLICATE,
      "report: opaque data: field type 999 stands twice" },
    { "GPU VBIOS version of seven bytes", DRIVER "0600 0700 00000000000000",
      GA_E_BAD_VALUE,
      "report: opaque data: VBIOS_VERSION: 7 bytes, not 8 to 8 by 8" },
    { "switch VBIOS version of eight bytes", "0600 0800 0000000000000000",
      GA_E_BAD_VALUE,
      "report: opaque data: VBIOS_VERSION: 8 bytes, not 14 to 14 by 1" },
    { "NVDEC0_STATUS of two bytes", DRIVER "0b00 0200 aaaa", GA_E_BAD_VALUE,
      "report: opaque data: NVDEC0_STATUS: 2 bytes, not 1 to 1 by 1" },
    { "MSRSCNT not of four-byte counts", DRIVER "0c00 0500 0000000000",
      GA_E_BAD_VALUE,
      "report: opaque data: MSRSCNT: 5 bytes, not 4 to 1016 by 4" },
    { "GPU with a switch's PDI field", DRIVER "1600 0800 0000000000000001",
      GA_E_BAD_VALUE,
      "report: opaque data: SWITCH_PDI: 8 bytes, not 144 to 144 by 8" },
    { "FEATURE_FLAG of four bytes", DRIVER "2400 0400 00000000", GA_E_BAD_VALUE,
      "report: opaque data: FEATURE_FLAG: 4 bytes, not 2 to 2 by 2" },
    { "control character in text", DRIVER "2300 0600 4748313007 00",
      GA_E_BAD_VALUE,
      "report: opaque data: CHIP_INFO: not printable ASCII and then NULs" },
    { "text behind a NUL", DRIVER "2300 0600 474800303000", GA_E_BAD_VALUE,
      "report: opaque data: CHIP_INFO: not printable ASCII and then NULs" },
    { "byte above ASCII in text", DRIVER "2300 0200 80 00", GA_E_BAD_VALUE,
      "report: opaque data: CHIP_INFO: not printable ASCII and then NULs" },
};
/* clang-format on */

static void
refuses_bad_opaque_data(void **state)
{
    const struct bad_opaque *t = *state;
    struct ga_buf b = make_report(1, t->hex);
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_report_parse(b.ptr, b.len, &out, &err), t->rc);
    assert_string_equal(err.text, t->text);
    assert_true(err.offset >= 134 && err.offset < b.len - 96 + 1);
    assert_null(out);
    ga_buf_done(&b);
}

static void
refuses_more_fields_than_the_bound(void **state)
{
    enum { FIELDS = GA_OPAQUE_FIELDS_MAX + 1 };
    char hex[FIELDS * 8 + 1];
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };
    struct ga_buf b;

    (void)state;
    for (unsigned i = 0; i < FIELDS; i++)
        snprintf(hex + (size_t)i * 8, 9, "%02x030000", i);
    b = make_report(1, hex);
    assert_int_equal(ga_report_parse(b.ptr, b.len, &out, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "report: opaque data: more than 128 fields");
    ga_buf_done(&b);

    hex[(size_t)(FIELDS - 1) * 8] = '\0';
    b = make_report(1, hex);
    assert_int_equal(ga_report_parse(b.ptr, b.len, &out, &err), GA_OK);
    assert_int_equal(out->field_count, GA_OPAQUE_FIELDS_MAX);
    ga_report_free(out);
    ga_buf_done(&b);
}

static void
says_how_many_bytes_are_left_over(void **state)
{
    struct ga_buf b = make_report(1, DRIVER);
    uint8_t *longer = calloc(1, b.len + 3);
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(longer);
    memcpy(longer, b.ptr, b.len);
    assert_int_equal(ga_report_parse(longer, b.len + 3, &out, &err),
                     GA_E_TRAILING);
    assert_string_equal(err.text, "report: 3 bytes left over at 240");
    assert_int_equal(err.offset, b.len);
    free(longer);
    ga_buf_done(&b);
}

static void
drops_zeros_of_a_whole_buffer_alone(void **state)
{
    struct ga_buf b = make_report(1, DRIVER);
    uint8_t *whole = calloc(1, GA_REPORT_MAX);
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(whole);
    memcpy(whole, b.ptr, b.len);
    assert_int_equal(ga_report_parse(whole, GA_REPORT_MAX, &out, &err), GA_OK);
    assert_int_equal(out->zeros_dropped, GA_REPORT_MAX - b.len);
    assert_int_equal(out->bytes.len, b.len);
    assert_int_equal(out->signed_part.len, b.len - 96);
    ga_report_free(out);
    out = NULL;

    assert_int_equal(ga_report_parse(whole, GA_REPORT_MAX - 1, &out, &err),
                     GA_E_TRAILING);
    whole[GA_REPORT_MAX - 1] = 1;
    assert_int_equal(ga_report_parse(whole, GA_REPORT_MAX, &out, &err),
                     GA_E_TRAILING);
    assert_null(out);
    free(whole);
    ga_buf_done(&b);
}

static void
refuses_null_and_oversize(void **state)
{
    struct ga_report *out = NULL;
    struct ga_error err = { 0 };
    uint8_t *big = calloc(1, GA_REPORT_MAX + 1);

    (void)state;
    assert_int_equal(ga_report_parse(NULL, 1, &out, &err), GA_E_INVAL);
    assert_int_equal(ga_report_parse(big, 1, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_report_parse(big, GA_REPORT_MAX + 1, &out, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "report: 8193 bytes, not 1 to 8192");
    assert_null(out);
    ga_report_free(NULL);
    free(big);
}

static void
blocks_may_stand_in_any_order(void **state)
{
    struct ga_buf b = make_report(2, DRIVER);
    struct ga_report *r = NULL;

    (void)state;
    b.ptr[RECORD] = 2;
    b.ptr[RECORD + REPORT_BLOCK_LEN] = 1;
    assert_int_equal(ga_report_parse(b.ptr, b.len, &r, NULL), GA_OK);
    assert_int_equal(r->block[0].value.ptr[0], 2); /* the second one's bytes */
    assert_int_equal(r->block[1].value.ptr[0], 1);
    ga_report_free(r);
    ga_buf_done(&b);
}

/* A report of one block whose value has that size. */
static struct ga_buf
report_of_value(uint16_t size)
{
    struct ga_buf b = make_report(1, DRIVER), out = { 0 };
    size_t record = 7u + size, rest = RECORD + REPORT_BLOCK_LEN;

    out.len = b.len - REPORT_BLOCK_LEN + record;
    out.ptr = calloc(1, out.len);
    assert_non_null(out.ptr);
    memcpy(out.ptr, b.ptr, RECORD + 7);
    out.ptr[RECORD - 3] = (uint8_t)record;
    out.ptr[RECORD + 2] = (uint8_t)(size + 3);
    out.ptr[RECORD + 5] = (uint8_t)size;
    memcpy(out.ptr + RECORD + record, b.ptr + rest, b.len - rest);
    ga_buf_done(&b);
    return out;
}

static void
bounds_the_size_of_a_value(void **state)
{
    static const struct {
        uint16_t size;
        const char *text; /* NULL: good */
    } rows[] = {
        { 0, "report: measurement record: block 1: "
             "DMTFSpecMeasurementValueSize: 0, not 1 to 64" },
        { 1, NULL },
        { GA_MEASUREMENT_MAX, NULL },
        { GA_MEASUREMENT_MAX + 1, "report: measurement record: block 1: "
                                  "DMTFSpecMeasurementValueSize: 65, not 1 to "
                                  "64" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_buf b = report_of_value(rows[i].size);
        struct ga_report *r = NULL;
        struct ga_error err = { 0 };
        enum ga_rc rc = ga_report_parse(b.ptr, b.len, &r, &err);

        assert_int_equal(rc, rows[i].text != NULL ? GA_E_BAD_VALUE : GA_OK);
        if (rows[i].text != NULL) {
            assert_string_equal(err.text, rows[i].text);
            assert_int_equal(err.offset, RECORD + 5);
        } else {
            assert_int_equal(r->block[0].value.len, rows[i].size);
        }
        ga_report_free(r);
        ga_buf_done(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(bounds_the_size_of_a_value),
        cmocka_unit_test(accepts_a_small_report),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(refuses_more_fields_than_the_bound),
        cmocka_unit_test(says_how_many_bytes_are_left_over),
        cmocka_unit_test(drops_zeros_of_a_whole_buffer_alone),
        cmocka_unit_test(refuses_null_and_oversize),
        cmocka_unit_test(blocks_may_stand_in_any_order),
    };
    struct CMUnitTest rows[COUNT(patches) + COUNT(bad_opaques)];

    for (size_t i = 0; i < COUNT(patches); i++)
        rows[i] = (struct CMUnitTest){ .name = patches[i].name,
                                       .test_func = refuses_a_changed_byte,
                                       .initial_state = &patches[i] };
    for (size_t i = 0; i < COUNT(bad_opaques); i++)
        rows[COUNT(patches) + i] =
            (struct CMUnitTest){ .name = bad_opaques[i].name,
                                 .test_func = refuses_bad_opaque_data,
                                 .initial_state = &bad_opaques[i] };
    return cmocka_run_group_tests_name("report", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("report rows", rows, NULL, NULL);
}
