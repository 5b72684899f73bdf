/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of requests, as NRAS has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "evidence/evidence.h"
#include "server/request.h"

/* Architectures that a class can have. */
static const struct {
    enum server_class class;
    const char *arch;
} archs[] = {
    { SERVER_GPU, "HOPPER" },
    { SERVER_GPU, "BLACKWELL" },
    { SERVER_SWITCH, "LS10" },
};

static const char *const versions[] = { "2.0", "3.0", "4.0" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void
server_request_done(struct server_request *r)
{
    ga_evidence_free(r->evidence);
    *r = (struct server_request){ 0 };
}

/* A member that must be text; NULL where it is absent and may be. */
static enum ga_rc
text_of(const json_t *object, const char *key, bool needed, const char **out,
        struct ga_error *err)
{
    const json_t *v = json_object_get(object, key);

    *out = NULL;
    if (v == NULL && needed)
        return ga_fail(err, GA_E_MISSING, "no %s", key);
    if (v == NULL || (json_is_null(v) && !needed))
        return GA_OK;
    if (!json_is_string(v))
        return ga_fail(err, GA_E_BAD_VALUE, "%s: not a string", key);
    if (needed && json_string_length(v) == 0)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: empty", key);
    *out = json_string_value(v);
    return GA_OK;
}

static enum ga_rc
read_nonce(const json_t *body, struct ga_nonce *out, struct ga_error *err)
{
    const json_t *v = json_object_get(body, "nonce");
    const char *text = json_string_value(v);

    if (text == NULL ||
        !ga_unhex(text, json_string_length(v), out->bytes, sizeof(out->bytes)))
        return ga_fail(err, GA_E_INVAL, "nonce: not 64 hex digits");
    return GA_OK;
}

static enum ga_rc
read_version(const json_t *body, const char *initial, const char **out,
             struct ga_error *err)
{
    const char *text;
    enum ga_rc rc = text_of(body, "claims_version", false, &text, err);

    if (rc != GA_OK)
        return rc;
    if (text == NULL)
        text = initial;
    for (size_t i = 0; i < COUNT(versions); i++)
        if (strcmp(versions[i], text) == 0) {
            *out = versions[i];
            return GA_OK;
        }
    return ga_fail(err, GA_E_BAD_VALUE,
                   "claims_version: \"%.32s\", not 2.0, 3.0 or 4.0", text);
}

/* `*out` is borrowed from the body. */
static enum ga_rc
read_arch(const json_t *body, enum server_class class, const char **out,
          struct ga_error *err)
{
    enum ga_rc rc = text_of(body, "arch", true, out, err);

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; i < COUNT(archs); i++)
        if (archs[i].class == class && strcmp(archs[i].arch, *out) == 0)
            return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE, "arch: \"%.32s\" is none of %s", *out,
                   class == SERVER_GPU ? "HOPPER, BLACKWELL" : "LS10");
}

static enum ga_rc
add_item(struct ga_evidence *evidence, const json_t *v, const char *arch,
         struct ga_error *err)
{
    const char *report, *certificate;
    struct ga_item *item;
    char source[32];
    enum ga_rc rc;

    if (!json_is_object(v))
        return ga_fail(err, GA_E_BAD_VALUE, "not an object");
    rc = text_of(v, "evidence", true, &report, err);
    if (rc == GA_OK)
        rc = text_of(v, "certificate", true, &certificate, err);
    if (rc == GA_OK)
        rc = ga_evidence_add_base64(evidence, report, certificate, err);
    if (rc != GA_OK)
        return rc;
    /* What the request says is compared with what the device signed. */
    item = &evidence->item[evidence->count - 1];
    snprintf(source, sizeof(source), "item %zu", evidence->count);
    free(item->arch);
    item->arch = strdup(arch);
    free(item->source);
    item->source = strdup(source);
    return item->arch != NULL && item->source != NULL ? GA_OK : ga_nomem(err);
}

static enum ga_rc
read_items(const json_t *body, const char *arch, size_t most,
           struct ga_evidence *evidence, struct ga_error *err)
{
    const json_t *list = json_object_get(body, "evidence_list");
    size_t count = json_array_size(list);
    enum ga_rc rc = GA_OK;

    if (list == NULL)
        return ga_fail(err, GA_E_MISSING, "no evidence_list");
    if (!json_is_array(list))
        return ga_fail(err, GA_E_BAD_VALUE, "evidence_list: not a list");
    if (count == 0)
        return ga_fail(err, GA_E_MISSING, "evidence_list: no items");
    if (count > most)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "evidence_list: %zu items, not 1 to %zu", count, most);
    for (size_t i = 0; i < count && rc == GA_OK; i++)
        rc = ga_within(err,
                       add_item(evidence, json_array_get(list, i), arch, err),
                       "evidence_list: item %zu", i + 1);
    return rc;
}

enum ga_rc
server_request_parse(struct ga_bytes body,
                     const struct server_request_rules *rules,
                     struct server_request *out, struct ga_error *err)
{
    struct server_request r = { 0 };
    GA_AUTO(json_t) *v = NULL;
    const char *arch = NULL;
    enum ga_rc rc = ga_json_parse(body, &v, err);

    if (rc == GA_OK && !json_is_object(v))
        rc = ga_fail(err, GA_E_BAD_VALUE, "not an object");
    if (rc == GA_OK)
        rc = read_nonce(v, &r.nonce, err);
    if (rc == GA_OK)
        rc = read_version(v, rules->version, &r.version, err);
    if (rc == GA_OK)
        rc = read_arch(v, rules->class, &arch, err);
    if (rc == GA_OK)
        rc = ga_evidence_new(&r.evidence, err);
    if (rc == GA_OK)
        rc = read_items(v, arch, rules->max_items, r.evidence, err);
    if (rc == GA_OK)
        *out = r;
    else
        server_request_done(&r);
    return rc;
}
