/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_CONTEXT_H
#define GA_VERIFY_CONTEXT_H

#include <stdatomic.h>

#include "rim/store.h"
#include "token/pins.h"
#include "topology/board.h"
#include "verify/policies.h"
#include "verify/relax.h"
#include "x509/anchors.h"
#include "x509/cert_cache.h"
#include "x509/facts.h"
#include "x509/ocsp.h"

struct ga_context {
    struct ga_settings *set;
    struct ga_seams seams;
    struct ga_anchors anchors;
    struct ga_pins pins;
    char *issuer; /* of tokens */
    struct ga_facts *facts;
    struct ga_cert_cache *certs;
    struct ga_rim_store *rims;
    struct ga_ocsp_store *ocsp;
    struct ga_relax relax;
    /* Without what policies relax: nobody asks them about a RIM alone. */
    struct ga_relax rim_relax;
    struct ga_policies policies;
    bool has_board; /* of the setting topology */
    struct ga_board_copy board;
    size_t threads; /* 1 to GA_THREADS_MAX */
    bool borrows;   /* facts, certs, rims and ocsp are another context's */
    /* Lock-free, so that a signal handler may set it. */
    atomic_bool cancelled;
};

/*
 * ga_context_new_beside is ga_context_new() for a context that uses what `base`
 * remembers and has read: facts, certificates, and the RIMs and answers of
 * `base`'s directories, whatever `set` names.  What the two judge by is their
 * own.  `base` must outlive it.
 */
GA_MUST_USE enum ga_rc ga_context_new_beside(const struct ga_context *base,
                                             const struct ga_settings *set,
                                             const struct ga_seams *seams,
                                             struct ga_context **out,
                                             struct ga_error *err);

/* ga_context_time returns the verification time: --at, or the present. */
ga_time ga_context_time(const struct ga_context *ctx);

/* ga_context_log hands one line to the caller's log; `line` has passed
 * ga_escape(). */
void ga_context_log(const struct ga_context *ctx, enum ga_log_level level,
                    const char *line);

#endif
