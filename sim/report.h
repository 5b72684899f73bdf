/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_REPORT_H
#define GA_SIM_REPORT_H

#include "base/chips.h"
#include "gpuattest/nonce.h"
#include "gpuattest/report.h"
#include "sim/key.h"
#include "spdm/report.h"

struct sim_world;

/* Blocks of real reports: 64 on GPUs, 31 on LS10. */
#define SIM_BLOCKS_GPU    64
#define SIM_BLOCKS_SWITCH 31

/* NVLinks of a GPU, each with a slot in field 22; GPUs of a board, each with a
 * slot in a switch's field 26; ports of a switch, each with a byte there. */
#define SIM_LINKS 18
#define SIM_SLOTS 8
#define SIM_PORTS 64

/* What becomes of a signature (r, s). */
enum sim_rs {
    SIM_RS_GOOD,
    SIM_RS_SPOILED, /* one bit of s is turned over */
    SIM_RS_R_ZERO,  /* r is 0 */
    SIM_RS_S_N,     /* s is n: s + n of a good one has no room in 48 bytes */
    SIM_RS_OTHER_S, /* s is n - s, which verifies all the same */
    SIM_RS_KINDS
};

/*
 * What a report says, before it is bytes.  A defect changes it here, and what
 * comes out is signed by the device's own key all the same.
 */
struct sim_report_spec {
    const char *name;              /* GPU-0 */
    const struct sim_world *world; /* who else is there: for defects */
    enum ga_kind kind;
    uint8_t nonce[GA_NONCE_LEN];
    uint8_t response_nonce[GA_NONCE_LEN];
    uint8_t block[SIM_BLOCKS_GPU][GA_SHA384_LEN];
    size_t blocks;

    char driver[32];   /* GPU: field 3 */
    uint8_t vbios[14]; /* field 6: 8 bytes on GPUs, text on switches */
    const char *project, *project_sku, *chip_sku; /* GPU: 17, 18, 15 */
    uint16_t gpu_info;                            /* GPU: field 4 */
    char chip_info[8];                            /* field 35, "" for none */
    uint8_t nvdec0;                               /* field 11 */
    bool has_fwid;                                /* field 20 */
    uint8_t fwid[GA_SHA384_LEN];
    bool has_ppcie;   /* field 21 */
    uint8_t ppcie;    /* 0x55 off, 0xaa on */
    bool has_version; /* field 34 */
    uint16_t version;
    bool has_flag; /* field 36 */
    uint16_t flag;
    bool has_links;                      /* GPU: field 22 */
    uint8_t link[SIM_LINKS][GA_PDI_LEN]; /* as certificates have PDIs */

    uint8_t pdi[GA_PDI_LEN];            /* switch: field 22 */
    uint8_t gpu[SIM_SLOTS][GA_PDI_LEN]; /* switch: field 26 */
    uint8_t port[SIM_PORTS];
    uint16_t position; /* switch: field 24 */
    bool locked;       /* switch: field 25 */

    /* Defects. */
    enum sim_rs rs;
    size_t trailing;     /* zero bytes behind the signature */
    unsigned value_type; /* of every block; 1 is right */
    unsigned gap_from;   /* blocks from this index on count one too high */
    unsigned slot;       /* of the response */
    bool twice;          /* NVDEC0_STATUS stands twice */
    bool after_nul;      /* a letter behind the NUL of PROJECT */
    bool lock_absent;
    bool nvdec0_absent;
    size_t nvdec0_len;
};

/* The request stands in front: 4 bytes, the nonce that was asked for, a slot.
 * Source: dsp0274 */
#define SIM_REQUEST_LEN      37
#define SIM_REQUEST_NONCE_AT 4

/* sim_report_message writes request and response up to the signature. */
GA_MUST_USE enum ga_rc sim_report_message(const struct sim_report_spec *spec,
                                          struct ga_buf *out,
                                          struct ga_error *err);

/* sim_report_block_at is where the digest of measurement `index` stands. */
size_t sim_report_block_at(size_t index);

/* sim_report_nonce_at is where the response's own nonce stands. */
size_t sim_report_nonce_at(const struct sim_report_spec *spec);

/* sim_report_sign puts the signature of `key`, after `how` became of it, and
 * `trailing` zero bytes behind a message. */
GA_MUST_USE enum ga_rc sim_report_sign(
    struct sim_forge *f, struct ga_bytes message, const struct sim_key *key,
    enum sim_rs how, size_t trailing, struct ga_buf *out, struct ga_error *err);

/* sim_report_make writes request, response and the signature of `key`. */
GA_MUST_USE enum ga_rc sim_report_make(struct sim_forge *f,
                                       const struct sim_report_spec *spec,
                                       const struct sim_key *key,
                                       struct ga_buf *out,
                                       struct ga_error *err);

#endif
