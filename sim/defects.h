/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_DEFECTS_H
#define GA_SIM_DEFECTS_H

#include "base/check.h"
#include "sim/cert.h"

struct sim_world;
struct sim_report_spec;
struct sim_rim_spec;
struct sim_ocsp_spec;
struct sim_device;

/* A chain as it is written: leaf first. */
struct sim_chain_spec {
    const struct sim_cert *cert[6];
    size_t count;
    const struct sim_pki *pki;    /* to choose others from */
    const struct sim_key *signer; /* of the report */
    bool leaf_issues;             /* one more leaf, which then signs */
    enum sim_spki root;           /* the root is made again with this key */
    struct sim_pem pem;           /* of the first block */
    const char *between;          /* text between blocks; NULL: none */
};

/* Who a device is, before its keys are made. */
struct sim_device_spec {
    const char *chain_chip; /* whose chain it has; NULL: its own */
    bool foreign;           /* its authorities are the attacker's */
    bool first_brom;        /* GPU-0's BROM issued its leaf */
};

/* A setting of the verification: on top of those in world.json, or, where
 * the value is NULL, without it. */
struct sim_setting {
    const char *name, *value;
};

/* Where a defect is put in: everything there is data that bytes are made of
 * later, so that all that is not altered stays right, signatures included. */
enum sim_stage {
    SIM_AT_CERT,   /* what a certificate says */
    SIM_AT_DEVICE, /* who a device is */
    SIM_AT_CHAIN,  /* the list of certificates of a device */
    SIM_AT_REPORT, /* what a report says */
    SIM_AT_RIM,    /* what a RIM says, and its signer's dates */
    SIM_AT_OCSP,   /* what an OCSP answer says */
    SIM_AT_ITEM,   /* a device's entry in the evidence files */
    SIM_AT_SET,    /* the whole world, at the end */
    SIM_AT_VERIFY  /* nothing but the settings */
};

/* A check that does not pass any more.  `where`: a label, "GPU-*" or
 * "SWITCH-*" for all of a kind, or "set".  `index` is that of GA_R_INDEX;
 * `devices`: only where there are that many. */
struct sim_expect {
    const char *where;
    const char *check;
    enum ga_state state;
    enum ga_reason reason;
    unsigned index;
    unsigned devices;
};

/* One defect: what an attacker would do, the rule of docs/rules.md that
 * stands against it, and every check that must not pass. */
struct sim_defect {
    const char *name;
    unsigned rule;
    const char *gain; /* what the attacker has of it */
    enum sim_stage stage;
    const char *on; /* device label, RIM or answer name; "*": all of a stage */
    union {
        void (*cert)(struct sim_cert_spec *spec);
        void (*device)(struct sim_device_spec *spec);
        void (*chain)(struct sim_chain_spec *spec);
        void (*report)(struct sim_report_spec *spec);
        void (*rim)(struct sim_rim_spec *spec);
        void (*ocsp)(struct sim_ocsp_spec *spec);
        void (*item)(struct sim_device *device);
        void (*set)(struct sim_world *world);
    } apply;
    unsigned gpus, switches; /* that it needs at least */
    const struct sim_expect *expect;
    size_t expects;
    /* Settings that it is verified with; ends with name NULL. */
    const struct sim_setting *settings;
    /* Settings, one at a time, that must be refused; ends with name NULL. */
    const struct sim_setting *refused;
    /* What lets it pass, because it asks for that: names of settings, and
     * CHECK:REASON of relax, in a list that commas separate. */
    const char *named;
    /* Why devices and services cannot have it, which files can; NULL: they can.
     * What `settings` say is then handed to the command by its environment. */
    const char *files_only;
};

/* The most that one world can have. */
#define SIM_DEFECTS_MAX 192

/* sim_defect_at returns row `i` of the table, NULL behind the last one. */
const struct sim_defect *sim_defect_at(size_t i);

/* An area of the table: rows up to one without a name. */
extern const struct sim_defect sim_defects_report[], sim_defects_chain[],
    sim_defects_ocsp[], sim_defects_rim[], sim_defects_set[],
    sim_defects_board[];

/* sim_defect_find returns the row of that name, or NULL. */
const struct sim_defect *sim_defect_find(const char *name);

/* sim_twist puts every defect of the world that belongs to this stage and name
 * into what `spec` points at. */
void sim_twist(const struct sim_world *w, enum sim_stage stage,
               const char *name, void *spec);

#endif
