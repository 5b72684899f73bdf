/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOPOLOGY_GRAPH_H
#define GA_TOPOLOGY_GRAPH_H

#include "topology/board.h"
#include "topology/pdi.h"

/* A node: a device, or a PDI that only others name. */
struct ga_node {
    enum ga_kind kind;
    char label[16];
    bool has_pdi;
    uint8_t pdi[GA_PDI_LEN];
    char text[GA_PDI_TEXT]; /* of the PDI */
    bool is_device;
    bool attested;
    struct ga_neighbours says; /* of a device that takes part */
};

struct ga_topology {
    bool verified;
    struct ga_board_copy board;
    unsigned rules; /* that were asked for */
    struct ga_check check[GA_TOPOLOGY_RULES];
    struct ga_pdi_set switches;
    size_t node_count; /* devices, then those that are only named */
    struct ga_node *node;
};

/* ga_graph_fill makes the nodes of `t` from what devices say. */
GA_MUST_USE enum ga_rc ga_graph_fill(struct ga_topology *t,
                                     const struct ga_topology_input *in,
                                     struct ga_error *err);

/* ga_graph_node returns node `i` of a kind, or NULL. */
const struct ga_node *ga_graph_node(const struct ga_topology *t,
                                    enum ga_kind kind, size_t i);

struct ga_link_view ga_graph_link(const struct ga_node *gpu,
                                  const struct ga_node *sw);

#endif
