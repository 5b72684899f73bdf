/* SPDX-License-Identifier: Apache-2.0 */
/* Aggregates, types, arrays and sets.  Source: rego-builtins */
#include "policy/rego/builtins.h"

/* Characters, not bytes; the text is well-formed UTF-8. */
static int64_t
characters(const struct rego_value *v)
{
    int64_t n = 0;

    for (size_t i = 0; i < v->n; i++)
        n += ((unsigned char)v->as.text[i] & 0xc0) != 0x80;
    return n;
}

static const struct rego_value *
count(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];

    if (!rego_want(c, 0, WANT_LIST | WANT_OBJECT | WANT_STRING))
        return NULL;
    if (v->kind != REGO_STRING)
        return rego_integer(c->pool, (int64_t)v->n);
    return rego_charge(c->pool, v->n / 16)
               ? rego_integer(c->pool, characters(v))
               : NULL;
}

/* sum and product go through the operator. */
static const struct rego_value *
reduce(struct rego_call *c, const char *operator, int64_t start)
{
    const struct rego_builtin *b = rego_builtin_operator(operator);
    const struct rego_value *total = rego_integer(c->pool, start);

    if (!rego_want(c, 0, WANT_LIST) || !rego_want_all(c, 0, WANT_NUMBER))
        return NULL;
    for (size_t i = 0; total != NULL && i < c->arg[0]->n; i++) {
        const struct rego_value *two[2] = { total, c->arg[0]->as.item[i] };
        struct rego_call inner = {
            .pool = c->pool, .name = c->name, .arg = two, .n = 2
        };

        total = b->call(&inner);
    }
    return total;
}

static const struct rego_value *
sum(struct rego_call *c)
{
    return reduce(c, "plus", 0);
}

static const struct rego_value *
product(struct rego_call *c)
{
    return reduce(c, "mul", 1);
}

static const struct rego_value *
extreme(struct rego_call *c, int way)
{
    const struct rego_value *best = NULL;

    if (!rego_want(c, 0, WANT_LIST))
        return NULL;
    for (size_t i = 0; i < c->arg[0]->n; i++) {
        const struct rego_value *v = c->arg[0]->as.item[i];

        if (best == NULL || way * rego_compare(c->pool, v, best) > 0)
            best = v;
    }
    return best;
}

static const struct rego_value *
max(struct rego_call *c)
{
    return extreme(c, 1);
}

static const struct rego_value *
min(struct rego_call *c)
{
    return extreme(c, -1);
}

static bool
add_all(struct rego_call *c, struct rego_values *list,
        const struct rego_value *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (!rego_add(c->pool, list, from->as.item[i]))
            return false;
    return true;
}

static const struct rego_value *
sort(struct rego_call *c)
{
    struct rego_values list = { 0 };

    return rego_want(c, 0, WANT_LIST) && add_all(c, &list, c->arg[0]) &&
                   rego_sort(c->pool, &list)
               ? rego_array(c->pool, &list)
               : NULL;
}

static const struct rego_value *
is_kind(struct rego_call *c, enum rego_kind kind)
{
    return rego_boolean(c->arg[0]->kind == kind);
}

#define IS(name, kind)                                        \
    static const struct rego_value *name(struct rego_call *c) \
    {                                                         \
        return is_kind(c, kind);                              \
    }
IS(is_null, REGO_NULL)
IS(is_boolean, REGO_BOOLEAN)
IS(is_number, REGO_NUMBER)
IS(is_string, REGO_STRING)
IS(is_array, REGO_ARRAY)
IS(is_object, REGO_OBJECT)
IS(is_set, REGO_SET)

static const struct rego_value *
type_name(struct rego_call *c)
{
    return rego_string_of(c->pool, rego_kind_name(c->arg[0]->kind));
}

static const struct rego_value *
array_concat(struct rego_call *c)
{
    struct rego_values list = { 0 };

    return rego_want(c, 0, WANT_ARRAY) && rego_want(c, 1, WANT_ARRAY) &&
                   add_all(c, &list, c->arg[0]) && add_all(c, &list, c->arg[1])
               ? rego_array(c->pool, &list)
               : NULL;
}

static const struct rego_value *
array_reverse(struct rego_call *c)
{
    struct rego_values list = { 0 };

    if (!rego_want(c, 0, WANT_ARRAY))
        return NULL;
    for (size_t i = c->arg[0]->n; i > 0; i--)
        if (!rego_add(c->pool, &list, c->arg[0]->as.item[i - 1]))
            return NULL;
    return rego_array(c->pool, &list);
}

static int64_t
clamp(int64_t i, int64_t low, int64_t high)
{
    return i < low ? low : i > high ? high : i;
}

/* Indexes outside are moved to the ends; a fraction has no meaning. */
static const struct rego_value *
array_slice(struct rego_call *c)
{
    struct rego_values list = { 0 };
    int64_t low, high;

    if (!rego_want(c, 0, WANT_ARRAY) || !rego_want(c, 1, WANT_NUMBER) ||
        !rego_want(c, 2, WANT_NUMBER) || !rego_whole(c->arg[1], &low) ||
        !rego_whole(c->arg[2], &high))
        return NULL;
    low = clamp(low, 0, (int64_t)c->arg[0]->n);
    high = clamp(high, 0, (int64_t)c->arg[0]->n);
    for (int64_t i = low; i < high; i++)
        if (!rego_add(c->pool, &list, c->arg[0]->as.item[i]))
            return NULL;
    return rego_array(c->pool, &list);
}

/* union and intersection of a set of sets. */
static const struct rego_value *
set_union(struct rego_call *c)
{
    struct rego_values list = { 0 };

    if (!rego_want(c, 0, WANT_SET) || !rego_want_all(c, 0, WANT_SET))
        return NULL;
    for (size_t i = 0; i < c->arg[0]->n; i++)
        if (!add_all(c, &list, c->arg[0]->as.item[i]))
            return NULL;
    return rego_set(c->pool, &list);
}

static const struct rego_value *
intersection(struct rego_call *c)
{
    struct rego_values list = { 0 };
    const struct rego_value *sets = c->arg[0], *first;

    if (!rego_want(c, 0, WANT_SET) || !rego_want_all(c, 0, WANT_SET))
        return NULL;
    first = sets->n > 0 ? sets->as.item[0] : sets;
    for (size_t i = 0; i < first->n; i++) {
        bool everywhere = true;

        for (size_t k = 1; everywhere && k < sets->n; k++)
            everywhere = rego_has(c->pool, sets->as.item[k], first->as.item[i]);
        if (everywhere && !rego_add(c->pool, &list, first->as.item[i]))
            return NULL;
    }
    return rego_set(c->pool, &list);
}

/* clang-format off */
const struct rego_builtin rego_aggregates[] = {
    { "count",         1, count,         NULL },
    { "sum",           1, sum,           NULL },
    { "product",       1, product,       NULL },
    { "max",           1, max,           NULL },
    { "min",           1, min,           NULL },
    { "sort",          1, sort,          NULL },
    { "is_null",       1, is_null,       NULL },
    { "is_boolean",    1, is_boolean,    NULL },
    { "is_number",     1, is_number,     NULL },
    { "is_string",     1, is_string,     NULL },
    { "is_array",      1, is_array,      NULL },
    { "is_object",     1, is_object,     NULL },
    { "is_set",        1, is_set,        NULL },
    { "type_name",     1, type_name,     NULL },
    { "array.concat",  2, array_concat,  NULL },
    { "array.reverse", 1, array_reverse, NULL },
    { "array.slice",   3, array_slice,   NULL },
    { "union",         1, set_union,     NULL },
    { "intersection",  1, intersection,  NULL },
    { NULL,            0, NULL,          NULL },
};
/* clang-format on */
