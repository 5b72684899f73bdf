/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SPDM_REPORT_H
#define GA_SPDM_REPORT_H

#include "base/bytes.h"
#include "base/check.h"
#include "base/chips.h"
#include "base/limits.h"
#include "gpuattest/nonce.h"
#include "gpuattest/report.h"

/* Opaque field types.  Source: spec-protocol, 1. */
enum ga_field {
    GA_FIELD_DRIVER_VERSION = 3,
    GA_FIELD_GPU_INFO = 4,
    GA_FIELD_VBIOS_VERSION = 6,
    GA_FIELD_NVDEC0_STATUS = 11,
    GA_FIELD_CHIP_SKU = 15,
    GA_FIELD_PROJECT = 17,
    GA_FIELD_PROJECT_SKU = 18,
    GA_FIELD_FWID = 20,
    GA_FIELD_PROTECTED_PCIE_STATUS = 21,
    GA_FIELD_PDI = 22, /* GPU: SWITCH_PDI; switch: DEVICE_PDI */
    GA_FIELD_LOCK_SWITCH_STATUS = 25,
    GA_FIELD_SWITCH_GPU_PDIS = 26,
    GA_FIELD_OPAQUE_DATA_VERSION = 34,
    GA_FIELD_CHIP_INFO = 35,
    GA_FIELD_FEATURE_FLAG = 36
};

/* One measurement block. */
struct ga_block {
    uint8_t value_type;    /* DMTFSpecMeasurementValueType */
    struct ga_bytes value; /* the measurement */
};

/* One opaque field in the order of the report.  `name` is from the table of
 * the report's kind, NULL for types it does not have. */
struct ga_opaque_field {
    uint16_t type;
    const char *name;
    bool text; /* the table says that it is text */
    struct ga_bytes value;
    size_t offset; /* of the value in the report */
};

/* Views borrow from `bytes`. */
struct ga_report {
    struct ga_buf bytes;
    size_t zeros_dropped; /* of a buffer written whole, rule 1 */
    enum ga_kind kind;    /* by DRIVER_VERSION: there on GPUs alone */

    struct ga_bytes nonce; /* of the request, 32 bytes */
    uint8_t request_slot;
    uint8_t spdm_version, code, param1, param2; /* of the response */
    struct ga_bytes response_nonce;
    struct ga_bytes signed_part; /* request and response up to the signature */
    struct ga_bytes signature;   /* r || s, 96 bytes */

    size_t block_count;
    struct ga_block block[GA_BLOCKS_MAX]; /* [n] has index n + 1 */

    size_t field_count;
    struct ga_opaque_field field[GA_OPAQUE_FIELDS_MAX];

    char driver[80]; /* "" where absent */
    char vbios[80];
};

/* ga_report_find returns the field of that type, or NULL. */
const struct ga_opaque_field *ga_report_find(const struct ga_report *report,
                                             enum ga_field type);

/* ga_report_text copies a text field without its NULs; false where absent. */
GA_MUST_USE bool ga_report_text(const struct ga_report *report,
                                enum ga_field type, char *out, size_t cap);

/* Modes of rule 6, from the signed fields alone. */
enum ga_mode { GA_MODE_UNKNOWN = 0, GA_MODE_SPT, GA_MODE_MPT, GA_MODE_PPCIE };

/* Values of PROTECTED_PCIE_STATUS.  Source: spec-protocol, 1. */
#define GA_PPCIE_OFF 0x55
#define GA_PPCIE_ON  0xaa

/* ga_report_mode reads the mode from fields 36 and 21 and makes the check
 * report.mode (rule 6). */
enum ga_mode ga_report_mode(const struct ga_report *report,
                            struct ga_check *check);

/* ga_mode_name returns "spt", "mpt", "ppcie" or "unknown". */
const char *ga_mode_name(enum ga_mode mode);

#endif
