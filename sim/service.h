/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_SERVICE_H
#define GA_SIM_SERVICE_H

#include <pthread.h>

#include "sim/nras.h"
#include "sim/trouble.h"
#include "sim/world.h"

/* A question over HTTP, as far as it matters here. */
struct sim_query {
    const char *method, *path;
    const char *rim_format; /* of the query, or NULL */
    const char *type;       /* Content-Type, or NULL */
    struct ga_bytes body;
};

/* Its answer. */
struct sim_reply {
    unsigned status;
    const char *type, *allow; /* NULL: no such header */
    unsigned retry_after;     /* seconds; 0: no such header */
    bool cut;                 /* the connection ends in the middle */
    struct ga_buf body;
    char note[256]; /* for the log */
};

struct sim_services;

/* Where one of them listens. */
struct sim_endpoint {
    struct sim_services *all;
    enum sim_service service;
    struct MHD_Daemon *daemon; /* NULL: nobody answers */
    int socket;                /* that keeps the port then, or -1 */
    unsigned port;
    unsigned struck[SIM_T_SIGNATURE + 1]; /* how often, by kind */
};

/*
 * The RIM service and the OCSP responder of a world, on loopback ports of their
 * own; a thread per connection.  The world and the ailments outlive them.
 */
struct sim_services {
    struct sim_world *w;
    const struct sim_ailments *ill;
    pthread_mutex_t lock;  /* of the world's forge, and of the counters */
    unsigned answered;     /* the latest round that has an answer */
    int log;               /* a line per request */
    int stop[2];           /* a pipe: closed, it wakes who is slow */
    struct sim_nras *nras; /* NULL: there is none */
    struct sim_endpoint end[SIM_SERVICES];
};

/*
 * sim_services_open takes the ports; whoever connects waits.  `log` is a file
 * that lines are added to.  sim_services_start answers from then on, in threads:
 * what they read (`nras`, keys of the world) is made before.
 * Errors: GA_E_FILE, GA_E_UNREACHABLE; after the first one nothing is open,
 * after the second one sim_services_stop() is still to be called.
 */
GA_MUST_USE enum ga_rc sim_services_open(struct sim_services *s,
                                         struct sim_world *w,
                                         const struct sim_ailments *ill,
                                         const char *log, struct ga_error *err);
GA_MUST_USE enum ga_rc sim_services_start(struct sim_services *s,
                                          struct ga_error *err);
void sim_services_stop(struct sim_services *s);

/* A service: answers one question.  Errors: GA_E_NOMEM, GA_E_INTERNAL. */
typedef enum ga_rc sim_serve(struct sim_services *s, const struct sim_query *q,
                             struct sim_reply *out, struct ga_error *err);
sim_serve sim_rim_serve, sim_ocsp_serve, sim_nras_serve;

/* One row per service: everything else here is the same for all of them. */
struct sim_service_row {
    const char *name;     /* in the log, and in names of troubles */
    const char *variable; /* of the environment, that leads there */
    const char *path;     /* behind the port, in that variable */
    const char *type;     /* of its answers */
    size_t body_max;      /* bytes of a request: an OCSP question has 120, a
                             board's evidence 140 KiB */
    sim_serve *serve;
};
extern const struct sim_service_row sim_service_rows[SIM_SERVICES];

#endif
