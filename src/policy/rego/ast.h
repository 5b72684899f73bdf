/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_AST_H
#define GA_POLICY_REGO_AST_H

#include "policy/rego/lexer.h"

struct rego_doc;
struct rego_builtin;
struct rego_body;

enum rego_node_kind {
    NODE_VALUE,
    NODE_VAR, /* name, until it is resolved to a slot; "_" is a wildcard */
    NODE_REF, /* item[0] is what it goes into, the others the path */
    NODE_ARRAY,
    NODE_SET,
    NODE_OBJECT,   /* keys and values in turn */
    NODE_ARRAY_OF, /* comprehensions: item is the head, body the rest */
    NODE_SET_OF,
    NODE_OBJECT_OF,
    NODE_CALL,  /* name, item: arguments; operators are calls of a builtin */
    NODE_INPUT, /* the roots; only as item[0] of a reference */
    NODE_DATA
};

struct rego_node {
    enum rego_node_kind kind;
    struct rego_at at;
    unsigned height; /* of what is below it, bodies too */
    struct rego_node **item;
    size_t n;
    const char *name;
    const struct rego_value *value;
    struct rego_body *body;
    struct rego_node *callee; /* of a call by name: a variable or reference */

    /* Filled in by the compiler. */
    unsigned slot;
    bool wildcard;
    bool bind; /* of a variable in a pattern: first use, takes the value */
    const struct rego_builtin *builtin;
    struct rego_doc *doc; /* of a call: the function; of a reference into data:
                             where its constant beginning leads */
    size_t skip;          /* items that `doc` stands for */
};

enum rego_stmt_kind {
    STMT_TEST,    /* a */
    STMT_ASSIGN,  /* a := b */
    STMT_UNIFY,   /* a = b */
    STMT_SOME,    /* names */
    STMT_SOME_IN, /* some key, value in b */
    STMT_EVERY,   /* every key, value in b { body } */
    STMT_NOT      /* not body, of one statement */
};

struct rego_with {
    struct rego_node *target, *value;
};

struct rego_stmt {
    enum rego_stmt_kind kind;
    struct rego_at at;
    size_t offset, len; /* its text, in the module */
    struct rego_node *a, *b, *key, *value;
    struct rego_list names; /* struct rego_node: NODE_VAR */
    struct rego_body *body;
    struct rego_with *with;
    size_t with_count;
};

/* What the compiler makes of statements. */
struct rego_step;
struct rego_steps {
    struct rego_step *item;
    size_t n;
};

struct rego_body {
    struct rego_list stmts; /* struct rego_stmt */
    unsigned height;
    struct rego_steps steps; /* filled in by the compiler */
};

/* One definition of a rule, with its else branches. */
struct rego_rule {
    struct rego_at at;
    const struct rego_module *module;
    const char *text;       /* its name as written, for messages */
    struct rego_list path;  /* struct rego_node: name and keys */
    struct rego_node **key; /* keys behind the constant ones */
    size_t key_count;
    struct rego_node *member; /* of `contains` */
    struct rego_node *value;
    struct rego_node **arg;
    size_t arg_count;
    bool is_function, is_default;
    struct rego_body *body;
    struct rego_rule *otherwise;
    /* Filled in by the compiler. */
    struct rego_steps match;  /* arguments */
    struct rego_steps head;   /* what its terms need, behind the body */
    struct rego_node **param; /* patterns of the arguments */
    unsigned slots;
    bool fixed; /* the value is a constant */
};

struct rego_import {
    struct rego_at at;
    const char *name;
    struct rego_node *ref;
};

struct rego_module {
    const char *file;
    const char *text; /* owned by the pool */
    size_t len;
    bool v1;
    struct rego_list relaxes; /* char */
    struct rego_list package; /* char: names */
    struct rego_list imports; /* struct rego_import */
    struct rego_list rules;   /* struct rego_rule */
};

/* rego_parse reads one module; `rego_parse_query` a body that stands alone. */
bool rego_parse(struct rego_pool *pool, const char *file, struct ga_bytes in,
                struct rego_module *out);
bool rego_parse_query(struct rego_pool *pool, struct ga_bytes in,
                      struct rego_module *module, struct rego_body **out);

#endif
