/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where tokens are in what is presented.
 * Source: spec-protocol, 5; nvtrust.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "token/eat.h"

void
ga_eats_done(struct ga_eats *eats)
{
    for (size_t i = 0; i < eats->count; i++)
        ga_jws_done(&eats->eat[i].overall);
    for (size_t i = 0; i < eats->submods; i++)
        ga_jws_done(&eats->submod[i].jws);
    free(eats->submod);
    ga_buf_done(&eats->text);
    for (size_t i = 0; i < eats->roots; i++)
        json_decref(eats->root[i]);
    *eats = (struct ga_eats){ 0 };
}

bool
ga_label_parse(const char *text, enum ga_kind *kind, unsigned *number)
{
    static const struct {
        const char *prefix;
        enum ga_kind kind;
    } rows[] = { { "GPU-", GA_KIND_GPU }, { "SWITCH-", GA_KIND_SWITCH } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = strlen(rows[i].prefix);
        const char *p = text + n;
        unsigned v = 0;

        if (strncmp(text, rows[i].prefix, n) != 0)
            continue;
        if (*p == '\0' || (*p == '0' && p[1] != '\0'))
            return false;
        for (; *p >= '0' && *p <= '9' && v < GA_DEVICES_MAX; p++)
            v = 10 * v + (unsigned)(*p - '0');
        if (*p != '\0' || v >= GA_DEVICES_MAX)
            return false;
        *kind = rows[i].kind;
        *number = v;
        return true;
    }
    return false;
}

static struct ga_bytes
text_of(const json_t *v)
{
    return ga_bytes_of(json_string_value(v), json_string_length(v));
}

static enum ga_rc
begin_eat(struct ga_eats *out, struct ga_eat **eat, struct ga_error *err)
{
    if (out->count == GA_EATS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d detached EATs",
                       GA_EATS_MAX);
    *eat = &out->eat[out->count++];
    (*eat)->first = out->submods;
    return GA_OK;
}

/* Appends a device's token; `name` is NULL where it has none. */
static enum ga_rc
add_submod(struct ga_eats *out, struct ga_eat *eat, const char *name,
           struct ga_bytes text, struct ga_error *err)
{
    struct ga_submod s = { .name = name }, *grown;
    enum ga_rc rc;

    if (out->submods == GA_DEVICES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    grown = realloc(out->submod, (out->submods + 1) * sizeof(*grown));
    if (grown == NULL)
        return ga_nomem(err);
    out->submod = grown;
    if (name != NULL && ga_label_parse(name, &s.kind, &s.number))
        snprintf(s.label, sizeof(s.label), "%.15s", name);
    rc = ga_jws_parse(text, &s.jws, err);
    if (rc != GA_OK)
        return rc;
    out->submod[out->submods++] = s;
    eat->count++;
    return GA_OK;
}

/* ["JWT", t], or NULL. */
static const json_t *
overall_of(const json_t *v)
{
    const char *word = json_string_value(json_array_get(v, 0));
    const json_t *token = json_array_get(v, 1);

    return json_array_size(v) == 2 && word != NULL &&
                   strcmp(word, "JWT") == 0 && json_is_string(token)
               ? token
               : NULL;
}

static bool
is_eat(const json_t *v)
{
    return json_array_size(v) == 2 &&
           overall_of(json_array_get(v, 0)) != NULL &&
           json_is_object(json_array_get(v, 1));
}

static enum ga_rc
add_eat(struct ga_eats *out, json_t *v, struct ga_error *err)
{
    json_t *tokens = json_array_get(v, 1), *token;
    struct ga_eat *eat = NULL;
    const char *name;
    enum ga_rc rc;

    rc = begin_eat(out, &eat, err);
    if (rc == GA_OK)
        rc = ga_jws_parse(text_of(overall_of(json_array_get(v, 0))),
                          &eat->overall, err);
    if (rc != GA_OK)
        return rc;
    eat->has_overall = true;
    json_object_foreach(tokens, name, token)
    {
        if (!json_is_string(token))
            return ga_fail(err, GA_E_BAD_VALUE, "%.40s: no token", name);
        rc = add_submod(out, eat, name, text_of(token), err);
        if (rc != GA_OK)
            return rc;
    }
    return GA_OK;
}

/* One JWS alone: an overall token has submods, any other is a device's. */
static enum ga_rc
add_bare(struct ga_eats *out, struct ga_bytes text, struct ga_error *err)
{
    struct ga_eat *eat = NULL;
    struct ga_jws jws;
    enum ga_rc rc = begin_eat(out, &eat, err);

    if (rc == GA_OK)
        rc = ga_jws_parse(text, &jws, err);
    if (rc != GA_OK)
        return rc;
    if (json_object_get(jws.claims, "submods") != NULL) {
        eat->has_overall = true;
        eat->overall = jws;
        return GA_OK;
    }
    ga_jws_done(&jws);
    return add_submod(out, eat, NULL, text, err);
}

/* A list of EATs, or the EATs in nvtrust's outer one, whose own token nobody
 * that is known has signed. */
static enum ga_rc
add_each(struct ga_eats *out, json_t *list, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;
    json_t *v;

    if (json_is_object(list)) {
        const char *name;

        json_object_foreach(list, name, v)
        {
            if (!is_eat(v))
                return ga_fail(err, GA_E_BAD_VALUE, "%.40s: no detached EAT",
                               name);
            rc = add_eat(out, v, err);
            if (rc != GA_OK)
                return rc;
        }
        return rc;
    }
    for (size_t i = 0; i < json_array_size(list) && rc == GA_OK; i++) {
        v = json_array_get(list, i);
        rc = is_eat(v)
                 ? add_eat(out, v, err)
                 : ga_fail(err, GA_E_BAD_VALUE, "item %zu: no detached EAT", i);
    }
    return rc;
}

/* Whether the second part of an EAT holds EATs in place of tokens. */
static bool
is_wrapper(const json_t *v)
{
    json_t *inner = json_array_get(v, 1), *first;
    const char *name;

    json_object_foreach(inner, name, first)
    {
        return json_is_array(first);
    }
    return false;
}

static enum ga_rc
add_any(struct ga_eats *out, json_t *v, struct ga_error *err)
{
    if (is_eat(v) && is_wrapper(v)) {
        out->wrapped = true;
        return add_each(out, json_array_get(v, 1), err);
    }
    if (is_eat(v))
        return add_eat(out, v, err);
    if (json_is_string(v))
        return add_bare(out, text_of(v), err);
    if (json_array_size(v) > 0)
        return add_each(out, v, err);
    return ga_fail(err, GA_E_MISSING, "neither a JWS nor a detached EAT");
}

static struct ga_bytes
trim(struct ga_bytes in)
{
    while (in.len > 0 &&
           (in.ptr[in.len - 1] == '\n' || in.ptr[in.len - 1] == '\r'))
        in.len--;
    return in;
}

static enum ga_rc
add_text(struct ga_bytes in, struct ga_eats *out, struct ga_error *err)
{
    enum ga_rc rc;
    json_t *v;

    if (in.len > GA_TOKEN_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, not 1 to %d", in.len,
                       GA_TOKEN_MAX);
    if (ga_jws_shaped(trim(in)) && out->text.ptr == NULL) {
        rc = ga_buf_copy(trim(in), &out->text, err);
        return rc == GA_OK ? add_bare(out, ga_view(&out->text), err) : rc;
    }
    if (out->roots == GA_EATS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d inputs", GA_EATS_MAX);
    rc = ga_json_parse(in, &out->root[out->roots], err);
    if (rc != GA_OK)
        return rc;
    v = out->root[out->roots++];
    if (json_is_object(v))
        v = json_object_get(v, "detached_eat");
    return add_any(out, v, err);
}

enum ga_rc
ga_eats_add(struct ga_bytes in, struct ga_eats *out, struct ga_error *err)
{
    return ga_within(err, add_text(in, out, err), "token");
}
