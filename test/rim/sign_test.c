/* SPDX-License-Identifier: Apache-2.0 */
/* The signature of a RIM: what it covers, whose key counts, and that nothing
 * altered gets through. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "rim/rim.h"
#include "rim_maker.h"
#include "x509/facts.h"

static struct ga_facts *facts;

static int
setup(void **state)
{
    (void)state;
    return ga_facts_new(&facts, NULL) == GA_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    ga_facts_free(facts);
    return 0;
}

/* The signature: each of the two ways, and both together. */
struct tamper_row {
    const char *name;
    struct edit edit;
    enum ga_reason reason;
    const char *text;
};

#define DIGEST_TEXT "the document's digest is not the one that was signed"
#define VALUE_TEXT  "SignedInfo is not signed by the key of CN=Maker"

/* clang-format off */
static struct tamper_row tampers[] = {
    { "golden value", { "index=\"7\"", "index=\"8\"", true }, GA_R_BAD_DIGEST, DIGEST_TEXT },
    { "white space", { "<Payload>", "<Payload> ", true }, GA_R_BAD_DIGEST, DIGEST_TEXT },
    { "space before the Signature", { "<ds:Signature ", " <ds:Signature ", true }, GA_R_BAD_DIGEST, DIGEST_TEXT },
    { "a namespace that is not used", { " xmlns:h=", " xmlns:u=\"urn:u\" xmlns:h=", true }, GA_R_BAD_DIGEST, DIGEST_TEXT "; " VALUE_TEXT },
    { "white space in SignedInfo", { "<ds:SignedInfo>", "<ds:SignedInfo> ", true }, GA_R_BAD_SIGNATURE, VALUE_TEXT },
    { "a namespace in SignedInfo", { "<ds:SignedInfo>", "<ds:SignedInfo xmlns:u=\"urn:u\">", true }, GA_R_BAD_SIGNATURE, VALUE_TEXT },
    { "digest", { "<ds:DigestValue>", "<ds:DigestValue>\n", true }, GA_R_BAD_SIGNATURE, VALUE_TEXT },
};
/* clang-format on */

static void
notices_what_was_altered(void **state)
{
    const struct tamper_row *row = *state;
    struct ga_buf file = make_rim(&row->edit, 1);
    struct ga_rim *rim = read_rim(file.ptr, file.len);
    struct ga_check c = signature_of(rim, facts);

    assert_int_equal(rim->problem_total, 0);
    assert_int_equal(c.state, GA_FAILED);
    assert_int_equal(c.reason, row->reason);
    assert_string_equal(c.text, row->text);
    ga_rim_free(rim);
    ga_buf_done(&file);
}

/* Attributes in another order, other quotes, empty-element tags: the same
 * canonical form, the same signature. */
static void
another_spelling_of_the_same_is_no_alteration(void **state)
{
    static const struct edit edits[] = {
        { "<Entity name=\"N\"></Entity>", "<Entity  name = 'N' />", true },
        { "<SoftwareIdentity xmlns=\"" MAKER_SWID "\" xmlns:h=\"" MAKER_SHA384
          "\" name=\"T\"",
          "<?xml version='1.0' encoding='UTF-8'?>\n<SoftwareIdentity name=\"T\""
          " xmlns:h=\"" MAKER_SHA384 "\" xmlns=\"" MAKER_SWID "\"",
          true },
        { "</SoftwareIdentity>", "</SoftwareIdentity >\n \n", true },
        { "<Payload>\n", "<Payload>\r\n", true },
        { "<Meta ", "<Meta xmlns:h=\"" MAKER_SHA384 "\" ", true },
    };
    struct ga_buf file = make_rim(edits, COUNT(edits));
    struct ga_rim *rim = read_rim(file.ptr, file.len);

    (void)state;
    assert_int_equal(schema_of(rim).state, GA_PASSED);
    assert_int_equal(signature_of(rim, facts).state, GA_PASSED);
    ga_rim_free(rim);
    ga_buf_done(&file);
}

static void
believes_the_first_certificate_alone(void **state)
{
    struct ga_buf file = make_rim(NULL, 0), other = make_rim(NULL, 0);
    struct ga_rim *rim = read_rim(file.ptr, file.len);
    struct ga_rim *foreign = read_rim(other.ptr, other.len);
    struct ga_cert *own = rim->certs.cert[0];
    struct ga_check c;

    (void)state;
    rim->certs.cert[0] = foreign->certs.cert[0];
    rim->certs.cert[1] = own;
    rim->certs.count = 2;
    c = signature_of(rim, facts);
    assert_int_equal(c.reason, GA_R_BAD_SIGNATURE);
    rim->certs.count = 0;
    c = signature_of(rim, facts);
    assert_int_equal(c.state, GA_FAILED);
    assert_int_equal(c.reason, GA_R_NO_KEY);
    assert_string_equal(c.text, "no certificate to check with");
    rim->certs.cert[0] = own;
    rim->certs.count = 1;
    assert_int_equal(signature_of(rim, facts).state, GA_PASSED);
    ga_rim_free(foreign);
    ga_rim_free(rim);
    ga_buf_done(&other);
    ga_buf_done(&file);
}

static void
a_signer_without_an_acceptable_key_checks_nothing(void **state)
{
    struct ga_buf file = make_rim(NULL, 0);
    struct ga_rim *rim = read_rim(file.ptr, file.len);
    struct ga_key *key = rim->certs.cert[0]->key;
    struct ga_check c;

    (void)state;
    rim->certs.cert[0]->key = NULL;
    c = signature_of(rim, facts);
    rim->certs.cert[0]->key = key;
    assert_int_equal(c.state, GA_FAILED);
    assert_int_equal(c.reason, GA_R_NO_KEY);
    assert_string_equal(c.text, "signer CN=Maker has no key to check with");
    ga_rim_free(rim);
    ga_buf_done(&file);
}

static void
what_was_not_read_never_passes(void **state)
{
    struct ga_rim *rim = calloc(1, sizeof(*rim));

    (void)state;
    assert_non_null(rim);
    assert_int_equal(schema_of(rim).state, GA_FAILED);
    assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
    rim->complete = true;
    assert_int_equal(schema_of(rim).state, GA_FAILED);
    assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
    assert_string_equal(signature_of(rim, facts).text,
                        "no signature could be read");
    rim->has_signature = true;
    rim->digest_matches = true;
    assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
    ga_rim_free(rim);
}

/* What was read, as text, to tell whether two RIMs say the same. */
static void
put(char *out, size_t cap, const char *text)
{
    size_t n = strlen(out);

    assert_true(n + strlen(text) + 2 < cap);
    snprintf(out + n, cap - n, "%s\n", text != NULL ? text : "-");
}

#define CONTENT_TEXT 100000

static char *
content(const struct ga_rim *rim)
{
    char *out = calloc(1, CONTENT_TEXT);
    char line[160];

    assert_non_null(out);
    put(out, CONTENT_TEXT, rim->version);
    put(out, CONTENT_TEXT, rim->product);
    put(out, CONTENT_TEXT, rim->tag_id);
    for (size_t i = 0; i < rim->resource_count; i++) {
        const struct ga_resource *g = &rim->resource[i];

        snprintf(line, sizeof(line), "%u %d %u %s", g->index, g->active,
                 g->alternatives, g->name);
        put(out, CONTENT_TEXT, line);
        for (unsigned k = 0; k < g->alternatives; k++) {
            ga_hex(ga_bytes_of(g->hash[k], GA_SHA384_LEN), line);
            put(out, CONTENT_TEXT, line);
        }
    }
    return out;
}

static void
check_flip(const struct ga_rim *rim, const char *want, size_t at)
{
    char *got;

    if (schema_of(rim).state != GA_PASSED ||
        signature_of(rim, facts).state != GA_PASSED)
        return;
    got = content(rim);
    if (strcmp(got, want) != 0)
        fail_msg("byte %zu altered, and everything passes", at);
    free(got);
}

static void
no_altered_byte_gets_through(void **state)
{
    static const uint8_t masks[] = { 0x01, 0x20, 0x80 };
    struct ga_buf file = make_rim(NULL, 0);
    struct ga_rim *good = read_rim(file.ptr, file.len);
    char *want = content(good);
    size_t failed = 0;

    (void)state;
    for (size_t i = 0; i < file.len; i++)
        for (size_t k = 0; k < COUNT(masks); k++) {
            struct ga_rim *rim;

            file.ptr[i] ^= masks[k];
            rim = read_rim(file.ptr, file.len);
            check_flip(rim, want, i);
            failed += schema_of(rim).state == GA_FAILED ||
                      signature_of(rim, facts).state == GA_FAILED;
            ga_rim_free(rim);
            file.ptr[i] ^= masks[k];
        }
    /* What may change unseen is white space and quotes inside of tags, and
     * base64 of the certificate where no rule looks. */
    assert_true(failed > 3 * file.len * 9 / 10);
    free(want);
    ga_rim_free(good);
    ga_buf_done(&file);
}

static void
no_prefix_gets_through(void **state)
{
    struct ga_buf file = make_rim(NULL, 0);

    (void)state;
    for (size_t n = 0; n < file.len; n++) {
        struct ga_rim *rim = read_rim(file.ptr, n);

        assert_int_equal(schema_of(rim).state, GA_FAILED);
        assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
        assert_true(rim->problem[0].offset <= n);
        ga_rim_free(rim);
    }
    ga_buf_done(&file);
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(another_spelling_of_the_same_is_no_alteration),
        cmocka_unit_test(believes_the_first_certificate_alone),
        cmocka_unit_test(a_signer_without_an_acceptable_key_checks_nothing),
        cmocka_unit_test(what_was_not_read_never_passes),
        cmocka_unit_test(no_altered_byte_gets_through),
        cmocka_unit_test(no_prefix_gets_through),
    };
    struct CMUnitTest tests[COUNT(tampers)];

    for (size_t i = 0; i < COUNT(tests); i++)
        tests[i] = (struct CMUnitTest){ .name = tampers[i].name,
                                        .test_func = notices_what_was_altered,
                                        .initial_state = &tampers[i] };
    return cmocka_run_group_tests_name("sign", fixed, setup, teardown) +
           cmocka_run_group_tests_name("sign rows", tests, setup, teardown);
}
