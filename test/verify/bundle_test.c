/* SPDX-License-Identifier: Apache-2.0 */
/* What is collected into a bundle, and that nothing in one is believed. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/bundle.h"
#include "support/runs.h"
#include "support/worlds.h"

static struct minted world;

static void
must_be(enum ga_rc want, enum ga_rc rc, const struct ga_error *err)
{
    if (rc != want)
        print_error("%s\n", err->text);
    assert_int_equal(rc, want);
}

static struct ga_evidence *
evidence_of(const struct minted *m)
{
    struct ga_evidence *e = NULL;
    char path[128];

    minted_path(m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    return e;
}

static struct ga_context *
context_of(const struct minted *m, const char *name, const char *value)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    if (name != NULL)
        must_be(GA_OK, ga_settings_set(set, name, value, &err), &err);
    must_be(GA_OK, ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* Collects what the evidence of `m` needs; `*held` receives how many devices
 * have it. */
static struct ga_bundle *
collect_relaxed(const struct minted *m, const char *relax, size_t *held,
                struct ga_result **result)
{
    struct ga_context *ctx =
        context_of(m, relax != NULL ? "relax" : NULL, relax);
    struct ga_evidence *evidence = evidence_of(m);
    struct ga_bundle *bundle = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_bundle_new(&bundle, NULL), GA_OK);
    must_be(GA_OK, ga_bundle_collect(ctx, evidence, bundle, held, result, &err),
            &err);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    return bundle;
}

static struct ga_bundle *
collect(const struct minted *m, size_t *held, struct ga_result **result)
{
    return collect_relaxed(m, NULL, held, result);
}

static void
write_bytes(const char *path, const void *ptr, size_t len)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(ptr, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void
write_bundle(const struct ga_bundle *bundle, const char *path)
{
    void *ptr = NULL;
    size_t len = 0;

    assert_int_equal(ga_bundle_bytes(bundle, &ptr, &len, NULL), GA_OK);
    write_bytes(path, ptr, len);
    free(ptr);
}

/* Verifies the world's evidence with a bundle and nothing else at hand. */
static struct ga_result *
verify_with(const struct minted *m, const struct ga_bundle *bundle,
            const char *nonce_rule)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = evidence_of(m);
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    char path[128], text[GA_TIME_TEXT];

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    minted_path(m, "a.bundle", path, sizeof(path));
    write_bundle(bundle, path);
    must_be(GA_OK, ga_settings_set(set, "bundle", path, &err), &err);
    minted_path(m, "anchors/device.pem", path, sizeof(path));
    must_be(GA_OK, ga_settings_set(set, "device-anchor", path, &err), &err);
    minted_path(m, "anchors/rim.pem", path, sizeof(path));
    must_be(GA_OK, ga_settings_set(set, "rim-anchor", path, &err), &err);
    ga_time_text(m->world->o.at, text);
    must_be(GA_OK, ga_settings_set(set, "at", text, &err), &err);
    must_be(GA_OK, ga_settings_set(set, "ocsp-nonce", nonce_rule, &err), &err);
    must_be(GA_OK, ga_context_new(set, NULL, &ctx, &err), &err);
    must_be(GA_OK, ga_verify(ctx, evidence, &m->world->o.nonce, &result, &err),
            &err);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return result;
}

static int
make_world(void **state)
{
    (void)state;
    mint(&world, 2, 1, NULL);
    return 0;
}

static int
free_world(void **state)
{
    (void)state;
    minted_done(&world);
    return 0;
}

static void
collects_what_a_verification_needs(void **state)
{
    struct ga_result *collected = NULL, *verified;
    size_t held = 0, kinds[4] = { 0 };
    struct ga_bundle *bundle = collect(&world, &held, &collected);
    struct ga_bundle_view v;

    (void)state;
    assert_int_equal(held, 3);
    for (size_t i = 0; ga_bundle_get(bundle, i, &v); i++)
        kinds[v.kind]++;
    /* Driver, VBIOS and BIOS; answers for three device chains and three RIM
     * chains, whose authorities are shared. */
    assert_int_equal(kinds[GA_BUNDLE_RIM], 3);
    assert_true(kinds[GA_BUNDLE_OCSP] > 3);
    assert_int_equal(kinds[GA_BUNDLE_JWKS], 0);
    verified = verify_with(&world, bundle, "accept-missing");
    expect_failed(verified, "");
    assert_true(ga_result_verified(verified));
    ga_result_free(verified);
    ga_result_free(collected);
    ga_bundle_free(bundle);
}

/* A result without a nonce is no verdict on a device. */
static void
never_says_verified(void **state)
{
    struct ga_result *collected = NULL;
    size_t held = 0;
    struct ga_bundle *bundle = collect(&world, &held, &collected);
    char *json = NULL;

    (void)state;
    assert_int_equal(held, 3);
    assert_false(ga_result_verified(collected));
    assert_int_equal(ga_result_verdict(collected), GA_VERDICT_REJECTED);
    expect_failed(
        collected,
        "GPU-0 report.nonce:not_checked,GPU-1 "
        "report.nonce:not_checked,SWITCH-0 "
        "report.nonce:not_checked,set.nonce:not_checked,set.distinct:not_"
        "checked,set.count:not_checked,set.mode:not_checked,topology.board:not_"
        "checked,topology.gpu:not_checked,topology.switch:not_checked,topology."
        "identity:not_checked,topology.lock:not_checked");
    assert_int_equal(ga_result_json(collected, &json, NULL), GA_OK);
    assert_non_null(strstr(json, "\"nonce\": null"));
    ga_text_free(json);
    ga_result_free(collected);
    ga_bundle_free(bundle);
}

/* Archived answers have no nonce, and that is said. */
static void
answers_of_a_bundle_have_no_nonce(void **state)
{
    struct ga_result *collected = NULL, *verified;
    size_t held = 0;
    struct ga_bundle *bundle = collect(&world, &held, &collected);

    (void)state;
    verified = verify_with(&world, bundle, "require");
    assert_int_equal(ga_result_verdict(verified), GA_VERDICT_REJECTED);
    assert_non_null(
        strstr(text_of(verified, 0, "device.ocsp"), "accept-missing"));
    ga_result_free(verified);
    ga_result_free(collected);
    ga_bundle_free(bundle);
}

/* Collected from a bundle, the same comes out. */
static void
is_the_same_again(void **state)
{
    struct ga_result *collected = NULL, *again = NULL;
    size_t held = 0;
    struct ga_bundle *bundle = collect(&world, &held, &collected);
    struct ga_bundle *second = collect(&world, &held, &again);
    void *a = NULL, *b = NULL;
    size_t m = 0, n = 0;

    (void)state;
    assert_int_equal(ga_bundle_bytes(bundle, &a, &m, NULL), GA_OK);
    assert_int_equal(ga_bundle_bytes(second, &b, &n, NULL), GA_OK);
    assert_int_equal(m, n);
    assert_memory_equal(a, b, n);
    free(a);
    free(b);
    ga_result_free(collected);
    ga_result_free(again);
    ga_bundle_free(bundle);
    ga_bundle_free(second);
}

/* A bundle whose index is right is still believed nothing. */
static struct forgery {
    const char *name;
    enum ga_bundle_kind kind;
    const char *from, *to; /* of the same length, in the contents */
    bool drop;
    const char *expected;
} forgeries[] = {
    { "refuses a golden value that was changed", GA_BUNDLE_RIM,
      "active=\"True\"", "active=\"true\"", false, NULL },
    { "says what is not there", GA_BUNDLE_RIM, NULL, NULL, true,
      "GPU-0 driver_rim.available:absent" },
};

static void
replace_in(struct ga_bundle_entry *e, const char *from, const char *to)
{
    uint8_t *at = memmem(e->data.ptr, e->data.len, from, strlen(from));

    assert_non_null(at);
    memcpy(at, to, strlen(to));
    assert_int_equal(ga_bundle_digest(ga_view(&e->data), e->sha256, NULL),
                     GA_OK);
}

static void
believes_nothing(void **state)
{
    const struct forgery *row = *state;
    struct ga_result *collected = NULL, *verified;
    size_t held = 0;
    struct ga_bundle *bundle = collect(&world, &held, &collected);

    if (row->drop) {
        ga_bundle_entry_done(&bundle->entry[0]);
        memmove(&bundle->entry[0], &bundle->entry[1],
                --bundle->count * sizeof(bundle->entry[0]));
        bundle->bytes = 0;
        for (size_t i = 0; i < bundle->count; i++)
            bundle->bytes += bundle->entry[i].data.len;
    } else {
        replace_in(&bundle->entry[0], row->from, row->to);
    }
    verified = verify_with(&world, bundle, "accept-missing");
    assert_false(ga_result_verified(verified));
    if (row->expected != NULL) {
        struct ga_check_view c;
        size_t at = 0, device;

        assert_true(ga_result_next_failed(verified, &at, &device, &c));
        assert_string_equal(c.name, "driver_rim.available");
        assert_string_equal(c.reason, "absent");
        assert_non_null(strstr(c.text, "neither directory nor bundle has "));
    }
    ga_result_free(verified);
    ga_result_free(collected);
    ga_bundle_free(bundle);
}

/* Of a device that does not hold nothing is kept; of the others, all. */
static void
keeps_nothing_of_what_does_not_hold(void **state)
{
    static const char *const defects[] = { "vbios-rim-signature", NULL };
    struct ga_result *collected = NULL;
    struct ga_bundle *bundle;
    struct minted m;
    size_t held = 9;

    (void)state;
    mint(&m, 1, 0, defects);
    bundle = collect(&m, &held, &collected);
    assert_int_equal(held, 0);
    assert_int_equal(ga_bundle_count(bundle), 0);
    ga_result_free(collected);
    ga_bundle_free(bundle);
    minted_done(&m);
}

/* Not even where it is relaxed: whoever verifies later may not relax it. */
static void
keeps_nothing_that_failed_and_was_relaxed(void **state)
{
    static const char *const defects[] = { "vbios-rim-version", NULL };
    struct ga_result *collected = NULL;
    struct ga_bundle *bundle;
    struct minted m;
    size_t held = 9;

    (void)state;
    mint(&m, 1, 0, defects);
    bundle = collect_relaxed(&m, "vbios_rim.version:version_other", &held,
                             &collected);
    assert_non_null(ga_result_relaxed(collected, 0));
    assert_int_equal(held, 0);
    assert_int_equal(ga_bundle_count(bundle), 0);
    ga_result_free(collected);
    ga_bundle_free(bundle);
    minted_done(&m);
}

/* Without the answer about GPU-0's BROM there is less to keep, where that may
 * be missing, and else nothing. */
static void
keeps_what_is_there_where_an_answer_may_be_missing(void **state)
{
    static const char *const relax[] = { NULL, "device.ocsp" };
    struct minted m;
    char path[128];
    size_t whole[2];

    (void)state;
    mint(&m, 1, 0, NULL);
    for (size_t i = 0; i < 3; i++) {
        struct ga_result *collected = NULL;
        size_t held = 9;
        struct ga_bundle *bundle =
            collect_relaxed(&m, relax[i == 2], &held, &collected);

        assert_int_equal(held, i != 1);
        if (i != 1)
            whole[i / 2] = ga_bundle_count(bundle);
        else
            assert_int_equal(ga_bundle_count(bundle), 0);
        ga_result_free(collected);
        ga_bundle_free(bundle);
        minted_path(&m, "ocsp/GPU-0-brom.der", path, sizeof(path));
        assert_int_equal(unlink(path), i == 0 ? 0 : -1);
    }
    assert_int_equal(whole[1], whole[0] - 1);
    minted_done(&m);
}

static void
finds_one_rim(void **state)
{
    struct ga_context *ctx = context_of(&world, NULL, NULL);
    const char *id = world.world->rim[0].id;
    struct ga_bundle *bundle = NULL;
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    char *source = NULL;

    (void)state;
    assert_int_equal(ga_bundle_new(&bundle, NULL), GA_OK);
    must_be(GA_OK, ga_rim_find(ctx, id, NULL, bundle, &source, &result, &err),
            &err);
    assert_true(ga_result_verified(result));
    assert_non_null(strstr(source, id));
    /* The RIM, its signer and the two authorities above it. */
    assert_int_equal(ga_bundle_count(bundle), 4);
    ga_text_free(source);
    ga_result_free(result);
    source = NULL;
    result = NULL;
    /* Of another version: found, not verified, not kept. */
    ga_bundle_free(bundle);
    assert_int_equal(ga_bundle_new(&bundle, NULL), GA_OK);
    must_be(GA_OK,
            ga_rim_find(ctx, id, "1.2.3", bundle, &source, &result, &err),
            &err);
    expect_failed(result, "rim.version:version_other");
    assert_int_equal(ga_bundle_count(bundle), 0);
    ga_text_free(source);
    ga_result_free(result);
    source = NULL;
    result = NULL;
    assert_int_equal(
        ga_rim_find(ctx, "NV_NONE", NULL, NULL, &source, &result, &err),
        GA_E_MISSING);
    assert_string_equal(err.text, "neither directory nor bundle has NV_NONE");
    assert_int_equal(
        ga_rim_find(ctx, "../x", NULL, NULL, &source, &result, &err),
        GA_E_INVAL);
    assert_null(source);
    assert_null(result);
    ga_bundle_free(bundle);
    ga_context_free(ctx);
}

static struct file {
    const char *name, *contents;
    enum ga_rc rc;
    const char *text;
} files[] = {
    { "refuses an empty file", "", GA_E_TRUNCATED, ": the file is empty" },
    { "refuses another file", "{\"this is\": \"no bundle, but JSON\"}",
      GA_E_BAD_VALUE, ": bundle: no bundle: it begins with other bytes" },
    { "refuses a file that is not there", NULL, GA_E_FILE,
      ": No such file or directory" },
};

static void
refuses_files(void **state)
{
    const struct file *row = *state;
    struct ga_settings *set = minted_settings(&world);
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };
    char path[128], text[512];

    minted_path(&world, "bad.bundle", path, sizeof(path));
    unlink(path);
    if (row->contents != NULL)
        write_bytes(path, row->contents, strlen(row->contents));
    assert_int_equal(ga_settings_set(set, "bundle", path, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, &err), row->rc);
    snprintf(text, sizeof(text), "bundle: %s%s", path, row->text);
    assert_string_equal(err.text, text);
    assert_null(ctx);
    ga_settings_free(set);
}

int
main(void)
{
    struct CMUnitTest forged[COUNT(forgeries)], refused[COUNT(files)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_what_a_verification_needs),
        cmocka_unit_test(never_says_verified),
        cmocka_unit_test(answers_of_a_bundle_have_no_nonce),
        cmocka_unit_test(is_the_same_again),
        cmocka_unit_test(keeps_nothing_of_what_does_not_hold),
        cmocka_unit_test(keeps_nothing_that_failed_and_was_relaxed),
        cmocka_unit_test(keeps_what_is_there_where_an_answer_may_be_missing),
        cmocka_unit_test(finds_one_rim),
    };

    for (size_t i = 0; i < COUNT(forgeries); i++)
        forged[i] = (struct CMUnitTest){ .name = forgeries[i].name,
                                         .test_func = believes_nothing,
                                         .initial_state = &forgeries[i] };
    for (size_t i = 0; i < COUNT(files); i++)
        refused[i] = (struct CMUnitTest){ .name = files[i].name,
                                          .test_func = refuses_files,
                                          .initial_state = &files[i] };
    return cmocka_run_group_tests_name("bundle", tests, make_world,
                                       free_world) +
           cmocka_run_group_tests_name("forgeries", forged, make_world,
                                       free_world) +
           cmocka_run_group_tests_name("files", refused, make_world,
                                       free_world);
}
