/* SPDX-License-Identifier: Apache-2.0 */
/* What a result says in NRAS's words: docs/claims.md. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims/claims.h"

static const struct ga_nonce nonce = { { 0xab } };

/* A device of which every check ended in `state`. */
static struct ga_device
device(enum ga_kind kind, enum ga_state state)
{
    struct ga_device d = { .kind = kind };
    struct ga_chain_outcome *chain[] = { &d.chain, &d.rim[0].chain,
                                         &d.rim[1].chain, &d.rim[2].chain };

    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        d.check[i].state = state;
    for (size_t i = 0; i < COUNT(chain); i++)
        chain[i]->not_after = GA_TIME_NONE;
    return d;
}

static json_t *
claims_of(const struct ga_device *d, enum ga_claims_version version)
{
    json_t *claims = ga_claims(d, &nonce, version);

    assert_non_null(claims);
    return claims;
}

/* One claim in the form of JSON. */
static void
expect(const struct ga_device *d, enum ga_claims_version version,
       const char *name, const char *json)
{
    json_t *claims = claims_of(d, version);
    json_t *v = json_object_get(claims, name);
    char *text = v == NULL ? strdup("absent")
                           : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

    assert_non_null(text);
    if (strcmp(text, json) != 0)
        fail_msg("%s in %s: %s, not %s", name, ga_claims_version_name(version),
                 text, json);
    free(text);
    json_decref(claims);
}

#define GPU(end)    "x-nvidia-gpu-" end
#define SWITCH(end) "x-nvidia-switch-" end

/* clang-format off */
/* Claims that are true where one check passed. */
static const struct truth {
    const char *name;
    enum ga_kind kind;
    enum ga_claims_version version;
    enum ga_check_id check;
} truths[] = {
    { GPU("arch-check"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_REPORT_ARCH },
    { GPU("attestation-report-parsed"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_REPORT_PARSE },
    { GPU("attestation-report-nonce-match"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_REPORT_NONCE },
    { GPU("attestation-report-signature-verified"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_REPORT_SIGNATURE },
    { GPU("attestation-report-cert-chain-fwid-match"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_REPORT_FWID },
    { GPU("attestation-report-cert-chain-validated"), GA_KIND_GPU, GA_CLAIMS_2_0, GA_CHECK_DEVICE_CHAIN },
    { GPU("driver-rim-fetched"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_DRIVER_RIM_AVAILABLE },
    { GPU("driver-rim-schema-validated"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_DRIVER_RIM_SCHEMA },
    { GPU("driver-rim-cert-validated"), GA_KIND_GPU, GA_CLAIMS_2_0, GA_CHECK_DRIVER_RIM_CHAIN },
    { GPU("driver-rim-signature-verified"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_DRIVER_RIM_SIGNATURE },
    { GPU("driver-rim-version-match"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_DRIVER_RIM_VERSION },
    { GPU("vbios-rim-fetched"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_VBIOS_RIM_AVAILABLE },
    { GPU("vbios-rim-schema-validated"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_VBIOS_RIM_SCHEMA },
    { GPU("vbios-rim-cert-validated"), GA_KIND_GPU, GA_CLAIMS_2_0, GA_CHECK_VBIOS_RIM_CHAIN },
    { GPU("vbios-rim-signature-verified"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_VBIOS_RIM_SIGNATURE },
    { GPU("vbios-rim-version-match"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_VBIOS_RIM_VERSION },
    { GPU("vbios-index-no-conflict"), GA_KIND_GPU, GA_CLAIMS_3_0, GA_CHECK_MEASUREMENTS_CONFLICT },
    { SWITCH("arch-check"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_REPORT_ARCH },
    { SWITCH("attestation-report-parsed"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_REPORT_PARSE },
    { SWITCH("attestation-report-nonce-match"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_REPORT_NONCE },
    { SWITCH("attestation-report-signature-verified"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_REPORT_SIGNATURE },
    { SWITCH("attestation-report-cert-chain-fwid-match"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_REPORT_FWID },
    { SWITCH("attestation-report-cert-chain-validated"), GA_KIND_SWITCH, GA_CLAIMS_2_0, GA_CHECK_DEVICE_CHAIN },
    { SWITCH("bios-rim-fetched"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_BIOS_RIM_AVAILABLE },
    { SWITCH("bios-rim-schema-validated"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_BIOS_RIM_SCHEMA },
    { SWITCH("bios-rim-cert-validated"), GA_KIND_SWITCH, GA_CLAIMS_2_0, GA_CHECK_BIOS_RIM_CHAIN },
    { SWITCH("bios-rim-signature-verified"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_BIOS_RIM_SIGNATURE },
    { SWITCH("bios-rim-version-match"), GA_KIND_SWITCH, GA_CLAIMS_3_0, GA_CHECK_BIOS_RIM_VERSION },
};
/* clang-format on */

/* True where that check alone passed, and false where it alone did not. */
static void
says_what_one_check_found(void **state)
{
    const struct truth *t = *state;

    for (size_t i = 0; i < GA_CHECK_COUNT; i++) {
        struct ga_device d = device(t->kind, GA_FAILED);

        d.check[i].state = GA_PASSED;
        expect(&d, t->version, t->name, i == t->check ? "true" : "false");
        d = device(t->kind, GA_PASSED);
        d.check[i].state = GA_NOT_CHECKED;
        expect(&d, t->version, t->name, i == t->check ? "false" : "true");
    }
}

/* Of a report without a FWID NRAS says that it matches; of what else has
 * nothing to check it says false. */
static void
not_applicable_is_true_of_the_fwid_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(truths); i++) {
        struct ga_device d = device(truths[i].kind, GA_PASSED);

        d.check[truths[i].check].state = GA_NOT_APPLICABLE;
        expect(&d, truths[i].version, truths[i].name,
               truths[i].check == GA_CHECK_REPORT_FWID ? "true" : "false");
    }
}

/* clang-format off */
/* The check measurements.match, and what is said of it. */
static const struct measured {
    enum ga_state state;
    enum ga_reason reason;
    const char *measres, *measres_4, *secboot, *dbgstat;
} measured[] = {
    { GA_PASSED, GA_R_NONE, "\"success\"", "\"success\"", "true", "\"disabled\"" },
    { GA_PASSED, GA_R_NOTHING, "\"success\"", "\"success\"", "true", "\"disabled\"" },
    { GA_FAILED, GA_R_INDEX, "\"fail\"", "\"fail\"", "null", "null" },
    { GA_FAILED, GA_R_NOTHING, "\"fail\"", "\"absent\"", "null", "null" },
    { GA_NOT_CHECKED, GA_R_NOTHING, "\"fail\"", "\"not-run\"", "null", "null" },
    { GA_NOT_APPLICABLE, GA_R_NONE, "\"fail\"", "\"fail\"", "null", "null" },
};
/* clang-format on */

static void
says_what_the_measurements_came_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(measured); i++)
        for (int v = GA_CLAIMS_2_0; v < GA_CLAIMS_VERSIONS; v++) {
            enum ga_claims_version version = (enum ga_claims_version)v;
            struct ga_device d = device(GA_KIND_GPU, GA_PASSED);

            d.check[GA_CHECK_MEASUREMENTS_MATCH].state = measured[i].state;
            d.check[GA_CHECK_MEASUREMENTS_MATCH].reason = measured[i].reason;
            expect(&d, version, "measres",
                   v == GA_CLAIMS_4_0 ? measured[i].measres_4
                                      : measured[i].measres);
            expect(&d, version, "secboot", measured[i].secboot);
            expect(&d, version, "dbgstat", measured[i].dbgstat);
        }
}

#define CERT(end) "\"x-nvidia-cert-" end

/* clang-format off */
/* The driver RIM's chain and the answers about it. */
static const struct chained {
    const char *name;
    enum ga_state chain;
    enum ga_reason chain_reason;
    enum ga_state ocsp;
    enum ga_reason ocsp_reason;
    struct ga_chain_outcome outcome;
    const char *status, *members;
} chained[] = {
    { "a good chain", GA_PASSED, GA_R_NONE, GA_PASSED, GA_R_NONE,
      { 1, { GA_CERT_GOOD, -1, true, true, true, 0 } }, "valid",
      CERT("expiration-date\":\"1970-01-01T00:00:01Z\",") CERT("ocsp-status\":\"good\",")
      CERT("revocation-reason\":null,") CERT("ocsp-nonce-matches\":true,") CERT("ocsp-response-valid\":true") },
    { "nobody was asked", GA_PASSED, GA_R_NONE, GA_NOT_CHECKED, GA_R_NOT_ASKED,
      { GA_TIME_NONE, { GA_CERT_STATUS_NONE, -1, false, true, true, 0 } }, "valid",
      CERT("expiration-date\":null,") CERT("ocsp-status\":\"unknown\",")
      CERT("revocation-reason\":null,") CERT("ocsp-nonce-matches\":false,") CERT("ocsp-response-valid\":false") },
    { "a responder that does not know it", GA_PASSED, GA_R_NONE, GA_FAILED, GA_R_UNKNOWN,
      { GA_TIME_NONE, { GA_CERT_UNKNOWN, 1, true, false, true, 0 } }, "valid",
      CERT("expiration-date\":null,") CERT("ocsp-status\":\"unknown\",")
      CERT("revocation-reason\":null,") CERT("ocsp-nonce-matches\":false,") CERT("ocsp-response-valid\":true") },
    { "revoked", GA_PASSED, GA_R_NONE, GA_FAILED, GA_R_REVOKED,
      { GA_TIME_NONE, { GA_CERT_REVOKED, 1, true, true, true, 0 } }, "revoked",
      CERT("expiration-date\":null,") CERT("ocsp-status\":\"revoked\",")
      CERT("revocation-reason\":\"keyCompromise\",") CERT("ocsp-nonce-matches\":true,") CERT("ocsp-response-valid\":true") },
    { "on hold, which is accepted", GA_PASSED, GA_R_NONE, GA_PASSED, GA_R_HOLD,
      { GA_TIME_NONE, { GA_CERT_REVOKED, 6, true, true, false, 0 } }, "revoked",
      CERT("expiration-date\":null,") CERT("ocsp-status\":\"revoked\",")
      CERT("revocation-reason\":\"certificateHold\",") CERT("ocsp-nonce-matches\":true,") CERT("ocsp-response-valid\":false") },
    { "revoked for no reason", GA_PASSED, GA_R_NONE, GA_FAILED, GA_R_REVOKED,
      { GA_TIME_NONE, { GA_CERT_REVOKED, -1, true, true, true, 0 } }, "revoked",
      CERT("expiration-date\":null,") CERT("ocsp-status\":\"revoked\",")
      CERT("revocation-reason\":null,") CERT("ocsp-nonce-matches\":true,") CERT("ocsp-response-valid\":true") },
};

/* The status alone. */
static const struct graded {
    enum ga_state chain;
    enum ga_reason chain_reason, ocsp_reason;
    const char *status;
} graded[] = {
    { GA_PASSED, GA_R_NONE, GA_R_NONE, "valid" },
    { GA_PASSED, GA_R_NONE, GA_R_STALE, "valid" },
    { GA_PASSED, GA_R_GRACE, GA_R_NONE, "expired" },
    { GA_FAILED, GA_R_EXPIRED, GA_R_NONE, "expired" },
    { GA_FAILED, GA_R_EXPIRED, GA_R_REVOKED, "revoked" },
    { GA_PASSED, GA_R_GRACE, GA_R_HOLD, "revoked" },
    { GA_FAILED, GA_R_NOT_YET_VALID, GA_R_NONE, "invalid" },
    { GA_FAILED, GA_R_UNTRUSTED, GA_R_NONE, "invalid" },
    { GA_FAILED, GA_R_UNTRUSTED, GA_R_REVOKED, "invalid" },
    { GA_NOT_CHECKED, GA_R_ABSENT, GA_R_NONE, "invalid" },
    { GA_NOT_APPLICABLE, GA_R_NONE, GA_R_NONE, "invalid" },
};
/* clang-format on */

static void
says_what_a_chain_came_to(void **state)
{
    const struct chained *row = *state;
    struct ga_device d = device(GA_KIND_GPU, GA_FAILED);
    char want[512];

    d.check[GA_CHECK_DRIVER_RIM_CHAIN].state = row->chain;
    d.check[GA_CHECK_DRIVER_RIM_CHAIN].reason = row->chain_reason;
    d.check[GA_CHECK_DRIVER_RIM_OCSP].state = row->ocsp;
    d.check[GA_CHECK_DRIVER_RIM_OCSP].reason = row->ocsp_reason;
    d.rim[GA_RIM_DRIVER].chain = row->outcome;
    /* Behind the date. */
    snprintf(want, sizeof(want), "{%.*s" CERT("status\":\"%s\",") "%s}",
             (int)(strchr(row->members, ',') + 1 - row->members), row->members,
             row->status, strchr(row->members, ',') + 1);
    expect(&d, GA_CLAIMS_3_0, GPU("driver-rim-cert-chain"), want);
    expect(&d, GA_CLAIMS_2_0, GPU("driver-rim-cert-validated"),
           strcmp(row->status, "valid") == 0 ? "true" : "false");
}

/* Invalid before revoked before expired, of each chain by its own checks. */
static void
grades_each_chain(void **state)
{
    static const struct {
        const char *name;
        enum ga_kind kind;
        enum ga_check_id chain, ocsp;
    } chains[] = {
        { GPU("attestation-report-cert-chain"), GA_KIND_GPU,
          GA_CHECK_DEVICE_CHAIN, GA_CHECK_DEVICE_OCSP },
        { GPU("driver-rim-cert-chain"), GA_KIND_GPU, GA_CHECK_DRIVER_RIM_CHAIN,
          GA_CHECK_DRIVER_RIM_OCSP },
        { GPU("vbios-rim-cert-chain"), GA_KIND_GPU, GA_CHECK_VBIOS_RIM_CHAIN,
          GA_CHECK_VBIOS_RIM_OCSP },
        { SWITCH("attestation-report-cert-chain"), GA_KIND_SWITCH,
          GA_CHECK_DEVICE_CHAIN, GA_CHECK_DEVICE_OCSP },
        { SWITCH("bios-rim-cert-chain"), GA_KIND_SWITCH,
          GA_CHECK_BIOS_RIM_CHAIN, GA_CHECK_BIOS_RIM_OCSP },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(chains); i++)
        for (size_t k = 0; k < COUNT(graded); k++) {
            struct ga_device d = device(chains[i].kind, GA_NOT_CHECKED);
            json_t *claims, *chain;

            d.check[chains[i].chain].state = graded[k].chain;
            d.check[chains[i].chain].reason = graded[k].chain_reason;
            d.check[chains[i].ocsp].reason = graded[k].ocsp_reason;
            claims = claims_of(&d, GA_CLAIMS_4_0);
            chain = json_object_get(claims, chains[i].name);
            assert_string_equal(json_string_value(json_object_get(
                                    chain, "x-nvidia-cert-status")),
                                graded[k].status);
            json_decref(claims);
        }
}

/* Each chain's facts are its own. */
static void
takes_the_facts_of_each_chain(void **state)
{
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);
    const struct {
        struct ga_chain_outcome *at;
        const char *name, *date;
        enum ga_kind kind;
    } rows[] = {
        { &d.chain, GPU("attestation-report-cert-chain"),
          "1970-01-01T00:00:00Z", GA_KIND_GPU },
        { &d.rim[GA_RIM_DRIVER].chain, GPU("driver-rim-cert-chain"),
          "1970-01-01T00:00:01Z", GA_KIND_GPU },
        { &d.rim[GA_RIM_VBIOS].chain, GPU("vbios-rim-cert-chain"),
          "1970-01-01T00:00:02Z", GA_KIND_GPU },
        { &d.rim[GA_RIM_BIOS].chain, SWITCH("bios-rim-cert-chain"),
          "1970-01-01T00:00:03Z", GA_KIND_SWITCH },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i].at->not_after = (ga_time)i;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *claims, *chain;

        d.kind = rows[i].kind;
        claims = claims_of(&d, GA_CLAIMS_3_0);
        chain = json_object_get(claims, rows[i].name);
        assert_string_equal(json_string_value(json_object_get(
                                chain, "x-nvidia-cert-expiration-date")),
                            rows[i].date);
        json_decref(claims);
    }
}

static void
names_the_device(void **state)
{
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);
    char driver[] = "5703", vbios[] = "5704", warning[] = "old";

    (void)state;
    expect(&d, GA_CLAIMS_3_0, "ueid", "null");
    expect(&d, GA_CLAIMS_3_0, "oemid", "null");
    expect(&d, GA_CLAIMS_3_0, "x-nvidia-attestation-warning", "null");
    strcpy(d.ueid, "123");
    strcpy(d.hwmodel, "GH100");
    strcpy(d.driver, "550");
    strcpy(d.vbios, "96");
    d.rim[GA_RIM_VBIOS].oemid = vbios;
    d.warning = warning;
    expect(&d, GA_CLAIMS_3_0, "ueid", "\"123\"");
    expect(&d, GA_CLAIMS_3_0, "hwmodel", "\"GH100\"");
    expect(&d, GA_CLAIMS_3_0, GPU("driver-version"), "\"550\"");
    expect(&d, GA_CLAIMS_3_0, GPU("vbios-version"), "\"96\"");
    expect(&d, GA_CLAIMS_3_0, "x-nvidia-attestation-warning", "\"old\"");
    expect(&d, GA_CLAIMS_3_0, "x-nvidia-device-type", "\"gpu\"");
    expect(&d, GA_CLAIMS_3_0, "oemid", "\"5704\"");
    d.rim[GA_RIM_DRIVER].oemid = driver;
    expect(&d, GA_CLAIMS_3_0, "oemid", "\"5703\"");
    d.kind = GA_KIND_SWITCH;
    expect(&d, GA_CLAIMS_3_0, "oemid", "null");
    expect(&d, GA_CLAIMS_3_0, "x-nvidia-device-type", "\"nvswitch\"");
    expect(&d, GA_CLAIMS_3_0, SWITCH("bios-version"), "\"96\"");
    expect(&d, GA_CLAIMS_3_0, GPU("driver-version"), "absent");
    expect(&d, GA_CLAIMS_3_0, "eat_nonce",
           "\"ab00000000000000000000000000000000000000000000000000000000000000"
           "\"");
    for (int v = 0; v < GA_CLAIMS_VERSIONS; v++) {
        char text[8];

        snprintf(text, sizeof(text), "\"%s\"",
                 ga_claims_version_name((enum ga_claims_version)v));
        expect(&d, (enum ga_claims_version)v, SWITCH("claims-version"), text);
    }
}

static void
says_which_rims_could_be_compared(void **state)
{
    static const struct {
        const char *name;
        enum ga_kind kind;
        enum ga_rim_role role;
    } rows[] = {
        { GPU("driver-rim-measurements-available"), GA_KIND_GPU,
          GA_RIM_DRIVER },
        { GPU("vbios-rim-measurements-available"), GA_KIND_GPU, GA_RIM_VBIOS },
        { SWITCH("bios-rim-measurements-available"), GA_KIND_SWITCH,
          GA_RIM_BIOS },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < GA_RIM_ROLES; k++) {
            struct ga_device d = device(rows[i].kind, GA_PASSED);

            d.rim[k].measurements = true;
            expect(&d, GA_CLAIMS_2_0, rows[i].name,
                   k == rows[i].role ? "true" : "false");
        }
}

static void
lists_what_does_not_match(void **state)
{
    struct ga_mismatch_record m[] = {
        { .index = 9,
          .role = GA_RIM_VBIOS,
          .golden_len = 2,
          .golden = { 0xab, 0xcd },
          .runtime_len = 1,
          .runtime = { 0x0f } },
        { .index = 10, .role = GA_RIM_BIOS },
    };
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);

    (void)state;
    expect(&d, GA_CLAIMS_2_0, "x-nvidia-mismatch-measurement-records", "null");
    d.mismatch = m;
    d.mismatch_count = COUNT(m);
    expect(&d, GA_CLAIMS_2_0, "x-nvidia-mismatch-measurement-records",
           "[{\"index\":9,\"goldenSize\":2,\"goldenValue\":\"abcd\","
           "\"runtimeSize\":1,\"runtimeValue\":\"0f\","
           "\"measurementSource\":\"vbios\"},"
           "{\"index\":10,\"goldenSize\":0,\"goldenValue\":\"\","
           "\"runtimeSize\":0,\"runtimeValue\":\"\","
           "\"measurementSource\":\"bios\"}]");
}

static void
lists_the_neighbours(void **state)
{
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);

    (void)state;
    expect(&d, GA_CLAIMS_3_0, GPU("switch-pdis"), "null");
    d.pdi_count = 2;
    d.pdis[0][0] = 1;
    d.pdis[1][7] = 2;
    d.own_pdi[0] = 0xf0;
    expect(&d, GA_CLAIMS_3_0, GPU("switch-pdis"),
           "[\"0100000000000000\",\"0000000000000002\"]");
    d.kind = GA_KIND_SWITCH;
    expect(&d, GA_CLAIMS_3_0, SWITCH("gpu-pdis"),
           "[\"0100000000000000\",\"0000000000000002\"]");
    expect(&d, GA_CLAIMS_3_0, SWITCH("pdi"), "null");
    d.has_own_pdi = true;
    expect(&d, GA_CLAIMS_3_0, SWITCH("pdi"), "\"f000000000000000\"");
}

/* A device that is known from a token has what was signed, whatever is asked
 * for, and nothing where nothing could be read. */
static void
a_tokens_claims_are_what_was_signed(void **state)
{
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);
    json_t *claims;

    (void)state;
    d.by_token = true;
    claims = claims_of(&d, GA_CLAIMS_3_0);
    assert_int_equal(json_object_size(claims), 0);
    json_decref(claims);
    d.signed_claims = json_pack("{s:s}", "measres", "other");
    claims = claims_of(&d, GA_CLAIMS_3_0);
    assert_true(json_equal(claims, d.signed_claims));
    assert_ptr_not_equal(claims, d.signed_claims);
    json_decref(claims);
    json_decref(d.signed_claims);
}

static void
versions_have_names(void **state)
{
    enum ga_claims_version v = GA_CLAIMS_VERSIONS;

    (void)state;
    assert_true(ga_claims_version_find("4.0", &v));
    assert_int_equal(v, GA_CLAIMS_4_0);
    assert_false(ga_claims_version_find("4", &v));
    assert_false(ga_claims_version_find("", &v));
    assert_int_equal(v, GA_CLAIMS_4_0);
}

/* Allocations of jansson's until the one that fails; 0: none does. */
static unsigned countdown;

static void *
failing_malloc(size_t n)
{
    return countdown > 0 && --countdown == 0 ? NULL : malloc(n);
}

/* Claims are all there, or there are none. */
static void
out_of_memory_makes_no_claims(void **state)
{
    struct ga_mismatch_record m = { .golden_len = 1, .runtime_len = 1 };
    struct ga_device d = device(GA_KIND_GPU, GA_PASSED);
    json_t *whole, *claims = NULL;
    unsigned n = 0;

    (void)state;
    d.mismatch = &m;
    d.mismatch_count = 1;
    d.pdi_count = 1;
    whole = claims_of(&d, GA_CLAIMS_3_0);
    json_set_alloc_funcs(failing_malloc, free);
    while (claims == NULL) {
        unsigned left;

        countdown = ++n;
        claims = ga_claims(&d, &nonce, GA_CLAIMS_3_0);
        left = countdown;
        countdown = 0;
        assert_int_equal(claims == NULL, left == 0);
    }
    assert_true(n > 100);
    assert_true(json_equal(claims, whole));
    json_decref(claims);
    json_decref(whole);
    json_set_alloc_funcs(malloc, free);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(not_applicable_is_true_of_the_fwid_alone),
        cmocka_unit_test(says_what_the_measurements_came_to),
        cmocka_unit_test(grades_each_chain),
        cmocka_unit_test(takes_the_facts_of_each_chain),
        cmocka_unit_test(names_the_device),
        cmocka_unit_test(says_which_rims_could_be_compared),
        cmocka_unit_test(lists_what_does_not_match),
        cmocka_unit_test(lists_the_neighbours),
        cmocka_unit_test(a_tokens_claims_are_what_was_signed),
        cmocka_unit_test(versions_have_names),
        cmocka_unit_test(out_of_memory_makes_no_claims),
    };
    struct CMUnitTest all[COUNT(fixed) + COUNT(truths) + COUNT(chained)];
    size_t n = COUNT(fixed);

    memcpy(all, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(truths); i++)
        all[n++] = (struct CMUnitTest){
            .name = truths[i].name,
            .test_func = says_what_one_check_found,
            .initial_state = (void *)(uintptr_t)&truths[i],
        };
    for (size_t i = 0; i < COUNT(chained); i++)
        all[n++] = (struct CMUnitTest){
            .name = chained[i].name,
            .test_func = says_what_a_chain_came_to,
            .initial_state = (void *)(uintptr_t)&chained[i],
        };
    return _cmocka_run_group_tests("claims", all, n, NULL, NULL);
}
