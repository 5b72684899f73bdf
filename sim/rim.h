/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_RIM_H
#define GA_SIM_RIM_H

#include "gpuattest/report.h"
#include "sim/cert.h"

/* Measurement resources of every real RIM, and the most alternatives here. */
#define SIM_RESOURCES    64
#define SIM_ALTERNATIVES 4

/* One golden value. */
struct sim_golden {
    bool active;
    const char *kind;   /* name in front of _<index>: "MixedMeasurement" */
    const char *suffix; /* behind it: "_FSP", or "" */
    unsigned alternatives;
    uint8_t hash[SIM_ALTERNATIVES][GA_SHA384_LEN];
};

/*
 * What a RIM says, before it is XML.  A defect changes it here; what comes out
 * is signed with the signer's key all the same, but for the last three.
 */
struct sim_rim_spec {
    const char *name; /* "driver", "vbios", "bios" */
    enum ga_rim_role role;
    const char *product, *edition;
    char version[80];
    uint8_t tag_id[GA_SHA384_LEN];
    struct sim_golden golden[SIM_RESOURCES];

    ga_time signer_from, signer_until;

    /* Defects. */
    bool absent;          /* no file is written */
    bool hash_without_ns; /* Hash0 in no namespace */
    bool size_zero;       /* size="0" of index 21 or 9 */
    bool alternatives_zero;
    bool active_lowercase;
    bool index_twice;
    bool foreign; /* signed by the attacker's own authorities */
    /* A second RIM under the same id, made as this one was at first. */
    void (*also)(struct sim_rim_spec *spec);
    /* Text that is put in after signing: `text` where `at` begins, `instead` of
     * it or before it; `last`: where it stands last.  Ends with at NULL. */
    const struct sim_edit {
        const char *at, *text;
        bool instead, last;
    } * edit;
    enum sim_coding { SIM_UTF8, SIM_UTF8_BOM, SIM_UTF16 } coding;
    bool edit_golden;     /* one digit of a value is changed after signing */
    bool spoil_signature; /* one bit of s is turned over */
};

/* sim_rim_goldens fills in the golden values of a role: numbers, names and
 * alternatives as in real RIMs; `version` decides the values. */
GA_MUST_USE enum ga_rc sim_rim_goldens(const struct sim_forge *f,
                                       struct sim_rim_spec *spec,
                                       struct ga_error *err);

/* sim_rim_make writes the SWID tag and signs it.  `chain`: signer first. */
GA_MUST_USE enum ga_rc sim_rim_make(struct sim_forge *f,
                                    const struct sim_rim_spec *spec,
                                    const struct sim_cert *const chain[4],
                                    struct ga_buf *out, struct ga_error *err);

#endif
