/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sprintf.  Verbs whose result is the same in every engine are here; the
 * others, and what those engines print as "%!d(string=...)", are refused.
 * Source: rego-builtins, go-fmt
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/builtins.h"

struct verb {
    char letter;
    bool left, plus, space, zero, has_precision;
    unsigned width, precision;
};

static bool
number(const struct rego_value *f, size_t *i, unsigned *out)
{
    *out = 0;
    while (*i < f->n && f->as.text[*i] >= '0' && f->as.text[*i] <= '9') {
        *out = *out * 10 + (unsigned)(f->as.text[(*i)++] - '0');
        if (*out > GA_POLICY_WIDTH_MAX)
            return false;
    }
    return true;
}

/* Reads the verb behind the `%` at `*i`; NULL, or what is wrong. */
static const char *
read_verb(const struct rego_value *f, size_t *i, struct verb *v)
{
    memset(v, 0, sizeof(*v));
    for (; *i < f->n; (*i)++) {
        char c = f->as.text[*i];

        if (c == '-')
            v->left = true;
        else if (c == '+')
            v->plus = true;
        else if (c == ' ')
            v->space = true;
        else if (c == '0')
            v->zero = true;
        else
            break;
    }
    if (!number(f, i, &v->width))
        return "a width that large";
    if (*i < f->n && f->as.text[*i] == '.') {
        (*i)++;
        v->has_precision = true;
        if (!number(f, i, &v->precision))
            return "a precision that large";
    }
    if (*i == f->n)
        return "a format that ends within a verb";
    v->letter = f->as.text[(*i)++];
    if (v->letter == '\0' || strchr("vsdxXbf%", v->letter) == NULL)
        return "this verb";
    if (v->letter == 'f' && !v->has_precision)
        return "%f without a precision";
    if (v->letter != 'f' && v->has_precision)
        return "a precision of this verb";
    if (strchr("vs%", v->letter) != NULL && (v->plus || v->space || v->zero))
        return "a flag of this verb";
    if (v->letter == '%' && (v->left || v->width > 0))
        return "a flag of this verb";
    return NULL;
}

static bool
check_format(struct rego_pool *pool, const struct rego_value *f,
             const struct rego_at *at)
{
    for (size_t i = 0; i < f->n;) {
        struct verb v;
        const char *wrong;
        size_t start = i;

        if (f->as.text[i++] != '%')
            continue;
        wrong = read_verb(f, &i, &v);
        if (wrong == NULL)
            continue;
        if (at != NULL)
            return rego_unsupported(pool, at, "sprintf: %.*s: %s",
                                    (int)(i - start), f->as.text + start,
                                    wrong);
        return rego_lacking(pool, "sprintf: %.*s: %s", (int)(i - start),
                            f->as.text + start, wrong);
    }
    return true;
}

bool
rego_sprintf_check(struct rego_pool *pool, const struct rego_node *call)
{
    const struct rego_node *f = call->item[0];

    return f->kind != NODE_VALUE || f->value->kind != REGO_STRING ||
           check_format(pool, f->value, &f->at);
}

static bool
pad(struct rego_call *c, struct rego_buffer *out, size_t n, char with)
{
    for (size_t i = 0; i < n; i++)
        if (!rego_put(c->pool, out, &with, 1))
            return false;
    return true;
}

/* `sign` and `text`, to the width; zeros go between them. */
static bool
put_padded(struct rego_call *c, struct rego_buffer *out, const struct verb *v,
           const char *sign, const char *text, size_t len)
{
    size_t shown = strlen(sign), fill;

    for (size_t i = 0; i < len; i++)
        shown += ((unsigned char)text[i] & 0xc0) != 0x80;
    fill = v->width > shown ? v->width - shown : 0;
    if (!v->left && !v->zero && !pad(c, out, fill, ' '))
        return false;
    if (!rego_puts(c->pool, out, sign) ||
        (v->zero && !v->left && !pad(c, out, fill, '0')) ||
        !rego_put(c->pool, out, text, len))
        return false;
    return !v->left || pad(c, out, fill, ' ');
}

static const char *
sign_of(const struct verb *v, bool negative)
{
    return negative ? "-" : v->plus ? "+" : v->space ? " " : "";
}

static bool
put_integer(struct rego_call *c, struct rego_buffer *out, const struct verb *v,
            int64_t i)
{
    const char *digits =
        v->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = v->letter == 'd' ? 10 : v->letter == 'b' ? 2 : 16;
    uint64_t left = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    char text[64];
    size_t at = sizeof(text);

    do {
        text[--at] = digits[left % base];
        left /= base;
    } while (left > 0);
    return put_padded(c, out, v, sign_of(v, i < 0), text + at,
                      sizeof(text) - at);
}

/* The point is the locale's: whatever is no digit stands for it. */
static bool
put_real(struct rego_call *c, struct rego_buffer *out, const struct verb *v,
         double d)
{
    size_t cap = GA_POLICY_WIDTH_MAX + 400, n = 0;
    char *text = rego_alloc(c->pool, cap, 1);
    bool negative = d < 0, point = false;

    if (text == NULL)
        return false;
    snprintf(text, cap, "%.*f", (int)v->precision, negative ? -d : d);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            text[n++] = text[i];
        else if (!point)
            text[n++] = '.';
        point = point || text[i] < '0' || text[i] > '9';
    }
    return put_padded(c, out, v, sign_of(v, negative), text, n);
}

static bool
mismatch(struct rego_call *c, const struct verb *v,
         const struct rego_value *arg)
{
    return rego_lacking(c->pool, "sprintf: %%%c cannot print this %s",
                        v->letter, rego_kind_name(arg->kind));
}

static bool
put_any(struct rego_call *c, struct rego_buffer *out, const struct verb *v,
        const struct rego_value *arg)
{
    struct rego_buffer text = { 0 };
    double d = arg->kind == REGO_NUMBER ? rego_double(arg) : 0;

    if (arg->kind == REGO_STRING)
        return put_padded(c, out, v, "", arg->as.text, arg->n);
    /* Engines write very large and very small fractions differently. */
    if (arg->kind == REGO_NUMBER &&
        (v->letter == 's' ||
         (!arg->truth && (d >= 1e15 || d <= -1e15 || (d < 1e-4 && d > -1e-4)))))
        return mismatch(c, v, arg);
    return rego_print(c->pool, &text, arg, false) &&
           put_padded(c, out, v, "", text.text, text.n);
}

static bool
put_verb(struct rego_call *c, struct rego_buffer *out, const struct verb *v,
         const struct rego_value *arg)
{
    int64_t i;

    if (v->letter == 'v' || v->letter == 's')
        return put_any(c, out, v, arg);
    if (v->letter == 'f')
        return arg->kind == REGO_NUMBER && !arg->truth
                   ? put_real(c, out, v, arg->as.d)
                   : mismatch(c, v, arg);
    return rego_whole(arg, &i) ? put_integer(c, out, v, i)
                               : mismatch(c, v, arg);
}

static bool
format(struct rego_call *c, struct rego_buffer *out)
{
    const struct rego_value *f = c->arg[0], *args = c->arg[1];
    size_t used = 0;

    for (size_t i = 0; i < f->n;) {
        struct verb v;
        char letter = f->as.text[i++];

        if (letter != '%') {
            if (!rego_put(c->pool, out, &letter, 1))
                return false;
            continue;
        }
        if (read_verb(f, &i, &v) != NULL)
            return false;
        if (v.letter == '%') {
            if (!rego_puts(c->pool, out, "%"))
                return false;
            continue;
        }
        if (used == args->n)
            return rego_fail(c->pool, GA_E_BAD_VALUE,
                             "sprintf: fewer values than verbs");
        if (!rego_charge(c->pool, 1) ||
            !put_verb(c, out, &v, args->as.item[used++]))
            return false;
    }
    return used == args->n || rego_fail(c->pool, GA_E_BAD_VALUE,
                                        "sprintf: more values than verbs");
}

const struct rego_value *
rego_sprintf(struct rego_call *c)
{
    struct rego_buffer out = { 0 };

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_ARRAY) ||
        !check_format(c->pool, c->arg[0], NULL) || !format(c, &out))
        return NULL;
    return rego_string(c->pool, out.text, out.n);
}
