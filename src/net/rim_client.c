/* SPDX-License-Identifier: Apache-2.0 */
/* The RIM service's addresses and replies. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "base/limits.h"
#include "gpuattest/net.h"
#include "net/rim_client.h"

#define RIM_PATH "/v1/rim/"

char *
ga_rim_address(const struct ga_url *service, const char *id)
{
    char path[sizeof(RIM_PATH) + GA_RIM_ID_MAX];

    snprintf(path, sizeof(path), RIM_PATH "%s", id);
    return ga_url_below(service, path);
}

/* Gives the text of a key; NULL in `*out` where the key is absent. */
static enum ga_rc
text_of(const json_t *reply, const char *key, const char **out,
        struct ga_error *err)
{
    const json_t *v = json_object_get(reply, key);

    *out = NULL;
    if (v == NULL)
        return GA_OK;
    if (!json_is_string(v))
        return ga_fail(err, GA_E_BAD_VALUE, "%s is no string", key);
    *out = json_string_value(v);
    return GA_OK;
}

static enum ga_rc
needed(const json_t *reply, const char *key, const char **out,
       struct ga_error *err)
{
    enum ga_rc rc = text_of(reply, key, out, err);

    if (rc == GA_OK && *out == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "no %s", key);
    return rc;
}

static enum ga_rc
check_id(const json_t *reply, const char *id, struct ga_error *err)
{
    const char *got;
    enum ga_rc rc = needed(reply, "id", &got, err);

    if (rc == GA_OK && strcmp(got, id) != 0)
        return ga_fail(err, GA_E_BAD_VALUE, "id \"%s\", not \"%s\"", got, id);
    return rc;
}

static enum ga_rc
check_format(const json_t *reply, struct ga_error *err)
{
    const char *got;
    enum ga_rc rc = text_of(reply, "rim_format", &got, err);

    if (rc == GA_OK && got != NULL && strcmp(got, "TCG") != 0)
        return ga_fail(err, GA_E_BAD_VALUE, "rim_format \"%s\", not \"TCG\"",
                       got);
    return rc;
}

static enum ga_rc
check_sum(const json_t *reply, struct ga_bytes rim, struct ga_error *err)
{
    const char *text;
    uint8_t want[32], got[32];
    enum ga_rc rc = text_of(reply, "sha256", &text, err);

    if (rc != GA_OK || text == NULL)
        return rc;
    if (!ga_unhex(text, strlen(text), want, sizeof(want)))
        return ga_fail(err, GA_E_BAD_VALUE, "sha256 is not 64 hex digits");
    if (EVP_Digest(rim.ptr, rim.len, got, NULL, EVP_sha256(), NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "no SHA-256");
    if (!ga_bytes_equal(ga_bytes_of(want, 32), ga_bytes_of(got, 32)))
        return ga_fail(err, GA_E_BAD_VALUE, "sha256 differs from the RIM's");
    return GA_OK;
}

static enum ga_rc
decode(const json_t *reply, size_t max, struct ga_buf *out,
       struct ga_error *err)
{
    const char *text;
    enum ga_rc rc = needed(reply, "rim", &text, err);

    if (rc == GA_OK)
        rc = ga_within(
            err,
            ga_base64_decode(text, strlen(text), GA_BASE64_STRICT, out, err),
            "rim");
    if (rc == GA_OK && out->len > max)
        return ga_fail(err, GA_E_TOO_LARGE, "RIM of %zu bytes, not 1 to %zu",
                       out->len, max);
    if (rc == GA_OK && out->len == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "RIM of 0 bytes, not 1 to %zu",
                       max);
    return rc;
}

static enum ga_rc
parse_object(struct ga_bytes in, json_t **out, struct ga_error *err)
{
    GA_AUTO(json_t) *v = NULL;
    enum ga_rc rc = ga_json_parse(in, &v, err);

    if (rc != GA_OK)
        return rc;
    if (!json_is_object(v))
        return ga_fail(err, GA_E_BAD_VALUE, "JSON, but no object");
    *out = GA_TAKE(v);
    return GA_OK;
}

enum ga_rc
ga_rim_reply_parse(struct ga_bytes json, const char *id, size_t max,
                   struct ga_buf *out, struct ga_error *err)
{
    GA_AUTO(json_t) *reply = NULL;
    GA_AUTO_BUF struct ga_buf rim = { 0 };
    enum ga_rc rc = parse_object(json, &reply, err);

    if (rc == GA_OK)
        rc = check_id(reply, id, err);
    if (rc == GA_OK)
        rc = check_format(reply, err);
    if (rc == GA_OK)
        rc = decode(reply, max, &rim, err);
    if (rc == GA_OK)
        rc = check_sum(reply, ga_view(&rim), err);
    if (rc != GA_OK)
        return ga_within(err, rc, "reply");
    *out = rim;
    rim = (struct ga_buf){ 0 };
    return GA_OK;
}

void
ga_net_ids_free(char **ids)
{
    for (size_t i = 0; ids != NULL && ids[i] != NULL; i++)
        free(ids[i]);
    free(ids);
}
typedef char *char_list;
GA_DEFINE_AUTO(char_list, ga_net_ids_free);

static enum ga_rc
copy_ids(const json_t *list, char **ids, struct ga_error *err)
{
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));

        if (id == NULL)
            return ga_fail(err, GA_E_BAD_VALUE, "id %zu is no string", i);
        if (!ga_rim_id_ok(id))
            continue;
        ids[n] = strdup(id);
        if (ids[n++] == NULL)
            return ga_nomem(err);
    }
    return GA_OK;
}

enum ga_rc
ga_rim_ids_parse(struct ga_bytes json, char ***out, struct ga_error *err)
{
    GA_AUTO(json_t) *reply = NULL;
    GA_AUTO(char_list) *ids = NULL;
    const json_t *list;
    enum ga_rc rc = parse_object(json, &reply, err);

    if (rc != GA_OK)
        return ga_within(err, rc, "reply");
    list = json_object_get(reply, "ids");
    if (!json_is_array(list))
        return ga_fail(err, GA_E_BAD_VALUE, "reply: no list of ids");
    ids = calloc(json_array_size(list) + 1, sizeof(*ids));
    if (ids == NULL)
        return ga_nomem(err);
    rc = copy_ids(list, ids, err);
    if (rc != GA_OK)
        return ga_within(err, rc, "reply");
    *out = GA_TAKE(ids);
    return GA_OK;
}
