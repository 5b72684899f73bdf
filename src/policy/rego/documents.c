/* SPDX-License-Identifier: Apache-2.0 */
/* Documents below `data`: rules, functions, packages, base documents. */
#include <string.h>

#include "base/limits.h"
#include "policy/rego/eval.h"

const struct rego_mock *
rego_mocked(const struct rego_ev *ev, const struct rego_doc *doc)
{
    for (const struct rego_mock *m = ev->world.mocks; m != NULL; m = m->next)
        if (m->doc == doc)
            return m;
    return NULL;
}

/* One branch of a definition: what to do with each of its solutions. */
struct branch {
    struct rego_sink sink;
    const struct rego_rule *rule;
    bool found;
    rego_got *got;
    void *to;
};

static bool
solution(struct rego_ev *ev, struct rego_sink *sink)
{
    struct branch *b = (struct branch *)(void *)sink;

    return b->got(ev, b->rule, b->to, &b->found);
}

static bool
args_match(struct rego_ev *ev, const struct rego_rule *r,
           const struct rego_value **arg)
{
    for (size_t i = 0; i < r->arg_count; i++)
        if (!rego_match(ev, r->param[i], arg[i]))
            return false;
    return true;
}

static bool
branches(struct rego_ev *ev, const struct rego_rule *first,
         const struct rego_value **arg, struct branch *b)
{
    bool more = true;

    for (const struct rego_rule *r = first; r != NULL && !b->found;
         r = r->otherwise) {
        b->rule = r;
        if (args_match(ev, first, arg))
            more = rego_run(ev, &r->head, 0, &b->sink);
        if (rego_failed(ev->pool))
            return false;
    }
    return more;
}

bool
rego_run_rule(struct rego_ev *ev, const struct rego_rule *first,
              const struct rego_value **arg, rego_got *got, void *to)
{
    struct branch b = { .sink = { .emit = solution }, .got = got, .to = to };
    const struct rego_value **frame = ev->frame;
    const struct rego_rule *rule = ev->rule;
    size_t top = ev->top;
    bool more;

    if (first->slots > GA_POLICY_STACK_MAX - top)
        return rego_fail(ev->pool, GA_E_TOO_LARGE,
                         "more than %d variables at one time",
                         GA_POLICY_STACK_MAX);
    if (!rego_enter(ev))
        return false;
    ev->frame = ev->stack + top;
    ev->top = top + first->slots;
    ev->rule = first;
    ev->calls++;
    memset(ev->frame, 0, first->slots * sizeof(*ev->frame));
    more = branches(ev, first, arg, &b);
    ev->calls--;
    ev->rule = rule;
    ev->top = top;
    ev->frame = frame;
    ev->depth--;
    return more;
}

/* The one value of a complete rule or a function. */
struct single {
    const struct rego_doc *doc;
    const struct rego_value *value;
};

static bool
take_value(struct rego_ev *ev, const struct rego_rule *branch, void *to,
           bool *found)
{
    struct single *s = to;
    const struct rego_value *v = rego_eval_node(ev, branch->value);

    if (v == NULL)
        return !rego_failed(ev->pool);
    *found = true;
    if (s->value != NULL && !rego_equal(ev->pool, s->value, v)) {
        ev->located = ev->located || !rego_failed(ev->pool);
        return rego_fail(
            ev->pool, GA_E_DUPLICATE, "%s:%u:%u: %s has two different values",
            branch->at.file, branch->at.line, branch->at.column, s->doc->path);
    }
    s->value = v;
    return !branch->fixed;
}

/* A definition that can only say once more what is known is not evaluated. */
static bool
adds_nothing(struct rego_ev *ev, const struct rego_rule *r,
             const struct rego_value *known)
{
    for (; r != NULL; r = r->otherwise)
        if (!r->fixed || !rego_equal(ev->pool, r->value->value, known))
            return false;
    return true;
}

static const struct rego_value *
single_value(struct rego_ev *ev, const struct rego_doc *doc,
             const struct rego_value **arg)
{
    struct single s = { .doc = doc };
    struct rego_why why = ev->why;

    for (size_t i = 0; i < doc->rules.n; i++) {
        const struct rego_rule *r = doc->rules.item[i];

        if (s.value != NULL && adds_nothing(ev, r, s.value))
            continue;
        rego_run_rule(ev, r, arg, take_value, &s);
        if (rego_failed(ev->pool))
            return NULL;
    }
    if (s.value != NULL && (s.value->kind != REGO_BOOLEAN || s.value->truth))
        ev->why = why;
    if (s.value == NULL && doc->fallback != NULL)
        rego_run_rule(ev, doc->fallback, arg, take_value, &s);
    return rego_failed(ev->pool) ? NULL : s.value;
}

const struct rego_value *
rego_function(struct rego_ev *ev, const struct rego_doc *doc,
              const struct rego_value **arg)
{
    const struct rego_mock *m = rego_mocked(ev, doc);

    if (m != NULL)
        doc = m->function;
    return single_value(ev, doc, arg);
}

static const struct rego_value *
compute(struct rego_ev *ev, const struct rego_doc *doc)
{
    const struct rego_rule *r =
        doc->rules.n > 0 ? doc->rules.item[0] : doc->fallback;

    if (r->key_count > 0 || r->member != NULL)
        return rego_partial_value(ev, doc);
    return single_value(ev, doc, NULL);
}

const struct rego_value *
rego_doc_value(struct rego_ev *ev, const struct rego_doc *doc)
{
    struct rego_memo *memo = &ev->world.memo[doc->id];
    const struct rego_mock *m = rego_mocked(ev, doc);

    if (m != NULL && !doc->is_function)
        return m->value;
    if (doc->is_function)
        return NULL;
    if (memo->state == MEMO_DONE)
        return memo->value;
    if (memo->state == MEMO_BUSY) {
        rego_fail(ev->pool, GA_E_BAD_VALUE, "%s needs itself", doc->path);
        return NULL;
    }
    memo->state = MEMO_BUSY;
    memo->value = compute(ev, doc);
    memo->state = MEMO_DONE;
    return rego_failed(ev->pool) ? NULL : memo->value;
}

/* All of a document that is no rule: what rules make, over what was given.
 * Recursion ends: names have at most GA_POLICY_NESTING_MAX parts. */
const struct rego_value *
rego_doc_whole(struct rego_ev *ev, const struct rego_doc *doc,
               const struct rego_value *base)
{
    struct rego_values list = { 0 };

    if (rego_doc_is_rule(doc))
        return rego_doc_value(ev, doc);
    if (base != NULL && base->kind != REGO_OBJECT)
        base = NULL;
    for (size_t i = 0; i < doc->children.n; i++) {
        const struct rego_doc *child = doc->children.item[i];
        const struct rego_value *v;

        v = rego_doc_whole(ev, child,
                           base == NULL ? NULL
                                        : rego_get(ev->pool, base, child->key));
        if (rego_failed(ev->pool))
            return NULL;
        if (v != NULL && (!rego_add(ev->pool, &list, child->key) ||
                          !rego_add(ev->pool, &list, v)))
            return NULL;
    }
    for (size_t i = 0; base != NULL && i < base->n; i++)
        if (rego_doc_child(doc, rego_key(base, i)) == NULL &&
            (!rego_add(ev->pool, &list, rego_key(base, i)) ||
             !rego_add(ev->pool, &list, rego_at(base, i))))
            return NULL;
    return rego_object(ev->pool, &list);
}

static const struct rego_value *
base_at(struct rego_ev *ev, const struct rego_node *ref, size_t n)
{
    const struct rego_value *v = ev->world.data;

    for (size_t i = 1; v != NULL && i < n; i++) {
        const struct rego_value *key = rego_eval_node(ev, ref->item[i]);

        v = key == NULL ? NULL : rego_get(ev->pool, v, key);
    }
    return v;
}

const struct rego_value *
rego_data(struct rego_ev *ev, const struct rego_node *ref)
{
    const struct rego_doc *doc = ref->doc;
    size_t i = ref->skip;
    const struct rego_value *v, *key = NULL;

    while (i < ref->n && !rego_doc_is_rule(doc)) {
        const struct rego_doc *child;

        key = rego_eval_node(ev, ref->item[i]);
        if (key == NULL || !rego_charge(ev->pool, 1 + doc->children.n))
            return NULL;
        child = rego_doc_child(doc, key);
        if (child == NULL)
            return base_at(ev, ref, ref->n);
        doc = child;
        i++;
    }
    v = rego_doc_is_rule(doc) ? rego_doc_value(ev, doc)
                              : rego_doc_whole(ev, doc, base_at(ev, ref, i));
    for (; v != NULL && i < ref->n; i++) {
        key = rego_eval_node(ev, ref->item[i]);
        v = key == NULL ? NULL : rego_get(ev->pool, v, key);
    }
    return rego_failed(ev->pool) ? NULL : v;
}
