/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest-server as a part of the simulated machine. */
#define _GNU_SOURCE /* pipe2 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "sim/nras.h"
#include "sim/out.h"
#include "sim/state.h"

extern char **environ;

/* Bytes of an answer: tokens of 128 devices. */
#define ANSWER_MAX ((size_t)4 * 1024 * 1024)
#define ARGUMENTS  24
#define TEXT_MAX   (PATH_MAX + 32)

struct sim_nras {
    struct sim_nras_plan plan;
    char dir[PATH_MAX];
    struct sim_nras_keys keys;
    pthread_mutex_t lock;
    pthread_cond_t change;
    pthread_t keeper;
    bool kept, wanted, tried, ends;
    struct ga_error why; /* it could not be started */
    pid_t pid;           /* 0: it does not run */
    unsigned port;       /* of the server */
    char *sample;        /* a good answer, which faulty keys are made of */
};

/* ---- the server ---- */

static void
stop_server(struct sim_nras *n)
{
    int how;

    if (n->pid <= 0)
        return;
    kill(n->pid, SIGTERM);
    while (waitpid(n->pid, &how, 0) < 0 && errno == EINTR)
        continue;
    n->pid = 0;
}

/* Beside this program where it is installed, and in the build tree. */
static bool
find_program(char out[PATH_MAX])
{
    static const char *const places[] = { "", "../server/" };
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (len <= 0)
        return false;
    self[len] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < 2; i++) {
        int n = snprintf(out, PATH_MAX, "%s/%s" SIM_SERVER_PROGRAM, self,
                         places[i]);

        if (n > 0 && n < PATH_MAX && access(out, X_OK) == 0)
            return true;
    }
    return false;
}

/* What a caller's variables say is for the caller's command. */
static bool
is_foreign(const char *text)
{
    static const char *const names[] = {
        "GPUATTEST_",   "http_proxy=", "https_proxy=", "HTTP_PROXY=",
        "HTTPS_PROXY=", "all_proxy=",  "ALL_PROXY="
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(text, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static char **
make_environ(void)
{
    size_t have = 0, n = 0;
    char **list;

    while (environ[have] != NULL)
        have++;
    list = calloc(have + 1, sizeof(*list));
    for (size_t i = 0; list != NULL && i < have; i++)
        if (!is_foreign(environ[i]))
            list[n++] = environ[i];
    return list;
}

struct arguments {
    char program[PATH_MAX];
    char text[6][TEXT_MAX];
    const char *argv[ARGUMENTS];
};

static void
make_arguments(const struct sim_nras *n, struct arguments *a)
{
    const struct sim_nras_plan *p = &n->plan;
    size_t i = 0;

    snprintf(a->text[0], TEXT_MAX, "%.*s/signer.pem", PATH_MAX - 32, n->dir);
    snprintf(a->text[1], TEXT_MAX, "http://127.0.0.1:%u", p->port);
    snprintf(a->text[2], TEXT_MAX, "http://127.0.0.1:%u", p->rim_port);
    snprintf(a->text[3], TEXT_MAX, "http://127.0.0.1:%u/", p->ocsp_port);
    snprintf(a->text[4], TEXT_MAX, "%s/world/anchors/device.pem", p->dir);
    snprintf(a->text[5], TEXT_MAX, "%s/world/anchors/rim.pem", p->dir);
    const char *const words[] = {
        a->program,
        "--listen",
        "127.0.0.1:0",
        "--signing-key",
        a->text[0],
        "--issuer",
        a->text[1],
        "--rim-url",
        a->text[2],
        "--ocsp-url",
        a->text[3],
        "--device-anchor",
        a->text[4],
        "--rim-anchor",
        a->text[5],
        "--no-cache",
        "--max-stop",
        "2s",
        "--allow-custom-anchors",
    };
    for (; i < sizeof(words) / sizeof(words[0]); i++)
        a->argv[i] = words[i];
    a->argv[i] = NULL;
}

/* In the child, where only what a signal handler may do is allowed. */
static void
become(const struct arguments *a, char **env, int out, int log, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    /* What the terminal sends is for the command; when the simulator is
     * killed, nobody else ends the server. */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent && dup2(out, STDOUT_FILENO) >= 0 &&
        dup2(log, STDERR_FILENO) >= 0)
        execve(a->program, (char *const *)(uintptr_t)a->argv, env);
    _exit(127);
}

/* "listening on http://127.0.0.1:PORT" */
static bool
read_port(int fd, unsigned *out)
{
    static const char before[] = "listening on http://127.0.0.1:";
    char line[128];
    size_t len = 0;
    unsigned port = 0;

    while (len + 1 < sizeof(line) && read(fd, &line[len], 1) == 1 &&
           line[len] != '\n')
        len++;
    line[len] = '\0';
    if (strncmp(line, before, sizeof(before) - 1) != 0)
        return false;
    for (const char *p = line + sizeof(before) - 1; *p >= '0' && *p <= '9'; p++)
        port = port * 10 + (unsigned)(*p - '0');
    *out = port;
    return port > 0 && port < 65536;
}

static enum ga_rc
spawn(struct sim_nras *n, const struct arguments *a, char **env,
      struct ga_error *err)
{
    pid_t self = getpid();
    char path[PATH_MAX];
    int ends[2], log;

    snprintf(path, sizeof(path), "%.*s/log", PATH_MAX - 8, n->dir);
    log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        if (log >= 0)
            close(log);
        return ga_fail(err, GA_E_UNREACHABLE, "%s: %s", path, strerror(errno));
    }
    n->pid = fork();
    if (n->pid == 0)
        become(a, env, ends[1], log, self);
    close(ends[1]);
    close(log);
    if (n->pid < 0 || !read_port(ends[0], &n->port)) {
        close(ends[0]);
        stop_server(n);
        return ga_fail(err, GA_E_UNREACHABLE,
                       SIM_SERVER_PROGRAM " does not start; see %s", path);
    }
    close(ends[0]);
    return GA_OK;
}

static enum ga_rc
start(struct sim_nras *n, struct ga_error *err)
{
    GA_AUTO_FREE struct arguments *a = calloc(1, sizeof(*a));
    GA_AUTO_FREE char **env = make_environ();

    if (a == NULL || env == NULL)
        return ga_nomem(err);
    if (!find_program(a->program))
        return ga_fail(err, GA_E_UNREACHABLE,
                       "no " SIM_SERVER_PROGRAM " beside gpuattest-sim");
    make_arguments(n, a);
    return spawn(n, a, env, err);
}

/*
 * The server ends with the thread that made it (PR_SET_PDEATHSIG), so that one
 * thread lives as long as the service and does nothing else.
 */
static void *
keep(void *user)
{
    struct sim_nras *n = user;

    pthread_mutex_lock(&n->lock);
    while (!n->wanted && !n->ends)
        pthread_cond_wait(&n->change, &n->lock);
    if (n->wanted)
        (void)start(n, &n->why);
    n->tried = true;
    pthread_cond_broadcast(&n->change);
    while (!n->ends)
        pthread_cond_wait(&n->change, &n->lock);
    pthread_mutex_unlock(&n->lock);
    stop_server(n);
    return NULL;
}

static enum ga_rc
start_once(struct sim_nras *n, struct ga_error *err)
{
    enum ga_rc rc;

    pthread_mutex_lock(&n->lock);
    n->wanted = true;
    pthread_cond_broadcast(&n->change);
    while (!n->tried)
        pthread_cond_wait(&n->change, &n->lock);
    rc = n->why.code;
    if (rc != GA_OK)
        (void)ga_fail(err, rc, "%s", n->why.text);
    pthread_mutex_unlock(&n->lock);
    return rc;
}

/* What the service does wrong stands in a file, and may be changed. */
static enum ga_rc
write_fault(const struct sim_nras *n, struct ga_error *err)
{
    const char *name = n->plan.fault != NULL ? n->plan.fault->name : "";

    return sim_state_put(n->plan.dir, SIM_NRAS_FAULT,
                         ga_bytes_of(name, strlen(name)), err);
}

enum ga_rc
sim_nras_new(const struct sim_nras_plan *plan, struct sim_world *w,
             struct sim_nras **out, struct ga_error *err)
{
    struct sim_nras *n = calloc(1, sizeof(*n));
    enum ga_rc rc = GA_OK;

    if (n == NULL)
        return ga_nomem(err);
    n->plan = *plan;
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->change, NULL);
    snprintf(n->dir, sizeof(n->dir), "%.*s/nras", PATH_MAX - 64, plan->dir);
    if (mkdir(n->dir, 0700) != 0)
        rc = ga_fail(err, GA_E_FILE, "%s: %s", n->dir, strerror(errno));
    if (rc == GA_OK)
        rc = sim_nras_keys_make(w, n->dir, &n->keys, err);
    if (rc == GA_OK)
        rc = write_fault(n, err);
    if (rc == GA_OK && pthread_create(&n->keeper, NULL, keep, n) != 0)
        rc = ga_fail(err, GA_E_INTERNAL, "no thread");
    n->kept = rc == GA_OK;
    if (rc == GA_OK)
        *out = n;
    else
        sim_nras_free(n);
    return rc;
}

void
sim_nras_free(struct sim_nras *n)
{
    if (n == NULL)
        return;
    pthread_mutex_lock(&n->lock);
    n->ends = true;
    pthread_cond_broadcast(&n->change);
    pthread_mutex_unlock(&n->lock);
    if (n->kept)
        pthread_join(n->keeper, NULL);
    sim_nras_keys_done(&n->keys);
    pthread_cond_destroy(&n->change);
    pthread_mutex_destroy(&n->lock);
    free(n->sample);
    free(n);
}

/* ---- asking it ---- */

static int
dial(unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
send_all(int fd, struct ga_bytes data)
{
    while (data.len > 0) {
        ssize_t n = send(fd, data.ptr, data.len, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        data = ga_bytes_of(data.ptr + n, data.len - (size_t)n);
    }
    return true;
}

static bool
exchange(int fd, const char *head, struct ga_bytes body, struct sim_out *out)
{
    char chunk[8192];
    ssize_t n;

    if (!send_all(fd, ga_bytes_of(head, strlen(head))) || !send_all(fd, body))
        return false;
    while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0 && out->len < ANSWER_MAX)
        sim_put(out, chunk, (size_t)n);
    return n == 0 && !out->failed;
}

/* The status of "HTTP/1.1 200 OK", and what stands behind the empty line. */
static bool
split(const struct sim_out *whole, struct sim_nras_answer *out,
      struct ga_error *err)
{
    static const char end[] = "\r\n\r\n";
    const char *text = (const char *)whole->ptr;
    const char *body =
        whole->len > 12 ? memmem(text, whole->len, end, 4) : NULL;

    if (body == NULL || strncmp(text, "HTTP/1.1 ", 9) != 0)
        return false;
    body += 4;
    for (size_t i = 9; i < 12; i++)
        out->status = out->status * 10 + (unsigned)(text[i] - '0');
    return ga_buf_copy(ga_bytes_of(body, whole->len - (size_t)(body - text)),
                       &out->body, err) == GA_OK;
}

enum ga_rc
sim_nras_ask(struct sim_nras *n, const char *method, const char *path,
             struct ga_bytes body, struct sim_nras_answer *out,
             struct ga_error *err)
{
    SIM_AUTO_OUT struct sim_out whole = { 0 };
    char head[512];
    bool ok;
    int fd;
    enum ga_rc rc = start_once(n, err);

    if (rc != GA_OK)
        return rc;
    snprintf(head, sizeof(head),
             "%.16s %.200s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
             "Connection: close\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n",
             method, path, body.len);
    fd = dial(n->port);
    ok = fd >= 0 && exchange(fd, head, body, &whole);
    if (fd >= 0)
        close(fd);
    if (ok && split(&whole, out, err))
        return GA_OK;
    return ga_fail(err, GA_E_UNREACHABLE, SIM_SERVER_PROGRAM " is gone");
}

/* ---- what goes wrong ---- */

/* `*out` NULL: nothing is wrong. */
static enum ga_rc
read_fault(const struct sim_nras *n, const struct sim_token_fault **out,
           struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    char path[PATH_MAX], name[64] = "";
    enum ga_rc rc;

    snprintf(path, sizeof(path), "%.*s/" SIM_NRAS_FAULT, PATH_MAX - 32,
             n->plan.dir);
    rc = ga_file_read(path, sizeof(name) - 1, &file, err);
    if (rc != GA_OK)
        return rc;
    if (file.len > 0)
        memcpy(name, file.ptr, file.len);
    name[strcspn(name, "\n")] = '\0';
    *out = sim_token_fault_find(name);
    return *out != NULL || name[0] == '\0'
               ? GA_OK
               : ga_fail(err, GA_E_BAD_VALUE, SIM_NRAS_FAULT ": no \"%s\"",
                         name);
}

/* Makes a faulty answer of a good one, and the keys that go with it. */
static enum ga_rc
make_faulty(const struct sim_nras *n, const struct sim_token_fault *fault,
            const char *good, char **answer, char **jwks, struct ga_error *err)
{
    const struct sim_token_keys keys = { .signer = n->keys.signer,
                                         .other = n->keys.other,
                                         .tls = n->keys.tls };

    return sim_token_fault_make(fault, &keys, good, (int64_t)time(NULL), answer,
                                jwks, err);
}

enum ga_rc
sim_nras_twist(struct sim_nras *n, struct ga_buf *body, struct ga_error *err)
{
    const struct sim_token_fault *fault = NULL;
    GA_AUTO_FREE char *answer = NULL, *jwks = NULL;
    enum ga_rc rc = read_fault(n, &fault, err);

    if (rc == GA_OK && fault != NULL)
        rc =
            make_faulty(n, fault, (const char *)body->ptr, &answer, &jwks, err);
    if (rc != GA_OK || fault == NULL)
        return rc;
    ga_buf_done(body);
    return ga_buf_copy(ga_bytes_of(answer, strlen(answer)), body, err);
}

/* A request with the GPUs of the world, which has them as a list. */
static char *
sample_request(const struct sim_nras *n, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    GA_AUTO(json_t) *list = NULL, *request = NULL;
    char path[PATH_MAX];
    const json_t *first;

    snprintf(path, sizeof(path), "%.*s/world/gpu.json", PATH_MAX - 32,
             n->plan.dir);
    if (ga_file_read(path, GA_EVIDENCE_MAX, &file, err) != GA_OK ||
        ga_json_parse(ga_view(&file), &list, err) != GA_OK)
        return NULL;
    first = json_array_get(list, 0);
    request =
        json_pack("{s:O,s:O,s:s,s:O}", "nonce", json_object_get(first, "nonce"),
                  "arch", json_object_get(first, "arch"), "claims_version",
                  "3.0", "evidence_list", list);
    return request != NULL ? ga_json_text(request, false) : NULL;
}

/* Asks the server about the world's own evidence, once. */
static const char *
sample_of(struct sim_nras *n, struct ga_error *err)
{
    GA_AUTO_FREE char *request = NULL;
    struct sim_nras_answer answer = { 0 };

    pthread_mutex_lock(&n->lock);
    if (n->sample == NULL)
        request = sample_request(n, err);
    pthread_mutex_unlock(&n->lock);
    if (request != NULL &&
        sim_nras_ask(n, "POST", "/v3/attest/gpu",
                     ga_bytes_of(request, strlen(request)), &answer,
                     err) == GA_OK &&
        answer.status == 200) {
        pthread_mutex_lock(&n->lock);
        if (n->sample == NULL) {
            n->sample = (char *)answer.body.ptr;
            answer.body = (struct ga_buf){ 0 };
        }
        pthread_mutex_unlock(&n->lock);
    }
    ga_buf_done(&answer.body);
    return n->sample;
}

enum ga_rc
sim_nras_keys(struct sim_nras *n, char **out, struct ga_error *err)
{
    const struct sim_token_fault *fault = NULL;
    GA_AUTO_FREE char *answer = NULL;
    const char *sample;
    enum ga_rc rc = read_fault(n, &fault, err);

    if (rc != GA_OK || fault == NULL)
        return rc;
    sample = sample_of(n, err);
    if (sample == NULL)
        return ga_fail(err, GA_E_UNREACHABLE, "no answer to make keys of");
    return make_faulty(n, fault, sample, &answer, out, err);
}
