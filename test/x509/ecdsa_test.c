/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, both forms of a signature, and verification. */
#include "support/test.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "x509/ecdsa.h"

/* A key and a signature over the digest of "gpuattest", made for this test. */
static const char spki_hex[] =
    "3076301006072a8648ce3d020106052b8104002203620004"
    "0135a189cf0ab58e43ea1fc494fdd68b0c4120e908567d27"
    "1b3296a7ff74289befc0a9ba015db7f32b8dc62f12ddab3c"
    "b4e4baa9d7685a715180ee2d40b8868bb121e94d89fdeef8"
    "efcdb259b948937b821197dc3290e8d881da8042e2627fdb";
static const char r_hex[] = "8985a277dae990b075dd94bab438386e61454d707e320ebc"
                            "e97fa4cff74f77d46a9d325ad6cec72e5c3f72a76f42557f";
static const char s_hex[] = "a5fcb5b54cec2a729e6dd48c29471e15bafe813ae32de97b"
                            "c315bad8106d714885a7128ba5638cf6d4bfb4aa00d8be07";
/* The order of the base point.  Source: sec2 */
static const char n_hex[] = "ffffffffffffffffffffffffffffffffffffffffffffffff"
                            "c7634d81f4372ddf581a0db248b0a77aecec196accc52973";

static struct ga_key *
key(void)
{
    struct ga_buf spki = unhex(spki_hex);
    struct ga_key *k = NULL;

    assert_int_equal(ga_key_parse(ga_view(&spki), &k, NULL), GA_OK);
    ga_buf_done(&spki);
    return k;
}

static struct ga_signature
signature(const char *r, const char *s)
{
    struct ga_buf rb = unhex(r), sb = unhex(s);
    struct ga_signature sig;

    assert_int_equal(rb.len, GA_P384_LEN);
    assert_int_equal(sb.len, GA_P384_LEN);
    memcpy(sig.rs, rb.ptr, GA_P384_LEN);
    memcpy(&sig.rs[GA_P384_LEN], sb.ptr, GA_P384_LEN);
    ga_buf_done(&rb);
    ga_buf_done(&sb);
    return sig;
}

static void
digest(uint8_t out[GA_SHA384_LEN])
{
    assert_true(ga_sha384(ga_bytes_of("gpuattest", 9), out));
}

static void
verifies_its_own_vector_alone(void **state)
{
    struct ga_key *k = key();
    struct ga_signature sig = signature(r_hex, s_hex);
    uint8_t d[GA_SHA384_LEN];

    (void)state;
    digest(d);
    assert_true(ga_ecdsa_verify(k, d, &sig));
    for (size_t i = 0; i < 8 * sizeof(d); i++) {
        d[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(i % 16 == 0 && ga_ecdsa_verify(k, d, &sig));
        d[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t i = 0; i < 8 * sizeof(sig.rs); i += 8) {
        sig.rs[i / 8] ^= (uint8_t)(1u << i / 8 % 8);
        assert_false(ga_ecdsa_verify(k, d, &sig));
        sig.rs[i / 8] ^= (uint8_t)(1u << i / 8 % 8);
    }
    assert_true(ga_ecdsa_verify(k, d, &sig));
    assert_int_equal(ERR_peek_error(), 0);
    ga_key_free(k);
}

/* Negating s modulo n gives the other signature of the same digest. */
static void
refuses_numbers_out_of_range(void **state)
{
    static const char zero[] =
        "0000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000";
    static const char ones[] =
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "ffffffffffffffffffffffffffffffff";
    const char *bad[] = { zero, n_hex, ones };
    struct ga_key *k = key();
    uint8_t d[GA_SHA384_LEN];

    (void)state;
    digest(d);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_signature r = signature(bad[i], s_hex);
        struct ga_signature s = signature(r_hex, bad[i]);

        assert_false(ga_ecdsa_verify(k, d, &r));
        assert_false(ga_ecdsa_verify(k, d, &s));
    }
    ga_key_free(k);
}

/* What a key may look like: exactly one form. */
static void
refuses_other_keys(void **state)
{
    static const char form[] =
        "key: not id-ecPublicKey with named curve secp384r1 and an "
        "uncompressed point";
    static const struct {
        size_t at;
        uint8_t flip;
        const char *text;
    } rows[] = {
        { 1, 0x01, form },  /* length */
        { 12, 0x02, form }, /* algorithm */
        { 19, 0x01, form }, /* curve */
        { 22, 0x01, form }, /* unused bits */
        { 23, 0x06, "key: not an uncompressed point of P-384" }, /* 02 */
        { 23, 0x04, "key: not an uncompressed point of P-384" }, /* 00 */
        { 23, 0x02, "key: not an uncompressed point of P-384" }, /* hybrid */
        { 119, 0x01, "key: point is not on P-384" },
        { 24, 0x80, "key: point is not on P-384" },
    };
    struct ga_buf good = unhex(spki_hex);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_error err = { 0 };
        struct ga_key *k = NULL;

        good.ptr[rows[i].at] ^= rows[i].flip;
        assert_int_equal(ga_key_parse(ga_view(&good), &k, &err),
                         GA_E_BAD_VALUE);
        assert_string_equal(err.text, rows[i].text);
        assert_null(k);
        good.ptr[rows[i].at] ^= rows[i].flip;
    }
    ga_buf_done(&good);
}

static void
refuses_every_prefix_of_a_key(void **state)
{
    struct ga_buf good = unhex(spki_hex);

    (void)state;
    for (size_t n = 0; n < good.len; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct ga_key *k = NULL;

        assert_non_null(copy);
        memcpy(copy, good.ptr, n);
        assert_int_equal(ga_key_parse(ga_bytes_of(copy, n), &k, NULL),
                         GA_E_BAD_VALUE);
        assert_int_equal(ga_key_of_point(ga_bytes_of(copy, n), &k, NULL),
                         GA_E_BAD_VALUE);
        assert_null(k);
        free(copy);
    }
    ga_buf_done(&good);
}

static void
refuses_points_beyond_the_field(void **state)
{
    /* x = y = p, which is 0 in the field.  Source: sec2 */
    static const char p[] = "ffffffffffffffffffffffffffffffffffffffffffffffff"
                            "fffffffffffffffeffffffff0000000000000000ffffffff";
    struct ga_buf xy = unhex(p);
    uint8_t point[GA_POINT_LEN] = { 0x04 };
    struct ga_key *k = NULL;
    struct ga_error err = { 0 };

    (void)state;
    memcpy(&point[1], xy.ptr, xy.len);
    memcpy(&point[1 + GA_P384_LEN], xy.ptr, xy.len);
    assert_int_equal(
        ga_key_of_point(ga_bytes_of(point, sizeof(point)), &k, &err),
        GA_E_BAD_VALUE);
    assert_string_equal(err.text, "key: point is not on P-384");
    memset(&point[1], 0, sizeof(point) - 1);
    assert_int_equal(
        ga_key_of_point(ga_bytes_of(point, sizeof(point)), &k, &err),
        GA_E_BAD_VALUE);
    ga_buf_done(&xy);
}

static void
refuses_a_key_with_bytes_behind_it(void **state)
{
    struct ga_buf spki = unhex(spki_hex);
    struct ga_error err = { 0 };
    struct ga_key *k = NULL;
    uint8_t more[GA_SPKI_LEN + 1] = { 0 };

    (void)state;
    memcpy(more, spki.ptr, GA_SPKI_LEN);
    assert_int_equal(ga_key_parse(ga_bytes_of(more, sizeof(more)), &k, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text,
                        "key: not id-ecPublicKey with named curve secp384r1 "
                        "and an uncompressed point");
    assert_null(k);
    ga_buf_done(&spki);
}

/* libcrypto's allocations: the one that fails, counted down; 0: none. */
static unsigned countdown;
static bool has_failed;

static bool
fails_now(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    has_failed = true;
    return true;
}

static void *
crypto_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : malloc(n);
}

static void *
crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails_now() ? NULL : realloc(p, n);
}

static void
crypto_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

/* An error is no good signature, whatever the signature is. */
static void
refuses_where_libcrypto_has_no_memory(void **state)
{
    struct ga_signature bad = signature(r_hex, r_hex);
    struct ga_key *k = key();
    uint8_t d[GA_SHA384_LEN];
    unsigned n = 0;

    (void)state;
    digest(d);
    assert_false(ga_ecdsa_verify(k, d, &bad)); /* what libcrypto keeps */
    do {
        has_failed = false;
        countdown = ++n;
        assert_false(ga_ecdsa_verify(k, d, &bad));
        countdown = 0;
    } while (has_failed);
    assert_true(n > 5);
    ga_key_free(k);
}

static void
gives_spki_and_point_back(void **state)
{
    struct ga_buf good = unhex(spki_hex);
    struct ga_key *k = key(), *other = NULL;

    (void)state;
    assert_true(ga_bytes_equal(ga_key_spki(k), ga_view(&good)));
    assert_int_equal(ga_key_point(k).len, GA_POINT_LEN);
    assert_int_equal(ga_key_of_point(ga_key_point(k), &other, NULL), GA_OK);
    assert_true(ga_bytes_equal(ga_key_spki(other), ga_view(&good)));
    assert_ptr_equal(ga_key_ref(k), k);
    ga_key_free(k);
    assert_int_equal(ga_key_spki(k).len, GA_SPKI_LEN);
    ga_key_free(k);
    ga_key_free(other);
    ga_key_free(NULL);
    ga_buf_done(&good);
}

static const struct {
    const char *name, *der;
    bool good;
} forms[] = {
    { "one and one", "3006 020101 020101", true },
    { "zero is a number", "3006 020100 020101", true },
    { "leading zero before a high bit", "3007 02020080 020101", true },
    { "empty", "", false },
    { "no content", "3000", false },
    { "one number", "3003 020101", false },
    { "three numbers", "3009 020101 020101 020101", false },
    { "bytes behind", "3006 020101 020101 00", false },
    { "cut short", "3006 020101 0201", false },
    { "long length", "308106 020101 020101", false },
    { "indefinite length", "3080 020101 020101 0000", false },
    { "long length inside", "3007 02810101 020101", false },
    { "leading zero", "3007 02020001 020101", false },
    { "negative", "3006 020181 020101", false },
    { "negative s", "3006 020101 020180", false },
    { "no octet", "3005 0200 020101", false },
    { "a set", "3106 020101 020101", false },
    { "other type", "3006 030101 020101", false },
};

static void
reads_der_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct ga_buf der = unhex(forms[i].der);
        struct ga_signature sig;

        if (ga_signature_der(ga_view(&der), &sig) != forms[i].good)
            fail_msg("%s", forms[i].name);
        ga_buf_done(&der);
    }
}

static void
reads_numbers_up_to_48_octets(void **state)
{
    /* 00 and 48 octets; then one more. */
    char text[512], ff[99] = { 0 };
    struct ga_signature sig;
    struct ga_buf der;

    (void)state;
    memset(ff, 'f', 96);
    snprintf(text, sizeof(text), "3036 023100%s 020101", ff);
    der = unhex(text);
    assert_true(ga_signature_der(ga_view(&der), &sig));
    assert_int_equal(sig.rs[0], 0xff);
    assert_int_equal(sig.rs[GA_P384_LEN - 1], 0xff);
    assert_int_equal(sig.rs[GA_P384_LEN], 0);
    assert_int_equal(sig.rs[2 * GA_P384_LEN - 1], 1);
    ga_buf_done(&der);
    snprintf(text, sizeof(text), "3036 023101%s 020101", ff);
    der = unhex(text);
    assert_false(ga_signature_der(ga_view(&der), &sig));
    ga_buf_done(&der);
}

static void
reads_raw_of_96_octets_alone(void **state)
{
    uint8_t raw[97] = { 7 };
    struct ga_signature sig = { { 0 } };

    (void)state;
    assert_false(ga_signature_raw(ga_bytes_of(raw, 95), &sig));
    assert_false(ga_signature_raw(ga_bytes_of(raw, 97), &sig));
    assert_int_equal(sig.rs[0], 0);
    assert_true(ga_signature_raw(ga_bytes_of(raw, 96), &sig));
    assert_int_equal(sig.rs[0], 7);
}

static struct ga_buf
member(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    assert_non_null(text);
    return unhex(text);
}

static bool
try_vector(const struct ga_key *k, json_t *test, bool raw)
{
    struct ga_buf msg = member(test, "msg"), in = member(test, "sig");
    struct ga_signature sig;
    uint8_t d[GA_SHA384_LEN];
    bool good;

    assert_true(ga_sha384(ga_view(&msg), d));
    good = raw ? ga_signature_raw(ga_view(&in), &sig)
               : ga_signature_der(ga_view(&in), &sig);
    good = good && ga_ecdsa_verify(k, d, &sig);
    ga_buf_done(&msg);
    ga_buf_done(&in);
    return good;
}

/* Every vector of one file; returns how many there were. */
static json_int_t
run_file(const char *path, bool raw, json_int_t *said)
{
    char *full = fixture_path(path);
    json_t *root = json_load_file(full, 0, NULL), *group, *test;
    json_int_t n = 0;
    size_t i, j;

    assert_non_null(root);
    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        struct ga_buf spki = member(group, "publicKeyDer");
        struct ga_key *k = NULL;

        assert_int_equal(ga_key_parse(ga_view(&spki), &k, NULL), GA_OK);
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            const char *result =
                json_string_value(json_object_get(test, "result"));
            bool good = strcmp(result, "valid") == 0;

            assert_true(good || strcmp(result, "invalid") == 0);
            if (try_vector(k, test, raw) != good)
                fail_msg("vector %lld is %s",
                         json_integer_value(json_object_get(test, "tcId")),
                         result);
            n++;
        }
        ga_key_free(k);
        ga_buf_done(&spki);
    }
    *said = json_integer_value(json_object_get(root, "numberOfTests"));
    json_decref(root);
    free(full);
    return n;
}

static void
agrees_with_wycheproof_raw(void **state)
{
    json_int_t said;

    (void)state;
    need_fixtures();
    assert_int_equal(
        run_file("ecdsa/ecdsa_secp384r1_sha384_p1363_test.json", true, &said),
        280);
    assert_int_equal(said, 280);
}

static void
agrees_with_wycheproof_der(void **state)
{
    json_int_t said;

    (void)state;
    need_fixtures();
    assert_int_equal(
        run_file("ecdsa/ecdsa_secp384r1_sha384_test.json", false, &said), 504);
    assert_int_equal(said, 504);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_its_own_vector_alone),
        cmocka_unit_test(refuses_numbers_out_of_range),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(refuses_every_prefix_of_a_key),
        cmocka_unit_test(refuses_points_beyond_the_field),
        cmocka_unit_test(refuses_a_key_with_bytes_behind_it),
        cmocka_unit_test(refuses_where_libcrypto_has_no_memory),
        cmocka_unit_test(gives_spki_and_point_back),
        cmocka_unit_test(reads_der_forms),
        cmocka_unit_test(reads_numbers_up_to_48_octets),
        cmocka_unit_test(reads_raw_of_96_octets_alone),
        cmocka_unit_test(agrees_with_wycheproof_raw),
        cmocka_unit_test(agrees_with_wycheproof_der),
    };

    /* Before libcrypto allocates anything. */
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) !=
        1)
        return 70;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
