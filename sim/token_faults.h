/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_TOKEN_FAULTS_H
#define GA_SIM_TOKEN_FAULTS_H

#include "gpuattest/token.h"

/*
 * Faulty answers of an attestation service, made of good ones: what an
 * attacker, or a service gone wrong, would send, and every check token.* that
 * must fail for it.
 */

/* Whose keys there are.  All but `signer` are NULL where a fault does not need
 * them. */
struct sim_token_keys {
    const struct ga_signer *signer; /* whose tokens are good */
    const struct ga_signer *other;  /* another key, whose certificates lead to
                                       an authority that is not pinned */
    const struct ga_signer *tls;    /* a key whose leaf is named as a host,
                                       under the pinned authority */
};

struct sim_fault_work; /* token_faults.c */

struct sim_token_fault {
    const char *name;
    const char *gain; /* what the attacker has of it */
    /* "set token.signature:algorithm", several joined by commas, in the order
     * of a result: devices, then the set.  Of two GPUs, when the evidence that
     * was sent is known. */
    const char *expect;
    unsigned stage; /* of `edit` */
    void (*edit)(struct sim_fault_work *work);
};

/* sim_token_fault_at returns the i-th row, or NULL behind the last one;
 * sim_token_fault_find that of a name, or NULL. */
const struct sim_token_fault *sim_token_fault_at(size_t i);
const struct sim_token_fault *sim_token_fault_find(const char *name);

/*
 * sim_token_fault_make makes the faulty answer of `eat`, a detached EAT of at
 * least two devices that `keys->signer` signed at `now`, and the JWKS that goes
 * with it.  The caller frees both.  Errors: GA_E_BAD_VALUE (no EAT, or one that
 * the fault cannot be put into), GA_E_NOMEM, GA_E_INTERNAL.
 */
GA_MUST_USE enum ga_rc sim_token_fault_make(const struct sim_token_fault *fault,
                                            const struct sim_token_keys *keys,
                                            const char *eat, int64_t now,
                                            char **answer, char **jwks,
                                            struct ga_error *err);

#endif
