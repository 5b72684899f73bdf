/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLAIMS_DEVICE_H
#define GA_CLAIMS_DEVICE_H

#include <jansson.h>

#include "base/checks.h"
#include "base/chips.h"
#include "base/time.h"
#include "gpuattest/nonce.h"
#include "gpuattest/report.h"
#include "spdm/report.h"
#include "topology/topology.h"
#include "x509/ocsp.h"

/* What is known of one certificate chain, for the claims. */
struct ga_chain_outcome {
    ga_time not_after; /* the earliest end in the chain; GA_TIME_NONE: none */
    struct ga_ocsp_facts ocsp;
};

/* What is known of one RIM. */
struct ga_rim_outcome {
    char id[GA_RIM_ID_TEXT];     /* "" where none could be computed */
    char *source;                /* where it came from, or NULL */
    char signer[GA_SERIAL_TEXT]; /* serial number of the signer, hex */
    ga_time signed_from;         /* its notBefore: tells reissues apart */
    char *oemid;                 /* Meta@FirmwareManufacturerId, or NULL */
    bool measurements; /* schema and signature hold: values may be compared */
    struct ga_chain_outcome chain;
};

/* A golden value that the device does not have; owns its bytes. */
struct ga_mismatch_record {
    unsigned index;
    enum ga_rim_role role;
    size_t golden_len, runtime_len;
    uint8_t golden[GA_MEASUREMENT_MAX], runtime[GA_MEASUREMENT_MAX];
};

/* What tells a device from another. */
enum ga_trait {
    GA_TRAIT_BROM_KEY,
    GA_TRAIT_BROM_SERIAL,
    GA_TRAIT_LEAF_KEY,
    GA_TRAIT_SIGNED_PART, /* of the report */
    GA_TRAITS
};

/* What the checks of a set compare, kept so that results can be joined when
 * their evidence is gone. */
struct ga_set_facts {
    bool has_report, has_chain; /* they parse */
    bool
        authentic; /* the report is for the caller's nonce and signed by a chain
                       that holds, the time aside */
    uint8_t nonce[GA_NONCE_LEN]; /* of the report */
    struct ga_check file_nonce;  /* failed: a file's is not the caller's */
    bool has_trait[GA_TRAITS];
    uint8_t trait[GA_TRAITS][GA_SHA384_LEN]; /* hashed */
    struct ga_neighbours says;
    bool has_identity; /* the PDI in the BROM's serial number */
    uint8_t identity[GA_PDI_LEN];
};

/*
 * Everything that a verification found about one device.  Owns all it points
 * at, so that it outlives evidence and context.  Filled in by verify/, printed
 * by claims/ and verify/json.c.
 */
struct ga_device {
    char label[16];
    enum ga_kind kind;
    const struct ga_chip *chip; /* NULL: not told by the chain */
    char device_id[GA_SERIAL_TEXT], pdi[17], ueid[GA_SERIAL_TEXT];
    char hwmodel[72];
    char driver[80], vbios[80];
    enum ga_mode mode;
    bool verified;

    struct ga_check check[GA_CHECK_COUNT]; /* those of the kind's scope */
    struct ga_chain_outcome chain;
    struct ga_rim_outcome rim[GA_RIM_ROLES];

    size_t mismatch_count;
    struct ga_mismatch_record *mismatch;
    unsigned compared, matched, skipped;

    size_t pdi_count; /* that the report names, ga_report_pdis() */
    uint8_t pdis[18][GA_PDI_LEN];
    bool has_own_pdi;
    uint8_t own_pdi[GA_PDI_LEN];
    char *warning; /* or NULL: one line */
    struct ga_set_facts set;

    bool by_token;         /* known from a token: its checks are token.* */
    json_t *signed_claims; /* what the token's issuer signed, or NULL */
};

/* ga_device_done releases what `device` owns. */
void ga_device_done(struct ga_device *device);

/* ga_device_scope returns the scope of the checks that `device` has. */
enum ga_scope ga_device_scope(const struct ga_device *device);

/* ga_device_arch returns the name of its architecture, or NULL. */
const char *ga_device_arch(const struct ga_device *device);

#endif
