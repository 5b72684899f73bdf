/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_COMPILE_H
#define GA_POLICY_REGO_COMPILE_H

#include "policy/rego/ast.h"

/*
 * Loading turns text into steps in three passes: rules are put into a tree
 * (tree.c), names are resolved to variables, rules and functions (resolve.c),
 * and statements are put into an order in which every variable has a value
 * before it is needed (order.c).  A step either does one thing or goes through
 * the elements of something; in a step, each variable is known to be set by it
 * or to be set already.
 */
enum rego_step_kind {
    STEP_TEST,  /* a is defined and not false */
    STEP_MATCH, /* pattern a takes the value of b */
    STEP_WALK,  /* slot takes, in turn, what reference b can lead to */
    STEP_EACH,  /* patterns key and a take, in turn, the elements of b */
    STEP_EVERY, /* the same, and the steps below hold for all of them */
    STEP_NOT,   /* the steps below do not hold */
    STEP_WITH   /* the steps below under other documents */
};

struct rego_step {
    enum rego_step_kind kind;
    const struct rego_stmt *stmt; /* what it comes from, or NULL */
    struct rego_node *a, *b, *key;
    unsigned slot;
    struct rego_steps below;
    const struct rego_with *with;
    size_t with_count;
};

/*
 * The documents below `data` that rules make: packages, rules, and keys that
 * stand as constants in heads.
 */
struct rego_doc {
    unsigned id;
    const struct rego_value *key;
    const char *path;          /* "data.policy.nv_match", for messages */
    struct rego_list children; /* struct rego_doc */
    struct rego_list rules;    /* struct rego_rule, defaults left out */
    struct rego_rule *fallback;
    bool by_rule; /* below a package: a name of the package's rules */
    bool is_function;
    size_t arity;
    struct rego_list uses; /* struct rego_doc, for the search of recursion */
};

struct rego_policy {
    struct rego_pool pool;
    struct rego_list modules; /* struct rego_module */
    struct rego_doc *root;
    struct rego_list docs;     /* struct rego_doc, by id */
    struct rego_list warnings; /* char: one line each */
};

/* tree.c */
bool rego_tree_build(struct rego_policy *policy);
struct rego_doc *rego_doc_child(const struct rego_doc *doc,
                                const struct rego_value *key);
struct rego_doc *rego_doc_named(const struct rego_doc *doc, const char *name);
struct rego_doc *rego_doc_of_package(const struct rego_policy *policy,
                                     const struct rego_module *module);
/* rego_doc_is_rule says whether something is defined at `doc` itself. */
bool rego_doc_is_rule(const struct rego_doc *doc);
/* rego_tree_check fails where a rule uses itself. */
bool rego_tree_check(struct rego_policy *policy);

/* A name in a scope. */
struct rego_var {
    const char *name;
    unsigned slot;
    bool declared; /* by `:=`, `some`, or as an argument */
    bool pending;  /* to be declared further down in this body */
};

struct rego_scope {
    struct rego_scope *parent;
    unsigned level;
    struct rego_list vars; /* struct rego_var */
};

/* The compilation of one rule, or of a query. */
struct rego_compiler {
    struct rego_policy *policy;
    struct rego_pool *pool;
    const struct rego_module *module;
    struct rego_doc *package; /* NULL in a query */
    struct rego_doc *doc;     /* whose rule it is, or NULL */
    struct rego_scope *scope;
    unsigned slots;
    unsigned *level; /* of the scope of each slot */
    bool *bound;
    unsigned *trail; /* slots in the order in which they were bound */
    unsigned trail_count;
    const char **name; /* of each slot, for messages */
};

/* resolve.c */
bool rego_compiler_init(struct rego_compiler *c, struct rego_policy *policy,
                        struct rego_pool *pool,
                        const struct rego_module *module);
bool rego_new_slot(struct rego_compiler *c, const char *name, unsigned *out);
struct rego_scope *rego_new_scope(struct rego_compiler *c,
                                  struct rego_scope *parent);
struct rego_var *rego_declare(struct rego_compiler *c, const struct rego_at *at,
                              const char *name);
/* rego_resolve_body resolves a body, and the `n` terms that are seen together
 * with it, in the current scope. */
bool rego_resolve_body(struct rego_compiler *c, struct rego_body *body,
                       struct rego_node **head, size_t n);
bool rego_resolve_node(struct rego_compiler *c, struct rego_node **node);
/* rego_resolve_args declares the variables of a function's arguments. */
bool rego_resolve_args(struct rego_compiler *c, struct rego_node **arg,
                       size_t n);
/* rego_resolve_call finds the function of a call. */
bool rego_resolve_call(struct rego_compiler *c, struct rego_node *node);
/* rego_global finds what a name means outside of scopes: the path of a rule
 * or an import, or NULL. */
struct rego_node *rego_global(struct rego_compiler *c,
                              const struct rego_node *var);

/* flatten.c */
enum rego_ready {
    REGO_READY,
    REGO_NOT_READY, /* a variable has no value yet */
    REGO_BROKEN     /* the pool says why */
};

/* Where steps go, and what they come from. */
struct rego_emit {
    struct rego_list *steps; /* struct rego_step */
    const struct rego_stmt *stmt;
    struct rego_list later; /* terms in patterns, compared behind the match */
};

/* rego_flatten makes a term of which all variables have values; what goes
 * through elements becomes steps before it. */
enum rego_ready rego_flatten(struct rego_compiler *c, struct rego_emit *e,
                             struct rego_node *in, struct rego_node **out);
/* rego_pattern makes a pattern and gives its variables values. */
enum rego_ready rego_pattern(struct rego_compiler *c, struct rego_emit *e,
                             struct rego_node *in, struct rego_node **out);
/* rego_pattern_end emits what the patterns left over; call it behind the step
 * that matches. */
enum rego_ready rego_pattern_end(struct rego_compiler *c, struct rego_emit *e);
struct rego_step *rego_emit_step(struct rego_compiler *c, struct rego_emit *e,
                                 enum rego_step_kind kind);
/* rego_undo takes back what a vain attempt bound and emitted. */
void rego_undo(struct rego_compiler *c, struct rego_emit *e, unsigned mark,
               size_t steps);
void rego_bind(struct rego_compiler *c, unsigned slot);
/* rego_unbound returns the first variable without a value that a node, or a
 * statement, takes from scopes up to `level`; NULL: none. */
const struct rego_node *rego_unbound(const struct rego_compiler *c,
                                     const struct rego_node *node,
                                     unsigned level);
const struct rego_node *rego_unbound_stmt(const struct rego_compiler *c,
                                          const struct rego_stmt *s,
                                          unsigned level);
const struct rego_node *rego_unbound_body(const struct rego_compiler *c,
                                          const struct rego_body *body,
                                          unsigned level);

/* order.c; terms of a head are compiled behind the body and replaced. */
bool rego_order_body(struct rego_compiler *c, const struct rego_body *body,
                     struct rego_list *steps);
bool rego_order_head(struct rego_compiler *c, struct rego_node **term,
                     struct rego_list *steps);
bool rego_steps_take(struct rego_pool *pool, const struct rego_list *list,
                     struct rego_steps *out);

#endif
