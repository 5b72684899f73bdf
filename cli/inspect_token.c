/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: tokens and the keys of their issuers. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cli/inspect.h"
#include "token/eat.h"
#include "token/jwks.h"

GA_DEFINE_AUTO_STRUCT(ga_jwks, ga_jwks_free);

/* A value that is none of the plain ones is shown as JSON. */
static void
show_value(struct emit *e, const char *name, const json_t *v)
{
    GA_AUTO_FREE char *text = NULL;

    if (json_is_string(v))
        emit_text(e, name, json_string_value(v));
    else if (json_is_integer(v))
        emit_number(e, name, json_integer_value(v));
    else if (json_is_boolean(v))
        emit_bool(e, name, json_is_true(v));
    else if (json_is_null(v))
        emit_text(e, name, NULL);
    else {
        text = ga_json_text(v, false);
        emit_text(e, name, text);
    }
}

static void
show_object(struct emit *e, const char *key, json_t *object)
{
    const char *name;
    json_t *v;

    emit_open(e, key, EMIT_BLOCK);
    json_object_foreach(object, name, v)
    {
        show_value(e, name, v);
    }
    emit_close(e);
}

static void
show_jws(struct emit *e, const char *key, const char *label,
         const struct ga_jws *jws)
{
    emit_open(e, key, EMIT_BLOCK);
    emit_text(e, "label", label);
    emit_text(e, "problem",
              jws->flaw.state == GA_FAILED ? jws->flaw.text : NULL);
    if (jws->header != NULL)
        show_object(e, "header", jws->header);
    if (jws->claims != NULL)
        show_object(e, "claims", jws->claims);
    emit_close(e);
}

static enum ga_rc
show_token(struct emit *e, struct ga_bytes in, struct ga_error *err)
{
    struct ga_eats eats = { 0 };
    enum ga_rc rc = ga_eats_add(in, &eats, err);

    if (rc == GA_OK) {
        emit_open(e, "tokens", EMIT_LIST);
        for (size_t i = 0; i < eats.count; i++) {
            const struct ga_eat *eat = &eats.eat[i];

            if (eat->has_overall)
                show_jws(e, "token", "overall", &eat->overall);
            for (size_t k = eat->first; k < eat->first + eat->count; k++)
                show_jws(e, "token", eats.submod[k].name, &eats.submod[k].jws);
        }
        emit_close(e);
    }
    ga_eats_done(&eats);
    return rc;
}

enum ga_rc
inspect_token(struct emit *e, const char *key, struct ga_bytes in,
              struct ga_error *err)
{
    enum ga_rc rc;

    emit_open(e, key, EMIT_BLOCK);
    rc = show_token(e, in, err);
    if (rc != GA_OK)
        emit_error(e, "error", err);
    emit_close(e);
    return rc;
}

static void
show_key(struct emit *e, const struct ga_jwk *k)
{
    const struct ga_check *flaw =
        k->flaw.state == GA_FAILED ? &k->flaw : &k->chain_flaw;

    emit_open(e, "key", EMIT_BLOCK);
    emit_text(e, "kid", k->kid);
    emit_text(e, "problem", flaw->state == GA_FAILED ? flaw->text : NULL);
    if (k->key != NULL)
        emit_hex(e, "point", ga_key_point(k->key));
    inspect_certs(e, "x5c", &k->certs);
    emit_close(e);
}

enum ga_rc
inspect_jwks(struct emit *e, const char *key, struct ga_bytes in,
             struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_jwks) *jwks = NULL;
    enum ga_rc rc = ga_jwks_parse(in.ptr, in.len, &jwks, err);

    emit_open(e, key, EMIT_BLOCK);
    if (rc != GA_OK) {
        emit_error(e, "error", err);
    } else {
        emit_open(e, "keys", EMIT_LIST);
        for (size_t i = 0; i < jwks->count; i++)
            show_key(e, &jwks->key[i]);
        emit_close(e);
    }
    emit_close(e);
    return rc;
}
