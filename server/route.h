/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_ROUTE_H
#define GA_SERVER_ROUTE_H

#include "server/server.h"

/* What a path does; `now` is the present. */
typedef void server_get(struct server *s, struct server_state *state,
                        struct server_reply *out);

/* One row per path. */
struct server_route {
    const char *path;
    enum server_path count_as;
    server_get *get;         /* NULL: it is POST, an attestation */
    enum server_class class; /* of an attestation */
    const char *version;     /* its claims where the body names none */
    bool guarded;            /* needs a key where there are any */
};

extern const struct server_route server_routes[]; /* the last has no path */

/* server_route_find returns the row of a target's path, or NULL. */
const struct server_route *server_route_find(const char *target);

#endif
