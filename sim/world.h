/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_WORLD_H
#define GA_SIM_WORLD_H

#include "base/limits.h"
#include "gpuattest/nonce.h"
#include "sim/chain.h"
#include "sim/defects.h"
#include "sim/ocsp.h"
#include "sim/report.h"
#include "sim/rim.h"

/* Devices of one HGX board, which is what switches imply. */
#define SIM_BOARD_GPUS     8
#define SIM_BOARD_SWITCHES 4

/* What a world is made of. */
struct sim_options {
    unsigned gpus, switches;
    const struct ga_chip *gpu; /* GH100 or GB100 */
    enum ga_mode mode;
    struct ga_nonce nonce;
    const char *seed; /* NULL: random */
    ga_time at;
    const char *driver;
    size_t defects;
    const struct sim_defect *defect[SIM_DEFECTS_MAX];
};

/* sim_options_init: one H100, today's defaults, a random nonce, the present. */
GA_MUST_USE enum ga_rc sim_options_init(struct sim_options *o, ga_time now,
                                        struct ga_error *err);

/* sim_options_check says what does not go together.  Errors: GA_E_INVAL. */
GA_MUST_USE enum ga_rc sim_options_check(const struct sim_options *o,
                                         struct ga_error *err);

struct sim_device {
    char label[16]; /* GPU-0, SWITCH-0 */
    const struct ga_chip *chip;
    unsigned number; /* within its kind */
    struct sim_identity id;
    struct sim_report_spec spec;
    struct ga_buf report;
    struct ga_buf chain;              /* PEM, leaf first */
    char nonce[2 * GA_NONCE_LEN + 8]; /* as the evidence file has it */
    const struct sim_device *shown; /* whose report and chain are shown as this
                                       one's; NULL: its own */
    bool withheld;                  /* does not attest */
    bool other_s;                   /* shown with n - s in place of s */
    const struct sim_pki *pki;      /* its authorities */
    const struct ga_chip *chain_chip;
    /* Certificates that a defect puts into the chain: one that the leaf issued,
     * and a root that the attacker made. */
    struct sim_cert more_leaf, more_root;
    const struct sim_key *signer; /* of its reports */
};

struct sim_rim {
    char id[GA_RIM_ID_TEXT]; /* that a report asks for */
    struct sim_rim_spec spec;
    struct sim_cert signer;
    struct ga_buf xml;           /* empty where the specification says absent */
    const struct sim_rim *shown; /* which one is stored under this one's id */
    bool again;                  /* the id has a file already */
};

struct sim_answer {
    char name[48];             /* of the file, without its ending */
    struct sim_ocsp_spec spec; /* defects included */
    struct ga_buf der;
};

/* RIMs: driver and VBIOS, a second driver RIM for a GPU that claims to be
 * another chip, and the switches' BIOS. */
#define SIM_RIMS_MAX 8
/* Answers: a BROM per device, signers, authorities. */
#define SIM_ANSWERS_MAX (GA_DEVICES_MAX + SIM_RIMS_MAX + 3 * SIM_AUTHORITIES)

/* A world in memory: consistent, but for the defects that were asked for. */
struct sim_world {
    struct sim_options o;
    struct sim_forge forge;
    struct sim_pki pki;
    /* Authorities of an attacker, who has a secret of his own, and of chips
     * that this world has no device of: made where a defect needs them. */
    struct sim_forge foreign_forge;
    struct sim_pki foreign, strange;
    size_t devices;
    struct sim_device *device;
    size_t rims;
    struct sim_rim rim[SIM_RIMS_MAX];
    size_t answers;
    struct sim_answer answer[SIM_ANSWERS_MAX];
};

/* sim_world_make makes everything.  `*out` is released with
 * sim_world_free(); untouched on failure. */
GA_MUST_USE enum ga_rc sim_world_make(const struct sim_options *o,
                                      struct sim_world **out,
                                      struct ga_error *err);
void sim_world_free(struct sim_world *w); /* NULL is allowed */

/* sim_world_write makes the folder `dir` and writes the world as files.
 * Without `force`, a folder that holds anything is refused; with it, the
 * answers and RIMs of an earlier world there are removed.  Errors: GA_E_FILE. */
GA_MUST_USE enum ga_rc sim_world_write(const struct sim_world *w,
                                       const char *dir, bool force,
                                       struct ga_error *err);

#endif
