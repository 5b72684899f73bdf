/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

static void
writes_lower_case(void **state)
{
    const uint8_t in[] = { 0x00, 0x0f, 0xf0, 0xab, 0xff };
    char out[11];

    (void)state;
    ga_hex(ga_bytes_of(in, sizeof(in)), out);
    assert_string_equal(out, "000ff0abff");
    ga_hex(ga_bytes_of(NULL, 0), out);
    assert_string_equal(out, "");
}

static void
reads_either_case(void **state)
{
    uint8_t out[4];

    (void)state;
    assert_true(ga_unhex("09afAF90", 8, out, 4));
    assert_memory_equal(out, "\x09\xaf\xaf\x90", 4);
    assert_true(ga_unhex("", 0, out, 0));
}

/* Every byte in every place of a text: only the 22 digits are digits. */
static void
takes_no_other_character(void **state)
{
    size_t good = 0;

    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 2; at++) {
            char *text = malloc(2);
            uint8_t out = 0x5a;
            bool is = strchr("0123456789abcdefABCDEF", c) != NULL && c != 0;

            assert_non_null(text);
            memcpy(text, "77", 2);
            text[at] = (char)c;
            assert_int_equal(ga_unhex(text, 2, &out, 1), is);
            if (!is)
                assert_int_equal(out, 0x5a);
            good += is;
            free(text);
        }
    }
    assert_int_equal(good, 44);
}

static void
refuses_other_lengths(void **state)
{
    uint8_t out[2] = { 0x5a, 0x5a };

    (void)state;
    for (size_t len = 0; len <= 8; len++)
        assert_int_equal(ga_unhex("01234567", len, out, 2), len == 4);
    assert_false(ga_unhex("0x01", 4, out, 2));
    assert_false(ga_unhex(" 123", 4, out, 2));
    assert_false(ga_unhex("", 0, out, SIZE_MAX / 2 + 1));
    assert_memory_equal(out, "\x01\x23", 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_lower_case),
        cmocka_unit_test(reads_either_case),
        cmocka_unit_test(takes_no_other_character),
        cmocka_unit_test(refuses_other_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
