/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates behind keys that verify, and pins. */
#include "support/token_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/token_maker.h"
#include "token/chain.h"
#include "token/jwks.h"
#include "token/pins.h"

#define OURS   "https://nras.example.org"
#define NVIDIA "https://nras.attestation.nvidia.com"
/* 2026-06-15 */
#define AT INT64_C(1781524800)

/* ---- certificates behind a key ---- */

/* One chain: what is in x5c, and what is pinned. */
struct scene {
    struct made_authority a;
    struct made_key *key;
    struct made_spec leaf;
    bool rsa;
};

static void
scene_init(struct scene *s, bool rsa)
{
    memset(s, 0, sizeof(*s));
    made_authority_init(&s->a, "CN=token authority", rsa);
    s->key = made_key_new();
    s->leaf = made_leaf(&s->a, "CN=" GA_TOKEN_SIGNER_CN, s->key);
}

static void
scene_done(struct scene *s)
{
    made_authority_done(&s->a);
    made_key_free(s->key);
}

static void
pin_authority(struct ga_pins *pins, const struct scene *s)
{
    struct der der = made_der(&s->a.spec);
    struct ga_buf pem =
        made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    struct ga_error err = { 0 };

    ga_pins_init(pins);
    must(ga_pins_add(pins, ga_view(&pem), &err), &err);
    ga_buf_done(&pem);
}

static void
check_certs(const struct made_key *key, const struct made_spec *certs,
            size_t count, const struct ga_pins *pins, const char *issuer,
            int64_t at, struct ga_check *check)
{
    struct ga_signer *signer = made_signer(key, certs, count);
    const struct ga_signer *const signers[] = { signer };
    struct ga_token_chain_rules rules = { .pins = pins,
                                          .issuer = issuer,
                                          .at = at };
    const struct ga_pin *pin = NULL;
    struct ga_jwks *jwks;
    struct ga_error err = { 0 };
    char *text = NULL;

    must(ga_facts_new(&rules.facts, &err), &err);
    must(ga_jwks_make(signers, 1, &text, &err), &err);
    jwks = jwks_of(text);
    memset(check, 0, sizeof(*check));
    ga_token_chain_check(&jwks->key[0], &rules, check, &pin);
    if (check->state == GA_PASSED)
        assert_non_null(pin);
    ga_text_free(text);
    ga_jwks_free(jwks);
    ga_facts_free(rules.facts);
    ga_signer_free(signer);
}

static void
check_pinned(const struct scene *s, const struct ga_pins *pins,
             const char *issuer, int64_t at, struct ga_check *check)
{
    const struct made_spec certs[] = { s->leaf, s->a.spec };

    check_certs(s->key, certs, COUNT(certs), pins, issuer, at, check);
}

static void
check_scene(const struct scene *s, const char *issuer, int64_t at,
            struct ga_check *check)
{
    struct ga_pins pins;

    pin_authority(&pins, s);
    check_pinned(s, &pins, issuer, at, check);
}

static void
accepts_a_chain_of_either_algorithm(void **state)
{
    (void)state;
    for (int rsa = 0; rsa < 2; rsa++) {
        struct ga_check c;
        struct scene s;

        scene_init(&s, rsa);
        check_scene(&s, OURS, AT, &c);
        assert_string_equal(c.text, "");
        assert_int_equal(c.state, GA_PASSED);
        scene_done(&s);
    }
}

/* ---- one alteration each ---- */

static void
tls_name(struct scene *s)
{
    s->leaf.subject = "CN=nras.example.org";
}

static void
longer_name(struct scene *s)
{
    s->leaf.subject = "CN=" GA_TOKEN_SIGNER_CN " 2";
}

static void
leaf_is_ca(struct scene *s)
{
    made_extend(&s->leaf, OID_BASIC_CONSTRAINTS, true, BC_CA);
}

static void
leaf_signs_certs(struct scene *s)
{
    made_drop(&s->leaf, OID_KEY_USAGE);
    made_extend(&s->leaf, OID_KEY_USAGE, true, KU_CERT);
}

static void
unknown_critical(struct scene *s)
{
    made_extend(&s->leaf, "2a0304", true, "0500");
}

static void
issuer_is_no_ca(struct scene *s)
{
    made_drop(&s->a.spec, OID_BASIC_CONSTRAINTS);
}

static void
issuer_signs_no_certs(struct scene *s)
{
    made_drop(&s->a.spec, OID_KEY_USAGE);
    made_extend(&s->a.spec, OID_KEY_USAGE, true, KU_SIGN);
}

static void
other_issuer(struct scene *s)
{
    s->leaf.issuer = "CN=somebody else";
}

static void
signature_wrong(struct scene *s)
{
    s->leaf.break_signature = true;
}

static void
leaf_late(struct scene *s)
{
    s->leaf.not_after = "260614000000Z";
}

static void
leaf_early(struct scene *s)
{
    s->leaf.not_before = "260616000000Z";
}

static void
issuer_late(struct scene *s)
{
    s->a.spec.not_after = "260614000000Z";
}

static void
algorithms_differ(struct scene *s)
{
    s->leaf.outer = s->rsa ? NULL : SHA256_WITH_RSA;
}

static void
made_by_simulator(struct scene *s)
{
    made_extend(&s->leaf, OID_SIMULATOR, true, "0500");
}

static void
anchor_of_simulator(struct scene *s)
{
    made_extend(&s->a.spec, OID_SIMULATOR, true, "0500");
}

static const struct bad_chain {
    const char *name;
    void (*alter)(struct scene *s);
    enum ga_reason reason;
    const char *expect;
} bad_chains[] = {
    { "a leaf for TLS", tls_name, GA_R_SHAPE,
      "x5c certificate 0 (nras.example.org): not named \"gpuattest token "
      "signer\", as signers of this issuer" },
    { "a name that begins so", longer_name, GA_R_SHAPE, "not named" },
    { "the leaf is a CA", leaf_is_ca, GA_R_SHAPE, "is a CA" },
    { "the leaf signs certificates", leaf_signs_certs, GA_R_SHAPE,
      "keyUsage has no digitalSignature" },
    { "an unknown critical extension", unknown_critical, GA_R_EXTENSION,
      "x5c certificate 0 (gpuattest token signer): " },
    { "the issuer is no CA", issuer_is_no_ca, GA_R_SHAPE,
      "x5c certificate 1 (token authority): is no CA" },
    { "the issuer signs no certificates", issuer_signs_no_certs, GA_R_SHAPE,
      "x5c certificate 1 (token authority): keyUsage has no keyCertSign" },
    { "issued by another", other_issuer, GA_R_BROKEN,
      "not issued by certificate 1" },
    { "a wrong signature", signature_wrong, GA_R_BAD_SIGNATURE,
      "not signed by certificate 1" },
    { "an expired leaf", leaf_late, GA_R_EXPIRED,
      "x5c certificate 0 (gpuattest token signer): expired "
      "2026-06-14T00:00:00Z" },
    { "a leaf that is not valid yet", leaf_early, GA_R_NOT_YET_VALID,
      "not valid before 2026-06-16T00:00:00Z" },
    { "an expired issuer", issuer_late, GA_R_EXPIRED,
      "x5c certificate 1 (token authority): expired 2026-06-14T00:00:00Z" },
    { "two algorithms", algorithms_differ, GA_R_ALGORITHM,
      "inner and outer signature algorithm differ" },
    { "made by the simulator", made_by_simulator, GA_R_SIMULATOR,
      "made by the simulator, whose anchor is not trusted here" },
    { "a foreign leaf below the simulator's anchor", anchor_of_simulator,
      GA_R_SIMULATOR, "has no simulator extension, which its anchor has" },
};

static void
refuses_a_chain(void **state)
{
    const struct bad_chain *row = *state;

    for (int rsa = 0; rsa < 2; rsa++) {
        struct ga_check c;
        struct scene s;

        scene_init(&s, rsa);
        s.rsa = rsa;
        row->alter(&s);
        check_scene(&s, OURS, AT, &c);
        assert_int_equal(c.state, GA_FAILED);
        if (c.reason != row->reason)
            fail_msg("reason %s: %s", ga_reason_name(c.reason), c.text);
        if (strstr(c.text, row->expect) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", row->expect, c.text);
        scene_done(&s);
    }
}

/* An RSA key is acceptable where it is pinned, and nowhere else. */
static void
an_rsa_issuer_that_is_not_pinned_is_refused(void **state)
{
    struct ga_pins pins;
    struct ga_check c;
    struct scene s;

    (void)state;
    scene_init(&s, true);
    ga_pins_init(&pins);
    check_pinned(&s, &pins, OURS, AT, &c);
    assert_int_equal(c.state, GA_FAILED);
    assert_int_equal(c.reason, GA_R_UNTRUSTED);
    assert_non_null(strstr(c.text, "no certificate above the leaf has a pinned "
                                   "key"));
    assert_non_null(strstr(c.text, "not ecdsa-with-SHA384"));
    scene_done(&s);
}

/* A CA between the leaf and the pin counts, and none of more CAs. */
static void
a_path_length_counts_the_cas_below(void **state)
{
    static const char *const lengths[] = { "30060101ff020101", BC_CA_PATH_0 };
    struct made_authority top;
    struct made_spec certs[3];
    struct scene s;

    (void)state;
    scene_init(&s, false);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct scene above;
        struct ga_pins pins;
        struct ga_check c;

        made_authority_init(&top, "CN=top authority", false);
        made_drop(&top.spec, OID_BASIC_CONSTRAINTS);
        made_extend(&top.spec, OID_BASIC_CONSTRAINTS, true, lengths[i]);
        certs[0] = s.leaf;
        certs[1] = s.a.spec;
        certs[1].issuer = top.spec.subject;
        certs[1].signer = top.key;
        certs[2] = top.spec;
        above.a = top;
        pin_authority(&pins, &above);
        check_certs(s.key, certs, COUNT(certs), &pins, OURS, AT, &c);
        assert_string_equal(c.text,
                            i == 0 ? ""
                                   : "x5c certificate 2 (top authority): path "
                                     "length 0, with 1 CAs below");
        assert_int_equal(c.reason, i == 0 ? GA_R_NONE : GA_R_SHAPE);
        assert_int_equal(c.state, i == 0 ? GA_PASSED : GA_FAILED);
        made_authority_done(&top);
    }
    scene_done(&s);
}

/* NVIDIA's leaves have names of their own, and its issuer takes no others. */
static void
names_follow_the_issuer(void **state)
{
    struct ga_check c;
    struct scene s;

    (void)state;
    scene_init(&s, true);
    check_scene(&s, NVIDIA, AT, &c);
    assert_int_equal(c.reason, GA_R_SHAPE);
    s.leaf.subject = "CN=NVIDIA Attestation Service GPU GH100";
    check_scene(&s, NVIDIA, AT, &c);
    assert_int_equal(c.state, GA_PASSED);
    check_scene(&s, OURS, AT, &c);
    assert_int_equal(c.reason, GA_R_SHAPE);
    /* Neither are these NVIDIA. */
    check_scene(&s, "https://nvidia.com.example.org", AT, &c);
    assert_int_equal(c.reason, GA_R_SHAPE);
    check_scene(&s, "http://nras.attestation.nvidia.com", AT, &c);
    assert_int_equal(c.reason, GA_R_SHAPE);
    check_scene(&s, "https://example.org/.nvidia.com", AT, &c);
    assert_int_equal(c.reason, GA_R_SHAPE);
    scene_done(&s);
}

/* ---- pins ---- */

static void
the_built_in_pin_is_the_fact(void **state)
{
    struct ga_pins pins;
    char from[GA_TIME_TEXT], until[GA_TIME_TEXT];

    (void)state;
    ga_pins_init(&pins);
    assert_int_equal(pins.count, 1);
    assert_false(pins.custom);
    assert_true(pins.pin[0].builtin);
    assert_int_equal(pins.pin[0].spki_sha256[0], 0xfd);
    assert_int_equal(pins.pin[0].spki_sha256[31], 0x96);
    ga_time_text(pins.pin[0].not_before, from);
    ga_time_text(pins.pin[0].not_after, until);
    assert_string_equal(from, "2025-12-08T00:00:00Z");
    assert_string_equal(until, "2029-12-08T23:59:59Z");
}

/* A built-in pin ends, and counts for NVIDIA's issuer alone. */
static void
a_pin_has_its_own_end_and_issuer(void **state)
{
    struct ga_pins pins;
    struct ga_check c;
    struct scene s;

    (void)state;
    scene_init(&s, true);
    s.leaf.subject = "CN=NVIDIA Attestation Service GPU GH100";
    pin_authority(&pins, &s);
    pins.pin[1].builtin = true;
    check_pinned(&s, &pins, NVIDIA, AT, &c);
    assert_int_equal(c.state, GA_PASSED);
    s.leaf.subject = "CN=" GA_TOKEN_SIGNER_CN;
    check_pinned(&s, &pins, OURS, AT, &c);
    assert_int_equal(c.reason, GA_R_UNTRUSTED);
    s.leaf.subject = "CN=NVIDIA Attestation Service GPU GH100";
    pins.pin[1].not_after = AT - 1;
    check_pinned(&s, &pins, NVIDIA, AT, &c);
    assert_int_equal(c.reason, GA_R_EXPIRED);
    pins.pin[1].not_after = AT;
    pins.pin[1].not_before = AT + 1;
    check_pinned(&s, &pins, NVIDIA, AT, &c);
    assert_int_equal(c.reason, GA_R_NOT_YET_VALID);
    scene_done(&s);
}

static void
refuses_pins_that_are_none(void **state)
{
    static const struct {
        const char *pem;
        enum ga_rc rc;
        const char *expect;
    } rows[] = {
        { "", GA_E_MISSING, "no anchor" },
        { "x", GA_E_SYNTAX, "PEM: no BEGIN line at 0" },
        { "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
          GA_E_BAD_VALUE,
          "PEM: \"-----BEGIN PRIVATE KEY-----\" at 0 is not allowed" },
        { "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
          GA_E_BAD_VALUE,
          "PEM block at 0: key: neither of P-384 nor RSA of 2048 to 4096 "
          "bits" },
        { "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
          GA_E_SYNTAX,
          "PEM block at 0: tbsCertificate: need 1 bytes at 2, have 0" },
    };
    struct ga_pins pins;

    (void)state;
    ga_pins_init(&pins);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_error err = { 0 };

        assert_int_equal(
            ga_pins_add(&pins, ga_bytes_of(rows[i].pem, strlen(rows[i].pem)),
                        &err),
            rows[i].rc);
        assert_string_equal(err.text, rows[i].expect);
        assert_int_equal(pins.count, 1);
        assert_false(pins.custom);
    }
}

/* All of a file or nothing; a certificate without a name has its subject. */
static void
bounds_the_pins(void **state)
{
    const size_t large = GA_ANCHOR_FILE_MAX + 1;
    char *text = calloc(1, large);
    struct ga_error err = { 0 };
    struct ga_pins pins;
    struct scene s;
    struct der der;
    struct ga_buf pem;

    (void)state;
    assert_non_null(text);
    scene_init(&s, false);
    s.a.spec.subject = "O=token authority";
    pin_authority(&pins, &s);
    assert_string_equal(pins.pin[1].name, "O=token authority");
    assert_false(pins.pin[1].builtin);
    assert_true(pins.custom);
    der = made_der(&s.a.spec);
    pem = made_block("CERTIFICATE", ga_bytes_of(der.ptr, der.len));
    for (size_t i = 0; i < GA_ANCHORS_MAX - 1; i++)
        memcpy(text + i * pem.len, pem.ptr, pem.len);
    assert_int_equal(
        ga_pins_add(&pins, ga_bytes_of(text, (GA_ANCHORS_MAX - 2) * pem.len),
                    &err),
        GA_OK);
    assert_int_equal(pins.count, GA_ANCHORS_MAX);
    ga_pins_init(&pins);
    pin_authority(&pins, &s);
    assert_int_equal(
        ga_pins_add(&pins, ga_bytes_of(text, (GA_ANCHORS_MAX - 1) * pem.len),
                    &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "more than 64 anchors");
    assert_int_equal(err.offset, (GA_ANCHORS_MAX - 2) * pem.len);
    assert_int_equal(pins.count, 2);
    assert_int_equal(ga_pins_add(&pins, ga_bytes_of(text, large), &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "262145 bytes of anchors, not 1 to 262144");
    ga_buf_done(&pem);
    scene_done(&s);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(a_path_length_counts_the_cas_below),
        cmocka_unit_test(bounds_the_pins),
        cmocka_unit_test(accepts_a_chain_of_either_algorithm),
        cmocka_unit_test(an_rsa_issuer_that_is_not_pinned_is_refused),
        cmocka_unit_test(names_follow_the_issuer),
        cmocka_unit_test(the_built_in_pin_is_the_fact),
        cmocka_unit_test(a_pin_has_its_own_end_and_issuer),
        cmocka_unit_test(refuses_pins_that_are_none),
    };
    struct CMUnitTest all[COUNT(fixed) + COUNT(bad_chains)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(fixed); i++)
        all[n++] = fixed[i];
    for (size_t i = 0; i < COUNT(bad_chains); i++)
        all[n++] =
            (struct CMUnitTest){ bad_chains[i].name, refuses_a_chain, NULL,
                                 NULL, (void *)(uintptr_t)&bad_chains[i] };
    return cmocka_run_group_tests(all, NULL, NULL);
}
