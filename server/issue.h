/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_ISSUE_H
#define GA_SERVER_ISSUE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/time.h"

GA_DEFINE_AUTO(X509, X509_free);
GA_DEFINE_AUTO(EVP_PKEY, EVP_PKEY_free);
GA_DEFINE_AUTO(BIO, BIO_free_all);

/* Who issues; `cert` NULL: the certificate is self-signed. */
struct server_issuer {
    X509 *cert;
    EVP_PKEY *key;
};

struct server_cert_spec {
    const char *cn;
    bool authority; /* keyCertSign, or else digitalSignature alone */
    ga_time not_before, not_after;
};

/* server_issue_key makes a private key of P-384. */
GA_MUST_USE enum ga_rc server_issue_key(EVP_PKEY **out, struct ga_error *err);

/* server_issue_cert makes a certificate of `key`, signed with
 * ecdsa-with-SHA384. */
GA_MUST_USE enum ga_rc server_issue_cert(const struct server_cert_spec *spec,
                                         EVP_PKEY *key,
                                         const struct server_issuer *issuer,
                                         X509 **out, struct ga_error *err);

/* server_issue_pem prints the key (NULL: none) and the certificates, in PEM.
 * Errors: GA_E_NOMEM. */
GA_MUST_USE enum ga_rc server_issue_pem(EVP_PKEY *key, X509 *const *certs,
                                        size_t count, struct ga_buf *out,
                                        struct ga_error *err);

#endif
