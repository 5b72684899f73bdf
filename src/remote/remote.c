/* SPDX-License-Identifier: Apache-2.0 */
/* A client of an attestation service: made of settings, ended by its owner. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/service.h"
#include "base/settings.h"
#include "remote/remote.h"

GA_DEFINE_AUTO_STRUCT(ga_remote, ga_remote_free);
GA_DEFINE_AUTO_STRUCT(ga_settings, ga_settings_free);

/* In the order of enum ga_claims_version, which the setting holds. */
static const char *const claims_versions[] = { "2.0", "3.0", "4.0" };

void
ga_remote_free(struct ga_remote *remote)
{
    if (remote == NULL)
        return;
    ga_http_free(remote->http);
    ga_url_done(&remote->base);
    if (remote->authorization != NULL)
        OPENSSL_cleanse(remote->authorization, strlen(remote->authorization));
    free(remote->authorization);
    free(remote->jwks);
    pthread_mutex_destroy(&remote->lock);
    free(remote);
}

void
ga_remote_cancel(struct ga_remote *remote)
{
    atomic_store(&remote->cancelled, true);
}

/* A character that ends a header would begin another one. */
static bool
key_ok(const char *key)
{
    for (; *key != '\0'; key++)
        if (*key < 0x21 || *key > 0x7e)
            return false;
    return true;
}

static enum ga_rc
take_key(struct ga_remote *r, const struct ga_settings *set,
         struct ga_error *err)
{
    size_t n;

    if (set->service_key == NULL)
        return GA_OK;
    if (!key_ok(set->service_key))
        return ga_fail(err, GA_E_INVAL,
                       "service-key: a character that no key has");
    n = strlen(set->service_key) + sizeof("Bearer ");
    r->authorization = malloc(n);
    if (r->authorization == NULL)
        return ga_nomem(err);
    snprintf(r->authorization, n, "Bearer %s", set->service_key);
    return GA_OK;
}

static enum ga_rc
take_url(struct ga_remote *r, const struct ga_settings *set,
         struct ga_error *err)
{
    const char *url = set->nras_url != NULL ? set->nras_url : GA_NRAS_URL;
    GA_AUTO_FREE char *base = ga_service_base(url);
    int version = ga_service_version(url);

    if (base == NULL)
        return ga_nomem(err);
    r->version = version != 0 ? version : 4;
    return ga_url_parse("nras-url", base, &r->base, err);
}

enum ga_rc
ga_remote_new(const struct ga_settings *set, struct ga_remote **out,
              struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_settings) *defaults = NULL;
    GA_AUTO_STRUCT(ga_remote) *r = calloc(1, sizeof(*r));
    enum ga_rc rc = GA_OK;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "remote: NULL");
    if (r == NULL || pthread_mutex_init(&r->lock, NULL) != 0) {
        free(GA_TAKE(r));
        return ga_nomem(err);
    }
    if (set == NULL) {
        rc = ga_settings_new(&defaults, err);
        set = defaults;
    }
    if (rc != GA_OK)
        return rc;
    r->claims = claims_versions[set->claims_version];
    r->allow_hold = set->allow_hold;
    rc = take_key(r, set, err);
    if (rc == GA_OK)
        rc = take_url(r, set, err);
    if (rc == GA_OK)
        rc = ga_http_new(set, &r->cancelled, &r->http, err);
    if (rc == GA_OK)
        *out = GA_TAKE(r);
    return rc;
}
