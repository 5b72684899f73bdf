/* SPDX-License-Identifier: Apache-2.0 */
/* The graph: who is there, who is only named, and how often. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "topology/graph.h"

static void
set_pdi(struct ga_node *n, const uint8_t pdi[GA_PDI_LEN])
{
    n->has_pdi = true;
    memcpy(n->pdi, pdi, GA_PDI_LEN);
    ga_pdi_text(pdi, n->text);
}

static void
add_device(struct ga_topology *t, const struct ga_topology_input *in,
           const struct ga_topology_device *d)
{
    struct ga_node *n = &t->node[t->node_count++];

    n->kind = d->says.kind;
    n->is_device = true;
    n->attested = d->verified && !in->bare;
    snprintf(n->label, sizeof(n->label), "%s", d->label);
    if (n->attested || in->bare)
        n->says = d->says;
    if (d->has_identity)
        set_pdi(n, d->identity);
    else if (in->bare && d->says.has_own)
        set_pdi(n, d->says.own);
}

static bool
is_there(const struct ga_topology *t, enum ga_kind kind,
         const uint8_t pdi[GA_PDI_LEN])
{
    for (size_t i = 0; i < t->node_count; i++) {
        const struct ga_node *n = &t->node[i];

        if (n->kind == kind && n->has_pdi && ga_pdi_equal(n->pdi, pdi))
            return true;
    }
    return false;
}

static void
add_named(struct ga_topology *t, const struct ga_neighbours *says)
{
    enum ga_kind kind =
        says->kind == GA_KIND_GPU ? GA_KIND_SWITCH : GA_KIND_GPU;

    for (size_t i = 0; i < says->count; i++) {
        struct ga_node *n = &t->node[t->node_count];

        if (!ga_pdi_is_one(says->pdi[i]) || is_there(t, kind, says->pdi[i]))
            continue;
        n->kind = kind;
        snprintf(n->label, sizeof(n->label), "?");
        set_pdi(n, says->pdi[i]);
        t->node_count++;
    }
}

enum ga_rc
ga_graph_fill(struct ga_topology *t, const struct ga_topology_input *in,
              struct ga_error *err)
{
    size_t most = in->count, devices;

    for (size_t i = 0; i < in->count; i++)
        most += in->device[i].says.count;
    /* One more, which add_named() looks at before it knows. */
    t->node = calloc(most + 1, sizeof(*t->node));
    if (t->node == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < in->count; i++)
        add_device(t, in, &in->device[i]);
    devices = t->node_count;
    for (size_t i = 0; i < devices; i++)
        add_named(t, &t->node[i].says);
    return GA_OK;
}

const struct ga_node *
ga_graph_node(const struct ga_topology *t, enum ga_kind kind, size_t i)
{
    for (size_t k = 0; k < t->node_count; k++)
        if (t->node[k].kind == kind && i-- == 0)
            return &t->node[k];
    return NULL;
}

static unsigned
times(const struct ga_neighbours *says, const struct ga_node *whom)
{
    unsigned n = 0;

    for (size_t i = 0; whom->has_pdi && i < says->count; i++)
        n += ga_pdi_equal(says->pdi[i], whom->pdi);
    return n;
}

struct ga_link_view
ga_graph_link(const struct ga_node *gpu, const struct ga_node *sw)
{
    return (struct ga_link_view){
        .links = times(&gpu->says, sw),
        .named_by_switch = times(&sw->says, gpu) > 0,
    };
}
