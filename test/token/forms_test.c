/* SPDX-License-Identifier: Apache-2.0 */
/* Where tokens are found in what is presented, and whether those that are found
 * belong together. */
#include "support/test.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "token/eat.h"

/* Tokens of "{}" and of {"submods":{}}, signed by nobody. */
#define T       "e30.e30."
#define OVERALL "e30.eyJzdWJtb2RzIjp7fX0."
#define EAT(name)                                        \
    "[[\"JWT\",\"" OVERALL "\"],{\"" name "\":\"" T "\"" \
    "}]"
#define WRAPPED(members) "[[\"JWT\",\"" T "\"],{" members "}]"

static enum ga_rc
add(struct ga_eats *eats, const char *text, struct ga_error *err)
{
    size_t n = strlen(text);
    char *exact = malloc(n > 0 ? n : 1);
    enum ga_rc rc;

    assert_non_null(exact);
    memcpy(exact, text, n);
    rc = ga_eats_add(ga_bytes_of(exact, n), eats, err);
    free(exact);
    return rc;
}

/* clang-format off */
static const struct form {
    const char *name, *text;
    size_t eats, devices;
    bool overall, wrapped; /* overall: of the first one */
} forms[] = {
    { "a device's token alone", T, 1, 1, false, false },
    { "an overall token alone", OVERALL "\r\n", 1, 0, true, false },
    { "a token as a string of JSON", "\"" T "\"", 1, 1, false, false },
    { "a detached EAT", EAT("GPU-0"), 1, 1, true, false },
    { "a detached EAT without devices", WRAPPED(""), 1, 0, true, false },
    { "a list of detached EATs", "[" EAT("GPU-0") "," EAT("SWITCH-0") "]", 2, 2, true, false },
    { "the outer token of a client", WRAPPED("\"REMOTE_GPU_CLAIMS\":" EAT("GPU-0")), 1, 1, true, true },
    { "an object around a detached EAT", "{\"detached_eat\":" EAT("GPU-0") "}", 1, 1, true, false },
    { "an object around a token", "{\"detached_eat\":\"" T "\"}", 1, 1, false, false },
};

static const struct bad {
    const char *name, *text;
    enum ga_rc rc;
    const char *expect;
} bad[] = {
    { "nothing", "", GA_E_SYNTAX, "token: JSON: value expected at byte 0" },
    { "no JSON", "[", GA_E_SYNTAX, "token: JSON: value expected at byte 1" },
    { "a number", "1", GA_E_MISSING, "token: neither a JWS nor a detached EAT" },
    { "an empty list", "[]", GA_E_MISSING, "token: neither a JWS nor a detached EAT" },
    { "an empty object", "{}", GA_E_MISSING, "token: neither a JWS nor a detached EAT" },
    { "an object around nothing", "{\"detached_eat\":null}", GA_E_MISSING, "token: neither a JWS nor a detached EAT" },
    { "a list of numbers", "[1]", GA_E_BAD_VALUE, "token: item 0: no detached EAT" },
    { "something behind an EAT", "[" EAT("GPU-0") ",{}]", GA_E_BAD_VALUE, "token: item 1: no detached EAT" },
    { "another word than JWT", "[[\"jwt\",\"" T "\"],{}]", GA_E_BAD_VALUE, "token: item 0: no detached EAT" },
    { "a third part", "[[\"JWT\",\"" T "\"],{},{}]", GA_E_BAD_VALUE, "token: item 0: no detached EAT" },
    { "a device's token that is no text", "[[\"JWT\",\"" T "\"],{\"GPU-0\":\"" T "\",\"GPU-1\":1}]", GA_E_BAD_VALUE, "token: GPU-1: no token" },
    { "a device's token twice", "[[\"JWT\",\"" T "\"],{\"GPU-0\":\"" T "\",\"GPU-0\":\"" T "\"}]", GA_E_DUPLICATE, "token: JSON: key \"GPU-0\" twice at byte 40" },
    { "an outer token around a list", WRAPPED("\"LOCAL\":[1]"), GA_E_BAD_VALUE, "token: LOCAL: no detached EAT" },
    { "an outer token around a token", WRAPPED("\"A\":" EAT("GPU-0") ",\"B\":\"" T "\""), GA_E_BAD_VALUE, "token: B: no detached EAT" },
    { "a bad EAT in an outer token", WRAPPED("\"A\":[[\"JWT\",\"" T "\"],{\"GPU-0\":null}]"), GA_E_BAD_VALUE, "token: GPU-0: no token" },
};
/* clang-format on */

static void
finds_the_tokens(void **state)
{
    const struct form *row = *state;
    struct ga_eats eats = { 0 };
    struct ga_error err = { 0 };

    if (add(&eats, row->text, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(eats.count, row->eats);
    assert_int_equal(eats.submods, row->devices);
    assert_int_equal(eats.eat[0].has_overall, row->overall);
    assert_int_equal(eats.wrapped, row->wrapped);
    ga_eats_done(&eats);
}

static void
refuses_what_holds_none(void **state)
{
    const struct bad *row = *state;
    struct ga_eats eats = { 0 };
    struct ga_error err = { 0 };

    assert_int_equal(add(&eats, row->text, &err), row->rc);
    assert_string_equal(err.text, row->expect);
    ga_eats_done(&eats);
}

/* A list of `n` EATs, each with one device, or one EAT with `n` devices. */
static char *
many(size_t n, bool devices)
{
    char *text = calloc(n + 1, 128);
    size_t at = 0;

    assert_non_null(text);
    at += (size_t)sprintf(text, devices ? "[[\"JWT\",\"" T "\"],{" : "[");
    for (size_t i = 0; i < n; i++)
        at += (size_t)sprintf(text + at,
                              devices ? "%s\"GPU-%zu\":\"" T "\""
                                      : "%s" WRAPPED("\"GPU-%zu\":\"" T "\""),
                              i > 0 ? "," : "", i);
    sprintf(text + at, devices ? "}]" : "]");
    return text;
}

static void
bounds_the_tokens_of_one_input(void **state)
{
    static const struct {
        size_t n;
        bool devices;
        enum ga_rc rc;
        const char *expect;
    } rows[] = {
        { GA_EATS_MAX, false, GA_OK, "" },
        { GA_EATS_MAX + 1, false, GA_E_TOO_LARGE,
          "token: more than 8 detached EATs" },
        { GA_DEVICES_MAX, true, GA_OK, "" },
        { GA_DEVICES_MAX + 1, true, GA_E_TOO_LARGE,
          "token: more than 128 devices" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = many(rows[i].n, rows[i].devices);
        struct ga_eats eats = { 0 };
        struct ga_error err = { 0 };

        assert_int_equal(add(&eats, text, &err), rows[i].rc);
        assert_string_equal(err.text, rows[i].expect);
        ga_eats_done(&eats);
        free(text);
    }
}

static void
bounds_all_inputs_together(void **state)
{
    struct ga_eats eats = { 0 };
    struct ga_error err = { 0 };
    char *large = malloc(GA_TOKEN_MAX + 1);

    (void)state;
    assert_non_null(large);
    memset(large, 'A', GA_TOKEN_MAX + 1);
    assert_int_equal(
        ga_eats_add(ga_bytes_of(large, GA_TOKEN_MAX + 1), &eats, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "token: 2097153 bytes, not 1 to 2097152");
    free(large);
    for (size_t i = 0; i < GA_EATS_MAX; i++)
        assert_int_equal(add(&eats, EAT("GPU-0"), &err), GA_OK);
    assert_int_equal(add(&eats, EAT("GPU-0"), &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "token: more than 8 inputs");
    assert_int_equal(add(&eats, T, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "token: more than 8 detached EATs");
    assert_int_equal(eats.count, GA_EATS_MAX);
    ga_eats_done(&eats);
}

/* ---- what belongs together ---- */

#define DIGEST "[\"DIGEST\",[\"SHA-256\",\"@\"]]"
#define GPU    "{\"x-nvidia-device-type\":\"gpu\"}"

/* clang-format off */
/* One EAT: the claim submods, where @ is the digest of the token, and the
 * label and claims of the token. */
static const struct together {
    const char *name, *submods, *label, *claims;
    enum ga_reason reason; /* GA_R_NONE: it passes */
    const char *expect;
} together[] = {
    { "a token and its digest", "{\"GPU-0\":" DIGEST "}", "GPU-0", GPU, GA_R_NONE, "" },
    { "SHA256 without its dash", "{\"GPU-0\":[\"DIGEST\",[\"SHA256\",\"@\"]]}", "GPU-0", GPU, GA_R_NONE, "" },
    { "a switch by its claims", "{\"SWITCH-0\":" DIGEST "}", "SWITCH-0", "{\"x-nvidia-switch-arch-check\":true}", GA_R_NONE, "" },
    { "no submods", NULL, "GPU-0", GPU, GA_R_ABSENT, "the overall token has no submods" },
    { "submods that are a list", "[" DIGEST "]", "GPU-0", GPU, GA_R_MALFORMED, "submods is no object" },
    { "a token that is not named", "{}", "GPU-0", GPU, GA_R_MISMATCH, "GPU-0: a token that the overall one does not name" },
    { "a token that is not there", "{\"GPU-0\":" DIGEST ",\"GPU-1\":" DIGEST "}", "GPU-0", GPU, GA_R_ABSENT, "GPU-1: its token is missing" },
    { "another hash", "{\"GPU-0\":[\"DIGEST\",[\"SHA-384\",\"@\"]]}", "GPU-0", GPU, GA_R_MALFORMED, "submods: GPU-0: no SHA-256 digest" },
    { "a digest that is no hex", "{\"GPU-0\":[\"DIGEST\",[\"SHA-256\",\"@@\"]]}", "GPU-0", GPU, GA_R_MALFORMED, "submods: GPU-0: no SHA-256 digest" },
    { "a digest of something else", "{\"GPU-0\":[\"DIGEST\",[\"SHA-256\",\"0000000000000000000000000000000000000000000000000000000000000000\"]]}", "GPU-0", GPU, GA_R_BAD_DIGEST, "GPU-0: the token is not the one whose digest is signed" },
    { "claims that cannot be read", "{\"GPU-0\":" DIGEST "}", "GPU-0", "[]", GA_R_DEPENDS, "GPU-0: the claims cannot be read" },
    { "a token of no kind", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{}", GA_R_MISMATCH, "GPU-0: the token is of no known kind of device" },
    { "a token of both kinds", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{\"x-nvidia-gpu-arch-check\":true,\"x-nvidia-device-type\":\"nvswitch\"}", GA_R_MISMATCH, "GPU-0: the token is of no known kind of device" },
    { "a switch's token as a GPU's", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{\"x-nvidia-device-type\":\"nvswitch\"}", GA_R_MISMATCH, "GPU-0: the token is an NVSwitch's" },
    { "a GPU's token as a switch's", "{\"SWITCH-0\":" DIGEST "}", "SWITCH-0", GPU, GA_R_MISMATCH, "SWITCH-0: the token is a GPU's" },
    { "an error has no kind", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{\"x-nvidia-error-details\":{}}", GA_R_NONE, "" },
    { "no error has a kind", "{\"SWITCH-0\":" DIGEST "}", "SWITCH-0", "{\"x-nvidia-device-type\":\"gpu\",\"x-nvidia-error-details\":null}", GA_R_MISMATCH, "SWITCH-0: the token is a GPU's" },
    { "a token with submods of its own", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{\"x-nvidia-device-type\":\"gpu\",\"submods\":{}}", GA_R_SHAPE, "GPU-0: has submods or an overall result of its own" },
    { "a token with a result of its own", "{\"GPU-0\":" DIGEST "}", "GPU-0", "{\"x-nvidia-device-type\":\"gpu\",\"x-nvidia-overall-att-result\":true}", GA_R_SHAPE, "GPU-0: has submods or an overall result of its own" },
    { "a label of no kind", "{\"DPU-0\":" DIGEST "}", "DPU-0", GPU, GA_R_SHAPE, "DPU-0: neither GPU-n nor SWITCH-n" },
    { "a label without the one before", "{\"GPU-1\":" DIGEST "}", "GPU-1", GPU, GA_R_SHAPE, "GPU-1: the one before it is missing" },
    { "no device at all", "{}", NULL, NULL, GA_R_ABSENT, "no device's token" },
};
/* clang-format on */

static char *
token_of(const char *claims)
{
    char *b =
        ga_base64_encode(ga_bytes_of(claims, strlen(claims)), GA_BASE64_URL);
    char *out = malloc(strlen(b) + 8);

    assert_non_null(b);
    assert_non_null(out);
    sprintf(out, "e30.%s.", b);
    free(b);
    return out;
}

/* Puts the digest of `token` for each @ of the submods. */
static void
overall_claims(const struct together *row, const char *token, char *out)
{
    uint8_t sum[32] = { 0 };
    char hex[65];

    if (token != NULL)
        assert_int_equal(
            EVP_Digest(token, strlen(token), sum, NULL, EVP_sha256(), NULL), 1);
    ga_hex(ga_bytes_of(sum, sizeof(sum)), hex);
    if (row->submods == NULL) {
        sprintf(out, "{}");
        return;
    }
    out += sprintf(out, "{\"submods\":");
    for (const char *p = row->submods; *p != '\0'; p++)
        out += *p == '@' ? sprintf(out, "%s", hex) : sprintf(out, "%c", *p);
    sprintf(out, "}");
}

static void
tells_whether_they_belong_together(void **state)
{
    const struct together *row = *state;
    char *token = row->claims != NULL ? token_of(row->claims) : NULL;
    char claims[2048], text[8192], *overall;
    struct ga_eats eats = { 0 };
    struct ga_check c = { 0 };
    struct ga_error err = { 0 };

    overall_claims(row, token, claims);
    overall = token_of(claims);
    if (token != NULL)
        snprintf(text, sizeof(text), "[[\"JWT\",\"%s\"],{\"%s\":\"%s\"}]",
                 overall, row->label, token);
    else
        snprintf(text, sizeof(text), "[[\"JWT\",\"%s\"],{}]", overall);
    if (add(&eats, text, &err) != GA_OK)
        fail_msg("%s", err.text);
    ga_eat_check(&eats, &eats.eat[0], &c);
    assert_string_equal(c.text, row->expect);
    assert_int_equal(c.reason, row->reason);
    assert_int_equal(c.state, row->reason == GA_R_NONE      ? GA_PASSED
                              : row->reason == GA_R_DEPENDS ? GA_NOT_CHECKED
                                                            : GA_FAILED);
    ga_eats_done(&eats);
    free(overall);
    free(token);
}

/* A device that stands in two EATs is said of the second one. */
static void
notices_a_label_in_two_eats(void **state)
{
    struct ga_eats eats = { 0 };
    struct ga_check c[3] = { { 0 } };

    (void)state;
    assert_int_equal(add(&eats,
                         "[" EAT("GPU-0") "," EAT("GPU-0") "," EAT("GPU-1") "]",
                         NULL),
                     GA_OK);
    for (size_t i = 0; i < COUNT(c); i++)
        ga_eat_check(&eats, &eats.eat[i], &c[i]);
    assert_null(strstr(c[0].text, "in two EATs"));
    assert_non_null(strstr(c[1].text, "GPU-0: in two EATs"));
    assert_true((c[1].all & UINT64_C(1) << GA_R_DUPLICATE) != 0);
    assert_null(strstr(c[2].text, "in two EATs"));
    ga_eats_done(&eats);
}

/* A token alone has nothing that it could belong to. */
static void
says_that_a_token_stands_alone(void **state)
{
    static const struct {
        const char *claims;
        enum ga_state state;
        enum ga_reason reason;
        const char *expect;
    } rows[] = {
        { GPU, GA_NOT_APPLICABLE, GA_R_NO_FIELD,
          "a device's token alone, without an overall one" },
        { "{\"x-nvidia-overall-att-result\":true}", GA_FAILED, GA_R_SHAPE,
          "the token: has submods or an overall result of its own" },
        { "[]", GA_NOT_CHECKED, GA_R_DEPENDS,
          "the token: the claims cannot be read" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *token = token_of(rows[i].claims);
        struct ga_eats eats = { 0 };
        struct ga_check c = { 0 };

        assert_int_equal(add(&eats, token, NULL), GA_OK);
        ga_eat_check(&eats, &eats.eat[0], &c);
        assert_string_equal(c.text, rows[i].expect);
        assert_int_equal(c.reason, rows[i].reason);
        assert_int_equal(c.state, rows[i].state);
        ga_eats_done(&eats);
        free(token);
    }
}

#define ROWS(table, test)                                     \
    for (size_t i = 0; i < COUNT(table); i++)                 \
        all[n++] = (struct CMUnitTest)                        \
        {                                                     \
            .name = (table)[i].name, .test_func = (test),     \
            .initial_state = (void *)(uintptr_t) & (table)[i] \
        }

int
main(void)
{
    struct CMUnitTest all[COUNT(forms) + COUNT(bad) + COUNT(together) + 4] = {
        cmocka_unit_test(bounds_the_tokens_of_one_input),
        cmocka_unit_test(bounds_all_inputs_together),
        cmocka_unit_test(notices_a_label_in_two_eats),
        cmocka_unit_test(says_that_a_token_stands_alone),
    };
    size_t n = 4;

    ROWS(forms, finds_the_tokens);
    ROWS(bad, refuses_what_holds_none);
    ROWS(together, tells_whether_they_belong_together);
    return cmocka_run_group_tests(all, NULL, NULL);
}
