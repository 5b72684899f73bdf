/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: rego_lex.  Seeds: fuzz/corpus/rego_lexer.  Tokens stand in the text in
 * order, none over another, the last one at its end, and what stands between
 * two is white space and comments.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/rego/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

/* Only what a token can hide behind: blanks, or a comment to its line's end. */
static void
nothing_was_skipped(const uint8_t *text, size_t from, size_t to)
{
    bool comment = false;

    for (size_t i = from; i < to; i++) {
        if (text[i] == '#')
            comment = true;
        require(comment || text[i] == ' ' || text[i] == '\t' ||
                text[i] == '\r' || text[i] == '\n');
        if (text[i] == '\n')
            comment = false;
    }
}

static void
tokens_tile(const uint8_t *text, size_t size, const struct rego_tokens *tokens)
{
    size_t at = 0;
    unsigned line = 1;

    require(tokens->n > 0 && tokens->item[tokens->n - 1].kind == TOKEN_END);
    for (size_t i = 0; i < tokens->n; i++) {
        const struct rego_token *t = &tokens->item[i];

        require(t->offset >= at && t->offset <= size &&
                t->len <= size - t->offset);
        require(t->kind == TOKEN_END || t->len > 0);
        require(t->kind != TOKEN_END || i + 1 == tokens->n);
        nothing_was_skipped(text, at, t->offset);
        require(!t->glued || t->offset == at);
        require(t->at.line >= line && t->at.column > 0);
        require(t->kind != TOKEN_NAME || t->name != NULL);
        require(t->kind != TOKEN_VALUE || t->value != NULL);
        line = t->at.line;
        at = t->offset + t->len;
    }
    nothing_was_skipped(text, at, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rego_tokens tokens = { 0 };
    struct rego_pool pool;
    bool ok;

    rego_pool_init(&pool, 4 * 1024 * 1024, 100000);
    ok = rego_lex(&pool, "m", ga_bytes_of(data, size), &tokens);
    require(ok != rego_failed(&pool));
    require(ok || pool.error.text[0] != '\0');
    if (ok)
        tokens_tile(data, size, &tokens);
    rego_pool_done(&pool);
    return 0;
}
