/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_H
#define GA_X509_OCSP_H

#include "x509/chain.h"

/* RFC 6960 does not say how long an answer without nextUpdate lives; NVIDIA's
 * give themselves a day.  Seconds.  Source: spec-protocol 4. */
#define GA_OCSP_LIFE INT64_C(86400)

/* An OCSP answer (RFC 6960), parsed; nothing verified. */
struct ga_ocsp_answer;

/* ga_ocsp_parse reads one OCSPResponse to its end.  Errors: GA_E_TOO_LARGE (in
 * bytes, or in the number of something), GA_E_SYNTAX (not DER, or no basic
 * response), GA_E_TRAILING (bytes behind it), GA_E_DUPLICATE (an extension
 * twice), GA_E_BAD_VALUE (tryLater, unauthorized and other statuses without a
 * response; fields of another size), GA_E_NOMEM. */
GA_MUST_USE enum ga_rc ga_ocsp_parse(struct ga_bytes der,
                                     struct ga_ocsp_answer **out,
                                     struct ga_error *err);
void ga_ocsp_free(struct ga_ocsp_answer *answer); /* NULL is allowed */

/* The answers at hand: from directories, later from bundles and the net. */
struct ga_ocsp_store;

GA_MUST_USE enum ga_rc ga_ocsp_store_new(struct ga_ocsp_store **out,
                                         struct ga_error *err);
void ga_ocsp_store_free(struct ga_ocsp_store *store);

/* ga_ocsp_store_add_dir reads every file of `dir`.  One that is no OCSP answer
 * is kept as such: it is named where an answer is missed.  Errors: GA_E_FILE,
 * GA_E_TOO_LARGE (all input together), GA_E_NOMEM. */
GA_MUST_USE enum ga_rc ga_ocsp_store_add_dir(struct ga_ocsp_store *store,
                                             const char *dir,
                                             struct ga_error *err);
/* ga_ocsp_store_add copies `der`, which is kept like a file; `source` names it
 * in messages.  Errors: as above. */
GA_MUST_USE enum ga_rc ga_ocsp_store_add(struct ga_ocsp_store *store,
                                         struct ga_bytes der,
                                         const char *source,
                                         struct ga_error *err);

/* ga_ocsp_store_add_asked does the same for an answer to a request of ours,
 * which carried `nonce`: an answer with the same one is fresh. */
GA_MUST_USE enum ga_rc ga_ocsp_store_add_asked(struct ga_ocsp_store *store,
                                               struct ga_bytes der,
                                               const char *source,
                                               struct ga_bytes nonce,
                                               struct ga_error *err);

/* ga_ocsp_store_silent keeps that nobody answered for a certificate, and what
 * was tried. */
GA_MUST_USE enum ga_rc ga_ocsp_store_silent(struct ga_ocsp_store *store,
                                            const struct ga_cert *cert,
                                            const char *text,
                                            struct ga_error *err);

/* ga_ocsp_store_chain makes the answers of `next`, which must outlive `store`,
 * count in `store` too. */
void ga_ocsp_store_chain(struct ga_ocsp_store *store,
                         const struct ga_ocsp_store *next);

enum ga_ocsp_nonce {
    GA_OCSP_NONCE_REQUIRE = 0,
    GA_OCSP_NONCE_ACCEPT_MISSING,
    GA_OCSP_NONCE_IGNORE
};

/* Rule 8's settings. */
struct ga_ocsp_rules {
    struct ga_facts *facts;
    ga_time at;
    int64_t grace;   /* seconds past nextUpdate that are accepted */
    int64_t max_age; /* seconds since thisUpdate */
    int64_t skew;    /* seconds that the responder's clock may be ahead */
    enum ga_ocsp_nonce nonce;
    struct ga_bytes our_nonce; /* what we asked with; empty: we did not ask */
    bool allow_hold;           /* true for RIM chains alone */
};

enum ga_cert_status {
    GA_CERT_STATUS_NONE = 0, /* nobody said */
    GA_CERT_GOOD,
    GA_CERT_UNKNOWN,
    GA_CERT_REVOKED
};

/* What was found for a chain, for the claims: the worst of its certificates. */
struct ga_ocsp_facts {
    enum ga_cert_status status;
    int revocation_reason; /* RFC 5280 5.3.1; -1: none given */
    bool asked;            /* some answer was found */
    bool nonce_matches;    /* every certificate's answer has our nonce */
    bool response_valid;   /* every certificate's answer verified and is fresh,
                              without any grace */
    unsigned good;         /* certificates that a verified answer calls good,
                              however old it is */
};

/* ga_ocsp_check makes the check *.ocsp over the certificates that the chain's
 * check named (facts->first, facts->to_ask). */
void ga_ocsp_check(const struct ga_ocsp_store *store,
                   const struct ga_certs *certs,
                   const struct ga_chain_facts *chain,
                   const struct ga_ocsp_rules *rules, struct ga_check *check,
                   struct ga_ocsp_facts *facts);

/* ga_ocsp_counted gives the answer that counts for certificate `i` of the chain
 * under the rules, DER, borrowed; empty where none does. */
struct ga_bytes ga_ocsp_counted(const struct ga_ocsp_store *store,
                                const struct ga_certs *certs,
                                const struct ga_chain_facts *chain, size_t i,
                                const struct ga_ocsp_rules *rules);

/* ga_revocation_reason_text returns "keyCompromise" and so on; NULL for a
 * number that RFC 5280 does not define. */
const char *ga_revocation_reason_text(int reason);

/* For `inspect`: one single response of an answer, borrowed from it. */
struct ga_ocsp_single {
    enum ga_cert_status status;
    int revocation_reason;
    ga_time this_update, next_update, revoked_at; /* GA_TIME_NONE: absent */
    struct ga_bytes serial;                       /* content octets */
    const char *hash;                             /* "sha384": of the CertID */
    struct ga_bytes issuer_name_hash, issuer_key_hash;
};
struct ga_ocsp_view {
    ga_time produced_at;
    struct ga_bytes nonce; /* content of the inner OCTET STRING; empty: none */
    struct ga_bytes responder_key_hash; /* or empty: by name */
    const struct ga_certs *certs;       /* embedded */
    size_t singles;
};
void ga_ocsp_view(const struct ga_ocsp_answer *answer,
                  struct ga_ocsp_view *out);
GA_MUST_USE bool ga_ocsp_single(const struct ga_ocsp_answer *answer, size_t i,
                                struct ga_ocsp_single *out);

#endif
