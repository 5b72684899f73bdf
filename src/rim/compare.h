/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_RIM_COMPARE_H
#define GA_RIM_COMPARE_H

#include "rim/rim.h"
#include "spdm/report.h"

/* One golden value that the report does not have. */
struct ga_mismatch {
    unsigned index;
    enum ga_rim_role role;
    struct ga_bytes golden; /* first alternative; borrowed from the RIM */
    unsigned alternatives;
    struct ga_bytes runtime; /* borrowed from the report; empty: no block */
};

struct ga_comparison {
    unsigned compared, matched, skipped; /* golden values */
    bool nvdec_skipped; /* index 35 of the driver RIM, NVDEC0_STATUS 0x55 */
    size_t mismatch_count;
    struct ga_mismatch mismatch[2 * GA_RIM_RESOURCES_MAX];
};

/*
 * ga_compare_conflict makes measurements.conflict: no index active in both.
 * ga_compare_match makes measurements.match (rule 13).  `rim[role]` is NULL
 * where the RIM is not there or its schema or signature do not hold: then the
 * check is not made, and its text says what could be compared.  `kind` says
 * which roles the report needs (driver and VBIOS, or BIOS).
 */
void ga_compare_conflict(const struct ga_rim *const rim[GA_RIM_ROLES],
                         enum ga_kind kind, struct ga_check *check);
void ga_compare_match(const struct ga_report *report,
                      const struct ga_rim *const rim[GA_RIM_ROLES],
                      enum ga_kind kind, struct ga_comparison *out,
                      struct ga_check *check);

#endif
