/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that two libraries can get wrong: the exact text, and evidence as
 * it was. */
#include "support/test.h"

#include "device/fake.h"

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
    { "report of no switch, with a code that says why",
      { .quirk[CALL_SWITCH_REPORT] = QUIRK_NO_DEVICE,
        .callback_code[CALL_SWITCH_REPORT] = -8 },
      GA_E_UNREACHABLE,
      "SWITCH-0: " OBS "/SWX-0000/config/attestation_report: "
      "NSCQ_RC_ERROR_TIMEOUT (-8)" },
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
    struct ga_evidence *e = fake_evidence();
    struct ga_error err = { 0 };

    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(fake_collect(&row->script, GA_DEVICES_ALL, e, &err),
                     row->rc);
    assert_int_equal(err.code, row->rc);
    assert_string_equal(err.text, row->text);
    assert_int_equal(ga_evidence_count(e), 1);
    /* The text can be left out. */
    assert_int_equal(fake_collect(&row->script, GA_DEVICES_ALL, e, NULL),
                     row->rc);
    ga_evidence_free(e);
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(bad)];

    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct CMUnitTest){ .name = bad[i].name,
                                       .test_func = refuses_what_cannot_be,
                                       .initial_state = &bad[i] };
    return cmocka_run_group_tests(rows, NULL, NULL);
}
