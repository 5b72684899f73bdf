/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence out, tokens in, and a verdict on them. */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "gpuattest/token.h"
#include "remote/remote.h"

GA_DEFINE_AUTO_STRUCT(ga_jwks, ga_jwks_free);

#define JWKS_PATH "/.well-known/jwks.json"

/* GPUs, switches, keys. */
#define ASKS (GA_REMOTE_KINDS + 1)

/* One call, from evidence to verdict. */
struct call {
    struct ga_remote *remote;
    int64_t deadline, now; /* monotonic milliseconds */
    struct ga_remote_request request[GA_REMOTE_KINDS];
    struct ga_http_ask ask[ASKS];
    size_t asks;
    const char *headers[8];
    char request_id[40];
    char *jwks_url, *jwks;
    bool jwks_fetched; /* in this call */
};

static void
call_done(struct call *c)
{
    for (int k = 0; k < GA_REMOTE_KINDS; k++)
        ga_remote_request_done(&c->request[k]);
    for (size_t i = 0; i < c->asks; i++)
        ga_buf_done(&c->ask[i].body);
    free(c->jwks_url);
    free(c->jwks);
}

static int64_t
now_ms(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What goes along with evidence, and to this service alone. */
static enum ga_rc
make_headers(struct call *c, struct ga_error *err)
{
    uint8_t id[16];
    size_t n = 0;

    if (RAND_bytes(id, sizeof(id)) != 1)
        return ga_fail(err, GA_E_INTERNAL, "no random bytes");
    ga_hex(ga_bytes_of(id, sizeof(id)), c->request_id);
    c->headers[n++] = "x-request-id";
    c->headers[n++] = c->request_id;
    if (c->remote->authorization != NULL) {
        c->headers[n++] = "Authorization";
        c->headers[n++] = c->remote->authorization;
    }
    if (c->remote->allow_hold) {
        c->headers[n++] = "X-NVIDIA-OCSP-ALLOW-CERT-HOLD";
        c->headers[n++] = "true";
    }
    return GA_OK;
}

static void
ask_attestation(struct call *c, struct ga_remote_request *r, const char *what)
{
    r->ask = &c->ask[c->asks++];
    *r->ask = (struct ga_http_ask){
        .to = &c->remote->base,
        .url = r->url,
        .what = what,
        .post = ga_bytes_of(r->body, strlen(r->body)),
        .post_type = "application/json",
        .accept = "application/json",
        .headers = c->headers,
        .max = GA_TOKEN_MAX,
    };
}

static struct ga_http_ask *
ask_keys(struct call *c)
{
    struct ga_http_ask *ask = &c->ask[c->asks++];

    *ask = (struct ga_http_ask){ .to = &c->remote->base,
                                 .url = c->jwks_url,
                                 .what = "JWKS",
                                 .accept = "application/json",
                                 .max = GA_JWKS_MAX };
    return ask;
}

/* Whoever does not answer as he should is not there. */
static enum ga_rc
answered(const struct ga_http_ask *ask, struct ga_error *err)
{
    if (ask->rc == GA_OK)
        return GA_OK;
    return ga_fail(err,
                   ask->rc == GA_E_NOMEM || ask->rc == GA_E_CANCELLED
                       ? ask->rc
                       : GA_E_UNREACHABLE,
                   "%s", ask->err.text);
}

/* Takes the keys that came, and keeps them. */
static enum ga_rc
take_keys(struct call *c, const struct ga_http_ask *ask, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_jwks) *jwks = NULL;
    enum ga_rc rc = answered(ask, err);
    char *text;

    if (rc == GA_OK)
        rc = ga_jwks_parse(ask->body.len > 0 ? (const char *)ask->body.ptr : "",
                           ask->body.len, &jwks, err);
    if (ga_error_class(rc) == GA_CLASS_FORMAT) {
        if (err != NULL)
            err->code = GA_E_UNREACHABLE;
        rc = ga_within(err, GA_E_UNREACHABLE, "%s", ask->to->host);
    }
    if (rc != GA_OK)
        return rc;
    text = strndup((const char *)ask->body.ptr, ask->body.len);
    if (text == NULL || !ga_remote_keys_keep(c->remote, text, c->now)) {
        free(text);
        return ga_nomem(err);
    }
    free(c->jwks);
    c->jwks = text;
    c->jwks_fetched = true;
    return GA_OK;
}

/* Evidence and, where none are kept, the question for the keys, side by
 * side. */
static enum ga_rc
exchange(struct call *c, struct ga_error *err)
{
    struct ga_http_ask *keys = NULL;
    enum ga_rc rc = GA_OK;

    if (c->request[GA_REMOTE_GPU].devices > 0)
        ask_attestation(c, &c->request[GA_REMOTE_GPU], "attestation of GPUs");
    if (c->request[GA_REMOTE_SWITCH].devices > 0)
        ask_attestation(c, &c->request[GA_REMOTE_SWITCH],
                        "attestation of NVSwitches");
    c->jwks = ga_remote_keys_kept(c->remote, c->now);
    if (c->jwks == NULL)
        keys = ask_keys(c);
    rc = ga_http_run_by(c->remote->http, c->deadline, c->ask, c->asks, err);
    for (size_t i = 0; i < c->asks && rc == GA_OK; i++)
        rc = answered(&c->ask[i], err);
    if (rc == GA_OK && keys != NULL)
        rc = take_keys(c, keys, err);
    return rc;
}

static bool
names_unknown_key(const struct call *c, const struct ga_jwks *jwks)
{
    size_t unknown = 0;

    for (int k = 0; k < GA_REMOTE_KINDS; k++)
        if (c->request[k].ask != NULL)
            unknown += ga_token_unknown_kids(jwks, c->request[k].ask->body.ptr,
                                             c->request[k].ask->body.len);
    return unknown > 0;
}

static enum ga_rc
parse_keys(const struct call *c, struct ga_jwks **out, struct ga_error *err)
{
    return ga_jwks_parse(c->jwks, strlen(c->jwks), out, err);
}

/* The keys for the answers: those that are kept, or, where a token names one
 * that is not among them, what the service has now. */
static enum ga_rc
find_keys(struct call *c, struct ga_jwks **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_jwks) *jwks = NULL;
    struct ga_http_ask *ask;
    enum ga_rc rc = parse_keys(c, &jwks, err);

    if (rc == GA_OK && !c->jwks_fetched && names_unknown_key(c, jwks) &&
        ga_remote_keys_due(c->remote, c->now)) {
        ask = ask_keys(c);
        rc = ga_http_run_by(c->remote->http, c->deadline, ask, 1, err);
        if (rc == GA_OK)
            rc = take_keys(c, ask, err);
        if (rc == GA_OK) {
            ga_jwks_free(GA_TAKE(jwks));
            rc = parse_keys(c, &jwks, err);
        }
    }
    if (rc == GA_OK)
        *out = GA_TAKE(jwks);
    return rc;
}

/* A body without bytes has no memory either. */
static struct ga_token_answer
answer_of(const struct ga_http_ask *ask)
{
    return (struct ga_token_answer){
        ask->body.len > 0 ? (const void *)ask->body.ptr : "", ask->body.len
    };
}

static enum ga_rc
judge(struct call *c, struct ga_context *ctx,
      const struct ga_evidence *evidence, const struct ga_nonce *nonce,
      struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_jwks) *jwks = NULL;
    struct ga_token_answer answer[GA_REMOTE_KINDS];
    size_t count = 0;
    enum ga_rc rc = find_keys(c, &jwks, err);

    if (rc != GA_OK)
        return rc;
    for (int k = 0; k < GA_REMOTE_KINDS; k++)
        if (c->request[k].ask != NULL)
            answer[count++] = answer_of(c->request[k].ask);
    rc = ga_token_verify_sent(ctx, jwks, answer, count, evidence, nonce, out,
                              err);
    /* What came is no answer. */
    if (ga_error_class(rc) == GA_CLASS_FORMAT) {
        if (err != NULL)
            err->code = GA_E_UNREACHABLE;
        return ga_within(err, GA_E_UNREACHABLE, "%s", c->remote->base.host);
    }
    return rc;
}

/* A kind that is not wanted is an error, and not passed over. */
static enum ga_rc
check_kinds(const struct call *c, bool gpus, bool switches,
            struct ga_error *err)
{
    size_t g = c->request[GA_REMOTE_GPU].devices;
    size_t s = c->request[GA_REMOTE_SWITCH].devices;

    if (g + s == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    if (!gpus && g > 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%zu GPUs among the NVSwitches", g);
    if (!switches && s > 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%zu NVSwitches among the GPUs", s);
    return GA_OK;
}

static enum ga_rc
verify(struct ga_remote *remote, struct ga_context *ctx,
       const struct ga_evidence *evidence, const struct ga_nonce *nonce,
       bool gpus, bool switches, struct ga_result **out, struct ga_error *err)
{
    struct call c = { .remote = remote };
    enum ga_rc rc;

    if (remote == NULL || ctx == NULL || nonce == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "remote: NULL");
    c.now = now_ms();
    c.deadline = ga_http_deadline(remote->http);
    c.jwks_url = ga_url_below(&remote->base, JWKS_PATH);
    rc = c.jwks_url != NULL ? make_headers(&c, err) : ga_nomem(err);
    if (rc == GA_OK)
        rc = ga_remote_requests(remote, evidence, nonce, c.request, err);
    if (rc == GA_OK)
        rc = check_kinds(&c, gpus, switches, err);
    if (rc == GA_OK)
        rc = exchange(&c, err);
    if (rc == GA_OK)
        rc = judge(&c, ctx, evidence, nonce, out, err);
    call_done(&c);
    return rc;
}

enum ga_rc
ga_remote_verify(struct ga_remote *remote, struct ga_context *ctx,
                 const struct ga_evidence *evidence,
                 const struct ga_nonce *nonce, struct ga_result **out,
                 struct ga_error *err)
{
    return verify(remote, ctx, evidence, nonce, true, true, out, err);
}

enum ga_rc
ga_remote_verify_gpu(struct ga_remote *remote, struct ga_context *ctx,
                     const struct ga_evidence *evidence,
                     const struct ga_nonce *nonce, struct ga_result **out,
                     struct ga_error *err)
{
    return verify(remote, ctx, evidence, nonce, true, false, out, err);
}

enum ga_rc
ga_remote_verify_switch(struct ga_remote *remote, struct ga_context *ctx,
                        const struct ga_evidence *evidence,
                        const struct ga_nonce *nonce, struct ga_result **out,
                        struct ga_error *err)
{
    return verify(remote, ctx, evidence, nonce, false, true, out, err);
}

enum ga_rc
ga_remote_jwks(struct ga_remote *remote, char **out, struct ga_error *err)
{
    struct call c = { .remote = remote };
    enum ga_rc rc = GA_OK;

    if (remote == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "remote: NULL");
    c.now = now_ms();
    c.jwks = ga_remote_keys_kept(remote, c.now);
    if (c.jwks == NULL) {
        struct ga_http_ask *ask;

        c.jwks_url = ga_url_below(&remote->base, JWKS_PATH);
        if (c.jwks_url == NULL)
            return ga_nomem(err);
        ask = ask_keys(&c);
        rc = ga_http_run(remote->http, ask, 1, err);
        if (rc == GA_OK)
            rc = take_keys(&c, ask, err);
    }
    if (rc == GA_OK)
        *out = GA_TAKE(c.jwks);
    call_done(&c);
    return rc;
}
