/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: letters, trimming, numbers as text.  Source: rego-builtins */

#define _GNU_SOURCE /* memmem */
#include <math.h>
#include <string.h>

#include "policy/rego/builtins.h"

/* Unicode's tables are not here: letters beyond ASCII are refused. */
static bool
ascii(struct rego_call *c, size_t i)
{
    const struct rego_value *v = c->arg[i];

    if (!rego_want(c, i, WANT_STRING) || !rego_charge(c->pool, v->n / 16))
        return false;
    for (size_t k = 0; k < v->n; k++)
        if ((unsigned char)v->as.text[k] >= 0x80)
            return rego_lacking(c->pool, "%s: characters beyond ASCII",
                                c->name);
    return true;
}

static const struct rego_value *
change_case(struct rego_call *c, char first, char last)
{
    const struct rego_value *v = c->arg[0];
    char *out;

    if (!ascii(c, 0))
        return NULL;
    out = rego_text(c->pool, v->as.text, v->n);
    for (size_t i = 0; out != NULL && i < v->n; i++)
        if (out[i] >= first && out[i] <= last)
            out[i] = (char)(out[i] ^ 0x20);
    return out == NULL ? NULL : rego_string(c->pool, out, v->n);
}

static const struct rego_value *
lower(struct rego_call *c)
{
    return change_case(c, 'A', 'Z');
}

static const struct rego_value *
upper(struct rego_call *c)
{
    return change_case(c, 'a', 'z');
}

/* The end of the character that begins at `i`. */
static size_t
next(const struct rego_value *v, size_t i)
{
    i++;
    while (i < v->n && ((unsigned char)v->as.text[i] & 0xc0) == 0x80)
        i++;
    return i;
}

static bool
among(const struct rego_value *set, const char *character, size_t len)
{
    return memmem(set->as.text, set->n, character, len) != NULL;
}

static const struct rego_value *
trim_set(struct rego_call *c, bool left, bool right)
{
    const struct rego_value *v = c->arg[0], *set = c->arg[1];
    size_t from = 0, to;

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_STRING) ||
        !rego_charge(c->pool, (v->n / 16 + 1) * (set->n / 16 + 1)))
        return NULL;
    to = v->n;
    while (left && from < to &&
           among(set, v->as.text + from, next(v, from) - from))
        from = next(v, from);
    while (right && to > from) {
        size_t start = to - 1;

        while (start > from &&
               ((unsigned char)v->as.text[start] & 0xc0) == 0x80)
            start--;
        if (!among(set, v->as.text + start, to - start))
            break;
        to = start;
    }
    return rego_string(c->pool, v->as.text + from, to - from);
}

static const struct rego_value *
trim(struct rego_call *c)
{
    return trim_set(c, true, true);
}

static const struct rego_value *
trim_left(struct rego_call *c)
{
    return trim_set(c, true, false);
}

static const struct rego_value *
trim_right(struct rego_call *c)
{
    return trim_set(c, false, true);
}

/* White space beyond ASCII counts, too; what could be some is refused. */
static const struct rego_value *
trim_space(struct rego_call *c)
{
    struct rego_value blanks = { .kind = REGO_STRING,
                                 .n = 6,
                                 .as.text = " \t\n\v\f\r" };
    const struct rego_value *two[2] = { c->arg[0], &blanks };
    struct rego_call inner = {
        .pool = c->pool, .name = c->name, .arg = two, .n = 2
    };
    const struct rego_value *v;

    if (!rego_want(c, 0, WANT_STRING))
        return NULL;
    v = trim_set(&inner, true, true);
    if (v != NULL && v->n > 0 &&
        ((unsigned char)v->as.text[0] >= 0x80 ||
         (unsigned char)v->as.text[v->n - 1] >= 0x80)) {
        rego_lacking(c->pool, "%s: characters beyond ASCII at an end", c->name);
        return NULL;
    }
    return v;
}

static const struct rego_value *
trim_prefix(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0], *cut = c->arg[1];

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_STRING))
        return NULL;
    if (cut->n > v->n || memcmp(v->as.text, cut->as.text, cut->n) != 0)
        return v;
    return rego_string(c->pool, v->as.text + cut->n, v->n - cut->n);
}

static const struct rego_value *
trim_suffix(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0], *cut = c->arg[1];

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_STRING))
        return NULL;
    if (cut->n > v->n ||
        memcmp(v->as.text + v->n - cut->n, cut->as.text, cut->n) != 0)
        return v;
    return rego_string(c->pool, v->as.text, v->n - cut->n);
}

/* Fractions are cut off, toward zero. */
static const struct rego_value *
format_int(struct rego_call *c)
{
    static const char digits[] = "0123456789abcdef";
    char out[72];
    size_t at = sizeof(out);
    int64_t base, n;
    uint64_t left;

    if (!rego_want(c, 0, WANT_NUMBER) || !rego_want(c, 1, WANT_NUMBER) ||
        !rego_whole(c->arg[1], &base))
        return NULL;
    if (base != 2 && base != 8 && base != 10 && base != 16) {
        rego_lacking(c->pool, "%s: base %lld", c->name, (long long)base);
        return NULL;
    }
    if (!rego_whole(c->arg[0], &n)) {
        double d = trunc(c->arg[0]->as.d);

        if (fabs(d) >= 9007199254740992.0) {
            rego_lacking(c->pool, "%s: number is not exact", c->name);
            return NULL;
        }
        n = (int64_t)d;
    }
    left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        out[--at] = digits[left % (uint64_t)base];
        left /= (uint64_t)base;
    } while (left > 0);
    if (n < 0)
        out[--at] = '-';
    return rego_string(c->pool, out + at, sizeof(out) - at);
}

static const struct rego_value *
to_number(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0], *out;

    if (v->kind == REGO_NUMBER)
        return v;
    if (v->kind == REGO_NULL)
        return rego_integer(c->pool, 0);
    if (v->kind == REGO_BOOLEAN)
        return rego_integer(c->pool, v->truth);
    if (!rego_want(c, 0,
                   WANT_NUMBER | WANT_STRING | WANT(REGO_NULL) |
                       WANT(REGO_BOOLEAN)))
        return NULL;
    out = rego_number(c->pool, v->as.text, v->n);
    if (out == NULL)
        rego_fail(c->pool, GA_E_BAD_VALUE, "%s: string is no number", c->name);
    return out;
}

/* replace_n: at each place the first pattern, in the order of keys, that fits
 * is replaced; the result is not looked at again. */
static const struct rego_value *
replace_n(struct rego_call *c)
{
    const struct rego_value *map = c->arg[0], *v = c->arg[1];
    struct rego_buffer out = { 0 };

    if (!rego_want(c, 0, WANT_OBJECT) || !rego_want(c, 1, WANT_STRING))
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (rego_key(map, i)->kind != REGO_STRING ||
            rego_at(map, i)->kind != REGO_STRING || rego_key(map, i)->n == 0) {
            rego_fail(c->pool, GA_E_BAD_VALUE,
                      "%s: patterns are strings that are not empty", c->name);
            return NULL;
        }
    for (size_t i = 0; i < v->n;) {
        size_t k = 0;

        if (!rego_charge(c->pool, 1 + map->n))
            return NULL;
        while (k < map->n && (rego_key(map, k)->n > v->n - i ||
                              memcmp(rego_key(map, k)->as.text, v->as.text + i,
                                     rego_key(map, k)->n) != 0))
            k++;
        if (k == map->n) {
            rego_put(c->pool, &out, v->as.text + i++, 1);
            continue;
        }
        rego_put(c->pool, &out, rego_at(map, k)->as.text, rego_at(map, k)->n);
        i += rego_key(map, k)->n;
    }
    return rego_string(c->pool, out.text, out.n);
}

/* clang-format off */
const struct rego_builtin rego_texts[] = {
    { "lower",             1, lower,       NULL },
    { "upper",             1, upper,       NULL },
    { "trim",              2, trim,        NULL },
    { "trim_left",         2, trim_left,   NULL },
    { "trim_right",        2, trim_right,  NULL },
    { "trim_space",        1, trim_space,  NULL },
    { "trim_prefix",       2, trim_prefix, NULL },
    { "trim_suffix",       2, trim_suffix, NULL },
    { "format_int",        2, format_int,  NULL },
    { "to_number",         1, to_number,   NULL },
    { "strings.replace_n", 2, replace_n,   NULL },
    { NULL,                0, NULL,        NULL },
};
/* clang-format on */
