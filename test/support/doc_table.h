/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_DOC_TABLE_H
#define TEST_SUPPORT_DOC_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tables of the documentation, for tests that hold them against the code.
 * doc_table reads the rows `| `name` | a | b | ... |` of the section `heading`
 * ("## The table") of a file below the project's root; cells are trimmed, and
 * the back-ticks of the first one dropped.
 */
struct doc_row {
    char cell[6][160];
};

size_t doc_table(const char *path, const char *heading, struct doc_row *out,
                 size_t cap);

#endif
