/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_CHECK_H
#define GA_TOKEN_CHECK_H

#include "base/checks.h"
#include "gpuattest/nonce.h"
#include "token/chain.h"
#include "token/jws.h"

/* What a token is checked with. */
struct ga_token_rules {
    const struct ga_jwks *jwks;
    const struct ga_pins *pins;
    struct ga_facts *facts;
    const char *issuer;
    const struct ga_nonce *nonce;
    ga_time at;
    int64_t leeway; /* seconds that the issuer's clock may be off */
};

/*
 * ga_token_check makes the checks token.signature, .chain, .issuer, .time and
 * .nonce (rules 15 to 17) of one token, whichever it is; the others of
 * `checks` are left alone.  `pin` receives what its key's chain leads to.
 */
void ga_token_check(const struct ga_jws *jws,
                    const struct ga_token_rules *rules,
                    struct ga_check checks[GA_CHECK_COUNT],
                    const struct ga_pin **pin);

#endif
