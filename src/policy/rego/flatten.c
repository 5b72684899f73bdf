/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terms and patterns.  All functions here recurse into terms, which the parser
 * nests at most GA_POLICY_NESTING_MAX deep.
 */
#include <string.h>

#include "policy/rego/builtins.h"
#include "policy/rego/compile.h"

struct rego_step *
rego_emit_step(struct rego_compiler *c, struct rego_emit *e,
               enum rego_step_kind kind)
{
    struct rego_step *step = rego_alloc(c->pool, 1, sizeof(*step));

    if (step == NULL || !rego_push(c->pool, e->steps, step))
        return NULL;
    step->kind = kind;
    step->stmt = e->stmt;
    return step;
}

void
rego_bind(struct rego_compiler *c, unsigned slot)
{
    c->bound[slot] = true;
    c->trail[c->trail_count++] = slot;
}

void
rego_undo(struct rego_compiler *c, struct rego_emit *e, unsigned mark,
          size_t steps)
{
    while (c->trail_count > mark)
        c->bound[c->trail[--c->trail_count]] = false;
    e->steps->n = steps;
    e->later.n = 0;
}

static struct rego_node *
copy(struct rego_compiler *c, const struct rego_node *in, size_t n)
{
    struct rego_node *node = rego_alloc(c->pool, 1, sizeof(*node));

    if (node == NULL)
        return NULL;
    *node = *in;
    node->item = rego_alloc(c->pool, n + 1, sizeof(*node->item));
    node->n = n;
    return node->item == NULL ? NULL : node;
}

/* A variable of our own, which gets its value now. */
static struct rego_node *
temporary(struct rego_compiler *c, const struct rego_at *at)
{
    struct rego_node *node = rego_alloc(c->pool, 1, sizeof(*node));

    if (node == NULL || !rego_new_slot(c, "_", &node->slot))
        return NULL;
    node->kind = NODE_VAR;
    node->at = *at;
    node->name = "_";
    rego_bind(c, node->slot);
    return node;
}

static struct rego_node *
binding(struct rego_compiler *c, const struct rego_node *var)
{
    struct rego_node *node = copy(c, var, 0);

    if (node != NULL)
        node->bind = true;
    return node;
}

/* Going through the elements of `ref` under the keys that `key` takes. */
static enum rego_ready
walk(struct rego_compiler *c, struct rego_emit *e, struct rego_node *ref,
     struct rego_node *key, struct rego_node **out)
{
    struct rego_emit inner = { .steps = e->steps, .stmt = e->stmt };
    struct rego_node *pattern, *element;
    struct rego_step *step;
    enum rego_ready ready = rego_pattern(c, &inner, key, &pattern);

    if (ready != REGO_READY)
        return ready;
    element = temporary(c, &key->at);
    if (element == NULL)
        return REGO_BROKEN;
    step = rego_emit_step(c, e, STEP_WALK);
    if (step == NULL)
        return REGO_BROKEN;
    step->key = pattern;
    step->b = ref;
    step->slot = element->slot;
    *out = element;
    return rego_pattern_end(c, &inner);
}

/* A reference is cut behind each key that has no value yet. */
static enum rego_ready
flatten_ref(struct rego_compiler *c, struct rego_emit *e, struct rego_node *in,
            struct rego_node **out)
{
    struct rego_node *ref = copy(c, in, in->n), *item;
    enum rego_ready ready = REGO_READY;

    if (ref == NULL)
        return REGO_BROKEN;
    ref->n = 0;
    item = in->item[0];
    if (item->kind != NODE_INPUT && item->kind != NODE_DATA)
        ready = rego_flatten(c, e, in->item[0], &item);
    if (ready != REGO_READY)
        return ready;
    ref->item[ref->n++] = item;
    for (size_t i = 1; i < in->n; i++) {
        struct rego_emit trial = { .steps = e->steps, .stmt = e->stmt };
        unsigned mark = c->trail_count;
        size_t steps = e->steps->n;

        ready = rego_flatten(c, &trial, in->item[i], &item);
        if (ready == REGO_BROKEN)
            return ready;
        if (ready == REGO_READY) {
            ref->item[ref->n++] = item;
            continue;
        }
        rego_undo(c, &trial, mark, steps);
        if (ref->n == 1 && ref->item[0]->kind == NODE_VAR)
            ref = ref->item[0];
        ready = walk(c, e, ref, in->item[i], &item);
        if (ready != REGO_READY)
            return ready;
        ref = copy(c, in, in->n - i);
        if (ref == NULL)
            return REGO_BROKEN;
        ref->doc = NULL;
        ref->skip = 0;
        ref->n = 1;
        ref->item[0] = item;
    }
    *out = ref->n == 1 && ref->item[0]->kind == NODE_VAR ? ref->item[0] : ref;
    return REGO_READY;
}

/* A list of constants is a constant. */
static enum rego_ready
fold(struct rego_compiler *c, struct rego_node *node)
{
    struct rego_values list = { 0 };

    for (size_t i = 0; i < node->n; i++)
        if (node->item[i]->kind != NODE_VALUE)
            return REGO_READY;
    for (size_t i = 0; i < node->n; i++)
        if (!rego_add(c->pool, &list, node->item[i]->value))
            return REGO_BROKEN;
    node->value = node->kind == NODE_ARRAY ? rego_array(c->pool, &list)
                  : node->kind == NODE_SET ? rego_set(c->pool, &list)
                                           : rego_object(c->pool, &list);
    node->kind = NODE_VALUE;
    if (node->value != NULL)
        return REGO_READY;
    ga_within(&c->pool->error, c->pool->error.code, "%s:%u:%u", node->at.file,
              node->at.line, node->at.column);
    return REGO_BROKEN;
}

/* A builtin over constants is a constant.  What it is not able to compute is
 * found here, when the policy is loaded; errors of the policy's own stay where
 * they are, since nobody may ever get there. */
static enum rego_ready
fold_call(struct rego_compiler *c, struct rego_node *node)
{
    const struct rego_value *arg[4];
    struct rego_call call = {
        .pool = c->pool, .name = node->name, .arg = arg, .n = node->n
    };

    if (node->builtin == NULL || node->n == 0 ||
        node->n > sizeof(arg) / sizeof(arg[0]))
        return REGO_READY;
    for (size_t i = 0; i < node->n; i++) {
        if (node->item[i]->kind != NODE_VALUE)
            return REGO_READY;
        arg[i] = node->item[i]->value;
    }
    node->value = node->builtin->call(&call);
    if (node->value != NULL)
        node->kind = NODE_VALUE;
    if (!rego_failed(c->pool))
        return REGO_READY;
    if (c->pool->unsupported || c->pool->error.code == GA_E_TOO_LARGE) {
        ga_within(&c->pool->error, c->pool->error.code, "%s:%u:%u",
                  node->at.file, node->at.line, node->at.column);
        return REGO_BROKEN;
    }
    c->pool->error.code = GA_OK;
    return REGO_READY;
}

static enum rego_ready
flatten_items(struct rego_compiler *c, struct rego_emit *e,
              struct rego_node *in, struct rego_node **out)
{
    struct rego_node *node = copy(c, in, in->n);

    if (node == NULL)
        return REGO_BROKEN;
    for (size_t i = 0; i < in->n; i++) {
        enum rego_ready ready = rego_flatten(c, e, in->item[i], &node->item[i]);

        if (ready != REGO_READY)
            return ready;
    }
    *out = node;
    return node->kind == NODE_CALL ? fold_call(c, node) : fold(c, node);
}

/* A body of its own, for which everything around it must have values. */
static enum rego_ready
flatten_inner(struct rego_compiler *c, struct rego_node *in,
              struct rego_node **out)
{
    struct rego_scope *outer = c->scope;
    struct rego_node *node = copy(c, in, in->n);
    struct rego_list steps = { 0 }, ignored = { 0 };
    struct rego_emit none = { .steps = &ignored };
    unsigned mark = c->trail_count;
    bool ok;

    if (node == NULL)
        return REGO_BROKEN;
    if (rego_unbound(c, in, outer->level) != NULL)
        return REGO_NOT_READY;
    node->body = rego_alloc(c->pool, 1, sizeof(*node->body));
    c->scope = rego_new_scope(c, outer);
    ok = node->body != NULL && c->scope != NULL &&
         rego_order_body(c, in->body, &steps);
    for (size_t i = 0; ok && i < in->n; i++) {
        node->item[i] = in->item[i];
        ok = rego_order_head(c, &node->item[i], &steps);
    }
    c->scope = outer;
    rego_undo(c, &none, mark, 0);
    *out = node;
    return ok && rego_steps_take(c->pool, &steps, &node->body->steps)
               ? REGO_READY
               : REGO_BROKEN;
}

enum rego_ready
rego_flatten(struct rego_compiler *c, struct rego_emit *e, struct rego_node *in,
             struct rego_node **out)
{
    if (!rego_charge(c->pool, 1))
        return REGO_BROKEN;
    switch (in->kind) {
    case NODE_VAR:
        if (in->wildcard || !c->bound[in->slot])
            return REGO_NOT_READY;
        *out = in;
        return REGO_READY;
    case NODE_REF:
        return flatten_ref(c, e, in, out);
    case NODE_ARRAY:
    case NODE_SET:
    case NODE_OBJECT:
    case NODE_CALL:
        return flatten_items(c, e, in, out);
    case NODE_ARRAY_OF:
    case NODE_SET_OF:
    case NODE_OBJECT_OF:
        return flatten_inner(c, in, out);
    case NODE_VALUE:
    case NODE_INPUT:
    case NODE_DATA:
        break;
    }
    *out = in;
    return REGO_READY;
}

/* What is no pattern in a pattern is compared when the match is done, since
 * it may use what the match gives values to. */
struct later {
    struct rego_node *var, *term;
};

static enum rego_ready
put_off(struct rego_compiler *c, struct rego_emit *e, struct rego_node *in,
        struct rego_node **out)
{
    struct later *later = rego_alloc(c->pool, 1, sizeof(*later));

    if (later == NULL || !rego_push(c->pool, &e->later, later))
        return REGO_BROKEN;
    later->var = temporary(c, &in->at);
    later->term = in;
    if (later->var == NULL)
        return REGO_BROKEN;
    *out = binding(c, later->var);
    return *out == NULL ? REGO_BROKEN : REGO_READY;
}

enum rego_ready
rego_pattern_end(struct rego_compiler *c, struct rego_emit *e)
{
    for (size_t i = 0; i < e->later.n; i++) {
        const struct later *later = e->later.item[i];
        struct rego_node *term;
        struct rego_step *step;
        enum rego_ready ready = rego_flatten(c, e, later->term, &term);

        if (ready != REGO_READY)
            return ready;
        step = rego_emit_step(c, e, STEP_MATCH);
        if (step == NULL)
            return REGO_BROKEN;
        step->a = later->var;
        step->b = term;
    }
    e->later.n = 0;
    return REGO_READY;
}

/* A key twice would count twice, and an object with more keys match. */
static bool
keys_differ(struct rego_compiler *c, const struct rego_node *in)
{
    for (size_t i = 0; in->kind == NODE_OBJECT && i < in->n; i += 2)
        for (size_t k = 0; k < i; k += 2)
            if (in->item[i]->kind == NODE_VALUE &&
                in->item[k]->kind == NODE_VALUE &&
                rego_equal(c->pool, in->item[i]->value, in->item[k]->value))
                return rego_fail_in(c->pool, &in->item[i]->at, GA_E_DUPLICATE,
                                    "pattern: one key stands twice");
    return !rego_failed(c->pool);
}

static enum rego_ready
pattern_items(struct rego_compiler *c, struct rego_emit *e,
              struct rego_node *in, struct rego_node **out)
{
    struct rego_node *node = copy(c, in, in->n);

    if (node == NULL || !keys_differ(c, in))
        return REGO_BROKEN;
    for (size_t i = 0; i < in->n; i++) {
        bool key = in->kind == NODE_OBJECT && i % 2 == 0;
        enum rego_ready ready =
            key ? rego_flatten(c, e, in->item[i], &node->item[i])
                : rego_pattern(c, e, in->item[i], &node->item[i]);

        if (ready != REGO_READY)
            return ready;
    }
    *out = node;
    return REGO_READY;
}

enum rego_ready
rego_pattern(struct rego_compiler *c, struct rego_emit *e, struct rego_node *in,
             struct rego_node **out)
{
    if (!rego_charge(c->pool, 1))
        return REGO_BROKEN;
    *out = in;
    if (in->kind == NODE_VALUE)
        return REGO_READY;
    if (in->kind == NODE_VAR) {
        if (in->wildcard || c->bound[in->slot])
            return REGO_READY;
        *out = binding(c, in);
        rego_bind(c, in->slot);
        return *out == NULL ? REGO_BROKEN : REGO_READY;
    }
    if (in->kind == NODE_ARRAY || in->kind == NODE_OBJECT)
        return pattern_items(c, e, in, out);
    return put_off(c, e, in, out);
}

const struct rego_node *
rego_unbound(const struct rego_compiler *c, const struct rego_node *node,
             unsigned level)
{
    const struct rego_node *found = NULL;

    if (node == NULL)
        return NULL;
    if (node->kind == NODE_VAR)
        return c->level[node->slot] <= level && !c->bound[node->slot] ? node
                                                                      : NULL;
    for (size_t i = 0; found == NULL && i < node->n; i++)
        found = rego_unbound(c, node->item[i], level);
    if (found == NULL && node->body != NULL)
        found = rego_unbound_body(c, node->body, level);
    return found;
}

const struct rego_node *
rego_unbound_stmt(const struct rego_compiler *c, const struct rego_stmt *s,
                  unsigned level)
{
    const struct rego_node *term[] = { s->b, s->a, s->key, s->value };
    const struct rego_node *found = NULL;

    for (size_t i = 0; found == NULL && i < s->with_count; i++)
        found = rego_unbound(c, s->with[i].value, level);
    for (size_t i = 0; found == NULL && i < sizeof(term) / sizeof(term[0]); i++)
        found = rego_unbound(c, term[i], level);
    if (found == NULL && s->body != NULL)
        found = rego_unbound_body(c, s->body, level);
    return found;
}

const struct rego_node *
rego_unbound_body(const struct rego_compiler *c, const struct rego_body *body,
                  unsigned level)
{
    const struct rego_node *found = NULL;

    for (size_t i = 0; found == NULL && i < body->stmts.n; i++)
        found = rego_unbound_stmt(c, body->stmts.item[i], level);
    return found;
}
