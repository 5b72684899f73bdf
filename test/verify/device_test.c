/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs together, taken apart: reports and chains of other devices. */
#include "support/test.h"

#include "support/runs.h"
#include "support/worlds.h"

/* The verdict on a report with a chain, and what one of its checks says. */
static enum ga_verdict
judge(const struct minted *m, const struct ga_buf *report,
      const struct ga_buf *chain, const char *check, const char *text)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    enum ga_verdict v;

    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_add(evidence, report->ptr, report->len,
                                     chain->ptr, chain->len, NULL),
                     GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, &m->world->o.nonce, &r, NULL),
                     GA_OK);
    assert_string_equal(text_of(r, 0, check), text);
    v = ga_result_verdict(r);
    ga_result_free(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    return v;
}

static void
a_chain_that_is_none_is_malformed(void **state)
{
    static uint8_t text[] = "-----BEGIN CERTIFICATE-----\n";
    struct ga_buf chain = { text, sizeof(text) - 1 };
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    assert_int_equal(judge(&m, &m.world->device[0].report, &chain,
                           "device.chain", "PEM: no END line before 28"),
                     GA_VERDICT_MALFORMED);
    minted_done(&m);
}

static void
a_switch_s_report_with_a_gpu_s_chain_is_rejected(void **state)
{
    struct minted m;

    (void)state;
    mint(&m, 1, 1, NULL);
    assert_int_equal(judge(&m, &m.world->device[1].report,
                           &m.world->device[0].chain, "report.arch",
                           "the report is a switch's, the chain a GPU's"),
                     GA_VERDICT_REJECTED);
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_that_is_none_is_malformed),
        cmocka_unit_test(a_switch_s_report_with_a_gpu_s_chain_is_rejected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
