/* SPDX-License-Identifier: Apache-2.0 */
/* Policies beside the built-in checks: what they can turn, and what not. */
#include "support/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "support/worlds.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

#define REGO(body) "package policy\nimport rego.v1\n" body "\n"
#define TRUE_      REGO("nv_match := count(input) == 3")
#define FALSE_     REGO("nv_match := false")

static struct minted world, expired;

static int
set_up(void **state)
{
    static const char *const defects[] = { "rim-expired", NULL };

    (void)state;
    mint(&world, 2, 1, NULL);
    mint(&expired, 1, 0, defects);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    minted_done(&world);
    minted_done(&expired);
    return 0;
}

/* Writes a policy to a file of the world; `path` becomes its name. */
static void
put(const struct minted *m, const char *name, const char *text, char path[128])
{
    FILE *f;

    minted_path(m, name, path, 128);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* One policy over a world that verifies; `why` is NULL where it passes. */
static const struct row {
    const char *text, *why;
} rows[] = {
    { TRUE_, NULL },
    { FALSE_, "data.policy.nv_match is false" },
    { REGO("nv_match if input[0].measres == \"fail\""),
      "data.policy.nv_match is undefined" },
    { REGO("nv_match := \"true\""),
      "data.policy.nv_match is a string, not true: \"true\"" },
    { REGO("nv_match := 1"), "data.policy.nv_match is a number, not true: 1" },
    { REGO("other := true"), "data.policy.nv_match is undefined" },
    { REGO("nv_match := true if 1 / count(set()) == 1"), "divi" },
    { "{\"version\":\"4.0\",\"authorization-rules\":{\"type\":\"JWT\","
      "\"overall-claims\":{\"x-nvidia-overall-att-result\":true},"
      "\"detached-claims\":{\"measres\":\"success\"}}}",
      NULL },
    { "{\"version\":\"4.0\",\"authorization-rules\":{\"type\":\"JWT\","
      "\"overall-claims\":{\"x-nvidia-overall-att-result\":true},"
      "\"detached-claims\":{\"measres\":\"fail\"}}}",
      "measres" },
};

static void
a_policy_turns_verified_into_rejected(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        GA_AUTO_STRUCT(ga_result) *r = NULL;
        struct ga_policy_view p;
        char path[128], want[1024];

        put(&world, "p", rows[i].text, path);
        r = minted_verify(&world, (const char *[]){ "policy", path, NULL });
        assert_true(ga_result_policy(r, 0, &p));
        assert_string_equal(p.name, path);
        assert_int_equal(p.passed, rows[i].why == NULL);
        assert_false(ga_result_policy(r, 1, &p));
        if (rows[i].why == NULL) {
            assert_null(p.why);
            assert_int_equal(ga_result_verdict(r), GA_VERDICT_VERIFIED);
            assert_true(ga_result_verified(r));
            assert_string_equal(ga_result_summary(r),
                                "VERIFIED 2 GPUs, 1 NVSwitch");
            continue;
        }
        if (p.why == NULL || strstr(p.why, rows[i].why) == NULL)
            fail_msg("%zu: %s", i, p.why != NULL ? p.why : "NULL");
        assert_false(ga_result_verified(r));
        assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
        snprintf(want, sizeof(want), "REJECTED policy %s (%s)", path, p.why);
        assert_string_equal(ga_result_summary(r), want);
    }
}

static void
a_policy_never_makes_a_rejected_result_pass(void **state)
{
    static const struct {
        const char *text;
        bool passed;
    } cases[] = { { REGO("nv_match := true"), true }, { FALSE_, false } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        GA_AUTO_STRUCT(ga_result) *r = NULL;
        struct ga_policy_view p;
        char path[128];

        put(&world, "p", cases[i].text, path);
        r = minted_verify(&world, (const char *[]){ "policy", path,
                                                    "expect-gpus", "5", NULL });
        assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
        assert_non_null(strstr(ga_result_summary(r), "set.count"));
        assert_true(ga_result_policy(r, 0, &p));
        assert_int_equal(p.passed, cases[i].passed);
    }
}

static void
every_policy_must_pass(void **state)
{
    static const struct {
        const char *first, *second, *rest;
        enum ga_verdict verdict;
    } cases[] = {
        { TRUE_, TRUE_, "VERIFIED", GA_VERDICT_VERIFIED },
        { TRUE_, FALSE_, "/b (data.policy.nv_match is false", 1 },
        { FALSE_, TRUE_, "/a (data.policy.nv_match is false", 1 },
        { FALSE_, FALSE_, ") and 1 more", 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        GA_AUTO_STRUCT(ga_result) *r = NULL;
        char a[128], b[128];

        put(&world, "a", cases[i].first, a);
        put(&world, "b", cases[i].second, b);
        r = minted_verify(&world,
                          (const char *[]){ "policy", a, "policy", b, NULL });
        assert_int_equal(ga_result_verdict(r), cases[i].verdict);
        if (strstr(ga_result_summary(r), cases[i].rest) == NULL)
            fail_msg("%s", ga_result_summary(r));
    }
}

static void
a_policy_may_see_the_result(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = NULL, *claims = NULL;
    char path[128];

    (void)state;
    put(&world, "p",
        REGO("nv_match if { input.verified; count(input.devices) == 3 }"),
        path);
    r = minted_verify(&world, (const char *[]){ "policy", path, "policy-input",
                                                "result", NULL });
    assert_true(ga_result_verified(r));
    claims = minted_verify(&world, (const char *[]){ "policy", path, NULL });
    assert_false(ga_result_verified(claims));
}

/* Rows of settings, their value, and what min-driver and its like say. */
static const struct {
    const char *name, *value, *why;
} plain[] = {
    { "min-driver", "1", NULL },
    { "min-driver", "9999.1", "GPU-0: driver " },
    { "min-vbios", "1", NULL },
    { "min-vbios", "FFFF.1", "GPU-0: VBIOS " },
    { "expect-ueid", "1,2", "GPU-0: UEID " },
};

static void
plain_options_are_policies(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(plain); i++) {
        GA_AUTO_STRUCT(ga_result) *r = minted_verify(
            &world, (const char *[]){ plain[i].name, plain[i].value, NULL });
        struct ga_policy_view p;

        assert_true(ga_result_policy(r, 0, &p));
        assert_string_equal(p.name, plain[i].name);
        assert_int_equal(p.passed, plain[i].why == NULL);
        assert_int_equal(ga_result_verified(r), plain[i].why == NULL);
        if (plain[i].why != NULL &&
            strncmp(p.why, plain[i].why, strlen(plain[i].why)) != 0)
            fail_msg("%zu: %s", i, p.why);
    }
}

/* A minimum is no older than itself, and one step more is. */
static void
the_minimum_itself_is_new_enough(void **state)
{
    GA_AUTO_STRUCT(ga_result) *plain_one = minted_verify(&world, NULL);
    GA_AUTO_STRUCT(ga_result) *same = NULL, *more = NULL;
    struct ga_device_view d;
    struct ga_policy_view p;
    char next[128], want[256];

    (void)state;
    assert_true(ga_result_device(plain_one, 0, &d));
    snprintf(next, sizeof(next), "%s.01", d.driver);
    same =
        minted_verify(&world, (const char *[]){ "min-driver", d.driver, NULL });
    assert_true(ga_result_verified(same));
    more = minted_verify(&world, (const char *[]){ "min-driver", next, NULL });
    assert_true(ga_result_policy(more, 0, &p));
    snprintf(want, sizeof(want), "GPU-0: driver %s is older than %s", d.driver,
             next);
    assert_string_equal(p.why, want);
}

static void
a_minimum_wants_a_gpu(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = NULL;
    struct minted m;
    struct ga_policy_view p;

    (void)state;
    mint(&m, 0, 1, NULL);
    r = minted_verify(&m, (const char *[]){ "min-driver", "1", NULL });
    minted_done(&m);
    assert_true(ga_result_policy(r, 0, &p));
    assert_string_equal(p.why, "no GPU has a driver");
    assert_string_equal(ga_result_summary(r),
                        "REJECTED policy min-driver (no GPU has a driver)");
}

/* Policies are not asked about evidence that cannot be read, and no version
 * is not new enough. */
static void
what_cannot_be_read_passes_no_policy(void **state)
{
    static const char *const defects[] = { "trailing-byte", NULL };
    static const char *const says[][2] = {
        { "min-driver", "GPU-0: no version of the driver" },
        { "min-vbios", "GPU-0: no version of the VBIOS" },
        { NULL, "not asked: the evidence cannot be read" },
    };
    GA_AUTO_STRUCT(ga_result) *r = NULL;
    struct minted m;
    char path[128];

    (void)state;
    mint(&m, 1, 0, defects);
    put(&m, "p", REGO("nv_match := true"), path);
    r = minted_verify(&m, (const char *[]){ "policy", path, "min-driver", "1",
                                            "min-vbios", "1.1", NULL });
    minted_done(&m);
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_MALFORMED);
    for (size_t i = 0; i < COUNT(says); i++) {
        struct ga_policy_view p;

        assert_true(ga_result_policy(r, i, &p));
        assert_string_equal(p.name, says[i][0] != NULL ? says[i][0] : path);
        assert_false(p.passed);
        assert_string_equal(p.why, says[i][1]);
    }
}

static void
what_a_policy_may_mean_otherwise_is_a_warning(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = NULL;
    const char *line = NULL;
    char path[128], want[256];
    size_t found = 0;

    (void)state;
    put(&world, "p", REGO("nv_match if input[0].hwmodel > \"A\""), path);
    r = minted_verify(&world, (const char *[]){ "policy", path, NULL });
    snprintf(want, sizeof(want),
             "%s:3:30: a string is compared by its characters (\"99\" > "
             "\"580\"): use gpuattest.version_compare for versions",
             path);
    assert_true(ga_result_verified(r));
    for (size_t i = 0; (line = ga_result_warning(r, i)) != NULL; i++)
        found += strcmp(line, want) == 0;
    assert_int_equal(found, 1);
}

static void
without_an_argument_no_policy_is_asked(void **state)
{
    struct ga_policy_answer answer = { .passed = true };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_result(NULL, NULL, GA_POLICY_INPUT_CLAIMS, NULL,
                                      &answer, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "policy: an argument is missing");
    assert_true(answer.passed);
}

static void
every_device_must_be_listed(void **state)
{
    GA_AUTO_STRUCT(ga_result) *first = minted_verify(&world, NULL);
    struct ga_device_view d[3];
    char list[512];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(ga_result_device(first, i, &d[i]));
    for (size_t n = 2; n <= 3; n++) {
        GA_AUTO_STRUCT(ga_result) *r = NULL;

        snprintf(list, sizeof(list), "7,%s,%s%s%s", d[0].ueid, d[1].ueid,
                 n == 3 ? "," : "", n == 3 ? d[2].ueid : "");
        r = minted_verify(&world,
                          (const char *[]){ "expect-ueid", list, NULL });
        assert_int_equal(ga_result_verified(r), n == 3);
    }
}

#define RELAX "# gpuattest-relax: driver_rim.chain:expired\n"

static void
lines_of_policies_relax_where_that_is_allowed(void **state)
{
    GA_AUTO_STRUCT(ga_result) *no = NULL, *yes = NULL, *and = NULL;
    char path[128];

    (void)state;
    put(&expired, "p", REGO(RELAX "nv_match := true"), path);
    no = minted_verify(&expired, (const char *[]){ "policy", path, NULL });
    assert_false(ga_result_verified(no));
    assert_null(ga_result_relaxed(no, 0));
    yes = minted_verify(
        &expired,
        (const char *[]){ "policy", path, "allow-policy-relax", "true", NULL });
    assert_string_equal(ga_result_summary(yes), "VERIFIED 1 GPU");
    assert_string_equal(ga_result_relaxed(yes, 0), "driver_rim.chain:expired");
    put(&expired, "p", REGO(RELAX "nv_match := false"), path);
    and = minted_verify(
        &expired,
        (const char *[]){ "policy", path, "allow-policy-relax", "true", NULL });
    assert_int_equal(ga_result_verdict(and), GA_VERDICT_REJECTED);
}

/* What makes no context, and what it says behind the name of the file. */
static const struct {
    const char *text, *name, *value;
    enum ga_rc rc;
    const char *says;
} bad[] = {
    { REGO("# gpuattest-relax: report.signature:bad\nnv_match := true"),
      "allow-policy-relax", "true", GA_E_INVAL, "relax: " },
    { REGO("nv_match := http.send({})"), "at", "2026-06-01T00:00:00Z",
      GA_E_BAD_VALUE, "http.send" },
    { "{}", "at", "2026-06-01T00:00:00Z", GA_E_MISSING, "" },
    { "", "at", "2026-06-01T00:00:00Z", GA_E_TRUNCATED, "the file is empty" },
    { TRUE_, "min-driver", "new", GA_E_INVAL,
      "min-driver: \"new\" is no version like 550.90.07 or 96.00.9F.00.01" },
    { TRUE_, "min-vbios", "1..2", GA_E_INVAL,
      "min-vbios: \"1..2\" is no version like 550.90.07 or 96.00.9F.00.01" },
    { TRUE_, "policy", "absent", GA_E_FILE, "policy: absent" },
};

static void
refuses_policies_that_cannot_be_loaded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_settings *set = minted_settings(&world);
        struct ga_context *ctx = NULL;
        struct ga_error err = { 0 };
        char path[128];

        put(&world, "p", bad[i].text, path);
        assert_int_equal(ga_settings_set(set, "policy", path, &err), GA_OK);
        assert_int_equal(ga_settings_set(set, bad[i].name, bad[i].value, &err),
                         GA_OK);
        if (ga_context_new(set, NULL, &ctx, &err) != bad[i].rc ||
            strstr(err.text, bad[i].says) == NULL)
            fail_msg("%zu: %d %s", i, (int)err.code, err.text);
        assert_null(ctx);
        ga_settings_free(set);
    }
}

static void
the_json_has_what_each_said(void **state)
{
    GA_AUTO_STRUCT(ga_result) *r = NULL;
    struct ga_error err = { 0 };
    char path[128], *json = NULL;

    (void)state;
    put(&world, "p", FALSE_, path);
    r = minted_verify(
        &world, (const char *[]){ "policy", path, "min-driver", "1", NULL });
    assert_int_equal(ga_result_json(r, &json, &err), GA_OK);
    assert_non_null(strstr(json, "\"name\": \"min-driver\""));
    assert_non_null(strstr(json, "\"why\": \"data.policy.nv_match is false"));
    ga_text_free(json);
}

static void
drop_answers(const struct minted *m)
{
    char path[128];
    const struct dirent *e;
    DIR *dir;

    minted_path(m, "ocsp", path, sizeof(path));
    dir = opendir(path);
    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL)
        if (e->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
    closedir(dir);
}

static void
the_offline_profile_needs_no_answers(void **state)
{
    static const char *const revoked[] = { "ocsp-revoked", NULL };
    static const char *const offline[] = { "profile", "offline", NULL };
    GA_AUTO_STRUCT(ga_result) *with = NULL, *without = NULL, *refused = NULL;
    struct minted m, broken;

    (void)state;
    mint(&m, 1, 0, NULL);
    drop_answers(&m);
    without = minted_verify(&m, NULL);
    assert_string_equal(ga_result_summary(without),
                        "REJECTED GPU-0: device.ocsp (absent) and 2 more");
    with = minted_verify(&m, offline);
    assert_string_equal(ga_result_summary(with), "VERIFIED 1 GPU");
    assert_string_equal(ga_result_relaxed(with, 0), "device.ocsp:not_checked");
    mint(&broken, 1, 0, revoked);
    refused = minted_verify(&broken, offline);
    assert_non_null(
        strstr(ga_result_summary(refused), "device.ocsp (revoked)"));
    assert_int_equal(ga_result_verdict(refused), GA_VERDICT_REJECTED);
    minted_done(&broken);
    minted_done(&m);
}

static void
the_nvattest_profile_lets_nothing_be_relaxed(void **state)
{
    static const struct {
        const char *setting, *value, *text;
    } cases[] = {
        { "relax", "measurements.match:index-7",
          "relax: \"measurements.match:index-7\": profile nvattest wants it "
          "passed" },
        { "relax", "driver_rim.chain:expired",
          "relax: \"driver_rim.chain:expired\": profile nvattest wants it "
          "passed" },
        { "no-ocsp", "true",
          "profile: nvattest wants OCSP answers with our nonce" },
        { "ocsp-nonce", "accept-missing",
          "profile: nvattest wants OCSP answers with our nonce" },
    };
    struct ga_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ga_settings *set = NULL;
        struct ga_context *ctx = NULL;

        assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
        assert_int_equal(ga_settings_set(set, "profile", "nvattest", NULL),
                         GA_OK);
        assert_int_equal(
            ga_settings_set(set, cases[i].setting, cases[i].value, NULL),
            GA_OK);
        assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_E_INVAL);
        assert_string_equal(err.text, cases[i].text);
        assert_null(ctx);
        ga_settings_free(set);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_turns_verified_into_rejected),
        cmocka_unit_test(a_policy_never_makes_a_rejected_result_pass),
        cmocka_unit_test(every_policy_must_pass),
        cmocka_unit_test(a_policy_may_see_the_result),
        cmocka_unit_test(plain_options_are_policies),
        cmocka_unit_test(the_minimum_itself_is_new_enough),
        cmocka_unit_test(a_minimum_wants_a_gpu),
        cmocka_unit_test(what_cannot_be_read_passes_no_policy),
        cmocka_unit_test(what_a_policy_may_mean_otherwise_is_a_warning),
        cmocka_unit_test(without_an_argument_no_policy_is_asked),
        cmocka_unit_test(every_device_must_be_listed),
        cmocka_unit_test(lines_of_policies_relax_where_that_is_allowed),
        cmocka_unit_test(refuses_policies_that_cannot_be_loaded),
        cmocka_unit_test(the_json_has_what_each_said),
        cmocka_unit_test(the_offline_profile_needs_no_answers),
        cmocka_unit_test(the_nvattest_profile_lets_nothing_be_relaxed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
