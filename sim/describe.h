/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_DESCRIBE_H
#define GA_SIM_DESCRIBE_H

#include <jansson.h>

#include "sim/world.h"

/* All return NULL when out of memory; the caller releases what they return. */

/* sim_describe_evidence makes the list form of docs/evidence.md; GA_KIND_UNKNOWN: of all
 * devices. */
json_t *sim_describe_evidence(const struct sim_world *w, enum ga_kind kind);

/* sim_describe_world makes world.json. */
json_t *sim_describe_world(const struct sim_world *w);

/* sim_describe_options lists the words of `gpuattest verify` that fit. */
json_t *sim_describe_options(const struct sim_world *w);

/* sim_describe_defect makes a row with its expectations, spread out over the
 * devices of the world. */
json_t *sim_describe_defect(const struct sim_world *w,
                            const struct sim_defect *d);

#endif
