/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_CHAIN_H
#define GA_X509_CHAIN_H

#include "base/chips.h"
#include "gpuattest/chain.h"
#include "x509/anchors.h"
#include "x509/facts.h"

struct ga_chain {
    struct ga_certs certs;
    const struct ga_chip *chip; /* by leaf's, BROM's and ICA's names together,
                                   NULL where they name none, or not the same */
    char ueid[GA_SERIAL_TEXT];  /* "" where the chain does not say */
    char device_id[GA_SERIAL_TEXT]; /* BROM serial, upper-case hex */
    char pdi[17];                   /* its last 8 bytes, upper-case hex */
};

struct ga_cert_cache;

/* ga_chain_read is ga_chain_parse() by way of a cache. */
GA_MUST_USE enum ga_rc ga_chain_read(struct ga_bytes pem,
                                     struct ga_cert_cache *cache,
                                     struct ga_chain **out,
                                     struct ga_error *err);

/* What a chain is checked with. */
struct ga_chain_rules {
    const struct ga_anchors *anchors;
    struct ga_facts *facts;
    ga_time at;    /* the verification time */
    int64_t grace; /* seconds a RIM chain may be expired; 0 for devices */
};

/*
 * The issuer of the i-th certificate, as found by a check: what OCSP's CertID
 * is computed from, and whom signatures are verified with.  Where it is an
 * anchor, the key is ours.
 */
struct ga_issuer {
    struct ga_bytes name; /* DER */
    const struct ga_key *key;
};

/* What a chain's check found, beside pass or fail.  Borrows from the chain and
 * the anchors. */
struct ga_chain_facts {
    bool time_aside;                /* passed, or failed for the time alone */
    const struct ga_anchor *anchor; /* that it ends in, or NULL */
    size_t to_ask; /* certificates from index `first` on that OCSP is for */
    size_t first;
    struct ga_issuer issuer[GA_CERTS_MAX]; /* of certificate i; key NULL where
                                              it has none that is acceptable */
    ga_time not_after; /* the earliest end of validity in the chain */
};

/* ga_device_chain_check makes the check device.chain (rule 7).  `check` is
 * zeroed by the caller. */
void ga_device_chain_check(const struct ga_chain *chain,
                           const struct ga_chain_rules *rules,
                           struct ga_check *check,
                           struct ga_chain_facts *facts);

/* ga_rim_chain_check makes the check *_rim.chain (rule 11) on the certificates
 * of a RIM, signer first. */
void ga_rim_chain_check(const struct ga_certs *certs,
                        const struct ga_chain_rules *rules,
                        struct ga_check *check, struct ga_chain_facts *facts);

/* ga_chain_fwid finds the FWID in the leaf, parsed as DER to its end, and
 * checks what rule 5 says of the extension itself (sha384, 48 bytes, not all
 * zero, the device key).  GA_E_MISSING, GA_E_BAD_VALUE, GA_E_SYNTAX or
 * GA_E_TRAILING say what is wrong with it. */
GA_MUST_USE enum ga_rc ga_chain_fwid(const struct ga_chain *chain,
                                     struct ga_bytes *fwid,
                                     struct ga_error *err);

#endif
