/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 and base64url.
 * Source: rfc4648, sections 4 and 5.
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/cleanup.h"

enum alphabet { BOTH = 0, STANDARD, URL };

/* The 64 digits, in runs; the last two are where the alphabets differ. */
static const struct run {
    char from, to;
    uint8_t value;
    enum alphabet of;
} runs[] = {
    { 'A', 'Z', 0, BOTH },      { 'a', 'z', 26, BOTH },
    { '0', '9', 52, BOTH },     { '+', '+', 62, STANDARD },
    { '/', '/', 63, STANDARD }, { '-', '-', 62, URL },
    { '_', '_', 63, URL },
};

static const struct run *
find(char c)
{
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        if (c >= runs[i].from && c <= runs[i].to)
            return &runs[i];
    return NULL;
}

/* Values of the standard digits, for whole groups; -1: everything else. */
/* clang-format off */
static const int8_t values[128] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1, -1, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1,
    -1,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1, -1, -1, -1,
    -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1, -1, -1, -1, -1,
};
/* clang-format on */

/* What is known while the text is read from left to right. */
struct decoder {
    unsigned flags;
    enum alphabet alphabet; /* BOTH: not told yet */
    uint32_t bits;          /* of the group that is not full, low end */
    size_t digits, pads;    /* so far */
    size_t last;            /* where the last digit stands */
    struct ga_buf out;
};

static bool
blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum ga_rc
wrong(struct ga_error *err, char c, size_t at)
{
    return ga_fail_at(err, GA_E_SYNTAX, at, "byte 0x%02x at %zu is no base64",
                      (unsigned char)c, at);
}

/* Takes one '='. */
static enum ga_rc
pad(struct decoder *d, size_t at, struct ga_error *err)
{
    d->pads++;
    if (d->digits % 4 < 2 || d->digits % 4 + d->pads > 4)
        return ga_fail_at(err, GA_E_SYNTAX, at,
                          "base64 padding at %zu does not fit", at);
    return GA_OK;
}

static enum ga_rc
digit(struct decoder *d, char c, size_t at, struct ga_error *err)
{
    const struct run *r = find(c);

    if (r == NULL)
        return wrong(err, c, at);
    if (d->pads > 0)
        return ga_fail_at(err, GA_E_SYNTAX, at,
                          "base64 goes on at %zu, after its padding", at);
    if (r->of != BOTH && d->alphabet == BOTH)
        d->alphabet = r->of;
    if (r->of != BOTH && d->alphabet != r->of)
        return ga_fail_at(err, GA_E_SYNTAX, at,
                          "byte 0x%02x at %zu is of the other base64 alphabet",
                          (unsigned char)c, at);
    d->bits = d->bits << 6 | (uint32_t)(r->value + (c - r->from));
    d->last = at;
    d->digits++;
    if (d->digits % 4 != 1) {
        size_t spare = 6 - 2 * ((d->digits - 1) % 4);

        d->out.ptr[d->out.len++] = (uint8_t)(d->bits >> spare);
        d->bits &= (1u << spare) - 1;
    }
    return GA_OK;
}

static int
value_of(char c)
{
    return (unsigned char)c < sizeof(values) ? values[(unsigned char)c] : -1;
}

/* Takes groups of four standard digits from `at` on, up to whatever else
 * stands there, which digit() and pad() judge; returns where that is. */
static size_t
groups(struct decoder *d, const char *text, size_t len, size_t at)
{
    while (len - at >= 4) {
        const char *t = &text[at];
        int a = value_of(t[0]), b = value_of(t[1]), c = value_of(t[2]),
            e = value_of(t[3]);
        uint32_t bits;

        if ((a | b | c | e) < 0)
            break;
        bits = (uint32_t)(a << 18 | b << 12 | c << 6 | e);
        d->out.ptr[d->out.len++] = (uint8_t)(bits >> 16);
        d->out.ptr[d->out.len++] = (uint8_t)(bits >> 8);
        d->out.ptr[d->out.len++] = (uint8_t)bits;
        d->digits += 4;
        d->last = at + 3;
        at += 4;
    }
    return at;
}

static bool
at_group(const struct decoder *d)
{
    return d->alphabet == STANDARD && d->digits % 4 == 0 && d->pads == 0;
}

/* Judges the last group, `len` being where the text ends. */
static enum ga_rc
finish(const struct decoder *d, size_t len, struct ga_error *err)
{
    size_t n = d->digits % 4;
    bool bare = d->flags & GA_BASE64_BARE && d->pads == 0;

    if (n == 1 || (n > 1 && !bare && n + d->pads != 4))
        return ga_fail_at(err, GA_E_SYNTAX, len,
                          "base64 ends at %zu, inside a group", len);
    if (n > 1 && d->bits != 0)
        return ga_fail_at(err, GA_E_SYNTAX, d->last,
                          "base64 digit at %zu has unused bits set", d->last);
    return GA_OK;
}

enum ga_rc
ga_base64_decode(const char *text, size_t len, unsigned flags,
                 struct ga_buf *out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf b = { 0 };
    struct decoder d = { .flags = flags };
    enum ga_rc rc = GA_OK;

    if (!(flags & GA_BASE64_EITHER))
        d.alphabet = flags & GA_BASE64_URL ? URL : STANDARD;
    /* Three bytes for four digits, for those begun, and a NUL. */
    b.ptr = malloc(len / 4 * 3 + 4);
    if (b.ptr == NULL)
        return ga_nomem(err);
    d.out = b;
    for (size_t i = 0; i < len && rc == GA_OK; i++) {
        if (at_group(&d))
            i = groups(&d, text, len, i);
        if (i == len)
            break;
        if (flags & GA_BASE64_LINES && blank(text[i]))
            continue;
        rc = text[i] == '=' ? pad(&d, i, err) : digit(&d, text[i], i, err);
    }
    if (rc == GA_OK)
        rc = finish(&d, len, err);
    if (rc != GA_OK)
        return rc;
    d.out.ptr[d.out.len] = '\0';
    *out = d.out;
    b = (struct ga_buf){ 0 };
    return GA_OK;
}

static char
letter(unsigned v, enum alphabet alphabet)
{
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        const struct run *r = &runs[i];
        unsigned count = (unsigned)(r->to - r->from) + 1;

        if ((r->of == BOTH || r->of == alphabet) && v >= r->value &&
            v - r->value < count)
            return (char)(r->from + (int)(v - r->value));
    }
    return '=';
}

char *
ga_base64_encode(struct ga_bytes in, unsigned flags)
{
    enum alphabet alphabet = flags & GA_BASE64_URL ? URL : STANDARD;
    size_t cap = in.len / 3 * 4 + 5, used = 0;
    char *out = in.len < SIZE_MAX / 2 ? malloc(cap) : NULL;

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < in.len; i += 3) {
        size_t n = in.len - i < 3 ? in.len - i : 3;
        uint32_t group = 0;

        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < n ? in.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) {
            if (k <= n)
                out[used++] = letter(group >> (18 - 6 * k) & 63, alphabet);
            else if (alphabet == STANDARD)
                out[used++] = '=';
        }
    }
    out[used] = '\0';
    return out;
}
