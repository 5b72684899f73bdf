/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts that share what they remember, and judge by rules of their own. */
#include "support/test.h"

#include <stdlib.h>

#include "support/worlds.h"
#include "verify/context.h"

struct scene {
    struct minted m;
    struct ga_settings *set;
    struct ga_context *base;
    struct ga_evidence *evidence;
};

static void
begin(struct scene *s, const char *const *defects)
{
    char path[128];

    mint(&s->m, 1, 0, defects);
    s->set = minted_settings(&s->m);
    assert_int_equal(ga_context_new(s->set, NULL, &s->base, NULL), GA_OK);
    minted_path(&s->m, "evidence.json", path, sizeof(path));
    s->evidence = NULL;
    assert_int_equal(ga_evidence_new(&s->evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(s->evidence, path, NULL), GA_OK);
}

static void
end(struct scene *s)
{
    ga_evidence_free(s->evidence);
    ga_context_free(s->base);
    ga_settings_free(s->set);
    minted_done(&s->m);
}

static bool
verified(struct scene *s, struct ga_context *ctx)
{
    struct ga_result *result = NULL;
    bool yes;

    assert_int_equal(
        ga_verify(ctx, s->evidence, &s->m.world->o.nonce, &result, NULL),
        GA_OK);
    yes = ga_result_verified(result);
    ga_result_free(result);
    return yes;
}

static struct ga_context *
beside(struct scene *s)
{
    struct ga_context *ctx = NULL;

    assert_int_equal(ga_context_new_beside(s->base, s->set, NULL, &ctx, NULL),
                     GA_OK);
    return ctx;
}

static void
verifies_no_certificate_again(void **state)
{
    struct ga_context *ctx;
    struct scene s;
    uint64_t before;

    (void)state;
    begin(&s, NULL);
    ctx = beside(&s);
    assert_true(verified(&s, s.base));
    before = ga_context_verifications(s.base);
    assert_true(verified(&s, ctx));
    /* The report alone. */
    assert_int_equal(ga_context_verifications(s.base), before + 1);
    assert_int_equal(ga_context_verifications(ctx), before + 1);
    ga_context_free(ctx);
    assert_true(verified(&s, s.base));
    end(&s);
}

static void
judges_by_its_own_rules(void **state)
{
    static const char *const defects[] = { "rim-ocsp-hold", NULL };
    struct ga_context *lenient, *strict;
    struct scene s;

    (void)state;
    begin(&s, defects);
    strict = beside(&s);
    assert_int_equal(ga_settings_set(s.set, "allow-hold", "true", NULL), GA_OK);
    lenient = beside(&s);
    for (int i = 0; i < 2; i++) {
        assert_true(verified(&s, lenient));
        assert_false(verified(&s, strict));
        assert_false(verified(&s, s.base));
    }
    ga_context_free(lenient);
    ga_context_free(strict);
    end(&s);
}

static void
trusts_its_own_anchors(void **state)
{
    struct ga_settings *none = NULL;
    struct ga_context *ctx = NULL;
    struct scene s;
    char at[GA_TIME_TEXT];

    (void)state;
    begin(&s, NULL);
    assert_true(verified(&s, s.base));
    assert_int_equal(ga_settings_new(&none, NULL), GA_OK);
    ga_time_text(s.m.world->o.at, at);
    assert_int_equal(ga_settings_set(none, "at", at, NULL), GA_OK);
    assert_int_equal(
        ga_settings_set(none, "ocsp-nonce", "accept-missing", NULL), GA_OK);
    assert_int_equal(ga_context_new_beside(s.base, none, NULL, &ctx, NULL),
                     GA_OK);
    assert_false(verified(&s, ctx));
    ga_context_free(ctx);
    ga_settings_free(none);
    end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_no_certificate_again),
        cmocka_unit_test(judges_by_its_own_rules),
        cmocka_unit_test(trusts_its_own_anchors),
    };

    return cmocka_run_group_tests_name("beside", tests, NULL, NULL);
}
