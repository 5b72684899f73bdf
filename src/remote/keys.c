/* SPDX-License-Identifier: Apache-2.0 */
/* The service's keys, kept: a JWKS is asked for once an hour, and when a token
 * names a key that it does not have. */
#include <stdlib.h>
#include <string.h>

#include "remote/remote.h"

char *
ga_remote_keys_kept(struct ga_remote *remote, int64_t now)
{
    char *copy = NULL;

    pthread_mutex_lock(&remote->lock);
    if (remote->jwks != NULL && now - remote->jwks_at < GA_JWKS_AGE_MS)
        copy = strdup(remote->jwks);
    pthread_mutex_unlock(&remote->lock);
    return copy;
}

bool
ga_remote_keys_due(struct ga_remote *remote, int64_t now)
{
    bool due;

    pthread_mutex_lock(&remote->lock);
    due = remote->jwks == NULL || now - remote->jwks_at >= GA_JWKS_PAUSE_MS;
    pthread_mutex_unlock(&remote->lock);
    return due;
}

bool
ga_remote_keys_keep(struct ga_remote *remote, const char *text, int64_t now)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return false;
    pthread_mutex_lock(&remote->lock);
    free(remote->jwks);
    remote->jwks = copy;
    remote->jwks_at = now;
    pthread_mutex_unlock(&remote->lock);
    return true;
}
