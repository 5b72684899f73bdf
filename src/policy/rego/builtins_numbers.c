/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and bits.  Source: rego-builtins */
#include <math.h>

#include "policy/rego/builtins.h"

/* Rounding leaves whole numbers alone. */
static const struct rego_value *
rounded(struct rego_call *c, double (*how)(double))
{
    if (!rego_want(c, 0, WANT_NUMBER))
        return NULL;
    return c->arg[0]->truth ? c->arg[0]
                            : rego_real(c->pool, how(c->arg[0]->as.d));
}

static const struct rego_value *
numbers_ceil(struct rego_call *c)
{
    return rounded(c, ceil);
}

static const struct rego_value *
numbers_floor(struct rego_call *c)
{
    return rounded(c, floor);
}

static const struct rego_value *
numbers_round(struct rego_call *c)
{
    return rounded(c, round);
}

static const struct rego_value *
numbers_abs(struct rego_call *c)
{
    int64_t i;

    if (!rego_want(c, 0, WANT_NUMBER))
        return NULL;
    if (!rego_whole(c->arg[0], &i))
        return rego_real(c->pool, fabs(c->arg[0]->as.d));
    if (i == INT64_MIN) {
        rego_lacking(c->pool, "%s: result of more than 64 bits", c->name);
        return NULL;
    }
    return i < 0 ? rego_integer(c->pool, -i) : c->arg[0];
}

/* From one end to the other, both included, in either direction. */
static const struct rego_value *
range(struct rego_call *c, int64_t from, int64_t to, int64_t step)
{
    struct rego_values list = { 0 };
    int64_t i = from;

    for (;;) {
        if (from <= to ? i > to : i < to)
            break;
        if (!rego_add(c->pool, &list, rego_integer(c->pool, i)))
            return NULL;
        if (from <= to ? __builtin_add_overflow(i, step, &i)
                       : __builtin_sub_overflow(i, step, &i))
            break;
    }
    return rego_array(c->pool, &list);
}

/* Takes `n` arguments, all that the function has. */
static bool
integers(struct rego_call *c, size_t n, const char *otherwise, int64_t *out)
{
    for (size_t i = 0; i < n; i++)
        if (!rego_want(c, i, WANT_NUMBER))
            return false;
    for (size_t i = 0; i < n; i++)
        if (!rego_whole(c->arg[i], &out[i])) {
            rego_lacking(c->pool, "%s: %s", c->name, otherwise);
            return false;
        }
    return true;
}

static const struct rego_value *
numbers_range(struct rego_call *c)
{
    int64_t end[2];

    return integers(c, 2, "a fraction", end) ? range(c, end[0], end[1], 1)
                                             : NULL;
}

static const struct rego_value *
numbers_range_step(struct rego_call *c)
{
    int64_t end[3];

    if (!integers(c, 3, "a fraction", end))
        return NULL;
    if (end[2] <= 0) {
        rego_lacking(c->pool, "%s: step must be positive", c->name);
        return NULL;
    }
    return range(c, end[0], end[1], end[2]);
}

static bool
bits(struct rego_call *c, size_t n, int64_t *out)
{
    return integers(c, n, "bits of a fraction", out);
}

static const struct rego_value *
bits_and(struct rego_call *c)
{
    int64_t i[2];

    return bits(c, 2, i) ? rego_integer(c->pool, i[0] & i[1]) : NULL;
}

static const struct rego_value *
bits_or(struct rego_call *c)
{
    int64_t i[2];

    return bits(c, 2, i) ? rego_integer(c->pool, i[0] | i[1]) : NULL;
}

static const struct rego_value *
bits_xor(struct rego_call *c)
{
    int64_t i[2];

    return bits(c, 2, i) ? rego_integer(c->pool, i[0] ^ i[1]) : NULL;
}

static const struct rego_value *
bits_negate(struct rego_call *c)
{
    int64_t i;

    return bits(c, 1, &i) ? rego_integer(c->pool, ~i) : NULL;
}

static const struct rego_value *
bits_lsh(struct rego_call *c)
{
    int64_t i[2], out;

    if (!bits(c, 2, i))
        return NULL;
    if (i[1] < 0) {
        rego_lacking(c->pool, "%s: a negative distance", c->name);
        return NULL;
    }
    out = i[0];
    for (int64_t k = 0; k < i[1] && out != 0; k++)
        if (__builtin_mul_overflow(out, 2, &out)) {
            rego_lacking(c->pool, "%s: result of more than 64 bits", c->name);
            return NULL;
        }
    return rego_integer(c->pool, out);
}

/* The sign is kept: rounding toward minus infinity. */
static const struct rego_value *
bits_rsh(struct rego_call *c)
{
    int64_t i[2], out;

    if (!bits(c, 2, i))
        return NULL;
    if (i[1] < 0) {
        rego_lacking(c->pool, "%s: a negative distance", c->name);
        return NULL;
    }
    out = i[0];
    for (int64_t k = 0; k < i[1] && k < 64; k++)
        out = out / 2 - (out % 2 < 0);
    return rego_integer(c->pool, out);
}

/* clang-format off */
const struct rego_builtin rego_numbers[] = {
    { "abs",                1, numbers_abs,        NULL },
    { "ceil",               1, numbers_ceil,       NULL },
    { "floor",              1, numbers_floor,      NULL },
    { "round",              1, numbers_round,      NULL },
    { "numbers.range",      2, numbers_range,      NULL },
    { "numbers.range_step", 3, numbers_range_step, NULL },
    { "bits.and",           2, bits_and,           NULL },
    { "bits.or",            2, bits_or,            NULL },
    { "bits.xor",           2, bits_xor,           NULL },
    { "bits.negate",        1, bits_negate,        NULL },
    { "bits.lsh",           2, bits_lsh,           NULL },
    { "bits.rsh",           2, bits_rsh,           NULL },
    { NULL,                 0, NULL,               NULL },
};
/* clang-format on */
