/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/fixtures.h"
#include "support/runs.h"

static void
must(enum ga_rc rc, const struct ga_error *err)
{
    if (rc != GA_OK)
        fail_msg("%s", err->text);
}

static struct ga_context *
context_of(const char *const *settings)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    must(ga_settings_new(&set, &err), &err);
    for (; *settings != NULL; settings += 2) {
        char *path =
            settings[1][0] == '@' ? fixture_path(settings[1] + 1) : NULL;

        must(ga_settings_set(set, settings[0],
                             path != NULL ? path : settings[1], &err),
             &err);
        free(path);
    }
    must(ga_context_new(set, NULL, &ctx, &err), &err);
    ga_settings_free(set);
    return ctx;
}

static struct ga_nonce
nonce_of(const char *nonce)
{
    struct ga_error err = { 0 };
    struct ga_nonce out;
    char hex[65] = "";

    if (nonce[0] == '@') {
        struct ga_buf b = fixture(nonce + 1);

        assert_true(b.len >= 64);
        memcpy(hex, b.ptr, 64);
        ga_buf_done(&b);
        nonce = hex;
    }
    must(ga_nonce_parse(nonce, &out, &err), &err);
    return out;
}

static void
finish(struct run *run, const char *nonce, const char *const *settings)
{
    struct ga_error err = { 0 };

    run->ctx = context_of(settings);
    run->nonce = nonce_of(nonce);
    must(ga_verify(run->ctx, run->evidence, &run->nonce, &run->result, &err),
         &err);
}

void
run_file(struct run *run, const char *evidence, const char *nonce,
         const char *const *settings)
{
    char *path = fixture_path(evidence);
    struct ga_error err = { 0 };

    memset(run, 0, sizeof(*run));
    must(ga_evidence_new(&run->evidence, &err), &err);
    must(ga_evidence_load(run->evidence, path, &err), &err);
    free(path);
    finish(run, nonce, settings);
}

void
run_pair(struct run *run, const char *report, const char *chain,
         const char *nonce, const char *const *settings)
{
    struct ga_buf r = fixture(report), c = fixture(chain);
    struct ga_error err = { 0 };

    memset(run, 0, sizeof(*run));
    must(ga_evidence_new(&run->evidence, &err), &err);
    must(ga_evidence_add(run->evidence, r.ptr, r.len, c.ptr, c.len, &err),
         &err);
    ga_buf_done(&r);
    ga_buf_done(&c);
    finish(run, nonce, settings);
}

void
run_done(struct run *run)
{
    ga_result_free(run->result);
    ga_evidence_free(run->evidence);
    ga_context_free(run->ctx);
    memset(run, 0, sizeof(*run));
}

static void
list_failed(const struct ga_result *result, char *out, size_t cap)
{
    struct ga_check_view v;
    size_t at = 0, device, n = 0;

    out[0] = '\0';
    while (ga_result_next_failed(result, &at, &device, &v)) {
        struct ga_device_view d = { .label = "" };

        if (device != GA_SET)
            assert_true(ga_result_device(result, device, &d));
        n += (size_t)snprintf(out + n, cap - n, "%s%s%s%s:%s", n > 0 ? "," : "",
                              d.label, device != GA_SET ? " " : "", v.name,
                              v.state == GA_NOT_CHECKED ? "not_checked"
                                                        : v.reason);
        assert_true(n < cap);
    }
}

void
expect_failed(const struct ga_result *result, const char *expected)
{
    static char found[64 * 1024];

    list_failed(result, found, sizeof(found));
    if (strcmp(found, expected) != 0)
        fail_msg("failed are\n    %s\nnot\n    %s", found, expected);
    assert_int_equal(ga_result_verified(result), expected[0] == '\0');
}

const char *
text_of(const struct ga_result *result, size_t device, const char *check)
{
    struct ga_check_view v;

    for (size_t n = 0; ga_result_check(result, device, n, &v); n++)
        if (strcmp(v.name, check) == 0)
            return v.text != NULL ? v.text : "";
    fail_msg("no check %s", check);
    return "";
}
