/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines and variables: what they set, and how they are refused. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"

#define WORDS_MAX 12

static const struct verb *
verb(const char *name)
{
    for (const struct verb *v = verbs; v->name != NULL; v++)
        if (strcmp(v->name, name) == 0)
            return v;
    fail_msg("%s", name);
    return NULL;
}

/* Parses words as the verb's command line. */
static enum ga_rc
parse(const char *name, const char *const *words, struct options *o,
      struct ga_error *err)
{
    char *argv[WORDS_MAX + 2] = { (char *)(uintptr_t)name };
    int argc = 1;

    for (; *words != NULL; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    return options_parse(verb(name), argc, argv, o, err);
}

static struct bad {
    const char *title, *verb;
    const char *words[WORDS_MAX];
    const char *text;
} bads[] = {
    { "unknown option",
      "verify",
      { "--frobnicate" },
      "unknown option \"--frobnicate\"" },
    { "one letter missing",
      "verify",
      { "--nonc", "00" },
      "unknown option \"--nonc\"; did you mean --nonce?" },
    { "one letter too many",
      "verify",
      { "--offlline" },
      "unknown option \"--offlline\"; did you mean --offline?" },
    { "two letters swapped",
      "verify",
      { "--rim-dri=x" },
      "unknown option \"--rim-dri\"; did you mean --rim-dir?" },
    { "three slips are another word",
      "verify",
      { "--rim-xyz=x" },
      "unknown option \"--rim-xyz\"" },
    { "a short word is not near everything",
      "verify",
      { "--x" },
      "unknown option \"--x\"" },
    { "three more letters are another word",
      "verify",
      { "--noncesss" },
      "unknown option \"--noncesss\"" },
    { "two letters less",
      "verify",
      { "--claims-ersin=x" },
      "unknown option \"--claims-ersin\"; did you mean --claims-version?" },
    { "one dash", "verify", { "-nonce" }, "unknown option \"-nonce\"" },
    { "an option of another verb",
      "version",
      { "--nonce=00" },
      "unknown option \"--nonce\"" },
    { "a prefix of a name is no name",
      "verify",
      { "--ocsp-n=ignore" },
      "unknown option \"--ocsp-n\"" },
    { "nothing before the equals sign",
      "verify",
      { "--=x" },
      "unknown option \"--\"" },
    { "no value at the end",
      "verify",
      { "f", "--nonce" },
      "--nonce: needs a value, --nonce=HEX" },
    { "an option in place of a value",
      "verify",
      { "--nonce", "--offline" },
      "--nonce: needs a value, --nonce=HEX" },
    { "a value of --help",
      "verify",
      { "--help=yes" },
      "--help: takes no value" },
    { "a text twice",
      "verify",
      { "--nonce=00", "--nonce=00" },
      "--nonce: given twice" },
    { "a choice twice",
      "verify",
      { "--format=text", "--format", "json" },
      "--format: given twice" },
    { "a setting twice",
      "verify",
      { "--ocsp-skew=1m", "--ocsp-skew=1m" },
      "--ocsp-skew: given twice" },
    { "a flag twice",
      "verify",
      { "--offline", "--offline" },
      "--offline: given twice" },
    { "not among the words",
      "verify",
      { "--format=yaml" },
      "--format: \"yaml\" is none of text|json" },
    { "half of a word",
      "verify",
      { "--format=js" },
      "--format: \"js\" is none of text|json" },
    { "more than a word",
      "verify",
      { "--format=textual" },
      "--format: \"textual\" is none of text|json" },
    { "an empty word",
      "verify",
      { "--format=" },
      "--format: \"\" is none of text|json" },
    { "the library refuses a time",
      "verify",
      { "--at=tomorrow" },
      "--at: \"tomorrow\" is no time like 2025-10-24T12:00:00Z" },
    { "the library refuses a choice",
      "verify",
      { "--ocsp-nonce", "maybe" },
      "--ocsp-nonce: \"maybe\" is none of require, accept-missing, ignore" },
    { "the library refuses a flag",
      "verify",
      { "--offline=yes" },
      "--offline: \"yes\" is none of false, true" },
    { "the library refuses no value",
      "verify",
      { "--rim-dir=" },
      "--rim-dir: no value" },
    { "standard input twice",
      "verify",
      { "-", "-" },
      "FILE: standard input is read already, by FILE" },
    { "standard input in two roles",
      "verify",
      { "--report=-", "--chain", "-" },
      "--chain: standard input is read already, by report" },
    { "standard input as an anchor too",
      "verify",
      { "-", "--device-anchor", "-" },
      "--device-anchor: standard input is read already, by FILE" },
    { "a report without a chain",
      "verify",
      { "--report", "r" },
      "--report and --chain come in pairs: one is missing at the end" },
    { "a chain without a report",
      "verify",
      { "--chain", "c" },
      "--report and --chain come in pairs: one is missing at the end" },
    { "two reports",
      "verify",
      { "--report=a", "--report=b", "--chain=c" },
      "--report and --chain come in pairs: one is missing before \"b\"" },
    { "a file between report and chain",
      "verify",
      { "--report=a", "f", "--chain=c" },
      "--report and --chain come in pairs: one is missing before \"f\"" },
    { "an empty file name",
      "verify",
      { "" },
      "FILE: the name of the file is empty" },
    { "an empty name of a report",
      "verify",
      { "--report=", "--chain=c" },
      "--report: the name of the file is empty" },
    { "too many operands",
      "inspect",
      { "a", "b" },
      "one argument too many: \"b\"" },
    { "an operand where there is none",
      "version",
      { "a" },
      "one argument too many: \"a\"" },
    { "no operand", "inspect", { NULL }, "nothing to read: name FILE" },
    { "no operand of rim verify",
      "rim verify",
      { "--no-ocsp" },
      "nothing to read: name FILE" },
    { "the first error counts",
      "verify",
      { "--x1", "--x2", "--nonce" },
      "unknown option \"--x1\"" },
    { "a name that steers a terminal",
      "inspect",
      { "a", "\033[2J\xff" },
      "one argument too many: \"\\x1b[2J\\xff\"" },
};

static void
refuses(void **state)
{
    const struct bad *row = *state;
    struct options o;
    struct ga_error err = { 0 };

    assert_int_equal(parse(row->verb, row->words, &o, &err), GA_E_INVAL);
    assert_string_equal(err.text, row->text);
    assert_int_equal(err.code, GA_E_INVAL);
    options_done(&o);
}

/* Every option of every verb is known to a table, and takes what it says. */
static void
knows_every_name(void **state)
{
    (void)state;
    for (const struct verb *v = verbs; v->name != NULL; v++)
        for (const struct option_group *g = v->groups; g->title != NULL; g++)
            for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
                struct option_view view;

                assert_true(option_view(g->name[i], &view));
                assert_string_equal(view.name, g->name[i]);
                assert_non_null(view.help);
            }
}

/* What the library can be told, verify can tell it. */
static void
offers_every_setting(void **state)
{
    (void)state;
    for (size_t n = 0; n < ga_setting_count; n++) {
        bool found = false;

        for (const struct option_group *g = verb("verify")->groups;
             g->title != NULL; g++)
            for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
                found =
                    found || strcmp(g->name[i], ga_setting_rows[n].name) == 0;
        if (!found)
            fail_msg("verify has no --%s", ga_setting_rows[n].name);
    }
}

static void
has_strict_defaults(void **state)
{
    static const char *const words[] = { NULL };
    struct options o;

    (void)state;
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_int_equal(o.format, FORMAT_TEXT);
    assert_int_equal(o.log_level, GA_LOG_WARN);
    assert_null(o.nonce);
    assert_int_equal(o.input_count, 0);
    assert_int_equal(o.settings->ocsp_nonce, 0);
    assert_false(o.settings->no_ocsp);
    options_done(&o);
}

static void
takes_both_spellings_in_any_order(void **state)
{
    static const char *const words[] = {
        "a",         "--nonce",       "11", "b",       "--format=json",
        "--offline", "--rim-dir=d=1", "--", "--nonce", NULL
    };
    struct options o;

    (void)state;
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_string_equal(o.nonce, "11");
    assert_int_equal(o.format, FORMAT_JSON);
    assert_true(o.settings->offline);
    assert_int_equal(o.settings->rim_dir.count, 1);
    assert_string_equal(o.settings->rim_dir.item[0], "d=1");
    assert_int_equal(o.operand_count, 3);
    assert_string_equal(o.input[0].path, "a");
    assert_string_equal(o.input[1].path, "b");
    assert_string_equal(o.input[2].path, "--nonce");
    options_done(&o);
}

static void
keeps_the_order_of_files_and_pairs(void **state)
{
    static const char *const words[] = {
        "a",        "--report=r1", "--chain",   "c1", "-", "--chain=c2",
        "--report", "r2",          "--rim-dir", "-",  NULL
    };
    static const struct input want[] = {
        { INPUT_OPERAND, "a" }, { INPUT_REPORT, "r1" }, { INPUT_CHAIN, "c1" },
        { INPUT_OPERAND, "-" }, { INPUT_CHAIN, "c2" },  { INPUT_REPORT, "r2" },
    };
    struct options o;

    (void)state;
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_int_equal(o.input_count, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(o.input[i].role, want[i].role);
        assert_string_equal(o.input[i].path, want[i].path);
    }
    options_done(&o);
}

static void
extends_lists(void **state)
{
    static const char *const words[] = { "--rim-dir=a", "--rim-dir",
                                         "b",           "--relax=x.y:z,u.v",
                                         "--relax",     "w.w",
                                         NULL };
    struct options o;

    (void)state;
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_int_equal(o.settings->rim_dir.count, 2);
    assert_int_equal(o.settings->relax.count, 3);
    assert_string_equal(o.settings->relax.item[2], "w.w");
    options_done(&o);
}

/* --format behind the mistake still says how it is printed. */
static void
reads_on_behind_a_mistake(void **state)
{
    static const char *const words[] = { "--frob", "--format", "json", NULL };
    struct options o;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(parse("verify", words, &o, &err), GA_E_INVAL);
    assert_int_equal(o.format, FORMAT_JSON);
    options_done(&o);
}

static void
helps_whatever_else_is_wrong(void **state)
{
    static const char *const words[] = { "--frob", "-h", NULL };
    struct options o;

    (void)state;
    assert_int_equal(parse("inspect", words, &o, NULL), GA_OK);
    assert_true(o.help);
    options_done(&o);
}

static void
reads_the_environment(void **state)
{
    static const char *const words[] = { NULL };
    struct options o;

    (void)state;
    setenv("GPUATTEST_RIM_DIR", "from-env", 1);
    setenv("GPUATTEST_OFFLINE", "true", 1);
    setenv("GPUATTEST_FORMAT", "json", 1);
    setenv("GPUATTEST_AT", "", 1);
    setenv("GPUATTEST_NONCE", "22", 1);
    setenv("GPUATTEST_REPORT", "r", 1);
    setenv("GPUATTEST_HELP", "true", 1);
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_int_equal(o.settings->rim_dir.count, 1);
    assert_string_equal(o.settings->rim_dir.item[0], "from-env");
    assert_true(o.settings->offline);
    assert_int_equal(o.format, FORMAT_JSON);
    assert_true(o.settings->at == GA_TIME_NONE);
    assert_null(o.nonce);
    assert_int_equal(o.input_count, 0);
    assert_false(o.help);
    options_done(&o);
}

static void
lets_options_beat_the_environment(void **state)
{
    static const char *const words[] = { "--rim-dir=a", "--offline=false",
                                         "--format=text", NULL };
    struct options o;

    (void)state;
    setenv("GPUATTEST_RIM_DIR", "from-env", 1);
    setenv("GPUATTEST_OFFLINE", "true", 1);
    setenv("GPUATTEST_FORMAT", "garbage", 1);
    assert_int_equal(parse("verify", words, &o, NULL), GA_OK);
    assert_int_equal(o.settings->rim_dir.count, 1);
    assert_string_equal(o.settings->rim_dir.item[0], "a");
    assert_false(o.settings->offline);
    assert_int_equal(o.format, FORMAT_TEXT);
    options_done(&o);
}

static void
names_the_variable_that_is_wrong(void **state)
{
    static const char *const words[] = { NULL };
    struct options o;
    struct ga_error err = { 0 };

    (void)state;
    setenv("GPUATTEST_OCSP_SKEW", "soon", 1);
    assert_int_equal(parse("verify", words, &o, &err), GA_E_INVAL);
    assert_string_equal(err.text, "GPUATTEST_OCSP_SKEW: \"soon\" is no "
                                  "duration like 90s, 15m, 2h or 65d");
    options_done(&o);
}

/* A verb does not look at variables that it has no option for. */
static void
passes_over_foreign_variables(void **state)
{
    static const char *const words[] = { "f", NULL };
    struct options o;

    (void)state;
    setenv("GPUATTEST_OCSP_SKEW", "soon", 1);
    assert_int_equal(parse("inspect", words, &o, NULL), GA_OK);
    options_done(&o);
}

static int
clean_environment(void **state)
{
    static const char *const names[] = { "RIM_DIR", "OFFLINE",  "FORMAT",
                                         "AT",      "NONCE",    "REPORT",
                                         "HELP",    "OCSP_SKEW" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[ENV_NAME_MAX];

        snprintf(name, sizeof(name), "GPUATTEST_%s", names[i]);
        unsetenv(name);
    }
    return 0;
}

static void
bounds_values_and_files(void **state)
{
    static char value[GA_VALUE_MAX + 2];
    static char *argv[INPUTS_MAX + 2], name[] = "f";
    const char *const words[] = { "--nonce", value, NULL };
    struct options o;
    struct ga_error err = { 0 };

    (void)state;
    memset(value, 'x', GA_VALUE_MAX);
    assert_int_equal(parse("verify", words, &o, &err), GA_OK);
    options_done(&o);
    value[GA_VALUE_MAX] = 'x';
    assert_int_equal(parse("verify", words, &o, &err), GA_E_INVAL);
    assert_string_equal(err.text, "--nonce: 4097 bytes, not 0 to 4096");
    options_done(&o);
    for (size_t i = 0; i < COUNT(argv); i++)
        argv[i] = name;
    assert_int_equal(
        options_parse(verb("verify"), INPUTS_MAX + 1, argv, &o, &err), GA_OK);
    options_done(&o);
    assert_int_equal(
        options_parse(verb("verify"), INPUTS_MAX + 2, argv, &o, &err),
        GA_E_INVAL);
    assert_string_equal(err.text, "one argument too many: \"f\"");
    options_done(&o);
}

/* Files that are no operands have a bound of their own. */
static void
bounds_pairs(void **state)
{
    static char *argv[INPUTS_MAX + 4], report[] = "--report=r",
                                       chain[] = "--chain=c", name[] = "verify";
    struct options o;
    struct ga_error err = { 0 };

    (void)state;
    argv[0] = name;
    for (int i = 1; i < INPUTS_MAX + 3; i++)
        argv[i] = i % 2 == 1 ? report : chain;
    assert_int_equal(
        options_parse(verb("verify"), INPUTS_MAX + 1, argv, &o, &err), GA_OK);
    assert_int_equal(o.input_count, INPUTS_MAX);
    options_done(&o);
    assert_int_equal(
        options_parse(verb("verify"), INPUTS_MAX + 3, argv, &o, &err),
        GA_E_INVAL);
    assert_string_equal(err.text, "more than 256 files");
    assert_int_equal(o.input_count, INPUTS_MAX);
    options_done(&o);
}

/* A word that is longer than any message is cut, and nothing overflows. */
static void
survives_long_words(void **state)
{
    static char word[70000];
    const char *const words[] = { word, NULL };
    struct options o;
    struct ga_error err = { 0 };

    (void)state;
    memset(word, 'x', sizeof(word) - 1);
    memcpy(word, "--", 2);
    assert_int_equal(parse("verify", words, &o, &err), GA_E_INVAL);
    assert_int_equal(strlen(err.text), strlen("unknown option \"\"") + 128);
    options_done(&o);
    memcpy(word, "xx", 2);
    assert_int_equal(parse("version", words, &o, &err), GA_E_INVAL);
    assert_int_equal(strlen(err.text),
                     strlen("one argument too many: \"\"") + 200);
    options_done(&o);
}

static void
finds_verbs_of_one_and_two_words(void **state)
{
    char *one[] = { (char[]){ "gpuattest" }, (char[]){ "verify" }, NULL };
    char *two[] = { (char[]){ "gpuattest" }, (char[]){ "rim" },
                    (char[]){ "verify" }, NULL };
    int words = 0;

    (void)state;
    assert_string_equal(verb_find(2, one, &words)->name, "verify");
    assert_int_equal(words, 1);
    assert_string_equal(verb_find(3, two, &words)->name, "rim verify");
    assert_int_equal(words, 2);
    assert_null(verb_find(2, two, &words));
    assert_null(verb_find(1, one, &words));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_every_name),
        cmocka_unit_test(offers_every_setting),
        cmocka_unit_test(has_strict_defaults),
        cmocka_unit_test(takes_both_spellings_in_any_order),
        cmocka_unit_test(keeps_the_order_of_files_and_pairs),
        cmocka_unit_test(extends_lists),
        cmocka_unit_test(reads_on_behind_a_mistake),
        cmocka_unit_test(helps_whatever_else_is_wrong),
        cmocka_unit_test_teardown(reads_the_environment, clean_environment),
        cmocka_unit_test_teardown(lets_options_beat_the_environment,
                                  clean_environment),
        cmocka_unit_test_teardown(names_the_variable_that_is_wrong,
                                  clean_environment),
        cmocka_unit_test_teardown(passes_over_foreign_variables,
                                  clean_environment),
        cmocka_unit_test(bounds_values_and_files),
        cmocka_unit_test(bounds_pairs),
        cmocka_unit_test(survives_long_words),
        cmocka_unit_test(finds_verbs_of_one_and_two_words),
    };
    struct CMUnitTest rows[COUNT(bads)];

    clean_environment(NULL);
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = bads[i].title,
                                       .test_func = refuses,
                                       .initial_state = &bads[i] };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL) +
           cmocka_run_group_tests_name("refusals", rows, NULL, NULL);
}
