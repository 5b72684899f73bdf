/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that calls name. */
#include <stdio.h>
#include <string.h>

#include "policy/rego/builtins.h"
#include "policy/rego/compile.h"

/* The name as written: "lib.double". */
static const char *
dotted(struct rego_pool *pool, const struct rego_node *callee)
{
    struct rego_buffer out = { 0 };

    if (callee->kind == NODE_VAR)
        return callee->name;
    rego_puts(pool, &out, callee->item[0]->name);
    for (size_t i = 1; i < callee->n; i++) {
        rego_puts(pool, &out, ".");
        rego_puts(pool, &out, callee->item[i]->value->as.text);
    }
    return out.text == NULL ? "" : out.text;
}

static bool
arity(struct rego_compiler *c, const struct rego_node *node, size_t want)
{
    if (node->n == want)
        return true;
    return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                        "%s takes %zu arguments, not %zu", node->name, want,
                        node->n);
}

static bool
to_rule(struct rego_compiler *c, struct rego_node *node,
        const struct rego_node *path, const struct rego_node *callee)
{
    struct rego_doc *doc =
        path->item[0]->kind == NODE_DATA ? c->policy->root : NULL;

    for (size_t i = 1; doc != NULL && i < path->n; i++)
        doc = rego_doc_child(doc, path->item[i]->value);
    for (size_t i = 1; doc != NULL && callee->kind == NODE_REF && i < callee->n;
         i++)
        doc = rego_doc_child(doc, callee->item[i]->value);
    if (doc == NULL || !doc->is_function)
        return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                            "there is no function %s", node->name);
    node->doc = doc;
    return arity(c, node, doc->arity) &&
           (c->doc == NULL || rego_push(c->pool, &c->doc->uses, doc));
}

static bool
is_text(const struct rego_node *node)
{
    return node != NULL && node->kind == NODE_VALUE &&
           node->value->kind == REGO_STRING;
}

/* A string, or a rule that is one: `minimum := "580"`. */
static bool
means_text(const struct rego_node *node)
{
    const struct rego_doc *doc = node->doc;

    if (node->kind != NODE_REF || doc == NULL || node->skip != node->n)
        return is_text(node);
    for (size_t i = 0; i < doc->rules.n; i++)
        if (is_text(((const struct rego_rule *)doc->rules.item[i])->value))
            return true;
    return doc->fallback != NULL && is_text(doc->fallback->value);
}

/* A text is compared by its characters: "99" > "580". */
static bool
warn(struct rego_compiler *c, const struct rego_node *node)
{
    static const char *const names[] = { "lt", "gt", "lte", "gte" };
    bool ordered = false, text = false;
    char *line;

    if (c->doc == NULL)
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        ordered = ordered || strcmp(node->name, names[i]) == 0;
    for (size_t i = 0; i < node->n; i++)
        text = text || means_text(node->item[i]);
    if (!ordered || !text)
        return true;
    line = rego_alloc(c->pool, 512, 1);
    if (line == NULL)
        return false;
    snprintf(line, 512,
             "%s:%u:%u: a string is compared by its characters (\"99\" > "
             "\"580\"): use gpuattest.version_compare for versions",
             node->at.file, node->at.line, node->at.column);
    return rego_push(c->pool, &c->policy->warnings, line);
}

bool
rego_resolve_call(struct rego_compiler *c, struct rego_node *node)
{
    const struct rego_node *first = node->callee;
    struct rego_node *global = NULL;

    if (node->builtin != NULL)
        return warn(c, node);
    if (first->kind == NODE_REF)
        first = first->item[0];
    node->name = dotted(c->pool, node->callee);
    for (const struct rego_scope *s = c->scope; s != NULL; s = s->parent)
        for (size_t i = 0; i < s->vars.n; i++) {
            const struct rego_var *var = s->vars.item[i];

            if (!var->pending && strcmp(var->name, first->name) == 0)
                return rego_fail_in(c->pool, &node->at, GA_E_BAD_VALUE,
                                    "%s is a variable, not a function",
                                    first->name);
        }
    global = rego_global(c, first);
    if (rego_failed(c->pool))
        return false;
    if (global != NULL)
        return to_rule(c, node, global, node->callee);
    node->builtin = rego_builtin_find(node->name);
    if (node->builtin == NULL)
        return rego_unsupported(c->pool, &node->at, "function %s", node->name);
    if (!arity(c, node, node->builtin->arity))
        return false;
    return node->builtin->check == NULL || node->builtin->check(c->pool, node);
}
