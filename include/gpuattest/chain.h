/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_CHAIN_H
#define GPUATTEST_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_chain is a device's certificate chain, leaf first.  Parsed, never
 * believed: ga_verify() does that.  Does not change; threads may read it
 * together.
 */
struct ga_chain;

/*
 * ga_chain_parse reads strict PEM: CERTIFICATE blocks alone, without headers,
 * white space alone between them, each block exactly one DER certificate.
 *
 * Returns GA_OK, or, `out` untouched, GA_E_INVAL, GA_E_TOO_LARGE (64 KiB, 8
 * certificates), GA_E_MISSING (no block), GA_E_SYNTAX, GA_E_BAD_VALUE,
 * GA_E_TRAILING (bytes behind the DER inside a block) or GA_E_NOMEM.
 */
GA_API GA_MUST_USE enum ga_rc ga_chain_parse(const void *pem, size_t len,
                                             struct ga_chain **out,
                                             struct ga_error *err);

/* ga_chain_free releases `chain`.  NULL is allowed. */
GA_API void ga_chain_free(struct ga_chain *chain);

/* ga_chain_count returns the number of certificates. */
GA_API size_t ga_chain_count(const struct ga_chain *chain);

/* ga_chain_der borrows certificate `i` (leaf first); NULL where there is
 * none. */
GA_API const uint8_t *ga_chain_der(const struct ga_chain *chain, size_t i,
                                   size_t *len);

/*
 * ga_chain_ueid, ga_chain_device_id, ga_chain_pdi and ga_chain_hwmodel return
 * what the device is called by its certificates: borrowed, NULL where the chain
 * is too short or has other names.  docs/claims.md says what each is.
 */
GA_API const char *ga_chain_ueid(const struct ga_chain *chain);
GA_API const char *ga_chain_device_id(const struct ga_chain *chain);
GA_API const char *ga_chain_pdi(const struct ga_chain *chain);
GA_API const char *ga_chain_hwmodel(const struct ga_chain *chain);

#ifdef __cplusplus
}
#endif
#endif
