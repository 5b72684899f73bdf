/* SPDX-License-Identifier: Apache-2.0 */
/* A service's answer to the simulator's evidence, good and with every fault of
 * the table: exactly the checks fail that the table names. */
#include "support/token_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "sim/token_faults.h"
#include "support/memory.h"
#include "support/runs.h"
#include "support/token_maker.h"
#include "support/worlds.h"
#include "verify/result.h"

#define ISSUER "https://nras.example.org"

/* One world, its evidence, and who signs. */
static struct {
    struct minted world;
    struct ga_evidence *evidence;
    struct ga_nonce nonce;
    struct made_authority authority, stranger;
    struct sim_token_keys keys;
    struct ga_signer *signer, *other, *tls;
    char *pin; /* file */
    struct ga_context *ctx;
    char *eat;
    int64_t now;
} scene;

static int64_t
world_now(void *user)
{
    (void)user;
    return scene.now;
}

/* As of the present, which the seam says is the world's time. */
static struct ga_context *
context(const char *const *settings)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    const struct ga_seams seams = { .size = sizeof(seams), .now = world_now };
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    must(ga_settings_set(set, "issuer", ISSUER, &err), &err);
    must(ga_settings_set(set, "token-anchor", scene.pin, &err), &err);
    must(ga_settings_set(set, "allow-custom-anchors", "true", &err), &err);
    for (; settings != NULL && *settings != NULL; settings += 2)
        must(ga_settings_set(set, settings[0], settings[1], &err), &err);
    must(ga_context_new(set, &seams, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* As if the answers had come from a responder just now: those of the world lie
 * in a folder, and have no nonce of ours. */
static void
make_fresh(struct ga_result *r)
{
    for (size_t i = 0; i < r->device_count; i++) {
        r->device[i].chain.ocsp.nonce_matches = true;
        for (size_t k = 0; k < GA_RIM_ROLES; k++)
            r->device[i].rim[k].chain.ocsp.nonce_matches = true;
    }
    r->at_given = false;
    r->custom_allowed = true;
}

/* What a good service would answer. */
static void
sign_eat(void)
{
    struct ga_result *result = minted_verify(&scene.world, NULL);
    struct ga_eat_options o = { .size = sizeof(o), .issuer = ISSUER };
    struct ga_error err = { 0 };

    assert_true(ga_result_verified(result));
    make_fresh(result);
    scene.now = ga_result_time(result);
    o.now = scene.now;
    assert_true(ga_result_eat_true(result, &o));
    must(ga_result_eat(result, scene.signer, &o, &scene.eat, &err), &err);
    ga_result_free(result);
}

static int
set_up(void **state)
{
    struct der der;
    struct ga_buf pem;
    char path[128];
    struct ga_error err = { 0 };

    (void)state;
    mint(&scene.world, 2, 0, NULL);
    minted_path(&scene.world, "evidence.json", path, sizeof(path));
    must(ga_evidence_new(&scene.evidence, &err), &err);
    must(ga_evidence_load(scene.evidence, path, &err), &err);
    scene.nonce = scene.world.world->o.nonce;
    made_authority_init(&scene.authority, "CN=token authority", false);
    made_authority_init(&scene.stranger, "CN=another authority", false);
    scene.signer =
        made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    scene.other = made_token_signer(&scene.stranger, "CN=" GA_TOKEN_SIGNER_CN);
    scene.tls = made_token_signer(&scene.authority, "CN=nras.example.org");
    scene.keys =
        (struct sim_token_keys){ scene.signer, scene.other, scene.tls };
    der = made_der(&scene.authority.spec);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    scene.pin = made_file(ga_view(&pem));
    ga_buf_done(&pem);
    sign_eat();
    scene.ctx = context(NULL);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_context_free(scene.ctx);
    ga_text_free(scene.eat);
    unlink(scene.pin);
    free(scene.pin);
    ga_signer_free(scene.signer);
    ga_signer_free(scene.other);
    ga_signer_free(scene.tls);
    made_authority_done(&scene.authority);
    made_authority_done(&scene.stranger);
    ga_evidence_free(scene.evidence);
    minted_done(&scene.world);
    return 0;
}

static struct ga_jwks *
good_jwks(void)
{
    const struct ga_signer *const signers[] = { scene.signer };
    char *text = NULL;
    struct ga_jwks *jwks;
    struct ga_error err = { 0 };

    must(ga_jwks_make(signers, 1, &text, &err), &err);
    jwks = jwks_of(text);
    ga_text_free(text);
    return jwks;
}

static struct ga_result *
verify_sent(struct ga_context *ctx, const char *eat, const struct ga_jwks *jwks)
{
    const struct ga_token_answer answer = { eat, strlen(eat) };
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };

    must(ga_token_verify_sent(ctx, jwks, &answer, 1, scene.evidence,
                              &scene.nonce, &result, &err),
         &err);
    return result;
}

/* "GPU-0 token.result:claim,set token.time:expired" of what failed. */
static void
list_failed(const struct ga_result *r, char *out, size_t cap)
{
    struct ga_check_view v;
    size_t at = 0, device, n = 0;

    out[0] = '\0';
    while (ga_result_next_failed(r, &at, &device, &v)) {
        struct ga_device_view d = { .label = "set" };

        if (v.state != GA_FAILED)
            continue;
        if (device != GA_SET)
            assert_true(ga_result_device(r, device, &d));
        n += (size_t)snprintf(out + n, cap - n, "%s%s %s:%s", n > 0 ? "," : "",
                              d.label, v.name, v.reason);
        assert_true(n < cap);
    }
}

static void
a_good_answer_verifies(void **state)
{
    struct ga_jwks *jwks = good_jwks();
    struct ga_result *r = verify_sent(scene.ctx, scene.eat, jwks);

    (void)state;
    expect_failed(r, "");
    assert_string_equal(ga_result_summary(r), "VERIFIED 2 GPUs");
    assert_string_equal(ga_result_anchors(r), "custom");
    ga_result_free(r);
    ga_jwks_free(jwks);
}

/* One row of the table. */
static void
fails_where_the_table_says(void **state)
{
    const struct sim_token_fault *f = *state;
    char *eat = NULL, *keys = NULL, found[1024];
    struct ga_jwks *jwks;
    struct ga_result *r;
    struct ga_error err = { 0 };

    must(sim_token_fault_make(f, &scene.keys, scene.eat, scene.now, &eat, &keys,
                              &err),
         &err);
    jwks = jwks_of(keys);
    r = verify_sent(scene.ctx, eat, jwks);
    assert_false(ga_result_verified(r));
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
    list_failed(r, found, sizeof(found));
    if (strcmp(found, f->expect) != 0)
        fail_msg("%s: failed are\n    %s\nnot\n    %s", f->name, found,
                 f->expect);
    ga_result_free(r);
    ga_jwks_free(jwks);
    free(eat);
    free(keys);
}

/* Where no evidence was sent, what shows only there passes, and all else fails
 * as before. */
static void
no_fault_of_a_token_alone_is_accepted(void **state)
{
    const struct sim_token_fault *f;
    struct ga_error err = { 0 };

    (void)state;
    for (size_t i = 0; (f = sim_token_fault_at(i)) != NULL; i++) {
        char *eat = NULL, *keys = NULL;
        struct ga_result *r = NULL;
        struct ga_jwks *jwks;
        bool of_evidence = true;

        for (const char *p = strstr(f->expect, "token."); p != NULL;
             p = strstr(p + 1, "token."))
            of_evidence = of_evidence && (strncmp(p, "token.device", 12) == 0 ||
                                          strncmp(p, "token.count", 11) == 0);
        must(sim_token_fault_make(f, &scene.keys, scene.eat, scene.now, &eat,
                                  &keys, &err),
             &err);
        jwks = jwks_of(keys);
        must(ga_token_verify(scene.ctx, jwks, eat, strlen(eat), &scene.nonce,
                             &r, &err),
             &err);
        if (ga_result_verified(r) != of_evidence)
            fail_msg("%s", f->name);
        ga_result_free(r);
        ga_jwks_free(jwks);
        free(eat);
        free(keys);
    }
}

/* What is said of a pin that ends then, or NULL. */
static const char *
said_of_a_pin_until(char *until, struct ga_result **out)
{
    struct made_spec spec = scene.authority.spec;
    struct ga_jwks *jwks = good_jwks();
    char *before = scene.pin;
    struct ga_context *ctx;
    struct der der;
    struct ga_buf pem;
    const char *said = NULL, *line;

    spec.not_after = until;
    der = made_der(&spec);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    scene.pin = made_file(ga_view(&pem));
    ctx = context(NULL);
    *out = verify_sent(ctx, scene.eat, jwks);
    for (size_t i = 0; (line = ga_result_warning(*out, i)) != NULL; i++)
        if (strstr(line, "add the next one") != NULL)
            said = line;
    unlink(scene.pin);
    free(scene.pin);
    scene.pin = before;
    ga_context_free(ctx);
    ga_jwks_free(jwks);
    ga_buf_done(&pem);
    return said;
}

/* Where memory runs out there is no verdict; and a good answer is never taken
 * for a bad one, nor a bad one for a good one. */
static void
out_of_memory_is_no_verdict(void **state)
{
    const struct sim_token_fault *f = sim_token_fault_find("token-device-as-"
                                                           "overall");
    const struct ga_signer *const signers[] = { scene.signer };
    char *bad = NULL, *keys = NULL, *good_keys = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(f);
    must(sim_token_fault_make(f, &scene.keys, scene.eat, scene.now, &bad, &keys,
                              &err),
         &err);
    must(ga_jwks_make(signers, 1, &good_keys, &err), &err);
    for (int good = 0; good < 2; good++) {
        const char *text = good ? good_keys : keys;
        const char *eat = good ? scene.eat : bad;
        enum ga_rc rc = GA_E_NOMEM;
        unsigned n = 0;

        while (rc != GA_OK) {
            const struct ga_token_answer answer = { eat, strlen(eat) };
            struct ga_result *r = NULL;
            struct ga_jwks *jwks = NULL;

            err = (struct ga_error){ 0 };
            memory_countdown = ++n;
            rc = ga_jwks_parse(text, strlen(text), &jwks, &err);
            if (rc == GA_OK)
                rc = ga_token_verify_sent(scene.ctx, jwks, &answer, 1,
                                          scene.evidence, &scene.nonce, &r,
                                          &err);
            assert_int_equal(rc, memory_countdown == 0 ? GA_E_NOMEM : GA_OK);
            memory_countdown = 0;
            assert_int_equal(err.code, rc);
            assert_int_equal(r != NULL, rc == GA_OK);
            assert_int_equal(ga_result_verified(r), rc == GA_OK && good);
            ga_result_free(r);
            ga_jwks_free(jwks);
        }
        assert_true(n > 100);
    }
    ga_text_free(good_keys);
    free(bad);
    free(keys);
}

/* 180 days before: time enough to add the one that follows. */
static void
a_pin_that_ends_soon_is_announced(void **state)
{
    static const struct {
        int64_t after; /* seconds from now on */
        bool said, verified;
    } rows[] = {
        { INT64_C(180) * 86400 + 1, false, true },
        { INT64_C(180) * 86400, true, true },
        { 1, true, true },
        { -1, true, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        time_t end = (time_t)(scene.now + rows[i].after);
        char full[20], text[GA_TIME_TEXT], want[128];
        struct ga_result *r = NULL;
        const char *said;
        struct tm tm;

        assert_non_null(gmtime_r(&end, &tm));
        /* UTCTime: the year without its century. */
        assert_true(strftime(full, sizeof(full), "%Y%m%d%H%M%SZ", &tm) > 0);
        ga_time_text(end, text);
        said = said_of_a_pin_until(full + 2, &r);
        snprintf(want, sizeof(want), "ends %s: add the next one", text);
        assert_int_equal(said != NULL, rows[i].said);
        assert_true(said == NULL || strstr(said, want) != NULL);
        assert_int_equal(ga_result_verified(r), rows[i].verified);
        if (!rows[i].verified)
            assert_non_null(strstr(ga_result_summary(r), "token.chain"));
        ga_result_free(r);
    }
}

static void
names_stand_once(void **state)
{
    const struct sim_token_fault *f;

    (void)state;
    for (size_t i = 0; (f = sim_token_fault_at(i)) != NULL; i++) {
        assert_ptr_equal(sim_token_fault_find(f->name), f);
        assert_true(f->gain[0] != '\0');
    }
    assert_null(sim_token_fault_find("token-nobody"));
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(a_good_answer_verifies),
        cmocka_unit_test(no_fault_of_a_token_alone_is_accepted),
        cmocka_unit_test(a_pin_that_ends_soon_is_announced),
        cmocka_unit_test(out_of_memory_is_no_verdict),
        cmocka_unit_test(names_stand_once),
    };
    struct CMUnitTest all[128];
    const struct sim_token_fault *f;
    size_t n = COUNT(fixed);

    memcpy(all, fixed, sizeof(fixed));
    for (size_t i = 0; (f = sim_token_fault_at(i)) != NULL; i++) {
        struct CMUnitTest t = { .name = f->name,
                                .test_func = fails_where_the_table_says,
                                .initial_state = (void *)(uintptr_t)f };

        assert_true(n < COUNT(all));
        all[n++] = t;
    }
    return _cmocka_run_group_tests("faults", all, n, set_up, tear_down);
}
