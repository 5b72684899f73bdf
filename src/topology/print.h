/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_PRINT_H
#define GA_TOPOLOGY_PRINT_H

#include <jansson.h>

#include "topology/topology.h"

/* ga_topology_object makes the JSON object of docs/result.schema.json; NULL
 * when out of memory. */
json_t *ga_topology_object(const struct ga_topology *t);

#endif
