/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_NET_SCENE_H
#define TEST_NET_SCENE_H

#include "support/test.h"

#include "gpuattest/context.h"
#include "net/net.h"
#include "net/server.h"

/* How the service of a scene answers. */
struct script {
    unsigned fail_first;     /* so many requests get `fail` */
    struct response fail;    /* its body is not used */
    struct response success; /* what the others get; a body is made */
    const char *json;        /* body instead of the right one; %s: the id */
    const char *ocsp;        /* body of OCSP answers, hex; NULL: a right one */
    size_t rim_size;         /* bytes of the RIM; 0: some */
    size_t body_size;        /* a body of so many blanks */
};

/* A service on loopback, a client of it, and a cache directory. */
struct scene {
    struct script script;
    struct server *server;
    char dir[64]; /* temporary, of the scene */
    char cache[80];
    struct ga_net *net;
};

/* scene_open starts the service; `settings` is a list of name, value, ... on
 * top of both URLs and the cache directory, or NULL. */
void scene_open(struct scene *s, const char *const *settings);
/* scene_client makes another client, which replaces the scene's. */
void scene_client(struct scene *s, const char *const *settings);
void scene_close(struct scene *s);

/* The RIM that the service has of an id; the caller frees it. */
uint8_t *scene_rim(const char *id, size_t size, size_t *len);

/* Questions. */
struct ga_fetch_item rim_item(const char *id);
struct ga_fetch_item ocsp_item(const char *key, const uint8_t nonce[32]);

/* fetch asks and expects the call to succeed; bodies are the test's. */
void fetch(struct scene *s, struct ga_fetch_item *items, size_t count);
void items_done(struct ga_fetch_item *items, size_t count);

/* expect_rim holds an item against the RIM of its id. */
void expect_rim(const struct ga_fetch_item *item);

/* Files of the cache directory with that ending. */
unsigned count_files(const char *dir, const char *ending);
/* remove_all removes a directory and everything in it. */
void remove_all(const char *dir);

#endif
