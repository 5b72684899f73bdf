/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA P-384 on nettle's hogweed, with its low-level function: the
 * others allocate through GMP, which ends the program when memory is out.
 * Not in constant time, which verifying does not need.
 */
#include <gmp.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <stdlib.h>
#include <string.h>

#include "x509/ecdsa_backend.h"

/* Limbs of a coordinate or scalar: 384 bits fill them. */
#define LIMBS      (384 / GMP_NUMB_BITS)
#define LIMB_BYTES ((size_t)GMP_NUMB_BITS / 8)

_Static_assert(LIMBS *GMP_NUMB_BITS == 384, "limbs have no spare bits");

struct ga_point {
    mp_limb_t xy[2 * LIMBS];
    uint8_t bytes[GA_POINT_LEN];
};

/* The prime of the curve, and b of y^2 = x^3 - 3x + b.  Source: sec2 */
static const uint8_t prime_bytes[GA_P384_LEN] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
};
static const uint8_t b_bytes[GA_P384_LEN] = {
    0xb3, 0x31, 0x2f, 0xa7, 0xe2, 0x3e, 0xe7, 0xe4, 0x98, 0x8e, 0x05, 0x6b,
    0xe3, 0xf8, 0x2d, 0x19, 0x18, 0x1d, 0x9c, 0x6e, 0xfe, 0x81, 0x41, 0x12,
    0x03, 0x14, 0x08, 0x8f, 0x50, 0x13, 0x87, 0x5a, 0xc6, 0x56, 0x39, 0x8d,
    0x8a, 0x2e, 0xd1, 0x9d, 0x2a, 0x85, 0xc8, 0xed, 0xd3, 0xec, 0x2a, 0xef,
};

/* The least limb first. */
static void
to_limbs(const uint8_t in[GA_P384_LEN], mp_limb_t out[LIMBS])
{
    for (size_t i = 0; i < LIMBS; i++) {
        const uint8_t *p = &in[GA_P384_LEN - (i + 1) * LIMB_BYTES];
        mp_limb_t v = 0;

        for (size_t k = 0; k < LIMB_BYTES; k++)
            v = v << 8 | p[k];
        out[i] = v;
    }
}

/* out = a * b mod the prime; `out` may be one of them. */
static void
mul(mp_limb_t *out, const mp_limb_t *a, const mp_limb_t *b,
    const mp_limb_t *prime)
{
    mp_limb_t product[2 * LIMBS], quotient[LIMBS + 1];

    mpn_mul_n(product, a, b, LIMBS);
    mpn_tdiv_qr(quotient, out, 0, product, 2 * LIMBS, prime, LIMBS);
}

/* a += b, a -= b mod the prime, both below it. */
static void
add(mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *prime)
{
    if (mpn_add_n(a, a, b, LIMBS) != 0 || mpn_cmp(a, prime, LIMBS) >= 0)
        mpn_sub_n(a, a, prime, LIMBS);
}

static void
sub(mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *prime)
{
    if (mpn_sub_n(a, a, b, LIMBS) != 0)
        mpn_add_n(a, a, prime, LIMBS);
}

static bool
on_curve(const mp_limb_t *x, const mp_limb_t *y)
{
    mp_limb_t prime[LIMBS], b[LIMBS], left[LIMBS], right[LIMBS];

    to_limbs(prime_bytes, prime);
    to_limbs(b_bytes, b);
    if (mpn_cmp(x, prime, LIMBS) >= 0 || mpn_cmp(y, prime, LIMBS) >= 0)
        return false;
    mul(left, y, y, prime);
    mul(right, x, x, prime); /* x (x^2 - 3) + b */
    b[0] = 3;
    memset(&b[1], 0, (LIMBS - 1) * sizeof(b[0]));
    sub(right, b, prime);
    mul(right, right, x, prime);
    to_limbs(b_bytes, b);
    add(right, b, prime);
    return mpn_cmp(left, right, LIMBS) == 0;
}

static struct ga_point *
make(const uint8_t point[GA_POINT_LEN], bool *refused)
{
    struct ga_point *p = malloc(sizeof(*p));

    *refused = false;
    if (p == NULL)
        return NULL;
    memcpy(p->bytes, point, GA_POINT_LEN);
    to_limbs(&point[1], p->xy);
    to_limbs(&point[1 + GA_P384_LEN], &p->xy[LIMBS]);
    if (on_curve(p->xy, &p->xy[LIMBS]))
        return p;
    *refused = true;
    free(p);
    return NULL;
}

static void
release(struct ga_point *point)
{
    free(point);
}

/* hogweed's sum of two points is wrong where they are the same one, so that
 * it refuses some signatures that are right: only libcrypto says no. */
static bool
verify_again(const struct ga_point *point, const uint8_t digest[GA_SHA384_LEN],
             const struct ga_signature *sig)
{
    bool refused;
    struct ga_point *other = ga_ecdsa_openssl.point(point->bytes, &refused);
    bool good = other != NULL && ga_ecdsa_openssl.verify(other, digest, sig);

    ga_ecdsa_openssl.release(other);
    return good;
}

static bool
verify(const struct ga_point *point, const uint8_t digest[GA_SHA384_LEN],
       const struct ga_signature *sig)
{
    const struct ecc_curve *curve = nettle_get_secp_384r1();
    mp_limb_t r[LIMBS], s[LIMBS], *scratch;
    mp_size_t room = ecc_ecdsa_verify_itch(curve);
    bool good;

    if (room <= 0 || ecc_size(curve) != LIMBS)
        return false;
    scratch = calloc((size_t)room, sizeof(*scratch));
    if (scratch == NULL)
        return false;
    to_limbs(sig->rs, r);
    to_limbs(&sig->rs[GA_P384_LEN], s);
    good = ecc_ecdsa_verify(curve, point->xy, GA_SHA384_LEN, digest, r, s,
                            scratch) == 1;
    free(scratch);
    return good || verify_again(point, digest, sig);
}

const struct ga_ecdsa_backend ga_ecdsa_nettle = { make, release, verify };
