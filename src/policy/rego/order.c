/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements in an order in which each variable gets its value before it is
 * needed.  The written order is kept where it is possible.
 */
#include <string.h>

#include "policy/rego/compile.h"

bool
rego_steps_take(struct rego_pool *pool, const struct rego_list *list,
                struct rego_steps *out)
{
    out->item = rego_alloc(pool, list->n + 1, sizeof(*out->item));
    if (out->item == NULL)
        return false;
    for (size_t i = 0; i < list->n; i++)
        out->item[i] = *(const struct rego_step *)list->item[i];
    out->n = list->n;
    return true;
}

static bool add_unify(struct rego_compiler *c, struct rego_list *out,
                      const struct rego_stmt *s, struct rego_node *a,
                      struct rego_node *b);

static bool
mismatch(struct rego_compiler *c, const struct rego_node *a, const char *what)
{
    return rego_fail_in(c->pool, &a->at, GA_E_BAD_VALUE,
                        "these can never be equal: %s", what);
}

static bool
constant_keys(const struct rego_node *object)
{
    for (size_t i = 0; i < object->n; i += 2)
        if (object->item[i]->kind != NODE_VALUE)
            return false;
    return true;
}

/* Objects are equal member by member where all keys are known. */
static bool
add_members(struct rego_compiler *c, struct rego_list *out,
            const struct rego_stmt *s, struct rego_node *a, struct rego_node *b)
{
    if (a->n != b->n)
        return mismatch(c, a, "objects of other sizes");
    for (size_t i = 0; i < a->n; i += 2) {
        size_t k = 0;

        if (!rego_charge(c->pool, b->n))
            return false;
        while (k < b->n &&
               !rego_equal(c->pool, a->item[i]->value, b->item[k]->value))
            k += 2;
        if (k >= b->n)
            return mismatch(c, a->item[i], "objects with other keys");
        if (!add_unify(c, out, s, a->item[i + 1], b->item[k + 1]))
            return false;
    }
    return true;
}

/* Two patterns become as many statements as they have elements, so that values
 * can flow both ways.  Recursion ends: the parser bounds terms. */
static bool
add_unify(struct rego_compiler *c, struct rego_list *out,
          const struct rego_stmt *s, struct rego_node *a, struct rego_node *b)
{
    struct rego_stmt *part;
    bool array_a = a->kind == NODE_ARRAY, array_b = b->kind == NODE_ARRAY;
    bool object_a = a->kind == NODE_OBJECT, object_b = b->kind == NODE_OBJECT;

    if ((array_a && object_b) || (object_a && array_b))
        return mismatch(c, a, "array and object");
    if (array_a && array_b && a->n != b->n)
        return mismatch(c, a, "arrays of other lengths");
    if (array_a && array_b) {
        for (size_t i = 0; i < a->n; i++)
            if (!add_unify(c, out, s, a->item[i], b->item[i]))
                return false;
        return true;
    }
    if (object_a && object_b && constant_keys(a) && constant_keys(b))
        return add_members(c, out, s, a, b);
    part = rego_alloc(c->pool, 1, sizeof(*part));
    if (part == NULL)
        return false;
    *part = *s;
    part->a = a;
    part->b = b;
    return rego_push(c->pool, out, part);
}

static enum rego_ready
match(struct rego_compiler *c, struct rego_emit *e, struct rego_node *pattern,
      struct rego_node *term)
{
    struct rego_node *to, *from;
    struct rego_step *step;
    enum rego_ready ready = rego_flatten(c, e, term, &from);

    if (ready == REGO_READY)
        ready = rego_pattern(c, e, pattern, &to);
    if (ready != REGO_READY)
        return ready;
    step = rego_emit_step(c, e, STEP_MATCH);
    if (step == NULL)
        return REGO_BROKEN;
    step->a = to;
    step->b = from;
    return rego_pattern_end(c, e);
}

static enum rego_ready
unify(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    unsigned mark = c->trail_count;
    size_t steps = e->steps->n;
    enum rego_ready ready = match(c, e, s->a, s->b);

    if (ready != REGO_NOT_READY)
        return ready;
    rego_undo(c, e, mark, steps);
    return match(c, e, s->b, s->a);
}

static enum rego_ready
test(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    struct rego_node *term;
    struct rego_step *step;
    enum rego_ready ready = rego_flatten(c, e, s->a, &term);

    if (ready != REGO_READY)
        return ready;
    step = rego_emit_step(c, e, STEP_TEST);
    if (step == NULL)
        return REGO_BROKEN;
    step->a = term;
    return REGO_READY;
}

/* `b` is compiled already. */
static enum rego_ready
elements(struct rego_compiler *c, struct rego_emit *e,
         const struct rego_stmt *s, struct rego_node *b, struct rego_step **out)
{
    struct rego_node *key = NULL, *value = NULL;
    enum rego_ready ready = REGO_READY;

    if (s->key != NULL)
        ready = rego_pattern(c, e, s->key, &key);
    if (ready == REGO_READY)
        ready = rego_pattern(c, e, s->value, &value);
    if (ready != REGO_READY)
        return ready;
    *out = rego_emit_step(c, e, s->kind == STMT_EVERY ? STEP_EVERY : STEP_EACH);
    if (*out == NULL)
        return REGO_BROKEN;
    (*out)->key = key;
    (*out)->a = value;
    (*out)->b = b;
    return rego_pattern_end(c, e);
}

static enum rego_ready
some_in(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    struct rego_node *b;
    struct rego_step *step;
    enum rego_ready ready = rego_flatten(c, e, s->b, &b);

    return ready == REGO_READY ? elements(c, e, s, b, &step) : ready;
}

/* A body that sees everything around it and gives nothing back. */
static enum rego_ready
closed(struct rego_compiler *c, const struct rego_body *body,
       struct rego_steps *out)
{
    struct rego_list steps = { 0 };

    return rego_order_body(c, body, &steps) &&
                   rego_steps_take(c->pool, &steps, out)
               ? REGO_READY
               : REGO_BROKEN;
}

static enum rego_ready
every(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    struct rego_scope *outer = c->scope;
    struct rego_node *b;
    struct rego_step *step;
    unsigned mark;
    enum rego_ready ready;

    if (rego_unbound_body(c, s->body, outer->level) != NULL)
        return REGO_NOT_READY;
    ready = rego_flatten(c, e, s->b, &b);
    if (ready != REGO_READY)
        return ready;
    c->scope = rego_new_scope(c, outer);
    if (c->scope == NULL)
        return REGO_BROKEN;
    mark = c->trail_count;
    ready = elements(c, e, s, b, &step);
    if (ready == REGO_READY)
        ready = closed(c, s->body, &step->below);
    rego_undo(c, e, mark, e->steps->n);
    c->scope = outer;
    return ready;
}

static enum rego_ready
negation(struct rego_compiler *c, struct rego_emit *e,
         const struct rego_stmt *s)
{
    struct rego_step *step;

    if (rego_unbound_body(c, s->body, c->scope->level) != NULL)
        return REGO_NOT_READY;
    step = rego_emit_step(c, e, STEP_NOT);
    return step == NULL ? REGO_BROKEN : closed(c, s->body, &step->below);
}

static enum rego_ready
plain(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    switch (s->kind) {
    case STMT_TEST:
        return test(c, e, s);
    case STMT_ASSIGN:
        return match(c, e, s->a, s->b);
    case STMT_UNIFY:
        return unify(c, e, s);
    case STMT_SOME_IN:
        return some_in(c, e, s);
    case STMT_EVERY:
        return every(c, e, s);
    case STMT_NOT:
        return negation(c, e, s);
    case STMT_SOME:
        break;
    }
    return REGO_READY;
}

static enum rego_ready
with(struct rego_compiler *c, struct rego_emit *e, const struct rego_stmt *s)
{
    struct rego_list steps = { 0 };
    struct rego_emit inner = { .steps = &steps, .stmt = s };
    struct rego_with *with;
    struct rego_step *step;
    enum rego_ready ready;

    with = rego_alloc(c->pool, s->with_count, sizeof(*with));
    if (with == NULL)
        return REGO_BROKEN;
    for (size_t i = 0; i < s->with_count; i++) {
        with[i].target = s->with[i].target;
        ready = rego_flatten(c, e, s->with[i].value, &with[i].value);
        if (ready != REGO_READY)
            return ready;
    }
    ready = plain(c, &inner, s);
    if (ready != REGO_READY)
        return ready;
    step = rego_emit_step(c, e, STEP_WITH);
    if (step == NULL || !rego_steps_take(c->pool, &steps, &step->below))
        return REGO_BROKEN;
    step->with = with;
    step->with_count = s->with_count;
    return REGO_READY;
}

/* The first statement that is ready, or an error that names what is not. */
static bool
order_one(struct rego_compiler *c, struct rego_list *pending,
          struct rego_list *steps)
{
    const struct rego_node *var = NULL;
    const struct rego_stmt *s;

    for (size_t i = 0; i < pending->n; i++) {
        struct rego_emit e = { .steps = steps, .stmt = pending->item[i] };
        unsigned mark = c->trail_count;
        size_t count = steps->n;
        enum rego_ready ready =
            e.stmt->with_count > 0 ? with(c, &e, e.stmt) : plain(c, &e, e.stmt);

        if (ready == REGO_BROKEN)
            return false;
        if (ready == REGO_READY) {
            pending->n--;
            memmove(&pending->item[i], &pending->item[i + 1],
                    (pending->n - i) * sizeof(*pending->item));
            return true;
        }
        rego_undo(c, &e, mark, count);
    }
    s = pending->item[0];
    var = rego_unbound_stmt(c, s, c->scope->level);
    if (var != NULL && var->wildcard && s->kind == STMT_NOT)
        return rego_unsupported(c->pool, &var->at,
                                "`_` within `not` (it is unsafe)");
    return rego_fail_in(c->pool, var == NULL ? &s->at : &var->at,
                        GA_E_BAD_VALUE,
                        "variable %s is unsafe: nothing gives it a value",
                        var == NULL ? "_" : var->name);
}

bool
rego_order_body(struct rego_compiler *c, const struct rego_body *body,
                struct rego_list *steps)
{
    struct rego_list pending = { 0 };
    size_t count = body == NULL ? 0 : body->stmts.n;

    for (size_t i = 0; i < count; i++) {
        struct rego_stmt *s = body->stmts.item[i];
        bool ok = s->kind == STMT_UNIFY && s->with_count == 0
                      ? add_unify(c, &pending, s, s->a, s->b)
                      : rego_push(c->pool, &pending, s);

        if (!ok)
            return false;
    }
    while (pending.n > 0)
        if (!order_one(c, &pending, steps))
            return false;
    return true;
}

bool
rego_order_head(struct rego_compiler *c, struct rego_node **term,
                struct rego_list *steps)
{
    struct rego_emit e = { .steps = steps };
    struct rego_node *out;
    const struct rego_node *var;
    enum rego_ready ready = rego_flatten(c, &e, *term, &out);

    if (ready == REGO_READY) {
        *term = out;
        return true;
    }
    var = rego_unbound(c, *term, c->scope->level);
    return rego_fail_in(c->pool, var == NULL ? &(*term)->at : &var->at,
                        GA_E_BAD_VALUE,
                        "variable %s is unsafe: nothing gives it a value",
                        var == NULL ? "_" : var->name);
}
