/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_OCSP_REQUEST_H
#define GA_X509_OCSP_REQUEST_H

#include "x509/ocsp.h"

/* The hash of a CertID, in the order of the words of ocsp-cert-id-hash. */
enum ga_ocsp_cert_id {
    GA_OCSP_CERT_ID_SHA256 = 0,
    GA_OCSP_CERT_ID_SHA1,
    GA_OCSP_CERT_ID_SHA384
};

/* A question about one certificate. */
struct ga_ocsp_request {
    struct ga_buf der; /* OCSPRequest */
    char key[65];      /* SHA-256 of its CertID, hex: the question without the
                          nonce, to file an answer under */
};

/*
 * ga_ocsp_request_make asks for the status of `cert`, which the holder of
 * `issuer` issued.  `nonce` has up to 32 bytes; empty: the request has none.
 * The caller releases out->der.
 *
 * Returns GA_OK, or
 *   GA_E_INVAL     the issuer has no key, or the nonce is longer
 *   GA_E_BAD_VALUE the serial number is empty or longer than RFC 5280 allows
 *   GA_E_NOMEM, GA_E_INTERNAL
 */
GA_MUST_USE enum ga_rc ga_ocsp_request_make(const struct ga_cert *cert,
                                            const struct ga_issuer *issuer,
                                            enum ga_ocsp_cert_id hash,
                                            struct ga_bytes nonce,
                                            struct ga_ocsp_request *out,
                                            struct ga_error *err);

#endif
