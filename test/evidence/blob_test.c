/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and encodings of one member. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/limits.h"
#include "evidence/blob.h"

static enum ga_rc
read_text(const char *text, enum ga_blob kind, struct ga_buf *out,
          struct ga_error *err)
{
    size_t n = strlen(text);
    char *copy = malloc(n > 0 ? n : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, n);
    rc = ga_blob_text(ga_bytes_of(copy, n), kind, out, err);
    free(copy);
    return rc;
}

/* A report of `n` bytes that begins as reports do. */
static uint8_t *
report_of(size_t n)
{
    uint8_t *p = malloc(n);

    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(i * 31);
    p[0] = 0x11;
    return p;
}

static void
reads_reports_up_to_the_bound(void **state)
{
    static const size_t sizes[] = {
        1, 2, 3, 4117, GA_REPORT_MAX, GA_REPORT_MAX + 1
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint8_t *p = report_of(sizes[i]);
        struct ga_bytes plain = ga_bytes_of(p, sizes[i]);
        char *hex = malloc(2 * sizes[i] + 1), *forms[4];

        ga_hex(plain, hex);
        forms[0] = hex;
        forms[1] = ga_base64_encode(plain, 0);
        forms[2] = ga_base64_encode(plain, GA_BASE64_URL);
        forms[3] = ga_base64_encode(ga_bytes_of(hex, strlen(hex)), 0);
        for (size_t f = 0; f < COUNT(forms); f++) {
            struct ga_buf b = { 0 };
            struct ga_error err = { 0 };
            enum ga_rc rc = read_text(forms[f], GA_BLOB_REPORT, &b, &err);

            if (sizes[i] > GA_REPORT_MAX) {
                assert_int_equal(rc, GA_E_TOO_LARGE);
                assert_string_equal(err.text, "8193 bytes, not 1 to 8192");
                assert_null(b.ptr);
            } else {
                assert_int_equal(rc, GA_OK);
                assert_true(ga_bytes_equal(ga_view(&b), plain));
            }
            ga_buf_done(&b);
            free(forms[f]);
        }
        free(p);
    }
}

/* Text is refused by its length, before it is decoded. */
static void
bounds_the_text(void **state)
{
    static const struct {
        enum ga_blob kind;
        size_t len;
        const char *expect;
    } rows[] = {
        { GA_BLOB_REPORT, 4 * GA_REPORT_MAX + 1,
          "32769 characters, which is more than 8192 bytes" },
        { GA_BLOB_CHAIN, 4 * GA_CHAIN_MAX + 1,
          "262145 characters, which is more than 65536 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = malloc(rows[i].len + 1);
        struct ga_buf b = { 0 };
        struct ga_error err = { 0 };

        assert_non_null(text);
        memset(text, '\n', rows[i].len);
        text[rows[i].len] = '\0';
        assert_int_equal(read_text(text, rows[i].kind, &b, &err),
                         GA_E_TOO_LARGE);
        assert_string_equal(err.text, rows[i].expect);
        text[rows[i].len - 1] = '\0';
        assert_int_equal(read_text(text, rows[i].kind, &b, &err), GA_E_MISSING);
        assert_string_equal(err.text, "empty");
        free(text);
    }
}

static void
joins_a_list_of_certificates(void **state)
{
    json_t *v = json_pack("[s,{s:s},{s:s}]", "-----BEGIN A", "py/b64",
                          "LS0tLS1CRUdJTiBC", "py/state", "LS0tLS1CRUdJTiBD");
    struct ga_buf b = { 0 };

    (void)state;
    assert_int_equal(ga_blob_json(v, GA_BLOB_CHAIN, &b, NULL), GA_OK);
    assert_string_equal(b.ptr, "-----BEGIN A\n-----BEGIN B\n-----BEGIN C\n");
    assert_int_equal(b.len, strlen((const char *)b.ptr));
    ga_buf_done(&b);
    json_decref(v);
}

static void
bounds_a_list_of_certificates(void **state)
{
    size_t each = GA_CHAIN_MAX / 4;
    char *text = malloc(each);
    json_t *v = json_array();
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    memset(text, 'x', each);
    memcpy(text, "-----BEGIN", 10);
    for (int i = 0; i < 4; i++) {
        text[each - 1] = '\0';
        assert_int_equal(json_array_append_new(v, json_string(text)), 0);
    }
    assert_int_equal(ga_blob_json(v, GA_BLOB_CHAIN, &b, NULL), GA_OK);
    assert_int_equal(b.len, GA_CHAIN_MAX);
    ga_buf_done(&b);
    assert_int_equal(json_array_append_new(v, json_string("-----BEGIN")), 0);
    assert_int_equal(ga_blob_json(v, GA_BLOB_CHAIN, &b, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "5: 65547 bytes, not 1 to 65536");
    assert_null(b.ptr);
    json_decref(v);
    free(text);
}

/* What is inside an encoding and is no encoding is for the parser to judge. */
static void
keeps_what_is_no_encoding(void **state)
{
    struct ga_buf b = { 0 };

    (void)state;
    assert_int_equal(read_text("aGVsbG8sIHdvcmxk", GA_BLOB_REPORT, &b, NULL),
                     GA_OK);
    assert_string_equal(b.ptr, "hello, world");
    ga_buf_done(&b);
    assert_int_equal(read_text("MIIB", GA_BLOB_CHAIN, &b, NULL), GA_OK);
    assert_memory_equal(b.ptr, "0\x82\x01", 3);
    ga_buf_done(&b);
}

/* One encoding too many stays on, and is no report. */
static void
bounds_the_encodings(void **state)
{
    /* In base64, no hex digits alone. */
    static const uint8_t plain[] = { 0x11, 0xe0, 0x01, 0xff };
    char *text =
        ga_base64_encode(ga_bytes_of(plain, sizeof(plain)), GA_BASE64_STRICT);

    (void)state;
    for (unsigned layers = 1; layers <= GA_EVIDENCE_LAYERS_MAX + 1; layers++) {
        struct ga_buf b = { 0 };
        char *more;

        assert_int_equal(read_text(text, GA_BLOB_REPORT, &b, NULL), GA_OK);
        if (layers <= GA_EVIDENCE_LAYERS_MAX)
            assert_memory_equal(b.ptr, plain, sizeof(plain));
        else
            assert_string_equal(b.ptr, "EeAB/w==");
        more =
            ga_base64_encode(ga_bytes_of(text, strlen(text)), GA_BASE64_STRICT);
        free(text);
        text = more;
        ga_buf_done(&b);
    }
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_reports_up_to_the_bound),
        cmocka_unit_test(bounds_the_text),
        cmocka_unit_test(joins_a_list_of_certificates),
        cmocka_unit_test(bounds_a_list_of_certificates),
        cmocka_unit_test(bounds_the_encodings),
        cmocka_unit_test(keeps_what_is_no_encoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
