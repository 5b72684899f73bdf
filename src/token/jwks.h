/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_JWKS_H
#define GA_TOKEN_JWKS_H

#include "base/check.h"
#include "gpuattest/token.h"
#include "x509/cert.h"

/* One key of a JWKS.  What is wrong with it is said by the checks of the
 * tokens that name it: GA_FAILED in `flaw` for token.signature, in
 * `chain_flaw` for token.chain. */
struct ga_jwk {
    char *kid;             /* "": none */
    struct ga_key *key;    /* NULL where x and y are no key of P-384 */
    struct ga_certs certs; /* x5c, leaf first */
    bool has_x5c;
    struct ga_check flaw, chain_flaw;
};

struct ga_jwks {
    size_t count;
    struct ga_jwk *key;
};

/* ga_jwks_find returns the key of that kid; NULL where there is none.  Of two
 * the first one, whose flaw says so. */
const struct ga_jwk *ga_jwks_find(const struct ga_jwks *jwks, const char *kid);

#endif
