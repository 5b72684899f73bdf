/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JWS in compact form, strictly.
 * Source: rfc7515, 3.1, 4.1, 5.2; rfc7518, 3.4.
 */
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/reader.h"
#include "token/jws.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
ga_jws_done(struct ga_jws *jws)
{
    json_decref(jws->header);
    json_decref(jws->claims);
    *jws = (struct ga_jws){ 0 };
}

/* Reads up to the next dot, which is passed over, or to the end. */
static bool
take_part(struct ga_reader *r, bool last, struct ga_bytes *out)
{
    struct ga_reader ahead = *r;
    struct ga_bytes rest;
    const uint8_t *dot;
    uint8_t c;

    if (!ga_read_bytes(&ahead, "part", ga_reader_left(r), &rest))
        return false;
    dot = rest.len > 0 ? memchr(rest.ptr, '.', rest.len) : NULL;
    if (last)
        return dot == NULL && ga_read_bytes(r, "part", rest.len, out);
    return dot != NULL &&
           ga_read_bytes(r, "part", (size_t)(dot - rest.ptr), out) &&
           ga_read_u8(r, "dot", &c);
}

/* The three parts as they stand there. */
struct parts {
    struct ga_bytes header, payload, signature;
};

static bool
split(struct ga_bytes text, struct parts *out)
{
    struct ga_reader r = ga_reader_of(text);

    return take_part(&r, false, &out->header) &&
           take_part(&r, false, &out->payload) &&
           take_part(&r, true, &out->signature);
}

static bool
is_digit64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
all_digits64(struct ga_bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        if (!is_digit64(in.ptr[i]))
            return false;
    return true;
}

bool
ga_jws_shaped(struct ga_bytes text)
{
    struct parts p;

    return text.len > 0 && split(text, &p) && p.header.len > 0 &&
           all_digits64(p.header) && all_digits64(p.payload) &&
           all_digits64(p.signature);
}

/* Decodes one part: no padding, no white space, unused bits zero, so that one
 * text alone stands for the bytes.  False: `flaw` says what is wrong. */
static bool
decode(struct ga_bytes part, const char *what, struct ga_buf *out,
       struct ga_check *flaw, enum ga_rc *rc)
{
    struct ga_error why = { 0 };

    if (memchr(part.ptr, '=', part.len) != NULL) {
        ga_check_fail(flaw, GA_R_MALFORMED, "%s: padded base64url", what);
        return false;
    }
    *rc = ga_base64_decode((const char *)part.ptr, part.len,
                           GA_BASE64_URL | GA_BASE64_BARE, out, &why);
    if (*rc == GA_E_NOMEM)
        return false;
    if (*rc != GA_OK)
        ga_check_fail(flaw, GA_R_MALFORMED, "%s: %s", what, why.text);
    return *rc == GA_OK;
}

/* A part that is a JSON object. */
static void
read_object(struct ga_bytes part, const char *what, json_t **out,
            struct ga_check *flaw, enum ga_rc *rc)
{
    GA_AUTO_BUF struct ga_buf bytes = { 0 };
    GA_AUTO(json_t) *v = NULL;
    struct ga_error why = { 0 };

    if (!decode(part, what, &bytes, flaw, rc))
        return;
    *rc = ga_json_parse(ga_view(&bytes), &v, &why);
    if (*rc == GA_E_NOMEM)
        return;
    if (*rc != GA_OK)
        ga_check_fail(flaw,
                      *rc == GA_E_DUPLICATE ? GA_R_DUPLICATE : GA_R_MALFORMED,
                      "%s: %s", what, why.text);
    else if (!json_is_object(v))
        ga_check_fail(flaw, GA_R_MALFORMED, "%s: not a JSON object", what);
    else
        *out = GA_TAKE(v);
}

/* Values that typ may have: none says more than that this is a JWS of claims.
 * Source: rfc7519, 5.1; rfc9782 */
static bool
typ_ok(const json_t *typ)
{
    static const char *const words[] = { "JWT", "eat+jwt",
                                         "application/eat+jwt" };
    const char *text = json_string_value(typ);

    for (size_t i = 0; text != NULL && i < COUNT(words); i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* kid, alg and typ are all that a header may hold: keys and certificates never
 * come from a token, and nothing is critical to us. */
static void
check_members(struct ga_jws *j)
{
    const char *name;
    json_t *v;

    json_object_foreach(j->header, name, v)
    {
        if (strcmp(name, "kid") == 0 || strcmp(name, "alg") == 0)
            continue;
        if (strcmp(name, "typ") != 0)
            ga_check_fail(&j->flaw, GA_R_EXTENSION,
                          "header: has \"%.40s\", which is not allowed", name);
        else if (!typ_ok(v))
            ga_check_fail(&j->flaw, GA_R_EXTENSION,
                          "header: typ is no type of a token");
    }
}

static void
check_header(struct ga_jws *j)
{
    const json_t *kid = json_object_get(j->header, "kid");
    const char *alg = json_string_value(json_object_get(j->header, "alg"));
    size_t n = json_string_length(kid);

    check_members(j);
    if (alg == NULL || strcmp(alg, "ES384") != 0)
        ga_check_fail(&j->flaw, GA_R_ALGORITHM,
                      "header: alg is \"%.20s\", not "
                      "ES384",
                      alg != NULL ? alg : "");
    if (n < 1 || n > GA_KID_MAX)
        ga_check_fail(&j->flaw, GA_R_NO_KEY,
                      "header: kid has %zu bytes, not 1 "
                      "to %d",
                      n, GA_KID_MAX);
    else
        j->kid = json_string_value(kid);
}

static void
read_signature(struct ga_jws *j, struct ga_bytes part, enum ga_rc *rc)
{
    GA_AUTO_BUF struct ga_buf bytes = { 0 };

    if (!decode(part, "signature", &bytes, &j->flaw, rc))
        return;
    j->signature_ok = ga_signature_raw(ga_view(&bytes), &j->signature);
    if (!j->signature_ok)
        ga_check_fail(&j->flaw, GA_R_BAD_SIGNATURE,
                      "signature: %zu bytes, not %zu", bytes.len,
                      sizeof(j->signature.rs));
}

static enum ga_rc
parse_parts(struct ga_jws *j, const struct parts *p)
{
    enum ga_rc rc = GA_OK;

    j->signed_part =
        ga_bytes_of(j->text.ptr, p->header.len + 1 + p->payload.len);
    if (p->header.len > GA_JWS_HEADER_MAX)
        ga_check_fail(&j->flaw, GA_R_MALFORMED,
                      "header: %zu bytes, not 1 to "
                      "%d",
                      p->header.len, GA_JWS_HEADER_MAX);
    else
        read_object(p->header, "header", &j->header, &j->flaw, &rc);
    if (rc == GA_E_NOMEM)
        return rc;
    if (j->header != NULL)
        check_header(j);
    read_object(p->payload, "claims", &j->claims, &j->flaw, &rc);
    if (rc != GA_E_NOMEM)
        read_signature(j, p->signature, &rc);
    return rc == GA_E_NOMEM ? rc : GA_OK;
}

enum ga_rc
ga_jws_parse(struct ga_bytes text, struct ga_jws *out, struct ga_error *err)
{
    struct ga_jws j = { .text = text };
    struct parts p;

    if (text.len > GA_JWS_MAX)
        ga_check_fail(&j.flaw, GA_R_MALFORMED, "%zu bytes, not 1 to %d",
                      text.len, GA_JWS_MAX);
    else if (!split(text, &p))
        ga_check_fail(&j.flaw, GA_R_MALFORMED,
                      "not three parts with dots between");
    else if (parse_parts(&j, &p) != GA_OK) {
        ga_jws_done(&j);
        return ga_nomem(err);
    }
    ga_check_pass(&j.flaw);
    *out = j;
    return GA_OK;
}
