/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects.  Source: rego-builtins.  Functions that go down into values recurse
 * as deep as values nest, GA_POLICY_VALUE_DEPTH_MAX.
 */
#include "policy/rego/builtins.h"

static const struct rego_value *
object_get(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0], *key = c->arg[1];

    if (!rego_want(c, 0, WANT_OBJECT))
        return NULL;
    if (key->kind != REGO_ARRAY) {
        v = rego_get(c->pool, v, key);
        return v != NULL ? v : c->arg[2];
    }
    for (size_t i = 0; v != NULL && i < key->n; i++)
        v = rego_get(c->pool, v, key->as.item[i]);
    return v != NULL ? v : c->arg[2];
}

static const struct rego_value *
object_keys(struct rego_call *c)
{
    struct rego_values list = { 0 };

    if (!rego_want(c, 0, WANT_OBJECT))
        return NULL;
    for (size_t i = 0; i < c->arg[0]->n; i++)
        if (!rego_add(c->pool, &list, rego_key(c->arg[0], i)))
            return NULL;
    return rego_set(c->pool, &list);
}

/* Whether `key` is an element of an array or set, or a key of an object. */
static bool
listed(struct rego_call *c, const struct rego_value *in,
       const struct rego_value *key)
{
    if (in->kind == REGO_SET)
        return rego_has(c->pool, in, key);
    if (in->kind == REGO_OBJECT)
        return rego_get(c->pool, in, key) != NULL;
    for (size_t i = 0; i < in->n; i++)
        if (rego_equal(c->pool, in->as.item[i], key))
            return true;
    return false;
}

static const struct rego_value *
pick(struct rego_call *c, bool keep)
{
    struct rego_values list = { 0 };
    const struct rego_value *object = c->arg[0];

    if (!rego_want(c, 0, WANT_OBJECT) ||
        !rego_want(c, 1, WANT_LIST | WANT_OBJECT))
        return NULL;
    for (size_t i = 0; i < object->n; i++)
        if (listed(c, c->arg[1], rego_key(object, i)) == keep &&
            (!rego_add(c->pool, &list, rego_key(object, i)) ||
             !rego_add(c->pool, &list, rego_at(object, i))))
            return NULL;
    return rego_object(c->pool, &list);
}

static const struct rego_value *
object_filter(struct rego_call *c)
{
    return pick(c, true);
}

static const struct rego_value *
object_remove(struct rego_call *c)
{
    return pick(c, false);
}

/* `b` wins, but objects under one key are joined. */
static const struct rego_value *
join(struct rego_pool *pool, const struct rego_value *a,
     const struct rego_value *b)
{
    struct rego_values list = { 0 };

    if (a->kind != REGO_OBJECT || b->kind != REGO_OBJECT)
        return b;
    for (size_t i = 0; i < a->n; i++) {
        const struct rego_value *other = rego_get(pool, b, rego_key(a, i));
        const struct rego_value *v =
            other == NULL ? rego_at(a, i) : join(pool, rego_at(a, i), other);

        if (!rego_add(pool, &list, rego_key(a, i)) || !rego_add(pool, &list, v))
            return NULL;
    }
    for (size_t i = 0; i < b->n; i++)
        if (rego_get(pool, a, rego_key(b, i)) == NULL &&
            (!rego_add(pool, &list, rego_key(b, i)) ||
             !rego_add(pool, &list, rego_at(b, i))))
            return NULL;
    return rego_object(pool, &list);
}

static const struct rego_value *
object_union(struct rego_call *c)
{
    return rego_want(c, 0, WANT_OBJECT) && rego_want(c, 1, WANT_OBJECT)
               ? join(c->pool, c->arg[0], c->arg[1])
               : NULL;
}

static const struct rego_value *
object_union_n(struct rego_call *c)
{
    struct rego_values none = { 0 };
    const struct rego_value *all;

    if (!rego_want(c, 0, WANT_ARRAY) || !rego_want_all(c, 0, WANT_OBJECT))
        return NULL;
    all = rego_object(c->pool, &none);
    for (size_t i = 0; all != NULL && i < c->arg[0]->n; i++)
        all = join(c->pool, all, c->arg[0]->as.item[i]);
    return all;
}

static bool subset(struct rego_call *c, const struct rego_value *all,
                   const struct rego_value *some);

static bool
subset_object(struct rego_call *c, const struct rego_value *all,
              const struct rego_value *some)
{
    for (size_t i = 0; i < some->n; i++) {
        const struct rego_value *v = rego_get(c->pool, all, rego_key(some, i));

        if (v == NULL ||
            !(rego_equal(c->pool, v, rego_at(some, i)) ||
              (rego_is_collection(v) && v->kind == rego_at(some, i)->kind &&
               subset(c, v, rego_at(some, i)))))
            return false;
    }
    return true;
}

/* An array in an array is a run of it, in order. */
static bool
subset_run(struct rego_call *c, const struct rego_value *all,
           const struct rego_value *some)
{
    for (size_t i = 0; i + some->n <= all->n; i++) {
        size_t k = 0;

        while (k < some->n &&
               rego_equal(c->pool, all->as.item[i + k], some->as.item[k]))
            k++;
        if (k == some->n)
            return true;
    }
    return false;
}

static bool
subset(struct rego_call *c, const struct rego_value *all,
       const struct rego_value *some)
{
    if (all->kind == REGO_OBJECT && some->kind == REGO_OBJECT)
        return subset_object(c, all, some);
    if (all->kind == REGO_ARRAY && some->kind == REGO_ARRAY)
        return subset_run(c, all, some);
    for (size_t i = 0; i < some->n; i++)
        if (!listed(c, all, some->as.item[i]))
            return false;
    return true;
}

static const struct rego_value *
object_subset(struct rego_call *c)
{
    const unsigned kinds = WANT_LIST | WANT_OBJECT;
    enum rego_kind all = c->arg[0]->kind, some = c->arg[1]->kind;

    if (!rego_want(c, 0, kinds) || !rego_want(c, 1, kinds))
        return NULL;
    if (all != some && !(all == REGO_ARRAY && some == REGO_SET)) {
        rego_fail(c->pool, GA_E_BAD_VALUE, "%s: %s in %s is not compared",
                  c->name, rego_kind_name(some), rego_kind_name(all));
        return NULL;
    }
    return rego_boolean(subset(c, c->arg[0], c->arg[1]));
}

/* clang-format off */
const struct rego_builtin rego_collections[] = {
    { "object.get",     3, object_get,     NULL },
    { "object.keys",    1, object_keys,    NULL },
    { "object.filter",  2, object_filter,  NULL },
    { "object.remove",  2, object_remove,  NULL },
    { "object.union",   2, object_union,   NULL },
    { "object.union_n", 1, object_union_n, NULL },
    { "object.subset",  2, object_subset,  NULL },
    { NULL,             0, NULL,           NULL },
};
/* clang-format on */
