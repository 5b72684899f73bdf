/* SPDX-License-Identifier: Apache-2.0 */
/* A result as JSON, docs/result.schema.json. */
#include "base/json.h"
#include "topology/print.h"
#include "verify/result.h"

static json_t *
text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *
check_object(const struct ga_check *c, size_t id)
{
    return json_pack("{s:s,s:s,s:o,s:o}", "name", ga_check_rows[id].name,
                     "state", ga_state_name(c->state), "reason",
                     text_or_null(ga_check_reason(c)), "text",
                     text_or_null(c->text));
}

static json_t *
check_list(const struct ga_check *checks, unsigned scope)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t id = 0; id < GA_CHECK_COUNT; id++)
        if ((ga_check_rows[id].scope & scope) != 0 &&
            json_array_append_new(list, check_object(&checks[id], id)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
device_object(const struct ga_device *d)
{
    return json_pack(
        "{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:b,s:o}", "label", d->label,
        "type", d->kind == GA_KIND_SWITCH ? "nvswitch" : "gpu", "arch",
        text_or_null(ga_device_arch(d)), "device_id",
        text_or_null(d->device_id), "pdi", text_or_null(d->pdi), "ueid",
        text_or_null(d->ueid), "hwmodel", text_or_null(d->hwmodel), "driver",
        text_or_null(d->driver), "vbios", text_or_null(d->vbios), "mode",
        ga_mode_name(d->mode), "verified", d->verified, "checks",
        check_list(d->check, ga_device_scope(d)));
}

/* Malformed evidence is an error beside the result, and has no claims. */
static json_t *
claims_list(const struct ga_result *r)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0;
         i < r->device_count && r->verdict != GA_VERDICT_MALFORMED; i++)
        if (json_array_append_new(list, ga_claims(&r->device[i], &r->nonce,
                                                  r->claims_version)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
device_list(const struct ga_result *r)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < r->device_count; i++)
        if (json_array_append_new(list, device_object(&r->device[i])) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
text_list(const struct ga_texts *texts)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < texts->count; i++)
        if (json_array_append_new(list, json_string(texts->text[i])) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
policy_list(const struct ga_result *r)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < r->said_count; i++)
        if (json_array_append_new(
                list, json_pack("{s:s,s:b,s:o}", "name", r->said[i].name,
                                "passed", r->said[i].passed, "why",
                                text_or_null(r->said[i].why))) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
nonce_text(const struct ga_result *r)
{
    char hex[2 * GA_NONCE_LEN + 1];

    if (!r->has_nonce)
        return json_null();
    ga_nonce_text(&r->nonce, hex);
    return json_string(hex);
}

static json_t *
error_object(const struct ga_error *e)
{
    return json_pack(
        "{s:s,s:s,s:s,s:o}", "code", ga_error_name(e->code), "class",
        ga_class_name(ga_error_class(e->code)), "text", e->text, "offset",
        e->offset == GA_NO_OFFSET ? json_null()
                                  : json_integer((json_int_t)e->offset));
}

static json_t *
eat_or_null(const struct ga_result *r)
{
    return r->detached_eat != NULL ? json_incref(r->detached_eat) : json_null();
}

json_t *
ga_result_object(const struct ga_result *r)
{
    GA_AUTO(json_t) *out = NULL;
    char at[GA_TIME_TEXT];

    ga_time_text(r->at, at);
    out = json_pack("{s:i,s:s,s:b,s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
                    "result_code", (int)r->verdict, "result_message",
                    r->summary, "verified", r->verdict == GA_VERDICT_VERIFIED,
                    "nonce", nonce_text(r), "verified_at", at, "anchors",
                    r->custom_anchors ? "custom" : "builtin", "relaxed",
                    text_list(&r->relaxed), "warnings", text_list(&r->warnings),
                    "checks", check_list(r->check, r->scope), "devices",
                    device_list(r), "policies", policy_list(r), "claims",
                    claims_list(r), "detached_eat", eat_or_null(r));
    if (r->topology != NULL &&
        json_object_set_new(out, "topology", ga_topology_object(r->topology)) !=
            0)
        return NULL;
    if (r->verdict == GA_VERDICT_MALFORMED &&
        json_object_set_new(out, "error", error_object(&r->error)) != 0)
        return NULL;
    return GA_TAKE(out);
}
