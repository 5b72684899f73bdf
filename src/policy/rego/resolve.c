/* SPDX-License-Identifier: Apache-2.0 */
/* Names to variables, rules, imports and functions. */
#include <string.h>

#include "base/limits.h"
#include "policy/rego/builtins.h"
#include "policy/rego/compile.h"

bool
rego_compiler_init(struct rego_compiler *c, struct rego_policy *policy,
                   struct rego_pool *pool, const struct rego_module *module)
{
    memset(c, 0, sizeof(*c));
    c->policy = policy;
    c->pool = pool;
    c->module = module;
    c->level = rego_alloc(pool, GA_POLICY_SLOTS_MAX, sizeof(*c->level));
    c->bound = rego_alloc(pool, GA_POLICY_SLOTS_MAX, sizeof(*c->bound));
    c->trail = rego_alloc(pool, GA_POLICY_SLOTS_MAX, sizeof(*c->trail));
    c->name = rego_alloc(pool, GA_POLICY_SLOTS_MAX, sizeof(*c->name));
    c->scope = rego_new_scope(c, NULL);
    return c->scope != NULL && c->name != NULL;
}

bool
rego_new_slot(struct rego_compiler *c, const char *name, unsigned *out)
{
    if (c->slots == GA_POLICY_SLOTS_MAX)
        return rego_fail(c->pool, GA_E_TOO_LARGE,
                         "a rule has more than %d variables",
                         GA_POLICY_SLOTS_MAX);
    c->level[c->slots] = c->scope->level;
    c->bound[c->slots] = false;
    c->name[c->slots] = name;
    *out = c->slots++;
    return true;
}

struct rego_scope *
rego_new_scope(struct rego_compiler *c, struct rego_scope *parent)
{
    struct rego_scope *scope = rego_alloc(c->pool, 1, sizeof(*scope));

    if (scope != NULL) {
        scope->parent = parent;
        scope->level = parent == NULL ? 0 : parent->level + 1;
    }
    return scope;
}

static struct rego_var *
find_here(const struct rego_scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->vars.n; i++) {
        struct rego_var *var = scope->vars.item[i];

        if (strcmp(var->name, name) == 0)
            return var;
    }
    return NULL;
}

static struct rego_var *
find(const struct rego_scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->parent) {
        struct rego_var *var = find_here(scope, name);

        if (var != NULL && !var->pending)
            return var;
    }
    return NULL;
}

/* Whether a scope declares it further down: what is found outside of all
 * scopes is not meant then. */
static bool
is_awaited(const struct rego_scope *scope, const char *name)
{
    for (; scope != NULL; scope = scope->parent) {
        const struct rego_var *var = find_here(scope, name);

        if (var != NULL && var->pending)
            return true;
    }
    return false;
}

static struct rego_var *
add_var(struct rego_compiler *c, const char *name)
{
    struct rego_var *var = rego_alloc(c->pool, 1, sizeof(*var));

    if (var == NULL || !rego_charge(c->pool, 1 + c->scope->vars.n) ||
        !rego_new_slot(c, name, &var->slot) ||
        !rego_push(c->pool, &c->scope->vars, var))
        return NULL;
    var->name = name;
    return var;
}

static bool
reserved(const char *name)
{
    return strcmp(name, "input") == 0 || strcmp(name, "data") == 0;
}

struct rego_var *
rego_declare(struct rego_compiler *c, const struct rego_at *at,
             const char *name)
{
    struct rego_var *var = find_here(c->scope, name);

    if (reserved(name)) {
        rego_fail_in(c->pool, at, GA_E_BAD_VALUE, "%s cannot be shadowed",
                     name);
        return NULL;
    }
    if (var != NULL && !var->pending) {
        rego_fail_in(c->pool, at, GA_E_DUPLICATE,
                     "variable %s is used or declared above", name);
        return NULL;
    }
    if (var == NULL)
        var = add_var(c, name);
    if (var != NULL) {
        var->pending = false;
        var->declared = true;
    }
    return var;
}

/* The path of a rule of the own package, or NULL. */
static struct rego_node *
own_rule(struct rego_compiler *c, const struct rego_node *var)
{
    const struct rego_doc *doc =
        c->package == NULL ? NULL : rego_doc_named(c->package, var->name);
    struct rego_node *node;

    if (doc == NULL || !doc->by_rule)
        return NULL;
    node = rego_alloc(c->pool, 1, sizeof(*node));
    if (node == NULL)
        return NULL;
    *node = (struct rego_node){ .kind = NODE_REF, .at = var->at };
    node->n = c->module->package.n + 2;
    node->item = rego_alloc(c->pool, node->n, sizeof(*node->item));
    for (size_t i = 0; node->item != NULL && i < node->n; i++) {
        struct rego_node *item = rego_alloc(c->pool, 1, sizeof(*item));
        const char *name = i == 0             ? NULL
                           : i + 1 == node->n ? var->name
                                              : c->module->package.item[i - 1];

        if (item == NULL)
            return NULL;
        item->kind = i == 0 ? NODE_DATA : NODE_VALUE;
        item->at = var->at;
        if (name != NULL)
            item->value = rego_string_of(c->pool, name);
        node->item[i] = item;
    }
    return rego_failed(c->pool) ? NULL : node;
}

static struct rego_node *
root(struct rego_compiler *c, const struct rego_node *var)
{
    struct rego_node *node = rego_alloc(c->pool, 1, sizeof(*node));
    struct rego_node *base = rego_alloc(c->pool, 1, sizeof(*base));
    struct rego_node **item = rego_alloc(c->pool, 1, sizeof(*item));

    if (node == NULL || base == NULL || item == NULL)
        return NULL;
    base->kind = var->name[0] == 'i' ? NODE_INPUT : NODE_DATA;
    base->at = var->at;
    item[0] = base;
    *node = (struct rego_node){
        .kind = NODE_REF, .at = var->at, .item = item, .n = 1
    };
    return node;
}

/* Puts the path that the first item stands for in its place. */
static struct rego_node *
spliced(struct rego_compiler *c, const struct rego_node *ref,
        const struct rego_node *first)
{
    struct rego_node *node = rego_alloc(c->pool, 1, sizeof(*node));

    if (node == NULL)
        return NULL;
    *node = *ref;
    node->n = first->n + ref->n - 1;
    node->item = rego_alloc(c->pool, node->n, sizeof(*node->item));
    if (node->item == NULL)
        return NULL;
    for (size_t i = 0; i < node->n; i++)
        node->item[i] =
            i < first->n ? first->item[i] : ref->item[i - first->n + 1];
    return node;
}

static struct rego_node *
imported(struct rego_compiler *c, const struct rego_node *var)
{
    for (size_t i = 0; i < c->module->imports.n; i++) {
        const struct rego_import *import = c->module->imports.item[i];
        const struct rego_node *ref = import->ref;
        struct rego_node *base;

        if (strcmp(import->name, var->name) != 0)
            continue;
        base = root(c, ref->kind == NODE_VAR ? ref : ref->item[0]);
        if (base == NULL || ref->kind == NODE_VAR)
            return base;
        return spliced(c, ref, base);
    }
    return NULL;
}

struct rego_node *
rego_global(struct rego_compiler *c, const struct rego_node *var)
{
    struct rego_node *node;

    if (reserved(var->name))
        return root(c, var);
    node = own_rule(c, var);
    if (node == NULL && !rego_failed(c->pool))
        node = imported(c, var);
    return node;
}

/* Notes what the rule at hand needs, and how far the tree leads. */
static bool
note_use(struct rego_compiler *c, struct rego_node *ref)
{
    struct rego_doc *doc = c->policy->root;
    size_t i = 1;

    while (i < ref->n && ref->item[i]->kind == NODE_VALUE &&
           !rego_doc_is_rule(doc)) {
        struct rego_doc *child = rego_doc_child(doc, ref->item[i]->value);

        if (child == NULL)
            break;
        doc = child;
        i++;
    }
    ref->doc = doc;
    ref->skip = i;
    /* A constant that no rule makes leads into base documents alone. */
    if (i < ref->n && ref->item[i]->kind == NODE_VALUE &&
        !rego_doc_is_rule(doc))
        return true;
    return c->doc == NULL || rego_push(c->pool, &c->doc->uses, doc);
}

static bool
resolve_var(struct rego_compiler *c, struct rego_node **at)
{
    struct rego_node *node = *at, *global;
    struct rego_var *var;

    if (strcmp(node->name, "_") == 0) {
        node->wildcard = true;
        return rego_new_slot(c, node->name, &node->slot);
    }
    var = find(c->scope, node->name);
    if (var != NULL) {
        node->slot = var->slot;
        return true;
    }
    if (is_awaited(c->scope, node->name))
        return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                            "variable %s is used before it is declared",
                            node->name);
    global = rego_global(c, node);
    if (global == NULL)
        return !rego_failed(c->pool) &&
               rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                            "variable %s is unsafe: nothing gives it a value",
                            node->name);
    *at = global;
    return global->item[0]->kind != NODE_DATA || note_use(c, global);
}

static bool
resolve_ref(struct rego_compiler *c, struct rego_node **at)
{
    struct rego_node *node = *at;

    if (node->item[0]->kind == NODE_VAR &&
        find(c->scope, node->item[0]->name) == NULL) {
        struct rego_node *global = rego_global(c, node->item[0]);

        if (rego_failed(c->pool))
            return false;
        if (global != NULL && !is_awaited(c->scope, node->item[0]->name))
            *at = node = spliced(c, node, global);
        if (node == NULL)
            return false;
    }
    for (size_t i = 0; i < node->n; i++)
        if (node->item[i]->kind != NODE_DATA &&
            node->item[i]->kind != NODE_INPUT &&
            !rego_resolve_node(c, &node->item[i]))
            return false;
    return node->item[0]->kind != NODE_DATA || note_use(c, node);
}

/* A body within a term sees the scopes around it and has one of its own. */
static bool
resolve_inner(struct rego_compiler *c, struct rego_node *node)
{
    struct rego_scope *outer = c->scope;
    bool ok;

    c->scope = rego_new_scope(c, outer);
    ok = c->scope != NULL &&
         rego_resolve_body(c, node->body, node->item, node->n);
    c->scope = outer;
    return ok;
}

/* Recursion ends: the parser bounds the nesting of terms. */
bool
rego_resolve_node(struct rego_compiler *c, struct rego_node **at)
{
    struct rego_node *node = *at;

    if (!rego_charge(c->pool, 1))
        return false;
    switch (node->kind) {
    case NODE_VALUE:
    case NODE_INPUT:
    case NODE_DATA:
        return true;
    case NODE_VAR:
        return resolve_var(c, at);
    case NODE_REF:
        return resolve_ref(c, at);
    case NODE_ARRAY_OF:
    case NODE_SET_OF:
    case NODE_OBJECT_OF:
        return resolve_inner(c, node);
    case NODE_ARRAY:
    case NODE_SET:
    case NODE_OBJECT:
    case NODE_CALL:
        break;
    }
    for (size_t i = 0; i < node->n; i++)
        if (!rego_resolve_node(c, &node->item[i]))
            return false;
    return node->kind != NODE_CALL || rego_resolve_call(c, node);
}

/* What to do with each variable that stands directly in a term. */
typedef bool visit_var(struct rego_compiler *c, const struct rego_node *var);

/* Recursion ends: as above. */
static bool
each_var(struct rego_compiler *c, const struct rego_node *node,
         visit_var *visit)
{
    if (node == NULL || node->kind == NODE_ARRAY_OF ||
        node->kind == NODE_SET_OF || node->kind == NODE_OBJECT_OF)
        return true;
    if (node->kind == NODE_VAR)
        return strcmp(node->name, "_") == 0 || visit(c, node);
    for (size_t i = 0; i < node->n; i++)
        if (!each_var(c, node->item[i], visit))
            return false;
    return true;
}

/* A variable that nothing declares belongs to the outermost body it stands
 * in. */
static bool
add_implicit(struct rego_compiler *c, const struct rego_node *var)
{
    if (!rego_charge(c->pool, 1) || find_here(c->scope, var->name) != NULL ||
        find(c->scope, var->name) != NULL || rego_global(c, var) != NULL)
        return !rego_failed(c->pool);
    return add_var(c, var->name) != NULL;
}

static bool
add_pending(struct rego_compiler *c, const struct rego_node *var)
{
    struct rego_var *here = find_here(c->scope, var->name);

    if (here == NULL && (here = add_var(c, var->name)) != NULL)
        here->pending = true;
    return here != NULL;
}

static bool
declare_var(struct rego_compiler *c, const struct rego_node *var)
{
    return rego_declare(c, &var->at, var->name) != NULL;
}

/* Keys of a pattern's objects are terms, not variables to be declared. */
static bool
each_target(struct rego_compiler *c, const struct rego_node *node,
            visit_var *visit)
{
    if (node == NULL || node->kind == NODE_VALUE)
        return true;
    if (node->kind == NODE_VAR)
        return strcmp(node->name, "_") == 0 || visit(c, node);
    if (node->kind != NODE_ARRAY && node->kind != NODE_OBJECT)
        return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                            "a value cannot be assigned to this");
    for (size_t i = 0; i < node->n; i++)
        if ((node->kind != NODE_OBJECT || i % 2 == 1) &&
            !each_target(c, node->item[i], visit))
            return false;
    return true;
}

/* The variables that a statement declares. */
static bool
each_declared(struct rego_compiler *c, const struct rego_stmt *s,
              visit_var *visit)
{
    if (s->kind == STMT_ASSIGN) {
        if (s->a->kind == NODE_VALUE)
            return rego_fail_in(c->pool, &s->a->at, GA_E_BAD_VALUE,
                                "a value cannot be assigned to this");
        return each_target(c, s->a, visit);
    }
    if (s->kind == STMT_SOME_IN)
        return each_var(c, s->key, visit) && each_var(c, s->value, visit);
    for (size_t i = 0; s->kind == STMT_SOME && i < s->names.n; i++)
        if (!visit(c, s->names.item[i]))
            return false;
    return true;
}

static bool
each_direct(struct rego_compiler *c, const struct rego_stmt *s)
{
    if (s->kind == STMT_NOT && !each_direct(c, s->body->stmts.item[0]))
        return false;
    if (!each_var(c, s->a, add_implicit) || !each_var(c, s->b, add_implicit))
        return false;
    for (size_t i = 0; i < s->with_count; i++)
        if (!each_var(c, s->with[i].value, add_implicit))
            return false;
    return true;
}

static bool
resolve_every(struct rego_compiler *c, struct rego_stmt *s)
{
    struct rego_scope *outer = c->scope;
    struct rego_node **target[] = { &s->key, &s->value };
    bool ok;

    if (!rego_resolve_node(c, &s->b))
        return false;
    c->scope = rego_new_scope(c, outer);
    ok = c->scope != NULL;
    for (size_t i = 0; ok && i < 2; i++)
        if (*target[i] != NULL)
            ok = each_var(c, *target[i], declare_var) &&
                 rego_resolve_node(c, target[i]);
    ok = ok && rego_resolve_body(c, s->body, NULL, 0);
    c->scope = outer;
    return ok;
}

static bool
resolve_optional(struct rego_compiler *c, struct rego_node **node)
{
    return *node == NULL || rego_resolve_node(c, node);
}

/* A rule, a function (by a function), or a base document is replaced whole. */
static bool
check_with(struct rego_compiler *c, const struct rego_with *w)
{
    const struct rego_node *target = w->target, *value = w->value;
    const struct rego_doc *doc = target->doc;

    if (doc == NULL)
        return true;
    if (rego_doc_is_rule(doc) ? target->skip < target->n
                              : target->skip == target->n)
        return rego_unsupported(c->pool, &target->at,
                                "with on a package or on a part of a rule");
    if (!doc->is_function)
        return true;
    if (value->kind != NODE_REF || value->doc == NULL ||
        value->skip != value->n || !value->doc->is_function)
        return rego_unsupported(c->pool, &target->at,
                                "with that gives a function a value");
    return value->doc->arity == doc->arity ||
           rego_fail_in(c->pool, &target->at, GA_E_BAD_VALUE,
                        "%s and %s take other arguments", doc->path,
                        value->doc->path);
}

/* What `with` replaces: input, or a path below input or data. */
static bool
resolve_with(struct rego_compiler *c, struct rego_with *w)
{
    struct rego_node *target = w->target, *first = target, *global;
    size_t uses = c->doc == NULL ? 0 : c->doc->uses.n;

    if (target->kind == NODE_REF)
        first = target->item[0];
    global = first->kind == NODE_VAR ? rego_global(c, first) : NULL;
    if (global == NULL)
        return rego_unsupported(c->pool, &target->at,
                                "with on something that is neither input nor "
                                "below data");
    w->target = target->kind == NODE_REF ? spliced(c, target, global) : global;
    for (size_t i = 1; w->target != NULL && i < w->target->n; i++)
        if (w->target->item[i]->kind != NODE_VALUE)
            return rego_unsupported(c->pool, &target->at,
                                    "with on a path that is computed");
    if (w->target == NULL ||
        (w->target->item[0]->kind == NODE_DATA && !note_use(c, w->target)))
        return false;
    if (c->doc != NULL)
        c->doc->uses.n = uses; /* it is replaced, not used */
    return rego_resolve_node(c, &w->value) && check_with(c, w);
}

static bool
resolve_stmt(struct rego_compiler *c, struct rego_stmt *s)
{
    for (size_t i = 0; i < s->with_count; i++)
        if (!resolve_with(c, &s->with[i]))
            return false;
    if (s->kind == STMT_EVERY)
        return resolve_every(c, s);
    if (s->kind == STMT_NOT)
        return resolve_stmt(c, s->body->stmts.item[0]);
    if (!resolve_optional(c, &s->b) || !each_declared(c, s, declare_var))
        return false;
    return resolve_optional(c, &s->a) && resolve_optional(c, &s->key) &&
           resolve_optional(c, &s->value);
}

bool
rego_resolve_body(struct rego_compiler *c, struct rego_body *body,
                  struct rego_node **head, size_t n)
{
    size_t count = body == NULL ? 0 : body->stmts.n;

    for (size_t i = 0; i < count; i++)
        if (!each_declared(c, body->stmts.item[i], add_pending))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!each_direct(c, body->stmts.item[i]))
            return false;
    for (size_t i = 0; i < n; i++)
        if (!each_var(c, head[i], add_implicit))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!resolve_stmt(c, body->stmts.item[i]))
            return false;
    for (size_t i = 0; i < n; i++)
        if (!rego_resolve_node(c, &head[i]))
            return false;
    return true;
}

static bool
declare_arg(struct rego_compiler *c, const struct rego_node *var)
{
    return find_here(c->scope, var->name) != NULL || declare_var(c, var);
}

bool
rego_resolve_args(struct rego_compiler *c, struct rego_node **arg, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!each_var(c, arg[i], declare_arg) || !rego_resolve_node(c, &arg[i]))
            return false;
    return true;
}
