/* SPDX-License-Identifier: Apache-2.0 */
/* RSA, by libcrypto.  Source: rfc8017, 8.2. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/cleanup.h"
#include "x509/der.h"
#include "x509/rsa.h"

GA_DEFINE_AUTO(EVP_PKEY, EVP_PKEY_free);
GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);
GA_DEFINE_AUTO(BIGNUM, BN_free);

#define BITS_MIN 2048
#define BITS_MAX 4096

static bool
exponent_ok(const EVP_PKEY *key)
{
    GA_AUTO(BIGNUM) *e = NULL;

    return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
           BN_is_word(e, RSA_F4) == 1;
}

/* NULL where it is no such key. */
static EVP_PKEY *
read_key(struct ga_bytes spki)
{
    const unsigned char *at = spki.ptr;
    GA_AUTO(EVP_PKEY) *key = NULL;
    int bits;

    if (ga_der_check(spki, NULL) != GA_OK)
        return NULL;
    key = d2i_PUBKEY(NULL, &at, (long)spki.len);
    if (key == NULL || at != spki.ptr + spki.len ||
        EVP_PKEY_is_a(key, "RSA") != 1)
        return NULL;
    bits = EVP_PKEY_get_bits(key);
    if (bits < BITS_MIN || bits > BITS_MAX || !exponent_ok(key))
        return NULL;
    return GA_TAKE(key);
}

bool
ga_rsa_key_ok(struct ga_bytes spki)
{
    GA_AUTO(EVP_PKEY) *key = read_key(spki);

    return key != NULL;
}

bool
ga_rsa_verify(struct ga_bytes spki, struct ga_bytes message,
              struct ga_bytes signature)
{
    GA_AUTO(EVP_PKEY) *key = read_key(spki);
    GA_AUTO(EVP_MD_CTX) *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx = NULL; /* md's */

    return key != NULL && md != NULL &&
           EVP_DigestVerifyInit(md, &ctx, EVP_sha256(), NULL, key) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
           EVP_DigestVerify(md, signature.ptr, signature.len, message.ptr,
                            message.len) == 1;
}
