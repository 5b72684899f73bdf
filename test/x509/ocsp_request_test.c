/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that we write, read by libcrypto, which is the oracle here. */
#include "support/test.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/hex.h"
#include "support/cert_maker.h"
#include "x509/der.h"
#include "x509/ocsp_answer.h"
#include "x509/ocsp_request.h"

static struct made_key *keys[5];
static struct ga_certs certs;
static struct ga_issuer issuer;

static int
make_chain(void **state)
{
    struct made_chain chain;

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++)
        keys[i] = made_key_new();
    chain = made_chain_of(MADE_HOPPER, false, keys);
    certs = made_certs(&chain);
    issuer = (struct ga_issuer){ certs.cert[2]->subject, certs.cert[2]->key };
    return 0;
}

static int
end_chain(void **state)
{
    (void)state;
    ga_certs_done(&certs);
    for (size_t i = 0; i < COUNT(keys); i++)
        made_key_free(keys[i]);
    return 0;
}

static const uint8_t nonce[32] = { 0x80, 1, 2, 3, 4, 5, 6, 7, [31] = 0xff };

/* The hashes, by our setting and by libcrypto's name. */
static const struct hash {
    enum ga_ocsp_cert_id id;
    const char *name;
} hashes[] = { { GA_OCSP_CERT_ID_SHA256, "SHA256" },
               { GA_OCSP_CERT_ID_SHA1, "SHA1" },
               { GA_OCSP_CERT_ID_SHA384, "SHA384" } };

static struct ga_ocsp_request
request(enum ga_ocsp_cert_id hash, size_t nonce_len)
{
    struct ga_ocsp_request r = { 0 };
    struct ga_error err = { 0 };

    if (ga_ocsp_request_make(certs.cert[1], &issuer, hash,
                             ga_bytes_of(nonce, nonce_len), &r, &err) != GA_OK)
        fail_msg("%s", err.text);
    return r;
}

static X509 *
x509_of(const struct ga_cert *cert)
{
    const unsigned char *p = cert->der.ptr;
    X509 *x = d2i_X509(NULL, &p, (long)cert->der.len);

    assert_non_null(x);
    return x;
}

/* The CertID that libcrypto makes for the same question. */
static OCSP_CERTID *
oracle(const struct hash *hash)
{
    X509 *subject = x509_of(certs.cert[1]), *by = x509_of(certs.cert[2]);
    OCSP_CERTID *id =
        OCSP_cert_to_id(EVP_get_digestbyname(hash->name), subject, by);

    assert_non_null(id);
    X509_free(subject);
    X509_free(by);
    return id;
}

static void
asks_what_libcrypto_would_ask(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hashes); i++) {
        struct ga_ocsp_request r = request(hashes[i].id, sizeof(nonce));
        const unsigned char *p = r.der.ptr;
        OCSP_REQUEST *theirs = d2i_OCSP_REQUEST(NULL, &p, (long)r.der.len);
        OCSP_CERTID *want = oracle(&hashes[i]);

        assert_non_null(theirs);
        assert_ptr_equal(p, r.der.ptr + r.der.len);
        assert_int_equal(OCSP_request_onereq_count(theirs), 1);
        assert_int_equal(
            OCSP_id_cmp(
                OCSP_onereq_get0_id(OCSP_request_onereq_get0(theirs, 0)), want),
            0);
        OCSP_CERTID_free(want);
        OCSP_REQUEST_free(theirs);
        ga_buf_done(&r.der);
    }
}

/* Same bytes, so that nothing is in ours that a reader would pass over. */
static void
writes_the_bytes_that_libcrypto_would_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hashes); i++)
        for (size_t len = 0; len <= sizeof(nonce); len++) {
            struct ga_ocsp_request r = request(hashes[i].id, len);
            OCSP_REQUEST *theirs = OCSP_REQUEST_new();
            unsigned char *der = NULL, copy[32];
            int n;

            assert_non_null(OCSP_request_add0_id(theirs, oracle(&hashes[i])));
            memcpy(copy, nonce, sizeof(copy));
            if (len > 0)
                assert_int_equal(
                    OCSP_request_add1_nonce(theirs, copy, (int)len), 1);
            n = i2d_OCSP_REQUEST(theirs, &der);
            assert_int_equal(n, r.der.len);
            assert_memory_equal(der, r.der.ptr, r.der.len);
            assert_int_equal(
                ga_der_check(ga_bytes_of(r.der.ptr, r.der.len), NULL), GA_OK);
            OPENSSL_free(der);
            OCSP_REQUEST_free(theirs);
            ga_buf_done(&r.der);
        }
}

/* The key is that of the CertID: the nonce is not in it, the hash is. */
static void
files_under_the_certid(void **state)
{
    char keys_seen[COUNT(hashes)][65];

    (void)state;
    for (size_t i = 0; i < COUNT(hashes); i++) {
        struct ga_ocsp_request a = request(hashes[i].id, sizeof(nonce));
        struct ga_ocsp_request b = request(hashes[i].id, 0);
        OCSP_CERTID *id = oracle(&hashes[i]);
        unsigned char *der = NULL, digest[32];
        int n = i2d_OCSP_CERTID(id, &der);
        char want[65];

        assert_true(n > 0);
        assert_int_equal(
            EVP_Digest(der, (size_t)n, digest, NULL, EVP_sha256(), NULL), 1);
        ga_hex(ga_bytes_of(digest, sizeof(digest)), want);
        assert_string_equal(a.key, want);
        assert_string_equal(b.key, want);
        memcpy(keys_seen[i], a.key, sizeof(a.key));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(keys_seen[k], keys_seen[i]);
        OPENSSL_free(der);
        OCSP_CERTID_free(id);
        ga_buf_done(&a.der);
        ga_buf_done(&b.der);
    }
}

struct bad {
    const char *name;
    size_t serial_len, nonce_len;
    bool no_key;
    int hash;
    enum ga_rc rc;
    const char *text;
};

static struct bad bads[] = {
    { "long nonce", 1, 33, false, 0, GA_E_INVAL,
      "OCSP request: nonce of 33 bytes, not 0 to 32" },
    { "no serial number", 0, 32, false, 0, GA_E_BAD_VALUE,
      "OCSP request: serial number of 0 bytes, not 1 to 20" },
    { "long serial number", 21, 32, false, 0, GA_E_BAD_VALUE,
      "OCSP request: serial number of 21 bytes, not 1 to 20" },
    { "issuer without a key", 1, 32, true, 0, GA_E_INVAL,
      "OCSP request: no such hash or no key" },
    { "no such hash", 1, 32, false, 3, GA_E_INVAL,
      "OCSP request: no such hash or no key" },
};

static void
refuses_and_leaves_the_output_alone(void **state)
{
    const uint8_t many[33] = { 1 };

    (void)state;
    for (size_t i = 0; i < COUNT(bads); i++) {
        const struct bad *b = &bads[i];
        struct ga_cert cert = { .serial = ga_bytes_of(many, b->serial_len) };
        struct ga_issuer by = issuer;
        struct ga_ocsp_request r = { .key = "before" };
        struct ga_error err = { 0 };

        if (b->no_key)
            by.key = NULL;
        assert_int_equal(
            ga_ocsp_request_make(&cert, &by, (enum ga_ocsp_cert_id)b->hash,
                                 ga_bytes_of(many, b->nonce_len), &r, &err),
            b->rc);
        assert_string_equal(err.text, b->text);
        assert_null(r.der.ptr);
        assert_string_equal(r.key, "before");
    }
}

/* The longest request of all fits: SHA-384, 20 octets, 32 bytes. */
static void
has_room_for_the_longest(void **state)
{
    uint8_t serial[GA_SERIAL_MAX];
    struct ga_cert cert = { .serial = ga_bytes_of(serial, sizeof(serial)) };
    struct ga_ocsp_request r = { 0 };

    (void)state;
    memset(serial, 0x7f, sizeof(serial));
    assert_int_equal(ga_ocsp_request_make(&cert, &issuer,
                                          GA_OCSP_CERT_ID_SHA384,
                                          ga_bytes_of(nonce, 32), &r, NULL),
                     GA_OK);
    assert_int_equal(r.der.len, 205);
    ga_buf_done(&r.der);
}

static void
hashes_by_name_alone(void **state)
{
    struct ga_ocsp_digest d;

    (void)state;
    assert_true(ga_ocsp_hash_make("sha1", ga_bytes_of("", 0), &d));
    assert_int_equal(d.len, 20);
    assert_ptr_equal(ga_ocsp_hash_find(d.oid), ga_ocsp_hash_find(d.oid));
    assert_non_null(ga_ocsp_hash_find(d.oid));
    assert_false(ga_ocsp_hash_make("md5", ga_bytes_of("", 0), &d));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_what_libcrypto_would_ask),
        cmocka_unit_test(writes_the_bytes_that_libcrypto_would_write),
        cmocka_unit_test(files_under_the_certid),
        cmocka_unit_test(refuses_and_leaves_the_output_alone),
        cmocka_unit_test(has_room_for_the_longest),
        cmocka_unit_test(hashes_by_name_alone),
    };

    return cmocka_run_group_tests(tests, make_chain, end_chain);
}
