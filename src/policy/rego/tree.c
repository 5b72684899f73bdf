/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of documents that rules make, and the search for recursion. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/compile.h"

static struct rego_doc *
new_doc(struct rego_policy *policy, const struct rego_value *key,
        const struct rego_doc *parent)
{
    struct rego_pool *pool = &policy->pool;
    struct rego_doc *doc = rego_alloc(pool, 1, sizeof(*doc));
    struct rego_buffer path = { 0 };

    if (doc == NULL)
        return NULL;
    doc->id = (unsigned)policy->docs.n;
    doc->key = key;
    if (parent == NULL) {
        rego_puts(pool, &path, "data");
    } else {
        rego_puts(pool, &path, parent->path);
        if (key->kind == REGO_STRING) {
            rego_puts(pool, &path, ".");
            rego_put(pool, &path, key->as.text, key->n);
        } else {
            rego_puts(pool, &path, "[");
            rego_print(pool, &path, key, false);
            rego_puts(pool, &path, "]");
        }
    }
    doc->path = path.text;
    return rego_push(pool, &policy->docs, doc) ? doc : NULL;
}

struct rego_doc *
rego_doc_child(const struct rego_doc *doc, const struct rego_value *key)
{
    for (size_t i = 0; i < doc->children.n; i++) {
        struct rego_doc *child = doc->children.item[i];

        if (rego_equal(NULL, child->key, key))
            return child;
    }
    return NULL;
}

struct rego_doc *
rego_doc_named(const struct rego_doc *doc, const char *name)
{
    struct rego_value key = { .kind = REGO_STRING,
                              .n = strlen(name),
                              .as.text = name };

    return rego_doc_child(doc, &key);
}

static struct rego_doc *
need_child(struct rego_policy *policy, struct rego_doc *doc,
           const struct rego_value *key)
{
    struct rego_doc *child = rego_doc_child(doc, key);

    if (!rego_charge(&policy->pool, 1 + doc->children.n / 16))
        return NULL;
    if (child != NULL)
        return child;
    child = new_doc(policy, key, doc);
    return child != NULL && rego_push(&policy->pool, &doc->children, child)
               ? child
               : NULL;
}

struct rego_doc *
rego_doc_of_package(const struct rego_policy *policy,
                    const struct rego_module *module)
{
    struct rego_doc *doc = policy->root;

    for (size_t i = 0; doc != NULL && i < module->package.n; i++)
        doc = rego_doc_named(doc, module->package.item[i]);
    return doc;
}

bool
rego_doc_is_rule(const struct rego_doc *doc)
{
    return doc->rules.n > 0 || doc->fallback != NULL;
}

/* What stands behind the constant beginning of a head is evaluated. */
static bool
split_path(struct rego_policy *policy, struct rego_rule *r,
           struct rego_doc **doc)
{
    size_t i = 0;

    while (i < r->path.n) {
        const struct rego_node *item = r->path.item[i];

        if (item->kind != NODE_VALUE || rego_is_collection(item->value))
            break;
        *doc = need_child(policy, *doc, item->value);
        if (*doc == NULL)
            return false;
        (*doc)->by_rule = true;
        i++;
    }
    r->key_count = r->path.n - i;
    r->key =
        rego_alloc(&policy->pool, r->key_count + 1, sizeof(struct rego_node *));
    if (r->key == NULL)
        return false;
    for (size_t k = 0; k < r->key_count; k++)
        r->key[k] = r->path.item[i + k];
    return true;
}

static bool
add_rule(struct rego_policy *policy, struct rego_doc *package,
         struct rego_rule *r)
{
    struct rego_doc *doc = package;
    struct rego_pool *pool = &policy->pool;

    if (r->path.n > GA_POLICY_NESTING_MAX)
        return rego_fail_in(pool, &r->at, GA_E_TOO_LARGE,
                            "name of more than %d parts",
                            GA_POLICY_NESTING_MAX);
    if (!split_path(policy, r, &doc))
        return false;
    if (r->is_function && r->key_count > 0)
        return rego_unsupported(pool, &r->at, "function with keys");
    if (r->otherwise != NULL && r->key_count > 0)
        return rego_unsupported(pool, &r->otherwise->at,
                                "else of a rule with keys");
    if (rego_doc_is_rule(doc) &&
        (doc->is_function != r->is_function || doc->arity != r->arg_count))
        return rego_fail_in(pool, &r->at, GA_E_DUPLICATE,
                            "%s has other arguments elsewhere", doc->path);
    doc->is_function = r->is_function;
    doc->arity = r->arg_count;
    if (!r->is_default)
        return rego_push(pool, &doc->rules, r);
    if (r->key_count > 0)
        return rego_fail_in(pool, &r->at, GA_E_SYNTAX,
                            "a default has no variable in its name");
    if (doc->fallback != NULL)
        return rego_fail_in(pool, &r->at, GA_E_DUPLICATE, "%s has two defaults",
                            doc->path);
    doc->fallback = r;
    return true;
}

static bool
add_module(struct rego_policy *policy, const struct rego_module *m)
{
    struct rego_doc *doc = policy->root;

    if (m->package.n > GA_POLICY_NESTING_MAX)
        return rego_fail(&policy->pool, GA_E_TOO_LARGE,
                         "%s: package of more than %d parts", m->file,
                         GA_POLICY_NESTING_MAX);
    for (size_t i = 0; doc != NULL && i < m->package.n; i++)
        doc = need_child(policy, doc,
                         rego_string_of(&policy->pool, m->package.item[i]));
    if (doc == NULL)
        return false;
    for (size_t i = 0; i < m->rules.n; i++) {
        struct rego_rule *r = m->rules.item[i];

        r->module = m;
        for (struct rego_rule *e = r->otherwise; e != NULL; e = e->otherwise)
            e->module = m;
        if (!add_rule(policy, doc, r))
            return false;
    }
    return true;
}

/* A rule is a set, an object of keys, or a single value: never two of them. */
static bool
check_doc(struct rego_policy *policy, const struct rego_doc *doc)
{
    const struct rego_rule *first =
        doc->rules.n > 0 ? doc->rules.item[0] : doc->fallback;

    for (size_t i = 0; i < doc->rules.n; i++) {
        const struct rego_rule *r = doc->rules.item[i];

        if ((r->key_count == 0) != (first->key_count == 0) ||
            (r->key_count == 0 && first->key_count == 0 &&
             (r->member == NULL) != (first->member == NULL)) ||
            ((r->key_count > 0 || r->member != NULL) && doc->fallback != NULL))
            return rego_fail_in(&policy->pool, &r->at, GA_E_DUPLICATE,
                                "%s is defined in two ways", doc->path);
    }
    if (first != NULL && first->key_count == 0 && doc->children.n > 0)
        return rego_fail_in(&policy->pool, &first->at, GA_E_DUPLICATE,
                            "%s is a rule, and %s, too", doc->path,
                            ((struct rego_doc *)doc->children.item[0])->path);
    return true;
}

/* An import and a rule of one name: engines differ in which of them counts. */
static bool
check_imports(struct rego_policy *policy, const struct rego_module *m)
{
    const struct rego_doc *package = rego_doc_of_package(policy, m);

    for (size_t i = 0; i < m->imports.n; i++) {
        const struct rego_import *import = m->imports.item[i];
        const struct rego_doc *doc = rego_doc_named(package, import->name);

        if (doc != NULL && doc->by_rule)
            return rego_fail_in(&policy->pool, &import->at, GA_E_DUPLICATE,
                                "%s is imported, and %s is a rule",
                                import->name, doc->path);
    }
    return true;
}

bool
rego_tree_build(struct rego_policy *policy)
{
    policy->root = new_doc(policy, NULL, NULL);
    if (policy->root == NULL)
        return false;
    for (size_t i = 0; i < policy->modules.n; i++)
        if (!add_module(policy, policy->modules.item[i]))
            return false;
    for (size_t i = 0; i < policy->modules.n; i++)
        if (!check_imports(policy, policy->modules.item[i]))
            return false;
    for (size_t i = 0; i < policy->docs.n; i++)
        if (!check_doc(policy, policy->docs.item[i]))
            return false;
    return true;
}

/* The search goes deep without recursion: the path is an explicit stack. */
enum colour { WHITE, GREY, BLACK };

struct place {
    struct rego_doc *doc;
    size_t next;
};

/* The document that `doc` needs as number `i`: those its rules name, and those
 * that are part of it. */
static struct rego_doc *
needed(const struct rego_doc *doc, size_t i)
{
    if (i < doc->uses.n)
        return doc->uses.item[i];
    i -= doc->uses.n;
    return i < doc->children.n ? doc->children.item[i] : NULL;
}

static const struct rego_at *
place_of(const struct rego_doc *doc)
{
    static const struct rego_at nowhere = { .file = "policy" };
    const struct rego_rule *r =
        doc->rules.n > 0 ? doc->rules.item[0] : doc->fallback;

    return r != NULL ? &r->at : &nowhere;
}

static bool
search(struct rego_policy *policy, struct rego_doc *from, enum colour *colour,
       struct place *stack)
{
    size_t depth = 1;

    stack[0] = (struct place){ .doc = from };
    colour[from->id] = GREY;
    while (depth > 0) {
        struct place *top = &stack[depth - 1];
        struct rego_doc *next = needed(top->doc, top->next++);

        if (!rego_charge(&policy->pool, 1))
            return false;
        if (next == NULL) {
            colour[top->doc->id] = BLACK;
            depth--;
        } else if (colour[next->id] == GREY) {
            return rego_unsupported(&policy->pool, place_of(next),
                                    "recursion: %s needs itself, by %s",
                                    next->path, top->doc->path);
        } else if (colour[next->id] == WHITE) {
            colour[next->id] = GREY;
            stack[depth++] = (struct place){ .doc = next };
        }
    }
    return true;
}

bool
rego_tree_check(struct rego_policy *policy)
{
    size_t n = policy->docs.n;
    enum colour *colour = rego_alloc(&policy->pool, n, sizeof(*colour));
    struct place *stack = rego_alloc(&policy->pool, n, sizeof(*stack));

    if (colour == NULL || stack == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct rego_doc *doc = policy->docs.item[i];

        if (colour[doc->id] == WHITE && !search(policy, doc, colour, stack))
            return false;
    }
    return true;
}
