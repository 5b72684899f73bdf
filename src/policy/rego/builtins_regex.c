/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex.match, for patterns that RE2 and POSIX extended regular expressions
 * read alike.  Source: re2-syntax, posix-ere
 */
#include <locale.h>
#include <regex.h>
#include <string.h>

#include "base/limits.h"
#include "policy/rego/builtins.h"

struct pattern {
    const char *text;
    size_t n, i;
    unsigned depth;     /* open groups */
    unsigned repeats;   /* of counted repetitions, multiplied */
    bool counted_group; /* a group with a counted repetition is open */
    bool dot;           /* a line end would be read differently */
};

static bool
is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* 0 digit, 1 lower, 2 upper case. */
static int
sort_of(char c)
{
    return c <= '9' ? 0 : c >= 'a' ? 1 : 2;
}

static char
at(const struct pattern *p, size_t ahead)
{
    return p->i + ahead < p->n ? p->text[p->i + ahead] : '\0';
}

/* "[:alpha:]", at the inner bracket. */
static const char *
class_name(struct pattern *p)
{
    static const char *const names[] = { "[:alnum:]", "[:alpha:]", "[:digit:]",
                                         "[:lower:]", "[:upper:]", "[:space:]",
                                         "[:xdigit:]" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t n = strlen(names[i]);

        if (n <= p->n - p->i && memcmp(p->text + p->i, names[i], n) == 0) {
            p->i += n;
            return NULL;
        }
    }
    return "a class of this name";
}

/* A bracket expression, behind its `[`. */
static const char *
bracket(struct pattern *p)
{
    bool first = true;

    if (at(p, 0) == '^') {
        p->i++;
        p->dot = true;
    }
    for (;; first = false) {
        char c = at(p, 0);

        if (p->i >= p->n)
            return "a bracket that does not end";
        if (c == ']' && !first) {
            p->i++;
            return NULL;
        }
        if (c == '\\' || (c == ']' && first))
            return "a backslash, or `]` as the first, in brackets";
        if (c == '[') {
            const char *wrong = class_name(p);

            if (wrong != NULL)
                return wrong;
            continue;
        }
        if (c == '-' && !first && at(p, 1) != ']')
            return "`-` in the middle of brackets";
        if (at(p, 1) == '-' && at(p, 2) != ']') {
            char end = at(p, 2);

            if (!is_alnum(c) || !is_alnum(end) || sort_of(c) != sort_of(end) ||
                c > end)
                return "a range other than of letters of one case or digits";
            p->i += 2;
        }
        p->i++;
    }
}

static bool
count(struct pattern *p, unsigned *out)
{
    size_t start = p->i;

    *out = 0;
    while (at(p, 0) >= '0' && at(p, 0) <= '9' && p->i - start < 4)
        *out = *out * 10 + (unsigned)(p->text[p->i++] - '0');
    return p->i > start && *out <= GA_POLICY_REGEX_REPEAT_MAX;
}

/* `{2}`, `{2,}`, `{2,4}`; copies in copies are what makes patterns large. */
static const char *
repeat(struct pattern *p)
{
    unsigned low, high = 0;

    p->i++;
    if (!count(p, &low))
        return "`{` that is no repetition, or one that large";
    high = low;
    if (at(p, 0) == ',') {
        p->i++;
        if (at(p, 0) != '}' && (!count(p, &high) || high < low))
            return "`{` that is no repetition, or one that large";
    }
    if (at(p, 0) != '}')
        return "`{` that is no repetition, or one that large";
    p->i++;
    p->repeats += high;
    return p->repeats > GA_POLICY_REGEX_REPEAT_MAX ? "repetitions that large"
                                                   : NULL;
}

/* What may follow something that can be repeated. */
static const char *
quantifier(struct pattern *p, bool group)
{
    char c = at(p, 0);
    const char *wrong = NULL;

    if (c == '*' || c == '+' || c == '?')
        p->i++;
    else if (c == '{' && group)
        return "a counted repetition of a group";
    else if (c == '{')
        wrong = repeat(p);
    else
        return NULL;
    c = at(p, 0);
    if (wrong == NULL && p->i <= p->n &&
        (c == '*' || c == '+' || c == '?' || c == '{'))
        return "a repetition of a repetition, or a lazy one";
    return wrong;
}

/* Something other than operators; NULL or what is wrong. */
static const char *
atom(struct pattern *p)
{
    char c = at(p, 0);

    p->i++;
    if (c == '[') {
        const char *wrong = bracket(p);

        if (wrong != NULL)
            return wrong;
    } else if (c == '\\') {
        if (at(p, 0) == '\0' || strchr(".[]()*+?{}|^$\\", at(p, 0)) == NULL)
            return "a backslash before this character";
        p->i++;
    } else if (c == '.') {
        p->dot = true;
    } else if ((unsigned char)c < 0x20 || (unsigned char)c >= 0x7f) {
        return "a character beyond printable ASCII";
    } else if (c == '{' || c == '}' || c == ']') {
        return "a bracket without its other half";
    }
    return quantifier(p, false);
}

/* Goes through the pattern; `empty` says that nothing stands here yet. */
static const char *
examine(struct pattern *p)
{
    bool empty = true;
    const char *wrong = NULL;

    if (p->n == 0 || p->n > GA_POLICY_REGEX_MAX)
        return "a pattern of this length";
    while (p->i < p->n && wrong == NULL) {
        char c = at(p, 0);

        if (c == '(') {
            p->i++;
            if (++p->depth > 16 || at(p, 0) == '?')
                return "groups of this kind";
            empty = true;
        } else if (c == ')') {
            p->i++;
            if (empty || p->depth-- == 0)
                return "an empty group, or one without beginning";
            wrong = quantifier(p, true);
        } else if (c == '|') {
            p->i++;
            if (empty)
                return "an alternative that is empty";
            empty = true;
        } else if (c == '^' || c == '$') {
            p->i++;
            c = at(p, 0);
            if (c == '*' || c == '+' || c == '?' || c == '{')
                return "a repetition of an anchor";
            empty = false;
        } else if (c == '*' || c == '+' || c == '?') {
            return "a repetition of nothing";
        } else {
            wrong = atom(p);
            empty = false;
        }
    }
    if (wrong != NULL)
        return wrong;
    if (p->depth > 0)
        return "a group that does not end";
    return empty ? "an alternative that is empty" : NULL;
}

bool
rego_regex_check(struct rego_pool *pool, const struct rego_node *call)
{
    const struct rego_node *node = call->item[0];
    struct pattern p = { .text = NULL };
    const char *wrong;

    if (node->kind != NODE_VALUE || node->value->kind != REGO_STRING)
        return true;
    p.text = node->value->as.text;
    p.n = node->value->n;
    wrong = examine(&p);
    return wrong == NULL ||
           rego_unsupported(pool, &node->at,
                            "regex.match: %s (RE2 and POSIX differ there)",
                            wrong);
}

/* Bytes that one of the two would not take for one character. */
static bool
plain(const struct rego_value *v, bool dot)
{
    for (size_t i = 0; i < v->n; i++) {
        unsigned char c = (unsigned char)v->as.text[i];

        if (c >= 0x80 || c == 0 || (dot && c == '\n'))
            return false;
    }
    return v->n <= GA_POLICY_REGEX_TEXT_MAX;
}

/* Ranges and classes are those of the C locale. */
static int
match(const char *pattern, const char *text)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), old;
    regex_t re;
    int rc;

    if (c == (locale_t)0)
        return -1;
    old = uselocale(c);
    rc = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB);
    if (rc == 0) {
        rc = regexec(&re, text, 0, NULL, 0);
        regfree(&re);
        rc = rc == 0 ? 1 : rc == REG_NOMATCH ? 0 : -1;
    } else {
        rc = -1;
    }
    uselocale(old);
    freelocale(c);
    return rc;
}

const struct rego_value *
rego_regex_match(struct rego_call *c)
{
    const struct rego_value *v = c->arg[1];
    struct pattern p = { .text = c->arg[0]->as.text, .n = c->arg[0]->n };
    const char *wrong;
    int rc;

    if (!rego_want(c, 0, WANT_STRING) || !rego_want(c, 1, WANT_STRING))
        return NULL;
    wrong = examine(&p);
    if (wrong != NULL) {
        rego_lacking(c->pool, "%s: %s (RE2 and POSIX differ there)", c->name,
                     wrong);
        return NULL;
    }
    if (!plain(v, p.dot)) {
        rego_lacking(c->pool,
                     "%s: a text beyond ASCII, with line ends, or "
                     "of more than %d bytes",
                     c->name, GA_POLICY_REGEX_TEXT_MAX);
        return NULL;
    }
    if (!rego_charge(c->pool, 100 + p.n * v->n / 64))
        return NULL;
    rc = match(p.text, v->as.text);
    if (rc < 0) {
        rego_fail(c->pool, GA_E_BAD_VALUE, "%s: pattern cannot be used",
                  c->name);
        return NULL;
    }
    return rego_boolean(rc == 1);
}
