/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_ecdsa_verify against libcrypto's ECDSA_do_verify, and our DER of
 * signatures against d2i_ECDSA_SIG.  The input is what to take for r, s and the
 * digest (edge values, or bytes), and whether to sign; then DER.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "fuzz/require.h"
#include "x509/ecdsa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One key for all inputs: the scalar is 0x42. */
struct pair {
    EC_KEY *theirs;
    struct ga_key *ours;
};

static struct pair
make_pair(void)
{
    struct pair p = { .theirs = EC_KEY_new_by_curve_name(NID_secp384r1) };
    const EC_GROUP *group = EC_KEY_get0_group(p.theirs);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *d = BN_new();
    uint8_t octets[GA_POINT_LEN];

    require(BN_set_word(d, 0x42) == 1);
    require(EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1);
    require(EC_KEY_set_private_key(p.theirs, d) == 1);
    require(EC_KEY_set_public_key(p.theirs, point) == 1);
    require(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
                               octets, sizeof(octets), NULL) == sizeof(octets));
    require(ga_key_of_point(ga_bytes_of(octets, sizeof(octets)), &p.ours,
                            NULL) == GA_OK);
    EC_POINT_free(point);
    BN_free(d);
    return p;
}

/* 0, 1, n - 1, n, n + 1, p - n, n >> 1, 2^384 - 1, or 48 bytes of the input. */
static BIGNUM *
scalar(struct ga_reader *in, const EC_GROUP *group)
{
    const BIGNUM *n = EC_GROUP_get0_order(group);
    BIGNUM *out = BN_new();
    struct ga_bytes raw;
    uint8_t kind = 0;

    if (!ga_read_u8(in, "kind", &kind))
        kind = 0;
    switch (kind % 9) {
    case 0:
        break;
    case 1:
        require(BN_one(out) == 1);
        break;
    case 2:
        require(BN_sub(out, n, BN_value_one()) == 1);
        break;
    case 3:
        require(BN_copy(out, n) != NULL);
        break;
    case 4:
        require(BN_add(out, n, BN_value_one()) == 1);
        break;
    case 5:
        require(BN_sub(out, EC_GROUP_get0_field(group), n) == 1);
        break;
    case 6:
        require(BN_rshift1(out, n) == 1);
        break;
    case 7:
        require(BN_lshift(out, BN_value_one(), 384) == 1);
        require(BN_sub_word(out, 1) == 1);
        break;
    default:
        if (ga_read_bytes(in, "scalar", GA_P384_LEN, &raw))
            require(BN_bin2bn(raw.ptr, GA_P384_LEN, out) != NULL);
        break;
    }
    return out;
}

static void
read_digest(struct ga_reader *in, uint8_t out[GA_SHA384_LEN])
{
    struct ga_bytes raw;
    uint8_t fill = 0;

    if (ga_read_bytes(in, "digest", GA_SHA384_LEN, &raw)) {
        memcpy(out, raw.ptr, GA_SHA384_LEN);
        return;
    }
    if (!ga_read_u8(in, "fill", &fill))
        fill = 0;
    memset(out, fill, GA_SHA384_LEN);
}

/* Both say the same of r and s. */
static bool
agree(const struct pair *p, const uint8_t digest[GA_SHA384_LEN],
      const ECDSA_SIG *sig)
{
    struct ga_signature ours;
    int theirs =
        ECDSA_do_verify(digest, GA_SHA384_LEN, sig, p->theirs); /* 1, 0, -1 */
    bool good;

    require(BN_bn2binpad(ECDSA_SIG_get0_r(sig), ours.rs, GA_P384_LEN) ==
            GA_P384_LEN);
    require(BN_bn2binpad(ECDSA_SIG_get0_s(sig), &ours.rs[GA_P384_LEN],
                         GA_P384_LEN) == GA_P384_LEN);
    good = ga_ecdsa_verify(p->ours, digest, &ours);
    require(good == (theirs == 1));
    ERR_clear_error();
    return good;
}

static void
try_numbers(const struct pair *p, struct ga_reader *in)
{
    const EC_GROUP *group = EC_KEY_get0_group(p->theirs);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = scalar(in, group), *s = scalar(in, group);
    uint8_t digest[GA_SHA384_LEN];

    read_digest(in, digest);
    require(ECDSA_SIG_set0(sig, r, s) == 1);
    agree(p, digest, sig);
    ECDSA_SIG_free(sig);
    sig = ECDSA_do_sign(digest, GA_SHA384_LEN, p->theirs);
    require(sig != NULL && agree(p, digest, sig));
    ECDSA_SIG_free(sig);
}

/* What we take for the DER of a signature, libcrypto reads as the same
 * numbers. */
static void
try_der(struct ga_bytes in)
{
    struct ga_signature ours;
    const unsigned char *at = in.ptr;
    uint8_t theirs[2 * GA_P384_LEN];
    ECDSA_SIG *sig;

    if (!ga_signature_der(in, &ours))
        return;
    sig = d2i_ECDSA_SIG(NULL, &at, (long)in.len);
    require(sig != NULL && at == in.ptr + in.len);
    require(BN_bn2binpad(ECDSA_SIG_get0_r(sig), theirs, GA_P384_LEN) > 0);
    require(BN_bn2binpad(ECDSA_SIG_get0_s(sig), &theirs[GA_P384_LEN],
                         GA_P384_LEN) > 0);
    require(memcmp(theirs, ours.rs, sizeof(theirs)) == 0);
    ECDSA_SIG_free(sig);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_reader in = ga_reader_of(ga_bytes_of(data, size));
    struct pair p = make_pair();

    try_numbers(&p, &in);
    try_der(ga_bytes_of(in.base + in.pos, ga_reader_left(&in)));
    try_der(ga_bytes_of(data, size));
    EC_KEY_free(p.theirs);
    ga_key_free(p.ours);
    return 0;
}
