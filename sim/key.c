/* SPDX-License-Identifier: Apache-2.0 */
/* Values from a seed, keys, and deterministic signatures. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "sim/cleanup.h"
#include "sim/key.h"

static enum ga_rc
broken(struct ga_error *err, const char *what)
{
    return ga_fail(err, GA_E_INTERNAL, "libcrypto: %s failed", what);
}

/* The secret of a seed: a label, so that it is no digest that somebody could
 * meet elsewhere, and the seed. */
static bool
secret_of(const char *seed, uint8_t secret[64])
{
    static const char label[] = "gpuattest-sim seed 1";
    GA_AUTO(EVP_MD_CTX) *md = EVP_MD_CTX_new();

    return md != NULL && EVP_DigestInit_ex(md, EVP_sha512(), NULL) == 1 &&
           EVP_DigestUpdate(md, label, sizeof(label)) == 1 &&
           EVP_DigestUpdate(md, seed, strlen(seed)) == 1 &&
           EVP_DigestFinal_ex(md, secret, NULL) == 1;
}

enum ga_rc
sim_forge_init(struct sim_forge *f, const char *seed, struct ga_error *err)
{
    struct sim_forge made = { 0 };

    if (seed != NULL ? !secret_of(seed, made.secret)
                     : RAND_bytes(made.secret, sizeof(made.secret)) != 1)
        return broken(err, "the secret");
    made.group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    made.bn = BN_CTX_new();
    made.order = BN_new();
    if (made.group == NULL || made.bn == NULL || made.order == NULL ||
        EC_GROUP_get_order(made.group, made.order, made.bn) != 1) {
        sim_forge_done(&made);
        return broken(err, "the curve");
    }
    *f = made;
    return GA_OK;
}

void
sim_forge_done(struct sim_forge *f)
{
    OPENSSL_cleanse(f->secret, sizeof(f->secret));
    EC_GROUP_free(f->group);
    BN_free(f->order);
    BN_CTX_free(f->bn);
    *f = (struct sim_forge){ 0 };
}

enum ga_rc
sim_derive(const struct sim_forge *f, uint8_t *out, size_t n,
           struct ga_error *err, const char *label, ...)
{
    char text[200]; /* the label, a NUL, and a counter behind it */
    va_list ap;
    int len;

    va_start(ap, label);
    len = vsnprintf(text, sizeof(text) - 1, label, ap);
    va_end(ap);
    if (len < 0 || (size_t)len >= sizeof(text) - 1)
        return ga_fail(err, GA_E_INTERNAL, "label of a value is too long");
    for (unsigned block = 0; n > 0; block++) {
        uint8_t mac[SHA512_DIGEST_LENGTH];
        size_t take = n < sizeof(mac) ? n : sizeof(mac);

        text[len + 1] = (char)block;
        if (HMAC(EVP_sha512(), f->secret, sizeof(f->secret),
                 (const unsigned char *)text, (size_t)len + 2, mac,
                 NULL) == NULL)
            return broken(err, "HMAC");
        memcpy(out, mac, take);
        out += take;
        n -= take;
    }
    return GA_OK;
}

enum ga_rc
sim_key_of_scalar(struct sim_forge *f, const uint8_t d[GA_P384_LEN],
                  struct sim_key *out, struct ga_error *err)
{
    GA_AUTO(EC_POINT) *q = EC_POINT_new(f->group);
    struct sim_key key = { .d = BN_bin2bn(d, GA_P384_LEN, NULL) };

    if (q == NULL || key.d == NULL ||
        EC_POINT_mul(f->group, q, key.d, NULL, NULL, f->bn) != 1 ||
        EC_POINT_point2oct(f->group, q, POINT_CONVERSION_UNCOMPRESSED,
                           key.point, sizeof(key.point),
                           f->bn) != sizeof(key.point) ||
        EVP_Digest(key.point, sizeof(key.point), key.id, NULL, EVP_sha1(),
                   NULL) != 1) {
        sim_key_done(&key);
        return broken(err, "a key");
    }
    *out = key;
    return GA_OK;
}

enum ga_rc
sim_key_make(struct sim_forge *f, const char *label, struct sim_key *out,
             struct ga_error *err)
{
    GA_AUTO(BIGNUM) *d = BN_new();
    uint8_t wide[GA_P384_LEN + 16], scalar[GA_P384_LEN];
    enum ga_rc rc = sim_derive(f, wide, sizeof(wide), err, "key %s", label);

    if (rc != GA_OK)
        return rc;
    /* 128 bits more than n has, so that no scalar is likelier than another. */
    if (d == NULL || BN_bin2bn(wide, sizeof(wide), d) == NULL ||
        BN_sub_word(f->order, 1) != 1 || BN_nnmod(d, d, f->order, f->bn) != 1 ||
        BN_add_word(f->order, 1) != 1 || BN_add_word(d, 1) != 1 ||
        BN_bn2binpad(d, scalar, sizeof(scalar)) != (int)sizeof(scalar))
        return broken(err, "a scalar");
    return sim_key_of_scalar(f, scalar, out, err);
}

void
sim_key_done(struct sim_key *key)
{
    BN_clear_free(key->d);
    *key = (struct sim_key){ 0 };
}

/* The generator: K and V.  Source: rfc6979 3.2 */
struct drbg {
    uint8_t k[GA_SHA384_LEN], v[GA_SHA384_LEN];
};

/* K = HMAC_K(V || tag || x || h), V = HMAC_K(V); x and h may be absent. */
static bool
drbg_update(struct drbg *g, uint8_t tag, const uint8_t *x, const uint8_t *h)
{
    uint8_t in[GA_SHA384_LEN + 1 + 2 * GA_P384_LEN];
    size_t n = GA_SHA384_LEN;

    memcpy(in, g->v, n);
    in[n++] = tag;
    if (x != NULL) {
        memcpy(in + n, x, GA_P384_LEN);
        memcpy(in + n + GA_P384_LEN, h, GA_P384_LEN);
        n += 2 * (size_t)GA_P384_LEN;
    }
    return HMAC(EVP_sha384(), g->k, sizeof(g->k), in, n, g->k, NULL) != NULL &&
           HMAC(EVP_sha384(), g->k, sizeof(g->k), g->v, sizeof(g->v), g->v,
                NULL) != NULL;
}

/* Steps b to g; h is the digest modulo n. */
static bool
drbg_init(struct drbg *g, const uint8_t *x, const uint8_t *h)
{
    memset(g->v, 0x01, sizeof(g->v));
    memset(g->k, 0x00, sizeof(g->k));
    return drbg_update(g, 0x00, x, h) && drbg_update(g, 0x01, x, h);
}

/* r = (k G).x mod n; s = (z + r d) / k mod n.  False where k does not serve:
 * outside 1..n-1, or r or s is zero. */
static bool
sign_with(struct sim_forge *f, const BIGNUM *k, const struct sim_key *key,
          const BIGNUM *z, uint8_t rs[2 * GA_P384_LEN])
{
    GA_AUTO(EC_POINT) *p = EC_POINT_new(f->group);
    GA_AUTO(BIGNUM) *r = BN_new();
    GA_AUTO(BIGNUM) *s = BN_new();
    GA_AUTO(BIGNUM) *inverse = BN_new();

    return p != NULL && r != NULL && s != NULL && inverse != NULL &&
           !BN_is_zero(k) && BN_cmp(k, f->order) < 0 &&
           EC_POINT_mul(f->group, p, k, NULL, NULL, f->bn) == 1 &&
           EC_POINT_get_affine_coordinates(f->group, p, r, NULL, f->bn) == 1 &&
           BN_nnmod(r, r, f->order, f->bn) == 1 && !BN_is_zero(r) &&
           BN_mod_mul(s, r, key->d, f->order, f->bn) == 1 &&
           BN_mod_add(s, s, z, f->order, f->bn) == 1 &&
           BN_mod_inverse(inverse, k, f->order, f->bn) != NULL &&
           BN_mod_mul(s, s, inverse, f->order, f->bn) == 1 && !BN_is_zero(s) &&
           BN_bn2binpad(r, rs, GA_P384_LEN) == GA_P384_LEN &&
           BN_bn2binpad(s, rs + GA_P384_LEN, GA_P384_LEN) == GA_P384_LEN;
}

/* Candidates for k that are tried: one in 2^190 does not serve. */
#define CANDIDATES 4

enum ga_rc
sim_sign(struct sim_forge *f, const struct sim_key *key,
         struct ga_bytes message, uint8_t rs[2 * GA_P384_LEN],
         struct ga_error *err)
{
    GA_AUTO(BIGNUM) *z = BN_new();
    GA_AUTO(BIGNUM) *k = BN_new();
    uint8_t digest[GA_SHA384_LEN], x[GA_P384_LEN];
    struct drbg g;

    /* SHA-384 and n have the same number of bits: nothing is cut off. */
    if (z == NULL || k == NULL ||
        EVP_Digest(message.ptr, message.len, digest, NULL, EVP_sha384(),
                   NULL) != 1 ||
        BN_bin2bn(digest, sizeof(digest), z) == NULL ||
        BN_nnmod(z, z, f->order, f->bn) != 1 ||
        BN_bn2binpad(z, digest, sizeof(digest)) != (int)sizeof(digest) ||
        BN_bn2binpad(key->d, x, sizeof(x)) != (int)sizeof(x) ||
        !drbg_init(&g, x, digest))
        return broken(err, "a signature");
    for (int i = 0; i < CANDIDATES; i++) {
        if (HMAC(EVP_sha384(), g.k, sizeof(g.k), g.v, sizeof(g.v), g.v, NULL) ==
                NULL ||
            BN_bin2bn(g.v, sizeof(g.v), k) == NULL)
            break;
        if (sign_with(f, k, key, z, rs))
            return GA_OK;
        if (!drbg_update(&g, 0x00, NULL, NULL))
            break;
    }
    return broken(err, "a signature");
}
