/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"

/* One of each, in a row. */
struct all {
    uint8_t u8;
    uint16_t u16;
    uint32_t u24, u32;
    uint64_t u64;
    struct ga_bytes bytes;
};

static const uint8_t wire[] = {
    0x01, 0x03, 0x02, 0x06, 0x05, 0x04, 0x0a, 0x09, 0x08, 0x07, 0x12,
    0x11, 0x10, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0xaa, 0xbb, 0xcc,
};

static bool
read_all(struct ga_reader *r, struct all *out)
{
    return ga_read_u8(r, "A", &out->u8) && ga_read_u16le(r, "B", &out->u16) &&
           ga_read_u24le(r, "C", &out->u24) &&
           ga_read_u32le(r, "D", &out->u32) &&
           ga_read_u64le(r, "E", &out->u64) &&
           ga_read_bytes(r, "F", 3, &out->bytes);
}

static void
reads_little_endian(void **state)
{
    struct ga_reader r = ga_reader_of(ga_bytes_of(wire, sizeof(wire)));
    struct all all = { 0 };

    (void)state;
    assert_int_equal(ga_reader_left(&r), sizeof(wire));
    assert_true(read_all(&r, &all));
    assert_int_equal(all.u8, 0x01);
    assert_int_equal(all.u16, 0x0203);
    assert_int_equal(all.u24, 0x040506);
    assert_int_equal(all.u32, 0x0708090a);
    assert_true(all.u64 == UINT64_C(0x0b0c0d0e0f101112));
    assert_ptr_equal(all.bytes.ptr, wire + 18);
    assert_int_equal(all.bytes.len, 3);
    assert_int_equal(ga_reader_left(&r), 0);
    assert_int_equal(ga_reader_done(&r, NULL), GA_OK);
}

/* High bits must not be lost, nor taken for a sign. */
static void
reads_all_ones(void **state)
{
    uint8_t ones[18];
    struct ga_reader r = ga_reader_of(ga_bytes_of(ones, sizeof(ones)));
    struct all all = { 0 };

    (void)state;
    memset(ones, 0xff, sizeof(ones));
    assert_false(read_all(&r, &all));
    assert_int_equal(all.u8, UINT8_MAX);
    assert_int_equal(all.u16, UINT16_MAX);
    assert_int_equal(all.u24, 0xffffff);
    assert_true(all.u32 == UINT32_MAX);
    assert_true(all.u64 == UINT64_MAX);
}

/* Every proper prefix fails at the field that does not fit, with the output of
 * that field and of all behind it untouched. */
static void
refuses_every_prefix(void **state)
{
    static const struct {
        size_t at, need;
        const char *name;
    } fields[] = {
        { 0, 1, "A" }, { 1, 2, "B" },  { 3, 3, "C" },
        { 6, 4, "D" }, { 10, 8, "E" }, { 18, 3, "F" },
    };

    (void)state;
    for (size_t n = 0; n < sizeof(wire); n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct ga_reader r = ga_reader_of(ga_bytes_of(copy, n));
        struct ga_error err = { 0 };
        struct all all, before;
        char expect[64];
        size_t f = 0;

        assert_non_null(copy);
        memcpy(copy, wire, n);
        memset(&all, 0xa5, sizeof(all));
        before = all;
        while (fields[f].at + fields[f].need <= n)
            f++;
        assert_false(read_all(&r, &all));
        assert_int_equal(ga_reader_error(&r, &err), GA_E_TRUNCATED);
        snprintf(expect, sizeof(expect), "%s: need %zu bytes at %zu, have %zu",
                 fields[f].name, fields[f].need, fields[f].at,
                 n - fields[f].at);
        assert_string_equal(err.text, expect);
        assert_int_equal(err.offset, fields[f].at);
        assert_memory_equal(&all.bytes, &before.bytes, sizeof(all.bytes));
        if (f <= 4)
            assert_true(all.u64 == before.u64);
        if (f <= 3)
            assert_int_equal(all.u32, before.u32);
        if (f <= 2)
            assert_int_equal(all.u24, before.u24);
        free(copy);
    }
}

/* A reader that failed stays so, though later reads would fit. */
static void
stays_failed(void **state)
{
    struct ga_reader r = ga_reader_of(ga_bytes_of(wire, 2)), sub = { 0 };
    struct ga_error err = { 0 };
    struct ga_bytes bytes = { 0 };
    uint32_t u32 = 5;
    uint8_t u8 = 5;

    (void)state;
    assert_false(ga_read_u32le(&r, "Big", &u32));
    assert_false(ga_read_u8(&r, "Small", &u8));
    assert_false(ga_read_bytes(&r, "None", 0, &bytes));
    assert_false(ga_read_sub(&r, "Sub", 1, &sub));
    assert_int_equal(u32, 5);
    assert_int_equal(u8, 5);
    assert_null(bytes.ptr);
    assert_null(sub.base);
    assert_int_equal(ga_reader_left(&r), 2);
    assert_int_equal(ga_reader_done(&r, &err), GA_E_TRUNCATED);
    assert_string_equal(err.text, "Big: need 4 bytes at 0, have 2");
    assert_int_equal(ga_reader_error(&r, NULL), GA_E_TRUNCATED);
}

static void
refuses_lengths_near_the_end_of_memory(void **state)
{
    static const size_t lengths[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2,
                                      sizeof(wire), sizeof(wire) + 1 };

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct ga_reader r = ga_reader_of(ga_bytes_of(wire, sizeof(wire)));
        struct ga_bytes bytes = { 0 };
        uint8_t u8;

        assert_true(ga_read_u8(&r, "First", &u8));
        assert_false(ga_read_bytes(&r, "Rest", lengths[i], &bytes));
        assert_null(bytes.ptr);
    }
}

static void
gives_sub_readers_offsets_of_the_whole(void **state)
{
    struct ga_reader r = ga_reader_of(ga_bytes_of(wire, sizeof(wire)));
    struct ga_reader sub = { 0 }, inner = { 0 };
    struct ga_error err = { 0 };
    uint16_t u16;
    uint8_t u8;

    (void)state;
    assert_true(ga_read_u8(&r, "First", &u8));
    assert_true(ga_read_sub(&r, "Sub", 5, &sub));
    assert_int_equal(ga_reader_left(&sub), 5);
    assert_int_equal(ga_reader_left(&r), sizeof(wire) - 6);
    assert_true(ga_read_u16le(&sub, "Two", &u16));
    assert_int_equal(u16, 0x0203);
    assert_true(ga_read_sub(&sub, "Inner", 1, &inner));
    assert_false(ga_read_u16le(&inner, "Over", &u16));
    assert_int_equal(ga_reader_error(&inner, &err), GA_E_TRUNCATED);
    assert_string_equal(err.text, "Over: need 2 bytes at 3, have 1");
    assert_int_equal(err.offset, 3);
    assert_int_equal(ga_reader_done(&sub, &err), GA_E_TRAILING);
    assert_string_equal(err.text, "2 bytes left over at 4");
    assert_int_equal(err.offset, 4);
    assert_int_equal(ga_reader_done(&r, &err), GA_E_TRAILING);
    assert_string_equal(err.text, "15 bytes left over at 6");
    assert_int_equal(ga_reader_done(&r, NULL), GA_E_TRAILING);
}

static void
reads_nothing_from_nothing(void **state)
{
    struct ga_reader r = ga_reader_of(ga_bytes_of(NULL, 0)), sub = { 0 };
    struct ga_bytes none = { .len = 9 };

    (void)state;
    assert_true(ga_read_bytes(&r, "None", 0, &none));
    assert_int_equal(none.len, 0);
    assert_true(ga_read_sub(&r, "None", 0, &sub));
    assert_int_equal(ga_reader_done(&sub, NULL), GA_OK);
    assert_int_equal(ga_reader_done(&r, NULL), GA_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_little_endian),
        cmocka_unit_test(reads_all_ones),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(stays_failed),
        cmocka_unit_test(refuses_lengths_near_the_end_of_memory),
        cmocka_unit_test(gives_sub_readers_offsets_of_the_whole),
        cmocka_unit_test(reads_nothing_from_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
