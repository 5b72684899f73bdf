/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: heads, bodies, else.  Source: rego-policy-language */
#include <string.h>

#include "base/limits.h"
#include "policy/rego/parser.h"

static struct rego_node *
truth(struct rego_parser *p, const struct rego_at *at)
{
    return rego_value_node(p, at, rego_boolean(true));
}

/* The name and what is glued to it: p, p.q, p["q"], p[x]. */
static bool
head_path(struct rego_parser *p, struct rego_rule *r)
{
    const struct rego_token *t = rego_here(p);
    struct rego_node *name;

    if (t->kind != TOKEN_NAME || rego_is_keyword(p, t->name))
        return rego_syntax(p, t->kind == TOKEN_NAME
                                  ? "keyword where a rule must stand"
                                  : "expected a rule");
    if (strcmp(t->name, "data") == 0 || strcmp(t->name, "input") == 0)
        return rego_syntax(p, "%s cannot be the name of a rule", t->name);
    if (strcmp(t->name, "__target__") == 0)
        return rego_unsupported(p->pool, &t->at, "__target__");
    rego_next(p);
    r->text = t->name;
    name = rego_node(p, NODE_VAR, &t->at);
    if (name == NULL)
        return false;
    name->name = t->name;
    name = rego_postfix(p, name, false);
    if (name == NULL)
        return false;
    if (name->kind == NODE_VAR)
        return rego_push(
            p->pool, &r->path,
            rego_value_node(p, &t->at, rego_string_of(p->pool, t->name)));
    name->item[0] =
        rego_value_node(p, &t->at, rego_string_of(p->pool, t->name));
    for (size_t i = 0; i < name->n; i++)
        if (!rego_push(p->pool, &r->path, name->item[i]))
            return false;
    return !rego_failed(p->pool);
}

static bool
head_args(struct rego_parser *p, struct rego_rule *r)
{
    struct rego_list args = { 0 };

    if (!rego_here(p)->glued || !rego_take_mark(p, '('))
        return !rego_failed(p->pool);
    r->is_function = !rego_at_mark(p, ')');
    while (!rego_at_mark(p, ')')) {
        struct rego_node *arg = rego_term(p);

        if (arg == NULL || !rego_push(p->pool, &args, arg))
            return false;
        if (!rego_take_mark(p, ','))
            break;
    }
    r->arg = rego_alloc(p->pool, args.n + 1, sizeof(*r->arg));
    if (r->arg == NULL)
        return false;
    for (size_t i = 0; i < args.n; i++)
        r->arg[i] = args.item[i];
    r->arg_count = args.n;
    return rego_expect(p, ')');
}

static bool
braces(struct rego_parser *p, struct rego_rule *r)
{
    if (!rego_expect(p, '{'))
        return false;
    r->body = rego_stmts(p, '}');
    return r->body != NULL && rego_expect(p, '}');
}

/* Behind `if`: braces, or one statement, which may begin with a brace. */
static bool
after_if(struct rego_parser *p, struct rego_rule *r)
{
    size_t pos = p->pos;
    unsigned depth = p->depth;
    struct rego_stmt *s;

    if (rego_at_mark(p, '{')) {
        struct ga_error error;

        if (rego_here(p)[1].kind == TOKEN_MARK && rego_here(p)[1].mark == '}')
            return rego_syntax(p, "a body without statements");

        if (braces(p, r))
            return true;
        error = p->pool->error;
        if (!rego_retreat(p, pos))
            return false;
        p->depth = depth;
        s = rego_stmt(p);
        if (s == NULL && p->pool->error.code == GA_E_SYNTAX)
            p->pool->error = error;
    } else {
        s = rego_stmt(p);
    }
    r->body = rego_alloc(p->pool, 1, sizeof(*r->body));
    return s != NULL && r->body != NULL &&
           rego_push(p->pool, &r->body->stmts, s);
}

/* An optional body; `found` says whether there was one, or an `if`. */
static bool
head_body(struct rego_parser *p, struct rego_rule *r, bool *found)
{
    *found = true;
    if (p->has_if && rego_take_name(p, "if"))
        return after_if(p, r);
    *found = rego_at_mark(p, '{');
    if (!*found)
        return !rego_failed(p->pool);
    if (p->v1)
        return rego_syntax(p, "expected `if` before the body of a rule");
    return braces(p, r);
}

static bool
else_branches(struct rego_parser *p, struct rego_rule *r)
{
    struct rego_rule *last = r;

    while (rego_at_name(p, "else")) {
        struct rego_rule *branch = rego_alloc(p->pool, 1, sizeof(*branch));
        bool found, valued;

        if (branch == NULL)
            return false;
        branch->at = rego_here(p)->at;
        branch->module = r->module;
        branch->text = r->text;
        rego_next(p);
        valued = rego_take_mark(p, MARK_ASSIGN) || rego_take_mark(p, '=');
        branch->value = valued ? rego_expr(p, false) : truth(p, &branch->at);
        if (branch->value == NULL || !head_body(p, branch, &found))
            return false;
        if (!found && !valued)
            return rego_syntax(p, "`else` without value and body");
        last->otherwise = branch;
        last = branch;
    }
    return !rego_failed(p->pool);
}

/* What a head without a value means.  In v0 `p[x] { ... }` and `p.x { ... }`
 * are sets; behind `if`, and with longer paths, the value is true. */
static bool
without_value(struct rego_parser *p, struct rego_rule *r, bool body, bool if_)
{
    if (!r->is_function && !if_ && r->path.n == 2) {
        if (p->v1)
            return rego_fail_in(p->pool, &r->at, GA_E_SYNTAX,
                                "a set is made with `contains`, and other "
                                "rules need `if` or a value");
        r->member = r->path.item[1];
        r->path.n = 1;
        return true;
    }
    if (!body)
        return rego_fail_in(p->pool, &r->at, GA_E_SYNTAX,
                            "a rule needs a value or a body");
    r->value = truth(p, &r->at);
    return r->value != NULL;
}

static bool
head_value(struct rego_parser *p, struct rego_rule *r)
{
    if (p->has_contains && rego_take_name(p, "contains")) {
        r->member = rego_expr(p, false);
        return r->member != NULL;
    }
    if (rego_take_mark(p, MARK_ASSIGN) || rego_take_mark(p, '=')) {
        r->value = rego_expr(p, false);
        return r->value != NULL;
    }
    return !rego_failed(p->pool);
}

/* v0: more bodies behind the first stand for more rules of that head. */
static bool
more_bodies(struct rego_parser *p, struct rego_module *m,
            const struct rego_rule *first)
{
    while (!p->v1 && rego_at_mark(p, '{')) {
        struct rego_rule *r = rego_alloc(p->pool, 1, sizeof(*r));

        if (r == NULL)
            return false;
        *r = *first;
        r->otherwise = NULL;
        if (!braces(p, r) || !rego_push(p->pool, &m->rules, r))
            return false;
    }
    return !rego_failed(p->pool);
}

static bool
default_rule(struct rego_parser *p, struct rego_module *m, struct rego_rule *r)
{
    r->is_default = true;
    if (!head_path(p, r) || !head_args(p, r))
        return false;
    if (!rego_take_mark(p, MARK_ASSIGN) && !rego_take_mark(p, '='))
        return rego_syntax(p, "expected a value of the default");
    r->value = rego_expr(p, false);
    return r->value != NULL && rego_push(p->pool, &m->rules, r);
}

static bool
rule(struct rego_parser *p, struct rego_module *m)
{
    struct rego_rule *r = rego_alloc(p->pool, 1, sizeof(*r));
    bool if_, body;

    if (r == NULL)
        return false;
    r->at = rego_here(p)->at;
    if (rego_take_name(p, "default"))
        return default_rule(p, m, r);
    if (!head_path(p, r) || !head_args(p, r) || !head_value(p, r))
        return false;
    if_ = p->has_if && rego_at_name(p, "if");
    if (!head_body(p, r, &body))
        return false;
    if (r->value == NULL && r->member == NULL &&
        !without_value(p, r, body, if_))
        return false;
    if (rego_at_name(p, "else") && r->member != NULL)
        return rego_syntax(p, "a set has no `else`");
    return else_branches(p, r) && rego_push(p->pool, &m->rules, r) &&
           (!body || more_bodies(p, m, r));
}

bool
rego_parse_rules(struct rego_parser *p, struct rego_module *m)
{
    while (rego_here(p)->kind != TOKEN_END) {
        if (!rule(p, m))
            return false;
        if (!rego_here(p)->newline && rego_here(p)->kind != TOKEN_END &&
            !rego_at_mark(p, ';')) {
            if (rego_at_name(p, "or"))
                return rego_unsupported(p->pool, &rego_here(p)->at,
                                        "operator or");
            return rego_syntax(p, "expected a new line between rules");
        }
        while (rego_take_mark(p, ';'))
            continue;
    }
    return !rego_failed(p->pool);
}
