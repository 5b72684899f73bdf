/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, and what those without a body answer. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "server/route.h"

static void
say_status(struct server_reply *out, unsigned status, const char *text)
{
    out->status = status;
    out->type = "application/json";
    out->body = strdup(text);
}

static void
say_failed(struct server *s, struct server_reply *out,
           const struct ga_error *err)
{
    server_log_error(&s->log, SERVER_ERROR, "internal", err);
    server_reply_error(out, 500, "INTERNAL", "internal error");
}

static void
get_live(struct server *s, struct server_state *state, struct server_reply *out)
{
    (void)s;
    (void)state;
    say_status(out, 200, "{\"status\":\"UP\"}");
}

/* Ready is who can sign and is not about to go. */
static void
get_ready(struct server *s, struct server_state *state,
          struct server_reply *out)
{
    if (atomic_load(&s->stopping)) {
        say_status(out, 503, "{\"status\":\"DOWN\",\"why\":\"stopping\"}");
        return;
    }
    if (server_keys_signer(&state->keys, (ga_time)time(NULL)) == NULL) {
        say_status(out, 503,
                   "{\"status\":\"DOWN\",\"why\":\"no key is valid now\"}");
        return;
    }
    say_status(out, 200, "{\"status\":\"UP\"}");
}

static void
get_jwks(struct server *s, struct server_state *state, struct server_reply *out)
{
    struct ga_error err = { 0 };

    if (server_keys_jwks(&state->keys, (ga_time)time(NULL),
                         s->o->token_lifetime, &out->body, &err) != GA_OK) {
        say_failed(s, out, &err);
        return;
    }
    out->status = 200;
    out->type = "application/json";
    out->keep = true;
}

static void
get_metrics(struct server *s, struct server_state *state,
            struct server_reply *out)
{
    struct server_key *key =
        server_keys_signer(&state->keys, (ga_time)time(NULL));
    const struct server_gauges gauges = {
        .verifications = ga_context_verifications(state->context[0][0]),
        .key_expires = key != NULL ? key->not_after : 0,
        .keys = state->keys.count,
    };
    struct ga_error err = { 0 };

    if (server_metrics_text(&s->metrics, &gauges, &out->body, &err) != GA_OK) {
        say_failed(s, out, &err);
        return;
    }
    out->status = 200;
    out->type = "text/plain; version=0.0.4";
}

/* clang-format off */
/* NRAS's first version of the path answers with claims 2.0 where the request
 * names none.  Source: spec-protocol */
const struct server_route server_routes[] = {
    { "/v3/attest/gpu", SERVER_PATH_GPU, NULL, SERVER_GPU, "2.0", true },
    { "/v4/attest/gpu", SERVER_PATH_GPU, NULL, SERVER_GPU, "3.0", true },
    { "/v3/attest/switch", SERVER_PATH_SWITCH, NULL, SERVER_SWITCH, "2.0", true },
    { "/v4/attest/switch", SERVER_PATH_SWITCH, NULL, SERVER_SWITCH, "3.0", true },
    { "/.well-known/jwks.json", SERVER_PATH_JWKS, get_jwks, 0, NULL, false },
    { "/health", SERVER_PATH_HEALTH, get_ready, 0, NULL, false },
    { "/health/live", SERVER_PATH_HEALTH, get_live, 0, NULL, false },
    { "/health/ready", SERVER_PATH_HEALTH, get_ready, 0, NULL, false },
    { "/metrics", SERVER_PATH_METRICS, get_metrics, 0, NULL, true },
    { NULL, SERVER_PATH_OTHER, NULL, 0, NULL, false },
};
/* clang-format on */

const struct server_route *
server_route_find(const char *target)
{
    size_t len = strcspn(target, "?");

    for (const struct server_route *r = server_routes; r->path != NULL; r++)
        if (strlen(r->path) == len && strncmp(r->path, target, len) == 0)
            return r;
    return NULL;
}
