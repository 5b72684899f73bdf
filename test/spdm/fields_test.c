/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says: versions, PDIs, mode. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "spdm/report.h"
#include "support/fixtures.h"
#include "support/report_maker.h"

#define DRIVER "0300 0600 3533352e3100"

static struct ga_report *
parsed(const char *opaque)
{
    struct ga_buf b = make_report(1, opaque);
    struct ga_report *r = NULL;
    struct ga_error err = { 0 };

    if (ga_report_parse(b.ptr, b.len, &r, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_buf_done(&b);
    return r;
}

static void
prints_the_vbios_version_of_a_gpu(void **state)
{
    struct ga_report *r = parsed(DRIVER "0600 0800 009f009601000000");

    (void)state;
    assert_string_equal(ga_report_vbios(r), "96.00.9F.00.01");
    assert_false(ga_report_is_switch(r));
    ga_report_free(r);
}

static void
prints_the_vbios_version_of_a_switch(void **state)
{
    struct ga_report *r = parsed("0600 0e00 39362e31302e35352e30302e3031");

    (void)state;
    assert_string_equal(ga_report_vbios(r), "96.10.55.00.01");
    assert_null(ga_report_driver(r));
    assert_true(ga_report_is_switch(r));
    ga_report_free(r);
}

static void
keeps_unknown_fields(void **state)
{
    struct ga_report *r = parsed(DRIVER "e703 0200 abcd");
    const struct ga_opaque_field *f = ga_report_find(r, (enum ga_field)999);
    size_t len = 0;

    (void)state;
    assert_non_null(f);
    assert_null(f->name);
    assert_false(f->text);
    assert_int_equal(ga_report_field(r, 999, &len)[1], 0xcd);
    assert_int_equal(len, 2);
    assert_null(ga_report_field(r, 998, &len));
    ga_report_free(r);
}

#define ZERO8 "0000000000000000"
#define FF8   "ffffffffffffffff"
#define A8    "0102030405060708"
#define B8    "1112131415161718"

static void
reads_the_switches_of_a_gpu_back_to_front(void **state)
{
    struct ga_report *r =
        parsed(DRIVER "1600 9000" ZERO8 A8 FF8 A8 B8 ZERO8 ZERO8 ZERO8 ZERO8
                   ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8);
    static const uint8_t a[8] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    static const uint8_t b[8] = {
        0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11
    };
    uint8_t pdis[3][GA_PDI_LEN] = { { 0 } }, own[GA_PDI_LEN];

    (void)state;
    assert_int_equal(ga_report_pdis(r, pdis, 2), 3); /* repetitions stay */
    assert_memory_equal(pdis[0], a, 8);
    assert_memory_equal(pdis[1], a, 8);
    assert_int_equal(pdis[2][0], 0); /* beyond the room that was given */
    assert_int_equal(ga_report_pdis(r, pdis, 0), 3);
    assert_false(ga_report_own_pdi(r, own));
    ga_report_free(r);

    r = parsed(DRIVER "1600 9000" B8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8
                   ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8);
    assert_int_equal(ga_report_pdis(r, pdis, 2), 1);
    assert_memory_equal(pdis[0], b, 8);
    assert_false(ga_report_own_pdi(r, own)); /* its first switch's, not its */
    ga_report_free(r);
}

static void
shows_text_where_it_fits(void **state)
{
    struct ga_report *r = parsed(DRIVER "0e00 0400 41424344");
    char text[8];

    (void)state;
    /* Six bytes, and room for a NUL. */
    assert_true(ga_report_text(r, GA_FIELD_DRIVER_VERSION, text, 8));
    assert_string_equal(text, "535.1");
    text[0] = '?';
    assert_false(ga_report_text(r, GA_FIELD_DRIVER_VERSION, text, 6));
    assert_false(ga_report_text(r, (enum ga_field)14, text, 8));  /* bytes */
    assert_false(ga_report_text(r, GA_FIELD_CHIP_INFO, text, 8)); /* absent */
    assert_int_equal(text[0], '?');
    ga_report_free(r);
}

static void
shows_measurements_up_to_the_last_one(void **state)
{
    struct ga_report *r = parsed(DRIVER);
    size_t len = 0;

    (void)state;
    assert_int_equal(ga_report_measurements(r), 1);
    assert_non_null(ga_report_measurement(r, 0, &len));
    assert_int_equal(len, 48);
    len = 7;
    assert_null(ga_report_measurement(r, 1, &len));
    assert_null(ga_report_field(r, 999, &len));
    assert_int_equal(len, 7);
    assert_non_null(ga_report_field(r, GA_FIELD_DRIVER_VERSION, &len));
    assert_int_equal(len, 6);
    assert_string_equal(ga_mode_name((enum ga_mode)99), "unknown");
    ga_report_free(r);
}

static void
reads_the_gpus_of_a_switch_as_they_stand(void **state)
{
    /* Eight PDIs, then 64 port bytes, which are not PDIs whatever they hold. */
    struct ga_report *r =
        parsed("1600 0800" B8 "1a00 8000" A8 ZERO8 FF8 B8 ZERO8 ZERO8 ZERO8
                   ZERO8 A8 A8 A8 A8 A8 A8 A8 A8);
    static const uint8_t a[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t pdis[8][GA_PDI_LEN], own[GA_PDI_LEN] = { 0 };

    (void)state;
    assert_int_equal(ga_report_pdis(r, pdis, 8), 2);
    assert_memory_equal(pdis[0], a, 8);
    assert_true(ga_report_own_pdi(r, own));
    assert_int_equal(own[0], 0x11);
    ga_report_free(r);
}

static void
zeros_and_ffs_are_no_pdi_of_a_switch(void **state)
{
    struct ga_report *r = parsed("1600 0800" FF8);
    uint8_t own[GA_PDI_LEN] = { 7 };

    (void)state;
    assert_false(ga_report_own_pdi(r, own));
    assert_int_equal(own[0], 7);
    ga_report_free(r);
}

struct mode_row {
    const char *name;
    const char *fields;
    enum ga_mode mode;
    enum ga_state state;
    enum ga_reason reason;
    const char *text;
};

/* clang-format off */
static struct mode_row mode_rows[] = {
    { "no field", DRIVER, GA_MODE_UNKNOWN, GA_NOT_APPLICABLE, GA_R_NO_FIELD,
      "the report has neither FEATURE_FLAG nor PROTECTED_PCIE_STATUS" },
    { "status off alone", DRIVER "1500 0100 55", GA_MODE_SPT, GA_PASSED,
      GA_R_NONE, "" },
    { "status on alone", DRIVER "1500 0100 aa", GA_MODE_PPCIE, GA_PASSED,
      GA_R_NONE, "" },
    { "status of another value", DRIVER "1500 0100 00", GA_MODE_UNKNOWN,
      GA_FAILED, GA_R_UNKNOWN_VALUE,
      "PROTECTED_PCIE_STATUS is 0x00, not 0x55 or 0xaa" },
    { "flag 0", DRIVER "2200 0200 0100 2400 0200 0000", GA_MODE_SPT, GA_PASSED,
      GA_R_NONE, "" },
    { "flag 1 and status off",
      DRIVER "1500 0100 55 2200 0200 0100 2400 0200 0100", GA_MODE_MPT,
      GA_PASSED, GA_R_NONE, "" },
    { "flag 2 and status on",
      DRIVER "1500 0100 aa 2200 0200 0200 2400 0200 0200", GA_MODE_PPCIE,
      GA_PASSED, GA_R_NONE, "" },
    { "flag 2 and status off",
      DRIVER "1500 0100 55 2200 0200 0100 2400 0200 0200", GA_MODE_UNKNOWN,
      GA_FAILED, GA_R_MISMATCH,
      "FEATURE_FLAG says ppcie, PROTECTED_PCIE_STATUS is 0x55" },
    { "flag 0 and status on",
      DRIVER "1500 0100 aa 2200 0200 0100 2400 0200 0000", GA_MODE_UNKNOWN,
      GA_FAILED, GA_R_MISMATCH,
      "FEATURE_FLAG says spt, PROTECTED_PCIE_STATUS is 0xaa" },
    { "flag of another value", DRIVER "2200 0200 0100 2400 0200 0300",
      GA_MODE_UNKNOWN, GA_FAILED, GA_R_UNKNOWN_VALUE,
      "FEATURE_FLAG is 3, not 0 to 2" },
    { "flag in the high byte", DRIVER "2200 0200 0100 2400 0200 0001",
      GA_MODE_UNKNOWN, GA_FAILED, GA_R_UNKNOWN_VALUE,
      "FEATURE_FLAG is 256, not 0 to 2" },
    { "flag without a version", DRIVER "2400 0200 0000", GA_MODE_UNKNOWN,
      GA_FAILED, GA_R_MISMATCH,
      "FEATURE_FLAG without OPAQUE_DATA_VERSION 1 or above" },
    { "flag with version 0", DRIVER "2200 0200 0000 2400 0200 0000",
      GA_MODE_UNKNOWN, GA_FAILED, GA_R_MISMATCH,
      "FEATURE_FLAG without OPAQUE_DATA_VERSION 1 or above" },
    { "version without a flag falls back to the status",
      DRIVER "1500 0100 aa 2200 0200 0100", GA_MODE_PPCIE, GA_PASSED,
      GA_R_NONE, "" },
};
/* clang-format on */

static void
reads_the_mode(void **state)
{
    const struct mode_row *t = *state;
    struct ga_report *r = parsed(t->fields);
    struct ga_check c = { 0 };

    assert_int_equal(ga_report_mode(r, &c), t->mode);
    assert_int_equal(c.state, t->state);
    assert_int_equal(c.reason, t->reason);
    assert_string_equal(c.text, t->text);
    ga_report_free(r);
}

/* Reports that real devices made. */
struct real {
    const char *name; /* the fixture */
    const char *driver, *vbios;
    size_t blocks, fields;
    enum ga_mode mode;
    size_t pdis;
};

static struct real reals[] = {
    { "gpu/h100-550.90.07/report.bin", "550.90.07", "96.00.9F.00.01", 64, 14,
      GA_MODE_SPT, 0 },
    { "gpu/h100-535.86.09/report.bin", "535.86.09", "96.00.5E.00.01", 64, 12,
      GA_MODE_UNKNOWN, 0 },
    { "gpu/h100-580.159.03/report.bin", "580.159.03", "96.00.74.00.20", 64, 16,
      GA_MODE_SPT, 0 },
    { "gpu/gb100-575.32/report.bin", "575.32", "97.00.88.00.0F", 64, 15,
      GA_MODE_UNKNOWN, 0 },
    { "bad/report-signature/report.bin", "560.00", "96.00.A5.00.01", 64, 15,
      GA_MODE_PPCIE, 18 },
    { "switch/ls10-96.10.55.00.01/report.bin", NULL, "96.10.55.00.01", 31, 7,
      GA_MODE_UNKNOWN, 8 },
};

static void
reads_a_real_report(void **state)
{
    const struct real *t = *state;
    struct ga_report *r = NULL;
    struct ga_error err = { 0 };
    struct ga_check c = { 0 };
    struct ga_buf b;

    need_fixtures();
    b = fixture(t->name);
    if (ga_report_parse(b.ptr, b.len, &r, &err) != GA_OK)
        fail_msg("%s", err.text);
    if (t->driver != NULL)
        assert_string_equal(ga_report_driver(r), t->driver);
    else
        assert_true(ga_report_is_switch(r));
    assert_string_equal(ga_report_vbios(r), t->vbios);
    assert_int_equal(ga_report_measurements(r), t->blocks);
    assert_int_equal(r->field_count, t->fields);
    assert_int_equal(ga_report_mode(r, &c), t->mode);
    assert_int_not_equal(c.state, GA_FAILED);
    assert_int_equal(ga_report_pdis(r, NULL, 0), t->pdis);
    ga_report_free(r);
    ga_buf_done(&b);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(prints_the_vbios_version_of_a_gpu),
        cmocka_unit_test(prints_the_vbios_version_of_a_switch),
        cmocka_unit_test(keeps_unknown_fields),
        cmocka_unit_test(reads_the_switches_of_a_gpu_back_to_front),
        cmocka_unit_test(reads_the_gpus_of_a_switch_as_they_stand),
        cmocka_unit_test(shows_text_where_it_fits),
        cmocka_unit_test(shows_measurements_up_to_the_last_one),
        cmocka_unit_test(zeros_and_ffs_are_no_pdi_of_a_switch),
    };
    struct CMUnitTest rows[COUNT(mode_rows) + COUNT(reals)];

    for (size_t i = 0; i < COUNT(mode_rows); i++)
        rows[i] = (struct CMUnitTest){ .name = mode_rows[i].name,
                                       .test_func = reads_the_mode,
                                       .initial_state = &mode_rows[i] };
    for (size_t i = 0; i < COUNT(reals); i++)
        rows[COUNT(mode_rows) + i] =
            (struct CMUnitTest){ .name = reals[i].name,
                                 .test_func = reads_a_real_report,
                                 .initial_state = &reals[i] };
    return cmocka_run_group_tests_name("fields", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("fields rows", rows, NULL, NULL);
}
