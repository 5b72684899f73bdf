/* SPDX-License-Identifier: Apache-2.0 */
/* The service: what it is made of, and how it ends. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "server/server.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/http.h"

/* Seconds that a connection without a request is waited for at the end. */
#define SILENT_MAX 1

static ga_time
now(void)
{
    return (ga_time)time(NULL);
}

struct server_state *
server_state_now(struct server *s)
{
    struct server_state *state;

    pthread_mutex_lock(&s->lock);
    state = server_state_ref(s->state);
    pthread_mutex_unlock(&s->lock);
    return state;
}

static void
verifier_log(void *user, enum ga_log_level level, const char *line)
{
    const struct server *s = user;
    struct ga_error e = { 0 };

    if (s->log.most < SERVER_DEBUG || level > GA_LOG_DEBUG)
        return;
    snprintf(e.text, sizeof(e.text), "%s", line);
    server_log_error(&s->log, SERVER_DEBUG, "verifier", &e);
}

static enum ga_rc
verifier_fetch(void *user, struct ga_fetch_item *items, size_t count,
               struct ga_error *err)
{
    const struct server *s = user;

    return ga_net_fetch(s->net, items, count, err);
}

static enum ga_rc
make_net(struct server *s, struct ga_error *err)
{
    s->seams = (struct ga_seams){ .size = sizeof(s->seams),
                                  .user = s,
                                  .log = verifier_log };
    if (s->o->settings->offline)
        return GA_OK;
    s->seams.fetch = verifier_fetch;
    return ga_net_new(s->o->settings, &s->net, err);
}

/* Tokens and keys of clients must not pass where others can read them. */
static enum ga_rc
check_address(const struct server *s, struct ga_error *err)
{
    if (s->address.loopback || s->o->plain_http || s->o->tls_cert != NULL)
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "--listen %s: not loopback, and no --tls-cert; --plain-http "
                   "where a proxy in front has TLS",
                   s->address.text);
}

static bool
issuer_ok(const char *url)
{
    const char *rest = strstr(url, "://");

    if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) ||
        rest[3] == '\0' || url[strlen(url) - 1] == '/')
        return false;
    for (const char *p = url; *p != '\0'; p++)
        if (*p <= 0x20 || *p > 0x7e || *p == '"' || *p == '\\')
            return false;
    return true;
}

static enum ga_rc
choose_issuer(struct server *s, struct ga_error *err)
{
    char text[128];

    if (s->o->issuer != NULL && !issuer_ok(s->o->issuer))
        return ga_fail(err, GA_E_INVAL,
                       "--issuer: \"%.100s\" is no URL like "
                       "https://nras.example.com, without a / at its end",
                       s->o->issuer);
    snprintf(text, sizeof(text), "%s://%s",
             s->o->tls_cert != NULL ? "https" : "http", s->address.text);
    s->issuer = strdup(s->o->issuer != NULL ? s->o->issuer : text);
    return s->issuer != NULL ? GA_OK : ga_nomem(err);
}

static enum ga_rc
load_state(struct server *s, struct ga_error *err)
{
    bool made = false;
    enum ga_rc rc = server_keys_prepare(s->o->signing_key, now(), &made, err);

    if (rc == GA_OK)
        rc = server_state_load(s->o, &s->seams, NULL, now(), &s->state, err);
    if (rc == GA_OK && made)
        server_log_line(
            &s->log, SERVER_WARN, "keys made",
            json_pack("{s:o}", "path", server_log_text(s->o->signing_key)));
    return rc;
}

static size_t
processors(void)
{
    cpu_set_t set;
    int n;

    CPU_ZERO(&set);
    n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return n > 0 ? (size_t)n : 1;
}

static enum ga_rc
start_threads(struct server *s, int fd, struct ga_error *err)
{
    const struct server_options *o = s->o;
    size_t workers = o->workers > 0 ? (size_t)o->workers : processors();
    enum ga_rc rc =
        server_work_start(&s->work, workers, (size_t)o->max_queue, err);

    if (rc == GA_OK)
        rc = server_watch_start(&s->watch, o->max_time, &s->metrics, err);
    if (rc != GA_OK) {
        close(fd);
        return rc;
    }
    return server_http_start(s, fd, err);
}

enum ga_rc
server_start(struct server *s, const struct server_options *o,
             struct ga_error *err)
{
    int fd = -1;
    enum ga_rc rc;

    memset(s, 0, sizeof(*s));
    s->o = o;
    s->log.fd = STDERR_FILENO;
    s->log.most = (enum server_log_level)o->log_level;
    pthread_mutex_init(&s->lock, NULL);
    rc = make_net(s, err);
    if (rc == GA_OK)
        rc = load_state(s, err);
    if (rc == GA_OK)
        rc = server_http_listen(o->listen, &fd, &s->address, err);
    if (rc == GA_OK)
        rc = check_address(s, err);
    if (rc == GA_OK)
        rc = choose_issuer(s, err);
    if (rc != GA_OK) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    s->answerer = (struct server_answerer){
        .o = o, .issuer = s->issuer, .log = &s->log, .metrics = &s->metrics
    };
    return start_threads(s, fd, err);
}

void
server_reload(struct server *s)
{
    struct server_state *fresh = NULL, *old;
    struct ga_error err = { 0 };

    /* Only this thread changes it. */
    if (server_state_load(s->o, &s->seams, s->state, now(), &fresh, &err) !=
        GA_OK) {
        atomic_fetch_add(&s->metrics.reloads_failed, 1);
        server_log_error(&s->log, SERVER_ERROR, "reload failed", &err);
        return;
    }
    pthread_mutex_lock(&s->lock);
    old = s->state;
    s->state = fresh;
    pthread_mutex_unlock(&s->lock);
    server_state_drop(old);
    atomic_fetch_add(&s->metrics.reloads_ok, 1);
    server_log_line(&s->log, SERVER_INFO, "reloaded",
                    json_pack("{s:I}", "keys", (json_int_t)fresh->keys.count));
}

/* Waits for what was accepted. */
static void
drain(struct server *s)
{
    const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
    const int64_t steps = s->o->max_stop * 50;
    size_t left = 0;

    for (int64_t i = 0; i < steps; i++) {
        left = server_watch_busy(&s->watch, i < SILENT_MAX * 50);
        if (left == 0)
            return;
        nanosleep(&pause, NULL);
    }
    server_log_line(&s->log, SERVER_WARN, "max-stop",
                    json_pack("{s:I}", "connections", (json_int_t)left));
}

void
server_stop(struct server *s)
{
    atomic_store(&s->stopping, true);
    if (s->http != NULL) {
        server_http_quiet(s);
        if (s->watch.runs)
            drain(s);
    }
    /* What still waits is answered, so that no connection is suspended. */
    if (s->net != NULL)
        ga_net_cancel(s->net);
    server_work_stop(&s->work);
    server_http_stop(s);
    server_watch_stop(&s->watch);
    server_state_drop(s->state);
    ga_net_free(s->net);
    free(s->issuer);
    pthread_mutex_destroy(&s->lock);
    memset(s, 0, sizeof(*s));
}
