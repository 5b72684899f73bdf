/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of bundles, written here by hand as docs/bundle.md says. */
#include "support/test.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"

/* One entry of a bundle that is written as the row says, right or wrong. */
struct raw {
    uint8_t kind;
    const char *name;
    size_t name_len; /* 0: that of the text */
    uint64_t dates[2];
    const char *data;
    uint32_t size;     /* 0: that of the data */
    bool other_digest; /* one bit of it */
};

struct plan {
    const char *name;        /* of the test */
    uint32_t version, count; /* 0: 1, and as many as there are */
    struct raw entry[3];
    bool other_index; /* one bit of the index's digest */
    const char *behind;
    enum ga_rc rc;
    size_t offset;
    const char *text;
};

struct out {
    uint8_t *ptr;
    size_t len;
};

static void
put(struct out *o, const void *from, size_t len)
{
    o->ptr = realloc(o->ptr, o->len + len + 1);
    assert_non_null(o->ptr);
    memcpy(o->ptr + o->len, from, len);
    o->len += len;
}

static void
put_number(struct out *o, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        uint8_t b = (uint8_t)(value >> (8 * i));

        put(o, &b, 1);
    }
}

static void
put_digest(struct out *o, const void *of, size_t len, bool other)
{
    uint8_t digest[32];

    assert_int_equal(EVP_Digest(of, len, digest, NULL, EVP_sha256(), NULL), 1);
    digest[31] ^= other ? 1 : 0;
    put(o, digest, sizeof(digest));
}

static struct out
write_plan(const struct plan *p)
{
    struct out o = { 0 };
    uint32_t n = 0;

    while (n < 3 && p->entry[n].kind != 0)
        n++;
    put(&o, "gpuattest-bundle", 16);
    put_number(&o, p->version != 0 ? p->version : 1, 4);
    put_number(&o, p->count != 0 ? p->count : n, 4);
    for (uint32_t i = 0; i < n; i++) {
        const struct raw *e = &p->entry[i];
        size_t len = e->name_len != 0 ? e->name_len : strlen(e->name);

        put_number(&o, e->kind, 1);
        put_number(&o, len, 1);
        put(&o, e->name, len);
        put_number(&o, e->dates[0], 8);
        put_number(&o, e->dates[1], 8);
        put_number(&o, e->size != 0 ? e->size : strlen(e->data), 4);
        put_digest(&o, e->data, strlen(e->data), e->other_digest);
    }
    put_digest(&o, o.ptr, o.len, p->other_index);
    for (uint32_t i = 0; i < n; i++)
        put(&o, p->entry[i].data, strlen(p->entry[i].data));
    if (p->behind != NULL)
        put(&o, p->behind, strlen(p->behind));
    return o;
}

/* Parses bytes in memory of exactly their length. */
static enum ga_rc
parse(const uint8_t *ptr, size_t len, struct ga_bundle **out,
      struct ga_error *err)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    enum ga_rc rc;

    assert_non_null(exact);
    memcpy(exact, ptr, len);
    rc = ga_bundle_parse(exact, len, out, err);
    free(exact);
    return rc;
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RIM(name)                             \
    {                                         \
        1, name, 0, { 1, 2 }, "rim", 0, false \
    }
#define OCSP(name)                             \
    {                                          \
        2, name, 0, { 0, 0 }, "ocsp", 0, false \
    }
#define JWKS(name)                                      \
    {                                                   \
        3, name, 0, { 0, 0 }, "{\"keys\":[]}", 0, false \
    }

static const struct plan good = { .entry = { RIM("NV_A_1.0"), OCSP(HEX64),
                                             JWKS("https://a.example") } };
/* Of `good`: an index of three rows, and where its data begins. */
#define ROW_1   24
#define ROW_2   (ROW_1 + 54 + 8)
#define ROW_3   (ROW_2 + 54 + 64)
#define DIGEST  (ROW_3 + 54 + 17)
#define DATA    (DIGEST + 32)
#define ROW_OF2 (ROW_1 + 54 + 1)

static void
reads_what_the_page_describes(void **state)
{
    struct out o = write_plan(&good);
    struct ga_bundle *b = NULL;
    struct ga_bundle_view v;
    void *again = NULL;
    size_t len = 0;

    (void)state;
    assert_int_equal(parse(o.ptr, o.len, &b, NULL), GA_OK);
    assert_int_equal(ga_bundle_count(b), 3);
    assert_true(ga_bundle_get(b, 0, &v));
    assert_int_equal(v.kind, GA_BUNDLE_RIM);
    assert_string_equal(v.name, "NV_A_1.0");
    assert_int_equal(v.not_before, 1);
    assert_int_equal(v.not_after, 2);
    assert_int_equal(v.offset, DATA);
    assert_int_equal(v.len, 3);
    assert_memory_equal(v.data, "rim", 3);
    assert_true(ga_bundle_get(b, 2, &v));
    assert_int_equal(v.offset, DATA + 7);
    assert_memory_equal(o.ptr + v.offset, v.data, v.len);
    assert_false(ga_bundle_get(b, 3, &v));
    assert_int_equal(ga_bundle_bytes(b, &again, &len, NULL), GA_OK);
    assert_int_equal(len, o.len);
    assert_memory_equal(again, o.ptr, len);
    ga_bundle_free(b);
    free(again);
    free(o.ptr);
}

/* No byte is without a check. */
static void
refuses_every_changed_bit(void **state)
{
    struct out o = write_plan(&good);

    (void)state;
    for (size_t i = 0; i < 8 * o.len; i++) {
        struct ga_bundle *b = NULL;
        struct ga_error err = { 0 };
        enum ga_rc rc;

        o.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
        rc = parse(o.ptr, o.len, &b, &err);
        assert_int_not_equal(rc, GA_OK);
        assert_int_equal(err.code, rc);
        assert_true(err.offset <= o.len);
        assert_null(b);
        o.ptr[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
    free(o.ptr);
}

static void
refuses_every_prefix(void **state)
{
    struct out o = write_plan(&good);

    (void)state;
    for (size_t n = 0; n < o.len; n++) {
        struct ga_bundle *b = NULL;
        struct ga_error err = { 0 };

        assert_int_equal(parse(o.ptr, n, &b, &err), GA_E_TRUNCATED);
        assert_true(err.offset <= n);
        assert_null(b);
    }
    free(o.ptr);
}

/* clang-format off */
static struct plan bad[] = {
    { .name = "refuses another version", .version = 2, .entry = { RIM("NV_A") },
      .rc = GA_E_BAD_VALUE, .offset = 16,
      .text = "bundle: version 2, not 1" },
    { .name = "refuses a bundle of nothing",
      .rc = GA_E_BAD_VALUE, .offset = 20,
      .text = "bundle: 0 entries, not 1 to 4096" },
    { .name = "refuses more entries than any can have", .count = 4097, .entry = { RIM("NV_A") },
      .rc = GA_E_BAD_VALUE, .offset = 20,
      .text = "bundle: 4097 entries, not 1 to 4096" },
    { .name = "refuses a kind that is not known", .entry = { { 4, "NV_A", 0, { 0, 0 }, "x", 0, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: kind 4 is not known" },
    { .name = "refuses a path for a RIM id", .entry = { RIM("../NV_A") },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"../NV_A\" is not a RIM id" },
    { .name = "refuses a folder in a RIM id", .entry = { RIM("NV/A") },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"NV/A\" is not a RIM id" },
    { .name = "refuses a RIM id with a NUL in it", .entry = { { 1, "NV_A\0B", 6, { 0, 0 }, "x", 0, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"NV_A\" is not a RIM id" },
    { .name = "refuses an answer with another name", .entry = { OCSP("../../etc/x") },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"../../etc/x\" is not 64 hex digits" },
    { .name = "refuses a key set of no issuer", .entry = { JWKS("https://") },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"https://\" is not an https URL" },
    { .name = "refuses an issuer with a control character", .entry = { JWKS("https://a\x1b[2J") },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: the name \"https://a\\x1b[2J\" is not an https URL" },
    { .name = "refuses an entry of no bytes", .entry = { { 1, "NV_A", 0, { 0, 0 }, "", 0, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: RIM NV_A: 0 bytes, not 1 to 262144" },
    { .name = "refuses a RIM above its bound", .entry = { { 1, "NV_A", 0, { 0, 0 }, "x", 262145, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: RIM NV_A: 262145 bytes, not 1 to 262144" },
    { .name = "refuses an answer above its bound", .entry = { { 2, HEX64, 0, { 0, 0 }, "x", 65537, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: OCSP answer " HEX64 ": 65537 bytes, not 1 to 65536" },
    { .name = "refuses a date that no clock shows", .entry = { { 1, "NV_A", 0, { 0, UINT64_C(253402300800) }, "x", 0, false } },
      .rc = GA_E_BAD_VALUE, .offset = 24,
      .text = "bundle: index: entry 0: NV_A: a date after the year 9999" },
    { .name = "refuses entries that are not in order", .entry = { RIM("NV_B"), RIM("NV_A") },
      .rc = GA_E_DUPLICATE, .offset = 24 + 54 + 4,
      .text = "bundle: index: entry 1: NV_A: twice, or not in order" },
    { .name = "refuses kinds that are not in order", .entry = { OCSP(HEX64), RIM("NV_A") },
      .rc = GA_E_DUPLICATE, .offset = 24 + 54 + 64,
      .text = "bundle: index: entry 1: NV_A: twice, or not in order" },
    { .name = "refuses one entry twice", .entry = { RIM("NV_A"), RIM("NV_A") },
      .rc = GA_E_DUPLICATE, .offset = 24 + 54 + 4,
      .text = "bundle: index: entry 1: NV_A: twice, or not in order" },
    { .name = "refuses an index with another digest", .entry = { RIM("NV_A") }, .other_index = true,
      .rc = GA_E_BAD_VALUE, .offset = 24 + 54 + 4,
      .text = "bundle: index: its SHA-256 is another one" },
    { .name = "refuses contents with another digest, by name",
      .entry = { RIM("NV_A"), { 1, "NV_B", 0, { 0, 0 }, "other", 0, true } },
      .rc = GA_E_BAD_VALUE, .offset = 24 + 2 * 58 + 32 + 3,
      .text = "bundle: entry 1, RIM NV_B: the SHA-256 of its 5 bytes at 175 is another one" },
    { .name = "refuses contents that are cut off, by name", .entry = { { 1, "NV_A", 0, { 0, 0 }, "rim", 4, false } },
      .rc = GA_E_TRUNCATED, .offset = 24 + 58 + 32,
      .text = "bundle: entry 0, RIM NV_A: data: need 4 bytes at 114, have 3" },
    { .name = "refuses bytes behind the last entry", .entry = { RIM("NV_A") }, .behind = "x",
      .rc = GA_E_TRAILING, .offset = 24 + 58 + 32 + 3,
      .text = "bundle: 1 bytes left over at 117" },
};
/* clang-format on */

static void
refuses_bad(void **state)
{
    const struct plan *p = *state;
    struct out o = write_plan(p);
    struct ga_bundle *b = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(parse(o.ptr, o.len, &b, &err), p->rc);
    assert_string_equal(err.text, p->text);
    assert_int_equal(err.offset, p->offset);
    assert_null(b);
    free(o.ptr);
}

static void
refuses_what_is_no_bundle(void **state)
{
    struct ga_bundle *b = NULL;
    struct ga_error err = { 0 };
    uint8_t *huge = calloc(1, GA_BUNDLE_MAX + 1);

    (void)state;
    assert_non_null(huge);
    assert_int_equal(ga_bundle_parse(NULL, 1, &b, &err), GA_E_INVAL);
    assert_int_equal(ga_bundle_parse(huge, 1, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_bundle_parse(huge, GA_BUNDLE_MAX + 1, &b, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "bundle: 16777217 bytes, not 1 to 16777216");
    assert_int_equal(ga_bundle_parse(huge, GA_BUNDLE_MAX, &b, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(err.text,
                        "bundle: no bundle: it begins with other bytes");
    assert_int_equal(err.offset, 0);
    assert_null(b);
    free(huge);
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(bad)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_page_describes),
        cmocka_unit_test(refuses_every_changed_bit),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(refuses_what_is_no_bundle),
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        rows[i] = (struct CMUnitTest){ .name = bad[i].name,
                                       .test_func = refuses_bad,
                                       .initial_state = &bad[i] };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL) +
           cmocka_run_group_tests_name("bad bundles", rows, NULL, NULL);
}
