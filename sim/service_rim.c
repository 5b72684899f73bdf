/* SPDX-License-Identifier: Apache-2.0 */
/* The RIM service.  Source: spec-protocol, 3 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "sim/service.h"

#define RIM_PATH "/v1/rim/"

static enum ga_rc
finish(json_t *v, struct sim_reply *out, struct ga_error *err)
{
    GA_AUTO(json_t) *owned = v;
    GA_AUTO_FREE char *text = owned != NULL ? ga_json_text(owned, false) : NULL;

    if (text == NULL)
        return ga_nomem(err);
    out->type = "application/json";
    return ga_buf_copy(ga_bytes_of(text, strlen(text)), &out->body, err);
}

static enum ga_rc
refuse(unsigned status, const char *what, struct sim_reply *out,
       struct ga_error *err)
{
    out->status = status;
    snprintf(out->note, sizeof(out->note), "%s", what);
    return finish(json_pack("{s:s}", "message", what), out, err);
}

/* What every answer has. */
static enum ga_rc
finish_with(json_t *v, struct sim_reply *out, struct ga_error *err)
{
    uint8_t id[16];
    char request[2 * sizeof(id) + 1], now[GA_TIME_TEXT];

    if (RAND_bytes(id, sizeof(id)) != 1) {
        json_decref(v);
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: no random bytes");
    }
    ga_hex(ga_bytes_of(id, sizeof(id)), request);
    ga_time_text((ga_time)time(NULL), now);
    if (json_object_set_new(v, "request_id", json_string(request)) != 0 ||
        json_object_set_new(v, "last_updated", json_string(now)) != 0) {
        json_decref(v);
        return ga_nomem(err);
    }
    out->status = 200;
    return finish(v, out, err);
}

/* What is kept under this one's id. */
static const struct sim_rim *
shown_of(const struct sim_rim *rim)
{
    return rim->shown != NULL ? rim->shown : rim;
}

/* The service has one RIM under an id. */
static bool
is_kept(const struct sim_rim *rim)
{
    return shown_of(rim)->xml.len > 0 && !rim->again;
}

/* Everything here is of the form that the service calls TCG. */
static enum ga_rc
serve_ids(const struct sim_services *s, const struct sim_query *q, bool none,
          struct sim_reply *out, struct ga_error *err)
{
    json_t *list = json_array();

    none = none || (q->rim_format != NULL && strcmp(q->rim_format, "TCG") != 0);
    for (size_t i = 0; i < s->w->rims && !none; i++)
        if (is_kept(&s->w->rim[i]) &&
            json_array_append_new(list, json_string(s->w->rim[i].id)) != 0) {
            json_decref(list);
            return ga_nomem(err);
        }
    snprintf(out->note, sizeof(out->note), "%zu ids", json_array_size(list));
    return finish_with(json_pack("{s:o}", "ids", list), out, err);
}

static enum ga_rc
serve_one(const struct sim_services *s, const struct sim_rim *rim,
          struct sim_reply *out, struct ga_error *err)
{
    const struct sim_rim *shown = shown_of(rim);
    GA_AUTO_FREE char *text =
        ga_base64_encode(ga_view(&shown->xml), GA_BASE64_STRICT);
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[2 * sizeof(digest) + 1];

    if (text == NULL)
        return ga_nomem(err);
    if (SHA256(shown->xml.ptr, shown->xml.len, digest) == NULL)
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: SHA-256 failed");
    if (sim_ailments_find(s->ill, SIM_RIM_SERVICE, SIM_T_SHA256) != NULL)
        digest[0] ^= 1;
    ga_hex(ga_bytes_of(digest, sizeof(digest)), hex);
    snprintf(out->note, sizeof(out->note), "found");
    return finish_with(json_pack("{s:s, s:s, s:s, s:s}", "id", rim->id, "rim",
                                 text, "sha256", hex, "rim_format", "TCG"),
                       out, err);
}

enum ga_rc
sim_rim_serve(struct sim_services *s, const struct sim_query *q,
              struct sim_reply *out, struct ga_error *err)
{
    bool none =
        sim_ailments_find(s->ill, SIM_RIM_SERVICE, SIM_T_ABSENT) != NULL;
    const char *id = q->path + strlen(RIM_PATH);

    if (strncmp(q->path, RIM_PATH, strlen(RIM_PATH)) != 0)
        return refuse(404, "no such path", out, err);
    if (strcmp(q->method, "GET") != 0) {
        out->allow = "GET";
        return refuse(405, "GET alone", out, err);
    }
    if (strcmp(id, "ids") == 0)
        return serve_ids(s, q, none, out, err);
    for (size_t i = 0; i < s->w->rims && !none; i++)
        if (is_kept(&s->w->rim[i]) && strcmp(s->w->rim[i].id, id) == 0)
            return serve_one(s, &s->w->rim[i], out, err);
    return refuse(404, "no such RIM", out, err);
}
