/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_TOKEN_MAKER_H
#define TEST_SUPPORT_TOKEN_MAKER_H

#include "gpuattest/token.h"
#include "support/cert_maker.h"

/*
 * Keys that sign tokens, with certificates as an attestation service shows
 * them: a leaf, and an intermediate that a user can pin.
 */

/* AlgorithmIdentifier of sha256WithRSAEncryption. */
#define SHA256_WITH_RSA "300d06092a864886f70d01010b0500"

/* An authority; its certificate is issued by one that nobody shows. */
struct made_authority {
    struct made_key *key;
    EVP_PKEY *rsa;  /* its key in place of `key`, or NULL */
    char *rsa_spki; /* hex */
    struct made_spec spec;
};

/* made_authority_init makes one named `subject` ("CN=..."); `rsa`: of RSA, as
 * NVIDIA's is. */
void made_authority_init(struct made_authority *a, const char *subject,
                         bool rsa);
void made_authority_done(struct made_authority *a);

/* made_leaf fills in a certificate for a key that signs tokens, of 2020 to
 * 2049. */
struct made_spec made_leaf(const struct made_authority *a, const char *subject,
                           const struct made_key *key);

/* made_signer makes a signer of `key` with certificates, leaf first. */
struct ga_signer *made_signer(const struct made_key *key,
                              const struct made_spec *certs, size_t count);

/* made_token_signer does all of it: a key, a leaf under `a`, a signer. */
struct ga_signer *made_token_signer(const struct made_authority *a,
                                    const char *subject);

/* made_file writes bytes to a new file that is nobody else's, and returns its
 * name, which the caller frees and unlinks. */
char *made_file(struct ga_bytes bytes);

#endif
