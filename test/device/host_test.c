/* SPDX-License-Identifier: Apache-2.0 */
/* What the driver says of the host, and the ready state. */
#include "support/test.h"

#include <string.h>

#include "device/fake.h"

static enum ga_rc
read_host(const struct fake_script *script, unsigned devices,
          struct ga_host *out, struct ga_error *err)
{
    struct ga_device_libraries libraries = { 0 };
    enum ga_rc rc;

    fake_play(script);
    rc = fake_open(&libraries, devices, err);
    if (rc == GA_OK)
        rc = ga_device_host(&libraries, out, err);
    ga_device_close(&libraries);
    return rc;
}

#define CC_ON .state = { .environment = 2, .cc_feature = 1 }

static struct good {
    const char *name;
    struct fake_script script;
    struct ga_host host;
} good[] = {
    { "everything off",
      { .gpus = 2 },
      { .gpus = 2, .has_multi_gpu_mode = true, .has_ready = true } },
    { "a board in protected PCIe mode",
      { .gpus = 8, CC_ON, .settings = { .multi_gpu_mode = 1 }, .ready = 1 },
      { .gpus = 8,
        .cc_on = true,
        .environment = 2,
        .has_multi_gpu_mode = true,
        .multi_gpu_mode = 1,
        .has_ready = true,
        .ready = true } },
    { "a mode that nobody knows",
      { CC_ON, .settings = { .multi_gpu_mode = 9 } },
      { .gpus = 2,
        .cc_on = true,
        .environment = 2,
        .has_multi_gpu_mode = true,
        .multi_gpu_mode = 9,
        .has_ready = true } },
    { "DevTools by the state",
      { .state = { .cc_feature = 1, .dev_tools_mode = 1 } },
      { .gpus = 2,
        .cc_on = true,
        .dev_tools = true,
        .has_multi_gpu_mode = true,
        .has_ready = true } },
    { "DevTools by the settings",
      { .state = { .cc_feature = 1 }, .settings = { .dev_tools_mode = 7 } },
      { .gpus = 2,
        .cc_on = true,
        .dev_tools = true,
        .has_multi_gpu_mode = true,
        .has_ready = true } },
    { "a feature that nobody knows is off",
      { .state = { .cc_feature = 2 } },
      { .gpus = 2, .has_multi_gpu_mode = true, .has_ready = true } },
    { "driver without settings and ready state",
      { CC_ON, .absent[CALL_SETTINGS] = true, .absent[CALL_GET_READY] = true,
        .ready = 1 },
      { .gpus = 2, .cc_on = true, .environment = 2 } },
    { "settings and ready state that are not supported",
      { CC_ON, .code[CALL_SETTINGS] = 3, .settings = { .multi_gpu_mode = 1 },
        .code[CALL_GET_READY] = 3, .ready = 1 },
      { .gpus = 2, .cc_on = true, .environment = 2 } },
    { "settings of another version, ready state of another driver",
      { CC_ON, .code[CALL_SETTINGS] = 25, .code[CALL_GET_READY] = 13 },
      { .gpus = 2, .cc_on = true, .environment = 2 } },
    { "confidential computing that is not supported",
      { CC_ON, .code[CALL_STATE] = 3 },
      { .gpus = 2, .has_multi_gpu_mode = true, .has_ready = true } },
};

static void
says_what_the_driver_says(void **state)
{
    const struct good *row = *state;
    struct ga_host host = { 0 };
    struct ga_error err = { 0 };

    assert_int_equal(read_host(&row->script, GA_DEVICES_GPU, &host, &err),
                     GA_OK);
    assert_int_equal(host.gpus, row->host.gpus);
    assert_int_equal(host.switches, 0);
    assert_int_equal(host.cc_on, row->host.cc_on);
    assert_int_equal(host.dev_tools, row->host.dev_tools);
    assert_int_equal(host.environment, row->host.environment);
    assert_int_equal(host.has_multi_gpu_mode, row->host.has_multi_gpu_mode);
    assert_int_equal(host.multi_gpu_mode, row->host.multi_gpu_mode);
    assert_int_equal(host.has_ready, row->host.has_ready);
    assert_int_equal(host.ready, row->host.ready);
    assert_string_equal(host.driver, "550.90.07");
    assert_string_equal(host.warning, "");
    if (!row->script.absent[CALL_SETTINGS])
        assert_int_equal(fake_settings_version, 0x1000014);
    assert_int_equal(fake_calls[CALL_SHUTDOWN], 1);
}

static void
counts_switches_and_keeps_the_last_warning(void **state)
{
    const struct fake_script script = { .gpus = 8,
                                        .switches = 4,
                                        .code[CALL_CREATE] = 1 };
    struct ga_host host = { 0 };

    (void)state;
    assert_int_equal(read_host(&script, GA_DEVICES_ALL, &host, NULL), GA_OK);
    assert_int_equal(host.gpus, 8);
    assert_int_equal(host.switches, 4);
    assert_string_equal(host.warning,
                        "libnvidia-nscq.so.2: nscq_session_create: "
                        "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)");
    assert_int_equal(read_host(&script, GA_DEVICES_SWITCH, &host, NULL), GA_OK);
    assert_int_equal(host.gpus, 0);
    assert_int_equal(host.switches, 4);
    assert_string_equal(host.driver, "");
}

#define ML "libnvidia-ml.so.1: "

static struct bad {
    const char *name;
    struct fake_script script;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "no GPU",
      { .gpus = NONE },
      GA_E_MISSING,
      ML "nvmlDeviceGetCount_v2: no GPU" },
    { "driver version fails",
      { .code[CALL_DRIVER] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlSystemGetDriverVersion: Driver Not Loaded (9)" },
    { "driver version without NUL",
      { .driver_without_nul = true },
      GA_E_BAD_VALUE,
      ML "nvmlSystemGetDriverVersion: no NUL in 80 bytes" },
    { "driver version with a control character",
      { .driver = "550\x7f" },
      GA_E_BAD_VALUE,
      ML "nvmlSystemGetDriverVersion: byte 0x7f at 3 is not printable" },
    { "no symbol for the state",
      { .absent[CALL_STATE] = true },
      GA_E_UNREACHABLE,
      ML "no symbol nvmlSystemGetConfComputeState" },
    { "state fails",
      { .code[CALL_STATE] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlSystemGetConfComputeState: Driver Not Loaded (9)" },
    { "settings fail",
      { .code[CALL_SETTINGS] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlSystemGetConfComputeSettings: Driver Not Loaded (9)" },
    { "ready state fails",
      { .code[CALL_GET_READY] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlSystemGetConfComputeGpusReadyState: Driver Not Loaded (9)" },
    { "ready state that is none",
      { .ready = 2 },
      GA_E_BAD_VALUE,
      ML "nvmlSystemGetConfComputeGpusReadyState: 2, not 0 or 1" },
    { "list of switches fails",
      { .code[CALL_LIST] = -8 },
      GA_E_UNREACHABLE,
      "libnvidia-nscq.so.2: nscq_session_path_observe "
      "/drv/nvswitch/{device}/uuid: NSCQ_RC_ERROR_TIMEOUT (-8)" },
};

static void
refuses_what_cannot_be(void **state)
{
    const struct bad *row = *state;
    struct ga_host host, before;
    struct ga_error err = { 0 };

    memset(&host, 0xa5, sizeof(host));
    before = host;
    assert_int_equal(read_host(&row->script, GA_DEVICES_ALL, &host, &err),
                     row->rc);
    assert_int_equal(err.code, row->rc);
    assert_string_equal(err.text, row->text);
    assert_memory_equal(&host, &before, sizeof(host));
    assert_int_equal(fake_calls[CALL_SHUTDOWN], 1);
}

static enum ga_rc
set_ready(const struct fake_script *script, bool ready, struct ga_error *err)
{
    struct ga_device_libraries libraries = { 0 };
    enum ga_rc rc;

    fake_play(script);
    rc = fake_open(&libraries, GA_DEVICES_GPU, err);
    if (rc == GA_OK)
        rc = ga_device_set_ready(&libraries, ready, err);
    ga_device_close(&libraries);
    return rc;
}

static void
sets_the_ready_state(void **state)
{
    const struct fake_script works = { 0 };
    const struct fake_script fails = { .code[CALL_SET_READY] = 9 };
    const struct fake_script absent = { .absent[CALL_SET_READY] = true };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(set_ready(&works, true, NULL), GA_OK);
    assert_int_equal(fake_set_to, 1);
    assert_int_equal(set_ready(&works, false, NULL), GA_OK);
    assert_int_equal(fake_set_to, 0);
    assert_int_equal(set_ready(&fails, true, &err), GA_E_UNREACHABLE);
    assert_string_equal(
        err.text,
        ML "nvmlSystemSetConfComputeGpusReadyState: Driver Not Loaded (9)");
    assert_int_equal(set_ready(&absent, true, &err), GA_E_UNREACHABLE);
    assert_string_equal(err.text,
                        ML "no symbol nvmlSystemSetConfComputeGpusReadyState");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_switches_and_keeps_the_last_warning),
        cmocka_unit_test(sets_the_ready_state),
    };
    struct CMUnitTest rows[COUNT(good) + COUNT(bad)];

    for (size_t i = 0; i < COUNT(good); i++)
        rows[i] = (struct CMUnitTest){ .name = good[i].name,
                                       .test_func = says_what_the_driver_says,
                                       .initial_state = &good[i] };
    for (size_t i = 0; i < COUNT(bad); i++)
        rows[COUNT(good) + i] =
            (struct CMUnitTest){ .name = bad[i].name,
                                 .test_func = refuses_what_cannot_be,
                                 .initial_state = &bad[i] };
    return cmocka_run_group_tests_name("host", tests, NULL, NULL) +
           cmocka_run_group_tests_name("host rows", rows, NULL, NULL);
}
