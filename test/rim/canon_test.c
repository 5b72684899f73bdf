/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical XML 1.1, case by case; oracle_test.sh holds the same kind of cases
 * against another implementation. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rim/read.h"

static struct ga_rim *
scan(const char *xml, struct ga_grow *out)
{
    struct ga_sink sink = { ga_grow_put, out };
    struct ga_rim *rim = calloc(1, sizeof(*rim));
    uint8_t digest[GA_SHA384_LEN];
    bool has_digest;
    struct ga_error err = { 0 };

    assert_non_null(rim);
    rim->bytes.len = strlen(xml);
    rim->bytes.ptr = malloc(rim->bytes.len > 0 ? rim->bytes.len : 1);
    assert_non_null(rim->bytes.ptr);
    memcpy(rim->bytes.ptr, xml, rim->bytes.len);
    assert_int_equal(ga_rim_scan(rim, &sink, digest, &has_digest, &err), GA_OK);
    return rim;
}

struct canon_row {
    const char *name, *xml, *want;
};

/* clang-format off */
static struct canon_row rows[] = {
    { "empty elements get an end tag", "<a/>", "<a></a>" },
    { "white space in tags goes", "<a  b = '1'\n c=\"2\" ></a >", "<a b=\"1\" c=\"2\"></a>" },
    { "declaration and space around the root go", "<?xml version='1.0'?>\n <a/> \n", "<a></a>" },
    { "encoding in any case", "<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>", "<a></a>" },
    { "attributes by name", "<a c='1' b='2' B='3' a-='4' a='5'/>", "<a B=\"3\" a=\"5\" a-=\"4\" b=\"2\" c=\"1\"></a>" },
    { "attributes by namespace, then name, not by prefix",
      "<a xmlns:x='urn:2' xmlns:y='urn:1' x:a='1' y:b='2' y:a='3' z='4'/>",
      "<a xmlns:x=\"urn:2\" xmlns:y=\"urn:1\" z=\"4\" y:a=\"3\" y:b=\"2\" x:a=\"1\"></a>" },
    { "a namespace that begins like another comes later",
      "<a xmlns:x='urn:12' xmlns:y='urn:1' x:a='1' y:b='2'/>",
      "<a xmlns:x=\"urn:12\" xmlns:y=\"urn:1\" y:b=\"2\" x:a=\"1\"></a>" },
    { "namespaces by prefix, the default first",
      "<b:a xmlns:b='urn:b' xmlns:a='urn:a' xmlns='urn:d' xmlns:aa='urn:aa'/>",
      "<b:a xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:aa=\"urn:aa\" xmlns:b=\"urn:b\"></b:a>" },
    { "namespaces before attributes", "<a b='1' xmlns:z='urn:z'/>", "<a xmlns:z=\"urn:z\" b=\"1\"></a>" },
    { "namespaces that nobody uses stay", "<a xmlns:z='urn:z'><b/></a>", "<a xmlns:z=\"urn:z\"><b></b></a>" },
    { "a declaration that changes nothing goes", "<a xmlns='urn:a' xmlns:p='urn:p'><b xmlns='urn:a' xmlns:p='urn:p'/></a>",
      "<a xmlns=\"urn:a\" xmlns:p=\"urn:p\"><b></b></a>" },
    { "a declaration that changes something stays", "<a xmlns:p='urn:p'><b xmlns:p='urn:q'><c xmlns:p='urn:p'/></b><d xmlns:p='urn:p'/></a>",
      "<a xmlns:p=\"urn:p\"><b xmlns:p=\"urn:q\"><c xmlns:p=\"urn:p\"></c></b><d></d></a>" },
    { "a default that ends is said", "<a xmlns='urn:a'><b xmlns=''><c xmlns='urn:a'/></b></a>",
      "<a xmlns=\"urn:a\"><b xmlns=\"\"><c xmlns=\"urn:a\"></c></b></a>" },
    { "a default that never began is not", "<a xmlns=''><b xmlns=''/></a>", "<a><b></b></a>" },
    { "a default that ended already is not", "<a xmlns='urn:a'><b xmlns=''><c xmlns=''/></b></a>",
      "<a xmlns=\"urn:a\"><b xmlns=\"\"><c></c></b></a>" },
    { "siblings do not see each other's", "<a><b xmlns:p='urn:p'/><c xmlns:p='urn:p'/></a>",
      "<a><b xmlns:p=\"urn:p\"></b><c xmlns:p=\"urn:p\"></c></a>" },
    { "two prefixes of one namespace stay two", "<a xmlns='urn:a' xmlns:p='urn:a'><p:b p:c='1'/></a>",
      "<a xmlns=\"urn:a\" xmlns:p=\"urn:a\"><p:b p:c=\"1\"></p:b></a>" },
    { "text is escaped", "<a>&lt;&gt;&amp;&quot;&apos;\"'</a>", "<a>&lt;&gt;&amp;\"'\"'</a>" },
    { "a bare > is escaped in text alone", "<a b='>'>></a>", "<a b=\">\">&gt;</a>" },
    { "values are escaped", "<a b='&lt;&gt;&amp;\"&apos;'/>", "<a b=\"&lt;>&amp;&quot;'\"></a>" },
    { "white space in values becomes blanks", "<a b='1\t2\n3\r\n4'/>", "<a b=\"1 2 3 4\"></a>" },
    { "but not where it is referred to", "<a b='&#9;&#10;&#13;&#32;'>&#9;&#10;&#13;</a>",
      "<a b=\"&#x9;&#xA;&#xD; \">\t\n&#xD;</a>" },
    { "line ends become one", "<a>1\r\n2\r3\n4</a>", "<a>1\n2\n3\n4</a>" },
    { "references become characters", "<a b='&#228;'>&#x1F600;&#x41;</a>", "<a b=\"\xc3\xa4\">\xf0\x9f\x98\x80" "A</a>" },
    { "names and text in UTF-8", "<\xc3\xa4>\xe2\x82\xac</\xc3\xa4>", "<\xc3\xa4>\xe2\x82\xac</\xc3\xa4>" },
    { "namespace names are escaped", "<a xmlns:p='urn:&amp;b'/>", "<a xmlns:p=\"urn:&amp;b\"></a>" },
    { "mixed content keeps its order", "<a>1<b>2</b>3<c/>4</a>", "<a>1<b>2</b>3<c></c>4</a>" },
};
/* clang-format on */

static void
writes_the_canonical_form(void **state)
{
    const struct canon_row *row = *state;
    struct ga_grow out = { 0 };
    struct ga_rim *rim = scan(row->xml, &out);

    assert_true(rim->complete);
    ga_grow_put(&out, "", 1);
    assert_string_equal(out.ptr, row->want);
    ga_grow_done(&out);
    ga_rim_free(rim);
}

/* SignedInfo is written as a document subset: its start tag has every
 * namespace in force, used or not, the enveloped transform hides the rest. */
static void
an_apex_inherits_what_is_in_force(void **state)
{
    static const char xml[] =
        "<r xmlns='urn:d' xmlns:ds='http://www.w3.org/2000/09/xmldsig#'"
        " xmlns:q='urn:q'><x xmlns:gone='urn:gone'/>"
        "<ds:Signature xmlns:q='urn:q2' xmlns:b='urn:b'>"
        "<ds:SignedInfo xmlns='' b:z='1' xmlns:c='urn:c'>"
        "<ds:Other xmlns:c='urn:c' xmlns:q='urn:q'/></ds:SignedInfo>"
        "<ds:SignatureValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAA</ds:SignatureValue></ds:Signature> t </r>";
    static const char want_document[] =
        "<r xmlns=\"urn:d\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
        " xmlns:q=\"urn:q\"><x xmlns:gone=\"urn:gone\"></x> t </r>";
    static const char want_info[] =
        "<ds:SignedInfo xmlns:b=\"urn:b\" xmlns:c=\"urn:c\""
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:q=\"urn:q2\""
        " b:z=\"1\"><ds:Other xmlns:q=\"urn:q\"></ds:Other></ds:SignedInfo>";
    struct ga_grow out = { 0 };
    struct ga_rim *rim = scan(xml, &out);

    (void)state;
    assert_true(rim->has_signature);
    assert_int_equal(out.len, strlen(want_document));
    assert_memory_equal(out.ptr, want_document, out.len);
    assert_int_equal(rim->signed_info.len, strlen(want_info));
    assert_memory_equal(rim->signed_info.ptr, want_info, rim->signed_info.len);
    ga_grow_done(&out);
    ga_rim_free(rim);
}

static void
the_scope_is_a_stack_with_a_bottom(void **state)
{
    char pool[8];
    struct ga_xml_scope s = { .pool = pool, .pool_len = sizeof(pool) };

    (void)state;
    assert_true(ga_xml_scope_push(&s, 1, NULL, NULL));
    assert_true(ga_xml_scope_push(&s, 1, "ab", "cd"));
    assert_true(ga_xml_scope_push(&s, 2, "e", "fgh"));
    assert_int_equal(s.pool_used, 8);
    assert_false(ga_xml_scope_push(&s, 3, "i", NULL));
    assert_int_equal(s.count, 3);
    ga_xml_scope_pop(&s, 3);
    assert_int_equal(s.count, 3);
    ga_xml_scope_pop(&s, 2);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.pool_used, 4);
    ga_xml_scope_pop(&s, 1);
    assert_int_equal(s.count, 0);
    assert_int_equal(s.pool_used, 0);
    for (size_t i = 0; i < GA_XML_NAMESPACES_MAX; i++)
        assert_true(ga_xml_scope_push(&s, 1, NULL, NULL));
    assert_false(ga_xml_scope_push(&s, 1, NULL, NULL));
}

int
main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(an_apex_inherits_what_is_in_force),
        cmocka_unit_test(the_scope_is_a_stack_with_a_bottom),
    };
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = writes_the_canonical_form,
                                        .initial_state = &rows[i] };
    return cmocka_run_group_tests_name("canon", fixed, NULL, NULL) +
           cmocka_run_group_tests_name("canon rows", tests, NULL, NULL);
}
