/* SPDX-License-Identifier: Apache-2.0 */
/* Real evidence: what must come out of it, check by check. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "support/fixtures.h"
#include "support/runs.h"

/* A: Hopper with both RIMs and every OCSP answer; L: an NVSwitch. */
#define A "gpu/h100-550.90.07"
#define L "switch/ls10-96.10.55.00.01"

#define A_SETTINGS                                                     \
    "rim-dir", "@" A "/rims", "ocsp-dir", "@" A "/ocsp", "ocsp-nonce", \
        "accept-missing"

static void
the_complete_gpu_is_verified(void **state)
{
    static const char *const settings[] = {
        A_SETTINGS, "at", "2025-10-24T12:00:00Z", "ocsp-grace", "65d", NULL
    };
    struct ga_device_view d;
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    expect_failed(run.result, "");
    assert_string_equal(ga_result_summary(run.result), "VERIFIED 1 GPU");
    assert_string_equal(text_of(run.result, 0, "measurements.match"),
                        "32 golden values matched, index 35 of the driver RIM "
                        "skipped (NVDEC0_STATUS 0x55)");
    assert_true(ga_result_device(run.result, 0, &d));
    assert_string_equal(d.label, "GPU-0");
    assert_string_equal(d.arch, "HOPPER");
    assert_string_equal(d.device_id, "41431D480FE5E87274");
    assert_string_equal(d.pdi, "431D480FE5E87274");
    assert_string_equal(d.ueid,
                        "478176379286082186618948445787393647364802107249");
    assert_string_equal(d.hwmodel, "GH100 A01 GSP BROM");
    assert_string_equal(d.mode, "spt");
    assert_null(ga_result_relaxed(run.result, 0));
    assert_string_equal(ga_result_anchors(run.result), "builtin");
    run_done(&run);
}

static void
the_complete_gpu_needs_at_most_24_verifications(void **state)
{
    static const char *const settings[] = {
        A_SETTINGS, "at", "2025-10-24T12:00:00Z", "ocsp-grace", "65d", NULL
    };
    struct ga_result *again = NULL;
    uint64_t cold, warm;
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    cold = ga_context_verifications(run.ctx);
    assert_in_range(cold, 12, 24);
    assert_int_equal(ga_verify(run.ctx, run.evidence, &run.nonce, &again, NULL),
                     GA_OK);
    assert_true(ga_result_verified(again));
    warm = ga_context_verifications(run.ctx) - cold;
    assert_int_equal(warm, 1); /* the report; all else is remembered */
    ga_result_free(again);
    run_done(&run);
}

static void
without_the_grace_device_ocsp_alone_fails(void **state)
{
    static const char *const settings[] = { A_SETTINGS, "at",
                                            "2025-10-24T12:00:00Z", NULL };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    expect_failed(run.result, "GPU-0 device.ocsp:stale");
    assert_int_equal(ga_result_verdict(run.result), GA_VERDICT_REJECTED);
    run_done(&run);
}

static void
another_nonce_fails_for_the_report_and_the_file(void **state)
{
    static const char *const settings[] = {
        A_SETTINGS, "at", "2025-10-24T12:00:00Z", "ocsp-grace", "65d", NULL
    };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json",
             "00000000000000000000000000000000000000000000000000000000000000ff",
             settings);
    expect_failed(run.result,
                  "GPU-0 report.nonce:nonce_other,set.nonce:nonce_other");
    assert_non_null(strstr(
        text_of(run.result, GA_SET, "set.nonce"),
        "evidence carries "
        "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb; "
        "pass it only if you chose it"));
    run_done(&run);
}

static void
today_rim_chains_are_expired_and_answers_stale(void **state)
{
    static const char *const settings[] = { A_SETTINGS, "at",
                                            "2026-11-24T08:00:00Z", NULL };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    expect_failed(run.result,
                  "GPU-0 device.ocsp:stale,GPU-0 driver_rim.chain:expired,"
                  "GPU-0 driver_rim.ocsp:stale,GPU-0 vbios_rim.chain:expired,"
                  "GPU-0 vbios_rim.ocsp:stale");
    run_done(&run);
}

static void
a_rim_grace_accepts_expired_rim_chains_and_says_so(void **state)
{
    static const char *const settings[] = {
        A_SETTINGS,  "at",   "2026-11-24T08:00:00Z",
        "rim-grace", "365d", "ocsp-grace",
        "500d",      NULL
    };
    struct ga_check_view v;
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    for (size_t n = 0; ga_result_check(run.result, 0, n, &v); n++)
        if (strcmp(v.name, "vbios_rim.chain") == 0) {
            assert_int_equal(v.state, GA_PASSED);
            assert_string_equal(v.reason, "grace");
        }
    expect_failed(run.result, "");
    run_done(&run);
}

static void
the_switch_is_verified_without_ocsp(void **state)
{
    static const char *const settings[] = { "rim-dir", "@" L "/rims",
                                            "no-ocsp", "true",
                                            "at",      "2026-06-01T00:00:00Z",
                                            NULL };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, L "/evidence.json", "@" L "/nonce.hex", settings);
    expect_failed(run.result, "");
    assert_string_equal(text_of(run.result, 0, "measurements.match"),
                        "31 golden values matched");
    assert_string_equal(ga_result_relaxed(run.result, 0),
                        "bios_rim.ocsp:not_checked");
    assert_string_equal(ga_result_relaxed(run.result, 1),
                        "device.ocsp:not_checked");
    assert_null(ga_result_relaxed(run.result, 2));
    assert_string_equal(ga_result_summary(run.result), "VERIFIED 1 NVSwitch");
    run_done(&run);
}

/* Cases without all of their collateral: what holds holds, and what is not
 * there is said. */
struct incomplete {
    const char *name;
    const char *rims;
    const char *failed;
};

#define NO_RIM(role)                                  \
    "GPU-0 " role "_rim.available:absent,GPU-0 " role \
    "_rim.schema:not_checked,GPU-0 " role             \
    "_rim.signature:not_checked,GPU-0 " role "_rim.chain:not_checked,"

static struct incomplete incompletes[] = {
    { "gpu/h100-535.86.09", "@gpu/h100-535.86.09/rims",
      NO_RIM("driver") "GPU-0 driver_rim.version:not_checked,"
                       "GPU-0 measurements.conflict:not_checked,"
                       "GPU-0 measurements.match:not_checked" },
    { "gpu/h100-580.159.03", "@gpu/h100-535.86.09/rims",
      NO_RIM("driver") "GPU-0 driver_rim.version:not_checked," NO_RIM(
          "vbios") "GPU-0 vbios_rim.version:not_checked,"
                   "GPU-0 measurements.conflict:not_checked,"
                   "GPU-0 measurements.match:not_checked" },
    { "gpu/gb100-575.32", "@gpu/h100-535.86.09/rims",
      NO_RIM("driver") "GPU-0 driver_rim.version:not_checked," NO_RIM(
          "vbios") "GPU-0 vbios_rim.version:not_checked,"
                   "GPU-0 measurements.conflict:not_checked,"
                   "GPU-0 measurements.match:not_checked" },
};

static void
says_what_is_not_at_hand(void **state)
{
    const struct incomplete *t = *state;
    const char *settings[] = { "rim-dir", t->rims, "no-ocsp",
                               "true",    "at",    "2024-06-01T00:00:00Z",
                               NULL };
    char evidence[64], nonce[64];
    struct run run;

    need_fixtures();
    snprintf(evidence, sizeof(evidence), "%s/evidence.json", t->name);
    snprintf(nonce, sizeof(nonce), "@%s/nonce.hex", t->name);
    run_file(&run, evidence, nonce, settings);
    expect_failed(run.result, t->failed);
    run_done(&run);
}

#define NOTHING_ASKED_OF_A_GPU(role)                        \
    ",GPU-0 " role "_rim.available:not_checked,GPU-0 " role \
    "_rim.schema:not_checked,GPU-0 " role                   \
    "_rim.signature:not_checked,GPU-0 " role                \
    "_rim.chain:not_checked,GPU-0 " role "_rim.version:not_checked"
#define NOTHING_COMPARED                                                 \
    ",GPU-0 measurements.conflict:not_checked,GPU-0 measurements.match:" \
    "not_checked"

static void
a_report_of_another_gpu_fails_signature_and_fwid(void **state)
{
    static const char *const settings[] = { "rim-dir", "@" A "/rims",
                                            "no-ocsp", "true",
                                            "at",      "2025-10-24T12:00:00Z",
                                            NULL };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, "bad/report-signature/evidence.json",
             "@bad/report-signature/nonce.hex", settings);
    expect_failed(run.result,
                  "GPU-0 report.signature:bad_signature,"
                  "GPU-0 report.fwid:mismatch" NOTHING_ASKED_OF_A_GPU("driver")
                      NOTHING_ASKED_OF_A_GPU("vbios") NOTHING_COMPARED);
    run_done(&run);
}

static void
a_chain_without_its_provisioner_fails_alone(void **state)
{
    static const char *const settings[] = { "rim-dir", "@" A "/rims",
                                            "no-ocsp", "true",
                                            "at",      "2025-10-24T12:00:00Z",
                                            NULL };
    struct ga_check_view v;
    struct run run;

    (void)state;
    need_fixtures();
    run_pair(&run, A "/report.bin", "bad/chain-3.pem", "@" A "/nonce.hex",
             settings);
    for (size_t n = 0; ga_result_check(run.result, 0, n, &v); n++)
        if (v.state == GA_FAILED)
            assert_string_equal(v.name, "device.chain");
    assert_false(ga_result_verified(run.result));
    run_done(&run);
}

static void
a_chain_of_the_root_alone_fails_signature_too(void **state)
{
    static const char *const settings[] = { "rim-dir", "@" A "/rims",
                                            "no-ocsp", "true",
                                            "at",      "2025-10-24T12:00:00Z",
                                            NULL };
    struct ga_check_view v;
    unsigned failed = 0;
    struct run run;

    (void)state;
    need_fixtures();
    run_pair(&run, A "/report.bin", "bad/chain-2.pem", "@" A "/nonce.hex",
             settings);
    for (size_t n = 0; ga_result_check(run.result, 0, n, &v); n++)
        if (v.state == GA_FAILED) {
            assert_true(strcmp(v.name, "device.chain") == 0 ||
                        strcmp(v.name, "report.signature") == 0);
            failed++;
        }
    assert_int_equal(failed, 2);
    run_done(&run);
}

/* Evidence as other tools write it: every item parses, every signature and
 * chain holds. */
struct foreign_file {
    const char *name;
    size_t devices;
    const char *set_failed; /* of the set's checks */
};

static struct foreign_file foreign_files[] = {
    { "evidence/gpu-list-1.json", 1, "" },
    { "evidence/gpu-list-4.json", 4, "" },
    { "evidence/nvrust-gpu-8.json", 8, "" },
    { "evidence/switch-list-1.json", 1, "" },
    { "evidence/switch-list-4.json", 4, "set.distinct" },
    { "ppcie/hgx-h100-gpu.json", 8, "" },
    { "ppcie/hgx-h100-switch.json", 4, "" },
};

static void
reports_and_chains_of_others_hold(void **state)
{
    static const char *const none[] = { "no-ocsp", "true", "at",
                                        "2026-01-01T00:00:00Z", NULL };
    static const char *const holds[] = { "report.parse", "report.signature",
                                         "report.arch",  "report.fwid",
                                         "report.mode",  "device.chain" };
    const struct foreign_file *t = *state;
    struct ga_evidence_view item;
    struct ga_report *report = NULL;
    struct ga_check_view v;
    struct run run;
    char hex[65];

    need_fixtures();
    /* The reports' own nonce: here it is the shape that is tested. */
    run_file(&run, t->name,
             "00000000000000000000000000000000000000000000000000000000000000ff",
             none);
    assert_int_equal(ga_evidence_get(run.evidence, 0, &item, NULL), GA_OK);
    assert_int_equal(
        ga_report_parse(item.report, item.report_len, &report, NULL), GA_OK);
    ga_nonce_text((const struct ga_nonce *)ga_report_nonce(report), hex);
    ga_report_free(report);
    run_done(&run);
    run_file(&run, t->name, hex, none);

    assert_int_equal(ga_result_devices(run.result), t->devices);
    for (size_t i = 0; i < t->devices; i++)
        for (size_t n = 0; ga_result_check(run.result, i, n, &v); n++)
            for (size_t k = 0; k < COUNT(holds); k++)
                if (strcmp(v.name, holds[k]) == 0 &&
                    (v.state == GA_FAILED || v.state == GA_NOT_CHECKED))
                    fail_msg("%zu %s: %s", i, v.name, v.text);
    for (size_t n = 0; ga_result_check(run.result, GA_SET, n, &v); n++)
        if (strcmp(v.name, "set.distinct") == 0)
            assert_int_equal(v.state,
                             t->set_failed[0] != '\0' ? GA_FAILED : GA_PASSED);
    run_done(&run);
}

/* What NVIDIA's service said of the same device. */

/* Times, ids and the issuer are a token's; on L the RIM is a later issue and
 * OCSP was not asked. */
static bool
differs_by_nature(const char *key)
{
    static const char *const keys[] = { "iss", "iat", "nbf", "exp", "jti" };

    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void
compare_chain(const char *key, const json_t *theirs, const json_t *ours,
              bool is_switch)
{
    const char *member;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)theirs, member, value)
    {
        if (is_switch && (strstr(member, "ocsp-status") != NULL ||
                          (strstr(key, "-bios-rim-") != NULL &&
                           strstr(member, "expiration") != NULL)))
            continue;
        if (!json_equal(value, json_object_get(ours, member)))
            fail_msg("%s: %s differs", key, member);
    }
}

static void
compare_claims(const char *file, const char *label, struct run *run,
               bool is_switch)
{
    struct ga_buf b = fixture(file);
    json_t *all = json_loadb((const char *)b.ptr, b.len, 0, NULL);
    json_t *theirs = json_object_get(all, label), *ours, *value;
    const char *key;
    char *text = NULL;

    assert_non_null(theirs);
    assert_int_equal(ga_result_claims(run->result, 0, "3.0", &text, NULL),
                     GA_OK);
    ours = json_loads(text, 0, NULL);
    assert_non_null(ours);
    json_object_foreach(theirs, key, value)
    {
        if (differs_by_nature(key))
            continue;
        if (json_is_object(value))
            compare_chain(key, value, json_object_get(ours, key), is_switch);
        else if (!json_equal(value, json_object_get(ours, key)))
            fail_msg("%s differs", key);
    }
    json_decref(ours);
    json_decref(all);
    ga_text_free(text);
    ga_buf_done(&b);
}

static void
claims_agree_with_the_service_on_the_gpu(void **state)
{
    static const char *const settings[] = {
        A_SETTINGS, "at", "2025-10-24T12:00:00Z", "ocsp-grace", "65d", NULL
    };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, A "/evidence.json", "@" A "/nonce.hex", settings);
    compare_claims(A "/nras-claims-3.0.json", "GPU-0", &run, false);
    run_done(&run);
}

static void
claims_agree_with_the_service_on_the_switch(void **state)
{
    static const char *const settings[] = { "rim-dir", "@" L "/rims",
                                            "no-ocsp", "true",
                                            "at",      "2026-06-01T00:00:00Z",
                                            NULL };
    struct run run;

    (void)state;
    need_fixtures();
    run_file(&run, L "/evidence.json", "@" L "/nonce.hex", settings);
    compare_claims(L "/nras-claims-3.0.json", "SWITCH-0", &run, true);
    run_done(&run);
}

/* RIMs that must be refused, each for its reasons. */
struct bad_rim {
    const char *name;
    const char *at;
    const char *failed;
};

static struct bad_rim bad_rims[] = {
    { "bad/rim-signature.xml", "2025-10-24T12:00:00Z",
      "rim.signature:bad_signature" },
    { "bad/rim-digest.xml", "2025-10-24T12:00:00Z",
      "rim.signature:bad_digest" },
    { "bad/rim-debug-ca.xml", "2025-10-24T12:00:00Z", "rim.chain:shape" },
    { "bad/rim-leaf-expired.xml", "2025-10-24T12:00:00Z",
      "rim.signature:bad_digest,rim.chain:expired" },
};

static void
refuses_a_bad_rim_for_its_reasons(void **state)
{
    const struct bad_rim *t = *state;
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    struct ga_buf b;

    need_fixtures();
    b = fixture(t->name);
    assert_int_equal(ga_settings_new(&set, &err), GA_OK);
    assert_int_equal(ga_settings_set(set, "at", t->at, &err), GA_OK);
    assert_int_equal(ga_settings_set(set, "no-ocsp", "true", &err), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_OK);
    assert_int_equal(ga_rim_verify(ctx, b.ptr, b.len, NULL, &result, &err),
                     GA_OK);
    expect_failed(result, t->failed);
    ga_result_free(result);
    ga_context_free(ctx);
    ga_settings_free(set);
    ga_buf_done(&b);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(the_complete_gpu_is_verified),
        cmocka_unit_test(the_complete_gpu_needs_at_most_24_verifications),
        cmocka_unit_test(without_the_grace_device_ocsp_alone_fails),
        cmocka_unit_test(another_nonce_fails_for_the_report_and_the_file),
        cmocka_unit_test(today_rim_chains_are_expired_and_answers_stale),
        cmocka_unit_test(a_rim_grace_accepts_expired_rim_chains_and_says_so),
        cmocka_unit_test(the_switch_is_verified_without_ocsp),
        cmocka_unit_test(a_report_of_another_gpu_fails_signature_and_fwid),
        cmocka_unit_test(a_chain_without_its_provisioner_fails_alone),
        cmocka_unit_test(a_chain_of_the_root_alone_fails_signature_too),
        cmocka_unit_test(claims_agree_with_the_service_on_the_gpu),
        cmocka_unit_test(claims_agree_with_the_service_on_the_switch),
    };
    struct CMUnitTest
        rows[COUNT(incompletes) + COUNT(foreign_files) + COUNT(bad_rims)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(incompletes); i++)
        rows[n++] = (struct CMUnitTest){ .name = incompletes[i].name,
                                         .test_func = says_what_is_not_at_hand,
                                         .initial_state = &incompletes[i] };
    for (size_t i = 0; i < COUNT(foreign_files); i++)
        rows[n++] =
            (struct CMUnitTest){ .name = foreign_files[i].name,
                                 .test_func = reports_and_chains_of_others_hold,
                                 .initial_state = &foreign_files[i] };
    for (size_t i = 0; i < COUNT(bad_rims); i++)
        rows[n++] =
            (struct CMUnitTest){ .name = bad_rims[i].name,
                                 .test_func = refuses_a_bad_rim_for_its_reasons,
                                 .initial_state = &bad_rims[i] };
    return cmocka_run_group_tests_name("fixtures", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("fixtures rows", rows, NULL, NULL);
}
