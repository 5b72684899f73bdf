/* SPDX-License-Identifier: Apache-2.0 */
/* Policy text to tokens.  Source: rego-policy-language */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "policy/rego/lexer.h"

struct lexer {
    struct rego_pool *pool;
    const char *file;
    struct ga_bytes in;
    size_t pos, line_start;
    unsigned line;
    struct rego_token *item;
    size_t n, cap;
    struct rego_list relaxes;
};

bool
rego_fail_in(struct rego_pool *pool, const struct rego_at *at, enum ga_rc rc,
             const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return rego_fail(pool, rc, "%s:%u:%u: %s", at->file, at->line, at->column,
                     text);
}

bool
rego_unsupported(struct rego_pool *pool, const struct rego_at *at,
                 const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    if (rego_failed(pool))
        return false;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    pool->unsupported = true;
    return rego_fail_in(pool, at, GA_E_BAD_VALUE, "not supported: %s", text);
}

static int
peek(const struct lexer *l, size_t ahead)
{
    return l->pos + ahead < l->in.len ? l->in.ptr[l->pos + ahead] : -1;
}

static struct rego_at
here(const struct lexer *l)
{
    return (struct rego_at){ .file = l->file,
                             .line = l->line,
                             .column = (unsigned)(l->pos - l->line_start + 1) };
}

static const char *
text_at(const struct lexer *l, size_t from)
{
    return (const char *)l->in.ptr + from;
}

static bool
bad(struct lexer *l, const char *what)
{
    struct rego_at at = here(l);

    return rego_fail_in(l->pool, &at, GA_E_SYNTAX, "%s", what);
}

static bool
is_name_start(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void
end_line(struct lexer *l)
{
    l->pos++;
    l->line++;
    l->line_start = l->pos;
}

/* A comment, which may be a line of its own for us. */
static void
skip_comment(struct lexer *l, bool alone)
{
    static const char relax[] = "# gpuattest-relax:";
    size_t start = l->pos, n = sizeof(relax) - 1;
    char *text;

    while (peek(l, 0) != -1 && peek(l, 0) != '\n')
        l->pos++;
    if (!alone || l->pos - start < n ||
        memcmp(text_at(l, start), relax, n) != 0)
        return;
    start += n;
    while (start < l->pos && text_at(l, start)[0] == ' ')
        start++;
    n = l->pos - start;
    while (n > 0 && strchr(" \t\r", text_at(l, start)[n - 1]) != NULL)
        n--;
    text = rego_text(l->pool, text_at(l, start), n);
    if (text != NULL)
        rego_push(l->pool, &l->relaxes, text);
}

/* White space and comments; says whether a line ended. */
static bool
skip(struct lexer *l)
{
    bool newline = l->pos == 0;

    for (;;) {
        int c = peek(l, 0);

        if (c == '\n') {
            newline = true;
            end_line(l);
        } else if (c == ' ' || c == '\t' || c == '\r') {
            l->pos++;
        } else if (c == '#') {
            skip_comment(l, newline);
        } else {
            return newline;
        }
    }
}

static bool
lex_raw(struct lexer *l, struct rego_token *t)
{
    size_t start = ++l->pos;

    while (peek(l, 0) != '`') {
        if (peek(l, 0) == -1)
            return rego_fail_in(l->pool, &t->at, GA_E_SYNTAX,
                                "raw string does not end");
        if (peek(l, 0) == '\n')
            end_line(l);
        else
            l->pos++;
    }
    t->value = rego_string(l->pool, text_at(l, start), l->pos - start);
    l->pos++;
    return t->value != NULL;
}

/* Strings are those of JSON, which jansson reads. */
static bool
lex_string(struct lexer *l, struct rego_token *t)
{
    size_t start = l->pos++;
    GA_AUTO(json_t) *j = NULL;

    while (peek(l, 0) != '"') {
        if (peek(l, 0) == -1 || peek(l, 0) == '\n')
            return rego_fail_in(l->pool, &t->at, GA_E_SYNTAX,
                                "string does not end");
        l->pos += peek(l, 0) == '\\' && peek(l, 1) != -1 ? 2 : 1;
    }
    l->pos++;
    j = json_loadb(text_at(l, start), l->pos - start,
                   JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!json_is_string(j))
        return rego_fail_in(l->pool, &t->at, GA_E_SYNTAX,
                            "string is not one of JSON");
    t->value =
        rego_string(l->pool, json_string_value(j), json_string_length(j));
    return t->value != NULL;
}

static bool
lex_number(struct lexer *l, struct rego_token *t)
{
    size_t start = l->pos;

    /* A sign belongs to the number only behind its exponent. */
    while (is_digit(peek(l, 0)) || is_name_start(peek(l, 0)) ||
           (peek(l, 0) == '.' && is_digit(peek(l, 1))) ||
           ((peek(l, 0) == '+' || peek(l, 0) == '-') &&
            (l->in.ptr[l->pos - 1] | 0x20) == 'e'))
        l->pos++;
    t->value = rego_number(l->pool, text_at(l, start), l->pos - start);
    if (t->value == NULL && !rego_failed(l->pool))
        return rego_fail_in(l->pool, &t->at, GA_E_SYNTAX,
                            "number is not one of JSON");
    if (t->value == NULL) {
        struct ga_error inner = l->pool->error;

        ga_within(&l->pool->error, inner.code, "%s:%u:%u", t->at.file,
                  t->at.line, t->at.column);
        return false;
    }
    return true;
}

static bool
lex_mark(struct lexer *l, struct rego_token *t)
{
    static const char doubles[][3] = { ":=", "==", "!=", "<=", ">=" };
    int c = peek(l, 0);

    t->kind = TOKEN_MARK;
    for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++)
        if (c == doubles[i][0] && peek(l, 1) == doubles[i][1]) {
            t->mark = MARK2(doubles[i][0], doubles[i][1]);
            l->pos += 2;
            return true;
        }
    if (c == '$' && (peek(l, 1) == '"' || peek(l, 1) == '`'))
        return rego_unsupported(l->pool, &t->at, "template string");
    if (c <= 0 || strchr("=<>+-*/%&|()[]{},;:.", c) == NULL)
        return bad(l, "character that begins nothing");
    t->mark = (unsigned)c;
    l->pos++;
    return true;
}

static bool
lex_one(struct lexer *l, struct rego_token *t)
{
    int c = peek(l, 0);
    size_t start = l->pos;

    if (c == -1)
        return true;
    t->kind = TOKEN_VALUE;
    if (c == '"')
        return lex_string(l, t);
    if (c == '`')
        return lex_raw(l, t);
    if (is_digit(c))
        return lex_number(l, t);
    if (!is_name_start(c))
        return lex_mark(l, t);
    t->kind = TOKEN_NAME;
    while (is_name_start(peek(l, 0)) || is_digit(peek(l, 0)))
        l->pos++;
    t->name = rego_text(l->pool, text_at(l, start), l->pos - start);
    return t->name != NULL;
}

static bool
append(struct lexer *l, const struct rego_token *t)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 256 : 2 * l->cap;
        struct rego_token *more = rego_alloc(l->pool, cap, sizeof(*more));

        if (more == NULL)
            return false;
        if (l->n > 0)
            memcpy(more, l->item, l->n * sizeof(*more));
        l->item = more;
        l->cap = cap;
    }
    l->item[l->n++] = *t;
    return true;
}

bool
rego_lex(struct rego_pool *pool, const char *file, struct ga_bytes in,
         struct rego_tokens *out)
{
    struct lexer l = { .pool = pool, .file = file, .in = in, .line = 1 };
    struct rego_token t;

    if (in.len > GA_POLICY_MAX)
        return rego_fail(pool, GA_E_TOO_LARGE, "%s: %zu bytes, more than %d",
                         file, in.len, GA_POLICY_MAX);
    if (!ga_utf8_valid(in.ptr, in.len))
        return rego_fail(pool, GA_E_SYNTAX, "%s: not UTF-8", file);
    do {
        size_t before = l.pos;

        memset(&t, 0, sizeof(t));
        t.newline = skip(&l);
        t.glued = l.pos == before;
        t.at = here(&l);
        t.offset = l.pos;
        if (!rego_charge(pool, 1) || !lex_one(&l, &t))
            return false;
        t.len = l.pos - t.offset;
        if (!append(&l, &t))
            return false;
    } while (t.kind != TOKEN_END);
    out->item = l.item;
    out->n = l.n;
    out->relaxes = l.relaxes;
    return true;
}
