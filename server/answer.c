/* SPDX-License-Identifier: Apache-2.0 */
/* A body in, a detached EAT out: the verdict is the verifier's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "gpuattest/verify.h"
#include "server/answer.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

#define AUTO_REQUEST __attribute__((cleanup(server_request_done)))

/* NRAS's own number for a nonce that is none.  Source: spec-protocol */
#define CODE_INVALID_NONCE 4003

/* Which status an error of that class is. */
static void
refuse(const struct server_answerer *a, const struct server_question *q,
       enum ga_rc rc, const struct ga_error *err, struct server_reply *out)
{
    switch (ga_error_class(rc)) {
    case GA_CLASS_USAGE:
        server_reply_code(out, 400, CODE_INVALID_NONCE, "INVALID_NONCE",
                          err->text);
        return;
    case GA_CLASS_FORMAT:
        server_reply_error(out, 400, "BAD_REQUEST", err->text);
        return;
    case GA_CLASS_IO:
        out->retry = true;
        server_reply_error(out, 503, "UNAVAILABLE", err->text);
        return;
    case GA_CLASS_NONE:
    case GA_CLASS_SYSTEM:
    default:
        break;
    }
    server_log_line(a->log, SERVER_ERROR, "internal",
                    json_pack("{s:s,s:o}", "request_id", q->id, "error",
                              server_log_text(err->text)));
    server_reply_error(out, 500, "INTERNAL", "internal error");
}

/* Every device must be of the path's kind: its label says so to the client. */
static enum ga_rc
check_kinds(const struct ga_result *res, enum server_class class,
            struct ga_error *err)
{
    const char *want = class == SERVER_GPU ? "gpu" : "nvswitch";
    struct ga_device_view d;

    for (size_t i = 0; ga_result_device(res, i, &d); i++)
        if (strcmp(d.type, want) != 0)
            return ga_fail(err, GA_E_BAD_VALUE,
                           "evidence_list: item %zu: no evidence of %s", i + 1,
                           class == SERVER_GPU ? "a GPU" : "an NVSwitch");
    return GA_OK;
}

/* The first check that was not made because somebody did not answer. */
static enum ga_rc
unreachable(const struct ga_result *res, struct ga_error *err)
{
    struct ga_check_view c;
    size_t at = 0, device;

    while (ga_result_next_failed(res, &at, &device, &c))
        if (c.reason != NULL && strcmp(c.reason, "unreachable") == 0)
            return ga_fail(err, GA_E_UNREACHABLE, "%s: %s", c.name,
                           c.text != NULL ? c.text : c.reason);
    return ga_fail(err, GA_E_UNREACHABLE, "%s", ga_result_summary(res));
}

/* What turned the verdict, for the log: the client has claims. */
static json_t *
failures(const struct ga_result *res)
{
    json_t *list = json_array();
    struct ga_check_view c;
    size_t at = 0, device;

    while (list != NULL && ga_result_next_failed(res, &at, &device, &c)) {
        struct ga_device_view d = { .label = "set" };
        char text[GA_ERROR_TEXT];

        if (device != GA_SET && !ga_result_device(res, device, &d))
            break;
        snprintf(text, sizeof(text), "%s: %s%s%s", d.label, c.name,
                 c.reason != NULL ? ": " : "",
                 c.reason != NULL ? c.reason : "");
        json_array_append_new(list, server_log_text(text));
    }
    for (size_t i = 0; list != NULL; i++) {
        struct ga_policy_view p;

        if (!ga_result_policy(res, i, &p))
            break;
        if (!p.passed)
            json_array_append_new(list, server_log_text(p.why));
    }
    return list;
}

static void
note(const struct server_answerer *a, const struct server_question *q,
     const struct ga_result *res, bool said_true)
{
    struct ga_device_view d;

    atomic_fetch_add(
        said_true ? &a->metrics->tokens_true : &a->metrics->tokens_false, 1);
    for (size_t i = 0; ga_result_device(res, i, &d); i++)
        atomic_fetch_add(d.verified ? &a->metrics->devices_verified
                                    : &a->metrics->devices_rejected,
                         1);
    if (a->log->most >= SERVER_INFO)
        server_log_line(a->log, SERVER_INFO, "verdict",
                        json_pack("{s:s,s:b,s:o,s:o}", "request_id", q->id,
                                  "result", said_true, "summary",
                                  server_log_text(ga_result_summary(res)),
                                  "failed", failures(res)));
}

static enum ga_rc
sign(const struct server_answerer *a, struct server_state *state,
     const struct server_question *q, const char *version,
     const struct ga_result *res, struct server_reply *out,
     struct ga_error *err)
{
    const ga_time now = (ga_time)time(NULL);
    struct server_key *key = server_keys_signer(&state->keys, now);
    /* What a client asked for by its header is named in its token. */
    const struct ga_eat_options options = {
        .size = sizeof(options),
        .issuer = a->issuer,
        .version = version,
        .now = now,
        .lifetime = a->o->token_lifetime,
        .allow_relaxed = a->o->allow_relaxed,
        .caller_nonce = true,
        .allow_hold = q->hold,
    };
    enum ga_rc rc;

    if (key == NULL)
        return ga_fail(err, GA_E_UNREACHABLE, "no key is valid now");
    rc = ga_result_eat(res, key->signer, &options, &out->body, err);
    if (rc != GA_OK)
        return rc;
    atomic_store(&key->last_used, now);
    out->status = 200;
    out->type = "application/json";
    out->attested = true;
    note(a, q, res, ga_result_eat_true(res, &options));
    return GA_OK;
}

static enum ga_rc
judge(const struct server_answerer *a, struct server_state *state,
      const struct server_question *q, const struct server_request *r,
      struct server_reply *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    enum ga_rc rc = ga_verify(state->context[q->class][q->hold], r->evidence,
                              &r->nonce, &res, err);

    if (rc == GA_OK)
        rc = check_kinds(res, q->class, err);
    if (rc == GA_OK && ga_result_verdict(res) == GA_VERDICT_UNREACHABLE)
        rc = unreachable(res, err);
    return rc == GA_OK ? sign(a, state, q, r->version, res, out, err) : rc;
}

void
server_answer(const struct server_answerer *a, struct server_state *state,
              const struct server_question *q, struct ga_bytes body,
              struct server_reply *out)
{
    const struct server_request_rules rules = {
        .class = q->class,
        .version = q->version,
        .max_items = (size_t)a->o->max_items,
    };
    AUTO_REQUEST struct server_request r = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = server_request_parse(body, &rules, &r, &err);

    if (rc == GA_OK)
        rc = judge(a, state, q, &r, out, &err);
    if (rc != GA_OK)
        refuse(a, q, rc, &err, out);
}
