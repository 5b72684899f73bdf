/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of services, by whom, and what their answers do. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gpuattest/gpuattest.h"
#include "sim/service.h"
#include "support/runs.h"
#include "support/worlds.h"

#define GPUS 2

/* A world of the present, services that answer from it, and what they were
 * asked. */
static struct {
    struct minted m;
    struct sim_services services;
    struct sim_ailments healthy;
    struct ga_settings *set;
    struct ga_evidence *evidence;
    /* What becomes of an answer; NULL: nothing. */
    void (*spoil)(struct ga_fetch_item *item);
    const struct ga_fetch_item *put; /* by put_answer() */
    enum ga_rc ends;                 /* what the round comes to */
    unsigned rounds, rims, answers;
    char asked[64][160];
    uint8_t nonce[64][GA_NONCE_LEN];
} scene;

/* Runs inside a call: what it says wrong ends the test behind it. */
static void
answer_rim(struct ga_fetch_item *item)
{
    item->rc = GA_E_MISSING;
    snprintf(item->text, sizeof(item->text), "not found at rim.example");
    for (size_t i = 0; i < scene.m.world->rims; i++) {
        const struct sim_rim *rim = &scene.m.world->rim[i];

        if (strcmp(rim->id, item->id) != 0)
            continue;
        item->rc = GA_OK;
        item->len = rim->xml.len;
        item->body = malloc(item->len);
        memcpy(item->body, rim->xml.ptr, item->len);
        snprintf(item->source, sizeof(item->source), "rim.example/%s", rim->id);
    }
}

static void
answer_ocsp(struct ga_fetch_item *item)
{
    const struct sim_query q = { .method = "POST",
                                 .path = "/",
                                 .type = "application/ocsp-request",
                                 .body = { item->request, item->request_len } };
    struct sim_reply reply = { 0 };

    item->rc = sim_ocsp_serve(&scene.services, &q, &reply, NULL);
    item->body = reply.body.ptr; /* transferred */
    item->len = reply.body.len;
    snprintf(item->source, sizeof(item->source), "ocsp.example");
}

static enum ga_rc
fetch(void *user, struct ga_fetch_item *items, size_t count,
      struct ga_error *err)
{
    (void)user;
    scene.rounds++;
    for (size_t i = 0; i < count; i++) {
        struct ga_fetch_item *item = &items[i];
        bool rim = item->kind == GA_FETCH_RIM;
        unsigned n = scene.rims + scene.answers;

        if (n < COUNT(scene.asked)) {
            snprintf(scene.asked[n], sizeof(scene.asked[n]), "%s",
                     rim ? item->id : item->key);
            if (item->nonce != NULL && item->nonce_len == GA_NONCE_LEN)
                memcpy(scene.nonce[n], item->nonce, GA_NONCE_LEN);
        }
        scene.rims += rim;
        scene.answers += !rim;
        rim ? answer_rim(item) : answer_ocsp(item);
        if (scene.spoil != NULL)
            scene.spoil(item);
    }
    return scene.ends == GA_OK ? GA_OK : ga_fail(err, scene.ends, "ended");
}

/* The world's anchors, nothing at hand, and one setting more. */
static struct ga_settings *
settings_with(const char *name, const char *value)
{
    struct ga_settings *set = NULL;
    char path[128];

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    minted_path(&scene.m, "anchors/device.pem", path, sizeof(path));
    assert_int_equal(ga_settings_set(set, "device-anchor", path, NULL), GA_OK);
    minted_path(&scene.m, "anchors/rim.pem", path, sizeof(path));
    assert_int_equal(ga_settings_set(set, "rim-anchor", path, NULL), GA_OK);
    if (strcmp(value, "rims") == 0 || strcmp(value, "ocsp") == 0) {
        minted_path(&scene.m, value, path, sizeof(path));
        value = path;
    }
    assert_int_equal(ga_settings_set(set, name, value, NULL), GA_OK);
    return set;
}

static int
set_up(void **state)
{
    struct sim_options o;
    char path[128];

    (void)state;
    assert_int_equal(sim_options_init(&o, (int64_t)time(NULL), NULL), GA_OK);
    o.gpus = GPUS;
    mint_options(&scene.m, &o);
    scene.services.w = scene.m.world;
    scene.services.ill = &scene.healthy;
    pthread_mutex_init(&scene.services.lock, NULL);
    scene.set = settings_with("offline", "false");
    minted_path(&scene.m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_new(&scene.evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(scene.evidence, path, NULL), GA_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_evidence_free(scene.evidence);
    ga_settings_free(scene.set);
    pthread_mutex_destroy(&scene.services.lock);
    minted_done(&scene.m);
    return 0;
}

/* A context whose services nobody has asked yet. */
static struct ga_context *
context(const struct ga_settings *set)
{
    const struct ga_seams seams = { .size = sizeof(seams), .fetch = fetch };
    struct ga_context *ctx = NULL;

    scene.spoil = NULL;
    scene.put = NULL;
    scene.ends = GA_OK;
    scene.rounds = scene.rims = scene.answers = 0;
    memset(scene.asked, 0, sizeof(scene.asked));
    memset(scene.nonce, 0, sizeof(scene.nonce));
    assert_int_equal(ga_context_new(set, &seams, &ctx, NULL), GA_OK);
    return ctx;
}

static struct ga_result *
verify(struct ga_context *ctx, const struct ga_evidence *evidence)
{
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    if (ga_verify(ctx, evidence, &scene.m.world->o.nonce, &r, &err) != GA_OK)
        fail_msg("%s", err.text);
    return r;
}

/* Two GPUs have two RIMs, two BROMs, one ICA and one Identity; each RIM has a
 * signer of its own, under two authorities of both. */
static void
asks_each_question_once(void **state)
{
    static const uint8_t none[GA_NONCE_LEN];
    struct ga_context *ctx = context(scene.set);
    struct ga_result *r = verify(ctx, scene.evidence);

    (void)state;
    expect_failed(r, "");
    assert_int_equal(scene.rounds, 2);
    assert_int_equal(scene.rims, 2);
    assert_int_equal(scene.answers, 4 + 4);
    for (unsigned i = 0; i < scene.rims + scene.answers; i++) {
        bool rim = memcmp(scene.nonce[i], none, GA_NONCE_LEN) == 0;

        assert_true(scene.asked[i][0] != '\0');
        for (unsigned k = 0; k < i; k++) {
            assert_string_not_equal(scene.asked[k], scene.asked[i]);
            assert_true(rim || memcmp(scene.nonce[k], scene.nonce[i],
                                      GA_NONCE_LEN) != 0);
        }
        scene.rims -= rim;
    }
    assert_int_equal(scene.rims, 0); /* whose questions alone have no nonce */
    ga_result_free(r);
    ga_context_free(ctx);
}

/* Rule 9: the report of GPU-1 is not signed. */
static void
asks_nothing_for_who_did_not_prove_himself(void **state)
{
    static const char *const checks[] = { "driver_rim.available",
                                          "vbios_rim.available" };
    const struct sim_device *d = scene.m.world->device;
    struct ga_context *ctx = context(scene.set);
    struct ga_evidence *e = NULL;
    struct ga_buf report = { 0 };
    struct ga_result *r;

    (void)state;
    assert_int_equal(ga_buf_copy(ga_view(&d[1].report), &report, NULL), GA_OK);
    report.ptr[report.len - 1] ^= 1;
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_add(e, report.ptr, report.len, d[1].chain.ptr,
                                     d[1].chain.len, NULL),
                     GA_OK);
    r = verify(ctx, e);
    assert_int_equal(scene.rounds, 0);
    assert_string_equal(text_of(r, 0, "device.ocsp"),
                        "report.signature and device.chain must hold before a "
                        "responder is asked");
    for (size_t i = 0; i < COUNT(checks); i++)
        assert_string_equal(text_of(r, 0, checks[i]),
                            "report.signature and device.chain must hold "
                            "before anything is looked up");
    ga_result_free(r);
    /* Beside one who did, only he is asked about. */
    assert_int_equal(ga_evidence_add(e, d[0].report.ptr, d[0].report.len,
                                     d[0].chain.ptr, d[0].chain.len, NULL),
                     GA_OK);
    r = verify(ctx, e);
    assert_int_equal(scene.rims, 2);
    assert_int_equal(scene.answers, 3 + 4);
    ga_result_free(r);
    ga_evidence_free(e);
    ga_buf_done(&report);
    ga_context_free(ctx);
}

static char garbage[] = "<html>", der[] = "\x30\x03\x0a\x01\x06";

/* Another answer to the questions of a kind. */
static void
put_answer(struct ga_fetch_item *item)
{
    if (item->kind != scene.put->kind)
        return;
    free(item->body);
    item->rc = scene.put->rc;
    item->len = scene.put->len;
    item->body = NULL;
    if (scene.put->body != NULL) {
        item->body = calloc(1, item->len + sizeof(garbage));
        memcpy(item->body, scene.put->body, strlen(scene.put->body));
    }
    memcpy(item->text, scene.put->text, sizeof(item->text));
}

static const struct {
    struct ga_fetch_item put;
    enum ga_verdict verdict;
    const char *check, *reason, *text;
} answers[] = {
    { { .kind = GA_FETCH_RIM, .rc = GA_E_MISSING, .text = "404" },
      GA_VERDICT_REJECTED,
      "driver_rim.available",
      "absent",
      "404" },
    { { .kind = GA_FETCH_RIM, .rc = GA_E_UNREACHABLE, .text = "timed out" },
      GA_VERDICT_UNREACHABLE,
      "driver_rim.available",
      "unreachable",
      "timed out" },
    { { .kind = GA_FETCH_RIM, .rc = GA_E_BAD_VALUE, .text = "no JSON" },
      GA_VERDICT_REJECTED,
      "driver_rim.available",
      "malformed",
      "no JSON" },
    { { .kind = GA_FETCH_RIM, .len = 5 },
      GA_VERDICT_REJECTED,
      "driver_rim.available",
      "malformed",
      "0 bytes, not 1 to 262144" },
    { { .kind = GA_FETCH_RIM, .body = garbage },
      GA_VERDICT_REJECTED,
      "driver_rim.available",
      "malformed",
      "0 bytes, not 1 to 262144" },
    { { .kind = GA_FETCH_RIM, .body = garbage, .len = 262145 },
      GA_VERDICT_REJECTED,
      "driver_rim.available",
      "malformed",
      "262145 bytes, not 1 to 262144" },
    { { .kind = GA_FETCH_RIM, .body = garbage, .len = 6 },
      GA_VERDICT_REJECTED,
      "driver_rim.schema",
      "schema",
      "root element is html, not SoftwareIdentity" },
    { { .kind = GA_FETCH_OCSP, .rc = GA_E_UNREACHABLE, .text = "refused" },
      GA_VERDICT_UNREACHABLE,
      "device.ocsp",
      "unreachable",
      ": refused" },
    { { .kind = GA_FETCH_OCSP, .body = der, .len = 65537 },
      GA_VERDICT_UNREACHABLE,
      "device.ocsp",
      "unreachable",
      ": 65537 bytes, not 1 to 65536" },
    { { .kind = GA_FETCH_OCSP, .body = der, .len = 5 },
      GA_VERDICT_UNREACHABLE,
      "device.ocsp",
      "unreachable",
      "ocsp.example: " },
    { { .kind = GA_FETCH_OCSP, .body = garbage, .len = 6 },
      GA_VERDICT_REJECTED,
      "device.ocsp",
      "malformed",
      "ocsp.example: " },
};

static void
find_check(const struct ga_result *r, const char *name,
           struct ga_check_view *out)
{
    for (size_t n = 0; ga_result_check(r, 0, n, out); n++)
        if (strcmp(out->name, name) == 0)
            return;
    fail_msg("no check %s", name);
}

static void
an_answer_that_is_none_says_why(void **state)
{
    struct ga_context *ctx = context(scene.set);

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct ga_check_view v;
        struct ga_result *r;

        scene.put = &answers[i].put;
        scene.spoil = put_answer;
        r = verify(ctx, scene.evidence);
        find_check(r, answers[i].check, &v);
        if (ga_result_verdict(r) != answers[i].verdict ||
            strcmp(v.reason, answers[i].reason) != 0 ||
            strstr(v.text, answers[i].text) == NULL)
            fail_msg("row %zu: verdict %d, %s: %s: %s", i,
                     (int)ga_result_verdict(r), v.name, v.reason, v.text);
        ga_result_free(r);
    }
    ga_context_free(ctx);
}

/* An answer out of a cache is to the nonce that it was asked with; where
 * `put->len` is 0, it is to ours. */
static void
asked_before(struct ga_fetch_item *item)
{
    static const uint8_t other[GA_NONCE_LEN] = { 1 };
    struct sim_world *w = scene.m.world;
    struct ga_fetch_item asked = *item;

    if (item->kind != GA_FETCH_OCSP)
        return;
    memcpy(item->asked_nonce, scene.put->asked_nonce, GA_NONCE_LEN);
    item->asked_nonce_len = scene.put->asked_nonce_len;
    if (scene.put->len == 0)
        return;
    for (size_t i = 0; i < w->answers; i++)
        w->answer[i].spec.nonce = ga_bytes_of(other, sizeof(other));
    free(item->body);
    answer_ocsp(&asked);
    item->body = asked.body;
    item->len = asked.len;
    for (size_t i = 0; i < w->answers; i++)
        w->answer[i].spec.nonce = ga_bytes_of(NULL, 0);
}

#define ASKED(first, n, of_other)                                       \
    {                                                                   \
        .asked_nonce = { first }, .asked_nonce_len = n, .len = of_other \
    }

static void
an_answer_is_to_the_nonce_that_was_asked(void **state)
{
    static const struct {
        struct ga_fetch_item put;
        bool good;
    } rows[] = {
        { ASKED(1, GA_NONCE_LEN, 1), true },
        { ASKED(2, GA_NONCE_LEN, 1), false },
        { ASKED(1, 0, 1), false },
        { ASKED(1, 1, 1), false },
        { ASKED(1, GA_NONCE_LEN, 0), false },
        { ASKED(1, 0, 0), true },
        /* Longer than its place: none. */
        { ASKED(1, GA_NONCE_LEN + 1, 1), false },
        { ASKED(1, GA_NONCE_LEN + 1, 0), true },
    };
    struct ga_context *ctx = context(scene.set);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_check_view v;
        struct ga_result *r;

        scene.put = &rows[i].put;
        scene.spoil = asked_before;
        r = verify(ctx, scene.evidence);
        find_check(r, "device.ocsp", &v);
        assert_int_equal(v.state, rows[i].good ? GA_PASSED : GA_FAILED);
        if (!rows[i].good)
            assert_string_equal(v.reason, "nonce_other");
        assert_int_equal(ga_result_verified(r), rows[i].good);
        ga_result_free(r);
    }
    ga_context_free(ctx);
}

static void
a_round_that_ends_is_no_verdict(void **state)
{
    struct ga_context *ctx = context(scene.set);
    struct ga_result *r = (struct ga_result *)&scene;
    struct ga_error err = { 0 };

    (void)state;
    scene.ends = GA_E_CANCELLED;
    assert_int_equal(
        ga_verify(ctx, scene.evidence, &scene.m.world->o.nonce, &r, &err),
        GA_E_CANCELLED);
    assert_string_equal(err.text, "ended");
    assert_ptr_equal(r, &scene);
    assert_int_equal(scene.rounds, 1);
    ga_context_free(ctx);
}

#define NO_SERVICE \
    "neither rim-dir nor bundle was given, and no service may be asked: "
#define NO_RESPONDER \
    "neither ocsp-dir nor bundle was given, and no responder may be asked"

static const struct {
    const char *name, *value;
    unsigned rims, answers;    /* that are asked for */
    const char *rim, *of_ocsp; /* what checks begin with; NULL: passed */
} askers[] = {
    { "offline", "true", 0, 0, NO_SERVICE, NO_RESPONDER },
    { "rim-store", "dir", 0, 4, NO_SERVICE, NULL },
    { "no-ocsp", "true", 2, 0, NULL, "no-ocsp: nobody was asked" },
    /* With files at hand nobody is asked but whom the caller names. */
    { "rim-dir", "rims", 0, 0, NULL, NO_RESPONDER },
    { "ocsp-dir", "ocsp", 0, 0, NO_SERVICE, "" },
    { "rim-url", "https://rim.example", 2, 8, NULL, NULL },
};

static void
says(const struct ga_result *r, const char *check, const char *begins)
{
    struct ga_check_view v;

    find_check(r, check, &v);
    assert_true((v.state == GA_PASSED) == (begins == NULL));
    if (begins != NULL)
        assert_memory_equal(v.text, begins, strlen(begins));
}

static void
settings_say_who_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(askers); i++) {
        struct ga_settings *set =
            settings_with(askers[i].name, askers[i].value);
        struct ga_context *ctx = context(set);
        struct ga_result *r = verify(ctx, scene.evidence);
        const char *rim = askers[i].rim, *ocsp = askers[i].of_ocsp;

        if (scene.rims != askers[i].rims || scene.answers != askers[i].answers)
            fail_msg("row %zu: %u and %u questions", i, scene.rims,
                     scene.answers);
        says(r, "driver_rim.available", rim);
        says(r, "device.ocsp", ocsp);
        ga_result_free(r);
        ga_context_free(ctx);
        ga_settings_free(set);
    }
}

static void
finds_one_rim_by_asking(void **state)
{
    const char *id = scene.m.world->rim[0].id;
    struct ga_context *ctx = context(scene.set);
    struct ga_result *r = NULL;
    struct ga_check_view v;
    char *source = NULL, expect[160];

    (void)state;
    assert_int_equal(ga_rim_find(ctx, id, NULL, NULL, &source, &r, NULL),
                     GA_OK);
    assert_true(ga_result_verified(r));
    assert_int_equal(scene.rims, 1);
    assert_int_equal(scene.answers, 3); /* its signer, and two above it */
    snprintf(expect, sizeof(expect), "rim.example/%s", id);
    assert_string_equal(source, expect);
    assert_true(ga_result_check(r, GA_SET, 4, &v));
    assert_string_equal(v.name, "rim.version");
    assert_int_equal(v.state, GA_NOT_APPLICABLE);
    ga_text_free(source);
    ga_result_free(r);
    ga_context_free(ctx);
}

static const struct {
    const char *name, *value; /* a setting */
    struct ga_fetch_item put;
    enum ga_rc rc;
    const char *text;
} not_found[] = {
    { "offline",
      "true",
      { 0 },
      GA_E_UNREACHABLE,
      "NV_X: neither rim-dir nor bundle was given, and no service may be "
      "asked" },
    { "rim-dir",
      "rims",
      { 0 },
      GA_E_MISSING,
      "neither directory nor bundle has NV_X" },
    { "offline",
      "false",
      { .rc = GA_E_MISSING, .text = "404" },
      GA_E_MISSING,
      "NV_X: 404" },
    { "offline",
      "false",
      { .rc = GA_E_UNREACHABLE, .text = "timed out" },
      GA_E_UNREACHABLE,
      "NV_X: timed out" },
    { "offline",
      "false",
      { .rc = GA_OK },
      GA_E_BAD_VALUE,
      "NV_X: 0 bytes, not 1 to 262144" },
};

static void
a_rim_that_is_not_found_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(not_found); i++) {
        struct ga_settings *set =
            settings_with(not_found[i].name, not_found[i].value);
        struct ga_context *ctx = context(set);
        struct ga_result *r = (struct ga_result *)&scene;
        char *source = garbage;
        struct ga_fetch_item put = not_found[i].put;
        struct ga_error err = { 0 };

        put.kind = GA_FETCH_RIM;
        scene.put = &put;
        scene.spoil = put_answer;
        assert_int_equal(
            ga_rim_find(ctx, "NV_X", NULL, NULL, &source, &r, &err),
            not_found[i].rc);
        assert_string_equal(err.text, not_found[i].text);
        assert_ptr_equal(source, garbage);
        assert_ptr_equal(r, &scene);
        ga_context_free(ctx);
        ga_settings_free(set);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_each_question_once),
        cmocka_unit_test(asks_nothing_for_who_did_not_prove_himself),
        cmocka_unit_test(an_answer_that_is_none_says_why),
        cmocka_unit_test(an_answer_is_to_the_nonce_that_was_asked),
        cmocka_unit_test(a_round_that_ends_is_no_verdict),
        cmocka_unit_test(settings_say_who_is_asked),
        cmocka_unit_test(finds_one_rim_by_asking),
        cmocka_unit_test(a_rim_that_is_not_found_is_an_error),
    };

    return cmocka_run_group_tests_name("questions", tests, set_up, tear_down);
}
