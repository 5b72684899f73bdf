/* SPDX-License-Identifier: Apache-2.0 */
/* Rule 8 on seven real answers, of a device chain and of two RIMs' chains. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/chains.h"
#include "support/fixtures.h"
#include "x509/ocsp.h"

#define CASE "gpu/h100-550.90.07/"
#define DAY  INT64_C(86400)

/* What of the case is asked for, and which answers speak of it. */
enum part { DEVICE, DRIVER, VBIOS, PARTS };

static const struct {
    const char *file;
    size_t first;
    const char *answers[4];
} parts[PARTS] = {
    { "chain.pem", 1, { "device-brom", "device-ica", "device-identity" } },
    { "rims/NV_GPU_DRIVER_GH100_550.90.07.xml",
      0,
      { "driver-rim-leaf", "rim-l3", "rim-l2" } },
    { "rims/NV_GPU_VBIOS_1010_0200_882_96009F0001.xml",
      0,
      { "vbios-rim-leaf", "rim-l3", "rim-l2" } },
};

static ga_time
time_of(const char *text)
{
    ga_time t;

    assert_true(ga_time_parse(text, &t));
    return t;
}

static struct ga_ocsp_rules
good_rules(const char *at)
{
    return (struct ga_ocsp_rules){ .at = time_of(at),
                                   .max_age = 7 * DAY,
                                   .skew = 300,
                                   .nonce = GA_OCSP_NONCE_ACCEPT_MISSING };
}

static struct ga_certs
certs_of(enum part part)
{
    char path[128];

    snprintf(path, sizeof(path), CASE "%s", parts[part].file);
    return part == DEVICE ? device_certs(path) : rim_certs(path);
}

static struct ga_buf
answer_file(const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), CASE "ocsp/%s.der", name);
    return fixture(path);
}

/* Every certificate's issuer is the next one, as the chain's check finds. */
static struct ga_chain_facts
facts_of(enum part part, const struct ga_certs *certs)
{
    struct ga_chain_facts chain = { .first = parts[part].first, .to_ask = 3 };

    for (size_t i = 0; i + 1 < certs->count; i++)
        chain.issuer[i] = (struct ga_issuer){ certs->cert[i + 1]->subject,
                                              certs->cert[i + 1]->key };
    return chain;
}

struct outcome {
    struct ga_check check;
    struct ga_ocsp_facts facts;
    uint64_t verified;
};

static struct outcome
check(const struct ga_ocsp_store *store, enum part part,
      const struct ga_ocsp_rules *given)
{
    struct ga_certs certs = certs_of(part);
    struct ga_chain_facts chain = facts_of(part, &certs);
    struct ga_ocsp_rules rules = *given;
    struct ga_facts *facts = NULL;
    struct outcome out;

    memset(&out, 0, sizeof(out));
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    rules.facts = facts;
    ga_ocsp_check(store, &certs, &chain, &rules, &out.check, &out.facts);
    out.verified = ga_facts_count(facts);
    ga_facts_free(facts);
    ga_certs_done(&certs);
    return out;
}

static struct ga_ocsp_store *
directory(void)
{
    char *dir = fixture_path(CASE "ocsp");
    struct ga_ocsp_store *store = NULL;

    assert_int_equal(ga_ocsp_store_new(&store, NULL), GA_OK);
    assert_int_equal(ga_ocsp_store_add_dir(store, dir, NULL), GA_OK);
    free(dir);
    return store;
}

static struct outcome
check_directory(enum part part, const struct ga_ocsp_rules *rules)
{
    struct ga_ocsp_store *store = directory();
    struct outcome out = check(store, part, rules);

    ga_ocsp_store_free(store);
    return out;
}

#define DEVICE_TIME "2025-08-21T07:00:00Z"
#define RIM_TIME    "2025-10-24T12:00:00Z"

/* clang-format off */
#define BROM "CN=GH100 A01 GSP BROM,O=NVIDIA Corporation,C=US," \
             "serialNumber=41431D480FE5E87274: "
#define SIGNER "CN=HCC RIM L4 Signer,O=NVIDIA Corporation,L=Santa Clara," \
               "ST=CA,C=US: "
#define DEVICE_REST "; the same for NVIDIA GH100 Provisioner ICA 1, " \
                    "NVIDIA GH100 Identity"
#define RIM_REST "; the same for NVIDIA Reference Value L3 GH100 002, " \
                 "NVIDIA Reference Value GH100 CA"
#define DEVICE_GOOD "3 certificates good; oldest answer from " \
                    "2025-08-21T06:47:07Z"
#define RIM_GOOD "3 certificates good; oldest answer from 2025-10-24T11:32:21Z"
#define DEVICE_STALE BROM "answer of 2025-08-21T06:47:07Z ended at " \
                     "2025-08-22T06:47:07Z (device-brom.der)" DEVICE_REST
#define ACCEPT "; --ocsp-nonce accept-missing accepts it"
/* clang-format on */

struct row {
    const char *name;
    enum part part;
    const char *at;
    int64_t grace;
    enum ga_ocsp_nonce nonce;
    enum ga_state state;
    enum ga_reason reason;
    const char *text;
    bool response_valid;
};

/* clang-format off */
static struct row rows[] = {
    { "device is fresh", DEVICE, DEVICE_TIME, 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_NONE,
      DEVICE_GOOD, true },
    { "driver is fresh", DRIVER, RIM_TIME, 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_NONE,
      RIM_GOOD, true },
    { "vbios is fresh", VBIOS, RIM_TIME, 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_NONE,
      RIM_GOOD, true },
    { "device last second", DEVICE, "2025-08-22T06:47:07Z", 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_NONE,
      DEVICE_GOOD, true },
    { "device is stale", DEVICE, RIM_TIME, 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_STALE,
      DEVICE_STALE, false },
    { "device is graced", DEVICE, RIM_TIME, 65 * DAY,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_GRACE,
      DEVICE_GOOD ", past its end but within the grace of 65d", false },
    { "device grace ends", DEVICE, RIM_TIME, 63 * DAY,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_STALE,
      DEVICE_STALE, false },
    { "driver is ahead", DRIVER, DEVICE_TIME, 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_FUTURE,
      SIGNER "answer driver-rim-leaf.der does not count: it is of "
      "2025-10-24T11:32:21Z, after the verification time" RIM_REST, false },
    { "driver is stale", DRIVER, "2026-06-01T00:00:00Z", 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_STALE,
      SIGNER "answer of 2025-10-24T11:32:21Z ended at 2025-10-25T11:32:21Z "
      "(driver-rim-leaf.der)" RIM_REST, false },
    { "vbios is stale", VBIOS, "2025-10-26T12:00:00Z", 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_STALE,
      SIGNER "answer of 2025-10-24T11:32:22Z ended at 2025-10-25T11:32:22Z "
      "(vbios-rim-leaf.der)" RIM_REST, false },
    { "device today", DEVICE, "2026-11-24T00:00:00Z", 0,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_FAILED, GA_R_STALE,
      DEVICE_STALE, false },
    { "device today graced", DEVICE, "2026-11-24T00:00:00Z", 500 * DAY,
      GA_OCSP_NONCE_ACCEPT_MISSING, GA_PASSED, GA_R_GRACE,
      DEVICE_GOOD ", past its end but within the grace of 500d", false },
    { "device needs nonce", DEVICE, DEVICE_TIME, 0,
      GA_OCSP_NONCE_REQUIRE, GA_FAILED, GA_R_NONCE_MISSING,
      BROM "answer has no nonce (device-brom.der)" ACCEPT DEVICE_REST, true },
    { "driver needs nonce", DRIVER, RIM_TIME, 0,
      GA_OCSP_NONCE_REQUIRE, GA_FAILED, GA_R_NONCE_MISSING,
      SIGNER "answer has no nonce (driver-rim-leaf.der)" ACCEPT RIM_REST, true },
};
/* clang-format on */

static void
judges_real_answers(void **state)
{
    const struct row *row = *state;
    struct ga_ocsp_rules rules;
    struct outcome out;

    need_fixtures();
    rules = good_rules(row->at);
    rules.grace = row->grace;
    rules.nonce = row->nonce;
    out = check_directory(row->part, &rules);
    assert_string_equal(ga_state_name(out.check.state),
                        ga_state_name(row->state));
    assert_string_equal(ga_reason_name(out.check.reason),
                        ga_reason_name(row->reason));
    assert_string_equal(out.check.text, row->text);
    assert_int_equal(out.facts.response_valid, row->response_valid);
    assert_false(out.facts.nonce_matches);
    /* The responder's certificate and the answer, for each of three. */
    assert_int_equal(out.verified, 6);
}

static void
shares_what_was_verified(void **state)
{
    struct ga_ocsp_store *store;
    struct ga_facts *facts = NULL;
    size_t sum = 0;

    (void)state;
    need_fixtures();
    store = directory();
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    for (enum part part = DEVICE; part < PARTS; part++) {
        struct ga_ocsp_rules rules = good_rules(RIM_TIME);
        struct ga_certs certs = certs_of(part);
        struct ga_chain_facts chain = facts_of(part, &certs);
        struct ga_check check = { 0 };
        struct ga_ocsp_facts found;

        rules.grace = 65 * DAY;
        rules.facts = facts;
        ga_ocsp_check(store, &certs, &chain, &rules, &check, &found);
        assert_int_equal(check.state, GA_PASSED);
        sum += found.good;
        ga_certs_done(&certs);
    }
    assert_int_equal(sum, 9);
    /* Seven answers by six responders. */
    assert_int_equal(ga_facts_count(facts), 13);
    ga_facts_free(facts);
    ga_ocsp_store_free(store);
}

/* The chain's own check says whom to ask for, and with which keys. */
static void
follows_the_check_of_the_chain(void **state)
{
    struct ga_ocsp_store *store;
    struct ga_facts *facts = NULL;
    struct ga_anchors anchors;

    (void)state;
    need_fixtures();
    store = directory();
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    assert_int_equal(ga_anchors_init(&anchors, NULL), GA_OK);
    for (enum part part = DEVICE; part < PARTS; part++) {
        const char *at = part == DEVICE ? DEVICE_TIME : RIM_TIME;
        struct ga_ocsp_rules rules = good_rules(at);
        struct ga_chain_rules chain_rules = { &anchors, facts, rules.at, 0 };
        struct ga_check chain_check = { 0 }, check = { 0 };
        struct ga_chain_facts chain;
        struct ga_chain *device = NULL;
        struct ga_certs certs = { 0 };
        struct ga_ocsp_facts found;

        memset(&chain, 0, sizeof(chain));
        rules.facts = facts;
        if (part == DEVICE) {
            struct ga_buf pem = fixture(CASE "chain.pem");

            assert_int_equal(ga_chain_parse(pem.ptr, pem.len, &device, NULL),
                             GA_OK);
            ga_buf_done(&pem);
            ga_device_chain_check(device, &chain_rules, &chain_check, &chain);
        } else {
            certs = certs_of(part);
            ga_rim_chain_check(&certs, &chain_rules, &chain_check, &chain);
        }
        assert_int_equal(chain_check.state, GA_PASSED);
        ga_ocsp_check(store, part == DEVICE ? &device->certs : &certs, &chain,
                      &rules, &check, &found);
        assert_int_equal(check.state, GA_PASSED);
        assert_string_equal(check.text,
                            part == DEVICE ? DEVICE_GOOD : RIM_GOOD);
        assert_int_equal(found.good, 3);
        ga_certs_done(&certs);
        ga_chain_free(device);
    }
    ga_anchors_done(&anchors);
    ga_facts_free(facts);
    ga_ocsp_store_free(store);
}

/* The BROM alone, against one answer. */
static struct outcome
check_brom(struct ga_bytes der, struct ga_facts *facts,
           const struct ga_certs *certs)
{
    struct ga_chain_facts chain = facts_of(DEVICE, certs);
    struct ga_ocsp_rules rules = good_rules(DEVICE_TIME);
    struct ga_ocsp_store *store = NULL;
    struct outcome out;

    memset(&out, 0, sizeof(out));
    chain.to_ask = 1;
    rules.facts = facts;
    assert_int_equal(ga_ocsp_store_new(&store, NULL), GA_OK);
    assert_int_equal(ga_ocsp_store_add(store, der, "x", NULL), GA_OK);
    ga_ocsp_check(store, certs, &chain, &rules, &out.check, &out.facts);
    ga_ocsp_store_free(store);
    return out;
}

/* Not one bit of an answer is free: not of its wrapping, nor of the
 * responder's certificate in it. */
static void
no_bit_may_differ(void **state)
{
    struct ga_facts *facts = NULL;
    struct ga_certs certs;
    struct ga_buf der;

    (void)state;
    need_fixtures();
    certs = certs_of(DEVICE);
    der = answer_file("device-brom");
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    assert_int_equal(check_brom(ga_view(&der), facts, &certs).check.state,
                     GA_PASSED);
    for (size_t i = 0; i < 8 * der.len; i++) {
        struct outcome out;

        der.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
        out = check_brom(ga_view(&der), facts, &certs);
        der.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
        if (out.check.state == GA_PASSED || out.check.text[0] == '\0' ||
            out.facts.status != GA_CERT_STATUS_NONE || out.facts.asked)
            fail_msg("bit %zu of byte %zu: %s", i % 8, i / 8, out.check.text);
    }
    ga_facts_free(facts);
    ga_certs_done(&certs);
    ga_buf_done(&der);
}

/* No answer of another certificate helps. */
static void
answers_of_others_do_not_count(void **state)
{
    static const char *const others[] = { "device-ica",      "device-identity",
                                          "driver-rim-leaf", "rim-l3",
                                          "rim-l2",          "vbios-rim-leaf" };
    struct ga_facts *facts = NULL;
    struct ga_certs certs;

    (void)state;
    need_fixtures();
    certs = certs_of(DEVICE);
    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    for (size_t i = 0; i < COUNT(others); i++) {
        struct ga_buf der = answer_file(others[i]);
        struct outcome out = check_brom(ga_view(&der), facts, &certs);

        assert_int_equal(out.check.state, GA_NOT_CHECKED);
        assert_int_equal(out.check.reason, GA_R_ABSENT);
        assert_string_equal(out.check.text, BROM "no answer");
        ga_buf_done(&der);
    }
    assert_int_equal(ga_facts_count(facts), 0);
    ga_facts_free(facts);
    ga_certs_done(&certs);
}

static void
shows_what_it_says(void **state)
{
    struct ga_ocsp_answer *answer = NULL;
    struct ga_ocsp_single single;
    struct ga_ocsp_view view;
    struct ga_certs certs;
    struct ga_buf der;

    (void)state;
    need_fixtures();
    der = answer_file("device-brom");
    certs = certs_of(DEVICE);
    assert_int_equal(ga_ocsp_parse(ga_view(&der), &answer, NULL), GA_OK);
    ga_ocsp_view(answer, &view);
    assert_int_equal(view.produced_at, time_of("2025-08-21T06:47:07Z"));
    assert_int_equal(view.nonce.len, 0);
    assert_int_equal(view.responder_key_hash.len, 20);
    assert_int_equal(view.responder_key_hash.ptr[0], 0xa1);
    assert_int_equal(view.certs->count, 1);
    assert_string_equal(view.certs->cert[0]->common_name,
                        "NVIDIA OCSP Responder L3 GH100 ICA1 Identity");
    assert_int_equal(view.singles, 1);
    assert_true(ga_ocsp_single(answer, 0, &single));
    assert_false(ga_ocsp_single(answer, 1, &single));
    assert_int_equal(single.status, GA_CERT_GOOD);
    assert_int_equal(single.revocation_reason, -1);
    assert_int_equal(single.this_update, view.produced_at);
    assert_int_equal(single.next_update, view.produced_at + DAY);
    assert_true(single.revoked_at == GA_TIME_NONE);
    assert_string_equal(single.hash, "sha384");
    assert_int_equal(single.issuer_name_hash.len, 48);
    assert_int_equal(single.issuer_key_hash.len, 48);
    assert_true(ga_bytes_equal(single.serial, certs.cert[1]->serial));
    ga_ocsp_free(answer);
    ga_certs_done(&certs);
    ga_buf_done(&der);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 5] = {
        cmocka_unit_test(shares_what_was_verified),
        cmocka_unit_test(follows_the_check_of_the_chain),
        cmocka_unit_test(no_bit_may_differ),
        cmocka_unit_test(answers_of_others_do_not_count),
        cmocka_unit_test(shows_what_it_says),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[5 + i] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = judges_real_answers,
                                            .initial_state = &rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
