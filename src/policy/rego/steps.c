/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: tests, matches, and going through elements. */
#include "policy/rego/eval.h"

/* The first solution is enough. */
struct first {
    struct rego_sink sink;
    bool found;
};

static bool
first(struct rego_ev *ev, struct rego_sink *sink)
{
    (void)ev;
    ((struct first *)(void *)sink)->found = true;
    return false;
}

static bool
holds(struct rego_ev *ev, const struct rego_steps *steps)
{
    struct first f = { .sink = { .emit = first } };

    rego_run(ev, steps, 0, &f.sink);
    return f.found && !rego_failed(ev->pool);
}

static bool
truthy(const struct rego_value *v)
{
    return v != NULL && (v->kind != REGO_BOOLEAN || v->truth);
}

/* Element `i` of a collection, with its key. */
static const struct rego_value *
element(struct rego_ev *ev, const struct rego_value *in, size_t i,
        const struct rego_value **key)
{
    if (in->kind == REGO_ARRAY) {
        *key = rego_integer(ev->pool, (int64_t)i);
        return in->as.item[i];
    }
    if (in->kind == REGO_OBJECT) {
        *key = rego_key(in, i);
        return rego_at(in, i);
    }
    *key = in->as.item[i];
    return *key;
}

static bool
fits(struct rego_ev *ev, const struct rego_step *step,
     const struct rego_value *in, size_t i)
{
    const struct rego_value *key, *v;

    /* An array's keys are made only where somebody looks at them. */
    if (in->kind == REGO_ARRAY && (step->key == NULL || step->key->wildcard)) {
        v = in->as.item[i];
    } else {
        v = element(ev, in, i, &key);
        if (key == NULL ||
            (step->key != NULL && !rego_match(ev, step->key, key)))
            return false;
    }
    if (step->kind == STEP_WALK) {
        ev->frame[step->slot] = v;
        return true;
    }
    return rego_match(ev, step->a, v);
}

static bool
no_collection(struct rego_ev *ev, const struct rego_step *step,
              const struct rego_value *v)
{
    rego_fail(ev->pool, GA_E_BAD_VALUE,
              "%s:%u:%u: `some` needs an array, object or set, not %s",
              step->b->at.file, step->b->at.line, step->b->at.column,
              rego_kind_name(v->kind));
    ev->located = true;
    return false;
}

/* STEP_WALK and STEP_EACH: the steps behind are run for each element. */
static bool
each(struct rego_ev *ev, const struct rego_steps *steps, size_t i,
     struct rego_sink *sink)
{
    const struct rego_step *step = &steps->item[i];
    const struct rego_value *in = rego_eval_node(ev, step->b);

    if (in != NULL && !rego_is_collection(in) && step->kind == STEP_EACH)
        return no_collection(ev, step, in);
    if (in == NULL || !rego_is_collection(in) || in->n == 0) {
        rego_note(ev, step, i);
        return !rego_failed(ev->pool);
    }
    for (size_t k = 0; k < in->n; k++) {
        if (fits(ev, step, in, k) && !rego_run(ev, steps, i + 1, sink))
            return false;
        if (rego_failed(ev->pool))
            return false;
    }
    return true;
}

static bool
every(struct rego_ev *ev, const struct rego_step *step)
{
    const struct rego_value *in = rego_eval_node(ev, step->b);

    if (in == NULL || !rego_is_collection(in))
        return false;
    for (size_t i = 0; i < in->n; i++) {
        struct rego_why why = ev->why;
        bool ok;

        ev->calls++;
        ok = fits(ev, step, in, i) && holds(ev, &step->below);
        ev->calls--;
        if (!ok)
            return false;
        ev->why = why;
    }
    return true;
}

static bool
negated(struct rego_ev *ev, const struct rego_step *step)
{
    bool found;

    ev->quiet++;
    found = holds(ev, &step->below);
    ev->quiet--;
    return !found && !rego_failed(ev->pool);
}

/* Copies `v` with the value at the rest of a path replaced. */
static const struct rego_value *
replaced(struct rego_ev *ev, const struct rego_value *v,
         const struct rego_node *path, size_t i, const struct rego_value *with)
{
    struct rego_values list = { 0 };
    const struct rego_value *key, *old;

    if (i == path->n)
        return with;
    key = path->item[i]->value;
    old =
        v != NULL && v->kind == REGO_OBJECT ? rego_get(ev->pool, v, key) : NULL;
    /* Recursion ends: paths are as long as the text nests. */
    if (!rego_add(ev->pool, &list, key) ||
        !rego_add(ev->pool, &list, replaced(ev, old, path, i + 1, with)))
        return NULL;
    for (size_t k = 0; v != NULL && v->kind == REGO_OBJECT && k < v->n; k++)
        if (!rego_equal(ev->pool, rego_key(v, k), key) &&
            (!rego_add(ev->pool, &list, rego_key(v, k)) ||
             !rego_add(ev->pool, &list, rego_at(v, k))))
            return NULL;
    return rego_object(ev->pool, &list);
}

static bool
mock(struct rego_ev *ev, struct rego_world *world, const struct rego_with *with,
     const struct rego_value *v)
{
    struct rego_mock *m = rego_alloc(ev->pool, 1, sizeof(*m));

    if (m == NULL)
        return false;
    m->doc = with->target->doc;
    m->value = v;
    m->function = v == NULL ? with->value->doc : NULL;
    m->next = world->mocks;
    world->mocks = m;
    return true;
}

/* The world that `with` describes; false where a value is undefined. */
static bool
other_world(struct rego_ev *ev, const struct rego_step *step,
            struct rego_world *world)
{
    *world = ev->world;
    world->memo =
        rego_alloc(ev->pool, ev->policy->docs.n, sizeof(*world->memo));
    if (world->memo == NULL)
        return false;
    for (size_t i = 0; i < step->with_count; i++) {
        const struct rego_with *with = &step->with[i];
        const struct rego_doc *doc = with->target->doc;
        const struct rego_value *v = NULL;

        if (doc == NULL || !doc->is_function) {
            v = rego_eval_node(ev, with->value);
            if (v == NULL)
                return false;
        }
        if (doc != NULL && rego_doc_is_rule(doc)) {
            if (!mock(ev, world, with, v))
                return false;
        } else if (doc != NULL) {
            world->data = replaced(ev, world->data, with->target, 1, v);
        } else {
            world->input = replaced(ev, world->input, with->target, 1, v);
        }
    }
    return !rego_failed(ev->pool);
}

/* What comes behind a statement with `with` sees the old world again. */
struct behind {
    struct rego_sink sink;
    struct rego_world world;
    const struct rego_steps *steps;
    size_t next;
    struct rego_sink *outer;
};

static bool
behind(struct rego_ev *ev, struct rego_sink *sink)
{
    struct behind *b = (struct behind *)(void *)sink;
    struct rego_world inner = ev->world;
    bool more;

    ev->world = b->world;
    more = rego_run(ev, b->steps, b->next, b->outer);
    ev->world = inner;
    return more;
}

static bool
with(struct rego_ev *ev, const struct rego_steps *steps, size_t i,
     struct rego_sink *sink)
{
    struct behind b = { .sink = { .emit = behind },
                        .world = ev->world,
                        .steps = steps,
                        .next = i + 1,
                        .outer = sink };
    struct rego_world world;
    bool more;

    if (!other_world(ev, &steps->item[i], &world))
        return !rego_failed(ev->pool);
    ev->world = world;
    more = rego_run(ev, &steps->item[i].below, 0, &b.sink);
    ev->world = b.world;
    return more;
}

/* Steps that do one thing. */
static bool
one(struct rego_ev *ev, const struct rego_step *step)
{
    const struct rego_value *v;

    switch (step->kind) {
    case STEP_TEST:
        return truthy(rego_eval_node(ev, step->a));
    case STEP_MATCH:
        v = rego_eval_node(ev, step->b);
        return v != NULL && rego_match(ev, step->a, v);
    case STEP_EVERY:
        return every(ev, step);
    case STEP_NOT:
        return negated(ev, step);
    case STEP_WALK:
    case STEP_EACH:
    case STEP_WITH:
        break;
    }
    return false;
}

static bool
run(struct rego_ev *ev, const struct rego_steps *steps, size_t i,
    struct rego_sink *sink)
{
    for (; i < steps->n; i++) {
        const struct rego_step *step = &steps->item[i];

        if (step->kind == STEP_WALK || step->kind == STEP_EACH)
            return each(ev, steps, i, sink);
        if (step->kind == STEP_WITH)
            return with(ev, steps, i, sink);
        if (!one(ev, step)) {
            rego_note(ev, step, i);
            return !rego_failed(ev->pool);
        }
        if (rego_failed(ev->pool))
            return false;
    }
    return sink->emit(ev, sink) && !rego_failed(ev->pool);
}

bool
rego_run(struct rego_ev *ev, const struct rego_steps *steps, size_t i,
         struct rego_sink *sink)
{
    bool more;

    if (!rego_enter(ev))
        return false;
    more = run(ev, steps, i, sink);
    ev->depth--;
    return more;
}
