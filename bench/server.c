/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a request to gpuattest-server costs, beside the P-384 verifications and
 * signatures in it, and how long it takes when the server is half loaded.
 *
 *     bench_server PROGRAM
 *
 * PROGRAM is gpuattest-server; it runs on one processor, with one worker, on a
 * board of eight simulated GPUs, each request with a nonce of its own.  Costs
 * are processor time of the server, measured in turns with the bare operations;
 * latencies are wall time and mean something on an idle machine alone.
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "bench/fleet.h"

#define GPUS   8
#define WARM   20
#define BATCH  6   /* requests of one round */
#define IDLE   100 /* requests one at a time */
#define PACED  400 /* requests at half load */
#define PACERS 8   /* connections that they come on */
/* Each request is made once: a report that was seen is remembered. */
#define BODIES   (WARM + ROUNDS * BATCH + IDLE + PACED)
#define HEAD_MAX 4096
/* A warm request has one verification per report, and a signature per device
 * and one more. */
#define VERIFICATIONS GPUS
#define SIGNATURES    (GPUS + 1)

static struct ga_buf body[BODIES];
static unsigned port;

/* ---- requests ---- */

static void
make_body(struct fleet *f, size_t i)
{
    struct ga_nonce nonce = { { 0 } };
    struct ga_evidence *evidence;
    struct ga_error err = { 0 };
    char hex[2 * GA_NONCE_LEN + 1], *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);

    nonce.bytes[0] = (uint8_t)i;
    nonce.bytes[1] = (uint8_t)(i >> 8);
    nonce.bytes[2] = 0x5a;
    evidence = fleet_evidence(f, 0, GPUS, &nonce);
    ga_nonce_text(&nonce, hex);
    fprintf(to,
            "{\"nonce\":\"%s\",\"arch\":\"HOPPER\",\"claims_version\":\"3.0\","
            "\"evidence_list\":[",
            hex);
    for (size_t k = 0; k < GPUS; k++) {
        struct ga_evidence_view v;
        char *report, *chain;

        must(ga_evidence_get(evidence, k, &v, &err), &err);
        report = ga_base64_encode(ga_bytes_of(v.report, v.report_len), 0);
        chain = ga_base64_encode(ga_bytes_of(v.chain, v.chain_len), 0);
        fprintf(to, "%s{\"evidence\":\"%s\",\"certificate\":\"%s\"}",
                k > 0 ? "," : "", report, chain);
        free(report);
        free(chain);
    }
    fputs("]}", to);
    fclose(to);
    must(ga_buf_copy(ga_bytes_of(text, len), &body[i], &err), &err);
    free(text);
    ga_evidence_free(evidence);
}

static int
dial(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        die("the server does not answer");
    return fd;
}

static void
send_all(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n <= 0)
            die("the server hung up");
        at += n;
        len -= (size_t)n;
    }
}

/* Reads one answer, which must be 200, to its end. */
static void
take_answer(int fd)
{
    static const char name[] = "Content-Length: ";
    char head[HEAD_MAX + 1], chunk[16384];
    size_t len = 0, left = 0;
    char *end = NULL, *at;
    ssize_t n;

    while (end == NULL && len < HEAD_MAX &&
           (n = recv(fd, head + len, HEAD_MAX - len, 0)) > 0) {
        len += (size_t)n;
        head[len] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    at = end != NULL ? strstr(head, name) : NULL;
    if (at == NULL || strncmp(head, "HTTP/1.1 200", 12) != 0)
        die("the server did not answer with 200");
    for (at += sizeof(name) - 1; *at >= '0' && *at <= '9'; at++)
        left = left * 10 + (size_t)(*at - '0');
    left -= len - (size_t)(end + 4 - head);
    while (left > 0) {
        n = recv(fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk), 0);
        if (n <= 0)
            die("the answer ends early");
        left -= (size_t)n;
    }
}

static void
ask(int fd, size_t i)
{
    const struct ga_buf *b = &body[i];
    char head[256];
    int n = snprintf(head, sizeof(head),
                     "POST /v4/attest/gpu HTTP/1.1\r\nHost: x\r\n"
                     "Content-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     b->len);

    send_all(fd, head, (size_t)n);
    send_all(fd, b->ptr, b->len);
    take_answer(fd);
}

/* ---- the server ---- */

/* On the first processor that we may use. */
static void
pin(void)
{
    cpu_set_t all, one;

    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof(all), &all) != 0)
        return;
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &one);
            sched_setaffinity(0, sizeof(one), &one);
            return;
        }
}

static pid_t
start(const char *program, const struct fleet *f)
{
    char keys[96], rims[96], ocsp[96], device[96], rim[96], line[128] = "";
    const char *const argv[] = {
        program,
        "--listen",
        "127.0.0.1:0",
        "--signing-key",
        keys,
        "--rim-dir",
        rims,
        "--ocsp-dir",
        ocsp,
        "--device-anchor",
        device,
        "--rim-anchor",
        rim,
        "--allow-custom-anchors",
        "--ocsp-nonce",
        "accept-missing",
        "--eat-allow-relaxed",
        "--workers",
        "1",
        "--io-threads",
        "1",
        "--threads",
        "1",
        "--log-level",
        "warn",
        NULL,
    };
    int ends[2];
    size_t len = 0;
    pid_t pid;

    snprintf(keys, sizeof(keys), "%s/keys", f->dir);
    snprintf(rims, sizeof(rims), "%s/rims", f->dir);
    snprintf(ocsp, sizeof(ocsp), "%s/ocsp", f->dir);
    snprintf(device, sizeof(device), "%s/anchors/device.pem", f->dir);
    snprintf(rim, sizeof(rim), "%s/anchors/rim.pem", f->dir);
    if (pipe(ends) != 0)
        die("no pipe");
    pid = fork();
    if (pid == 0) {
        pin();
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    while (len + 1 < sizeof(line) && read(ends[0], &line[len], 1) == 1 &&
           line[len] != '\n')
        len++;
    close(ends[0]);
    for (const char *p = strrchr(line, ':');
         p != NULL && *++p >= '0' && *p <= '9';)
        port = port * 10 + (unsigned)(*p - '0');
    if (port == 0)
        die("the server does not start");
    return pid;
}

static double
spent(clockid_t of)
{
    struct timespec t;

    clock_gettime(of, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- bare signatures ---- */

static double
bare_sign(EVP_PKEY *key)
{
    static const uint8_t digest[48];
    double begin = now();

    for (int i = 0; i < BARE; i++) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
        uint8_t sig[128];
        size_t len = sizeof(sig);

        if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
            EVP_PKEY_sign(ctx, sig, &len, digest, sizeof(digest)) != 1)
            die("no signature");
        EVP_PKEY_CTX_free(ctx);
    }
    return (now() - begin) / BARE;
}

/* ---- what is printed ---- */

static void
measure_cost(int fd, clockid_t of)
{
    double request[ROUNDS], ratio[ROUNDS], verify[ROUNDS], sign[ROUNDS];
    EVP_PKEY *key = EVP_EC_gen("P-384");
    size_t next = WARM;

    for (int r = 0; r < ROUNDS; r++) {
        double v = bare(), s = bare_sign(key), begin = spent(of);

        for (int i = 0; i < BATCH; i++)
            ask(fd, next++);
        request[r] = (spent(of) - begin) / BATCH;
        verify[r] = (v + bare()) / 2;
        sign[r] = (s + bare_sign(key)) / 2;
        ratio[r] =
            (VERIFICATIONS * verify[r] + SIGNATURES * sign[r]) / request[r];
    }
    EVP_PKEY_free(key);
    printf("| request, %d GPUs, warm, us of processor time | %.0f | |\n", GPUS,
           1e6 * median_of(request, ROUNDS));
    printf("| bare verification, %d in a request, us | %.0f | |\n",
           VERIFICATIONS, 1e6 * median_of(verify, ROUNDS));
    printf("| bare signature, %d in a request, us | %.0f | |\n", SIGNATURES,
           1e6 * median_of(sign, ROUNDS));
    printf("| throughput over what these alone would allow | %.2f | 0.75 |\n",
           median_of(ratio, ROUNDS));
}

struct pacer {
    pthread_t thread;
    int fd;
    size_t number;
    double begin, step, *latency; /* of all pacers together */
};

static void
wait_until(double t)
{
    const struct timespec at = { .tv_sec = (time_t)t,
                                 .tv_nsec =
                                     (long)((t - (double)(time_t)t) * 1e9) };

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* Latency counts from the time at which the request was due: one that comes
 * late because the one before it was slow has waited. */
static void *
pace(void *user)
{
    struct pacer *p = user;

    for (size_t i = p->number; i < PACED; i += PACERS) {
        double due = p->begin + p->step * (double)i;

        wait_until(due);
        ask(p->fd, BODIES - PACED + i);
        p->latency[i] = wall() - due;
    }
    return NULL;
}

static void
measure_latency(int fd)
{
    static double idle[IDLE], loaded[PACED];
    struct pacer pacer[PACERS];
    double one, begin;

    for (size_t i = 0; i < IDLE; i++) {
        begin = wall();
        ask(fd, BODIES - PACED - IDLE + i);
        idle[i] = wall() - begin;
    }
    one = median_of(idle, IDLE);
    begin = wall() + 0.1;
    for (size_t i = 0; i < PACERS; i++) {
        pacer[i] = (struct pacer){ .fd = dial(),
                                   .number = i,
                                   .begin = begin,
                                   .step = 2 * one,
                                   .latency = loaded };
        if (pthread_create(&pacer[i].thread, NULL, pace, &pacer[i]) != 0)
            die("no thread");
    }
    for (size_t i = 0; i < PACERS; i++) {
        pthread_join(pacer[i].thread, NULL);
        close(pacer[i].fd);
    }
    sort_doubles(loaded, PACED);
    printf("| idle, one at a time, median, us | %.0f | |\n", 1e6 * one);
    printf("| idle, 99th percentile, us | %.0f | |\n",
           1e6 * idle[IDLE - 1 - IDLE / 100]);
    printf("| half load, median, us | %.0f | |\n", 1e6 * loaded[PACED / 2]);
    printf("| half load, 99th percentile, us | %.0f | |\n",
           1e6 * loaded[PACED - 1 - PACED / 100]);
    printf("| half load's 99th percentile over an idle request | %.2f | 3 |\n",
           loaded[PACED - 1 - PACED / 100] / one);
}

int
main(int argc, char **argv)
{
    struct fleet f;
    clockid_t of;
    pid_t pid;
    int fd, how;

    if (argc != 2)
        die("usage: bench_server PROGRAM");
    bare_init();
    fleet_make_at(&f, GPUS, (int64_t)time(NULL));
    for (size_t i = 0; i < BODIES; i++)
        make_body(&f, i);
    pid = start(argv[1], &f);
    if (clock_getcpuclockid(pid, &of) != 0)
        die("no clock of the server");
    fd = dial();
    for (size_t i = 0; i < WARM; i++)
        ask(fd, i);
    puts("| what | measured | wanted |\n|---|---|---|");
    measure_cost(fd, of);
    measure_latency(fd);
    close(fd);
    kill(pid, SIGTERM);
    waitpid(pid, &how, 0);
    for (size_t i = 0; i < BODIES; i++)
        ga_buf_done(&body[i]);
    fleet_done(&f);
    bare_done();
    return 0;
}
