/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No defect becomes accepted by any two settings that do not name it: for each
 * row of the table, all pairs of everything that makes a verifier more lenient.
 * Settings that change what is checked are set in a warm context and verified
 * with; relaxations change the verdict alone, so that each verification is
 * judged with all of them.
 *
 * Arguments: I N, for the rows whose number is I modulo N.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checks.h"
#include "support/worlds.h"
#include "verify/context.h"
#include "verify/result.h"

#define RELAXED_MAX 512

/* A setting, what it is to be lenient, and what it is otherwise; the last one
 * is the world's time where it is NULL. */
static const struct lenient {
    const char *name, *value, *usual;
} lenient[] = {
    { "ocsp-grace", "36500d", "0s" },
    { "ocsp-max-age", "36500d", "7d" },
    { "ocsp-skew", "36500d", "5m" },
    { "rim-grace", "36500d", "0s" },
    { "ocsp-nonce", "ignore", "accept-missing" },
    { "allow-hold", "true", "false" },
    { "no-ocsp", "true", "false" },
    { "offline", "true", "false" },
    { "allow-custom-anchors", "true", "false" },
    /* The world stands in June 2026: before the driver RIM's signer ended in
     * rim-expired, and after it began in rim-not-yet-valid. */
    { "at", "2026-06-01T00:00:00Z", NULL },
    { "at", "2026-06-18T00:00:00Z", NULL },
    { "at", "2046-06-15T12:00:00Z", NULL },
};

/* CHECK:REASON as --relax takes it. */
struct relaxed {
    char text[80];
    struct ga_relax relax;
};

static struct relaxed relaxed[RELAXED_MAX];
static size_t relaxed_count;

static void
parse_relax(const char *text, struct ga_relax *out)
{
    struct ga_settings *set = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "relax", text, NULL), GA_OK);
    if (ga_relax_parse(set, out, &err) != GA_OK)
        fail_msg("%s: %s", text, err.text);
    ga_settings_free(set);
}

static void
add_relaxed(const char *check, const char *reason, int index)
{
    struct relaxed *r = &relaxed[relaxed_count++];

    assert_true(relaxed_count <= RELAXED_MAX);
    if (index >= 0)
        snprintf(r->text, sizeof(r->text), "%s:%s-%d", check, reason, index);
    else
        snprintf(r->text, sizeof(r->text), "%s:%s", check, reason);
    parse_relax(r->text, &r->relax);
}

/* Measurements that the defects of the table alter, and one that none does. */
static const int indexes[] = { 9, 12, 21, 35 };

static void
add_reason(enum ga_check_id id, enum ga_reason reason)
{
    const char *check = ga_check_rows[id].name;

    if ((ga_check_rows[id].reasons & UINT64_C(1) << reason) == 0 ||
        !ga_check_relaxable(id, reason) || ga_relax_is_of_unmade(id, reason))
        return;
    for (size_t i = 0; reason == GA_R_INDEX && i < COUNT(indexes); i++)
        add_relaxed(check, "index", indexes[i]);
    if (reason != GA_R_INDEX)
        add_relaxed(check, ga_reason_name(reason), -1);
}

/* Everything that may be relaxed at all. */
static int
list_relaxations(void **state)
{
    (void)state;
    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        enum ga_check_id check = (enum ga_check_id)id;

        if ((ga_check_rows[id].scope & GA_SCOPE_EVIDENCE) == 0)
            continue; /* of `rim verify` or `verify-token` */
        for (size_t r = GA_R_NONE + 1; r < GA_REASON_COUNT; r++)
            add_reason(check, (enum ga_reason)r);
        if (ga_check_relaxable(check, GA_R_NONE))
            add_relaxed(ga_check_rows[id].name, "not_checked", -1);
    }
    return 0;
}

static void
join(struct ga_relax *to, const struct ga_relax *more)
{
    for (size_t i = 0; i < GA_CHECK_COUNT; i++) {
        to->reasons[i] |= more->reasons[i];
        to->unmade[i] = to->unmade[i] || more->unmade[i];
    }
    for (size_t i = 0; i < COUNT(to->index); i++)
        to->index[i] = to->index[i] || more->index[i];
}

/* What is judged here with joined masks is what a list of settings means. */
static void
two_relaxations_are_both(void **state)
{
    (void)state;
    assert_true(relaxed_count > 100);
    for (size_t i = 0; i < relaxed_count; i++) {
        struct ga_relax joined = relaxed[i].relax, parsed;
        size_t k = (i + 37) % relaxed_count;
        char both[2 * sizeof(relaxed[0].text)];

        join(&joined, &relaxed[k].relax);
        snprintf(both, sizeof(both), "%.*s,%.*s",
                 (int)sizeof(relaxed[i].text) - 1, relaxed[i].text,
                 (int)sizeof(relaxed[k].text) - 1, relaxed[k].text);
        parse_relax(both, &parsed);
        assert_memory_equal(joined.reasons, parsed.reasons,
                            sizeof(joined.reasons));
        assert_memory_equal(joined.unmade, parsed.unmade,
                            sizeof(joined.unmade));
        assert_memory_equal(joined.index, parsed.index, sizeof(joined.index));
    }
}

/* Whether `word` stands in a list that commas separate. */
static bool
listed(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, ",");

        if (n == len && strncmp(list, word, n) == 0)
            return true;
        list += n + (list[n] == ',');
    }
    return false;
}

/* A relaxation names a defect when it is of one of the row's own outcomes. */
static bool
relaxation_names(const struct sim_defect *d, const char *text)
{
    for (size_t i = 0; i < d->expects; i++) {
        const struct sim_expect *e = &d->expect[i];
        char own[80];

        if (e->state == GA_NOT_CHECKED)
            snprintf(own, sizeof(own), "%s:not_checked", e->check);
        else if (e->reason == GA_R_INDEX)
            snprintf(own, sizeof(own), "%s:index-%u", e->check, e->index);
        else
            snprintf(own, sizeof(own), "%s:%s", e->check,
                     ga_reason_name(e->reason));
        if (strcmp(own, text) == 0)
            return true;
    }
    return listed(d->named, text);
}

/* One defect in a warm context. */
struct bench {
    const struct sim_defect *d;
    struct minted m;
    struct ga_context *ctx;
    struct ga_evidence *evidence;
};

static void
open_bench(struct bench *b, const struct sim_defect *d)
{
    const char *const defects[] = { d->name, NULL };
    struct ga_settings *set;
    struct ga_error err = { 0 };
    char path[128];

    *b = (struct bench){ .d = d };
    mint(&b->m, d->gpus + d->switches > 0 ? d->gpus : 1, d->switches, defects);
    set = minted_settings(&b->m);
    if (ga_context_new(set, NULL, &b->ctx, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_settings_free(set);
    assert_int_equal(ga_evidence_new(&b->evidence, NULL), GA_OK);
    minted_path(&b->m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_load(b->evidence, path, NULL), GA_OK);
}

static void
close_bench(struct bench *b)
{
    ga_evidence_free(b->evidence);
    ga_context_free(b->ctx);
    minted_done(&b->m);
}

static const char *
said(const struct sim_defect *d, const char *name)
{
    for (const struct sim_setting *s = d->settings;
         s != NULL && s->name != NULL; s++)
        if (strcmp(s->name, name) == 0)
            return s->value;
    return NULL;
}

static void
set_lenient(struct bench *b, const struct lenient *l, bool on)
{
    const char *value = on ? l->value : said(b->d, l->name);
    char at[GA_TIME_TEXT];

    ga_time_text(b->m.world->o.at, at);
    if (value == NULL)
        value = l->usual != NULL ? l->usual : at;
    assert_int_equal(ga_settings_set(b->ctx->set, l->name, value, NULL), GA_OK);
    assert_int_equal(ga_relax_parse(b->ctx->set, &b->ctx->relax, NULL), GA_OK);
}

static struct ga_result *
verify(struct bench *b)
{
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    if (ga_verify(b->ctx, b->evidence, &b->m.world->o.nonce, &r, &err) != GA_OK)
        fail_msg("%s: %s", b->d->name, err.text);
    return r;
}

static void
forget(struct ga_texts *texts)
{
    while (texts->count > 0)
        free(texts->text[--texts->count]);
    free(texts->text);
    texts->text = NULL;
}

/* The verdict on what was found, with more relaxed. */
static bool
accepts(const struct bench *b, struct ga_result *r, const struct ga_relax *a,
        const struct ga_relax *more)
{
    struct ga_relax relax = b->ctx->relax;

    if (a != NULL)
        join(&relax, a);
    if (more != NULL)
        join(&relax, more);
    forget(&r->relaxed);
    assert_int_equal(ga_result_judge(r, &relax, NULL), GA_OK);
    return ga_result_verified(r);
}

static void
try_relaxations(const struct bench *b, struct ga_result *r, const char *with)
{
    for (size_t i = 0; i < relaxed_count; i++)
        if (!relaxation_names(b->d, relaxed[i].text) &&
            accepts(b, r, &relaxed[i].relax, NULL))
            fail_msg("%s: accepted with %s and %s", b->d->name, with,
                     relaxed[i].text);
}

/* Whether a relaxation is of a check that does not hold anywhere: one of a
 * check that holds is nothing to the verdict, alone or beside another. */
static bool
touches(const struct ga_relax *relax, const struct ga_check *checks)
{
    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        if ((relax->reasons[id] != 0 || relax->unmade[id]) &&
            (checks[id].state == GA_FAILED ||
             checks[id].state == GA_NOT_CHECKED))
            return true;
    return false;
}

static bool
matters(const struct ga_relax *relax, const struct ga_result *r)
{
    bool found = touches(relax, r->check);

    for (size_t i = 0; i < r->device_count; i++)
        found = found || touches(relax, r->device[i].check);
    return found;
}

static void
try_pairs_of_relaxations(const struct bench *b, struct ga_result *r)
{
    const struct relaxed *some[RELAXED_MAX];
    size_t n = 0;

    for (size_t i = 0; i < relaxed_count; i++)
        if (!relaxation_names(b->d, relaxed[i].text) &&
            matters(&relaxed[i].relax, r))
            some[n++] = &relaxed[i];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (accepts(b, r, &some[i]->relax, &some[k]->relax))
                fail_msg("%s: accepted with %s and %s", b->d->name,
                         some[i]->text, some[k]->text);
}

/* One lenient setting is on: with each other one, and each relaxation. */
static void
try_with(struct bench *b, size_t first)
{
    struct ga_result *r = verify(b);

    if (ga_result_verified(r))
        fail_msg("%s: accepted with %s", b->d->name, lenient[first].name);
    try_relaxations(b, r, lenient[first].name);
    ga_result_free(r);
    for (size_t k = 0; k < first; k++) {
        if (listed(b->d->named, lenient[k].name) ||
            strcmp(lenient[k].name, lenient[first].name) == 0)
            continue;
        set_lenient(b, &lenient[k], true);
        r = verify(b);
        if (ga_result_verified(r))
            fail_msg("%s: accepted with %s and %s", b->d->name,
                     lenient[first].name, lenient[k].name);
        ga_result_free(r);
        set_lenient(b, &lenient[k], false);
    }
}

static void
no_pair_accepts_it(void **state)
{
    const struct sim_defect *d = *state;
    struct ga_result *r;
    struct bench b;

    open_bench(&b, d);
    r = verify(&b);
    assert_false(ga_result_verified(r));
    try_relaxations(&b, r, "nothing");
    try_pairs_of_relaxations(&b, r);
    ga_result_free(r);
    for (size_t i = 0; i < COUNT(lenient); i++) {
        if (listed(d->named, lenient[i].name))
            continue;
        set_lenient(&b, &lenient[i], true);
        try_with(&b, i);
        set_lenient(&b, &lenient[i], false);
    }
    close_bench(&b);
}

/* One of the settings that name a defect, and those beside it: another time
 * needs grace for answers of this one. */
static void
set_named(struct bench *b, size_t one, bool on)
{
    for (size_t i = 0; i < COUNT(lenient); i++)
        if (i == one || (strcmp(lenient[i].name, "at") != 0 &&
                         listed(b->d->named, lenient[i].name)))
            set_lenient(b, &lenient[i], on);
}

/* Whoever names it gets it: what `named` says is no excuse for nothing, and
 * what the test above refuses could have been accepted. */
static void
what_names_it_accepts_it(void **state)
{
    const struct sim_defect *d = *state;
    struct ga_result *r;
    struct bench b;
    bool accepted = false;

    open_bench(&b, d);
    r = verify(&b);
    for (size_t i = 0; i < relaxed_count; i++)
        if (listed(d->named, relaxed[i].text))
            accepted = accepts(&b, r, &relaxed[i].relax, NULL) || accepted;
    ga_result_free(r);
    for (size_t i = 0; i < COUNT(lenient); i++) {
        if (!listed(d->named, lenient[i].name))
            continue;
        set_named(&b, i, true);
        r = verify(&b);
        accepted = ga_result_verified(r) || accepted;
        ga_result_free(r);
        set_named(&b, i, false);
    }
    if (!accepted)
        fail_msg("%s: not accepted by any of %s", d->name, d->named);
    close_bench(&b);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(two_relaxations_are_both),
    };
    struct CMUnitTest rows[2 * SIM_DEFECTS_MAX];
    const struct sim_defect *d;
    size_t n = 0, shard = 0, shards = 1;

    if (argc == 3) {
        shard = (size_t)(argv[1][0] - '0');
        shards = (size_t)(argv[2][0] - '0');
    }
    for (size_t i = 0; (d = sim_defect_at(i)) != NULL; i++) {
        void *row = (void *)(uintptr_t)d;

        /* A whole board with each pair of settings takes minutes; no setting
         * but relax touches topology. */
        if (i % shards != shard || d->expects == 0 || d->gpus == SIM_BOARD_GPUS)
            continue;
        rows[n++] = (struct CMUnitTest){ .name = d->name,
                                         .test_func = no_pair_accepts_it,
                                         .initial_state = row };
        if (d->named != NULL)
            rows[n++] =
                (struct CMUnitTest){ .name = d->name,
                                     .test_func = what_names_it_accepts_it,
                                     .initial_state = row };
    }
    return cmocka_run_group_tests_name("pairs", fixed, list_relaxations, NULL) +
           _cmocka_run_group_tests("pairs rows", rows, n, NULL, NULL);
}
