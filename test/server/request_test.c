/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/evidence.h"
#include "server/request.h"
#include "support/fixtures.h"

#define NONCE "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"
#define ITEM  "{\"evidence\":\"AAEX\",\"certificate\":\"LiEu\"}"
#define HEAD  "{\"nonce\":\"" NONCE "\",\"arch\":\"HOPPER\","

static const struct server_request_rules gpu = { SERVER_GPU, "2.0", 3 };
static const struct server_request_rules other = { SERVER_SWITCH, "3.0", 3 };

/* Input lies on the heap and is as long as it is. */
static enum ga_rc
parse(const char *text, const struct server_request_rules *rules,
      struct server_request *out, struct ga_error *err)
{
    size_t len = strlen(text);
    uint8_t *copy = malloc(len > 0 ? len : 1);
    enum ga_rc rc;

    assert_non_null(copy);
    memcpy(copy, text, len);
    rc = server_request_parse(ga_bytes_of(copy, len), rules, out, err);
    free(copy);
    return rc;
}

static void
reads_what_nras_reads(void **state)
{
    struct server_request r = { 0 };
    struct ga_evidence_view v;

    (void)state;
    assert_int_equal(parse(HEAD "\"claims_version\":\"3.0\",\"more\":[1],"
                                "\"evidence_list\":[" ITEM "," ITEM "]}",
                           &gpu, &r, NULL),
                     GA_OK);
    assert_string_equal(r.version, "3.0");
    assert_int_equal(r.nonce.bytes[31], 0x1f);
    assert_int_equal(ga_evidence_count(r.evidence), 2);
    assert_int_equal(ga_evidence_get(r.evidence, 1, &v, NULL), GA_OK);
    assert_int_equal(v.report_len, 3);
    assert_memory_equal(v.report, "\0\1\27", 3);
    assert_int_equal(v.chain_len, 3);
    assert_memory_equal(v.chain, ".!.", 3);
    assert_string_equal(v.arch, "HOPPER");
    assert_string_equal(v.source, "item 2");
    assert_null(v.nonce);
    server_request_done(&r);
}

static void
takes_the_version_of_the_path_where_none_is_named(void **state)
{
    struct server_request r = { 0 };

    (void)state;
    assert_int_equal(
        parse(HEAD "\"evidence_list\":[" ITEM "]}", &gpu, &r, NULL), GA_OK);
    assert_string_equal(r.version, "2.0");
    server_request_done(&r);
    assert_int_equal(parse("{\"nonce\":\"" NONCE "\",\"arch\":\"LS10\","
                           "\"claims_version\":null,"
                           "\"evidence_list\":[" ITEM "]}",
                           &other, &r, NULL),
                     GA_OK);
    assert_string_equal(r.version, "3.0");
    server_request_done(&r);
}

static const struct bad_row {
    const char *body;
    enum ga_rc rc;
    const char *text;
} bad[] = {
    { "", GA_E_SYNTAX, NULL },
    { "[]", GA_E_BAD_VALUE, "not an object" },
    { "{}", GA_E_INVAL, "nonce: not 64 hex digits" },
    { "{\"nonce\":7}", GA_E_INVAL, "nonce: not 64 hex digits" },
    { "{\"nonce\":\"0x" NONCE "\"}", GA_E_INVAL, "nonce: not 64 hex digits" },
    { "{\"nonce\":\"" NONCE "00\"}", GA_E_INVAL, "nonce: not 64 hex digits" },
    { "{\"nonce\":\"" NONCE "\"}", GA_E_MISSING, "no arch" },
    { "{\"nonce\":\"" NONCE "\",\"arch\":null}", GA_E_BAD_VALUE,
      "arch: not a string" },
    { "{\"nonce\":\"" NONCE "\",\"arch\":\"hopper\"}", GA_E_BAD_VALUE,
      "arch: \"hopper\" is none of HOPPER, BLACKWELL" },
    { "{\"nonce\":\"" NONCE "\",\"arch\":\"LS10\"}", GA_E_BAD_VALUE,
      "arch: \"LS10\" is none of HOPPER, BLACKWELL" },
    { HEAD "\"claims_version\":\"1.0\"}", GA_E_BAD_VALUE,
      "claims_version: \"1.0\", not 2.0, 3.0 or 4.0" },
    { HEAD "\"claims_version\":3.0}", GA_E_BAD_VALUE,
      "claims_version: not a string" },
    { HEAD "\"x\":1}", GA_E_MISSING, "no evidence_list" },
    { HEAD "\"evidence_list\":{}}", GA_E_BAD_VALUE,
      "evidence_list: not a list" },
    { HEAD "\"evidence_list\":[]}", GA_E_MISSING, "evidence_list: no items" },
    { HEAD "\"evidence_list\":[" ITEM "," ITEM "," ITEM "," ITEM "]}",
      GA_E_TOO_LARGE, "evidence_list: 4 items, not 1 to 3" },
    { HEAD "\"evidence_list\":[" ITEM ",7]}", GA_E_BAD_VALUE,
      "evidence_list: item 2: not an object" },
    { HEAD "\"evidence_list\":[{\"certificate\":\"LiEu\"}]}", GA_E_MISSING,
      "evidence_list: item 1: no evidence" },
    { HEAD "\"evidence_list\":[{\"evidence\":\"LiEu\"}]}", GA_E_MISSING,
      "evidence_list: item 1: no certificate" },
    { HEAD "\"evidence_list\":[{\"evidence\":[],\"certificate\":\"LiEu\"}]}",
      GA_E_BAD_VALUE, "evidence_list: item 1: evidence: not a string" },
    { HEAD "\"evidence_list\":[{\"evidence\":\"\",\"certificate\":\"LiEu\"}]}",
      GA_E_BAD_VALUE, "evidence_list: item 1: evidence: empty" },
    { HEAD "\"evidence_list\":[{\"evidence\":\"AAEX\",\"certificate\":\"\"}]}",
      GA_E_BAD_VALUE, "evidence_list: item 1: certificate: empty" },
    { HEAD "\"evidence_list\":[{\"evidence\":\"?\",\"certificate\":\"LiEu\"}]}",
      GA_E_SYNTAX, NULL },
    { HEAD "\"arch\":\"HOPPER\"}", GA_E_DUPLICATE, NULL },
    { HEAD "\"evidence_list\":[" ITEM "]} ,", GA_E_SYNTAX, NULL },
};

static void
refuses_what_is_no_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct server_request r = { .version = "untouched" };
        struct ga_error err = { 0 };

        assert_int_equal(parse(bad[i].body, &gpu, &r, &err), bad[i].rc);
        if (bad[i].text != NULL)
            assert_string_equal(err.text, bad[i].text);
        assert_int_not_equal(err.text[0], '\0');
        assert_string_equal(r.version, "untouched");
        assert_null(r.evidence);
    }
}

static void
refuses_every_prefix(void **state)
{
    static const char whole[] = HEAD "\"evidence_list\":[" ITEM "]}";

    (void)state;
    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        char copy[sizeof(whole)];
        struct server_request r = { 0 };

        memcpy(copy, whole, n);
        copy[n] = '\0';
        assert_int_not_equal(parse(copy, &gpu, &r, NULL), GA_OK);
        assert_null(r.evidence);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_nras_reads),
        cmocka_unit_test(takes_the_version_of_the_path_where_none_is_named),
        cmocka_unit_test(refuses_what_is_no_request),
        cmocka_unit_test(refuses_every_prefix),
    };

    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
