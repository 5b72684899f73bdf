/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_PICK_H
#define GA_X509_OCSP_PICK_H

#include "x509/ocsp_signer.h"
#include "x509/ocsp_store.h"

/* The reasons that the check can have, the worst first: that one becomes the
 * check's. */
#define GA_OCSP_ORDERED 17
extern const enum ga_reason ga_ocsp_order[GA_OCSP_ORDERED];

/* ga_ocsp_rank returns the reason's place in that order. */
size_t ga_ocsp_rank(enum ga_reason reason);

/* One certificate, and what its status is looked for with. */
struct ga_ocsp_asking {
    const struct ga_ocsp_store *store;
    const struct ga_ocsp_rules *rules;
    struct ga_asked asked;
};

/* How an answer stands to the verification time. */
enum ga_ocsp_age { GA_OCSP_OLD = 0, GA_OCSP_GRACE, GA_OCSP_FRESH };

/* An answer that counts for a certificate. */
struct ga_ocsp_pick {
    const struct ga_ocsp_entry *entry; /* NULL: none */
    const struct ga_single *single;
    const struct ga_cert *responder; /* NULL: the issuer */
};

/* The worst of the answers that speak of a certificate and do not count. */
struct ga_ocsp_aside {
    size_t count;
    const char *source;
    struct ga_refusal why;
};

/* ga_ocsp_search finds the answer that counts for the certificate, which has an
 * issuer: a verified revocation, or the newest verified answer that is not from
 * the future.  Both outputs are zeroed by the caller. */
void ga_ocsp_search(const struct ga_ocsp_asking *q, struct ga_ocsp_pick *best,
                    struct ga_ocsp_aside *aside);

/* ga_single_is_final says whether it is a revocation that counts at `at`,
 * whatever its age; one on hold never does. */
bool ga_single_is_final(const struct ga_single *s, ga_time at);
bool ga_single_is_hold(const struct ga_single *s);

/* ga_ocsp_nonce_equal says whether the answer has the nonce that we sent. */
bool ga_ocsp_nonce_equal(const struct ga_ocsp_entry *entry,
                         const struct ga_ocsp_rules *rules);

/* ga_ocsp_end returns the last second at which an answer counts without grace:
 * its own end, that of the maximum age, or its responder's. */
ga_time ga_ocsp_end(const struct ga_ocsp_pick *p,
                    const struct ga_ocsp_rules *rules);
enum ga_ocsp_age ga_ocsp_age(const struct ga_ocsp_pick *p,
                             const struct ga_ocsp_rules *rules);

#endif
