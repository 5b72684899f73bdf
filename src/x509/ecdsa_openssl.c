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
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "x509/der.h"
#include "x509/ecdsa_backend.h"

GA_DEFINE_AUTO(EVP_PKEY_CTX, EVP_PKEY_CTX_free);

struct ga_point {
    EVP_PKEY *pkey;
};

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

static void
release(struct ga_point *point)
{
    if (point == NULL)
        return;
    EVP_PKEY_free(point->pkey);
    free(point);
}

/* Whether libcrypto refused the point itself: two numbers that are not on the
 * curve, or no numbers of its field.  It gives memory as the reason, or none,
 * where it had no memory. */
static bool
is_refusal(void)
{
    unsigned long e = ERR_peek_last_error();

    return ERR_GET_LIB(e) == ERR_LIB_EC &&
           (ERR_GET_REASON(e) == EC_R_POINT_IS_NOT_ON_CURVE ||
            ERR_GET_REASON(e) == EC_R_INVALID_ENCODING);
}

static struct ga_point *
make(const uint8_t point[GA_POINT_LEN], bool *refused)
{
    struct ga_point *p = malloc(sizeof(*p));

    *refused = false;
    if (p == NULL)
        return NULL;
    ERR_set_mark();
    p->pkey = import(point);
    *refused = p->pkey == NULL && is_refusal();
    ERR_pop_to_mark();
    if (p->pkey != NULL)
        return p;
    free(p);
    return NULL;
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

static bool
verify(const struct ga_point *point, const uint8_t digest[GA_SHA384_LEN],
       const struct ga_signature *sig)
{
    uint8_t der[2 + 2 * (2 + 1 + GA_P384_LEN)];
    size_t n = 2;
    bool good;

    n += put_scalar(sig->rs, &der[n]);
    n += put_scalar(&sig->rs[GA_P384_LEN], &der[n]);
    der[0] = GA_DER_SEQUENCE;
    der[1] = (uint8_t)(n - 2);

    ERR_set_mark();
    {
        GA_AUTO(EVP_PKEY_CTX) *ctx =
            EVP_PKEY_CTX_new_from_pkey(NULL, point->pkey, NULL);

        good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
               EVP_PKEY_verify(ctx, der, n, digest, GA_SHA384_LEN) == 1;
    }
    ERR_pop_to_mark();
    return good;
}

const struct ga_ecdsa_backend ga_ecdsa_openssl = { make, release, verify };
