/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, held against libcrypto's own reading of them. */
#include "support/test.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "support/cert_maker.h"
#include "support/chains.h"
#include "support/fixtures.h"
#include "x509/cert.h"

static struct made_key *key[5];

static int
make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(key); i++)
        key[i] = made_key_new();
    return 0;
}

static int
free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(key); i++)
        made_key_free(key[i]);
    return 0;
}

static void
same_bytes(struct ga_bytes ours, unsigned char *theirs, int len)
{
    assert_true(len >= 0);
    assert_int_equal(ours.len, (size_t)len);
    assert_memory_equal(ours.ptr, theirs, ours.len);
    OPENSSL_free(theirs);
}

static ga_time
time_of(const ASN1_TIME *t)
{
    struct tm tm;
    ga_time out = 0;

    assert_int_equal(ASN1_TIME_to_tm(t, &tm), 1);
    assert_true(ga_time_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                              tm.tm_hour, tm.tm_min, tm.tm_sec, &out));
    return out;
}

static void
same_name(const struct ga_cert *c, X509 *x)
{
    X509_NAME *subject = X509_get_subject_name(x);
    unsigned char *der = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    const struct {
        int nid;
        const char *ours;
    } rows[] = { { NID_commonName, c->common_name },
                 { NID_organizationName, c->organization },
                 { NID_serialNumber, c->subject_serial } };
    char *text = NULL;
    long n;
    int len = i2d_X509_NAME(subject, &der);

    same_bytes(c->subject, der, len);
    der = NULL;
    len = i2d_X509_NAME(X509_get_issuer_name(x), &der);
    same_bytes(c->issuer, der, len);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int at = X509_NAME_get_index_by_NID(subject, rows[i].nid, -1);
        const ASN1_STRING *s =
            at < 0 ? NULL
                   : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));

        assert_int_equal(strlen(rows[i].ours),
                         s != NULL ? ASN1_STRING_length(s) : 0);
        if (s != NULL)
            assert_memory_equal(rows[i].ours, ASN1_STRING_get0_data(s),
                                strlen(rows[i].ours));
    }
    assert_true(X509_NAME_print_ex(bio, subject, 0, XN_FLAG_RFC2253) > 0);
    n = BIO_get_mem_data(bio, &text);
    assert_int_equal(strlen(c->subject_text), n);
    assert_memory_equal(c->subject_text, text, (size_t)n);
    BIO_free(bio);
}

static void
same_serial(const struct ga_cert *c, const X509 *x)
{
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char decimal[GA_SERIAL_TEXT], hex[GA_SERIAL_TEXT];
    char *their_decimal = BN_bn2dec(n), *their_hex = BN_bn2hex(n);

    ga_cert_serial_decimal(c, decimal);
    ga_cert_serial_hex(c, hex);
    assert_string_equal(decimal, their_decimal);
    assert_string_equal(hex, their_hex);
    OPENSSL_free(their_decimal);
    OPENSSL_free(their_hex);
    BN_free(n);
}

/* libcrypto's bits of keyUsage have another order. */
static unsigned
usage_of(X509 *x)
{
    uint32_t theirs = X509_get_key_usage(x);
    unsigned ours = 0;

    for (unsigned i = 0; i < 8; i++)
        if (theirs & 0x80u >> i)
            ours |= 1u << i;
    if (theirs & KU_DECIPHER_ONLY)
        ours |= 1u << 8;
    return ours;
}

static void
same_extensions(const struct ga_cert *c, X509 *x)
{
    uint32_t flags = X509_get_extension_flags(x);
    BASIC_CONSTRAINTS *bc =
        X509_get_ext_d2i(x, NID_basic_constraints, NULL, NULL);
    EXTENDED_KEY_USAGE *eku =
        X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    bool signing = false;

    assert_int_equal(c->has_basic_constraints, bc != NULL);
    assert_int_equal(c->ca, bc != NULL && bc->ca);
    assert_int_equal(c->path_len, X509_get_pathlen(x));
    assert_int_equal(c->has_key_usage, (flags & EXFLAG_KUSAGE) != 0);
    if (c->has_key_usage)
        assert_int_equal(c->key_usage, usage_of(x));
    assert_int_equal(c->has_eku, eku != NULL);
    for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++)
        signing = signing ||
                  OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, i)) == NID_OCSP_sign;
    assert_int_equal(c->eku_ocsp_signing, signing);
    BASIC_CONSTRAINTS_free(bc);
    sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
}

/* The value of an extension as libcrypto finds it. */
static void
same_value(const X509 *x, const char *oid, struct ga_bytes ours)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    int at = X509_get_ext_by_OBJ(x, object, -1);

    if (at < 0) {
        assert_int_equal(ours.len, 0);
    } else {
        const ASN1_OCTET_STRING *s =
            X509_EXTENSION_get_data(X509_get_ext(x, at));

        assert_int_equal(ours.len, ASN1_STRING_length(s));
        assert_memory_equal(ours.ptr, ASN1_STRING_get0_data(s), ours.len);
    }
    ASN1_OBJECT_free(object);
}

static void
same_signature(const struct ga_cert *c, const X509 *x)
{
    const ASN1_BIT_STRING *bits;
    const X509_ALGOR *alg;
    struct ga_signature sig;

    X509_get0_signature(&bits, &alg, x);
    assert_int_equal(OBJ_obj2nid(alg->algorithm), NID_ecdsa_with_SHA384);
    assert_true(c->signature_ok);
    assert_true(ga_signature_der(ga_bytes_of(ASN1_STRING_get0_data(bits),
                                             (size_t)ASN1_STRING_length(bits)),
                                 &sig));
    assert_memory_equal(sig.rs, c->signature.rs, sizeof(sig.rs));
}

/* Every field that libcrypto has too. */
static void
same_as_libcrypto(const struct ga_cert *c)
{
    const unsigned char *p = c->der.ptr;
    X509 *x = d2i_X509(NULL, &p, (long)c->der.len);
    unsigned char *der = NULL;
    int len;

    assert_non_null(x);
    assert_int_equal(p - c->der.ptr, c->der.len);
    len = i2d_re_X509_tbs(x, &der);
    same_bytes(c->tbs, der, len);
    der = NULL;
    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
    same_bytes(c->spki, der, len);
    assert_int_equal(c->not_before, time_of(X509_get0_notBefore(x)));
    assert_int_equal(c->not_after, time_of(X509_get0_notAfter(x)));
    same_name(c, x);
    same_serial(c, x);
    same_extensions(c, x);
    same_signature(c, x);
    same_value(x, "2.23.133.5.4.1", c->fwid_device_key);
    same_value(x, "2.23.133.5.4.1.1", c->fwid_tcb_info);
    {
        ASN1_OBJECT *object = OBJ_txt2obj(GA_SIMULATOR_OID, 1);

        assert_int_equal(c->simulator, X509_get_ext_by_OBJ(x, object, -1) >= 0);
        ASN1_OBJECT_free(object);
    }
    X509_free(x);
}

/* Views lie inside the certificate's own copy. */
static void
lies_within(const struct ga_cert *c, struct ga_bytes view)
{
    if (view.len == 0)
        return;
    assert_true(view.ptr >= c->der.ptr);
    assert_true(view.ptr + view.len <= c->der.ptr + c->der.len);
}

static void
is_sound(const struct ga_cert *c)
{
    assert_int_equal(c->flaw.state, GA_PASSED);
    assert_non_null(c->key);
    assert_true(ga_bytes_equal(ga_key_spki(c->key), c->spki));
    lies_within(c, c->tbs);
    lies_within(c, c->serial);
    lies_within(c, c->issuer);
    lies_within(c, c->subject);
    lies_within(c, c->spki);
    lies_within(c, c->fwid_device_key);
    lies_within(c, c->fwid_tcb_info);
    same_as_libcrypto(c);
}

static void
all_sound(const struct real_chain *chain)
{
    for (size_t i = 0; i < chain->certs.count; i++)
        is_sound(chain->certs.cert[i]);
}

static void
agrees_with_libcrypto_on_real_devices(void **state)
{
    (void)state;
    need_fixtures();
    assert_int_equal(each_device_chain(all_sound), 36);
}

static void
agrees_with_libcrypto_on_real_rims(void **state)
{
    (void)state;
    need_fixtures();
    assert_int_equal(each_rim_chain(all_sound), 4);
}

static void
agrees_with_libcrypto_on_made_ones(void **state)
{
    (void)state;
    for (int sim = 0; sim <= 1; sim++)
        for (int kind = MADE_HOPPER; kind <= MADE_RIM; kind++) {
            struct made_chain chain =
                made_chain_of((enum made_kind)kind, sim, key);
            struct ga_certs certs;

            made_extend(&chain.spec[1], OID_EKU, false, EKU_OCSP);
            certs = made_certs(&chain);
            for (size_t i = 0; i < certs.count; i++)
                is_sound(certs.cert[i]);
            assert_int_equal(certs.cert[0]->simulator, sim);
            ga_certs_done(&certs);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_libcrypto_on_real_devices),
        cmocka_unit_test(agrees_with_libcrypto_on_real_rims),
        cmocka_unit_test(agrees_with_libcrypto_on_made_ones),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
