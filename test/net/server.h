/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_NET_SERVER_H
#define TEST_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An HTTP server on a loopback port of its own, in threads of the test, that
 * answers as a script says.  Every connection carries one request.
 */
struct server;

struct request {
    unsigned number;  /* 0: the first that the server got */
    const char *head; /* method to the empty line */
    const char *path;
    const uint8_t *body;
    size_t body_len;
};

struct response {
    int status;          /* 0: close without a word */
    const char *headers; /* further lines, each with its \r\n; or NULL */
    uint8_t *body;       /* from malloc() */
    size_t len;
    size_t cut;        /* send so many bytes of the body, then close; 0: all */
    unsigned delay_ms; /* before the answer */
    const char *raw;   /* instead of all: these bytes */
    unsigned wait_for; /* answer when so many requests are being answered, or
                          after five seconds */
};

typedef void server_script(void *user, const struct request *in,
                           struct response *out);

struct server *server_start(server_script *script, void *user);
/* The same with TLS: certificate and key in one PEM file. */
struct server *server_start_tls(server_script *script, void *user,
                                const char *pem);
void server_stop(struct server *s);

unsigned server_port(const struct server *s);
unsigned server_requests(struct server *s);
/* The most that were being answered at one time. */
unsigned server_most(struct server *s);
/* The head of a request, owned by the server. */
const char *server_head(struct server *s, unsigned number);
/* Milliseconds between the starts of two requests. */
int64_t server_gap(struct server *s, unsigned from, unsigned to);

#endif
