/* SPDX-License-Identifier: Apache-2.0 */
/* A service on loopback that answers as a script says, and clients of it. */
#include "remote/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "verify/result.h"

struct remote_scene scene;

void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK)
        fail_msg("%s", err->text);
}

static void
say(struct response *out, const char *text)
{
    out->status = 200;
    out->len = strlen(text);
    out->body = (uint8_t *)strdup(text);
}

/* Runs on the server's threads: asserts nothing. */
static void
script(void *user, const struct request *in, struct response *out)
{
    bool is_switch = strstr(in->path, "switch") != NULL;

    (void)user;
    if (strcmp(in->path, "/.well-known/jwks.json") == 0) {
        scene.jwks_asked++;
        say(out, scene.jwks);
        return;
    }
    out->delay_ms = scene.delay_ms;
    snprintf(scene.body[is_switch], sizeof(scene.body[is_switch]), "%.*s",
             (int)in->body_len, (const char *)in->body);
    if (__atomic_fetch_add(&scene.attestations, 1, __ATOMIC_SEQ_CST) <
        scene.fail_first) {
        out->status = scene.status;
        return;
    }
    say(out, scene.instead != NULL ? scene.instead : scene.answer[is_switch]);
}

static int64_t
world_now(void *user)
{
    (void)user;
    return scene.now;
}

struct ga_settings *
settings(const char *const *more)
{
    struct ga_settings *set = NULL;
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    must(ga_settings_set(set, "nras-url", scene.issuer, &err), &err);
    must(ga_settings_set(set, "token-anchor", scene.pin, &err), &err);
    for (; more != NULL && *more != NULL; more += 2)
        must(ga_settings_set(set, more[0], more[1], &err), &err);
    return set;
}

struct client
client(const char *const *more)
{
    const struct ga_seams seams = { .size = sizeof(seams), .now = world_now };
    struct ga_settings *set = settings(more);
    struct client c = { NULL, NULL };
    struct ga_error err = { 0 };

    must(ga_remote_new(set, &c.remote, &err), &err);
    must(ga_context_new(set, &seams, &c.ctx, &err), &err);
    ga_settings_free(set);
    return c;
}

void
client_done(struct client *c)
{
    ga_remote_free(c->remote);
    ga_context_free(c->ctx);
}

/* What a good service says of evidence. */
static char *
answer_to(const struct ga_evidence *evidence, const struct ga_signer *by)
{
    struct ga_settings *set = minted_settings(&scene.world);
    struct ga_eat_options o = { .size = sizeof(o), .issuer = scene.issuer };
    struct ga_context *ctx = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };
    char *eat = NULL;

    must(ga_context_new(set, NULL, &ctx, &err), &err);
    must(ga_verify(ctx, evidence, &scene.nonce, &r, &err), &err);
    assert_true(ga_result_verified(r));
    for (size_t i = 0; i < r->device_count; i++) {
        r->device[i].chain.ocsp.nonce_matches = true;
        for (size_t k = 0; k < GA_RIM_ROLES; k++)
            r->device[i].rim[k].chain.ocsp.nonce_matches = true;
    }
    r->at_given = false;
    r->custom_allowed = true;
    o.now = scene.now = ga_result_time(r);
    must(ga_result_eat(r, by, &o, &eat, &err), &err);
    ga_result_free(r);
    ga_context_free(ctx);
    ga_settings_free(set);
    return eat;
}

static void
split_evidence(void)
{
    struct ga_error err = { 0 };
    char path[128];

    minted_path(&scene.world, "evidence.json", path, sizeof(path));
    must(ga_evidence_new(&scene.all, &err), &err);
    must(ga_evidence_new(&scene.gpus, &err), &err);
    must(ga_evidence_new(&scene.switches, &err), &err);
    must(ga_evidence_load(scene.all, path, &err), &err);
    for (size_t i = 0; i < ga_evidence_count(scene.all); i++) {
        struct ga_evidence_view v;
        const char *arch;
        bool is_switch;

        must(ga_evidence_get(scene.all, i, &v, &err), &err);
        must(ga_evidence_arch(scene.all, i, &arch, &is_switch, &err), &err);
        must(ga_evidence_add(is_switch ? scene.switches : scene.gpus, v.report,
                             v.report_len, v.chain, v.chain_len, &err),
             &err);
    }
}

char *
jwks_of(const struct ga_signer *signer)
{
    struct ga_error err = { 0 };
    char *text = NULL;

    must(ga_jwks_make(&signer, 1, &text, &err), &err);
    return text;
}

void
make_answers(const struct ga_signer *by)
{
    for (int k = 0; k < GA_REMOTE_KINDS; k++)
        ga_text_free(scene.answer[k]);
    scene.answer[GA_REMOTE_GPU] = answer_to(scene.gpus, by);
    scene.answer[GA_REMOTE_SWITCH] = answer_to(scene.switches, by);
}

int
set_up(void **state)
{
    struct der der;
    struct ga_buf pem;

    (void)state;
    mint(&scene.world, 2, 1, NULL);
    scene.nonce = scene.world.world->o.nonce;
    made_authority_init(&scene.authority, "CN=token authority", true);
    scene.signer =
        made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    scene.next = made_token_signer(&scene.authority, "CN=" GA_TOKEN_SIGNER_CN);
    der = made_der(&scene.authority.spec);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    scene.pin = made_file(ga_view(&pem));
    ga_buf_done(&pem);
    split_evidence();
    return 0;
}

int
tear_down(void **state)
{
    (void)state;
    for (int k = 0; k < GA_REMOTE_KINDS; k++)
        ga_text_free(scene.answer[k]);
    unlink(scene.pin);
    free(scene.pin);
    ga_signer_free(scene.signer);
    ga_signer_free(scene.next);
    made_authority_done(&scene.authority);
    ga_evidence_free(scene.all);
    ga_evidence_free(scene.gpus);
    ga_evidence_free(scene.switches);
    minted_done(&scene.world);
    return 0;
}

/* Each test has a service of its own. */
int
start(void **state)
{
    (void)state;
    scene.server = server_start(script, NULL);
    snprintf(scene.issuer, sizeof(scene.issuer), "http://127.0.0.1:%u",
             server_port(scene.server));
    scene.jwks = jwks_of(scene.signer);
    make_answers(scene.signer);
    scene.fail_first = scene.attestations = scene.jwks_asked = 0;
    scene.status = 503;
    scene.instead = NULL;
    scene.delay_ms = 0;
    return 0;
}

int
stop(void **state)
{
    (void)state;
    server_stop(scene.server);
    ga_text_free(scene.jwks);
    return 0;
}
