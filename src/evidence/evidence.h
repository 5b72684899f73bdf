/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_EVIDENCE_EVIDENCE_H
#define GA_EVIDENCE_EVIDENCE_H

#include "base/bytes.h"
#include "base/limits.h"
#include "gpuattest/evidence.h"

/* One device's evidence, as it came. */
struct ga_item {
    struct ga_buf report;
    struct ga_buf chain; /* PEM */
    char *arch;          /* or NULL: what the file says */
    char *nonce;         /* or NULL: what the file says */
    char *source;        /* "gpu.json item 3", escaped */
};

struct ga_evidence {
    size_t count;
    struct ga_item item[GA_DEVICES_MAX];
};

/* ga_evidence_join moves all items of `from` behind those of `to`, or none:
 * GA_E_TOO_LARGE. */
GA_MUST_USE enum ga_rc ga_evidence_join(struct ga_evidence *to,
                                        struct ga_evidence *from,
                                        struct ga_error *err);

#endif
