/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of clients: kept as hashes, compared as hashes. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hex.h"
#include "server/apikeys.h"

/* What a key begins with, so that scanners for leaked secrets know it. */
#define PREFIX "gak_"

static bool
name_ok(const char *name, size_t len)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return len >= 1 && len <= SERVER_NAME_MAX && strspn(name, allowed) >= len;
}

static enum ga_rc
add_line(const char *file, size_t number, const char *line, size_t len,
         struct server_apikeys *out, struct ga_error *err)
{
    struct server_apikey k = { 0 }, *grown;
    const char *blank = memchr(line, ' ', len);
    size_t n = blank != NULL ? (size_t)(blank - line) : len;

    if (len == 0 || line[0] == '#')
        return GA_OK;
    if (!name_ok(line, n) || blank == NULL ||
        !ga_unhex(blank + 1, len - n - 1, k.sha256, sizeof(k.sha256)))
        return ga_fail(err, GA_E_SYNTAX,
                       "%s: line %zu: no name and SHA-256 in hex", file,
                       number);
    memcpy(k.name, line, n);
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->key[i].name, k.name) == 0)
            return ga_fail(err, GA_E_DUPLICATE, "%s: line %zu: %s again", file,
                           number, k.name);
    if (out->count == SERVER_APIKEYS_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%s: more than %d keys", file,
                       SERVER_APIKEYS_MAX);
    grown = realloc(out->key, (out->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return ga_nomem(err);
    out->key = grown;
    out->key[out->count++] = k;
    return GA_OK;
}

enum ga_rc
server_apikeys_parse(const char *name, struct ga_bytes text,
                     struct server_apikeys *out, struct ga_error *err)
{
    struct server_apikeys keys = { 0 };
    const char *at = (const char *)text.ptr;
    size_t left = text.len, number = 1;
    enum ga_rc rc = GA_OK;

    for (; left > 0 && rc == GA_OK; number++) {
        const char *end = memchr(at, '\n', left);
        size_t len = end != NULL ? (size_t)(end - at) : left;
        size_t step = end != NULL ? len + 1 : len;

        rc = add_line(name, number, at, len, &keys, err);
        at += step;
        left -= step;
    }
    if (rc == GA_OK)
        *out = keys;
    else
        server_apikeys_done(&keys);
    return rc;
}

/* Who can write the file can let anybody in. */
static enum ga_rc
check_mode(const char *path, struct ga_error *err)
{
    struct stat st;

    if (stat(path, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return ga_fail(err, GA_E_FILE, "%s: others can write it (mode %03o)",
                       path, (unsigned)st.st_mode & 0777u);
    return GA_OK;
}

enum ga_rc
server_apikeys_load(const char *path, struct server_apikeys *out,
                    struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc = ga_file_read(path, SERVER_APIKEYS_FILE_MAX, &file, err);

    if (rc == GA_OK)
        rc = check_mode(path, err);
    if (rc == GA_OK)
        rc = server_apikeys_parse(path, ga_view(&file), out, err);
    return rc;
}

void
server_apikeys_done(struct server_apikeys *keys)
{
    free(keys->key);
    *keys = (struct server_apikeys){ 0 };
}

static bool
hash(const char *key, size_t len, uint8_t out[32])
{
    return EVP_Digest(key, len, out, NULL, EVP_sha256(), NULL) == 1;
}

const char *
server_apikeys_find(const struct server_apikeys *keys,
                    const char *authorization)
{
    static const char scheme[] = "Bearer ";
    const char *found = NULL, *key;
    uint8_t digest[32];

    /* RFC 9110 11.1: the scheme in any case. */
    if (authorization == NULL ||
        strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0)
        return NULL;
    key = authorization + sizeof(scheme) - 1;
    if (!hash(key, strlen(key), digest))
        return NULL;
    for (size_t i = 0; i < keys->count; i++)
        if (CRYPTO_memcmp(keys->key[i].sha256, digest, sizeof(digest)) == 0)
            found = keys->key[i].name;
    return found;
}

static enum ga_rc
make_key(char out[SERVER_APIKEY_TEXT], struct ga_error *err)
{
    uint8_t raw[32];
    GA_AUTO_FREE char *text = NULL;

    if (RAND_bytes(raw, sizeof(raw)) != 1)
        return ga_fail(err, GA_E_INTERNAL, "no random numbers");
    text = ga_base64_encode(ga_bytes_of(raw, sizeof(raw)), GA_BASE64_URL);
    OPENSSL_cleanse(raw, sizeof(raw));
    if (text == NULL)
        return ga_nomem(err);
    snprintf(out, SERVER_APIKEY_TEXT, PREFIX "%s", text);
    OPENSSL_cleanse(text, strlen(text));
    return GA_OK;
}

/* Whether the file's last line lacks its end. */
static bool
open_ended(const char *path)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    struct ga_error ignored = { 0 };

    return ga_file_read(path, SERVER_APIKEYS_FILE_MAX, &file, &ignored) ==
               GA_OK &&
           file.len > 0 && file.ptr[file.len - 1] != '\n';
}

static enum ga_rc
append(const char *path, const char *line, struct ga_error *err)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    size_t len = strlen(line);
    bool ok;

    if (fd < 0)
        return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    /* O_APPEND: two at one time make two lines. */
    ok = write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;
    if (close(fd) != 0 || !ok)
        return ga_fail(err, GA_E_FILE, "%s: cannot be written", path);
    return GA_OK;
}

enum ga_rc
server_apikeys_add(const char *path, const char *name,
                   char out[SERVER_APIKEY_TEXT], struct ga_error *err)
{
    struct server_apikeys keys = { 0 };
    char line[SERVER_NAME_MAX + 80], hex[65];
    uint8_t digest[32];
    struct stat st;
    enum ga_rc rc = GA_OK;

    if (!name_ok(name, strlen(name)))
        return ga_fail(err, GA_E_INVAL,
                       "\"%.100s\" is no name: 1 to %d of A-Z a-z 0-9 . _ -",
                       name, SERVER_NAME_MAX);
    if (stat(path, &st) == 0)
        rc = server_apikeys_load(path, &keys, err);
    for (size_t i = 0; i < keys.count && rc == GA_OK; i++)
        if (strcmp(keys.key[i].name, name) == 0)
            rc = ga_fail(err, GA_E_INVAL, "%s has a key in %s already", name,
                         path);
    server_apikeys_done(&keys);
    if (rc == GA_OK)
        rc = make_key(out, err);
    if (rc != GA_OK)
        return rc;
    if (!hash(out, strlen(out), digest))
        return ga_fail(err, GA_E_INTERNAL, "no SHA-256");
    ga_hex(ga_bytes_of(digest, sizeof(digest)), hex);
    snprintf(line, sizeof(line), "%s%s %s\n", open_ended(path) ? "\n" : "",
             name, hex);
    return append(path, line, err);
}
