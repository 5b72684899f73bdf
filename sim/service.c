/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP around the two services: sockets, requests, and what goes wrong. */
#define _GNU_SOURCE /* pipe2 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/escape.h"
#include "sim/out.h"
#include "sim/service.h"

/* A request that is being read. */
struct request {
    unsigned round;
    struct sim_out body;
    bool too_large;
};

/* A request's round is one behind the latest that was answered when it came: it
 * may have waited for that answer.  Requests at one time have one round. */
static unsigned
next_round(struct sim_services *all)
{
    unsigned round;

    pthread_mutex_lock(&all->lock);
    round = all->answered + 1;
    pthread_mutex_unlock(&all->lock);
    return round;
}

static void
end_round(struct sim_services *all, unsigned round)
{
    pthread_mutex_lock(&all->lock);
    if (round > all->answered)
        all->answered = round;
    pthread_mutex_unlock(&all->lock);
}

/* clang-format off */
const struct sim_service_row sim_service_rows[SIM_SERVICES] = {
    [SIM_RIM_SERVICE]  = { "rim",  "GPUATTEST_RIM_URL",  "", "application/json", 4096, sim_rim_serve },
    [SIM_OCSP_SERVICE] = { "ocsp", "GPUATTEST_OCSP_URL", "/", "application/ocsp-response", 4096, sim_ocsp_serve },
    [SIM_NRAS_SERVICE] = { "nras", "GPUATTEST_NRAS_URL", "", "application/json", GA_EVIDENCE_MAX, sim_nras_serve },
};
/* clang-format on */

/* One line per request, written at one stroke. */
static void
log_request(const struct sim_endpoint *end, const struct sim_query *q,
            const struct sim_reply *reply, unsigned round)
{
    char now[GA_TIME_TEXT], path[256], line[640];
    int n;

    ga_time_text((ga_time)time(NULL), now);
    ga_escape(q->path, strlen(q->path), path, sizeof(path));
    n = snprintf(line, sizeof(line), "%s %s %s %s %u%s %s round=%u\n", now,
                 sim_service_rows[end->service].name, q->method, path,
                 reply->status, reply->cut ? " cut" : "", reply->note, round);
    if (n > 0 && (size_t)n < sizeof(line) &&
        write(end->all->log, line, (size_t)n) != n)
        fputs("gpuattest-sim: the log of requests cannot be written\n", stderr);
}

/* Counts a request that has the trouble; whether it strikes this one. */
static bool
strikes(struct sim_endpoint *end, enum sim_fault_kind kind, unsigned *arg)
{
    const struct sim_ailment *a =
        sim_ailments_find(end->all->ill, end->service, kind);
    unsigned before;

    if (a == NULL)
        return false;
    pthread_mutex_lock(&end->all->lock);
    before = end->struck[kind]++;
    pthread_mutex_unlock(&end->all->lock);
    *arg = a->arg;
    switch (kind) {
    case SIM_T_BUSY:
        return before == 0;
    case SIM_T_STATUS:
    case SIM_T_CUT:
    case SIM_T_GARBAGE:
        return a->arg == 0 || before < a->arg;
    case SIM_T_DOWN:
    case SIM_T_SLOW:
    case SIM_T_ABSENT:
    case SIM_T_SHA256:
    case SIM_T_STALE:
    case SIM_T_REVOKED:
    case SIM_T_HOLD:
    case SIM_T_UNKNOWN:
    case SIM_T_NONCE_OTHER:
    case SIM_T_NONCE_MISSING:
    case SIM_T_SIGNATURE:
    default:
        return true;
    }
}

static enum ga_rc
say_plainly(unsigned status, const char *text, struct sim_reply *out,
            struct ga_error *err)
{
    out->status = status;
    out->type = "text/plain";
    snprintf(out->note, sizeof(out->note), "%s", text);
    return ga_buf_copy(ga_bytes_of(text, strlen(text)), &out->body, err);
}

/* Waits, and makes the answer of a service that does not work; false: it
 * works. */
static bool
fails(struct sim_endpoint *end, struct sim_reply *out, enum ga_rc *rc,
      struct ga_error *err)
{
    struct pollfd stop = { .fd = end->all->stop[0], .events = POLLIN };
    unsigned arg;

    if (strikes(end, SIM_T_SLOW, &arg))
        (void)poll(&stop, 1, (int)arg);
    if (strikes(end, SIM_T_BUSY, &arg)) {
        out->retry_after = arg;
        *rc = say_plainly(429, "too many requests\n", out, err);
        return true;
    }
    if (strikes(end, SIM_T_STATUS, &arg)) {
        *rc = say_plainly(500, "internal error\n", out, err);
        return true;
    }
    if (strikes(end, SIM_T_GARBAGE, &arg)) {
        *rc = say_plainly(200, "This is no answer.\n", out, err);
        out->type = sim_service_rows[end->service].type;
        return true;
    }
    return false;
}

static struct sim_reply
make_reply(struct sim_endpoint *end, const struct sim_query *q, bool too_large)
{
    struct sim_reply reply = { 0 };
    struct ga_error err = { 0 };
    enum ga_rc rc = GA_OK;
    unsigned arg;

    if (too_large)
        rc = say_plainly(413, "request is too large\n", &reply, &err);
    else if (!fails(end, &reply, &rc, &err))
        rc = sim_service_rows[end->service].serve(end->all, q, &reply, &err);
    if (rc != GA_OK) {
        ga_buf_done(&reply.body);
        reply = (struct sim_reply){ .status = 500 };
        snprintf(reply.note, sizeof(reply.note), "%.200s", err.text);
    }
    reply.cut = reply.status == 200 && strikes(end, SIM_T_CUT, &arg);
    for (char *p = reply.note; *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
    return reply;
}

/* A body that ends in the middle: half of it comes, then the connection is
 * closed. */
struct half {
    struct ga_buf body;
};

static ssize_t
give_half(void *user, uint64_t at, char *out, size_t max)
{
    const struct half *h = user;
    size_t end = h->body.len / 2, n;

    if (at >= end)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    n = end - (size_t)at < max ? end - (size_t)at : max;
    memcpy(out, h->body.ptr + at, n);
    return (ssize_t)n;
}

static void
half_free(void *user)
{
    struct half *h = user;

    ga_buf_done(&h->body);
    free(h);
}

/* Takes the body over. */
static struct MHD_Response *
respond(struct sim_reply *reply)
{
    size_t len = reply->body.len;
    struct MHD_Response *r;
    struct half *h;

    if (!reply->cut) {
        r = MHD_create_response_from_buffer(len, reply->body.ptr,
                                            MHD_RESPMEM_MUST_COPY);
        ga_buf_done(&reply->body);
        return r;
    }
    h = calloc(1, sizeof(*h));
    if (h == NULL) {
        ga_buf_done(&reply->body);
        return NULL;
    }
    h->body = reply->body;
    r = MHD_create_response_from_callback(len, 1024, give_half, h, half_free);
    if (r == NULL)
        half_free(h);
    return r;
}

static enum MHD_Result
send_reply(struct MHD_Connection *c, struct sim_reply *reply)
{
    struct MHD_Response *r = respond(reply);
    char seconds[16];
    enum MHD_Result done;

    if (r == NULL)
        return MHD_NO;
    snprintf(seconds, sizeof(seconds), "%u", reply->retry_after);
    if (reply->type != NULL)
        MHD_add_response_header(r, "Content-Type", reply->type);
    if (reply->allow != NULL)
        MHD_add_response_header(r, "Allow", reply->allow);
    if (reply->status == 429)
        MHD_add_response_header(r, "Retry-After", seconds);
    done = MHD_queue_response(c, reply->status, r);
    MHD_destroy_response(r);
    return done;
}

/* Called once for the head of a request, for every part of its body, and at
 * its end. */
static enum MHD_Result
on_request(void *user, struct MHD_Connection *c, const char *path,
           const char *method, const char *version, const char *data,
           size_t *len, void **own)
{
    struct sim_endpoint *end = user;
    size_t body_max = sim_service_rows[end->service].body_max;
    struct request *req = *own;
    struct sim_query q = { .method = method, .path = path };
    struct sim_reply reply;

    (void)version;
    if (req == NULL) {
        *own = req = calloc(1, sizeof(*req));
        if (req != NULL)
            req->round = next_round(end->all);
        return req != NULL ? MHD_YES : MHD_NO;
    }
    if (*len > 0) {
        req->too_large = req->too_large || *len > body_max - req->body.len;
        if (!req->too_large)
            sim_put(&req->body, data, *len);
        *len = 0;
        return MHD_YES;
    }
    if (req->body.failed)
        return MHD_NO;
    q.body = sim_out_view(&req->body);
    q.type = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Type");
    q.rim_format =
        MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "rim_format");
    reply = make_reply(end, &q, req->too_large);
    log_request(end, &q, &reply, req->round);
    end_round(end->all, req->round);
    return send_reply(c, &reply);
}

static void
on_completed(void *user, struct MHD_Connection *c, void **own,
             enum MHD_RequestTerminationCode why)
{
    struct request *req = *own;

    (void)user;
    (void)c;
    (void)why;
    if (req != NULL)
        sim_out_done(&req->body);
    free(req);
    *own = NULL;
}

/* A port of its own on 127.0.0.1.  A socket that does not listen refuses
 * connections and keeps the port from others. */
static int
open_socket(bool listening, unsigned *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        (listening && listen(fd, 128) != 0) ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

/* Connections at one time, seconds of silence, bytes of a request's head. */
#define CONNECTIONS_MAX 128u
#define SILENCE_MAX     60u
#define HEAD_MAX        ((size_t)32 * 1024)

static bool
is_down(const struct sim_endpoint *end)
{
    return sim_ailments_find(end->all->ill, end->service, SIM_T_DOWN) != NULL;
}

static enum ga_rc
open_one(struct sim_services *s, enum sim_service service, struct ga_error *err)
{
    struct sim_endpoint *end = &s->end[service];

    end->all = s;
    end->service = service;
    end->socket = open_socket(!is_down(end), &end->port);
    return end->socket >= 0 ? GA_OK
                            : ga_fail(err, GA_E_UNREACHABLE, "loopback: %s",
                                      strerror(errno));
}

static enum ga_rc
start_one(struct sim_endpoint *end, struct ga_error *err)
{
    if (is_down(end))
        return GA_OK;
    end->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
            MHD_USE_POLL | MHD_USE_ITC,
        0, NULL, NULL, on_request, end, MHD_OPTION_LISTEN_SOCKET, end->socket,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (end->daemon == NULL)
        return ga_fail(err, GA_E_UNREACHABLE, "the %s service does not start",
                       sim_service_rows[end->service].name);
    end->socket = -1; /* transferred */
    return GA_OK;
}

enum ga_rc
sim_services_open(struct sim_services *s, struct sim_world *w,
                  const struct sim_ailments *ill, const char *log,
                  struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    *s = (struct sim_services){ .w = w, .ill = ill, .stop = { -1, -1 } };
    for (enum sim_service i = 0; i < SIM_SERVICES; i++)
        s->end[i].socket = -1;
    pthread_mutex_init(&s->lock, NULL);
    s->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (s->log < 0 || pipe2(s->stop, O_CLOEXEC) != 0)
        rc = ga_fail(err, GA_E_FILE, "%s: %s", log, strerror(errno));
    for (enum sim_service i = 0; i < SIM_SERVICES && rc == GA_OK; i++)
        rc = open_one(s, i, err);
    if (rc != GA_OK)
        sim_services_stop(s);
    return rc;
}

enum ga_rc
sim_services_start(struct sim_services *s, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (enum sim_service i = 0; i < SIM_SERVICES && rc == GA_OK; i++)
        rc = start_one(&s->end[i], err);
    return rc;
}

static void
close_once(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void
sim_services_stop(struct sim_services *s)
{
    close_once(&s->stop[1]); /* wakes who waits */
    for (enum sim_service i = 0; i < SIM_SERVICES; i++) {
        if (s->end[i].daemon != NULL)
            MHD_stop_daemon(s->end[i].daemon);
        s->end[i].daemon = NULL;
        close_once(&s->end[i].socket);
    }
    close_once(&s->stop[0]);
    close_once(&s->log);
    pthread_mutex_destroy(&s->lock);
}
