/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a report or of a chain, out of the text that holds them. */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/limits.h"
#include "evidence/blob.h"

#define BASE64 (GA_BASE64_EITHER | GA_BASE64_BARE | GA_BASE64_LINES)

/* Text is at most this many times longer than what it stands for: base64 of
 * hex is 8/3 times, and there are line breaks. */
#define GROWTH 4

size_t
ga_blob_max(enum ga_blob kind)
{
    return kind == GA_BLOB_REPORT ? GA_REPORT_MAX : GA_CHAIN_MAX;
}

static bool
is_text(struct ga_bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.ptr[i];

        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c > 0x7e)
            return false;
    }
    return true;
}

static bool
is_pem(const struct ga_buf *b, enum ga_blob kind)
{
    return kind == GA_BLOB_CHAIN &&
           strstr((const char *)b->ptr, "-----BEGIN") != NULL;
}

/* A report begins with 0x11 and is never text, so that it cannot be taken for
 * an encoding of something else. */
static bool
is_plain(const struct ga_buf *b, enum ga_blob kind)
{
    return !is_text(ga_view(b)) || is_pem(b, kind);
}

static bool
is_hex(const struct ga_buf *b)
{
    return b->len > 0 && b->len % 2 == 0 &&
           strspn((const char *)b->ptr, "0123456789abcdefABCDEF") == b->len;
}

/* Hex first: base64 of a report or of PEM is never made of hex digits alone. */
static enum ga_rc
decode(const struct ga_buf *in, struct ga_buf *out, struct ga_error *err)
{
    size_t n = in->len / 2;

    if (!is_hex(in))
        return ga_base64_decode((const char *)in->ptr, in->len, BASE64, out,
                                err);
    out->ptr = malloc(n + 1);
    if (out->ptr == NULL ||
        !ga_unhex((const char *)in->ptr, in->len, out->ptr, n))
        return ga_nomem(err);
    out->len = n;
    out->ptr[n] = '\0';
    return GA_OK;
}

static void
replace(struct ga_buf *b, struct ga_buf *with)
{
    ga_buf_done(b);
    *b = *with;
    *with = (struct ga_buf){ 0 };
}

static enum ga_rc
size_fits(const struct ga_buf *b, enum ga_blob kind, struct ga_error *err)
{
    if (b->len == 0)
        return ga_fail(err, GA_E_MISSING, "empty");
    if (b->len > ga_blob_max(kind))
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, not 1 to %zu", b->len,
                       ga_blob_max(kind));
    return GA_OK;
}

/* A failure of the first layer is the writer's; what is inside is kept as it
 * is where it is no encoding, for the parser to say what is wrong with it. */
static enum ga_rc
peel(struct ga_buf *b, enum ga_blob kind, bool first, struct ga_error *err)
{
    for (unsigned layer = 0; layer < GA_EVIDENCE_LAYERS_MAX; layer++) {
        struct ga_buf next = { 0 };
        struct ga_error why = { 0 };
        bool outermost = first && layer == 0;
        enum ga_rc rc;

        if (outermost ? is_pem(b, kind) : is_plain(b, kind))
            break;
        rc = decode(b, &next, &why);
        if (rc == GA_OK) {
            replace(b, &next);
            continue;
        }
        if (rc == GA_E_NOMEM)
            return ga_nomem(err);
        if (outermost)
            return ga_fail_at(err, GA_E_BAD_VALUE, why.offset, "%s", why.text);
        break;
    }
    return size_fits(b, kind, err);
}

static enum ga_rc
read_text(struct ga_bytes text, enum ga_blob kind, bool is_bytes,
          struct ga_buf *out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf b = { 0 };
    enum ga_rc rc;

    if (text.len > GROWTH * ga_blob_max(kind))
        return ga_fail(err, GA_E_TOO_LARGE,
                       "%zu characters, which is more than %zu bytes", text.len,
                       ga_blob_max(kind));
    rc = is_bytes ? ga_base64_decode((const char *)text.ptr, text.len, BASE64,
                                     &b, err)
                  : ga_buf_copy(text, &b, err);
    if (rc == GA_E_SYNTAX) {
        rc = GA_E_BAD_VALUE;
        if (err != NULL)
            err->code = rc;
    }
    if (rc == GA_OK)
        rc = peel(&b, kind, !is_bytes, err);
    if (rc == GA_OK)
        replace(out, &b);
    return rc;
}

enum ga_rc
ga_blob_text(struct ga_bytes text, enum ga_blob kind, struct ga_buf *out,
             struct ga_error *err)
{
    struct ga_buf b = { 0 };
    enum ga_rc rc = read_text(text, kind, false, &b, err);

    if (rc == GA_OK)
        *out = b;
    return rc;
}

/* Keys under which jsonpickle and nvtrust's objects hold the value itself. */
static const char *const inner_keys[] = {
    "py/state",
    "py/tuple",
    "GpuAttestationCertificateChain",
};

/* Depth is bounded by ga_json_parse(). */
static const json_t *
descend(const json_t *v)
{
    for (;;) {
        const json_t *inner = NULL;

        for (size_t i = 0; i < sizeof(inner_keys) / sizeof(inner_keys[0]); i++)
            if (inner == NULL)
                inner = json_object_get(v, inner_keys[i]);
        if (inner == NULL)
            return v;
        v = inner;
    }
}

static enum ga_rc
read_one(const json_t *v, enum ga_blob kind, struct ga_buf *out,
         struct ga_error *err)
{
    const json_t *bytes = json_object_get(v, "py/b64");
    const json_t *text = bytes != NULL ? bytes : v;

    if (!json_is_string(text))
        return ga_fail(err, GA_E_BAD_VALUE,
                       json_is_object(v) ? "an object that holds no bytes"
                                         : "not text");
    return read_text(
        ga_bytes_of(json_string_value(text), json_string_length(text)), kind,
        bytes != NULL, out, err);
}

static enum ga_rc
append(struct ga_buf *all, const struct ga_buf *one, struct ga_error *err)
{
    uint8_t *p;

    if (one->len == 0)
        return GA_OK;
    p = realloc(all->ptr, all->len + one->len + 2);
    if (p == NULL)
        return ga_nomem(err);
    memcpy(p + all->len, one->ptr, one->len);
    all->ptr = p;
    all->len += one->len;
    if (p[all->len - 1] != '\n')
        p[all->len++] = '\n';
    p[all->len] = '\0';
    return GA_OK;
}

static enum ga_rc
read_list(const json_t *list, enum ga_blob kind, struct ga_buf *out,
          struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf all = { 0 };
    enum ga_rc rc;

    for (size_t i = 0; i < json_array_size(list); i++) {
        GA_AUTO_BUF struct ga_buf one = { 0 };

        rc = read_one(descend(json_array_get(list, i)), kind, &one, err);
        if (rc == GA_OK)
            rc = append(&all, &one, err);
        if (rc == GA_OK)
            rc = size_fits(&all, kind, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "%zu", i + 1);
    }
    rc = size_fits(&all, kind, err);
    if (rc == GA_OK)
        replace(out, &all);
    return rc;
}

enum ga_rc
ga_blob_json(const json_t *value, enum ga_blob kind, struct ga_buf *out,
             struct ga_error *err)
{
    const json_t *v = descend(value);
    struct ga_buf b = { 0 };
    enum ga_rc rc;

    rc = kind == GA_BLOB_CHAIN && json_is_array(v) ? read_list(v, kind, &b, err)
                                                   : read_one(v, kind, &b, err);
    if (rc == GA_OK)
        *out = b;
    return rc;
}
