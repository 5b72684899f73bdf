/* SPDX-License-Identifier: Apache-2.0 */
/* Which OCSP answers are answers, and which are worth keeping. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "net/ocsp_client.h"
#include "support/fixtures.h"

/* A body of `zeros` bytes behind `head`, both within the length that head
 * says or not. */
static struct keep {
    const char *name, *head;
    size_t zeros;
    const char *nonce;
    bool keeps;
} keeps[] = {
    { "successful", "30030a0100", 0, "", true },
    { "with more in it", "30050a01000500", 0, "", true },
    { "length of two octets", "3081800a0100", 125, "", true },
    { "length of three octets", "308201000a0100", 253, "", true },
    { "nonce in it", "30070a010004020102", 0, "0102", true },
    { "nonce not in it", "30070a010004020103", 0, "0102", false },
    { "try later", "30030a0103", 0, "", false },
    { "malformed request", "30030a0101", 0, "", false },
    { "no enumeration", "3003020100", 0, "", false },
    { "no sequence", "31030a0100", 0, "", false },
    { "cut off", "30040a0100", 0, "", false },
    { "bytes behind it", "30030a010000", 0, "", false },
    { "long form cut off", "308201000a0100", 252, "", false },
    { "length of four octets", "308300000a0100", 10, "", false },
    { "indefinite length", "30800a0100", 2, "", false },
    { "no status", "3000", 0, "", false },
    { "a tag alone", "30", 0, "", false },
    { "nothing", "", 0, "", false },
};

static void
keeps_what_is_said(void **state)
{
    const struct keep *k = *state;
    struct ga_buf head = unhex(k->head), nonce = unhex(k->nonce);
    struct ga_buf body = { .ptr = calloc(1, head.len + k->zeros + 1),
                           .len = head.len + k->zeros };

    if (head.len > 0)
        memcpy(body.ptr, head.ptr, head.len);
    assert_int_equal(ga_ocsp_reply_keep(ga_view(&body), ga_view(&nonce)),
                     k->keeps);
    ga_buf_done(&head);
    ga_buf_done(&nonce);
    ga_buf_done(&body);
}

static struct type {
    const char *name; /* the content type itself */
    size_t len;
    const char *text; /* NULL: accepted */
} types[] = {
    { "application/ocsp-response", 1, NULL },
    { "Application/OCSP-Response; charset=x", 1, NULL },
    { "application/octet-stream", 1, NULL },
    { "", 1, NULL },
    { "application/ocsp-response2", 1,
      "content type application/ocsp-response2, not "
      "application/ocsp-response" },
    { "text/html", 1, "content type text/html, not application/ocsp-response" },
    { "application/ocsp-response", 0, "empty answer" },
};

static void
looks_at_the_content_type(void **state)
{
    const struct type *t = *state;
    struct ga_error err = { 0 };
    enum ga_rc rc =
        ga_ocsp_reply_check(t->name, ga_bytes_of("x", t->len), &err);

    assert_int_equal(rc, t->text == NULL ? GA_OK : GA_E_BAD_VALUE);
    if (t->text != NULL)
        assert_string_equal(err.text, t->text);
}

int
main(void)
{
    struct CMUnitTest rows[COUNT(keeps) + COUNT(types)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(keeps); i++)
        rows[n++] = (struct CMUnitTest){ .name = keeps[i].name,
                                         .test_func = keeps_what_is_said,
                                         .initial_state = &keeps[i] };
    for (size_t i = 0; i < COUNT(types); i++)
        rows[n++] = (struct CMUnitTest){ .name = types[i].name,
                                         .test_func = looks_at_the_content_type,
                                         .initial_state = &types[i] };
    return cmocka_run_group_tests(rows, NULL, NULL);
}
