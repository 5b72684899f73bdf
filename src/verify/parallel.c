/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Independent work on several threads, which live for one call: making one
 * costs a tenth of a P-384 verification, and none is left behind for a fork or
 * for a library that is unloaded.
 */
#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>

#include "base/limits.h"
#include "verify/parallel.h"

struct work {
    ga_task *task;
    void *user;
    size_t count;
    pthread_mutex_t lock; /* of all below */
    size_t next;
    size_t failed; /* the lowest one; count: none */
    enum ga_rc rc; /* of that one */
    struct ga_error err;
};

static bool
take(struct work *w, size_t *i)
{
    bool more;

    pthread_mutex_lock(&w->lock);
    more = w->failed == w->count && w->next < w->count;
    if (more)
        *i = w->next++;
    pthread_mutex_unlock(&w->lock);
    return more;
}

static void
note_failure(struct work *w, size_t i, enum ga_rc rc,
             const struct ga_error *err)
{
    pthread_mutex_lock(&w->lock);
    if (i < w->failed) {
        w->failed = i;
        w->rc = rc;
        w->err = *err;
    }
    pthread_mutex_unlock(&w->lock);
}

static void *
work(void *arg)
{
    struct work *w = arg;
    size_t i;

    while (take(w, &i)) {
        struct ga_error err = { 0 };
        enum ga_rc rc = w->task(w->user, i, &err);

        if (rc != GA_OK)
            note_failure(w, i, rc, &err);
    }
    return NULL;
}

/* Signals are for the threads of the caller. */
static size_t
start(struct work *w, pthread_t *thread, size_t wanted)
{
    sigset_t all, before;
    size_t n = 0;

    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return 0;
    while (n < wanted && pthread_create(&thread[n], NULL, work, w) == 0)
        n++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return n;
}

enum ga_rc
ga_parallel(size_t threads, size_t count, ga_task *task, void *user,
            struct ga_error *err)
{
    struct work w = { .task = task,
                      .user = user,
                      .count = count,
                      .failed = count,
                      .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t thread[GA_THREADS_MAX];
    size_t wanted = threads < count ? threads : count, started = 0;

    if (wanted > GA_THREADS_MAX)
        wanted = GA_THREADS_MAX;
    if (wanted > 1)
        started = start(&w, thread, wanted - 1);
    work(&w);
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&w.lock);
    if (w.failed == count)
        return GA_OK;
    if (err != NULL)
        *err = w.err;
    return w.rc;
}

size_t
ga_processors(void)
{
    cpu_set_t set;
    int n = 1;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        n = CPU_COUNT(&set);
    if (n < 1)
        n = 1;
    return n < GA_THREADS_MAX ? (size_t)n : GA_THREADS_MAX;
}
