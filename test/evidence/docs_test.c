/* SPDX-License-Identifier: Apache-2.0 */
/* docs/evidence.md against the tables, row by row, in both directions. */
#include "support/test.h"

#include "evidence/forms.h"
#include "support/doc_table.h"

static void
lists_every_wrapper_and_no_other(void **state)
{
    struct doc_row rows[32];
    size_t n = doc_table("docs/evidence.md", "## Keys around devices", rows,
                         COUNT(rows));

    (void)state;
    assert_int_equal(n, ga_wrapper_count);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(rows[i].cell[0], ga_wrappers[i].key);
        assert_string_equal(rows[i].cell[1],
                            ga_wrappers[i].shares ? "yes" : "no");
    }
}

static void
lists_every_member_and_no_other(void **state)
{
    static const char *const shown[GA_FIELD_COUNT] = {
        [GA_FIELD_EVIDENCE] = "report",
        [GA_FIELD_CERTIFICATE] = "chain",
        [GA_FIELD_ARCH] = "architecture",
        [GA_FIELD_NONCE] = "nonce",
    };
    struct doc_row rows[32];
    size_t n = doc_table("docs/evidence.md", "## Members of a device", rows,
                         COUNT(rows));

    (void)state;
    assert_int_equal(n, ga_member_count);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(rows[i].cell[0], ga_members[i].key);
        assert_string_equal(rows[i].cell[1], shown[ga_members[i].field]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_every_wrapper_and_no_other),
        cmocka_unit_test(lists_every_member_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
