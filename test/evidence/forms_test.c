/* SPDX-License-Identifier: Apache-2.0 */
/* Every form that is read, and every way in which one is refused. */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "gpuattest/evidence.h"

#define REPORT "EeAB/w=="
#define PEM    "-----BEGIN CERTIFICATE-----\n"
#define CHAIN  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
/* Members without the braces around them. */
#define BOTH  "\"evidence\":\"" REPORT "\",\"certificate\":\"" CHAIN "\""
#define ITEM  "{" BOTH "}"
#define NONCE "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb"

static enum ga_rc
parse(struct ga_evidence *e, const char *text, struct ga_error *err)
{
    size_t n = strlen(text);
    char *copy = malloc(n > 0 ? n : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, n);
    rc = ga_evidence_parse(e, copy, n, err);
    free(copy);
    return rc;
}

struct good {
    const char *name, *text;
    size_t count;
    const char *arch, *nonce; /* of the last device */
};

static struct good goods[] = {
    { "list",
      "[{\"arch\":\"HOPPER\",\"nonce\":\"" NONCE "\"," BOTH "},"
      "{\"arch\":\"LS10\",\"nonce\":\"0X" NONCE "\"," BOTH "}]",
      2, "LS10", "0X" NONCE },
    { "list without arch and nonce", "[" ITEM "," ITEM "," ITEM "]", 3, NULL,
      NULL },
    { "white space around it", " \r\n\t[" ITEM "] \n", 1, NULL, NULL },
    { "request to NRAS",
      "{\"nonce\":\"" NONCE "\",\"arch\":\"HOPPER\",\"claims_version\":\"3.0\","
      "\"evidence_list\":[" ITEM "," ITEM "]}",
      2, "HOPPER", NONCE },
    { "one item", "{\"arch\":\"BLACKWELL\"," BOTH ",\"other\":[1,{}]}", 1,
      "BLACKWELL", NULL },
    { "nvattest",
      "{\"result_code\":0,\"evidences\":[{\"arch\":\"HOPPER\",\"nonce\":"
      "\"x\"," BOTH "}]}",
      1, "HOPPER", "x" },
    { "trustee",
      "{\"device_evidence_list\":[{\"arch\":\"Hopper\",\"uuid\":\"GPU-1\"," BOTH
      "}]}",
      1, "Hopper", NULL },
    { "nvidia_payload",
      "{\"signing_address\":\"0x\",\"nonce\":\"theirs\",\"arch\":\"x86\","
      "\"nvidia_payload\":\"{\\\"nonce\\\":\\\"" NONCE
      "\\\",\\\"evidence_list\\\":[{\\\"evidence\\\":\\\"" REPORT
      "\\\",\\\"certificate\\\":\\\"" CHAIN
      "\\\"}],\\\"arch\\\":\\\"HOPPER\\\"}\"}",
      1, "HOPPER", NONCE },
    { "nvidia_payload, not in a string",
      "{\"nvidia_payload\":{\"evidence_list\":[" ITEM "]}}", 1, NULL, NULL },
    { "JSON in a JSON string",
      "\"[{\\\"evidence\\\":\\\"" REPORT "\\\",\\\"certificate\\\":\\\"" CHAIN
      "\\\"}]\"",
      1, NULL, NULL },
    { "NVML's number", "[{\"arch\":9," BOTH "},{\"arch\":\"10\"," BOTH "}]", 2,
      "10", NULL },
    { "NVML's number, integer", "[{\"arch\":9," BOTH "}]", 1, "9", NULL },
    { "null is as if absent",
      "{\"arch\":null,\"nonce\":null,\"evidences\":null," BOTH "}", 1, NULL,
      NULL },
    { "outer and inner agree",
      "{\"nonce\":\"" NONCE "\",\"arch\":9,\"evidence_list\":"
      "[{\"arch\":\"hopper\",\"nonce\":\"0x" NONCE "\"," BOTH "}]}",
      1, "hopper", "0x" NONCE },
    { "outer of two levels",
      "{\"nonce\":\"n\",\"evidences\":{\"arch\":\"a\",\"evidence_list\":[" ITEM
      "]}}",
      1, "a", "n" },
    { "base64 in lines",
      "[{\"evidence\":\"EeAB\\r\\n/w\",\"certificate\":"
      "\"LS0tLS1CRUdJTiBDRVJUSUZJQ0\\nFURS0tLS0tCg\\n\"}]",
      1, NULL, NULL },
    { "base64url", "[{\"evidence\":\"EeAB_w\",\"certificate\":\"" CHAIN "\"}]",
      1, NULL, NULL },
    { "PEM as it is",
      "[{\"evidence\":\"" REPORT
      "\",\"certificate\":\"-----BEGIN CERTIFICATE-----\\n\"}]",
      1, NULL, NULL },
    { "nvtrust's older names",
      "[{\"attestationReportHexStr\":\"11E001ff\","
      "\"certChainBase64Encoded\":\"" CHAIN "\"}]",
      1, NULL, NULL },
    { "base64 of hex",
      "{\"evidence\":\"MTFlMDAxZmY=\",\"gpu_nonce\":\"n\",\"certificate\":"
      "\"" CHAIN "\"}",
      1, NULL, "n" },
    { "jsonpickle of nvtrust's list",
      "[{\"attestationReportHexStr\":\"11e001ff\",\"certChainBase64Encoded\":"
      "{\"py/b64\":\"TFMwdExTMUNSVWRKVGlCRFJWSlVTVVpKUTBGVVJTMHRMUzB0Q2c9PQ=="
      "\"}}]",
      1, NULL, NULL },
    { "jsonpickle of a switch",
      "{\"py/tuple\":[{\"py/object\":\"models.nvswitch.NVSwitch\",\"uuid\":"
      "\"SWX\",\"attestation_report\":{\"py/b64\":\"EeAB/w==\\n\"},"
      "\"attestation_cert_chain\":[{\"py/b64\":\"" CHAIN "\"}]}]}",
      1, NULL, NULL },
    { "jsonpickle of a GPU",
      "[{\"py/object\":\"verifier.nvml.NvmlHandler\",\"py/state\":{"
      "\"GPUArchitecture\":9,\"AttestationReport\":{\"py/b64\":\"" REPORT
      "\"},\"CertificateChains\":{\"py/object\":\"x\","
      "\"GpuAttestationCertificateChain\":"
      "[\"-----BEGIN CERTIFICATE-----\"]}}}]",
      1, "9", NULL },
    { "jsonpickle of one object", "{\"py/object\":\"x\",\"py/state\":" ITEM "}",
      1, NULL, NULL },
};

static void
has(const struct ga_evidence *e, const struct good *g)
{
    assert_int_equal(ga_evidence_count(e), g->count);
    for (size_t i = 0; i < g->count; i++) {
        struct ga_evidence_view v = { 0 };

        assert_int_equal(ga_evidence_get(e, i, &v, NULL), GA_OK);
        assert_int_equal(v.report_len, 4);
        assert_memory_equal(v.report, "\x11\xe0\x01\xff", 4);
        assert_int_equal(v.chain_len, strlen(PEM));
        assert_memory_equal(v.chain, PEM, v.chain_len);
        if (i + 1 < g->count)
            continue;
        if (g->arch != NULL)
            assert_string_equal(v.arch, g->arch);
        else
            assert_null(v.arch);
        if (g->nonce != NULL)
            assert_string_equal(v.nonce, g->nonce);
        else
            assert_null(v.nonce);
    }
}

/* As it is, as base64, as base64url, and as JSON text in a string. */
static void
reads(void **state)
{
    const struct good *g = *state;
    struct ga_bytes plain = ga_bytes_of(g->text, strlen(g->text));
    json_t *string = json_string(g->text);
    char *forms[] = {
        strdup(g->text),
        ga_base64_encode(plain, GA_BASE64_STRICT),
        ga_base64_encode(plain, GA_BASE64_URL),
        json_dumps(string, JSON_ENCODE_ANY),
    };

    for (size_t i = 0; i < COUNT(forms); i++) {
        struct ga_evidence *e = NULL;
        struct ga_error err = { 0 };

        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        if (parse(e, forms[i], &err) != GA_OK)
            fail_msg("%s", err.text);
        has(e, g);
        ga_evidence_free(e);
        free(forms[i]);
    }
    json_decref(string);
}

/* Lines of 64, as base64(1) writes them. */
static void
reads_base64_in_lines(void **state)
{
    const char plain[] = "[" ITEM "," ITEM "]";
    char *text = ga_base64_encode(ga_bytes_of(plain, strlen(plain)), 0);
    char *lines = malloc(2 * strlen(text) + 1);
    struct ga_evidence *e = NULL;
    size_t used = 0;

    (void)state;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i % 64 == 0)
            lines[used++] = '\n';
        lines[used++] = text[i];
    }
    lines[used] = '\0';
    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(parse(e, lines, NULL), GA_OK);
    assert_int_equal(ga_evidence_count(e), 2);
    ga_evidence_free(e);
    free(lines);
    free(text);
}

struct bad {
    const char *name, *text;
    enum ga_rc rc;
    const char *expect;
};

static struct bad bads[] = {
    { "nothing", "", GA_E_SYNTAX, "evidence: empty" },
    { "white space", " \n", GA_E_SYNTAX, "evidence: empty" },
    { "words", "hello, world", GA_E_SYNTAX,
      "evidence: neither JSON nor base64 of it: byte 0x2c at 5 is no base64" },
    { "PEM file", PEM, GA_E_SYNTAX,
      "evidence: no evidence but PEM; certificates come with their report: "
      "verify --report FILE --chain FILE" },
    { "raw report", "\x11\xe0\x01\xff", GA_E_SYNTAX,
      "evidence: no evidence but a raw report; it comes with its "
      "certificates: verify --report FILE --chain FILE" },
    { "RIM", "<?xml version=\"1.0\"?>", GA_E_SYNTAX,
      "evidence: no evidence but XML; RIMs are looked for in a directory: "
      "--rim-dir DIR" },
    { "base64 of XML", "PGEvPg==", GA_E_SYNTAX,
      "evidence: neither JSON nor base64 of it: byte 0x3c at 0 is no base64" },
    { "base64 of words", "aGVsbG8sIHdvcmxk", GA_E_SYNTAX,
      "evidence: neither JSON nor base64 of it: byte 0x2c at 5 is no base64" },
    { "base64 of nothing", "ICA=", GA_E_SYNTAX, "evidence: empty" },
    { "broken JSON", "[{\"evidence\" 1}]", GA_E_SYNTAX,
      "evidence: JSON: ':' expected at byte 13" },
    { "broken JSON in base64", "WzEs", GA_E_SYNTAX,
      "evidence: inside base64: JSON: value expected at byte 3" },
    { "broken JSON in a string", "\"[1,\"", GA_E_SYNTAX,
      "evidence: inside text of layer 1: JSON: value expected at byte 3" },
    { "text behind it", "[" ITEM "]x", GA_E_SYNTAX,
      "evidence: JSON: end expected at byte 82" },
    { "key twice", "[{\"nonce\":\"a\",\"nonce\":\"a\"," BOTH "}]",
      GA_E_DUPLICATE, "evidence: JSON: key \"nonce\" twice at byte 14" },
    { "unknown key twice", "[{\"x\":1,\"x\":1," BOTH "}]", GA_E_DUPLICATE,
      "evidence: JSON: key \"x\" twice at byte 8" },
    { "empty list", "[]", GA_E_MISSING, "evidence: no devices" },
    { "empty evidences", "{\"evidences\":[]}", GA_E_MISSING,
      "evidence: no devices" },
    { "empty object", "{}", GA_E_MISSING, "evidence: no evidence" },
    { "no evidence", "[" ITEM ",{\"certificate\":\"" CHAIN "\"}]", GA_E_MISSING,
      "evidence: item 2: no evidence" },
    { "no certificate", "[{\"evidence\":\"" REPORT "\"}]", GA_E_MISSING,
      "evidence: item 1: no certificate" },
    { "null evidence", "[{\"evidence\":null,\"certificate\":\"" CHAIN "\"}]",
      GA_E_MISSING, "evidence: item 1: no evidence" },
    { "empty evidence", "[{\"evidence\":\"\",\"certificate\":\"" CHAIN "\"}]",
      GA_E_MISSING, "evidence: item 1: evidence: empty" },
    { "empty certificate",
      "[{\"evidence\":\"" REPORT "\",\"certificate\":\" \"}]", GA_E_MISSING,
      "evidence: item 1: certificate: empty" },
    { "no certificates", "[{\"evidence\":\"" REPORT "\",\"certificate\":[]}]",
      GA_E_MISSING, "evidence: item 1: certificate: empty" },
    { "evidence is a number", "[{\"evidence\":17,\"certificate\":\"\"}]",
      GA_E_BAD_VALUE, "evidence: item 1: evidence: not text" },
    { "evidence is a list",
      "[{\"evidence\":[\"" REPORT "\"],\"certificate\":\"" CHAIN "\"}]",
      GA_E_BAD_VALUE, "evidence: item 1: evidence: not text" },
    { "certificate is an object",
      "[{\"evidence\":\"" REPORT
      "\",\"certificate\":{\"py/object\":\"OpenSSL.crypto.X509\"}}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: certificate: an object that holds no bytes" },
    { "certificates are objects",
      "[{\"evidence\":\"" REPORT "\",\"certificate\":[\"" CHAIN
      "\",{\"py/id\":3}]}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: certificate: 2: an object that holds no bytes" },
    { "evidence is no base64",
      "[" ITEM "," ITEM ",{\"evidence\":\"EeA*\",\"certificate\":\"" CHAIN
      "\"}]",
      GA_E_BAD_VALUE,
      "evidence: item 3: evidence: byte 0x2a at 3 is no base64" },
    { "evidence is no ASCII",
      "[{\"evidence\":\"\xc3\xa4\",\"certificate\":\"" CHAIN "\"}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: evidence: byte 0xc3 at 0 is no base64" },
    { "odd number of hex digits",
      "[{\"evidence\":\"11e001f\",\"certificate\":\"" CHAIN "\"}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: evidence: base64 digit at 6 has unused bits set" },
    { "certificate is no base64",
      "[{\"evidence\":\"" REPORT "\",\"certificate\":\"subject=CN\"}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: certificate: base64 goes on at 8, after its "
      "padding" },
    { "py/b64 is no base64",
      "[{\"evidence\":{\"py/b64\":\"E\"},\"certificate\":\"" CHAIN "\"}]",
      GA_E_BAD_VALUE,
      "evidence: item 1: evidence: base64 ends at 1, inside a group" },
    { "arch is a list", "[{\"arch\":[]," BOTH "}]", GA_E_BAD_VALUE,
      "evidence: item 1: arch: neither text nor a whole number" },
    { "arch is a fraction", "[{\"arch\":9.0," BOTH "}]", GA_E_BAD_VALUE,
      "evidence: item 1: arch: neither text nor a whole number" },
    { "nonce is a number", "[{\"nonce\":9," BOTH "}]", GA_E_BAD_VALUE,
      "evidence: item 1: nonce: not text" },
    { "outer nonce is a number", "{\"nonce\":9,\"evidences\":[" ITEM "]}",
      GA_E_BAD_VALUE, "evidence: nonce: not text" },
    { "other nonce inside",
      "{\"nonce\":\"a\",\"evidences\":[" ITEM ",{\"nonce\":\"b\"," BOTH "}]}",
      GA_E_BAD_VALUE,
      "evidence: item 2: nonce: \"b\" inside, \"a\" around it" },
    { "other nonce on the way",
      "{\"nonce\":\"a\",\"evidences\":{\"nonce\":\"b\",\"evidence_list\":[" ITEM
      "]}}",
      GA_E_BAD_VALUE, "evidence: nonce: \"b\" inside, \"a\" around it" },
    { "other arch inside",
      "{\"arch\":\"HOPPER\",\"evidences\":[{\"arch\":10," BOTH "}]}",
      GA_E_BAD_VALUE,
      "evidence: item 1: arch: \"10\" inside, \"HOPPER\" around it" },
    { "item is a number", "[1]", GA_E_BAD_VALUE,
      "evidence: item 1: not an object" },
    { "item is a list", "[[" ITEM "]]", GA_E_BAD_VALUE,
      "evidence: item 1: not an object" },
    { "detached EAT", "[[\"JWT\",\"e30.e30.\"],{}]", GA_E_BAD_VALUE,
      "evidence: item 1: not an object but a token, which verify-token "
      "reads" },
    { "item is a string", "[\"{}\"]", GA_E_BAD_VALUE,
      "evidence: item 1: not an object" },
    { "list is a number", "{\"evidence_list\":7}", GA_E_BAD_VALUE,
      "evidence: neither a list nor an object of devices" },
    { "two lists", "{\"evidence_list\":[],\"evidences\":[" ITEM "]}",
      GA_E_DUPLICATE, "evidence: both evidence_list and evidences" },
    { "a list and an item", "{\"evidences\":[" ITEM "]," BOTH "}",
      GA_E_DUPLICATE, "evidence: both evidences and evidence" },
    { "evidence under two names",
      "[{\"AttestationReport\":\"" REPORT "\"," BOTH "}]", GA_E_DUPLICATE,
      "evidence: item 1: both evidence and AttestationReport" },
    { "nonce under two names",
      "[{\"nonce\":\"a\",\"gpu_nonce\":\"a\"," BOTH "}]", GA_E_DUPLICATE,
      "evidence: item 1: both nonce and gpu_nonce" },
    { "a state and a device in one item", "[{\"py/state\":" ITEM "," BOTH "}]",
      GA_E_DUPLICATE, "evidence: item 1: both py/state and evidence" },
    { "a state inside a state beside a certificate",
      "[{\"py/state\":{\"py/state\":" ITEM ",\"certificate\":\"AA==\"}}]",
      GA_E_DUPLICATE, "evidence: item 1: both py/state and certificate" },
};

static void
refuses(void **state)
{
    const struct bad *row = *state;
    struct ga_evidence *e = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
    assert_int_equal(parse(e, row->text, &err), row->rc);
    assert_string_equal(err.text, row->expect);
    assert_int_equal(err.code, row->rc);
    assert_int_equal(ga_evidence_count(e), 0);
    ga_evidence_free(e);
}

/* Puts `text` into a JSON string or into base64, `times` over. */
static char *
wrap(const char *text, size_t times, bool base64)
{
    char *now = strdup(text);

    for (size_t i = 0; i < times; i++) {
        json_t *s = json_string(now);
        char *next = base64 ? ga_base64_encode(ga_bytes_of(now, strlen(now)), 0)
                            : json_dumps(s, JSON_ENCODE_ANY);

        assert_non_null(next);
        json_decref(s);
        free(now);
        now = next;
    }
    return now;
}

static void
bounds_the_encodings(void **state)
{
    (void)state;
    for (int base64 = 0; base64 < 2; base64++) {
        char *most = wrap("[" ITEM "]", 4, base64);
        char *more = wrap("[" ITEM "]", 5, base64);
        struct ga_evidence *e = NULL;
        struct ga_error err = { 0 };

        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        assert_int_equal(parse(e, most, NULL), GA_OK);
        assert_int_equal(ga_evidence_count(e), 1);
        assert_int_equal(parse(e, more, &err), GA_E_TOO_LARGE);
        assert_string_equal(err.text,
                            "evidence: more than 4 encodings around it");
        ga_evidence_free(e);
        free(most);
        free(more);
    }
}

static void
bounds_the_words(void **state)
{
    (void)state;
    for (size_t n = 256; n <= 257; n++) {
        char word[300] = "", text[600];
        struct ga_evidence *e = NULL;
        struct ga_error err = { 0 };
        enum ga_rc rc;

        memset(word, 'w', n);
        snprintf(text, sizeof(text), "[{\"nonce\":\"%s\"," BOTH "}]", word);
        assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
        rc = parse(e, text, &err);
        assert_int_equal(rc, n == 256 ? GA_OK : GA_E_TOO_LARGE);
        assert_string_equal(err.text,
                            n == 256 ? ""
                                     : "evidence: item 1: nonce: 257 bytes, "
                                       "not 0 to 256");
        ga_evidence_free(e);
    }
}

/* Every single-byte change of a good list is refused or still two devices. */
static void
survives_every_change(void **state)
{
    const char good[] = "[" ITEM ",{\"arch\":\"HOPPER\"," BOTH "}]";

    (void)state;
    for (size_t at = 0; at < strlen(good); at++)
        for (int c = 1; c < 256; c += 3) {
            char *text = strdup(good);
            struct ga_evidence *e = NULL;
            struct ga_error err = { 0 };
            enum ga_rc rc;

            text[at] = (char)c;
            assert_int_equal(ga_evidence_new(&e, NULL), GA_OK);
            rc = parse(e, text, &err);
            assert_int_equal(ga_evidence_count(e), rc == GA_OK ? 2 : 0);
            assert_int_equal(err.code, rc);
            assert_true((rc == GA_OK) == (err.text[0] == '\0'));
            ga_evidence_free(e);
            free(text);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_base64_in_lines),
        cmocka_unit_test(bounds_the_encodings),
        cmocka_unit_test(bounds_the_words),
        cmocka_unit_test(survives_every_change),
    };
    struct CMUnitTest rows[COUNT(goods) + COUNT(bads)];

    for (size_t i = 0; i < COUNT(goods); i++)
        rows[i] = (struct CMUnitTest){ .name = goods[i].name,
                                       .test_func = reads,
                                       .initial_state = &goods[i] };
    for (size_t i = 0; i < COUNT(bads); i++)
        rows[COUNT(goods) + i] =
            (struct CMUnitTest){ .name = bads[i].name,
                                 .test_func = refuses,
                                 .initial_state = &bads[i] };
    return cmocka_run_group_tests(tests, NULL, NULL) +
           cmocka_run_group_tests(rows, NULL, NULL);
}
