/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_RULES_H
#define GA_TOPOLOGY_RULES_H

#include "topology/pdi.h"

/* ga_topology_judge makes the rules that `in` asks for; `check` has
 * GA_TOPOLOGY_RULES zeroed members.  `switches` gets the set that the GPUs
 * name, what most of them name where they do not agree. */
void ga_topology_judge(const struct ga_topology_input *in,
                       struct ga_check *check, struct ga_pdi_set *switches);

/* ga_rule_identity makes topology.identity, the rule that ties what reports say
 * to the devices that signed them. */
void ga_rule_identity(const struct ga_topology_input *in, struct ga_check *c);

#endif
