/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_FETCH_H
#define GPUATTEST_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How this library asks somebody else.  It opens no connection itself: the
 * caller's table does, and libgpuattest-net offers one (gpuattest/net.h).
 * What comes back is bytes that nothing was verified of.
 */

enum ga_fetch_kind {
    GA_FETCH_RIM = 1, /* the RIM of `id` */
    GA_FETCH_OCSP     /* the answer to `request` */
};

/* Room for what was tried and what went wrong. */
#define GA_FETCH_TEXT 256

/*
 * One question and its answer.  The upper half is the library's and lives for
 * the call; the lower half is filled in by the seam.
 */
struct ga_fetch_item {
    enum ga_fetch_kind kind;
    const char *id;      /* GA_FETCH_RIM: [A-Z0-9_.]{1,96} */
    const void *request; /* GA_FETCH_OCSP: OCSPRequest, DER, with our nonce */
    size_t request_len;
    const char *key;      /* GA_FETCH_OCSP: the question without the nonce, hex:
                             what a cache may file the answer under */
    const uint8_t *nonce; /* GA_FETCH_OCSP: the nonce in the request */
    size_t nonce_len;
    size_t max; /* an answer above this many bytes is an error */

    /* GA_OK: `body` has the answer.  GA_E_MISSING: there is none (404).
     * GA_E_UNREACHABLE: nobody answered, or not in time; GA_E_BAD_VALUE,
     * GA_E_SYNTAX, GA_E_TOO_LARGE: what came is no answer. */
    enum ga_rc rc;
    void *body; /* from malloc(); the library releases it */
    size_t len;
    /* GA_FETCH_OCSP from a cache: the nonce that it was asked with, at most 32
     * bytes; 0: this item's own. */
    uint8_t asked_nonce[32];
    size_t asked_nonce_len;
    char source[GA_FETCH_TEXT]; /* where it came from: a URL, a cache file */
    char text[GA_FETCH_TEXT];   /* for rc other than GA_OK: what was tried, at
                                   which host, and what went wrong */
};

/*
 * A ga_fetch answers all `count` items, in parallel where it can, and returns
 * when every one has its answer or its error; GA_E_CANCELLED, GA_E_NOMEM, or
 * what is wrong with its own settings, when it could not: that ends the call
 * that asked.  May be called on any thread, by several at once.
 */
typedef enum ga_rc ga_fetch(void *user, struct ga_fetch_item *items,
                            size_t count, struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
