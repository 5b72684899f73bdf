/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_REMOTE_REMOTE_H
#define GA_REMOTE_REMOTE_H

#include <pthread.h>
#include <stdatomic.h>

#include "gpuattest/remote.h"
#include "net/http.h"

struct ga_jwks;

/* Does not change after ga_remote_new() but for the flag and what the lock
 * holds. */
struct ga_remote {
    struct ga_url base;
    int version;        /* of the endpoints: 3 or 4 */
    const char *claims; /* version that is asked for */
    bool allow_hold;
    char *authorization; /* "Bearer ...", or NULL; a secret */
    struct ga_http *http;
    atomic_bool cancelled;

    pthread_mutex_t lock;
    char *jwks;      /* as the service sent it, or NULL */
    int64_t jwks_at; /* when, monotonic milliseconds */
};

/* Which kind of device a request is about. */
enum ga_remote_kind { GA_REMOTE_GPU, GA_REMOTE_SWITCH, GA_REMOTE_KINDS };

/* One request for attestation: devices of one kind and architecture. */
struct ga_remote_request {
    size_t devices;
    const char *arch;
    char *body; /* JSON */
    char *url;
    struct ga_http_ask *ask;
};

void ga_remote_request_done(struct ga_remote_request *request);

/* ga_remote_requests makes the body of each kind that the evidence has
 * (request.c).  Errors: GA_E_BAD_VALUE, GA_E_NOMEM. */
GA_MUST_USE enum ga_rc ga_remote_requests(
    const struct ga_remote *remote, const struct ga_evidence *evidence,
    const struct ga_nonce *nonce,
    struct ga_remote_request request[GA_REMOTE_KINDS], struct ga_error *err);

/* The keys of the service (keys.c).  ga_remote_keys_kept gives a copy of what
 * is kept, NULL where that is nothing or too old; `fresh` only what was fetched
 * so lately that asking again is not due. */
char *ga_remote_keys_kept(struct ga_remote *remote, int64_t now);
bool ga_remote_keys_due(struct ga_remote *remote, int64_t now);
/* ga_remote_keys_keep keeps a copy of `text`, fetched at `now`. */
GA_MUST_USE bool ga_remote_keys_keep(struct ga_remote *remote, const char *text,
                                     int64_t now);

#endif
