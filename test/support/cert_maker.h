/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_CERT_MAKER_H
#define TEST_SUPPORT_CERT_MAKER_H

#include <openssl/evp.h>

#include "x509/cert.h"

/*
 * Certificates for tests, right or wrong in any place: DER is written by hand
 * from rows, and libcrypto makes keys and signatures.  Everything here fails
 * the test where it cannot go on.
 */

/* A key pair. */
struct made_key {
    EVP_PKEY *pkey;
    struct ga_key *key; /* the public half */
};

struct made_key *made_key_new(void);
void made_key_free(struct made_key *key);

struct ga_signature made_signature(const struct made_key *key,
                                   struct ga_bytes message);

/* DER in the making. */
struct der {
    size_t len;
    uint8_t ptr[4096];
};

/* der_add appends an element; der_wrap makes one of all content. */
void der_add(struct der *out, uint8_t tag, const void *value, size_t len);
struct der der_wrap(uint8_t tag, const struct der *content);
void der_append(struct der *out, const struct der *more);
/* der_hex makes DER of digits, as they are. */
struct der der_hex(const char *digits);
/* The DER of a signature by `key`. */
struct der der_signature(const struct made_key *key, struct ga_bytes message);

#define MADE_EXTENSIONS 12

struct made_extension {
    const char *oid; /* content octets, hex */
    bool critical;
    struct der value;
};

/*
 * What a certificate is made of.  Names are parts joined by '|' in the order
 * of the encoding ("C=US|O=NVIDIA|CN=x"), or the hex of all of it behind '#'.
 */
struct made_spec {
    int version; /* 2 is v3; 0 leaves the field out */
    size_t serial_len;
    uint8_t serial[32];
    const char *issuer, *subject;
    const char *not_before, *not_after; /* 13 or 15 characters */
    const struct made_key *key, *signer;
    EVP_PKEY *rsa_signer;      /* in place of `signer`: RSA with SHA-256 */
    const char *spki;          /* hex, instead of the key's */
    const char *inner, *outer; /* AlgorithmIdentifier in hex, or NULL */
    const char *unique_id;     /* hex of what stands before extensions */
    size_t extensions;
    struct made_extension extension[MADE_EXTENSIONS];
    bool break_signature;
};

/* Object identifiers as content octets, and values, for rows. */
#define OID_BASIC_CONSTRAINTS "551d13"
#define OID_KEY_USAGE         "551d0f"
#define OID_EKU               "551d25"
#define OID_FWID              "678105050401"
#define OID_TCB_INFO          "67810505040101"
#define OID_SIMULATOR         "6983f0cdbc9dd1f1ead9f59bb8ce8ddbfa88ee46"
#define KU_SIGN               "03020780"
#define KU_CERT               "03020204"
#define KU_CERT_CRL           "03020106"
#define BC_CA                 "30030101ff"
#define BC_CA_PATH_0          "30060101ff020100"
#define BC_NO_CA              "3000"
#define EKU_OCSP              "300a06082b06010505070309"

/* made_extend adds an extension whose value is `digits`. */
void made_extend(struct made_spec *spec, const char *oid, bool critical,
                 const char *digits);
/* made_find finds an extension, or fails. */
struct made_extension *made_find(struct made_spec *spec, const char *oid);
void made_drop(struct made_spec *spec, const char *oid);

/* made_der writes the certificate. */
struct der made_der(const struct made_spec *spec);

/* made_serial_of_key gives `spec` the serial of rule 7: SHA-1 of the public
 * point with the top bits 01. */
void made_serial_of_key(struct made_spec *spec);

/* A chain, leaf first. */
struct made_chain {
    size_t count;
    struct made_spec spec[GA_CERTS_MAX];
};

/* Which chain; the simulator's have its organisation and extension. */
enum made_kind { MADE_HOPPER, MADE_BLACKWELL, MADE_SWITCH, MADE_RIM };

/* made_chain_of fills in a chain that every rule accepts, root included; its
 * keys are keys[0] (leaf) to keys[4]. */
struct made_chain made_chain_of(enum made_kind kind, bool simulator,
                                struct made_key *const keys[5]);

/* made_certs mints and parses a chain; made_pem writes text, which the caller
 * releases. */
struct ga_certs made_certs(const struct made_chain *chain);
struct ga_buf made_pem(const struct made_chain *chain);

/* made_block writes one PEM block. */
struct ga_buf made_block(const char *label, struct ga_bytes der);

#endif
