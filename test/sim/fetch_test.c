/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated services, asked by the client of libgpuattest-net. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "gpuattest/net.h"
#include "sim/service.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/ocsp_request.h"

struct up {
    struct sim_world *w;
    struct sim_ailments ill;
    struct sim_services services;
    struct ga_net *net;
    char log[64];
};

static void
set(struct ga_settings *s, const char *name, const char *value)
{
    struct ga_error err = { 0 };

    if (ga_settings_set(s, name, value, &err) != GA_OK)
        fail_msg("%s", err.text);
}

static void
start(struct up *u, const char *trouble)
{
    struct ga_settings *s = NULL;
    struct ga_error err = { 0 };
    struct sim_options o;
    char url[64];
    int fd;

    memset(u, 0, sizeof(*u));
    snprintf(u->log, sizeof(u->log), "/tmp/gpuattest-requests-XXXXXX");
    fd = mkstemp(u->log);
    assert_true(fd >= 0);
    close(fd);
    assert_true(trouble[0] == '\0' || sim_ailments_add(&u->ill, trouble));
    assert_int_equal(sim_options_init(&o, (ga_time)time(NULL), NULL), GA_OK);
    assert_int_equal(sim_world_make(&o, &u->w, NULL), GA_OK);
    if (sim_services_open(&u->services, u->w, &u->ill, u->log, &err) != GA_OK ||
        sim_services_start(&u->services, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(ga_settings_new(&s, NULL), GA_OK);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u",
             u->services.end[SIM_RIM_SERVICE].port);
    set(s, "rim-url", url);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
             u->services.end[SIM_OCSP_SERVICE].port);
    set(s, "ocsp-url", url);
    set(s, "no-cache", "true");
    if (ga_net_new(s, &u->net, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_settings_free(s);
}

static void
stop(struct up *u)
{
    ga_net_free(u->net);
    sim_services_stop(&u->services);
    sim_world_free(u->w);
    assert_int_equal(unlink(u->log), 0);
}

/* Lines of the log with that text. */
static size_t
logged(const struct up *u, const char *text)
{
    GA_AUTO_BUF struct ga_buf log = { 0 };
    struct ga_bytes rest;
    size_t n = 0;

    assert_int_equal(ga_file_read(u->log, 1 << 20, &log, NULL), GA_OK);
    rest = ga_view(&log);
    for (const uint8_t *p; rest.len > 0 && (p = memmem(rest.ptr, rest.len, text,
                                                       strlen(text))) != NULL;
         n++)
        rest = ga_bytes_of(p + 1, rest.len - (size_t)(p + 1 - rest.ptr));
    return n;
}

static const uint8_t nonce[32] = { 0x7a, 1, 2, 3, [31] = 0xfe };

/* A question about GPU-0's BROM. */
static struct ga_ocsp_request
question_with(const struct sim_world *w, enum ga_ocsp_cert_id hash,
              size_t nonce_len)
{
    struct ga_ocsp_request r = { 0 };
    struct ga_cert *brom = NULL, *ica = NULL;
    struct ga_issuer issuer;

    assert_int_equal(
        ga_cert_parse(ga_view(&w->device[0].id.brom.der), &brom, NULL), GA_OK);
    assert_int_equal(
        ga_cert_parse(ga_view(&w->pki.ca[SIM_A_ICA_GPU].cert.der), &ica, NULL),
        GA_OK);
    issuer = (struct ga_issuer){ ica->subject, ica->key };
    assert_int_equal(ga_ocsp_request_make(brom, &issuer, hash,
                                          ga_bytes_of(nonce, nonce_len), &r,
                                          NULL),
                     GA_OK);
    ga_cert_free(brom);
    ga_cert_free(ica);
    return r;
}

static struct ga_ocsp_request
question(const struct sim_world *w, enum ga_ocsp_cert_id hash)
{
    return question_with(w, hash, sizeof(nonce));
}

static void
fetch_rim(struct up *u, struct ga_fetch_item *item)
{
    *item = (struct ga_fetch_item){ .kind = GA_FETCH_RIM,
                                    .id = u->w->rim[0].id,
                                    .max = GA_RIM_MAX };
    assert_int_equal(ga_net_fetch(u->net, item, 1, NULL), GA_OK);
}

static void
fetch_ocsp(struct up *u, enum ga_ocsp_cert_id hash, struct ga_fetch_item *item)
{
    struct ga_ocsp_request r = question(u->w, hash);

    *item = (struct ga_fetch_item){ .kind = GA_FETCH_OCSP,
                                    .request = r.der.ptr,
                                    .request_len = r.der.len,
                                    .key = r.key,
                                    .nonce = nonce,
                                    .nonce_len = sizeof(nonce),
                                    .max = GA_OCSP_MAX };
    assert_int_equal(ga_net_fetch(u->net, item, 1, NULL), GA_OK);
    ga_buf_done(&r.der);
}

/* What the client makes of a trouble, and after how many requests: it asks five
 * times where that can help. */
static struct row {
    const char *name; /* of the test: the trouble, or "ocsp", "rim" */
    enum sim_service service;
    enum ga_rc rc;
    size_t requests;
} rows[] = {
    { "rim", SIM_RIM_SERVICE, GA_OK, 1 },
    { "ocsp", SIM_OCSP_SERVICE, GA_OK, 1 },
    { "service-rim-down", SIM_RIM_SERVICE, GA_E_UNREACHABLE, 0 },
    { "service-rim-500", SIM_RIM_SERVICE, GA_E_UNREACHABLE, 5 },
    { "service-rim-500:2", SIM_RIM_SERVICE, GA_OK, 3 },
    { "service-rim-429:1", SIM_RIM_SERVICE, GA_OK, 2 },
    { "service-rim-slow:300", SIM_RIM_SERVICE, GA_OK, 1 },
    { "service-rim-cut", SIM_RIM_SERVICE, GA_E_UNREACHABLE, 5 },
    { "service-rim-cut:1", SIM_RIM_SERVICE, GA_OK, 2 },
    { "service-rim-garbage", SIM_RIM_SERVICE, GA_E_SYNTAX, 1 },
    { "service-rim-404", SIM_RIM_SERVICE, GA_E_MISSING, 1 },
    { "service-rim-sha256", SIM_RIM_SERVICE, GA_E_BAD_VALUE, 1 },
    { "service-ocsp-down", SIM_OCSP_SERVICE, GA_E_UNREACHABLE, 0 },
    { "service-ocsp-500", SIM_OCSP_SERVICE, GA_E_UNREACHABLE, 5 },
    { "service-ocsp-429:1", SIM_OCSP_SERVICE, GA_OK, 2 },
    { "service-ocsp-cut:1", SIM_OCSP_SERVICE, GA_OK, 2 },
    { "service-ocsp-stale", SIM_OCSP_SERVICE, GA_OK, 1 },
    { "service-ocsp-nonce-other", SIM_OCSP_SERVICE, GA_OK, 1 },
};

static void
goes_wrong_as_its_row_says(void **state)
{
    const struct row *row = *state;
    bool rim = row->service == SIM_RIM_SERVICE;
    struct ga_fetch_item item;
    struct up u;

    start(&u, strchr(row->name, '-') != NULL ? row->name : "");
    if (rim)
        fetch_rim(&u, &item);
    else
        fetch_ocsp(&u, GA_OCSP_CERT_ID_SHA256, &item);
    if (item.rc != row->rc)
        fail_msg("%s: %s, not %s: %s", row->name, ga_error_name(item.rc),
                 ga_error_name(row->rc), item.text);
    assert_int_equal(logged(&u, rim ? " rim GET /v1/rim/" : " ocsp POST / "),
                     row->requests);
    if (item.rc == GA_OK && rim) {
        assert_int_equal(item.len, u.w->rim[0].xml.len);
        assert_memory_equal(item.body, u.w->rim[0].xml.ptr, item.len);
    }
    if (item.rc == GA_OK && !rim)
        assert_true((memmem(item.body, item.len, nonce, sizeof(nonce)) !=
                     NULL) == (strstr(row->name, "nonce-other") == NULL));
    free(item.body);
    stop(&u);
}

static void
every_hash_is_answered_with_the_nonce(void **state)
{
    struct up u;

    (void)state;
    start(&u, "");
    for (enum ga_ocsp_cert_id h = 0; h <= GA_OCSP_CERT_ID_SHA384; h++) {
        struct ga_fetch_item item;

        fetch_ocsp(&u, h, &item);
        assert_int_equal(item.rc, GA_OK);
        assert_non_null(memmem(item.body, item.len, nonce, sizeof(nonce)));
        free(item.body);
    }
    assert_int_equal(logged(&u, "GPU-0-brom issuer=ica-gpu"), 3);
    stop(&u);
}

/* Asks the responder itself, with an exact copy.  True: it answered; false: it
 * said malformedRequest. */
static bool
answers(struct up *u, struct ga_bytes body)
{
    static const uint8_t malformed[] = { 0x30, 3, 0x0a, 1, 1 };
    uint8_t *copy = malloc(body.len > 0 ? body.len : 1);
    struct sim_query q = { .method = "POST",
                           .path = "/",
                           .type = "application/ocsp-request" };
    struct sim_reply reply = { 0 };
    bool refused;

    assert_non_null(copy);
    memcpy(copy, body.ptr, body.len);
    q.body = ga_bytes_of(copy, body.len);
    assert_int_equal(sim_ocsp_serve(&u->services, &q, &reply, NULL), GA_OK);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.type, "application/ocsp-response");
    refused = ga_bytes_equal(ga_view(&reply.body),
                             ga_bytes_of(malformed, sizeof(malformed)));
    assert_true(refused || reply.body.len > 500);
    ga_buf_done(&reply.body);
    free(copy);
    return !refused;
}

static void
the_responder_refuses_every_part_of_a_question(void **state)
{
    struct ga_ocsp_request r;
    uint8_t longer[512] = { 0 };
    struct up u;

    (void)state;
    start(&u, "");
    r = question(u.w, GA_OCSP_CERT_ID_SHA256);
    for (size_t n = 0; n < r.der.len; n++)
        assert_false(answers(&u, ga_bytes_of(r.der.ptr, n)));
    assert_true(answers(&u, ga_view(&r.der)));
    memcpy(longer, r.der.ptr, r.der.len);
    assert_false(answers(&u, ga_bytes_of(longer, r.der.len + 1)));
    ga_buf_done(&r.der);
    stop(&u);
}

/* Source: spec-protocol, 4 */
static void
the_responder_takes_nonces_of_16_to_32_bytes(void **state)
{
    struct up u;

    (void)state;
    start(&u, "");
    for (size_t n = 0; n <= 32; n++) {
        struct ga_ocsp_request r =
            question_with(u.w, GA_OCSP_CERT_ID_SHA256, n);

        assert_int_equal(answers(&u, ga_view(&r.der)), n == 0 || n >= 16);
        ga_buf_done(&r.der);
    }
    stop(&u);
}

static void
ids_are_listed(void **state)
{
    struct ga_error err = { 0 };
    char **ids = NULL;
    struct up u;

    (void)state;
    start(&u, "");
    if (ga_net_rim_ids(u.net, &ids, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_string_equal(ids[0], "NV_GPU_DRIVER_GH100_580.95.05");
    assert_string_equal(ids[1], "NV_GPU_VBIOS_G520_0280_895_9600CF0002");
    assert_null(ids[2]);
    ga_net_ids_free(ids);
    stop(&u);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4] = {
        cmocka_unit_test(every_hash_is_answered_with_the_nonce),
        cmocka_unit_test(ids_are_listed),
        cmocka_unit_test(the_responder_refuses_every_part_of_a_question),
        cmocka_unit_test(the_responder_takes_nonces_of_16_to_32_bytes),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 4] =
            (struct CMUnitTest){ .name = rows[i].name,
                                 .test_func = goes_wrong_as_its_row_says,
                                 .initial_state = &rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
