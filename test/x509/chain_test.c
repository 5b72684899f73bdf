/* SPDX-License-Identifier: Apache-2.0 */
/* Rules 5, 7 and 11: chains that hold, and one row for every way not to. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/chains.h"
#include "support/fixtures.h"
#include "x509/chain.h"
#include "x509/chain_scene.h"

static struct ga_chain *
real_chain(const struct ga_certs *certs)
{
    struct ga_buf pem = { 0 };
    struct ga_chain *chain = NULL;

    for (size_t i = 0; i < certs->count; i++) {
        struct ga_buf one =
            made_block("CERTIFICATE", ga_view(&certs->cert[i]->der));

        pem.ptr = realloc(pem.ptr, pem.len + one.len);
        assert_non_null(pem.ptr);
        memcpy(pem.ptr + pem.len, one.ptr, one.len);
        pem.len += one.len;
        ga_buf_done(&one);
    }
    assert_int_equal(ga_chain_parse(pem.ptr, pem.len, &chain, NULL), GA_OK);
    ga_buf_done(&pem);
    return chain;
}

static void
passes_as_device(const struct real_chain *real)
{
    struct ga_chain *chain = real_chain(&real->certs);
    struct ga_chain_facts found;
    struct ga_check check;
    struct ga_bytes fwid;
    struct ga_error err = { 0 };

    check_device(chain, &world.builtin, AT_TEXT, &check, &found);
    if (check.state != GA_PASSED)
        fail_msg("%s: %s", real->source, check.text);
    assert_string_equal(check.text, "");
    assert_true(found.time_aside);
    assert_ptr_equal(found.anchor, &world.builtin.anchor[GA_ANCHOR_DEVICE][0]);
    assert_int_equal(found.first, 1);
    assert_int_equal(found.to_ask, 3);
    assert_ptr_equal(found.issuer[3].key, found.anchor->key);
    assert_int_equal(found.not_after, GA_TIME_MAX);
    for (size_t i = 0; i < 4; i++) {
        assert_true(ga_bytes_equal(found.issuer[i].name,
                                   chain->certs.cert[i + 1]->subject));
        assert_true(ga_bytes_equal(ga_key_spki(found.issuer[i].key),
                                   chain->certs.cert[i + 1]->spki));
    }
    assert_non_null(chain->chip);
    if (ga_chain_fwid(chain, &fwid, &err) != GA_OK)
        fail_msg("%s: %s", real->source, err.text);
    assert_int_equal(fwid.len, 48);
    assert_int_equal(strlen(ga_chain_pdi(chain)), 16);
    assert_string_equal(ga_chain_device_id(chain),
                        chain->certs.cert[1]->subject_serial);
    ga_chain_free(chain);
}

static void
passes_every_real_device(void **state)
{
    (void)state;
    need_fixtures();
    assert_int_equal(each_device_chain(passes_as_device), 36);
}

static void
passes_as_rim(const struct real_chain *real)
{
    char when[GA_TIME_TEXT];
    struct ga_chain_facts found;
    struct ga_check check;

    /* Signers live for two years, each from another day. */
    ga_time_text(real->certs.cert[0]->not_before, when);
    check_rim(&real->certs, &world.builtin, when, 0, &check, &found);
    if (check.state != GA_PASSED)
        fail_msg("%s: %s", real->source, check.text);
    assert_true(found.time_aside);
    assert_int_equal(found.first, 0);
    assert_int_equal(found.to_ask, 3);
    assert_ptr_equal(found.issuer[2].key, found.anchor->key);
    assert_ptr_equal(found.anchor, &world.builtin.anchor[GA_ANCHOR_RIM][0]);
}

static void
passes_every_real_rim(void **state)
{
    (void)state;
    need_fixtures();
    assert_int_equal(each_rim_chain(passes_as_rim), 4);
}

static void
knows_real_devices_by_name(void **state)
{
    static const struct {
        const char *path, *ueid, *device_id, *pdi, *hwmodel, *arch;
    } rows[] = {
        { "gpu/h100-550.90.07/chain.pem",
          "478176379286082186618948445787393647364802107249",
          "41431D480FE5E87274", "431D480FE5E87274", "GH100 A01 GSP BROM",
          "HOPPER" },
        { "gpu/gb100-575.32/chain.pem",
          "474146966256510137525212816567191319424869109849",
          "41E6DE55C3BDC14277", "E6DE55C3BDC14277", "GB100 A01 GSP BROM",
          "BLACKWELL" },
        { "switch/ls10-96.10.55.00.01/chain.pem",
          "694931143880983876767046803400974855445978836716",
          "50203EB31AD9ED0008", "203EB31AD9ED0008", "LS_10 A01 FSP BROM",
          "LS10" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_certs certs = device_certs(rows[i].path);
        struct ga_chain *chain = real_chain(&certs);
        size_t len = 0;

        assert_string_equal(ga_chain_ueid(chain), rows[i].ueid);
        assert_string_equal(ga_chain_device_id(chain), rows[i].device_id);
        assert_string_equal(ga_chain_pdi(chain), rows[i].pdi);
        assert_string_equal(ga_chain_hwmodel(chain), rows[i].hwmodel);
        assert_string_equal(chain->chip->arch, rows[i].arch);
        assert_int_equal(ga_chain_count(chain), 5);
        assert_ptr_equal(ga_chain_der(chain, 4, &len),
                         chain->certs.cert[4]->der.ptr);
        assert_int_equal(len, chain->certs.cert[4]->der.len);
        assert_null(ga_chain_der(chain, 5, &len));
        ga_chain_free(chain);
        ga_certs_done(&certs);
    }
}

static void
refuses_real_chains_that_are_bad(void **state)
{
    static const struct {
        const char *path, *text;
    } rows[] = {
        { "bad/chain-2.pem", "0 certificates below the root, not 4" },
        { "bad/chain-3.pem",
          "3 certificates below the root, not 4; certificate 1 (GH100 A01 GSP "
          "BROM): not issued by certificate 2 (NVIDIA GH100 Identity)" },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_certs certs = device_certs(rows[i].path);
        struct ga_chain *chain = real_chain(&certs);
        struct ga_chain_facts found;
        struct ga_check check;

        check_device(chain, &world.builtin, AT_TEXT, &check, &found);
        assert_int_equal(check.state, GA_FAILED);
        assert_string_equal(check.text, rows[i].text);
        assert_int_equal(check.reason, GA_R_SHAPE);
        assert_false(found.time_aside);
        assert_null(ga_chain_ueid(chain));
        assert_null(ga_chain_hwmodel(chain));
        ga_chain_free(chain);
        ga_certs_done(&certs);
    }
}

static void
refuses_real_rims_that_are_bad(void **state)
{
    static const struct {
        const char *path, *text;
        enum ga_reason reason;
    } rows[] = {
        { "bad/rim-debug-ca.xml",
          "1 certificates below the root, not 3; certificate 0 (HCC RIM L4 "
          "Signer): not issued by certificate 1 (NVIDIA CoRIM L1 Root CA Debug "
          "Only); certificate 1 (NVIDIA CoRIM L1 Root CA Debug Only): is no "
          "trust anchor",
          GA_R_SHAPE },
        { "bad/rim-leaf-expired.xml",
          "certificate 0 (RIM L4 Signer): expired 2025-01-02T00:00:00Z",
          GA_R_EXPIRED },
    };

    (void)state;
    need_fixtures();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_certs certs = rim_certs(rows[i].path);
        struct ga_chain_facts found;
        struct ga_check check;

        check_rim(&certs, &world.builtin, AT_TEXT, 0, &check, &found);
        assert_int_equal(check.state, GA_FAILED);
        assert_string_equal(check.text, rows[i].text);
        assert_int_equal(check.reason, rows[i].reason);
        ga_certs_done(&certs);
    }
}

static void
verifies_four_signatures_of_a_device(void **state)
{
    struct ga_certs certs;
    struct ga_chain *chain;
    struct ga_chain_facts found;
    struct ga_check check;
    uint64_t before;

    (void)state;
    need_fixtures();
    certs = device_certs("gpu/h100-550.90.07/chain.pem");
    chain = real_chain(&certs);
    ga_facts_free(world.facts);
    assert_int_equal(ga_facts_new(&world.facts, NULL), GA_OK);
    before = ga_facts_count(world.facts);
    check_device(chain, &world.builtin, AT_TEXT, &check, &found);
    assert_int_equal(check.state, GA_PASSED);
    assert_int_equal(ga_facts_count(world.facts), before + 4);
    check_device(chain, &world.builtin, AT_TEXT, &check, &found);
    assert_int_equal(check.state, GA_PASSED);
    assert_int_equal(ga_facts_count(world.facts), before + 4);
    ga_chain_free(chain);
    ga_certs_done(&certs);
}

/* Every kind, with the root and without it. */
static void
passes_made_chains(void **state)
{
    (void)state;
    for (int sim = 0; sim <= 1; sim++)
        for (int kind = MADE_HOPPER; kind <= MADE_RIM; kind++)
            for (size_t less = 0; less <= 1; less++) {
                const struct ga_anchors *anchors =
                    sim ? &world.simulators : &world.own;
                struct made_chain made =
                    made_chain_of((enum made_kind)kind, sim, world.key);
                struct ga_chain_facts found;
                struct ga_check check;
                struct ga_chain *chain;

                made.count -= less;
                chain = chain_of(&made);
                if (kind == MADE_RIM)
                    check_rim(&chain->certs, anchors, AT_TEXT, 0, &check,
                              &found);
                else
                    check_device(chain, anchors, AT_TEXT, &check, &found);
                if (check.state != GA_PASSED)
                    fail_msg("kind %d: %s", kind, check.text);
                assert_int_equal(found.to_ask, 3);
                assert_non_null(found.anchor);
                assert_ptr_equal(
                    found.issuer[found.first + found.to_ask - 1].key,
                    found.anchor->key);
                ga_chain_free(chain);
            }
}

/* Expired within the grace: passed, and the reason says so. */
static void
lets_a_rim_expire_within_the_grace(void **state)
{
    static const struct {
        const char *when;
        int64_t grace;
        enum ga_state state;
        enum ga_reason reason;
        const char *text;
    } rows[] = {
        { "2025-10-24T11:00:00Z", 0, GA_PASSED, GA_R_NONE, "" },
        { "2025-10-24T11:00:01Z", 0, GA_FAILED, GA_R_EXPIRED,
          "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z" },
        { "2025-10-24T11:01:00Z", 60, GA_PASSED, GA_R_GRACE,
          "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z, "
          "within the grace" },
        { "2025-10-24T11:01:01Z", 60, GA_FAILED, GA_R_EXPIRED,
          "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z" },
        { "2025-10-24T12:00:30Z", 3600 * 24, GA_PASSED, GA_R_GRACE,
          "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z, "
          "within the grace; certificate 1 (NVIDIA Reference Value L3 GH100 "
          "002): expired 2025-10-24T12:00:00Z, within the grace" },
        { "2025-10-24T12:00:30Z", 60, GA_FAILED, GA_R_EXPIRED,
          "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z" },
        { "2019-10-24T12:00:30Z", INT64_C(36500) * 86400, GA_FAILED,
          GA_R_NOT_YET_VALID,
          "certificate 0 (HCC RIM L4 Signer): not valid before "
          "2020-10-17T00:00:00Z; certificate 1 (NVIDIA Reference Value L3 "
          "GH100 002): not valid before 2020-10-17T00:00:00Z; certificate 2 "
          "(NVIDIA Reference Value GH100 CA): not valid before "
          "2020-10-17T00:00:00Z; certificate 3 (NVIDIA CoRIM signing Root "
          "CA): not valid before 2020-10-17T00:00:00Z" },
    };
    struct made_chain made = made_chain_of(MADE_RIM, false, world.key);
    struct ga_certs certs;
    ga_time end;

    (void)state;
    made.spec[0].not_after = "251024110000Z";
    made.spec[1].not_after = "251024120000Z";
    certs = made_certs(&made);
    assert_true(ga_time_parse("2025-10-24T11:00:00Z", &end));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_chain_facts found;
        struct ga_check check;

        check_rim(&certs, &world.own, rows[i].when, rows[i].grace, &check,
                  &found);
        assert_string_equal(check.text, rows[i].text);
        assert_int_equal(check.state, rows[i].state);
        assert_int_equal(check.reason, rows[i].reason);
        assert_true(found.time_aside);
        assert_int_equal(found.not_after, end);
    }
    ga_certs_done(&certs);
}

#define ANCHOR_END "2025-10-24T11:00:00Z"

static const struct {
    enum made_kind kind;
    const char *when;
    int64_t grace;
    enum ga_reason reason;
    const char *text;
} anchor_dates[] = {
    { MADE_HOPPER, ANCHOR_END, 0, GA_R_NONE, "" },
    { MADE_HOPPER, "2025-10-24T11:00:01Z", 0, GA_R_EXPIRED,
      "certificate 3 (NVIDIA GH100 Identity): issued by a trust anchor that "
      "expired " ANCHOR_END },
    { MADE_HOPPER, "2025-01-01T00:00:00Z", 0, GA_R_NONE, "" },
    { MADE_HOPPER, "2024-12-31T23:59:59Z", 0, GA_R_NOT_YET_VALID,
      "certificate 3 (NVIDIA GH100 Identity): issued by a trust anchor that "
      "is not valid before 2025-01-01T00:00:00Z" },
    { MADE_RIM, "2025-10-24T11:01:00Z", 60, GA_R_GRACE,
      "the trust anchor expired " ANCHOR_END ", within the grace" },
    { MADE_RIM, "2025-10-24T11:01:01Z", 60, GA_R_EXPIRED,
      "certificate 2 (NVIDIA Reference Value GH100 CA): issued by a trust "
      "anchor that expired " ANCHOR_END },
};

/* Whoever leaves an expired root out gains nothing, unless it was issued
 * again. */
static void
holds_an_absent_root_to_its_anchor_s_dates(void **state)
{
    ga_time end;

    (void)state;
    assert_true(ga_time_parse(ANCHOR_END, &end));
    for (size_t i = 0; i < COUNT(anchor_dates); i++) {
        bool rim = anchor_dates[i].kind == MADE_RIM;
        enum ga_anchor_use use = rim ? GA_ANCHOR_RIM : GA_ANCHOR_DEVICE;
        struct made_chain made =
            made_chain_of(anchor_dates[i].kind, false, world.key);
        struct ga_anchors anchors;
        struct ga_chain_facts found;
        struct ga_check check;
        struct ga_certs certs;

        made.spec[made.count - 1].not_before = "250101000000Z";
        made.spec[made.count - 1].not_after = "251024110000Z";
        assert_int_equal(ga_anchors_init(&anchors, NULL), GA_OK);
        add_anchor(&anchors, use, &made);
        made.count--;
        certs = made_certs(&made);
        for (int again = 0; again <= 1; again++) {
            struct ga_chain chain = { .certs = certs };

            if (rim)
                check_rim(&certs, &anchors, anchor_dates[i].when,
                          anchor_dates[i].grace, &check, &found);
            else
                check_device(&chain, &anchors, anchor_dates[i].when, &check,
                             &found);
            assert_string_equal(check.text, again ? "" : anchor_dates[i].text);
            assert_int_equal(check.reason,
                             again ? GA_R_NONE : anchor_dates[i].reason);
            assert_true(found.time_aside);
            if (!again)
                assert_int_equal(found.not_after, end);
            made = made_chain_of(anchor_dates[i].kind, false, world.key);
            add_anchor(&anchors, use, &made);
        }
        ga_certs_done(&certs);
        ga_anchors_done(&anchors);
    }
}

/* Issuers are for OCSP: none where the chain does not prove one. */
static void
names_proven_issuers_alone(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct ga_chain_facts found;
    struct ga_check check;
    struct ga_chain *chain;

    (void)state;
    made.spec[1].break_signature = true;
    made.spec[2].issuer = "CN=another";
    chain = chain_of(&made);
    check_device(chain, &world.own, AT_TEXT, &check, &found);
    assert_int_equal(check.state, GA_FAILED);
    assert_non_null(found.issuer[0].key);
    assert_null(found.issuer[1].key);
    assert_null(found.issuer[2].key);
    assert_ptr_equal(found.issuer[3].key, found.anchor->key);
    check_device(chain, &world.builtin, AT_TEXT, &check, &found);
    assert_null(found.issuer[3].key);
    assert_null(found.anchor);
    ga_chain_free(chain);
}

/* All reasons count when one of them is relaxed. */
static void
keeps_every_reason(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct ga_chain_facts found;
    struct ga_check check;
    struct ga_chain *chain;

    (void)state;
    made_extend(&made.spec[2], "2a0304", true, "0500");
    made.spec[2].unique_id = "81020001";
    made.spec[0].not_after = "251024110000Z";
    chain = chain_of(&made);
    check_device(chain, &world.own, AT_TEXT, &check, &found);
    assert_int_equal(check.all, UINT64_C(1) << GA_R_SHAPE |
                                    UINT64_C(1) << GA_R_EXTENSION |
                                    UINT64_C(1) << GA_R_EXPIRED);
    assert_false(found.time_aside);
    ga_chain_free(chain);
}

static void
fails_without_certificates(void **state)
{
    const struct ga_certs none = { 0 };
    struct ga_chain_facts found;
    struct ga_check check;

    (void)state;
    check_rim(&none, &world.builtin, AT_TEXT, 0, &check, &found);
    assert_int_equal(check.state, GA_FAILED);
    assert_string_equal(check.text, "no certificate");
    assert_int_equal(found.to_ask, 0);
    assert_null(found.anchor);
}

static void
parses_all_or_nothing(void **state)
{
    struct ga_chain *chain = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_chain_parse(NULL, 1, &chain, &err), GA_E_INVAL);
    assert_int_equal(ga_chain_parse("x", 0, &chain, &err), GA_E_INVAL);
    assert_int_equal(ga_chain_parse("x", 1, &chain, &err), GA_E_SYNTAX);
    assert_null(chain);
    ga_chain_free(NULL);
}

/* A serial number too short for a PDI, or names of nobody: no name. */
static void
names_no_device_where_none_is(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct ga_chain *chain;
    size_t len = 0;

    (void)state;
    made.spec[1].serial_len = 8;
    chain = chain_of(&made);
    assert_string_equal(ga_chain_device_id(chain), "4111223344556677");
    assert_null(ga_chain_pdi(chain));
    assert_string_equal(ga_chain_hwmodel(chain), "GH100 A01 GSP BROM");
    assert_int_equal(ga_chain_count(chain), 5);
    assert_non_null(ga_chain_der(chain, 4, &len));
    assert_int_equal(len, chain->certs.cert[4]->der.len);
    assert_null(ga_chain_der(chain, 5, &len));
    ga_chain_free(chain);
    made.spec[2].subject = "CN=NVIDIA GB100 Provisioner ICA 1";
    chain = chain_of(&made);
    assert_null(ga_chain_device_id(chain));
    assert_null(ga_chain_ueid(chain));
    assert_null(ga_chain_hwmodel(chain));
    ga_chain_free(chain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_every_real_device),
        cmocka_unit_test(passes_every_real_rim),
        cmocka_unit_test(knows_real_devices_by_name),
        cmocka_unit_test(refuses_real_chains_that_are_bad),
        cmocka_unit_test(refuses_real_rims_that_are_bad),
        cmocka_unit_test(verifies_four_signatures_of_a_device),
        cmocka_unit_test(passes_made_chains),
        cmocka_unit_test(lets_a_rim_expire_within_the_grace),
        cmocka_unit_test(holds_an_absent_root_to_its_anchor_s_dates),
        cmocka_unit_test(names_proven_issuers_alone),
        cmocka_unit_test(keeps_every_reason),
        cmocka_unit_test(fails_without_certificates),
        cmocka_unit_test(parses_all_or_nothing),
        cmocka_unit_test(names_no_device_where_none_is),
    };

    return cmocka_run_group_tests(tests, make_world, free_world);
}
