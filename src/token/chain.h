/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_CHAIN_H
#define GA_TOKEN_CHAIN_H

#include "token/jwks.h"
#include "token/pins.h"
#include "x509/facts.h"

/* What a key's certificates are checked with. */
struct ga_token_chain_rules {
    const struct ga_pins *pins;
    struct ga_facts *facts;
    const char *issuer; /* whose keys they are */
    ga_time at;
};

/* ga_token_chain_check makes the check token.chain on the certificates behind
 * `key`; `pin` receives the one that they lead to, or NULL. */
void ga_token_chain_check(const struct ga_jwk *key,
                          const struct ga_token_chain_rules *rules,
                          struct ga_check *check, const struct ga_pin **pin);

#endif
