/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ga_rego_load, ga_rego_eval.  Seeds: fuzz/corpus/rego_eval.  The input
 * chooses among the productions of a small grammar, so that nearly every input
 * is a policy that loads and evaluates.  Rego is a logic: the order of rules,
 * and of the statements of a body, changes nothing.  The policy is written
 * twice, the second time back to front, and both must say the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/rego/rego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RULES 6
#define STMTS 4
#define TERM  512
#define TEXT  (16 * 1024)

static const char document[] =
    "{\"a\":[1,2,3,\"x\",null,true],\"b\":{\"k\":\"v\",\"n\":7},"
    "\"c\":[{\"i\":1},{\"i\":2}],\"t\":true,\"s\":\"text\"}";

/* What is left of the input; its end says 0 for ever. */
struct source {
    const uint8_t *p;
    size_t n;
};

static unsigned
choose(struct source *s, unsigned count)
{
    unsigned v = 0;

    if (s->n > 0) {
        v = *s->p++;
        s->n--;
    }
    return v % count;
}

/* Text that grows to a bound; what is over it is dropped with all the rest. */
struct text {
    char *p;
    size_t n, cap;
};

static void
put(struct text *t, const char *s)
{
    size_t n = strlen(s);

    if (n >= t->cap - t->n)
        return;
    memcpy(t->p + t->n, s, n + 1);
    t->n += n;
}

/* Terms: leaves, then two of them with something between. */
static const char *const leaves[] = {
    "1",
    "2.5",
    "\"x\"",
    "true",
    "null",
    "x",
    "y",
    "input.a[i]",
    "input.b.k",
    "input.c[i].i",
    "r0",
    "r1",
    "r2",
    "s0",
    "s1[_]",
    "input.b",
    "[x, y]",
    "{x, 1}",
    "{\"k\": y}",
    "count(input.a)",
    "f0(x)",
    "f0(1)",
    "input.missing",
    "[z | z := input.a[_]]",
    "{z | z := input.a[_]; z != 1}",
    "{k: v | v := input.b[k]}",
    "sum([1, 2])",
    "sprintf(\"%v\", [x])",
    "object.get(input.b, \"k\", 0)",
    "to_number(\"7\")",
};
static const char *const between[] = { " + ", " - ", " * ", " / ",
                                       " % ", " | ", " & ", " == " };

static void
term(struct source *s, struct text *out, bool deep)
{
    const unsigned n = sizeof(leaves) / sizeof(leaves[0]);

    if (!deep || choose(s, 4) != 0) {
        put(out, leaves[choose(s, n)]);
        return;
    }
    put(out, "(");
    put(out, leaves[choose(s, n)]);
    put(out, between[choose(s, 8)]);
    put(out, leaves[choose(s, n)]);
    put(out, ")");
}

static void
statement(struct source *s, struct text *out)
{
    static const char *const compare[] = { " == ", " != ", " < ", " <= ",
                                           " > ",  " >= ", " = ", " in " };

    switch (choose(s, 8)) {
    case 0:
        put(out, "x = ");
        term(s, out, true);
        return;
    case 1:
        put(out, "some y in ");
        term(s, out, false);
        return;
    case 2:
        put(out, "not ");
        break;
    case 3:
        put(out, "every e in ");
        term(s, out, false);
        put(out, " { e != ");
        term(s, out, false);
        put(out, " }");
        return;
    case 4:
        put(out, "[x, y] = ");
        term(s, out, true);
        return;
    case 5:
        put(out, "input.a[i] = x");
        return;
    default:
        break;
    }
    term(s, out, false);
    put(out, compare[choose(s, 8)]);
    term(s, out, true);
}

struct rule {
    char head[96];
    char stmt[STMTS][TERM];
    size_t stmts;
    char value[TERM];
};

static void
make_rule(struct source *s, struct rule *r)
{
    static const char *const heads[] = { "r0", "r1", "r2", "s0", "s1", "f0" };
    unsigned which = choose(s, 6);
    struct text v = { r->value, 0, TERM };

    memset(r, 0, sizeof(*r));
    term(s, &v, true);
    snprintf(r->head, sizeof(r->head), "%s%s", heads[which],
             which == 5   ? "(a) := "
             : which >= 3 ? " contains "
                          : " := ");
    r->stmts = 1 + choose(s, STMTS);
    for (size_t i = 0; i < r->stmts; i++) {
        struct text t = { r->stmt[i], 0, TERM };

        statement(s, &t);
    }
}

/* A variable is declared above its uses: declarations come first. */
static void
write_body(const struct rule *r, bool back, bool declarations, struct text *out)
{
    for (size_t i = 0; i < r->stmts; i++) {
        const char *stmt = r->stmt[back ? r->stmts - 1 - i : i];

        if ((strncmp(stmt, "some ", 5) == 0) != declarations)
            continue;
        put(out, "  ");
        put(out, stmt);
        put(out, "\n");
    }
}

static void
write_policy(const struct rule *rules, size_t count, bool back,
             struct text *out)
{
    put(out, "package p\nimport rego.v1\n");
    for (size_t k = 0; k < count; k++) {
        const struct rule *r = &rules[back ? count - 1 - k : k];

        put(out, r->head);
        put(out, r->value);
        put(out, " if {\n");
        write_body(r, back, true, out);
        write_body(r, back, false, out);
        put(out, "}\n");
    }
}

/* What one text of the policy came to. */
struct outcome {
    struct rego_policy *policy;
    enum ga_rc load, eval;
    struct ga_rego_answer answer;
};

static void
say(const struct text *text, json_t *input, struct outcome *out)
{
    static const struct ga_rego_limits limits = { .bytes = 4 * 1024 * 1024,
                                                  .steps = 50000 };
    struct ga_rego_module module = { "m", ga_bytes_of(text->p, text->n) };
    struct ga_error err = { 0 };

    memset(out, 0, sizeof(*out));
    out->eval = GA_E_INVAL;
    out->load = ga_rego_load(&module, 1, &limits, &out->policy, NULL, &err);
    if (out->load == GA_OK)
        out->eval = ga_rego_eval(out->policy, "data.p", input, NULL, &limits, 1,
                                 &out->answer, &err);
    if ((out->load != GA_OK || out->eval != GA_OK) && err.text[0] == '\0')
        abort();
}

static void
compare(const struct outcome *a, const struct outcome *b)
{
    if ((a->load == GA_OK) != (b->load == GA_OK))
        abort();
    if (a->load != GA_OK || a->eval != GA_OK || b->eval != GA_OK)
        return; /* which bound or error is met first may depend on the order */
    if ((a->answer.value == NULL) != (b->answer.value == NULL) ||
        (a->answer.value != NULL &&
         !rego_equal(NULL, a->answer.value, b->answer.value)))
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source s = { data, size };
    struct rule *rules = calloc(RULES, sizeof(*rules));
    struct text forth = { calloc(1, TEXT), 0, TEXT },
                back = { calloc(1, TEXT), 0, TEXT };
    json_t *input = json_loads(document, 0, NULL);
    struct outcome a, b;
    size_t count = 1 + choose(&s, RULES);

    if (rules == NULL || forth.p == NULL || back.p == NULL || input == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        make_rule(&s, &rules[i]);
    write_policy(rules, count, false, &forth);
    write_policy(rules, count, true, &back);
    say(&forth, input, &a);
    say(&back, input, &b);
    compare(&a, &b);
    ga_rego_answer_done(&a.answer);
    ga_rego_answer_done(&b.answer);
    ga_rego_free(a.policy);
    ga_rego_free(b.policy);
    json_decref(input);
    free(forth.p);
    free(back.p);
    free(rules);
    return 0;
}
