/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* asprintf */
#include "support/test.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rim_maker.h"

/* Canonical; "@" stands where the Signature goes. */
static const char body_text[] =
    "<SoftwareIdentity xmlns=\"" MAKER_SWID "\" xmlns:h=\"" MAKER_SHA384
    "\" name=\"T\" tagId=\"tag-1\" version=\"1.0\">\n"
    "<Entity name=\"N\"></Entity>\n"
    "<Meta xmlns:t=\"" MAKER_TCG
    "\" colloquialVersion=\"1.2.3\" edition=\"GPU\" product=\"GH100\""
    " t:FirmwareManufacturerId=\"5703\"></Meta>\n"
    "<Payload>\n"
    "<Resource active=\"True\" alternatives=\"2\" index=\"0\" name=\"M_0\""
    " size=\"48\" type=\"Measurement\" h:Hash0=\"" ZEROS "\" h:Hash1=\"" ONES
    "\"></Resource>\n"
    "<Resource active=\"False\" alternatives=\"1\" index=\"7\" name=\"M_7\""
    " size=\"48\" type=\"Measurement\" h:Hash0=\"" TWOS "\"></Resource>\n"
    "</Payload>\n"
    "@</SoftwareIdentity>";

/* What SignedInfo inherits: its start tag as it is signed. */
static const char signed_start[] =
    "<ds:SignedInfo xmlns=\"" MAKER_SWID "\" xmlns:ds=\"" MAKER_DSIG
    "\" xmlns:h=\"" MAKER_SHA384 "\">";

/* The rest of it; "@" stands for the digest. */
static const char signed_text[] =
    "<ds:CanonicalizationMethod Algorithm=\"" MAKER_C14N
    "\"></ds:CanonicalizationMethod>"
    "<ds:SignatureMethod Algorithm=\"" MAKER_MORE
    "ecdsa-sha384\"></ds:SignatureMethod>"
    "<ds:Reference URI=\"\">"
    "<ds:Transforms>"
    "<ds:Transform Algorithm=\"" MAKER_DSIG
    "enveloped-signature\"></ds:Transform>"
    "<ds:Transform Algorithm=\"" MAKER_C14N "\"></ds:Transform>"
    "</ds:Transforms>"
    "<ds:DigestMethod Algorithm=\"" MAKER_MORE "sha384\"></ds:DigestMethod>"
    "<ds:DigestValue>@</ds:DigestValue>"
    "</ds:Reference>"
    "</ds:SignedInfo>";

static const char tail_text[] = "</ds:SignatureValue>"
                                "<ds:KeyInfo><ds:X509Data>"
                                "<ds:X509Certificate>@</ds:X509Certificate>"
                                "</ds:X509Data></ds:KeyInfo></ds:Signature>";

char *
replace(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    char *out = NULL;

    if (at == NULL)
        fail_msg("no \"%s\" to replace", from);
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
                         at + strlen(from)) >= 0);
    return out;
}

static void
put(char **text, const char *from, const char *to)
{
    char *next = replace(*text, from, to);

    free(*text);
    *text = next;
}

static char *
base64(const unsigned char *data, size_t len)
{
    char *out = malloc(4 * (len / 3 + 1) + 1);

    assert_non_null(out);
    EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    return out;
}

static void
hash(const char *text, unsigned char out[48])
{
    assert_non_null(SHA384((const unsigned char *)text, strlen(text), out));
}

/* r || s over the text, in base64. */
static char *
sign(EVP_PKEY *key, const char *text)
{
    unsigned char der[160], raw[96];
    const unsigned char *p = der;
    size_t len = sizeof(der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ECDSA_SIG *sig;

    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, der, &len, (const unsigned char *)text,
                                    strlen(text)),
                     1);
    EVP_MD_CTX_free(ctx);
    sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
    assert_non_null(sig);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 48), 48);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 48, 48), 48);
    ECDSA_SIG_free(sig);
    return base64(raw, sizeof(raw));
}

static char *
certificate(EVP_PKEY *key)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_NAME_new();
    unsigned char *der = NULL;
    char *out;
    int len;

    assert_non_null(cert);
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"Maker", -1, -1, 0);
    X509_set_subject_name(cert, name);
    X509_set_issuer_name(cert, name);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    assert_true(X509_sign(cert, key, EVP_sha384()) > 0);
    len = i2d_X509(cert, &der);
    assert_true(len > 0);
    out = base64(der, (size_t)len);
    OPENSSL_free(der);
    X509_NAME_free(name);
    X509_free(cert);
    return out;
}

/* Applies the edits of one time to whichever text has them. */
static void
apply(const struct edit *edits, size_t count, bool after, char **text,
      char **other)
{
    for (size_t i = 0; i < count && edits[i].from != NULL; i++) {
        if (edits[i].after != after)
            continue;
        if (other != NULL && strstr(*text, edits[i].from) == NULL)
            put(other, edits[i].from, edits[i].to);
        else
            put(text, edits[i].from, edits[i].to);
    }
}

static char *
finish(EVP_PKEY *key, const char *body, const char *info)
{
    char *whole = NULL, *to_sign = NULL, *value, *cert, *out;

    assert_true(asprintf(&to_sign, "%s%s", signed_start, info) >= 0);
    value = sign(key, to_sign);
    cert = certificate(key);
    assert_true(asprintf(&whole,
                         "<ds:Signature xmlns:ds=\"" MAKER_DSIG
                         "\"><ds:SignedInfo>%s<ds:SignatureValue>%s%s",
                         info, value, tail_text) >= 0);
    put(&whole, "@", cert);
    out = replace(body, "@", whole);
    free(whole);
    free(to_sign);
    free(value);
    free(cert);
    return out;
}

struct ga_buf
make_rim(const struct edit *edits, size_t count)
{
    EVP_PKEY *key = EVP_EC_gen("P-384");
    char *body = strdup(body_text), *info = strdup(signed_text);
    unsigned char digest[48];
    char *bare, *value, *out;
    struct ga_buf b;

    assert_non_null(key);
    apply(edits, count, false, &body, &info);
    bare = replace(body, "@", "");
    hash(bare, digest);
    value = base64(digest, sizeof(digest));
    put(&info, "@", value);
    out = finish(key, body, info);
    apply(edits, count, true, &out, NULL);
    b.len = strlen(out);
    b.ptr = malloc(b.len);
    assert_non_null(b.ptr);
    memcpy(b.ptr, out, b.len);
    free(out);
    free(value);
    free(bare);
    free(body);
    free(info);
    EVP_PKEY_free(key);
    return b;
}

struct ga_rim *
read_rim(const void *ptr, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    struct ga_rim *rim = NULL;
    struct ga_error err = { 0 };

    assert_non_null(copy);
    memcpy(copy, ptr, len);
    assert_int_equal(ga_rim_read(ga_bytes_of(copy, len), &rim, &err), GA_OK);
    free(copy);
    assert_non_null(rim);
    return rim;
}

struct ga_check
schema_of(const struct ga_rim *rim)
{
    struct ga_check c = { 0 };

    ga_rim_check_schema(rim, &c);
    return c;
}

struct ga_check
signature_of(const struct ga_rim *rim, struct ga_facts *facts)
{
    struct ga_check c = { 0 };

    ga_rim_check_signature(rim, facts, &c);
    return c;
}
