/* SPDX-License-Identifier: Apache-2.0 */
/* DER elements: what is taken, what is refused, and where. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/fixtures.h"
#include "x509/der.h"

struct row {
    const char *name, *in;
    const char *text; /* NULL: it is DER */
};

/* clang-format off */
static struct row rows[] = {
    { "empty sequence", "3000", NULL },
    { "long form from 128 on", "048180 0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", NULL },
    { "nothing", "", "element: need 1 bytes at 0, have 0" },
    { "no length", "30", "element: need 1 bytes at 1, have 0" },
    { "content cut short", "3003 0500", "element: need 3 bytes at 2, have 2" },
    { "inner content cut short", "3002 0501", "element: need 1 bytes at 4, have 0" },
    { "second element", "0500 0500", "element: 2 bytes left over at 2" },
    { "indefinite length", "3080 0500 0000", "element: length octet 0x80 at 1" },
    { "five octets of length", "3085 0000000002 0500", "element: length octet 0x85 at 1" },
    { "long form below 128", "308102 0500", "element: length not in its shortest form at 1" },
    { "long form of 127", "04817f", "element: length not in its shortest form at 1" },
    { "leading zero in the length", "30820002 0500", "element: length not in its shortest form at 1" },
    { "leading zero before 128", "04820080", "element: length not in its shortest form at 1" },
    { "length cut short", "3082 01", "element: need 1 bytes at 3, have 0" },
    { "long tag", "3003 1f0100", "element: tag 0x1f at 2" },
    { "end of contents", "3002 0000", "element: tag 0x00 at 2 is not DER" },
    { "sequence that is not constructed", "1000", "element: tag 0x10 at 0 is not DER" },
    { "set that is not constructed", "3002 1100", "element: tag 0x11 at 2 is not DER" },
    { "string in pieces", "2404 0402 0000", "element: tag 0x24 at 0 is not DER" },
    { "false", "010100", NULL },
    { "true", "0101ff", NULL },
    { "other truth", "010101", "element: content of tag 0x01 at 0 is not DER" },
    { "long boolean", "0102ffff", "element: content of tag 0x01 at 0 is not DER" },
    { "zero", "020100", NULL },
    { "128", "02020080", NULL },
    { "-128", "020180", NULL },
    { "-129", "0202ff7f", NULL },
    { "no integer", "0200", "element: content of tag 0x02 at 0 is not DER" },
    { "leading zero", "02020001", "element: content of tag 0x02 at 0 is not DER" },
    { "leading ones", "0202ff80", "element: content of tag 0x02 at 0 is not DER" },
    { "enumerated", "0a0101", NULL },
    { "enumerated, leading zero", "0a020001", "element: content of tag 0x0a at 0 is not DER" },
    { "no bits", "030100", NULL },
    { "five bits", "030203f8", NULL },
    { "no count of unused bits", "0300", "element: content of tag 0x03 at 0 is not DER" },
    { "eight unused bits", "03020800", "element: content of tag 0x03 at 0 is not DER" },
    { "unused bits of nothing", "030101", "element: content of tag 0x03 at 0 is not DER" },
    { "unused bits that are set", "030203fc", "element: content of tag 0x03 at 0 is not DER" },
    { "one unused bit that is set", "03020101", "element: content of tag 0x03 at 0 is not DER" },
    { "null", "0500", NULL },
    { "null with content", "050100", "element: content of tag 0x05 at 0 is not DER" },
    { "object identifier", "06032a86c8", "element: content of tag 0x06 at 0 is not DER" },
    { "whole object identifier", "06032a8601", NULL },
    { "empty object identifier", "0600", "element: content of tag 0x06 at 0 is not DER" },
    { "padded arc", "06032a8001", "element: content of tag 0x06 at 0 is not DER" },
    { "padded first arc", "06028001", "element: content of tag 0x06 at 0 is not DER" },
    { "zero in an arc", "06032a8100", NULL },
    { "set in order", "3106 020101 020102", NULL },
    { "set with a pair", "3106 020101 020101", NULL },
    { "set out of order", "3106 020102 020101", "element: set not in order at 5" },
    { "set out of order by length", "3107 02020100 020101", "element: set not in order at 6" },
    { "sequence out of order", "3006 020102 020101", NULL },
    { "context, constructed", "a003 020101", NULL },
    { "context, constructed, not DER inside", "a004 02020001", "element: content of tag 0x02 at 2 is not DER" },
    { "context, primitive", "8002 0000", NULL },
    { "octet string is not looked into", "0402 3080", NULL },
};
/* clang-format on */

static void
is_judged(void **state)
{
    const struct row *row = *state;
    struct ga_buf in = unhex(row->in);
    struct ga_error err = { 0 };
    enum ga_rc rc = ga_der_check(ga_view(&in), &err);

    assert_string_equal(err.text, row->text != NULL ? row->text : "");
    assert_int_equal(rc, row->text != NULL ? GA_E_SYNTAX : GA_OK);
    if (row->text != NULL)
        assert_true(err.offset <= in.len);
    ga_buf_done(&in);
}

/* `n` sequences, each in the one before. */
static struct ga_buf
nest(size_t n)
{
    struct ga_buf b = { .ptr = malloc(2 * n), .len = 2 * n };

    assert_non_null(b.ptr);
    for (size_t i = 0; i < n; i++) {
        b.ptr[2 * i] = 0x30;
        b.ptr[2 * i + 1] = (uint8_t)(2 * (n - 1 - i));
    }
    return b;
}

static void
bounds_nesting(void **state)
{
    struct ga_buf good = nest(GA_DER_DEPTH_MAX - 1);
    struct ga_buf bad = nest(GA_DER_DEPTH_MAX);
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_der_check(ga_view(&good), &err), GA_OK);
    assert_int_equal(ga_der_check(ga_view(&bad), &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "element: nested more than 16 deep at 30");
    ga_buf_done(&good);
    ga_buf_done(&bad);
}

static void
takes_what_was_asked_for(void **state)
{
    struct ga_buf in = unhex("3003 020105 0500");
    struct ga_reader r = ga_reader_of(ga_view(&in));
    struct ga_error err = { 0 };
    struct ga_der e;

    (void)state;
    assert_true(ga_der_is(&r, GA_DER_SEQUENCE));
    assert_false(ga_der_is(&r, GA_DER_SET));
    assert_int_equal(ga_der_take(&r, "outer", GA_DER_SEQUENCE, &e, &err),
                     GA_OK);
    assert_int_equal(e.whole.len, 5);
    assert_int_equal(e.value.len, 3);
    assert_int_equal(ga_der_take(&e.body, "inner", GA_DER_NULL, &e, &err),
                     GA_E_SYNTAX);
    assert_string_equal(err.text, "inner: tag 0x02 at 2, not 0x05");
    assert_int_equal(err.offset, 2);
    assert_int_equal(ga_der_end(&r, "rest", &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "rest: 2 bytes left over at 5");
    assert_int_equal(err.offset, 5);
    assert_int_equal(ga_der_next(&r, "null", &e, &err), GA_OK);
    assert_int_equal(e.at, 5);
    assert_int_equal(ga_der_end(&r, "rest", &err), GA_OK);
    assert_false(ga_der_is(&r, GA_DER_NULL));
    ga_buf_done(&in);
}

static void
reads_small_numbers(void **state)
{
    static const struct {
        const char *in;
        int value; /* -1: refused */
    } numbers[] = {
        { "00", 0 },
        { "05", 5 },
        { "7f", 127 },
        { "0080", 128 },
        { "7fffffff", 0x7fffffff },
        { "0080000000", -1 },
        { "80", -1 },
        { "ff", -1 },
        { "0005", -1 },
        { "", -1 },
        { "0100000000", -1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct ga_buf in = unhex(numbers[i].in);
        int v = -1;

        assert_int_equal(ga_der_unsigned(ga_view(&in), &v),
                         numbers[i].value >= 0);
        assert_int_equal(v, numbers[i].value);
        ga_buf_done(&in);
    }
}

static void
reads_times(void **state)
{
    static const struct {
        const char *in;
        uint8_t tag;
        const char *out; /* NULL: refused */
    } times[] = {
        { "201017000000Z", 0x17, "2020-10-17T00:00:00Z" },
        { "491231235959Z", 0x17, "2049-12-31T23:59:59Z" },
        { "700101000000Z", 0x17, "1970-01-01T00:00:00Z" },
        { "99991231235959Z", 0x18, "9999-12-31T23:59:59Z" },
        { "20240229120000Z", 0x18, "2024-02-29T12:00:00Z" },
        { "2010170000Z", 0x17, NULL },
        { "201017000000+0000", 0x17, NULL },
        { "201017000000", 0x17, NULL },
        { "201017000000z", 0x17, NULL },
        { "2010170000000", 0x17, NULL },
        { "20101700000 Z", 0x17, NULL },
        { "+01017000000Z", 0x17, NULL },
        /* Next to the digits: 1 and ':' would be 20, 1 and '/' 9. */
        { "2010171:0000Z", 0x17, NULL },
        { "2010171/0000Z", 0x17, NULL },
        { "201317000000Z", 0x17, NULL },
        { "200230000000Z", 0x17, NULL },
        { "201017240000Z", 0x17, NULL },
        { "201017006000Z", 0x17, NULL },
        { "201017000060Z", 0x17, NULL },
        { "20201017000000Z", 0x17, NULL },
        { "201017000000Z", 0x18, NULL },
        { "20201017000000.5Z", 0x18, NULL },
        { "20201017000000", 0x18, NULL },
        { "", 0x17, NULL },
        { "201017000000Z", 0x0c, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        size_t n = strlen(times[i].in);
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct ga_der e = { .tag = times[i].tag };
        char text[GA_TIME_TEXT];
        ga_time t = 0;

        assert_non_null(copy);
        memcpy(copy, times[i].in, n);
        e.value = ga_bytes_of(copy, n);
        if (ga_der_time(&e, &t) != (times[i].out != NULL))
            fail_msg("%s", times[i].in);
        ga_time_text(t, text);
        if (times[i].out != NULL)
            assert_string_equal(text, times[i].out);
        free(copy);
    }
    {
        /* RFC 5280: 50 is 1950, before the times of this library. */
        struct ga_der e = { .tag = 0x17 };
        ga_time t = 0, expected = 0;

        e.value = ga_bytes_of("500101000000Z", 13);
        assert_int_equal(ga_der_time(&e, &t),
                         ga_time_civil(1950, 1, 1, 0, 0, 0, &expected));
        assert_int_equal(t, expected);
    }
}

int
main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(bounds_nesting),
        cmocka_unit_test(takes_what_was_asked_for),
        cmocka_unit_test(reads_small_numbers),
        cmocka_unit_test(reads_times),
    };
    struct CMUnitTest all[COUNT(others) + COUNT(rows)];

    memcpy(all, others, sizeof(others));
    for (size_t i = 0; i < COUNT(rows); i++)
        all[COUNT(others) + i] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = is_judged,
            .initial_state = &rows[i],
        };
    return cmocka_run_group_tests(all, NULL, NULL);
}
