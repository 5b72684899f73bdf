/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_RIM_CLIENT_H
#define GA_NET_RIM_CLIENT_H

#include "base/rim_id.h"
#include "net/url.h"

/* The RIM service: GET /v1/rim/{id} and /v1/rim/ids, JSON in return.
 * Source: spec-protocol, 3 */

/* ga_rim_address makes the URL of a RIM; NULL when out of memory. */
char *ga_rim_address(const struct ga_url *service, const char *id);

/*
 * ga_rim_reply_parse takes the RIM out of a reply.  The id must be the one
 * asked for, the SHA-256 that of the RIM where it is given, the base64 strict,
 * the format TCG or not said.  Errors: GA_E_SYNTAX, GA_E_DUPLICATE,
 * GA_E_BAD_VALUE, GA_E_TOO_LARGE (above `max`), GA_E_NOMEM, GA_E_INTERNAL.
 */
GA_MUST_USE enum ga_rc ga_rim_reply_parse(struct ga_bytes json, const char *id,
                                          size_t max, struct ga_buf *out,
                                          struct ga_error *err);

/* ga_rim_ids_parse makes a NULL-terminated list; ids that could not be asked
 * for are left out.  Errors: as above. */
GA_MUST_USE enum ga_rc ga_rim_ids_parse(struct ga_bytes json, char ***out,
                                        struct ga_error *err);

#endif
