/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_REMOTE_SCENE_H
#define TEST_REMOTE_SCENE_H

#include "support/test.h"

#include "gpuattest/remote.h"
#include "gpuattest/token.h"
#include "net/server.h"
#include "remote/remote.h"
#include "support/token_maker.h"
#include "support/worlds.h"

/* A world of two GPUs and a switch, a service that knows what to say of each,
 * and a client of it. */
struct remote_scene {
    struct minted world;
    struct ga_evidence *all, *gpus, *switches;
    struct ga_nonce nonce;
    struct made_authority authority;
    struct ga_signer *signer, *next;
    char *pin, issuer[64];
    char *answer[GA_REMOTE_KINDS], *jwks;
    int64_t now;
    struct server *server;

    /* How it answers. */
    unsigned fail_first; /* so many attestations get `status` */
    int status;
    const char *instead; /* of an answer */
    unsigned delay_ms;
    char body[2][64 * 1024]; /* of the requests, by kind */
    unsigned attestations, jwks_asked;
};
extern struct remote_scene scene;

/* A client and a context of the same settings. */
struct client {
    struct ga_remote *remote;
    struct ga_context *ctx;
};

struct ga_settings *settings(const char *const *more);
struct client client(const char *const *more);
void client_done(struct client *c);

/* make_answers makes the service say what a good one would, signed by `by`. */
void make_answers(const struct ga_signer *by);
char *jwks_of(const struct ga_signer *signer);

void must(enum ga_rc rc, const struct ga_error *err);

/* Of a group, and of each test, which has a service of its own. */
int set_up(void **state);
int tear_down(void **state);
int start(void **state);
int stop(void **state);

#endif
