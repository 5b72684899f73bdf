/* SPDX-License-Identifier: Apache-2.0 */
/* Statements.  Source: rego-policy-language */
#include "base/limits.h"
#include "policy/rego/parser.h"

static bool
withs(struct rego_parser *p, struct rego_stmt *s)
{
    struct rego_list list = { 0 };

    while (rego_take_name(p, "with")) {
        struct rego_with *w = rego_alloc(p->pool, 1, sizeof(*w));

        if (w == NULL || (w->target = rego_term(p)) == NULL)
            return false;
        if (!rego_take_name(p, "as"))
            return rego_syntax(p, "expected `as`");
        w->value = rego_expr(p, false);
        if (w->value == NULL || !rego_push(p->pool, &list, w))
            return false;
    }
    s->with = rego_alloc(p->pool, list.n + 1, sizeof(*s->with));
    if (s->with == NULL)
        return false;
    for (size_t i = 0; i < list.n; i++)
        s->with[i] = *(struct rego_with *)list.item[i];
    s->with_count = list.n;
    return true;
}

/* `k, v in collection`, behind `some` and `every`. */
static bool
binding(struct rego_parser *p, struct rego_stmt *s)
{
    s->value = rego_relation(p);
    if (s->value != NULL && rego_take_mark(p, ',')) {
        s->key = s->value;
        s->value = rego_relation(p);
    }
    if (s->value == NULL)
        return false;
    if (!p->has_in || !rego_take_name(p, "in"))
        return rego_syntax(p, "expected `in`");
    s->b = rego_relation(p);
    return s->b != NULL;
}

static bool
some(struct rego_parser *p, struct rego_stmt *s)
{
    size_t pos = p->pos;

    s->kind = STMT_SOME_IN;
    if (binding(p, s))
        return true;
    if (!rego_retreat(p, pos))
        return false;
    s->kind = STMT_SOME;
    do {
        const struct rego_token *t = rego_here(p);
        struct rego_node *name;

        if (t->kind != TOKEN_NAME || rego_is_keyword(p, t->name))
            return rego_syntax(p, "expected the name of a variable");
        name = rego_node(p, NODE_VAR, &t->at);
        if (name == NULL || !rego_push(p->pool, &s->names, name))
            return false;
        name->name = t->name;
        rego_next(p);
    } while (rego_take_mark(p, ','));
    return true;
}

static bool
every(struct rego_parser *p, struct rego_stmt *s)
{
    s->kind = STMT_EVERY;
    if (!binding(p, s))
        return false;
    if ((s->key != NULL && s->key->kind != NODE_VAR) ||
        s->value->kind != NODE_VAR)
        return rego_syntax(p, "`every` takes names of variables");
    if (!rego_expect(p, '{'))
        return false;
    s->body = rego_stmts(p, '}');
    return s->body != NULL && rego_expect(p, '}');
}

/* `or` joins expressions in a dialect of another engine alone. */
static bool
no_or(struct rego_parser *p)
{
    const struct rego_token *t = rego_here(p) + 1;

    if (!rego_at_name(p, "or") || t->kind == TOKEN_END || t->newline ||
        t->kind == TOKEN_MARK)
        return true;
    return rego_unsupported(p->pool, &rego_here(p)->at, "operator or");
}

static bool
expression(struct rego_parser *p, struct rego_stmt *s)
{
    s->a = rego_expr(p, true);
    if (s->a == NULL)
        return false;
    if (!rego_at_mark(p, MARK_ASSIGN) && !rego_at_mark(p, '='))
        return no_or(p);
    s->kind = rego_at_mark(p, '=') ? STMT_UNIFY : STMT_ASSIGN;
    rego_next(p);
    s->b = rego_expr(p, true);
    return s->b != NULL && no_or(p);
}

static bool
grow_body(struct rego_parser *p, struct rego_body *body,
          const struct rego_stmt *s)
{
    const struct rego_node *term[] = { s->a, s->b, s->key, s->value };

    for (size_t i = 0; i < sizeof(term) / sizeof(term[0]); i++)
        if (term[i] != NULL && !rego_grow(p, &body->height, term[i]->height))
            return false;
    for (size_t i = 0; i < s->with_count; i++)
        if (!rego_grow(p, &body->height, s->with[i].value->height))
            return false;
    return s->body == NULL || rego_grow(p, &body->height, s->body->height);
}

static bool
negation(struct rego_parser *p, struct rego_stmt *s)
{
    struct rego_stmt *inner = rego_alloc(p->pool, 1, sizeof(*inner));

    s->kind = STMT_NOT;
    s->body = rego_alloc(p->pool, 1, sizeof(*s->body));
    if (inner == NULL || s->body == NULL)
        return false;
    inner->at = rego_here(p)->at;
    inner->offset = rego_here(p)->offset;
    if (!expression(p, inner))
        return false;
    inner->len =
        p->token[p->pos - 1].offset + p->token[p->pos - 1].len - inner->offset;
    return rego_push(p->pool, &s->body->stmts, inner) &&
           grow_body(p, s->body, inner);
}

struct rego_stmt *
rego_stmt(struct rego_parser *p)
{
    struct rego_stmt *s = rego_alloc(p->pool, 1, sizeof(*s));
    bool ok;

    if (s == NULL || !no_or(p))
        return NULL;
    if (p->depth >= GA_POLICY_NESTING_MAX) {
        rego_fail_in(p->pool, &rego_here(p)->at, GA_E_TOO_LARGE,
                     "nests deeper than %d", GA_POLICY_NESTING_MAX);
        return NULL;
    }
    s->at = rego_here(p)->at;
    s->offset = rego_here(p)->offset;
    p->depth++;
    if (rego_take_name(p, "some"))
        ok = some(p, s);
    else if (p->has_every && rego_take_name(p, "every"))
        ok = every(p, s);
    else if (rego_take_name(p, "not"))
        ok = negation(p, s);
    else
        ok = expression(p, s);
    p->depth--;
    if (!ok || !withs(p, s))
        return NULL;
    s->len = p->token[p->pos - 1].offset + p->token[p->pos - 1].len - s->offset;
    return s;
}

struct rego_body *
rego_stmts(struct rego_parser *p, unsigned close)
{
    struct rego_body *body = rego_alloc(p->pool, 1, sizeof(*body));

    if (body == NULL)
        return NULL;
    while (rego_take_mark(p, ';'))
        continue;
    for (;;) {
        struct rego_stmt *s = rego_stmt(p);
        bool apart = false;

        if (s == NULL || !rego_push(p->pool, &body->stmts, s) ||
            !grow_body(p, body, s))
            return NULL;
        while (rego_take_mark(p, ';'))
            apart = true;
        if (close == 0 ? rego_here(p)->kind == TOKEN_END
                       : rego_at_mark(p, close))
            return body;
        if (!apart && !rego_here(p)->newline) {
            rego_syntax(p, "expected a new line or `;`");
            return NULL;
        }
    }
}
