/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that make sets, objects, and objects of them. */
#include "policy/rego/eval.h"

/* A document in the making. */
struct bag {
    const struct rego_value *key;
    struct rego_list children; /* struct bag */
    struct rego_values members;
    const struct rego_value *value;
    bool is_set;
};

struct partial {
    const struct rego_doc *doc;
    struct bag root;
};

static struct bag *
child_of(struct rego_ev *ev, struct bag *bag, const struct rego_value *key)
{
    struct bag *child;

    for (size_t i = 0; i < bag->children.n; i++) {
        child = bag->children.item[i];
        if (rego_equal(ev->pool, child->key, key))
            return rego_failed(ev->pool) ? NULL : child;
    }
    child = rego_alloc(ev->pool, 1, sizeof(*child));
    if (child == NULL || !rego_push(ev->pool, &bag->children, child))
        return NULL;
    child->key = key;
    return child;
}

static bool
conflict(struct rego_ev *ev, const struct rego_rule *r, const struct partial *p)
{
    ev->located = ev->located || !rego_failed(ev->pool);
    return rego_fail(ev->pool, GA_E_DUPLICATE,
                     "%s:%u:%u: %s: one key has two different values",
                     r->at.file, r->at.line, r->at.column, p->doc->path);
}

static bool
put_member(struct rego_ev *ev, const struct rego_rule *r, struct partial *p,
           struct bag *bag, const struct rego_value *v)
{
    if (bag->value != NULL || bag->children.n > 0)
        return conflict(ev, r, p);
    bag->is_set = true;
    return rego_add(ev->pool, &bag->members, v);
}

static bool
put_value(struct rego_ev *ev, const struct rego_rule *r, struct partial *p,
          struct bag *bag, const struct rego_value *v)
{
    if (bag->is_set || bag->children.n > 0 ||
        (bag->value != NULL && !rego_equal(ev->pool, bag->value, v)))
        return conflict(ev, r, p);
    bag->value = v;
    return true;
}

static bool
take_entry(struct rego_ev *ev, const struct rego_rule *r, void *to, bool *found)
{
    struct partial *p = to;
    struct bag *bag = &p->root;
    const struct rego_value *key[16], *v;

    if (r->key_count > sizeof(key) / sizeof(key[0]))
        return rego_fail(ev->pool, GA_E_TOO_LARGE, "%s has too many keys",
                         p->doc->path);
    for (size_t i = 0; i < r->key_count; i++) {
        key[i] = rego_eval_node(ev, r->key[i]);
        if (key[i] == NULL)
            return !rego_failed(ev->pool);
    }
    v = rego_eval_node(ev, r->member != NULL ? r->member : r->value);
    if (v == NULL)
        return !rego_failed(ev->pool);
    *found = true;
    for (size_t i = 0; i < r->key_count; i++) {
        if (bag->value != NULL || bag->is_set)
            return conflict(ev, r, p);
        bag = child_of(ev, bag, key[i]);
        if (bag == NULL)
            return false;
    }
    return r->member != NULL ? put_member(ev, r, p, bag, v)
                             : put_value(ev, r, p, bag, v);
}

/* Recursion ends: keys of one rule are at most 16. */
static const struct rego_value *
finish(struct rego_ev *ev, struct bag *bag)
{
    struct rego_values list = { 0 };

    if (bag->value != NULL)
        return bag->value;
    if (bag->is_set)
        return rego_set(ev->pool, &bag->members);
    for (size_t i = 0; i < bag->children.n; i++) {
        struct bag *child = bag->children.item[i];

        if (!rego_add(ev->pool, &list, child->key) ||
            !rego_add(ev->pool, &list, finish(ev, child)))
            return NULL;
    }
    return rego_object(ev->pool, &list);
}

/* Constant keys of the same name are documents of their own. */
static bool
add_children(struct rego_ev *ev, struct partial *p)
{
    const struct rego_rule *r = p->doc->rules.item[0];

    for (size_t i = 0; i < p->doc->children.n; i++) {
        const struct rego_doc *child = p->doc->children.item[i];
        const struct rego_value *v;
        struct bag *bag;

        v = rego_doc_whole(ev, child, NULL);
        if (rego_failed(ev->pool))
            return false;
        if (v == NULL)
            continue;
        bag = child_of(ev, &p->root, child->key);
        if (bag == NULL || !put_value(ev, r, p, bag, v))
            return false;
    }
    return true;
}

const struct rego_value *
rego_partial_value(struct rego_ev *ev, const struct rego_doc *doc)
{
    struct partial p = { .doc = doc };
    const struct rego_rule *first = doc->rules.item[0];

    p.root.is_set = first->key_count == 0;
    for (size_t i = 0; i < doc->rules.n; i++) {
        /* That something is not in a set is no failure. */
        ev->quiet++;
        rego_run_rule(ev, doc->rules.item[i], NULL, take_entry, &p);
        ev->quiet--;
        if (rego_failed(ev->pool))
            return NULL;
    }
    return add_children(ev, &p) ? finish(ev, &p.root) : NULL;
}
