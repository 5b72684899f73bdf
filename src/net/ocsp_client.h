/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_OCSP_CLIENT_H
#define GA_NET_OCSP_CLIENT_H

#include "base/bytes.h"

/* OCSP over HTTP.  Source: rfc6960, A.1 and A.2 */
#define GA_OCSP_REQUEST_TYPE  "application/ocsp-request"
#define GA_OCSP_RESPONSE_TYPE "application/ocsp-response"

/* ga_ocsp_reply_check refuses what is no answer whatever its bytes mean: an
 * empty one, and one of another content type; none, or the one for any bytes,
 * is accepted.  Error: GA_E_BAD_VALUE. */
GA_MUST_USE enum ga_rc ga_ocsp_reply_check(const char *type,
                                           struct ga_bytes body,
                                           struct ga_error *err);

/*
 * ga_ocsp_reply_keep says whether an answer is worth keeping: an OCSPResponse
 * that begins as "successful" and has `nonce` (if any) in it.  "Try later", an
 * error page or somebody else's answer would else stay for an hour.  Nothing
 * is verified here.
 */
bool ga_ocsp_reply_keep(struct ga_bytes body, struct ga_bytes nonce);

#endif
