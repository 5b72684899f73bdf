/* SPDX-License-Identifier: Apache-2.0 */
/* Modules to a policy that can be evaluated. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/compile.h"
#include "policy/rego/rego.h"

static void
reset(struct rego_compiler *c, struct rego_doc *doc)
{
    c->doc = doc;
    c->slots = 0;
    c->trail_count = 0;
    c->scope = rego_new_scope(c, NULL);
}

/* Terms of a head, in the order in which they are needed. */
static size_t
head_terms(struct rego_rule *r, struct rego_node **out[], size_t cap)
{
    size_t n = 0;

    for (size_t i = 0; i < r->key_count && n < cap; i++)
        out[n++] = &r->key[i];
    if (r->member != NULL && n < cap)
        out[n++] = &r->member;
    if (r->value != NULL && n < cap)
        out[n++] = &r->value;
    return n;
}

#define HEAD_MAX (GA_POLICY_NESTING_MAX + 2)

/* One definition: its body, then what its head needs. */
static bool
compile_branch(struct rego_compiler *c, struct rego_rule *r,
               struct rego_list *steps)
{
    struct rego_node **term[HEAD_MAX], *head[HEAD_MAX];
    size_t n = head_terms(r, term, HEAD_MAX);

    for (size_t i = 0; i < n; i++)
        head[i] = *term[i];
    if (!rego_resolve_body(c, r->body, head, n) ||
        !rego_order_body(c, r->body, steps))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!rego_order_head(c, &head[i], steps))
            return false;
        *term[i] = head[i];
    }
    r->fixed = r->value != NULL && r->value->kind == NODE_VALUE;
    return rego_steps_take(c->pool, steps, &r->head);
}

static bool
compile_args(struct rego_compiler *c, struct rego_rule *r,
             struct rego_list *steps)
{
    struct rego_emit e = { .steps = steps };
    enum rego_ready ready = REGO_READY;

    if (!rego_resolve_args(c, r->arg, r->arg_count))
        return false;
    r->param = rego_alloc(c->pool, r->arg_count + 1, sizeof(*r->param));
    if (r->param == NULL)
        return false;
    for (size_t i = 0; ready == REGO_READY && i < r->arg_count; i++)
        ready = rego_pattern(c, &e, r->arg[i], &r->param[i]);
    if (ready == REGO_READY)
        ready = rego_pattern_end(c, &e);
    return ready == REGO_READY ||
           (ready == REGO_NOT_READY &&
            rego_fail_in(c->pool, &r->at, GA_E_BAD_VALUE,
                         "an argument cannot be matched"));
}

/* Each branch sees the arguments, and no variable of another one. */
static bool
compile_branches(struct rego_compiler *c, struct rego_rule *first,
                 const struct rego_list *args)
{
    const struct rego_scope *outer = c->scope;
    unsigned mark = c->trail_count;

    for (struct rego_rule *r = first; r != NULL; r = r->otherwise) {
        struct rego_list steps = { 0 };
        struct rego_emit none = { .steps = &steps };

        c->scope = rego_new_scope(c, NULL);
        if (c->scope == NULL)
            return false;
        for (size_t i = 0; i < outer->vars.n; i++)
            if (!rego_push(c->pool, &c->scope->vars, outer->vars.item[i]))
                return false;
        rego_undo(c, &none, mark, 0);
        for (size_t i = 0; i < args->n; i++)
            if (!rego_push(c->pool, &steps, args->item[i]))
                return false;
        if (!compile_branch(c, r, &steps))
            return false;
    }
    first->slots = c->slots;
    return true;
}

/* A default is a constant; only bodies of comprehensions may compute. */
static bool
constant(struct rego_compiler *c, const struct rego_node *node)
{
    if (node->kind == NODE_VAR || node->kind == NODE_REF ||
        node->kind == NODE_CALL)
        return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                            "a default must be a constant");
    if (node->body != NULL)
        return true;
    for (size_t i = 0; i < node->n; i++)
        if (!constant(c, node->item[i]))
            return false;
    return true;
}

static bool
compile_rule(struct rego_compiler *c, struct rego_doc *doc, struct rego_rule *r)
{
    struct rego_list args = { 0 };

    reset(c, doc);
    c->module = r->module;
    c->package = rego_doc_of_package(c->policy, r->module);
    if (c->scope == NULL || (r->is_default && !constant(c, r->value)))
        return false;
    return compile_args(c, r, &args) && compile_branches(c, r, &args);
}

static bool
compile(struct rego_policy *policy)
{
    struct rego_compiler c;

    if (!rego_compiler_init(&c, policy, &policy->pool, NULL))
        return false;
    for (size_t i = 0; i < policy->docs.n; i++) {
        struct rego_doc *doc = policy->docs.item[i];

        for (size_t k = 0; k < doc->rules.n; k++)
            if (!compile_rule(&c, doc, doc->rules.item[k]))
                return false;
        if (doc->fallback != NULL && !compile_rule(&c, doc, doc->fallback))
            return false;
    }
    return rego_tree_check(policy);
}

static bool
parse(struct rego_policy *policy, const struct ga_rego_module *modules,
      size_t count)
{
    if (count > GA_POLICY_MODULES_MAX)
        return rego_fail(&policy->pool, GA_E_TOO_LARGE,
                         "%zu policy files, more than %d", count,
                         GA_POLICY_MODULES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct rego_module *m = rego_alloc(&policy->pool, 1, sizeof(*m));
        const char *name =
            rego_text(&policy->pool, modules[i].name, strlen(modules[i].name));

        if (m == NULL || name == NULL ||
            !rego_parse(&policy->pool, name, modules[i].text, m) ||
            !rego_push(&policy->pool, &policy->modules, m))
            return false;
    }
    return true;
}

static size_t
bound(size_t asked, size_t otherwise)
{
    return asked == 0 ? otherwise : asked;
}

enum ga_rc
ga_rego_load(const struct ga_rego_module *modules, size_t count,
             const struct ga_rego_limits *limits, struct rego_policy **out,
             bool *unsupported, struct ga_error *err)
{
    static const struct ga_rego_limits none = { 0 };
    struct rego_policy *policy = calloc(1, sizeof(*policy));
    struct ga_error error;

    if (unsupported != NULL)
        *unsupported = false;
    if (policy == NULL)
        return ga_nomem(err);
    limits = limits == NULL ? &none : limits;
    rego_pool_init(&policy->pool,
                   bound(limits->bytes, GA_POLICY_LOAD_BYTES_MAX),
                   bound(limits->steps, GA_POLICY_STEPS_MAX));
    if (parse(policy, modules, count) && rego_tree_build(policy) &&
        compile(policy)) {
        *out = policy;
        return GA_OK;
    }
    error = policy->pool.error;
    if (unsupported != NULL)
        *unsupported = policy->pool.unsupported;
    ga_rego_free(policy);
    return ga_fail(err, error.code == GA_OK ? GA_E_INTERNAL : error.code, "%s",
                   error.text);
}

void
ga_rego_free(struct rego_policy *policy)
{
    if (policy == NULL)
        return;
    rego_pool_done(&policy->pool);
    free(policy);
}

size_t
ga_rego_rules(const struct rego_policy *policy)
{
    size_t n = 0;

    for (size_t i = 0; i < policy->docs.n; i++)
        n += ((const struct rego_doc *)policy->docs.item[i])->rules.n;
    return n;
}

const char *
ga_rego_warning(const struct rego_policy *policy, size_t i)
{
    return i < policy->warnings.n ? policy->warnings.item[i] : NULL;
}

const char *
ga_rego_relax(const struct rego_policy *policy, size_t i)
{
    for (size_t k = 0; k < policy->modules.n; k++) {
        const struct rego_module *m = policy->modules.item[k];

        if (i < m->relaxes.n)
            return m->relaxes.item[i];
        i -= m->relaxes.n;
    }
    return NULL;
}
