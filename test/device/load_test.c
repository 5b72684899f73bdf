/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public functions with shared objects that the loader finds: the argument
 * names the folder that LD_LIBRARY_PATH has.
 */
#include "support/test.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "gpuattest/gpuattest.h"

static const struct ga_nonce nonce = { { 0xa0, [31] = 0x5b } };

struct heard {
    unsigned count;
    char line[512];
};

static void
hear(void *user, enum ga_log_level level, const char *line)
{
    struct heard *heard = user;

    heard->count++;
    snprintf(heard->line, sizeof(heard->line), "%d %s", level, line);
}

static struct ga_context *
context(struct heard *heard)
{
    struct ga_seams seams = { .size = sizeof(seams),
                              .user = heard,
                              .log = hear };
    struct ga_context *ctx = NULL;

    assert_int_equal(ga_context_new(NULL, &seams, &ctx, NULL), GA_OK);
    return ctx;
}

static bool
is_loaded(const char *library)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);

    if (handle != NULL)
        dlclose(handle);
    return handle != NULL;
}

/* ga_collect() fails with this, and leaves neither evidence nor a library. */
static void
cannot_collect(unsigned devices, enum ga_rc rc, const char *text)
{
    struct heard heard = { 0 };
    struct ga_context *ctx = context(&heard);
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_collect(ctx, devices, &nonce, e, &err), rc);
    assert_string_equal(err.text, text);
    assert_int_equal(err.code, rc);
    assert_int_equal(ga_evidence_count(e), 0);
    assert_false(is_loaded("libnvidia-ml.so.1"));
    assert_false(is_loaded("libnvidia-nscq.so.2"));
    assert_false(is_loaded("libnvidia-nscq.so"));
    ga_evidence_free(e);
    ga_context_free(ctx);
}

static void
has_item(const struct ga_evidence *e, size_t i, const char *arch,
         const char *source)
{
    struct ga_evidence_view v;

    assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
    assert_int_equal(v.report_len, 32);
    assert_memory_equal(v.report, nonce.bytes, 32);
    assert_int_equal(v.chain_len, 4);
    assert_memory_equal(v.chain, "PEM\n", 4);
    assert_string_equal(v.arch, arch);
    assert_string_equal(v.source, source);
}

static void
collects_from_shared_objects(void **state)
{
    struct heard heard = { 0 };
    struct ga_context *ctx = context(&heard);

    (void)state;
    for (int round = 0; round < 3; round++) {
        struct ga_evidence *e = NULL;

        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        assert_int_equal(ga_collect(ctx, GA_DEVICES_ALL, &nonce, e, NULL),
                         GA_OK);
        assert_int_equal(ga_evidence_count(e), 2);
        has_item(e, 0, "HOPPER", "libnvidia-ml.so.1 GPU-1");
        has_item(e, 1, "LS10", "libnvidia-nscq.so.2 SWX-1");
        ga_evidence_free(e);
    }
    assert_int_equal(heard.count, 3);
    assert_string_equal(heard.line,
                        "2 libnvidia-nscq.so.2: nscq_session_create: "
                        "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)");
    assert_false(is_loaded("libnvidia-ml.so.1"));
    ga_context_free(ctx);
}

static void
reads_the_host_and_sets_its_state(void **state)
{
    struct heard heard = { 0 };
    struct ga_context *ctx = context(&heard);
    struct ga_host host = { 0 };

    (void)state;
    assert_int_equal(ga_host_read(ctx, GA_DEVICES_ALL, &host, NULL), GA_OK);
    assert_int_equal(host.gpus, 1);
    assert_int_equal(host.switches, 1);
    assert_true(host.cc_on && host.has_multi_gpu_mode && host.ready);
    assert_false(host.dev_tools);
    assert_int_equal(host.multi_gpu_mode, 1);
    assert_string_equal(host.driver, "550.90.07");
    assert_string_equal(host.warning,
                        "libnvidia-nscq.so.2: nscq_session_create: "
                        "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)");
    assert_int_equal(ga_host_set_ready(ctx, true, NULL), GA_OK);
    assert_int_equal(ga_host_set_ready(ctx, false, NULL), GA_OK);
    ga_context_free(ctx);
}

static void
lists_the_devices_of_this_host(void **state)
{
    struct ga_context *ctx = context(&(struct heard){ 0 });
    struct ga_host_devices list = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_host_list(ctx, GA_DEVICES_GPU, &list, NULL), GA_OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.item[0].kind, GA_DEVICES_GPU);
    assert_string_equal(list.item[0].uuid, "GPU-1");
    assert_false(is_loaded("libnvidia-ml.so.1"));
    /* The other library does not tell its switches' modes. */
    list.count = 99;
    assert_int_equal(ga_host_list(ctx, GA_DEVICES_ALL, &list, &err),
                     GA_E_UNREACHABLE);
    assert_string_equal(
        err.text, "SWITCH-0: libnvidia-nscq.so.2: nscq_session_path_observe "
                  "/SWX-1/config/pcie_mode: no answer of SWX-1");
    assert_int_equal(list.count, 99);
    ga_context_free(ctx);
}

static void
starts_again_after_a_failure(void **state)
{
    struct ga_context *ctx = context(&(struct heard){ 0 });
    struct ga_host host = { 0 };

    (void)state;
    setenv("FAKE_NVML_INIT", "9", 1);
    cannot_collect(GA_DEVICES_ALL, GA_E_UNREACHABLE,
                   "libnvidia-ml.so.1: nvmlInit_v2: Driver Not Loaded (9)");
    unsetenv("FAKE_NVML_INIT");
    assert_int_equal(ga_host_read(ctx, GA_DEVICES_GPU, &host, NULL), GA_OK);
    ga_context_free(ctx);
}

/* NVML is up when NSCQ fails, and goes again. */
static void
closes_the_first_library_when_the_second_fails(void **state)
{
    static const struct ga_device_seams seams = { 0 };
    struct ga_device_libraries libraries = { 0 };
    const struct ga_device_libraries nothing = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    setenv("FAKE_NSCQ_BROKEN", "1", 1);
    assert_int_equal(ga_device_open(&libraries, GA_DEVICES_ALL, &seams, &err),
                     GA_E_UNREACHABLE);
    assert_string_equal(err.text, "libnvidia-nscq.so.2: nscq_session_create: "
                                  "NSCQ_RC_ERROR_DRV (-7)");
    assert_memory_equal(&libraries, &nothing, sizeof(nothing));
    assert_false(is_loaded("libnvidia-ml.so.1"));
    assert_false(is_loaded("libnvidia-nscq.so.2"));
    unsetenv("FAKE_NSCQ_BROKEN");
    assert_int_equal(ga_device_open(&libraries, GA_DEVICES_ALL, &seams, NULL),
                     GA_OK);
    ga_device_close(&libraries);
    assert_false(is_loaded("libnvidia-ml.so.1"));
}

static void
refuses_a_wrong_call(void **state)
{
    struct ga_context *ctx = context(&(struct heard){ 0 });
    struct ga_evidence *e = NULL;
    struct ga_host_devices list = { .count = 99 };
    struct ga_host host;

    (void)state;
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    cannot_collect(0, GA_E_INVAL, "devices: 0, not 1 to 3");
    cannot_collect(4, GA_E_INVAL, "devices: 4, not 1 to 3");
    assert_int_equal(ga_collect(NULL, 1, &nonce, e, NULL), GA_E_INVAL);
    assert_int_equal(ga_collect(ctx, 1, NULL, e, NULL), GA_E_INVAL);
    assert_int_equal(ga_collect(ctx, 1, &nonce, NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_read(NULL, 1, &host, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_read(ctx, 1, NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_read(ctx, 7, &host, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_set_ready(NULL, true, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_list(NULL, 1, &list, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_list(ctx, 1, NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_host_list(ctx, 4, &list, NULL), GA_E_INVAL);
    assert_int_equal(list.count, 99);
    ga_evidence_free(e);
    ga_context_free(ctx);
}

static void
asks_nobody_once_cancelled(void **state)
{
    struct ga_context *ctx = context(&(struct heard){ 0 });
    struct ga_evidence *e = NULL;
    struct ga_host_devices list = { .count = 99 };
    struct ga_host host;

    (void)state;
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    ga_cancel(ctx);
    assert_int_equal(ga_collect(ctx, GA_DEVICES_GPU, &nonce, e, NULL),
                     GA_E_CANCELLED);
    assert_int_equal(ga_host_read(ctx, GA_DEVICES_GPU, &host, NULL),
                     GA_E_CANCELLED);
    assert_int_equal(ga_host_list(ctx, GA_DEVICES_ALL, &list, NULL),
                     GA_E_CANCELLED);
    assert_int_equal(list.count, 99);
    /* Turning the ready state off must still be possible. */
    assert_int_equal(ga_host_set_ready(ctx, false, NULL), GA_OK);
    ga_evidence_free(e);
    ga_context_free(ctx);
}

static void
names_the_symbol_that_all_need(void **state)
{
    (void)state;
    cannot_collect(GA_DEVICES_GPU, GA_E_UNREACHABLE,
                   "libnvidia-ml.so.1: no symbol nvmlShutdown");
    cannot_collect(GA_DEVICES_SWITCH, GA_E_UNREACHABLE,
                   "libnvidia-nscq.so.2: no symbol nscq_session_set_input");
}

static void
needs_a_symbol_only_when_it_is_used(void **state)
{
    struct ga_context *ctx = context(&(struct heard){ 0 });
    struct ga_error err = { 0 };

    (void)state;
    cannot_collect(GA_DEVICES_GPU, GA_E_UNREACHABLE,
                   "GPU-0: libnvidia-ml.so.1: no symbol "
                   "nvmlDeviceGetConfComputeGpuCertificate");
    assert_int_equal(ga_host_set_ready(ctx, true, &err), GA_E_UNREACHABLE);
    assert_string_equal(err.text, "libnvidia-ml.so.1: no symbol "
                                  "nvmlSystemSetConfComputeGpusReadyState");
    ga_context_free(ctx);
}

/* A machine that has the driver cannot show what happens without it. */
static void
need_no(const char *library)
{
    void *handle = dlopen(library, RTLD_NOW);

    if (handle != NULL) {
        dlclose(handle);
        print_message("%s is installed here\n", library);
        skip();
    }
}

static void
takes_the_library_without_a_number(void **state)
{
    struct ga_context *ctx;
    struct ga_evidence *e = NULL;

    (void)state;
    need_no("libnvidia-nscq.so.2");
    ctx = context(&(struct heard){ 0 });
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_collect(ctx, GA_DEVICES_SWITCH, &nonce, e, NULL),
                     GA_OK);
    has_item(e, 0, "LS10", "libnvidia-nscq.so SWX-1");
    ga_evidence_free(e);
    ga_context_free(ctx);
}

#define NOT_THERE ": cannot open shared object file: No such file or directory)"

static void
names_the_libraries_that_were_looked_for(void **state)
{
    (void)state;
    need_no("libnvidia-ml.so.1");
    need_no("libnvidia-nscq.so.2");
    need_no("libnvidia-nscq.so");
    cannot_collect(
        GA_DEVICES_ALL, GA_E_UNREACHABLE,
        "libnvidia-ml.so.1: cannot be loaded (libnvidia-ml.so.1" NOT_THERE);
    cannot_collect(
        GA_DEVICES_SWITCH, GA_E_UNREACHABLE,
        "libnvidia-nscq.so.2: cannot be loaded (libnvidia-nscq.so.2" NOT_THERE
        "; libnvidia-nscq.so: cannot be loaded "
        "(libnvidia-nscq.so" NOT_THERE);
}

int
main(int argc, char **argv)
{
    static const struct CMUnitTest good[] = {
        cmocka_unit_test(collects_from_shared_objects),
        cmocka_unit_test(reads_the_host_and_sets_its_state),
        cmocka_unit_test(lists_the_devices_of_this_host),
        cmocka_unit_test(starts_again_after_a_failure),
        cmocka_unit_test(closes_the_first_library_when_the_second_fails),
        cmocka_unit_test(refuses_a_wrong_call),
        cmocka_unit_test(asks_nobody_once_cancelled),
    };
    static const struct CMUnitTest lacking[] = {
        cmocka_unit_test(names_the_symbol_that_all_need),
    };
    static const struct CMUnitTest old[] = {
        cmocka_unit_test(needs_a_symbol_only_when_it_is_used),
        cmocka_unit_test(takes_the_library_without_a_number),
    };
    static const struct CMUnitTest absent[] = {
        cmocka_unit_test(names_the_libraries_that_were_looked_for),
    };
    const char *folder = argc == 2 ? argv[1] : "";

    if (strcmp(folder, "good") == 0)
        return cmocka_run_group_tests(good, NULL, NULL);
    if (strcmp(folder, "lacking") == 0)
        return cmocka_run_group_tests(lacking, NULL, NULL);
    if (strcmp(folder, "old") == 0)
        return cmocka_run_group_tests(old, NULL, NULL);
    if (strcmp(folder, "absent") == 0)
        return cmocka_run_group_tests(absent, NULL, NULL);
    return 2;
}
