/* SPDX-License-Identifier: Apache-2.0 */
/* Threads change how long it takes, and nothing else. */
#include "support/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "support/worlds.h"

static struct ga_context *
context(const struct minted *m, const char *threads)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;

    assert_int_equal(ga_settings_set(set, "threads", threads, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    ga_settings_free(set);
    return ctx;
}

static struct ga_evidence *
evidence(const struct minted *m)
{
    struct ga_evidence *e = NULL;
    char path[128];

    minted_path(m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    return e;
}

/* The result as JSON, which has every check, text and claim; NULL where
 * something went wrong.  Asserts nothing: it runs on threads. */
static char *
verify(struct ga_context *ctx, const struct ga_evidence *e,
       const struct ga_nonce *nonce)
{
    struct ga_result *result = NULL;
    char *json = NULL;

    if (ga_verify(ctx, e, nonce, &result, NULL) == GA_OK &&
        ga_result_json(result, &json, NULL) != GA_OK)
        json = NULL;
    ga_result_free(result);
    return json;
}

/* A board that verifies, and boards where devices fail in several ways. */
static const char *const worlds[][4] = {
    { NULL },
    { "ocsp-revoked", NULL },
    { "copied-device", NULL },
    { "trailing-byte", "golden-wrong", "missing-ica", NULL },
};

static void
gives_the_same_result_with_any_number(void **state)
{
    static const char *const numbers[] = { "0", "1", "2", "3", "8" };

    (void)state;
    for (size_t w = 0; w < COUNT(worlds); w++) {
        struct minted m;
        struct ga_evidence *e;
        char *first = NULL;

        mint(&m, 8, 4, worlds[w]);
        e = evidence(&m);
        for (size_t i = 0; i < COUNT(numbers); i++) {
            struct ga_context *ctx = context(&m, numbers[i]);
            char *cold = verify(ctx, e, &m.world->o.nonce);
            char *warm = verify(ctx, e, &m.world->o.nonce);

            assert_non_null(cold);
            assert_non_null(warm);
            if (first == NULL)
                first = strdup(cold);
            assert_string_equal(cold, first);
            assert_string_equal(warm, first);
            ga_text_free(cold);
            ga_text_free(warm);
            ga_context_free(ctx);
        }
        free(first);
        ga_evidence_free(e);
        minted_done(&m);
    }
}

#define CALLERS 4

struct caller {
    struct ga_context *ctx;
    const struct ga_evidence *evidence;
    const struct ga_nonce *nonce;
    char *json[2];
};

static void *
call(void *arg)
{
    struct caller *c = arg;

    for (size_t i = 0; i < COUNT(c->json); i++)
        c->json[i] = verify(c->ctx, c->evidence, c->nonce);
    return NULL;
}

static void
lets_threads_share_a_context(void **state)
{
    struct minted m;
    struct caller caller[CALLERS];
    pthread_t thread[CALLERS];
    struct ga_context *ctx;
    struct ga_evidence *e;
    char *alone;

    (void)state;
    mint(&m, 4, 0, NULL);
    e = evidence(&m);
    ctx = context(&m, "1");
    alone = verify(ctx, e, &m.world->o.nonce);
    assert_non_null(alone);
    ga_context_free(ctx);
    ctx = context(&m, "2"); /* cold: all of them fill its tables */
    for (size_t i = 0; i < CALLERS; i++) {
        caller[i] = (struct caller){ .ctx = ctx,
                                     .evidence = e,
                                     .nonce = &m.world->o.nonce };
        assert_int_equal(pthread_create(&thread[i], NULL, call, &caller[i]), 0);
    }
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(thread[i], NULL);
        for (size_t k = 0; k < COUNT(caller[i].json); k++) {
            assert_non_null(caller[i].json[k]);
            assert_string_equal(caller[i].json[k], alone);
            ga_text_free(caller[i].json[k]);
        }
    }
    ga_text_free(alone);
    ga_context_free(ctx);
    ga_evidence_free(e);
    minted_done(&m);
}

static void
ends_when_cancelled(void **state)
{
    struct ga_result *result = NULL;
    struct ga_error err = { 0 };
    struct minted m;
    struct ga_context *ctx;
    struct ga_evidence *e;

    (void)state;
    mint(&m, 4, 0, NULL);
    e = evidence(&m);
    ctx = context(&m, "4");
    ga_cancel(ctx);
    assert_int_equal(ga_verify(ctx, e, &m.world->o.nonce, &result, &err),
                     GA_E_CANCELLED);
    assert_string_equal(err.text, "cancelled by the caller");
    assert_null(result);
    ga_context_free(ctx);
    ga_evidence_free(e);
    minted_done(&m);
}

static void
refuses_more_than_a_board_has(void **state)
{
    struct ga_settings *set = NULL;
    struct ga_context *ctx = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_settings_new(&set, NULL), GA_OK);
    assert_int_equal(ga_settings_set(set, "threads", "9", NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, &err), GA_E_INVAL);
    assert_string_equal(err.text, "threads: 9, not 0 to 8");
    assert_null(ctx);
    ga_settings_free(set);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_result_with_any_number),
        cmocka_unit_test(lets_threads_share_a_context),
        cmocka_unit_test(ends_when_cancelled),
        cmocka_unit_test(refuses_more_than_a_board_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
