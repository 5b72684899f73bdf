/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_X509_CHAIN_SCENE_H
#define TEST_X509_CHAIN_SCENE_H

#include "support/cert_maker.h"
#include "x509/chain.h"

/* The time at which most things are checked. */
#define AT_TEXT "2025-10-24T12:00:00Z"

/* Keys, and anchors that made chains end in.  One per test program: the setup
 * and teardown of its group. */
struct chain_world {
    struct made_key *key[5], *stranger;
    struct ga_anchors builtin;    /* of the project */
    struct ga_anchors own;        /* roots of made_chain_of(..., false, key) */
    struct ga_anchors simulators; /* the same, simulated */
    struct ga_facts *facts;
};

extern struct chain_world world;

int make_world(void **state);
int free_world(void **state);

/* add_anchor adds the root of `chain` as a certificate. */
void add_anchor(struct ga_anchors *anchors, enum ga_anchor_use use,
                const struct made_chain *chain);

/* chain_of mints a chain and parses it as a device's. */
struct ga_chain *chain_of(const struct made_chain *made);

/* The checks at a time in RFC 3339. */
void check_device(const struct ga_chain *chain,
                  const struct ga_anchors *anchors, const char *when,
                  struct ga_check *check, struct ga_chain_facts *found);
void check_rim(const struct ga_certs *certs, const struct ga_anchors *anchors,
               const char *when, int64_t grace, struct ga_check *check,
               struct ga_chain_facts *found);

#endif
