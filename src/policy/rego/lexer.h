/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_LEXER_H
#define GA_POLICY_REGO_LEXER_H

#include "base/bytes.h"
#include "policy/rego/value.h"

/* Where something stands; line and column count from 1, columns are bytes. */
struct rego_at {
    const char *file;
    unsigned line, column;
};

enum rego_token_kind {
    TOKEN_END,
    TOKEN_NAME,  /* keywords, too: some are so in one dialect alone */
    TOKEN_VALUE, /* string or number */
    TOKEN_MARK   /* operator or bracket */
};

/* Operators and brackets are told by their text, packed into a number. */
#define MARK1(a)    ((unsigned)(a))
#define MARK2(a, b) ((unsigned)(a) << 8 | (unsigned)(b))
#define MARK_ASSIGN MARK2(':', '=')
#define MARK_EQ     MARK2('=', '=')
#define MARK_NE     MARK2('!', '=')
#define MARK_LE     MARK2('<', '=')
#define MARK_GE     MARK2('>', '=')

struct rego_token {
    enum rego_token_kind kind;
    struct rego_at at;
    bool glued;   /* nothing stands between it and the token before */
    bool newline; /* it is the first of its line */
    size_t offset, len;
    unsigned mark;
    const char *name;
    const struct rego_value *value;
};

struct rego_tokens {
    struct rego_token *item; /* the last one is TOKEN_END */
    size_t n;
    struct rego_list relaxes; /* char: behind "# gpuattest-relax:" */
};

/* rego_fail_in keeps a failure with its place in front; the second form says
 * that it is about something we do not have.  Both return false. */
bool rego_fail_in(struct rego_pool *pool, const struct rego_at *at,
                  enum ga_rc rc, const char *fmt, ...) GA_PRINTF(4, 5);
bool rego_unsupported(struct rego_pool *pool, const struct rego_at *at,
                      const char *fmt, ...) GA_PRINTF(3, 4);

/* rego_lex cuts a module into tokens.  `file` must live as long as `pool`. */
bool rego_lex(struct rego_pool *pool, const char *file, struct ga_bytes in,
              struct rego_tokens *out);

#endif
