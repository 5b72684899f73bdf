/* SPDX-License-Identifier: Apache-2.0 */
/* The client against a service on loopback that answers as a script says. */
#include "remote/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "support/runs.h"

static struct ga_result *
verify(struct client *c, const struct ga_evidence *evidence)
{
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    must(ga_remote_verify(c->remote, c->ctx, evidence, &scene.nonce, &r, &err),
         &err);
    return r;
}

static void
expect_error(struct client *c, enum ga_rc rc, const char *text)
{
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(
        ga_remote_verify(c->remote, c->ctx, scene.gpus, &scene.nonce, &r, &err),
        rc);
    if (strstr(err.text, text) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", text, err.text);
    assert_null(r);
}

static void
asks_apart_and_verifies_together(void **state)
{
    struct client c = client(NULL);
    struct ga_result *r = verify(&c, scene.all);
    struct ga_device_view d;

    (void)state;
    expect_failed(r, "");
    assert_string_equal(ga_result_summary(r), "VERIFIED 2 GPUs, 1 NVSwitch");
    assert_int_equal(scene.attestations, 2);
    assert_true(ga_result_device(r, 0, &d));
    assert_string_equal(d.label, "GPU-0");
    assert_string_equal(d.arch, "HOPPER"); /* by our own parse */
    assert_string_equal(d.mode, "ppcie");
    assert_non_null(d.device_id);
    ga_result_free(r);
    client_done(&c);
}

/* The member of the request for GPUs, as text. */
static const char *
member(json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

static void
sends_what_nras_takes(void **state)
{
    static const char *const more[] = {
        "claims-version", "2.0",  "service-key", "s3cret",
        "allow-hold",     "true", NULL
    };
    struct client c = client(more);
    struct ga_result *r = verify(&c, scene.gpus);
    GA_AUTO(json_t) *body = NULL;
    GA_AUTO_BUF struct ga_buf report = { 0 }, chain = { 0 };
    struct ga_evidence_view v;
    char hex[2 * GA_NONCE_LEN + 1];
    const json_t *list, *item;
    const char *head = NULL;

    (void)state;
    for (unsigned i = 0; i < server_requests(scene.server); i++)
        if (strstr(server_head(scene.server, i), "POST ") != NULL)
            head = server_head(scene.server, i);
    assert_non_null(head);
    assert_ptr_equal(strstr(head, "POST /v4/attest/gpu HTTP/1.1\r\n"), head);
    assert_non_null(strstr(head, "\r\nAuthorization: Bearer s3cret\r\n"));
    assert_non_null(
        strstr(head, "\r\nX-NVIDIA-OCSP-ALLOW-CERT-HOLD: true\r\n"));
    assert_non_null(strstr(head, "\r\nx-request-id: "));
    assert_non_null(strstr(head, "\r\nContent-Type: application/json\r\n"));
    assert_int_equal(
        ga_json_parse(ga_bytes_of(scene.body[0], strlen(scene.body[0])), &body,
                      NULL),
        GA_OK);
    ga_nonce_text(&scene.nonce, hex);
    assert_string_equal(member(body, "nonce"), hex);
    assert_string_equal(member(body, "arch"), "HOPPER");
    assert_string_equal(member(body, "claims_version"), "2.0");
    list = json_object_get(body, "evidence_list");
    assert_int_equal(json_array_size(list), 2);
    item = json_array_get(list, 1);
    assert_int_equal(ga_evidence_get(scene.gpus, 1, &v, NULL), GA_OK);
    assert_int_equal(
        ga_base64_decode(json_string_value(json_object_get(item, "evidence")),
                         json_string_length(json_object_get(item, "evidence")),
                         0, &report, NULL),
        GA_OK);
    assert_int_equal(report.len, v.report_len);
    assert_memory_equal(report.ptr, v.report, v.report_len);
    assert_int_equal(
        ga_base64_decode(
            json_string_value(json_object_get(item, "certificate")),
            json_string_length(json_object_get(item, "certificate")), 0, &chain,
            NULL),
        GA_OK);
    assert_memory_equal(chain.ptr, v.chain, v.chain_len);
    ga_result_free(r);
    client_done(&c);
}

/* Nothing that was not asked for goes along. */
static void
sends_no_key_and_no_hold_unasked(void **state)
{
    struct client c = client(NULL);
    struct ga_result *r = verify(&c, scene.gpus);

    (void)state;
    for (unsigned i = 0; i < server_requests(scene.server); i++) {
        assert_null(strstr(server_head(scene.server, i), "Authorization"));
        assert_null(strstr(server_head(scene.server, i), "HOLD"));
    }
    ga_result_free(r);
    client_done(&c);
}

/* The key goes with evidence, not with the question for public keys. */
static void
shows_the_key_with_evidence_alone(void **state)
{
    static const char *const more[] = { "service-key", "s3cret", NULL };
    struct client c = client(more);
    struct ga_result *r = verify(&c, scene.gpus);

    (void)state;
    for (unsigned i = 0; i < server_requests(scene.server); i++) {
        const char *head = server_head(scene.server, i);

        if (strncmp(head, "GET ", 4) == 0)
            assert_null(strstr(head, "s3cret"));
    }
    ga_result_free(r);
    client_done(&c);
}

static void
takes_a_base_or_an_endpoint(void **state)
{
    static const struct {
        const char *path, *asked;
    } rows[] = {
        { "/", "POST /v4/attest/gpu " },
        { "/v3/attest/gpu", "POST /v3/attest/gpu " },
        { "/v3/attest/switch/", "POST /v3/attest/gpu " },
        { "/v4", "POST /v4/attest/gpu " },
        { "/v4/attest/gpu", "POST /v4/attest/gpu " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char url[128];
        const char *more[] = { "nras-url", url, NULL };
        struct client c;
        struct ga_result *r;
        unsigned n = server_requests(scene.server);
        bool found = false;

        snprintf(url, sizeof(url), "%s%s", scene.issuer, rows[i].path);
        c = client(more);
        r = verify(&c, scene.gpus);
        expect_failed(r, ""); /* the issuer is the base */
        for (; n < server_requests(scene.server); n++)
            found = found ||
                    strstr(server_head(scene.server, n), rows[i].asked) != NULL;
        if (!found)
            fail_msg("%s", rows[i].path);
        ga_result_free(r);
        client_done(&c);
    }
}

static void
asks_for_the_keys_once(void **state)
{
    struct client c = client(NULL);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct ga_result *r = verify(&c, scene.gpus);

        expect_failed(r, "");
        ga_result_free(r);
    }
    assert_int_equal(scene.jwks_asked, 1);
    client_done(&c);
}

static void
asks_again_when_a_key_is_unknown(void **state)
{
    struct client c = client(NULL);
    struct ga_result *r = verify(&c, scene.gpus);

    (void)state;
    ga_result_free(r);
    ga_text_free(scene.jwks);
    scene.jwks = jwks_of(scene.next);
    make_answers(scene.next);
    /* Not so soon: who makes up names must not make us ask for each. */
    r = verify(&c, scene.gpus);
    assert_false(ga_result_verified(r));
    assert_non_null(
        strstr(text_of(r, GA_SET, "token.signature"), "no such key"));
    assert_int_equal(scene.jwks_asked, 1);
    ga_result_free(r);
    c.remote->jwks_at -= GA_JWKS_PAUSE_MS;
    r = verify(&c, scene.gpus);
    expect_failed(r, "");
    assert_int_equal(scene.jwks_asked, 2);
    ga_result_free(r);
    /* And in any case after an hour. */
    c.remote->jwks_at -= GA_JWKS_AGE_MS;
    r = verify(&c, scene.gpus);
    assert_int_equal(scene.jwks_asked, 3);
    ga_result_free(r);
    client_done(&c);
}

static void
tries_again_where_that_may_help(void **state)
{
    static const int again[] = { 408, 429, 500, 503 };

    (void)state;
    for (size_t i = 0; i < COUNT(again); i++) {
        struct client c = client(NULL);
        struct ga_result *r;

        scene.status = again[i];
        scene.fail_first = scene.attestations + 2;
        r = verify(&c, scene.gpus);
        expect_failed(r, "");
        ga_result_free(r);
        client_done(&c);
    }
}

static void
says_why_there_is_no_answer(void **state)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        { 400, "attestation of GPUs: HTTP 400 (the request is refused as "
               "malformed), tried once" },
        { 401, "HTTP 401 (access needs a key), tried once" },
        { 403, "HTTP 403 (access is refused), tried once" },
        { 404, "HTTP 404 (not there), tried once" },
        { 302, "HTTP 302 (a redirect, which is not followed), tried once" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct client c = client(NULL);

        scene.status = rows[i].status;
        scene.fail_first = 1000;
        expect_error(&c, GA_E_UNREACHABLE, rows[i].text);
        client_done(&c);
    }
}

static void
an_answer_that_is_none_is_no_verdict(void **state)
{
    static const char *const answers[] = {
        "",
        "<html>",
        "{}",
        "[]",
        "null",
        "[[\"JWT\",\"a.b.c\"]]",
        "[[\"JWT\",\"a.b.c\"],{\"GPU-0\":\"\",\"GPU-0\":\"\"}]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct client c = client(NULL);

        scene.instead = answers[i];
        expect_error(&c, GA_E_UNREACHABLE, "127.0.0.1");
        client_done(&c);
    }
}

/* Tokens that cannot be read are an answer, and rejected. */
static void
a_broken_token_is_rejected(void **state)
{
    struct client c = client(NULL);
    struct ga_result *r;

    (void)state;
    scene.instead = "[[\"JWT\",\"a.b.c\"],{\"GPU-0\":\"a.b\"}]";
    r = verify(&c, scene.gpus);
    assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
    ga_result_free(r);
    client_done(&c);
}

static void
keys_that_are_none_are_no_verdict(void **state)
{
    struct client c = client(NULL);

    (void)state;
    ga_text_free(scene.jwks);
    scene.jwks = strdup("{}");
    expect_error(&c, GA_E_UNREACHABLE, "JWKS: no list \"keys\"");
    client_done(&c);
}

static void
ends_at_the_deadline(void **state)
{
    static const char *const more[] = { "timeout", "1s", NULL };
    struct client c = client(more);

    (void)state;
    scene.delay_ms = 3000;
    expect_error(&c, GA_E_UNREACHABLE, "no answer within 1 s");
    client_done(&c);
}

static void
ends_when_it_is_cancelled(void **state)
{
    struct client c = client(NULL);

    (void)state;
    ga_remote_cancel(c.remote);
    expect_error(&c, GA_E_CANCELLED, "cancelled");
    client_done(&c);
    c = client(NULL);
    ga_cancel(c.ctx);
    expect_error(&c, GA_E_CANCELLED, "cancelled");
    client_done(&c);
}

/* The scene's devices, with a member of one item as a file says it. */
static struct ga_evidence *
evidence_that_says(size_t item, const char *member, const char *value)
{
    struct ga_evidence *out = NULL;
    struct ga_error err = { 0 };
    GA_AUTO(json_t) *list = NULL;
    GA_AUTO_FREE char *edited = NULL;
    char *text = NULL;

    must(ga_evidence_json(scene.all, &text, &err), &err);
    list = json_loads(text, 0, NULL);
    ga_text_free(text);
    assert_int_equal(json_object_set_new(json_array_get(list, item), member,
                                         json_string(value)),
                     0);
    edited = json_dumps(list, 0);
    assert_non_null(edited);
    must(ga_evidence_new(&out, &err), &err);
    must(ga_evidence_parse(out, edited, strlen(edited), &err), &err);
    return out;
}

#define OTHER_NONCE \
    "00000000000000000000000000000000000000000000000000000000000000ff"

/* Rules 2 and 4, whoever verifies. */
static void
what_files_and_callers_say_must_agree(void **state)
{
    static const struct {
        size_t item;
        const char *member, *value, *arch, *failed;
    } rows[] = {
        { 1, "nonce", OTHER_NONCE, NULL, "token.nonce:nonce_other" },
        { 0, "arch", "BLACKWELL", NULL, "GPU-0 token.device:mismatch" },
        { 0, "arch", "hopper", "HOPPER", "SWITCH-0 token.device:mismatch" },
    };
    static const char *const texts[] = {
        "evidence item 2: evidence carries " OTHER_NONCE
        "; pass it only if you chose it",
        "the evidence says BLACKWELL, certificates say HOPPER",
        "the caller says HOPPER, certificates say LS10",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const more[] = { rows[i].arch != NULL ? "arch" : NULL,
                                     rows[i].arch, NULL };
        struct ga_evidence *evidence =
            evidence_that_says(rows[i].item, rows[i].member, rows[i].value);
        struct client c = client(more);
        struct ga_result *r = verify(&c, evidence);
        char *json = NULL;

        expect_failed(r, rows[i].failed);
        assert_int_equal(ga_result_verdict(r), GA_VERDICT_REJECTED);
        assert_int_equal(ga_result_json(r, &json, NULL), GA_OK);
        if (strstr(json, texts[i]) == NULL)
            fail_msg("\"%s\" is not in %s", texts[i], json);
        ga_text_free(json);
        ga_result_free(r);
        ga_evidence_free(evidence);
        client_done(&c);
    }
}

/* Nobody is asked about evidence that is not what it should be. */
static void
sends_nothing_with_a_nonce_that_is_none(void **state)
{
    struct client c = client(NULL);
    struct ga_evidence *evidence = evidence_that_says(1, "nonce", "ff");
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(
        ga_remote_verify(c.remote, c.ctx, evidence, &scene.nonce, &r, &err),
        GA_E_BAD_VALUE);
    assert_string_equal(err.text, "evidence item 2: nonce: not 64 hex digits");
    assert_int_equal(scene.attestations, 0);
    ga_evidence_free(evidence);
    client_done(&c);
}

static void
wants_the_kind_that_is_named(void **state)
{
    struct client c = client(NULL);
    struct ga_evidence *none = NULL;
    struct ga_result *r = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_remote_verify_gpu(c.remote, c.ctx, scene.all,
                                          &scene.nonce, &r, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text, "1 NVSwitches among the GPUs");
    assert_int_equal(ga_remote_verify_switch(c.remote, c.ctx, scene.gpus,
                                             &scene.nonce, &r, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text, "2 GPUs among the NVSwitches");
    must(ga_evidence_new(&none, &err), &err);
    assert_int_equal(
        ga_remote_verify(c.remote, c.ctx, none, &scene.nonce, &r, &err),
        GA_E_MISSING);
    assert_string_equal(err.text, "no devices");
    assert_int_equal(scene.attestations, 0);
    must(ga_remote_verify_switch(c.remote, c.ctx, scene.switches, &scene.nonce,
                                 &r, &err),
         &err);
    expect_failed(r, "");
    ga_result_free(r);
    r = NULL;
    must(ga_remote_verify_gpu(c.remote, c.ctx, scene.gpus, &scene.nonce, &r,
                              &err),
         &err);
    expect_failed(r, "");
    ga_result_free(r);
    ga_evidence_free(none);
    client_done(&c);
}

/* A good answer to somebody else's evidence. */
static void
another_devices_answer_is_rejected(void **state)
{
    struct client c = client(NULL);
    struct ga_evidence *one = NULL;
    struct ga_evidence_view v;
    struct ga_result *r;
    struct ga_error err = { 0 };

    (void)state;
    must(ga_evidence_new(&one, &err), &err);
    must(ga_evidence_get(scene.gpus, 1, &v, &err), &err);
    must(ga_evidence_add(one, v.report, v.report_len, v.chain, v.chain_len,
                         &err),
         &err);
    r = verify(&c, one);
    expect_failed(r, "GPU-0 token.device:mismatch,GPU-1 token.device:absent,"
                     "token.count:count_other");
    ga_result_free(r);
    ga_evidence_free(one);
    client_done(&c);
}

static void
gives_the_keys_as_they_came(void **state)
{
    struct client c = client(NULL);
    struct ga_error err = { 0 };
    char *text = NULL;

    (void)state;
    must(ga_remote_jwks(c.remote, &text, &err), &err);
    assert_string_equal(text, scene.jwks);
    ga_text_free(text);
    must(ga_remote_jwks(c.remote, &text, &err), &err);
    ga_text_free(text);
    assert_int_equal(scene.jwks_asked, 1);
    client_done(&c);
}

static void
refuses_settings_that_are_none(void **state)
{
    static const struct {
        const char *name, *value;
        enum ga_rc rc;
        const char *text;
    } rows[] = {
        { "nras-url", "http://nras.example.org", GA_E_INVAL, "nras-url: " },
        { "nras-url", "https://u@example.org", GA_E_INVAL, "nras-url: " },
        { "service-key", "a\r\nb", GA_E_INVAL,
          "service-key: a character that no key has" },
        { "service-key", "a\nX: y", GA_E_INVAL,
          "service-key: a character that no key has" },
        { "service-key", "a b", GA_E_INVAL,
          "service-key: a character that no key has" },
        { "tls-ca-cert", "/nowhere/ca.pem", GA_E_FILE,
          "tls-ca-cert: /nowhere/ca.pem: no file that can be read" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const more[] = { rows[i].name, rows[i].value, NULL };
        struct ga_settings *set = settings(more);
        struct ga_remote *remote = NULL;
        struct ga_error err = { 0 };

        assert_int_equal(ga_remote_new(set, &remote, &err), rows[i].rc);
        if (strncmp(err.text, rows[i].text, strlen(rows[i].text)) != 0)
            fail_msg("%s", err.text);
        assert_null(strstr(err.text, "a b"));
        assert_null(remote);
        ga_settings_free(set);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_apart_and_verifies_together),
        TEST(sends_what_nras_takes),
        TEST(sends_no_key_and_no_hold_unasked),
        TEST(shows_the_key_with_evidence_alone),
        TEST(takes_a_base_or_an_endpoint),
        TEST(asks_for_the_keys_once),
        TEST(asks_again_when_a_key_is_unknown),
        TEST(tries_again_where_that_may_help),
        TEST(says_why_there_is_no_answer),
        TEST(an_answer_that_is_none_is_no_verdict),
        TEST(a_broken_token_is_rejected),
        TEST(keys_that_are_none_are_no_verdict),
        TEST(ends_at_the_deadline),
        TEST(ends_when_it_is_cancelled),
        TEST(what_files_and_callers_say_must_agree),
        TEST(sends_nothing_with_a_nonce_that_is_none),
        TEST(wants_the_kind_that_is_named),
        TEST(another_devices_answer_is_rejected),
        TEST(gives_the_keys_as_they_came),
        TEST(refuses_settings_that_are_none),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
