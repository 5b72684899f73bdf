/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that are none, flaws of others, and names that mean harm. */
#include "support/test.h"

#include <stdlib.h>
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

/* Replaces the first `from` in the DER, which must be there, by as many bytes.
 */
static void
swap(struct der *der, const char *from, const char *to)
{
    struct der a = der_hex(from), b = der_hex(to);

    assert_int_equal(a.len, b.len);
    for (size_t i = 0; i + a.len <= der->len; i++)
        if (memcmp(&der->ptr[i], a.ptr, a.len) == 0) {
            memcpy(&der->ptr[i], b.ptr, b.len);
            return;
        }
    fail_msg("no %s", from);
}

/* What is no certificate, or not DER: an error, wherever it is. */
/* clang-format off */
static const struct {
    const char *name, *from, *to, *text;
} broken[] = {
    { "critical with 01", "551d13 0101ff", "551d13 010101", "element: content of tag 0x01 at 342 is not DER" },
    { "critical FALSE", "551d13 0101ff", "551d13 010100", "critical: FALSE at 342 is not DER" },
    { "time without Z", "170d 323031303137303030303030 5a", "170d 3230313031373030303030305b", "notBefore: not a time in a form of RFC 5280 at 94" },
    { "time as text", "180f 3939393931323331", "130f 3939393931323331", "notAfter: not a time in a form of RFC 5280 at 109" },
    { "version as text", "a003 020102", "a003 0c0102", "version: tag 0x0c at 10, not 0x02" },
    { "serial number as text", "0202 2001", "0c02 2001", "serialNumber: tag 0x0c at 13, not 0x02" },
    { "serial number with a leading zero", "0202 2001", "0202 0001", "element: content of tag 0x02 at 13 is not DER" },
    { "name as a set", "040303 303d 311b", "040303 313d 311b", "issuer: tag 0x31 at 29, not 0x30" },
    { "sequence in place of an RDN", "310b 3009 0603550406", "300b 3009 0603550406", "subject: RDN: tag 0x30 at 128, not 0x31" },
    { "extensions with another tag", "a323 3021", "a423 3021", "tbsCertificate: 37 bytes left over at 331" },
    { "extension value as text", "551d13 0101ff 0405", "551d13 0101ff 0c05", "extnValue: tag 0x0c at 345, not 0x04" },
    { "key as text", "3076 3010 0607", "0476 3010 0607", "subjectPublicKeyInfo: tag 0x04 at 211, not 0x30" },
    { "signature as text", "300a06082a8648ce3d040303 03", "300a06082a8648ce3d040303 04", "signatureValue: tag 0x04 at 380, not 0x03" },
};
/* clang-format on */

static void
says_where_it_is_no_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        struct made_spec s = spec();
        struct der der = made_der(&s);
        struct ga_cert *cert = NULL;
        struct ga_error err = { 0 };

        swap(&der, broken[i].from, broken[i].to);
        if (ga_cert_parse(ga_bytes_of(der.ptr, der.len), &cert, &err) !=
            GA_E_SYNTAX)
            fail_msg("%s: %s", broken[i].name, err.text);
        assert_string_equal(err.text, broken[i].text);
        assert_null(cert);
        assert_true(err.offset <= der.len);
    }
}

static void
refuses_every_prefix(void **state)
{
    struct made_spec s = spec();
    struct der der = made_der(&s);

    (void)state;
    for (size_t n = 0; n < der.len; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        struct ga_cert *cert = NULL;
        struct ga_error err = { 0 };

        assert_non_null(copy);
        memcpy(copy, der.ptr, n);
        assert_int_equal(ga_cert_parse(ga_bytes_of(copy, n), &cert, &err),
                         GA_E_SYNTAX);
        assert_true(err.offset <= n);
        assert_null(cert);
        free(copy);
    }
}

static void
refuses_bytes_behind(void **state)
{
    struct made_spec s = spec();
    struct der der = made_der(&s);
    struct ga_cert *cert = NULL;
    struct ga_error err = { 0 };
    uint8_t *large = calloc(1, GA_CERT_MAX + 1);

    (void)state;
    der.ptr[der.len] = 0;
    assert_int_equal(
        ga_cert_parse(ga_bytes_of(der.ptr, der.len + 1), &cert, &err),
        GA_E_TRAILING);
    assert_int_equal(err.offset, der.len);
    assert_non_null(large);
    assert_int_equal(
        ga_cert_parse(ga_bytes_of(large, GA_CERT_MAX + 1), &cert, &err),
        GA_E_TOO_LARGE);
    assert_string_equal(err.text, "certificate: 8193 bytes, not 1 to 8192");
    assert_null(cert);
    free(large);
}

/* Any bit of a signed chain: it does not parse, or its check fails. */
static void
notices_every_changed_byte(void **state)
{
    struct made_chain made = made_chain_of(MADE_HOPPER, false, world.key);
    struct ga_chain *chain = chain_of(&made);
    struct ga_cert *good = chain->certs.cert[0];
    struct ga_buf copy = { 0 };

    (void)state;
    assert_int_equal(ga_buf_copy(ga_view(&good->der), &copy, NULL), GA_OK);
    for (size_t i = 0; i < copy.len; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        struct ga_chain_facts found;
        struct ga_check check;

        copy.ptr[i] ^= bit;
        if (ga_cert_parse(ga_view(&copy), &chain->certs.cert[0], NULL) ==
            GA_OK) {
            check_device(chain, &world.own, AT_TEXT, &check, &found);
            if (check.state != GA_FAILED)
                fail_msg("bit of byte %zu", i);
            ga_cert_free(chain->certs.cert[0]);
        }
        copy.ptr[i] ^= bit;
    }
    chain->certs.cert[0] = good;
    ga_chain_free(chain);
    ga_buf_done(&copy);
}

/* One flaw each: it parses, and says so. */
struct flaw {
    const char *name;
    void (*make)(struct made_spec *s);
    enum ga_reason reason;
    const char *text;
};

/* clang-format off */
static void set_serial(struct made_spec *s, const char *hex) { struct der d = der_hex(hex); memcpy(s->serial, d.ptr, d.len); s->serial_len = d.len; }
static void none(struct made_spec *s) { (void)s; }
static void serial_20(struct made_spec *s) { set_serial(s, "7fffffffffffffffffffffffffffffffffffffff"); }
static void serial_21(struct made_spec *s) { set_serial(s, "00ffffffffffffffffffffffffffffffffffffffff"); }
static void serial_zero(struct made_spec *s) { set_serial(s, "00"); }
static void serial_negative(struct made_spec *s) { set_serial(s, "80"); }
static void unique_1(struct made_spec *s) { s->unique_id = "81020001"; }
static void unique_2(struct made_spec *s) { s->unique_id = "82020001"; }
static void two_names(struct made_spec *s) { s->subject = "CN=a|CN=b"; }
static void two_organisations(struct made_spec *s) { s->subject = "O=a|CN=b|O=a"; }
static void two_serials(struct made_spec *s) { s->subject = "serialNumber=1|serialNumber=2"; }
static void name_number(struct made_spec *s) { s->subject = "#300c310a3008060355040302 0101"; }
static void name_octets(struct made_spec *s) { s->subject = "#300c310a3008060355040304 0161"; }
static void name_broken(struct made_spec *s) { s->subject = "#300c310a300806035504030c01 ff"; }
static void name_escape(struct made_spec *s) { s->subject = "#300c310a300806035504030c01 1b"; }
static void issuer_octets(struct made_spec *s) { s->issuer = "#300c310a3008060355040304 0161"; }
static void name_unknown_octets(struct made_spec *s) { s->subject = "#3018 310a 3008 0603550403 0c0161 310a 3008 06022837 0402 6162"; }
static void basic(struct made_spec *s, const char *hex) { made_find(s, OID_BASIC_CONSTRAINTS)->value = der_hex(hex); }
static void basic_false(struct made_spec *s) { basic(s, "3003010100"); }
static void basic_path_only(struct made_spec *s) { basic(s, "3003020100"); }
static void basic_path_negative(struct made_spec *s) { basic(s, "30060101ff0201ff"); }
static void basic_behind(struct made_spec *s) { basic(s, "300301 01ff00"); }
static void basic_more(struct made_spec *s) { basic(s, "30080101ff0201000500"); }
static void basic_ber(struct made_spec *s) { basic(s, "3003010101"); }
static void usage(struct made_spec *s, const char *hex) { made_find(s, OID_KEY_USAGE)->value = der_hex(hex); }
static void usage_none(struct made_spec *s) { usage(s, "030100"); }
static void usage_zero(struct made_spec *s) { usage(s, "03020000"); }
static void usage_padded(struct made_spec *s) { usage(s, "03020106 00"); }
static void usage_trailing_zero(struct made_spec *s) { usage(s, "03020006"); }
static void usage_tenth_bit(struct made_spec *s) { usage(s, "0303060640"); }
static void usage_ninth_bit(struct made_spec *s) { usage(s, "0303070680"); }
static void usage_long(struct made_spec *s) { usage(s, "03040006 0001"); }
static void usage_longest(struct made_spec *s) { usage(s, "0306 00 0000000001"); }
static void eku_empty(struct made_spec *s) { made_extend(s, OID_EKU, false, "3000"); }
static void eku_text(struct made_spec *s) { made_extend(s, OID_EKU, false, "30030c0141"); }
static void eku_behind(struct made_spec *s) { made_extend(s, OID_EKU, false, "3003060155 0500"); }
static void fwid_empty(struct made_spec *s) { made_extend(s, OID_FWID, false, ""); }
static void tcb_empty(struct made_spec *s) { made_extend(s, OID_TCB_INFO, false, ""); }
static void name_constraints(struct made_spec *s) { made_extend(s, "551d1e", true, "3000"); }
static void signature_curve(struct made_spec *s) { s->inner = s->outer = "300d06092a864886f70d01010c0500"; }

static struct flaw flaws[] = {
    { "none", none, GA_R_NONE, "" },
    { "serial of 20 octets", serial_20, GA_R_NONE, "" },
    { "serial of 21 octets", serial_21, GA_R_SHAPE, "serial number is not a positive number of 1 to 20 octets" },
    { "serial of zero", serial_zero, GA_R_SHAPE, "serial number is not a positive number of 1 to 20 octets" },
    { "serial below zero", serial_negative, GA_R_SHAPE, "serial number is not a positive number of 1 to 20 octets" },
    { "issuerUniqueID", unique_1, GA_R_SHAPE, "has a unique identifier" },
    { "subjectUniqueID", unique_2, GA_R_SHAPE, "has a unique identifier" },
    { "two common names", two_names, GA_R_SHAPE, "subject has CN twice" },
    { "two organisations", two_organisations, GA_R_SHAPE, "subject has O twice" },
    { "two serial numbers", two_serials, GA_R_SHAPE, "subject has serialNumber twice" },
    { "name of a number", name_number, GA_R_SHAPE, "subject has an attribute that is no text" },
    { "name of octets", name_octets, GA_R_SHAPE, "subject has an attribute that is no text" },
    { "name of broken UTF-8", name_broken, GA_R_SHAPE, "subject has an attribute that is no text" },
    { "name with an escape", name_escape, GA_R_SHAPE, "subject has an attribute that is no text" },
    { "issuer of octets", issuer_octets, GA_R_SHAPE, "issuer has an attribute that is no text" },
    { "an attribute that nobody knows, of octets", name_unknown_octets, GA_R_SHAPE, "subject has an attribute that is no text" },
    { "cA FALSE, written out", basic_false, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "path length without cA", basic_path_only, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "path length below zero", basic_path_negative, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "bytes behind basicConstraints", basic_behind, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "more in basicConstraints", basic_more, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "cA of 01", basic_ber, GA_R_EXTENSION, "extension basicConstraints malformed" },
    { "keyUsage without bits", usage_none, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "keyUsage of zeros", usage_zero, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "bytes behind keyUsage", usage_padded, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "keyUsage with trailing zeros", usage_trailing_zero, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "keyUsage with a tenth bit", usage_tenth_bit, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "keyUsage with its ninth bit", usage_ninth_bit, GA_R_NONE, "" },
    { "keyUsage of three octets", usage_long, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "keyUsage of five octets", usage_longest, GA_R_EXTENSION, "extension keyUsage malformed" },
    { "no purposes", eku_empty, GA_R_EXTENSION, "extension extendedKeyUsage malformed" },
    { "purpose as text", eku_text, GA_R_EXTENSION, "extension extendedKeyUsage malformed" },
    { "bytes behind the purposes", eku_behind, GA_R_EXTENSION, "extension extendedKeyUsage malformed" },
    { "empty FWID", fwid_empty, GA_R_EXTENSION, "extension FWID malformed" },
    { "empty DiceTcbInfo", tcb_empty, GA_R_EXTENSION, "extension DiceTcbInfo malformed" },
    { "critical nameConstraints", name_constraints, GA_R_EXTENSION, "unknown critical extension" },
    { "RSA signature", signature_curve, GA_R_ALGORITHM, "signature algorithm is not ecdsa-with-SHA384 without parameters" },
};
/* clang-format on */

static void
has_its_flaw(void **state)
{
    const struct flaw *f = *state;
    struct made_spec s = spec();
    struct ga_cert *cert;
    struct der der;

    f->make(&s);
    der = made_der(&s);
    cert = parse(&der);
    assert_string_equal(cert->flaw.text, f->text);
    assert_int_equal(cert->flaw.reason, f->reason);
    assert_int_equal(cert->flaw.state,
                     f->text[0] == '\0' ? GA_PASSED : GA_FAILED);
    ga_cert_free(cert);
}

static void
sees_a_malformed_signature(void **state)
{
    struct made_spec s = spec();
    struct der der = made_der(&s);
    struct ga_cert *cert;

    (void)state;
    /* The BIT STRING's SEQUENCE becomes a SET. */
    for (size_t i = der.len - 1; i > 0; i--)
        if (der.ptr[i] == 0x30 && der.ptr[i - 1] == 0x00 &&
            der.ptr[i - 3] == 0x03 && i + 2u + der.ptr[i + 1] == der.len) {
            der.ptr[i] = 0x31;
            break;
        }
    cert = parse(&der);
    assert_false(cert->signature_ok);
    assert_string_equal(cert->flaw.text,
                        "signature is not the DER of two numbers of P-384");
    assert_int_equal(cert->flaw.reason, GA_R_BAD_SIGNATURE);
    ga_cert_free(cert);
}

static const struct {
    const char *subject, *common_name, *text;
} names[] = {
    { "CN=a, b+c;\"<>\\", "a, b+c;\"<>\\", "CN=a\\, b\\+c\\;\\\"\\<\\>\\\\" },
    { "CN= a ", " a ", "CN=\\ a\\ " },
    { "CN=#a", "#a", "CN=\\#a" },
    { "C=DE|O=x|CN=y", "y", "CN=y,O=x,C=DE" },
    { "CN=", "", "CN=" },
    /* A NUL and what is behind it. */
    { "#300e310c300a06035504030c03 610062", "", "CN=#0c03610062" },
    { "#300e310c300a06035504030c03 611b5b", "", "CN=#0c03611b5b" },
    /* Broken UTF-8; T61String; a number. */
    { "#300c310a300806035504030c01 ff", "", "CN=#0c01ff" },
    { "#300c310a3008060355040314 0161", "", "CN=#140161" },
    { "#300c310a3008060355040302 0101", "", "CN=#020101" },
    /* PrintableString beyond ASCII. */
    { "#300d310b3009060355040313 02c3a4", "", "CN=#1302c3a4" },
    /* A right-to-left override is shown as what it is. */
    { "#300f310d300b06035504030c04 61e280ae", "a\xe2\x80\xae",
      "CN=a\\u{202e}" },
    /* One RDN of two attributes. */
    { "#3017 3115 3008 0603550403 0c0161 3009 060355040a 0c0262 62", "a",
      "O=bb+CN=a" },
    /* An attribute that has no short name. */
    { "#300c310a300806032a8648 0c0161", "", "1.2.840=#0c0161" },
    { "#300b3109300706028837 0c0161", "", "2.999=#0c0161" },
    /* Attributes that are nearly a common name. */
    { "#300c310a300806032a0403 0c0161", "", "1.2.4.3=#0c0161" },
    { "#300c310a30080603550503 0c0161", "", "2.5.5.3=#0c0161" },
    { "#300d310b3009060455040301 0c0161", "", "2.5.4.3.1=#0c0161" },
    { "#300b3109300706025504 0c0161", "", "2.5.4=#0c0161" },
    { "#3000", "", "" },
};

static void
reads_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct made_spec s = spec();
        struct ga_cert *cert;
        struct der der;

        s.subject = names[i].subject;
        der = made_der(&s);
        cert = parse(&der);
        assert_string_equal(cert->common_name, names[i].common_name);
        assert_string_equal(cert->subject_text, names[i].text);
        ga_cert_free(cert);
    }
}

static void
bounds_names(void **state)
{
    char text[512] = "";
    struct made_spec s = spec();
    struct ga_cert *cert = NULL;
    struct ga_error err = { 0 };
    struct der der;

    (void)state;
    for (size_t i = 0; i < GA_NAME_PARTS_MAX; i++)
        memcpy(&text[5 * i], "CN=a|", 6);
    s.subject = text;
    der = made_der(&s);
    ga_cert_free(parse(&der));
    memcpy(&text[strlen(text)], "CN=a", 5);
    der = made_der(&s);
    assert_int_equal(ga_cert_parse(ga_bytes_of(der.ptr, der.len), &cert, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "subject: name: more than 16 attributes");

    /* A text that does not fit its field matches nothing. */
    memset(text, 'a', 75);
    memcpy(text, "CN=", 3);
    text[3 + 72] = '\0';
    der = made_der(&s);
    cert = parse(&der);
    assert_string_equal(cert->common_name, "");
    ga_cert_free(cert);
    text[3 + 71] = '\0';
    der = made_der(&s);
    cert = parse(&der);
    assert_int_equal(strlen(cert->common_name), 71);
    ga_cert_free(cert);
}

static void
bounds_extensions(void **state)
{
    struct made_spec s = spec();
    struct der der = made_der(&s), one = { 0 }, list = { 0 }, ext, whole;
    struct ga_cert *cert = NULL;
    struct ga_error err = { 0 };
    uint8_t oid[3] = { 0x2a, 0x03, 0x00 };

    (void)state;
    (void)der;
    for (size_t i = 0; i < GA_EXTENSIONS_MAX + 1; i++) {
        one.len = 0;
        oid[2] = (uint8_t)i;
        der_add(&one, 0x06, oid, sizeof(oid));
        der_add(&one, 0x04, "", 0);
        der_add(&list, 0x30, one.ptr, one.len);
        if (i + 1 != GA_EXTENSIONS_MAX && i != GA_EXTENSIONS_MAX)
            continue;
        ext = der_wrap(0x30, &list);
        whole = der_wrap(0xa3, &ext);
        {
            char hex[2 * sizeof(whole.ptr) + 1];

            for (size_t k = 0; k < whole.len; k++)
                snprintf(&hex[2 * k], 3, "%02x", whole.ptr[k]);
            s.extensions = 0;
            s.unique_id = hex; /* stands where extensions do */
            der = made_der(&s);
        }
        if (i + 1 == GA_EXTENSIONS_MAX) {
            ga_cert_free(parse(&der));
            continue;
        }
        assert_int_equal(
            ga_cert_parse(ga_bytes_of(der.ptr, der.len), &cert, &err),
            GA_E_TOO_LARGE);
        assert_string_equal(err.text, "more than 32 extensions");
    }
}

static void
writes_serial_numbers(void **state)
{
    static const struct {
        const char *hex, *decimal, *upper;
    } rows[] = {
        { "01", "1", "01" },
        { "0a", "10", "0A" },
        { "0080", "128", "80" },
        { "0100", "256", "0100" },
        { "00ff00", "65280", "FF00" },
        { "7fffffffffffffffffffffffffffffffffffffff",
          "730750818665451459101842416358141509827966271487",
          "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" },
        { "00", "0", "00" },
        { "80", "", "" },
        { "00ffffffffffffffffffffffffffffffffffffffff", "", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct made_spec s = spec();
        char decimal[GA_SERIAL_TEXT], upper[GA_SERIAL_TEXT];
        struct ga_cert *cert;
        struct der der;

        set_serial(&s, rows[i].hex);
        der = made_der(&s);
        cert = parse(&der);
        ga_cert_serial_decimal(cert, decimal);
        ga_cert_serial_hex(cert, upper);
        assert_string_equal(decimal, rows[i].decimal);
        assert_string_equal(upper, rows[i].upper);
        ga_cert_free(cert);
    }
}

static void
has_several_owners(void **state)
{
    struct made_spec s = spec();
    struct der der = made_der(&s);
    struct ga_cert *cert = parse(&der);

    (void)state;
    assert_ptr_equal(ga_cert_ref(cert), cert);
    ga_cert_free(cert);
    assert_string_equal(cert->common_name, "NVIDIA GH100 Provisioner ICA 1");
    ga_cert_free(cert);
    ga_cert_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(says_where_it_is_no_certificate),
        cmocka_unit_test(refuses_every_prefix),
        cmocka_unit_test(refuses_bytes_behind),
        cmocka_unit_test(notices_every_changed_byte),
        cmocka_unit_test(sees_a_malformed_signature),
        cmocka_unit_test(reads_names),
        cmocka_unit_test(bounds_names),
        cmocka_unit_test(bounds_extensions),
        cmocka_unit_test(writes_serial_numbers),
        cmocka_unit_test(has_several_owners),
    };
    struct CMUnitTest all[COUNT(others) + COUNT(flaws)];

    memcpy(all, others, sizeof(others));
    for (size_t i = 0; i < COUNT(flaws); i++)
        all[COUNT(others) + i] = (struct CMUnitTest){
            .name = flaws[i].name,
            .test_func = has_its_flaw,
            .initial_state = &flaws[i],
        };
    return cmocka_run_group_tests(all, make_world, free_world);
}
