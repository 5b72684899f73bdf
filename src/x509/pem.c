/* SPDX-License-Identifier: Apache-2.0 */
/* PEM blocks, and the certificates in them.  Source: rfc7468. */
#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "x509/cert_cache.h"
#include "x509/pem.h"

#define BEGIN "-----BEGIN "
#define END   "-----END "
#define DASH  "-----"

static const struct {
    enum ga_pem_label label;
    const char *text;
} labels[] = {
    { GA_PEM_CERTIFICATE, "CERTIFICATE" },
    { GA_PEM_PUBLIC_KEY, "PUBLIC KEY" },
    { GA_PEM_PRIVATE_KEY, "PRIVATE KEY" },
    { GA_PEM_EC_PRIVATE_KEY, "EC PRIVATE KEY" },
};

bool
ga_pem_end(struct ga_reader *r)
{
    for (;;) {
        struct ga_reader ahead = *r;
        uint8_t c;

        if (!ga_read_u8(&ahead, "", &c))
            return true;
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
        *r = ahead;
    }
}

/* Reads a line, which the input may end instead of LF, without its end. */
static bool
read_line(struct ga_reader *r, struct ga_bytes *line)
{
    struct ga_reader ahead = *r;
    struct ga_bytes rest;
    const uint8_t *end;
    uint8_t lf;

    if (!ga_read_bytes(&ahead, "line", ga_reader_left(r), &rest) ||
        rest.len == 0)
        return false;
    end = memchr(rest.ptr, '\n', rest.len);
    if (end == NULL)
        return ga_read_bytes(r, "line", rest.len, line);
    if (!ga_read_bytes(r, "line", (size_t)(end - rest.ptr), line) ||
        !ga_read_u8(r, "line", &lf))
        return false;
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

/* Takes `text` off the front of `r`. */
static bool
skip(struct ga_reader *r, const char *text)
{
    struct ga_reader ahead = *r;
    struct ga_bytes got;
    size_t n = strlen(text);

    if (!ga_read_bytes(&ahead, "", n, &got) || memcmp(got.ptr, text, n) != 0)
        return false;
    *r = ahead;
    return true;
}

/* Whether `line` is `before` label "-----", and nothing else. */
static bool
is_border(struct ga_bytes line, const char *before, const char *label)
{
    struct ga_reader r = ga_reader_of(line);

    return skip(&r, before) && skip(&r, label) && skip(&r, DASH) &&
           ga_reader_left(&r) == 0;
}

static bool
starts(struct ga_bytes line, const char *text)
{
    struct ga_reader r = ga_reader_of(line);

    return skip(&r, text);
}

/* Whether any of the characters stands in `line`. */
static bool
holds(struct ga_bytes line, const char *characters)
{
    for (; line.len > 0 && *characters != '\0'; characters++)
        if (memchr(line.ptr, *characters, line.len) != NULL)
            return true;
    return false;
}

/* Reads the BEGIN line; `row` receives the label's index. */
static enum ga_rc
read_begin(struct ga_reader *r, unsigned allowed, size_t *row,
           struct ga_error *err)
{
    size_t at = r->origin + r->pos;
    struct ga_bytes line;

    if (!read_line(r, &line) || !starts(line, BEGIN))
        return ga_fail_at(err, GA_E_SYNTAX, at, "PEM: no BEGIN line at %zu",
                          at);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if ((labels[i].label & allowed) != 0 &&
            is_border(line, BEGIN, labels[i].text)) {
            *row = i;
            return GA_OK;
        }
    return ga_fail_at(
        err, GA_E_BAD_VALUE, at, "PEM: \"%.*s\" at %zu is not allowed",
        (int)(line.len < 64 ? line.len : 64), (const char *)line.ptr, at);
}

/* Reads lines up to the END line; `body` receives what is before it. */
static enum ga_rc
read_body(struct ga_reader *r, const char *label, struct ga_bytes *body,
          struct ga_error *err)
{
    struct ga_reader start = *r;
    size_t n = 0;

    for (;;) {
        size_t at = r->origin + r->pos;
        struct ga_bytes line;

        if (!read_line(r, &line))
            return ga_fail_at(err, GA_E_TRUNCATED, at,
                              "PEM: no END line before %zu", at);
        if (starts(line, DASH)) {
            if (!is_border(line, END, label))
                return ga_fail_at(err, GA_E_SYNTAX, at,
                                  "PEM: not the line END %s at %zu", label, at);
            break;
        }
        if (holds(line, ":"))
            return ga_fail_at(err, GA_E_BAD_VALUE, at,
                              "PEM: header at %zu is not allowed", at);
        if (holds(line, " \t\r"))
            return ga_fail_at(err, GA_E_SYNTAX, at,
                              "PEM: blank in the line at %zu", at);
        n = r->pos - start.pos;
    }
    if (!ga_read_bytes(&start, "PEM", n, body))
        return ga_reader_error(&start, err);
    return GA_OK;
}

enum ga_rc
ga_pem_next(struct ga_reader *r, unsigned allowed, enum ga_pem_label *label,
            struct ga_buf *der, size_t *at, struct ga_error *err)
{
    size_t begin = r->origin + r->pos, base, row;
    struct ga_bytes body;
    enum ga_rc rc = read_begin(r, allowed, &row, err);

    if (rc != GA_OK)
        return rc;
    base = r->origin + r->pos;
    rc = read_body(r, labels[row].text, &body, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_base64_decode((const char *)body.ptr, body.len, GA_BASE64_LINES,
                          der, err);
    if (rc != GA_OK) {
        if (err != NULL && err->offset != GA_NO_OFFSET)
            err->offset += base;
        return ga_within(err, rc, "PEM: block at %zu", begin);
    }
    *label = labels[row].label;
    *at = begin;
    return GA_OK;
}

static enum ga_rc
parse_next(struct ga_reader *r, struct ga_cert_cache *cache,
           struct ga_certs *certs, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf der = { 0 };
    enum ga_pem_label label;
    size_t at;
    enum ga_rc rc;

    if (certs->count == GA_CERTS_MAX)
        return ga_fail_at(err, GA_E_TOO_LARGE, r->origin + r->pos,
                          "more than %d certificates", GA_CERTS_MAX);
    rc = ga_pem_next(r, GA_PEM_CERTIFICATE, &label, &der, &at, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_cert_cache_get(cache, ga_view(&der), &certs->cert[certs->count],
                           err);
    if (rc == GA_OK) {
        certs->count++;
        return GA_OK;
    }
    /* Offsets inside the DER stand in the text; this one is the input's. */
    if (err != NULL)
        err->offset = at;
    return ga_within(err, rc, "certificate %zu, PEM block at %zu", certs->count,
                     at);
}

enum ga_rc
ga_certs_read_pem(struct ga_bytes pem, struct ga_cert_cache *cache,
                  struct ga_certs *out, struct ga_error *err)
{
    struct ga_certs certs = { 0 };
    struct ga_reader r = ga_reader_of(pem);
    enum ga_rc rc = GA_OK;

    if (pem.len > GA_CHAIN_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes of PEM, not 1 to %d",
                       pem.len, GA_CHAIN_MAX);
    while (rc == GA_OK && !ga_pem_end(&r))
        rc = parse_next(&r, cache, &certs, err);
    if (rc == GA_OK && certs.count == 0)
        rc = ga_fail_at(err, GA_E_MISSING, 0, "no certificate");
    if (rc == GA_OK)
        *out = certs;
    else
        ga_certs_done(&certs);
    return rc;
}

enum ga_rc
ga_certs_parse_pem(struct ga_bytes pem, struct ga_certs *out,
                   struct ga_error *err)
{
    return ga_certs_read_pem(pem, NULL, out, err);
}
