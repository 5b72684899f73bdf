/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_POLICY_REGO_EVAL_H
#define GA_POLICY_REGO_EVAL_H

#include "policy/rego/builtins.h"
#include "policy/rego/compile.h"
#include "policy/rego/rego.h"

/*
 * The evaluator walks the compiled steps.  Functions that return a value give
 * NULL where it is undefined, or when the pool has failed; functions that go
 * through solutions return false when no more are wanted, or when the pool has
 * failed.  Each level of evaluation counts in `depth`, which ends recursion at
 * GA_POLICY_DEPTH_MAX: bodies contain bodies only as deep as the text nests
 * and as rules call each other, and rules that need themselves are refused
 * when the policy is loaded.
 */

enum rego_memo_state { MEMO_NONE, MEMO_BUSY, MEMO_DONE };

struct rego_memo {
    enum rego_memo_state state;
    const struct rego_value *value;
};

/* What `with` puts in the place of a rule or a function. */
struct rego_mock {
    const struct rego_doc *doc, *function;
    const struct rego_value *value;
    const struct rego_mock *next;
};

/* The documents that an evaluation sees; `with` makes another set. */
struct rego_world {
    const struct rego_value *input, *data;
    struct rego_memo *memo; /* by id of the document */
    const struct rego_mock *mocks;
};

/* One side of what failed: `value` is what `keys` lead to from `base`; where
 * it is NULL, the last key leads nowhere. */
#define WHY_KEYS 8
struct rego_side {
    const struct rego_value *base, *value;
    const struct rego_value *keys[WHY_KEYS];
    size_t n;
};

/* The failure that was deepest and furthest. */
struct rego_why {
    unsigned rank; /* 0: none */
    const struct rego_stmt *stmt;
    const struct rego_rule *rule;
    struct rego_side side[2];
};

struct rego_ev {
    struct rego_pool *pool;
    const struct rego_policy *policy;
    struct rego_world world;
    const struct rego_value **stack, **frame;
    size_t top;
    unsigned depth;
    bool located; /* the pool's failure has a place in front */
    int64_t now_ns;

    unsigned calls; /* rules that are being evaluated, one in the other */
    unsigned quiet; /* within bodies whose failure is no reason */
    const struct rego_rule *rule;
    struct rego_why why;
};

/* Where solutions go: false says that no more are wanted. */
struct rego_sink {
    bool (*emit)(struct rego_ev *ev, struct rego_sink *sink);
};

/* eval.c */
const struct rego_value *rego_eval_node(struct rego_ev *ev,
                                        const struct rego_node *node);
bool rego_match(struct rego_ev *ev, const struct rego_node *pattern,
                const struct rego_value *v);
bool rego_enter(struct rego_ev *ev);

/* steps.c */
bool rego_run(struct rego_ev *ev, const struct rego_steps *steps, size_t i,
              struct rego_sink *sink);

/* documents.c */
const struct rego_value *rego_doc_value(struct rego_ev *ev,
                                        const struct rego_doc *doc);
/* rego_doc_whole also takes documents that are no rule; `base` is what was
 * given at that place, or NULL. */
const struct rego_value *rego_doc_whole(struct rego_ev *ev,
                                        const struct rego_doc *doc,
                                        const struct rego_value *base);
const struct rego_value *rego_function(struct rego_ev *ev,
                                       const struct rego_doc *doc,
                                       const struct rego_value **arg);
/* rego_data evaluates a reference into data, all of it. */
const struct rego_value *rego_data(struct rego_ev *ev,
                                   const struct rego_node *ref);
const struct rego_mock *rego_mocked(const struct rego_ev *ev,
                                    const struct rego_doc *doc);

/* partial.c */
const struct rego_value *rego_partial_value(struct rego_ev *ev,
                                            const struct rego_doc *doc);
/* rego_run_rule goes through the solutions of one definition.  `got` sets
 * `found` where the head has a value: without one the body does not hold, and
 * an `else` is next. */
typedef bool rego_got(struct rego_ev *ev, const struct rego_rule *branch,
                      void *to, bool *found);
bool rego_run_rule(struct rego_ev *ev, const struct rego_rule *first,
                   const struct rego_value **arg, rego_got *got, void *to);

/* why.c */
void rego_note(struct rego_ev *ev, const struct rego_step *step,
               size_t progress);
void rego_why_text(struct rego_ev *ev, char *out, size_t cap);

#endif
