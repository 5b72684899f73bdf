/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_FACTS_H
#define GA_X509_FACTS_H

#include "x509/ecdsa.h"

/*
 * Facts that were verified: "this key signed this digest with this signature",
 * kept as these three, and compared octet by octet.  A fact is true whatever
 * the time and the settings are; a verdict is never kept.  Bounded (old facts
 * give way), thread-safe.
 */
struct ga_facts;

GA_MUST_USE enum ga_rc ga_facts_new(struct ga_facts **out,
                                    struct ga_error *err);
/* The same with another number of slots, at least 1, in place of
 * GA_FACTS_MAX. */
GA_MUST_USE enum ga_rc ga_facts_new_sized(size_t slots, struct ga_facts **out,
                                          struct ga_error *err);
void ga_facts_free(struct ga_facts *facts); /* NULL is allowed */

/*
 * ga_facts_signed_digest says whether `key` signed what has that digest,
 * ga_facts_signed whether it signed `message`.  What it finds true it
 * remembers; what is false is never remembered.  Use for certificates, OCSP
 * answers and RIMs.
 */
GA_MUST_USE bool ga_facts_signed_digest(struct ga_facts *facts,
                                        const struct ga_key *key,
                                        const uint8_t digest[GA_SHA384_LEN],
                                        const struct ga_signature *sig);
GA_MUST_USE bool ga_facts_signed(struct ga_facts *facts,
                                 const struct ga_key *key,
                                 struct ga_bytes message,
                                 const struct ga_signature *sig);

/* The same for a message that never comes twice (a report): verified and
 * counted, not remembered. */
GA_MUST_USE bool ga_facts_signed_once(struct ga_facts *facts,
                                      const struct ga_key *key,
                                      struct ga_bytes message,
                                      const struct ga_signature *sig);

/* How many signatures were verified, not counting those remembered. */
uint64_t ga_facts_count(const struct ga_facts *facts);

#endif
