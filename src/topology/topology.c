/* SPDX-License-Identifier: Apache-2.0 */
/* A topology: made, and shown. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "topology/graph.h"
#include "topology/rules.h"

GA_DEFINE_AUTO_STRUCT(ga_topology, ga_topology_free);

/* The rules hold as many names of a kind as one set of evidence has devices;
 * two sets that are joined may have more. */
static bool
fits(const struct ga_topology_input *in)
{
    size_t gpus = 0, switches = 0;

    for (size_t i = 0; i < in->count; i++)
        *(in->device[i].says.kind == GA_KIND_SWITCH ? &switches : &gpus) += 1;
    return gpus <= GA_DEVICES_MAX && switches <= GA_DEVICES_MAX;
}

enum ga_rc
ga_topology_make(const struct ga_topology_input *in, struct ga_topology **out,
                 struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_topology) *t = NULL;
    enum ga_rc rc = ga_board_check(in->board, err);

    if (rc == GA_OK && !fits(in))
        rc =
            ga_fail(err, GA_E_TOO_LARGE,
                    "topology: more than %d devices of a kind", GA_DEVICES_MAX);
    if (rc != GA_OK)
        return rc;
    t = calloc(1, sizeof(*t));
    if (t == NULL)
        return ga_nomem(err);
    ga_board_copy(in->board, &t->board);
    t->verified = !in->bare;
    t->rules = in->rules;
    ga_topology_judge(in, t->check, &t->switches);
    rc = ga_graph_fill(t, in, err);
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(t);
    return GA_OK;
}

void
ga_topology_free(struct ga_topology *topology)
{
    if (topology == NULL)
        return;
    free(topology->node);
    free(topology);
}

bool
ga_topology_verified(const struct ga_topology *topology)
{
    return topology != NULL && topology->verified;
}

static bool
asked(const struct ga_topology *t, size_t rule)
{
    return (t->rules & 1u << rule) != 0;
}

bool
ga_topology_holds(const struct ga_topology *topology)
{
    if (topology == NULL || !topology->verified || topology->rules == 0)
        return false;
    for (size_t r = 0; r < GA_TOPOLOGY_RULES; r++)
        if (asked(topology, r) && topology->check[r].state != GA_PASSED)
            return false;
    return true;
}

bool
ga_topology_consistent(const struct ga_topology *topology)
{
    const size_t identity =
        GA_CHECK_TOPOLOGY_IDENTITY - GA_CHECK_TOPOLOGY_BOARD;

    if (topology == NULL || topology->rules == 0)
        return false;
    for (size_t r = 0; r < GA_TOPOLOGY_RULES; r++) {
        const struct ga_check *c = &topology->check[r];
        bool no_certificates =
            r == identity && !topology->verified && c->state == GA_NOT_CHECKED;

        if (asked(topology, r) && c->state != GA_PASSED && !no_certificates)
            return false;
    }
    return true;
}

bool
ga_topology_rule(const struct ga_topology *topology, size_t i,
                 struct ga_check_view *out)
{
    for (size_t r = 0; r < GA_TOPOLOGY_RULES; r++) {
        const struct ga_check *c = &topology->check[r];

        if (!asked(topology, r) || i-- > 0)
            continue;
        *out = (struct ga_check_view){
            .name = ga_check_rows[GA_CHECK_TOPOLOGY_BOARD + r].name,
            .state = c->state,
            .reason = ga_check_reason(c),
            .text = c->text[0] != '\0' ? c->text : NULL,
        };
        return true;
    }
    return false;
}

const struct ga_check *
ga_topology_rule_check(const struct ga_topology *t, enum ga_check_id id)
{
    return &t->check[id - GA_CHECK_TOPOLOGY_BOARD];
}

void
ga_topology_switches(const struct ga_topology *topology, struct ga_pdi_set *out)
{
    *out = topology->switches;
}

static bool
view(const struct ga_node *n, struct ga_node_view *out)
{
    if (n == NULL)
        return false;
    *out = (struct ga_node_view){
        .label = n->label,
        .pdi = n->has_pdi ? n->text : NULL,
        .attested = n->attested,
    };
    return true;
}

bool
ga_topology_gpu(const struct ga_topology *topology, size_t i,
                struct ga_node_view *out)
{
    return view(ga_graph_node(topology, GA_KIND_GPU, i), out);
}

bool
ga_topology_switch(const struct ga_topology *topology, size_t i,
                   struct ga_node_view *out)
{
    return view(ga_graph_node(topology, GA_KIND_SWITCH, i), out);
}

struct ga_link_view
ga_topology_link(const struct ga_topology *topology, size_t gpu, size_t sw)
{
    const struct ga_node *g = ga_graph_node(topology, GA_KIND_GPU, gpu);
    const struct ga_node *s = ga_graph_node(topology, GA_KIND_SWITCH, sw);

    if (g == NULL || s == NULL)
        return (struct ga_link_view){ 0 };
    return ga_graph_link(g, s);
}
