/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign: which are loaded, which one signs, which are published. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "server/keys.h"
#include "token/signer.h"

static struct server_key *
key_ref(struct server_key *key)
{
    atomic_fetch_add(&key->refs, 1);
    return key;
}

static void
key_drop(struct server_key *key)
{
    if (key == NULL || atomic_fetch_sub(&key->refs, 1) != 1)
        return;
    ga_signer_free(key->signer);
    free(key->file);
    free(key);
}
typedef struct server_key server_key;
GA_DEFINE_AUTO(server_key, key_drop);

void
server_keys_done(struct server_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        key_drop(keys->key[i]);
    *keys = (struct server_keys){ 0 };
}

static enum ga_rc
load_key(const char *path, struct server_key **out, struct ga_error *err)
{
    GA_AUTO(server_key) *key = calloc(1, sizeof(*key));
    const struct ga_certs *certs;
    char escaped[GA_ERROR_TEXT];
    enum ga_rc rc;

    if (key == NULL)
        return ga_nomem(err);
    atomic_init(&key->refs, 1);
    ga_escape(path, strlen(path), escaped, sizeof(escaped));
    key->file = strdup(escaped);
    if (key->file == NULL)
        return ga_nomem(err);
    rc = ga_signer_load(path, &key->signer, err);
    if (rc != GA_OK)
        return rc;
    certs = ga_signer_certs(key->signer);
    if (certs->count == 0)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "%s: no certificate: clients could not verify a token",
                       path);
    key->not_before = certs->cert[0]->not_before;
    key->not_after = certs->cert[0]->not_after;
    *out = GA_TAKE(key);
    return GA_OK;
}

static struct server_key *
same_kid(const struct server_keys *keys, const char *kid)
{
    for (size_t i = 0; i < keys->count; i++)
        if (strcmp(ga_signer_kid(keys->key[i]->signer), kid) == 0)
            return keys->key[i];
    return NULL;
}

/* Where a key belongs: the newest first, and of two of one second the one whose
 * file comes later. */
static void
insert(struct server_keys *keys, struct server_key *key)
{
    size_t at = 0;

    while (at < keys->count && keys->key[at]->not_before > key->not_before)
        at++;
    memmove(&keys->key[at + 1], &keys->key[at],
            (keys->count - at) * sizeof(*keys->key));
    keys->key[at] = key;
    keys->count = ++keys->files;
}

struct loading {
    struct server_keys *keys;
    const struct server_keys *old;
};

static enum ga_rc
add_file(void *user, const char *path, const char *name, struct ga_error *err)
{
    struct loading *l = user;
    GA_AUTO(server_key) *key = NULL;
    struct server_key *twin;
    enum ga_rc rc;

    if (strcmp(name, SERVER_AUTHORITY) == 0)
        return GA_OK;
    if (l->keys->count == SERVER_KEYS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d keys",
                       SERVER_KEYS_MAX);
    rc = load_key(path, &key, err);
    if (rc != GA_OK)
        return rc;
    twin = same_kid(l->keys, ga_signer_kid(key->signer));
    if (twin != NULL)
        return ga_fail(err, GA_E_DUPLICATE, "%s: the key of %s", path,
                       twin->file);
    /* The same key goes on being the same object, which remembers when it
     * signed; with another certificate it takes that over. */
    twin = l->old != NULL ? same_kid(l->old, ga_signer_kid(key->signer)) : NULL;
    if (twin != NULL)
        atomic_store(&key->last_used, atomic_load(&twin->last_used));
    if (twin != NULL && twin->not_before == key->not_before &&
        twin->not_after == key->not_after)
        insert(l->keys, key_ref(twin));
    else
        insert(l->keys, GA_TAKE(key));
    return GA_OK;
}

static bool
outlived(const struct server_key *key, ga_time now, int64_t lifetime)
{
    return now > atomic_load(&key->last_used) + lifetime + SERVER_KEY_LEEWAY;
}

/* Keys whose files are gone stay for the tokens that they signed. */
static void
keep_old(struct server_keys *keys, const struct server_keys *old, ga_time now,
         int64_t lifetime)
{
    for (size_t i = 0; old != NULL && i < old->count; i++) {
        struct server_key *key = old->key[i];

        if (keys->count == 2 * SERVER_KEYS_MAX)
            return;
        if (!outlived(key, now, lifetime) &&
            same_kid(keys, ga_signer_kid(key->signer)) == NULL)
            keys->key[keys->count++] = key_ref(key);
    }
}

static enum ga_rc
load_all(const char *path, struct loading *l, struct ga_error *err)
{
    static const char *const endings[] = { ".pem", NULL };
    struct stat st;

    if (stat(path, &st) != 0)
        return ga_fail(err, GA_E_FILE, "%s: no such file or directory", path);
    if (!S_ISDIR(st.st_mode))
        return add_file(l, path, "", err);
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return ga_fail(err, GA_E_FILE,
                       "%s: others can put keys there (mode %03o)", path,
                       (unsigned)st.st_mode & 0777u);
    return ga_dir_each(path, endings, add_file, l, err);
}

enum ga_rc
server_keys_load(const char *path, const struct server_keys *old, ga_time now,
                 int64_t lifetime, struct server_keys *out,
                 struct ga_error *err)
{
    struct server_keys keys = { 0 };
    struct loading l = { .keys = &keys, .old = old };
    enum ga_rc rc = load_all(path, &l, err);

    if (rc == GA_OK && keys.files == 0)
        rc = ga_fail(err, GA_E_MISSING, "%s: no key", path);
    if (rc != GA_OK) {
        server_keys_done(&keys);
        return ga_within(err, rc, "signing-key");
    }
    keep_old(&keys, old, now, lifetime);
    *out = keys;
    return GA_OK;
}

struct server_key *
server_keys_signer(const struct server_keys *keys, ga_time now)
{
    for (size_t i = 0; i < keys->files; i++)
        if (keys->key[i]->not_before <= now && now < keys->key[i]->not_after)
            return keys->key[i];
    return NULL;
}

enum ga_rc
server_keys_jwks(const struct server_keys *keys, ga_time now, int64_t lifetime,
                 char **out, struct ga_error *err)
{
    const struct ga_signer *signers[2 * SERVER_KEYS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < keys->count; i++) {
        const struct server_key *key = keys->key[i];

        /* A token cannot be verified behind the end of the certificate. */
        if (now <= key->not_after &&
            (i < keys->files || !outlived(key, now, lifetime)))
            signers[count++] = key->signer;
    }
    return ga_jwks_make(signers, count, out, err);
}
