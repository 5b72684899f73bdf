/* SPDX-License-Identifier: Apache-2.0 */
/* Time limits of connections. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/fail.h"
#include "server/watch.h"

static int64_t
clock_now(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec;
}

/*
 * Whether the client has gone with its request unfinished.  libmicrohttpd does
 * not see that where the last bytes and the end came together: it reads less
 * than it has room for, and waits for an event that has been.
 */
static bool
is_gone(const struct server_client *c)
{
    char byte;

    return (c->phase == SERVER_PHASE_NEW || c->phase == SERVER_PHASE_READING ||
            c->phase == SERVER_PHASE_IDLE) &&
           recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Ends what is late or gone.  The socket is closed by its owner, who sees its
 * end. */
static void
sweep(struct server_watch *w)
{
    int64_t now = clock_now();

    for (struct server_client *c = w->all.next; c != &w->all; c = c->next) {
        bool late = c->deadline != 0 && now >= c->deadline;

        if (c->shut || (!late && !is_gone(c)))
            continue;
        shutdown(c->fd, SHUT_RDWR);
        c->shut = true;
        if (late)
            atomic_fetch_add(&w->metrics->late, 1);
    }
}

static void *
watch(void *user)
{
    struct server_watch *w = user;

    pthread_mutex_lock(&w->lock);
    while (!w->ends) {
        struct timespec t = { 0 };

        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += 1;
        pthread_cond_timedwait(&w->wake, &w->lock, &t);
        sweep(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

enum ga_rc
server_watch_start(struct server_watch *w, int64_t most,
                   struct server_metrics *metrics, struct ga_error *err)
{
    pthread_condattr_t attr;

    memset(w, 0, sizeof(*w));
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    w->all.next = w->all.prev = &w->all;
    w->most = most;
    w->metrics = metrics;
    if (pthread_create(&w->thread, NULL, watch, w) != 0)
        return ga_fail(err, GA_E_INTERNAL, "no thread");
    w->runs = true;
    return GA_OK;
}

void
server_watch_stop(struct server_watch *w)
{
    if (!w->runs)
        return;
    pthread_mutex_lock(&w->lock);
    w->ends = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    memset(w, 0, sizeof(*w));
}

struct server_client *
server_watch_add(struct server_watch *w, int fd)
{
    struct server_client *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->fd = fd;
    c->phase = SERVER_PHASE_NEW;
    c->deadline = clock_now() + w->most;
    pthread_mutex_lock(&w->lock);
    c->next = w->all.next;
    c->prev = &w->all;
    c->next->prev = c;
    w->all.next = c;
    pthread_mutex_unlock(&w->lock);
    atomic_fetch_add(&w->metrics->connections, 1);
    return c;
}

void
server_watch_drop(struct server_watch *w, struct server_client *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    c->prev->next = c->next;
    c->next->prev = c->prev;
    pthread_mutex_unlock(&w->lock);
    free(c);
    atomic_fetch_sub(&w->metrics->connections, 1);
}

void
server_watch_phase(struct server_watch *w, struct server_client *c,
                   enum server_phase phase)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    c->phase = phase;
    c->deadline = phase == SERVER_PHASE_WORKING ? 0 : clock_now() + w->most;
    pthread_mutex_unlock(&w->lock);
}

size_t
server_watch_busy(struct server_watch *w, bool new)
{
    size_t n = 0;

    pthread_mutex_lock(&w->lock);
    for (struct server_client *c = w->all.next; c != &w->all; c = c->next)
        n += c->phase != SERVER_PHASE_IDLE &&
             (new || c->phase != SERVER_PHASE_NEW);
    pthread_mutex_unlock(&w->lock);
    return n;
}
