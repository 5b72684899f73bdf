/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that are each right and wrong together, and files that are none. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "support/token_maker.h"
#include "verify/context.h"

static const struct {
    const char *settings[6]; /* name, value, ..., NULL */
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { { "no-ocsp", "true", "ocsp-dir", "/tmp" },
      GA_E_INVAL,
      "no-ocsp: asks nobody, but ocsp-dir names answers" },
    { { "profile", "nvattest", "no-ocsp", "true" },
      GA_E_INVAL,
      "profile: nvattest wants OCSP answers with our nonce" },
    { { "profile", "nvattest", "ocsp-nonce", "accept-missing" },
      GA_E_INVAL,
      "profile: nvattest wants OCSP answers with our nonce" },
    { { "arch", "TURING" }, GA_E_INVAL, "arch: \"TURING\" is not known" },
    { { "threads", "9" }, GA_E_INVAL, "threads: 9, not 0 to 8" },
    { { "relax", "report.nonce" },
      GA_E_INVAL,
      "relax: \"report.nonce\": may not be relaxed" },
    { { "min-driver", "new" },
      GA_E_INVAL,
      "min-driver: \"new\" is no version like 550.90.07 or 96.00.9F.00.01" },
    { { "topology", "/nowhere/board" },
      GA_E_FILE,
      "topology: /nowhere/board: No such file or directory" },
    { { "device-anchor", "/nowhere/a" },
      GA_E_FILE,
      "device-anchor: /nowhere/a: No such file or directory" },
    { { "rim-anchor", "/nowhere/a" },
      GA_E_FILE,
      "rim-anchor: /nowhere/a: No such file or directory" },
    { { "token-anchor", "/nowhere/a" },
      GA_E_FILE,
      "token-anchor: /nowhere/a: No such file or directory" },
    { { "rim-dir", "/nowhere/d" },
      GA_E_FILE,
      "rim-dir: /nowhere/d: No such file or directory" },
    { { "ocsp-dir", "/nowhere/d" },
      GA_E_FILE,
      "ocsp-dir: /nowhere/d: No such file or directory" },
    { { "bundle", "/nowhere/b" },
      GA_E_FILE,
      "bundle: /nowhere/b: No such file or directory" },
    { { "bundle", "/dev/null" },
      GA_E_FILE,
      "bundle: /dev/null: neither a file nor a pipe" },
};

static struct ga_settings *
settings_of(const char *const *pairs)
{
    struct ga_settings *set = NULL;

    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    for (; pairs != NULL && *pairs != NULL; pairs += 2)
        assert_int_equal(ga_settings_set(set, pairs[0], pairs[1], NULL), GA_OK);
    return set;
}

static void
refuses_what_does_not_go_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct ga_settings *set = settings_of(bad[i].settings);
        struct ga_context *before = (struct ga_context *)&before;
        struct ga_context *ctx = before;
        struct ga_error err = { 0 };

        assert_int_equal(ga_context_new(set, NULL, &ctx, &err), bad[i].rc);
        assert_int_equal(err.code, bad[i].rc);
        assert_string_equal(err.text, bad[i].text);
        assert_ptr_equal(ctx, before);
        ga_settings_free(set);
    }
    assert_int_equal(ga_context_new(NULL, NULL, NULL, NULL), GA_E_INVAL);
}

/* An anchor that is none is no anchor less. */
static void
refuses_anchors_that_are_none(void **state)
{
    static const char *const names[] = { "device-anchor", "rim-anchor",
                                         "token-anchor" };
    char *path = made_file(ga_bytes_of("no PEM", 6));

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *const pairs[] = { names[i], path, NULL };
        struct ga_settings *set = settings_of(pairs);
        struct ga_context *ctx = NULL;
        struct ga_error err = { 0 };
        char expect[160];

        snprintf(expect, sizeof(expect), "%s: %s: PEM: ", names[i], path);
        assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_E_SYNTAX);
        assert_memory_equal(err.text, expect, strlen(expect));
        assert_null(ctx);
        ga_settings_free(set);
    }
    unlink(path);
    free(path);
}

/* Whose tokens are taken. */
static const struct {
    const char *settings[6], *issuer;
} issuers[] = {
    { { NULL }, "https://nras.attestation.nvidia.com" },
    { { "nras-url", "https://nras.example/v4/attest/gpu" },
      "https://nras.example" },
    { { "nras-url", "https://nras.example/", "issuer", "https://other/" },
      "https://other/" },
};

static void
the_issuer_is_who_is_named_or_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(issuers); i++) {
        struct ga_settings *set = settings_of(issuers[i].settings);
        struct ga_context *ctx = NULL;

        assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
        assert_string_equal(ctx->issuer, issuers[i].issuer);
        ga_context_free(ctx);
        ga_settings_free(set);
    }
}

static int64_t
never(void *user)
{
    (void)user;
    return 1;
}

static void
fail_log(void *user, enum ga_log_level level, const char *line)
{
    (void)user;
    fail_msg("%d %s", (int)level, line);
}

static enum ga_rc
fail_fetch(void *user, struct ga_fetch_item *items, size_t count,
           struct ga_error *err)
{
    (void)user;
    (void)items;
    return ga_fail(err, GA_E_INTERNAL, "%zu", count);
}

/* Members behind its size are not the caller's. */
static void
takes_no_more_of_seams_than_they_have(void **state)
{
    struct ga_seams seams = { .size = offsetof(struct ga_seams, log),
                              .now = never,
                              .log = fail_log,
                              .fetch = fail_fetch };
    struct ga_context *ctx = NULL;

    (void)state;
    assert_int_equal(ga_context_new(NULL, &seams, &ctx, NULL), GA_OK);
    assert_true(ga_context_time(ctx) == 1);
    assert_null(ctx->seams.log);
    assert_null(ctx->seams.fetch);
    ga_context_log(ctx, GA_LOG_ERROR, "to nobody");
    ga_context_free(ctx);
    seams.size = 0;
    assert_int_equal(ga_context_new(NULL, &seams, &ctx, NULL), GA_OK);
    assert_true(ga_context_time(ctx) > 1);
    ga_context_free(ctx);
    ga_context_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_does_not_go_together),
        cmocka_unit_test(refuses_anchors_that_are_none),
        cmocka_unit_test(the_issuer_is_who_is_named_or_asked),
        cmocka_unit_test(takes_no_more_of_seams_than_they_have),
    };

    return cmocka_run_group_tests_name("contexts", tests, NULL, NULL);
}
