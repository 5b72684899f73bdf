/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of keys that verify. */
#include "support/token_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "token/chain.h"
#include "token/jwks.h"

#define ISSUER "https://nras.example.org"

static const struct bad_jwks {
    const char *name, *text;
    enum ga_rc rc;
    const char *expect;
} bad_sets[] = {
    { "no JSON", "{", GA_E_SYNTAX, "JWKS: JSON: key expected at byte 1" },
    { "key twice", "{\"keys\":[],\"keys\":[]}", GA_E_DUPLICATE,
      "JWKS: JSON: key \"keys\" twice at byte 11" },
    { "trailing text", "{\"keys\":[]}x", GA_E_SYNTAX,
      "JWKS: JSON: end expected at byte 11" },
    { "no keys", "{}", GA_E_MISSING, "JWKS: no list \"keys\"" },
    { "keys are no list", "{\"keys\":{}}", GA_E_MISSING,
      "JWKS: no list \"keys\"" },
    { "a list", "[]", GA_E_MISSING, "JWKS: no list \"keys\"" },
    { "a key is no object", "{\"keys\":[1]}", GA_E_BAD_VALUE,
      "JWKS: key 0 is no object" },
};

static void
refuses_what_is_no_jwks(void **state)
{
    const struct bad_jwks *row = *state;
    struct ga_bytes in = ga_bytes_of(row->text, strlen(row->text));
    struct ga_jwks *jwks = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_jwks_parse(in.ptr, in.len, &jwks, &err), row->rc);
    assert_string_equal(err.text, row->expect);
    assert_null(jwks);
}

#define X "AKiCIKkDIUaVJ3nS6b1NXKkJnEbdUQnzyqJzQ0XK1V0tNcd3UZF9TzU3xqBQ2vTb"

/* Keys that parse, with what tokens that name them are told. */
static const struct flawed {
    const char *name, *jwk;
    enum ga_reason reason;
    const char *expect;
} flawed[] = {
    { "RSA", "{\"kid\":\"k\",\"kty\":\"RSA\",\"crv\":\"P-384\"}", GA_R_KEY,
      "its kty is \"RSA\", not EC" },
    { "no kty", "{\"kid\":\"k\",\"crv\":\"P-384\"}", GA_R_KEY,
      "its kty is \"\", not EC" },
    { "P-256", "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-256\"}", GA_R_KEY,
      "its crv is \"P-256\", not P-384" },
    { "other alg",
      "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\",\"alg\":\"ES256\"}",
      GA_R_ALGORITHM, "its alg is \"ES256\", not ES384" },
    { "other use",
      "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\",\"use\":\"enc\"}",
      GA_R_KEY, "its use is \"enc\", not sig" },
    { "no x", "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\"}", GA_R_KEY,
      "its x is no string; its y is no string" },
    { "short x",
      "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\","
      "\"y\":\"" X "\"}",
      GA_R_KEY, "its x is not the base64url of 48 bytes" },
    { "not on the curve",
      "{\"kid\":\"k\",\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X
      "\",\"y\":\"" X "\"}",
      GA_R_KEY, "key: point is not on P-384" },
};

static void
keeps_a_flawed_key_as_such(void **state)
{
    const struct flawed *row = *state;
    char text[512];
    struct ga_jwks *jwks;
    const struct ga_jwk *k;

    snprintf(text, sizeof(text), "{\"keys\":[%s]}", row->jwk);
    jwks = jwks_of(text);
    assert_int_equal(ga_jwks_count(jwks), 1);
    assert_string_equal(ga_jwks_kid(jwks, 0), "k");
    assert_null(ga_jwks_kid(jwks, 1));
    k = ga_jwks_find(jwks, "k");
    assert_non_null(k);
    assert_null(k->key);
    assert_int_equal(k->flaw.reason, row->reason);
    assert_string_equal(k->flaw.text, row->expect);
    ga_jwks_free(jwks);
}

/* Certificates that are none; the key is as it would be without them. */
static const struct bad_x5c {
    const char *name, *x5c;
    enum ga_reason reason;
    const char *expect;
} bad_x5cs[] = {
    { "x5c is no list", "\"AA==\"", GA_R_MALFORMED,
      "x5c: 0 certificates, not 1 to 4" },
    { "x5c is empty", "[]", GA_R_MALFORMED, "x5c: 0 certificates, not 1 to 4" },
    { "x5c of five", "[\"\",\"\",\"\",\"\",\"\"]", GA_R_MALFORMED,
      "x5c: 5 certificates, not 1 to 4" },
    { "x5c of a number", "[1]", GA_R_MALFORMED, "x5c: item 0 is no string" },
    { "x5c of base64url", "[\"_w==\"]", GA_R_MALFORMED,
      "x5c: item 0: byte 0x5f at 0 is of the other base64 alphabet" },
    { "x5c without padding", "[\"MAA\"]", GA_R_MALFORMED,
      "x5c: item 0: base64 ends at 3, inside a group" },
    { "x5c of something else", "[\"MAA=\"]", GA_R_MALFORMED,
      "x5c: item 0: tbsCertificate: need 1 bytes at 2, have 0" },
};

static void
keeps_a_key_with_a_flawed_chain(void **state)
{
    const struct bad_x5c *row = *state;
    struct ga_token_chain_rules rules = { .issuer = ISSUER };
    struct ga_check check = { 0 };
    const struct ga_pin *pin = (const struct ga_pin *)&rules;
    char text[512];
    struct ga_jwks *jwks;
    const struct ga_jwk *k;

    snprintf(text, sizeof(text), "{\"keys\":[{\"kid\":\"k\",\"x5c\":%s}]}",
             row->x5c);
    jwks = jwks_of(text);
    k = ga_jwks_find(jwks, "k");
    assert_non_null(k);
    assert_true(k->has_x5c);
    assert_int_equal(k->certs.count, 0);
    assert_int_equal(k->flaw.reason, GA_R_KEY); /* of its own */
    ga_token_chain_check(k, &rules, &check, &pin);
    assert_int_equal(check.state, GA_FAILED);
    assert_int_equal(check.reason, row->reason);
    assert_string_equal(check.text, row->expect);
    assert_null(pin);
    ga_jwks_free(jwks);
}

static void
finds_no_key_without_a_kid(void **state)
{
    struct ga_jwks *jwks = jwks_of("{\"keys\":[{\"kty\":\"EC\"},{}]}");

    (void)state;
    assert_null(ga_jwks_find(jwks, ""));
    assert_int_equal(jwks->key[1].flaw.reason, GA_R_KEY); /* no twin */
    ga_jwks_free(jwks);
    assert_int_equal(ga_jwks_count(NULL), 0);
    assert_null(ga_jwks_find(NULL, "k"));
    ga_jwks_free(NULL);
}

static void
refuses_what_is_too_large(void **state)
{
    size_t n = GA_JWKS_MAX + 1;
    char *text = malloc(n);
    struct ga_jwks *jwks = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(text);
    memset(text, ' ', n);
    assert_int_equal(ga_jwks_parse(text, n, &jwks, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "JWKS: 1048577 bytes, not 1 to 1048576");
    n = (size_t)sprintf(text, "{\"keys\":[{}");
    for (size_t i = 1; i <= GA_JWKS_KEYS_MAX; i++)
        n += (size_t)sprintf(text + n, ",{}");
    n += (size_t)sprintf(text + n, "]}");
    assert_int_equal(ga_jwks_parse(text, n, &jwks, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text, "JWKS: 257 keys, not 0 to 256");
    assert_int_equal(ga_jwks_parse(NULL, 0, &jwks, &err), GA_E_INVAL);
    assert_string_equal(err.text, "JWKS: NULL");
    assert_int_equal(ga_jwks_parse(text, n, NULL, &err), GA_E_INVAL);
    assert_null(jwks);
    free(text);
}

int
main(void)
{
    struct CMUnitTest
        all[COUNT(bad_sets) + COUNT(flawed) + COUNT(bad_x5cs) + 2] = {
            cmocka_unit_test(finds_no_key_without_a_kid),
            cmocka_unit_test(refuses_what_is_too_large),
        };
    size_t n = 2;

    ROWS(bad_sets, refuses_what_is_no_jwks);
    ROWS(flawed, keeps_a_flawed_key_as_such);
    ROWS(bad_x5cs, keeps_a_key_with_a_flawed_chain);
    return cmocka_run_group_tests(all, NULL, NULL);
}
