/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_CERT_CACHE_H
#define GA_X509_CERT_CACHE_H

#include "x509/cert.h"

/*
 * Certificates that were parsed, by their bytes: the devices of a fleet share
 * their authorities, and a known device comes with the same certificates each
 * time.  Parsing depends on the bytes alone; what a chain is worth is decided
 * on each use.  Bounded (old ones give way), thread-safe.
 */
struct ga_cert_cache;

GA_MUST_USE enum ga_rc ga_cert_cache_new(struct ga_cert_cache **out,
                                         struct ga_error *err);
/* The same with another number of places, 1 to GA_CERT_CACHE_MAX. */
GA_MUST_USE enum ga_rc ga_cert_cache_new_sized(size_t places,
                                               struct ga_cert_cache **out,
                                               struct ga_error *err);
void ga_cert_cache_free(struct ga_cert_cache *cache); /* NULL is allowed */

/* ga_cert_cache_get is ga_cert_parse(), but gives one more owner of a
 * certificate with the very same bytes where there is one.  What does not parse
 * is not kept.  `cache` NULL: parses. */
GA_MUST_USE enum ga_rc ga_cert_cache_get(struct ga_cert_cache *cache,
                                         struct ga_bytes der,
                                         struct ga_cert **out,
                                         struct ga_error *err);

/* ga_certs_read_pem is ga_certs_parse_pem() by way of a cache, or NULL. */
GA_MUST_USE enum ga_rc ga_certs_read_pem(struct ga_bytes pem,
                                         struct ga_cert_cache *cache,
                                         struct ga_certs *out,
                                         struct ga_error *err);

#endif
