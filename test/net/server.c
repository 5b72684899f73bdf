/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted server. */
#define _GNU_SOURCE /* strcasestr, memmem */
#include "support/test.h"

#include "net/server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 4096
#define REQUEST_MAX (64 * 1024)

struct connection {
    struct server *server;
    pthread_t thread;
    int fd;
    SSL *ssl;
};

struct server {
    server_script *script;
    void *user;
    SSL_CTX *tls;
    int fd;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t changed;
    bool stop;
    unsigned connections, requests, answering, most;
    struct connection connection[CONNECTIONS];
    char *head[CONNECTIONS];
    int64_t at[CONNECTIONS];
};

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static ssize_t
receive(struct connection *c, void *to, size_t n)
{
    return c->ssl != NULL ? SSL_read(c->ssl, to, (int)n)
                          : recv(c->fd, to, n, 0);
}

static void
transmit(struct connection *c, const void *from, size_t n)
{
    const char *p = from;

    while (n > 0) {
        ssize_t done = c->ssl != NULL ? SSL_write(c->ssl, p, (int)n)
                                      : send(c->fd, p, n, MSG_NOSIGNAL);

        if (done <= 0)
            return;
        p += done;
        n -= (size_t)done;
    }
}

/* Reads head and body; the length of the head, or 0. */
static size_t
read_request(struct connection *c, char *to, size_t *len)
{
    size_t used = 0, head = 0, body = 0;

    while (used < REQUEST_MAX && (head == 0 || used < head + body)) {
        ssize_t n = receive(c, to + used, REQUEST_MAX - used);
        const char *end;

        if (n <= 0)
            return 0;
        used += (size_t)n;
        to[used] = '\0';
        end = strstr(to, "\r\n\r\n");
        if (head == 0 && end != NULL) {
            const char *field = strcasestr(to, "\r\ncontent-length:");

            head = (size_t)(end - to) + 4;
            if (field != NULL && field < end)
                body = strtoul(field + 17, NULL, 10);
        }
    }
    *len = used;
    return head;
}

/* Waits for a time, or for others to be answered too, or for the end. */
static void
wait_as_said(struct server *s, const struct response *r)
{
    int64_t end = now_ms() + r->delay_ms, late = now_ms() + 5000;

    pthread_mutex_lock(&s->lock);
    while (!s->stop &&
           (now_ms() < end || (s->most < r->wait_for && now_ms() < late))) {
        struct timespec t;

        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 10000000;
        if (t.tv_nsec >= 1000000000) {
            t.tv_nsec -= 1000000000;
            t.tv_sec++;
        }
        pthread_cond_timedwait(&s->changed, &s->lock, &t);
    }
    pthread_mutex_unlock(&s->lock);
}

static void
respond(struct connection *c, const struct response *r)
{
    char head[1024];
    int n;

    if (r->raw != NULL) {
        transmit(c, r->raw, strlen(r->raw));
        return;
    }
    if (r->status == 0)
        return;
    n = snprintf(head, sizeof(head),
                 "HTTP/1.1 %d Said\r\nConnection: close\r\n"
                 "Content-Length: %zu\r\n%s\r\n",
                 r->status, r->len, r->headers != NULL ? r->headers : "");
    transmit(c, head, (size_t)n);
    transmit(c, r->body, r->cut > 0 ? r->cut : r->len);
}

static void
answer(struct connection *c, char *text)
{
    struct server *s = c->server;
    struct response out = { .status = 200 };
    struct request in = { .head = text };
    size_t len, head = read_request(c, text, &len);
    char *path, *end;

    if (head == 0)
        return;
    in.body = (uint8_t *)text + head;
    in.body_len = len - head;
    text[head - 1] = '\0';
    pthread_mutex_lock(&s->lock);
    in.number = s->requests++;
    s->at[in.number] = now_ms();
    s->head[in.number] = strdup(text);
    s->answering++;
    if (s->answering > s->most)
        s->most = s->answering;
    pthread_cond_broadcast(&s->changed);
    path = strdup(strchr(text, ' ') + 1);
    pthread_mutex_unlock(&s->lock);
    end = strchr(path, ' ');
    *end = '\0';
    in.path = path;
    s->script(s->user, &in, &out);
    wait_as_said(s, &out);
    /* Before the client can see the answer and ask again. */
    pthread_mutex_lock(&s->lock);
    s->answering--;
    pthread_mutex_unlock(&s->lock);
    respond(c, &out);
    free(out.body);
    free(path);
}

static void *
serve(void *user)
{
    struct connection *c = user;
    char *text = malloc(REQUEST_MAX + 1);
    sigset_t pipe_gone;

    /* A client that hangs up kills no server; libssl writes without
     * MSG_NOSIGNAL.  The threads of the client keep the signal. */
    sigemptyset(&pipe_gone);
    sigaddset(&pipe_gone, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_gone, NULL);
    if (c->server->tls != NULL) {
        c->ssl = SSL_new(c->server->tls);
        SSL_set_fd(c->ssl, c->fd);
        if (SSL_accept(c->ssl) != 1) {
            SSL_free(c->ssl);
            shutdown(c->fd, SHUT_RDWR);
            free(text);
            return NULL;
        }
    }
    answer(c, text);
    free(text);
    if (c->ssl != NULL)
        SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    shutdown(c->fd, SHUT_RDWR);
    return NULL;
}

static void *
accept_all(void *user)
{
    struct server *s = user;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        struct connection *c;

        pthread_mutex_lock(&s->lock);
        if (s->stop || s->connections == CONNECTIONS) {
            pthread_mutex_unlock(&s->lock);
            close(fd);
            break;
        }
        c = &s->connection[s->connections++];
        c->server = s;
        c->fd = fd;
        pthread_create(&c->thread, NULL, serve, c);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

struct server *
server_start(server_script *script, void *user)
{
    return server_start_tls(script, user, NULL);
}

struct server *
server_start_tls(server_script *script, void *user, const char *pem)
{
    struct server *s = calloc(1, sizeof(*s));
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);

    assert_non_null(s);
    s->script = script;
    s->user = user;
    if (pem != NULL) {
        /* SSL_write() knows no MSG_NOSIGNAL, and clients hang up. */
        signal(SIGPIPE, SIG_IGN);
        s->tls = SSL_CTX_new(TLS_server_method());
        assert_int_equal(SSL_CTX_use_certificate_file(s->tls, pem, 1), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(s->tls, pem, 1), 1);
    }
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(s->fd >= 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    assert_int_equal(listen(s->fd, 128), 0);
    s->port = ntohs(at.sin_port);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    pthread_create(&s->thread, NULL, accept_all, s);
    return s;
}

void
server_stop(struct server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    for (unsigned i = 0; i < s->connections; i++) {
        shutdown(s->connection[i].fd, SHUT_RDWR);
        pthread_join(s->connection[i].thread, NULL);
        close(s->connection[i].fd);
    }
    for (unsigned i = 0; i < s->requests; i++)
        free(s->head[i]);
    SSL_CTX_free(s->tls);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
    free(s);
}

unsigned
server_port(const struct server *s)
{
    return s->port;
}

static unsigned
locked(struct server *s, const unsigned *value)
{
    unsigned n;

    pthread_mutex_lock(&s->lock);
    n = *value;
    pthread_mutex_unlock(&s->lock);
    return n;
}

unsigned
server_requests(struct server *s)
{
    return locked(s, &s->requests);
}

unsigned
server_most(struct server *s)
{
    return locked(s, &s->most);
}

const char *
server_head(struct server *s, unsigned number)
{
    assert_true(number < server_requests(s));
    return s->head[number];
}

int64_t
server_gap(struct server *s, unsigned from, unsigned to)
{
    assert_true(from < server_requests(s) && to < server_requests(s));
    return s->at[to] - s->at[from];
}
