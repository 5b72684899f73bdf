/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_ANCHORS_H
#define GA_X509_ANCHORS_H

#include "x509/cert.h"

/* What an anchor is good for. */
enum ga_anchor_use { GA_ANCHOR_DEVICE, GA_ANCHOR_RIM, GA_ANCHOR_USES };

/* A trust anchor is a name and a public key.  Source: rfc5914 */
struct ga_anchor {
    struct ga_buf name; /* DER Name; empty: any (an SPKI without a name) */
    struct ga_key *key;
    bool builtin;
    bool simulator;          /* a certificate with the simulator's extension */
    uint8_t cert_sha256[32]; /* of the anchor's certificate; zeros: not known */
    /* Its dates, which count where a chain comes without its root; GA_TIME_MIN
     * and GA_TIME_MAX: a bare key has none. */
    ga_time not_before, not_after;
};

/* The anchors of both uses.  Does not change after ga_anchors_new() and the
 * calls of ga_anchors_add(). */
struct ga_anchors {
    size_t count[GA_ANCHOR_USES];
    struct ga_anchor anchor[GA_ANCHOR_USES][GA_ANCHORS_MAX];
    bool custom; /* some anchor is not built in */
};

/* ga_anchors_init fills in the built-in anchors (anchors.c, facts from
 * docs/sources.md#anchors). */
GA_MUST_USE enum ga_rc ga_anchors_init(struct ga_anchors *out,
                                       struct ga_error *err);
void ga_anchors_done(struct ga_anchors *anchors);

/* ga_anchors_add adds every CERTIFICATE or PUBLIC KEY block of `pem`, beside
 * the built-in anchors: several may have one name.  A PUBLIC KEY block has no
 * name and fits any. */
GA_MUST_USE enum ga_rc ga_anchors_add(struct ga_anchors *anchors,
                                      enum ga_anchor_use use,
                                      struct ga_bytes pem,
                                      struct ga_error *err);

#endif
