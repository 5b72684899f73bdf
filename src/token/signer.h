/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_TOKEN_SIGNER_H
#define GA_TOKEN_SIGNER_H

#include <jansson.h>

#include "gpuattest/token.h"
#include "x509/cert.h"

/* ga_jws_sign_json signs `claims`, printed on one line.  NULL `claims` is out
 * of memory. */
GA_MUST_USE enum ga_rc ga_jws_sign_json(const struct ga_signer *signer,
                                        const json_t *claims, char **out,
                                        struct ga_error *err);

/* ga_jws_sign_header signs with a header of the caller's, whatever it says: for
 * the simulator, whose faulty tokens are made so. */
GA_MUST_USE enum ga_rc ga_jws_sign_header(const struct ga_signer *signer,
                                          struct ga_bytes header,
                                          struct ga_bytes payload, char **out,
                                          struct ga_error *err);

/* ga_signer_key returns the public half; borrowed. */
const struct ga_key *ga_signer_key(const struct ga_signer *signer);

/* ga_signer_certs returns the certificates behind the key, leaf first;
 * borrowed. */
const struct ga_certs *ga_signer_certs(const struct ga_signer *signer);

#endif
