/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

struct ga_reader
ga_reader_of(struct ga_bytes in)
{
    static const uint8_t nothing[1];

    /* An empty view may have no memory behind it; NULL + 0 is undefined. */
    return (struct ga_reader){ .base = in.len > 0 ? in.ptr : nothing,
                               .len = in.len };
}

size_t
ga_reader_left(const struct ga_reader *r)
{
    return r->len - r->pos;
}

/* The one place that moves the position. */
static const uint8_t *
take(struct ga_reader *r, const char *field, size_t n)
{
    const uint8_t *p;

    if (r->failed != NULL)
        return NULL;
    if (n > r->len - r->pos) {
        r->failed = field;
        r->wanted = n;
        return NULL;
    }
    p = r->base + r->pos;
    r->pos += n;
    return p;
}

static bool
take_le(struct ga_reader *r, const char *field, size_t n, uint64_t *out)
{
    const uint8_t *p = take(r, field, n);
    uint64_t v = 0;

    if (p == NULL)
        return false;
    for (size_t i = n; i > 0; i--)
        v = v << 8 | p[i - 1];
    *out = v;
    return true;
}

#define DEFINE_READ(name, type, n)                               \
    bool name(struct ga_reader *r, const char *field, type *out) \
    {                                                            \
        uint64_t v;                                              \
                                                                 \
        if (!take_le(r, field, n, &v))                           \
            return false;                                        \
        *out = (type)v;                                          \
        return true;                                             \
    }

DEFINE_READ(ga_read_u8, uint8_t, 1)
DEFINE_READ(ga_read_u16le, uint16_t, 2)
DEFINE_READ(ga_read_u24le, uint32_t, 3)
DEFINE_READ(ga_read_u32le, uint32_t, 4)
DEFINE_READ(ga_read_u64le, uint64_t, 8)

bool
ga_read_bytes(struct ga_reader *r, const char *field, size_t n,
              struct ga_bytes *out)
{
    const uint8_t *p = take(r, field, n);

    if (p == NULL)
        return false;
    *out = (struct ga_bytes){ .ptr = p, .len = n };
    return true;
}

bool
ga_read_sub(struct ga_reader *r, const char *field, size_t n,
            struct ga_reader *out)
{
    size_t at = r->origin + r->pos;
    struct ga_bytes view;

    if (!ga_read_bytes(r, field, n, &view))
        return false;
    *out = ga_reader_of(view);
    out->origin = at;
    return true;
}

enum ga_rc
ga_reader_error(const struct ga_reader *r, struct ga_error *err)
{
    size_t at = r->origin + r->pos;

    ga_fail(err, GA_E_TRUNCATED, "%s: need %zu bytes at %zu, have %zu",
            r->failed, r->wanted, at, ga_reader_left(r));
    if (err != NULL)
        err->offset = at;
    return GA_E_TRUNCATED;
}

enum ga_rc
ga_reader_done(const struct ga_reader *r, struct ga_error *err)
{
    size_t left = ga_reader_left(r);

    if (r->failed != NULL)
        return ga_reader_error(r, err);
    if (left == 0)
        return GA_OK;
    ga_fail(err, GA_E_TRAILING, "%zu bytes left over at %zu", left,
            r->origin + r->pos);
    if (err != NULL)
        err->offset = r->origin + r->pos;
    return GA_E_TRAILING;
}
