/* SPDX-License-Identifier: Apache-2.0 */
/* Replies of the RIM service. */
#include "net/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/rim_client.h"

/* SHA-256 of "<x/>", computed with another tool. */
#define SUM "2a31f44da4bd7decbbd3ddfd1a37ae04d02ec665e2c2688816ccc65631586ed1"
#define SUM_UPPER \
    "2A31F44DA4BD7DECBBD3DDFD1A37AE04D02EC665E2C2688816CCC65631586ED1"
#define RIM "\"rim\":\"PHgvPg==\""
#define ID  "\"id\":\"NV_A\""

static struct good {
    const char *name, *json;
} goods[] = {
    { "id and RIM", "{" ID "," RIM "}" },
    { "everything",
      "{" ID "," RIM ",\"sha256\":\"" SUM "\",\"rim_format\":\"TCG\","
      "\"request_id\":\"x\",\"last_updated\":null}" },
    { "digits in upper case", "{" ID "," RIM ",\"sha256\":\"" SUM_UPPER "\"}" },
};

static struct bad {
    const char *name, *json;
    enum ga_rc rc;
    const char *text;
} bads[] = {
    { "no object", "[]", GA_E_BAD_VALUE, "reply: JSON, but no object" },
    { "no id", "{" RIM "}", GA_E_BAD_VALUE, "reply: no id" },
    { "another id", "{\"id\":\"NV_B\"," RIM "}", GA_E_BAD_VALUE,
      "reply: id \"NV_B\", not \"NV_A\"" },
    { "another case", "{\"id\":\"nv_a\"," RIM "}", GA_E_BAD_VALUE,
      "reply: id \"nv_a\", not \"NV_A\"" },
    { "id no text", "{\"id\":1," RIM "}", GA_E_BAD_VALUE,
      "reply: id is no string" },
    { "no RIM", "{" ID "}", GA_E_BAD_VALUE, "reply: no rim" },
    { "RIM no text", "{" ID ",\"rim\":null}", GA_E_BAD_VALUE,
      "reply: rim is no string" },
    { "empty RIM", "{" ID ",\"rim\":\"\"}", GA_E_BAD_VALUE,
      "reply: RIM of 0 bytes, not 1 to 4" },
    { "large RIM", "{" ID ",\"rim\":\"PHgvPiA=\"}", GA_E_TOO_LARGE,
      "reply: RIM of 5 bytes, not 1 to 4" },
    { "base64url", "{" ID ",\"rim\":\"-_-_\"}", GA_E_SYNTAX,
      "reply: rim: byte 0x2d at 0 is of the other base64 alphabet" },
    { "base64 with a line end", "{" ID ",\"rim\":\"PHgv\\nPg==\"}", GA_E_SYNTAX,
      "reply: rim: byte 0x0a at 4 is no base64" },
    { "base64 without padding", "{" ID ",\"rim\":\"PHgvPg\"}", GA_E_SYNTAX,
      "reply: rim: base64 ends at 6, inside a group" },
    { "CoRIM", "{" ID "," RIM ",\"rim_format\":\"CORIM\"}", GA_E_BAD_VALUE,
      "reply: rim_format \"CORIM\", not \"TCG\"" },
    { "format no text", "{" ID "," RIM ",\"rim_format\":null}", GA_E_BAD_VALUE,
      "reply: rim_format is no string" },
    { "sum no text", "{" ID "," RIM ",\"sha256\":5}", GA_E_BAD_VALUE,
      "reply: sha256 is no string" },
    { "another sum", "{" ID "," RIM ",\"sha256\":\"3" SUM "\"}", GA_E_BAD_VALUE,
      "reply: sha256 is not 64 hex digits" },
    { "sum too short", "{" ID "," RIM ",\"sha256\":\"00\"}", GA_E_BAD_VALUE,
      "reply: sha256 is not 64 hex digits" },
    { "no JSON", "", GA_E_SYNTAX, "reply: JSON: value expected at byte 0" },
    { "text behind", "{" ID "," RIM "} x", GA_E_SYNTAX,
      "reply: JSON: end expected at byte 31" },
};

static void
takes_the_rim_out(void **state)
{
    const struct good *g = *state;
    struct ga_buf out = { 0 };
    struct ga_error err = { 0 };

    if (ga_rim_reply_parse(ga_bytes_of(g->json, strlen(g->json)), "NV_A", 4,
                           &out, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.ptr, "<x/>", 4);
    ga_buf_done(&out);
}

static void
refuses(void **state)
{
    const struct bad *b = *state;
    struct ga_buf out = { 0 };
    struct ga_error err = { 0 };

    assert_int_equal(ga_rim_reply_parse(ga_bytes_of(b->json, strlen(b->json)),
                                        "NV_A", 4, &out, &err),
                     b->rc);
    assert_string_equal(err.text, b->text);
    assert_int_equal(strncmp(err.text, "reply: ", 7), 0);
    assert_null(out.ptr);
}

/* No digit of the sum can be another one. */
static void
refuses_every_other_sum(void **state)
{
    char json[] = "{" ID "," RIM ",\"sha256\":\"" SUM "\"}";
    char *sum = strstr(json, SUM);

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        struct ga_buf out = { 0 };
        struct ga_error err = { 0 };
        char before = sum[i];

        sum[i] = before == '0' ? '1' : '0';
        assert_int_equal(ga_rim_reply_parse(ga_bytes_of(json, strlen(json)),
                                            "NV_A", 4, &out, &err),
                         GA_E_BAD_VALUE);
        assert_string_equal(err.text, "reply: sha256 differs from the RIM's");
        sum[i] = before;
    }
}

static void
knows_what_an_id_looks_like(void **state)
{
    char longest[GA_RIM_ID_MAX + 2];

    (void)state;
    memset(longest, 'A', sizeof(longest) - 1);
    longest[GA_RIM_ID_MAX + 1] = '\0';
    assert_false(ga_rim_id_ok(longest));
    longest[GA_RIM_ID_MAX] = '\0';
    assert_true(ga_rim_id_ok(longest));
    assert_true(ga_rim_id_ok("NV_GPU_DRIVER_GH100_550.90.07"));
    assert_true(ga_rim_id_ok("_"));
    assert_false(ga_rim_id_ok(""));
    assert_false(ga_rim_id_ok("."));
    assert_false(ga_rim_id_ok(".."));
    assert_false(ga_rim_id_ok("A..B"));
    assert_false(ga_rim_id_ok(".A"));
    assert_true(ga_rim_id_ok("A.B"));
    assert_false(ga_rim_id_ok("A/B"));
    assert_false(ga_rim_id_ok("A%2F"));
    assert_false(ga_rim_id_ok("a"));
    assert_false(ga_rim_id_ok("A B"));
    assert_false(ga_rim_id_ok("A?"));
}

static void
lists_ids(void **state)
{
    static const char json[] =
        "{\"ids\":[\"NV_A\",\"x/../y\",\"NV_B\"],\"request_id\":\"1\"}";
    char **ids = NULL;

    (void)state;
    assert_int_equal(
        ga_rim_ids_parse(ga_bytes_of(json, strlen(json)), &ids, NULL), GA_OK);
    assert_string_equal(ids[0], "NV_A");
    assert_string_equal(ids[1], "NV_B");
    assert_null(ids[2]);
    ga_net_ids_free(ids);
    ga_net_ids_free(NULL);
}

static struct bad bad_lists[] = {
    { "list: no object", "[\"NV_A\"]", GA_E_BAD_VALUE,
      "reply: JSON, but no object" },
    { "list: none", "{}", GA_E_BAD_VALUE, "reply: no list of ids" },
    { "list: a text", "{\"ids\":\"NV_A\"}", GA_E_BAD_VALUE,
      "reply: no list of ids" },
    { "list: a number in it", "{\"ids\":[\"NV_A\",1]}", GA_E_BAD_VALUE,
      "reply: id 1 is no string" },
    { "list: no JSON", "ids", GA_E_SYNTAX,
      "reply: JSON: value expected at byte 0" },
};

static void
refuses_lists(void **state)
{
    const struct bad *b = *state;
    struct ga_error err = { 0 };
    char **ids = NULL;

    assert_int_equal(
        ga_rim_ids_parse(ga_bytes_of(b->json, strlen(b->json)), &ids, &err),
        b->rc);
    assert_string_equal(err.text, b->text);
    assert_null(ids);
}

static void
asks_the_service_for_its_ids(void **state)
{
    struct scene s = { .script = { .json = "{\"ids\":[\"NV_A\"]}" } };
    struct ga_error err = { 0 };
    char **ids = NULL;

    (void)state;
    scene_open(&s, NULL);
    assert_int_equal(ga_net_rim_ids(s.net, &ids, &err), GA_OK);
    assert_string_equal(ids[0], "NV_A");
    assert_int_equal(
        strncmp(server_head(s.server, 0), "GET /base/v1/rim/ids ", 21), 0);
    ga_net_ids_free(ids);
    scene_close(&s);
}

static void
says_why_there_are_no_ids(void **state)
{
    struct scene s = {
        .script = { .json = "{}", .fail_first = 1, .fail = { .status = 403 } }
    };
    struct ga_error err = { 0 };
    char **ids = NULL, want[160];

    (void)state;
    scene_open(&s, NULL);
    assert_int_equal(ga_net_rim_ids(s.net, &ids, &err), GA_E_UNREACHABLE);
    snprintf(want, sizeof(want),
             "127.0.0.1:%u: ids of RIMs: HTTP 403 (access is refused), tried "
             "once",
             server_port(s.server));
    assert_string_equal(err.text, want);
    assert_int_equal(ga_net_rim_ids(s.net, &ids, &err), GA_E_BAD_VALUE);
    snprintf(want, sizeof(want),
             "127.0.0.1:%u: ids of RIMs: reply: no list of ids",
             server_port(s.server));
    assert_string_equal(err.text, want);
    assert_null(ids);
    scene_close(&s);
}

#define ROWS(table, function)                                 \
    for (size_t i = 0; i < COUNT(table); i++)                 \
        rows[n++] = (struct CMUnitTest)                       \
        {                                                     \
            .name = (table)[i].name, .test_func = (function), \
            .initial_state = &(table)[i]                      \
        }

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_every_other_sum),
        cmocka_unit_test(knows_what_an_id_looks_like),
        cmocka_unit_test(lists_ids),
        cmocka_unit_test(asks_the_service_for_its_ids),
        cmocka_unit_test(says_why_there_are_no_ids),
    };
    struct CMUnitTest rows[COUNT(goods) + COUNT(bads) + COUNT(bad_lists)];
    size_t n = 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    ROWS(goods, takes_the_rim_out);
    ROWS(bads, refuses);
    ROWS(bad_lists, refuses_lists);
    return failed + cmocka_run_group_tests_name("replies", rows, NULL, NULL);
}
