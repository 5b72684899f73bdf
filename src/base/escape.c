/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text on its way to a terminal, a log or JSON. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

/* Decodes one character; returns its length, or 0 where it is no UTF-8. */
static size_t
decode(const uint8_t *s, size_t left, uint32_t *out)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n;
    uint32_t c;

    if (s[0] < 0x80) {
        *out = s[0];
        return 1;
    }
    n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > left)
        return 0;
    c = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return n;
}

/* Characters that act on the text around them, or cannot be seen. */
static bool
acts(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },       { 0xad, 0xad },
        { 0x61c, 0x61c },   { 0x180e, 0x180e },   { 0x200b, 0x200f },
        { 0x2028, 0x202e }, { 0x2060, 0x206f },   { 0xfeff, 0xfeff },
        { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

size_t
ga_escape(const char *in, size_t len, char *out, size_t cap)
{
    const uint8_t *s = (const uint8_t *)in;
    size_t used = 0;

    for (size_t i = 0; i < len;) {
        char piece[16];
        uint32_t c = 0;
        size_t n = decode(s + i, len - i, &c), m;

        if (n == 0 || (n == 1 && acts(c)))
            m = (size_t)snprintf(piece, sizeof(piece), "\\x%02x", s[i]);
        else if (acts(c))
            m = (size_t)snprintf(piece, sizeof(piece), "\\u{%x}", c);
        else
            memcpy(piece, s + i, m = n);
        if (m >= cap - used)
            break;
        memcpy(out + used, piece, m);
        used += m;
        i += n == 0 ? 1 : n;
    }
    out[used] = '\0';
    return used;
}

bool
ga_utf8_valid(const void *in, size_t len)
{
    const uint8_t *s = in;

    for (size_t i = 0; i < len;) {
        uint32_t c;
        size_t n = decode(s + i, len - i, &c);

        if (n == 0)
            return false;
        i += n;
    }
    return true;
}
