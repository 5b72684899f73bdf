/* SPDX-License-Identifier: Apache-2.0 */
/* The order of versions. */
#include "policy/version.h"

/* Digits of one group, without zeros in front. */
struct group {
    const char *digit;
    size_t n;
};

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
valid(const char *text, size_t len)
{
    bool digit = false;

    for (size_t i = 0; i < len; i++) {
        bool dot = text[i] == '.';

        if (dot ? !digit : hex(text[i]) < 0)
            return false;
        digit = !dot;
    }
    return digit;
}

static struct group
next(const char *text, size_t len, size_t *at)
{
    struct group g = { .digit = text + *at };
    size_t end = *at;

    while (end < len && text[end] != '.')
        end++;
    while (*at < end && text[*at] == '0')
        (*at)++;
    g.digit = text + *at;
    g.n = end - *at;
    *at = end < len ? end + 1 : len;
    return g;
}

static int
compare(struct group a, struct group b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    for (size_t i = 0; i < a.n; i++)
        if (hex(a.digit[i]) != hex(b.digit[i]))
            return hex(a.digit[i]) < hex(b.digit[i]) ? -1 : 1;
    return 0;
}

bool
ga_version_order(const char *a, size_t a_len, const char *b, size_t b_len,
                 int *out)
{
    size_t at = 0, bt = 0;
    int way = 0;

    if (!valid(a, a_len) || !valid(b, b_len))
        return false;
    while (way == 0 && (at < a_len || bt < b_len)) {
        struct group x = next(a, a_len, &at), y = next(b, b_len, &bt);

        way = compare(x, y);
    }
    *out = way;
    return true;
}
