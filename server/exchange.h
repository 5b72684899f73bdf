/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_EXCHANGE_H
#define GA_SERVER_EXCHANGE_H

#include <microhttpd.h>

#include "server/route.h"
#include "server/strict.h"

/* A request and its answer, from the request line to the last byte sent. */
struct server_exchange {
    struct server_job job;
    struct server *server;
    struct MHD_Connection *connection;
    struct server_client *client;
    struct server_state *state; /* that it began with */
    const struct server_route *route;
    char *target;                  /* as it came */
    char method[16];               /* for the log */
    char id[SERVER_ID_MAX + 1];    /* x-request-id */
    char peer[64];                 /* address of the client */
    char who[SERVER_NAME_MAX + 1]; /* name of its key, "" for none */
    bool hold, begun, handed, done;
    int64_t started, complete; /* microseconds on the monotonic clock */
    size_t body_len, body_room;
    uint8_t *body;
    size_t reserved; /* of max-memory */
    struct server_reply reply;
};

/* libmicrohttpd's callbacks; `user` is the struct server. */
void *server_exchange_new(void *user, const char *target,
                          struct MHD_Connection *connection);
enum MHD_Result server_exchange_step(void *user,
                                     struct MHD_Connection *connection,
                                     const char *url, const char *method,
                                     const char *version, const char *data,
                                     size_t *size, void **slot);
void server_exchange_end(void *user, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode how);

#endif
