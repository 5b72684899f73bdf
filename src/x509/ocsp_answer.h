/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_ANSWER_H
#define GA_X509_OCSP_ANSWER_H

#include "base/cleanup.h"
#include "x509/ocsp.h"

/* The hash of a CertID: one of those that NVIDIA answers.
 * Source: spec-protocol, 4. */
struct ga_ocsp_hash;

/* ga_ocsp_hash_find returns the hash of that object identifier (content
 * octets), or NULL. */
const struct ga_ocsp_hash *ga_ocsp_hash_find(struct ga_bytes oid);

/* ga_ocsp_hash_len returns the bytes of its digests. */
size_t ga_ocsp_hash_len(const struct ga_ocsp_hash *hash);

/* A digest for a CertID, and its hash's object identifier (static). */
struct ga_ocsp_digest {
    struct ga_bytes oid;
    size_t len;
    uint8_t bytes[64];
};

/* ga_ocsp_hash_make hashes with the hash of that name ("sha256"); false for
 * another name, or where the library fails. */
GA_MUST_USE bool ga_ocsp_hash_make(const char *name, struct ga_bytes of,
                                   struct ga_ocsp_digest *out);

/* One SingleResponse, RFC 6960 4.2.1. */
struct ga_single {
    struct ga_bytes cert_id;         /* DER, whole */
    const struct ga_ocsp_hash *hash; /* NULL: another one; never matches */
    struct ga_bytes name_hash, key_hash;
    struct ga_bytes serial; /* content octets */
    enum ga_cert_status status;
    int reason; /* of a revocation; -1: none given */
    ga_time this_update, next_update, revoked_at; /* GA_TIME_NONE: absent */
};

/*
 * Views borrow from `der`, the copy of the input that was parsed, so that what
 * is read is what is signed.  An answer that is DER but that rule 8 refuses
 * whoever signed it says so in `flaw`, as a certificate does.
 */
struct ga_ocsp_answer {
    struct ga_buf der;
    struct ga_bytes tbs; /* what is signed */
    uint8_t tbs_digest[GA_SHA384_LEN];
    struct ga_signature signature;
    struct ga_bytes responder_name; /* DER Name, or empty: */
    struct ga_bytes responder_key;  /* SHA-1 of the responder's point */
    ga_time produced_at;
    struct ga_bytes nonce; /* empty: none */
    size_t singles;
    struct ga_single single[GA_OCSP_SINGLES_MAX];
    struct ga_certs certs;
    struct ga_check flaw;
};

GA_DEFINE_AUTO_STRUCT(ga_ocsp_answer, ga_ocsp_free);

/* OCSPResponseStatus, RFC 6960 4.2.1; 4 is not used. */
enum { GA_OCSP_SUCCESSFUL = 0 };

/* ga_ocsp_read is ga_ocsp_parse(), and tells an answer without a response
 * (`*status` is tryLater and so on) from bytes that are no answer (`*status` is
 * GA_OCSP_SUCCESSFUL, or was not reached and is that too). */
GA_MUST_USE enum ga_rc ga_ocsp_read(struct ga_bytes der,
                                    struct ga_ocsp_answer **out, int *status,
                                    struct ga_error *err);

/* ga_single_is says whether `single` speaks of the certificate with `serial`
 * that the holder of `issuer_name` and `issuer_key` issued: the hashes are
 * computed here and compared octet by octet. */
GA_MUST_USE bool ga_single_is(const struct ga_single *single,
                              struct ga_bytes serial,
                              struct ga_bytes issuer_name,
                              const struct ga_key *issuer_key);

/* ga_responder_key_is says whether the answer names the holder of `key` as its
 * responder, by the hash of the key. */
GA_MUST_USE bool ga_responder_key_is(const struct ga_ocsp_answer *answer,
                                     const struct ga_key *key);

#endif
