/* SPDX-License-Identifier: Apache-2.0 */
/* Times and versions.  Source: rego-builtins */
#include <string.h>

#include "base/time.h"
#include "policy/rego/builtins.h"
#include "policy/version.h"

#define NS INT64_C(1000000000)

static const struct rego_value *
now_ns(struct rego_call *c)
{
    return rego_integer(c->pool, c->now_ns);
}

/* The digits behind the point, up to nine of them. */
static int64_t
fraction(const char *text)
{
    const char *point = strchr(text, '.');
    int64_t ns = 0, unit = NS / 10;

    for (const char *p = point == NULL ? "" : point + 1; *p >= '0' && *p <= '9';
         p++) {
        ns += unit * (*p - '0');
        unit /= 10;
    }
    return ns;
}

static const struct rego_value *
parse_rfc3339_ns(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    ga_time t;
    int64_t ns;

    if (!rego_want(c, 0, WANT_STRING))
        return NULL;
    if (strlen(v->as.text) != v->n || !ga_time_parse(v->as.text, &t)) {
        rego_fail(c->pool, GA_E_BAD_VALUE, "%s: string is not RFC 3339",
                  c->name);
        return NULL;
    }
    if (__builtin_mul_overflow(t, NS, &ns) ||
        __builtin_add_overflow(ns, fraction(v->as.text), &ns)) {
        rego_lacking(c->pool, "%s: result of more than 64 bits", c->name);
        return NULL;
    }
    return rego_integer(c->pool, ns);
}

static const struct rego_value *
version_compare(struct rego_call *c)
{
    int way;

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_STRING))
        return NULL;
    if (!ga_version_order(c->arg[0]->as.text, c->arg[0]->n, c->arg[1]->as.text,
                          c->arg[1]->n, &way)) {
        rego_fail(c->pool, GA_E_BAD_VALUE, "%s: string is no version", c->name);
        return NULL;
    }
    return rego_integer(c->pool, way);
}

/* clang-format off */
const struct rego_builtin rego_times[] = {
    { "time.now_ns",               0, now_ns,           NULL },
    { "time.parse_rfc3339_ns",     1, parse_rfc3339_ns, NULL },
    { "gpuattest.version_compare", 2, version_compare,  NULL },
    { NULL,                        0, NULL,             NULL },
};
/* clang-format on */
