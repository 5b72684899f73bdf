/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each defect of the simulator fails exactly the checks that its row names, for
 * the reasons that it names, on the devices that it names; without it the same
 * world is verified.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "support/runs.h"
#include "support/worlds.h"

static bool
is_at(const struct sim_expect *e, const char *label)
{
    size_t n = strlen(e->where);

    if (n > 0 && e->where[n - 1] == '*')
        return strncmp(e->where, label, n - 1) == 0;
    return strcmp(e->where, label) == 0;
}

/* What the row says of a check, or NULL: it passes or does not apply. */
static const struct sim_expect *
expected(const struct sim_defect *d, const char *label, const char *check,
         size_t devices)
{
    for (size_t i = 0; i < d->expects; i++) {
        const struct sim_expect *e = &d->expect[i];

        if (is_at(e, label) && strcmp(e->check, check) == 0 &&
            devices >= e->devices)
            return e;
    }
    return NULL;
}

static void
compare(const struct sim_defect *d, const char *label,
        const struct ga_check_view *v, size_t devices)
{
    const struct sim_expect *e = expected(d, label, v->name, devices);
    char reason[24];

    if (e == NULL) {
        if (v->state == GA_FAILED || v->state == GA_NOT_CHECKED)
            fail_msg("%s: %s %s: %s (%s) is not expected", d->name, label,
                     v->name, v->reason != NULL ? v->reason : "",
                     v->text != NULL ? v->text : "");
        return;
    }
    if (e->reason == GA_R_INDEX)
        snprintf(reason, sizeof(reason), "index-%u", e->index);
    else
        snprintf(reason, sizeof(reason), "%s", ga_reason_name(e->reason));
    if (v->state != e->state || v->reason == NULL ||
        strcmp(v->reason, reason) != 0)
        fail_msg("%s: %s %s: state %d reason %s (%s), not state %d %s", d->name,
                 label, v->name, (int)v->state,
                 v->reason != NULL ? v->reason : "",
                 v->text != NULL ? v->text : "", (int)e->state, reason);
    assert_non_null(v->text);
}

static void
compare_all(const struct sim_defect *d, const struct ga_result *r)
{
    size_t devices = ga_result_devices(r);
    struct ga_check_view v;

    for (size_t i = 0; i < devices; i++) {
        struct ga_device_view device;

        assert_true(ga_result_device(r, i, &device));
        for (size_t n = 0; ga_result_check(r, i, n, &v); n++)
            compare(d, device.label, &v, devices);
    }
    for (size_t n = 0; ga_result_check(r, GA_SET, n, &v); n++)
        compare(d, "set", &v, devices);
}

static bool
has_check(const struct ga_result *r, size_t device, const char *check)
{
    struct ga_check_view v;

    for (size_t n = 0; ga_result_check(r, device, n, &v); n++)
        if (strcmp(v.name, check) == 0)
            return true;
    return false;
}

/* A row that names a check that nobody makes would never fail. */
static void
every_expectation_is_of_a_check(const struct sim_defect *d,
                                const struct ga_result *r)
{
    assert_true(d->expects > 0);
    for (size_t i = 0; i < d->expects; i++) {
        bool found = has_check(r, GA_SET, d->expect[i].check);

        for (size_t k = 0; k < ga_result_devices(r); k++)
            found = found || has_check(r, k, d->expect[i].check);
        if (!found)
            fail_msg("%s: nobody makes %s", d->name, d->expect[i].check);
    }
}

/* Which files of the RIMs' folder are opened (rule 9). */
struct watch {
    int fd;
};

static struct watch
watch_rims(const struct minted *m)
{
    struct watch w = { inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
    char path[128];

    assert_true(w.fd >= 0);
    minted_path(m, "rims", path, sizeof(path));
    assert_true(inotify_add_watch(w.fd, path, IN_OPEN) >= 0);
    return w;
}

/* The name of a file that was opened, "" for none. */
static void
next_opened(const struct watch *w, char out[256])
{
    char buf[16 * 1024] __attribute__((aligned(8)));
    ssize_t n;

    out[0] = '\0';
    while ((n = read(w->fd, buf, sizeof(buf))) > 0)
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *e = (const void *)(buf + at);

            if ((e->mask & IN_ISDIR) == 0 && e->len > 0)
                snprintf(out, 256, "%s", e->name);
            at += (ssize_t)(sizeof(*e) + e->len);
        }
}

static void
expect_unopened(const struct sim_defect *d, const struct watch *w)
{
    char name[256];

    next_opened(w, name);
    if (name[0] != '\0')
        fail_msg("%s: %s was opened", d->name, name);
}

/* Whether no device may lead to a RIM. */
static bool
asks_for_nothing(const struct ga_result *r)
{
    struct ga_check_view v;
    size_t asked = 0;

    for (size_t i = 0; i < ga_result_devices(r); i++)
        for (size_t n = 0; ga_result_check(r, i, n, &v); n++)
            asked += strstr(v.name, "_rim.available") != NULL &&
                     v.state != GA_NOT_CHECKED;
    return asked == 0;
}

static void
refuses_settings(const struct sim_defect *d, const struct minted *m)
{
    for (const struct sim_setting *s = d->refused; s != NULL && s->name != NULL;
         s++) {
        struct ga_settings *set = minted_settings(m);
        struct ga_context *ctx = NULL;
        struct ga_error err = { 0 };

        assert_int_equal(ga_settings_set(set, s->name, s->value, &err), GA_OK);
        assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_E_INVAL);
        assert_null(ctx);
        assert_non_null(strstr(err.text, s->value));
        ga_settings_free(set);
    }
}

/* Without the caller's nonce. */
static void
gives_no_verdict(const struct minted *m)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    char path[128];

    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    minted_path(m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_load(evidence, path, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, NULL, &r, NULL), GA_E_INVAL);
    assert_null(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
}

static void
fails_exactly_what_its_row_says(void **state)
{
    const struct sim_defect *d = *state;
    const char *const defects[] = { d->name, NULL };
    unsigned gpus = d->gpus > 2 ? d->gpus : 2;
    struct ga_result *r;
    struct minted m;

    mint(&m, gpus, d->switches, defects);
    refuses_settings(d, &m);
    if (d->expects == 0) {
        gives_no_verdict(&m);
    } else {
        struct watch w = watch_rims(&m);

        r = minted_verify(&m, NULL);
        every_expectation_is_of_a_check(d, r);
        compare_all(d, r);
        assert_false(ga_result_verified(r));
        if (asks_for_nothing(r))
            expect_unopened(d, &w);
        close(w.fd);
        ga_result_free(r);
    }
    minted_done(&m);
}

struct world_row {
    const char *name;
    unsigned gpus, switches;
    bool blackwell;
    const char *summary;
};

static struct world_row world_rows[] = {
    { "one GPU", 1, 0, false, "VERIFIED 1 GPU" },
    { "two GPUs", 2, 0, false, "VERIFIED 2 GPUs" },
    { "one switch", 0, 1, false, "VERIFIED 1 NVSwitch" },
    { "two GPUs and a switch", 2, 1, false, "VERIFIED 2 GPUs, 1 NVSwitch" },
    { "a board", 8, 4, false, "VERIFIED 8 GPUs, 4 NVSwitches" },
    { "a Blackwell GPU", 1, 0, true, "VERIFIED 1 GPU" },
};

static void
without_a_defect_it_is_verified(void **state)
{
    const struct world_row *t = *state;
    struct sim_options o;
    struct ga_result *r;
    struct minted m;

    assert_int_equal(sim_options_init(&o, INT64_C(1781524800), NULL), GA_OK);
    o.gpus = t->gpus;
    o.switches = t->switches;
    o.mode = t->switches > 0 ? GA_MODE_PPCIE : GA_MODE_SPT;
    if (t->blackwell)
        o.gpu = ga_chip_by_cert("GB100", 5);
    mint_options(&m, &o);
    r = minted_verify(&m, NULL);
    expect_failed(r, "");
    assert_string_equal(ga_result_summary(r), t->summary);
    assert_string_equal(ga_result_anchors(r), "custom");
    ga_result_free(r);
    minted_done(&m);
}

static void
the_worlds_count_can_be_asked_for(void **state)
{
    static const char *const right[] = { "expect-gpus", "2", "expect-switches",
                                         "0", NULL };
    static const char *const wrong[] = { "expect-gpus", "8", NULL };
    struct ga_result *r;
    struct minted m;

    (void)state;
    mint(&m, 2, 0, NULL);
    r = minted_verify(&m, right);
    expect_failed(r, "");
    ga_result_free(r);
    r = minted_verify(&m, wrong);
    expect_failed(r, "set.count:count_other");
    assert_string_equal(text_of(r, GA_SET, "set.count"), "2 GPUs, not 8");
    ga_result_free(r);
    minted_done(&m);
}

/* The simulator's world is nothing to a verifier that was not told. */
static void
built_in_anchors_refuse_the_simulator(void **state)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    struct minted m;
    char path[128];

    (void)state;
    mint(&m, 1, 0, NULL);
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    minted_path(&m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_load(evidence, path, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, &m.world->o.nonce, &r, NULL),
                     GA_OK);
    assert_false(ga_result_verified(r));
    assert_non_null(strstr(text_of(r, 0, "device.chain"), "simulator"));
    ga_result_free(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(the_worlds_count_can_be_asked_for),
        cmocka_unit_test(built_in_anchors_refuse_the_simulator),
    };
    struct CMUnitTest rows[SIM_DEFECTS_MAX + COUNT(world_rows)];
    const struct sim_defect *d;
    size_t n = 0;

    for (size_t i = 0; i < COUNT(world_rows); i++)
        rows[n++] =
            (struct CMUnitTest){ .name = world_rows[i].name,
                                 .test_func = without_a_defect_it_is_verified,
                                 .initial_state = &world_rows[i] };
    for (size_t i = 0; (d = sim_defect_at(i)) != NULL && n < COUNT(rows); i++)
        rows[n++] =
            (struct CMUnitTest){ .name = d->name,
                                 .test_func = fails_exactly_what_its_row_says,
                                 .initial_state = (void *)(uintptr_t)d };
    return cmocka_run_group_tests_name("defects", fixed, NULL, NULL) +
           _cmocka_run_group_tests("defects rows", rows, n, NULL, NULL);
}
