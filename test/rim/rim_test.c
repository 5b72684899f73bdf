/* SPDX-License-Identifier: Apache-2.0 */
/* RIMs as a whole: what is read, which bounds hold, what real ones give. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rim/rim.h"
#include "rim_maker.h"
#include "support/fixtures.h"
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

static void
reads_a_small_rim(void **state)
{
    struct ga_buf file = make_rim(NULL, 0);
    struct ga_rim *rim = read_rim(file.ptr, file.len);
    uint8_t ones[GA_SHA384_LEN];

    (void)state;
    memset(ones, 0x11, sizeof(ones));
    assert_int_equal(rim->problem_total, 0);
    assert_true(rim->complete && rim->has_signature && rim->digest_matches);
    assert_int_equal(schema_of(rim).state, GA_PASSED);
    assert_int_equal(signature_of(rim, facts).state, GA_PASSED);
    assert_string_equal(rim->version, "1.2.3");
    assert_string_equal(rim->product, "GH100");
    assert_string_equal(rim->edition, "GPU");
    assert_string_equal(rim->tag_id, "tag-1");
    assert_string_equal(rim->firmware_id, "5703");
    assert_int_equal(rim->resource_count, 2);
    assert_int_equal(rim->resource[0].index, 0);
    assert_true(rim->resource[0].active);
    assert_int_equal(rim->resource[0].alternatives, 2);
    assert_memory_equal(rim->resource[0].hash[1], ones, sizeof(ones));
    assert_string_equal(rim->resource[0].name, "M_0");
    assert_int_equal(rim->resource[1].index, 7);
    assert_false(rim->resource[1].active);
    assert_int_equal(rim->certs.count, 1);
    assert_string_equal(rim->certs.cert[0]->common_name, "Maker");
    ga_rim_free(rim);
    ga_buf_done(&file);
}

static void
shows_it_through_the_public_view(void **state)
{
    struct ga_buf file = make_rim(NULL, 0);
    struct ga_rim *rim = NULL;
    struct ga_golden_view v;
    uint8_t ones[GA_SHA384_LEN];
    size_t len = 0;

    (void)state;
    memset(ones, 0x11, sizeof(ones));
    assert_int_equal(ga_rim_parse(file.ptr, file.len, &rim, NULL), GA_OK);
    assert_string_equal(ga_rim_version(rim), "1.2.3");
    assert_string_equal(ga_rim_product(rim), "GH100");
    assert_string_equal(ga_rim_tag_id(rim), "tag-1");
    assert_int_equal(ga_rim_goldens(rim), 2);
    assert_true(ga_rim_golden(rim, 1, &v));
    assert_int_equal(v.index, 7);
    assert_false(v.active);
    assert_string_equal(v.name, "M_7");
    assert_int_equal(v.alternatives, 1);
    assert_false(ga_rim_golden(rim, 2, &v));
    assert_memory_equal(ga_rim_hash(rim, 0, 1, &len), ones, sizeof(ones));
    assert_int_equal(len, 48);
    assert_null(ga_rim_hash(rim, 0, 2, &len));
    assert_null(ga_rim_hash(rim, 2, 0, &len));
    ga_rim_free(rim);
    ga_rim_free(NULL);
    ga_buf_done(&file);
}

static void
what_stands_beside_the_profile_is_passed_over(void **state)
{
    static const struct edit edits[] = {
        { "</Entity>", "<x xmlns=\"urn:x\"><Meta></Meta>text</x></Entity>",
          false },
        { "name=\"M_0\"", "name=\"\"", false },
        { " name=\"M_7\"", "", false },
        { " edition=\"GPU\"", "", false },
        { " t:FirmwareManufacturerId=\"5703\"", "", false },
        { "<ds:SignatureValue>", "<ds:SignatureValue>\n ", true },
        { "<ds:X509Data>", "\n <ds:X509Data >\n", true },
    };
    struct ga_buf file = make_rim(edits, COUNT(edits));
    struct ga_rim *rim = read_rim(file.ptr, file.len);

    (void)state;
    assert_int_equal(rim->problem_total, 0);
    assert_int_equal(schema_of(rim).state, GA_PASSED);
    assert_int_equal(signature_of(rim, facts).state, GA_PASSED);
    assert_string_equal(rim->resource[0].name, "");
    assert_string_equal(rim->resource[1].name, "");
    assert_null(rim->edition);
    assert_null(rim->firmware_id);
    ga_rim_free(rim);
    ga_buf_done(&file);
}

static void
references_are_read_as_what_they_stand_for(void **state)
{
    static const struct edit edits[] = {
        { "tag-1", "t&amp;&lt;&quot;", false },
        { "1.2.3", "1.2.3", false },
        { "product=\"GH100\"", "product=\"&#71;H100\"", true },
    };
    struct ga_buf file = make_rim(edits, COUNT(edits));
    struct ga_rim *rim = read_rim(file.ptr, file.len);

    (void)state;
    assert_int_equal(schema_of(rim).state, GA_PASSED);
    assert_int_equal(signature_of(rim, facts).state, GA_PASSED);
    assert_string_equal(rim->tag_id, "t&<\"");
    assert_string_equal(rim->product, "GH100");
    ga_rim_free(rim);
    ga_buf_done(&file);
}

/* Both sides of each bound of limits.h. */
static char *
repeated(const char *before, const char *piece, unsigned n, const char *after)
{
    size_t len = strlen(before) + n * (strlen(piece) + 12) + strlen(after) + 1;
    char *out = malloc(len);
    int at;

    assert_non_null(out);
    at = snprintf(out, len, "%s", before);
    for (unsigned i = 0; i < n; i++) {
        char number[12];
        const char *hash = strchr(piece, '#');

        snprintf(number, sizeof(number), "%u", i);
        at +=
            snprintf(out + at, len - (size_t)at, "%.*s%s%s",
                     hash != NULL ? (int)(hash - piece) : 1000, piece,
                     hash != NULL ? number : "", hash != NULL ? hash + 1 : "");
    }
    snprintf(out + at, len - (size_t)at, "%s", after);
    return out;
}

static void
expect_bound(const char *before, const char *piece, unsigned n,
             const char *after, const char *text)
{
    for (unsigned over = 0; over < 2; over++) {
        char *xml = repeated(before, piece, n + over, after);
        struct ga_rim *rim = read_rim(xml, strlen(xml));
        const struct ga_rim_problem *last =
            &rim->problem[rim->problem_count - 1];

        assert_true(rim->problem_count > 0);
        assert_int_equal(rim->complete, over == 0);
        if (over) {
            assert_string_equal(last->text, text);
            assert_int_equal(last->code, GA_E_TOO_LARGE);
        }
        ga_rim_free(rim);
        free(xml);
    }
}

static void
keeps_the_bounds(void **state)
{
    (void)state;
    expect_bound("<a>", "<b/>", GA_XML_ELEMENTS_MAX - 1, "</a>",
                 "more than 4096 elements");
    expect_bound("<a", " b#=''", GA_XML_ATTRIBUTES_MAX, "/>",
                 "element with 65 attributes, at most 64");
    expect_bound("<a", " xmlns:b#='urn:b'", GA_XML_NAMESPACES_MAX, "/>",
                 "more than 32 namespaces in scope");
    expect_bound("<a b='", "x", GA_XML_TEXT_MAX, "'/>",
                 "attribute b: value of 4097 bytes, at most 4096");
    expect_bound("<", "a", GA_XML_TEXT_MAX, "/>",
                 "name of 4097 bytes, at most 4096");
    expect_bound("<a ", "b", GA_XML_TEXT_MAX, "=''/>",
                 "name of 4097 bytes, at most 4096");
    expect_bound("<a xmlns='urn:", "b", GA_XML_TEXT_MAX - 4, "'/>",
                 "namespace of 4097 bytes, at most 4096");
    expect_bound("<a><Signature><SignatureValue>", "A", GA_XML_CONTENT_MAX,
                 "</SignatureValue></Signature></a>",
                 "SignatureValue: text of more than 12288 bytes");
}

static void
keeps_the_bound_of_depth(void **state)
{
    (void)state;
    for (unsigned over = 0; over < 2; over++) {
        unsigned n = GA_XML_DEPTH_MAX + over;
        char *down = repeated("", "<a>", n, ""),
             *up = repeated("", "</a>", n, "");
        char *xml = malloc(strlen(down) + strlen(up) + 1);
        struct ga_rim *rim;

        assert_non_null(xml);
        memcpy(xml, down, strlen(down));
        memcpy(xml + strlen(down), up, strlen(up) + 1);
        rim = read_rim(xml, strlen(xml));
        assert_int_equal(rim->complete, over == 0);
        if (over)
            assert_string_equal(rim->problem[rim->problem_count - 1].text,
                                "elements nested deeper than 16");
        ga_rim_free(rim);
        free(xml);
        free(up);
        free(down);
    }
}

static void
keeps_the_bound_of_golden_values(void **state)
{
    char *xml = repeated("<SoftwareIdentity xmlns='" MAKER_SWID
                         "' xmlns:h='" MAKER_SHA384
                         "' tagId='t'><Meta colloquialVersion='1' "
                         "product='p'/><Payload>",
                         "<Resource type='Measurement' index='#' active='True' "
                         "alternatives='1' size='48' h:Hash0='" ZEROS "'/>",
                         GA_RIM_RESOURCES_MAX, "");
    char *good = repeated(xml, "", 0, "</Payload></SoftwareIdentity>");
    char *bad =
        repeated(xml, "", 0, "<Resource/></Payload></SoftwareIdentity>");
    struct ga_rim *rim = read_rim(good, strlen(good));

    (void)state;
    assert_int_equal(rim->resource_count, 254);
    assert_int_equal(rim->resource[253].index, 253);
    assert_int_equal(schema_of(rim).state, GA_PASSED);
    ga_rim_free(rim);
    rim = read_rim(bad, strlen(bad));
    assert_string_equal(rim->problem[0].text,
                        "Payload: more than 254 Resource");
    ga_rim_free(rim);
    free(bad);
    free(good);
    free(xml);
}

#define CERT_OPEN  "<ds:X509Certificate>"
#define CERT_CLOSE "</ds:X509Certificate>"

/* The small RIM with its certificate `n` times. */
static struct ga_rim *
with_certificates(unsigned n)
{
    struct ga_buf rim = make_rim(NULL, 0);
    char *text = strndup((const char *)rim.ptr, rim.len);
    const char *from = strstr(text, CERT_OPEN);
    const char *to = strstr(text, CERT_CLOSE) + strlen(CERT_CLOSE);
    char *cert = strndup(from, (size_t)(to - from));
    char *many = repeated("", cert, n, "");
    char *all = replace(text, cert, many);
    struct ga_rim *out = read_rim(all, strlen(all));

    free(all);
    free(many);
    free(cert);
    free(text);
    ga_buf_done(&rim);
    return out;
}

static void
keeps_the_bounds_of_certificates(void **state)
{
    struct ga_rim *rim = with_certificates(GA_CERTS_MAX);

    (void)state;
    assert_int_equal(rim->problem_total, 0);
    assert_int_equal(rim->certs.count, GA_CERTS_MAX);
    ga_rim_free(rim);

    rim = with_certificates(GA_CERTS_MAX + 1);
    assert_int_equal(rim->problem_total, 1);
    assert_int_equal(rim->problem[0].code, GA_E_DUPLICATE);
    assert_string_equal(rim->problem[0].text,
                        "X509Data: more than 8 X509Certificate");
    ga_rim_free(rim);

    rim = with_certificates(0);
    assert_int_equal(rim->problem_total, 1);
    assert_int_equal(rim->problem[0].code, GA_E_MISSING);
    assert_string_equal(rim->problem[0].text, "X509Data: no X509Certificate");
    assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
    ga_rim_free(rim);
}

static void
refuses_null_and_oversize(void **state)
{
    uint8_t *big = calloc(1, GA_RIM_MAX + 1);
    struct ga_rim *rim = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_non_null(big);
    assert_int_equal(ga_rim_parse(NULL, 0, &rim, &err), GA_E_INVAL);
    assert_string_equal(err.text, "RIM: no bytes");
    assert_int_equal(ga_rim_parse(big, 1, NULL, &err), GA_E_INVAL);
    assert_int_equal(ga_rim_read(ga_bytes_of(NULL, 0), &rim, &err), GA_E_INVAL);
    assert_int_equal(ga_rim_read(ga_bytes_of(big, GA_RIM_MAX + 1), &rim, &err),
                     GA_E_TOO_LARGE);
    assert_string_equal(err.text, "RIM: 262145 bytes, at most 262144");
    assert_int_equal(ga_rim_parse(big, GA_RIM_MAX + 1, &rim, NULL),
                     GA_E_TOO_LARGE);
    assert_int_equal(ga_rim_parse(big, 0, &rim, &err), GA_E_SYNTAX);
    assert_string_equal(err.text, "RIM: not well-formed: no element found");
    assert_null(rim);
    free(big);
}

static void
counts_the_problems_that_it_does_not_keep(void **state)
{
    char *xml =
        repeated("<SoftwareIdentity xmlns='" MAKER_SWID "' tagId='t'><Payload>",
                 "<x#/>", 20, "</Payload></SoftwareIdentity>");
    struct ga_rim *rim = read_rim(xml, strlen(xml));
    struct ga_check c = schema_of(rim);
    struct ga_error err = { 0 };
    struct ga_rim *none = NULL;

    (void)state;
    assert_int_equal(rim->problem_count, 16);
    assert_int_equal(rim->problem_total, 23);
    assert_int_equal(rim->signature_problems, 1);
    assert_string_equal(c.text,
                        "Payload: element x0 is not admitted (byte 99); "
                        "Payload: element x1 is not admitted (byte 104); "
                        "Payload: element x2 is not admitted (byte 109); "
                        "13 more (schema); 6 more (malformed)");
    /* Not kept, and yet it fails. */
    c = signature_of(rim, facts);
    assert_int_equal(c.state, GA_FAILED);
    assert_string_equal(c.text, "1 more (malformed)");
    assert_int_equal(ga_rim_parse(xml, strlen(xml), &none, &err),
                     GA_E_BAD_VALUE);
    assert_string_equal(
        err.text, "RIM: Payload: element x0 is not admitted (and 22 more)");
    ga_rim_free(rim);
    free(xml);
}

/* 256 KiB of one piece: refused, and soon. */
struct garbage_row {
    const char *name, *piece;
};

static struct garbage_row garbage[] = {
    { "<", "<" },
    { "nesting", "<a>" },
    { "nesting with namespaces", "<a xmlns='urn:a'>" },
    { "text", "x" },
    { "ampersands", "&amp;" },
    { "zeros", "" },
    { "white space", " " },
    { "bytes that are no UTF-8", "\xff" },
    { "comments", "<!-- -->" },
};

static void
refuses_garbage_soon(void **state)
{
    const struct garbage_row *row = *state;
    size_t n = strlen(row->piece);
    uint8_t *big = calloc(1, GA_RIM_MAX);
    clock_t start = clock();
    struct ga_rim *rim;

    assert_non_null(big);
    for (size_t i = 0; n > 0 && i + n <= GA_RIM_MAX; i += n)
        memcpy(big + i, row->piece, n);
    rim = read_rim(big, GA_RIM_MAX);
    assert_false(rim->complete);
    assert_true(rim->problem_count > 0);
    assert_int_equal(schema_of(rim).state, GA_FAILED);
    assert_true(clock() - start < CLOCKS_PER_SEC);
    ga_rim_free(rim);
    free(big);
}

static void
refuses_nul_wherever_it_stands(void **state)
{
    struct ga_buf file = make_rim(NULL, 0);

    (void)state;
    for (size_t i = 0; i < file.len; i += 7) {
        uint8_t was = file.ptr[i];
        struct ga_rim *rim;

        file.ptr[i] = 0;
        rim = read_rim(file.ptr, file.len);
        assert_int_equal(rim->problem_total, 1);
        assert_string_equal(rim->problem[0].text, "NUL byte");
        assert_int_equal(rim->problem[0].offset, i);
        ga_rim_free(rim);
        file.ptr[i] = was;
    }
    ga_buf_done(&file);
}

static void
refuses_many_attributes_soon(void **state)
{
    char *xml = repeated("<a", " a#=''", 23000, "/>");
    clock_t start = clock();
    struct ga_rim *rim = read_rim(xml, strlen(xml));

    (void)state;
    assert_string_equal(rim->problem[0].text,
                        "element with 23000 attributes, at most 64");
    assert_true(clock() - start < CLOCKS_PER_SEC);
    ga_rim_free(rim);
    free(xml);
}

/* Real ones. */
struct real_row {
    const char *path;
    bool schema, signature;
    enum ga_reason reason;
    unsigned active;
};

#define H100 "gpu/h100-550.90.07/rims/"

static struct real_row reals[] = {
    { H100 "NV_GPU_DRIVER_GH100_550.90.07.xml", true, true, GA_R_NONE, 21 },
    { H100 "NV_GPU_VBIOS_1010_0200_882_96009F0001.xml", true, true, GA_R_NONE,
      12 },
    { "gpu/h100-535.86.09/rims/NV_GPU_VBIOS_1010_0200_882_96005E0001.xml", true,
      true, GA_R_NONE, 12 },
    { "switch/ls10-96.10.55.00.01/rims/"
      "NV_SWITCH_BIOS_5612_0002_890_9610550001.xml",
      true, true, GA_R_NONE, 31 },
    { "bad/rim-debug-ca.xml", true, true, GA_R_NONE, 0 },
    { "bad/rim-signature.xml", true, false, GA_R_BAD_SIGNATURE, 0 },
    { "bad/rim-digest.xml", true, false, GA_R_BAD_DIGEST, 0 },
    { "bad/rim-leaf-expired.xml", true, false, GA_R_BAD_DIGEST, 0 },
};

static void
judges_a_real_rim(void **state)
{
    const struct real_row *row = *state;
    struct ga_buf file;
    struct ga_rim *rim;
    struct ga_check schema, signature;
    unsigned active = 0;

    need_fixtures();
    file = fixture(row->path);
    rim = read_rim(file.ptr, file.len);
    schema = schema_of(rim);
    signature = signature_of(rim, facts);
    assert_int_equal(schema.state, row->schema ? GA_PASSED : GA_FAILED);
    assert_int_equal(signature.state, row->signature ? GA_PASSED : GA_FAILED);
    assert_int_equal(signature.reason, row->reason);
    assert_int_equal(rim->resource_count, 64);
    for (size_t i = 0; i < rim->resource_count; i++)
        active += rim->resource[i].active;
    if (row->active > 0)
        assert_int_equal(active, row->active);
    assert_string_equal(rim->firmware_id, "5703");
    ga_rim_free(rim);
    ga_buf_done(&file);
}

/* Fragments: the defect of each file's name is among its problems. */
struct fragment_row {
    const char *name, *text;
};

#define NOT_SWID "in no namespace, not " MAKER_SWID

static struct fragment_row fragments[] = {
    { "duplicate-index", "Resource 0: index stands twice" },
    { "empty-payload", "Payload: no Resource" },
    { "hash-empty-namespace",
      "Resource 0: Hash0 is not in namespace " MAKER_SHA384 },
    { "invalid-alternatives",
      "Resource 0: alternatives \"xyz\" is no number from 1 to 32" },
    { "invalid-base64-cert", "X509Certificate 1: not base64" },
    { "invalid-cert-bytes",
      "X509Certificate 1: certificate: need 110 bytes at 2, have 23" },
    { "invalid-index", "Resource: index \"abc\" is no number from 0 to 253" },
    { "invalid-pem-data", "X509Certificate 1: not base64" },
    { "invalid-size", "Resource 0: size \"abc\", not 48" },
    { "missing-alternatives", "Resource 0: no alternatives" },
    { "missing-colloquial-version", "Meta: no colloquialVersion" },
    { "missing-hash", "Resource 0: 0 Hash attributes, alternatives says 1" },
    { "missing-index", "Resource: no index" },
    { "missing-meta", "SoftwareIdentity: no Meta" },
    { "missing-size", "Resource 0: no size" },
    { "missing-x509-certificate", "X509Data: no X509Certificate" },
    { "missing-x509-data", "KeyInfo: no X509Data" },
    { "no-payload", "SoftwareIdentity: no Payload" },
};

static void
names_the_defect_of_a_fragment(void **state)
{
    const struct fragment_row *row = *state;
    char path[80];
    struct ga_buf file;
    struct ga_rim *rim;
    size_t i = 0;

    need_fixtures();
    snprintf(path, sizeof(path), "bad/rim-schema/%s.xml", row->name);
    file = fixture(path);
    rim = read_rim(file.ptr, file.len);
    while (i < rim->problem_count &&
           strcmp(rim->problem[i].text, row->text) != 0)
        i++;
    if (i == rim->problem_count)
        fail_msg("%s is not among the problems", row->text);
    assert_int_equal(schema_of(rim).state, GA_FAILED);
    assert_int_equal(signature_of(rim, facts).state, GA_FAILED);
    assert_int_equal(rim->certs.count, 0);
    ga_rim_free(rim);
    ga_buf_done(&file);
}

#define ROWS(table, function, label)                           \
    for (size_t i = 0; i < COUNT(table); i++)                  \
        tests[n++] = (struct CMUnitTest)                       \
        {                                                      \
            .name = (table)[i].label, .test_func = (function), \
            .initial_state = &(table)[i]                       \
        }

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(reads_a_small_rim),
        cmocka_unit_test(shows_it_through_the_public_view),
        cmocka_unit_test(what_stands_beside_the_profile_is_passed_over),
        cmocka_unit_test(references_are_read_as_what_they_stand_for),
        cmocka_unit_test(keeps_the_bounds),
        cmocka_unit_test(keeps_the_bound_of_depth),
        cmocka_unit_test(keeps_the_bound_of_golden_values),
        cmocka_unit_test(keeps_the_bounds_of_certificates),
        cmocka_unit_test(refuses_null_and_oversize),
        cmocka_unit_test(counts_the_problems_that_it_does_not_keep),
        cmocka_unit_test(refuses_nul_wherever_it_stands),
        cmocka_unit_test(refuses_many_attributes_soon),
    };
    struct CMUnitTest tests[COUNT(garbage) + COUNT(reals) + COUNT(fragments)];
    size_t n = 0;

    ROWS(garbage, refuses_garbage_soon, name);
    ROWS(reals, judges_a_real_rim, path);
    ROWS(fragments, names_the_defect_of_a_fragment, name);
    return cmocka_run_group_tests_name("rim", fixed, setup, teardown) +
           cmocka_run_group_tests_name("rim rows", tests, setup, teardown);
}
