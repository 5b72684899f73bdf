/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_BOARD_H
#define GA_VERIFY_BOARD_H

#include "topology/topology.h"
#include "verify/result.h"

/* ga_result_board makes the rules `rules` over the devices of a result.
 * `switches` as in struct ga_topology_input. */
GA_MUST_USE enum ga_rc ga_result_board(const struct ga_result *result,
                                       const struct ga_board *board,
                                       unsigned rules,
                                       const struct ga_pdi_set *switches,
                                       struct ga_topology **out,
                                       struct ga_error *err);

#endif
