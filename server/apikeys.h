/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_APIKEYS_H
#define GA_SERVER_APIKEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Clients' keys of one file: several thousand clients. */
#define SERVER_APIKEYS_MAX 4096
/* Bytes of the file: a line of at most 200 each. */
#define SERVER_APIKEYS_FILE_MAX (SERVER_APIKEYS_MAX * 200)
/* Length of a client's name. */
#define SERVER_NAME_MAX 64

/*
 * Who may ask.  The file has a line per client, "NAME SHA256", the name of
 * [A-Za-z0-9._-] and the SHA-256 of the key as it is sent, in hex; '#' begins a
 * comment.  Keys are 256 random bits, so that a plain hash of one tells nobody
 * the key.
 */
struct server_apikeys {
    size_t count;
    struct server_apikey {
        char name[SERVER_NAME_MAX + 1];
        uint8_t sha256[32];
    } * key;
};

/* server_apikeys_load reads the file, which others must not be able to write.
 * Errors: GA_E_FILE, GA_E_TOO_LARGE, GA_E_SYNTAX, GA_E_DUPLICATE, GA_E_NOMEM,
 * GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc server_apikeys_load(const char *path,
                                           struct server_apikeys *out,
                                           struct ga_error *err);
/* The same from bytes; `name` is for messages. */
GA_MUST_USE enum ga_rc server_apikeys_parse(const char *name,
                                            struct ga_bytes text,
                                            struct server_apikeys *out,
                                            struct ga_error *err);
void server_apikeys_done(struct server_apikeys *keys);

/* server_apikeys_find returns the client that "Bearer <key>" belongs to, or
 * NULL.  Every line is compared, in constant time. */
const char *server_apikeys_find(const struct server_apikeys *keys,
                                const char *authorization);

/* server_apikeys_add makes a key for `name`, appends its hash to the file,
 * which is made where it is not there (0600), and gives the key. */
#define SERVER_APIKEY_TEXT 64
GA_MUST_USE enum ga_rc server_apikeys_add(const char *path, const char *name,
                                          char out[SERVER_APIKEY_TEXT],
                                          struct ga_error *err);

#endif
