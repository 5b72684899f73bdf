/* SPDX-License-Identifier: Apache-2.0 */
/* Distinguished names: what of them is compared, and what is shown. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "x509/name.h"

/* Source: rfc5280 4.1.2.4 (attributes), rfc2253 2.3 (short names) */
static const struct type {
    uint8_t arc; /* n of 2.5.4.n */
    const char *name;
} types[] = {
    [GA_NAME_COMMON_NAME] = { 3, "CN" },
    [GA_NAME_ORGANIZATION] = { 10, "O" },
    [GA_NAME_SERIAL_NUMBER] = { 5, "serialNumber" },
    { 6, "C" },
    { 7, "L" },
    { 8, "ST" },
    { 11, "OU" },
};

static enum ga_rc
parse_part(struct ga_reader *rdn, bool joined, struct ga_name *out,
           struct ga_error *err)
{
    struct ga_name_part part = { .joined = joined };
    struct ga_der pair, type, value;
    enum ga_rc rc = ga_der_take(rdn, "attribute", GA_DER_SEQUENCE, &pair, err);

    if (rc == GA_OK)
        rc = ga_der_take(&pair.body, "attribute type", GA_DER_OID, &type, err);
    if (rc == GA_OK)
        rc = ga_der_next(&pair.body, "attribute value", &value, err);
    if (rc == GA_OK)
        rc = ga_der_end(&pair.body, "attribute", err);
    if (rc != GA_OK)
        return rc;
    if (out->count == GA_NAME_PARTS_MAX)
        return ga_fail_at(err, GA_E_TOO_LARGE, pair.at,
                          "name: more than %d attributes", GA_NAME_PARTS_MAX);
    part.type = type.value;
    part.tag = value.tag;
    part.value = value.value;
    part.encoded = value.whole;
    out->part[out->count++] = part;
    return GA_OK;
}

enum ga_rc
ga_name_parse(const struct ga_der *der, struct ga_name *out,
              struct ga_error *err)
{
    struct ga_name name = { 0 };
    struct ga_reader r = der->body;
    enum ga_rc rc = GA_OK;

    while (rc == GA_OK && ga_reader_left(&r) > 0) {
        struct ga_der rdn;
        bool joined = false;

        rc = ga_der_take(&r, "RDN", GA_DER_SET, &rdn, err);
        if (rc == GA_OK && ga_reader_left(&rdn.body) == 0)
            return ga_fail_at(err, GA_E_SYNTAX, rdn.at, "RDN: empty at %zu",
                              rdn.at);
        while (rc == GA_OK && ga_reader_left(&rdn.body) > 0) {
            rc = parse_part(&rdn.body, joined, &name, err);
            joined = true;
        }
    }
    if (rc == GA_OK)
        *out = name;
    return rc;
}

/* The row of an attribute under 2.5.4, or NULL. */
static const struct type *
find(struct ga_bytes oid)
{
    if (oid.len != 3 || oid.ptr[0] != 0x55 || oid.ptr[1] != 0x04)
        return NULL;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i].arc == oid.ptr[2])
            return &types[i];
    return NULL;
}

static bool
is_text(const struct ga_name_part *part)
{
    if (part->tag != GA_DER_UTF8_STRING &&
        part->tag != GA_DER_PRINTABLE_STRING && part->tag != GA_DER_IA5_STRING)
        return false;
    for (size_t i = 0; i < part->value.len; i++) {
        uint8_t c = part->value.ptr[i];

        if (c < 0x20 || c == 0x7f ||
            (c >= 0x80 && part->tag != GA_DER_UTF8_STRING))
            return false;
    }
    return ga_utf8_valid(part->value.ptr, part->value.len);
}

bool
ga_name_is_text(const struct ga_name *name)
{
    for (size_t i = 0; i < name->count; i++)
        if (!is_text(&name->part[i]))
            return false;
    return true;
}

size_t
ga_name_get(const struct ga_name *name, enum ga_name_type type, char *out,
            size_t cap)
{
    size_t seen = 0;

    out[0] = '\0';
    for (size_t i = 0; i < name->count; i++) {
        const struct ga_name_part *part = &name->part[i];

        if (find(part->type) != &types[type] || seen++ > 0)
            continue;
        if (!is_text(part) || part->value.len >= cap)
            continue;
        if (part->value.len > 0)
            memcpy(out, part->value.ptr, part->value.len);
        out[part->value.len] = '\0';
    }
    return seen;
}

/* Text that grows up to a bound; what does not fit is dropped. */
struct text {
    size_t len;
    char ptr[1024];
};

static void
put(struct text *t, const void *in, size_t n)
{
    if (n > sizeof(t->ptr) - t->len)
        n = sizeof(t->ptr) - t->len;
    if (n > 0)
        memcpy(&t->ptr[t->len], in, n);
    t->len += n;
}

static void
put_hex(struct text *t, struct ga_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        char pair[3];

        snprintf(pair, sizeof(pair), "%02x", in.ptr[i]);
        put(t, pair, 2);
    }
}

/* Dotted decimal; arcs above 64 bits cannot be told from others and are cut,
 * which only a message sees. */
static void
put_oid(struct text *t, struct ga_bytes oid)
{
    uint64_t arc = 0;
    bool first = true;

    for (size_t i = 0; i < oid.len; i++) {
        uint64_t top;
        char number[48];

        arc = arc << 7 | (oid.ptr[i] & 0x7f);
        if (oid.ptr[i] >= 0x80)
            continue;
        top = arc >= 80 ? 2 : arc / 40;
        if (first)
            snprintf(number, sizeof(number), "%llu.%llu",
                     (unsigned long long)top,
                     (unsigned long long)(arc - top * 40));
        else
            snprintf(number, sizeof(number), ".%llu", (unsigned long long)arc);
        put(t, number, strlen(number));
        first = false;
        arc = 0;
    }
}

/* Source: rfc2253 2.4 */
static void
put_value(struct text *t, struct ga_bytes v)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        bool edge = i == 0 || i == v.len - 1;

        if ((c != '\0' && strchr(",+\"\\<>;", c) != NULL) ||
            (c == '#' && i == 0) || (c == ' ' && edge))
            put(t, "\\", 1);
        put(t, &c, 1);
    }
}

static void
put_part(struct text *t, const struct ga_name_part *part)
{
    const struct type *type = find(part->type);

    if (type != NULL)
        put(t, type->name, strlen(type->name));
    else
        put_oid(t, part->type);
    put(t, "=", 1);
    if (type != NULL && is_text(part)) {
        put_value(t, part->value);
        return;
    }
    put(t, "#", 1);
    put_hex(t, part->encoded);
}

void
ga_name_text(const struct ga_name *name, char *out, size_t cap)
{
    struct text t = { 0 };

    for (size_t i = name->count; i > 0; i--) {
        if (i < name->count)
            put(&t, name->part[i].joined ? "+" : ",", 1);
        put_part(&t, &name->part[i - 1]);
    }
    ga_escape(t.ptr, t.len, out, cap);
}
