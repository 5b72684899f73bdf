/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of GPUs and NVSwitches together, against the evidence that was sent
 * for them. */
#include "verify/token_scene.h"

/* The EAT with another claim or token in it, signed again. */
static char *
edited(void (*edit)(struct sim_fault_work *w), unsigned stage)
{
    const struct sim_token_fault fault = { .name = "edited",
                                           .stage = stage,
                                           .edit = edit };
    const struct sim_token_keys keys = { .signer = scene.signer };
    struct ga_error err = { 0 };
    char *eat = NULL, *jwks = NULL;

    must(sim_token_fault_make(&fault, &keys, scene.eat, scene.now, &eat, &jwks,
                              &err),
         &err);
    free(jwks);
    return eat;
}

static struct ga_result *
verify_sent(struct ga_context *ctx, const char *eat, const char *more)
{
    const struct ga_token_answer answers[] = {
        { eat, strlen(eat) }, { more, more != NULL ? strlen(more) : 0 }
    };
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    must(ga_token_verify_sent(ctx, scene.jwks, answers, more != NULL ? 2 : 1,
                              scene.evidence, &scene.world.world->o.nonce, &r,
                              &err),
         &err);
    return r;
}

static struct ga_result *
verify(struct ga_context *ctx, const char *token)
{
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    must(ga_token_verify(ctx, scene.jwks, token, strlen(token),
                         &scene.world.world->o.nonce, &r, &err),
         &err);
    return r;
}

/* What evidence says that no token does is shown beside the token's words. */
static void
an_answer_for_a_board_verifies(void **state)
{
    static const char *const archs[] = { "HOPPER", "LS10", "LS10" };
    struct ga_result *r = verify_sent(scene.ctx, scene.eat, NULL);
    struct ga_device_view v;

    (void)state;
    expect_failed(r, "");
    assert_string_equal(ga_result_summary(r), "VERIFIED 1 GPU, 2 NVSwitches");
    for (size_t i = 0; i < COUNT(archs); i++) {
        assert_true(ga_result_device(r, i, &v));
        assert_string_equal(v.arch, archs[i]);
        assert_string_equal(v.mode, i == 0 ? "ppcie" : "unknown");
        assert_non_null(v.pdi);
    }
    ga_result_free(r);
    /* Alone it says the same, and less. */
    r = verify(scene.ctx, scene.eat);
    expect_failed(r, "");
    assert_true(ga_result_device(r, 0, &v));
    assert_null(v.arch);
    assert_null(v.pdi);
    ga_result_free(r);
}

/* A token says nothing that a topology could rest on. */
static void
a_token_is_no_topology(void **state)
{
    struct ga_result *r = verify_sent(scene.ctx, scene.eat, NULL);
    struct ga_topology *t = NULL;
    struct ga_check_view v;

    (void)state;
    assert_int_equal(
        ga_topology_check(r, ga_board_find("hgx-hopper"), &t, NULL), GA_OK);
    for (size_t i = 0; ga_topology_rule(t, i, &v); i++)
        assert_int_equal(v.state, GA_NOT_CHECKED);
    assert_false(ga_topology_holds(t));
    ga_topology_free(t);
    ga_result_free(r);
}

/* ---- edits: device 0 is GPU-0, 1 and 2 are the switches ---- */

static void
set_text(struct sim_fault_work *w, size_t i, const char *name, const char *text)
{
    sim_fault_set(w, sim_fault_device(w, i), name, json_string(text));
}

static void
copy(struct sim_fault_work *w, const char *name)
{
    json_t *v = json_object_get(sim_fault_device(w, 1), name);

    sim_fault_set(w, sim_fault_device(w, 2), name, json_incref(v));
}

static void
other_bios(struct sim_fault_work *w)
{
    set_text(w, 1, "x-nvidia-switch-bios-version", "96.10.00");
}

static void
no_bios(struct sim_fault_work *w)
{
    json_object_del(sim_fault_device(w, 2), "x-nvidia-switch-bios-version");
}

static void
other_model(struct sim_fault_work *w)
{
    set_text(w, 0, "hwmodel", "GB100 A01");
}

static void
one_ueid(struct sim_fault_work *w)
{
    copy(w, "ueid");
}

static void
one_jti(struct sim_fault_work *w)
{
    copy(w, "jti");
}

/* Null is no refusal: the token is held against the evidence all the same. */
static void
other_bios_and_no_error(struct sim_fault_work *w)
{
    other_bios(w);
    for (size_t i = 0; i < 3; i++)
        sim_fault_set(w, sim_fault_device(w, i), "x-nvidia-error-details",
                      json_null());
}

static void
no_ueid(struct sim_fault_work *w)
{
    json_object_del(sim_fault_device(w, 0), "ueid");
}

static void
with_a_warning(struct sim_fault_work *w)
{
    set_text(w, 0, "x-nvidia-attestation-warning", "old\x1b driver");
}

/* As NRAS, which says nothing of its anchors. */
static void
with_no_anchors(struct sim_fault_work *w)
{
    json_object_del(w->overall, "x-gpuattest-anchors");
    for (size_t i = 0; i < 3; i++)
        json_object_del(sim_fault_device(w, i), "x-gpuattest-anchors");
}

static void
with_anchors_of_one(struct sim_fault_work *w)
{
    with_no_anchors(w);
    set_text(w, 2, "x-gpuattest-anchors", "test");
}

/* Signed as it should be, and no object. */
static void
no_claims(struct sim_fault_work *w)
{
    char *jws = NULL;

    w->failed =
        w->failed || ga_jws_sign(w->signer, "[1]", 3, &jws, NULL) != GA_OK;
    sim_fault_set(w, w->tokens, "SWITCH-1", json_string(jws));
    ga_text_free(jws);
}

static void
one_token_twice(struct sim_fault_work *w)
{
    sim_fault_set(w, w->tokens, "SWITCH-1",
                  json_incref(json_object_get(w->tokens, "SWITCH-0")));
}

static const struct {
    void (*edit)(struct sim_fault_work *w);
    unsigned stage;
    const char *failed; /* as expect_failed() */
    size_t device;      /* and what one of these checks says */
    const char *check, *text;
} edits[] = {
    { other_bios, SIM_FAULT_CLAIMS, "SWITCH-0 token.device:mismatch", 1,
      "token.device",
      "x-nvidia-switch-bios-version is \"96.10.00\", the evidence's is "
      "\"96.10.6D.00.01\"" },
    { other_bios_and_no_error, SIM_FAULT_CLAIMS,
      "SWITCH-0 token.device:mismatch", 1, "token.device",
      "x-nvidia-switch-bios-version is \"96.10.00\", the evidence's is "
      "\"96.10.6D.00.01\"" },
    { no_bios, SIM_FAULT_CLAIMS,
      "SWITCH-1 token.device:absent,SWITCH-1 token.result:claim", 2,
      "token.device", "x-nvidia-switch-bios-version is absent" },
    { other_model, SIM_FAULT_CLAIMS, "GPU-0 token.device:mismatch", 0,
      "token.device",
      "hwmodel is \"GB100 A01\", the evidence's is \"GH100 A01 GSP BROM\"" },
    { one_ueid, SIM_FAULT_CLAIMS,
      "SWITCH-1 token.device:mismatch,token.distinct:same_device", GA_SET,
      "token.distinct", "SWITCH-0 and SWITCH-1 are tokens of one ueid" },
    { one_jti, SIM_FAULT_CLAIMS, "token.distinct:same_device", GA_SET,
      "token.distinct", "SWITCH-0 and SWITCH-1 are tokens of one jti" },
    { one_token_twice, SIM_FAULT_TOKENS,
      "SWITCH-1 token.device:mismatch,token.distinct:same_device", GA_SET,
      "token.distinct", "SWITCH-0 and SWITCH-1 are the same token" },
    { no_claims, SIM_FAULT_TOKENS,
      "SWITCH-1 token.signature:malformed,SWITCH-1 token.issuer:not_checked,"
      "SWITCH-1 token.time:not_checked,SWITCH-1 token.nonce:not_checked,"
      "SWITCH-1 token.device:not_checked,SWITCH-1 token.result:not_checked,"
      "token.submods:not_checked,token.distinct:not_checked",
      GA_SET, "token.distinct", "SWITCH-1: the claims cannot be read" },
};

static void
a_token_of_another_device_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(edits); i++) {
        char *eat = edited(edits[i].edit, edits[i].stage);
        struct ga_result *r = verify_sent(scene.ctx, eat, NULL);

        assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
        expect_failed(r, edits[i].failed);
        assert_string_equal(text_of(r, edits[i].device, edits[i].check),
                            edits[i].text);
        ga_result_free(r);
        free(eat);
    }
}

/* A token that the caller brought is an error of his. */
static void
a_device_s_token_without_claims_is_malformed(void **state)
{
    char *eat = edited(no_claims, SIM_FAULT_TOKENS), *json = NULL;
    struct ga_result *r = verify(scene.ctx, eat);

    (void)state;
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_MALFORMED);
    assert_int_equal(r->error.code, GA_E_SYNTAX);
    assert_string_equal(r->error.text, "token: claims: not a JSON object");
    assert_int_equal(ga_result_json(r, &json, NULL), GA_OK);
    assert_non_null(
        strstr(json, "\"text\": \"token: claims: not a JSON object\""));
    ga_text_free(json);
    ga_result_free(r);
    free(eat);
}

static void
who_is_listed_is_expected(void **state)
{
    struct ga_result *r = verify(scene.ctx, scene.eat);
    struct ga_device_view v;
    struct ga_context *ctx;
    char list[256] = "";

    (void)state;
    for (size_t i = 0; ga_result_device(r, i, &v); i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
                 i > 0 ? "," : "", v.ueid);
    ga_result_free(r);
    ctx = context("expect-ueid", list);
    r = verify(ctx, scene.eat);
    expect_failed(r, "");
    ga_result_free(r);
    ga_context_free(ctx);
}

static void
whom_nobody_listed_is_not_expected(void **state)
{
    struct ga_context *ctx = context("expect-ueid", "1,2");
    char *eat = edited(no_ueid, SIM_FAULT_CLAIMS);
    struct ga_result *r = verify(ctx, eat);

    (void)state;
    assert_false(ga_result_verified(r));
    assert_string_equal(text_of(r, 0, "token.device"), "ueid is absent");
    assert_non_null(strstr(text_of(r, 1, "token.device"), "is not listed"));
    ga_result_free(r);
    free(eat);
    ga_context_free(ctx);
}

static void
what_the_signer_says_besides_is_shown(void **state)
{
    char *eat = edited(with_a_warning, SIM_FAULT_CLAIMS);
    struct ga_context *ctx = context("allow-custom-anchors", "true");
    struct ga_result *r = verify_sent(ctx, eat, NULL);

    (void)state;
    expect_failed(r, "");
    assert_string_equal(ga_result_warning(r, 0), "GPU-0: old\\x1b driver");
    assert_null(ga_result_warning(r, 1));
    ga_result_free(r);
    free(eat);
    ga_context_free(ctx);
}

/* Where one of them rests on anybody's roots, all of it does. */
static void
the_signer_s_anchors_are_the_result_s(void **state)
{
    static const struct {
        void (*edit)(struct sim_fault_work *w);
        const char *anchors;
    } rows[] = { { with_no_anchors, "builtin" },
                 { with_anchors_of_one, "custom" } };
    struct ga_context *ctx = NULL;

    (void)state;
    assert_int_equal(ga_context_new(NULL, NULL, &ctx, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *eat = edited(rows[i].edit, SIM_FAULT_CLAIMS);
        struct ga_result *r = verify(ctx, eat);

        assert_string_equal(ga_result_anchors(r), rows[i].anchors);
        ga_result_free(r);
        free(eat);
    }
    ga_context_free(ctx);
}

/* A device's token besides says nothing about the overall one. */
static void
a_token_alone_hides_nothing_of_an_overall_one(void **state)
{
    const struct sim_token_keys keys = { .signer = scene.signer };
    const struct sim_token_fault *f = sim_token_fault_find("token-kid-unknown");
    char *eat = NULL, *jwks = NULL, *bare;
    struct ga_error err = { 0 };
    json_t *v = json_loads(scene.eat, 0, NULL);
    json_t *token = json_object_get(json_array_get(v, 1), "GPU-0");
    struct ga_result *r;
    struct ga_check_view c;

    (void)state;
    must(
        sim_token_fault_make(f, &keys, scene.eat, scene.now, &eat, &jwks, &err),
        &err);
    bare = json_dumps(token, JSON_ENCODE_ANY);
    r = verify_sent(scene.ctx, eat, bare);
    assert_false(ga_result_verified(r));
    for (size_t n = 0; ga_result_check(r, GA_SET, n, &c); n++)
        if (strcmp(c.name, "token.chain") == 0) {
            assert_int_equal(c.state, GA_NOT_CHECKED);
            assert_string_equal(c.reason, "depends");
        }
    ga_result_free(r);
    free(bare);
    json_decref(v);
    free(eat);
    free(jwks);
}

static void
a_policy_is_about_every_overall_token(void **state)
{
    const char *rules = "{\"version\":\"4.0\",\"authorization-rules\":{"
                        "\"overall-claims\":{\"x-gpuattest-anchors\":"
                        "\"custom\"}}}";
    GA_AUTO_FREE char *path = made_file(ga_bytes_of(rules, strlen(rules)));
    GA_AUTO_FREE char *eat = edited(with_no_anchors, SIM_FAULT_CLAIMS);
    struct ga_context *ctx = context("policy", path);
    struct ga_result *r = verify_sent(ctx, scene.eat, eat);
    struct ga_policy_view said;

    (void)state;
    assert_true(ga_result_policy(r, 0, &said) && !said.passed);
    unlink(path);
    ga_result_free(r);
    ga_context_free(ctx);
}

static void
counts_kids_that_nobody_knows(void **state)
{
    struct ga_jwks *none = jwks_of("{\"keys\":[]}");
    size_t len = strlen(scene.eat);

    (void)state;
    assert_int_equal(ga_token_unknown_kids(scene.jwks, scene.eat, len), 0);
    assert_int_equal(ga_token_unknown_kids(none, scene.eat, len), 4);
    assert_int_equal(ga_token_unknown_kids(NULL, scene.eat, len), 4);
    assert_int_equal(ga_token_unknown_kids(none, scene.eat, len - 1), 0);
    assert_int_equal(ga_token_unknown_kids(none, NULL, 0), 0);
    ga_jwks_free(none);
}

static void
without_an_argument_there_is_no_verdict(void **state)
{
    const struct ga_nonce *nonce = &scene.world.world->o.nonce;
    const struct ga_token_answer none[] = { { scene.eat, strlen(scene.eat) },
                                            { NULL, 1 } };
    struct ga_result *r = (struct ga_result *)&scene;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(
        ga_token_verify(scene.ctx, scene.jwks, scene.eat, 0, NULL, &r, &err),
        GA_E_INVAL);
    assert_string_equal(err.text, "token: NULL");
    assert_int_equal(ga_token_verify_sent(scene.ctx, scene.jwks, none, 0,
                                          scene.evidence, nonce, &r, NULL),
                     GA_E_INVAL);
    err = (struct ga_error){ 0 };
    assert_int_equal(ga_token_verify_sent(scene.ctx, scene.jwks, none, 2,
                                          scene.evidence, nonce, &r, &err),
                     GA_E_INVAL);
    assert_string_equal(err.text, "token: NULL");
    assert_ptr_equal(r, &scene);
}

static void
a_cancelled_context_gives_no_verdict(void **state)
{
    struct ga_context *ctx = context("offline", "true");
    struct ga_result *r = (struct ga_result *)&scene;
    struct ga_error err = { 0 };

    (void)state;
    ga_cancel(ctx);
    assert_int_equal(ga_token_verify(ctx, scene.jwks, scene.eat,
                                     strlen(scene.eat),
                                     &scene.world.world->o.nonce, &r, &err),
                     GA_E_CANCELLED);
    assert_string_equal(err.text, "cancelled by the caller");
    assert_ptr_equal(r, &scene);
    ga_context_free(ctx);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_for_a_board_verifies),
        cmocka_unit_test(a_token_is_no_topology),
        cmocka_unit_test(a_token_of_another_device_is_found),
        cmocka_unit_test(a_device_s_token_without_claims_is_malformed),
        cmocka_unit_test(who_is_listed_is_expected),
        cmocka_unit_test(whom_nobody_listed_is_not_expected),
        cmocka_unit_test(what_the_signer_says_besides_is_shown),
        cmocka_unit_test(the_signer_s_anchors_are_the_result_s),
        cmocka_unit_test(a_token_alone_hides_nothing_of_an_overall_one),
        cmocka_unit_test(a_policy_is_about_every_overall_token),
        cmocka_unit_test(counts_kids_that_nobody_knows),
        cmocka_unit_test(without_an_argument_there_is_no_verdict),
        cmocka_unit_test(a_cancelled_context_gives_no_verdict),
    };

    return cmocka_run_group_tests_name("tokens", tests, set_up, tear_down);
}
