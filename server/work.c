/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue and its threads. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "server/work.h"

static void *
serve(void *user)
{
    struct server_work *w = user;

    pthread_mutex_lock(&w->lock);
    for (;;) {
        struct server_job *job;

        while (w->first == NULL && !w->ends)
            pthread_cond_wait(&w->some, &w->lock);
        job = w->first;
        if (job == NULL)
            break;
        w->first = job->next;
        if (w->first == NULL)
            w->last = &w->first;
        w->waiting--;
        pthread_mutex_unlock(&w->lock);
        job->run(job);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum ga_rc
server_work_start(struct server_work *w, size_t threads, size_t most,
                  struct ga_error *err)
{
    memset(w, 0, sizeof(*w));
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->some, NULL);
    w->last = &w->first;
    w->most = most;
    w->thread = calloc(threads, sizeof(*w->thread));
    if (w->thread == NULL)
        return ga_nomem(err);
    for (; w->threads < threads; w->threads++)
        if (pthread_create(&w->thread[w->threads], NULL, serve, w) != 0) {
            server_work_stop(w);
            return ga_fail(err, GA_E_INTERNAL, "worker %zu of %zu: no thread",
                           w->threads + 1, threads);
        }
    return GA_OK;
}

bool
server_work_put(struct server_work *w, struct server_job *job)
{
    bool ok;

    pthread_mutex_lock(&w->lock);
    ok = w->waiting < w->most && !w->ends;
    if (ok) {
        job->next = NULL;
        *w->last = job;
        w->last = &job->next;
        w->waiting++;
        pthread_cond_signal(&w->some);
    }
    pthread_mutex_unlock(&w->lock);
    return ok;
}

void
server_work_stop(struct server_work *w)
{
    if (w->last == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->ends = true;
    pthread_cond_broadcast(&w->some);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->threads; i++)
        pthread_join(w->thread[i], NULL);
    free(w->thread);
    pthread_cond_destroy(&w->some);
    pthread_mutex_destroy(&w->lock);
    memset(w, 0, sizeof(*w));
}
