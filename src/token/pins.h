/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_PINS_H
#define GA_TOKEN_PINS_H

#include "base/limits.h"
#include "base/time.h"
#include "x509/cert.h"

/*
 * A pinned issuer of token certificates: the SHA-256 of its key, which is
 * compared with the keys that a JWKS presents, so that the key is the pinned
 * one to the last bit.  Several stand beside each other; each ends.
 */
struct ga_pin {
    char name[72];
    uint8_t spki_sha256[32];
    ga_time not_before, not_after; /* GA_TIME_MIN, GA_TIME_MAX: not said */
    bool builtin;
    bool simulator; /* a certificate with the simulator's extension */
};

/* Does not change after ga_pins_init() and the calls of ga_pins_add(). */
struct ga_pins {
    size_t count;
    struct ga_pin pin[GA_ANCHORS_MAX];
    bool custom; /* some pin is not built in */
};

/* ga_pins_init fills in the built-in pins (facts from docs/sources.md#anchors). */
void ga_pins_init(struct ga_pins *out);

/* ga_pins_add adds every CERTIFICATE or PUBLIC KEY block of `pem`, of a key of
 * P-384 or RSA.  Errors: those of ga_anchors_add(), and `pins` is as before. */
GA_MUST_USE enum ga_rc ga_pins_add(struct ga_pins *pins, struct ga_bytes pem,
                                   struct ga_error *err);

/* ga_pins_find returns the pin of that SubjectPublicKeyInfo, or NULL. */
const struct ga_pin *ga_pins_find(const struct ga_pins *pins,
                                  struct ga_bytes spki);

#endif
