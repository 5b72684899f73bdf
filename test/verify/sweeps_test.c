/* SPDX-License-Identifier: Apache-2.0 */
/* One signed report, cut and altered at every place: nothing is accepted. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "support/worlds.h"

/* A switch of the simulator: the shortest report that is signed. */
struct stage {
    struct minted m;
    struct ga_context *ctx;
    struct ga_buf report;
};

static int
set_up(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));
    struct ga_settings *set;

    assert_non_null(s);
    mint(&s->m, 0, 1, NULL);
    set = minted_settings(&s->m);
    assert_int_equal(ga_context_new(set, NULL, &s->ctx, NULL), GA_OK);
    ga_settings_free(set);
    s->report = s->m.world->device[0].report;
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *s = *state;

    ga_context_free(s->ctx);
    minted_done(&s->m);
    free(s);
    return 0;
}

static enum ga_verdict
verdict(struct stage *s, const uint8_t *report, size_t len)
{
    const struct ga_buf *chain = &s->m.world->device[0].chain;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    enum ga_verdict v;

    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    assert_int_equal(
        ga_evidence_add(evidence, report, len, chain->ptr, chain->len, NULL),
        GA_OK);
    assert_int_equal(
        ga_verify(s->ctx, evidence, &s->m.world->o.nonce, &r, NULL), GA_OK);
    v = ga_result_verdict(r);
    ga_result_free(r);
    ga_evidence_free(evidence);
    return v;
}

static void
the_report_itself_is_verified(void **state)
{
    struct stage *s = *state;

    assert_int_equal(verdict(s, s->report.ptr, s->report.len),
                     GA_VERDICT_VERIFIED);
}

static void
every_prefix_is_malformed(void **state)
{
    struct stage *s = *state;

    for (size_t n = 1; n < s->report.len; n++) {
        uint8_t *copy = malloc(n); /* exact, so that ASan sees one over */

        assert_non_null(copy);
        memcpy(copy, s->report.ptr, n);
        if (verdict(s, copy, n) != GA_VERDICT_MALFORMED)
            fail_msg("the first %zu bytes are no error", n);
        free(copy);
    }
}

static void
no_single_bit_can_be_flipped(void **state)
{
    struct stage *s = *state;

    for (size_t bit = 0; bit < s->report.len * 8; bit++) {
        uint8_t mask = (uint8_t)(1u << (bit % 8));

        s->report.ptr[bit / 8] ^= mask;
        if (verdict(s, s->report.ptr, s->report.len) == GA_VERDICT_VERIFIED)
            fail_msg("bit %zu of byte %zu can be flipped", bit % 8, bit / 8);
        s->report.ptr[bit / 8] ^= mask;
    }
    assert_int_equal(verdict(s, s->report.ptr, s->report.len),
                     GA_VERDICT_VERIFIED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_itself_is_verified),
        cmocka_unit_test(every_prefix_is_malformed),
        cmocka_unit_test(no_single_bit_can_be_flipped),
    };

    return cmocka_run_group_tests_name("sweeps", tests, set_up, tear_down);
}
