/* SPDX-License-Identifier: Apache-2.0 */
/* One evaluation of a query. */
#include <string.h>

#include "base/limits.h"
#include "policy/rego/eval.h"

/* A query is compiled where it is asked: its text is short. */
struct query {
    struct rego_sink sink;
    struct rego_module module;
    struct rego_steps steps;
    struct rego_node *value; /* of a query that is one expression */
    const struct rego_scope *scope;
    unsigned slots;
    const struct rego_value *answer;
};

static bool
compile(const struct rego_policy *policy, struct rego_pool *pool,
        const char *text, struct query *q)
{
    /* The compiler reads the policy and, without a rule, adds nothing. */
    union {
        const struct rego_policy *in;
        struct rego_policy *out;
    } policy_of = { .in = policy };
    struct rego_compiler c;
    struct rego_body *body;
    struct rego_list steps = { 0 };
    struct rego_stmt *s;

    if (!rego_compiler_init(&c, policy_of.out, pool, &q->module) ||
        !rego_parse_query(pool, ga_bytes_of(text, strlen(text)), &q->module,
                          &body) ||
        !rego_resolve_body(&c, body, NULL, 0))
        return false;
    s = body->stmts.item[0];
    if (body->stmts.n == 1 && s->kind == STMT_TEST && s->with_count == 0) {
        q->value = s->a;
        if (!rego_order_head(&c, &q->value, &steps))
            return false;
    } else if (!rego_order_body(&c, body, &steps)) {
        return false;
    }
    q->scope = c.scope;
    q->slots = c.slots;
    return rego_steps_take(pool, &steps, &q->steps);
}

/* Statements give an object of their variables: they hold where something is
 * defined and not false, which must not be taken for an answer that is true. */
static const struct rego_value *
bindings(struct rego_ev *ev, const struct query *q)
{
    struct rego_values list = { 0 };

    for (size_t i = 0; i < q->scope->vars.n; i++) {
        const struct rego_var *var = q->scope->vars.item[i];

        if (!rego_add(ev->pool, &list, rego_string_of(ev->pool, var->name)) ||
            !rego_add(ev->pool, &list, ev->frame[var->slot]))
            return NULL;
    }
    return rego_object(ev->pool, &list);
}

static bool
answer(struct rego_ev *ev, struct rego_sink *sink)
{
    struct query *q = (struct query *)(void *)sink;
    const struct rego_value *v =
        q->value != NULL ? rego_eval_node(ev, q->value) : bindings(ev, q);

    if (v == NULL)
        return !rego_failed(ev->pool);
    if (q->answer != NULL && !rego_equal(ev->pool, q->answer, v))
        return rego_fail(ev->pool, GA_E_DUPLICATE,
                         "query has two different answers");
    q->answer = v;
    return true;
}

static bool
evaluate(struct rego_ev *ev, struct query *q)
{
    ev->stack = rego_alloc(ev->pool, GA_POLICY_STACK_MAX, sizeof(*ev->stack));
    ev->world.memo =
        rego_alloc(ev->pool, ev->policy->docs.n, sizeof(*ev->world.memo));
    if (rego_failed(ev->pool))
        return false;
    ev->frame = ev->stack;
    ev->top = q->slots;
    rego_run(ev, &q->steps, 0, &q->sink);
    return !rego_failed(ev->pool);
}

static bool
documents(struct rego_ev *ev, json_t *input, json_t *data)
{
    if (input != NULL)
        ev->world.input = rego_from_json(ev->pool, input);
    if (data != NULL)
        ev->world.data = rego_from_json(ev->pool, data);
    return !rego_failed(ev->pool);
}

enum ga_rc
ga_rego_eval(const struct rego_policy *policy, const char *query, json_t *input,
             json_t *data, const struct ga_rego_limits *limits, int64_t now_ns,
             struct ga_rego_answer *out, struct ga_error *err)
{
    static const struct ga_rego_limits none = { 0 };
    struct query q = { .sink = { .emit = answer } };
    struct ga_rego_answer a = { .value = NULL };
    struct rego_ev ev = { .pool = &a.pool, .policy = policy, .now_ns = now_ns };

    limits = limits == NULL ? &none : limits;
    rego_pool_init(
        &a.pool, limits->bytes == 0 ? GA_POLICY_EVAL_BYTES_MAX : limits->bytes,
        limits->steps == 0 ? GA_POLICY_STEPS_MAX : limits->steps);
    if (!compile(policy, &a.pool, query, &q)) {
        /* Whoever asks has written it; bounds are for all of an evaluation. */
        if (a.pool.error.code != GA_E_NOMEM &&
            a.pool.error.code != GA_E_INTERNAL &&
            a.pool.error.code != GA_E_TOO_LARGE)
            a.pool.error.code = GA_E_INVAL;
    } else if (documents(&ev, input, data) && evaluate(&ev, &q)) {
        a.value = q.answer;
        rego_why_text(&ev, a.why, sizeof(a.why));
        *out = a;
        return GA_OK;
    }
    ga_fail(err, a.pool.error.code, "%s", a.pool.error.text);
    rego_pool_done(&a.pool);
    return a.pool.error.code;
}

void
ga_rego_answer_done(struct ga_rego_answer *answer)
{
    rego_pool_done(&answer->pool);
    answer->value = NULL;
}

bool
ga_rego_true(const struct ga_rego_answer *answer)
{
    return answer->value != NULL && answer->value->kind == REGO_BOOLEAN &&
           answer->value->truth;
}
