/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that can go wrong with one answer, and what is said of it. */
#include "net/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "NV_GPU_DRIVER_GH100_550.90.07"

struct bad {
    const char *name;
    struct script script;
    enum ga_rc rc;
    const char *text; /* behind "127.0.0.1:port: RIM ID: " */
    unsigned requests;
    size_t max;
};

#define ALWAYS 1000
#define FAILS(code)                                       \
    {                                                     \
        .fail_first = ALWAYS, .fail = {.status = (code) } \
    }
#define JSON(text)     \
    {                  \
        .json = (text) \
    }

static struct bad bads[] = {
    { "not there", FAILS(404), GA_E_MISSING, "HTTP 404 (not there), tried once",
      1, 0 },
    { "no key", FAILS(401), GA_E_UNREACHABLE,
      "HTTP 401 (access needs a key), tried once", 1, 0 },
    { "refused", FAILS(403), GA_E_UNREACHABLE,
      "HTTP 403 (access is refused), tried once", 1, 0 },
    { "bad request", FAILS(400), GA_E_UNREACHABLE,
      "HTTP 400 (the request is refused as malformed), tried once", 1, 0 },
    { "no content", FAILS(204), GA_E_UNREACHABLE,
      "HTTP 204 (no answer), tried once", 1, 0 },
    { "redirect",
      { .fail_first = ALWAYS,
        .fail = { .status = 302, .headers = "Location: /v1/rim/ids\r\n" } },
      GA_E_UNREACHABLE,
      "HTTP 302 (a redirect, which is not followed), tried once",
      1,
      0 },
    { "service fails", FAILS(500), GA_E_UNREACHABLE,
      "HTTP 500 (the service fails), tried 5 times", 5, 0 },
    { "service is away", FAILS(503), GA_E_UNREACHABLE,
      "HTTP 503 (the service fails), tried 5 times", 5, 0 },
    { "service waits", FAILS(408), GA_E_UNREACHABLE,
      "HTTP 408 (the service waited in vain), tried 5 times", 5, 0 },
    { "too many", FAILS(429), GA_E_UNREACHABLE,
      "HTTP 429 (too many requests), tried 5 times", 5, 0 },
    { "too many for an hour",
      { .fail_first = ALWAYS,
        .fail = { .status = 429, .headers = "Retry-After: 3600\r\n" } },
      GA_E_UNREACHABLE,
      "HTTP 429 (too many requests) and asks to wait for longer than there is "
      "time, tried once",
      1,
      0 },
    { "too many for ever",
      { .fail_first = ALWAYS,
        .fail = { .status = 503,
                  .headers = "Retry-After: 9223372036854775807\r\n" } },
      GA_E_UNREACHABLE,
      "HTTP 503 (the service fails) and asks to wait for longer than there is "
      "time, tried once",
      1,
      0 },
    { "closes without a word", FAILS(0), GA_E_UNREACHABLE,
      "connection broken off, tried 5 times", 5, 0 },
    { "cut off",
      { .success = { .cut = 20 } },
      GA_E_UNREACHABLE,
      "connection broken off, tried 5 times",
      5,
      0 },
    { "does not answer",
      { .success = { .delay_ms = 20000 } },
      GA_E_UNREACHABLE,
      "no answer within 3 s, tried once",
      1,
      0 },
    { "larger than the reply may be",
      { .body_size = 5000 },
      GA_E_TOO_LARGE,
      "more than 4228 bytes, tried once",
      1,
      100 },
    { "larger than any reply",
      { .body_size = GA_RIM_REPLY_MAX + 1 },
      GA_E_TOO_LARGE,
      "more than 353620 bytes, tried once",
      1,
      0 },
    { "larger than the RIM may be",
      { .rim_size = 101 },
      GA_E_TOO_LARGE,
      "reply: RIM of 101 bytes, not 1 to 100",
      1,
      100 },
    { "wrong sum",
      JSON("{\"id\":\"%s\",\"rim\":\"PHgvPg==\",\"sha256\":\"00000000000000000"
           "00000000000000000000000000000000000000000000000\"}"),
      GA_E_BAD_VALUE, "reply: sha256 differs from the RIM's", 1, 0 },
    { "wrong id", JSON("{\"id\":\"NV_OTHER\",\"rim\":\"PHgvPg==\"}"),
      GA_E_BAD_VALUE, "reply: id \"NV_OTHER\", not \"" ID "\"", 1, 0 },
    { "no JSON", JSON("<html>"), GA_E_SYNTAX,
      "reply: JSON: value expected at byte 0", 1, 0 },
    { "a key twice", JSON("{\"id\":\"%s\",\"id\":\"%s\"}"), GA_E_SYNTAX,
      "reply: JSON: key \"id\" twice at byte 38", 1, 0 },
    { "not HTTP",
      { .fail_first = ALWAYS, .fail = { .raw = "hello\r\n\r\n" } },
      GA_E_UNREACHABLE,
      "Received HTTP/0.9 when not allowed, tried once",
      1,
      0 },
};

static void
says_what_went_wrong(void **state)
{
    const struct bad *b = *state;
    const char *settings[] = { "timeout", "3s", NULL };
    struct scene s = { .script = b->script };
    struct ga_fetch_item item = rim_item(ID);
    char want[GA_FETCH_TEXT], source[GA_FETCH_TEXT];

    scene_open(&s, settings);
    if (b->max > 0)
        item.max = b->max;
    fetch(&s, &item, 1);
    snprintf(want, sizeof(want), "127.0.0.1:%u: RIM " ID ": %s",
             server_port(s.server), b->text);
    assert_string_equal(item.text, want);
    assert_int_equal(item.rc, b->rc);
    assert_null(item.body);
    assert_int_equal(item.len, 0);
    snprintf(source, sizeof(source), "http://127.0.0.1:%u/base/v1/rim/" ID,
             server_port(s.server));
    assert_string_equal(item.source, source);
    assert_int_equal(server_requests(s.server), b->requests);
    assert_int_equal(count_files(s.cache, ".cache"), 0);
    scene_close(&s);
}

struct good {
    const char *name;
    struct script script;
    unsigned requests;
    int64_t gap; /* at least so many ms between the first two */
};

static struct good goods[] = {
    { "four failures", { .fail_first = 4, .fail = { .status = 503 } }, 5, 0 },
    { "four lost connections", { .fail_first = 4 }, 5, 0 },
    { "asked to wait",
      { .fail_first = 1,
        .fail = { .status = 429, .headers = "Retry-After: 1\r\n" } },
      2,
      950 },
    { "slow", { .success = { .delay_ms = 300 } }, 1, 0 },
};

static void
gets_there_in_the_end(void **state)
{
    const struct good *g = *state;
    struct scene s = { .script = g->script };
    struct ga_fetch_item item = rim_item(ID);

    scene_open(&s, NULL);
    fetch(&s, &item, 1);
    expect_rim(&item);
    assert_int_equal(server_requests(s.server), g->requests);
    if (g->requests > 1)
        assert_true(server_gap(s.server, 0, 1) >= g->gap);
    items_done(&item, 1);
    scene_close(&s);
}

static void
says_that_nobody_listens(void **state)
{
    struct scene s = { 0 };
    struct server *gone = server_start(NULL, NULL);
    struct ga_fetch_item item = rim_item(ID);
    unsigned port = server_port(gone);
    char url[64], want[GA_FETCH_TEXT];
    const char *settings[] = { "rim-url", url, NULL };

    (void)state;
    server_stop(gone);
    snprintf(url, sizeof(url), "http://localhost:%u", port);
    scene_open(&s, settings);
    fetch(&s, &item, 1);
    snprintf(want, sizeof(want),
             "localhost:%u: RIM " ID ": no connection, tried 5 times", port);
    assert_string_equal(item.text, want);
    assert_int_equal(item.rc, GA_E_UNREACHABLE);
    scene_close(&s);
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(bads) + COUNT(goods) + 1];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(bads); i++)
        rows[n++] = (struct CMUnitTest){ .name = bads[i].name,
                                         .test_func = says_what_went_wrong,
                                         .initial_state = &bads[i] };
    for (size_t i = 0; i < COUNT(goods); i++)
        rows[n++] = (struct CMUnitTest){ .name = goods[i].name,
                                         .test_func = gets_there_in_the_end,
                                         .initial_state = &goods[i] };
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(says_that_nobody_listens);
    return cmocka_run_group_tests(rows, NULL, NULL);
}
