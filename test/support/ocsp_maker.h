/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_OCSP_MAKER_H
#define TEST_SUPPORT_OCSP_MAKER_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/time.h"
#include "x509/cert.h"

/*
 * OCSP answers and the certificates around them, good ones and every kind of
 * bad ones.  Certificates come from libcrypto; answers are written element by
 * element, since libcrypto does not write the bad ones.
 */

/* A certificate to make; zeroed members are the good default. */
struct cert_plan {
    const char *name;     /* CN; its own O follows */
    const char *issuer;   /* CN that is written as issuer; NULL: signer's */
    const char *purposes; /* extendedKeyUsage in OpenSSL's words, or NULL */
    const char *usage;    /* keyUsage, or NULL */
    bool ca;
    bool simulator;                /* the simulator's extension */
    bool unknown_critical;         /* an extension that nobody knows */
    ga_time not_before, not_after; /* 0: a year around MADE_AT */
    EVP_PKEY *key;                 /* NULL: a new one; else borrowed */
};

/* A certificate with its private key. */
struct made {
    X509 *x509;
    EVP_PKEY *key;
    struct ga_cert *cert; /* parsed by the code under test */
};

/* The present of the made world. */
#define MADE_AT INT64_C(1760000000) /* 2025-10-09T08:53:20Z */

/* make_cert makes what the plan says, signed by `signer` (NULL: itself). */
struct made make_cert(const struct cert_plan *plan, const struct made *signer);
void made_done(struct made *m);

/* What a single response says; zeroed members are the good default. */
struct single_plan {
    const struct made *cert, *issuer; /* of the CertID */
    const char *hash; /* "sha1", "sha256" (NULL), "sha384", "sha512" */
    bool hash_null;   /* NULL parameters */
    bool hash_odd;    /* an INTEGER as parameters */
    bool wrong_name, wrong_key, wrong_serial; /* one bit of it */
    bool short_name, short_key;               /* a digest of one byte less */
    const char *serial;                       /* hex of its content, or NULL */
    char status;                              /* 'g' (0), 'r', 'u' */
    bool has_reason;
    unsigned reason;
    ga_time revoked_at;     /* 0: MADE_AT - 3 days */
    ga_time this_update;    /* 0: MADE_AT - 1 h */
    ga_time next_update;    /* 0: this_update + 24 h; -1: none */
    const char *extensions; /* hex of singleExtensions' list, or NULL */
};

struct answer_plan {
    unsigned status;              /* responseStatus */
    bool no_bytes;                /* nothing behind it */
    const char *type;             /* hex of responseType's content, or NULL */
    bool version;                 /* v1 written out */
    bool by_name;                 /* responderID */
    const char *responder_id;     /* hex of the element, or NULL */
    const struct made *responder; /* named, and signing unless `signer` */
    const struct made *signer;
    ga_time produced_at; /* 0: that of the first single's thisUpdate */
    size_t singles;
    struct single_plan single[17];
    const char *nonce;           /* hex of the nonce, or NULL */
    const char *extensions;      /* hex of further response extensions */
    const char *algorithm;       /* hex of the AlgorithmIdentifier, or NULL */
    bool broken_signature;       /* one bit of s */
    const char *signature;       /* hex of the BIT STRING's content, or NULL */
    const struct made *certs[9]; /* embedded, up to the first NULL */
    const char *more_in; /* the element that gets a NULL behind its last one */
};

/* make_answer writes the OCSPResponse in memory of exact length. */
struct ga_buf make_answer(const struct answer_plan *plan);

/* der_of writes one element: the tag, the length, the parts in a row.  Ends
 * with (struct ga_buf *)NULL; the parts are released. */
struct ga_buf der_of(unsigned tag, ...);

#endif
