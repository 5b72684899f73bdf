/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign: their files, their names, their JWKS. */
#include "support/token_test.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "support/memory.h"
#include "support/token_maker.h"
#include "token/signer.h"

static char *
pem_of(EVP_PKEY *key, bool sec1)
{
    BIO *to = BIO_new(BIO_s_mem());
    char *data = NULL, *text;
    long n;

    assert_int_equal(
        sec1 ? PEM_write_bio_PrivateKey_traditional(to, key, NULL, NULL, 0,
                                                    NULL, NULL)
             : PEM_write_bio_PrivateKey(to, key, NULL, NULL, 0, NULL, NULL),
        1);
    n = BIO_get_mem_data(to, &data);
    text = strndup(data, (size_t)n);
    assert_non_null(text);
    BIO_free(to);
    return text;
}

static void
refuses_kids(struct ga_signer *s)
{
    char longest[GA_KID_MAX + 2];
    struct ga_error err = { 0 };

    memset(longest, 'k', sizeof(longest));
    longest[GA_KID_MAX + 1] = '\0';
    assert_int_equal(ga_signer_set_kid(s, longest, &err), GA_E_INVAL);
    assert_string_equal(err.text, "kid: 129 characters, not 1 to 128");
    assert_int_equal(ga_signer_set_kid(s, "", &err), GA_E_INVAL);
    assert_string_equal(err.text, "kid: 0 characters, not 1 to 128");
    assert_int_equal(ga_signer_set_kid(s, NULL, &err), GA_E_INVAL);
    assert_string_equal(err.text, "kid: NULL");
    assert_string_equal(ga_signer_kid(s), "a");
    must(ga_signer_set_kid(s, longest + 1, &err), &err);
    assert_string_equal(ga_signer_kid(s), longest + 1);
}

static void
reads_both_forms_of_a_key(void **state)
{
    struct made_key *key = made_key_new();
    struct ga_error err = { 0 };

    (void)state;
    for (int sec1 = 0; sec1 < 2; sec1++) {
        char *pem = pem_of(key->pkey, sec1);
        struct ga_signer *s = NULL;

        must(ga_signer_parse(pem, strlen(pem), &s, &err), &err);
        assert_int_equal(strlen(ga_signer_kid(s)), 43);
        assert_int_equal(ga_signer_set_kid(s, "a b", &err), GA_E_INVAL);
        assert_string_equal(err.text,
                            "kid: character 1 is not printable ASCII");
        must(ga_signer_set_kid(s, "a", &err), &err);
        assert_string_equal(ga_signer_kid(s), "a");
        refuses_kids(s);
        ga_signer_free(s);
        free(pem);
    }
    made_key_free(key);
}

static void
expect_refusal(const char *pem, enum ga_rc rc, const char *text)
{
    struct ga_signer *s = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_signer_parse(pem, strlen(pem), &s, &err), rc);
    if (strcmp(err.text, text) != 0)
        fail_msg("\"%s\", not \"%s\"", err.text, text);
    assert_null(s);
}

static void
refuses_keys_that_do_not_sign(void **state)
{
    struct made_key *key = made_key_new(), *other = made_key_new();
    EVP_PKEY *p256 = EVP_EC_gen("P-256"), *rsa = EVP_RSA_gen(2048);
    char *good = pem_of(key->pkey, false), *small = pem_of(p256, false);
    char *foreign = pem_of(rsa, false), text[8192];
    struct made_authority a;
    struct made_spec leaf;
    struct der der;
    struct ga_buf block;

    (void)state;
    made_authority_init(&a, "CN=token authority", false);
    expect_refusal("", GA_E_MISSING, "no private key");
    expect_refusal(small, GA_E_BAD_VALUE, "private key: not of P-384");
    expect_refusal(foreign, GA_E_BAD_VALUE, "private key: not of P-384");
    snprintf(text, sizeof(text), "%s%s", good, good);
    expect_refusal(text, GA_E_DUPLICATE, "two private keys");
    expect_refusal("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE "
                   "KEY-----\n",
                   GA_E_SYNTAX, "private key: not the DER of one");
    leaf = made_leaf(&a, "CN=" GA_TOKEN_SIGNER_CN, other);
    der = made_der(&leaf);
    block = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    snprintf(text, sizeof(text), "%s%.*s", good, (int)block.len,
             (const char *)block.ptr);
    expect_refusal(text, GA_E_BAD_VALUE,
                   "certificate 0 (gpuattest token signer) is not of the "
                   "private key");
    ga_buf_done(&block);
    free(good);
    free(small);
    free(foreign);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(rsa);
    made_key_free(key);
    made_key_free(other);
    made_authority_done(&a);
}

/* The private half of one key with the public half of another: what it signs
 * would verify with neither name. */
static void
refuses_halves_of_two_keys(void **state)
{
    struct made_key *key = made_key_new(), *other = made_key_new();
    struct ga_bytes point = ga_key_point(other->key);
    unsigned char *der = NULL;
    int n = i2d_PrivateKey(key->pkey, &der);
    struct ga_buf block;
    char *text;

    (void)state;
    assert_true(n > (int)point.len);
    /* The point is the last of the DER. */
    memcpy(der + (size_t)n - point.len, point.ptr, point.len);
    block = made_block("EC PRIVATE KEY", ga_bytes_of(der, (size_t)n));
    text = strndup((const char *)block.ptr, block.len);
    expect_refusal(text, GA_E_BAD_VALUE,
                   "private key: halves do not belong together");
    free(text);
    ga_buf_done(&block);
    OPENSSL_free(der);
    made_key_free(key);
    made_key_free(other);
}

static void
refuses_bytes_behind_a_key(void **state)
{
    struct made_key *key = made_key_new();
    unsigned char *der = NULL;
    int n = i2d_PrivateKey(key->pkey, &der);
    uint8_t longer[512] = { 0 };
    struct ga_buf block;
    char *text;

    (void)state;
    assert_in_range(n, 1, sizeof(longer) - 1);
    memcpy(longer, der, (size_t)n);
    block = made_block("EC PRIVATE KEY", ga_bytes_of(longer, (size_t)n + 1));
    text = strndup((const char *)block.ptr, block.len);
    expect_refusal(text, GA_E_SYNTAX, "private key: not the DER of one");
    free(text);
    ga_buf_done(&block);
    OPENSSL_free(der);
    made_key_free(key);
}

static void
bounds_the_file_of_a_key(void **state)
{
    struct made_key *key = made_key_new();
    char *good = pem_of(key->pkey, false), *text = calloc(1, 64 * 1024 + 2);
    struct made_authority a;
    struct made_spec leaf;
    struct ga_buf block;
    struct der der;

    (void)state;
    assert_non_null(text);
    made_authority_init(&a, "CN=token authority", false);
    leaf = made_leaf(&a, "CN=" GA_TOKEN_SIGNER_CN, key);
    der = made_der(&leaf);
    block = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    strcpy(text, good);
    for (size_t i = 0; i < 5; i++)
        strncat(text, (const char *)block.ptr, block.len);
    expect_refusal(text, GA_E_TOO_LARGE, "more than 4 certificates");
    expect_refusal("x", GA_E_SYNTAX, "PEM: no BEGIN line at 0");
    expect_refusal("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE"
                   "-----\n",
                   GA_E_SYNTAX,
                   "certificate 0: tbsCertificate: need 1 bytes at 2, have 0");
    memset(text, '\n', 64 * 1024 + 1);
    expect_refusal(text, GA_E_TOO_LARGE, "65537 bytes, not 1 to 65536");
    ga_buf_done(&block);
    free(good);
    free(text);
    made_key_free(key);
    made_authority_done(&a);
}

static void
refuses_what_is_not_there(void **state)
{
    struct made_key *key = made_key_new();
    struct ga_signer *s = made_signer(key, NULL, 0), *none = NULL;
    struct ga_error err = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(ga_signer_parse(NULL, 0, &none, &err), GA_E_INVAL);
    assert_string_equal(err.text, "signer: NULL");
    assert_int_equal(ga_signer_load(NULL, &none, &err), GA_E_INVAL);
    assert_string_equal(err.text, "signer: NULL");
    assert_int_equal(ga_jws_sign(NULL, "{}", 2, &text, &err), GA_E_INVAL);
    assert_string_equal(err.text, "jws: NULL");
    assert_int_equal(ga_jws_sign(s, NULL, 0, &text, &err), GA_E_INVAL);
    assert_int_equal(ga_jws_sign_json(s, NULL, &text, &err), GA_E_NOMEM);
    assert_int_equal(ga_jwks_make(NULL, 1, &text, &err), GA_E_INVAL);
    assert_string_equal(err.text, "jwks: NULL");
    assert_null(none);
    assert_null(text);
    ga_signer_free(s);
    made_key_free(key);
}

/* Where memory runs out there is no signer, no token and no set of keys; else
 * all of it. */
static void
out_of_memory_signs_nothing(void **state)
{
    struct made_key *key = made_key_new();
    struct made_authority a;
    struct made_spec certs[2];
    struct ga_signer *whole;
    enum ga_rc rc = GA_E_NOMEM;
    unsigned n = 0;

    (void)state;
    made_authority_init(&a, "CN=token authority", false);
    certs[0] = made_leaf(&a, "CN=" GA_TOKEN_SIGNER_CN, key);
    certs[1] = a.spec;
    whole = made_signer(key, certs, COUNT(certs));
    assert_int_equal(ga_signer_certs(whole)->count, COUNT(certs));
    while (rc != GA_OK) {
        const struct ga_signer *const signers[] = { whole };
        struct ga_error err = { 0 };
        char *jws = NULL, *jwks = NULL;

        memory_countdown = ++n;
        rc = ga_jws_sign(whole, "{\"a\":1}", 7, &jws, &err);
        if (rc == GA_OK)
            rc = ga_jwks_make(signers, 1, &jwks, &err);
        assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
        memory_countdown = 0;
        assert_int_equal(err.code, rc);
        assert_int_equal(jwks != NULL, rc == GA_OK);
        ga_text_free(jws);
        ga_text_free(jwks);
    }
    assert_true(n > 8);
    ga_signer_free(whole);
    made_key_free(key);
    made_authority_done(&a);
}

static void
out_of_memory_reads_no_key(void **state)
{
    struct made_key *key = made_key_new();
    char *pem = pem_of(key->pkey, false);
    enum ga_rc rc = GA_E_NOMEM;
    unsigned n = 0;

    (void)state;
    while (rc != GA_OK) {
        struct ga_signer *s = NULL;
        struct ga_error err = { 0 };

        memory_countdown = ++n;
        rc = ga_signer_parse(pem, strlen(pem), &s, &err);
        assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
        memory_countdown = 0;
        assert_int_equal(err.code, rc);
        assert_int_equal(s != NULL, rc == GA_OK);
        ga_signer_free(s);
    }
    assert_true(n > 8);
    free(pem);
    made_key_free(key);
}

static void
a_key_file_is_the_owners_alone(void **state)
{
    static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
    struct made_key *key = made_key_new();
    char *pem = pem_of(key->pkey, false);
    char *path = made_file(ga_bytes_of(pem, strlen(pem)));
    struct ga_signer *s = NULL;
    struct ga_error err = { 0 };

    (void)state;
    must(ga_signer_load(path, &s, &err), &err);
    ga_signer_free(s);
    for (size_t i = 0; i < COUNT(modes); i++) {
        s = NULL;
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(ga_signer_load(path, &s, &err), GA_E_FILE);
        assert_non_null(strstr(err.text, "which others can use"));
        assert_null(s);
    }
    assert_int_equal(ga_signer_load("/tmp", &s, &err), GA_E_FILE);
    assert_string_equal(err.text, "/tmp: not a regular file");
    unlink(path);
    free(path);
    free(pem);
    made_key_free(key);
}

static void
a_jwks_has_each_kid_once(void **state)
{
    struct made_key *key = made_key_new();
    struct ga_signer *s = made_signer(key, NULL, 0);
    const struct ga_signer *const twice[] = { s, s };
    struct ga_error err = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(ga_jwks_make(twice, 2, &text, &err), GA_E_DUPLICATE);
    assert_null(text);
    must(ga_jwks_make(twice, 0, &text, &err), &err);
    assert_string_equal(text, "{\"keys\":[]}");
    ga_text_free(text);
    ga_signer_free(s);
    made_key_free(key);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_forms_of_a_key),
        cmocka_unit_test(refuses_keys_that_do_not_sign),
        cmocka_unit_test(refuses_halves_of_two_keys),
        cmocka_unit_test(refuses_bytes_behind_a_key),
        cmocka_unit_test(bounds_the_file_of_a_key),
        cmocka_unit_test(refuses_what_is_not_there),
        cmocka_unit_test(out_of_memory_signs_nothing),
        cmocka_unit_test(out_of_memory_reads_no_key),
        cmocka_unit_test(a_key_file_is_the_owners_alone),
        cmocka_unit_test(a_jwks_has_each_kid_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
