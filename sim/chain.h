/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_CHAIN_H
#define GA_SIM_CHAIN_H

#include "base/chips.h"
#include "gpuattest/report.h"
#include "sim/cert.h"

/* Every authority of a world.  Switches go through the GPUs' Identity, as real
 * ones do.  Source: spec-protocol, 2 and 3. */
enum sim_authority {
    SIM_A_DEVICE_ROOT,
    SIM_A_IDENTITY,
    SIM_A_ICA_GPU,
    SIM_A_ICA_SWITCH,
    SIM_A_RIM_ROOT,
    SIM_A_RIM_CA_GPU,
    SIM_A_RIM_CA_SWITCH,
    SIM_A_RIM_L3_GPU,
    SIM_A_RIM_L3_SWITCH,
    SIM_AUTHORITIES
};

/* An authority, its OCSP responder, and who issued it (itself: a root). */
struct sim_ca {
    const char *name; /* "ica-gpu": its OCSP answer's file name */
    enum sim_authority parent;
    struct sim_cert cert, responder;
};

struct sim_pki {
    struct sim_ca ca[SIM_AUTHORITIES];
    bool made[SIM_AUTHORITIES]; /* without switches, theirs are not */
};

/* sim_pki_make makes the authorities for `gpu` and, where it is not NULL,
 * `nvswitch`.  `at` places the dates that are not fixed. */
GA_MUST_USE enum ga_rc sim_pki_make(struct sim_forge *f,
                                    const struct ga_chip *gpu,
                                    const struct ga_chip *nvswitch, ga_time at,
                                    struct sim_pki *out, struct ga_error *err);
void sim_pki_done(struct sim_pki *pki);

/* What makes a device itself: its PDI, and with it the BROM's serial number,
 * its firmware's id, BROM and leaf. */
struct sim_identity {
    uint8_t pdi[GA_PDI_LEN];
    uint8_t fwid[GA_SHA384_LEN];
    struct sim_cert brom, leaf;
};

/* sim_identity_make derives all of it from `label` ("GPU-0"); the BROM from
 * `brom`, which is the label but where a device boots a second firmware. */
GA_MUST_USE enum ga_rc sim_identity_make(struct sim_forge *f,
                                         const struct sim_pki *pki,
                                         const struct ga_chip *chip,
                                         const char *label, const char *brom,
                                         struct sim_identity *out,
                                         struct ga_error *err);
void sim_identity_done(struct sim_identity *id);

/* The ICA that a device's BROM is issued by. */
enum sim_authority sim_ica_of(enum ga_kind kind);

#endif
