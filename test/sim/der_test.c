/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "sim/der.h"
#include "support/fixtures.h"

static void
expect(struct sim_out *o, const char *hex)
{
    struct ga_buf want = unhex(hex);

    assert_false(o->failed);
    assert_int_equal(o->len, want.len);
    assert_memory_equal(o->ptr, want.ptr, want.len);
    ga_buf_done(&want);
    sim_out_done(o);
}

static void
writes_the_shortest_length(void **state)
{
    static const struct {
        size_t n;
        const char *head;
    } rows[] = {
        { 0, "0400" },           { 127, "047f" },     { 128, "048180" },
        { 255, "0481ff" },       { 256, "04820100" }, { 65535, "0482ffff" },
        { 65536, "0483010000" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_out o = { 0 };
        struct ga_buf head = unhex(rows[i].head);
        size_t at = sim_der_open(&o);

        sim_put_zeros(&o, rows[i].n);
        sim_der_close(&o, at, SIM_DER_OCTET_STRING);
        assert_false(o.failed);
        assert_int_equal(o.len, head.len + rows[i].n);
        assert_memory_equal(o.ptr, head.ptr, head.len);
        ga_buf_done(&head);
        sim_out_done(&o);
    }
}

static void
writes_integers_in_their_shortest_form(void **state)
{
    static const struct {
        const char *number, *der;
    } rows[] = {
        { "01", "020101" },       { "00", "020100" },
        { "7f", "02017f" },       { "80", "02020080" },
        { "000080", "02020080" }, { "0001", "020101" },
        { "ff00", "020300ff00" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_out o = { 0 };
        struct ga_buf number = unhex(rows[i].number);

        sim_der_integer(&o, ga_view(&number));
        expect(&o, rows[i].der);
        ga_buf_done(&number);
    }
}

static void
writes_times_by_their_year(void **state)
{
    struct sim_out o = { 0 };

    (void)state;
    sim_der_time(&o, INT64_C(1602892800), false);
    expect(&o, "170d3230313031373030303030305a");
    sim_der_time(&o, INT64_C(1602892800), true);
    expect(&o, "180f32303230313031373030303030305a");
    sim_der_time(&o, INT64_C(2524607999), false); /* end of 2049 */
    expect(&o, "170d3439313233313233353935395a");
    sim_der_time(&o, INT64_C(2524608000), false);
    expect(&o, "180f32303530303130313030303030305a");
    sim_der_time(&o, GA_TIME_MAX, false);
    expect(&o, "180f39393939313233313233353935395a");
}

static void
writes_object_identifiers(void **state)
{
    struct sim_out o = { 0 };

    (void)state;
    sim_der_oid(&o, "1.3.132.0.34");
    expect(&o, "06052b81040022");
    sim_der_oid(&o, "2.23.133.5.4.1.1");
    expect(&o, "060767810505 0401 01");
}

static void
fails_for_good_on_what_is_no_identifier(void **state)
{
    struct sim_out o = { 0 };
    struct ga_buf out = { 0 };

    (void)state;
    sim_der_oid(&o, "no.oid");
    sim_put_u8(&o, 1);
    assert_true(o.failed);
    assert_int_equal(o.len, 0);
    assert_int_equal(sim_out_take(&o, &out, NULL), GA_E_NOMEM);
    assert_null(out.ptr);
    sim_out_done(&o);
}

static void
breaks_base64_into_lines(void **state)
{
    struct sim_out o = { 0 };

    (void)state;
    sim_put_base64(&o, ga_bytes_of("abcdef", 6), 4);
    expect(&o, "59574a6a 0a 5a47566d");
    sim_put_base64(&o, ga_bytes_of("abcdef", 6), 8);
    expect(&o, "59574a6a5a47566d");
    sim_put_base64(&o, ga_bytes_of("abcdef", 6), 0);
    expect(&o, "59574a6a5a47566d");
}

static void
writes_little_endian(void **state)
{
    struct sim_out o = { 0 };

    (void)state;
    sim_put_u8(&o, 0x01);
    sim_put_u16(&o, 0x0203);
    sim_put_u24(&o, 0x040506);
    sim_put_u32(&o, 0x0708090a);
    expect(&o, "01 0302 060504 0a090807");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_shortest_length),
        cmocka_unit_test(writes_integers_in_their_shortest_form),
        cmocka_unit_test(writes_times_by_their_year),
        cmocka_unit_test(writes_object_identifiers),
        cmocka_unit_test(fails_for_good_on_what_is_no_identifier),
        cmocka_unit_test(breaks_base64_into_lines),
        cmocka_unit_test(writes_little_endian),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
