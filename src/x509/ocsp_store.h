/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_STORE_H
#define GA_X509_OCSP_STORE_H

#include "x509/ocsp_answer.h"

/* An answer and the name of where it came from. */
struct ga_ocsp_entry {
    struct ga_ocsp_answer *answer;
    char *source;
    struct ga_buf asked; /* the nonce that we asked with; empty: we did not */
};

/* A question that nobody answered. */
struct ga_ocsp_silence {
    struct ga_buf serial, issuer; /* of the certificate; the issuer's name */
    char *text;
};

/* The first of a kind of input that held no answer; `count` of them came. */
struct ga_ocsp_miss {
    size_t count;
    char *source;
    struct ga_error error;
};

/* Grows while directories are read; after that threads read it together. */
struct ga_ocsp_store {
    size_t count, room;
    struct ga_ocsp_entry *entry;
    size_t bytes;                           /* of all input */
    struct ga_ocsp_miss malformed, refused; /* no answer; tryLater and so on */
    size_t silences;
    struct ga_ocsp_silence *silence;
    const struct ga_ocsp_store *next; /* whose answers count too, or NULL */
};

#endif
