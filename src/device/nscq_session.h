/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_NSCQ_SESSION_H
#define GA_DEVICE_NSCQ_SESSION_H

#include "base/bytes.h"
#include "base/limits.h"
#include "device/nscq.h"
#include "device/seams.h"
#include "gpuattest/nonce.h"

/*
 * One session of NSCQ.  Belongs to one thread, stays where it is, and outlives
 * neither the table of functions nor the seams.  A positive code is a warning:
 * it is logged, the last one is kept, and the call goes on.
 */
struct ga_nscq {
    const struct ga_nscq_api *api;
    const struct ga_device_seams *seams;
    ga_nscq_session session;
    struct ga_nonce input; /* the library may read it until it is asked */
    char warning[256];     /* the last one, escaped; "" for none */
};

/* ga_nscq_judge keeps a warning in `nscq` and makes an error of a failure;
 * `where` is the call, `who` a label or "". */
GA_MUST_USE enum ga_rc ga_nscq_judge(struct ga_nscq *nscq, ga_nscq_rc code,
                                     const char *where, const char *who,
                                     struct ga_error *err);

/* ga_nscq_start creates a session that has all devices mounted. */
GA_MUST_USE enum ga_rc ga_nscq_start(struct ga_nscq *out,
                                     const struct ga_nscq_api *api,
                                     const struct ga_device_seams *seams,
                                     struct ga_error *err);

/* ga_nscq_stop destroys the session and zeroes `nscq`; a zeroed one may be
 * stopped. */
void ga_nscq_stop(struct ga_nscq *nscq);

struct ga_nscq_switch {
    struct ga_nscq_uuid uuid;
    char label[GA_NSCQ_LABEL]; /* the library's text: a word without '/' */
};

struct ga_nscq_switches {
    size_t count;
    struct ga_nscq_switch item[GA_DEVICES_MAX];
};

/* ga_nscq_list lists the switches in the library's order: GA_E_MISSING where
 * there is none, GA_E_DUPLICATE where one stands there twice. */
GA_MUST_USE enum ga_rc ga_nscq_list(struct ga_nscq *nscq,
                                    struct ga_nscq_switches *out,
                                    struct ga_error *err);

/* What a switch can be asked for. */
enum ga_nscq_question {
    GA_NSCQ_ARCH,      /* a number: enum ga_nscq_arch */
    GA_NSCQ_PCIE_MODE, /* a number: enum ga_nscq_tnvl */
    GA_NSCQ_REPORT,    /* bytes, over ga_nscq_input()'s nonce */
    GA_NSCQ_CHAIN      /* bytes: PEM */
};

/* The answer of one switch; zeroed memory means that there is none. */
struct ga_nscq_answer {
    bool given;
    int8_t number;
    struct ga_buf bytes;
};

void ga_nscq_answers_done(struct ga_nscq_answer *answers, size_t count);

/* ga_nscq_input hands over the nonce for the next report. */
GA_MUST_USE enum ga_rc ga_nscq_input(struct ga_nscq *nscq,
                                     const struct ga_nonce *nonce,
                                     struct ga_error *err);

/*
 * ga_nscq_ask asks one switch, or, where `count` is above 1, all of them, which
 * the list must then hold.  `answers` has `count` zeroed members and gets the
 * answer of switch i at i; on failure they stay zeroed.
 *
 * Returns GA_OK once every switch has answered exactly once, or
 *   GA_E_UNREACHABLE  a negative code, or a switch that did not answer
 *   GA_E_DUPLICATE    two answers of one switch
 *   GA_E_BAD_VALUE    an answer of no or another switch, or a size that cannot
 *                     be
 *   GA_E_NOMEM
 */
GA_MUST_USE enum ga_rc ga_nscq_ask(struct ga_nscq *nscq,
                                   enum ga_nscq_question question,
                                   const struct ga_nscq_switch *switches,
                                   size_t count, struct ga_nscq_answer *answers,
                                   struct ga_error *err);

#endif
