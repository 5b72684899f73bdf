/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_HTTP_H
#define GA_NET_HTTP_H

#include <stdatomic.h>

#include "base/limits.h"
#include "net/url.h"

/* One request and what came of it. */
struct ga_http_ask {
    const struct ga_url *to;
    const char *url;      /* at `to`; lives for the call */
    const char *what;     /* for messages: "RIM NV_GPU_..." */
    struct ga_bytes post; /* POST; ptr NULL: GET */
    const char *post_type;
    const char *accept;
    /* Further headers, name and value in turns, NULL-terminated; or NULL. */
    const char *const *headers;
    size_t max; /* bytes of the answer */

    /* GA_OK: status 200, and `body` is all of it.  GA_E_MISSING: 404.
     * GA_E_TOO_LARGE: above `max`.  GA_E_UNREACHABLE: anything else; `err` says
     * host, request, reason, and how often it was tried. */
    enum ga_rc rc;
    struct ga_buf body; /* the caller releases it */
    char type[64];      /* content type, cut off; "": none */
    struct ga_error err;
};

/* An HTTP client, shared by threads. */
struct ga_http;
struct ga_settings;

/* ga_http_new takes the settings timeout, tls-ca-cert and tls-ca-path; calls end
 * when `cancelled` is set, which lives as long.  GA_E_INVAL: a timeout that is
 * none.  GA_E_FILE: authorities that are not there, which libcurl says only at
 * the first connection.  GA_E_NOMEM, GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc ga_http_new(const struct ga_settings *set,
                                   const atomic_bool *cancelled,
                                   struct ga_http **out, struct ga_error *err);
void ga_http_free(struct ga_http *http); /* NULL is allowed */

/*
 * ga_http_run makes all requests, in parallel, and returns when each has its
 * answer or its error.  Statuses 408, 429 and 5xx and broken connections are
 * tried again.  Errors: GA_E_CANCELLED, GA_E_NOMEM, GA_E_INTERNAL; bodies are
 * the caller's to release then too.
 */
GA_MUST_USE enum ga_rc ga_http_run(struct ga_http *http,
                                   struct ga_http_ask *asks, size_t count,
                                   struct ga_error *err);

/*
 * ga_http_deadline gives the time, of a clock of its own in milliseconds, at
 * which a call that begins now has to end; ga_http_run_by makes requests that
 * end then, so that several calls can share one deadline.
 */
int64_t ga_http_deadline(const struct ga_http *http);
GA_MUST_USE enum ga_rc ga_http_run_by(struct ga_http *http, int64_t deadline,
                                      struct ga_http_ask *asks, size_t count,
                                      struct ga_error *err);

#endif
