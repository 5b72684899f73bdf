/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates with one element, or one bit, more than they may have. */
#include "support/test.h"

#include <string.h>

#include "support/fixtures.h"
#include "x509/chain_scene.h"

/* The Provisioner ICA of a good chain. */
static struct made_spec
spec(void)
{
    return made_chain_of(MADE_HOPPER, false, world.key).spec[2];
}

static struct ga_cert *
parse(const struct der *der)
{
    struct ga_cert *cert = NULL;
    struct ga_error err = { 0 };

    if (ga_cert_parse(ga_bytes_of(der->ptr, der->len), &cert, &err) != GA_OK)
        fail_msg("%s", err.text);
    return cert;
}

/* Where `hex` stands in the DER. */
static size_t
place_of(const struct der *der, const char *hex)
{
    struct der a = der_hex(hex);

    for (size_t i = 0; i + a.len <= der->len; i++)
        if (memcmp(&der->ptr[i], a.ptr, a.len) == 0)
            return i;
    fail_msg("no %s", hex);
    return 0;
}

/* Reads the header at `at`; returns where the content begins. */
static size_t
content_of(const struct der *der, size_t at, size_t *len)
{
    size_t n = der->ptr[at + 1];

    if (n < 0x80) {
        *len = n;
        return at + 2;
    }
    *len = 0;
    for (size_t i = 0; i < n - 0x80; i++)
        *len = *len << 8 | der->ptr[at + 2 + i];
    return at + 2 + n - 0x80;
}

/* Puts a NULL at the end of the element at `target`, and makes the lengths of
 * all around it right; none of them changes its size by that. */
static void
append_null(struct der *der, size_t target)
{
    size_t at = 0, len, content, end;

    for (;;) {
        content = content_of(der, at, &len);
        der->ptr[content - 1] = (uint8_t)(der->ptr[content - 1] + 2);
        end = content + len;
        if (at == target)
            break;
        for (at = content; at < target; at = content + len) {
            content = content_of(der, at, &len);
            if (content + len > target)
                break;
        }
    }
    memmove(&der->ptr[end + 2], &der->ptr[end], der->len - end);
    memcpy(&der->ptr[end], "\x05\x00", 2);
    der->len = (uint16_t)(der->len + 2);
}

/* Elements that hold one more than they may. */
static const struct {
    const char *in, *place, *text; /* place: its first bytes */
} crowded[] = {
    { "the certificate", "3082", "certificate: 2 bytes left over at 490" },
    { "the times", "3020 170d", "validity: 2 bytes left over at 126" },
    { "an extension", "300f 0603551d13",
      "extension: 2 bytes left over at 352" },
    { "an attribute", "3009 0603550406",
      "subject: attribute: 2 bytes left over at 141" },
};

static void
refuses_one_element_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(crowded); i++) {
        struct made_spec s = spec();
        struct der der = made_der(&s);
        struct ga_cert *cert = NULL;
        struct ga_error err = { 0 };

        append_null(&der, place_of(&der, crowded[i].place));
        if (ga_cert_parse(ga_bytes_of(der.ptr, der.len), &cert, &err) !=
            GA_E_SYNTAX)
            fail_msg("%s: %s", crowded[i].in, err.text);
        /* The signature's length differs from one to the next. */
        if (i > 0)
            assert_string_equal(err.text, crowded[i].text);
        else
            assert_memory_equal(err.text, crowded[i].text, 33);
        assert_null(cert);
    }
}

static void
refuses_an_empty_rdn(void **state)
{
    struct made_spec s = spec();
    struct ga_cert *cert = NULL;
    struct ga_error err = { 0 };
    struct der der;

    (void)state;
    s.subject = "#30023100";
    der = made_der(&s);
    assert_int_equal(ga_cert_parse(ga_bytes_of(der.ptr, der.len), &cert, &err),
                     GA_E_SYNTAX);
    assert_string_equal(err.text, "subject: RDN: empty at 128");
    assert_null(cert);
}

/* A BIT STRING of whole octets alone; DER wants its unused bits to be zero. */
static void
refuses_unused_bits_in_a_signature(void **state)
{
    struct made_spec s = spec();
    struct ga_cert *cert;
    struct der der;
    size_t at;

    (void)state;
    do
        der = made_der(&s);
    while ((der.ptr[der.len - 1] & 1) != 0);
    at = place_of(&der, "0a06082a8648ce3d040303 03");
    for (at += 11; der.ptr[at] != 0x03 || der.ptr[at + 2] != 0x00; at++)
        assert_true(at + 3 < der.len);
    der.ptr[at + 2] = 1;
    cert = parse(&der);
    assert_false(cert->signature_ok);
    assert_string_equal(cert->flaw.text,
                        "signature is not the DER of two numbers of P-384");
    ga_cert_free(cert);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_one_element_more),
        cmocka_unit_test(refuses_an_empty_rdn),
        cmocka_unit_test(refuses_unused_bits_in_a_signature),
    };

    return cmocka_run_group_tests(tests, make_world, free_world);
}
