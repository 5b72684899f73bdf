/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_OPTIONS_H
#define GA_SERVER_OPTIONS_H

#include <stdio.h>

#include "base/settings.h"

/* Exit status of gpuattest-server: docs/server.md. */
enum {
    SERVER_EXIT_OK = 0,
    SERVER_EXIT_USAGE = 2,
    SERVER_EXIT_FILE = 3,   /* a file or directory that was named */
    SERVER_EXIT_LISTEN = 4, /* the address cannot be had */
    SERVER_EXIT_INTERNAL = 70
};

/* Words of --log-level. */
enum server_log_level { SERVER_ERROR, SERVER_WARN, SERVER_INFO, SERVER_DEBUG };

/* What the command line, the environment and the file say. */
struct server_options {
    struct ga_settings *settings; /* of the verifier */
    char *config;                 /* file of settings, or NULL */
    char *listen, *tls_cert, *tls_key;
    bool plain_http; /* no TLS where others than this machine can listen */
    char *signing_key, *issuer, *api_keys;
    struct ga_list gpu_policy, switch_policy; /* files, of one class alone */
    int64_t token_lifetime;                   /* seconds */
    bool allow_relaxed; /* tokens may say true and name what was let pass */
    /* Bounds: bytes, numbers, seconds. */
    int64_t max_body, max_header, max_memory, max_items;
    int64_t max_connections, max_per_address, max_queue;
    int64_t max_time, max_stop;
    int64_t io_threads, workers; /* workers 0: one per processor */
    unsigned log_level;          /* enum server_log_level */
    bool help, version;
    /* signer add */
    int64_t from, life; /* seconds from now; seconds */
};

enum server_row_type {
    SERVER_FLAG,     /* bool */
    SERVER_TEXT,     /* char *, owned */
    SERVER_LIST,     /* struct ga_list */
    SERVER_CHOICE,   /* unsigned, place in `words` */
    SERVER_NUMBER,   /* int64_t, `least` to `most` */
    SERVER_SIZE,     /* the same in bytes; "64k" and "1M" are understood */
    SERVER_DURATION, /* the same in seconds: "90s" */
};

/* One row per option that is no setting of the verifier. */
struct server_row {
    const char *name;
    enum server_row_type type;
    size_t member; /* offset in struct server_options */
    const char *arg, *words, *initial;
    int64_t least, most;
    const char *help; /* one line, no full stop */
};

extern const struct server_row server_rows[]; /* the last one has no name */

/* Settings of the verifier that the server takes; the last one is NULL.  What
 * is not here would let a token say more than what was verified (at, relax,
 * no-ocsp), or belongs to one request (claims-version, expect-*). */
extern const char *const server_settings[];

/*
 * server_options_read fills `o` from argv[1] on, then from the environment
 * (GPUATTEST_<NAME>; anchors never), then from the file --config: what was said
 * earlier wins.  `operands` of the words may be no option; they are left in
 * argv[1..].  Errors: GA_E_INVAL, GA_E_NOMEM, and those of reading the file.
 */
GA_MUST_USE enum ga_rc server_options_read(int argc, char **argv, int operands,
                                           struct server_options *o,
                                           struct ga_error *err);
void server_options_done(struct server_options *o);

/* server_options_help prints the rows of both tables. */
void server_options_help(FILE *to);

#endif
