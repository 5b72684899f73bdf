/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_STAGES_H
#define GA_CLI_STAGES_H

#include <jansson.h>
#include <stdio.h>

#include "base/fail.h"

/* The stages of gpuattest ppcie, in order; the names are an interface. */
/* clang-format off */
#define STAGES(X)                                 \
    X(GPU_CHECKS,     "GPU Pre-checks")           \
    X(SWITCH_CHECKS,  "Switch Pre-checks")        \
    X(GPU_ATTEST,     "GPU Attestation")          \
    X(SWITCH_ATTEST,  "Switch Attestation")       \
    X(TOPOLOGY,       "Topology checks")
/* clang-format on */

enum stage_id {
#define X(id, name) STAGE_##id,
    STAGES(X)
#undef X
        STAGE_COUNT
};

/* Zero is "was not begun", which is shown as SKIPPED and is no success. */
enum stage_state {
    STAGE_SKIPPED = 0,
    STAGE_RUNNING,
    STAGE_SUCCESS,
    STAGE_FAILED
};

struct stage {
    enum stage_state state;
    int64_t began, took;      /* milliseconds */
    char text[GA_ERROR_TEXT]; /* why, "" for nothing to say */
};

struct stages {
    struct stage stage[STAGE_COUNT];
};

void stage_begin(struct stages *s, enum stage_id id);
void stage_end(struct stages *s, enum stage_id id, enum stage_state state,
               const char *fmt, ...) GA_PRINTF(4, 5);

/* stages_fail ends whatever runs as failed: with `why`. */
void stages_fail(struct stages *s, const char *why);

/* stages_failed returns the first that failed, or NULL. */
const struct stage *stages_failed(const struct stages *s, const char **name);

/* stages_print writes the table, stages_list the JSON array; NULL when out of
 * memory. */
void stages_print(const struct stages *s, FILE *to);
json_t *stages_list(const struct stages *s);

/* milliseconds reads the clock that never goes back. */
int64_t milliseconds(void);

#endif
