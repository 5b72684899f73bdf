/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_STORE_H
#define GA_X509_OCSP_STORE_H

#include "x509/ocsp_answer.h"

/* An answer and the name of where it came from. */
struct ga_ocsp_entry {
    struct ga_ocsp_answer *answer;
    char *source;
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
};

#endif
