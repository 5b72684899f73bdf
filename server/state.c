/* SPDX-License-Identifier: Apache-2.0 */
/* What is read at the start and at SIGHUP. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "server/state.h"
#include "verify/context.h"

typedef struct server_state server_state;
GA_DEFINE_AUTO(server_state, server_state_drop);
GA_DEFINE_AUTO_STRUCT(ga_settings, ga_settings_free);

struct server_state *
server_state_ref(struct server_state *state)
{
    atomic_fetch_add(&state->refs, 1);
    return state;
}

void
server_state_drop(struct server_state *state)
{
    if (state == NULL || atomic_fetch_sub(&state->refs, 1) != 1)
        return;
    /* The first one lends what the others remember. */
    for (size_t i = SERVER_CLASSES * 2; i-- > 0;)
        ga_context_free(state->context[i / 2][i % 2]);
    server_apikeys_done(&state->apikeys);
    server_keys_done(&state->keys);
    free(state);
}

static enum ga_rc
set_list(struct ga_settings *set, const char *name, const struct ga_list *list,
         struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < list->count && rc == GA_OK; i++)
        rc = ga_settings_set(set, name, list->item[i], err);
    return rc;
}

/* The settings of one class. */
static enum ga_rc
class_settings(const struct server_options *o, enum server_class class,
               bool hold, struct ga_settings **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_settings) *set = NULL;
    const struct ga_list *own =
        class == SERVER_GPU ? &o->gpu_policy : &o->switch_policy;
    enum ga_rc rc = ga_settings_copy(o->settings, &set, err);

    if (rc == GA_OK)
        rc = set_list(set, "policy", own, err);
    if (rc == GA_OK && hold)
        rc = ga_settings_set(set, "allow-hold", "true", err);
    if (rc == GA_OK && class == SERVER_SWITCH) {
        /* These speak of GPUs, and are false where there is none. */
        free(set->min_driver);
        free(set->min_vbios);
        set->min_driver = set->min_vbios = NULL;
    }
    if (rc == GA_OK)
        *out = GA_TAKE(set);
    return rc;
}

static enum ga_rc
load_class(struct server_state *s, const struct server_options *o,
           enum server_class class, const struct ga_seams *seams,
           struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (unsigned hold = 0; hold < 2 && rc == GA_OK; hold++) {
        GA_AUTO_STRUCT(ga_settings) *set = NULL;
        struct ga_context **to = &s->context[class][hold];

        rc = class_settings(o, class, hold == 1, &set, err);
        if (rc == GA_OK)
            rc = to == &s->context[0][0]
                     ? ga_context_new(set, seams, to, err)
                     : ga_context_new_beside(s->context[0][0], set, seams, to,
                                             err);
    }
    return rc;
}

enum ga_rc
server_state_load(const struct server_options *o, const struct ga_seams *seams,
                  const struct server_state *old, ga_time now,
                  struct server_state **out, struct ga_error *err)
{
    GA_AUTO(server_state) *s = calloc(1, sizeof(*s));
    enum ga_rc rc;

    if (s == NULL)
        return ga_nomem(err);
    atomic_init(&s->refs, 1);
    rc = server_keys_load(o->signing_key, old != NULL ? &old->keys : NULL, now,
                          o->token_lifetime, &s->keys, err);
    s->guarded = o->api_keys != NULL;
    if (rc == GA_OK && s->guarded)
        rc = ga_within(err, server_apikeys_load(o->api_keys, &s->apikeys, err),
                       "api-keys");
    for (unsigned c = 0; c < SERVER_CLASSES && rc == GA_OK; c++)
        rc = load_class(s, o, (enum server_class)c, seams, err);
    if (rc == GA_OK)
        *out = GA_TAKE(s);
    return rc;
}
