/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures; the arithmetic is a library's (ecdsa_backend.h). */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/der.h"
#include "x509/ecdsa.h"
#include "x509/ecdsa_backend.h"

#ifdef GPUATTEST_ECDSA_NETTLE
static const struct ga_ecdsa_backend *const backend = &ga_ecdsa_nettle;
#else
static const struct ga_ecdsa_backend *const backend = &ga_ecdsa_openssl;
#endif

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
    struct ga_point *point;
    uint8_t spki[GA_SPKI_LEN];
    uint8_t sha1[GA_KEY_ID_LEN];
};

void
ga_key_free(struct ga_key *key)
{
    if (key == NULL || __atomic_sub_fetch(&key->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    backend->release(key->point);
    free(key);
}

struct ga_key *
ga_key_ref(struct ga_key *key)
{
    __atomic_add_fetch(&key->refs, 1, __ATOMIC_RELAXED);
    return key;
}

GA_DEFINE_AUTO_STRUCT(ga_key, ga_key_free);

enum ga_rc
ga_key_of_point(struct ga_bytes point, struct ga_key **out,
                struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_key) *key = NULL;
    unsigned n = 0;
    bool refused;

    if (point.len != GA_POINT_LEN || point.ptr[0] != 0x04)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "key: not an uncompressed point of P-384");
    key = calloc(1, sizeof(*key));
    if (key == NULL)
        return ga_nomem(err);
    key->refs = 1;
    memcpy(key->spki, spki_prefix, PREFIX_LEN);
    memcpy(&key->spki[PREFIX_LEN], point.ptr, GA_POINT_LEN);
    key->point = backend->point(&key->spki[PREFIX_LEN], &refused);
    if (key->point == NULL && !refused)
        return ga_nomem(err);
    if (key->point == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "key: point is not on P-384");
    if (EVP_Digest(point.ptr, point.len, key->sha1, &n, EVP_sha1(), NULL) !=
            1 ||
        n != sizeof(key->sha1))
        return ga_nomem(err); /* nothing else stops a digest */
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

struct ga_bytes
ga_key_id(const struct ga_key *key)
{
    return ga_bytes_of(key->sha1, sizeof(key->sha1));
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

bool
ga_ecdsa_verify(const struct ga_key *key, const uint8_t digest[GA_SHA384_LEN],
                const struct ga_signature *sig)
{
    return in_range(sig->rs) && in_range(&sig->rs[GA_P384_LEN]) &&
           backend->verify(key->point, digest, sig);
}

bool
ga_sha384(struct ga_bytes in, uint8_t out[GA_SHA384_LEN])
{
    unsigned n = 0;

    return EVP_Digest(in.ptr, in.len, out, &n, EVP_sha384(), NULL) == 1 &&
           n == GA_SHA384_LEN;
}
