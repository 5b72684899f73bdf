/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_CERT_H
#define GA_X509_CERT_H

#include "base/check.h"
#include "base/limits.h"
#include "base/time.h"
#include "x509/ecdsa.h"

/* Bits of ga_cert.key_usage, RFC 5280 4.2.1.3 (bit n is 1 << n). */
enum {
    GA_KU_DIGITAL_SIGNATURE = 1 << 0,
    GA_KU_KEY_CERT_SIGN = 1 << 5,
    GA_KU_CRL_SIGN = 1 << 6
};

/*
 * One certificate, with everything that the rules look at.  Views borrow from
 * `der`.  Does not change after ga_cert_parse(); may have several owners.
 *
 * A certificate that is DER but breaks rule 7's demands on every certificate
 * (algorithms, key, extensions) parses, and says so in `flaw`: state GA_FAILED
 * with reason and text; otherwise `flaw` is GA_PASSED.
 */
struct ga_cert {
    unsigned refs; /* owners; touched by ga_cert_ref and ga_cert_free alone */
    struct ga_buf der;
    struct ga_bytes tbs; /* what is signed */
    uint8_t tbs_digest[GA_SHA384_LEN];
    uint8_t sha256[32];      /* of `der` where it is self-issued, else zero */
    struct ga_bytes serial;  /* content octets, as encoded */
    struct ga_bytes issuer;  /* Name, DER */
    struct ga_bytes subject; /* Name, DER */
    struct ga_bytes spki;    /* SubjectPublicKeyInfo, DER */
    struct ga_key *key;      /* NULL where the key is not acceptable */
    struct ga_signature signature; /* valid where `signature_ok` */
    bool signature_ok;
    /* The signature where it is sha256WithRSAEncryption, which is a flaw
     * (GA_R_ALGORITHM) everywhere but below a pinned issuer of tokens. */
    struct ga_bytes rsa_signature;
    ga_time not_before, not_after;

    bool has_basic_constraints, ca;
    int path_len; /* -1: none */
    bool has_key_usage;
    unsigned key_usage;
    bool has_eku;
    bool eku_ocsp_signing;           /* id-kp-OCSPSigning itself */
    bool eku_other;                  /* any other than it and "OCSP no check" */
    struct ga_bytes fwid_device_key; /* value of 2.23.133.5.4.1, or empty */
    struct ga_bytes fwid_tcb_info;   /* value of 2.23.133.5.4.1.1, or empty */
    bool simulator; /* has the simulator's critical extension */
    struct ga_check flaw;

    char common_name[72];    /* of the subject, "" where absent; ub 64 */
    char organization[72];   /* the same */
    char subject_serial[48]; /* serialNumber attribute, "" where absent */
    char subject_text[256];  /* RFC 2253 form, escaped */
};

/* The simulator's private critical extension, under the arc that needs no
 * registration (X.667: 2.25 and a UUID as a number). */
#define GA_SIMULATOR_OID "2.25.330050793095133756729625977523238221638"

/* ga_cert_parse decodes exactly one DER certificate, which is copied.  Errors:
 * GA_E_SYNTAX (no certificate, or not DER), GA_E_TRAILING, GA_E_TOO_LARGE,
 * GA_E_NOMEM. */
GA_MUST_USE enum ga_rc ga_cert_parse(struct ga_bytes der, struct ga_cert **out,
                                     struct ga_error *err);
struct ga_cert *ga_cert_ref(struct ga_cert *cert); /* one more owner */
void ga_cert_free(struct ga_cert *cert);           /* NULL is allowed */

/* Certificates in the order of the input: of a chain leaf first. */
struct ga_certs {
    size_t count;
    struct ga_cert *cert[GA_CERTS_MAX];
};

void ga_certs_done(struct ga_certs *certs);

/* ga_certs_parse_pem reads strict PEM, see ga_chain_parse(). */
GA_MUST_USE enum ga_rc ga_certs_parse_pem(struct ga_bytes pem,
                                          struct ga_certs *out,
                                          struct ga_error *err);

/* ga_cert_serial_decimal writes the serial number in decimal ("ueid"), at most
 * 49 digits and a NUL; ga_cert_serial_hex in upper-case hex without leading
 * zero bytes.  Both write "" where it is negative or longer than RFC 5280
 * allows (`flaw` says so). */
#define GA_SERIAL_TEXT 52
void ga_cert_serial_decimal(const struct ga_cert *cert,
                            char out[GA_SERIAL_TEXT]);
void ga_cert_serial_hex(const struct ga_cert *cert, char out[GA_SERIAL_TEXT]);

#endif
