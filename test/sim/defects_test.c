/* SPDX-License-Identifier: Apache-2.0 */
/* The table of defects: what it says can be, and each row changes what it says
 * and nothing else. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/checks.h"
#include "sim/describe.h"
#include "support/doc_table.h"
#include "support/fixtures.h"

#define NOW INT64_C(1795000000)

static struct sim_world *
mint(const struct sim_defect *d)
{
    struct sim_world *w = NULL;
    struct sim_options o;
    struct ga_error err = { 0 };

    assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
    memset(o.nonce.bytes, 0x5a, sizeof(o.nonce.bytes));
    o.gpus = 2;
    o.switches = 1;
    o.mode = GA_MODE_PPCIE;
    o.seed = "defects";
    if (d != NULL)
        o.defect[o.defects++] = d;
    if (sim_world_make(&o, &w, &err) != GA_OK)
        fail_msg("%s: %s", d != NULL ? d->name : "none", err.text);
    return w;
}

static const struct ga_check_row *
row_of(const char *check)
{
    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        if (strcmp(ga_check_rows[i].name, check) == 0)
            return &ga_check_rows[i];
    return NULL;
}

static unsigned
scope_of(const char *where)
{
    if (strcmp(where, "set") == 0)
        return GA_SCOPE_SET;
    if (strncmp(where, "GPU-", 4) == 0)
        return GA_SCOPE_GPU;
    return strncmp(where, "SWITCH-", 7) == 0 ? GA_SCOPE_SWITCH : 0;
}

static void
expectations_are_checks_and_reasons_that_exist(void **state)
{
    const struct sim_defect *d;
    size_t count = 0;

    (void)state;
    for (; (d = sim_defect_at(count)) != NULL; count++) {
        size_t failed = 0;

        for (size_t k = 0; k < d->expects; k++) {
            const struct sim_expect *e = &d->expect[k];
            const struct ga_check_row *row = row_of(e->check);

            if (row == NULL)
                fail_msg("%s: no check %s", d->name, e->check);
            if ((row->scope & scope_of(e->where)) == 0)
                fail_msg("%s: %s is no check of %s", d->name, e->check,
                         e->where);
            if ((row->reasons & UINT64_C(1) << e->reason) == 0)
                fail_msg("%s: %s has no reason %s", d->name, e->check,
                         ga_reason_name(e->reason));
            assert_true(e->state == GA_FAILED || e->state == GA_NOT_CHECKED);
            failed += e->state == GA_FAILED;
            for (size_t m = 0; m < k; m++)
                assert_false(strcmp(d->expect[m].check, e->check) == 0 &&
                             strcmp(d->expect[m].where, e->where) == 0);
        }
        /* Without a verdict there is nothing to expect. */
        assert_int_equal(failed > 0 || d->stage == SIM_AT_OCSP, d->expects > 0);
        assert_true(d->rule >= 1 && d->rule <= 14);
        assert_true(strlen(d->gain) > 10);
        assert_ptr_equal(sim_defect_find(d->name), d);
    }
    assert_null(sim_defect_find("none"));
    assert_true(count <= SIM_DEFECTS_MAX);
}

/* Checks that a file can make fail, and that no defect has: a BIOS RIM's code is
 * that of the other two. */
static void
every_check_has_a_defect(void **state)
{
    static const char *const without[] = {
        "bios_rim.signature",
        "bios_rim.chain",
    };
    const struct sim_defect *d;

    (void)state;
    for (size_t c = 0; c < GA_CHECK_COUNT; c++) {
        const struct ga_check_row *row = &ga_check_rows[c];
        bool found = (row->scope & GA_SCOPE_EVIDENCE) == 0;

        for (size_t i = 0; (d = sim_defect_at(i)) != NULL; i++)
            for (size_t k = 0; k < d->expects; k++)
                found = found || (d->expect[k].state == GA_FAILED &&
                                  strcmp(d->expect[k].check, row->name) == 0);
        for (size_t i = 0; i < COUNT(without); i++)
            if (strcmp(without[i], row->name) == 0) {
                assert_false(found);
                found = true;
            }
        if (!found)
            fail_msg("%s: no defect", row->name);
    }
}

/* What differs between a world with a defect and one without, as letters: r, c
 * report and chain of a device, n its nonce in the file, s another's shown; m a
 * RIM, o an answer. */
static void
differences(const struct sim_world *a, const struct sim_world *b, char out[400])
{
    size_t n = 0;

#define NOTE(differs, ...) \
    if (differs)           \
    n += (size_t)snprintf(out + n, n < 400 ? 400 - n : 0, __VA_ARGS__)
    out[0] = '\0';
    for (size_t i = 0; i < a->devices; i++) {
        const struct sim_device *x = &a->device[i], *y = &b->device[i];

        NOTE(!ga_bytes_equal(ga_view(&x->report), ga_view(&y->report)), "r:%s ",
             x->label);
        NOTE(!ga_bytes_equal(ga_view(&x->chain), ga_view(&y->chain)), "c:%s ",
             x->label);
        NOTE(strcmp(x->nonce, y->nonce) != 0, "n:%s ", x->label);
        NOTE(y->shown != NULL, "s:%s ", x->label);
    }
    for (size_t i = 0; i < a->rims; i++)
        NOTE(!ga_bytes_equal(ga_view(&a->rim[i].xml), ga_view(&b->rim[i].xml)),
             "m:%s ", a->rim[i].spec.name);
    for (size_t i = 0; i < a->answers; i++)
        NOTE(!ga_bytes_equal(ga_view(&a->answer[i].der),
                             ga_view(&b->answer[i].der)),
             "o:%s ", a->answer[i].name);
#undef NOTE
}

static const struct change_row {
    const char *defect, *changes;
} changes[] = {
    { "nonce-other", "r:GPU-0 r:GPU-1 r:SWITCH-0 " },
    { "report-signature", "r:GPU-0 " },
    { "chip-info-other", "r:GPU-0 " },
    { "fwid-other", "r:GPU-0 " },
    { "flag36-without-34", "r:GPU-0 " },
    { "missing-ica", "c:GPU-0 " },
    { "ocsp-revoked", "o:GPU-0-brom " },
    { "rim-missing", "m:driver " },
    { "rim-hash-no-ns", "m:driver " },
    { "rim-digest", "m:driver " },
    { "rim-expired", "m:driver " },
    { "rim-ocsp-unknown", "o:driver-rim-signer " },
    { "rim-version-other", "m:driver " },
    { "vbios-rim-signature", "m:vbios " },
    { "rim-index-conflict", "m:vbios " },
    { "golden-wrong", "r:GPU-0 " },
    { "file-nonce-differs", "n:GPU-0 " },
    { "copied-device", "s:GPU-1 " },
    { "mixed-modes", "r:GPU-1 " },
    { "trailing-byte", "r:GPU-0 " },
    { "bios-rim-version", "m:bios " },
};

static void
each_changes_what_it_says_and_nothing_else(void **state)
{
    struct sim_world *good = mint(NULL);

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        const struct sim_defect *d = sim_defect_find(changes[i].defect);
        struct sim_world *bad;
        char out[400];

        assert_non_null(d);
        bad = mint(d);
        differences(good, bad, out);
        if (strcmp(out, changes[i].changes) != 0)
            fail_msg("%s changes \"%s\", not \"%s\"", d->name, out,
                     changes[i].changes);
        assert_int_equal(bad->rims, good->rims);
        sim_world_free(bad);
    }
    sim_world_free(good);
}

/* A GPU that names another chip is given the RIM that its report leads to, so
 * that nothing but report.arch fails; on Blackwell the id depends on it. */
static void
a_foreign_chip_finds_a_rim(void **state)
{
    struct sim_options o;
    struct sim_world *w = NULL;

    (void)state;
    assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
    o.gpu = ga_chip_by_cert("GB100", 5);
    o.gpus = 2;
    o.defect[o.defects++] = sim_defect_find("chip-info-other");
    assert_int_equal(sim_world_make(&o, &w, NULL), GA_OK);
    assert_int_equal(w->rims, 3);
    assert_string_equal(w->rim[0].id, "NV_GPU_CC_DRIVER_GH100_580.95.05");
    assert_string_equal(w->rim[2].id, "NV_GPU_CC_DRIVER_GB100_580.95.05");
    assert_string_equal(w->answer[w->answers - 1].name, "driver-rim-signer-2");
    sim_world_free(w);
}

static void
expectations_are_spread_over_the_devices(void **state)
{
    const struct sim_defect *d = sim_defect_find("nonce-other");
    struct sim_world *w = mint(d);
    json_t *v = sim_describe_defect(w, d);
    char *text = json_dumps(v, JSON_COMPACT);

    (void)state;
    assert_string_equal(
        text,
        "{\"name\":\"nonce-other\",\"rule\":2,"
        "\"gain\":\"evidence of another day is shown again\",\"expect\":["
        "{\"where\":\"GPU-0\",\"check\":\"report.nonce\",\"state\":\"failed\","
        "\"reason\":\"nonce_other\"},"
        "{\"where\":\"GPU-1\",\"check\":\"report.nonce\",\"state\":\"failed\","
        "\"reason\":\"nonce_other\"},"
        "{\"where\":\"SWITCH-0\",\"check\":\"report.nonce\",\"state\":"
        "\"failed\",\"reason\":\"nonce_other\"}]}");
    free(text);
    json_decref(v);
    sim_world_free(w);
}

/* One device is no other: set.distinct passes for it. */
static void
what_needs_several_devices_is_left_out_for_one(void **state)
{
    const struct sim_defect *d = sim_defect_find("trailing-byte");

    (void)state;
    for (unsigned gpus = 1; gpus <= 2; gpus++) {
        struct sim_world *w = NULL;
        struct sim_options o;
        json_t *v;
        char *text;

        assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
        o.gpus = gpus;
        o.defect[o.defects++] = d;
        assert_int_equal(sim_world_make(&o, &w, NULL), GA_OK);
        v = sim_describe_defect(w, d);
        text = json_dumps(v, JSON_COMPACT);
        assert_non_null(strstr(text, "set.nonce"));
        assert_int_equal(strstr(text, "set.distinct") != NULL, gpus > 1);
        free(text);
        json_decref(v);
        sim_world_free(w);
    }
}

/* What fails, each once however many devices there are; where nothing does,
 * what could not be checked. */
static void
outcomes(const struct sim_defect *d, enum ga_state state, char *out, size_t cap)
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < d->expects; i++) {
        const struct sim_expect *e = &d->expect[i];
        char one[80];
        int len = snprintf(one, sizeof(one), "%s:%s", e->check,
                           ga_reason_name(e->reason));

        if (e->reason == GA_R_INDEX)
            snprintf(one + len, sizeof(one) - (size_t)len, "-%u", e->index);
        if (state == GA_NOT_CHECKED)
            strncat(one, " (not checked)", sizeof(one) - strlen(one) - 1);
        if (e->state != state || strstr(out, one) != NULL)
            continue;
        n += (size_t)snprintf(out + n, cap - n, "%s%s", n > 0 ? ", " : "", one);
        assert_true(n < cap);
    }
}

static void
the_threat_model_has_every_defect(void **state)
{
    static struct doc_row doc[SIM_DEFECTS_MAX];
    size_t rows =
               doc_table("docs/threat-model.md", "## Defects", doc, COUNT(doc)),
           i;
    const struct sim_defect *d;

    (void)state;
    for (i = 0; (d = sim_defect_at(i)) != NULL; i++) {
        char rule[12], fails[160];

        assert_true(i < rows);
        snprintf(rule, sizeof(rule), "%u", d->rule);
        outcomes(d, GA_FAILED, fails, sizeof(fails));
        if (fails[0] == '\0')
            outcomes(d, GA_NOT_CHECKED, fails, sizeof(fails));
        if (fails[0] == '\0')
            snprintf(fails, sizeof(fails), "refused: no nonce");
        assert_string_equal(doc[i].cell[0], d->name);
        assert_string_equal(doc[i].cell[1], rule);
        assert_string_equal(doc[i].cell[2], d->gain);
        assert_string_equal(doc[i].cell[3], fails);
    }
    assert_int_equal(rows, i);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expectations_are_checks_and_reasons_that_exist),
        cmocka_unit_test(every_check_has_a_defect),
        cmocka_unit_test(each_changes_what_it_says_and_nothing_else),
        cmocka_unit_test(a_foreign_chip_finds_a_rim),
        cmocka_unit_test(expectations_are_spread_over_the_devices),
        cmocka_unit_test(the_threat_model_has_every_defect),
        cmocka_unit_test(what_needs_several_devices_is_left_out_for_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
