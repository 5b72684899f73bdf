/* SPDX-License-Identifier: Apache-2.0 */
/* Which RIMs a report asks for. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spdm/report.h"
#include "support/fixtures.h"
#include "support/report_maker.h"

struct row {
    const char *name, *opaque;
    enum ga_rim_role role;
    enum ga_rc rc;
    const char *text; /* the id, or the error */
};

/* Opaque fields, as on the wire: type, size, value. */
#define DRIVER      "0300 0600 3533352e3100 " /* 535.1 */
#define HOPPER      "0400 0800 8001000000000000 "
#define BLACKWELL   "0400 0800 a001000000000000 "
#define GB20X       "0400 0800 b001000000000000 "
#define VBIOS       "0600 0800 009f009601000000 " /* 96.00.9F.00.01 */
#define CHIP_SKU    "0f00 0400 38383200 "         /* 882 */
#define PROJECT     "1100 0500 6735323000 "       /* g520 */
#define PROJECT_SKU "1200 0500 3032303000 "       /* 0200 */
#define SWITCH      "0600 0e00 39362e31302e35352e30302e3061 " /* 96.10.55.00.0a */

#define GPU HOPPER DRIVER VBIOS CHIP_SKU PROJECT PROJECT_SKU

/* clang-format off */
static struct row rows[] = {
    { "driver, Hopper", GPU, GA_RIM_DRIVER, GA_OK, "NV_GPU_DRIVER_GH100_535.1" },
    { "driver, Blackwell without CHIP_INFO", BLACKWELL DRIVER, GA_RIM_DRIVER, GA_OK, "NV_GPU_CC_DRIVER_GB100_535.1" },
    { "driver, Blackwell with CHIP_INFO", GB20X DRIVER "2300 0600 474232303200", GA_RIM_DRIVER, GA_OK, "NV_GPU_CC_DRIVER_GB202_535.1" },
    { "CHIP_INFO says nothing on Hopper", GPU "2300 0600 474232303200", GA_RIM_DRIVER, GA_OK, "NV_GPU_DRIVER_GH100_535.1" },
    { "VBIOS, upper case", GPU, GA_RIM_VBIOS, GA_OK, "NV_GPU_VBIOS_G520_0200_882_96009F0001" },
    { "switch BIOS, upper case", SWITCH, GA_RIM_BIOS, GA_OK, "NV_SWITCH_BIOS_5612_0002_890_961055000A" },
    { "no GPU_INFO", DRIVER, GA_RIM_DRIVER, GA_E_MISSING, "driver RIM id: the report has no GPU_INFO" },
    { "unknown chip", "0400 0800 8002000000000000 " DRIVER, GA_RIM_DRIVER, GA_E_BAD_VALUE, "driver RIM id: GPU_INFO 0x0280 is of no known chip" },
    { "chip 0", "0400 0800 0000000000000000 " DRIVER, GA_RIM_DRIVER, GA_E_BAD_VALUE, "driver RIM id: GPU_INFO 0x0000 is of no known chip" },
    { "no VBIOS version", HOPPER DRIVER CHIP_SKU PROJECT PROJECT_SKU, GA_RIM_VBIOS, GA_E_MISSING, "VBIOS RIM id: the report has no VBIOS_VERSION" },
    { "no PROJECT", HOPPER DRIVER VBIOS CHIP_SKU PROJECT_SKU, GA_RIM_VBIOS, GA_E_MISSING, "VBIOS RIM id: the report has no PROJECT" },
    { "no PROJECT_SKU", HOPPER DRIVER VBIOS CHIP_SKU PROJECT, GA_RIM_VBIOS, GA_E_MISSING, "VBIOS RIM id: the report has no PROJECT_SKU" },
    { "no CHIP_SKU", HOPPER DRIVER VBIOS PROJECT PROJECT_SKU, GA_RIM_VBIOS, GA_E_MISSING, "VBIOS RIM id: the report has no CHIP_SKU" },
    { "empty PROJECT", HOPPER DRIVER VBIOS CHIP_SKU "1100 0500 0000000000 " PROJECT_SKU, GA_RIM_VBIOS, GA_E_MISSING, "VBIOS RIM id: the report has no PROJECT" },
    { "a switch has no driver RIM", SWITCH, GA_RIM_DRIVER, GA_E_MISSING, "RIM id: the report of a switch asks for no driver RIM" },
    { "a switch has no VBIOS RIM", SWITCH, GA_RIM_VBIOS, GA_E_MISSING, "RIM id: the report of a switch asks for no VBIOS RIM" },
    { "a GPU has no BIOS RIM", GPU, GA_RIM_BIOS, GA_E_MISSING, "RIM id: the report of a GPU asks for no BIOS RIM" },
    { "a path in the driver's version", HOPPER "0300 0600 2f2f612f6200", GA_RIM_DRIVER, GA_E_BAD_VALUE, "driver RIM id: NV_GPU_DRIVER_GH100_//a/b is not of letters, digits, _ and . alone, at most 96" },
    { "two dots in the driver's version", HOPPER "0300 0600 3533352e2e31", GA_RIM_DRIVER, GA_E_BAD_VALUE, "driver RIM id: NV_GPU_DRIVER_GH100_535..1 is not of letters, digits, _ and . alone, at most 96" },
    { "lower case in the driver's version", HOPPER "0300 0600 3533352e6100", GA_RIM_DRIVER, GA_E_BAD_VALUE, "driver RIM id: NV_GPU_DRIVER_GH100_535.a is not of letters, digits, _ and . alone, at most 96" },
    { "blank in the project", HOPPER DRIVER VBIOS CHIP_SKU "1100 0500 6720323000 " PROJECT_SKU, GA_RIM_VBIOS, GA_E_BAD_VALUE, "VBIOS RIM id: NV_GPU_VBIOS_G 20_0200_882_96009F0001 is not of letters, digits, _ and . alone, at most 96" },
};
/* clang-format on */

static void
computes_the_id(void **state)
{
    const struct row *row = *state;
    struct ga_buf b = make_report(2, row->opaque);
    struct ga_report *report = NULL;
    struct ga_error err = { 0 };
    char id[GA_RIM_ID_TEXT] = "untouched";

    if (ga_report_parse(b.ptr, b.len, &report, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(ga_report_rim_id(report, row->role, id, &err), row->rc);
    if (row->rc == GA_OK) {
        assert_string_equal(id, row->text);
    } else {
        assert_string_equal(err.text, row->text);
        assert_string_equal(id, "untouched");
    }
    ga_report_free(report);
    ga_buf_done(&b);
}

static void
bounds_the_id(void **state)
{
    struct ga_report report = { .kind = GA_KIND_SWITCH };
    char id[GA_RIM_ID_TEXT];
    size_t room = GA_RIM_ID_MAX - strlen("NV_SWITCH_BIOS_5612_0002_890_");

    (void)state;
    memset(report.vbios, '1', room);
    assert_int_equal(ga_report_rim_id(&report, GA_RIM_BIOS, id, NULL), GA_OK);
    assert_int_equal(strlen(id), GA_RIM_ID_MAX);
    report.vbios[room] = '1';
    assert_int_equal(ga_report_rim_id(&report, GA_RIM_BIOS, id, NULL),
                     GA_E_BAD_VALUE);
    memset(report.vbios, '.', sizeof(report.vbios) - 1);
    assert_int_equal(ga_report_rim_id(&report, GA_RIM_BIOS, id, NULL),
                     GA_E_MISSING);
}

static void
refuses_null_and_other_roles(void **state)
{
    struct ga_report report = { .kind = GA_KIND_GPU };
    char id[GA_RIM_ID_TEXT];
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_report_rim_id(NULL, GA_RIM_DRIVER, id, &err),
                     GA_E_INVAL);
    assert_int_equal(ga_report_rim_id(&report, GA_RIM_DRIVER, NULL, &err),
                     GA_E_INVAL);
    assert_int_equal(ga_report_rim_id(&report, GA_RIM_ROLES, id, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "RIM id: no such role");
}

/* Every real RIM lies under the id that its report asks for. */
static void
finds_the_real_ids(void **state)
{
    static const struct {
        const char *report;
        enum ga_rim_role role;
        const char *id;
    } real[] = {
        { "gpu/h100-550.90.07", GA_RIM_DRIVER,
          "NV_GPU_DRIVER_GH100_550.90.07" },
        { "gpu/h100-550.90.07", GA_RIM_VBIOS,
          "NV_GPU_VBIOS_1010_0200_882_96009F0001" },
        { "gpu/h100-535.86.09", GA_RIM_VBIOS,
          "NV_GPU_VBIOS_1010_0200_882_96005E0001" },
        { "gpu/gb100-575.32", GA_RIM_DRIVER, "NV_GPU_CC_DRIVER_GB100_575.32" },
        { "gpu/gb100-575.32", GA_RIM_VBIOS,
          "NV_GPU_VBIOS_G525_0220_886_970088000F" },
        { "switch/ls10-96.10.55.00.01", GA_RIM_BIOS,
          "NV_SWITCH_BIOS_5612_0002_890_9610550001" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(real); i++) {
        char path[80], id[GA_RIM_ID_TEXT];
        struct ga_report *report = NULL;
        struct ga_buf b;

        snprintf(path, sizeof(path), "%s/report.bin", real[i].report);
        b = fixture(path);
        assert_int_equal(ga_report_parse(b.ptr, b.len, &report, NULL), GA_OK);
        assert_int_equal(ga_report_rim_id(report, real[i].role, id, NULL),
                         GA_OK);
        assert_string_equal(id, real[i].id);
        ga_report_free(report);
        ga_buf_done(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(bounds_the_id),
        cmocka_unit_test(refuses_null_and_other_roles),
        cmocka_unit_test(finds_the_real_ids),
    };
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = computes_the_id,
                                        .initial_state = &rows[i] };
    return cmocka_run_group_tests_name("ids", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("ids rows", tests, NULL, NULL);
}
