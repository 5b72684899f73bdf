/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_TOKEN_WORK_H
#define GA_SIM_TOKEN_WORK_H

#include <jansson.h>

#include "sim/token_faults.h"

/* When a fault is put in. */
enum sim_fault_stage {
    SIM_FAULT_CLAIMS,  /* before anything is signed */
    SIM_FAULT_TOKENS,  /* devices' tokens are signed */
    SIM_FAULT_DIGESTS, /* the overall token names them, and is not signed */
    SIM_FAULT_ANSWER,  /* everything is signed */
    SIM_FAULT_JWKS
};

/* One answer on its way.  A step that cannot be made sets `failed`. */
struct sim_fault_work {
    const struct sim_token_keys *keys;
    int64_t now;
    bool failed;
    const struct ga_signer *signer; /* of all tokens, shown in the JWKS */
    json_t *overall;                /* claims */
    json_t *devices;                /* label: claims */
    json_t *tokens;                 /* label: JWS */
    char *jws;                      /* overall, signed */
    json_t *jwks;
};

/* sim_fault_sign signs the overall token again, as `by`, with a header and a
 * payload that are text; NULL: the usual ones. */
void sim_fault_sign(struct sim_fault_work *w, const struct ga_signer *by,
                    const char *header, const char *payload);

/* sim_fault_header prints the usual header with one more member (NULL: none);
 * NULL where that cannot be.  The caller frees it. */
char *sim_fault_header(struct sim_fault_work *w, const char *name, json_t *v);

/* The label of device `i` and its claims. */
const char *sim_fault_label(const struct sim_fault_work *w, size_t i);
json_t *sim_fault_device(const struct sim_fault_work *w, size_t i);

/* Sets a member; NULL `v` is out of memory. */
void sim_fault_set(struct sim_fault_work *w, json_t *object, const char *name,
                   json_t *v);

/* The rows, in two files. */
extern const struct sim_token_fault sim_faults_form[];
extern const struct sim_token_fault sim_faults_claims[];
extern const size_t sim_faults_form_count, sim_faults_claims_count;

#endif
