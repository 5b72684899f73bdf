/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence from devices: what is collected, and everything that two libraries
 * can get wrong. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/fake.h"

static const struct ga_nonce nonce = { { 0xa0, 1, 2, 3, [31] = 0x5b } };
#define NONCE_HEX                                                   \
    "a001020300000000000000000000000000000000000000000000000000000" \
    "05b"

/* Every library that was started was stopped, and none twice. */
static void
balanced(unsigned devices, const struct fake_script *script)
{
    bool nvml = (devices & GA_DEVICES_GPU) && script->code[CALL_INIT] == 0;
    bool session = fake_calls[CALL_CREATE] > 0 &&
                   script->code[CALL_CREATE] >= 0 && !script->no_session;

    assert_int_equal(fake_calls[CALL_SHUTDOWN], nvml ? 1 : 0);
    assert_int_equal(fake_calls[CALL_DESTROY], session ? 1 : 0);
}

static enum ga_rc
collect(const struct fake_script *script, unsigned devices,
        struct ga_evidence *evidence, struct ga_error *err)
{
    struct ga_device_libraries libraries = { 0 };
    unsigned cancel_after = fake_cancel_after;
    enum ga_rc rc;

    fake_play(script);
    fake_cancel_after = cancel_after;
    rc = fake_open(&libraries, devices, err);
    if (rc == GA_OK)
        rc = ga_device_collect(&libraries, &nonce, evidence, err);
    ga_device_close(&libraries);
    balanced(devices, script);
    return rc;
}

static struct ga_evidence *
fresh(void)
{
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    return e;
}

static void
has_item(const struct ga_evidence *e, size_t i, const char *kind, unsigned n,
         const char *arch)
{
    struct ga_evidence_view v;
    char chain[64], source[128];
    uint8_t report[37] = { 0x11, 0xe0, 0x01, 0xff };
    bool gpu = strcmp(kind, "GPU") == 0;

    memcpy(report + 4, nonce.bytes, sizeof(nonce.bytes));
    report[36] = (uint8_t)(gpu ? n : n + 0x80);
    snprintf(chain, sizeof(chain), "-----BEGIN %s-%u-----", kind, n);
    snprintf(source, sizeof(source), "%s%04u",
             gpu ? "libnvidia-ml.so.1 GPU-" : "libnvidia-nscq.so.2 SWX-", n);
    assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
    assert_int_equal(v.report_len, sizeof(report));
    assert_memory_equal(v.report, report, sizeof(report));
    assert_int_equal(v.chain_len, strlen(chain));
    assert_memory_equal(v.chain, chain, v.chain_len);
    assert_string_equal(v.arch, arch);
    assert_string_equal(v.nonce, NONCE_HEX);
    assert_string_equal(v.source, source);
}

static void
collects_gpus_then_switches(void **state)
{
    const struct fake_script script = { 0 };
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(collect(&script, GA_DEVICES_ALL, e, &err), GA_OK);
    assert_int_equal(ga_evidence_count(e), 5);
    has_item(e, 1, "GPU", 0, "HOPPER");
    has_item(e, 2, "GPU", 1, "HOPPER");
    has_item(e, 3, "SWITCH", 0, "LS10");
    has_item(e, 4, "SWITCH", 1, "LS10");
    assert_int_equal(fake_logged, 0);
    ga_evidence_free(e);
}

static void
asks_only_the_libraries_that_it_needs(void **state)
{
    const struct fake_script blackwell = { .arch = 10, .gpus = 1 };
    const struct fake_script one = { .switches = 1 };
    struct ga_evidence *e = fresh();

    (void)state;
    assert_int_equal(collect(&blackwell, GA_DEVICES_GPU, e, NULL), GA_OK);
    assert_int_equal(fake_calls[CALL_CREATE], 0);
    assert_int_equal(collect(&one, GA_DEVICES_SWITCH, e, NULL), GA_OK);
    assert_int_equal(fake_calls[CALL_INIT], 0);
    assert_int_equal(ga_evidence_count(e), 2);
    has_item(e, 0, "GPU", 0, "BLACKWELL");
    has_item(e, 1, "SWITCH", 0, "LS10");
    ga_evidence_free(e);
}

/* The largest report and chain that fit come whole, and so does one byte. */
static void
takes_every_size_that_can_be(void **state)
{
    static const int64_t sizes[][2] = { { 0x2000, 0x1400 }, { 1, 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const struct fake_script script = { .gpus = 1,
                                            .switches = 1,
                                            .report_size = sizes[i][0],
                                            .chain_size = sizes[i][1],
                                            .switch_report_size = sizes[i][0],
                                            .switch_chain_size = sizes[i][1] };
        struct ga_evidence *e = fresh();
        struct ga_evidence_view v;

        assert_int_equal(collect(&script, GA_DEVICES_ALL, e, NULL), GA_OK);
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(ga_evidence_get(e, j, &v, NULL), GA_OK);
            assert_int_equal(v.report_len, sizes[i][0]);
            assert_int_equal(((const char *)v.chain)[0], '-');
            assert_in_range(v.chain_len, 1, 24);
        }
        ga_evidence_free(e);
    }
}

static void
asks_gpus_at_one_time_and_keeps_their_order(void **state)
{
    const struct fake_script script = { .gpus = 20, .delay_ms = 30 };
    struct ga_evidence *e = fresh();

    (void)state;
    assert_int_equal(collect(&script, GA_DEVICES_GPU, e, NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), 20);
    for (unsigned i = 0; i < 20; i++)
        has_item(e, i, "GPU", i, "HOPPER");
    assert_in_range(fake_most, 2, GA_DEVICE_THREADS_MAX);
    ga_evidence_free(e);
}

static void
asks_with_one_thread_when_told(void **state)
{
    const struct fake_script script = { .gpus = 5, .delay_ms = 5 };
    struct ga_device_libraries libraries = { 0 };
    struct ga_evidence *e = fresh();

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &nonce, e, NULL), GA_OK);
    assert_int_equal(fake_most, 1);
    ga_device_close(&libraries);
    ga_evidence_free(e);
}

/* Whatever thread is first to fail, the first GPU that failed is named. */
static void
names_the_first_gpu_that_failed(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        const struct fake_script script = { .gpus = 16,
                                            .code[CALL_CERTIFICATE] = 15 };
        struct ga_evidence *e = fresh();
        struct ga_error err = { 0 };

        assert_int_equal(collect(&script, GA_DEVICES_GPU, e, &err),
                         GA_E_UNREACHABLE);
        assert_string_equal(
            err.text, "GPU-0: libnvidia-ml.so.1: "
                      "nvmlDeviceGetConfComputeGpuCertificate: GPU is lost "
                      "(15)");
        assert_int_equal(ga_evidence_count(e), 0);
        ga_evidence_free(e);
    }
}

static void
asks_no_more_gpus_after_one_that_failed(void **state)
{
    const struct fake_script script = { .gpus = 5,
                                        .code[CALL_REPORT] = 15,
                                        .on[CALL_REPORT] = 2 };
    struct ga_device_libraries libraries = { 0 };
    struct ga_evidence *e = fresh();

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &nonce, e, NULL),
                     GA_E_UNREACHABLE);
    assert_int_equal(fake_calls[CALL_REPORT], 2);
    ga_device_close(&libraries);
    ga_evidence_free(e);
}

static void
stops_when_the_caller_wants_no_more(void **state)
{
    const struct fake_script script = { .gpus = 1, .switches = 3 };

    (void)state;
    /* After the GPU's report, and after the first switch's. */
    for (unsigned after = 1; after <= 2; after++) {
        struct ga_evidence *e = fresh();
        struct ga_error err = { 0 };

        fake_cancel_after = after;
        assert_int_equal(collect(&script, GA_DEVICES_ALL, e, &err),
                         GA_E_CANCELLED);
        assert_string_equal(err.text, after == 1
                                          ? "SWITCH-0: cancelled by the caller"
                                          : "SWITCH-1: cancelled by the "
                                            "caller");
        assert_int_equal(fake_calls[CALL_SWITCH_REPORT], after - 1);
        assert_int_equal(ga_evidence_count(e), 0);
        ga_evidence_free(e);
        fake_cancel_after = 0;
    }
}

static void
stops_between_gpus(void **state)
{
    const struct fake_script script = { .gpus = 5 };
    struct ga_device_libraries libraries = { 0 };
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };

    (void)state;
    fake_play(&script);
    fake_cancel_after = 2;
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &nonce, e, &err),
                     GA_E_CANCELLED);
    assert_string_equal(err.text, "GPU-2: cancelled by the caller");
    assert_int_equal(fake_calls[CALL_REPORT], 2);
    fake_cancel_after = 0;
    ga_device_close(&libraries);
    ga_evidence_free(e);
}

static void
takes_as_many_devices_of_a_kind_as_fit(void **state)
{
    const struct fake_script script = { .gpus = 128, .switches = 128 };

    (void)state;
    for (unsigned kind = GA_DEVICES_GPU; kind <= GA_DEVICES_SWITCH; kind++) {
        struct ga_evidence *e = fresh();

        assert_int_equal(collect(&script, kind, e, NULL), GA_OK);
        assert_int_equal(ga_evidence_count(e), 128);
        ga_evidence_free(e);
    }
}

/* Behind other evidence there is less room. */
static void
finds_room_for_all_gpus_or_for_none(void **state)
{
    const struct fake_script script = { .gpus = 3 };
    struct ga_device_libraries libraries = { 0 };
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };
    struct ga_gpus gpus = { 0 };
    struct ga_gpus_request request = { 0 };

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    request =
        (struct ga_gpus_request){ &libraries.nvml, &fake_seams, &nonce, 1 };
    assert_int_equal(ga_gpus_list(&libraries.nvml, &gpus, NULL), GA_OK);
    for (size_t i = 0; i < 125; i++)
        assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(ga_gpus_collect(&request, &gpus, e, NULL), GA_OK);
    has_item(e, 127, "GPU", 2, "HOPPER");
    assert_int_equal(ga_gpus_collect(&request, &gpus, e, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 128 devices");
    assert_int_equal(ga_evidence_count(e), 128);
    ga_device_close(&libraries);
    ga_evidence_free(e);
}

static void
refuses_more_devices_than_fit(void **state)
{
    const struct fake_script script = { .gpus = 100, .switches = 29 };
    const struct fake_script fits = { .gpus = 100, .switches = 28 };
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(collect(&script, GA_DEVICES_ALL, e, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 128 devices");
    assert_int_equal(ga_evidence_count(e), 0);
    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(collect(&fits, GA_DEVICES_ALL, e, &err), GA_E_TOO_LARGE);
    assert_int_equal(ga_evidence_count(e), 1);
    ga_evidence_free(e);
    e = fresh();
    assert_int_equal(collect(&fits, GA_DEVICES_ALL, e, &err), GA_OK);
    assert_int_equal(ga_evidence_count(e), 128);
    ga_evidence_free(e);
}

/* A positive code is a warning: kept, logged, and nothing fails. */
static void
keeps_warnings_and_goes_on(void **state)
{
    static const struct {
        enum fake_call call;
        bool callback;
        const char *warning;
    } rows[] = {
        { CALL_CREATE, false,
          "libnvidia-nscq.so.2: nscq_session_create: "
          "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
        { CALL_LABEL, false,
          "libnvidia-nscq.so.2: nscq_uuid_to_label: "
          "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
        { CALL_INPUT, false,
          "libnvidia-nscq.so.2: nscq_session_set_input: "
          "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
        { CALL_SWITCH_REPORT, false,
          "libnvidia-nscq.so.2: nscq_session_path_observe "
          "/SWX-0000/config/attestation_report: "
          "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
        { CALL_SWITCH_CHAIN, true,
          "libnvidia-nscq.so.2: nscq_session_path_observe "
          "/SWX-0000/config/certificate: SWX-0000: "
          "NSCQ_RC_WARNING_RDT_INIT_FAILURE (1)" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fake_script script = { .switches = 1 };
        struct ga_device_libraries libraries = { 0 };
        struct ga_evidence *e = fresh();
        char line[GA_ERROR_TEXT];

        if (rows[i].callback)
            script.callback_code[rows[i].call] = 1;
        else
            script.code[rows[i].call] = 1;
        fake_play(&script);
        assert_int_equal(fake_open(&libraries, GA_DEVICES_SWITCH, NULL), GA_OK);
        assert_int_equal(ga_device_collect(&libraries, &nonce, e, NULL), GA_OK);
        assert_string_equal(libraries.session.warning, rows[i].warning);
        snprintf(line, sizeof(line), "%d %s", GA_LOG_WARN, rows[i].warning);
        assert_string_equal(fake_log, line);
        assert_int_equal(fake_logged, 1);
        has_item(e, 0, "SWITCH", 0, "LS10");
        ga_device_close(&libraries);
        ga_evidence_free(e);
    }
}

#define ML   "libnvidia-ml.so.1: "
#define NS   "libnvidia-nscq.so.2: "
#define OBS  NS "nscq_session_path_observe "
#define CERT OBS "/SWX-0001/config/certificate: "
#define REP  OBS "/SWX-0001/config/attestation_report: "
#define LIST OBS "/drv/nvswitch/{device}/uuid: "

static struct bad {
    const char *name;
    struct fake_script script;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "driver not loaded",
      { .code[CALL_INIT] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlInit_v2: Driver Not Loaded (9)" },
    { "code without a message",
      { .code[CALL_INIT] = 999, .no_message = true },
      GA_E_UNREACHABLE,
      ML "nvmlInit_v2: no message (999)" },
    { "message that steers a terminal",
      { .code[CALL_INIT] = 1, .message = "a\x1b[2Jb" },
      GA_E_UNREACHABLE,
      ML "nvmlInit_v2: a\\x1b[2Jb (1)" },
    { "count fails",
      { .code[CALL_COUNT] = 9 },
      GA_E_UNREACHABLE,
      ML "nvmlDeviceGetCount_v2: Driver Not Loaded (9)" },
    { "no GPU",
      { .gpus = NONE },
      GA_E_MISSING,
      ML "nvmlDeviceGetCount_v2: no GPU" },
    { "too many GPUs",
      { .gpus = 129 },
      GA_E_TOO_LARGE,
      ML "nvmlDeviceGetCount_v2: 129 GPUs, not 1 to 128" },
    { "handle fails",
      { .code[CALL_HANDLE] = 15, .on[CALL_HANDLE] = 2 },
      GA_E_UNREACHABLE,
      "GPU-1: " ML "nvmlDeviceGetHandleByIndex_v2: GPU is lost (15)" },
    { "no handle",
      { .no_handle = true },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetHandleByIndex_v2: no handle" },
    { "UUID fails",
      { .code[CALL_UUID] = 15, .on[CALL_UUID] = 2 },
      GA_E_UNREACHABLE,
      "GPU-1: " ML "nvmlDeviceGetUUID: GPU is lost (15)" },
    { "UUID without NUL",
      { .uuid_without_nul = true },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetUUID: no NUL in 96 bytes" },
    { "empty UUID",
      { .uuid = "" },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetUUID: no text" },
    { "control character in UUID",
      { .uuid = "GPU\n" },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetUUID: byte 0x0a at 3 is not printable" },
    { "other character in UUID",
      { .uuid = "\xc3\xa9" },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetUUID: byte 0xc3 at 0 is not printable" },
    { "one GPU twice",
      { .uuid = "GPU-7" },
      GA_E_DUPLICATE,
      ML "nvmlDeviceGetUUID: GPU-0 and GPU-1 are both GPU-7" },
    { "architecture fails",
      { .code[CALL_ARCH] = 15, .on[CALL_ARCH] = 2 },
      GA_E_UNREACHABLE,
      "GPU-1: " ML "nvmlDeviceGetArchitecture: GPU is lost (15)" },
    { "architecture that cannot attest",
      { .arch = 8 },
      GA_E_UNREACHABLE,
      "GPU-0: " ML "nvmlDeviceGetArchitecture: architecture 8 cannot attest" },
    { "architecture 0, as in the rows of switches",
      { .arch = NONE },
      GA_E_UNREACHABLE,
      "GPU-0: " ML "nvmlDeviceGetArchitecture: architecture 0 cannot attest" },
    { "largest architecture",
      { .arch = UINT32_MAX },
      GA_E_UNREACHABLE,
      "GPU-0: " ML
      "nvmlDeviceGetArchitecture: architecture 4294967295 cannot attest" },
    { "driver without certificates",
      { .absent[CALL_CERTIFICATE] = true },
      GA_E_UNREACHABLE,
      "GPU-0: " ML "no symbol nvmlDeviceGetConfComputeGpuCertificate" },
    { "driver without reports",
      { .absent[CALL_REPORT] = true },
      GA_E_UNREACHABLE,
      "GPU-0: " ML "no symbol nvmlDeviceGetConfComputeGpuAttestationReport" },
    { "certificate fails on one GPU",
      { .code[CALL_CERTIFICATE] = 3, .on[CALL_CERTIFICATE] = 2 },
      GA_E_UNREACHABLE,
      "GPU-1: " ML
      "nvmlDeviceGetConfComputeGpuCertificate: Driver Not Loaded (3)" },
    { "report fails on one GPU",
      { .code[CALL_REPORT] = 15, .on[CALL_REPORT] = 2 },
      GA_E_UNREACHABLE,
      "GPU-1: " ML
      "nvmlDeviceGetConfComputeGpuAttestationReport: GPU is lost (15)" },
    { "report of no bytes",
      { .report_size = NONE },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetConfComputeGpuAttestationReport: report of 0 "
      "bytes, not 1 to 8192" },
    { "report above its buffer",
      { .report_size = 0x2001 },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetConfComputeGpuAttestationReport: report of "
      "8193 bytes, not 1 to 8192" },
    { "largest report",
      { .report_size = UINT32_MAX },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetConfComputeGpuAttestationReport: report of "
      "4294967295 bytes, not 1 to 8192" },
    { "chain of no bytes",
      { .chain_size = NONE },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetConfComputeGpuCertificate: chain of 0 bytes, "
      "not 1 to 5120" },
    { "chain above its buffer",
      { .chain_size = 0x1401 },
      GA_E_BAD_VALUE,
      "GPU-0: " ML "nvmlDeviceGetConfComputeGpuCertificate: chain of 5121 "
      "bytes, not 1 to 5120" },
    { "chain of NULs",
      { .chain_of_nuls = true },
      GA_E_BAD_VALUE,
      "GPU-0: " ML
      "nvmlDeviceGetConfComputeGpuCertificate: chain of NULs alone" },
    { "session fails",
      { .code[CALL_CREATE] = -7 },
      GA_E_UNREACHABLE,
      NS "nscq_session_create: NSCQ_RC_ERROR_DRV (-7)" },
    { "code that nobody knows",
      { .code[CALL_CREATE] = -42 },
      GA_E_UNREACHABLE,
      NS "nscq_session_create: unknown code (-42)" },
    { "no session",
      { .no_session = true },
      GA_E_BAD_VALUE,
      NS "nscq_session_create: no session" },
    { "no session beside a warning",
      { .no_session = true, .code[CALL_CREATE] = 1 },
      GA_E_BAD_VALUE,
      NS "nscq_session_create: no session" },
    { "list fails",
      { .code[CALL_LIST] = -6 },
      GA_E_UNREACHABLE,
      LIST "NSCQ_RC_ERROR_UNSUPPORTED_DRV (-6)" },
    { "list never called",
      { .quirk[CALL_LIST] = QUIRK_SILENT },
      GA_E_MISSING,
      LIST "no switch" },
    { "list without user data",
      { .quirk[CALL_LIST] = QUIRK_NO_USER },
      GA_E_MISSING,
      LIST "no switch" },
    { "no switch", { .switches = NONE }, GA_E_MISSING, LIST "no switch" },
    { "too many switches",
      { .switches = 129 },
      GA_E_TOO_LARGE,
      LIST "more than 128 switches" },
    { "list without a UUID",
      { .quirk[CALL_LIST] = QUIRK_NO_DEVICE },
      GA_E_BAD_VALUE,
      LIST "answer without a UUID" },
    { "one UUID twice",
      { .quirk[CALL_LIST] = QUIRK_ALL_THE_SAME },
      GA_E_DUPLICATE,
      LIST "50510000000000000000000000000000 twice" },
    { "list with a code",
      { .callback_code[CALL_LIST] = -2, .on[CALL_LIST] = 2 },
      GA_E_UNREACHABLE,
      LIST "answer: NSCQ_RC_ERROR_INVALID_UUID (-2)" },
    { "list with a code for the first switch alone",
      { .callback_code[CALL_LIST] = -2, .on[CALL_LIST] = 1 },
      GA_E_UNREACHABLE,
      LIST "answer: NSCQ_RC_ERROR_INVALID_UUID (-2)" },
    { "label fails",
      { .code[CALL_LABEL] = -4, .on[CALL_LABEL] = 2 },
      GA_E_UNREACHABLE,
      "SWITCH-1: " NS "nscq_uuid_to_label: NSCQ_RC_ERROR_OVERFLOW (-4)" },
    { "label without NUL",
      { .label_without_nul = true },
      GA_E_BAD_VALUE,
      "SWITCH-0: " NS "nscq_uuid_to_label: no NUL in 64 bytes" },
    { "empty label",
      { .label = "" },
      GA_E_BAD_VALUE,
      "SWITCH-0: " NS "nscq_uuid_to_label: no text" },
    { "label that is a path",
      { .label = "a/b" },
      GA_E_BAD_VALUE,
      "SWITCH-0: " NS "nscq_uuid_to_label: \"a/b\" is no label" },
    { "label that is a pattern",
      { .label = "{nvswitch}" },
      GA_E_BAD_VALUE,
      "SWITCH-0: " NS "nscq_uuid_to_label: \"{nvswitch}\" is no label" },
    { "one label twice",
      { .label = "SWX" },
      GA_E_DUPLICATE,
      NS "nscq_uuid_to_label: SWX twice" },
    { "switch that cannot attest",
      { .switch_arch = 1 },
      GA_E_UNREACHABLE,
      "SWITCH-0: " NS "SWX-0000: architecture 1 cannot attest" },
    { "architecture of a switch fails",
      { .callback_code[CALL_SWITCH_ARCH] = -3, .on[CALL_SWITCH_ARCH] = 2 },
      GA_E_UNREACHABLE,
      "SWITCH-1: " OBS "/SWX-0001/id/arch: SWX-0001: "
      "NSCQ_RC_ERROR_RESOURCE_NOT_MOUNTABLE (-3)" },
    { "switch vanishes before its chain",
      { .quirk[CALL_SWITCH_CHAIN] = QUIRK_ONE_SILENT },
      GA_E_UNREACHABLE,
      "SWITCH-1: " CERT "no answer of SWX-0001" },
    { "chain without user data",
      { .quirk[CALL_SWITCH_CHAIN] = QUIRK_NO_USER },
      GA_E_UNREACHABLE,
      "SWITCH-0: " OBS "/SWX-0000/config/certificate: no answer of SWX-0000" },
    { "chain fails",
      { .code[CALL_SWITCH_CHAIN] = -8, .on[CALL_SWITCH_CHAIN] = 2 },
      GA_E_UNREACHABLE,
      "SWITCH-1: " CERT "NSCQ_RC_ERROR_TIMEOUT (-8)" },
    { "chain with a code",
      { .callback_code[CALL_SWITCH_CHAIN] = -128, .on[CALL_SWITCH_CHAIN] = 2 },
      GA_E_UNREACHABLE,
      "SWITCH-1: " CERT "SWX-0001: NSCQ_RC_ERROR_UNSPECIFIED (-128)" },
    { "switch's chain of no bytes",
      { .switch_chain_size = NONE },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/certificate: chain of 0 bytes, not 1 "
      "to 5120" },
    { "switch's chain above its buffer",
      { .switch_chain_size = 0x1401 },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/certificate: chain of 5121 bytes, "
      "not 1 to 5120" },
    { "nonce refused",
      { .code[CALL_INPUT] = -1 },
      GA_E_UNREACHABLE,
      "SWITCH-0: " NS
      "nscq_session_set_input: NSCQ_RC_ERROR_NOT_IMPLEMENTED (-1)" },
    { "switch vanishes before its report",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_ONE_SILENT },
      GA_E_UNREACHABLE,
      "SWITCH-1: " REP "no answer of SWX-0001" },
    { "report that comes twice",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_TWICE },
      GA_E_DUPLICATE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: SWX-0000 "
      "answered twice" },
    { "report of another switch besides",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_FOREIGN },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: answer of a "
      "switch that was not asked, 5051000000000000000000000000012c" },
    { "report of no switch",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_NO_DEVICE },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: answer of no "
      "switch" },
    { "report with a code and a value",
      { .callback_code[CALL_SWITCH_REPORT] = -127 },
      GA_E_UNREACHABLE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: SWX-0000: "
      "NSCQ_RC_ERROR_EXT (-127)" },
    { "switch's report of no bytes",
      { .switch_report_size = NONE },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: report of 0 "
      "bytes, not 1 to 8192" },
    { "switch's report above its buffer",
      { .switch_report_size = 0x2001 },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: report of 8193 "
      "bytes, not 1 to 8192" },
    { "switch's largest report",
      { .switch_report_size = UINT32_MAX },
      GA_E_BAD_VALUE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: report of "
      "4294967295 bytes, not 1 to 8192" },
};

static void
refuses_what_cannot_be(void **state)
{
    const struct bad *row = *state;
    struct ga_evidence *e = fresh();
    struct ga_error err = { 0 };

    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(collect(&row->script, GA_DEVICES_ALL, e, &err), row->rc);
    assert_int_equal(err.code, row->rc);
    assert_string_equal(err.text, row->text);
    assert_int_equal(ga_evidence_count(e), 1);
    /* The text can be left out. */
    assert_int_equal(collect(&row->script, GA_DEVICES_ALL, e, NULL), row->rc);
    ga_evidence_free(e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_gpus_then_switches),
        cmocka_unit_test(asks_only_the_libraries_that_it_needs),
        cmocka_unit_test(takes_every_size_that_can_be),
        cmocka_unit_test(asks_gpus_at_one_time_and_keeps_their_order),
        cmocka_unit_test(asks_with_one_thread_when_told),
        cmocka_unit_test(names_the_first_gpu_that_failed),
        cmocka_unit_test(asks_no_more_gpus_after_one_that_failed),
        cmocka_unit_test(stops_when_the_caller_wants_no_more),
        cmocka_unit_test(stops_between_gpus),
        cmocka_unit_test(takes_as_many_devices_of_a_kind_as_fit),
        cmocka_unit_test(finds_room_for_all_gpus_or_for_none),
        cmocka_unit_test(refuses_more_devices_than_fit),
        cmocka_unit_test(keeps_warnings_and_goes_on),
    };
    struct CMUnitTest rows[COUNT(bad)];

    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = bad[i].name,
                                       .test_func = refuses_what_cannot_be,
                                       .initial_state = &bad[i] };
    return cmocka_run_group_tests_name("collect", tests, NULL, NULL) +
           cmocka_run_group_tests_name("collect rows", rows, NULL, NULL);
}
