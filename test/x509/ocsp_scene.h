/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_X509_OCSP_SCENE_H
#define TEST_X509_OCSP_SCENE_H

#include "support/test.h"

#include "support/ocsp_maker.h"
#include "x509/ocsp.h"

#define HOUR INT64_C(3600)
#define DAY  (24 * HOUR)

#define LEAF   "O=OCSP test,CN=leaf: "
#define ISSUER "O=OCSP test,CN=issuer: "
#define GOOD   "1 certificate good; oldest answer from 2025-10-09T07:53:20Z"
#define ASIDE  LEAF "answer a.der does not count: "

#define OUR_NONCE   "000102030405060708090a0b0c0d0e0f"
#define OTHER_NONCE "ff0102030405060708090a0b0c0d0e0f"

/* root <- issuer <- leaf, and a stranger who issues too; `twin` has the
 * issuer's name and another key. */
struct world {
    struct made root, issuer, leaf, stranger, twin;
};
extern struct world world;

int make_world(void **state);
int end_world(void **state);

/* Everything that goes into one check.  Answers without a responder of their
 * own are signed by the one that `responder` plans, and carry it. */
#define ANSWERS 3
struct scene {
    struct cert_plan responder;
    const struct made *responder_issuer;
    size_t answers;
    struct answer_plan answer[ANSWERS];
    bool bare[ANSWERS];       /* no certificate in it */
    bool stranger_first;      /* another certificate before it */
    const char *raw[ANSWERS]; /* hex of a file in place of the answer */
    struct ga_ocsp_rules rules;
    const char *our_nonce; /* hex */
    size_t to_ask;
    bool no_issuer_key, no_anchor, simulator_anchor;
    bool misnamed;   /* responderID names the stranger */
    bool own_issuer; /* the leaf's issuer is said to be itself */
};

/* good_scene is one good answer about the leaf. */
struct scene good_scene(void);

/* A way of breaking the good scene, and what must come of it. */
struct row {
    const char *name;
    void (*change)(struct scene *s);
    enum ga_state state;
    enum ga_reason reason;
    const char *text;
    struct ga_ocsp_facts facts;
    enum ga_reason also; /* another reason of the failure, or NONE */
    bool incomplete;     /* some part was not made besides */
};

/* Facts: status, reason of a revocation, asked, nonce matches, response is
 * valid, number of good ones. */
#define FACTS(status, reason, asked, nonce, valid, good)    \
    {                                                       \
        GA_CERT_##status, reason, asked, nonce, valid, good \
    }

/* comes_out_as_said runs the row that is the test's state. */
void comes_out_as_said(void **state);

/* run_rows makes a test of each row. */
int run_rows(struct row *rows, size_t count);

#define SCENE(name) static void name(struct scene *s)

#endif
