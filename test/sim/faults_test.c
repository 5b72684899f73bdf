/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/faults.h"

/* Parses an exact copy, so that one byte over is seen. */
static enum ga_rc
parse(const char *text, size_t n, struct sim_faults *out, struct ga_error *err)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, n);
    rc = sim_faults_parse(ga_bytes_of(copy, n), out, err);
    free(copy);
    return rc;
}

static struct bad_row {
    const char *line, *word;
} bad[] = {
    { "x", "x" },
    { "nvm nvmlInit_v2 rc=1", "nvm" },
    { "nvml", "end of line" },
    { "nvml nvmlInit_v2", "end of line" },
    { "nvml nvmlInit rc=1", "nvmlInit" },
    { "nvml uuid rc=1", "uuid" },
    { "nscq nvmlInit_v2 rc=1", "nvmlInit_v2" },
    { "nvml nvmlInit_v2@GPU-0 rc=1", "nvmlInit_v2@GPU-0" },
    { "nscq version@SWITCH-0 rc=1", "version@SWITCH-0" },
    { "nvml nvmlDeviceGetUUID@ rc=1", "nvmlDeviceGetUUID@" },
    { "nvml nvmlDeviceGetUUID# rc=1", "nvmlDeviceGetUUID#" },
    { "nvml nvmlDeviceGetUUID#0 rc=1", "nvmlDeviceGetUUID#0" },
    { "nvml nvmlDeviceGetUUID#1x rc=1", "nvmlDeviceGetUUID#1x" },
    { "nvml nvmlDeviceGetUUID#1000001 rc=1", "nvmlDeviceGetUUID#1000001" },
    { "nvml nvmlDeviceGetUUID#1#2 rc=1", "nvmlDeviceGetUUID#1#2" },
    { "nvml nvmlInit_v2 rc", "rc" },
    { "nvml nvmlInit_v2 rc=", "rc=" },
    { "nvml nvmlInit_v2 rc=-1", "rc=-1" },
    { "nvml nvmlInit_v2 rc=10000", "rc=10000" },
    { "nvml nvmlInit_v2 rc=1x", "rc=1x" },
    { "nscq uuid rc=128", "rc=128" },
    { "nscq uuid rc=-129", "rc=-129" },
    { "nscq uuid rc=--1", "rc=--1" },
    { "nvml nvmlErrorString rc=1", "rc=1" },
    { "nscq nscq_session_destroy rc=1", "rc=1" },
    { "nvml nvmlInit_v2 gone", "gone" },
    { "nvml nvmlInit_v2 size=1", "size=1" },
    { "nvml nvmlDeviceGetUUID cut=1", "cut=1" },
    { "nscq certificate size=x", "size=x" },
    { "nscq certificate size=400000001", "size=400000001" },
    { "nscq certificate cut=", "cut=" },
    { "nscq certificate measurement=1", "measurement=1" },
    { "nscq attestation_report measurement=64", "measurement=64" },
    { "nscq attestation_report measurement=", "measurement=" },
    { "nscq attestation_report measurement=9x", "measurement=9x" },
    { "nscq certificate delay=1", "delay=1" },
    { "nscq certificate delay=1s", "delay=1s" },
    { "nscq certificate delay=600001ms", "delay=600001ms" },
    { "nscq certificate rc=1 what", "what" },
    { "nscq certificate rc=1\r", "rc=1\\x0d" },
};

static void
refuses_what_would_not_take_effect(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct sim_faults f, before;
        struct ga_error err = { 0 };
        char script[128], want[128];

        snprintf(script, sizeof(script), "\nnvml * rc=1\n%s\n", bad[i].line);
        snprintf(want, sizeof(want), "line 3: '%s' is not allowed",
                 bad[i].word);
        memset(&f, 0xa5, sizeof(f));
        before = f;
        assert_int_equal(parse(script, strlen(script), &f, &err), GA_E_SYNTAX);
        assert_string_equal(err.text, want);
        assert_memory_equal(&f, &before, sizeof(f));
    }
}

static void
refuses_what_is_too_long(void **state)
{
    struct ga_error err = { 0 };
    struct sim_faults f;
    char line[257], *many = calloc(SIM_FAULTS_MAX + 1, 13);

    (void)state;
    assert_non_null(many);
    memset(line, ' ', sizeof(line));
    assert_int_equal(parse(line, 255, &f, &err), GA_OK);
    assert_int_equal(f.count, 0);
    assert_int_equal(parse(line, 256, &f, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "line 1: 256 bytes");
    assert_int_equal(parse("nvml * rc=1\0\n", 13, &f, &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "line 1: NUL");
    for (size_t i = 0; i <= SIM_FAULTS_MAX; i++)
        memcpy(many + 12 * i, "nvml * rc=1\n", 12);
    assert_int_equal(parse(many, 12 * SIM_FAULTS_MAX, &f, &err), GA_OK);
    assert_int_equal(f.count, SIM_FAULTS_MAX);
    assert_int_equal(parse(many, 12 * (SIM_FAULTS_MAX + 1), &f, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 64 faults");
    free(many);
}

/* Every prefix of a script is read or refused, and nothing behind it. */
static void
reads_every_prefix(void **state)
{
    static const char script[] =
        "# what follows\n"
        "nvml *@GPU-3#5+ gone delay=10ms\n"
        "\tnscq  attestation_report@SWITCH-1#2 size=0 cut=7 rc=-128";
    struct sim_faults f;

    (void)state;
    for (size_t n = 0; n < sizeof(script); n++) {
        struct ga_error err = { 0 };
        enum ga_rc rc = parse(script, n, &f, &err);

        assert_true(rc == GA_OK || (rc == GA_E_SYNTAX && err.text[0] != '\0'));
    }
    assert_int_equal(parse(script, strlen(script), &f, NULL), GA_OK);
    assert_int_equal(f.count, 2);
    assert_string_equal(f.fault[0].call, "*");
    assert_string_equal(f.fault[0].device, "GPU-3");
    assert_int_equal(f.fault[0].from, 5);
    assert_int_equal(f.fault[0].to, UINT32_MAX);
    assert_true(f.fault[0].act.gone);
    assert_int_equal(f.fault[0].act.delay_ms, 10);
    assert_int_equal((&f.fault[1])->library, SIM_NSCQ);
    assert_string_equal(f.fault[1].device, "SWITCH-1");
    assert_int_equal(f.fault[1].from, 2);
    assert_int_equal(f.fault[1].to, 2);
    assert_true(f.fault[1].act.has_size);
    assert_int_equal(f.fault[1].act.size, 0);
    assert_int_equal(f.fault[1].act.cut, 7);
    assert_int_equal(f.fault[1].act.rc, -128);
}

static void
counts_the_calls_that_fit(void **state)
{
    static const char script[] = "nvml nvmlDeviceGetUUID@GPU-1#2 rc=5\n"
                                 "nvml *#3+ delay=7ms\n"
                                 "nvml nvmlDeviceGetUUID#4 rc=6\n";
    static const struct {
        enum sim_library library;
        const char *call, *device;
        int rc; /* -1: none */
        unsigned delay;
    } calls[] = {
        { SIM_NVML, "nvmlDeviceGetUUID", "GPU-0", -1, 0 },
        { SIM_NVML, "nvmlDeviceGetUUID", "GPU-1", -1, 0 },
        { SIM_NSCQ, "nvmlDeviceGetUUID", "GPU-1", -1, 0 },
        { SIM_NVML, "nvmlDeviceGetUUID", "GPU-1", 5, 7 },
        { SIM_NVML, "nvmlShutdown", "", -1, 7 },
        { SIM_NVML, "nvmlDeviceGetUUID", "GPU-1", 6, 7 },
        { SIM_NVML, "nvmlDeviceGetUUID", "GPU-1", -1, 7 },
    };
    struct sim_faults f;

    (void)state;
    assert_int_equal(parse(script, strlen(script), &f, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(calls); i++) {
        struct sim_act a = sim_faults_meet(&f, (&calls[i])->library,
                                           calls[i].call, calls[i].device);

        assert_int_equal(a.has_rc ? a.rc : -1, calls[i].rc);
        assert_int_equal(a.delay_ms, calls[i].delay);
        assert_false(a.gone || a.has_size || a.has_cut);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_would_not_take_effect),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(reads_every_prefix),
        cmocka_unit_test(counts_the_calls_that_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
