/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence from devices: what is collected, in which order, how many at one
 * time. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/fake.h"

#define NONCE_HEX                                                   \
    "a001020300000000000000000000000000000000000000000000000000000" \
    "05b"

static void
has_item(const struct ga_evidence *e, size_t i, const char *kind, unsigned n,
         const char *arch)
{
    struct ga_evidence_view v;
    char chain[64], source[128];
    uint8_t report[37] = { 0x11, 0xe0, 0x01, 0xff };
    bool gpu = strcmp(kind, "GPU") == 0;

    memcpy(report + 4, fake_nonce.bytes, sizeof(fake_nonce.bytes));
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
    struct ga_evidence *e = fake_evidence();
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(fake_collect(&script, GA_DEVICES_ALL, e, &err), GA_OK);
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
    struct ga_evidence *e = fake_evidence();

    (void)state;
    assert_int_equal(fake_collect(&blackwell, GA_DEVICES_GPU, e, NULL), GA_OK);
    assert_int_equal(fake_calls[CALL_CREATE], 0);
    assert_int_equal(fake_collect(&one, GA_DEVICES_SWITCH, e, NULL), GA_OK);
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
        struct ga_evidence *e = fake_evidence();
        struct ga_evidence_view v;

        assert_int_equal(fake_collect(&script, GA_DEVICES_ALL, e, NULL), GA_OK);
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
    struct ga_evidence *e = fake_evidence();

    (void)state;
    assert_int_equal(fake_collect(&script, GA_DEVICES_GPU, e, NULL), GA_OK);
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
    struct ga_evidence *e = fake_evidence();

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &fake_nonce, e, NULL),
                     GA_OK);
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
        struct ga_evidence *e = fake_evidence();
        struct ga_error err = { 0 };

        assert_int_equal(fake_collect(&script, GA_DEVICES_GPU, e, &err),
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
    struct ga_evidence *e = fake_evidence();

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &fake_nonce, e, NULL),
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
        struct ga_evidence *e = fake_evidence();
        struct ga_error err = { 0 };

        fake_cancel_after = after;
        assert_int_equal(fake_collect(&script, GA_DEVICES_ALL, e, &err),
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
    struct ga_evidence *e = fake_evidence();
    struct ga_error err = { 0 };

    (void)state;
    fake_play(&script);
    fake_cancel_after = 2;
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    libraries.threads = 1;
    assert_int_equal(ga_device_collect(&libraries, &fake_nonce, e, &err),
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
        struct ga_evidence *e = fake_evidence();

        assert_int_equal(fake_collect(&script, kind, e, NULL), GA_OK);
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
    struct ga_evidence *e = fake_evidence();
    struct ga_error err = { 0 };
    struct ga_gpus gpus = { 0 };
    struct ga_gpus_request request = { 0 };

    (void)state;
    fake_play(&script);
    assert_int_equal(fake_open(&libraries, GA_DEVICES_GPU, NULL), GA_OK);
    request = (struct ga_gpus_request){ &libraries.nvml, &fake_seams,
                                        &fake_nonce, 1 };
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
    struct ga_evidence *e = fake_evidence();
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(fake_collect(&script, GA_DEVICES_ALL, e, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 128 devices");
    assert_int_equal(ga_evidence_count(e), 0);
    assert_int_equal(ga_evidence_add(e, "r", 1, "c", 1, NULL), GA_OK);
    assert_int_equal(fake_collect(&fits, GA_DEVICES_ALL, e, &err),
                     GA_E_TOO_LARGE);
    assert_int_equal(ga_evidence_count(e), 1);
    ga_evidence_free(e);
    e = fake_evidence();
    assert_int_equal(fake_collect(&fits, GA_DEVICES_ALL, e, &err), GA_OK);
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
        struct ga_evidence *e = fake_evidence();
        char line[GA_ERROR_TEXT];

        if (rows[i].callback)
            script.callback_code[rows[i].call] = 1;
        else
            script.code[rows[i].call] = 1;
        fake_play(&script);
        assert_int_equal(fake_open(&libraries, GA_DEVICES_SWITCH, NULL), GA_OK);
        assert_int_equal(ga_device_collect(&libraries, &fake_nonce, e, NULL),
                         GA_OK);
        assert_string_equal(libraries.session.warning, rows[i].warning);
        snprintf(line, sizeof(line), "%d %s", GA_LOG_WARN, rows[i].warning);
        assert_string_equal(fake_log, line);
        assert_int_equal(fake_logged, 1);
        has_item(e, 0, "SWITCH", 0, "LS10");
        ga_device_close(&libraries);
        ga_evidence_free(e);
    }
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

    return cmocka_run_group_tests(tests, NULL, NULL);
}
