/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison, membership, arithmetic and sets.  Source: rego-builtins */
#include "policy/rego/builtins.h"

static const struct rego_value *
equal(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) == 0);
}

static const struct rego_value *
unequal(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) != 0);
}

static const struct rego_value *
less(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) < 0);
}

static const struct rego_value *
greater(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) > 0);
}

static const struct rego_value *
at_most(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) <= 0);
}

static const struct rego_value *
at_least(struct rego_call *c)
{
    return rego_boolean(rego_compare(c->pool, c->arg[0], c->arg[1]) >= 0);
}

static const struct rego_value *
member(struct rego_call *c)
{
    const struct rego_value *in = c->arg[1];
    size_t step = in->kind == REGO_OBJECT ? 2 : 1;

    if (!rego_is_collection(in))
        return rego_boolean(false);
    if (in->kind == REGO_SET)
        return rego_boolean(rego_has(c->pool, in, c->arg[0]));
    for (size_t i = 0; i < in->n; i++)
        if (rego_equal(c->pool, in->as.item[i * step + step - 1], c->arg[0]))
            return rego_boolean(true);
    return rego_boolean(false);
}

static const struct rego_value *
member_pair(struct rego_call *c)
{
    const struct rego_value *v = rego_is_collection(c->arg[2])
                                     ? rego_get(c->pool, c->arg[2], c->arg[0])
                                     : NULL;

    return rego_boolean(v != NULL && rego_equal(c->pool, v, c->arg[1]));
}

static const struct rego_value *
overflow(struct rego_call *c)
{
    rego_lacking(c->pool, "%s: result of more than 64 bits", c->name);
    return NULL;
}

/* 2^53: what is beyond may be rounded where it becomes a double. */
#define EXACT INT64_C(9007199254740992)

/* An integer that takes part in an operation on doubles must be exact. */
static bool
reals(struct rego_call *c, double out[2])
{
    for (size_t i = 0; i < 2; i++) {
        const struct rego_value *v = c->arg[i];

        out[i] = rego_double(v);
        if (v->truth && (v->as.i > EXACT || v->as.i < -EXACT))
            return rego_lacking(c->pool,
                                "%s: %lld with a fraction is not exact",
                                c->name, (long long)v->as.i);
    }
    return true;
}

static bool
numbers(struct rego_call *c)
{
    return rego_want(c, 0, WANT_NUMBER) && rego_want(c, 1, WANT_NUMBER);
}

static bool
whole(const struct rego_call *c, int64_t out[2])
{
    return rego_whole(c->arg[0], &out[0]) && rego_whole(c->arg[1], &out[1]);
}

static const struct rego_value *
plus(struct rego_call *c)
{
    int64_t i[2], sum;
    double d[2];

    if (!numbers(c))
        return NULL;
    if (whole(c, i))
        return __builtin_add_overflow(i[0], i[1], &sum)
                   ? overflow(c)
                   : rego_integer(c->pool, sum);
    return reals(c, d) ? rego_real(c->pool, d[0] + d[1]) : NULL;
}

/* The members of one set that are, or are not, in the other. */
static bool
select_members(struct rego_call *c, const struct rego_value *from,
               const struct rego_value *other, bool in, struct rego_values *out)
{
    for (size_t i = 0; i < from->n; i++)
        if (rego_has(c->pool, other, from->as.item[i]) == in &&
            !rego_add(c->pool, out, from->as.item[i]))
            return false;
    return !rego_failed(c->pool);
}

static const struct rego_value *
minus(struct rego_call *c)
{
    struct rego_values list = { 0 };
    int64_t i[2], left;
    double d[2];

    if (c->arg[0]->kind == REGO_SET && c->arg[1]->kind == REGO_SET)
        return select_members(c, c->arg[0], c->arg[1], false, &list)
                   ? rego_set(c->pool, &list)
                   : NULL;
    if (!numbers(c))
        return NULL;
    if (whole(c, i))
        return __builtin_sub_overflow(i[0], i[1], &left)
                   ? overflow(c)
                   : rego_integer(c->pool, left);
    return reals(c, d) ? rego_real(c->pool, d[0] - d[1]) : NULL;
}

static const struct rego_value *
times(struct rego_call *c)
{
    int64_t i[2], product;
    double d[2];

    if (!numbers(c))
        return NULL;
    if (whole(c, i))
        return __builtin_mul_overflow(i[0], i[1], &product)
                   ? overflow(c)
                   : rego_integer(c->pool, product);
    return reals(c, d) ? rego_real(c->pool, d[0] * d[1]) : NULL;
}

static const struct rego_value *
by_zero(struct rego_call *c)
{
    rego_fail(c->pool, GA_E_BAD_VALUE, "%s: division by zero", c->name);
    return NULL;
}

static const struct rego_value *
divide(struct rego_call *c)
{
    int64_t i[2];
    double d[2];

    if (!numbers(c))
        return NULL;
    if (rego_double(c->arg[1]) == 0)
        return by_zero(c);
    /* INT64_MIN / -1 does not fit. */
    if (whole(c, i) && !(i[0] == INT64_MIN && i[1] == -1) && i[0] % i[1] == 0)
        return rego_integer(c->pool, i[0] / i[1]);
    return reals(c, d) ? rego_real(c->pool, d[0] / d[1]) : NULL;
}

static const struct rego_value *
modulo(struct rego_call *c)
{
    int64_t i[2];

    if (!numbers(c))
        return NULL;
    if (!whole(c, i)) {
        rego_lacking(c->pool, "%s: modulo of a fraction", c->name);
        return NULL;
    }
    if (i[1] == 0)
        return by_zero(c);
    return rego_integer(c->pool, i[1] == -1 ? 0 : i[0] % i[1]);
}

static bool
sets(struct rego_call *c)
{
    return rego_want(c, 0, WANT_SET) && rego_want(c, 1, WANT_SET);
}

static const struct rego_value *
both(struct rego_call *c)
{
    struct rego_values list = { 0 };

    return sets(c) && select_members(c, c->arg[0], c->arg[1], true, &list)
               ? rego_set(c->pool, &list)
               : NULL;
}

static const struct rego_value *
either(struct rego_call *c)
{
    struct rego_values list = { 0 };

    if (!sets(c))
        return NULL;
    for (size_t i = 0; i < c->arg[0]->n; i++)
        if (!rego_add(c->pool, &list, c->arg[0]->as.item[i]))
            return NULL;
    return select_members(c, c->arg[1], c->arg[0], false, &list)
               ? rego_set(c->pool, &list)
               : NULL;
}

/* clang-format off */
const struct rego_builtin rego_operators[] = {
    { "equal",   2, equal,       NULL },
    { "neq",     2, unequal,     NULL },
    { "lt",      2, less,        NULL },
    { "gt",      2, greater,     NULL },
    { "lte",     2, at_most,     NULL },
    { "gte",     2, at_least,    NULL },
    { "in",      2, member,      NULL },
    { "in_pair", 3, member_pair, NULL },
    { "plus",    2, plus,        NULL },
    { "minus",   2, minus,       NULL },
    { "mul",     2, times,       NULL },
    { "div",     2, divide,      NULL },
    { "rem",     2, modulo,      NULL },
    { "and",     2, both,        NULL },
    { "or",      2, either,      NULL },
    { NULL,      0, NULL,        NULL },
};
/* clang-format on */
