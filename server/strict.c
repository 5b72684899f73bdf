/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused although libmicrohttpd would take it. */
#include <string.h>
#include <strings.h>

#include "server/strict.h"

/* RFC 9110 5.6.2, tchar. */
static const char token_chars[] = "!#$%&'*+-.^_`|~0123456789"
                                  "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char id_chars[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

/* Fields that may stand once, whatever else they say. */
static const char *const once[] = {
    "Host",          "Content-Length", "Content-Type",
    "Authorization", "Expect",         "X-NVIDIA-OCSP-ALLOW-CERT-HOLD",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct server_flaw fine = { 0, NULL };

static bool
named(const struct server_header *h, const char *name)
{
    return h->name.len == strlen(name) &&
           strncasecmp((const char *)h->name.ptr, name, h->name.len) == 0;
}

static size_t
count_of(const struct server_head *head, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < head->count; i++)
        n += named(&head->header[i], name);
    return n;
}

bool
server_head_get(const struct server_head *head, const char *name,
                struct ga_bytes *out)
{
    if (count_of(head, name) != 1)
        return false;
    for (size_t i = 0; i < head->count; i++)
        if (named(&head->header[i], name))
            *out = head->header[i].value;
    return true;
}

/* Whether every byte is one of `chars`. */
static bool
all_of(struct ga_bytes text, const char *chars)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' || strchr(chars, text.ptr[i]) == NULL)
            return false;
    return true;
}

bool
server_head_id(const struct server_head *head, char out[SERVER_ID_MAX + 1])
{
    struct ga_bytes id;

    if (!server_head_get(head, "x-request-id", &id) || id.len == 0 ||
        id.len > SERVER_ID_MAX || !all_of(id, id_chars))
        return false;
    memcpy(out, id.ptr, id.len);
    out[id.len] = '\0';
    return true;
}

/* Visible characters, blanks and tabs; obs-text is refused too. */
static bool
plain(struct ga_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < 0x20 && text.ptr[i] != '\t') || text.ptr[i] > 0x7e)
            return false;
    return true;
}

/*
 * Every field must begin where the one before it ends, with CRLF between, and
 * the last one end where the head ends: what was joined, cut or passed over
 * leaves a gap.  Addresses are compared as numbers, because what was joined
 * lies elsewhere; anything unexpected is refused.
 */
static bool
unbroken(const struct server_head *head)
{
    uintptr_t at = (uintptr_t)head->version + strlen("HTTP/1.1") + 2;

    for (size_t i = 0; i < head->count; i++) {
        const struct server_header *h = &head->header[i];
        uintptr_t name = (uintptr_t)h->name.ptr;
        uintptr_t value = (uintptr_t)h->value.ptr;

        /* At least the colon between the two. */
        if (name != at || value < name + h->name.len + 1)
            return false;
        at = value + h->value.len + 2;
    }
    return at + 2 == (uintptr_t)head->method + head->size;
}

static struct server_flaw
check_line(const struct server_head *head)
{
    if (strcmp(head->version, "HTTP/1.1") != 0 &&
        strcmp(head->version, "HTTP/1.0") != 0)
        return (struct server_flaw){ 505, "neither HTTP/1.1 nor HTTP/1.0" };
    if (head->target[0] != '/')
        return (struct server_flaw){ 400, "the target is no path" };
    for (const char *p = head->target; *p != '\0'; p++)
        if (*p <= 0x20 || *p > 0x7e)
            return (struct server_flaw){ 400,
                                         "the target has a character that it "
                                         "must not have" };
    /* One blank between method, target and version. */
    if ((uintptr_t)head->version != (uintptr_t)head->method +
                                        strlen(head->method) + 1 +
                                        strlen(head->target) + 1)
        return (struct server_flaw){ 400, "the request line is malformed" };
    return fine;
}

static struct server_flaw
check_fields(const struct server_head *head)
{
    if (head->too_many)
        return (struct server_flaw){ 400, "too many header fields" };
    for (size_t i = 0; i < head->count; i++) {
        const struct server_header *h = &head->header[i];

        if (h->name.len == 0 || !all_of(h->name, token_chars))
            return (struct server_flaw){ 400, "the name of a header field is "
                                              "malformed" };
        if (!plain(h->value))
            return (struct server_flaw){ 400, "the value of a header field is "
                                              "malformed" };
    }
    if (!unbroken(head))
        return (struct server_flaw){ 400, "a header field is folded or its "
                                          "line is malformed" };
    for (size_t i = 0; i < COUNT(once); i++)
        if (count_of(head, once[i]) > 1)
            return (struct server_flaw){ 400, "a header field is repeated" };
    return fine;
}

static struct server_flaw
check_body(const struct server_head *head)
{
    bool length = count_of(head, "Content-Length") > 0;
    bool post = strcmp(head->method, "POST") == 0;
    struct ga_bytes v = { 0 };

    if (count_of(head, "Transfer-Encoding") > 0)
        return length ? (struct server_flaw){ 400, "Transfer-Encoding stands "
                                                   "beside Content-Length" }
                      : (struct server_flaw){ 411, "Transfer-Encoding is not "
                                                   "understood: send "
                                                   "Content-Length" };
    if (length && server_head_get(head, "Content-Length", &v) &&
        (v.len == 0 || v.len > 18 || !all_of(v, "0123456789")))
        return (struct server_flaw){ 400, "Content-Length is no number" };
    if (post && !length)
        return (struct server_flaw){ 411, "no Content-Length" };
    if (!post && length && !(v.len == 1 && v.ptr[0] == '0'))
        return (struct server_flaw){ 400, "a body where there must be none" };
    if (server_head_get(head, "Expect", &v) &&
        (v.len != 12 ||
         strncasecmp((const char *)v.ptr, "100-continue", 12) != 0))
        return (struct server_flaw){ 417, "Expect is not understood" };
    return fine;
}

struct server_flaw
server_head_check(const struct server_head *head)
{
    struct server_flaw flaw = check_line(head);

    if (flaw.status == 0)
        flaw = check_fields(head);
    if (flaw.status == 0 && strcmp(head->version, "HTTP/1.1") == 0 &&
        count_of(head, "Host") != 1)
        flaw = (struct server_flaw){ 400, "no Host" };
    return flaw.status == 0 ? check_body(head) : flaw;
}
