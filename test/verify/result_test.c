/* SPDX-License-Identifier: Apache-2.0 */
/* What callers ask for, and what they may see of a result. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "gpuattest/gpuattest.h"
#include "support/runs.h"
#include "support/worlds.h"
#include "verify/parts.h"
#include "verify/result.h"

static struct minted world; /* GPU-0, SWITCH-0 */
static struct ga_result *result;
static struct ga_context *live; /* as of the present */

static int
set_up(void **state)
{
    struct ga_settings *set = NULL;

    (void)state;
    mint(&world, 1, 1, NULL);
    result = minted_verify(&world, NULL);
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &live, NULL), GA_OK);
    ga_settings_free(set);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_context_free(live);
    ga_result_free(result);
    minted_done(&world);
    return 0;
}

static struct ga_evidence *
evidence_of(const struct ga_buf *report, const struct ga_buf *chain)
{
    struct ga_evidence *e = NULL;

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    if (report != NULL)
        assert_int_equal(ga_evidence_add(e, report->ptr, report->len,
                                         chain->ptr, chain->len, NULL),
                         GA_OK);
    return e;
}

static void
shows_the_checks_of_each_and_no_other(void **state)
{
    static const char *const first[] = { "report.parse", "report.parse",
                                         "set.nonce" };
    static const size_t whose[] = { 0, 1, GA_SET };
    struct ga_check_view v;
    size_t before = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(whose); i++) {
        size_t n = ga_result_checks(result, whose[i]);

        assert_true(n > 0 && n < GA_CHECK_COUNT && n != before);
        assert_true(ga_result_check(result, whose[i], 0, &v));
        assert_string_equal(v.name, first[i]);
        assert_true(ga_result_check(result, whose[i], n - 1, &v));
        v.name = "untouched";
        assert_false(ga_result_check(result, whose[i], n, &v));
        assert_string_equal(v.name, "untouched");
        before = n;
    }
    assert_int_equal(ga_result_checks(result, 2), 0);
    assert_false(ga_result_check(result, 2, 0, &v));
}

static void
prints_the_claims_of_a_device_in_a_version(void **state)
{
    static const struct {
        size_t i;
        const char *version, *text; /* NULL: prints */
    } rows[] = {
        { 0, "2.0", NULL },
        { 1, "4.0", NULL },
        { 2, "3.0", "device 2 of 2" },
        { 0, "5.0", "claims version \"5.0\", not 2.0, 3.0 or 4.0" },
        { 0, NULL, "result: NULL" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        struct ga_error err = { 0 };
        enum ga_rc rc =
            ga_result_claims(result, rows[i].i, rows[i].version, &text, &err);
        json_t *v;

        if (rows[i].text != NULL) {
            assert_int_equal(rc, GA_E_INVAL);
            assert_string_equal(err.text, rows[i].text);
            assert_null(text);
            continue;
        }
        assert_int_equal(rc, GA_OK);
        v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_string_equal(json_string_value(json_object_get(v, "measres")),
                            "success");
        json_decref(v);
        ga_text_free(text);
    }
    assert_int_equal(ga_result_json(NULL, NULL, NULL), GA_E_INVAL);
}

/* Every entry, without each of what it needs. */
static void
without_an_argument_there_is_no_verdict(void **state)
{
    const struct ga_nonce *nonce = &world.world->o.nonce;
    struct ga_evidence *e = evidence_of(NULL, NULL);
    struct ga_result *before = (struct ga_result *)&world, *r = before;
    struct ga_host host = { 0 };
    struct ga_bundle *bundle = NULL;
    struct ga_error err = { 0 };
    char *source = NULL;
    size_t held = 9;

    (void)state;
    assert_int_equal(ga_bundle_new(&bundle, NULL), GA_OK);
    assert_int_equal(ga_verify(live, e, NULL, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text, "verify: NULL");
    assert_int_equal(ga_verify(NULL, e, nonce, &r, NULL), GA_E_INVAL);
    assert_int_equal(ga_verify(live, e, nonce, NULL, NULL), GA_E_INVAL);
    assert_int_equal(ga_verify(live, NULL, nonce, &r, &err), GA_E_MISSING);
    assert_string_equal(err.text, "no devices");
    assert_int_equal(ga_verify(live, e, nonce, &r, &err), GA_E_MISSING);
    assert_int_equal(ga_verify_live(live, e, nonce, 1, NULL, &r, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "verify: NULL");
    assert_int_equal(ga_verify_live(live, e, NULL, 1, &host, &r, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_bundle_collect(live, e, NULL, &held, &r, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "bundle: NULL");
    assert_int_equal(ga_bundle_collect(live, e, bundle, &held, &r, NULL),
                     GA_E_MISSING);
    assert_int_equal(ga_rim_verify(live, NULL, 0, NULL, &r, &err), GA_E_INVAL);
    assert_string_equal(err.text, "RIM: NULL");
    assert_int_equal(ga_rim_find(live, NULL, NULL, NULL, &source, &r, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "RIM: NULL");
    assert_ptr_equal(r, before);
    assert_int_equal(held, 9);
    ga_bundle_free(bundle);
    ga_evidence_free(e);
}

static void
devices_at_hand_are_of_the_present_and_of_a_known_kind(void **state)
{
    static const struct {
        unsigned devices;
        bool at;
        const char *text;
    } rows[] = {
        { 0, false, "devices: 0, not 1 to 3" },
        { 4, false, "devices: 4, not 1 to 3" },
        { 1, true, "at: devices at hand are verified as of the present" },
    };
    const struct sim_device *d = world.world->device;
    struct ga_evidence *e = evidence_of(&d->report, &d->chain);
    struct ga_settings *set = minted_settings(&world);
    struct ga_context *past = NULL;
    const struct ga_host host = { .gpus = 1, .cc_on = true };

    (void)state;
    assert_int_equal(ga_context_new(set, NULL, &past, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_context *ctx = rows[i].at ? past : live;
        const struct ga_live at_hand = { rows[i].devices, &host, false };
        struct ga_result *r = (struct ga_result *)&world;
        struct ga_error err = { 0 };

        assert_int_equal(ga_verify_live(ctx, e, &world.world->o.nonce,
                                        rows[i].devices, &host, &r, &err),
                         GA_E_INVAL);
        assert_string_equal(err.text, rows[i].text);
        if (rows[i].devices == 0)
            continue; /* a part can be of files */
        assert_int_equal(
            ga_verify_part(ctx, e, &world.world->o.nonce, &at_hand, &r, &err),
            GA_E_INVAL);
        assert_string_equal(err.text, rows[i].text);
        assert_ptr_equal(r, &world);
    }
    ga_context_free(past);
    ga_settings_free(set);
    ga_evidence_free(e);
}

static void
the_driver_counts_switches_too(void **state)
{
    const struct sim_device *d = &world.world->device[1];
    struct ga_evidence *e = evidence_of(&d->report, &d->chain);
    const struct ga_host host = { .switches = 4 };
    struct ga_result *r = NULL;

    (void)state;
    assert_int_equal(ga_verify_live(live, e, &world.world->o.nonce,
                                    GA_DEVICES_SWITCH, &host, &r, NULL),
                     GA_OK);
    assert_string_equal(text_of(r, GA_SET, "set.count"),
                        "1 NVSwitches, and the driver has 4");
    /* Confidential computing is not theirs. */
    assert_string_equal(text_of(r, GA_SET, "set.mode"),
                        "no report says its mode");
    ga_result_free(r);
    ga_evidence_free(e);
}

/* Verifies a report and a chain of other bytes; the caller releases it. */
static struct ga_result *
verify_bytes(const struct ga_buf *report, const struct ga_buf *chain)
{
    struct ga_evidence *e = evidence_of(report, chain);
    struct ga_settings *set = minted_settings(&world);
    struct ga_context *ctx = NULL;
    struct ga_result *r = NULL;

    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, e, &world.world->o.nonce, &r, NULL), GA_OK);
    ga_context_free(ctx);
    ga_settings_free(set);
    ga_evidence_free(e);
    return r;
}

/* Other tools write the whole buffer. */
static void
zeros_behind_a_report_are_a_warning(void **state)
{
    const struct sim_device *d = world.world->device;
    struct ga_buf report = { calloc(1, GA_REPORT_MAX), GA_REPORT_MAX };
    struct ga_result *r;
    char expect[128];

    (void)state;
    assert_non_null(report.ptr);
    memcpy(report.ptr, d->report.ptr, d->report.len);
    r = verify_bytes(&report, &d->chain);
    expect_failed(r, "");
    snprintf(expect, sizeof(expect), "%zu zero bytes behind it",
             GA_REPORT_MAX - d->report.len);
    assert_string_equal(text_of(r, 0, "report.parse"), expect);
    snprintf(expect, sizeof(expect),
             "added item 1: %zu zero bytes behind the report",
             GA_REPORT_MAX - d->report.len);
    assert_string_equal(ga_result_warning(r, 0), expect);
    ga_result_free(r);
    ga_buf_done(&report);
}

/* The world's roots are the simulator's. */
static void
anchors_of_the_caller_are_said(void **state)
{
    static const char *const allowed[] = { "allow-custom-anchors", "true",
                                           NULL };
    struct ga_result *r = minted_verify(&world, allowed);

    (void)state;
    assert_string_equal(ga_result_anchors(result), "custom");
    assert_string_equal(ga_result_warning(result, 0),
                        "anchors that are not built in were configured");
    assert_null(ga_result_warning(result, 1));
    assert_string_equal(ga_result_anchors(r), "custom");
    assert_null(ga_result_warning(r, 0));
    ga_result_free(r);
}

/* The world's first device as an evidence file of that name, its report in a
 * whole buffer. */
static void
write_padded(const char *path)
{
    const struct sim_device *d = world.world->device;
    uint8_t report[GA_REPORT_MAX] = { 0 };
    char *evidence, *chain;
    json_t *v;

    memcpy(report, d->report.ptr, d->report.len);
    evidence = ga_base64_encode(ga_bytes_of(report, sizeof(report)), 0);
    chain = ga_base64_encode(ga_view(&d->chain), 0);
    v = json_pack("[{s:s,s:s}]", "evidence", evidence, "certificate", chain);
    assert_int_equal(json_dump_file(v, path, 0), 0);
    json_decref(v);
    free(evidence);
    free(chain);
}

/* Names are cut nowhere between the bytes of a character, which no JSON could
 * hold. */
static void
a_warning_about_a_long_name_is_whole(void **state)
{
    struct ga_settings *set = minted_settings(&world);
    struct ga_context *ctx = NULL;
    struct ga_evidence *e = NULL;
    struct ga_result *r = NULL;
    char name[256] = "a", path[400], *json = NULL;
    const char *warning;

    (void)state;
    for (size_t i = 1; i < 240; i += 2)
        memcpy(&name[i], "\u00e9", 3);
    for (size_t shift = 0; shift < 2; shift++) {
        minted_path(&world, name + shift, path, sizeof(path));
        write_padded(path);
        assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
        assert_int_equal(ga_verify(ctx, e, &world.world->o.nonce, &r, NULL),
                         GA_OK);
        warning = ga_result_warning(r, 0);
        assert_memory_equal(warning, path, strlen(path));
        assert_non_null(strstr(warning, " zero bytes behind the report"));
        assert_int_equal(ga_result_json(r, &json, NULL), GA_OK);
        ga_text_free(json);
        ga_result_free(r);
        ga_evidence_free(e);
        ga_context_free(ctx);
    }
    ga_settings_free(set);
}

/* The error of the result is the first one; checks say both. */
static void
of_two_malformed_parts_the_first_is_the_error(void **state)
{
    const struct sim_device *d = world.world->device;
    struct ga_buf report = { d->report.ptr, 36 }, chain = { d->chain.ptr, 27 };
    struct ga_result *r = verify_bytes(&report, &chain);

    (void)state;
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_MALFORMED);
    assert_string_equal(text_of(r, 0, "report.parse"),
                        "report: request: SlotIDParam: need 1 bytes at 36, "
                        "have 0");
    assert_string_equal(text_of(r, 0, "device.chain"),
                        "PEM: no END line before 27");
    assert_string_equal(r->error.text,
                        "added item 1: report: request: SlotIDParam: need 1 "
                        "bytes at 36, have 0");
    ga_result_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_checks_of_each_and_no_other),
        cmocka_unit_test(prints_the_claims_of_a_device_in_a_version),
        cmocka_unit_test(without_an_argument_there_is_no_verdict),
        cmocka_unit_test(
            devices_at_hand_are_of_the_present_and_of_a_known_kind),
        cmocka_unit_test(the_driver_counts_switches_too),
        cmocka_unit_test(zeros_behind_a_report_are_a_warning),
        cmocka_unit_test(anchors_of_the_caller_are_said),
        cmocka_unit_test(a_warning_about_a_long_name_is_whole),
        cmocka_unit_test(of_two_malformed_parts_the_first_is_the_error),
    };

    return cmocka_run_group_tests_name("results", tests, set_up, tear_down);
}
