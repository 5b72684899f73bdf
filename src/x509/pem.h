/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_PEM_H
#define GA_X509_PEM_H

#include "base/reader.h"

/*
 * PEM (RFC 7468), strictly: white space alone between blocks, no headers, no
 * text around them, lines that end in LF or CRLF, padded base64.
 * Source: rfc7468
 */

/* A block's label as one of those that are allowed. */
enum ga_pem_label {
    GA_PEM_CERTIFICATE = 1 << 0,
    GA_PEM_PUBLIC_KEY = 1 << 1,
    GA_PEM_PRIVATE_KEY = 1 << 2,   /* PKCS #8 */
    GA_PEM_EC_PRIVATE_KEY = 1 << 3 /* RFC 5915 */
};

/* ga_pem_end skips white space and says whether anything follows. */
bool ga_pem_end(struct ga_reader *r);

/*
 * ga_pem_next reads the next block, of one of the labels in `allowed`; `at`
 * receives its offset.  Errors: GA_E_SYNTAX, GA_E_TRUNCATED (no END line),
 * GA_E_BAD_VALUE (another label, or headers), GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_pem_next(struct ga_reader *r, unsigned allowed,
                                   enum ga_pem_label *label, struct ga_buf *der,
                                   size_t *at, struct ga_error *err);

#endif
