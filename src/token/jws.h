/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_JWS_H
#define GA_TOKEN_JWS_H

#include <jansson.h>

#include "base/check.h"
#include "x509/ecdsa.h"

/*
 * A compact JWS, parsed; nothing verified.  What is wrong with its form or its
 * header stands in `flaw` (state GA_FAILED), which is the beginning of the
 * check token.signature; GA_PASSED: none.  Claims are read whatever the header
 * says, so that one run tells everything that is wrong.
 */
struct ga_jws {
    struct ga_bytes text; /* borrowed */
    struct ga_bytes signed_part;
    struct ga_signature signature;
    bool signature_ok; /* 96 bytes */
    json_t *header;    /* an object, or NULL */
    json_t *claims;    /* an object, or NULL */
    const char *kid;   /* of the header, or NULL */
    struct ga_check flaw;
};

/* ga_jws_parse reads `text`, which must outlive `out`.  GA_E_NOMEM alone is an
 * error. */
GA_MUST_USE enum ga_rc ga_jws_parse(struct ga_bytes text, struct ga_jws *out,
                                    struct ga_error *err);
void ga_jws_done(struct ga_jws *jws);

/* ga_jws_shaped says whether `text` is three parts of base64url's characters
 * with dots between: a JWS and nothing else that is looked for. */
bool ga_jws_shaped(struct ga_bytes text);

#endif
