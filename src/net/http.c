/* SPDX-License-Identifier: Apache-2.0 */
/* All requests of one call, side by side, until the last has an answer. */
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/settings.h"
#include "net/transfer.h"

GA_DEFINE_AUTO_STRUCT(ga_http, ga_http_free);

/* Milliseconds after which a cancellation is seen at the latest: the flag is
 * all that a signal handler may set. */
#define POLL_MS 50

struct ga_http {
    struct ga_http_rules rules;
    pthread_mutex_t lock;
    CURLM *spare; /* keeps its connections; the first caller takes it */
};

/* The requests of one call. */
struct run {
    struct ga_http *http;
    CURLM *multi;
    struct ga_transfer *transfer;
    size_t count, running;
    int64_t deadline;
};

static int64_t
now_ms(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum ga_rc
take_path(const char *setting, const char *path, bool dir, char **out,
          struct ga_error *err)
{
    struct stat st;

    if (path == NULL)
        return GA_OK;
    if (stat(path, &st) != 0 || access(path, R_OK) != 0 ||
        (S_ISDIR(st.st_mode) != 0) != dir)
        return ga_fail(err, GA_E_FILE, "%s: %s: no %s that can be read",
                       setting, path, dir ? "directory" : "file");
    *out = strdup(path);
    return *out != NULL ? GA_OK : ga_nomem(err);
}

/* libcurl would say so at every host, as if that did not answer. */
static enum ga_rc
check_authorities(const char *path, struct ga_error *err)
{
    X509_STORE *store = X509_STORE_new();
    bool some = store != NULL && X509_STORE_load_file(store, path) == 1;

    X509_STORE_free(store);
    ERR_clear_error();
    if (store == NULL)
        return ga_nomem(err);
    return some ? GA_OK
                : ga_fail(err, GA_E_SYNTAX,
                          "tls-ca-cert: %s: no certificate in PEM", path);
}

static enum ga_rc
take_rules(struct ga_http_rules *rules, const struct ga_settings *set,
           struct ga_error *err)
{
    enum ga_rc rc;

    if (set->timeout < 1 || set->timeout > GA_NET_TIMEOUT_MAX)
        return ga_fail(err, GA_E_INVAL, "timeout: %lld s, not 1 to %d",
                       (long long)set->timeout, GA_NET_TIMEOUT_MAX);
    rules->timeout = set->timeout;
    rc =
        take_path("tls-ca-cert", set->tls_ca_cert, false, &rules->ca_file, err);
    if (rc == GA_OK && rules->ca_file != NULL)
        rc = check_authorities(rules->ca_file, err);
    if (rc == GA_OK)
        rc = take_path("tls-ca-path", set->tls_ca_path, true, &rules->ca_dir,
                       err);
    return rc;
}

enum ga_rc
ga_http_new(const struct ga_settings *set, const atomic_bool *cancelled,
            struct ga_http **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_http) *http = NULL;
    enum ga_rc rc;

    /* Counted by libcurl, under a lock of its own (7.84): no state of ours. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ga_fail(err, GA_E_INTERNAL, "libcurl does not start");
    http = calloc(1, sizeof(*http));
    if (http == NULL || pthread_mutex_init(&http->lock, NULL) != 0) {
        free(GA_TAKE(http));
        curl_global_cleanup();
        return ga_nomem(err);
    }
    http->rules.cancelled = cancelled;
    rc = take_rules(&http->rules, set, err);
    if (rc == GA_OK)
        *out = GA_TAKE(http);
    return rc;
}

void
ga_http_free(struct ga_http *http)
{
    if (http == NULL)
        return;
    curl_multi_cleanup(http->spare);
    pthread_mutex_destroy(&http->lock);
    free(http->rules.ca_file);
    free(http->rules.ca_dir);
    free(http);
    curl_global_cleanup();
}

/* Whoever comes while another has it gets one of his own. */
static CURLM *
take_multi(struct ga_http *http)
{
    CURLM *multi;

    pthread_mutex_lock(&http->lock);
    multi = http->spare;
    http->spare = NULL;
    pthread_mutex_unlock(&http->lock);
    return multi != NULL ? multi : curl_multi_init();
}

static void
give_multi(struct ga_http *http, CURLM *multi)
{
    CURLM *extra;

    pthread_mutex_lock(&http->lock);
    extra = http->spare;
    http->spare = multi;
    pthread_mutex_unlock(&http->lock);
    curl_multi_cleanup(extra);
}

static void
run_done(struct run *r)
{
    for (size_t i = 0; r->transfer != NULL && i < r->count; i++) {
        if (r->transfer[i].state == GA_TRANSFER_RUNNING)
            curl_multi_remove_handle(r->multi, r->transfer[i].easy);
        ga_transfer_done(&r->transfer[i]);
    }
    free(r->transfer);
    if (r->multi != NULL)
        give_multi(r->http, r->multi);
}

static enum ga_rc
run_init(struct run *r, struct ga_http_ask *asks, size_t count,
         struct ga_error *err)
{
    r->multi = take_multi(r->http);
    r->transfer = calloc(count, sizeof(*r->transfer));
    r->count = count;
    if (r->multi == NULL || r->transfer == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < count; i++)
        if (!ga_transfer_init(&r->transfer[i], &r->http->rules, &asks[i]))
            return ga_nomem(err);
    return GA_OK;
}

/* Starts whatever is due; gives the milliseconds until something else is. */
static enum ga_rc
start_due(struct run *r, int64_t now, int64_t *wait, struct ga_error *err)
{
    *wait = POLL_MS;
    for (size_t i = 0; i < r->count; i++) {
        struct ga_transfer *t = &r->transfer[i];

        if (t->state != GA_TRANSFER_WAITING)
            continue;
        if (t->wake > now) {
            if (t->wake - now < *wait)
                *wait = t->wake - now;
            continue;
        }
        if (r->running == GA_NET_PARALLEL_MAX)
            continue;
        if (!ga_transfer_start(t, r->multi))
            return ga_nomem(err);
        r->running++;
    }
    return GA_OK;
}

/* Takes what has ended. */
static enum ga_rc
settle_ended(struct run *r, struct ga_error *err)
{
    const CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(r->multi, &left)) != NULL) {
        CURLcode code = m->data.result;
        CURL *easy = m->easy_handle;
        struct ga_transfer *t = NULL;

        if (m->msg != CURLMSG_DONE ||
            curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK)
            return ga_fail(err, GA_E_INTERNAL, "libcurl: lost a transfer");
        curl_multi_remove_handle(r->multi, easy);
        r->running--;
        if (t->nomem || code == CURLE_OUT_OF_MEMORY) {
            t->state = GA_TRANSFER_DONE;
            return ga_nomem(err);
        }
        ga_transfer_settle(t, code, now_ms(), r->deadline);
    }
    return GA_OK;
}

static bool
pending(const struct run *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->transfer[i].state != GA_TRANSFER_DONE)
            return true;
    return false;
}

static void
expire(struct run *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct ga_transfer *t = &r->transfer[i];

        if (t->state == GA_TRANSFER_DONE)
            continue;
        if (t->state == GA_TRANSFER_RUNNING)
            curl_multi_remove_handle(r->multi, t->easy);
        ga_transfer_expire(t, r->http->rules.timeout);
    }
}

static enum ga_rc
turn(struct run *r, int64_t now, struct ga_error *err)
{
    int64_t wait;
    int running;
    enum ga_rc rc = start_due(r, now, &wait, err);

    if (rc != GA_OK)
        return rc;
    if (curl_multi_perform(r->multi, &running) != CURLM_OK)
        return ga_nomem(err);
    rc = settle_ended(r, err);
    if (rc != GA_OK || !pending(r))
        return rc;
    if (curl_multi_poll(r->multi, NULL, 0, (int)wait, NULL) != CURLM_OK)
        return ga_nomem(err);
    return GA_OK;
}

static enum ga_rc
run_all(struct run *r, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    while (rc == GA_OK && pending(r)) {
        int64_t now = now_ms();

        if (atomic_load(r->http->rules.cancelled))
            return ga_fail(err, GA_E_CANCELLED, "cancelled");
        if (now >= r->deadline)
            expire(r);
        else
            rc = turn(r, now, err);
    }
    return rc;
}

int64_t
ga_http_deadline(const struct ga_http *http)
{
    return now_ms() + http->rules.timeout * 1000;
}

enum ga_rc
ga_http_run_by(struct ga_http *http, int64_t deadline, struct ga_http_ask *asks,
               size_t count, struct ga_error *err)
{
    struct run r = { .http = http, .deadline = deadline };
    enum ga_rc rc;

    if (count == 0)
        return GA_OK;
    rc = run_init(&r, asks, count, err);
    if (rc == GA_OK)
        rc = run_all(&r, err);
    run_done(&r);
    return rc;
}

enum ga_rc
ga_http_run(struct ga_http *http, struct ga_http_ask *asks, size_t count,
            struct ga_error *err)
{
    return ga_http_run_by(http, ga_http_deadline(http), asks, count, err);
}
