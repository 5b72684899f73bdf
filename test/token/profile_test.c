/* SPDX-License-Identifier: Apache-2.0 */
/* What the claims of a verified device are, in each version, and which of them
 * are taken for anything else: rule 19. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims/claims.h"
#include "token/profile.h"

/* A device of which all was checked and all holds. */
static struct ga_device
good_device(enum ga_kind kind)
{
    struct ga_device d = { .kind = kind,
                           .ueid = "1",
                           .hwmodel = "GH100",
                           .driver = "550.90.07",
                           .vbios = "96.00.9F.00.01" };
    struct ga_chain_outcome *chain[] = { &d.chain, &d.rim[0].chain,
                                         &d.rim[1].chain, &d.rim[2].chain };

    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        d.check[i].state = GA_PASSED;
    for (size_t i = 0; i < COUNT(chain); i++)
        chain[i]->ocsp = (struct ga_ocsp_facts){ .status = GA_CERT_GOOD,
                                                 .revocation_reason = -1,
                                                 .asked = true,
                                                 .nonce_matches = true,
                                                 .response_valid = true };
    for (size_t i = 0; i < GA_RIM_ROLES; i++)
        d.rim[i].measurements = true;
    return d;
}

static json_t *
good_claims(enum ga_kind kind, enum ga_claims_version version)
{
    static const struct ga_nonce nonce = { { 0 } };
    struct ga_device d = good_device(kind);
    json_t *claims = ga_claims(&d, &nonce, version);

    assert_non_null(claims);
    return claims;
}

static const struct version {
    enum ga_claims_version version;
    unsigned bit;
    const char *name;
} versions[] = {
    { GA_CLAIMS_2_0, GA_PROFILE_2_0, "2.0" },
    { GA_CLAIMS_3_0, GA_PROFILE_3_0, "3.0" },
    { GA_CLAIMS_4_0, GA_PROFILE_4_0, "4.0" },
};
static const enum ga_kind kinds[] = { GA_KIND_GPU, GA_KIND_SWITCH };

static void
expect(const struct ga_check *c, enum ga_reason reason, const char *text)
{
    assert_string_equal(c->text, text);
    assert_int_equal(c->reason, reason);
    assert_int_equal(c->state, reason == GA_R_NONE      ? GA_PASSED
                               : reason == GA_R_DEPENDS ? GA_NOT_CHECKED
                                                        : GA_FAILED);
}

static void
takes_what_we_say_of_a_good_device(void **state)
{
    (void)state;
    for (size_t v = 0; v < COUNT(versions); v++)
        for (size_t k = 0; k < COUNT(kinds); k++) {
            json_t *claims = good_claims(kinds[k], versions[v].version);
            struct ga_check c = { 0 };

            ga_device_result_check(claims, kinds[k], versions[v].bit, false,
                                   &c);
            expect(&c, GA_R_NONE, "");
            json_decref(claims);
        }
}

/* Both tables have the same claims in the same versions, and no claim of a
 * profile may be missing but the lists that are empty in a good device. */
static void
no_claim_of_the_profile_may_be_missing(void **state)
{
    struct ga_profile_row rows[64];
    size_t n = ga_profile_rows(rows, COUNT(rows));

    (void)state;
    assert_in_range(n, 40, COUNT(rows));
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < COUNT(versions); v++)
            for (size_t k = 0; k < COUNT(kinds); k++) {
                json_t *claims = good_claims(kinds[k], versions[v].version);
                bool asked = (rows[i].versions & versions[v].bit) != 0 &&
                             (rows[i].kind == GA_KIND_UNKNOWN ||
                              rows[i].kind == kinds[k]);
                bool list = strstr(rows[i].name, "x-nvidia-mismatch-") != NULL;
                struct ga_check c = { 0 };

                if (json_object_del(claims, rows[i].name) != 0 && asked)
                    fail_msg("%s is not made in %s", rows[i].name,
                             versions[v].name);
                ga_device_result_check(claims, kinds[k], versions[v].bit, true,
                                       &c);
                assert_int_equal(c.state,
                                 asked && !list ? GA_FAILED : GA_PASSED);
                if (asked && !list)
                    assert_memory_equal(c.text, rows[i].name,
                                        strlen(rows[i].name));
                json_decref(claims);
            }
}

#define CHAIN  "x-nvidia-gpu-attestation-report-cert-chain"
#define DRIVER "x-nvidia-gpu-driver-rim-cert-chain"
#define STATUS "x-nvidia-cert-status"
#define OCSP   "x-nvidia-cert-ocsp-status"
#define REASON "x-nvidia-cert-revocation-reason"
#define NONCE  "x-nvidia-cert-ocsp-nonce-matches"
#define VALID  "x-nvidia-cert-ocsp-response-valid"
#define HELD   "{\"" STATUS "\":\"revoked\",\"" OCSP "\":\"revoked\",\"" REASON

/* clang-format off */
/* What is laid over the claims of a good GPU: members of objects are joined,
 * null takes nothing away. */
static const struct change {
    const char *name;
    enum ga_claims_version version;
    bool hold; /* is accepted */
    const char *over;
    enum ga_reason reason;
    const char *expect;
} changes[] = {
    { "another result", GA_CLAIMS_3_0, false, "{\"measres\":\"fail\"}", GA_R_CLAIM, "measres is \"fail\", not success" },
    { "a result that is true", GA_CLAIMS_3_0, false, "{\"measres\":true}", GA_R_CLAIM, "measres is \"\", not success" },
    { "secure boot unknown", GA_CLAIMS_3_0, false, "{\"secboot\":null}", GA_R_CLAIM, "secboot is not true" },
    { "the word true", GA_CLAIMS_3_0, false, "{\"secboot\":\"true\"}", GA_R_CLAIM, "secboot is not true" },
    { "debugging", GA_CLAIMS_3_0, false, "{\"dbgstat\":\"enabled\"}", GA_R_CLAIM, "dbgstat is \"enabled\", not disabled" },
    { "no model", GA_CLAIMS_3_0, false, "{\"hwmodel\":null}", GA_R_CLAIM, "hwmodel is no text" },
    { "an empty model", GA_CLAIMS_3_0, false, "{\"hwmodel\":\"\"}", GA_R_CLAIM, "hwmodel is no text" },
    { "an identity in hex", GA_CLAIMS_3_0, false, "{\"ueid\":\"0x1\"}", GA_R_CLAIM, "ueid is no number in digits" },
    { "an empty identity", GA_CLAIMS_3_0, false, "{\"ueid\":\"\"}", GA_R_CLAIM, "ueid is no number in digits" },
    { "an identity that is a number", GA_CLAIMS_3_0, false, "{\"ueid\":1}", GA_R_CLAIM, "ueid is no number in digits" },
    { "an empty list of mismatches", GA_CLAIMS_3_0, false, "{\"x-nvidia-mismatch-measurement-records\":[]}", GA_R_NONE, "" },
    { "a mismatch", GA_CLAIMS_3_0, false, "{\"x-nvidia-mismatch-measurement-records\":[{}]}", GA_R_CLAIM, "x-nvidia-mismatch-measurement-records lists something" },
    { "mismatches that are no list", GA_CLAIMS_3_0, false, "{\"x-nvidia-mismatch-measurement-records\":{}}", GA_R_CLAIM, "x-nvidia-mismatch-measurement-records lists something" },
    { "a mismatch of opaque data", GA_CLAIMS_4_0, false, "{\"x-nvidia-mismatch-opaque-data-records\":[1]}", GA_R_CLAIM, "x-nvidia-mismatch-opaque-data-records lists something" },
    { "a claim of a later version", GA_CLAIMS_3_0, false, "{\"x-nvidia-mismatch-opaque-data-records\":[1]}", GA_R_NONE, "" },
    { "a chain as a boolean", GA_CLAIMS_3_0, false, "{\"" CHAIN "\":true}", GA_R_CLAIM, CHAIN " is no object" },
    { "an expired chain", GA_CLAIMS_3_0, true, "{\"" CHAIN "\":{\"" STATUS "\":\"expired\"}}", GA_R_CLAIM, CHAIN ": " STATUS " is \"expired\", not valid" },
    { "a chain that nobody knows", GA_CLAIMS_3_0, true, "{\"" CHAIN "\":{\"" OCSP "\":\"unknown\"}}", GA_R_CLAIM, CHAIN ": " OCSP " is \"unknown\", not good" },
    { "a chain without its status", GA_CLAIMS_3_0, true, "{\"" CHAIN "\":{\"" STATUS "\":null}}", GA_R_CLAIM, CHAIN ": " STATUS " is \"\", not valid" },
    { "an answer to another nonce", GA_CLAIMS_3_0, false, "{\"" DRIVER "\":{\"" NONCE "\":false}}", GA_R_CLAIM, DRIVER ": " NONCE " is not true" },
    { "an answer that is not valid", GA_CLAIMS_4_0, false, "{\"" DRIVER "\":{\"" VALID "\":false}}", GA_R_CLAIM, DRIVER ": " VALID " is not true" },
    { "a RIM on hold", GA_CLAIMS_3_0, false, "{\"" DRIVER "\":" HELD "\":\"certificateHold\"}}", GA_R_CLAIM, DRIVER ": " STATUS " is \"revoked\", not valid; " DRIVER ": " OCSP " is \"revoked\", not good" },
    { "a RIM on hold, which is accepted", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":" HELD "\":\"certificateHold\"}}", GA_R_NONE, "" },
    { "a hold by another name", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":" HELD "\":\"CERTIFICATE_HOLD\"}}", GA_R_NONE, "" },
    { "a hold of a chain that is valid", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":{\"" OCSP "\":\"revoked\",\"" REASON "\":\"certificate_hold\"}}", GA_R_NONE, "" },
    { "a hold of a chain that is expired", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":{\"" STATUS "\":\"expired\",\"" OCSP "\":\"revoked\",\"" REASON "\":\"certificateHold\"}}", GA_R_CLAIM, DRIVER ": " STATUS " is \"expired\", not valid; " DRIVER ": " OCSP " is \"revoked\", not good" },
    { "a hold with an answer to another nonce", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":{\"" NONCE "\":false,\"" OCSP "\":\"revoked\",\"" REASON "\":\"certificateHold\"}}", GA_R_CLAIM, DRIVER ": " NONCE " is not true" },
    { "a device on hold", GA_CLAIMS_3_0, true, "{\"" CHAIN "\":" HELD "\":\"certificateHold\"}}", GA_R_CLAIM, CHAIN ": " STATUS " is \"revoked\", not valid; " CHAIN ": " OCSP " is \"revoked\", not good" },
    { "a RIM that is revoked", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":" HELD "\":\"keyCompromise\"}}", GA_R_CLAIM, DRIVER ": " STATUS " is \"revoked\", not valid; " DRIVER ": " OCSP " is \"revoked\", not good" },
    { "a RIM that is revoked for no reason", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":" HELD "\":null}}", GA_R_CLAIM, DRIVER ": " STATUS " is \"revoked\", not valid; " DRIVER ": " OCSP " is \"revoked\", not good" },
    { "a hold of a RIM that is good", GA_CLAIMS_3_0, true, "{\"" DRIVER "\":{\"" STATUS "\":\"revoked\",\"" REASON "\":\"certificateHold\"}}", GA_R_CLAIM, DRIVER ": " STATUS " is \"revoked\", not valid" },
    { "claims of another version", GA_CLAIMS_3_0, false, "{\"x-nvidia-gpu-claims-version\":\"2.0\"}", GA_R_CLAIM, "the claims are of version \"2.0\", not of the overall token's" },
    { "claims without their version", GA_CLAIMS_3_0, false, "{\"x-nvidia-gpu-claims-version\":null}", GA_R_NONE, "" },
    { "a signer that relaxed nothing", GA_CLAIMS_3_0, false, "{\"x-gpuattest-relaxed\":[]}", GA_R_NONE, "" },
    { "a signer that relaxed something", GA_CLAIMS_3_0, true, "{\"x-gpuattest-relaxed\":[\"at\",\"anchors\"]}", GA_R_RELAXED, "the signer let 2 things pass, the first is \"at\"" },
    { "a signer that let a hold pass", GA_CLAIMS_3_0, false, "{\"x-gpuattest-relaxed\":[\"driver_rim.ocsp:hold\"]}", GA_R_RELAXED, "the signer let 1 thing pass, the first is \"driver_rim.ocsp:hold\"" },
    { "a hold that is accepted", GA_CLAIMS_3_0, true, "{\"x-gpuattest-relaxed\":[\"driver_rim.ocsp:hold\",\"vbios_rim.ocsp:hold\"]}", GA_R_NONE, "" },
    { "more than a hold", GA_CLAIMS_3_0, true, "{\"x-gpuattest-relaxed\":[\"driver_rim.ocsp:hold\",\"device.ocsp:hold\"]}", GA_R_RELAXED, "the signer let 1 thing pass, the first is \"device.ocsp:hold\"" },
    { "what was relaxed, and is no list", GA_CLAIMS_3_0, true, "{\"x-gpuattest-relaxed\":\"driver_rim.ocsp:hold\"}", GA_R_RELAXED, "the signer let 1 thing pass, the first is \"\"" },
    { "what was relaxed, and is no text", GA_CLAIMS_3_0, true, "{\"x-gpuattest-relaxed\":[1]}", GA_R_RELAXED, "the signer let 1 thing pass, the first is \"\"" },
    { "a device that its signer rejected", GA_CLAIMS_2_0, true, "{\"x-gpuattest-rejected\":[\"report.fwid:mismatch\"]}", GA_R_REFUSED, "the signer rejected the device: \"report.fwid:mismatch\"" },
    { "a rejection without a reason", GA_CLAIMS_3_0, true, "{\"x-gpuattest-rejected\":[]}", GA_R_REFUSED, "the signer rejected the device: \"\"" },
    { "an error", GA_CLAIMS_3_0, true, "{\"x-nvidia-error-details\":{\"code\":4010,\"message\":\"NONCE\",\"description\":\"not matching\"}}", GA_R_ERROR_DETAILS, "error 4010 NONCE: not matching" },
    { "an error without words", GA_CLAIMS_3_0, true, "{\"x-nvidia-error-details\":{}}", GA_R_ERROR_DETAILS, "error 0 " },
    { "an error that is text", GA_CLAIMS_3_0, true, "{\"x-nvidia-error-details\":\"x\"}", GA_R_ERROR_DETAILS, "error 0 " },
    { "no error", GA_CLAIMS_3_0, true, "{\"x-nvidia-error-details\":null}", GA_R_NONE, "" },
};
/* clang-format on */

static json_t *
json_of(const char *text)
{
    json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);

    if (j == NULL)
        fail_msg("%s", text);
    return j;
}

static void
tells_which_claim_is_not_good(void **state)
{
    const struct change *row = *state;
    json_t *claims = good_claims(GA_KIND_GPU, row->version);
    json_t *over = json_of(row->over);
    struct ga_check c = { 0 };

    assert_int_equal(json_object_update_recursive(claims, over), 0);
    ga_device_result_check(claims, GA_KIND_GPU, versions[row->version].bit,
                           row->hold, &c);
    expect(&c, row->reason, row->expect);
    json_decref(over);
    json_decref(claims);
}

/* Tokens of version 3.0 may be older than two members of a chain, those of 4.0
 * are not. */
static void
older_tokens_lack_what_newer_ones_must_have(void **state)
{
    (void)state;
    for (size_t v = 1; v < COUNT(versions); v++) {
        json_t *claims = good_claims(GA_KIND_GPU, versions[v].version);
        struct ga_check c = { 0 };

        json_object_del(json_object_get(claims, DRIVER), NONCE);
        json_object_del(json_object_get(claims, CHAIN), VALID);
        ga_device_result_check(claims, GA_KIND_GPU, versions[v].bit, false, &c);
        if (versions[v].bit == GA_PROFILE_3_0)
            expect(&c, GA_R_NONE, "");
        else
            expect(&c, GA_R_CLAIM,
                   CHAIN ": " VALID " is not true; " DRIVER ": " NONCE
                         " is not true");
        json_decref(claims);
    }
}

static void
says_what_it_cannot_judge(void **state)
{
    json_t *claims = good_claims(GA_KIND_GPU, GA_CLAIMS_3_0);
    struct ga_check c[4] = { { 0 } };

    (void)state;
    ga_device_result_check(NULL, GA_KIND_GPU, GA_PROFILE_3_0, true, &c[0]);
    expect(&c[0], GA_R_DEPENDS, "the claims cannot be read");
    ga_device_result_check(claims, GA_KIND_GPU, 0, true, &c[1]);
    expect(&c[1], GA_R_CLAIM, "the version of the claims is not known");
    ga_device_result_check(claims, GA_KIND_UNKNOWN, GA_PROFILE_3_0, true,
                           &c[2]);
    expect(&c[2], GA_R_CLAIM, "what kind of device they are of is not known");
    ga_overall_result_check(NULL, true, &c[3]);
    expect(&c[3], GA_R_DEPENDS, "the claims cannot be read");
    json_decref(claims);
}

static void
tells_the_version_of_a_token_alone(void **state)
{
    static const struct {
        const char *claims;
        unsigned version;
    } rows[] = {
        { "{}", GA_PROFILE_2_0 },
        { "{\"" CHAIN "\":true}", GA_PROFILE_2_0 },
        { "{\"" CHAIN "\":{}}", GA_PROFILE_3_0 },
        { "{\"x-nvidia-switch-attestation-report-cert-chain\":{}}",
          GA_PROFILE_3_0 },
        { "{\"x-nvidia-gpu-claims-version\":\"4.0\"}", GA_PROFILE_4_0 },
        { "{\"x-nvidia-switch-claims-version\":\"2.0\",\"" CHAIN "\":{}}",
          GA_PROFILE_2_0 },
        { "{\"x-nvidia-gpu-claims-version\":\"5.0\"}", 0 },
        { "{\"x-nvidia-gpu-claims-version\":\"\"}", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *claims = json_of(rows[i].claims);

        if (ga_profile_guess(claims) != rows[i].version)
            fail_msg("%s", rows[i].claims);
        json_decref(claims);
    }
}

#define SUB "\"sub\":\"NVIDIA-PLATFORM-ATTESTATION\""
#define VER "\"x-nvidia-ver\":\"3.0\""
#define YES "\"x-nvidia-overall-att-result\":true"

/* clang-format off */
static const struct overall {
    const char *name, *claims;
    enum ga_reason reason;
    const char *expect;
} overalls[] = {
    { "a good result", "{" SUB "," VER "," YES "}", GA_R_NONE, "" },
    { "no result", "{" SUB "," VER "}", GA_R_ABSENT, "x-nvidia-overall-att-result is absent" },
    { "a result that is text", "{" SUB "," VER ",\"x-nvidia-overall-att-result\":\"true\"}", GA_R_MALFORMED, "x-nvidia-overall-att-result is neither true nor false" },
    { "a bad result", "{" SUB "," VER ",\"x-nvidia-overall-att-result\":false}", GA_R_REFUSED, "the service's overall result is false" },
    { "no subject", "{" VER "," YES "}", GA_R_CLAIM, "sub is \"\", not NVIDIA-PLATFORM-ATTESTATION" },
    { "another subject", "{\"sub\":\"NVIDIA-PLATFORM-ATTESTATION-2\"," VER "," YES "}", GA_R_CLAIM, "sub is \"NVIDIA-PLATFORM-ATTESTATION-2\", not NVIDIA-PLATFORM-ATTESTATION" },
    { "no version", "{" SUB "," YES "}", GA_R_CLAIM, "x-nvidia-ver is \"\", not 2.0, 3.0 or 4.0" },
    { "another version", "{" SUB ",\"x-nvidia-ver\":\"3.1\"," YES "}", GA_R_CLAIM, "x-nvidia-ver is \"3.1\", not 2.0, 3.0 or 4.0" },
    { "a version that is a number", "{" SUB ",\"x-nvidia-ver\":3.0," YES "}", GA_R_CLAIM, "x-nvidia-ver is \"\", not 2.0, 3.0 or 4.0" },
    { "what was relaxed", "{" SUB "," VER "," YES ",\"x-gpuattest-relaxed\":[\"anchors\"]}", GA_R_RELAXED, "the signer let 1 thing pass, the first is \"anchors\"" },
};
/* clang-format on */

static void
judges_the_overall_result(void **state)
{
    const struct overall *row = *state;
    json_t *claims = json_of(row->claims);
    struct ga_check c = { 0 };

    ga_overall_result_check(claims, true, &c);
    expect(&c, row->reason, row->expect);
    json_decref(claims);
}

int
main(void)
{
    struct CMUnitTest all[COUNT(changes) + COUNT(overalls) + 5] = {
        cmocka_unit_test(takes_what_we_say_of_a_good_device),
        cmocka_unit_test(no_claim_of_the_profile_may_be_missing),
        cmocka_unit_test(older_tokens_lack_what_newer_ones_must_have),
        cmocka_unit_test(says_what_it_cannot_judge),
        cmocka_unit_test(tells_the_version_of_a_token_alone),
    };
    size_t n = 5;

    for (size_t i = 0; i < COUNT(changes); i++)
        all[n++] = (struct CMUnitTest){
            .name = changes[i].name,
            .test_func = tells_which_claim_is_not_good,
            .initial_state = (void *)(uintptr_t)&changes[i],
        };
    for (size_t i = 0; i < COUNT(overalls); i++)
        all[n++] = (struct CMUnitTest){
            .name = overalls[i].name,
            .test_func = judges_the_overall_result,
            .initial_state = (void *)(uintptr_t)&overalls[i],
        };
    return cmocka_run_group_tests(all, NULL, NULL);
}
