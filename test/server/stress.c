/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stress PORT PID SECONDS THREADS GPU.request SWITCH.request
 *
 * Many clients at one time, good, bad, huge, slow and cut off, in an order that
 * is the same each time.  Every answer is held against what its request must
 * get: a good one "true", a bad one "false" or a status that refuses it.
 * Prints what came, and the server's memory; 1: a wrong answer.
 */
#define _GNU_SOURCE /* memmem */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"

/* Bytes of the largest answer: 64 devices of 6 KiB each. */
#define ANSWER_MAX (1024 * 1024)

enum kind {
    GOOD_GPU,
    GOOD_SWITCH,
    GOOD_SLOW,
    BAD_NONCE,
    BAD_BYTE,
    BAD_CUT_JSON,
    BAD_HEAD,
    BAD_HUGE,
    CUT_HEAD,
    CUT_BODY,
    CUT_ANSWER,
    PLAIN_GET,
    KINDS
};

static const char *const names[KINDS] = {
    [GOOD_GPU] = "good GPUs",
    [GOOD_SWITCH] = "good switches",
    [GOOD_SLOW] = "good, slowly",
    [BAD_NONCE] = "bad nonce",
    [BAD_BYTE] = "bad byte",
    [BAD_CUT_JSON] = "half a body",
    [BAD_HEAD] = "bad head",
    [BAD_HUGE] = "huge",
    [CUT_HEAD] = "cut off in the head",
    [CUT_BODY] = "cut off in the body",
    [CUT_ANSWER] = "gone before the answer",
    [PLAIN_GET] = "GET",
};

struct plan {
    unsigned port;
    int64_t end; /* seconds on the monotonic clock */
    struct ga_buf gpu, board;
    atomic_ullong done[KINDS], busy, wrong;
};

struct client {
    struct plan *plan;
    uint64_t random;
    pthread_t thread;
    char answer[ANSWER_MAX + 1];
};

static int64_t
clock_now(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* xorshift64*: any order will do. */
static uint32_t
next(struct client *c, uint32_t below)
{
    c->random ^= c->random >> 12;
    c->random ^= c->random << 25;
    c->random ^= c->random >> 27;
    return (uint32_t)((c->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % below;
}

static int
dial(unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    const struct timeval most = { .tv_sec = 120 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) == 0 &&
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
send_all(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static size_t
receive(int fd, char *out)
{
    size_t len = 0;
    ssize_t n;

    while (len < ANSWER_MAX &&
           (n = recv(fd, out + len, ANSWER_MAX - len, 0)) > 0)
        len += (size_t)n;
    out[len] = '\0';
    return len;
}

static bool
send_head(int fd, const char *path, size_t body)
{
    char head[256];
    int n = snprintf(head, sizeof(head),
                     "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     "Content-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     path, body);

    return send_all(fd, head, (size_t)n);
}

/* The three digits of the status; 0: no answer. */
static unsigned
status_of(const char *answer)
{
    if (strncmp(answer, "HTTP/1.1 ", 9) != 0)
        return 0;
    return (unsigned)(answer[9] - '0') * 100 +
           (unsigned)(answer[10] - '0') * 10 + (unsigned)(answer[11] - '0');
}

/* Whether the overall token says that: the second part of the first JWS. */
static bool
says(const char *answer, const char *result)
{
    static const char begin[] = "[[\"JWT\",\"";
    const char *jws = strstr(answer, begin), *from, *to;
    struct ga_buf claims = { 0 };
    char want[64];
    bool found;

    if (jws == NULL)
        return false;
    from = strchr(jws + sizeof(begin) - 1, '.');
    to = from != NULL ? strchr(from + 1, '.') : NULL;
    if (to == NULL || ga_base64_decode(from + 1, (size_t)(to - from) - 1,
                                       GA_BASE64_URL | GA_BASE64_BARE, &claims,
                                       NULL) != GA_OK)
        return false;
    snprintf(want, sizeof(want), "\"x-nvidia-overall-att-result\":%s", result);
    found = memmem(claims.ptr, claims.len, want, strlen(want)) != NULL;
    ga_buf_done(&claims);
    return found;
}

static void
wrong(struct client *c, enum kind k, const char *why)
{
    if (atomic_fetch_add(&c->plan->wrong, 1) < 10)
        fprintf(stderr, "stress: %s: %s: %.400s\n", names[k], why, c->answer);
}

/* What a verdict must be; being busy is none. */
static void
expect(struct client *c, enum kind k, const char *result)
{
    unsigned status = status_of(c->answer);

    if (status == 503)
        atomic_fetch_add(&c->plan->busy, 1);
    else if (status != 200 || !says(c->answer, result))
        wrong(c, k, "another answer");
}

static void
good(struct client *c, int fd, enum kind k)
{
    const struct ga_buf *body =
        k == GOOD_SWITCH ? &c->plan->board : &c->plan->gpu;
    const char *path =
        k == GOOD_SWITCH ? "/v3/attest/switch" : "/v4/attest/gpu";
    size_t step = k == GOOD_SLOW ? body->len / 16 + 1 : body->len;

    if (!send_head(fd, path, body->len))
        return;
    for (size_t at = 0; at < body->len; at += step) {
        size_t n = body->len - at < step ? body->len - at : step;

        if (!send_all(fd, body->ptr + at, n))
            return;
        if (k == GOOD_SLOW)
            usleep(20000);
    }
    receive(fd, c->answer);
    expect(c, k, "true");
}

/* Another nonce, or another byte of some device's report or chain. */
static void
bad(struct client *c, int fd, enum kind k)
{
    struct ga_buf body = { 0 };
    char *at;
    unsigned status;

    if (ga_buf_copy(ga_view(&c->plan->gpu), &body, NULL) != GA_OK)
        return;
    at = memmem(body.ptr, body.len,
                k == BAD_NONCE ? "\"nonce\":\"" : "\"evidence\":\"",
                k == BAD_NONCE ? 9 : 12);
    if (at != NULL) {
        at += (k == BAD_NONCE ? 9 + next(c, 64) : 12 + next(c, 4000));
        *at = *at == '1' ? '2' : '1';
    }
    if (send_head(fd, "/v3/attest/gpu", body.len) &&
        send_all(fd, body.ptr, body.len)) {
        receive(fd, c->answer);
        status = status_of(c->answer);
        /* A base64 that has become none is a malformed request. */
        if (k == BAD_NONCE || status != 400)
            expect(c, k, "false");
    }
    ga_buf_done(&body);
}

static void
refused(struct client *c, int fd, enum kind k)
{
    static const char *const heads[] = {
        "GET /health HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
        ("POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
         "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\n\r\n{}",
        "GET /health\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n",
    };
    const char *head = heads[next(c, sizeof(heads) / sizeof(heads[0]))];
    size_t half = c->plan->gpu.len / 2;
    unsigned status;

    if (k == BAD_HUGE) {
        if (send_head(fd, "/v3/attest/gpu", 50000000) &&
            send_all(fd, c->plan->gpu.ptr, c->plan->gpu.len))
            shutdown(fd, SHUT_WR);
    } else if (k == BAD_CUT_JSON) {
        if (!send_head(fd, "/v3/attest/gpu", half) ||
            !send_all(fd, c->plan->gpu.ptr, half))
            return;
    } else if (!send_all(fd, head, strlen(head)))
        return;
    receive(fd, c->answer);
    status = status_of(c->answer);
    /* A refusal may be lost where the rest of a body was never read. */
    if (status == 503)
        atomic_fetch_add(&c->plan->busy, 1);
    else if (status != 0 && (status < 400 || status > 499))
        wrong(c, k, "not refused");
}

static void
cut(struct client *c, int fd, enum kind k)
{
    const struct ga_buf *body = &c->plan->gpu;

    if (k == CUT_HEAD)
        send_all(fd, "POST /v3/attest/gpu HTTP/1.1\r\nHo", 31);
    else if (send_head(fd, "/v3/attest/gpu", body->len))
        send_all(fd, body->ptr,
                 k == CUT_BODY ? next(c, (uint32_t)body->len) : body->len);
}

static void
get(struct client *c, int fd)
{
    static const char *const paths[] = { "/health", "/metrics",
                                         "/.well-known/jwks.json" };
    char head[128];
    int n = snprintf(head, sizeof(head),
                     "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                     paths[next(c, 3)]);

    if (!send_all(fd, head, (size_t)n))
        return;
    receive(fd, c->answer);
    if (status_of(c->answer) != 200)
        wrong(c, PLAIN_GET, "not answered");
}

static void
one(struct client *c, enum kind k)
{
    int fd = dial(c->plan->port);

    c->answer[0] = '\0';
    if (fd < 0)
        return;
    if (k <= GOOD_SLOW)
        good(c, fd, k);
    else if (k <= BAD_BYTE)
        bad(c, fd, k);
    else if (k <= BAD_HUGE)
        refused(c, fd, k);
    else if (k <= CUT_ANSWER)
        cut(c, fd, k);
    else
        get(c, fd);
    close(fd);
    atomic_fetch_add(&c->plan->done[k], 1);
}

static void *
work(void *user)
{
    struct client *c = user;

    while (clock_now() < c->plan->end)
        one(c, (enum kind)next(c, KINDS));
    return NULL;
}

static void
print_memory(const char *pid)
{
    char path[64], line[256];
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%s/status", pid);
    f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, "VmRSS", 5) == 0 || strncmp(line, "VmHWM", 5) == 0)
            printf("%s", line);
    if (f != NULL)
        fclose(f);
}

static unsigned
number(const char *text)
{
    unsigned n = 0;

    for (; *text >= '0' && *text <= '9' && n < 100000; text++)
        n = n * 10 + (unsigned)(*text - '0');
    return n;
}

int
main(int argc, char **argv)
{
    static struct plan plan;
    struct client *clients;
    unsigned threads;

    if (argc != 7)
        return 2;
    plan.port = number(argv[1]);
    threads = number(argv[4]);
    if (ga_file_read(argv[5], GA_EVIDENCE_MAX, &plan.gpu, NULL) != GA_OK ||
        ga_file_read(argv[6], GA_EVIDENCE_MAX, &plan.board, NULL) != GA_OK)
        return 3;
    plan.end = clock_now() + number(argv[3]);
    clients = calloc(threads, sizeof(*clients));
    if (clients == NULL)
        return 70;
    print_memory(argv[2]);
    for (unsigned i = 0; i < threads; i++) {
        clients[i].plan = &plan;
        clients[i].random = UINT64_C(0x9e3779b97f4a7c15) * (i + 1);
        if (pthread_create(&clients[i].thread, NULL, work, &clients[i]) != 0)
            return 70;
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(clients[i].thread, NULL);
    for (size_t k = 0; k < KINDS; k++)
        printf("%-24s %llu\n", names[k], atomic_load(&plan.done[k]));
    printf("%-24s %llu\n%-24s %llu\n", "busy", atomic_load(&plan.busy), "wrong",
           atomic_load(&plan.wrong));
    print_memory(argv[2]);
    free(clients);
    ga_buf_done(&plan.gpu);
    ga_buf_done(&plan.board);
    return atomic_load(&plan.wrong) == 0 ? 0 : 1;
}
