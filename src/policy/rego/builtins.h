/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_BUILTINS_H
#define GA_POLICY_REGO_BUILTINS_H

#include "policy/rego/ast.h"

/* One call of a builtin function. */
struct rego_call {
    struct rego_pool *pool;
    const char *name;
    const struct rego_value **arg;
    size_t n;
    int64_t now_ns; /* the time of the verification */
};

/*
 * A builtin returns NULL where the result is undefined, or after a failure of
 * the pool.  An argument of a wrong type is a failure, so that a policy ends
 * with an error instead of taking another way.  `check` looks at constant
 * arguments when the policy is loaded.
 */
struct rego_builtin {
    const char *name;
    unsigned arity;
    const struct rego_value *(*call)(struct rego_call *c);
    bool (*check)(struct rego_pool *pool, const struct rego_node *call);
};

/* rego_builtin_find returns the function a policy calls by that name. */
const struct rego_builtin *rego_builtin_find(const char *name);
/* rego_builtin_operator returns the function behind an operator. */
const struct rego_builtin *rego_builtin_operator(const char *name);

/* Kinds of values as a set, for rego_want(). */
#define WANT(kind)  (1u << (kind))
#define WANT_STRING WANT(REGO_STRING)
#define WANT_NUMBER WANT(REGO_NUMBER)
#define WANT_ARRAY  WANT(REGO_ARRAY)
#define WANT_OBJECT WANT(REGO_OBJECT)
#define WANT_SET    WANT(REGO_SET)
#define WANT_LIST   (WANT_ARRAY | WANT_SET)

/* rego_want fails unless argument `i` is of one of `kinds`. */
bool rego_want(struct rego_call *c, size_t i, unsigned kinds);
/* rego_want_all fails unless every element of argument `i` is so. */
bool rego_want_all(struct rego_call *c, size_t i, unsigned kinds);

/* Tables of the files builtins_*.c; the last row has no name. */
extern const struct rego_builtin rego_operators[];
extern const struct rego_builtin rego_aggregates[];
extern const struct rego_builtin rego_collections[];
extern const struct rego_builtin rego_encodings[];
extern const struct rego_builtin rego_numbers[];
extern const struct rego_builtin rego_strings[];
extern const struct rego_builtin rego_texts[];
extern const struct rego_builtin rego_times[];

const struct rego_value *rego_sprintf(struct rego_call *c);
bool rego_sprintf_check(struct rego_pool *pool, const struct rego_node *call);
const struct rego_value *rego_regex_match(struct rego_call *c);
bool rego_regex_check(struct rego_pool *pool, const struct rego_node *call);

#endif
