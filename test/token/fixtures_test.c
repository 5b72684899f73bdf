/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that NRAS made, whose keys are gone: they fail in token.signature
 * alone, and everything else of them holds. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "support/runs.h"
#include "support/token_maker.h"

#define NONCE "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb"

static const struct row {
    const char *name, *path, *issuer, *at, *failed;
} rows[] = {
    { "a Hopper GPU", "gpu/h100-550.90.07/nras-detached-eat-3.0.json",
      "https://nras.attestation.nvidia.com", "2025-06-11T01:00:00Z",
      "GPU-0 token.signature:no_key,GPU-0 token.chain:not_checked,"
      "token.signature:no_key,token.chain:not_checked" },
    { "an LS10 switch", "switch/ls10-96.10.55.00.01/nras-detached-eat-3.0.json",
      "https://nras.attestation-stg.nvidia.com", "2025-06-29T00:30:00Z",
      "SWITCH-0 token.signature:no_key,SWITCH-0 token.chain:not_checked,"
      "token.signature:no_key,token.chain:not_checked" },
};

static struct ga_context *
context(const struct row *row, const char *at)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "issuer", row->issuer, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "at", at, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    ga_settings_free(set);
    return ctx;
}

static struct ga_result *
verify(const struct row *row, const char *at, const char *nonce)
{
    struct ga_context *ctx = context(row, at);
    struct ga_buf token = fixture(row->path);
    struct ga_result *r = NULL;
    struct ga_jwks *jwks = NULL;
    struct ga_nonce n;
    struct ga_error err = { 0 };

    assert_int_equal(ga_nonce_parse(nonce, &n, NULL), GA_OK);
    assert_int_equal(ga_jwks_parse("{\"keys\":[]}", 11, &jwks, NULL), GA_OK);
    if (ga_token_verify(ctx, jwks, token.ptr, token.len, &n, &r, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_jwks_free(jwks);
    ga_buf_done(&token);
    ga_context_free(ctx);
    return r;
}

static void
fails_for_want_of_a_key_alone(void **state)
{
    const struct row *row = *state;
    struct ga_result *r;

    need_fixtures();
    r = verify(row, row->at, NONCE);
    expect_failed(r, row->failed);
    ga_result_free(r);
}

/* The checks that hold are made: another time and nonce fail. */
static void
notices_another_time_and_nonce(void **state)
{
    const struct row *row = *state;
    struct ga_check_view v;
    struct ga_result *r;
    bool time = false, nonce = false;

    need_fixtures();
    r = verify(row, "2026-06-11T01:00:00Z",
               "0000000000000000000000000000000000000000000000000000000000"
               "000000");
    for (size_t n = 0; ga_result_check(r, GA_SET, n, &v); n++) {
        time =
            time || (strcmp(v.name, "token.time") == 0 &&
                     v.state == GA_FAILED && strcmp(v.reason, "expired") == 0);
        nonce = nonce ||
                (strcmp(v.name, "token.nonce") == 0 && v.state == GA_FAILED &&
                 strcmp(v.reason, "nonce_other") == 0);
    }
    assert_true(time && nonce);
    ga_result_free(r);
}

int
main(void)
{
    struct CMUnitTest tests[2 * COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++) {
        void *row = (void *)(uintptr_t)&rows[i];

        tests[2 * i] =
            (struct CMUnitTest){ rows[i].name, fails_for_want_of_a_key_alone,
                                 NULL, NULL, row };
        tests[2 * i + 1] =
            (struct CMUnitTest){ rows[i].name, notices_another_time_and_nonce,
                                 NULL, NULL, row };
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
