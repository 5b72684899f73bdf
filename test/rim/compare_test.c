/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 13: golden values against measurements. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "rim/compare.h"
#include "rim_maker.h"
#include "support/fixtures.h"

/* A report whose block of index n in a RIM holds 48 times n. */
struct bench {
    struct ga_report report;
    uint8_t value[64][GA_SHA384_LEN];
    uint8_t nvdec[2];
    struct ga_rim driver, vbios;
    uint8_t hash[2][8][2][GA_SHA384_LEN];
    struct ga_comparison comparison;
    struct ga_check check;
};

static struct bench *
bench_new(enum ga_kind kind, int nvdec)
{
    struct bench *b = calloc(1, sizeof(*b));

    assert_non_null(b);
    b->report.kind = kind;
    b->report.block_count = COUNT(b->value);
    for (size_t i = 0; i < COUNT(b->value); i++) {
        memset(b->value[i], (int)i, GA_SHA384_LEN);
        b->report.block[i].value = ga_bytes_of(b->value[i], GA_SHA384_LEN);
    }
    if (nvdec >= 0) {
        b->nvdec[0] = (uint8_t)nvdec;
        b->report.field_count = 1;
        b->report.field[0].type = GA_FIELD_NVDEC0_STATUS;
        b->report.field[0].value = ga_bytes_of(b->nvdec, 1);
    }
    return b;
}

/* Adds a golden value of one or two alternatives; -1: no second one. */
static void
add(struct bench *b, struct ga_rim *rim, unsigned index, bool active, int first,
    int second)
{
    size_t n = rim->resource_count++;
    uint8_t(*hash)[GA_SHA384_LEN] = b->hash[rim == &b->vbios][n];

    assert_true(n < 8);
    memset(hash[0], first, GA_SHA384_LEN);
    memset(hash[1], second, GA_SHA384_LEN);
    rim->resource[n] = (struct ga_resource){
        .index = index,
        .active = active,
        .alternatives = second >= 0 ? 2 : 1,
        .hash = (const uint8_t(*)[GA_SHA384_LEN])hash,
        .name = "",
    };
}

static void
match(struct bench *b, const struct ga_rim *driver, const struct ga_rim *vbios,
      const struct ga_rim *bios)
{
    const struct ga_rim *rim[GA_RIM_ROLES] = { driver, vbios, bios };

    memset(&b->check, 0, sizeof(b->check));
    ga_compare_match(&b->report, rim, b->report.kind, &b->comparison,
                     &b->check);
}

static void
conflict(struct bench *b, const struct ga_rim *driver,
         const struct ga_rim *vbios)
{
    const struct ga_rim *rim[GA_RIM_ROLES] = { driver, vbios, NULL };

    memset(&b->check, 0, sizeof(b->check));
    ga_compare_conflict(rim, b->report.kind, &b->check);
}

static void
expect(const struct bench *b, enum ga_state state, enum ga_reason reason,
       const char *text)
{
    assert_string_equal(b->check.text, text);
    assert_int_equal(b->check.state, state);
    assert_int_equal(b->check.reason, reason);
}

static void
matches_any_alternative_of_active_values(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->driver, 0, true, 0, -1);
    add(b, &b->driver, 1, true, 9, 1);
    add(b, &b->driver, 2, false, 9, -1);
    add(b, &b->vbios, 63, true, 63, 9);
    match(b, &b->driver, &b->vbios, NULL);
    expect(b, GA_PASSED, GA_R_NONE, "3 golden values matched");
    assert_int_equal(b->comparison.compared, 3);
    assert_int_equal(b->comparison.matched, 3);
    assert_int_equal(b->comparison.mismatch_count, 0);
    free(b);
}

static void
names_index_source_and_both_values(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);
    char want[400], golden[97], runtime[97];

    (void)state;
    add(b, &b->driver, 3, true, 3, -1);
    add(b, &b->vbios, 9, true, 0xab, -1);
    match(b, &b->driver, &b->vbios, NULL);
    ga_hex(ga_bytes_of(b->hash[1][0][0], GA_SHA384_LEN), golden);
    ga_hex(ga_bytes_of(b->value[9], GA_SHA384_LEN), runtime);
    snprintf(want, sizeof(want),
             "index 9 of the VBIOS RIM: golden %s, runtime %s", golden,
             runtime);
    expect(b, GA_FAILED, GA_R_INDEX, want);
    assert_string_equal(ga_check_reason(&b->check), "index-9");
    assert_int_equal(b->comparison.matched, 1);
    assert_int_equal(b->comparison.mismatch_count, 1);
    assert_int_equal(b->comparison.mismatch[0].index, 9);
    assert_int_equal(b->comparison.mismatch[0].role, GA_RIM_VBIOS);
    assert_memory_equal(b->comparison.mismatch[0].golden.ptr, b->hash[1][0][0],
                        GA_SHA384_LEN);
    assert_memory_equal(b->comparison.mismatch[0].runtime.ptr, b->value[9],
                        GA_SHA384_LEN);
    free(b);
}

static void
one_byte_is_a_mismatch(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->driver, 3, true, 3, 9);
    add(b, &b->vbios, 4, true, 4, -1);
    for (size_t i = 0; i < GA_SHA384_LEN; i++) {
        b->hash[0][0][0][i] ^= 1;
        match(b, &b->driver, &b->vbios, NULL);
        assert_int_equal(b->check.state, GA_FAILED);
        assert_int_equal(b->check.index, 3);
        b->hash[0][0][0][i] ^= 1;
    }
    match(b, &b->driver, &b->vbios, NULL);
    assert_int_equal(b->check.state, GA_PASSED);
    free(b);
}

static void
names_the_first_mismatch_and_lists_the_others(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);
    char want[500], golden[97], runtime[97];

    (void)state;
    for (unsigned i = 0; i < 7; i++)
        add(b, &b->driver, 10 + i, true, 1, 2);
    add(b, &b->vbios, 20, true, 1, -1);
    match(b, &b->driver, &b->vbios, NULL);
    ga_hex(ga_bytes_of(b->hash[0][0][0], GA_SHA384_LEN), golden);
    ga_hex(ga_bytes_of(b->value[10], GA_SHA384_LEN), runtime);
    snprintf(want, sizeof(want),
             "index 10 of the driver RIM: golden %s or 1 more, runtime %s; "
             "index 11 of the driver RIM; index 12 of the driver RIM; "
             "index 13 of the driver RIM; index 14 of the driver RIM; "
             "index 15 of the driver RIM; 2 more",
             golden, runtime);
    expect(b, GA_FAILED, GA_R_INDEX, want);
    assert_string_equal(ga_check_reason(&b->check), "index-10");
    assert_int_equal(b->comparison.mismatch_count, 8);
    free(b);
}

static void
a_golden_index_without_a_block_is_a_mismatch(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);
    char want[300], golden[97];

    (void)state;
    add(b, &b->driver, 0, true, 0, -1);
    add(b, &b->vbios, 64, true, 0, -1);
    b->report.block[64].value = ga_bytes_of(b->value[0], GA_SHA384_LEN);
    match(b, &b->driver, &b->vbios, NULL);
    ga_hex(ga_bytes_of(b->hash[1][0][0], GA_SHA384_LEN), golden);
    snprintf(want, sizeof(want),
             "index 64 of the VBIOS RIM: golden %s, runtime none", golden);
    expect(b, GA_FAILED, GA_R_INDEX, want);
    assert_int_equal(b->comparison.mismatch[0].runtime.len, 0);
    free(b);
}

static void
a_value_of_another_size_is_a_mismatch(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->driver, 5, true, 5, -1);
    add(b, &b->vbios, 6, true, 6, -1);
    b->report.block[5].value.len = 47;
    match(b, &b->driver, &b->vbios, NULL);
    assert_int_equal(b->check.state, GA_FAILED);
    assert_string_equal(ga_check_reason(&b->check), "index-5");
    b->report.block[5].value.len = 0;
    match(b, &b->driver, &b->vbios, NULL);
    assert_int_equal(b->check.state, GA_FAILED);
    free(b);
}

/* NVDEC0_STATUS against index 35 of each RIM. */
struct nvdec_row {
    const char *name;
    int status; /* -1: no field */
    bool in_vbios, equal;
    enum ga_state state;
    const char *text; /* NULL: not looked at */
};

static struct nvdec_row nvdecs[] = {
    { "on and equal", 0xaa, false, true, GA_PASSED, "3 golden values matched" },
    { "on and other", 0xaa, false, false, GA_FAILED, NULL },
    { "no field and equal", -1, false, true, GA_PASSED,
      "3 golden values matched" },
    { "no field and other", -1, false, false, GA_FAILED, NULL },
    { "off and equal", 0x55, false, true, GA_PASSED,
      "2 golden values matched, index 35 of the driver RIM skipped "
      "(NVDEC0_STATUS 0x55)" },
    { "off and other", 0x55, false, false, GA_PASSED,
      "2 golden values matched, index 35 of the driver RIM skipped "
      "(NVDEC0_STATUS 0x55)" },
    { "unknown and equal", 0x00, false, true, GA_FAILED,
      "NVDEC0_STATUS 0x00 is neither 0xaa nor 0x55" },
    { "unknown and other", 0x54, false, false, GA_FAILED,
      "NVDEC0_STATUS 0x54 is neither 0xaa nor 0x55" },
    { "off, equal in the VBIOS RIM", 0x55, true, true, GA_PASSED,
      "3 golden values matched" },
    { "off, other in the VBIOS RIM", 0x55, true, false, GA_FAILED, NULL },
};

static void
follows_nvdec_status(void **state)
{
    const struct nvdec_row *row = *state;
    struct bench *b = bench_new(GA_KIND_GPU, row->status);

    add(b, &b->driver, 1, true, 1, -1);
    add(b, &b->vbios, 2, true, 2, -1);
    add(b, row->in_vbios ? &b->vbios : &b->driver, 35, true,
        row->equal ? 35 : 36, -1);
    match(b, &b->driver, &b->vbios, NULL);
    assert_int_equal(b->check.state, row->state);
    if (row->text != NULL)
        assert_string_equal(b->check.text, row->text);
    if (row->state == GA_FAILED)
        assert_string_equal(ga_check_reason(&b->check),
                            row->text != NULL ? "unknown_value" : "index-35");
    free(b);
}

static void
nvdec_status_of_two_bytes_is_unknown(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, 0xaa);

    (void)state;
    b->report.field[0].value.len = 2;
    add(b, &b->driver, 1, true, 1, -1);
    add(b, &b->vbios, 2, true, 2, -1);
    match(b, &b->driver, &b->vbios, NULL);
    expect(b, GA_FAILED, GA_R_UNKNOWN_VALUE, "NVDEC0_STATUS of 2 bytes");
    free(b);
}

static void
what_cannot_be_compared_is_not_checked(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, 0x55);

    (void)state;
    add(b, &b->driver, 1, true, 1, -1);
    add(b, &b->driver, 35, true, 1, -1);
    add(b, &b->vbios, 2, true, 2, -1);
    match(b, &b->driver, NULL, NULL);
    expect(b, GA_NOT_CHECKED, GA_R_PARTIAL,
           "no VBIOS RIM to compare with; 1 golden value matched, index 35 of "
           "the driver RIM skipped (NVDEC0_STATUS 0x55)");
    match(b, NULL, &b->vbios, NULL);
    expect(b, GA_NOT_CHECKED, GA_R_PARTIAL,
           "no driver RIM to compare with; 1 golden value matched");
    match(b, NULL, NULL, &b->driver);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS,
           "no driver RIM and VBIOS RIM to compare with; "
           "0 golden values matched");
    b->report.kind = GA_KIND_SWITCH;
    match(b, &b->driver, &b->vbios, NULL);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS,
           "no BIOS RIM to compare with; 0 golden values matched");
    b->report.kind = GA_KIND_UNKNOWN;
    match(b, &b->driver, &b->vbios, &b->vbios);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS, "no RIM to compare with");
    free(b);
}

/* A mismatch that was seen counts, whatever else was not compared. */
static void
half_a_comparison_can_fail(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->vbios, 2, true, 9, -1);
    match(b, NULL, &b->vbios, NULL);
    assert_int_equal(b->check.state, GA_FAILED);
    assert_string_equal(ga_check_reason(&b->check), "index-2");
    assert_true(b->check.incomplete);
    free(b);
}

static void
nothing_to_compare_fails(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, 0x55);

    (void)state;
    add(b, &b->driver, 35, true, 1, -1);
    add(b, &b->vbios, 2, false, 2, -1);
    match(b, &b->driver, &b->vbios, NULL);
    expect(b, GA_FAILED, GA_R_NOTHING, "no active golden value to compare");
    assert_int_equal(b->comparison.skipped, 1);
    free(b);
}

static void
a_switch_has_one_rim(void **state)
{
    struct bench *b = bench_new(GA_KIND_SWITCH, -1);

    (void)state;
    add(b, &b->driver, 35, true, 35, -1);
    add(b, &b->vbios, 2, true, 9, -1);
    match(b, &b->vbios, &b->vbios, &b->driver);
    expect(b, GA_PASSED, GA_R_NONE, "1 golden value matched");
    conflict(b, &b->driver, &b->driver);
    expect(b, GA_NOT_APPLICABLE, GA_R_NOTHING, "a switch has one RIM");
    free(b);
}

static void
finds_indexes_that_are_active_in_both(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->driver, 1, true, 1, -1);
    add(b, &b->driver, 2, true, 1, -1);
    add(b, &b->driver, 3, false, 1, -1);
    add(b, &b->vbios, 1, false, 1, -1);
    add(b, &b->vbios, 3, true, 1, -1);
    conflict(b, &b->driver, &b->vbios);
    expect(b, GA_PASSED, GA_R_NONE, "");
    add(b, &b->vbios, 2, true, 1, -1);
    conflict(b, &b->driver, &b->vbios);
    expect(b, GA_FAILED, GA_R_CONFLICT, "index 2 is active in both RIMs");
    add(b, &b->driver, 9, true, 1, -1);
    add(b, &b->vbios, 9, true, 1, -1);
    conflict(b, &b->driver, &b->vbios);
    expect(b, GA_FAILED, GA_R_CONFLICT,
           "index 2 and 1 more are active in both RIMs");
    conflict(b, &b->driver, NULL);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS, "no VBIOS RIM to compare with");
    conflict(b, NULL, &b->vbios);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS, "no driver RIM to compare with");
    b->report.kind = GA_KIND_UNKNOWN;
    conflict(b, &b->driver, &b->vbios);
    expect(b, GA_NOT_CHECKED, GA_R_DEPENDS, "no RIM to compare with");
    free(b);
}

/* Every mismatch that two full RIMs can bring has its place. */
static void
has_room_for_every_mismatch(void **state)
{
    struct bench *b = bench_new(GA_KIND_GPU, -1);

    (void)state;
    add(b, &b->driver, 0, true, 1, -1);
    for (unsigned i = 0; i < GA_RIM_RESOURCES_MAX; i++) {
        b->driver.resource[i] = b->driver.resource[0];
        b->driver.resource[i].index = i == 1 ? 2 : i;
    }
    b->driver.resource_count = GA_RIM_RESOURCES_MAX;
    match(b, &b->driver, &b->driver, NULL);
    assert_int_equal(b->comparison.mismatch_count, 2 * GA_RIM_RESOURCES_MAX);
    free(b);
}

/* Real reports with their real RIMs. */
static struct ga_rim *
real_rim(const char *path)
{
    struct ga_buf b = fixture(path);
    struct ga_rim *rim = read_rim(b.ptr, b.len);

    ga_buf_done(&b);
    return rim;
}

static struct ga_report *
real_report(const char *path)
{
    struct ga_buf b = fixture(path);
    struct ga_report *report = NULL;

    assert_int_equal(ga_report_parse(b.ptr, b.len, &report, NULL), GA_OK);
    ga_buf_done(&b);
    return report;
}

static void
real_measurements_match(void **state)
{
    static struct ga_comparison comparison;
    const struct ga_rim *rim[GA_RIM_ROLES] = { NULL };
    struct ga_rim *driver, *vbios, *bios, *old;
    struct ga_report *gpu, *sw, *older;
    struct ga_check c = { 0 };

    (void)state;
    need_fixtures();
    gpu = real_report("gpu/h100-550.90.07/report.bin");
    driver =
        real_rim("gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml");
    vbios = real_rim("gpu/h100-550.90.07/rims/"
                     "NV_GPU_VBIOS_1010_0200_882_96009F0001.xml");
    rim[GA_RIM_DRIVER] = driver;
    rim[GA_RIM_VBIOS] = vbios;
    ga_compare_match(gpu, rim, GA_KIND_GPU, &comparison, &c);
    assert_int_equal(c.state, GA_PASSED);
    assert_string_equal(c.text,
                        "32 golden values matched, index 35 of the driver RIM "
                        "skipped (NVDEC0_STATUS 0x55)");
    memset(&c, 0, sizeof(c));
    ga_compare_conflict(rim, GA_KIND_GPU, &c);
    assert_int_equal(c.state, GA_PASSED);

    older = real_report("gpu/h100-535.86.09/report.bin");
    old = real_rim("gpu/h100-535.86.09/rims/"
                   "NV_GPU_VBIOS_1010_0200_882_96005E0001.xml");
    rim[GA_RIM_DRIVER] = NULL;
    rim[GA_RIM_VBIOS] = old;
    memset(&c, 0, sizeof(c));
    ga_compare_match(older, rim, GA_KIND_GPU, &comparison, &c);
    assert_int_equal(c.state, GA_NOT_CHECKED);
    assert_string_equal(
        c.text, "no driver RIM to compare with; 12 golden values matched");
    /* Another board's RIM does not match. */
    memset(&c, 0, sizeof(c));
    rim[GA_RIM_VBIOS] = vbios;
    ga_compare_match(older, rim, GA_KIND_GPU, &comparison, &c);
    assert_int_equal(c.state, GA_FAILED);

    sw = real_report("switch/ls10-96.10.55.00.01/report.bin");
    bios = real_rim("switch/ls10-96.10.55.00.01/rims/"
                    "NV_SWITCH_BIOS_5612_0002_890_9610550001.xml");
    rim[GA_RIM_BIOS] = bios;
    memset(&c, 0, sizeof(c));
    ga_compare_match(sw, rim, GA_KIND_SWITCH, &comparison, &c);
    assert_int_equal(c.state, GA_PASSED);
    assert_string_equal(c.text, "31 golden values matched");
    ga_rim_free(driver);
    ga_rim_free(vbios);
    ga_rim_free(bios);
    ga_rim_free(old);
    ga_report_free(gpu);
    ga_report_free(sw);
    ga_report_free(older);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(matches_any_alternative_of_active_values),
        cmocka_unit_test(names_index_source_and_both_values),
        cmocka_unit_test(one_byte_is_a_mismatch),
        cmocka_unit_test(names_the_first_mismatch_and_lists_the_others),
        cmocka_unit_test(a_golden_index_without_a_block_is_a_mismatch),
        cmocka_unit_test(a_value_of_another_size_is_a_mismatch),
        cmocka_unit_test(nvdec_status_of_two_bytes_is_unknown),
        cmocka_unit_test(what_cannot_be_compared_is_not_checked),
        cmocka_unit_test(half_a_comparison_can_fail),
        cmocka_unit_test(nothing_to_compare_fails),
        cmocka_unit_test(a_switch_has_one_rim),
        cmocka_unit_test(finds_indexes_that_are_active_in_both),
        cmocka_unit_test(has_room_for_every_mismatch),
        cmocka_unit_test(real_measurements_match),
    };
    struct CMUnitTest tests[COUNT(nvdecs)];

    for (size_t i = 0; i < COUNT(nvdecs); i++)
        tests[i] = (struct CMUnitTest){ .name = nvdecs[i].name,
                                        .test_func = follows_nvdec_status,
                                        .initial_state = &nvdecs[i] };
    return cmocka_run_group_tests_name("compare", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("compare rows", tests, NULL, NULL);
}
