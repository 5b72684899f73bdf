/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_RSA_H
#define GA_X509_RSA_H

#include "base/bytes.h"

/*
 * RSASSA-PKCS1-v1_5 with SHA-256, for the one place where RSA is: the
 * intermediate of NVIDIA's token certificates (docs/rules.md, 7 and 15).
 */

/* ga_rsa_key_ok says whether `spki` is, to its end, the DER of an RSA key of
 * 2048 to 4096 bits with the exponent 65537. */
GA_MUST_USE bool ga_rsa_key_ok(struct ga_bytes spki);

/* ga_rsa_verify says whether that key made `signature` over `message`. */
GA_MUST_USE bool ga_rsa_verify(struct ga_bytes spki, struct ga_bytes message,
                               struct ga_bytes signature);

#endif
