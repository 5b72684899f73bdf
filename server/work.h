/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_WORK_H
#define GA_SERVER_WORK_H

#include <pthread.h>
#include <stdbool.h>

#include "gpuattest/error.h"

/* One thing to do, inside the caller's own object. */
struct server_job {
    struct server_job *next;
    void (*run)(struct server_job *job);
};

/*
 * Threads that do jobs in the order in which they came, so that those which
 * read and write connections never wait for a verification.
 */
struct server_work {
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct server_job *first, **last;
    size_t waiting, most;
    bool ends;
    size_t threads;
    pthread_t *thread;
};

GA_MUST_USE enum ga_rc server_work_start(struct server_work *w, size_t threads,
                                         size_t most, struct ga_error *err);

/* server_work_put has the job done; false: `most` wait already. */
GA_MUST_USE bool server_work_put(struct server_work *w, struct server_job *job);

/* server_work_stop does what waits and ends the threads. */
void server_work_stop(struct server_work *w);

#endif
