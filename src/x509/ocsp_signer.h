/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_SIGNER_H
#define GA_X509_OCSP_SIGNER_H

#include "x509/ocsp_answer.h"

/* A certificate whose status is asked for, with what its chain says of it. */
struct ga_asked {
    const struct ga_cert *cert;
    struct ga_issuer issuer;
    bool simulator; /* the chain's anchor is the simulator's */
};

/* Why an answer does not count: a text about the answer ("its responder's
 * certificate is a CA"). */
struct ga_refusal {
    enum ga_reason reason;
    char text[192];
};

/* ga_ocsp_refuse fills `why` and returns false. */
bool ga_ocsp_refuse(struct ga_refusal *why, enum ga_reason reason,
                    const char *fmt, ...) GA_PRINTF(3, 4);

/*
 * ga_ocsp_signer says whether somebody who may speak of `asked` signed the
 * answer: its issuer, or a responder that the issuer made one.  `*responder` is
 * the responder's certificate, borrowed from the answer, or NULL for the issuer
 * itself; whether it is valid at some time is left to the caller.  False fills
 * `why`.
 */
GA_MUST_USE bool ga_ocsp_signer(const struct ga_ocsp_answer *answer,
                                const struct ga_asked *asked,
                                struct ga_facts *facts,
                                const struct ga_cert **responder,
                                struct ga_refusal *why);

#endif
