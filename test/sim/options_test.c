/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* secure_getenv */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/options.h"
#include "support/fixtures.h"

#define NOW       INT64_C(1795000000)
#define WORDS_MAX 12

/* Words that blanks part.  What the request borrows from them is gone after
 * this. */
static enum ga_rc
parse(const char *line, struct sim_request *r, struct ga_error *err)
{
    char copy[400];
    char *argv[WORDS_MAX];
    int argc = 0;

    assert_true(strlen(line) < sizeof(copy));
    memcpy(copy, line, strlen(line) + 1);
    for (char *p = copy; *p != '\0' && argc < WORDS_MAX;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p == ' ')
            *p++ = '\0';
    }
    return sim_request_parse(SIM_MINT, argc, argv, NOW, r, err);
}

static struct bad_row {
    const char *line, *text;
} bad[] = {
    { "", "no folder was named" },
    { "d e", "unexpected 'e'" },
    { "d -x", "unexpected '-x'" },
    { "d --what", "unknown option '--what'" },
    { "d --gpu 1", "unknown option '--gpu'" },
    { "d --gpus", "--gpus needs N" },
    { "d --gpus one", "--gpus: 'one' is not allowed, only numbers up to 128" },
    { "d --gpus -1", "--gpus: '-1' is not allowed, only numbers up to 128" },
    { "d --gpus=", "--gpus: '' is not allowed, only numbers up to 128" },
    { "d --gpus 10000",
      "--gpus: '10000' is not allowed, only numbers up to 128" },
    { "d --arch volta",
      "--arch: 'volta' is not allowed, only hopper or blackwell" },
    { "d --mode off", "--mode: 'off' is not allowed, only spt, mpt or ppcie" },
    { "d --mode unknown",
      "--mode: 'unknown' is not allowed, only spt, mpt or ppcie" },
    { "d --nonce 00", "--nonce: '00' is not allowed, only 64 hex digits" },
    { "d --seed=", "--seed: '' is not allowed, only text in UTF-8" },
    { "d --at yesterday", "--at: 'yesterday' is not allowed, only times like "
                          "2026-01-02T03:04:05Z" },
    { "d --driver=",
      "--driver: '' is not allowed, only versions like 580.95.05" },
    { "d --defect nothing", "--defect: 'nothing' is not allowed, only names of "
                            "--list-defects, each once" },
    { "d --defect golden-wrong --defect golden-wrong",
      "--defect: 'golden-wrong' is not allowed, only names of --list-defects, "
      "each once" },
    { "d --seed=\xff", "--seed: '\\xff' is not allowed, only text in UTF-8" },
    { "d --force=yes", "--force takes no value" },
};

static void
refuses_bad_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_error err = { 0 };
        struct sim_request r, before;

        memset(&r, 0xa5, sizeof(r));
        before = r;
        assert_int_equal(parse(bad[i].line, &r, &err), GA_E_INVAL);
        assert_string_equal(err.text, bad[i].text);
        assert_memory_equal(&r, &before, sizeof(r));
    }
}

static struct mode_row {
    const char *line;
    unsigned gpus, switches;
    enum ga_mode mode;
} modes[] = {
    { "d", 1, 0, GA_MODE_SPT },
    { "d --gpus 8", 8, 0, GA_MODE_SPT },
    { "d --gpus 8 --switches 4", 8, 4, GA_MODE_PPCIE },
    { "d --gpus 8 --switches 4 --mode spt", 8, 4, GA_MODE_SPT },
    { "d --arch blackwell", 1, 0, GA_MODE_SPT },
    { "d --arch=blackwell --gpus=2", 2, 0, GA_MODE_MPT },
    { "d --mode mpt", 1, 0, GA_MODE_MPT },
    { "d --defect copied-device", 2, 0, GA_MODE_SPT },
    { "d --defect bios-rim-version", 1, 1, GA_MODE_PPCIE },
    { "d --gpus 5 --defect copied-device", 5, 0, GA_MODE_SPT },
    { "d --gpus 1 --defect copied-device", 1, 0, GA_MODE_SPT },
};

static void
completes_what_was_not_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++) {
        struct sim_request r;

        assert_int_equal(parse(modes[i].line, &r, NULL), GA_OK);
        assert_int_equal(r.world.gpus, modes[i].gpus);
        assert_int_equal(r.world.switches, modes[i].switches);
        assert_int_equal(r.world.mode, modes[i].mode);
        assert_int_equal(r.world.at, NOW);
        assert_false(r.force);
    }
}

static void
needs_no_folder_to_print(void **state)
{
    struct sim_request r;

    (void)state;
    assert_int_equal(parse("--help", &r, NULL), GA_OK);
    assert_true(r.help);
    assert_int_equal(parse("--list-defects", &r, NULL), GA_OK);
    assert_true(r.list_defects);
}

/* A world's own refusals: what does not go together. */
static struct world_row {
    const char *line, *text;
} refusals[] = {
    { "d --gpus 0", "no devices" },
    { "d --gpus 129", "129 GPUs, not 0 to 128" },
    { "d --gpus 1 --switches 5", "5 switches, not 0 to 4" },
    { "d --gpus 9 --switches 1", "9 GPUs on a board, not 0 to 8" },
    { "d --arch blackwell --switches 1",
      "switches stand on Hopper boards alone" },
    { "d --arch blackwell --mode ppcie", "mode ppcie is Hopper's" },
    { "d --at 2023-12-31T23:59:59Z", "time is not within 2024 to 2099" },
    { "d --at 2100-01-01T00:00:00Z", "time is not within 2024 to 2099" },
    { "d --gpus 1 --defect copied-device",
      "defect copied-device needs 2 GPUs and 0 switches" },
    { "d --switches 0 --defect bios-rim-version",
      "defect bios-rim-version needs 0 GPUs and 1 switches" },
};

static void
refuses_what_does_not_go_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct ga_error err = { 0 };
        struct sim_world *w = NULL;
        struct sim_request r;

        assert_int_equal(parse(refusals[i].line, &r, &err), GA_OK);
        assert_int_equal(sim_world_make(&r.world, &w, &err), GA_E_INVAL);
        assert_string_equal(err.text, refusals[i].text);
        assert_null(w);
    }
}

static void
refuses_driver_versions_that_rule_12_does_not_admit(void **state)
{
    static const char *const versions[] = {
        "580",    "580.",       ".580",        "580..1",  "1.2.3.4",
        "580.9a", "580.95.05 ", "580.1234567", "v580.95",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct ga_error err = { 0 };
        struct sim_options o;

        assert_int_equal(sim_options_init(&o, NOW, NULL), GA_OK);
        assert_int_equal(sim_options_check(&o, NULL), GA_OK);
        o.driver = versions[i];
        assert_int_equal(sim_options_check(&o, &err), GA_E_INVAL);
        assert_string_equal(
            err.text, "driver version is not n.n[.n] with up to 6 digits each");
    }
}

/* Every option stands in the man page, and nothing else does. */
static void
man_page_has_every_option(void **state)
{
    const char *source = secure_getenv("GA_SOURCE_DIR");
    size_t found = 0;
    struct ga_buf page;
    char path[600], *text;

    (void)state;
    snprintf(path, sizeof(path), "%s/man/gpuattest-sim.1",
             source != NULL ? source : ".");
    page = read_file(path);
    text = strndup((const char *)page.ptr, page.len);
    assert_non_null(text);
    for (size_t i = 0; i < sim_option_count; i++) {
        char item[80];

        snprintf(item, sizeof(item), "\n.It Fl Fl %s%s",
                 sim_option_rows[i].name,
                 sim_option_rows[i].arg != NULL ? " " : "\n");
        if (strstr(text, item) == NULL)
            fail_msg("man page has no item --%s", sim_option_rows[i].name);
    }
    for (const char *p = text; (p = strstr(p, "\n.It Fl Fl ")) != NULL; p++)
        found++;
    assert_int_equal(found, sim_option_count);
    free(text);
    ga_buf_done(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_bad_words),
        cmocka_unit_test(completes_what_was_not_said),
        cmocka_unit_test(needs_no_folder_to_print),
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(refuses_driver_versions_that_rule_12_does_not_admit),
        cmocka_unit_test(man_page_has_every_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
