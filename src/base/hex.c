/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal digits: lower case out, either case in. */
#include "base/hex.h"

void
ga_hex(struct ga_bytes in, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        *out++ = digits[in.ptr[i] >> 4];
        *out++ = digits[in.ptr[i] & 15];
    }
    *out = '\0';
}

/* Returns 0 to 15, or -1. */
static int
value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
ga_unhex(const char *text, size_t len, uint8_t *out, size_t n)
{
    if (len % 2 != 0 || len / 2 != n)
        return false;
    for (size_t i = 0; i < len; i++)
        if (value(text[i]) < 0)
            return false;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)((unsigned)value(text[2 * i]) << 4 |
                           (unsigned)value(text[2 * i + 1]));
    return true;
}
