/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_GATHER_H
#define GA_VERIFY_GATHER_H

#include "gpuattest/fetch.h"
#include "verify/context.h"

struct ga_run;

/* A RIM that was asked for, and what came. */
struct ga_fetched_rim {
    char id[GA_RIM_ID_TEXT];
    enum ga_rc rc;      /* GA_OK: `rim`; else `text` says why there is none */
    struct ga_rim *rim; /* owned */
    char source[GA_FETCH_TEXT], text[GA_FETCH_TEXT];
};

/*
 * What one verification asked for and got, beside what the context has.  Every
 * question is asked once, whichever devices need the answer; all that are known
 * at one time are asked together.
 */
struct ga_gathered {
    size_t rims;
    struct ga_fetched_rim *rim;
    struct ga_ocsp_store *ocsp; /* the context's behind it; NULL: not begun */
    bool archive; /* for a bundle: answers are asked for without a nonce */
};

void ga_gathered_done(struct ga_gathered *g);

/* ga_gathered_find returns what came for a RIM id, or NULL: it was not asked
 * for. */
const struct ga_fetched_rim *ga_gathered_find(const struct ga_gathered *g,
                                              const char *id);

/* ga_gather_begin makes ready what the others fill, and is enough where nothing
 * is asked for. */
GA_MUST_USE enum ga_rc ga_gather_begin(const struct ga_context *ctx,
                                       struct ga_gathered *g,
                                       struct ga_error *err);

/*
 * ga_gather_devices asks for the RIMs and the OCSP answers of every device that
 * may be asked for (rule 9), ga_gather_rims for the OCSP answers of the RIMs
 * that were found, after ga_gather_begin().  What cannot be had is kept with the
 * reason; errors are GA_E_CANCELLED, GA_E_NOMEM and GA_E_INTERNAL.
 */
GA_MUST_USE enum ga_rc ga_gather_devices(struct ga_run *run,
                                         struct ga_error *err);
GA_MUST_USE enum ga_rc ga_gather_rims(struct ga_run *run, struct ga_error *err);

/* The same for one RIM, and for the answers about one chain. */
GA_MUST_USE enum ga_rc ga_gather_rim(const struct ga_context *ctx,
                                     struct ga_gathered *g, const char *id,
                                     struct ga_error *err);
GA_MUST_USE enum ga_rc ga_gather_chain(const struct ga_context *ctx,
                                       struct ga_gathered *g,
                                       const struct ga_certs *certs,
                                       const struct ga_chain_facts *chain,
                                       struct ga_error *err);

/* Whether RIMs, or OCSP answers, can be at hand: a directory or a bundle was
 * named. */
bool ga_has_rims(const struct ga_context *ctx);
bool ga_has_answers(const struct ga_context *ctx);

/* Whom the settings ask: a service named, or NVIDIA's where nothing is at hand
 * (docs/settings.md). */
bool ga_asks_rims(const struct ga_context *ctx);
bool ga_asks_ocsp(const struct ga_context *ctx);

#endif
