/* SPDX-License-Identifier: Apache-2.0 */
/* What we sign of a result, and when that is "true".  The names that begin
 * with eat- are those of the rules' list. */
#include "support/token_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "support/runs.h"
#include "support/token_maker.h"
#include "support/worlds.h"
#include "token/eat.h"
#include "verify/result.h"

#define ISSUER "https://verifier.example.org"

static struct {
    struct minted world;
    struct made_authority authority;
    struct ga_signer *signer;
    char *pin;
} scene;

static int
set_up(void **state)
{
    struct der der;
    struct ga_buf pem;

    (void)state;
    mint(&scene.world, 1, 1, NULL);
    made_authority_init(&scene.authority, "CN=token authority", true);
    scene.signer =
        made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    der = made_der(&scene.authority.spec);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    scene.pin = made_file(ga_view(&pem));
    ga_buf_done(&pem);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    unlink(scene.pin);
    free(scene.pin);
    ga_signer_free(scene.signer);
    made_authority_done(&scene.authority);
    minted_done(&scene.world);
    return 0;
}

/* A verified result, as if its answers had been asked for just now. */
static struct ga_result *
fresh_result(const struct minted *m, const char *const *settings)
{
    struct ga_result *r = minted_verify(m, settings);

    for (size_t i = 0; i < r->device_count; i++) {
        r->device[i].chain.ocsp.nonce_matches = true;
        for (size_t k = 0; k < GA_RIM_ROLES; k++)
            r->device[i].rim[k].chain.ocsp.nonce_matches = true;
    }
    r->at_given = false;
    r->custom_allowed = true;
    return r;
}

static struct ga_eat_options
options_of(const struct ga_result *r)
{
    return (struct ga_eat_options){ .size = sizeof(struct ga_eat_options),
                                    .issuer = ISSUER,
                                    .now = ga_result_time(r) };
}

static char *
sign(const struct ga_result *r, const struct ga_eat_options *o)
{
    struct ga_error err = { 0 };
    char *eat = NULL;

    must(ga_result_eat(r, scene.signer, o, &eat, &err), &err);
    return eat;
}

static struct ga_eats
parse(const char *eat)
{
    struct ga_eats eats = { 0 };
    struct ga_error err = { 0 };

    must(ga_eats_add(ga_bytes_of(eat, strlen(eat)), &eats, &err), &err);
    return eats;
}

static struct ga_context *
context(int64_t at, const char *name, const char *value)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    char text[GA_TIME_TEXT];
    struct ga_error err = { 0 };

    ga_time_text(at, text);
    must(ga_settings_new(&set, &err), &err);
    must(ga_settings_set(set, "issuer", ISSUER, &err), &err);
    must(ga_settings_set(set, "at", text, &err), &err);
    must(ga_settings_set(set, "token-anchor", scene.pin, &err), &err);
    if (name != NULL)
        must(ga_settings_set(set, name, value, &err), &err);
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* Verifies what was signed, as a relying party would. */
static struct ga_result *
verify_with(const char *eat, int64_t at, const char *name, const char *value)
{
    const struct ga_signer *const signers[] = { scene.signer };
    struct ga_context *ctx = context(at, name, value);
    struct ga_jwks *jwks = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };
    char *keys = NULL;

    must(ga_jwks_make(signers, 1, &keys, &err), &err);
    must(ga_jwks_parse(keys, strlen(keys), &jwks, &err), &err);
    must(ga_token_verify(ctx, jwks, eat, strlen(eat),
                         &scene.world.world->o.nonce, &r, &err),
         &err);
    ga_text_free(keys);
    ga_jwks_free(jwks);
    ga_context_free(ctx);
    return r;
}

/* The overall result that is signed, and the claim x-gpuattest-relaxed of
 * every token; "" where none has it. */
static bool
says(const char *eat, char *relaxed, size_t cap)
{
    struct ga_eats eats = parse(eat);
    const json_t *claims = eats.eat[0].overall.claims;
    bool result =
        json_is_true(json_object_get(claims, "x-nvidia-overall-att-result"));
    const json_t *list = json_object_get(claims, "x-gpuattest-relaxed");
    char *text = list != NULL ? ga_json_text(list, false) : strdup("");

    assert_non_null(text);
    for (size_t i = 0; i < eats.submods; i++)
        assert_true(json_equal(json_object_get(eats.submod[i].jws.claims,
                                               "x-gpuattest-relaxed"),
                               list) ||
                    list == NULL);
    snprintf(relaxed, cap, "%s", text);
    free(text);
    ga_eats_done(&eats);
    return result;
}

static void
says_true_and_verifies(void **state)
{
    static const char *const versions[] = { "2.0", "3.0", "4.0" };
    struct ga_result *r = fresh_result(&scene.world, NULL);
    struct ga_eat_options o = options_of(r);
    char relaxed[512];

    (void)state;
    assert_true(ga_result_eat_true(r, &o));
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct ga_result *seen;
        char *eat;

        o.version = versions[i];
        eat = sign(r, &o);
        assert_true(says(eat, relaxed, sizeof(relaxed)));
        assert_string_equal(relaxed, "");
        seen = verify_with(eat, o.now, NULL, NULL);
        expect_failed(seen, "");
        assert_string_equal(ga_result_summary(seen),
                            "VERIFIED 1 GPU, 1 NVSwitch");
        ga_result_free(seen);
        ga_text_free(eat);
    }
    ga_result_free(r);
}

/* A result that rests on something says false, and what; allowed to, true and
 * what, which a relying party must accept by name. */
static void
check_dishonest(struct ga_result *r, const char *expect)
{
    struct ga_eat_options o = options_of(r);
    struct ga_result *seen;
    char relaxed[512], *eat;

    assert_true(ga_result_verified(r));
    assert_false(ga_result_eat_true(r, &o));
    eat = sign(r, &o);
    assert_false(says(eat, relaxed, sizeof(relaxed)));
    assert_string_equal(relaxed, expect);
    seen = verify_with(eat, o.now, NULL, NULL);
    assert_false(ga_result_verified(seen));
    ga_result_free(seen);
    ga_text_free(eat);

    o.allow_hold = true;
    assert_int_equal(ga_result_eat_true(r, &o),
                     strstr(expect, "_rim.ocsp:hold") != NULL);
    o.allow_hold = false;
    o.allow_relaxed = true;
    assert_true(ga_result_eat_true(r, &o));
    eat = sign(r, &o);
    assert_true(says(eat, relaxed, sizeof(relaxed)));
    assert_string_equal(relaxed, expect);
    seen = verify_with(eat, o.now, NULL, NULL);
    assert_false(ga_result_verified(seen));
    assert_non_null(strstr(text_of(seen, GA_SET, "token.result"),
                           "the signer let 1 thing pass"));
    ga_result_free(seen);
    ga_text_free(eat);
    ga_result_free(r);
}

static void
eat_relaxed(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);

    (void)state;
    assert_true(ga_texts_add(&r->relaxed, "device.ocsp:not_checked"));
    check_dishonest(r, "[\"device.ocsp:not_checked\"]");
}

static void
eat_at_past(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);

    (void)state;
    r->at_given = true;
    check_dishonest(r, "[\"at\"]");
}

/* Verified an hour ago is not now. */
static void
eat_signed_late(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);
    struct ga_eat_options o = options_of(r);

    (void)state;
    o.now += 301;
    assert_false(ga_result_eat_true(r, &o));
    o.now -= 602;
    assert_false(ga_result_eat_true(r, &o));
    o.now += 301;
    assert_true(ga_result_eat_true(r, &o));
    ga_result_free(r);
}

static void
eat_test_anchor(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);

    (void)state;
    r->custom_allowed = false;
    check_dishonest(r, "[\"anchors\"]");
}

/* Whose anchors are allowed says so all the same. */
static void
custom_anchors_that_are_allowed_are_named(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL), *seen;
    struct ga_eat_options o = options_of(r);
    char *eat = sign(r, &o);
    struct ga_eats eats = parse(eat);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(
                            eats.eat[0].overall.claims, "x-gpuattest-anchors")),
                        "custom");
    seen = verify_with(eat, o.now, NULL, NULL);
    assert_string_equal(ga_result_anchors(seen), "custom");
    ga_eats_done(&eats);
    ga_result_free(seen);
    ga_text_free(eat);
    ga_result_free(r);
}

/* A hold that was accepted: of a RIM, in a world that has one. */
static void
eat_hold(void **state)
{
    static const char *const defects[] = { "ocsp-hold", NULL };
    struct ga_result *r = fresh_result(&scene.world, NULL);
    struct ga_eat_options o;
    struct minted m;

    (void)state;
    /* By the check's own note. */
    ga_check_note(&r->device[0].check[GA_CHECK_DRIVER_RIM_OCSP], GA_R_HOLD,
                  "on hold");
    check_dishonest(r, "[\"driver_rim.ocsp:hold\"]");
    /* Beside something else it is not all that was let pass. */
    r = fresh_result(&scene.world, NULL);
    ga_check_note(&r->device[0].check[GA_CHECK_DRIVER_RIM_OCSP], GA_R_HOLD,
                  "on hold");
    o = options_of(r);
    o.allow_hold = true;
    assert_true(ga_result_eat_true(r, &o));
    assert_true(ga_texts_add(&r->relaxed, "vbios_rim.ocsp:not_checked"));
    assert_false(ga_result_eat_true(r, &o));
    ga_result_free(r);
    /* And on the way through a verification that refuses it. */
    mint(&m, 1, 0, defects);
    r = minted_verify(&m, NULL);
    if (!ga_result_verified(r)) {
        o = options_of(r);
        o.allow_relaxed = true;
        assert_false(ga_result_eat_true(r, &o));
    }
    ga_result_free(r);
    minted_done(&m);
}

static void
eat_grace_nonce_and_age(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);

    (void)state;
    ga_check_note(&r->device[0].check[GA_CHECK_VBIOS_RIM_CHAIN], GA_R_GRACE,
                  "late");
    check_dishonest(r, "[\"vbios_rim.chain:grace\"]");
    r = fresh_result(&scene.world, NULL);
    r->device[1].chain.ocsp.nonce_matches = false;
    check_dishonest(r, "[\"device.ocsp:nonce\"]");
    r = fresh_result(&scene.world, NULL);
    r->device[1].rim[GA_RIM_BIOS].chain.ocsp.response_valid = false;
    check_dishonest(r, "[\"bios_rim.ocsp:stale\"]");
    check_dishonest(
        fresh_result(&scene.world,
                     (const char *const[]){ "ocsp-max-age", "8d", NULL }),
        "[\"ocsp-max-age\"]");
    check_dishonest(
        fresh_result(&scene.world,
                     (const char *const[]){ "ocsp-skew", "6m", NULL }),
        "[\"ocsp-skew\"]");
}

/* A rejection is never signed as true, whatever is allowed. */
static void
a_rejection_says_false(void **state)
{
    static const char *const defects[] = { "golden-wrong", NULL };
    struct ga_eat_options o;
    struct ga_result *r, *seen;
    struct minted m;
    char relaxed[512], *eat;

    (void)state;
    mint(&m, 1, 0, defects);
    r = fresh_result(&m, NULL);
    assert_false(ga_result_verified(r));
    o = options_of(r);
    o.allow_relaxed = true;
    assert_false(ga_result_eat_true(r, &o));
    eat = sign(r, &o);
    assert_false(says(eat, relaxed, sizeof(relaxed)));
    seen = verify_with(eat, o.now, NULL, NULL);
    assert_non_null(strstr(text_of(seen, 0, "token.result"),
                           "measres is \"fail\", not success"));
    ga_result_free(seen);
    ga_text_free(eat);
    ga_result_free(r);
    minted_done(&m);
}

/* Evidence that NRAS would not judge has its error, and no claims. */
static void
gives_error_details_with_nrass_codes(void **state)
{
    static const struct {
        const char *defect;
        int code;
    } rows[] = {
        { "nonce-other", 4010 },   { "r-zero", 4013 },
        { "trailing-byte", 4013 }, { "foreign-cert", 4014 },
        { "pem-encrypted", 4007 }, { "rim-other-family", 4015 },
        { "rim-comment", 5013 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const defects[] = { rows[i].defect, NULL };
        struct ga_eat_options o;
        struct ga_result *r;
        struct ga_eats eats;
        struct minted m;
        json_int_t code = 0;
        char *eat;

        mint(&m, 1, 0, defects);
        r = fresh_result(&m, NULL);
        o = options_of(r);
        eat = sign(r, &o);
        eats = parse(eat);
        for (size_t k = 0; k < eats.submods; k++) {
            const json_t *details = json_object_get(eats.submod[k].jws.claims,
                                                    "x-nvidia-error-details");

            if (details != NULL) {
                code = json_integer_value(json_object_get(details, "code"));
                assert_null(
                    json_object_get(eats.submod[k].jws.claims, "measres"));
            }
        }
        if (code != rows[i].code)
            fail_msg("%s: code %d, not %d", rows[i].defect, (int)code,
                     rows[i].code);
        ga_eats_done(&eats);
        ga_text_free(eat);
        ga_result_free(r);
        minted_done(&m);
    }
}

static void
refuses_what_cannot_be_signed(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL);
    struct ga_eat_options o = options_of(r);
    struct ga_error err = { 0 };
    char *eat = NULL;

    (void)state;
    o.issuer = NULL;
    assert_int_equal(ga_result_eat(r, scene.signer, &o, &eat, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "eat: no issuer");
    o.issuer = ISSUER;
    o.version = "5.0";
    assert_int_equal(ga_result_eat(r, scene.signer, &o, &eat, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "claims version \"5.0\" is not known");
    assert_int_equal(ga_result_eat(NULL, scene.signer, &o, &eat, &err),
                     GA_E_INVAL);
    o.version = NULL;
    r->has_nonce = false; /* as one that a bundle was made of */
    assert_int_equal(ga_result_eat(r, scene.signer, &o, &eat, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "eat: not a result of evidence");
    assert_null(eat);
    assert_false(ga_result_eat_true(NULL, &o));
    ga_result_free(r);
}

/* Asked for the overall token, each with the digest of its file. */
static void
policies_that_were_asked_are_named(void **state)
{
    static const char policy[] = "package policy\nimport rego.v1\n"
                                 "nv_match := true\n";
    char *path = made_file(ga_bytes_of(policy, strlen(policy))), *eat;
    const char *const settings[] = { "policy", path, "min-driver", "1", NULL };
    struct ga_result *r = fresh_result(&scene.world, settings);
    struct ga_eat_options o = options_of(r);
    struct ga_eats eats;
    json_t *list;

    (void)state;
    assert_true(ga_result_eat_true(r, &o));
    eat = sign(r, &o);
    eats = parse(eat);
    list = json_object_get(eats.eat[0].overall.claims, "x-gpuattest-policies");
    /* A plain option is no file. */
    assert_int_equal(json_array_size(list), 1);
    list = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(list, "name")), path);
    assert_string_equal(
        json_string_value(json_object_get(list, "sha256")),
        "976670c417d27af4c4edef9a4351e14baec29e7fc187c5add86e7987bab85f29");
    assert_true(json_is_true(json_object_get(list, "passed")));
    for (size_t i = 0; i < eats.submods; i++)
        assert_null(
            json_object_get(eats.submod[i].jws.claims, "x-gpuattest-policies"));
    ga_eats_done(&eats);
    ga_text_free(eat);
    r->said[0].passed = false; /* min-driver's no is in each device's token */
    eat = sign(r, &o);
    eats = parse(eat);
    for (size_t i = 0; i < eats.submods; i++) {
        list =
            json_object_get(eats.submod[i].jws.claims, "x-gpuattest-rejected");
        assert_int_equal(json_array_size(list), 1);
        assert_string_equal(json_string_value(json_array_get(list, 0)),
                            "policy:min-driver");
    }
    ga_eats_done(&eats);
    ga_text_free(eat);
    ga_result_free(r);
    unlink(path);
    free(path);
}

/* A token of each kind alone, as a bare JWS. */
static void
a_token_alone_is_judged_alone(void **state)
{
    struct ga_result *r = fresh_result(&scene.world, NULL), *seen;
    struct ga_eat_options o = options_of(r);
    char *eat = sign(r, &o), text[GA_JWS_MAX / 4];
    struct ga_eats eats = parse(eat);

    (void)state;
    snprintf(text, sizeof(text), "%s\n",
             json_string_value(
                 json_object_get(json_array_get(eats.root[0], 1), "GPU-0")));
    seen = verify_with(text, o.now, NULL, NULL);
    expect_failed(seen, "");
    assert_string_equal(ga_result_summary(seen), "VERIFIED 1 GPU");
    ga_result_free(seen);
    /* The overall token does not say enough without the others. */
    snprintf(
        text, sizeof(text), "%s",
        json_string_value(json_array_get(json_array_get(eats.root[0], 0), 1)));
    seen = verify_with(text, o.now, NULL, NULL);
    assert_false(ga_result_verified(seen));
    assert_non_null(
        strstr(text_of(seen, GA_SET, "token.submods"), "token is missing"));
    ga_result_free(seen);
    ga_eats_done(&eats);
    ga_text_free(eat);
    ga_result_free(r);
}

/* What the caller expects is compared. */
static void
expectations_are_compared(void **state)
{
    static const struct {
        const char *name, *value, *failed;
    } rows[] = {
        { "expect-gpus", "1", "" },
        { "expect-gpus", "2", "token.count:count_other" },
        { "expect-switches", "0", "token.count:count_other" },
        { "expect-ueid", "1",
          "GPU-0 token.device:mismatch,SWITCH-0 token.device:mismatch" },
    };
    struct ga_result *r = fresh_result(&scene.world, NULL);
    struct ga_eat_options o = options_of(r);
    char *eat = sign(r, &o);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_result *seen =
            verify_with(eat, o.now, rows[i].name, rows[i].value);

        expect_failed(seen, rows[i].failed);
        ga_result_free(seen);
    }
    ga_text_free(eat);
    ga_result_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_true_and_verifies),
        { "eat-relaxed", eat_relaxed, NULL, NULL, NULL },
        { "eat-at-past", eat_at_past, NULL, NULL, NULL },
        { "eat-test-anchor", eat_test_anchor, NULL, NULL, NULL },
        { "eat-hold", eat_hold, NULL, NULL, NULL },
        cmocka_unit_test(eat_signed_late),
        cmocka_unit_test(eat_grace_nonce_and_age),
        cmocka_unit_test(custom_anchors_that_are_allowed_are_named),
        cmocka_unit_test(a_rejection_says_false),
        cmocka_unit_test(gives_error_details_with_nrass_codes),
        cmocka_unit_test(refuses_what_cannot_be_signed),
        cmocka_unit_test(policies_that_were_asked_are_named),
        cmocka_unit_test(a_token_alone_is_judged_alone),
        cmocka_unit_test(expectations_are_compared),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
