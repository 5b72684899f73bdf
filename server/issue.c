/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates of our own.  Source: rfc5280. */
#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "server/issue.h"

GA_DEFINE_AUTO(X509_EXTENSION, X509_EXTENSION_free);
GA_DEFINE_AUTO(BIGNUM, BN_free);

static enum ga_rc
failed(struct ga_error *err, const char *what)
{
    return ga_fail(err, GA_E_INTERNAL, "certificate: %s", what);
}

enum ga_rc
server_issue_key(EVP_PKEY **out, struct ga_error *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-384");

    if (key == NULL)
        return ga_fail(err, GA_E_INTERNAL, "no key of P-384 can be made");
    *out = key;
    return GA_OK;
}

/* 126 random bits: positive, and never short.  RFC 5280 4.1.2.2. */
static bool
set_serial(X509 *cert)
{
    uint8_t raw[16];
    GA_AUTO(BIGNUM) *n = NULL;

    if (RAND_bytes(raw, sizeof(raw)) != 1)
        return false;
    raw[0] = (uint8_t)((raw[0] & 0x3f) | 0x40);
    n = BN_bin2bn(raw, sizeof(raw), NULL);
    return n != NULL &&
           BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
}

static bool
set_time(ASN1_TIME *to, ga_time t)
{
    char text[GA_TIME_TEXT], compact[GA_TIME_TEXT];
    size_t n = 0;

    /* "2026-11-24T12:00:00Z" without its marks is a GeneralizedTime; the
     * setter makes UTCTime of it where RFC 5280 wants that. */
    ga_time_text(t, text);
    for (const char *p = text; *p != '\0'; p++)
        if (*p != '-' && *p != ':' && *p != 'T')
            compact[n++] = *p;
    compact[n] = '\0';
    return ASN1_TIME_set_string_X509(to, compact) == 1;
}

static bool
set_name(X509 *cert, const char *cn)
{
    X509_NAME *name = X509_get_subject_name(cert);

    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                      (const unsigned char *)cn, -1, -1,
                                      0) == 1;
}

static bool
add_extension(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
    GA_AUTO(X509_EXTENSION) *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);

    return e != NULL && X509_add_ext(cert, e, -1) == 1;
}

static bool
add_extensions(X509 *cert, X509 *issuer, bool authority)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&ctx);
    return add_extension(cert, &ctx, NID_basic_constraints,
                         authority ? "critical,CA:TRUE,pathlen:0"
                                   : "critical,CA:FALSE") &&
           add_extension(cert, &ctx, NID_key_usage,
                         authority ? "critical,keyCertSign"
                                   : "critical,digitalSignature") &&
           add_extension(cert, &ctx, NID_subject_key_identifier, "hash") &&
           add_extension(cert, &ctx, NID_authority_key_identifier,
                         "keyid:always");
}

enum ga_rc
server_issue_cert(const struct server_cert_spec *spec, EVP_PKEY *key,
                  const struct server_issuer *issuer, X509 **out,
                  struct ga_error *err)
{
    GA_AUTO(X509) *cert = X509_new();
    X509 *by = issuer->cert != NULL ? issuer->cert : cert;

    if (cert == NULL)
        return ga_nomem(err);
    if (X509_set_version(cert, 2) != 1 || !set_serial(cert) ||
        !set_time(X509_getm_notBefore(cert), spec->not_before) ||
        !set_time(X509_getm_notAfter(cert), spec->not_after) ||
        !set_name(cert, spec->cn) || X509_set_pubkey(cert, key) != 1 ||
        X509_set_issuer_name(cert, X509_get_subject_name(by)) != 1)
        return failed(err, "cannot be filled in");
    if (!add_extensions(cert, by, spec->authority))
        return failed(err, "no extensions");
    if (X509_sign(cert, issuer->key, EVP_sha384()) <= 0)
        return failed(err, "cannot be signed");
    *out = GA_TAKE(cert);
    return GA_OK;
}

enum ga_rc
server_issue_pem(EVP_PKEY *key, X509 *const *certs, size_t count,
                 struct ga_buf *out, struct ga_error *err)
{
    GA_AUTO(BIO) *to = BIO_new(BIO_s_secmem());
    char *text = NULL;
    long len;
    bool ok = to != NULL;

    if (ok && key != NULL)
        ok = PEM_write_bio_PKCS8PrivateKey(to, key, NULL, NULL, 0, NULL,
                                           NULL) == 1;
    for (size_t i = 0; i < count && ok; i++)
        ok = PEM_write_bio_X509(to, certs[i]) == 1;
    if (!ok)
        return ga_nomem(err);
    len = BIO_get_mem_data(to, &text);
    if (len <= 0)
        return ga_nomem(err);
    return ga_buf_copy(ga_bytes_of(text, (size_t)len), out, err);
}
