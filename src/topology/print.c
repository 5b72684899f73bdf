/* SPDX-License-Identifier: Apache-2.0 */
/* A topology as a matrix, for dot(1), and as JSON. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "topology/graph.h"
#include "topology/print.h"

/* Text that grows; `failed` once memory is out. */
struct text {
    char *ptr;
    size_t len, cap;
    bool failed;
};

static void add(struct text *t, const char *fmt, ...) GA_PRINTF(2, 3);

static void
add(struct text *t, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (!t->failed && n >= 0 && t->cap - t->len <= (size_t)n) {
        size_t cap = 2 * t->cap + (size_t)n + 1;
        char *grown = realloc(t->ptr, cap);

        if (grown != NULL) {
            t->ptr = grown;
            t->cap = cap;
        }
        t->failed = grown == NULL;
    }
    if (!t->failed && n >= 0)
        t->len +=
            (size_t)vsnprintf(t->ptr + t->len, t->cap - t->len, fmt, again);
    t->failed = t->failed || n < 0;
    va_end(again);
}

#define UNVERIFIED "nothing was verified: anybody can have written this"

/* A column's width: "SWITCH-127", or "?". */
#define COLUMN 11

static void
matrix(const struct ga_topology *t, struct text *out)
{
    const struct ga_node *g, *s;

    if (!t->verified)
        add(out, "%s\n", UNVERIFIED);
    add(out, "%-9s%-18s", "", "");
    for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL; k++)
        add(out, " %*s", COLUMN, s->label);
    add(out, "\n");
    for (size_t i = 0; (g = ga_graph_node(t, GA_KIND_GPU, i)) != NULL; i++) {
        add(out, "%-9s%-18s", g->label, g->has_pdi ? g->text : "-");
        for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL;
             k++) {
            struct ga_link_view link = ga_graph_link(g, s);
            char cell[COLUMN + 1];

            /* "4" by both, "4 <" by the GPU alone, "> 0" by the switch. */
            snprintf(cell, sizeof(cell), "%s%.0u%s",
                     link.named_by_switch && link.links == 0 ? "> 0" : "",
                     link.links,
                     link.links > 0 && !link.named_by_switch    ? " <"
                     : link.links == 0 && !link.named_by_switch ? "-"
                                                                : "");
            add(out, " %*s", COLUMN, cell);
        }
        add(out, "\n");
    }
    for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL; k++)
        add(out, "%-11s%s\n", s->label, s->has_pdi ? s->text : "-");
}

static void
dot_node(const struct ga_node *n, size_t i, struct text *out)
{
    add(out, "  %c%zu [label=\"%s\\n%s\"%s%s];\n",
        n->kind == GA_KIND_GPU ? 'g' : 's', i, n->label,
        n->has_pdi ? n->text : "", n->kind == GA_KIND_GPU ? "" : ", shape=box",
        n->is_device ? "" : ", style=dashed");
}

static void
graphviz(const struct ga_topology *t, struct text *out)
{
    const struct ga_node *g, *s;

    add(out, "graph topology {\n");
    if (!t->verified)
        add(out, "  label=\"%s\";\n", UNVERIFIED);
    for (size_t i = 0; (g = ga_graph_node(t, GA_KIND_GPU, i)) != NULL; i++)
        dot_node(g, i, out);
    for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL; k++)
        dot_node(s, k, out);
    for (size_t i = 0; (g = ga_graph_node(t, GA_KIND_GPU, i)) != NULL; i++)
        for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL;
             k++) {
            struct ga_link_view link = ga_graph_link(g, s);

            if (link.links == 0 && !link.named_by_switch)
                continue;
            add(out, "  g%zu -- s%zu [label=\"%u\"%s];\n", i, k, link.links,
                link.links > 0 && link.named_by_switch ? "" : ", style=dashed");
        }
    add(out, "}\n");
}

static json_t *
node_object(const struct ga_node *n)
{
    return json_pack("{s:s,s:o,s:b}", "label", n->label, "pdi",
                     n->has_pdi ? json_string(n->text) : json_null(),
                     "attested", n->attested);
}

static json_t *
node_list(const struct ga_topology *t, enum ga_kind kind)
{
    GA_AUTO(json_t) *list = json_array();
    const struct ga_node *n;

    for (size_t i = 0; (n = ga_graph_node(t, kind, i)) != NULL; i++)
        if (json_array_append_new(list, node_object(n)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
link_row(const struct ga_topology *t, const struct ga_node *g)
{
    GA_AUTO(json_t) *row = json_array();
    const struct ga_node *s;

    for (size_t k = 0; (s = ga_graph_node(t, GA_KIND_SWITCH, k)) != NULL; k++) {
        struct ga_link_view link = ga_graph_link(g, s);

        if (json_array_append_new(
                row, json_pack("{s:i,s:b}", "links", (int)link.links,
                               "named_by_switch", link.named_by_switch)) != 0)
            return NULL;
    }
    return GA_TAKE(row);
}

static json_t *
matrix_list(const struct ga_topology *t)
{
    GA_AUTO(json_t) *list = json_array();
    const struct ga_node *g;

    for (size_t i = 0; (g = ga_graph_node(t, GA_KIND_GPU, i)) != NULL; i++)
        if (json_array_append_new(list, link_row(t, g)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *
rule_list(const struct ga_topology *t)
{
    GA_AUTO(json_t) *list = json_array();
    struct ga_check_view v;

    for (size_t i = 0; ga_topology_rule(t, i, &v); i++)
        if (json_array_append_new(list,
                                  json_pack("{s:s,s:s,s:o,s:o}", "name", v.name,
                                            "state", ga_state_name(v.state),
                                            "reason", text_or_null(v.reason),
                                            "text", text_or_null(v.text))) != 0)
            return NULL;
    return GA_TAKE(list);
}

json_t *
ga_topology_object(const struct ga_topology *t)
{
    return json_pack("{s:s,s:b,s:b,s:o,s:o,s:o,s:o}", "board",
                     t->board.board.name, "verified", t->verified, "holds",
                     ga_topology_holds(t), "rules", rule_list(t), "gpus",
                     node_list(t, GA_KIND_GPU), "switches",
                     node_list(t, GA_KIND_SWITCH), "matrix", matrix_list(t));
}

static char *
json_of(const struct ga_topology *t)
{
    GA_AUTO(json_t) *v = ga_topology_object(t);

    return v != NULL ? ga_json_text(v, true) : NULL;
}

enum ga_rc
ga_topology_print(const struct ga_topology *topology,
                  enum ga_topology_form form, char **out, struct ga_error *err)
{
    struct text t = { 0 };

    if (topology == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "topology: NULL");
    switch (form) {
    case GA_TOPOLOGY_MATRIX:
        matrix(topology, &t);
        break;
    case GA_TOPOLOGY_GRAPHVIZ:
        graphviz(topology, &t);
        break;
    case GA_TOPOLOGY_JSON:
        t.ptr = json_of(topology);
        t.failed = t.ptr == NULL;
        break;
    default:
        return ga_fail(err, GA_E_INVAL, "topology: form %d", (int)form);
    }
    if (t.failed) {
        free(t.ptr);
        return ga_nomem(err);
    }
    *out = t.ptr;
    return GA_OK;
}
