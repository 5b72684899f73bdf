/* SPDX-License-Identifier: Apache-2.0 */
/* Terms and patterns. */
#include "policy/rego/eval.h"
#include "base/limits.h"

bool
rego_enter(struct rego_ev *ev)
{
    if (ev->depth >= GA_POLICY_DEPTH_MAX)
        return rego_fail(ev->pool, GA_E_TOO_LARGE,
                         "evaluation nests deeper than %d",
                         GA_POLICY_DEPTH_MAX);
    if (!rego_charge(ev->pool, 1))
        return false;
    ev->depth++;
    return true;
}

/* Puts the place of `node` in front of a failure that has none yet. */
static const struct rego_value *
locate(struct rego_ev *ev, const struct rego_node *node,
       const struct rego_value *v)
{
    if (v != NULL || !rego_failed(ev->pool) || ev->located)
        return v;
    ga_within(&ev->pool->error, ev->pool->error.code, "%s:%u:%u", node->at.file,
              node->at.line, node->at.column);
    ev->located = true;
    return NULL;
}

static const struct rego_value *
eval_ref(struct rego_ev *ev, const struct rego_node *ref)
{
    const struct rego_value *v;

    if (ref->item[0]->kind == NODE_DATA)
        return rego_data(ev, ref);
    v = ref->item[0]->kind == NODE_INPUT ? ev->world.input
                                         : rego_eval_node(ev, ref->item[0]);
    for (size_t i = 1; v != NULL && i < ref->n; i++) {
        const struct rego_value *key = rego_eval_node(ev, ref->item[i]);

        v = key == NULL ? NULL : rego_get(ev->pool, v, key);
    }
    return rego_failed(ev->pool) ? NULL : v;
}

static const struct rego_value *
eval_list(struct rego_ev *ev, const struct rego_node *node)
{
    struct rego_values list = { 0 };
    const struct rego_value *v;

    for (size_t i = 0; i < node->n; i++) {
        v = rego_eval_node(ev, node->item[i]);
        if (v == NULL || !rego_add(ev->pool, &list, v))
            return NULL;
    }
    v = node->kind == NODE_ARRAY ? rego_array(ev->pool, &list)
        : node->kind == NODE_SET ? rego_set(ev->pool, &list)
                                 : rego_object(ev->pool, &list);
    return locate(ev, node, v);
}

static const struct rego_value *
eval_call(struct rego_ev *ev, const struct rego_node *node)
{
    const struct rego_value *few[4];
    const struct rego_value **arg = few;
    struct rego_call call = {
        .pool = ev->pool, .name = node->name, .n = node->n, .now_ns = ev->now_ns
    };

    if (node->n > sizeof(few) / sizeof(few[0])) {
        arg = rego_alloc(ev->pool, node->n, sizeof(*arg));
        if (arg == NULL)
            return NULL;
    }
    for (size_t i = 0; i < node->n; i++) {
        arg[i] = rego_eval_node(ev, node->item[i]);
        if (arg[i] == NULL)
            return NULL;
    }
    if (node->doc != NULL)
        return rego_function(ev, node->doc, arg);
    call.arg = arg;
    return locate(ev, node, node->builtin->call(&call));
}

/* Comprehensions gather what their heads give. */
struct gather {
    struct rego_sink sink;
    const struct rego_node *node;
    struct rego_values list;
};

static bool
gather(struct rego_ev *ev, struct rego_sink *sink)
{
    /* The sink is the first member. */
    struct gather *g = (struct gather *)(void *)sink;
    const struct rego_value *v[2];
    size_t n = g->node->n;

    for (size_t i = 0; i < n; i++) {
        v[i] = rego_eval_node(ev, g->node->item[i]);
        if (v[i] == NULL)
            return !rego_failed(ev->pool);
    }
    for (size_t i = 0; i < n; i++)
        if (!rego_add(ev->pool, &g->list, v[i]))
            return false;
    return true;
}

static const struct rego_value *
eval_comprehension(struct rego_ev *ev, const struct rego_node *node)
{
    struct gather g = { .sink = { .emit = gather }, .node = node };
    const struct rego_value *v;

    ev->quiet++;
    rego_run(ev, &node->body->steps, 0, &g.sink);
    ev->quiet--;
    if (rego_failed(ev->pool))
        return NULL;
    v = node->kind == NODE_ARRAY_OF ? rego_array(ev->pool, &g.list)
        : node->kind == NODE_SET_OF ? rego_set(ev->pool, &g.list)
                                    : rego_object(ev->pool, &g.list);
    return locate(ev, node, v);
}

static const struct rego_value *
eval(struct rego_ev *ev, const struct rego_node *node)
{
    switch (node->kind) {
    case NODE_VALUE:
        return node->value;
    case NODE_VAR:
        return ev->frame[node->slot];
    case NODE_REF:
        return eval_ref(ev, node);
    case NODE_ARRAY:
    case NODE_SET:
    case NODE_OBJECT:
        return eval_list(ev, node);
    case NODE_ARRAY_OF:
    case NODE_SET_OF:
    case NODE_OBJECT_OF:
        return eval_comprehension(ev, node);
    case NODE_CALL:
        return eval_call(ev, node);
    case NODE_INPUT:
    case NODE_DATA:
        break;
    }
    return NULL;
}

const struct rego_value *
rego_eval_node(struct rego_ev *ev, const struct rego_node *node)
{
    const struct rego_value *v;

    if (node->kind == NODE_VALUE)
        return node->value;
    if (!rego_enter(ev))
        return NULL;
    v = eval(ev, node);
    ev->depth--;
    return rego_failed(ev->pool) ? NULL : v;
}

static bool
match_object(struct rego_ev *ev, const struct rego_node *pattern,
             const struct rego_value *v)
{
    if (v->kind != REGO_OBJECT || 2 * v->n != pattern->n)
        return false;
    for (size_t i = 0; i < pattern->n; i += 2) {
        const struct rego_value *key = rego_eval_node(ev, pattern->item[i]);
        const struct rego_value *member =
            key == NULL ? NULL : rego_get(ev->pool, v, key);

        if (member == NULL || !rego_match(ev, pattern->item[i + 1], member))
            return false;
    }
    return true;
}

/* Recursion ends: patterns nest as deep as the text. */
bool
rego_match(struct rego_ev *ev, const struct rego_node *pattern,
           const struct rego_value *v)
{
    const struct rego_value *other;

    if (!rego_charge(ev->pool, 1))
        return false;
    if (pattern->kind == NODE_VAR && pattern->wildcard)
        return true;
    if (pattern->kind == NODE_VAR && pattern->bind) {
        ev->frame[pattern->slot] = v;
        return true;
    }
    if (pattern->kind == NODE_OBJECT)
        return match_object(ev, pattern, v);
    if (pattern->kind == NODE_ARRAY) {
        if (v->kind != REGO_ARRAY || v->n != pattern->n)
            return false;
        for (size_t i = 0; i < v->n; i++)
            if (!rego_match(ev, pattern->item[i], v->as.item[i]))
                return false;
        return true;
    }
    other = rego_eval_node(ev, pattern);
    return other != NULL && rego_equal(ev->pool, other, v) &&
           !rego_failed(ev->pool);
}
