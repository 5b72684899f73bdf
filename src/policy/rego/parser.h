/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_PARSER_H
#define GA_POLICY_REGO_PARSER_H

#include "policy/rego/ast.h"

/*
 * The parser's two halves: parser.c reads modules and rules, terms.c what
 * stands in them.  All of terms.c is recursive descent; `depth` ends it at
 * GA_POLICY_NESTING_MAX, and every token taken is a step of the pool, so that
 * trying a bracket in two ways cannot cost more than the bound.
 */
struct rego_parser {
    struct rego_pool *pool;
    const struct rego_token *token;
    size_t pos, furthest;
    unsigned depth;
    bool v1;
    bool has_if, has_contains, has_in, has_every; /* keywords, here */
};

/* rego_grow makes `height` more than `below`, and fails where that is more than
 * GA_POLICY_NESTING_MAX: chains of operators make deep trees, too, and whatever
 * walks a tree recurses. */
bool rego_grow(struct rego_parser *p, unsigned *height, unsigned below);

/* Tokens. */
const struct rego_token *rego_here(const struct rego_parser *p);
void rego_next(struct rego_parser *p);
bool rego_at_mark(const struct rego_parser *p, unsigned mark);
bool rego_at_name(const struct rego_parser *p, const char *name);
bool rego_take_mark(struct rego_parser *p, unsigned mark);
bool rego_take_name(struct rego_parser *p, const char *name);
/* rego_expect takes the mark, or fails: "expected `}`". */
bool rego_expect(struct rego_parser *p, unsigned mark);
bool rego_syntax(struct rego_parser *p, const char *fmt, ...) GA_PRINTF(2, 3);
bool rego_is_keyword(const struct rego_parser *p, const char *name);

/* A place to go back to after a syntax error; other failures stay. */
bool rego_retreat(struct rego_parser *p, size_t pos);

struct rego_node *rego_node(struct rego_parser *p, enum rego_node_kind kind,
                            const struct rego_at *at);
struct rego_node *rego_value_node(struct rego_parser *p,
                                  const struct rego_at *at,
                                  const struct rego_value *v);
bool rego_set_items(struct rego_parser *p, struct rego_node *node,
                    const struct rego_list *list);

/* rego_expr reads an expression; `a, b in c` too where `pairs`. */
struct rego_node *rego_expr(struct rego_parser *p, bool pairs);
/* rego_relation is the same without `in`. */
struct rego_node *rego_relation(struct rego_parser *p);
struct rego_node *rego_postfix(struct rego_parser *p, struct rego_node *base,
                               bool calls);
/* statements.c: rego_stmts reads statements up to `close` (0: the end), which stays. */
struct rego_body *rego_stmts(struct rego_parser *p, unsigned close);
struct rego_stmt *rego_stmt(struct rego_parser *p);

/* rego_operator makes the call of a builtin that an operator stands for. */
struct rego_node *rego_operator(struct rego_parser *p, const struct rego_at *at,
                                const char *name, struct rego_node *a,
                                struct rego_node *b, struct rego_node *c);

/* brackets.c: `[`, `{` and what is in them. */
struct rego_node *rego_array_term(struct rego_parser *p);
struct rego_node *rego_brace_term(struct rego_parser *p);
struct rego_node *rego_term(struct rego_parser *p);
/* These go on from a first term that was read already. */
struct rego_node *rego_expr_from(struct rego_parser *p,
                                 struct rego_node *first);
struct rego_node *rego_arith_from(struct rego_parser *p,
                                  struct rego_node *first);

/* rules.c: everything behind the imports. */
bool rego_parse_rules(struct rego_parser *p, struct rego_module *m);

#endif
