/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_KEYS_H
#define GA_SERVER_KEYS_H

#include <stdatomic.h>

#include "base/time.h"
#include "gpuattest/token.h"

/* Keys in one directory. */
#define SERVER_KEYS_MAX 32
/* Bytes of a key's file: a key and four certificates are 4 KiB. */
#define SERVER_KEY_FILE_MAX (64 * 1024)
/* Seconds that a key stays in the JWKS behind the end of its last token, for
 * clients whose clocks are late. */
#define SERVER_KEY_LEEWAY 300
/* The file of the authority in a directory of keys. */
#define SERVER_AUTHORITY "authority.pem"

/* A key that signs, or has signed, tokens.  Shared by key rings. */
struct server_key {
    atomic_uint refs;
    struct ga_signer *signer;
    char *file;                    /* escaped, for messages */
    ga_time not_before, not_after; /* of its certificate */
    atomic_llong last_used;        /* seconds; 0: never */
};

/*
 * The keys of one loading.  Those of files are sorted by the beginning of their
 * certificate, the newest first; behind them stand keys whose files are gone
 * and whose tokens still live.
 */
struct server_keys {
    size_t files, count;
    struct server_key *key[2 * SERVER_KEYS_MAX];
};

/*
 * server_keys_load reads `path`: one file with a key and its certificates, leaf
 * first, or a directory of them (*.pem, but for authority.pem).  `old` (NULL:
 * none) is what was loaded before; `lifetime` that of tokens.  Errors: those of
 * ga_signer_load(); GA_E_MISSING where there is no key; GA_E_DUPLICATE for one
 * key in two files; GA_E_BAD_VALUE for a key without a certificate.
 */
GA_MUST_USE enum ga_rc server_keys_load(const char *path,
                                        const struct server_keys *old,
                                        ga_time now, int64_t lifetime,
                                        struct server_keys *out,
                                        struct ga_error *err);
void server_keys_done(struct server_keys *keys);

/* server_keys_signer returns the key that signs at `now`: the newest one whose
 * certificate is valid; NULL where there is none.  Borrowed. */
struct server_key *server_keys_signer(const struct server_keys *keys,
                                      ga_time now);

/* server_keys_jwks prints every key that a living token can name, or one that
 * is yet to come.  The caller releases it with ga_text_free(). */
GA_MUST_USE enum ga_rc server_keys_jwks(const struct server_keys *keys,
                                        ga_time now, int64_t lifetime,
                                        char **out, struct ga_error *err);

/* ---- the files (keyfiles.c) ---- */

/* server_keys_prepare fills the directory `path` with an authority and a first
 * key where there is none; a file is left alone.  `*made` says whether it
 * did. */
GA_MUST_USE enum ga_rc server_keys_prepare(const char *path, ga_time now,
                                           bool *made, struct ga_error *err);

/* When a new key signs. */
struct server_key_life {
    ga_time now, from; /* `from`: the beginning of its certificate */
    int64_t life;      /* seconds */
};

/* server_keys_add makes one more key under the directory's authority; `file`
 * receives its name, which the caller frees. */
GA_MUST_USE enum ga_rc server_keys_add(const char *dir,
                                       const struct server_key_life *life,
                                       char **file, struct ga_error *err);

/* server_keys_anchor gives the certificate that clients pin, in PEM: the
 * authority's, or of a single file the last one in it.  The caller frees
 * it. */
GA_MUST_USE enum ga_rc server_keys_anchor(const char *path, char **out,
                                          struct ga_error *err);

#endif
