/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_PPCIE_H
#define GA_CLI_PPCIE_H

#include "cli/guard.h"
#include "gpuattest/collect.h"

/* What ppcie was asked for. */
struct ppcie_plan {
    struct ga_nonce nonce; /* where it was said */
    bool has_nonce;
    unsigned files;   /* enum ga_devices: kinds that come from files */
    bool manage;      /* turn the ready state on */
    int64_t again;    /* seconds between rounds; 0: one round */
    int64_t patience; /* seconds without a word that the watcher bears */
};

/* One round: its stages, and a result as far as it came. */
struct ppcie_round {
    const struct ppcie_plan *plan;
    const struct options *o;
    struct guard *guard;
    struct ga_context *ctx; /* borrowed */
    struct ga_nonce nonce;
    struct stages stages;
    unsigned mode; /* enum ga_mode, by the driver or, from files, by reports */
    struct ga_host host;
    struct ga_host_devices devices;  /* before anything else */
    struct ga_evidence *evidence[2]; /* of GPUs, of switches */
    struct ga_result *part[2];
    struct ga_result *result; /* NULL: no device attested */
    bool ready;               /* was turned on */
    bool settled;             /* guard_round() */
    enum ga_rc rc;            /* of a stage that came to no verdict */
    struct ga_error err;
};

enum { PPCIE_GPU, PPCIE_SWITCH };

struct ppcie_kind {
    unsigned bit; /* enum ga_devices */
    enum stage_id stage;
    const char *name;
};
extern const struct ppcie_kind ppcie_kinds[];

/* Pieces that local and remote rounds share.  ppcie_give_up ends a stage that
 * came to no verdict, and the round; it returns false. */
void ppcie_begin(struct ppcie_round *r, enum stage_id id);
void ppcie_skip(struct ppcie_round *r, enum stage_id id, const char *why);
bool ppcie_give_up(struct ppcie_round *r, enum stage_id id, enum ga_rc rc);
bool ppcie_is_live(const struct ppcie_round *r, unsigned kind);
GA_MUST_USE enum ga_rc ppcie_gather(struct ppcie_round *r, int k);

/* Without a driver's word, the modes that GPUs signed say whether switches are
 * asked: ppcie_mode_by_reports.  ppcie_find_mode then looks at the GPUs, which
 * all have to be in one mode without switches to stand alone, and makes the
 * stage of the switches; false where that ends the round. */
bool ppcie_mode_by_reports(const struct ppcie_round *r);
GA_MUST_USE bool ppcie_find_mode(struct ppcie_round *r,
                                 const struct ga_result *gpus);

/* ppcie_attest_remote has the attestation service judge the devices, and makes
 * here what it does not make: the checks of the set and of the board. */
void ppcie_attest_remote(struct ppcie_round *r);

/* ppcie_attest goes through the stages; ppcie_done releases what it made. */
void ppcie_attest(struct ppcie_round *r);
void ppcie_done(struct ppcie_round *r);

/* ppcie_ready turns the ready state on where everything holds, after the host
 * was read again; otherwise the round is rejected.  For hosts with GPUs alone
 * too. */
struct ready_facts {
    unsigned live; /* enum ga_devices */
    const struct ga_host *host;
    const struct ga_host_devices *devices;
    struct ga_evidence *const *evidence;
    size_t evidences;
};
GA_MUST_USE enum ga_rc ready_turn_on(const struct options *o,
                                     struct ga_context *ctx,
                                     const struct ga_result *result,
                                     const struct ready_facts *facts,
                                     struct ga_error *err);

/* ppcie_status returns the exit status of a round, ppcie_summary its last
 * line. */
int ppcie_status(const struct ppcie_round *r);
void ppcie_summary(const struct ppcie_round *r, char out[GA_ERROR_TEXT]);

/* ppcie_print prints a round; ppcie_lost one of which only stages are known. */
void ppcie_print(const struct ppcie_round *r);
int ppcie_lost(const struct options *o, const struct stages *stages, int status,
               const char *why, const char *ready);

#endif
