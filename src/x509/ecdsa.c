/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA P-384 on libcrypto's EVP.  A key costs 20 microseconds through
 * EVP_PKEY_fromdata (d2i_PUBKEY: 140); a context per verification adds 2 to
 * some 700, so that keys hold no context and stay shareable.
 */
#include <openssl/core_names.h>
#include <openssl/ecerr.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/der.h"
#include "x509/ecdsa.h"

GA_DEFINE_AUTO(EVP_PKEY_CTX, EVP_PKEY_CTX_free);

#define PREFIX_LEN (GA_SPKI_LEN - GA_POINT_LEN)

/* What stands before the point: SEQUENCE { SEQUENCE { id-ecPublicKey,
 * secp384r1 }, BIT STRING without unused bits.  Source: rfc5480 */
static const uint8_t spki_prefix[PREFIX_LEN] = {
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
};

/* The order of P-384's base point.  Source: sec2 */
static const uint8_t order[GA_P384_LEN] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
    0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};

struct ga_key {
    unsigned refs; /* changed atomically */
    EVP_PKEY *pkey;
    uint8_t spki[GA_SPKI_LEN];
};

void
ga_key_free(struct ga_key *key)
{
    if (key == NULL || __atomic_sub_fetch(&key->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

struct ga_key *
ga_key_ref(struct ga_key *key)
{
    __atomic_add_fetch(&key->refs, 1, __ATOMIC_RELAXED);
    return key;
}

GA_DEFINE_AUTO_STRUCT(ga_key, ga_key_free);

/* Gives libcrypto the point, which it refuses where it is not on the curve;
 * P-384 has cofactor 1, so that any other point is of the right order. */
static EVP_PKEY *
import(const uint8_t *point)
{
    GA_AUTO(EVP_PKEY_CTX) *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;
    char group[] = "P-384";
    uint8_t copy[GA_POINT_LEN];
    OSSL_PARAM params[3];

    memcpy(copy, point, sizeof(copy));
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy,
                                                  sizeof(copy));
    params[2] = OSSL_PARAM_construct_end();
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

/* Whether libcrypto refused the point itself: two numbers that are not on the
 * curve, or no numbers of its field.  It gives memory as the reason, or none,
 * where it had no memory. */
static bool
refused(void)
{
    unsigned long e = ERR_peek_last_error();

    return ERR_GET_LIB(e) == ERR_LIB_EC &&
           (ERR_GET_REASON(e) == EC_R_POINT_IS_NOT_ON_CURVE ||
            ERR_GET_REASON(e) == EC_R_INVALID_ENCODING);
}

enum ga_rc
ga_key_of_point(struct ga_bytes point, struct ga_key **out,
                struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_key) *key = NULL;
    bool bad;

    if (point.len != GA_POINT_LEN || point.ptr[0] != 0x04)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "key: not an uncompressed point of P-384");
    key = calloc(1, sizeof(*key));
    if (key == NULL)
        return ga_nomem(err);
    key->refs = 1;
    memcpy(key->spki, spki_prefix, PREFIX_LEN);
    memcpy(&key->spki[PREFIX_LEN], point.ptr, GA_POINT_LEN);
    ERR_set_mark();
    key->pkey = import(&key->spki[PREFIX_LEN]);
    bad = key->pkey == NULL && refused();
    ERR_pop_to_mark();
    if (key->pkey == NULL && !bad)
        return ga_nomem(err);
    if (key->pkey == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "key: point is not on P-384");
    *out = GA_TAKE(key);
    return GA_OK;
}

enum ga_rc
ga_key_parse(struct ga_bytes spki, struct ga_key **out, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(spki);
    struct ga_bytes prefix, point;

    if (spki.len != GA_SPKI_LEN ||
        !ga_read_bytes(&r, "SPKI", PREFIX_LEN, &prefix) ||
        !ga_read_bytes(&r, "point", GA_POINT_LEN, &point) ||
        memcmp(prefix.ptr, spki_prefix, PREFIX_LEN) != 0)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "key: not id-ecPublicKey with named curve secp384r1 and "
                       "an uncompressed point");
    return ga_key_of_point(point, out, err);
}

struct ga_bytes
ga_key_spki(const struct ga_key *key)
{
    return ga_bytes_of(key->spki, GA_SPKI_LEN);
}

struct ga_bytes
ga_key_point(const struct ga_key *key)
{
    return ga_bytes_of(&key->spki[PREFIX_LEN], GA_POINT_LEN);
}

bool
ga_signature_raw(struct ga_bytes rs, struct ga_signature *out)
{
    if (rs.len != sizeof(out->rs))
        return false;
    memcpy(out->rs, rs.ptr, sizeof(out->rs));
    return true;
}

/* Takes a non-negative INTEGER of at most 48 octets, right-aligned. */
static bool
take_scalar(struct ga_reader *r, uint8_t out[GA_P384_LEN])
{
    struct ga_der e;
    size_t skip;

    if (ga_der_take(r, "integer", GA_DER_INTEGER, &e, NULL) != GA_OK ||
        !ga_der_integer_ok(e.value) || e.value.ptr[0] >= 0x80)
        return false;
    skip = e.value.ptr[0] == 0x00 ? 1 : 0;
    if (e.value.len - skip > GA_P384_LEN)
        return false;
    memset(out, 0, GA_P384_LEN);
    for (size_t i = e.value.len, to = GA_P384_LEN; i > skip; i--)
        out[--to] = e.value.ptr[i - 1];
    return true;
}

bool
ga_signature_der(struct ga_bytes der, struct ga_signature *out)
{
    struct ga_reader r = ga_reader_of(der);
    struct ga_signature sig;
    struct ga_der seq;

    if (ga_der_take(&r, "signature", GA_DER_SEQUENCE, &seq, NULL) != GA_OK ||
        ga_reader_left(&r) != 0 || !take_scalar(&seq.body, sig.rs) ||
        !take_scalar(&seq.body, &sig.rs[GA_P384_LEN]) ||
        ga_reader_left(&seq.body) != 0)
        return false;
    *out = sig;
    return true;
}

/* 1 to n - 1.  Both numbers are public. */
static bool
in_range(const uint8_t scalar[GA_P384_LEN])
{
    return !ga_bytes_zero(ga_bytes_of(scalar, GA_P384_LEN)) &&
           memcmp(scalar, order, GA_P384_LEN) < 0;
}

/* Writes INTEGER with a scalar of at least 1; returns the octets used, at most
 * 51. */
static size_t
put_scalar(const uint8_t scalar[GA_P384_LEN], uint8_t *out)
{
    size_t skip = 0, n, lead;

    while (skip < GA_P384_LEN - 1 && scalar[skip] == 0)
        skip++;
    n = GA_P384_LEN - skip;
    lead = scalar[skip] >= 0x80 ? 1 : 0;
    out[0] = GA_DER_INTEGER;
    out[1] = (uint8_t)(n + lead);
    out[2] = 0;
    memcpy(&out[2 + lead], &scalar[skip], n);
    return 2 + lead + n;
}

bool
ga_ecdsa_verify(const struct ga_key *key, const uint8_t digest[GA_SHA384_LEN],
                const struct ga_signature *sig)
{
    uint8_t der[2 + 2 * (2 + 1 + GA_P384_LEN)];
    size_t n = 2;
    bool good;

    if (!in_range(sig->rs) || !in_range(&sig->rs[GA_P384_LEN]))
        return false;
    n += put_scalar(sig->rs, &der[n]);
    n += put_scalar(&sig->rs[GA_P384_LEN], &der[n]);
    der[0] = GA_DER_SEQUENCE;
    der[1] = (uint8_t)(n - 2);

    ERR_set_mark();
    {
        GA_AUTO(EVP_PKEY_CTX) *ctx =
            EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);

        good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
               EVP_PKEY_verify(ctx, der, n, digest, GA_SHA384_LEN) == 1;
    }
    ERR_pop_to_mark();
    return good;
}

bool
ga_sha384(struct ga_bytes in, uint8_t out[GA_SHA384_LEN])
{
    unsigned n = 0;

    return EVP_Digest(in.ptr, in.len, out, &n, EVP_sha384(), NULL) == 1 &&
           n == GA_SHA384_LEN;
}
