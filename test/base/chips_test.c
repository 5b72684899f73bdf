/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <string.h>

#include "base/chips.h"

static void
finds_a_chip_by_its_exact_name(void **state)
{
    static const struct {
        const char *name, *arch;
        enum ga_kind kind;
    } rows[] = {
        { "GH100", "HOPPER", GA_KIND_GPU },
        { "GB100", "BLACKWELL", GA_KIND_GPU },
        { "GB20X", "BLACKWELL", GA_KIND_GPU },
        { "LS_10", "LS10", GA_KIND_SWITCH },
    };

    (void)state;
    assert_int_equal(COUNT(rows), ga_chip_count);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *name = rows[i].name;
        const struct ga_chip *chip = ga_chip_by_cert(name, strlen(name));

        assert_non_null(chip);
        assert_string_equal(chip->arch, rows[i].arch);
        assert_int_equal(chip->kind, rows[i].kind);
        assert_null(ga_chip_by_cert(name, strlen(name) - 1));
    }
    assert_null(ga_chip_by_cert("GH100 ", 6));
    assert_null(ga_chip_by_cert("gh100", 5));
    assert_null(ga_chip_by_cert("LS10", 4));
    assert_null(ga_chip_by_cert("GH200", 5));
    assert_null(ga_chip_by_cert("", 0));
}

static void
has_rows_that_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < ga_chip_count; i++) {
        const struct ga_chip *c = &ga_chips[i];
        bool gpu = c->kind == GA_KIND_GPU;

        assert_true(gpu || c->kind == GA_KIND_SWITCH);
        assert_string_equal(c->processor, gpu ? "GSP" : "FSP");
        assert_int_not_equal(c->fwid, GA_FWID_NONE);
        assert_int_equal(c->gpu_info != 0, gpu);
        assert_int_equal(c->nvml_arch != 0, gpu);
        assert_int_equal(c->chip_info[0] != NULL, gpu);
        assert_non_null(c->product[0]);
        assert_null(c->chip_info[2]);
        assert_null(c->product[2]);
    }
}

static void
knows_an_architecture_by_name_and_number(void **state)
{
    static const struct {
        const char *text, *arch; /* NULL: no architecture */
    } rows[] = {
        { "HOPPER", "HOPPER" },
        { "hopper", "HOPPER" },
        { "HoPPer", "HOPPER" },
        { "9", "HOPPER" },
        { "09", "HOPPER" },
        { "BLACKWELL", "BLACKWELL" },
        { "10", "BLACKWELL" },
        { "LS10", "LS10" },
        { "ls10", "LS10" },
        { "0", NULL },
        { "", NULL },
        { "HOPPER ", NULL },
        { "HOPPE", NULL },
        { "11", NULL },
        { "-9", NULL },
        { "+9", NULL },
        { " 9", NULL },
        { "9 ", NULL },
        { "9.0", NULL },
        { "0x9", NULL },
        { "1000000000000", NULL },
        { "4294967305", NULL },
        { "GH100", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(ga_arch_known(rows[i].text), rows[i].arch != NULL);
        for (size_t k = 0; k < ga_chip_count; k++)
            assert_int_equal(ga_chip_is_arch(&ga_chips[k], rows[i].text),
                             rows[i].arch != NULL &&
                                 strcmp(ga_chips[k].arch, rows[i].arch) == 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_chip_by_its_exact_name),
        cmocka_unit_test(has_rows_that_are_whole),
        cmocka_unit_test(knows_an_architecture_by_name_and_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
