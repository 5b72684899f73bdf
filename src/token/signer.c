/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that sign tokens.
 * Source: rfc7515, rfc7518 (3.4, 6.2), rfc7638.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "token/signer.h"
#include "x509/pem.h"

GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

struct ga_signer {
    EVP_PKEY *pkey;
    struct ga_key *key; /* the public half */
    struct ga_certs certs;
    char kid[GA_KID_MAX + 1];
};

typedef struct ga_signer ga_signer;
GA_DEFINE_AUTO(ga_signer, ga_signer_free);

void
ga_signer_free(struct ga_signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->pkey); /* which overwrites the number */
    ga_key_free(signer->key);
    ga_certs_done(&signer->certs);
    free(signer);
}

const char *
ga_signer_kid(const struct ga_signer *signer)
{
    return signer->kid;
}

const struct ga_certs *
ga_signer_certs(const struct ga_signer *signer)
{
    return &signer->certs;
}

const struct ga_key *
ga_signer_key(const struct ga_signer *signer)
{
    return signer->key;
}

enum ga_rc
ga_signer_set_kid(struct ga_signer *signer, const char *kid,
                  struct ga_error *err)
{
    size_t n = kid != NULL ? strlen(kid) : 0;

    if (signer == NULL || kid == NULL)
        return ga_fail(err, GA_E_INVAL, "kid: NULL");
    if (n < 1 || n > GA_KID_MAX)
        return ga_fail(err, GA_E_INVAL, "kid: %zu characters, not 1 to %d", n,
                       GA_KID_MAX);
    for (size_t i = 0; i < n; i++)
        if (kid[i] < 0x21 || kid[i] > 0x7e)
            return ga_fail(err, GA_E_INVAL,
                           "kid: character %zu is not printable ASCII", i);
    memcpy(signer->kid, kid, n + 1);
    return GA_OK;
}

/* Coordinate 0 (x) or 1 (y) of the key as base64url; NULL: no memory. */
static char *
coordinate(const struct ga_key *key, int which)
{
    struct ga_reader r = ga_reader_of(ga_key_point(key));
    struct ga_bytes half[2];
    uint8_t form;

    if (!ga_read_u8(&r, "form", &form) ||
        !ga_read_bytes(&r, "x", GA_P384_LEN, &half[0]) ||
        !ga_read_bytes(&r, "y", GA_P384_LEN, &half[1]))
        return NULL;
    return ga_base64_encode(half[which], GA_BASE64_URL);
}

/* The members that a key is made of, in the order of its thumbprint.
 * Source: rfc7638, 3.2 */
static json_t *
key_object(const struct ga_key *key)
{
    GA_AUTO_FREE char *x = coordinate(key, 0);
    GA_AUTO_FREE char *y = coordinate(key, 1);

    if (x == NULL || y == NULL)
        return NULL;
    return json_pack("{s:s,s:s,s:s,s:s}", "crv", "P-384", "kty", "EC", "x", x,
                     "y", y);
}

static enum ga_rc
name_by_thumbprint(struct ga_signer *s, struct ga_error *err)
{
    GA_AUTO(json_t) *object = key_object(s->key);
    GA_AUTO_FREE char *text =
        object != NULL ? ga_json_text(object, false) : NULL;
    GA_AUTO_FREE char *kid = NULL;
    uint8_t digest[32];
    unsigned n = 0;

    if (text == NULL)
        return ga_nomem(err);
    if (EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "SHA-256 failed");
    kid = ga_base64_encode(ga_bytes_of(digest, n), GA_BASE64_URL);
    return kid != NULL ? ga_signer_set_kid(s, kid, err) : ga_nomem(err);
}

/* The point of a key of P-384, whatever form the file gave it. */
static enum ga_rc
take_public(struct ga_signer *s, struct ga_error *err)
{
    uint8_t point[GA_POINT_LEN];
    char group[32] = "";
    size_t n = 0;

    if (EVP_PKEY_is_a(s->pkey, "EC") != 1 ||
        EVP_PKEY_get_group_name(s->pkey, group, sizeof(group), NULL) != 1 ||
        strcmp(group, "secp384r1") != 0)
        return ga_fail(err, GA_E_BAD_VALUE, "private key: not of P-384");
    if (EVP_PKEY_set_utf8_string_param(
            s->pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
            "uncompressed") != 1 ||
        EVP_PKEY_get_octet_string_param(s->pkey, OSSL_PKEY_PARAM_PUB_KEY, point,
                                        sizeof(point), &n) != 1)
        return ga_fail(err, GA_E_BAD_VALUE, "private key: no public half");
    return ga_key_of_point(ga_bytes_of(point, n), &s->key, err);
}

static enum ga_rc
take_private(struct ga_signer *s, const struct ga_buf *der,
             struct ga_error *err)
{
    const unsigned char *at = der->ptr;

    if (s->pkey != NULL)
        return ga_fail(err, GA_E_DUPLICATE, "two private keys");
    s->pkey = d2i_AutoPrivateKey(NULL, &at, (long)der->len);
    if (s->pkey == NULL || at != der->ptr + der->len)
        return ga_fail(err, GA_E_SYNTAX, "private key: not the DER of one");
    return take_public(s, err);
}

static enum ga_rc
take_cert(struct ga_signer *s, const struct ga_buf *der, struct ga_error *err)
{
    if (s->certs.count == GA_X5C_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d certificates",
                       GA_X5C_MAX);
    return ga_within(
        err, ga_cert_parse(ga_view(der), &s->certs.cert[s->certs.count], err),
        "certificate %zu", s->certs.count);
}

static enum ga_rc
take_block(struct ga_signer *s, struct ga_reader *r, struct ga_error *err)
{
    struct ga_buf der = { 0 };
    enum ga_pem_label label;
    size_t at;
    enum ga_rc rc = ga_pem_next(
        r, GA_PEM_CERTIFICATE | GA_PEM_PRIVATE_KEY | GA_PEM_EC_PRIVATE_KEY,
        &label, &der, &at, err);

    if (rc != GA_OK)
        return rc;
    if (label == GA_PEM_CERTIFICATE) {
        rc = take_cert(s, &der, err);
        s->certs.count += rc == GA_OK;
    } else {
        rc = take_private(s, &der, err);
    }
    OPENSSL_cleanse(der.ptr, der.len);
    ga_buf_done(&der);
    if (rc != GA_OK && err != NULL)
        err->offset = at;
    return rc;
}

/* The signature over `input`, as the 96 bytes that ES384 has. */
static enum ga_rc
sign(const struct ga_signer *s, struct ga_bytes input, struct ga_signature *out,
     struct ga_error *err)
{
    GA_AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
    uint8_t der[128];
    size_t n = sizeof(der);

    if (ctx == NULL)
        return ga_nomem(err);
    if (EVP_DigestSignInit(ctx, NULL, EVP_sha384(), NULL, s->pkey) != 1 ||
        EVP_DigestSign(ctx, der, &n, input.ptr, input.len) != 1 ||
        !ga_signature_der(ga_bytes_of(der, n), out))
        return ga_fail(err, GA_E_INTERNAL, "signing failed");
    return GA_OK;
}

/* Whether what the private half signs verifies with the public one: once per
 * key, for a verification costs as much as a signature. */
static enum ga_rc
try_key(const struct ga_signer *s, struct ga_error *err)
{
    const struct ga_bytes input = ga_bytes_of("{}", 2);
    struct ga_signature signature;
    uint8_t digest[GA_SHA384_LEN];

    if (sign(s, input, &signature, err) != GA_OK || !ga_sha384(input, digest) ||
        !ga_ecdsa_verify(s->key, digest, &signature))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "private key: halves do not belong together");
    return GA_OK;
}

static enum ga_rc
check_certs(const struct ga_signer *s, struct ga_error *err)
{
    if (s->certs.count > 0 &&
        !ga_bytes_equal(s->certs.cert[0]->spki, ga_key_spki(s->key)))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "certificate 0 (%s) is not of the private key",
                       s->certs.cert[0]->common_name);
    return GA_OK;
}

enum ga_rc
ga_signer_parse(const void *pem, size_t len, struct ga_signer **out,
                struct ga_error *err)
{
    GA_AUTO(ga_signer) *s = NULL;
    struct ga_reader r = ga_reader_of(ga_bytes_of(pem, len));
    enum ga_rc rc = GA_OK;

    if (pem == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "signer: NULL");
    if (len > GA_SIGNER_FILE_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, not 1 to %d", len,
                       GA_SIGNER_FILE_MAX);
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return ga_nomem(err);
    while (rc == GA_OK && !ga_pem_end(&r))
        rc = take_block(s, &r, err);
    if (rc == GA_OK && s->pkey == NULL)
        rc = ga_fail(err, GA_E_MISSING, "no private key");
    if (rc == GA_OK)
        rc = name_by_thumbprint(s, err);
    if (rc == GA_OK)
        rc = check_certs(s, err);
    if (rc == GA_OK)
        rc = try_key(s, err);
    if (rc == GA_OK)
        *out = GA_TAKE(s);
    return rc;
}

enum ga_rc
ga_signer_load(const char *path, struct ga_signer **out, struct ga_error *err)
{
    struct ga_buf pem = { 0 };
    enum ga_rc rc;

    if (path == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "signer: NULL");
    rc = ga_file_read_secret(path, GA_SIGNER_FILE_MAX, &pem, err);
    if (rc != GA_OK)
        return rc;
    rc =
        ga_within(err, ga_signer_parse(pem.ptr, pem.len, out, err), "%s", path);
    OPENSSL_cleanse(pem.ptr, pem.len);
    ga_buf_done(&pem);
    return rc;
}

/* "<header>.<payload>" as base64url. */
static char *
signing_input(struct ga_bytes header, struct ga_bytes payload)
{
    GA_AUTO_FREE char *h = ga_base64_encode(header, GA_BASE64_URL);
    GA_AUTO_FREE char *p = ga_base64_encode(payload, GA_BASE64_URL);
    char *out;
    size_t n;

    if (h == NULL || p == NULL)
        return NULL;
    n = strlen(h) + strlen(p) + 2;
    out = malloc(n);
    if (out != NULL)
        snprintf(out, n, "%s.%s", h, p);
    return out;
}

enum ga_rc
ga_jws_sign_header(const struct ga_signer *signer, struct ga_bytes header,
                   struct ga_bytes payload, char **out, struct ga_error *err)
{
    GA_AUTO_FREE char *input = signing_input(header, payload);
    GA_AUTO_FREE char *signature = NULL;
    struct ga_signature raw;
    size_t n;
    enum ga_rc rc;

    if (input == NULL)
        return ga_nomem(err);
    rc = sign(signer, ga_bytes_of(input, strlen(input)), &raw, err);
    if (rc != GA_OK)
        return rc;
    signature =
        ga_base64_encode(ga_bytes_of(raw.rs, sizeof(raw.rs)), GA_BASE64_URL);
    if (signature == NULL)
        return ga_nomem(err);
    n = strlen(input) + strlen(signature) + 2;
    *out = malloc(n);
    if (*out == NULL)
        return ga_nomem(err);
    snprintf(*out, n, "%s.%s", input, signature);
    return GA_OK;
}

enum ga_rc
ga_jws_sign(const struct ga_signer *signer, const void *payload, size_t len,
            char **out, struct ga_error *err)
{
    GA_AUTO(json_t) *header = NULL;
    GA_AUTO_FREE char *text = NULL;

    if (signer == NULL || payload == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "jws: NULL");
    header = json_pack("{s:s,s:s}", "kid", signer->kid, "alg", "ES384");
    text = header != NULL ? ga_json_text(header, false) : NULL;
    if (text == NULL)
        return ga_nomem(err);
    return ga_jws_sign_header(signer, ga_bytes_of(text, strlen(text)),
                              ga_bytes_of(payload, len), out, err);
}

enum ga_rc
ga_jws_sign_json(const struct ga_signer *signer, const json_t *claims,
                 char **out, struct ga_error *err)
{
    GA_AUTO_FREE char *text =
        claims != NULL ? ga_json_text(claims, false) : NULL;

    if (text == NULL)
        return ga_nomem(err);
    return ga_jws_sign(signer, text, strlen(text), out, err);
}

/* x5c has the standard alphabet, with padding.  Source: rfc7517, 4.7 */
static json_t *
x5c(const struct ga_certs *certs)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < certs->count; i++) {
        GA_AUTO_FREE char *text =
            ga_base64_encode(ga_view(&certs->cert[i]->der), 0);

        if (text == NULL || json_array_append_new(list, json_string(text)) != 0)
            return NULL;
    }
    return GA_TAKE(list);
}

static json_t *
jwk(const struct ga_signer *s)
{
    GA_AUTO_FREE char *x = coordinate(s->key, 0);
    GA_AUTO_FREE char *y = coordinate(s->key, 1);
    GA_AUTO(json_t) *out = NULL;

    if (x == NULL || y == NULL)
        return NULL;
    out = json_pack("{s:s,s:s,s:s,s:s,s:s}", "kid", s->kid, "kty", "EC", "crv",
                    "P-384", "x", x, "y", y);
    if (out == NULL)
        return NULL;
    if (s->certs.count > 0 &&
        json_object_set_new(out, "x5c", x5c(&s->certs)) != 0)
        return NULL;
    return GA_TAKE(out);
}

enum ga_rc
ga_jwks_make(const struct ga_signer *const *signers, size_t count, char **out,
             struct ga_error *err)
{
    GA_AUTO(json_t) *keys = json_array();
    GA_AUTO(json_t) *set = NULL;
    char *text;

    if ((signers == NULL && count > 0) || out == NULL)
        return ga_fail(err, GA_E_INVAL, "jwks: NULL");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            if (strcmp(signers[i]->kid, signers[k]->kid) == 0)
                return ga_fail(err, GA_E_DUPLICATE, "jwks: kid \"%s\" twice",
                               signers[i]->kid);
        if (json_array_append_new(keys, jwk(signers[i])) != 0)
            return ga_nomem(err);
    }
    set = json_pack("{s:O}", "keys", keys);
    text = set != NULL ? ga_json_text(set, false) : NULL;
    if (text == NULL)
        return ga_nomem(err);
    *out = text;
    return GA_OK;
}
