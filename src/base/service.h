/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_SERVICE_H
#define GA_BASE_SERVICE_H

/*
 * ga_service_base makes the base of an attestation service's URL, which may be
 * one already or a whole endpoint: what stands before "/v3" or "/v4", with
 * "/attest/gpu" or "/attest/switch" behind it or not, before
 * "/.well-known/jwks.json", and without a slash at the end.  NULL when out of memory; the caller frees it.
 */
char *ga_service_base(const char *url);

/* ga_service_version returns the version that the URL names, 3 or 4, or 0. */
int ga_service_version(const char *url);

#endif
