/* SPDX-License-Identifier: Apache-2.0 */
/* DER elements on a reader. */
#include <string.h>

#include "base/limits.h"
#include "x509/der.h"

/* The low five bits of an identifier that say: the tag number follows. */
#define LONG_TAG    0x1f
#define CONSTRUCTED 0x20
#define CLASS       0xc0

static enum ga_rc
short_input(const struct ga_reader *r, struct ga_error *err)
{
    ga_reader_error(r, err);
    if (err != NULL)
        err->code = GA_E_SYNTAX;
    return GA_E_SYNTAX;
}

/* Reads the length octets behind `first`: two to four in all input that
 * limits.h lets in. */
static enum ga_rc
long_length(struct ga_reader *r, const char *field, size_t at, uint8_t first,
            size_t *out, struct ga_error *err)
{
    size_t n = first & 0x7f, len = 0;

    if (n == 0 || n > 4)
        return ga_fail_at(err, GA_E_SYNTAX, at,
                          "%s: length octet 0x%02x at %zu", field, first, at);
    for (size_t i = 0; i < n; i++) {
        uint8_t b;

        if (!ga_read_u8(r, field, &b))
            return short_input(r, err);
        len = len << 8 | b;
    }
    if (len < 0x80 || len >> (8 * (n - 1)) == 0)
        return ga_fail_at(err, GA_E_SYNTAX, at,
                          "%s: length not in its shortest form at %zu", field,
                          at);
    *out = len;
    return GA_OK;
}

enum ga_rc
ga_der_next(struct ga_reader *r, const char *field, struct ga_der *out,
            struct ga_error *err)
{
    struct ga_reader start = *r;
    struct ga_der e = { .at = r->origin + r->pos };
    uint8_t first;
    size_t len;
    enum ga_rc rc;

    if (!ga_read_u8(r, field, &e.tag) || !ga_read_u8(r, field, &first))
        return short_input(r, err);
    if ((e.tag & LONG_TAG) == LONG_TAG)
        return ga_fail_at(err, GA_E_SYNTAX, e.at, "%s: tag 0x%02x at %zu",
                          field, e.tag, e.at);
    len = first;
    if (first >= 0x80) {
        rc = long_length(r, field, e.at + 1, first, &len, err);
        if (rc != GA_OK)
            return rc;
    }
    if (!ga_read_sub(r, field, len, &e.body))
        return short_input(r, err);
    e.value = ga_bytes_of(e.body.base, e.body.len);
    if (!ga_read_bytes(&start, field, r->pos - start.pos, &e.whole))
        return short_input(&start, err);
    *out = e;
    return GA_OK;
}

enum ga_rc
ga_der_take(struct ga_reader *r, const char *field, uint8_t tag,
            struct ga_der *out, struct ga_error *err)
{
    struct ga_der e;
    enum ga_rc rc = ga_der_next(r, field, &e, err);

    if (rc != GA_OK)
        return rc;
    if (e.tag != tag)
        return ga_fail_at(err, GA_E_SYNTAX, e.at,
                          "%s: tag 0x%02x at %zu, not 0x%02x", field, e.tag,
                          e.at, tag);
    *out = e;
    return GA_OK;
}

bool
ga_der_is(const struct ga_reader *r, uint8_t tag)
{
    struct ga_reader copy = *r;
    uint8_t next;

    return ga_read_u8(&copy, "", &next) && next == tag;
}

enum ga_rc
ga_der_end(const struct ga_reader *r, const char *field, struct ga_error *err)
{
    size_t at = r->origin + r->pos;

    if (ga_reader_left(r) == 0)
        return GA_OK;
    return ga_fail_at(err, GA_E_SYNTAX, at, "%s: %zu bytes left over at %zu",
                      field, ga_reader_left(r), at);
}

bool
ga_der_integer_ok(struct ga_bytes value)
{
    if (value.len == 0)
        return false;
    if (value.len == 1)
        return true;
    return !(value.ptr[0] == 0x00 && value.ptr[1] < 0x80) &&
           !(value.ptr[0] == 0xff && value.ptr[1] >= 0x80);
}

bool
ga_der_unsigned(struct ga_bytes value, int *out)
{
    int v = 0;

    if (!ga_der_integer_ok(value) || value.len > 4 || value.ptr[0] >= 0x80)
        return false;
    for (size_t i = 0; i < value.len; i++)
        v = v << 8 | value.ptr[i];
    *out = v;
    return true;
}

static bool
boolean_ok(struct ga_bytes v)
{
    return v.len == 1 && (v.ptr[0] == 0x00 || v.ptr[0] == 0xff);
}

static bool
null_ok(struct ga_bytes v)
{
    return v.len == 0;
}

/* The unused bits, which the first octet counts, are zero. */
static bool
bit_string_ok(struct ga_bytes v)
{
    if (v.len == 0 || v.ptr[0] > 7 || (v.len == 1 && v.ptr[0] != 0))
        return false;
    return (v.ptr[v.len - 1] & ((1u << v.ptr[0]) - 1)) == 0 || v.len == 1;
}

/* Each arc ends, and begins with no empty group of seven bits. */
static bool
oid_ok(struct ga_bytes v)
{
    bool inside = false;

    for (size_t i = 0; i < v.len; i++) {
        if (!inside && v.ptr[i] == 0x80)
            return false;
        inside = v.ptr[i] >= 0x80;
    }
    return v.len > 0 && !inside;
}

static bool
primitive_ok(const struct ga_der *e)
{
    static const struct {
        uint8_t tag;
        bool (*ok)(struct ga_bytes value);
    } rows[] = {
        { GA_DER_BOOLEAN, boolean_ok },
        { GA_DER_INTEGER, ga_der_integer_ok },
        { GA_DER_ENUMERATED, ga_der_integer_ok },
        { GA_DER_BIT_STRING, bit_string_ok },
        { GA_DER_NULL, null_ok },
        { GA_DER_OID, oid_ok },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].tag == e->tag)
            return rows[i].ok(e->value);
    return true;
}

/* Of the universal class, SEQUENCE and SET are constructed, and nothing else
 * is; the end-of-contents marker belongs to BER. */
static bool
tag_ok(uint8_t tag)
{
    uint8_t number = tag & LONG_TAG;
    bool structured = number == (GA_DER_SEQUENCE & LONG_TAG) ||
                      number == (GA_DER_SET & LONG_TAG);

    if ((tag & CLASS) != 0)
        return true;
    return number != 0 && structured == ((tag & CONSTRUCTED) != 0);
}

/* X.690 11.6.  No element is the beginning of another one, so that the
 * padding of the shorter one never matters. */
static bool
in_order(struct ga_bytes a, struct ga_bytes b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    return n == 0 || memcmp(a.ptr, b.ptr, n) <= 0;
}

struct level {
    struct ga_reader r;
    bool set;
    struct ga_bytes before; /* the previous element */
};

static enum ga_rc
check_element(struct level *l, struct ga_der *e, struct ga_error *err)
{
    enum ga_rc rc = ga_der_next(&l->r, "element", e, err);

    if (rc != GA_OK)
        return rc;
    if (!tag_ok(e->tag))
        return ga_fail_at(err, GA_E_SYNTAX, e->at,
                          "element: tag 0x%02x at %zu is not DER", e->tag,
                          e->at);
    if (l->set && !in_order(l->before, e->whole))
        return ga_fail_at(err, GA_E_SYNTAX, e->at,
                          "element: set not in order at %zu", e->at);
    if (!primitive_ok(e))
        return ga_fail_at(err, GA_E_SYNTAX, e->at,
                          "element: content of tag 0x%02x at %zu is not DER",
                          e->tag, e->at);
    l->before = e->whole;
    return GA_OK;
}

enum ga_rc
ga_der_check(struct ga_bytes in, struct ga_error *err)
{
    struct level level[GA_DER_DEPTH_MAX] = { { .r = ga_reader_of(in) } };
    struct ga_der e;
    size_t depth = 0;
    enum ga_rc rc = check_element(&level[0], &e, err);

    if (rc == GA_OK)
        rc = ga_der_end(&level[0].r, "element", err);
    level[0] = (struct level){ .r = ga_reader_of(in) };
    while (rc == GA_OK) {
        if (ga_reader_left(&level[depth].r) == 0) {
            if (depth-- == 0)
                return GA_OK;
            continue;
        }
        rc = check_element(&level[depth], &e, err);
        if (rc != GA_OK || (e.tag & CONSTRUCTED) == 0)
            continue;
        if (++depth == GA_DER_DEPTH_MAX)
            return ga_fail_at(err, GA_E_SYNTAX, e.at,
                              "element: nested more than %d deep at %zu",
                              GA_DER_DEPTH_MAX, e.at);
        level[depth] =
            (struct level){ .r = e.body, .set = e.tag == GA_DER_SET };
    }
    return rc;
}

/* Reads two digits; -1 where there are none, which no caller's sum makes
 * good. */
static int
two(const uint8_t *s)
{
    if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
        return -1;
    return (s[0] - '0') * 10 + (s[1] - '0');
}

bool
ga_der_time(const struct ga_der *time, ga_time *out)
{
    /* YYMMDDHHMMSSZ, YYYYMMDDHHMMSSZ */
    size_t digits = time->tag == GA_DER_UTC_TIME           ? 12
                    : time->tag == GA_DER_GENERALIZED_TIME ? 14
                                                           : 0;
    struct ga_bytes v = time->value;
    int field[7], year;

    if (digits == 0 || v.len != digits + 1 || v.ptr[digits] != 'Z')
        return false;
    for (size_t i = 0; i < digits / 2; i++) {
        field[i] = two(&v.ptr[2 * i]);
        if (field[i] < 0)
            return false;
    }
    if (digits == 14)
        return ga_time_civil(field[0] * 100 + field[1], field[2], field[3],
                             field[4], field[5], field[6], out);
    /* RFC 5280 4.1.2.5.1: 50 to 99 are of the twentieth century. */
    year = field[0] + (field[0] >= 50 ? 1900 : 2000);
    return ga_time_civil(year, field[1], field[2], field[3], field[4], field[5],
                         out);
}
