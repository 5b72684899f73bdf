/* SPDX-License-Identifier: Apache-2.0 */
/* Issuer, time and nonce of a token, whoever signed it: rules 16 and 17. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "token/check.h"

/* 2026-06-15 */
#define AT     INT64_C(1781524800)
#define LEEWAY 60
#define ISSUER "https://nras.example.org"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"
#define TIMES  "\"iat\":1781524800,\"nbf\":1781524800,\"exp\":1781528400"

/* clang-format off */
static const struct row {
    const char *name;
    enum ga_check_id check;
    const char *claims;
    enum ga_reason reason;
    const char *expect;
} rows[] = {
    { "the issuer", GA_CHECK_TOKEN_ISSUER, "{\"iss\":\"" ISSUER "\"}", GA_R_NONE, "" },
    { "no issuer", GA_CHECK_TOKEN_ISSUER, "{}", GA_R_ABSENT, "iss is absent" },
    { "an issuer that is a list", GA_CHECK_TOKEN_ISSUER, "{\"iss\":[\"" ISSUER "\"]}", GA_R_MALFORMED, "iss is no string" },
    { "an issuer with a slash", GA_CHECK_TOKEN_ISSUER, "{\"iss\":\"" ISSUER "/\"}", GA_R_MISMATCH, "issued by \"" ISSUER "/\", not \"" ISSUER "\"" },
    { "an issuer that ends early", GA_CHECK_TOKEN_ISSUER, "{\"iss\":\"https://nras.example\"}", GA_R_MISMATCH, "issued by \"https://nras.example\", not \"" ISSUER "\"" },
    { "claims that are a list", GA_CHECK_TOKEN_ISSUER, "[]", GA_R_DEPENDS, "the claims cannot be read" },

    { "the present", GA_CHECK_TOKEN_TIME, "{" TIMES "}", GA_R_NONE, "" },
    { "no dates", GA_CHECK_TOKEN_TIME, "{}", GA_R_ABSENT, "iat is absent; nbf is absent; exp is absent" },
    { "a date that is text", GA_CHECK_TOKEN_TIME, "{\"iat\":\"1781524800\",\"nbf\":1781524800,\"exp\":1781528400}", GA_R_MALFORMED, "iat is no integer" },
    { "a date with a fraction", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":1781524800.0,\"exp\":1781528400}", GA_R_MALFORMED, "nbf is no integer" },
    { "a date before 1970", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":-1,\"exp\":1781528400}", GA_R_MALFORMED, "nbf is -1, not 0 to 9007199254740992" },
    { "a date that is not exact", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":9007199254740993,\"exp\":1781528400}", GA_R_MALFORMED, "nbf is 9007199254740993, not 0 to 9007199254740992" },
    { "issued within the leeway", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524860,\"nbf\":1781524860,\"exp\":1781528400}", GA_R_NONE, "" },
    { "issued behind the leeway", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524861,\"nbf\":0,\"exp\":1781528400}", GA_R_FUTURE, "issued 2026-06-15T12:01:01Z, which is to come" },
    { "not valid yet", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":1781524861,\"exp\":1781528400}", GA_R_NOT_YET_VALID, "not valid before 2026-06-15T12:01:01Z" },
    { "expired within the leeway", GA_CHECK_TOKEN_TIME, "{\"iat\":1781520000,\"nbf\":0,\"exp\":1781524741}", GA_R_NONE, "" },
    { "expired", GA_CHECK_TOKEN_TIME, "{\"iat\":1781520000,\"nbf\":0,\"exp\":1781524740}", GA_R_EXPIRED, "expired 2026-06-15T11:59:00Z" },
    { "a life of a day", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":0,\"exp\":1781611200}", GA_R_NONE, "" },
    { "a life of more than a day", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":0,\"exp\":1781611201}", GA_R_LIFETIME, "lives 86401 s from iat on, not 1 to 86400" },
    { "a life of no time", GA_CHECK_TOKEN_TIME, "{\"iat\":1781524800,\"nbf\":0,\"exp\":1781524800}", GA_R_LIFETIME, "lives 0 s from iat on, not 1 to 86400" },
    { "an end behind the year 9999", GA_CHECK_TOKEN_TIME, "{\"iat\":9007199254740992,\"nbf\":0,\"exp\":9007199254740992}", GA_R_FUTURE, "issued 9999-12-31T23:59:59Z, which is to come; lives 0 s from iat on, not 1 to 86400" },

    { "the nonce", GA_CHECK_TOKEN_NONCE, "{\"eat_nonce\":\"" ZEROS "\"}", GA_R_NONE, "" },
    { "no nonce", GA_CHECK_TOKEN_NONCE, "{}", GA_R_NONCE_MISSING, "eat_nonce is absent" },
    { "a nonce in a list", GA_CHECK_TOKEN_NONCE, "{\"eat_nonce\":[\"" ZEROS "\"]}", GA_R_MALFORMED, "eat_nonce is no string of 64 hex digits" },
    { "a short nonce", GA_CHECK_TOKEN_NONCE, "{\"eat_nonce\":\"00\"}", GA_R_MALFORMED, "eat_nonce is no string of 64 hex digits" },
    { "a longer nonce", GA_CHECK_TOKEN_NONCE, "{\"eat_nonce\":\"" ZEROS "00\"}", GA_R_MALFORMED, "eat_nonce is no string of 64 hex digits" },
    { "another nonce", GA_CHECK_TOKEN_NONCE, "{\"eat_nonce\":\"ff00000000000000000000000000000000000000000000000000000000000000\"}", GA_R_NONCE_OTHER, "the token carries ff00000000000000000000000000000000000000000000000000000000000000; pass it only if you chose it" },

    { "a key that there is not", GA_CHECK_TOKEN_SIGNATURE, "{}", GA_R_NO_KEY, "header: alg is \"\", not ES384; signature: 0 bytes, not 96; no such key in the JWKS: kid \"k\"" },
    { "certificates of no key", GA_CHECK_TOKEN_CHAIN, "{}", GA_R_DEPENDS, "no key, and so no certificates" },
};
/* clang-format on */

static void
tells_what_is_wrong(void **state)
{
    const struct row *row = *state;
    static const struct ga_nonce nonce = { { 0 } };
    const struct ga_jwks none = { 0 };
    const struct ga_token_rules rules = { .jwks = &none,
                                          .issuer = ISSUER,
                                          .nonce = &nonce,
                                          .at = AT,
                                          .leeway = LEEWAY };
    struct ga_check checks[GA_CHECK_COUNT] = { { 0 } };
    const struct ga_check *c = &checks[row->check];
    const struct ga_pin *pin;
    char *claims = ga_base64_encode(
        ga_bytes_of(row->claims, strlen(row->claims)), GA_BASE64_URL);
    char text[1024];
    struct ga_jws jws;

    assert_non_null(claims);
    /* {"kid":"k"} */
    snprintf(text, sizeof(text), "eyJraWQiOiJrIn0.%s.", claims);
    assert_int_equal(ga_jws_parse(ga_bytes_of(text, strlen(text)), &jws, NULL),
                     GA_OK);
    ga_token_check(&jws, &rules, checks, &pin);
    assert_string_equal(c->text, row->expect);
    assert_int_equal(c->state, row->reason == GA_R_NONE      ? GA_PASSED
                               : row->reason == GA_R_DEPENDS ? GA_NOT_CHECKED
                                                             : GA_FAILED);
    if (row->reason != GA_R_NO_KEY)
        assert_int_equal(c->reason, row->reason);
    else
        assert_true((c->all & UINT64_C(1) << row->reason) != 0);
    assert_null(pin);
    ga_jws_done(&jws);
    free(claims);
}

int
main(void)
{
    struct CMUnitTest all[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        all[i] = (struct CMUnitTest){
            .name = rows[i].name,
            .test_func = tells_what_is_wrong,
            .initial_state = (void *)(uintptr_t)&rows[i],
        };
    return cmocka_run_group_tests(all, NULL, NULL);
}
