/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_PDI_H
#define GA_TOPOLOGY_PDI_H

#include "topology/topology.h"

#define GA_PDI_TEXT (2 * GA_PDI_LEN + 1)

/* ga_pdi_text writes 16 upper-case hex digits and a NUL. */
void ga_pdi_text(const uint8_t pdi[GA_PDI_LEN], char out[GA_PDI_TEXT]);

bool ga_pdi_equal(const uint8_t a[GA_PDI_LEN], const uint8_t b[GA_PDI_LEN]);

/* ga_pdi_set_add adds one that is not there yet; GA_PDI_SET_MAX are never
 * exceeded, as no report names more. */
void ga_pdi_set_add(struct ga_pdi_set *set, const uint8_t pdi[GA_PDI_LEN]);
bool ga_pdi_set_has(const struct ga_pdi_set *set,
                    const uint8_t pdi[GA_PDI_LEN]);
bool ga_pdi_set_equal(const struct ga_pdi_set *a, const struct ga_pdi_set *b);

/* ga_neighbours_set makes a set of what a report names; FF.. is left out. */
struct ga_pdi_set ga_neighbours_set(const struct ga_neighbours *says);

#endif
