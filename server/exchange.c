/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request after another: its head is judged, its body collected, the work
 * handed over, the answer sent.  Everything here runs on a thread that must not
 * wait, but for work(), which runs on a worker.
 */
#include <arpa/inet.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "server/exchange.h"

static int64_t
clock_now(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
read_peer(struct MHD_Connection *connection, char out[64])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info != NULL ? info->client_addr : NULL;
    const void *from = NULL;

    out[0] = '\0';
    if (a != NULL && a->sa_family == AF_INET)
        from = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
    else if (a != NULL && a->sa_family == AF_INET6)
        from = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
    if (from == NULL || inet_ntop(a->sa_family, from, out, 64) == NULL)
        out[0] = '\0';
}

void *
server_exchange_new(void *user, const char *target,
                    struct MHD_Connection *connection)
{
    struct server *s = user;
    struct server_exchange *x = calloc(1, sizeof(*x));
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    if (x == NULL)
        return NULL;
    x->server = s;
    x->connection = connection;
    x->client = info != NULL ? info->socket_context : NULL;
    x->started = clock_now();
    x->target = strdup(target);
    x->state = server_state_now(s);
    server_watch_phase(&s->watch, x->client, SERVER_PHASE_READING);
    return x;
}

static enum MHD_Result
add_header(void *user, enum MHD_ValueKind kind, const char *name,
           size_t name_len, const char *value, size_t value_len)
{
    struct server_head *head = user;

    (void)kind;
    if (head->count == SERVER_HEADERS_MAX) {
        head->too_many = true;
        return MHD_NO;
    }
    head->header[head->count++] = (struct server_header){
        .name = ga_bytes_of(name, name_len),
        .value = ga_bytes_of(value != NULL ? value : "", value_len),
    };
    return MHD_YES;
}

/* A UUID (RFC 9562, version 4). */
static void
make_id(char out[SERVER_ID_MAX + 1])
{
    uint8_t raw[16] = { 0 };
    char hex[33];

    /* An id is no secret; where there is no randomness nothing is signed. */
    if (RAND_bytes(raw, sizeof(raw)) != 1)
        memset(raw, 0, sizeof(raw));
    raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40);
    raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
    ga_hex(ga_bytes_of(raw, sizeof(raw)), hex);
    snprintf(out, SERVER_ID_MAX + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
             hex + 12, hex + 16, hex + 20);
}

/* Compares a header's value in any case. */
static bool
says(const struct server_head *head, const char *name, const char *value)
{
    struct ga_bytes v;

    return server_head_get(head, name, &v) && v.len == strlen(value) &&
           strncasecmp((const char *)v.ptr, value, v.len) == 0;
}

/* Nothing behind an answer like this is read. */
static void
refuse(struct server_exchange *x, unsigned status, const char *message,
       const char *description)
{
    x->reply.once = true;
    server_reply_error(&x->reply, status, message, description);
}

static bool
may_ask(struct server_exchange *x, const struct server_head *head)
{
    GA_AUTO_FREE char *text = NULL;
    const char *who = NULL;
    struct ga_bytes v;

    if (!x->route->guarded || !x->state->guarded)
        return true;
    if (server_head_get(head, "Authorization", &v)) {
        text = strndup((const char *)v.ptr, v.len);
        who = server_apikeys_find(&x->state->apikeys, text);
    }
    if (who != NULL) {
        snprintf(x->who, sizeof(x->who), "%s", who);
        return true;
    }
    refuse(x, 401, "UNAUTHORIZED", "a key that is known here is needed");
    return false;
}

static bool
check_method(struct server_exchange *x, const char *method)
{
    bool post = strcmp(method, "POST") == 0;
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

    if (x->route->get != NULL ? get : post)
        return true;
    refuse(x, 405, "METHOD_NOT_ALLOWED", "the path has another method");
    x->reply.allow = x->route->get != NULL ? "GET, HEAD" : "POST";
    return false;
}

/* application/json, whatever its parameters. */
static bool
check_type(struct server_exchange *x, const struct server_head *head)
{
    static const char json[] = "application/json";
    const size_t n = sizeof(json) - 1;
    struct ga_bytes v;

    if (server_head_get(head, "Content-Type", &v) && v.len >= n &&
        strncasecmp((const char *)v.ptr, json, n) == 0 &&
        (v.len == n || v.ptr[n] == ';' || v.ptr[n] == ' '))
        return true;
    refuse(x, 415, "UNSUPPORTED_MEDIA_TYPE",
           "Content-Type is not application/json");
    return false;
}

/* Makes room for the body, out of what all bodies together may have. */
static bool
reserve(struct server_exchange *x, const struct server_head *head)
{
    struct server *s = x->server;
    struct ga_bytes v = { 0 };
    int64_t len = 0;

    /* Digits alone, and fewer than overflow: server_head_check(). */
    if (server_head_get(head, "Content-Length", &v))
        for (size_t i = 0; i < v.len; i++)
            len = len * 10 + (v.ptr[i] - '0');
    if (len > s->o->max_body) {
        refuse(x, 413, "TOO_LARGE", "the body is above max-body");
        return false;
    }
    if (len == 0)
        return true;
    if (atomic_fetch_add(&s->metrics.body_bytes, len) + len >
        s->o->max_memory) {
        atomic_fetch_sub(&s->metrics.body_bytes, len);
        x->reply.retry = true;
        refuse(x, 503, "UNAVAILABLE", "too many requests at one time");
        return false;
    }
    x->reserved = (size_t)len;
    x->body = malloc((size_t)len);
    x->body_room = (size_t)len;
    if (x->body == NULL)
        refuse(x, 500, "INTERNAL", "internal error");
    return x->body != NULL;
}

/* Judges the head; where it is refused, x->reply says so. */
static void
begin(struct server_exchange *x, const char *method, const char *version)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct server_head head = { .method = method,
                                .target = x->target != NULL ? x->target : "",
                                .version = version,
                                .size = info != NULL ? info->header_size : 0 };
    struct server_flaw flaw;

    x->begun = true;
    snprintf(x->method, sizeof(x->method), "%s", method);
    read_peer(x->connection, x->peer);
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, add_header,
                                &head);
    flaw = server_head_check(&head);
    if (flaw.status != 0 || !server_head_id(&head, x->id))
        make_id(x->id);
    if (flaw.status != 0) {
        refuse(x, flaw.status, "BAD_REQUEST", flaw.text);
        return;
    }
    x->route = server_route_find(x->target);
    if (x->route == NULL) {
        refuse(x, 404, "NOT_FOUND", "no such path");
        return;
    }
    if (!check_method(x, method) || !may_ask(x, &head) || x->route->get != NULL)
        return;
    x->hold = says(&head, "X-NVIDIA-OCSP-ALLOW-CERT-HOLD", "true");
    if (check_type(x, &head))
        reserve(x, &head);
}

/* On a worker. */
static void
work(struct server_job *job)
{
    struct server_exchange *x = (struct server_exchange *)(void *)job;
    struct server *s = x->server;
    const struct server_question q = {
        .class = x->route->class,
        .version = x->route->version,
        .hold = x->hold,
        .id = x->id,
    };

    atomic_fetch_sub(&s->metrics.waiting, 1);
    atomic_fetch_add(&s->metrics.working, 1);
    if (clock_now() - x->complete > s->o->max_time * 1000000) {
        x->reply.retry = true;
        server_reply_error(&x->reply, 503, "UNAVAILABLE",
                           "waited too long for a worker");
    } else
        server_answer(&s->answerer, x->state, &q,
                      ga_bytes_of(x->body, x->body_len), &x->reply);
    atomic_fetch_sub(&s->metrics.working, 1);
    x->done = true;
    MHD_resume_connection(x->connection);
}

static void
hand_over(struct server_exchange *x)
{
    struct server *s = x->server;

    x->handed = true;
    x->complete = clock_now();
    x->job.run = work;
    server_watch_phase(&s->watch, x->client, SERVER_PHASE_WORKING);
    atomic_fetch_add(&s->metrics.waiting, 1);
    MHD_suspend_connection(x->connection);
    if (server_work_put(&s->work, &x->job))
        return;
    atomic_fetch_sub(&s->metrics.waiting, 1);
    x->reply.retry = true;
    server_reply_error(&x->reply, 503, "UNAVAILABLE",
                       "too many requests at one time");
    x->done = true;
    MHD_resume_connection(x->connection);
}

static bool
add_headers(struct MHD_Response *r, const struct server_exchange *x)
{
    const struct server_reply *reply = &x->reply;
    const struct {
        bool when;
        const char *name, *value;
    } headers[] = {
        { true, "Content-Type", reply->type },
        { true, "X-Content-Type-Options", "nosniff" },
        { true, "Cache-Control", reply->keep ? "max-age=300" : "no-store" },
        { true, "x-request-id", x->id },
        { reply->attested, "x-gpuattest-freshness", "caller" },
        { reply->allow != NULL, "Allow", reply->allow },
        { reply->retry, "Retry-After", "1" },
        { reply->status == 401, "WWW-Authenticate", "Bearer" },
        { reply->once || atomic_load(&x->server->stopping), "Connection",
          "close" },
    };

    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        if (headers[i].when &&
            MHD_add_response_header(r, headers[i].name, headers[i].value) !=
                MHD_YES)
            return false;
    return true;
}

/* Sends x->reply. */
static enum MHD_Result
send_reply(struct server_exchange *x)
{
    const char *body = x->reply.body != NULL ? x->reply.body : "";
    struct MHD_Response *r = MHD_create_response_from_buffer(
        strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result rc = MHD_NO;

    if (r == NULL)
        return MHD_NO;
    server_watch_phase(&x->server->watch, x->client, SERVER_PHASE_WRITING);
    if (add_headers(r, x))
        rc = MHD_queue_response(x->connection, x->reply.status, r);
    MHD_destroy_response(r);
    return rc;
}

static enum MHD_Result
collect(struct server_exchange *x, const char *data, size_t *size)
{
    /* No more than Content-Length comes; the room is that long. */
    if (*size > x->body_room - x->body_len)
        return MHD_NO;
    memcpy(x->body + x->body_len, data, *size);
    x->body_len += *size;
    *size = 0;
    return MHD_YES;
}

enum MHD_Result
server_exchange_step(void *user, struct MHD_Connection *connection,
                     const char *url, const char *method, const char *version,
                     const char *data, size_t *size, void **slot)
{
    struct server_exchange *x = *slot;

    (void)user;
    (void)connection;
    (void)url;
    if (x == NULL || x->target == NULL)
        return MHD_NO;
    if (!x->begun) {
        begin(x, method, version);
        return x->reply.status != 0 ? send_reply(x) : MHD_YES;
    }
    if (*size > 0)
        return collect(x, data, size);
    if (!x->handed && x->route->get == NULL) {
        hand_over(x);
        return MHD_YES;
    }
    if (x->route->get != NULL && x->reply.status == 0) {
        x->complete = clock_now();
        x->route->get(x->server, x->state, &x->reply);
    }
    return send_reply(x);
}

/* The line of a request. */
static void
log_end(const struct server_exchange *x, bool whole)
{
    const struct server_log *log = &x->server->log;
    int64_t now = clock_now();

    if (log->most < SERVER_INFO)
        return;
    server_log_line(
        log, SERVER_INFO, "request",
        json_pack("{s:s,s:o,s:o,s:o,s:i,s:b,s:I,s:I,s:o}", "request_id", x->id,
                  "client", server_log_text(x->peer), "method",
                  server_log_text(x->method), "path",
                  x->route != NULL ? json_string(x->route->path)
                                   : server_log_text(x->target),
                  "status", (int)x->reply.status, "sent", whole, "bytes",
                  (json_int_t)x->body_len, "us", (json_int_t)(now - x->started),
                  "key",
                  x->who[0] != '\0' ? json_string(x->who) : json_null()));
}

static void
count_end(const struct server_exchange *x, bool whole)
{
    struct server_metrics *m = &x->server->metrics;

    if (x->reply.status != 0)
        server_metrics_request(
            m, x->route != NULL ? x->route->count_as : SERVER_PATH_OTHER,
            x->reply.status);
    if (!whole)
        atomic_fetch_add(&m->cut_off, 1);
    if (x->handed)
        server_metrics_time(m, (uint64_t)(clock_now() - x->complete));
}

void
server_exchange_end(void *user, struct MHD_Connection *connection, void **slot,
                    enum MHD_RequestTerminationCode how)
{
    struct server_exchange *x = *slot;
    bool whole = how == MHD_REQUEST_TERMINATED_COMPLETED_OK;

    (void)user;
    (void)connection;
    if (x == NULL)
        return;
    *slot = NULL;
    count_end(x, whole);
    log_end(x, whole);
    server_watch_phase(&x->server->watch, x->client, SERVER_PHASE_IDLE);
    atomic_fetch_sub(&x->server->metrics.body_bytes, (long long)x->reserved);
    server_state_drop(x->state);
    free(x->body);
    free(x->reply.body);
    free(x->target);
    free(x);
}
