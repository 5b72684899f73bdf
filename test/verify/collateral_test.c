/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several RIMs counts, and from when on. */
#include "support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/time.h"
#include "support/runs.h"
#include "support/worlds.h"

static void
write_rim(const char *dir, const char *id, const char *xml)
{
    char path[160];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s.xml", dir, id);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(xml, 1, strlen(xml), f), strlen(xml));
    assert_int_equal(fclose(f), 0);
}

/* The verdict with these driver RIMs, each in a folder of its own. */
static enum ga_verdict
judge(const struct minted *m, const char *first, const char *second)
{
    const char *id = m->world->rim[0].id;
    char rims[80], more[80];
    const char *const settings[] = { "rim-dir", more, NULL };
    struct ga_result *r;
    enum ga_verdict v;

    snprintf(rims, sizeof(rims), "%s/rims", m->dir);
    snprintf(more, sizeof(more), "%s/more", m->dir);
    assert_true(mkdir(more, 0700) == 0 || errno == EEXIST);
    write_rim(rims, id, first);
    write_rim(more, id, second);
    r = minted_verify(m, settings);
    v = ga_result_verdict(r);
    ga_result_free(r);
    return v;
}

static void
a_rim_that_does_not_hold_stands_in_nobody_s_way(void **state)
{
    struct minted m;
    char *good, *bad, *digit;

    (void)state;
    mint(&m, 1, 0, NULL);
    good =
        strndup((const char *)m.world->rim[0].xml.ptr, m.world->rim[0].xml.len);
    bad = strdup(good);
    digit = strstr(bad, "Hash0=\"");
    assert_non_null(digit);
    digit += strlen("Hash0=\"");
    *digit = *digit == '0' ? '1' : '0';
    assert_int_equal(judge(&m, good, bad), GA_VERDICT_VERIFIED);
    assert_int_equal(judge(&m, bad, good), GA_VERDICT_VERIFIED);
    assert_int_equal(judge(&m, bad, bad), GA_VERDICT_REJECTED);
    free(good);
    free(bad);
    minted_done(&m);
}

static void
a_rim_counts_from_the_date_asked_for(void **state)
{
    static const struct {
        int64_t after; /* the signers became valid, in seconds */
        const char *failed;
    } rows[] = {
        { -1, "" },
        { 0, "" },
        { 1, "GPU-0 driver_rim.available:too_old,"
             "GPU-0 vbios_rim.available:too_old" },
    };
    struct minted m;
    ga_time from;

    (void)state;
    mint(&m, 1, 0, NULL);
    from = m.world->rim[0].spec.signer_from;
    assert_int_equal(m.world->rim[1].spec.signer_from, from);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char date[GA_TIME_TEXT];
        const char *const settings[] = { "rim-signed-after", date, NULL };
        struct ga_result *r;

        ga_time_text(ga_time_plus(from, rows[i].after), date);
        r = minted_verify(&m, settings);
        expect_failed(r, rows[i].failed);
        ga_result_free(r);
    }
    minted_done(&m);
}

/* Asked for alone, there is nothing to judge. */
static void
finds_none(const struct minted *m, const char *rims)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };
    const char *id = m->world->rim[0].id;
    char *source = NULL, expect[256];

    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_rim_find(ctx, id, NULL, NULL, &source, &r, &err),
                     GA_E_SYNTAX);
    snprintf(expect, sizeof(expect), "%s/%s.xml: more than %d bytes", rims, id,
             GA_RIM_MAX);
    assert_non_null(strstr(err.text, expect));
    assert_null(source);
    assert_null(r);
    ga_context_free(ctx);
    ga_settings_free(set);
}

static void
a_rim_beyond_the_bound_is_none(void **state)
{
    struct minted m;
    char *big = malloc(GA_RIM_MAX + 2), rims[80];
    struct ga_result *r;

    (void)state;
    assert_non_null(big);
    memset(big, ' ', GA_RIM_MAX + 1);
    big[GA_RIM_MAX + 1] = '\0';
    mint(&m, 1, 0, NULL);
    snprintf(rims, sizeof(rims), "%s/rims", m.dir);
    write_rim(rims, m.world->rim[0].id, big);
    r = minted_verify(&m, NULL);
    expect_failed(r, "GPU-0 driver_rim.available:malformed,"
                     "GPU-0 driver_rim.schema:not_checked,"
                     "GPU-0 driver_rim.signature:not_checked,"
                     "GPU-0 driver_rim.chain:not_checked,"
                     "GPU-0 driver_rim.ocsp:not_checked,"
                     "GPU-0 driver_rim.version:not_checked,"
                     "GPU-0 measurements.conflict:not_checked,"
                     "GPU-0 measurements.match:not_checked");
    ga_result_free(r);
    finds_none(&m, rims);
    minted_done(&m);
    free(big);
}

static void
set_path(struct ga_settings *set, const char *name, const struct minted *m,
         const char *file)
{
    char path[128];

    minted_path(m, file, path, sizeof(path));
    assert_int_equal(ga_settings_set(set, name, path, NULL), GA_OK);
}

/* The verdict without an OCSP folder, and what the checks of OCSP say. */
static enum ga_verdict
judge_unasked(const struct minted *m, bool no_ocsp, const char *text)
{
    static const char *const checks[] = { "device.ocsp", "driver_rim.ocsp",
                                          "vbios_rim.ocsp" };
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    char at[GA_TIME_TEXT], path[128];
    enum ga_verdict v;

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    set_path(set, "device-anchor", m, "anchors/device.pem");
    set_path(set, "rim-anchor", m, "anchors/rim.pem");
    set_path(set, "rim-dir", m, "rims");
    ga_time_text(m->world->o.at, at);
    assert_int_equal(ga_settings_set(set, "at", at, NULL), GA_OK);
    if (no_ocsp)
        assert_int_equal(ga_settings_set(set, "no-ocsp", "true", NULL), GA_OK);
    minted_path(m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(evidence, path, NULL), GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, &m->world->o.nonce, &r, NULL),
                     GA_OK);
    for (size_t i = 0; i < COUNT(checks); i++)
        assert_string_equal(text_of(r, 0, checks[i]), text);
    v = ga_result_verdict(r);
    ga_result_free(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return v;
}

static void
who_was_not_asked_did_not_say_good(void **state)
{
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    assert_int_equal(judge_unasked(&m, true, "no-ocsp: nobody was asked"),
                     GA_VERDICT_VERIFIED);
    assert_int_equal(judge_unasked(&m, false,
                                   "neither ocsp-dir nor bundle was given, and "
                                   "no responder may be asked"),
                     GA_VERDICT_REJECTED);
    minted_done(&m);
}

/* Hold is accepted of RIMs alone, and when asked for. */
static void
hold_is_for_rims(void **state)
{
    static const char *const of_device[] = { "ocsp-hold", NULL };
    static const char *const of_rim[] = { "rim-ocsp-hold", NULL };
    static const char *const allow[] = { "allow-hold", "true", NULL };
    struct ga_result *r;
    struct minted m;

    (void)state;
    mint(&m, 1, 0, of_device);
    r = minted_verify(&m, allow);
    expect_failed(r, "GPU-0 device.ocsp:hold");
    ga_result_free(r);
    minted_done(&m);
    mint(&m, 1, 0, of_rim);
    r = minted_verify(&m, NULL);
    expect_failed(r, "GPU-0 vbios_rim.ocsp:hold");
    ga_result_free(r);
    r = minted_verify(&m, allow);
    expect_failed(r, "");
    ga_result_free(r);
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rim_that_does_not_hold_stands_in_nobody_s_way),
        cmocka_unit_test(a_rim_counts_from_the_date_asked_for),
        cmocka_unit_test(a_rim_beyond_the_bound_is_none),
        cmocka_unit_test(who_was_not_asked_did_not_say_good),
        cmocka_unit_test(hold_is_for_rims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
