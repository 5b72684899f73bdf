/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_REQUEST_H
#define GA_SERVER_REQUEST_H

#include "base/bytes.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"

/* Classes of requests: paths end in them. */
enum server_class { SERVER_GPU, SERVER_SWITCH, SERVER_CLASSES };

/* What a body is held against. */
struct server_request_rules {
    enum server_class class;
    const char *version; /* of the claims, where the body names none */
    size_t max_items;
};

/* What the body of POST .../attest/... says. */
struct server_request {
    struct ga_nonce nonce;
    const char *version; /* of the claims: "2.0", "3.0" or "4.0"; static */
    struct ga_evidence *evidence;
};

/*
 * server_request_parse reads
 * {"nonce","arch","claims_version","evidence_list":[{"evidence","certificate"}]}.
 * Unknown members are ignored.  Nothing of the evidence is judged.  Errors, the
 * output untouched:
 *   GA_E_INVAL      the nonce is none
 *   GA_E_SYNTAX, GA_E_DUPLICATE, GA_E_MISSING, GA_E_BAD_VALUE, GA_E_TOO_LARGE
 *                   the body
 *   GA_E_NOMEM
 * Source: spec-protocol.
 */
GA_MUST_USE enum ga_rc server_request_parse(
    struct ga_bytes body, const struct server_request_rules *rules,
    struct server_request *out, struct ga_error *err);
void server_request_done(struct server_request *r);

#endif
