/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs together, taken apart: reports and chains of other devices. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "sim/out.h"
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

/* The leaf with another curve's name, so that its key is none. */
static void
a_leaf_without_a_key_signs_nothing(void **state)
{
    static const uint8_t secp384r1[] = { 0x06, 0x05, 0x2b, 0x81,
                                         0x04, 0x00, 0x22 };
    const struct ga_buf *report;
    struct sim_cert *leaf;
    struct sim_out o = { 0 };
    struct ga_buf chain = { 0 };
    struct minted m;
    uint8_t *curve;

    (void)state;
    mint(&m, 1, 0, NULL);
    report = &m.world->device[0].report;
    leaf = &m.world->device[0].id.leaf;
    curve = memmem(leaf->der.ptr, leaf->der.len, secp384r1, sizeof(secp384r1));
    assert_non_null(curve);
    curve[6] ^= 1;
    sim_cert_pem(&o, leaf);
    assert_int_equal(sim_out_take(&o, &chain, NULL), GA_OK);
    assert_int_equal(judge(&m, report, &chain, "report.signature",
                           "the leaf's key is not a P-384 key"),
                     GA_VERDICT_REJECTED);
    ga_buf_done(&chain);
    minted_done(&m);
}

#define NO_FIELD "reports of NVSwitches and of drivers before 550 have no FWID"

/* What report.fwid says of a report without FWID. */
static const struct {
    const char *driver, *text;
} drivers[] = {
    { "535.129.03", NO_FIELD },
    { "549.999.99", NO_FIELD },
    { "550.00.00", "the report has no FWID, driver 550.00.00 has" },
    { "1000000549.1", "the report has no FWID, driver 1000000549.1 has" },
    { "4294967297.1", "the report has no FWID, driver 4294967297.1 has" },
    { "549", "the report has no FWID, driver 549 has" },
    { "r549.1", "the report has no FWID, driver r549.1 has" },
    { ".535.129", "the report has no FWID, driver .535.129 has" },
};

static void
drivers_before_550_alone_have_no_fwid(void **state)
{
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        struct sim_report_spec spec = m.world->device[0].spec;
        struct ga_buf report = { 0 };

        spec.has_fwid = false;
        snprintf(spec.driver, sizeof(spec.driver), "%s", drivers[i].driver);
        assert_int_equal(sim_report_make(&m.world->forge, &spec,
                                         &m.world->device[0].id.leaf.key,
                                         &report, NULL),
                         GA_OK);
        assert_int_equal(judge(&m, &report, &m.world->device[0].chain,
                               "report.fwid", drivers[i].text),
                         GA_VERDICT_REJECTED); /* no RIM of that driver */
        ga_buf_done(&report);
    }
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_that_is_none_is_malformed),
        cmocka_unit_test(a_switch_s_report_with_a_gpu_s_chain_is_rejected),
        cmocka_unit_test(a_leaf_without_a_key_signs_nothing),
        cmocka_unit_test(drivers_before_550_alone_have_no_fwid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
