/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_REPLY_H
#define GA_SERVER_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "gpuattest/error.h"

/* What an exchange ends with. */
struct server_reply {
    unsigned status;
    const char *type;  /* static */
    const char *allow; /* for 405: static; else NULL */
    char *body;        /* owned, from malloc() */
    bool once;         /* the connection ends behind it */
    bool keep;         /* may be kept by caches for a while */
    bool retry;        /* the client may try again soon */
    bool attested;     /* a detached EAT */
};

/*
 * server_reply_error makes
 * {"code","httpStatus","message","description"}, members as NRAS names them in
 * a token; `description` is escaped.
 */
void server_reply_error(struct server_reply *r, unsigned status,
                        const char *message, const char *description);

/* The same with a code of its own. */
void server_reply_code(struct server_reply *r, unsigned status, unsigned code,
                       const char *message, const char *description);

#endif
