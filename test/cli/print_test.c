/* SPDX-License-Identifier: Apache-2.0 */
/* A result as text: what a person reads of it. */
#define _GNU_SOURCE /* posix_openpt */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "verify/result.h"

/* Every check that is not told otherwise passed. */
static void
pass_all(struct ga_check *checks)
{
    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        ga_check_pass(&checks[i]);
}

static struct ga_result *
make(size_t devices)
{
    struct ga_result *r = NULL;

    assert_int_equal(ga_result_new(devices, GA_SCOPE_SET, &r, NULL), GA_OK);
    pass_all(r->check);
    for (size_t i = 0; i < devices; i++) {
        struct ga_device *d = &r->device[i];

        snprintf(d->label, sizeof(d->label), "GPU-%u", (unsigned)i);
        d->kind = GA_KIND_GPU;
        d->mode = GA_MODE_SPT;
        d->verified = true;
        pass_all(d->check);
    }
    return r;
}

static char *
text_of(const struct ga_result *r, const char *title)
{
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    assert_non_null(to);
    print_text(r, title, to);
    fclose(to);
    return text;
}

static void
counts_what_passed(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = make(1);
    struct ga_device *d = &r->device[0];
    GA_AUTO_FREE char *text = NULL;

    (void)state;
    memcpy(d->hwmodel, "MODEL", 6);
    memcpy(d->driver, "1.2", 4);
    memcpy(d->vbios, "A.B", 4);
    memcpy(d->device_id, "41AA", 5);
    memset(&d->check[GA_CHECK_REPORT_FWID], 0, sizeof(struct ga_check));
    ga_check_none(&d->check[GA_CHECK_REPORT_FWID], GA_R_NO_FIELD, "none");
    ga_check_note(&d->check[GA_CHECK_MEASUREMENTS_MATCH], GA_R_NONE,
                  "32 match");
    ga_check_note(&d->check[GA_CHECK_VBIOS_RIM_CHAIN], GA_R_GRACE, "late");
    snprintf(r->summary, sizeof(r->summary), "VERIFIED 1 GPU");
    r->verdict = GA_VERDICT_VERIFIED;
    text = text_of(r, "set");
    assert_string_equal(
        text, "GPU-0  MODEL  driver 1.2  VBIOS A.B  mode spt  id 41AA\n"
              "  passed         vbios_rim.chain (grace): late\n"
              "  passed         21 checks, 1 not applicable; 32 match\n"
              "set\n"
              "  passed         9 checks\n"
              "anchors: builtin, verification time: 1970-01-01T00:00:00Z\n"
              "VERIFIED 1 GPU\n");
}

static void
puts_failures_first(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = make(2);
    struct ga_device *d = &r->device[1];
    GA_AUTO_FREE char *text = NULL;

    (void)state;
    memset(&d->check[GA_CHECK_DEVICE_OCSP], 0, sizeof(struct ga_check));
    ga_check_unmade(&d->check[GA_CHECK_DEVICE_OCSP], GA_R_NOT_ASKED,
                    "asked nobody");
    d->check[GA_CHECK_DEVICE_OCSP].relaxed = true;
    ga_check_fail_index(&d->check[GA_CHECK_MEASUREMENTS_MATCH], 9, "differs");
    d->verified = false;
    ga_check_fail(&r->check[GA_CHECK_SET_COUNT], GA_R_COUNT_OTHER, "2, not 3");
    assert_true(ga_texts_add(&r->relaxed, "device.ocsp:not_checked"));
    assert_true(ga_texts_add(&r->relaxed, "set.mode:mixed"));
    snprintf(r->summary, sizeof(r->summary), "REJECTED GPU-1");
    r->verdict = GA_VERDICT_REJECTED;
    r->custom_anchors = true;
    r->at = 86400;
    text = text_of(r, "a\033b");
    assert_string_equal(
        text,
        "GPU-0  mode spt\n"
        "  passed         22 checks\n"
        "GPU-1  mode spt\n"
        "  failed         measurements.match (index-9): differs\n"
        "  not checked    device.ocsp (not_asked) [relaxed]: asked nobody\n"
        "  passed         20 checks\n"
        "a\\x1bb\n"
        "  failed         set.count (count_other): 2, not 3\n"
        "  passed         8 checks\n"
        "relaxed: device.ocsp:not_checked, set.mode:mixed\n"
        "anchors: custom, verification time: 1970-01-02T00:00:00Z\n"
        "REJECTED GPU-1\n");
}

static void
says_one_reason_once_for_checks_in_a_row(void **state)
{
    static const enum ga_check_id ids[] = { GA_CHECK_DRIVER_RIM_SCHEMA,
                                            GA_CHECK_DRIVER_RIM_SIGNATURE,
                                            GA_CHECK_DRIVER_RIM_VERSION,
                                            GA_CHECK_VBIOS_RIM_AVAILABLE };
    GA_AUTO_STRUCT(ga_result) *r = make(1);
    GA_AUTO_FREE char *text = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct ga_check *c = &r->device[0].check[ids[i]];

        memset(c, 0, sizeof(*c));
        ga_check_unmade(c, GA_R_DEPENDS, "%s %zu", i < 2 ? "no RIM" : "nothing",
                        i / 2 * i);
    }
    text = text_of(r, "set");
    assert_non_null(strstr(
        text, "  not checked    driver_rim.schema, driver_rim.signature "
              "(depends): no RIM 0\n"
              "  not checked    driver_rim.version (depends): nothing 2\n"
              "  not checked    vbios_rim.available (depends): nothing 3\n"));
}

/* Runs print_text() on a terminal and returns whether it used colours. */
static bool
coloured(void)
{
    GA_AUTO_STRUCT(ga_result) *r = NULL;
    int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
    char text[512];
    size_t used = 0;
    FILE *to;
    ssize_t n;

    /* A sandbox may have no terminals to give. */
    if (master < 0)
        skip();
    r = make(0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    to = fdopen(slave, "w");
    assert_non_null(to);
    snprintf(r->summary, sizeof(r->summary), "REJECTED");
    print_text(r, "set", to);
    assert_int_equal(fflush(to), 0);
    /* A terminal gives a line, or less, at a time. */
    do {
        n = read(master, text + used, sizeof(text) - 1 - used);
        assert_true(n > 0);
        used += (size_t)n;
        text[used] = '\0';
    } while (strstr(text, "REJECTED") == NULL || text[used - 1] != '\n');
    fclose(to);
    close(master);
    return strstr(text, "\033[31mREJECTED\033[0m") != NULL;
}

static void
has_colours_on_a_terminal_alone(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = make(1);
    GA_AUTO_FREE char *text = NULL;

    (void)state;
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    assert_true(coloured());
    text = text_of(r, "set");
    assert_null(strchr(text, '\033'));
    setenv("NO_COLOR", "1", 1);
    assert_false(coloured());
    setenv("NO_COLOR", "", 1);
    assert_true(coloured());
    setenv("TERM", "dumb", 1);
    assert_false(coloured());
    unsetenv("TERM");
    assert_false(coloured());
}

/* Whatever a text holds, it is one line that acts on nothing. */
static void
says_one_line_that_acts_on_nothing(void **state)
{
    char text[128];
    FILE *to = tmpfile();
    int kept = dup(STDERR_FILENO);
    size_t n;

    (void)state;
    assert_non_null(to);
    assert_int_equal(dup2(fileno(to), STDERR_FILENO), STDERR_FILENO);
    say("%s", "a\033[2Jb\nc\xff");
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    close(kept);
    rewind(to);
    n = fread(text, 1, sizeof(text) - 1, to);
    text[n] = '\0';
    fclose(to);
    assert_string_equal(text, "gpuattest: a\\x1b[2Jb\\x0ac\\xff\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_passed),
        cmocka_unit_test(puts_failures_first),
        cmocka_unit_test(says_one_reason_once_for_checks_in_a_row),
        cmocka_unit_test(has_colours_on_a_terminal_alone),
        cmocka_unit_test(says_one_line_that_acts_on_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
