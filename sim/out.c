/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that grows while something is written into it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "sim/out.h"

void
sim_out_done(struct sim_out *o)
{
    free(o->ptr);
    *o = (struct sim_out){ 0 };
}

/* Room for n more bytes and a NUL. */
static bool
reserve(struct sim_out *o, size_t n)
{
    size_t cap = o->cap > 0 ? o->cap : 256;
    uint8_t *p;

    if (o->failed)
        return false;
    if (o->ptr != NULL && n < o->cap - o->len)
        return true;
    while (cap - o->len <= n && cap <= SIZE_MAX / 2)
        cap *= 2;
    p = cap - o->len > n ? realloc(o->ptr, cap) : NULL;
    if (p == NULL) {
        o->failed = true;
        return false;
    }
    o->ptr = p;
    o->cap = cap;
    return true;
}

void
sim_put(struct sim_out *o, const void *bytes, size_t n)
{
    if (n == 0 || !reserve(o, n))
        return;
    memcpy(o->ptr + o->len, bytes, n);
    o->len += n;
}

void
sim_put_bytes(struct sim_out *o, struct ga_bytes bytes)
{
    sim_put(o, bytes.ptr, bytes.len);
}

void
sim_put_zeros(struct sim_out *o, size_t n)
{
    if (n == 0 || !reserve(o, n))
        return;
    memset(o->ptr + o->len, 0, n);
    o->len += n;
}

static void
put_le(struct sim_out *o, unsigned v, size_t n)
{
    uint8_t b[4];

    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * i) & 0xff);
    sim_put(o, b, n);
}

void
sim_put_u8(struct sim_out *o, unsigned v)
{
    put_le(o, v, 1);
}

void
sim_put_u16(struct sim_out *o, unsigned v)
{
    put_le(o, v, 2);
}

void
sim_put_u24(struct sim_out *o, unsigned v)
{
    put_le(o, v, 3);
}

void
sim_put_u32(struct sim_out *o, unsigned v)
{
    put_le(o, v, 4);
}

void
sim_put_text(struct sim_out *o, const char *text)
{
    sim_put(o, text, strlen(text));
}

void
sim_put_format(struct sim_out *o, const char *fmt, ...)
{
    char line[512];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(line)) {
        o->failed = true;
        return;
    }
    sim_put(o, line, (size_t)n);
}

void
sim_put_hex(struct sim_out *o, struct ga_bytes in)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        char pair[2] = { digits[in.ptr[i] >> 4], digits[in.ptr[i] & 0xf] };

        sim_put(o, pair, sizeof(pair));
    }
}

void
sim_put_base64(struct sim_out *o, struct ga_bytes in, size_t width)
{
    GA_AUTO_FREE char *text = ga_base64_encode(in, GA_BASE64_STRICT);
    size_t len, n;

    if (text == NULL) {
        o->failed = true;
        return;
    }
    len = strlen(text);
    for (size_t at = 0; at < len; at += n) {
        n = width > 0 && width < len - at ? width : len - at;
        if (at > 0)
            sim_put(o, "\n", 1);
        sim_put(o, text + at, n);
    }
}

void
sim_insert(struct sim_out *o, size_t at, const void *bytes, size_t n)
{
    if (n == 0 || !reserve(o, n))
        return;
    memmove(o->ptr + at + n, o->ptr + at, o->len - at);
    memcpy(o->ptr + at, bytes, n);
    o->len += n;
}

enum ga_rc
sim_out_take(struct sim_out *o, struct ga_buf *out, struct ga_error *err)
{
    if (!reserve(o, 0))
        return ga_nomem(err);
    o->ptr[o->len] = '\0';
    ga_buf_done(out);
    *out = (struct ga_buf){ .ptr = o->ptr, .len = o->len };
    *o = (struct sim_out){ 0 };
    return GA_OK;
}
