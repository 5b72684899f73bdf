/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_ANSWER_H
#define GA_SERVER_ANSWER_H

#include "server/log.h"
#include "server/metrics.h"
#include "server/reply.h"
#include "server/state.h"

/* What an attestation needs beside its body. */
struct server_question {
    enum server_class class;
    const char *version; /* of the claims, where the body names none */
    bool hold;           /* RIM certificates on hold are accepted */
    const char *id;      /* x-request-id, for the log */
};

/* Whom it works for; shared by threads. */
struct server_answerer {
    const struct server_options *o;
    const char *issuer;
    const struct server_log *log;
    struct server_metrics *metrics;
};

/*
 * server_answer verifies the evidence in `body` and fills `out`: 200 with a
 * detached EAT where there is a verdict, 400 for a body that is none, 503 where
 * somebody who is needed did not answer or no key can sign, 500.
 */
void server_answer(const struct server_answerer *a, struct server_state *state,
                   const struct server_question *q, struct ga_bytes body,
                   struct server_reply *out);

#endif
