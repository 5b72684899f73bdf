/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_TRANSFER_H
#define GA_NET_TRANSFER_H

#include <curl/curl.h>

#include "net/http.h"

/* What all requests of a client have. */
struct ga_http_rules {
    int64_t timeout;        /* seconds, of all asks of one call */
    char *ca_file, *ca_dir; /* NULL: the system's */
    const atomic_bool *cancelled;
};

enum ga_transfer_state {
    GA_TRANSFER_WAITING = 0, /* until `wake` */
    GA_TRANSFER_RUNNING,
    GA_TRANSFER_DONE
};

/* One ask on its way, through all its attempts. */
struct ga_transfer {
    struct ga_http_ask *ask;
    enum ga_transfer_state state;
    unsigned tries;
    int64_t wake; /* milliseconds, monotonic */
    CURL *easy;
    struct curl_slist *headers;
    size_t room, passed_over; /* bytes: of the body; of other statuses' */
    bool too_large, nomem;
    char curl_text[CURL_ERROR_SIZE];
    char why[192]; /* what went wrong last */
};

/* ga_transfer_init prepares the request; false when out of memory. */
GA_MUST_USE bool ga_transfer_init(struct ga_transfer *t,
                                  const struct ga_http_rules *rules,
                                  struct ga_http_ask *ask);
void ga_transfer_done(struct ga_transfer *t);

/* ga_transfer_start begins an attempt within `multi`. */
GA_MUST_USE bool ga_transfer_start(struct ga_transfer *t, CURLM *multi);

/* ga_transfer_settle takes the end of an attempt: the transfer is done, or
 * waits for the next one.  Times are monotonic milliseconds. */
void ga_transfer_settle(struct ga_transfer *t, CURLcode code, int64_t now,
                        int64_t deadline);

/* ga_transfer_expire ends a transfer at the deadline. */
void ga_transfer_expire(struct ga_transfer *t, int64_t timeout);

#endif
