/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

/* Decodes a copy of exactly that length. */
static enum ga_rc
decode(const char *text, size_t len, unsigned flags, struct ga_buf *out,
       struct ga_error *err)
{
    char *copy = malloc(len > 0 ? len : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, len);
    rc = ga_base64_decode(copy, len, flags, out, err);
    free(copy);
    return rc;
}

/* Source: rfc4648, section 10. */
static const struct {
    const char *plain, *text, *bare;
} vectors[] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
};

static void
agrees_with_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const char *plain = vectors[i].plain;
        struct ga_bytes in = ga_bytes_of(plain, strlen(plain));
        char *text = ga_base64_encode(in, GA_BASE64_STRICT);
        char *url = ga_base64_encode(in, GA_BASE64_URL);
        struct ga_buf b = { 0 };

        assert_string_equal(text, vectors[i].text);
        assert_string_equal(url, vectors[i].bare);
        assert_int_equal(decode(text, strlen(text), GA_BASE64_STRICT, &b, NULL),
                         GA_OK);
        assert_int_equal(b.len, in.len);
        assert_string_equal(b.ptr, plain);
        ga_buf_done(&b);
        assert_int_equal(
            decode(url, strlen(url), GA_BASE64_URL | GA_BASE64_BARE, &b, NULL),
            GA_OK);
        assert_int_equal(b.len, in.len);
        assert_string_equal(b.ptr, plain);
        ga_buf_done(&b);
        free(text);
        free(url);
    }
}

static void
brings_every_byte_back(void **state)
{
    static const unsigned flags[] = { GA_BASE64_STRICT, GA_BASE64_EITHER,
                                      GA_BASE64_URL | GA_BASE64_BARE,
                                      GA_BASE64_EITHER | GA_BASE64_BARE |
                                          GA_BASE64_LINES };
    uint8_t all[256];

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)(i * 167 + 5);
    for (size_t n = 0; n <= sizeof(all); n++)
        for (size_t f = 0; f < COUNT(flags); f++) {
            struct ga_bytes in = ga_bytes_of(all, n);
            char *text = ga_base64_encode(in, flags[f]);
            struct ga_buf b = { 0 };

            assert_int_equal(decode(text, strlen(text), flags[f], &b, NULL),
                             GA_OK);
            assert_true(ga_bytes_equal(ga_view(&b), in));
            ga_buf_done(&b);
            free(text);
        }
}

struct good {
    const char *name, *text;
    unsigned flags;
    const char *plain;
};

static struct good goods[] = {
    { "lines", "Zm 9\tv\r\nYg\n=\r=\n", GA_BASE64_LINES, "foob" },
    { "only white space", " \r\n\t", GA_BASE64_LINES, "" },
    { "bare, padded all the same", "Zg==", GA_BASE64_BARE, "f" },
    { "bare", "Zg", GA_BASE64_BARE, "f" },
    { "standard letters", "+/+/", GA_BASE64_STRICT, "\xfb\xff\xbf" },
    { "url letters", "-_-_", GA_BASE64_URL, "\xfb\xff\xbf" },
    { "either is standard", "+/+/", GA_BASE64_EITHER, "\xfb\xff\xbf" },
    { "either is url", "-_-_", GA_BASE64_EITHER, "\xfb\xff\xbf" },
    { "url, padded", "Zg==", GA_BASE64_URL, "f" },
};

static void
accepts(void **state)
{
    const struct good *g = *state;
    struct ga_buf b = { 0 };

    assert_int_equal(decode(g->text, strlen(g->text), g->flags, &b, NULL),
                     GA_OK);
    assert_int_equal(b.len, strlen(g->plain));
    assert_string_equal(b.ptr, g->plain);
    ga_buf_done(&b);
}

struct bad {
    const char *name, *text;
    unsigned flags;
    size_t offset;
    const char *expect;
};

#define ALL (GA_BASE64_EITHER | GA_BASE64_BARE | GA_BASE64_LINES)

static struct bad bads[] = {
    { "foreign character", "Zm9*", ALL, 3, "byte 0x2a at 3 is no base64" },
    { "above ASCII", "Zm9\xc3", ALL, 3, "byte 0xc3 at 3 is no base64" },
    { "white space", "Zm9v\n", GA_BASE64_BARE, 4,
      "byte 0x0a at 4 is no base64" },
    { "vertical tab", "Zm9v\v", ALL, 4, "byte 0x0b at 4 is no base64" },
    { "url letter in standard", "Zm-v", GA_BASE64_STRICT, 2,
      "byte 0x2d at 2 is of the other base64 alphabet" },
    { "standard letter in url", "Zm/v", GA_BASE64_URL, 2,
      "byte 0x2f at 2 is of the other base64 alphabet" },
    { "both alphabets", "Z+_v", GA_BASE64_EITHER, 2,
      "byte 0x5f at 2 is of the other base64 alphabet" },
    { "both alphabets, url first", "Z_+v", GA_BASE64_EITHER, 2,
      "byte 0x2b at 2 is of the other base64 alphabet" },
    { "one digit", "Z", ALL, 1, "base64 ends at 1, inside a group" },
    { "five digits", "Zm9vY", ALL, 5, "base64 ends at 5, inside a group" },
    { "no padding", "Zg", GA_BASE64_STRICT, 2,
      "base64 ends at 2, inside a group" },
    { "no padding, url", "Zg", GA_BASE64_URL, 2,
      "base64 ends at 2, inside a group" },
    { "half the padding", "Zg=", ALL, 3, "base64 ends at 3, inside a group" },
    { "padding of one digit", "Z===", ALL, 1,
      "base64 padding at 1 does not fit" },
    { "padding of nothing", "=", ALL, 0, "base64 padding at 0 does not fit" },
    { "padding of a full group", "Zm9v=", ALL, 4,
      "base64 padding at 4 does not fit" },
    { "third padding", "Zg===", ALL, 4, "base64 padding at 4 does not fit" },
    { "second padding", "Zm8==", ALL, 4, "base64 padding at 4 does not fit" },
    { "digit after padding", "Zg==Zg==", ALL, 4,
      "base64 goes on at 4, after its padding" },
    { "digit inside padding", "Zg=Z", ALL, 3,
      "base64 goes on at 3, after its padding" },
    { "unused bits of two digits", "Zh==", ALL, 1,
      "base64 digit at 1 has unused bits set" },
    { "unused bits of three digits", "Zm9 \n=", ALL, 2,
      "base64 digit at 2 has unused bits set" },
    { "unused bits, bare", "Zm9", ALL, 2,
      "base64 digit at 2 has unused bits set" },
    { "unused bit, high", "Zo==", ALL, 1,
      "base64 digit at 1 has unused bits set" },
};

static void
refuses(void **state)
{
    const struct bad *row = *state;
    struct ga_buf b = { .len = 77 };
    struct ga_error err = { 0 };

    assert_int_equal(decode(row->text, strlen(row->text), row->flags, &b, &err),
                     GA_E_SYNTAX);
    assert_string_equal(err.text, row->expect);
    assert_int_equal(err.code, GA_E_SYNTAX);
    assert_int_equal(err.offset, row->offset);
    assert_null(b.ptr);
    assert_int_equal(b.len, 77);
}

/* A NUL is a character like any other that is none of the 64. */
static void
refuses_a_nul(void **state)
{
    struct ga_buf b = { 0 };
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(decode("Zm9\0", 4, ALL, &b, &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "byte 0x00 at 3 is no base64");
}

/* No two texts of four digits stand for the same bytes. */
static void
maps_texts_one_to_one(void **state)
{
    size_t texts = 0;

    (void)state;
    for (int a = 32; a < 127; a++)
        for (int c = 32; c < 127; c++) {
            char text[5] = { (char)a, (char)c, '=', '=', '\0' };
            struct ga_buf b = { 0 };
            char *again;

            if (decode(text, 4, GA_BASE64_STRICT, &b, NULL) != GA_OK)
                continue;
            again = ga_base64_encode(ga_view(&b), GA_BASE64_STRICT);
            assert_string_equal(again, text);
            texts++;
            free(again);
            ga_buf_done(&b);
        }
    assert_int_equal(texts, 256);
}

static void
has_no_text_for_more_than_memory_holds(void **state)
{
    (void)state;
    assert_null(ga_base64_encode(ga_bytes_of("", SIZE_MAX / 2), 0));
    assert_null(ga_base64_encode(ga_bytes_of("", SIZE_MAX), 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_standard),
        cmocka_unit_test(brings_every_byte_back),
        cmocka_unit_test(refuses_a_nul),
        cmocka_unit_test(maps_texts_one_to_one),
        cmocka_unit_test(has_no_text_for_more_than_memory_holds),
    };
    struct CMUnitTest rows[COUNT(goods) + COUNT(bads)];

    for (size_t i = 0; i < COUNT(goods); i++)
        rows[i] = (struct CMUnitTest){ .name = goods[i].name,
                                       .test_func = accepts,
                                       .initial_state = &goods[i] };
    for (size_t i = 0; i < COUNT(bads); i++)
        rows[COUNT(goods) + i] =
            (struct CMUnitTest){ .name = bads[i].name,
                                 .test_func = refuses,
                                 .initial_state = &bads[i] };
    return cmocka_run_group_tests(tests, NULL, NULL) +
           cmocka_run_group_tests(rows, NULL, NULL);
}
