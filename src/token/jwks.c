/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of keys.
 * Source: rfc7517, 4 and 5; rfc7518, 6.2.1.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "token/jwks.h"

typedef struct ga_jwks ga_jwks;
GA_DEFINE_AUTO(ga_jwks, ga_jwks_free);

void
ga_jwks_free(struct ga_jwks *jwks)
{
    if (jwks == NULL)
        return;
    for (size_t i = 0; jwks->key != NULL && i < jwks->count; i++) {
        free(jwks->key[i].kid);
        ga_key_free(jwks->key[i].key);
        ga_certs_done(&jwks->key[i].certs);
    }
    free(jwks->key);
    free(jwks);
}

size_t
ga_jwks_count(const struct ga_jwks *jwks)
{
    return jwks != NULL ? jwks->count : 0;
}

const char *
ga_jwks_kid(const struct ga_jwks *jwks, size_t i)
{
    return i < ga_jwks_count(jwks) ? jwks->key[i].kid : NULL;
}

const struct ga_jwk *
ga_jwks_find(const struct ga_jwks *jwks, const char *kid)
{
    for (size_t i = 0; i < ga_jwks_count(jwks); i++)
        if (jwks->key[i].kid[0] != '\0' && strcmp(jwks->key[i].kid, kid) == 0)
            return &jwks->key[i];
    return NULL;
}

/* A member that must be that word, or may be absent too. */
static void
want_word(const json_t *jwk, const char *name, const char *word, bool may_miss,
          enum ga_reason reason, struct ga_check *flaw)
{
    const json_t *v = json_object_get(jwk, name);
    const char *text = json_string_value(v);

    if (v == NULL && may_miss)
        return;
    if (text == NULL || strcmp(text, word) != 0)
        ga_check_fail(flaw, reason, "its %s is \"%.20s\", not %s", name,
                      text != NULL ? text : "", word);
}

/* Reads a coordinate: 48 bytes, leading zeros included (RFC 7518 6.2.1.2). */
static enum ga_rc
take_coordinate(const json_t *jwk, const char *name, uint8_t out[GA_P384_LEN],
                struct ga_check *flaw)
{
    GA_AUTO_BUF struct ga_buf bytes = { 0 };
    const json_t *v = json_object_get(jwk, name);
    enum ga_rc rc;

    if (!json_is_string(v)) {
        ga_check_fail(flaw, GA_R_KEY, "its %s is no string", name);
        return GA_OK;
    }
    rc = ga_base64_decode(json_string_value(v), json_string_length(v),
                          GA_BASE64_URL | GA_BASE64_BARE, &bytes, NULL);
    if (rc == GA_E_NOMEM)
        return rc;
    if (rc != GA_OK || bytes.len != GA_P384_LEN)
        ga_check_fail(flaw, GA_R_KEY, "its %s is not the base64url of %d bytes",
                      name, GA_P384_LEN);
    else
        memcpy(out, bytes.ptr, GA_P384_LEN);
    return GA_OK;
}

static enum ga_rc
take_point(const json_t *jwk, struct ga_jwk *out, struct ga_error *err)
{
    uint8_t point[GA_POINT_LEN] = { 0x04 };
    struct ga_error why = { 0 };
    enum ga_rc rc = take_coordinate(jwk, "x", &point[1], &out->flaw);

    if (rc == GA_OK)
        rc = take_coordinate(jwk, "y", &point[1 + GA_P384_LEN], &out->flaw);
    if (rc != GA_OK)
        return ga_nomem(err);
    if (out->flaw.state == GA_FAILED)
        return GA_OK;
    rc = ga_key_of_point(ga_bytes_of(point, sizeof(point)), &out->key, &why);
    if (rc == GA_E_NOMEM)
        return ga_nomem(err);
    if (rc != GA_OK)
        ga_check_fail(&out->flaw, GA_R_KEY, "%s", why.text);
    return GA_OK;
}

/* One certificate: the standard alphabet, padded.  Source: rfc7517, 4.7 */
static enum ga_rc
take_cert(const json_t *v, struct ga_jwk *out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf der = { 0 };
    struct ga_error why = { 0 };
    size_t i = out->certs.count;
    enum ga_rc rc;

    if (!json_is_string(v)) {
        ga_check_fail(&out->chain_flaw, GA_R_MALFORMED,
                      "x5c: item %zu is no string", i);
        return GA_OK;
    }
    rc = ga_base64_decode(json_string_value(v), json_string_length(v),
                          GA_BASE64_STRICT, &der, &why);
    if (rc == GA_OK)
        rc = ga_cert_parse(ga_view(&der), &out->certs.cert[i], &why);
    if (rc == GA_E_NOMEM)
        return ga_nomem(err);
    if (rc != GA_OK)
        ga_check_fail(&out->chain_flaw,
                      rc == GA_E_TRAILING ? GA_R_TRAILING : GA_R_MALFORMED,
                      "x5c: item %zu: %s", i, why.text);
    out->certs.count += rc == GA_OK;
    return GA_OK;
}

static enum ga_rc
take_x5c(const json_t *jwk, struct ga_jwk *out, struct ga_error *err)
{
    const json_t *list = json_object_get(jwk, "x5c");
    size_t n = json_array_size(list);
    enum ga_rc rc = GA_OK;

    out->has_x5c = list != NULL;
    if (list != NULL && (n < 1 || n > GA_X5C_MAX))
        ga_check_fail(&out->chain_flaw, GA_R_MALFORMED,
                      "x5c: %zu certificates, not 1 to %d", n, GA_X5C_MAX);
    for (size_t i = 0;
         i < n && rc == GA_OK && out->chain_flaw.state != GA_FAILED; i++)
        rc = take_cert(json_array_get(list, i), out, err);
    return rc;
}

static enum ga_rc
take_kid(const json_t *jwk, struct ga_jwk *out, struct ga_error *err)
{
    const json_t *v = json_object_get(jwk, "kid");
    bool fits = json_string_length(v) <= GA_KID_MAX;

    out->kid = strdup(json_is_string(v) && fits ? json_string_value(v) : "");
    return out->kid != NULL ? GA_OK : ga_nomem(err);
}

static enum ga_rc
take_key(const json_t *jwk, struct ga_jwk *out, struct ga_error *err)
{
    enum ga_rc rc = take_kid(jwk, out, err);

    if (rc != GA_OK)
        return rc;
    want_word(jwk, "kty", "EC", false, GA_R_KEY, &out->flaw);
    want_word(jwk, "crv", "P-384", false, GA_R_KEY, &out->flaw);
    want_word(jwk, "alg", "ES384", true, GA_R_ALGORITHM, &out->flaw);
    want_word(jwk, "use", "sig", true, GA_R_KEY, &out->flaw);
    if (out->flaw.state != GA_FAILED)
        rc = take_point(jwk, out, err);
    return rc == GA_OK ? take_x5c(jwk, out, err) : rc;
}

/* A kid that stands twice names neither of the two. */
static void
mark_twins(struct ga_jwks *set)
{
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < i; k++) {
            if (set->key[i].kid[0] == '\0' ||
                strcmp(set->key[i].kid, set->key[k].kid) != 0)
                continue;
            ga_check_fail(&set->key[k].flaw, GA_R_DUPLICATE,
                          "the JWKS has this kid twice");
            ga_check_fail(&set->key[i].flaw, GA_R_DUPLICATE,
                          "the JWKS has this kid twice");
        }
}

static enum ga_rc
take_keys(const json_t *keys, struct ga_jwks *set, struct ga_error *err)
{
    size_t n = json_array_size(keys);

    if (!json_is_array(keys))
        return ga_fail(err, GA_E_MISSING, "no list \"keys\"");
    if (n > GA_JWKS_KEYS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu keys, not 0 to %d", n,
                       GA_JWKS_KEYS_MAX);
    set->key = calloc(n + 1, sizeof(*set->key));
    if (set->key == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *jwk = json_array_get(keys, i);
        enum ga_rc rc;

        if (!json_is_object(jwk))
            return ga_fail(err, GA_E_BAD_VALUE, "key %zu is no object", i);
        set->count++;
        rc = take_key(jwk, &set->key[i], err);
        if (rc != GA_OK)
            return rc;
        ga_check_pass(&set->key[i].flaw);
        ga_check_pass(&set->key[i].chain_flaw);
    }
    mark_twins(set);
    return GA_OK;
}

enum ga_rc
ga_jwks_parse(const void *data, size_t len, struct ga_jwks **out,
              struct ga_error *err)
{
    GA_AUTO(ga_jwks) *set = NULL;
    GA_AUTO(json_t) *root = NULL;
    enum ga_rc rc;

    if (data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "JWKS: NULL");
    if (len > GA_JWKS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "JWKS: %zu bytes, not 1 to %d", len,
                       GA_JWKS_MAX);
    rc = ga_json_parse(ga_bytes_of(data, len), &root, err);
    if (rc != GA_OK)
        return ga_within(err, rc, "JWKS");
    set = calloc(1, sizeof(*set));
    if (set == NULL)
        return ga_nomem(err);
    rc = ga_within(err, take_keys(json_object_get(root, "keys"), set, err),
                   "JWKS");
    if (rc == GA_OK)
        *out = GA_TAKE(set);
    return rc;
}
