/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays, sets, objects and comprehensions. */
#include "policy/rego/parser.h"

/*
 * `[x | y ...` is a comprehension where it can be one, else an array whose
 * first element is a union: both are tried, in this order.  Where the head is
 * a sum, which the reference parser does not take as one, the order is the
 * other.  Nothing else is tried twice.
 */
struct bracket {
    struct rego_at at;
    unsigned close;
    enum rego_node_kind list, comprehension;
};

static const struct bracket array_bracket = {
    .close = ']',
    .list = NODE_ARRAY,
    .comprehension = NODE_ARRAY_OF,
};
static const struct bracket set_bracket = {
    .close = '}',
    .list = NODE_SET,
    .comprehension = NODE_SET_OF,
};
static const struct bracket object_bracket = {
    .close = '}',
    .list = NODE_OBJECT,
    .comprehension = NODE_OBJECT_OF,
};

static bool
push_two(struct rego_parser *p, struct rego_list *list, struct rego_node *key,
         struct rego_node *value)
{
    return (key == NULL || rego_push(p->pool, list, key)) &&
           rego_push(p->pool, list, value);
}

/* From the `|` on. */
static struct rego_node *
comprehension(struct rego_parser *p, const struct bracket *b,
              struct rego_node *key, struct rego_node *value)
{
    struct rego_node *node = rego_node(p, b->comprehension, &b->at);
    struct rego_list head = { 0 };

    rego_next(p);
    if (!push_two(p, &head, key, value) || !rego_set_items(p, node, &head))
        return NULL;
    node->body = rego_stmts(p, b->close);
    return node->body != NULL &&
                   rego_grow(p, &node->height, node->body->height) &&
                   rego_expect(p, b->close)
               ? node
               : NULL;
}

/* The rest of a list, behind its first element. */
static struct rego_node *
listed(struct rego_parser *p, const struct bracket *b, struct rego_node *key,
       struct rego_node *value)
{
    struct rego_node *node = rego_node(p, b->list, &b->at);
    struct rego_list list = { 0 };

    if (value == NULL || !push_two(p, &list, key, value))
        return NULL;
    while (rego_take_mark(p, ',') && !rego_at_mark(p, b->close)) {
        struct rego_node *item = rego_expr(p, false);

        if (item == NULL || !rego_push(p->pool, &list, item))
            return NULL;
        if (b->list == NODE_OBJECT) {
            if (!rego_expect(p, ':'))
                return NULL;
            item = rego_expr(p, false);
            if (item == NULL || !rego_push(p->pool, &list, item))
                return NULL;
        }
    }
    return rego_expect(p, b->close) && rego_set_items(p, node, &list) ? node
                                                                      : NULL;
}

/* Everything behind the first term of the value. */
static struct rego_node *
rest(struct rego_parser *p, const struct bracket *b, struct rego_node *key,
     struct rego_node *term)
{
    size_t pos = p->pos;
    unsigned depth = p->depth;
    struct rego_node *node, *sum;

    if (term == NULL)
        return NULL;
    if (rego_at_mark(p, '|')) {
        node = comprehension(p, b, key, term);
        if (node != NULL || !rego_retreat(p, pos))
            return node;
        p->depth = depth;
        return listed(p, b, key, rego_expr_from(p, term));
    }
    sum = rego_arith_from(p, term);
    pos = p->pos;
    if (sum == NULL || !rego_at_mark(p, '|'))
        return listed(p, b, key, sum == NULL ? NULL : rego_expr_from(p, sum));
    node = listed(p, b, key, rego_expr_from(p, sum));
    if (node != NULL || !rego_retreat(p, pos))
        return node;
    p->depth = depth;
    return comprehension(p, b, key, sum);
}

static struct rego_node *
empty(struct rego_parser *p, const struct rego_at *at, enum rego_kind kind)
{
    struct rego_values none = { 0 };

    return rego_value_node(p, at,
                           kind == REGO_ARRAY ? rego_array(p->pool, &none)
                                              : rego_object(p->pool, &none));
}

struct rego_node *
rego_array_term(struct rego_parser *p)
{
    struct bracket b = array_bracket;

    b.at = rego_here(p)->at;
    rego_next(p);
    if (rego_take_mark(p, ']'))
        return empty(p, &b.at, REGO_ARRAY);
    return rest(p, &b, NULL, rego_term(p));
}

struct rego_node *
rego_brace_term(struct rego_parser *p)
{
    struct rego_at at = rego_here(p)->at;
    struct bracket set = set_bracket, object = object_bracket;
    struct rego_node *term, *key;
    size_t pos;

    set.at = object.at = at;
    rego_next(p);
    if (rego_take_mark(p, '}'))
        return empty(p, &at, REGO_OBJECT);
    term = rego_term(p);
    if (term == NULL || rego_at_mark(p, '|'))
        return rest(p, &set, NULL, term);
    pos = p->pos;
    key = rego_expr_from(p, term);
    if (key == NULL)
        return NULL;
    if (rego_take_mark(p, ':'))
        return rest(p, &object, key, rego_term(p));
    p->pos = pos;
    return rest(p, &set, NULL, term);
}
