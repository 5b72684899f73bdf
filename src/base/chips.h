/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_CHIPS_H
#define GA_BASE_CHIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of thing a report speaks of. */
enum ga_kind { GA_KIND_UNKNOWN = 0, GA_KIND_GPU, GA_KIND_SWITCH };

/* Which form of FWID extension the leaf carries.  Source: spec-protocol, 2. */
enum ga_fwid_form {
    GA_FWID_NONE = 0,
    GA_FWID_DEVICE_KEY, /* 2.23.133.5.4.1: {version, SPKI, FWID} */
    GA_FWID_TCB_INFO    /* 2.23.133.5.4.1.1: DiceTcbInfo, fwids[0] */
};

/*
 * One row per chip: everything that must agree for rule 4 (report.arch) and
 * everything that follows from it.  The row is found by the certificates'
 * names, never by what the evidence file says.
 */
struct ga_chip {
    const char *arch; /* NRAS's name: HOPPER, BLACKWELL, LS10 */
    enum ga_kind kind;
    const char *name;      /* in certificates of leaf, BROM and ICA */
    const char *identity;  /* in the Identity's name */
    const char *processor; /* GSP or FSP: leaf and BROM names */
    enum ga_fwid_form fwid;
    uint16_t gpu_info;        /* first two bytes of field 4; 0: no such field */
    const char *chip_info[3]; /* values field 35 may have; NULL-terminated */
    const char *product[3];   /* values a RIM's Meta product may have */
    const char *driver_rim;   /* id prefix before "_<driver>", NULL: from
                                  CHIP_INFO, as NV_GPU_CC_DRIVER_<CHIP_INFO> */
    unsigned nvml_arch;       /* NVML's number, 0 for switches */
};

/* The table: docs/sources.md#chips says where each value is from. */
extern const struct ga_chip ga_chips[];
extern const size_t ga_chip_count;

/* ga_chip_by_cert finds the row by the chip's name as it stands in
 * certificates ("GH100", "LS_10"), or NULL. */
const struct ga_chip *ga_chip_by_cert(const char *name, size_t len);

/* ga_chip_is_arch says whether `text` (any case, or NVML's number in digits)
 * names the architecture of `chip`. */
bool ga_chip_is_arch(const struct ga_chip *chip, const char *text);

/* ga_arch_known says whether `text` names the architecture of any row. */
bool ga_arch_known(const char *text);

#endif
