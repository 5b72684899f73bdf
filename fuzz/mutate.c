/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "fuzz/mutate.h"

/* A part of the input: a header, its content, and what ends it. */
struct part {
    size_t at, head, len, tail;
};

/* Parts that one mutation chooses from. */
#define PARTS_MAX 1024

struct edit {
    uint8_t *data;
    size_t size, max;
    size_t parts;
    struct part part[PARTS_MAX];
    unsigned random;
};

enum change { NOTHING, DROPPED, DOUBLED, REPLACED, CONTENT };

static size_t
pick(struct edit *e, size_t n)
{
    e->random = e->random * 1664525u + 1013904223u;
    return n > 0 ? (e->random >> 8) % n : 0;
}

/* Puts `n` bytes where `gone` stood; false where there is no room. */
static bool
splice(struct edit *e, size_t at, size_t gone, const uint8_t *bytes, size_t n)
{
    if (n > gone && n - gone > e->max - e->size)
        return false;
    memmove(&e->data[at + n], &e->data[at + gone], e->size - at - gone);
    if (n > 0)
        memcpy(&e->data[at], bytes, n);
    e->size = e->size - gone + n;
    return true;
}

static void
add_part(struct edit *e, size_t at, size_t head, size_t len, size_t tail)
{
    if (e->parts < PARTS_MAX)
        e->part[e->parts++] = (struct part){ at, head, len, tail };
}

static size_t
whole(const struct part *p)
{
    return p->head + p->len + p->tail;
}

/* Drops part `i`, doubles it, puts another one of parts `from` to `to` in its
 * place, or mutates its content; `*by`: how much longer the input is now. */
static enum change
change(struct edit *e, size_t i, size_t from, size_t to, ptrdiff_t *by)
{
    const struct part p = e->part[i],
                      other = e->part[from + pick(e, to - from)];
    enum change kind = (enum change)(DROPPED + pick(e, 8));
    size_t n = 0, before = e->size;
    uint8_t *copy = malloc(e->max);
    bool done = false;

    if (copy == NULL)
        return NOTHING;
    if (kind == DROPPED) {
        done = splice(e, p.at, whole(&p), NULL, 0);
    } else if (kind == DOUBLED) {
        memcpy(copy, &e->data[p.at], whole(&p));
        done = splice(e, p.at, 0, copy, whole(&p));
    } else if (kind == REPLACED) {
        memcpy(copy, &e->data[other.at], whole(&other));
        done = splice(e, p.at, whole(&p), copy, whole(&other));
    } else {
        kind = CONTENT;
        n = p.len + 64 < e->max ? p.len + 64 : e->max;
        memcpy(copy, &e->data[p.at + p.head], p.len);
        n = LLVMFuzzerMutate(copy, p.len, n);
        done = splice(e, p.at + p.head, p.len, copy, n);
    }
    free(copy);
    *by = (ptrdiff_t)e->size - (ptrdiff_t)before;
    return done ? kind : NOTHING;
}

static struct edit *
begin(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct edit *e = calloc(1, sizeof(*e));

    if (e != NULL)
        *e = (struct edit){
            .data = data, .size = size, .max = max, .random = seed
        };
    return e;
}

static size_t
finish(struct edit *e, bool done)
{
    size_t size = done ? e->size : LLVMFuzzerMutate(e->data, e->size, e->max);

    free(e);
    return size;
}

/* Writes a DER length; returns its octets. */
static size_t
put_length(uint8_t *out, size_t len)
{
    size_t n = 0;

    if (len < 0x80) {
        out[0] = (uint8_t)len;
        return 1;
    }
    while (len >> (8 * n) > 0)
        n++;
    out[0] = (uint8_t)(0x80 | n);
    for (size_t i = 0; i < n; i++)
        out[1 + i] = (uint8_t)(len >> (8 * (n - 1 - i)));
    return n + 1;
}

/* The element that begins at `at` and ends before `end`. */
static bool
der_element(const struct edit *e, size_t at, size_t end, struct part *out)
{
    size_t n, len, head = 2;

    if (end - at < 2)
        return false;
    len = e->data[at + 1];
    if (len >= 0x80) {
        n = len & 0x7f;
        if (n == 0 || n > 3 || n > end - at - 2)
            return false;
        for (len = 0; head < 2 + n; head++)
            len = len << 8 | e->data[at + head];
    }
    if (len > end - at - head)
        return false;
    *out = (struct part){ at, head, len, 0 };
    return true;
}

/* Elements in the order of their bytes: those around one stand before it. */
static void
der_parts(struct edit *e)
{
    size_t at = 0;
    struct part p;

    while (at < e->size && e->parts < PARTS_MAX &&
           der_element(e, at, e->size, &p)) {
        bool inside = (e->data[at] & 0x20) != 0 && p.len > 0;

        add_part(e, p.at, p.head, p.len, 0);
        at += inside ? p.head : p.head + p.len;
    }
}

/* Makes lengths right from the inside out: a header further out stands before
 * those that have grown.  Part `i` has one of its own where its content was
 * changed by `by` bytes. */
static void
der_lengths(struct edit *e, size_t i, enum change kind, ptrdiff_t by)
{
    const struct part inner = e->part[i];

    for (size_t k = kind == CONTENT ? i + 1 : i; k-- > 0;) {
        const struct part p = e->part[k];
        size_t n, before = e->size;
        uint8_t length[8];

        /* A child may reach behind the end of what holds it. */
        if (inner.at < p.at || inner.at >= p.at + whole(&p) ||
            (ptrdiff_t)p.len + by < 0)
            continue;
        n = put_length(length, (size_t)((ptrdiff_t)p.len + by));
        if (!splice(e, p.at + 1, p.head - 1, length, n))
            return;
        by += (ptrdiff_t)e->size - (ptrdiff_t)before;
    }
}

size_t
mutate_der(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct edit *e = begin(data, size, max, seed);
    enum change kind = NOTHING;
    ptrdiff_t by = 0;
    size_t i;

    if (e == NULL)
        return size;
    der_parts(e);
    if (e->parts > 0 && pick(e, 8) > 0) {
        i = pick(e, e->parts);
        kind = change(e, i, 0, e->parts, &by);
        if (kind != NOTHING)
            der_lengths(e, i, kind, by);
    }
    return finish(e, kind != NOTHING);
}

/* Attributes of the tag from `at` to its '>'. */
static void
xml_attributes(struct edit *e, size_t at, size_t end)
{
    while (at < end) {
        size_t from = at, value;

        while (at < end && e->data[at] != '"')
            at++;
        value = ++at;
        while (at < end && e->data[at] != '"')
            at++;
        if (at < end)
            add_part(e, from, value - from, at - value, 1);
        at++;
    }
}

/* Elements that end, and the attributes of all. */
static void
xml_parts(struct edit *e)
{
    struct {
        size_t at, head;
    } open[32];
    size_t depth = 0, at = 0;

    while (at < e->size) {
        const uint8_t *tag = memchr(&e->data[at], '<', e->size - at), *close;
        size_t from, to;

        if (tag == NULL)
            return;
        from = (size_t)(tag - e->data);
        close = memchr(tag, '>', e->size - from);
        if (close == NULL)
            return;
        to = (size_t)(close - e->data) + 1;
        at = to;
        if (tag[1] == '/' && depth > 0) {
            depth--;
            add_part(e, open[depth].at, open[depth].head,
                     from - open[depth].at - open[depth].head, to - from);
        } else if (tag[1] != '/') {
            size_t name = from + 1;

            while (name < to && e->data[name] != ' ')
                name++;
            xml_attributes(e, name, to);
            if (close[-1] == '/')
                add_part(e, from, to - from, 0, 0);
            else if (depth < sizeof(open) / sizeof(open[0]))
                open[depth].at = from, open[depth++].head = to - from;
        }
    }
}

size_t
mutate_xml(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct edit *e = begin(data, size, max, seed);
    enum change kind = NOTHING;
    ptrdiff_t by;

    if (e == NULL)
        return size;
    xml_parts(e);
    if (e->parts > 0 && pick(e, 8) > 0)
        kind = change(e, pick(e, e->parts), 0, e->parts, &by);
    return finish(e, kind != NOTHING);
}

/* Offsets in a report.  Source: dsp0274 */
#define BLOCK_COUNT 41
#define RECORD_LEN  42
#define RECORD      45
#define NONCE_LEN   32
#define BLOCK_HEAD  7
#define FIELD_HEAD  4

static size_t
get_le(const struct edit *e, size_t at, size_t octets)
{
    size_t v = 0;

    for (size_t i = octets; i-- > 0;)
        v = v << 8 | (at + i < e->size ? e->data[at + i] : 0);
    return v;
}

static void
add_le(struct edit *e, size_t at, size_t octets, ptrdiff_t by)
{
    size_t v = (size_t)((ptrdiff_t)get_le(e, at, octets) + by);

    for (size_t i = 0; i < octets && at + i < e->size; i++, v >>= 8)
        e->data[at + i] = (uint8_t)v;
}

/* Blocks, then fields; returns how many are blocks, and where the fields'
 * length stands. */
static size_t
report_parts(struct edit *e, size_t *fields)
{
    size_t at = RECORD, end = RECORD + get_le(e, RECORD_LEN, 3), blocks, len;

    while (at + BLOCK_HEAD <= end && end <= e->size) {
        len = get_le(e, at + BLOCK_HEAD - 2, 2);
        if (len > end - at - BLOCK_HEAD)
            break;
        add_part(e, at, BLOCK_HEAD, len, 0);
        at += BLOCK_HEAD + len;
    }
    blocks = e->parts;
    *fields = end + NONCE_LEN;
    at = end + NONCE_LEN + 2;
    end = at + get_le(e, *fields, 2);
    while (at + FIELD_HEAD <= end && end <= e->size) {
        len = get_le(e, at + 2, 2);
        if (len > end - at - FIELD_HEAD)
            break;
        add_part(e, at, FIELD_HEAD, len, 0);
        at += FIELD_HEAD + len;
    }
    return blocks;
}

size_t
mutate_report(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct edit *e = begin(data, size, max, seed);
    size_t blocks, fields, i;
    enum change kind = NOTHING;
    ptrdiff_t by = 0;

    if (e == NULL)
        return size;
    blocks = report_parts(e, &fields);
    if (e->parts == 0 || pick(e, 8) == 0)
        return finish(e, false);
    /* Fields are fewer than blocks, and say more. */
    i = e->parts > blocks && pick(e, 2) == 0
            ? blocks + pick(e, e->parts - blocks)
            : pick(e, e->parts);
    if (i < blocks) {
        kind = change(e, i, 0, blocks, &by);
        add_le(e, RECORD_LEN, 3, by);
        add_le(e, BLOCK_COUNT, 1,
               (kind == DOUBLED ? 1 : 0) - (kind == DROPPED ? 1 : 0));
        if (kind == CONTENT) {
            add_le(e, e->part[i].at + 2, 2, by);
            add_le(e, e->part[i].at + BLOCK_HEAD - 2, 2, by);
        }
    } else {
        kind = change(e, i, blocks, e->parts, &by);
        add_le(e, fields, 2, by);
        if (kind == CONTENT)
            add_le(e, e->part[i].at + 2, 2, by);
    }
    return finish(e, kind != NOTHING);
}
