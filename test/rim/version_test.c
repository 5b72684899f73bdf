/* SPDX-License-Identifier: Apache-2.0 */
/* *_rim.version: whose RIM it is. */
#include "support/test.h"

#include <string.h>

#include "rim/rim.h"

struct row {
    const char *name;
    enum ga_rim_role role;
    const char *of_rim, *of_report, *product;
    enum ga_reason reason; /* GA_R_NONE: passed */
    const char *text;
};

/* clang-format off */
static struct row rows[] = {
    { "driver of three numbers", GA_RIM_DRIVER, "550.90.07", "550.90.07", "GH100", GA_R_NONE, "" },
    { "driver of two numbers", GA_RIM_DRIVER, "575.32", "575.32", "GH100", GA_R_NONE, "" },
    { "second product of the row", GA_RIM_DRIVER, "575.32", "575.32", "GH101", GA_R_NONE, "" },
    { "VBIOS", GA_RIM_VBIOS, "96.00.9F.00.01", "96.00.9F.00.01", "GH100", GA_R_NONE, "" },
    { "VBIOS in lower case", GA_RIM_VBIOS, "96.00.9f.00.01", "96.00.9F.00.01", "GH100", GA_R_NONE, "" },
    { "switch BIOS", GA_RIM_BIOS, "96.10.55.00.01", "96.10.55.00.01", "GH100", GA_R_NONE, "" },
    { "another driver", GA_RIM_DRIVER, "550.90.07", "550.90.08", "GH100", GA_R_VERSION_OTHER, "version 550.90.07, not 550.90.08" },
    { "driver that begins alike", GA_RIM_DRIVER, "550.90", "550.90.07", "GH100", GA_R_VERSION_OTHER, "version 550.90, not 550.90.07" },
    { "another VBIOS", GA_RIM_VBIOS, "96.00.9F.00.01", "96.00.9F.00.02", "GH100", GA_R_VERSION_OTHER, "version 96.00.9F.00.01, not 96.00.9F.00.02" },
    { "report without a version", GA_RIM_DRIVER, "550.90.07", NULL, "GH100", GA_R_VERSION_OTHER, "version 550.90.07, not known" },
    { "RIM without a version", GA_RIM_DRIVER, NULL, "550.90.07", "GH100", GA_R_VERSION_OTHER, "the RIM has no version" },
    { "VBIOS RIM as driver RIM", GA_RIM_DRIVER, "96.00.9F.00.01", "96.00.9F.00.01", "GH100", GA_R_ROLE_OTHER, "version 96.00.9F.00.01 is not a driver's n.n or n.n.n" },
    { "driver RIM as VBIOS RIM", GA_RIM_VBIOS, "550.90.07", "550.90.07", "GH100", GA_R_ROLE_OTHER, "version 550.90.07 is not five pairs of hex digits" },
    { "driver RIM as switch RIM", GA_RIM_BIOS, "550.90.07", "550.90.07", "GH100", GA_R_ROLE_OTHER, "version 550.90.07 is not five pairs of hex digits" },
    { "one number", GA_RIM_DRIVER, "550", "550", "GH100", GA_R_ROLE_OTHER, "version 550 is not a driver's n.n or n.n.n" },
    { "four numbers", GA_RIM_DRIVER, "1.2.3.4", "1.2.3.4", "GH100", GA_R_ROLE_OTHER, "version 1.2.3.4 is not a driver's n.n or n.n.n" },
    { "empty number", GA_RIM_DRIVER, "550..07", "550..07", "GH100", GA_R_ROLE_OTHER, "version 550..07 is not a driver's n.n or n.n.n" },
    { "dot at the end", GA_RIM_DRIVER, "550.90.", "550.90.", "GH100", GA_R_ROLE_OTHER, "version 550.90. is not a driver's n.n or n.n.n" },
    { "hex in a driver's", GA_RIM_DRIVER, "550.9a", "550.9a", "GH100", GA_R_ROLE_OTHER, "version 550.9a is not a driver's n.n or n.n.n" },
    { "something behind", GA_RIM_DRIVER, "550.90-1", "550.90-1", "GH100", GA_R_ROLE_OTHER, "version 550.90-1 is not a driver's n.n or n.n.n" },
    { "number too long", GA_RIM_DRIVER, "5500000.9", "5500000.9", "GH100", GA_R_ROLE_OTHER, "version 5500000.9 is not a driver's n.n or n.n.n" },
    { "four pairs", GA_RIM_VBIOS, "96.00.9F.00", "96.00.9F.00", "GH100", GA_R_ROLE_OTHER, "version 96.00.9F.00 is not five pairs of hex digits" },
    { "six pairs", GA_RIM_VBIOS, "96.00.9F.00.01.01", "96.00.9F.00.01.01", "GH100", GA_R_ROLE_OTHER, "version 96.00.9F.00.01.01 is not five pairs of hex digits" },
    { "one digit", GA_RIM_VBIOS, "96.0.9F.00.01", "96.0.9F.00.01", "GH100", GA_R_ROLE_OTHER, "version 96.0.9F.00.01 is not five pairs of hex digits" },
    { "three digits", GA_RIM_VBIOS, "96.000.9F.00.01", "96.000.9F.00.01", "GH100", GA_R_ROLE_OTHER, "version 96.000.9F.00.01 is not five pairs of hex digits" },
    { "no hex", GA_RIM_VBIOS, "96.00.9G.00.01", "96.00.9G.00.01", "GH100", GA_R_ROLE_OTHER, "version 96.00.9G.00.01 is not five pairs of hex digits" },
    { "another product", GA_RIM_DRIVER, "550.90.07", "550.90.07", "GB100", GA_R_PRODUCT_OTHER, "product GB100, not GH100" },
    { "product in lower case", GA_RIM_DRIVER, "550.90.07", "550.90.07", "gh100", GA_R_PRODUCT_OTHER, "product gh100, not GH100" },
    { "no product", GA_RIM_DRIVER, "550.90.07", "550.90.07", NULL, GA_R_PRODUCT_OTHER, "the RIM has no product" },
    { "both wrong", GA_RIM_DRIVER, "550.90.07", "1.2", "GB100", GA_R_VERSION_OTHER, "version 550.90.07, not 1.2; product GB100, not GH100" },
};
/* clang-format on */

/* Text in memory of its own, which the RIM may hold. */
static char *
own(const char *text, char *out, size_t cap)
{
    if (text == NULL)
        return NULL;
    assert_true(strlen(text) < cap);
    memcpy(out, text, strlen(text) + 1);
    return out;
}

static void
compares_version_and_product(void **state)
{
    static const char *const products[] = { "GH100", "GH101", NULL };
    const struct row *row = *state;
    static struct ga_rim rim;
    char version[40], product[40];
    struct ga_check c = { 0 };

    rim.version = own(row->of_rim, version, sizeof(version));
    rim.product = own(row->product, product, sizeof(product));
    ga_rim_check_version(&rim, row->role, row->of_report, products, &c);
    assert_int_equal(c.state, row->reason == GA_R_NONE ? GA_PASSED : GA_FAILED);
    assert_int_equal(c.reason, row->reason);
    assert_string_equal(c.text, row->text);
}

static void
any_product_where_none_is_asked_for(void **state)
{
    static struct ga_rim rim;
    char version[] = "1.2";
    struct ga_check c = { 0 };

    (void)state;
    rim.version = version;
    ga_rim_check_version(&rim, GA_RIM_DRIVER, "1.2", NULL, &c);
    assert_int_equal(c.state, GA_PASSED);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(any_product_where_none_is_asked_for),
    };
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){ .name = rows[i].name,
                                 .test_func = compares_version_and_product,
                                 .initial_state = &rows[i] };
    return cmocka_run_group_tests_name("version", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("version rows", tests, NULL, NULL);
}
