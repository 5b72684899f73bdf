/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_TROUBLE_H
#define GA_SIM_TROUBLE_H

#include "sim/defects.h"
#include "sim/faults.h"
#include "sim/state.h"
#include "sim/token_faults.h"

enum sim_service {
    SIM_RIM_SERVICE,
    SIM_OCSP_SERVICE,
    SIM_NRAS_SERVICE,
    SIM_SERVICES
};

/* What a service does wrong. */
enum sim_fault_kind {
    SIM_T_DOWN,          /* nobody listens */
    SIM_T_STATUS,        /* 500 */
    SIM_T_BUSY,          /* 429 with Retry-After */
    SIM_T_SLOW,          /* answers late */
    SIM_T_CUT,           /* closes in the middle of the body */
    SIM_T_GARBAGE,       /* 200, and something else */
    SIM_T_ABSENT,        /* RIM: 404 */
    SIM_T_SHA256,        /* RIM: the digest is another one */
    SIM_T_STALE,         /* OCSP: ended a week ago */
    SIM_T_REVOKED,       /* OCSP */
    SIM_T_HOLD,          /* OCSP: revoked for now */
    SIM_T_UNKNOWN,       /* OCSP */
    SIM_T_NONCE_OTHER,   /* OCSP: answers somebody else */
    SIM_T_NONCE_MISSING, /* OCSP: answers without one */
    SIM_T_SIGNATURE      /* OCSP: altered after signing */
};

/* What the text behind NAME: is. */
enum sim_trouble_arg {
    SIM_ARG_NONE,
    SIM_ARG_COUNT,
    SIM_ARG_SECONDS,
    SIM_ARG_MS
};

/*
 * Defects that a running simulator has and files have not: one row each.
 * `status` is the exit status of `gpuattest attest` on a board with one GPU and
 * without caches, `expect` the checks that do not pass then; both for the
 * default argument.
 */
struct sim_trouble {
    const char *name;
    enum sim_service service;
    enum sim_fault_kind kind;
    enum sim_trouble_arg arg;
    unsigned initial; /* COUNT: 0 is every request */
    int status;
    const char *what;
    const struct sim_expect *expect;
    size_t expects;
};

extern const struct sim_trouble sim_troubles[];
extern const size_t sim_trouble_count;

/*
 * Defects of a board that devices have only while they run: a short name for a
 * line of the script of faults, or a setting.  `status` is the exit status of
 * `gpuattest ppcie` on a whole board, `stage` the one that fails, "" for none.
 */
struct sim_board_trouble {
    const char *name;
    const char *line; /* as sim_ailments_add() reads it */
    int status;
    const char *stage;
    const char *what;
};
extern const struct sim_board_trouble sim_board_troubles[];
extern const size_t sim_board_trouble_count;

/* One that was asked for. */
struct sim_ailment {
    const struct sim_trouble *row;
    unsigned arg;
};

/* Everything that is put into a running simulator beside the world. */
#define SIM_AILMENTS_MAX 16
struct sim_ailments {
    size_t count;
    struct sim_ailment item[SIM_AILMENTS_MAX];
    char script[4096];                   /* of the libraries' faults */
    const struct sim_token_fault *token; /* of the attestation service */
    size_t changes; /* of settings: "dev_tools_mode=1", borrowed */
    const char *change[SIM_AILMENTS_MAX];
};

/* sim_ailments_add reads "service-rim-slow:200", the name of a board's trouble,
 * "nvml:LINE", "nscq:LINE", "setting:NAME=VALUE" or the name of a token fault;
 * false for what is none of
 * them. */
GA_MUST_USE bool sim_ailments_add(struct sim_ailments *a, const char *text);

/* sim_ailments_find returns what the service has of that kind, or NULL. */
const struct sim_ailment *sim_ailments_find(const struct sim_ailments *a,
                                            enum sim_service service,
                                            enum sim_fault_kind kind);

#endif
