/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_KEY_H
#define GA_SIM_KEY_H

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "base/bytes.h"
#include "x509/ecdsa.h"

/*
 * sim_forge is what every key, serial number and value of a world comes from:
 * a secret, random or made of the caller's seed, and the curve.  Each value is
 * derived from the secret and a label of its own, so that it does not depend on
 * what else was made, or in which order.
 */
struct sim_forge {
    uint8_t secret[64];
    EC_GROUP *group;
    BIGNUM *order; /* n of P-384 */
    BN_CTX *bn;
    /* Called for every certificate before it is made, with its name and its
     * struct sim_cert_spec; NULL: nobody asks. */
    void (*twist)(const void *user, const char *name, void *spec);
    const void *twist_user;
};

/* sim_forge_init takes the secret from the system's random generator where
 * `seed` is NULL.  Errors: GA_E_NOMEM, GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc sim_forge_init(struct sim_forge *f, const char *seed,
                                      struct ga_error *err);
void sim_forge_done(struct sim_forge *f);

/* sim_derive fills `out` with bytes that the secret and the label decide. */
GA_MUST_USE enum ga_rc sim_derive(const struct sim_forge *f, uint8_t *out,
                                  size_t n, struct ga_error *err,
                                  const char *label, ...) GA_PRINTF(5, 6);

/* A key pair. */
struct sim_key {
    BIGNUM *d;
    uint8_t point[GA_POINT_LEN];
    uint8_t id[20]; /* SHA-1 of the point: subject key id, RFC 5280 4.2.1.2 */
};

GA_MUST_USE enum ga_rc sim_key_make(struct sim_forge *f, const char *label,
                                    struct sim_key *out, struct ga_error *err);
/* The same from a private scalar in 1..n-1. */
GA_MUST_USE enum ga_rc sim_key_of_scalar(struct sim_forge *f,
                                         const uint8_t d[GA_P384_LEN],
                                         struct sim_key *out,
                                         struct ga_error *err);
void sim_key_done(struct sim_key *key);

/*
 * sim_sign makes r || s over SHA-384 of the message, with the deterministic
 * nonce of RFC 6979, so that one seed makes the same bytes each time.  Not in
 * constant time: the keys are worth nothing.
 */
GA_MUST_USE enum ga_rc sim_sign(struct sim_forge *f, const struct sim_key *key,
                                struct ga_bytes message,
                                uint8_t rs[2 * GA_P384_LEN],
                                struct ga_error *err);

#endif
