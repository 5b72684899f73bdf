/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs together, taken apart: reports and chains of other devices. */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "sim/der.h"
#include "support/cert_maker.h"
#include "support/runs.h"
#include "support/worlds.h"
#include "x509/cert.h"

/* The verdict on a report with a chain, and what one of its checks says.  RIMs
 * may be expired, which must help no device. */
static enum ga_verdict
judge(const struct minted *m, const struct ga_buf *report,
      const struct ga_buf *chain, const char *check, const char *text)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    enum ga_verdict v;

    assert_int_equal(ga_settings_set(set, "rim-grace", "30d", NULL), GA_OK);
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

/* The verdict on the world's own evidence file, where "HOPPER" is replaced by
 * as long a word, with that setting of arch (NULL: none). */
static enum ga_verdict
judge_arch(const struct minted *m, const char *arch, const char *word,
           const char *text)
{
    struct ga_settings *set = minted_settings(m);
    struct ga_context *ctx = NULL;
    struct ga_evidence *evidence = NULL;
    struct ga_result *r = NULL;
    struct ga_buf file = { 0 };
    char path[128], *at;
    enum ga_verdict v;

    minted_path(m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_file_read(path, GA_EVIDENCE_MAX, &file, NULL), GA_OK);
    at = memmem(file.ptr, file.len, "HOPPER", 6);
    assert_non_null(at);
    memcpy(at, word, 6);
    if (arch != NULL)
        assert_int_equal(ga_settings_set(set, "arch", arch, NULL), GA_OK);
    assert_int_equal(ga_context_new(set, NULL, &ctx, NULL), GA_OK);
    assert_int_equal(ga_evidence_new(&evidence, NULL), GA_OK);
    assert_int_equal(ga_evidence_parse(evidence, file.ptr, file.len, NULL),
                     GA_OK);
    assert_int_equal(ga_verify(ctx, evidence, &m->world->o.nonce, &r, NULL),
                     GA_OK);
    assert_string_equal(text_of(r, 0, "report.arch"), text);
    v = ga_result_verdict(r);
    ga_result_free(r);
    ga_evidence_free(evidence);
    ga_context_free(ctx);
    ga_settings_free(set);
    ga_buf_done(&file);
    return v;
}

static void
who_says_another_architecture_is_not_believed(void **state)
{
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    assert_int_equal(judge_arch(&m, "HOPPER", "HOPPER", ""),
                     GA_VERDICT_VERIFIED);
    assert_int_equal(judge_arch(&m, NULL, "TURING",
                                "the evidence says TURING, certificates say "
                                "HOPPER"),
                     GA_VERDICT_REJECTED);
    assert_int_equal(judge_arch(&m, "BLACKWELL", "HOPPER",
                                "the caller says BLACKWELL, certificates say "
                                "HOPPER"),
                     GA_VERDICT_REJECTED);
    minted_done(&m);
}

/* GPU_INFO under a number that nobody knows, signed again. */
static void
a_report_without_gpu_info_is_of_no_chip(void **state)
{
    static const uint8_t field[] = { 0x04, 0x00, 0x08, 0x00 };
    const struct sim_device *d;
    struct ga_buf report;
    struct minted m;
    uint8_t *at, *end;

    (void)state;
    mint(&m, 1, 0, NULL);
    d = &m.world->device[0];
    report = d->report;
    end = report.ptr + report.len - 2 * GA_P384_LEN;
    at = memmem(report.ptr, report.len, field, sizeof(field));
    assert_non_null(at);
    assert_null(memmem(at + 1, (size_t)(end - at - 1), field, sizeof(field)));
    at[0] = 99;
    assert_int_equal(
        sim_sign(&m.world->forge, &d->id.leaf.key,
                 ga_bytes_of(report.ptr, (size_t)(end - report.ptr)), end,
                 NULL),
        GA_OK);
    assert_int_equal(judge(&m, &report, &d->chain, "report.arch",
                           "the report has no GPU_INFO"),
                     GA_VERDICT_REJECTED);
    minted_done(&m);
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
    assert_int_equal(judge(&m, report, &chain, "report.arch",
                           "the certificates' names are those of no chip that "
                           "is known, or of two"),
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

/* Writes the leaf again, expired an hour before the world's time, and signs it
 * with the BROM's key. */
static void
expire(struct sim_world *w, struct sim_identity *id)
{
    static const char never[] = "99991231235959Z";
    SIM_AUTO_OUT struct sim_out o = { 0 };
    struct ga_cert *cert = NULL;
    char text[GA_TIME_TEXT], *to;
    uint8_t *end, rs[2 * GA_P384_LEN];

    end = memmem(id->leaf.der.ptr, id->leaf.der.len, never, strlen(never));
    assert_non_null(end);
    ga_time_text(w->o.at - 3600, text);
    to = (char *)end;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != '-' && *c != 'T' && *c != ':')
            *to++ = *c;
    assert_ptr_equal(to, (char *)end + strlen(never));
    assert_int_equal(ga_cert_parse(ga_view(&id->leaf.der), &cert, NULL), GA_OK);
    assert_int_equal(sim_sign(&w->forge, &id->brom.key, cert->tbs, rs, NULL),
                     GA_OK);
    sim_put_bytes(&o, cert->tbs);
    sim_der_ecdsa_sha384(&o);
    sim_der_signature(&o, rs);
    sim_der_close(&o, 0, SIM_DER_SEQUENCE);
    ga_cert_free(cert);
    ga_buf_done(&id->leaf.der);
    assert_int_equal(sim_out_take(&o, &id->leaf.der, NULL), GA_OK);
}

static void
the_grace_for_rims_helps_no_device(void **state)
{
    const struct sim_cert *certs[5];
    struct sim_out pem = { 0 };
    struct ga_buf chain = { 0 };
    struct sim_world *w;
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    w = m.world;
    certs[0] = &w->device[0].id.leaf;
    certs[1] = &w->device[0].id.brom;
    certs[2] = &w->pki.ca[SIM_A_ICA_GPU].cert;
    certs[3] = &w->pki.ca[SIM_A_IDENTITY].cert;
    certs[4] = &w->pki.ca[SIM_A_DEVICE_ROOT].cert;
    expire(w, &w->device[0].id);
    for (size_t i = 0; i < COUNT(certs); i++) {
        sim_cert_pem(&pem, certs[i]);
        sim_put_text(&pem, "\n");
    }
    assert_int_equal(sim_out_take(&pem, &chain, NULL), GA_OK);
    assert_int_equal(judge(&m, &w->device[0].report, &chain, "device.chain",
                           "certificate 0 (GH100 A01 GSP FMC LF): expired "
                           "2026-06-15T11:00:00Z"),
                     GA_VERDICT_REJECTED);
    ga_buf_done(&chain);
    minted_done(&m);
}

static void
tells_the_architecture_of_evidence(void **state)
{
    static const struct {
        const char *arch;
        bool is_switch;
    } rows[] = { { "HOPPER", false }, { "LS10", true } };
    struct ga_evidence *e = NULL;
    struct minted m;
    char path[128];

    (void)state;
    mint(&m, 1, 1, NULL);
    minted_path(&m, "evidence.json", path, sizeof(path));
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(ga_evidence_load(e, path, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *arch = NULL;
        bool is_switch = !rows[i].is_switch;

        assert_int_equal(ga_evidence_arch(e, i, &arch, &is_switch, NULL),
                         GA_OK);
        assert_string_equal(arch, rows[i].arch);
        assert_true(is_switch == rows[i].is_switch);
    }
    ga_evidence_free(e);
    minted_done(&m);
}

/* Its report, its chain, or one of a RIM's signer in its place. */
static void
tells_no_architecture_of_what_is_none(void **state)
{
    static const struct {
        size_t report,
            chain; /* bytes of it; SIZE_MAX: all; 0: the RIM's chain */
        const char *text;
    } rows[] = {
        { 36, SIZE_MAX,
          "added item 1: report: request: SlotIDParam: need 1 bytes at 36, "
          "have 0" },
        { SIZE_MAX, 27, "added item 2: PEM: no END line before 27" },
        { SIZE_MAX, 0, "added item 3: the chain names no known chip" },
    };
    static const char before[] = "untouched";
    const char *arch = before;
    bool is_switch = true;
    struct ga_evidence *e = NULL;
    struct made_key *keys[5];
    struct made_chain other;
    struct ga_buf pem;
    struct minted m;

    (void)state;
    mint(&m, 1, 0, NULL);
    for (size_t i = 0; i < COUNT(keys); i++)
        keys[i] = made_key_new();
    other = made_chain_of(MADE_RIM, false, keys);
    pem = made_pem(&other);
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ga_buf *report = &m.world->device[0].report;
        const struct ga_buf *chain =
            rows[i].chain > 0 ? &m.world->device[0].chain : &pem;
        size_t n = rows[i].chain > 0 && rows[i].chain < chain->len
                       ? rows[i].chain
                       : chain->len;
        struct ga_error err = { 0 };

        assert_int_equal(ga_evidence_add(e, report->ptr,
                                         rows[i].report < report->len
                                             ? rows[i].report
                                             : report->len,
                                         chain->ptr, n, NULL),
                         GA_OK);
        assert_int_equal(ga_evidence_arch(e, i, &arch, &is_switch, &err),
                         GA_E_BAD_VALUE);
        assert_int_equal(err.code, GA_E_BAD_VALUE);
        assert_string_equal(err.text, rows[i].text);
    }
    assert_int_equal(ga_evidence_arch(e, 3, &arch, &is_switch, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_evidence_arch(e, 0, NULL, &is_switch, NULL),
                     GA_E_INVAL);
    assert_int_equal(ga_evidence_arch(e, 0, &arch, NULL, NULL), GA_E_INVAL);
    assert_ptr_equal(arch, before);
    assert_true(is_switch);
    ga_evidence_free(e);
    ga_buf_done(&pem);
    for (size_t i = 0; i < COUNT(keys); i++)
        made_key_free(keys[i]);
    minted_done(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_says_another_architecture_is_not_believed),
        cmocka_unit_test(a_report_without_gpu_info_is_of_no_chip),
        cmocka_unit_test(a_chain_that_is_none_is_malformed),
        cmocka_unit_test(a_switch_s_report_with_a_gpu_s_chain_is_rejected),
        cmocka_unit_test(a_leaf_without_a_key_signs_nothing),
        cmocka_unit_test(the_grace_for_rims_helps_no_device),
        cmocka_unit_test(drivers_before_550_alone_have_no_fwid),
        cmocka_unit_test(tells_the_architecture_of_evidence),
        cmocka_unit_test(tells_no_architecture_of_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
