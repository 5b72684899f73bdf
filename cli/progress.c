/* SPDX-License-Identifier: Apache-2.0 */
/* Work that takes long, on a terminal. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/progress.h"

/* Waits until `at` or until it is told to stop; the lock is held. */
static bool
stopped_by(struct progress *p, const struct timespec *at)
{
    int rc = 0;

    while (!p->stop && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&p->wake, &p->lock, at);
    return p->stop;
}

/* "\r" and "\033[K": back to the start of the line, and empty it. */
static void
erase(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", p->to);
    p->shown = false;
}

static void *
show(void *user)
{
    struct progress *p = user;
    struct timespec at;
    unsigned seconds = 0;

    clock_gettime(CLOCK_MONOTONIC, &at);
    pthread_mutex_lock(&p->lock);
    for (at.tv_sec++; !stopped_by(p, &at); at.tv_sec++) {
        erase(p);
        fprintf(p->to, "%s ... %u s", p->what, ++seconds);
        fflush(p->to);
        p->shown = true;
    }
    erase(p);
    fflush(p->to);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

void
progress_begin(struct progress *p, const char *what, FILE *to)
{
    pthread_condattr_t monotonic;

    memset(p, 0, sizeof(*p));
    if (!isatty(fileno(to)))
        return;
    p->what = what;
    p->to = to;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    p->running = pthread_create(&p->thread, NULL, show, p) == 0;
}

void
progress_end(struct progress *p)
{
    if (!p->running)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    memset(p, 0, sizeof(*p));
}

void
progress_hide(struct progress *p)
{
    if (p == NULL || !p->running)
        return;
    pthread_mutex_lock(&p->lock);
    erase(p);
    pthread_mutex_unlock(&p->lock);
}
