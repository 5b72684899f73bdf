/* SPDX-License-Identifier: Apache-2.0 */
/* libgpuattest-net, loaded when the network is really needed. */
#define _GNU_SOURCE /* RTLD_NODELETE */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "cli/net.h"

#define NET_LIBRARY "libgpuattest-net.so.0"

static const struct {
    const char *name;
    size_t member; /* in struct net_api */
    bool remote;   /* needed when the attestation service is asked */
} symbols[] = {
    { "ga_net_new", offsetof(struct net_api, make), false },
    { "ga_net_free", offsetof(struct net_api, release), false },
    { "ga_net_fetch", offsetof(struct net_api, fetch), false },
    { "ga_net_rim_ids", offsetof(struct net_api, rim_ids), false },
    { "ga_net_ids_free", offsetof(struct net_api, ids_free), false },
    { "ga_remote_new", offsetof(struct net_api, remote_make), true },
    { "ga_remote_free", offsetof(struct net_api, remote_release), true },
    { "ga_remote_verify", offsetof(struct net_api, remote_verify), true },
    { "ga_remote_jwks", offsetof(struct net_api, remote_jwks), true },
};

void
net_init(struct net *n, const struct ga_settings *settings)
{
    memset(n, 0, sizeof(*n));
    pthread_mutex_init(&n->lock, NULL);
    n->settings = settings;
}

void
net_done(struct net *n)
{
    if (n->net != NULL)
        n->api.release(n->net);
    if (n->remote != NULL)
        n->api.remote_release(n->remote);
    if (n->library != NULL)
        dlclose(n->library);
    pthread_mutex_destroy(&n->lock);
    memset(n, 0, sizeof(*n));
}

static enum ga_rc
load_library(struct net *n)
{
    const char *why;

    if (n->loaded)
        return GA_OK;
    /* It stays when it is closed: what lies below it has data of threads and
     * functions for the end of the process, which its code must outlive. */
    n->library = dlopen(NET_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (n->library == NULL) {
        why = dlerror();
        return ga_fail(&n->err, GA_E_UNREACHABLE,
                       "asking a service needs " NET_LIBRARY
                       ", which cannot be loaded (%.160s); --offline asks none",
                       why != NULL ? why : "no reason given");
    }
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *symbol = dlsym(n->library, symbols[i].name);

        if (symbol == NULL && !symbols[i].remote)
            return ga_fail(&n->err, GA_E_UNREACHABLE,
                           NET_LIBRARY ": no symbol %s", symbols[i].name);
        /* POSIX allows it; ISO C has no cast from void * to a function. */
        memcpy((char *)&n->api + symbols[i].member, &symbol, sizeof(symbol));
    }
    n->loaded = true;
    return GA_OK;
}

static enum ga_rc
load(struct net *n)
{
    enum ga_rc rc = load_library(n);

    return rc == GA_OK ? n->api.make(n->settings, &n->net, &n->err) : rc;
}

enum ga_rc
net_remote(struct net *n, const struct ga_settings *settings,
           struct ga_error *err)
{
    enum ga_rc rc;

    pthread_mutex_lock(&n->lock);
    rc = load_library(n);
    if (rc != GA_OK && err != NULL)
        *err = n->err;
    if (rc == GA_OK && n->api.remote_make == NULL)
        rc = ga_fail(err, GA_E_UNREACHABLE,
                     NET_LIBRARY ": has no client of attestation services");
    if (rc == GA_OK && n->remote == NULL)
        rc = n->api.remote_make(settings, &n->remote, err);
    pthread_mutex_unlock(&n->lock);
    return rc;
}

enum ga_rc
net_open(struct net *n, struct ga_error *err)
{
    enum ga_rc rc;

    pthread_mutex_lock(&n->lock);
    if (!n->tried)
        n->rc = load(n);
    n->tried = true;
    rc = n->rc;
    if (rc != GA_OK && err != NULL)
        *err = n->err;
    pthread_mutex_unlock(&n->lock);
    return rc;
}

enum ga_rc
net_fetch(struct net *n, struct ga_fetch_item *items, size_t count,
          struct ga_error *err)
{
    struct ga_error why = { 0 };
    enum ga_rc rc = net_open(n, &why);

    if (rc == GA_OK)
        return n->api.fetch(n->net, items, count, err);
    /* A setting that is wrong is nobody's silence. */
    if (ga_error_class(rc) != GA_CLASS_IO) {
        if (err != NULL)
            *err = why;
        return rc;
    }
    for (size_t i = 0; i < count; i++) {
        items[i].rc = GA_E_UNREACHABLE;
        snprintf(items[i].text, sizeof(items[i].text), "%.*s",
                 (int)sizeof(items[i].text) - 1, why.text);
    }
    return GA_OK;
}
