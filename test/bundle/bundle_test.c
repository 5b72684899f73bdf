/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into a bundle, and in which order it comes out. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "rim/rim_maker.h"
#include "support/ocsp_maker.h"

#define KEY    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ISSUER "https://nras.example"
#define EMPTY  "{\"keys\":[]}"

static struct ga_bundle *
fresh(void)
{
    struct ga_bundle *b = NULL;

    assert_int_equal(ga_bundle_new(&b, NULL), GA_OK);
    return b;
}

static enum ga_rc
add(struct ga_bundle *b, enum ga_bundle_kind kind, const char *name,
    const char *text, struct ga_error *err)
{
    return ga_bundle_add(b, kind, name, text, strlen(text), err);
}

static struct ga_buf
bytes_of(const struct ga_bundle *b)
{
    struct ga_buf out = { 0 };
    void *ptr = NULL;

    assert_int_equal(ga_bundle_bytes(b, &ptr, &out.len, NULL), GA_OK);
    out.ptr = ptr;
    return out;
}

static void
takes_dates_from_the_contents(void **state)
{
    struct made ca =
        make_cert(&(struct cert_plan){ .name = "CA", .ca = true }, NULL);
    struct made leaf = make_cert(&(struct cert_plan){ .name = "leaf" }, &ca);
    struct answer_plan plan = { .responder = &ca,
                                .singles = 2,
                                .single = {
                                    { .cert = &ca,
                                      .issuer = &ca,
                                      .this_update = MADE_AT - 60,
                                      .next_update = -1 },
                                    { .cert = &leaf, .issuer = &ca } } };
    struct ga_buf rim = make_rim(NULL, 0), answer = make_answer(&plan);
    struct ga_bundle *b = fresh();
    struct ga_bundle_view v;
    struct ga_rim *parsed = read_rim(rim.ptr, rim.len);
    int64_t from = 0, until = 0;

    (void)state;
    assert_int_equal(
        ga_bundle_add(b, GA_BUNDLE_RIM, "NV_A", rim.ptr, rim.len, NULL), GA_OK);
    assert_int_equal(
        ga_bundle_add(b, GA_BUNDLE_OCSP, KEY, answer.ptr, answer.len, NULL),
        GA_OK);
    assert_int_equal(add(b, GA_BUNDLE_JWKS, ISSUER, EMPTY, NULL), GA_OK);
    assert_true(ga_bundle_get(b, 0, &v));
    assert_int_equal(v.not_before, parsed->certs.cert[0]->not_before);
    assert_int_equal(v.not_after, parsed->certs.cert[0]->not_after);
    assert_int_equal(ga_bundle_dates(&v, &from, &until, NULL), GA_OK);
    assert_int_equal(from, v.not_before);
    assert_int_equal(until, v.not_after);
    /* The younger beginning, and the earlier end. */
    assert_true(ga_bundle_get(b, 1, &v));
    assert_int_equal(v.not_before, MADE_AT - 60);
    assert_int_equal(v.not_after, MADE_AT - 3600 + 86400);
    assert_true(ga_bundle_get(b, 2, &v));
    assert_int_equal(v.not_before, 0);
    assert_int_equal(v.not_after, 0);
    ga_rim_free(parsed);
    ga_bundle_free(b);
    ga_buf_done(&rim);
    ga_buf_done(&answer);
    made_done(&leaf);
    made_done(&ca);
}

/* In whatever order and how often things are added. */
static void
makes_the_same_bytes_of_the_same_entries(void **state)
{
    static const char *const names[] = { "https://a.example",
                                         "https://b.example",
                                         "https://c.example" };
    struct ga_bundle *b = fresh(), *other = fresh(), *again = NULL;
    struct ga_buf x, y;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(add(b, GA_BUNDLE_JWKS, names[i], EMPTY, NULL), GA_OK);
        assert_int_equal(
            add(b, GA_BUNDLE_JWKS, names[i], "{\"keys\": []}", NULL), GA_OK);
    }
    for (size_t i = 0; i < 2 * COUNT(names); i++) {
        const char *name = names[COUNT(names) - 1 - i % COUNT(names)];

        assert_int_equal(
            add(other, GA_BUNDLE_JWKS, name, "{\"keys\": []}", NULL), GA_OK);
        assert_int_equal(add(other, GA_BUNDLE_JWKS, name, EMPTY, NULL), GA_OK);
    }
    assert_int_equal(ga_bundle_count(b), 6);
    x = bytes_of(b);
    y = bytes_of(other);
    assert_true(ga_bytes_equal(ga_view(&x), ga_view(&y)));
    assert_int_equal(ga_bundle_parse(x.ptr, x.len, &again, NULL), GA_OK);
    assert_int_equal(ga_bundle_count(again), 6);
    ga_buf_done(&x);
    ga_buf_done(&y);
    ga_bundle_free(b);
    ga_bundle_free(other);
    ga_bundle_free(again);
}

static struct bad {
    const char *name;
    unsigned kind;
    const char *entry, *data;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "refuses a kind that is not known", 4, "NV_A", "x", GA_E_INVAL,
      "bundle: NULL, or no such kind" },
    { "refuses a path for a RIM id", GA_BUNDLE_RIM, "NV/../A", "x", GA_E_INVAL,
      "bundle: RIM: the name \"NV/../A\" is not a RIM id" },
    { "refuses a question in capitals", GA_BUNDLE_OCSP,
      "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF", "x",
      GA_E_INVAL,
      "bundle: OCSP answer: the name "
      "\"00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\" is "
      "not 64 hex digits" },
    { "refuses an issuer without https", GA_BUNDLE_JWKS, "http://a.example",
      EMPTY, GA_E_INVAL,
      "bundle: JWKS: the name \"http://a.example\" is not an https URL" },
    { "refuses nothing", GA_BUNDLE_JWKS, ISSUER, "", GA_E_TOO_LARGE,
      "bundle: JWKS " ISSUER ": 0 bytes, not 1 to 1048576" },
    { "refuses a key set that is none", GA_BUNDLE_JWKS, ISSUER, "{\"keys\":1}",
      GA_E_MISSING, "bundle: JWKS " ISSUER ": JWKS: no list \"keys\"" },
    { "refuses an answer that is none", GA_BUNDLE_OCSP, KEY, "x",
      GA_E_TRUNCATED, NULL },
    { "refuses a RIM that is none", GA_BUNDLE_RIM, "NV_A", "<x/>",
      GA_E_BAD_VALUE, NULL },
};

static void
refuses_bad(void **state)
{
    const struct bad *row = *state;
    struct ga_bundle *b = fresh();
    struct ga_error err = { 0 };
    enum ga_rc rc =
        add(b, (enum ga_bundle_kind)row->kind, row->entry, row->data, &err);

    if (row->text != NULL) {
        assert_string_equal(err.text, row->text);
        assert_int_equal(rc, row->rc);
    }
    assert_int_not_equal(rc, GA_OK);
    assert_int_equal(err.code, rc);
    assert_int_equal(ga_bundle_count(b), 0);
    assert_int_equal(b->bytes, 0);
    ga_bundle_free(b);
}

static void
bounds_entries_and_bytes(void **state)
{
    struct ga_bundle *b = fresh();
    struct ga_error err = { 0 };
    void *out = NULL;
    size_t len = 0, room = GA_JWKS_MAX;
    char *big = malloc(room + 2), name[64];

    (void)state;
    assert_non_null(big);
    assert_int_equal(ga_bundle_bytes(b, &out, &len, &err), GA_E_TOO_LARGE);
    assert_string_equal(err.text,
                        "bundle: 56 bytes for 0 entries, not 1 to 16777216");
    for (int i = 0; i < GA_BUNDLE_ENTRIES_MAX; i++) {
        snprintf(name, sizeof(name), "https://%d.example", i);
        assert_int_equal(add(b, GA_BUNDLE_JWKS, name, EMPTY, NULL), GA_OK);
    }
    assert_int_equal(add(b, GA_BUNDLE_JWKS, ISSUER, EMPTY, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "bundle: more than 4096 entries");
    assert_int_equal(add(b, GA_BUNDLE_JWKS, name, EMPTY, NULL), GA_OK);
    ga_bundle_free(b);
    b = fresh();
    memset(big, ' ', room + 1);
    memcpy(big, EMPTY, strlen(EMPTY));
    assert_int_equal(
        ga_bundle_add(b, GA_BUNDLE_JWKS, ISSUER, big, room + 1, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "bundle: JWKS " ISSUER
                                  ": 1048577 bytes, not 1 to 1048576");
    for (int i = 0; i < 16; i++) {
        snprintf(name, sizeof(name), "https://%d.example", i);
        assert_int_equal(
            ga_bundle_add(b, GA_BUNDLE_JWKS, name, big, room, NULL), GA_OK);
    }
    assert_int_equal(ga_bundle_add(b, GA_BUNDLE_JWKS, ISSUER, big, room, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "bundle: more than 16777216 bytes");
    assert_null(out);
    ga_bundle_free(b);
    free(big);
}

static void
survives_null(void **state)
{
    struct ga_bundle_view v = { 0 };
    struct ga_error err = { 0 };
    int64_t t;

    (void)state;
    ga_bundle_free(NULL);
    assert_int_equal(ga_bundle_count(NULL), 0);
    assert_false(ga_bundle_get(NULL, 0, &v));
    assert_int_equal(ga_bundle_bytes(NULL, NULL, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_bundle_dates(NULL, &t, &t, &err), GA_E_INVAL);
    assert_int_equal(ga_bundle_dates(&v, &t, &t, &err), GA_E_INVAL);
    assert_int_equal(add(NULL, GA_BUNDLE_JWKS, ISSUER, EMPTY, &err),
                     GA_E_INVAL);
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(bad)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_dates_from_the_contents),
        cmocka_unit_test(makes_the_same_bytes_of_the_same_entries),
        cmocka_unit_test(bounds_entries_and_bytes),
        cmocka_unit_test(survives_null),
    };

    for (size_t i = 0; i < COUNT(bad); i++)
        rows[i] = (struct CMUnitTest){ .name = bad[i].name,
                                       .test_func = refuses_bad,
                                       .initial_state = &bad[i] };
    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL) +
           cmocka_run_group_tests_name("bad entries", rows, NULL, NULL);
}
