/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/strict.h"

/*
 * A head laid out as libmicrohttpd lays it out: `raw` is what came, with "|"
 * for CRLF, and fields point into it.  In a field "^" stands for a byte that the
 * library has dropped or joined, so that the bytes behind it do not follow.
 */
struct layout {
    char *raw, *target, *version, *method;
    struct server_head head;
};

static char *
cut(char **at, char end)
{
    char *p = *at, *q = strchr(p, end);

    assert_non_null(q);
    *q = '\0';
    *at = q + 1;
    return p;
}

static void
lay_out(const char *text, struct layout *l)
{
    size_t n = 0, len = strlen(text);
    char *at;

    memset(l, 0, sizeof(*l));
    l->raw = malloc(2 * len + 1);
    assert_non_null(l->raw);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '|')
            l->raw[n++] = '\r';
        l->raw[n++] = text[i] == '|' ? '\n' : text[i];
    }
    l->raw[n] = '\0';
    l->head.size = n;
    at = l->raw;
    l->method = cut(&at, ' ');
    l->target = cut(&at, ' ');
    l->version = cut(&at, '\r');
    at++;
    while (*at != '\r') {
        struct server_header *h = &l->head.header[l->head.count++];
        char *name = cut(&at, ':'), *value;

        while (*at == ' ')
            at++;
        value = cut(&at, '\r');
        at++;
        h->name = ga_bytes_of(name, strlen(name));
        /* A value ends where the library ended it. */
        h->value = ga_bytes_of(value, strcspn(value, "^"));
    }
    l->head.method = l->method;
    l->head.target = l->target;
    l->head.version = l->version;
}

static const struct row {
    const char *head;
    unsigned status;
    const char *text;
} rows[] = {
    { "GET / HTTP/1.1|Host: x||", 0, NULL },
    { "GET /a?b=c HTTP/1.1|Host:x|A:   b |C:||", 0, NULL },
    { "GET / HTTP/1.0||", 0, NULL },
    { "GET / HTTP/1.1|Host: x|Content-Length: 0||", 0, NULL },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3||", 0, NULL },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3|Expect: 100-Continue||", 0,
      NULL },
    { "GET / HTTP/1.2|Host: x||", 505, "neither HTTP/1.1 nor HTTP/1.0" },
    { "GET / HTTP/0.9|Host: x||", 505, "neither HTTP/1.1 nor HTTP/1.0" },
    { "GET http://x/ HTTP/1.1|Host: x||", 400, "the target is no path" },
    { "GET * HTTP/1.1|Host: x||", 400, "the target is no path" },
    { "GET /\x01 HTTP/1.1|Host: x||", 400,
      "the target has a character that it must not have" },
    { "GET /\x80 HTTP/1.1|Host: x||", 400,
      "the target has a character that it must not have" },
    { "GET / HTTP/1.1|Host : x||", 400,
      "the name of a header field is malformed" },
    { "GET / HTTP/1.1|Host: x|: y||", 400,
      "the name of a header field is malformed" },
    { "GET / HTTP/1.1| Host: x||", 400,
      "the name of a header field is malformed" },
    { "GET / HTTP/1.1|Host: x|A: b\x01||", 400,
      "the value of a header field is malformed" },
    { "GET / HTTP/1.1|Host: x|A: b\xe4||", 400,
      "the value of a header field is malformed" },
    { "GET / HTTP/1.1|Host: x|A: b^c||", 400,
      "a header field is folded or its line is malformed" },
    { "GET / HTTP/1.1|Host: x^|A: b||", 400,
      "a header field is folded or its line is malformed" },
    { "GET / HTTP/1.1||", 400, "no Host" },
    { "GET / HTTP/1.1|Host: x|Host: x||", 400, "a header field is repeated" },
    { "GET / HTTP/1.1|Host: x|authorization: a|Authorization: a||", 400,
      "a header field is repeated" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3|content-length: 3||", 400,
      "a header field is repeated" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3|Content-Type: a|"
      "Content-Type: b||",
      400, "a header field is repeated" },
    { "GET / HTTP/1.1|Host: x|x-nvidia-ocsp-allow-cert-hold: true|"
      "X-NVIDIA-OCSP-ALLOW-CERT-HOLD: false||",
      400, "a header field is repeated" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3|Transfer-Encoding: "
      "chunked||",
      400, "Transfer-Encoding stands beside Content-Length" },
    { "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked||", 411,
      "Transfer-Encoding is not understood: send Content-Length" },
    { "GET / HTTP/1.1|Host: x|Transfer-Encoding: identity||", 411,
      "Transfer-Encoding is not understood: send Content-Length" },
    { "POST / HTTP/1.1|Host: x||", 411, "no Content-Length" },
    { "POST / HTTP/1.1|Host: x|Content-Length: +3||", 400,
      "Content-Length is no number" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3, 3||", 400,
      "Content-Length is no number" },
    { "POST / HTTP/1.1|Host: x|Content-Length:||", 400,
      "Content-Length is no number" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 1234567890123456789||", 400,
      "Content-Length is no number" },
    { "GET / HTTP/1.1|Host: x|Content-Length: 3||", 400,
      "a body where there must be none" },
    { "POST / HTTP/1.1|Host: x|Content-Length: 3|Expect: 200-ok||", 417,
      "Expect is not understood" },
};

static void
takes_and_refuses_row_by_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct server_flaw flaw;
        struct layout l;

        lay_out(rows[i].head, &l);
        flaw = server_head_check(&l.head);
        if (flaw.status != rows[i].status)
            print_error("%s\n", rows[i].head);
        assert_int_equal(flaw.status, rows[i].status);
        if (rows[i].text == NULL)
            assert_null(flaw.text);
        else
            assert_string_equal(flaw.text, rows[i].text);
        free(l.raw);
    }
}

/* libmicrohttpd moves what it joins. */
static void
refuses_a_field_that_lies_elsewhere(void **state)
{
    static const char moved[] = "A";
    struct layout l;

    (void)state;
    lay_out("GET / HTTP/1.1|Host: x|A: b||", &l);
    l.head.header[1].name.ptr = (const uint8_t *)moved;
    assert_int_equal(server_head_check(&l.head).status, 400);
    free(l.raw);
}

static void
refuses_a_head_of_another_size(void **state)
{
    struct layout l;

    (void)state;
    for (int by = -3; by <= 3; by++) {
        lay_out("GET / HTTP/1.1|Host: x|A: b||", &l);
        l.head.size = (size_t)((int)l.head.size + by);
        assert_int_equal(server_head_check(&l.head).status, by == 0 ? 0 : 400);
        free(l.raw);
    }
}

static void
refuses_a_request_line_with_a_gap(void **state)
{
    struct layout l;

    (void)state;
    lay_out("GET / HTTP/1.1|Host: x||", &l);
    l.head.target = "/longer";
    assert_string_equal(server_head_check(&l.head).text,
                        "the request line is malformed");
    l.head.target = "/";
    l.head.too_many = true;
    assert_string_equal(server_head_check(&l.head).text,
                        "too many header fields");
    free(l.raw);
}

static const struct {
    const char *field;
    const char *id; /* NULL: replaced */
} ids[] = {
    { "x-request-id: abc-DEF-09", "abc-DEF-09" },
    { "X-Request-Id: a", "a" },
    { "x-request-id: "
      "0123456789012345678901234567890123456789012345678901234567890123",
      "0123456789012345678901234567890123456789012345678901234567890123" },
    { "x-request-id: "
      "01234567890123456789012345678901234567890123456789012345678901234",
      NULL },
    { "x-request-id: a b", NULL },
    { "x-request-id: a_b", NULL },
    { "x-request-id:", NULL },
    { "x-request-id: a|x-request-id: a", NULL },
    { "A: b", NULL },
};

static void
takes_a_request_id_of_letters_digits_and_hyphens(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        char text[256], id[SERVER_ID_MAX + 1] = "before";
        struct layout l;

        snprintf(text, sizeof(text), "GET / HTTP/1.1|Host: x|%s||",
                 ids[i].field);
        lay_out(text, &l);
        assert_int_equal(server_head_check(&l.head).status, 0);
        assert_int_equal(server_head_id(&l.head, id), ids[i].id != NULL);
        assert_string_equal(id, ids[i].id != NULL ? ids[i].id : "before");
        free(l.raw);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_refuses_row_by_row),
        cmocka_unit_test(refuses_a_field_that_lies_elsewhere),
        cmocka_unit_test(refuses_a_head_of_another_size),
        cmocka_unit_test(refuses_a_request_line_with_a_gap),
        cmocka_unit_test(takes_a_request_id_of_letters_digits_and_hyphens),
    };

    return cmocka_run_group_tests_name("strict", tests, NULL, NULL);
}
