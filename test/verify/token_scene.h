/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_VERIFY_TOKEN_SCENE_H
#define TEST_VERIFY_TOKEN_SCENE_H

/* A service's tokens for a GPU and two NVSwitches, and what verifies them. */
#include "support/token_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sim/token_work.h"
#include "support/runs.h"
#include "support/token_maker.h"
#include "support/worlds.h"
#include "verify/result.h"

#define ISSUER "https://nras.example.org"

static struct {
    struct minted world; /* GPU-0, SWITCH-0, SWITCH-1 */
    struct ga_evidence *evidence;
    struct made_authority authority;
    struct ga_signer *signer;
    struct ga_jwks *jwks;
    char *pin, *eat, at[GA_TIME_TEXT];
    int64_t now;
    struct ga_context *ctx;
} scene;

static struct ga_context *
context(const char *name, const char *value)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    must(ga_settings_set(set, "issuer", ISSUER, &err), &err);
    must(ga_settings_set(set, "token-anchor", scene.pin, &err), &err);
    must(ga_settings_set(set, "at", scene.at, &err), &err);
    must(ga_settings_set(set, name, value, &err), &err);
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

/* What a good service would answer, as if it had asked for OCSP answers just
 * now. */
static char *
sign_eat(void)
{
    struct ga_result *r = minted_verify(&scene.world, NULL);
    struct ga_eat_options o = { .size = sizeof(o), .issuer = ISSUER };
    struct ga_error err = { 0 };
    char *eat = NULL;

    assert_true(ga_result_verified(r));
    for (size_t i = 0; i < r->device_count; i++) {
        r->device[i].chain.ocsp.nonce_matches = true;
        for (size_t k = 0; k < GA_RIM_ROLES; k++)
            r->device[i].rim[k].chain.ocsp.nonce_matches = true;
    }
    r->at_given = false;
    r->custom_allowed = true;
    o.now = scene.now = ga_result_time(r);
    ga_time_text(scene.now, scene.at);
    must(ga_result_eat(r, scene.signer, &o, &eat, &err), &err);
    ga_result_free(r);
    return eat;
}

static void
make_pin(void)
{
    struct der der = made_der(&scene.authority.spec);
    struct ga_buf pem =
        made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));

    scene.pin = made_file(ga_view(&pem));
    ga_buf_done(&pem);
}

static int
set_up(void **state)
{
    const struct ga_signer *const *signers =
        (const struct ga_signer *const *)&scene.signer;
    char path[128], *keys = NULL;
    struct ga_error err = { 0 };

    (void)state;
    mint(&scene.world, 1, 2, NULL);
    minted_path(&scene.world, "evidence.json", path, sizeof(path));
    must(ga_evidence_new(&scene.evidence, &err), &err);
    must(ga_evidence_load(scene.evidence, path, &err), &err);
    made_authority_init(&scene.authority, "CN=token authority", false);
    scene.signer =
        made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    make_pin();
    must(ga_jwks_make(signers, 1, &keys, &err), &err);
    scene.jwks = jwks_of(keys);
    ga_text_free(keys);
    scene.eat = sign_eat();
    scene.ctx = context("offline", "true");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    ga_context_free(scene.ctx);
    ga_text_free(scene.eat);
    ga_jwks_free(scene.jwks);
    unlink(scene.pin);
    free(scene.pin);
    ga_signer_free(scene.signer);
    made_authority_done(&scene.authority);
    ga_evidence_free(scene.evidence);
    minted_done(&scene.world);
    return 0;
}

#endif
