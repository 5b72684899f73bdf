/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

static void
copies_and_ends_with_a_nul(void **state)
{
    struct ga_buf b = { 0 };
    char text[] = "abc";

    (void)state;
    assert_int_equal(ga_buf_copy(ga_bytes_of(text, 3), &b, NULL), GA_OK);
    text[0] = 'x';
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.ptr, "abc", 4);
    ga_buf_done(&b);
    assert_null(b.ptr);
    assert_int_equal(b.len, 0);
    ga_buf_done(&b);
    assert_int_equal(ga_buf_copy(ga_bytes_of(NULL, 0), &b, NULL), GA_OK);
    assert_non_null(b.ptr);
    assert_int_equal(b.ptr[0], 0);
    assert_ptr_equal(ga_view(&b).ptr, b.ptr);
    ga_buf_done(&b);
}

static void
refuses_what_cannot_be_had(void **state)
{
    struct ga_buf b = { .len = 7 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_buf_copy(ga_bytes_of("", SIZE_MAX), &b, &err),
                     GA_E_NOMEM);
    assert_string_equal(err.text, "out of memory");
    assert_null(b.ptr);
    assert_int_equal(b.len, 7);
}

static void
compares_length_and_every_byte(void **state)
{
    uint8_t a[48], b[48];

    (void)state;
    memset(a, 0x5a, sizeof(a));
    memcpy(b, a, sizeof(b));
    assert_true(ga_bytes_equal(ga_bytes_of(a, 48), ga_bytes_of(b, 48)));
    assert_false(ga_bytes_equal(ga_bytes_of(a, 48), ga_bytes_of(b, 47)));
    assert_false(ga_bytes_equal(ga_bytes_of(a, 47), ga_bytes_of(b, 48)));
    assert_false(ga_bytes_equal(ga_bytes_of(a, 0), ga_bytes_of(b, 1)));
    assert_true(ga_bytes_equal(ga_bytes_of(NULL, 0), ga_bytes_of(b, 0)));
    for (size_t i = 0; i < 8 * sizeof(b); i++) {
        b[i / 8] ^= (uint8_t)(1u << (i % 8));
        assert_false(ga_bytes_equal(ga_bytes_of(a, 48), ga_bytes_of(b, 48)));
        b[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
}

static void
sees_any_bit_that_is_not_zero(void **state)
{
    uint8_t b[16] = { 0 };

    (void)state;
    assert_true(ga_bytes_zero(ga_bytes_of(b, sizeof(b))));
    assert_true(ga_bytes_zero(ga_bytes_of(NULL, 0)));
    for (size_t i = 0; i < 8 * sizeof(b); i++) {
        b[i / 8] = (uint8_t)(1u << (i % 8));
        assert_false(ga_bytes_zero(ga_bytes_of(b, sizeof(b))));
        b[i / 8] = 0;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_and_ends_with_a_nul),
        cmocka_unit_test(refuses_what_cannot_be_had),
        cmocka_unit_test(compares_length_and_every_byte),
        cmocka_unit_test(sees_any_bit_that_is_not_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
