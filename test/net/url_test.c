/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of services. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "net/url.h"

static struct good {
    const char *name, *host;
    bool loopback;
} goods[] = {
    { "https://rim.attestation.nvidia.com", "rim.attestation.nvidia.com",
      false },
    { "https://ocsp.ndis.nvidia.com/", "ocsp.ndis.nvidia.com", false },
    { "https://h:8443/a/b/", "h:8443", false },
    { "https://localhost", "localhost", true },
    { "http://localhost:80/x", "localhost:80", true },
    { "http://LOCALHOST:1", "LOCALHOST:1", true },
    { "http://127.0.0.1:8080", "127.0.0.1:8080", true },
    { "http://127.255.255.255", "127.255.255.255", true },
    { "http://[::1]:1/", "[::1]:1", true },
    { "https://127.0.0.1.example/", "127.0.0.1.example", false },
    { "https://128.0.0.1/", "128.0.0.1", false },
    { "https://[::2]/", "[::2]", false },
};

static void
accepts(void **state)
{
    const struct good *g = *state;
    struct ga_url url = { 0 };
    struct ga_error err = { 0 };

    if (ga_url_parse("rim-url", g->name, &url, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_string_equal(url.text, g->name);
    assert_string_equal(url.host, g->host);
    assert_int_equal(url.loopback, g->loopback);
    ga_url_done(&url);
}

static struct bad {
    const char *name, *text;
} bads[] = {
    { "http://rim.attestation.nvidia.com",
      "rim-url: \"http://rim.attestation.nvidia.com\" is not https" },
    { "http://127.0.0.1.example/",
      "rim-url: \"http://127.0.0.1.example/\" is not https" },
    { "http://127.0.0.example/",
      "rim-url: \"http://127.0.0.example/\" is not https" },
    { "http://128.0.0.1/", "rim-url: \"http://128.0.0.1/\" is not https" },
    { "http://127.0.0.256/", "rim-url: \"http://127.0.0.256/\" is not https" },
    { "http://127.0.0.1.2/", "rim-url: \"http://127.0.0.1.2/\" is not https" },
    { "http://localhost.example/",
      "rim-url: \"http://localhost.example/\" is not https" },
    { "http://[::2]/", "rim-url: \"http://[::2]/\" is not https" },
    { "http://[::ffff:127.0.0.1]/",
      "rim-url: \"http://[::ffff:127.0.0.1]/\" is not https" },
    { "ftp://localhost/", "rim-url: \"ftp://localhost/\" is not https" },
    { "file:///etc/passwd",
      "rim-url: \"file:///etc/passwd\" is no URL like https://host/path" },
    { "rim.attestation.nvidia.com",
      "rim-url: \"rim.attestation.nvidia.com\" is no URL like "
      "https://host/path" },
    { "https://", "rim-url: \"https://\" is no URL like https://host/path" },
    { "https://a b/",
      "rim-url: \"https://a b/\" is no URL like https://host/path" },
    { "https://h:99999/",
      "rim-url: \"https://h:99999/\" is no URL like https://host/path" },
    { "", "rim-url: \"\" is no URL like https://host/path" },
    { "https://user@h/", "rim-url: URL has a user" },
    { "https://:secret@h/", "rim-url: URL has a user" },
    { "https://h/?a=b", "rim-url: URL has a query" },
    { "https://h/#a", "rim-url: URL has a fragment" },
    { "http://127.0.0.1@evil.example/", "rim-url: URL has a user" },
};

static void
refuses(void **state)
{
    const struct bad *b = *state;
    struct ga_url url = { 0 };
    struct ga_error err = { 0 };

    assert_int_equal(ga_url_parse("rim-url", b->name, &url, &err), GA_E_INVAL);
    assert_string_equal(err.text, b->text);
    assert_null(url.text);
    assert_null(url.host);
}

static void
keeps_the_base_path(void **state)
{
    static const char *const rows[][2] = {
        { "https://h", "https://h/v1" },
        { "https://h/", "https://h/v1" },
        { "https://h/a", "https://h/a/v1" },
        { "https://h/a//", "https://h/a/v1" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ga_url url = { 0 };
        char *below;

        assert_int_equal(ga_url_parse("x", rows[i][0], &url, NULL), GA_OK);
        below = ga_url_below(&url, "/v1");
        assert_string_equal(below, rows[i][1]);
        free(below);
        ga_url_done(&url);
    }
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(goods) + COUNT(bads) + 1];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(goods); i++)
        rows[n++] = (struct CMUnitTest){ .name = goods[i].name,
                                         .test_func = accepts,
                                         .initial_state = &goods[i] };
    for (size_t i = 0; i < COUNT(bads); i++)
        rows[n++] = (struct CMUnitTest){ .name = bads[i].name,
                                         .test_func = refuses,
                                         .initial_state = &bads[i] };
    rows[n++] = (struct CMUnitTest)cmocka_unit_test(keeps_the_base_path);
    return cmocka_run_group_tests(rows, NULL, NULL);
}
