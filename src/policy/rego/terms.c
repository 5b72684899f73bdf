/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions and statements.  Source: rego-policy-language */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/builtins.h"
#include "policy/rego/parser.h"

const struct rego_token *
rego_here(const struct rego_parser *p)
{
    return &p->token[p->pos];
}

void
rego_next(struct rego_parser *p)
{
    rego_charge(p->pool, 1);
    if (p->token[p->pos].kind != TOKEN_END)
        p->pos++;
    if (p->pos > p->furthest)
        p->furthest = p->pos;
}

bool
rego_at_mark(const struct rego_parser *p, unsigned mark)
{
    const struct rego_token *t = rego_here(p);

    return t->kind == TOKEN_MARK && t->mark == mark && !rego_failed(p->pool);
}

bool
rego_at_name(const struct rego_parser *p, const char *name)
{
    const struct rego_token *t = rego_here(p);

    return t->kind == TOKEN_NAME && strcmp(t->name, name) == 0 &&
           !rego_failed(p->pool);
}

bool
rego_take_mark(struct rego_parser *p, unsigned mark)
{
    if (!rego_at_mark(p, mark))
        return false;
    rego_next(p);
    return true;
}

bool
rego_take_name(struct rego_parser *p, const char *name)
{
    if (!rego_at_name(p, name))
        return false;
    rego_next(p);
    return true;
}

bool
rego_syntax(struct rego_parser *p, const char *fmt, ...)
{
    char text[GA_ERROR_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return rego_fail_in(p->pool, &rego_here(p)->at, GA_E_SYNTAX, "%s", text);
}

bool
rego_expect(struct rego_parser *p, unsigned mark)
{
    if (rego_take_mark(p, mark))
        return true;
    if (rego_at_name(p, "or"))
        return rego_unsupported(p->pool, &rego_here(p)->at, "operator or");
    return rego_syntax(p, "expected `%c`", (int)mark);
}

bool
rego_is_keyword(const struct rego_parser *p, const char *name)
{
    static const char *const always[] = { "as",    "default", "else",
                                          "false", "import",  "not",
                                          "null",  "package", "some",
                                          "true",  "with" };

    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        if (strcmp(name, always[i]) == 0)
            return true;
    return (p->has_if && strcmp(name, "if") == 0) ||
           (p->has_contains && strcmp(name, "contains") == 0) ||
           (p->has_in && strcmp(name, "in") == 0) ||
           (p->has_every && strcmp(name, "every") == 0);
}

bool
rego_retreat(struct rego_parser *p, size_t pos)
{
    if (p->pool->error.code != GA_E_SYNTAX)
        return false;
    p->pool->error.code = GA_OK;
    p->pos = pos;
    return true;
}

struct rego_node *
rego_node(struct rego_parser *p, enum rego_node_kind kind,
          const struct rego_at *at)
{
    struct rego_node *node = rego_alloc(p->pool, 1, sizeof(*node));

    if (node != NULL) {
        node->kind = kind;
        node->at = *at;
    }
    return node;
}

struct rego_node *
rego_value_node(struct rego_parser *p, const struct rego_at *at,
                const struct rego_value *v)
{
    struct rego_node *node = rego_node(p, NODE_VALUE, at);

    if (node == NULL || v == NULL)
        return NULL;
    node->value = v;
    return node;
}

bool
rego_grow(struct rego_parser *p, unsigned *height, unsigned below)
{
    if (below >= GA_POLICY_NESTING_MAX)
        return rego_fail_in(p->pool, &rego_here(p)->at, GA_E_TOO_LARGE,
                            "nests deeper than %d", GA_POLICY_NESTING_MAX);
    if (*height <= below)
        *height = below + 1;
    return true;
}

bool
rego_set_items(struct rego_parser *p, struct rego_node *node,
               const struct rego_list *list)
{
    if (node == NULL)
        return false;
    node->item = rego_alloc(p->pool, list->n + 1, sizeof(*node->item));
    if (node->item == NULL)
        return false;
    for (size_t i = 0; i < list->n; i++) {
        node->item[i] = list->item[i];
        if (!rego_grow(p, &node->height, node->item[i]->height))
            return false;
    }
    node->n = list->n;
    return true;
}

struct rego_node *
rego_operator(struct rego_parser *p, const struct rego_at *at, const char *name,
              struct rego_node *a, struct rego_node *b, struct rego_node *c)
{
    struct rego_node *node = rego_node(p, NODE_CALL, at);
    struct rego_list args = { 0 };

    if (a == NULL || b == NULL || !rego_push(p->pool, &args, a) ||
        !rego_push(p->pool, &args, b) ||
        (c != NULL && !rego_push(p->pool, &args, c)) ||
        !rego_set_items(p, node, &args))
        return NULL;
    node->builtin = rego_builtin_operator(name);
    node->name = name;
    return node;
}

/* Arguments up to the closing bracket. */
static bool
arguments(struct rego_parser *p, struct rego_list *args)
{
    if (rego_take_mark(p, ')'))
        return true;
    do {
        struct rego_node *arg = rego_expr(p, false);

        if (arg == NULL || !rego_push(p->pool, args, arg))
            return false;
    } while (rego_take_mark(p, ',') && !rego_at_mark(p, ')'));
    return rego_expect(p, ')');
}

/* Only names joined by dots, or strings in brackets, can be called. */
static bool
callable(const struct rego_node *base)
{
    if (base->kind == NODE_VAR)
        return true;
    if (base->kind != NODE_REF || base->item[0]->kind != NODE_VAR)
        return false;
    for (size_t i = 1; i < base->n; i++)
        if (base->item[i]->kind != NODE_VALUE ||
            base->item[i]->value->kind != REGO_STRING)
            return false;
    return true;
}

static struct rego_node *
call(struct rego_parser *p, struct rego_node *base)
{
    struct rego_node *node = rego_node(p, NODE_CALL, &base->at);
    struct rego_list args = { 0 };

    rego_next(p);
    if (!callable(base)) {
        rego_syntax(p, "only a name can be called");
        return NULL;
    }
    if (!arguments(p, &args) || !rego_set_items(p, node, &args))
        return NULL;
    node->callee = base;
    return node;
}

static struct rego_node *
path_item(struct rego_parser *p)
{
    const struct rego_token *t;
    struct rego_node *item;

    if (rego_take_mark(p, '[')) {
        item = rego_expr(p, false);
        return item != NULL && rego_expect(p, ']') ? item : NULL;
    }
    rego_next(p);
    t = rego_here(p);
    if (t->kind != TOKEN_NAME) {
        rego_syntax(p, "expected a name behind the dot");
        return NULL;
    }
    rego_next(p);
    return rego_value_node(p, &t->at, rego_string_of(p->pool, t->name));
}

struct rego_node *
rego_postfix(struct rego_parser *p, struct rego_node *base, bool calls)
{
    while (base != NULL && rego_here(p)->glued &&
           (rego_at_mark(p, '.') || rego_at_mark(p, '[') ||
            (calls && rego_at_mark(p, '(')))) {
        struct rego_list items = { 0 };
        struct rego_node *node;

        if (rego_at_mark(p, '(')) {
            base = call(p, base);
            continue;
        }
        if (base->kind == NODE_REF)
            for (size_t i = 0; i < base->n; i++)
                rego_push(p->pool, &items, base->item[i]);
        else
            rego_push(p->pool, &items, base);
        node = path_item(p);
        if (node == NULL || !rego_push(p->pool, &items, node))
            return NULL;
        node = rego_node(p, NODE_REF, &base->at);
        if (!rego_set_items(p, node, &items))
            return NULL;
        base = node;
    }
    return rego_failed(p->pool) ? NULL : base;
}

static struct rego_node *
name_term(struct rego_parser *p)
{
    const struct rego_token *t = rego_here(p);
    const struct rego_value *v = NULL;
    struct rego_node *node;

    /* A builtin has the name of a keyword: `contains(a, b)`. */
    bool called = t[1].kind == TOKEN_MARK && t[1].mark == '(' && t[1].glued;

    if (strcmp(t->name, "true") == 0 || strcmp(t->name, "false") == 0)
        v = rego_boolean(t->name[0] == 't');
    else if (strcmp(t->name, "null") == 0)
        v = rego_null();
    else if (rego_is_keyword(p, t->name) &&
             !(called && strcmp(t->name, "contains") == 0)) {
        rego_syntax(p, "keyword `%s` where a term must stand", t->name);
        return NULL;
    }
    rego_next(p);
    if (v != NULL)
        return rego_value_node(p, &t->at, v);
    if (called && strcmp(t->name, "set") == 0 && t[2].kind == TOKEN_MARK &&
        t[2].mark == ')') {
        struct rego_values none = { 0 };

        rego_next(p);
        rego_next(p);
        return rego_value_node(p, &t->at, rego_set(p->pool, &none));
    }
    node = rego_node(p, NODE_VAR, &t->at);
    if (node != NULL)
        node->name = t->name;
    return node;
}

static struct rego_node *
negative(struct rego_parser *p)
{
    const struct rego_token *minus = rego_here(p), *t = minus + 1;
    const struct rego_value *v;

    if (t->kind != TOKEN_VALUE || t->value->kind != REGO_NUMBER || !t->glued) {
        rego_unsupported(p->pool, &minus->at,
                         "minus sign before something that is no number");
        return NULL;
    }
    rego_next(p);
    rego_next(p);
    v = t->value->truth ? rego_integer(p->pool, -t->value->as.i)
                        : rego_real(p->pool, -t->value->as.d);
    return rego_value_node(p, &minus->at, v);
}

static struct rego_node *
primary(struct rego_parser *p)
{
    const struct rego_token *t = rego_here(p);
    struct rego_node *node;

    if (t->kind == TOKEN_NAME)
        return name_term(p);
    if (t->kind == TOKEN_VALUE) {
        rego_next(p);
        return rego_value_node(p, &t->at, t->value);
    }
    if (rego_at_mark(p, '['))
        return rego_array_term(p);
    if (rego_at_mark(p, '{'))
        return rego_brace_term(p);
    if (rego_at_mark(p, '-'))
        return negative(p);
    if (rego_take_mark(p, '(')) {
        node = rego_expr(p, true);
        return node != NULL && rego_expect(p, ')') ? node : NULL;
    }
    rego_syntax(p, "expected a term");
    return NULL;
}

struct rego_node *
rego_term(struct rego_parser *p)
{
    struct rego_node *node;

    if (p->depth >= GA_POLICY_NESTING_MAX) {
        rego_fail_in(p->pool, &rego_here(p)->at, GA_E_TOO_LARGE,
                     "nests deeper than %d", GA_POLICY_NESTING_MAX);
        return NULL;
    }
    p->depth++;
    node = rego_postfix(p, primary(p), true);
    p->depth--;
    return node;
}

/* Operators from the loosest to the tightest.  Source: rego-policy-language,
 * and the order of the reference parser's functions. */
#define LEVELS 5
static const struct {
    unsigned level, mark;
    const char *name;
} operators[] = {
    { 0, MARK_EQ, "equal" }, { 0, MARK_NE, "neq" }, { 0, '<', "lt" },
    { 0, '>', "gt" },        { 0, MARK_LE, "lte" }, { 0, MARK_GE, "gte" },
    { 1, '|', "or" },        { 2, '&', "and" },     { 3, '+', "plus" },
    { 3, '-', "minus" },     { 4, '*', "mul" },     { 4, '/', "div" },
    { 4, '%', "rem" },
};

static const char *
operator_here(const struct rego_parser *p, unsigned level)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (operators[i].level == level && rego_at_mark(p, operators[i].mark))
            return operators[i].name;
    return NULL;
}

/* `first` is the first term where it was read already, or NULL. */
static struct rego_node *
infix(struct rego_parser *p, unsigned level, struct rego_node *first)
{
    struct rego_node *a;

    if (level == LEVELS)
        return first != NULL ? first : rego_term(p);
    a = infix(p, level + 1, first);
    while (a != NULL) {
        struct rego_at at = rego_here(p)->at;
        const char *name = operator_here(p, level);

        if (name == NULL)
            break;
        rego_next(p);
        a = rego_operator(p, &at, name, a, infix(p, level + 1, NULL), NULL);
    }
    return rego_failed(p->pool) ? NULL : a;
}

struct rego_node *
rego_relation(struct rego_parser *p)
{
    return infix(p, 0, NULL);
}

struct rego_node *
rego_arith_from(struct rego_parser *p, struct rego_node *first)
{
    return infix(p, 2, first);
}

/* `a, b in c`; NULL without failure where no such thing stands here. */
static struct rego_node *
pair_in(struct rego_parser *p, struct rego_node *a)
{
    size_t pos = p->pos;
    struct rego_at at = rego_here(p)->at;
    struct rego_node *b;

    rego_next(p);
    b = infix(p, 0, NULL);
    if (b == NULL) {
        rego_retreat(p, pos);
        return NULL;
    }
    if (!p->has_in || !rego_take_name(p, "in")) {
        p->pos = pos;
        return NULL;
    }
    return rego_operator(p, &at, "in_pair", a, b, infix(p, 0, NULL));
}

static struct rego_node *
expr(struct rego_parser *p, struct rego_node *first, bool pairs)
{
    struct rego_node *a = infix(p, 0, first);

    if (a != NULL && pairs && rego_at_mark(p, ',')) {
        struct rego_node *both = pair_in(p, a);

        if (both != NULL || rego_failed(p->pool))
            a = both;
    }
    while (a != NULL && p->has_in && rego_at_name(p, "in")) {
        struct rego_at at = rego_here(p)->at;

        rego_next(p);
        a = rego_operator(p, &at, "in", a, infix(p, 0, NULL), NULL);
    }
    return rego_failed(p->pool) ? NULL : a;
}

struct rego_node *
rego_expr(struct rego_parser *p, bool pairs)
{
    return expr(p, NULL, pairs);
}

struct rego_node *
rego_expr_from(struct rego_parser *p, struct rego_node *first)
{
    return expr(p, first, false);
}
