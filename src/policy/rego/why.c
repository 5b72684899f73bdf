/* SPDX-License-Identifier: Apache-2.0 */
/* Why a query is false: the statement that failed deepest, and its claims. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/eval.h"

/* Steps of one body that count as progress. */
#define PROGRESS 1000u

/* Of a call, the first argument that can be a claim; NULL: there is none. */
static const struct rego_node *
claim_of(const struct rego_node *node)
{
    while (node != NULL && node->kind == NODE_CALL) {
        const struct rego_node *found = NULL;

        for (size_t i = 0; found == NULL && i < node->n; i++)
            if (node->item[i]->kind == NODE_REF ||
                node->item[i]->kind == NODE_VAR ||
                node->item[i]->kind == NODE_CALL)
                found = node->item[i];
        node = found;
    }
    return node;
}

/* Follows a reference into the input or a variable. */
static void
look(struct rego_ev *ev, const struct rego_node *node, struct rego_side *side)
{
    const struct rego_node *first;

    memset(side, 0, sizeof(*side));
    node = claim_of(node);
    if (node == NULL)
        return;
    first = node->kind == NODE_REF ? node->item[0] : node;
    if (node->kind == NODE_VALUE || first->kind == NODE_VALUE)
        side->base = side->value = node->value;
    else if (first->kind == NODE_VAR)
        side->base = side->value = ev->frame[first->slot];
    else if (first->kind == NODE_INPUT)
        side->base = side->value = ev->world.input;
    if (node->kind != NODE_REF)
        return;
    for (size_t i = 1; i < node->n && side->value != NULL; i++) {
        const struct rego_node *item = node->item[i];
        const struct rego_value *key = item->kind == NODE_VALUE ? item->value
                                       : item->kind == NODE_VAR
                                           ? ev->frame[item->slot]
                                           : NULL;

        if (key == NULL || side->n == WHY_KEYS) {
            memset(side, 0, sizeof(*side));
            return;
        }
        side->keys[side->n++] = key;
        side->value = rego_get(NULL, side->value, key);
    }
}

void
rego_note(struct rego_ev *ev, const struct rego_step *step, size_t progress)
{
    const struct rego_node *node =
        step->kind == STEP_MATCH || step->kind == STEP_WALK ||
                step->kind == STEP_EACH || step->kind == STEP_EVERY
            ? step->b
            : step->a;
    unsigned rank =
        ev->calls * PROGRESS + 1 +
        (unsigned)(progress < PROGRESS - 2 ? progress : PROGRESS - 2);

    if (ev->quiet > 0 || step->stmt == NULL || rank < ev->why.rank ||
        rego_failed(ev->pool))
        return;
    memset(&ev->why, 0, sizeof(ev->why));
    ev->why.rank = rank;
    ev->why.stmt = step->stmt;
    ev->why.rule = ev->rule;
    if (node == NULL)
        return;
    if (node->kind == NODE_CALL && node->n > 0) {
        look(ev, node->item[0], &ev->why.side[0]);
        if (node->n > 1)
            look(ev, node->item[1], &ev->why.side[1]);
    } else {
        look(ev, node, &ev->why.side[0]);
    }
    if (step->kind == STEP_MATCH)
        look(ev, step->a, &ev->why.side[1]);
}

/* A place in the input: the keys from its root. */
struct trail {
    const struct rego_value *key[GA_POLICY_VALUE_DEPTH_MAX + WHY_KEYS];
    size_t n;
};

/* Recursion ends: values nest at most GA_POLICY_VALUE_DEPTH_MAX deep. */
static bool
find(struct rego_ev *ev, const struct rego_value *in,
     const struct rego_value *what, struct trail *t)
{
    if (in == what)
        return true;
    if (!rego_is_collection(in) || in->kind == REGO_SET ||
        t->n == GA_POLICY_VALUE_DEPTH_MAX)
        return false;
    for (size_t i = 0; i < in->n; i++) {
        bool array = in->kind == REGO_ARRAY;

        t->key[t->n] =
            array ? rego_integer(ev->pool, (int64_t)i) : rego_key(in, i);
        if (t->key[t->n] == NULL)
            return false;
        t->n++;
        if (find(ev, array ? in->as.item[i] : rego_at(in, i), what, t))
            return true;
        t->n--;
    }
    return false;
}

/* `input[0]["measres"] is "fail"`; nothing where it is not of the input. */
static bool
side_text(struct rego_ev *ev, const struct rego_side *side,
          struct rego_buffer *out)
{
    struct trail t = { .n = 0 };

    if (side->base == NULL || side->base->kind == REGO_NULL ||
        side->base->kind == REGO_BOOLEAN || ev->world.input == NULL ||
        !find(ev, ev->world.input, side->base, &t))
        return false;
    for (size_t i = 0; i < side->n; i++)
        t.key[t.n++] = side->keys[i];
    rego_puts(ev->pool, out, out->n == 0 ? "input" : "; input");
    for (size_t i = 0; i < t.n; i++) {
        rego_puts(ev->pool, out, "[");
        rego_print(ev->pool, out, t.key[i], false);
        rego_puts(ev->pool, out, "]");
    }
    rego_puts(ev->pool, out, side->value == NULL ? " is missing" : " is ");
    if (side->value != NULL)
        rego_print(ev->pool, out, side->value, false);
    return true;
}

void
rego_why_text(struct rego_ev *ev, char *out, size_t cap)
{
    const struct rego_why *why = &ev->why;
    const struct rego_stmt *s = why->stmt;
    struct rego_buffer sides = { 0 };
    const struct rego_module *m;
    size_t len;

    out[0] = '\0';
    if (why->rank == 0 || why->rule == NULL || rego_failed(ev->pool))
        return;
    m = why->rule->module;
    len = s->len < 120 ? s->len : 120;
    for (size_t i = 0; i < len; i++)
        if (m->text[s->offset + i] == '\n')
            len = i;
    for (size_t i = 0; i < 2; i++)
        side_text(ev, &why->side[i], &sides);
    snprintf(out, cap, "%s:%u: rule %s: `%.*s%s` does not hold%s%s", s->at.file,
             s->at.line, why->rule->text, (int)len, m->text + s->offset,
             len < s->len ? " ..." : "", sides.n > 0 ? ": " : "",
             sides.n > 0 ? sides.text : "");
}
