/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what services do wrong, and what is said of it on a command
 * line. */
#include "support/test.h"

#include <string.h>

#include "base/checks.h"
#include "sim/options.h"

#define NOW INT64_C(1795000000)

/* Whether somebody makes the check, and can end it so. */
static bool
is_outcome(const struct sim_expect *e)
{
    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        if (strcmp(ga_check_rows[i].name, e->check) == 0)
            return (ga_check_rows[i].reasons & UINT64_C(1) << e->reason) != 0;
    return false;
}

/* What an exit status needs: nothing that fails, something that fails, or
 * nothing that fails and something unreachable. */
static void
status_follows_from_the_checks(const struct sim_trouble *t)
{
    size_t failed = 0, unreachable = 0;

    for (size_t i = 0; i < t->expects; i++) {
        const struct sim_expect *e = &t->expect[i];

        if (!is_outcome(e))
            fail_msg("%s: nobody ends %s so", t->name, e->check);
        failed += e->state == GA_FAILED;
        unreachable += e->reason == GA_R_UNREACHABLE;
    }
    assert_int_equal(t->status, failed > 0 ? 1 : unreachable > 0 ? 4 : 0);
    assert_int_equal(t->expects == 0, t->status == 0);
}

static void
rows_are_whole(void **state)
{
    static const char *const prefix[] = { "service-rim-", "service-ocsp-" };

    (void)state;
    for (size_t i = 0; i < sim_trouble_count; i++) {
        const struct sim_trouble *t = &sim_troubles[i];

        assert_int_equal(
            strncmp(t->name, prefix[t->service], strlen(prefix[t->service])),
            0);
        assert_true(t->what[0] != '\0');
        status_follows_from_the_checks(t);
        for (size_t k = 0; k < i; k++)
            if (sim_troubles[k].service == t->service &&
                sim_troubles[k].kind == t->kind)
                fail_msg("%s and %s are one", t->name, sim_troubles[k].name);
        assert_null(sim_defect_find(t->name));
    }
}

static void
takes_arguments(void **state)
{
    static const struct {
        const char *text;
        enum sim_service service;
        enum sim_fault_kind kind;
        unsigned arg;
    } rows[] = {
        { "service-rim-slow", SIM_RIM_SERVICE, SIM_T_SLOW, 200 },
        { "service-rim-slow:600000", SIM_RIM_SERVICE, SIM_T_SLOW, 600000 },
        { "service-ocsp-429", SIM_OCSP_SERVICE, SIM_T_BUSY, 1 },
        { "service-ocsp-429:0", SIM_OCSP_SERVICE, SIM_T_BUSY, 0 },
        { "service-ocsp-500:3", SIM_OCSP_SERVICE, SIM_T_STATUS, 3 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sim_ailments a = { 0 };
        const struct sim_ailment *found;

        assert_true(sim_ailments_add(&a, rows[i].text));
        assert_false(sim_ailments_add(&a, rows[i].text));
        found = sim_ailments_find(&a, rows[i].service, rows[i].kind);
        assert_non_null(found);
        assert_int_equal(found->arg, rows[i].arg);
        assert_null(sim_ailments_find(&a, !rows[i].service, rows[i].kind));
    }
}

static void
gathers_lines_of_the_script(void **state)
{
    struct sim_ailments a = { 0 };

    (void)state;
    assert_true(sim_ailments_add(&a, "nvml:nvmlInit_v2 rc=9"));
    assert_false(sim_ailments_add(&a, "nvml:nvmlInit_v2 rc=9\nnscq * rc=1"));
    assert_false(sim_ailments_add(&a, "nscq:nvmlInit_v2 rc=9"));
    assert_true(sim_ailments_add(&a, "nscq:uuid gone"));
    assert_string_equal(a.script, "nvml nvmlInit_v2 rc=9\nnscq uuid gone\n");
    for (size_t i = 2; i < SIM_FAULTS_MAX; i++)
        assert_true(sim_ailments_add(&a, "nscq:uuid gone"));
    assert_false(sim_ailments_add(&a, "nscq:uuid gone"));
    assert_int_equal(strlen(a.script), 22 + (SIM_FAULTS_MAX - 1) * 15);
}

static enum ga_rc
parse(enum sim_verb verb, char **argv, struct sim_request *r,
      struct ga_error *err)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    return sim_request_parse(verb, argc, argv, NOW, r, err);
}

static void
the_command_begins_where_options_end(void **state)
{
    char gpus[] = "--gpus", two[] = "2", dashes[] = "--", sh[] = "sh",
         dash_c[] = "-c";
    char *plain[] = { gpus, two, sh, dash_c, gpus, NULL };
    char *parted[] = { dashes, gpus, two, NULL };
    char *no_command[] = { gpus, two, dashes, NULL };
    struct ga_error err = { 0 };
    struct sim_request r;

    (void)state;
    assert_int_equal(parse(SIM_RUN, plain, &r, &err), GA_OK);
    assert_int_equal(r.world.gpus, 2);
    assert_ptr_equal(r.command, &plain[2]);
    assert_int_equal(parse(SIM_RUN, parted, &r, &err), GA_OK);
    assert_int_equal(r.world.gpus, 1);
    assert_ptr_equal(r.command, &parted[1]);
    assert_int_equal(parse(SIM_RUN, no_command, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text, "no command was named");
    assert_int_equal(parse(SIM_UP, no_command, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text, "unexpected '--'");
    assert_int_equal(parse(SIM_MINT, no_command, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text, "unexpected '--'");
}

static void
files_have_no_services(void **state)
{
    char defect[] = "--defect", name[] = "service-rim-down", dir[] = "d";
    char *argv[] = { dir, defect, name, NULL };
    struct ga_error err = { 0 };
    struct sim_request r;

    (void)state;
    assert_int_equal(parse(SIM_MINT, argv, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text,
                        "--defect: 'service-rim-down' is not allowed, only "
                        "names of --list-defects, each once");
    assert_int_equal(parse(SIM_UP, argv + 1, &r, &err), GA_OK);
    assert_int_equal(r.ill.count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(takes_arguments),
        cmocka_unit_test(gathers_lines_of_the_script),
        cmocka_unit_test(the_command_begins_where_options_end),
        cmocka_unit_test(files_have_no_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
