/* SPDX-License-Identifier: Apache-2.0 */
/* The compact form, and what a header may hold. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "support/token_maker.h"
#include "token/eat.h"
#include "token/jws.h"

/* 96 bytes of zero. */
#define SIG                                                            \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HEAD "{\"kid\":\"k\",\"alg\":\"ES384\"}"

static const struct row {
    const char *name, *header, *claims, *signature;
    enum ga_reason reason; /* GA_R_NONE: it is whole */
    const char *expect;
} rows[] = {
    { "whole", HEAD, "{\"a\":1}", SIG, GA_R_NONE, "" },
    { "typ JWT", "{\"kid\":\"k\",\"alg\":\"ES384\",\"typ\":\"JWT\"}", "{}", SIG,
      GA_R_NONE, "" },
    { "typ eat+jwt", "{\"kid\":\"k\",\"alg\":\"ES384\",\"typ\":\"eat+jwt\"}",
      "{}", SIG, GA_R_NONE, "" },
    { "another typ", "{\"kid\":\"k\",\"alg\":\"ES384\",\"typ\":\"at+jwt\"}",
      "{}", SIG, GA_R_EXTENSION, "header: typ is no type of a token" },
    { "typ that is no text", "{\"kid\":\"k\",\"alg\":\"ES384\",\"typ\":1}",
      "{}", SIG, GA_R_EXTENSION, "header: typ is no type of a token" },
    { "crit", "{\"kid\":\"k\",\"alg\":\"ES384\",\"crit\":[\"exp\"]}", "{}", SIG,
      GA_R_EXTENSION, "header: has \"crit\", which is not allowed" },
    { "an unknown member", "{\"kid\":\"k\",\"alg\":\"ES384\",\"x\":\"JWT\"}",
      "{}", SIG, GA_R_EXTENSION, "header: has \"x\", which is not allowed" },
    { "no alg", "{\"kid\":\"k\"}", "{}", SIG, GA_R_ALGORITHM,
      "header: alg is \"\", not ES384" },
    { "alg in another case", "{\"kid\":\"k\",\"alg\":\"es384\"}", "{}", SIG,
      GA_R_ALGORITHM, "header: alg is \"es384\", not ES384" },
    { "no kid", "{\"alg\":\"ES384\"}", "{}", SIG, GA_R_NO_KEY,
      "header: kid has 0 bytes, not 1 to 128" },
    { "empty kid", "{\"kid\":\"\",\"alg\":\"ES384\"}", "{}", SIG, GA_R_NO_KEY,
      "header: kid has 0 bytes, not 1 to 128" },
    { "kid that is no text", "{\"kid\":7,\"alg\":\"ES384\"}", "{}", SIG,
      GA_R_NO_KEY, "header: kid has 0 bytes, not 1 to 128" },
    { "header that is a list", "[]", "{}", SIG, GA_R_MALFORMED,
      "header: not a JSON object" },
    { "claims that are a list", HEAD, "[]", SIG, GA_R_MALFORMED,
      "claims: not a JSON object" },
    { "claims twice", HEAD, "{\"a\":1,\"a\":2}", SIG, GA_R_DUPLICATE,
      "claims: JSON: key \"a\" twice at byte 7" },
    { "text behind the claims", HEAD, "{} {}", SIG, GA_R_MALFORMED,
      "claims: JSON: end expected at byte 3" },
    { "an escaped NUL", HEAD, "{\"a\":\"\\u0000\"}", SIG, GA_R_MALFORMED,
      "claims: JSON: \\u0000 at byte 6" },
    { "a short signature", HEAD, "{}", "AAAA", GA_R_BAD_SIGNATURE,
      "signature: 3 bytes, not 96" },
    { "no signature", HEAD, "{}", "", GA_R_BAD_SIGNATURE,
      "signature: 0 bytes, not 96" },
};

static char *
encode(const char *text)
{
    char *out =
        ga_base64_encode(ga_bytes_of(text, strlen(text)), GA_BASE64_URL);

    assert_non_null(out);
    return out;
}

static void
expect_flaw(const char *text, enum ga_reason reason, const char *expect)
{
    size_t n = strlen(text);
    char *exact = malloc(n + 1);
    struct ga_jws jws;

    assert_non_null(exact);
    memcpy(exact, text, n);
    assert_int_equal(ga_jws_parse(ga_bytes_of(exact, n), &jws, NULL), GA_OK);
    if (strcmp(jws.flaw.text, expect) != 0)
        fail_msg("\"%s\", not \"%s\"", jws.flaw.text, expect);
    assert_int_equal(jws.flaw.reason, reason);
    assert_int_equal(jws.flaw.state,
                     reason == GA_R_NONE ? GA_PASSED : GA_FAILED);
    ga_jws_done(&jws);
    free(exact);
}

static void
tells_what_is_wrong(void **state)
{
    const struct row *row = *state;
    char *header = encode(row->header), *claims = encode(row->claims);
    char text[2048];

    snprintf(text, sizeof(text), "%s.%s.%s", header, claims, row->signature);
    expect_flaw(text, row->reason, row->expect);
    free(header);
    free(claims);
}

/* Each byte string has one text alone. */
static void
takes_one_text_alone(void **state)
{
    char *header = encode(HEAD), text[2048];

    (void)state;
    /* "{}" is e30: two characters and a half, padded e30=. */
    snprintf(text, sizeof(text), "%s.e30=.%s", header, SIG);
    expect_flaw(text, GA_R_MALFORMED, "claims: padded base64url");
    snprintf(text, sizeof(text), "%s.e31.%s", header, SIG);
    expect_flaw(text, GA_R_MALFORMED,
                "claims: base64 digit at 2 has unused bits set");
    snprintf(text, sizeof(text), "%s.e3 0.%s", header, SIG);
    expect_flaw(text, GA_R_MALFORMED, "claims: byte 0x20 at 2 is no base64");
    snprintf(text, sizeof(text), "%s.e3+0.%s", header, SIG);
    expect_flaw(text, GA_R_MALFORMED,
                "claims: byte 0x2b at 2 is of the other base64 alphabet");
    free(header);
}

static void
has_three_parts(void **state)
{
    static const char *const texts[] = { "", ".", "a", "a.b", "a.b.c.d" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        expect_flaw(texts[i], GA_R_MALFORMED,
                    "not three parts with dots between");
    assert_true(ga_jws_shaped(ga_bytes_of("a.b.c", 5)));
    assert_true(ga_jws_shaped(ga_bytes_of("a..", 3)));
    assert_false(ga_jws_shaped(ga_bytes_of(".b.c", 4)));
    assert_false(ga_jws_shaped(ga_bytes_of("a.b", 3)));
    assert_false(ga_jws_shaped(ga_bytes_of("a.b.c=", 6)));
    assert_false(ga_jws_shaped(ga_bytes_of("", 0)));
}

static void
bounds_its_parts(void **state)
{
    size_t n = GA_JWS_MAX + 1;
    char *text = malloc(n + 1);

    (void)state;
    assert_non_null(text);
    memset(text, 'A', n);
    text[n] = '\0';
    expect_flaw(text, GA_R_MALFORMED, "131073 bytes, not 1 to 131072");
    n = GA_JWS_HEADER_MAX + 1;
    snprintf(&text[n], GA_JWS_MAX - n, ".e30.%s", SIG);
    expect_flaw(text, GA_R_MALFORMED, "header: 1025 bytes, not 1 to 1024");
    free(text);
}

/* Every prefix of a whole token, and every bit of a signed one. */
static void
no_altered_token_is_whole_or_signed(void **state)
{
    struct made_key *key = made_key_new();
    struct ga_signer *signer = made_signer(key, NULL, 0);
    uint8_t digest[GA_SHA384_LEN];
    char *jws = NULL;
    size_t n;

    (void)state;
    assert_int_equal(ga_jws_sign(signer, "{\"a\":true}", 10, &jws, NULL),
                     GA_OK);
    n = strlen(jws);
    for (size_t i = 0; i < 8 * n; i++) {
        struct ga_jws seen;

        jws[i / 8] = (char)(jws[i / 8] ^ 1 << i % 8);
        assert_int_equal(ga_jws_parse(ga_bytes_of(jws, n), &seen, NULL), GA_OK);
        if (seen.flaw.state == GA_PASSED) {
            assert_true(ga_sha384(seen.signed_part, digest));
            assert_false(ga_ecdsa_verify(key->key, digest, &seen.signature));
        }
        ga_jws_done(&seen);
        jws[i / 8] = (char)(jws[i / 8] ^ 1 << i % 8);
    }
    for (size_t i = 0; i < n; i++) {
        struct ga_jws seen;

        assert_int_equal(ga_jws_parse(ga_bytes_of(jws, i), &seen, NULL), GA_OK);
        assert_int_equal(seen.flaw.state, GA_FAILED);
        ga_jws_done(&seen);
    }
    ga_text_free(jws);
    ga_signer_free(signer);
    made_key_free(key);
}

static void
labels_are_read_strictly(void **state)
{
    static const char *const bad[] = { "",        "GPU-",    "GPU-00", "GPU-01",
                                       "GPU--1",  "GPU-1 ",  "gpu-0",  "CPU-0",
                                       "GPU-128", "SWITCH0", "GPU-1x" };
    enum ga_kind kind;
    unsigned n;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (ga_label_parse(bad[i], &kind, &n))
            fail_msg("\"%s\"", bad[i]);
    assert_true(ga_label_parse("GPU-0", &kind, &n));
    assert_true(kind == GA_KIND_GPU && n == 0);
    assert_true(ga_label_parse("SWITCH-127", &kind, &n));
    assert_true(kind == GA_KIND_SWITCH && n == 127);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(takes_one_text_alone),
        cmocka_unit_test(has_three_parts),
        cmocka_unit_test(bounds_its_parts),
        cmocka_unit_test(no_altered_token_is_whole_or_signed),
        cmocka_unit_test(labels_are_read_strictly),
    };
    struct CMUnitTest all[COUNT(fixed) + COUNT(rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(fixed); i++)
        all[n++] = fixed[i];
    for (size_t i = 0; i < COUNT(rows); i++)
        all[n++] = (struct CMUnitTest){ rows[i].name, tells_what_is_wrong, NULL,
                                        NULL, (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(all, NULL, NULL);
}
