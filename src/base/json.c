/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in and out.  jansson keeps the values and writes them; its reader is not
 * used, for it loses a character, a closing quote as well, where it cannot
 * allocate: a key would become another one, and a string run past its end.
 * Source: rfc8259.
 */
#define _GNU_SOURCE /* strtod_l */
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/reader.h"

/* Where the scan is: containers that are open, values begun. */
struct scan {
    size_t depth, values;
    bool in_string, escaped;
};

/* Every value but the first comes after '[', '{' or ',', so that this counts
 * each one, well-formed or not, and at most one too many per container. */
static void
step(struct scan *s, uint8_t c)
{
    if (s->in_string) {
        s->in_string = s->escaped || c != '"';
        s->escaped = !s->escaped && c == '\\';
        return;
    }
    s->in_string = c == '"';
    if (c == '[' || c == '{')
        s->depth++;
    else if ((c == ']' || c == '}') && s->depth > 0)
        s->depth--;
    if (c == '[' || c == '{' || c == ',')
        s->values++;
}

/* Bounds what is built before it is: jansson releases and writes it by
 * recursion. */
static enum ga_rc
within_bounds(struct ga_bytes in, struct ga_error *err)
{
    struct scan s = { .values = 1 };

    if (in.len > INT_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "JSON: %zu bytes, not 0 to %d",
                       in.len, INT_MAX);
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] == '\0')
            return ga_fail_at(err, GA_E_SYNTAX, i, "JSON: NUL at byte %zu", i);
        step(&s, in.ptr[i]);
        if (s.depth > GA_JSON_DEPTH_MAX)
            return ga_fail_at(err, GA_E_TOO_LARGE, i,
                              "JSON: more than %d levels at byte %zu",
                              GA_JSON_DEPTH_MAX, i);
        if (s.values > GA_JSON_VALUES_MAX)
            return ga_fail_at(err, GA_E_TOO_LARGE, i,
                              "JSON: more than %d values at byte %zu",
                              GA_JSON_VALUES_MAX, i);
    }
    return GA_OK;
}

/* What is being read: containers that are open, and the key that waits for its
 * value. */
struct parser {
    struct ga_reader r;
    struct ga_error *err;
    json_t *root;
    json_t *open[GA_JSON_DEPTH_MAX]; /* borrowed from the root */
    size_t depth;
    char *key;
};

static void
parser_done(struct parser *p)
{
    json_decref(p->root);
    free(p->key);
}

static enum ga_rc
wrong(struct parser *p, size_t at, const char *what)
{
    return ga_fail_at(p->err, GA_E_SYNTAX, at, "JSON: %s at byte %zu", what,
                      at);
}

/* The next byte, or -1 at the end. */
static int
peek(const struct parser *p)
{
    struct ga_reader ahead = p->r;
    uint8_t c;

    return ga_read_u8(&ahead, "", &c) ? c : -1;
}

static void
skip(struct parser *p)
{
    struct ga_bytes one;

    if (!ga_read_bytes(&p->r, "", 1, &one))
        return;
}

static int
skip_blanks(struct parser *p)
{
    int c = peek(p);

    for (; c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek(p))
        skip(p);
    return c;
}

/* Hands `v` over to the container that is open, under the key. */
static enum ga_rc
attach(struct parser *p, json_t *v)
{
    json_t *in = p->depth > 0 ? p->open[p->depth - 1] : NULL;
    int failed = 0;

    if (in == NULL)
        p->root = v;
    else if (json_is_array(in))
        failed = json_array_append_new(in, v);
    else
        failed = json_object_set_new_nocheck(in, p->key, v);
    free(p->key);
    p->key = NULL;
    return v == NULL || failed != 0 ? ga_nomem(p->err) : GA_OK;
}

/* Four hex digits of \uXXXX, or -1. */
static int
read_unit(struct parser *p)
{
    struct ga_bytes digits;
    uint8_t two[2];

    if (!ga_read_bytes(&p->r, "", 4, &digits) ||
        !ga_unhex((const char *)digits.ptr, 4, two, sizeof(two)))
        return -1;
    return two[0] << 8 | two[1];
}

static size_t
put_utf8(uint32_t c, char *out)
{
    static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(first[n] | c);
    return n;
}

/* \uXXXX, or two of them that make one character; `u` has been read. */
static enum ga_rc
read_unicode(struct parser *p, size_t at, char *out, size_t *n)
{
    int unit = read_unit(p), low;
    uint8_t c;

    if (unit <= 0)
        return wrong(p, at, unit < 0 ? "unknown escape" : "\\u0000");
    if (unit < 0xd800 || unit > 0xdfff) {
        *n = put_utf8((uint32_t)unit, out);
        return GA_OK;
    }
    if (unit > 0xdbff || !ga_read_u8(&p->r, "", &c) || c != '\\' ||
        !ga_read_u8(&p->r, "", &c) || c != 'u')
        return wrong(p, at, "half a character");
    low = read_unit(p);
    if (low < 0xdc00 || low > 0xdfff)
        return wrong(p, at, "half a character");
    *n = put_utf8(0x10000 + ((uint32_t)(unit - 0xd800) << 10) +
                      (uint32_t)(low - 0xdc00),
                  out);
    return GA_OK;
}

/* What stands behind a backslash. */
static enum ga_rc
read_escape(struct parser *p, size_t at, char *out, size_t *n)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *found;
    uint8_t c = 0;

    if (!ga_read_u8(&p->r, "", &c) || c == '\0')
        return wrong(p, at, "unknown escape");
    if (c == 'u')
        return read_unicode(p, at, out, n);
    found = strchr(names, c);
    if (found == NULL)
        return wrong(p, at, "unknown escape");
    *out = means[found - names];
    *n = 1;
    return GA_OK;
}

/* Reads up to the closing quote.  No escape is shorter than what it stands
 * for, so that the input's length is room enough. */
static enum ga_rc
read_characters(struct parser *p, size_t begin, char *out, size_t *len)
{
    size_t used = 0;
    enum ga_rc rc = GA_OK;

    while (rc == GA_OK) {
        size_t at = p->r.pos, n = 1;
        uint8_t c;

        if (!ga_read_u8(&p->r, "", &c))
            return wrong(p, begin, "string without an end");
        if (c == '"')
            break;
        if (c < 0x20)
            return wrong(p, at, "control character in a string");
        out[used] = (char)c;
        if (c == '\\')
            rc = read_escape(p, at, &out[used], &n);
        used += n;
    }
    if (rc == GA_OK && !ga_utf8_valid(out, used))
        rc = wrong(p, begin, "string that is not UTF-8");
    out[rc == GA_OK ? used : 0] = '\0';
    *len = used;
    return rc;
}

/* Bytes up to the quote that ends the string, with it; what is left where there
 * is none. */
static size_t
raw_length(const struct parser *p)
{
    struct ga_reader ahead = p->r;
    bool escaped = false;
    uint8_t c = 0;

    while (ga_read_u8(&ahead, "", &c) && (c != '"' || escaped))
        escaped = c == '\\' && !escaped;
    return ahead.pos - p->r.pos;
}

/* The quote that begins it is the next byte. */
static enum ga_rc
read_string(struct parser *p, char **out, size_t *len)
{
    GA_AUTO_FREE char *text = NULL;
    size_t begin = p->r.pos;
    enum ga_rc rc;

    skip(p);
    text = malloc(raw_length(p) + 1);
    if (text == NULL)
        return ga_nomem(p->err);
    rc = read_characters(p, begin, text, len);
    if (rc == GA_OK)
        *out = GA_TAKE(text);
    return rc;
}

static enum ga_rc
take_string(struct parser *p)
{
    GA_AUTO_FREE char *text = NULL;
    size_t len = 0;
    enum ga_rc rc = read_string(p, &text, &len);

    return rc == GA_OK ? attach(p, json_stringn_nocheck(text, len)) : rc;
}

/* Reads the key of the object that is open, and the colon. */
static enum ga_rc
take_key(struct parser *p)
{
    size_t len = 0, at;
    enum ga_rc rc;

    if (skip_blanks(p) != '"')
        return wrong(p, p->r.pos, "key expected");
    at = p->r.pos;
    rc = read_string(p, &p->key, &len);
    if (rc != GA_OK)
        return rc;
    if (json_object_get(p->open[p->depth - 1], p->key) != NULL)
        return ga_fail_at(p->err, GA_E_DUPLICATE, at,
                          "JSON: key \"%.60s\" twice at byte %zu", p->key, at);
    if (skip_blanks(p) != ':')
        return wrong(p, p->r.pos, "':' expected");
    skip(p);
    return GA_OK;
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* A number on its way: as an integer while it is one. */
struct number {
    bool negative, real, wide;
    int64_t integer;
};

static bool
read_digits(struct parser *p, struct number *n)
{
    if (!is_digit(peek(p)))
        return false;
    for (; is_digit(peek(p)); skip(p))
        n->wide =
            n->wide || __builtin_mul_overflow(n->integer, 10, &n->integer) ||
            __builtin_sub_overflow(n->integer, peek(p) - '0', &n->integer);
    return true;
}

static bool
read_exponent(struct parser *p, struct number *n)
{
    skip(p);
    if (peek(p) == '-' || peek(p) == '+')
        skip(p);
    return read_digits(p, n);
}

/* Source: rfc8259, section 6. */
static bool
read_number(struct parser *p, struct number *n)
{
    n->negative = peek(p) == '-';
    if (n->negative)
        skip(p);
    if (peek(p) == '0')
        skip(p);
    else if (!read_digits(p, n))
        return false;
    if (peek(p) == '.') {
        n->real = true;
        skip(p);
        if (!read_digits(p, n))
            return false;
    }
    if (peek(p) != 'e' && peek(p) != 'E')
        return true;
    n->real = true;
    return read_exponent(p, n);
}

/* The nearest double of a text whose form has been read: a policy compares it
 * with one that it writes itself.  The program's locale may have another
 * point. */
static enum ga_rc
take_real(struct parser *p, size_t at, struct ga_bytes digits)
{
    GA_AUTO_FREE char *text = strndup((const char *)digits.ptr, digits.len);
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = HUGE_VAL;

    if (text != NULL && c != (locale_t)0)
        value = strtod_l(text, NULL, c);
    if (c != (locale_t)0)
        freelocale(c);
    if (text == NULL || c == (locale_t)0)
        return ga_nomem(p->err);
    return isfinite(value) ? attach(p, json_real(value))
                           : wrong(p, at, "number out of range");
}

static enum ga_rc
take_number(struct parser *p)
{
    struct number n = { 0 };
    struct ga_reader from = p->r;
    size_t at = p->r.pos;
    struct ga_bytes digits;

    if (!read_number(p, &n) ||
        !ga_read_bytes(&from, "", p->r.pos - at, &digits))
        return wrong(p, at, "number that is none");
    if (n.real)
        return take_real(p, at, digits);
    /* Kept below zero, where there is one more. */
    if (n.wide || (!n.negative && n.integer == INT64_MIN))
        return wrong(p, at, "number out of range");
    return attach(p, json_integer(n.negative ? n.integer : -n.integer));
}

static enum ga_rc
take_word(struct parser *p)
{
    static const char *const words[] = { "null", "false", "true" };
    size_t at = p->r.pos;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct ga_reader ahead = p->r;
        size_t n = strlen(words[i]);
        struct ga_bytes text;

        if (!ga_read_bytes(&ahead, "", n, &text) ||
            memcmp(text.ptr, words[i], n) != 0)
            continue;
        p->r = ahead;
        return attach(p, i == 0 ? json_null() : json_boolean(i == 2));
    }
    return wrong(p, at, "value expected");
}

/* Opens a container; within_bounds() has counted how deep they lie. */
static enum ga_rc
take_container(struct parser *p, bool array)
{
    json_t *v = array ? json_array() : json_object();
    enum ga_rc rc = attach(p, v);

    if (rc != GA_OK)
        return rc;
    skip(p);
    p->open[p->depth++] = v;
    if (skip_blanks(p) == (array ? ']' : '}') || array)
        return GA_OK;
    return take_key(p);
}

static enum ga_rc
take_value(struct parser *p)
{
    int c = skip_blanks(p);

    if (c == '[' || c == '{')
        return take_container(p, c == '[');
    if (c == '"')
        return take_string(p);
    return c == '-' || is_digit(c) ? take_number(p) : take_word(p);
}

/* Behind a value: closes what ends here, and goes on to the next value. */
static enum ga_rc
take_end(struct parser *p)
{
    while (p->depth > 0) {
        bool array = json_is_array(p->open[p->depth - 1]);
        int c = skip_blanks(p);

        if (c != ',' && c != (array ? ']' : '}'))
            return wrong(p, p->r.pos,
                         array ? "',' or ']' expected" : "',' or '}' expected");
        skip(p);
        if (c == ',')
            return array ? GA_OK : take_key(p);
        p->depth--;
    }
    if (skip_blanks(p) >= 0)
        return wrong(p, p->r.pos, "end expected");
    return GA_OK;
}

/* Whether a container was opened that has no value yet. */
static bool
is_empty(const struct parser *p)
{
    int c = p->depth > 0 ? peek(p) : -1;
    const json_t *in = p->depth > 0 ? p->open[p->depth - 1] : NULL;

    return in != NULL && p->key == NULL &&
           ((json_is_array(in) && c == ']' && json_array_size(in) == 0) ||
            (json_is_object(in) && c == '}' && json_object_size(in) == 0));
}

enum ga_rc
ga_json_parse(struct ga_bytes in, json_t **out, struct ga_error *err)
{
    __attribute__((cleanup(
        parser_done))) struct parser p = { .r = ga_reader_of(in), .err = err };
    enum ga_rc rc = within_bounds(in, err);

    do {
        size_t depth = p.depth;

        if (rc == GA_OK)
            rc = take_value(&p);
        /* A container that has just been opened goes on with a value. */
        if (rc == GA_OK && (p.depth <= depth || is_empty(&p)))
            rc = take_end(&p);
    } while (rc == GA_OK && p.depth > 0);
    if (rc == GA_OK)
        *out = GA_TAKE(p.root);
    return rc;
}

/* Text that grows.  jansson does not look at what becomes of a key: a failure
 * is remembered here. */
struct text {
    bool failed;
    size_t len, cap;
    char *ptr;
};

static int
put(const char *ptr, size_t n, void *user)
{
    struct text *t = user;
    char *more;

    if (t->failed)
        return -1;
    if (n >= t->cap - t->len) {
        size_t cap = 2 * t->cap + n + 1024;

        more = realloc(t->ptr, cap);
        t->failed = more == NULL;
        if (t->failed)
            return -1;
        t->ptr = more;
        t->cap = cap;
    }
    memcpy(t->ptr + t->len, ptr, n);
    t->len += n;
    t->ptr[t->len] = '\0';
    return 0;
}

char *
ga_json_text(const json_t *v, bool indent)
{
    /* Other characters than ASCII may be controls of a terminal. */
    size_t flags = JSON_ENCODE_ANY | JSON_ENSURE_ASCII |
                   (indent ? JSON_INDENT(2) : JSON_COMPACT);
    struct text t = { 0 };

    if (json_dump_callback(v, put, &t, flags) == 0 && !t.failed)
        return t.ptr;
    free(t.ptr);
    return NULL;
}
