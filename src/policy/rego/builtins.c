/* SPDX-License-Identifier: Apache-2.0 */
/* The table of builtin functions, and checks of arguments. */
#include <stdio.h>
#include <string.h>

#include "policy/rego/builtins.h"

static const struct rego_builtin *const tables[] = {
    rego_aggregates, rego_collections, rego_encodings, rego_numbers,
    rego_strings,    rego_texts,       rego_times,
};

static const struct rego_builtin *
find(const struct rego_builtin *table, const char *name)
{
    for (; table->name != NULL; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

const struct rego_builtin *
rego_builtin_find(const char *name)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        const struct rego_builtin *b = find(tables[i], name);

        if (b != NULL)
            return b;
    }
    return NULL;
}

const struct rego_builtin *
rego_builtin_operator(const char *name)
{
    return find(rego_operators, name);
}

/* "array, set or string" */
static void
list_kinds(unsigned kinds, char *out, size_t cap)
{
    size_t n = 0;

    out[0] = '\0';
    for (unsigned k = REGO_NULL; k <= REGO_SET; k++) {
        unsigned rest = kinds >> (k + 1);

        if ((kinds & WANT(k)) == 0)
            continue;
        n += (size_t)snprintf(out + n, cap - n, "%s%s",
                              n == 0      ? ""
                              : rest == 0 ? " or "
                                          : ", ",
                              rego_kind_name((enum rego_kind)k));
    }
}

static bool
wrong(struct rego_call *c, size_t i, unsigned kinds, const char *what,
      const struct rego_value *v)
{
    char wanted[96];

    list_kinds(kinds, wanted, sizeof(wanted));
    return rego_fail(c->pool, GA_E_BAD_VALUE,
                     "%s: %sargument %zu is %s, not %s", c->name, what, i + 1,
                     rego_kind_name(v->kind), wanted);
}

bool
rego_want(struct rego_call *c, size_t i, unsigned kinds)
{
    if (kinds & WANT(c->arg[i]->kind))
        return !rego_failed(c->pool);
    return wrong(c, i, kinds, "", c->arg[i]);
}

bool
rego_want_all(struct rego_call *c, size_t i, unsigned kinds)
{
    const struct rego_value *list = c->arg[i];

    if (!rego_charge(c->pool, list->n))
        return false;
    for (size_t k = 0; k < list->n; k++)
        if (!(kinds & WANT(list->as.item[k]->kind)))
            return wrong(c, i, kinds, "an element of ", list->as.item[k]);
    return true;
}
