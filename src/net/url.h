/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_URL_H
#define GA_NET_URL_H

#include "base/bytes.h"

/* The address of a service. */
struct ga_url {
    char *text;    /* as it is asked, with its path */
    char *host;    /* for messages: host, and port where the URL has one */
    bool loopback; /* 127.0.0.0/8, ::1, localhost */
};

/*
 * ga_url_parse accepts https to everywhere and http to loopback alone, with
 * host, port and path: no user, no query, no fragment.  `setting` names it in
 * messages.  Errors: GA_E_INVAL, GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_url_parse(const char *setting, const char *text,
                                    struct ga_url *out, struct ga_error *err);
void ga_url_done(struct ga_url *url);

/* ga_url_below makes "<text><path>" with one slash between; `path` begins with
 * one.  NULL when out of memory; the caller frees it. */
char *ga_url_below(const struct ga_url *url, const char *path);

#endif
