/* SPDX-License-Identifier: Apache-2.0 */
/* How far two words are from each other. */
#include <stdint.h>
#include <string.h>

#include "cli/near.h"

size_t
near_distance(const char *a, size_t alen, const char *b)
{
    size_t row[NEAR_MAX + 1], blen = strlen(b);

    if (blen > NEAR_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= blen; j++)
        row[j] = j;
    for (size_t i = 1; i <= alen; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= blen; j++) {
            size_t above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[blen];
}
