/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: search, parts, trimming.  Source: rego-builtins */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "policy/rego/builtins.h"

static bool
strings(struct rego_call *c, size_t n)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++) {
        if (!rego_want(c, i, WANT_STRING))
            return false;
        bytes += c->arg[i]->n;
    }
    return rego_charge(c->pool, 1 + bytes / 16);
}

/* Engines differ on where in a string nothing stands. */
static bool
something(struct rego_call *c, size_t i)
{
    return c->arg[i]->n > 0 ||
           rego_lacking(c->pool, "%s: an empty string to look for", c->name);
}

/* The first place of `needle` from byte `from` on, or (size_t)-1. */
static size_t
find(const struct rego_value *in, const struct rego_value *needle, size_t from)
{
    const char *at;

    if (needle->n > in->n - from)
        return (size_t)-1;
    if (needle->n == 0)
        return from;
    at = memmem(in->as.text + from, in->n - from, needle->as.text, needle->n);
    return at == NULL ? (size_t)-1 : (size_t)(at - in->as.text);
}

static bool
begins(const struct rego_value *v, const struct rego_value *with)
{
    return with->n <= v->n && memcmp(v->as.text, with->as.text, with->n) == 0;
}

static bool
ends(const struct rego_value *v, const struct rego_value *with)
{
    return with->n <= v->n &&
           memcmp(v->as.text + v->n - with->n, with->as.text, with->n) == 0;
}

static const struct rego_value *
contains(struct rego_call *c)
{
    return strings(c, 2)
               ? rego_boolean(find(c->arg[0], c->arg[1], 0) != (size_t)-1)
               : NULL;
}

static const struct rego_value *
startswith(struct rego_call *c)
{
    return strings(c, 2) ? rego_boolean(begins(c->arg[0], c->arg[1])) : NULL;
}

static const struct rego_value *
endswith(struct rego_call *c)
{
    return strings(c, 2) ? rego_boolean(ends(c->arg[0], c->arg[1])) : NULL;
}

/* Whether any string of the first argument begins or ends with any of the
 * second one. */
static const struct rego_value *
any_match(struct rego_call *c,
          bool (*test)(const struct rego_value *, const struct rego_value *))
{
    const struct rego_value *list[2];
    size_t n[2];

    for (size_t i = 0; i < 2; i++) {
        if (!rego_want(c, i, WANT_STRING | WANT_LIST))
            return NULL;
        if (c->arg[i]->kind != REGO_STRING && !rego_want_all(c, i, WANT_STRING))
            return NULL;
        list[i] = c->arg[i];
        n[i] = list[i]->kind == REGO_STRING ? 1 : list[i]->n;
    }
    for (size_t i = 0; i < n[0]; i++)
        for (size_t k = 0; k < n[1]; k++) {
            const struct rego_value *a =
                list[0]->kind == REGO_STRING ? list[0] : list[0]->as.item[i];
            const struct rego_value *b =
                list[1]->kind == REGO_STRING ? list[1] : list[1]->as.item[k];

            if (!rego_charge(c->pool, 1 + b->n / 16))
                return NULL;
            if (test(a, b))
                return rego_boolean(true);
        }
    return rego_boolean(false);
}

static const struct rego_value *
any_prefix(struct rego_call *c)
{
    return any_match(c, begins);
}

static const struct rego_value *
any_suffix(struct rego_call *c)
{
    return any_match(c, ends);
}

/* Places count characters, not bytes. */
static int64_t
place(const struct rego_value *v, size_t byte)
{
    int64_t n = 0;

    for (size_t i = 0; i < byte; i++)
        n += ((unsigned char)v->as.text[i] & 0xc0) != 0x80;
    return n;
}

/* Nothing stands nowhere: an empty string is not looked for. */
static const struct rego_value *
indexof(struct rego_call *c)
{
    size_t at;

    if (!strings(c, 2))
        return NULL;
    if (c->arg[1]->n == 0)
        return rego_integer(c->pool, -1);
    at = find(c->arg[0], c->arg[1], 0);
    return rego_integer(c->pool, at == (size_t)-1 ? -1 : place(c->arg[0], at));
}

static const struct rego_value *
indexof_n(struct rego_call *c)
{
    struct rego_values list = { 0 };
    size_t at = 0;

    if (!strings(c, 2) || !something(c, 1))
        return NULL;
    while ((at = find(c->arg[0], c->arg[1], at)) != (size_t)-1) {
        if (!rego_charge(c->pool, 1 + at / 16) ||
            !rego_add(c->pool, &list,
                      rego_integer(c->pool, place(c->arg[0], at))))
            return NULL;
        at++;
    }
    return rego_array(c->pool, &list);
}

static const struct rego_value *
strings_count(struct rego_call *c)
{
    int64_t n = 0;
    size_t at = 0;

    if (!strings(c, 2) || !something(c, 1))
        return NULL;
    while ((at = find(c->arg[0], c->arg[1], at)) != (size_t)-1) {
        n++;
        at += c->arg[1]->n;
    }
    return rego_integer(c->pool, n);
}

/* The byte where character `n` begins, or the end. */
static size_t
byte_of(const struct rego_value *v, int64_t n)
{
    size_t i = 0;

    while (i < v->n && n > 0) {
        i++;
        while (i < v->n && ((unsigned char)v->as.text[i] & 0xc0) == 0x80)
            i++;
        n--;
    }
    return i;
}

/* A negative length reaches to the end. */
static const struct rego_value *
substring(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    int64_t start, len;
    size_t from, to;

    if (!strings(c, 1) || !rego_want(c, 1, WANT_NUMBER) ||
        !rego_want(c, 2, WANT_NUMBER) || !rego_whole(c->arg[1], &start) ||
        !rego_whole(c->arg[2], &len))
        return NULL;
    if (start < 0) {
        rego_lacking(c->pool, "substring: a start before the string");
        return NULL;
    }
    from = byte_of(v, start);
    to = v->n;
    if (len >= 0) {
        struct rego_value rest = { .kind = REGO_STRING,
                                   .n = v->n - from,
                                   .as.text = v->as.text + from };

        to = from + byte_of(&rest, len);
    }
    return rego_string(c->pool, v->as.text + from, to - from);
}

static const struct rego_value *
concat(struct rego_call *c)
{
    struct rego_buffer out = { 0 };

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_LIST) ||
        !rego_want_all(c, 1, WANT_STRING))
        return NULL;
    for (size_t i = 0; i < c->arg[1]->n; i++) {
        const struct rego_value *v = c->arg[1]->as.item[i];

        if ((i > 0 &&
             !rego_put(c->pool, &out, c->arg[0]->as.text, c->arg[0]->n)) ||
            !rego_put(c->pool, &out, v->as.text, v->n))
            return NULL;
    }
    return rego_string(c->pool, out.text, out.n);
}

static const struct rego_value *
split(struct rego_call *c)
{
    struct rego_values list = { 0 };
    const struct rego_value *v = c->arg[0];
    size_t from = 0, at;

    if (!strings(c, 2) || !something(c, 1))
        return NULL;
    while ((at = find(v, c->arg[1], from)) != (size_t)-1) {
        if (!rego_add(c->pool, &list,
                      rego_string(c->pool, v->as.text + from, at - from)))
            return NULL;
        from = at + c->arg[1]->n;
    }
    if (!rego_add(c->pool, &list,
                  rego_string(c->pool, v->as.text + from, v->n - from)))
        return NULL;
    return rego_array(c->pool, &list);
}

static const struct rego_value *
replace(struct rego_call *c)
{
    struct rego_buffer out = { 0 };
    const struct rego_value *v = c->arg[0];
    size_t from = 0, at;

    if (!strings(c, 3) || !something(c, 1))
        return NULL;
    while ((at = find(v, c->arg[1], from)) != (size_t)-1) {
        if (!rego_charge(c->pool, 1) ||
            !rego_put(c->pool, &out, v->as.text + from, at - from) ||
            !rego_put(c->pool, &out, c->arg[2]->as.text, c->arg[2]->n))
            return NULL;
        from = at + c->arg[1]->n;
    }
    if (!rego_put(c->pool, &out, v->as.text + from, v->n - from))
        return NULL;
    return rego_string(c->pool, out.text, out.n);
}

static const struct rego_value *
reverse(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    struct rego_buffer out = { 0 };
    size_t end = v->n;

    if (!strings(c, 1))
        return NULL;
    while (end > 0) {
        size_t start = end - 1;

        while (start > 0 && ((unsigned char)v->as.text[start] & 0xc0) == 0x80)
            start--;
        if (!rego_put(c->pool, &out, v->as.text + start, end - start))
            return NULL;
        end = start;
    }
    return rego_string(c->pool, out.text, out.n);
}

/* clang-format off */
const struct rego_builtin rego_strings[] = {
    { "contains",                 2, contains,         NULL },
    { "startswith",               2, startswith,       NULL },
    { "endswith",                 2, endswith,         NULL },
    { "strings.any_prefix_match", 2, any_prefix,       NULL },
    { "strings.any_suffix_match", 2, any_suffix,       NULL },
    { "strings.count",            2, strings_count,    NULL },
    { "strings.reverse",          1, reverse,          NULL },
    { "indexof",                  2, indexof,          NULL },
    { "indexof_n",                2, indexof_n,        NULL },
    { "substring",                3, substring,        NULL },
    { "concat",                   2, concat,           NULL },
    { "split",                    2, split,            NULL },
    { "replace",                  3, replace,          NULL },
    { "sprintf",                  2, rego_sprintf,     rego_sprintf_check },
    { "regex.match",              2, rego_regex_match, rego_regex_check },
    { NULL,                       0, NULL,             NULL },
};
/* clang-format on */
