/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, base64 and hex.  Source: rego-builtins */
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/hex.h"
#include "base/json.h"
#include "policy/rego/builtins.h"

static const struct rego_value *
failed(struct rego_call *c, const char *what)
{
    rego_fail(c->pool, GA_E_BAD_VALUE, "%s: %s", c->name, what);
    return NULL;
}

static const struct rego_value *
json_marshal(struct rego_call *c)
{
    struct rego_buffer out = { 0 };

    return rego_print(c->pool, &out, c->arg[0], true)
               ? rego_string(c->pool, out.text, out.n)
               : NULL;
}

static bool
read_json(struct rego_call *c, json_t **out)
{
    const struct rego_value *v = c->arg[0];

    return ga_json_parse(ga_bytes_of(v->as.text, v->n), out, NULL) == GA_OK;
}

static const struct rego_value *
lacking(struct rego_call *c, const char *what)
{
    rego_lacking(c->pool, "%s: %s", c->name, what);
    return NULL;
}

/* The escape that begins at `i`: well-formed, but of no character for us. */
static bool
is_escape(const struct rego_value *v, size_t i)
{
    uint8_t unit[2];

    return v->n - i >= 6 && v->as.text[i] == '\\' && v->as.text[i + 1] == 'u' &&
           ga_unhex(v->as.text + i + 2, 4, unit, sizeof(unit));
}

/* The number that begins at `i`: fails where it is well-formed, and too large.
 */
static void
try_number(struct rego_call *c, size_t i)
{
    const struct rego_value *v = c->arg[0];
    size_t n = 0;

    while (i + n < v->n &&
           strchr("+-.0123456789eE", v->as.text[i + n]) != NULL &&
           v->as.text[i + n] != '\0')
        n++;
    if (n > 0)
        (void)!rego_number(c->pool, v->as.text + i, n);
}

/* False is said of what is no JSON, not of JSON that we do not read. */
static const struct rego_value *
not_json(struct rego_call *c, const struct ga_error *err)
{
    const struct rego_value *v = c->arg[0];

    if (err->code == GA_E_NOMEM)
        return failed(c, ga_strerror(GA_E_NOMEM));
    if (err->code != GA_E_SYNTAX)
        return lacking(c, "JSON that large, or with a key twice");
    if (err->offset < v->n && is_escape(v, err->offset))
        return lacking(c, "an escape that is no character");
    if (err->offset < v->n)
        try_number(c, err->offset);
    return rego_failed(c->pool) ? NULL : rego_boolean(false);
}

static const struct rego_value *
json_unmarshal(struct rego_call *c)
{
    GA_AUTO(json_t) *j = NULL;

    if (!rego_want(c, 0, WANT_STRING) ||
        !rego_charge(c->pool, c->arg[0]->n / 16))
        return NULL;
    return read_json(c, &j) ? rego_from_json(c->pool, j)
                            : failed(c, "string is not JSON, or too large");
}

static const struct rego_value *
json_is_valid(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    GA_AUTO(json_t) *j = NULL;
    struct ga_error err = { 0 };

    if (v->kind != REGO_STRING)
        return rego_boolean(false);
    if (!rego_charge(c->pool, v->n / 16))
        return NULL;
    if (ga_json_parse(ga_bytes_of(v->as.text, v->n), &j, &err) == GA_OK)
        return rego_boolean(true);
    return not_json(c, &err);
}

static const struct rego_value *
encode(struct rego_call *c, unsigned flags, bool pad)
{
    GA_AUTO_FREE char *text = NULL;
    struct rego_buffer out = { 0 };

    if (!rego_want(c, 0, WANT_STRING) ||
        !rego_charge(c->pool, c->arg[0]->n / 16))
        return NULL;
    text =
        ga_base64_encode(ga_bytes_of(c->arg[0]->as.text, c->arg[0]->n), flags);
    if (text == NULL)
        return failed(c, ga_strerror(GA_E_NOMEM));
    rego_puts(c->pool, &out, text);
    while (pad && out.n % 4 != 0)
        if (!rego_puts(c->pool, &out, "="))
            return NULL;
    return rego_string(c->pool, out.text, out.n);
}

static const struct rego_value *
base64_encode(struct rego_call *c)
{
    return encode(c, GA_BASE64_STRICT, true);
}

static const struct rego_value *
base64url_encode(struct rego_call *c)
{
    return encode(c, GA_BASE64_URL, true);
}

static const struct rego_value *
base64url_no_pad(struct rego_call *c)
{
    return encode(c, GA_BASE64_URL, false);
}

/* Strings are UTF-8: other bytes cannot be held. */
static const struct rego_value *
decoded(struct rego_call *c, const uint8_t *bytes, size_t len)
{
    if (!ga_utf8_valid(bytes, len)) {
        rego_lacking(c->pool, "%s: bytes that are no UTF-8", c->name);
        return NULL;
    }
    return rego_string(c->pool, (const char *)bytes, len);
}

static const struct rego_value *
decode(struct rego_call *c, unsigned flags)
{
    GA_AUTO_BUF struct ga_buf out = { 0 };

    if (!rego_want(c, 0, WANT_STRING) ||
        !rego_charge(c->pool, c->arg[0]->n / 16))
        return NULL;
    if (ga_base64_decode(c->arg[0]->as.text, c->arg[0]->n, flags, &out, NULL) !=
        GA_OK)
        return failed(c, "string is not base64");
    return decoded(c, out.ptr, out.len);
}

static const struct rego_value *
base64_decode(struct rego_call *c)
{
    return decode(c, GA_BASE64_STRICT);
}

static const struct rego_value *
base64url_decode(struct rego_call *c)
{
    return decode(c, GA_BASE64_URL | GA_BASE64_BARE);
}

/* Whether it has the form of base64, line ends and unused bits aside, which
 * engines judge differently. */
static bool
is_base64_like(const struct rego_value *v)
{
    size_t digits = 0, pads = 0;

    for (size_t i = 0; i < v->n; i++) {
        char ch = v->as.text[i];
        bool digit = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
                     (ch >= '0' && ch <= '9') || ch == '+' || ch == '/';

        if (ch == '\r' || ch == '\n')
            continue;
        if (digit ? pads > 0 : ch != '=')
            return false;
        *(digit ? &digits : &pads) += 1;
    }
    return digits % 4 != 1 && pads == (4 - digits % 4) % 4;
}

static const struct rego_value *
base64_is_valid(struct rego_call *c)
{
    GA_AUTO_BUF struct ga_buf out = { 0 };
    bool valid;

    if (!rego_want(c, 0, WANT_STRING) ||
        !rego_charge(c->pool, c->arg[0]->n / 16))
        return NULL;
    valid = ga_base64_decode(c->arg[0]->as.text, c->arg[0]->n, GA_BASE64_STRICT,
                             &out, NULL) == GA_OK;
    if (!valid && is_base64_like(c->arg[0]))
        return lacking(c, "line ends, or unused bits that are set");
    return rego_boolean(valid);
}

static const struct rego_value *
hex_encode(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    char *out;

    if (!rego_want(c, 0, WANT_STRING) || !rego_charge(c->pool, v->n / 16))
        return NULL;
    out = rego_alloc(c->pool, 2 * v->n + 1, 1);
    if (out == NULL)
        return NULL;
    ga_hex(ga_bytes_of(v->as.text, v->n), out);
    return rego_string(c->pool, out, 2 * v->n);
}

static const struct rego_value *
hex_decode(struct rego_call *c)
{
    const struct rego_value *v = c->arg[0];
    uint8_t *out;

    if (!rego_want(c, 0, WANT_STRING) || !rego_charge(c->pool, v->n / 16))
        return NULL;
    out = rego_alloc(c->pool, v->n / 2 + 1, 1);
    if (out == NULL)
        return NULL;
    if (v->n % 2 != 0 || !ga_unhex(v->as.text, v->n, out, v->n / 2))
        return failed(c, "string is not hex");
    return decoded(c, out, v->n / 2);
}

/* clang-format off */
const struct rego_builtin rego_encodings[] = {
    { "json.marshal",            1, json_marshal,     NULL },
    { "json.unmarshal",          1, json_unmarshal,   NULL },
    { "json.is_valid",           1, json_is_valid,    NULL },
    { "base64.encode",           1, base64_encode,    NULL },
    { "base64.decode",           1, base64_decode,    NULL },
    { "base64.is_valid",         1, base64_is_valid,  NULL },
    { "base64url.encode",        1, base64url_encode, NULL },
    { "base64url.encode_no_pad", 1, base64url_no_pad, NULL },
    { "base64url.decode",        1, base64url_decode, NULL },
    { "hex.encode",              1, hex_encode,       NULL },
    { "hex.decode",              1, hex_decode,       NULL },
    { NULL,                      0, NULL,             NULL },
};
/* clang-format on */
