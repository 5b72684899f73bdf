/* SPDX-License-Identifier: Apache-2.0 */
/* Modules: package, imports, rules.  Source: rego-policy-language */
#include <string.h>

#include "base/limits.h"
#include "policy/rego/parser.h"

/* A path of names, constant strings in brackets too; first name included. */
static struct rego_node *
constant_path(struct rego_parser *p)
{
    const struct rego_token *t = rego_here(p);
    struct rego_node *node;

    if (t->kind != TOKEN_NAME) {
        rego_syntax(p, "expected a name");
        return NULL;
    }
    rego_next(p);
    node = rego_node(p, NODE_VAR, &t->at);
    if (node == NULL)
        return NULL;
    node->name = t->name;
    node = rego_postfix(p, node, false);
    for (size_t i = 1; node != NULL && node->kind == NODE_REF && i < node->n;
         i++)
        if (node->item[i]->kind != NODE_VALUE ||
            node->item[i]->value->kind != REGO_STRING) {
            rego_fail_in(p->pool, &node->item[i]->at, GA_E_SYNTAX,
                         "expected a name or a string");
            return NULL;
        }
    return node;
}

/* The text of item `i` of a path. */
static const char *
word(const struct rego_node *path, size_t i)
{
    if (path->kind == NODE_VAR)
        return i == 0 ? path->name : NULL;
    if (i >= path->n)
        return NULL;
    return i == 0 ? path->item[0]->name : path->item[i]->value->as.text;
}

static bool
package(struct rego_parser *p, struct rego_module *m)
{
    struct rego_node *path;

    if (!rego_take_name(p, "package"))
        return rego_syntax(p, "expected `package`");
    path = constant_path(p);
    if (path == NULL)
        return false;
    for (size_t i = 0; word(path, i) != NULL; i++)
        if (!rego_push(
                p->pool, &m->package,
                rego_text(p->pool, word(path, i), strlen(word(path, i)))))
            return false;
    return !rego_failed(p->pool);
}

static bool
is_word(const struct rego_node *path, size_t i, const char *text)
{
    const char *here = word(path, i);

    return here != NULL && strcmp(here, text) == 0;
}

/* import future.keywords, or one of them */
static bool
future(struct rego_parser *p, const struct rego_node *path)
{
    bool *const has[] = { &p->has_if, &p->has_contains, &p->has_in,
                          &p->has_every };
    static const char *const names[] = { "if", "contains", "in", "every" };
    size_t n = path->kind == NODE_REF ? path->n : 1;
    bool found = n == 2;

    if (!is_word(path, 1, "keywords") || n > 3)
        return rego_unsupported(p->pool, &path->at, "import of this path");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (n == 2 || is_word(path, 2, names[i])) {
            *has[i] = true;
            found = true;
        }
    /* Source: rego-policy-language: `every` brings `in` along. */
    if (is_word(path, 2, "every"))
        p->has_in = true;
    return found ||
           rego_unsupported(p->pool, &path->at, "import of this keyword");
}

static bool
clash(struct rego_parser *p, const struct rego_at *at)
{
    return rego_fail_in(p->pool, at, GA_E_SYNTAX,
                        "rego.v1 and future.keywords exclude each other");
}

static bool
named_import(struct rego_parser *p, struct rego_module *m,
             struct rego_node *path)
{
    struct rego_import *import = rego_alloc(p->pool, 1, sizeof(*import));
    size_t n = path->kind == NODE_REF ? path->n : 1;

    if (import == NULL)
        return false;
    import->at = path->at;
    import->ref = path;
    import->name = word(path, n - 1);
    if (rego_take_name(p, "as")) {
        const struct rego_token *t = rego_here(p);

        if (t->kind != TOKEN_NAME || rego_is_keyword(p, t->name))
            return rego_syntax(p, "expected a name behind `as`");
        import->name = t->name;
        rego_next(p);
    }
    /* `import input` says nothing new. */
    if (n == 1 && strcmp(import->name, word(path, 0)) == 0)
        return true;
    for (size_t i = 0; i < m->imports.n; i++) {
        const struct rego_import *other = m->imports.item[i];

        if (strcmp(other->name, import->name) == 0)
            return rego_fail_in(p->pool, &path->at, GA_E_SYNTAX,
                                "%s is imported twice", import->name);
    }
    if (strcmp(import->name, "data") == 0 || strcmp(import->name, "input") == 0)
        return rego_fail_in(p->pool, &path->at, GA_E_SYNTAX,
                            "%s cannot be shadowed", import->name);
    return rego_push(p->pool, &m->imports, import);
}

struct dialect {
    bool rego_v1, future;
};

static bool
import(struct rego_parser *p, struct rego_module *m, struct dialect *seen)
{
    struct rego_node *path = constant_path(p);

    if (path == NULL)
        return false;
    if (is_word(path, 0, "rego")) {
        if (!is_word(path, 1, "v1") || path->n != 2)
            return rego_unsupported(p->pool, &path->at, "import of this path");
        if (seen->future)
            return clash(p, &path->at);
        seen->rego_v1 = true;
        m->v1 = true;
        return true;
    }
    if (is_word(path, 0, "future")) {
        if (seen->rego_v1)
            return clash(p, &path->at);
        seen->future = true;
        return future(p, path);
    }
    if (!is_word(path, 0, "data") && !is_word(path, 0, "input"))
        return rego_fail_in(p->pool, &path->at, GA_E_SYNTAX,
                            "an import begins with data, input, rego.v1 or "
                            "future.keywords");
    return named_import(p, m, path);
}

static bool
imports(struct rego_parser *p, struct rego_module *m)
{
    struct dialect seen = { 0 };

    while (rego_take_name(p, "import")) {
        if (!import(p, m, &seen))
            return false;
        while (rego_take_mark(p, ';'))
            continue;
    }
    return !rego_failed(p->pool);
}

static bool
parse_as(struct rego_pool *pool, const struct rego_tokens *tokens, bool v1,
         struct rego_module *m, struct rego_parser *p)
{
    *p = (struct rego_parser){ .pool = pool,
                               .token = tokens->item,
                               .v1 = v1,
                               .has_if = v1,
                               .has_contains = v1,
                               .has_in = v1,
                               .has_every = v1 };
    m->v1 = false;
    m->package = m->imports = m->rules = (struct rego_list){ 0 };
    if (!package(p, m))
        return false;
    while (rego_take_mark(p, ';'))
        continue;
    return imports(p, m) && rego_parse_rules(p, m);
}

/*
 * A module is of dialect v1 where it can be read so, else of v0: what both
 * read means the same in both.  `import rego.v1` leaves no choice.  Of two
 * errors the one further down counts.
 */
bool
rego_parse(struct rego_pool *pool, const char *file, struct ga_bytes in,
           struct rego_module *out)
{
    struct rego_tokens tokens;
    struct rego_parser p;
    struct ga_error error;
    size_t furthest;

    out->file = file;
    out->text = rego_text(pool, (const char *)in.ptr, in.len);
    out->len = in.len;
    if (out->text == NULL || !rego_lex(pool, file, in, &tokens))
        return false;
    out->relaxes = tokens.relaxes;
    if (parse_as(pool, &tokens, true, out, &p)) {
        out->v1 = true;
        return true;
    }
    if (out->v1 || pool->error.code != GA_E_SYNTAX)
        return false;
    error = pool->error;
    furthest = p.furthest;
    pool->error.code = GA_OK;
    if (parse_as(pool, &tokens, false, out, &p))
        return true;
    if (pool->error.code == GA_E_SYNTAX && furthest >= p.furthest)
        pool->error = error;
    return false;
}

bool
rego_parse_query(struct rego_pool *pool, struct ga_bytes in,
                 struct rego_module *module, struct rego_body **out)
{
    struct rego_tokens tokens;
    struct rego_parser p = { .pool = pool,
                             .v1 = true,
                             .has_in = true,
                             .has_if = true,
                             .has_contains = true,
                             .has_every = true };

    module->file = "query";
    module->text = rego_text(pool, (const char *)in.ptr, in.len);
    module->len = in.len;
    if (module->text == NULL || !rego_lex(pool, module->file, in, &tokens))
        return false;
    p.token = tokens.item;
    *out = rego_stmts(&p, 0);
    return *out != NULL;
}
