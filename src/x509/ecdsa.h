/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_ECDSA_H
#define GA_X509_ECDSA_H

#include "base/bytes.h"

/*
 * ECDSA over P-384 with SHA-384: the one place where any signature
 * (certificate, OCSP answer, RIM, report) is verified, so that another
 * library can take its place.
 */

/* Bytes: coordinate or scalar of P-384; uncompressed point; SPKI in DER. */
#define GA_P384_LEN   48
#define GA_POINT_LEN  97
#define GA_SPKI_LEN   120
#define GA_SHA384_LEN 48
#define GA_KEY_ID_LEN 20

/* A public key, parsed and checked to be on the curve once.  Does not change;
 * threads share it. */
struct ga_key;

/*
 * ga_key_parse reads a SubjectPublicKeyInfo that is, byte for byte,
 * id-ecPublicKey with named curve secp384r1 and an uncompressed point on the
 * curve (RFC 5480 2).  Errors: GA_E_BAD_VALUE, GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_key_parse(struct ga_bytes spki, struct ga_key **out,
                                    struct ga_error *err);
/* The same from the 97 bytes of the point. */
GA_MUST_USE enum ga_rc ga_key_of_point(struct ga_bytes point,
                                       struct ga_key **out,
                                       struct ga_error *err);
struct ga_key *ga_key_ref(struct ga_key *key); /* one more owner */
void ga_key_free(struct ga_key *key);          /* NULL is allowed */

/* Borrowed: the 120 bytes of the SPKI, and its last 97, the point. */
struct ga_bytes ga_key_spki(const struct ga_key *key);
struct ga_bytes ga_key_point(const struct ga_key *key);

/* Borrowed: SHA-1 of the point, which certificates, serial numbers of devices
 * and OCSP answers name a key by. */
struct ga_bytes ga_key_id(const struct ga_key *key);

/* A signature: r and s, big-endian, 48 bytes each. */
struct ga_signature {
    uint8_t rs[2 * GA_P384_LEN];
};

/* ga_signature_raw takes exactly 96 bytes. */
GA_MUST_USE bool ga_signature_raw(struct ga_bytes rs, struct ga_signature *out);

/* ga_signature_der reads SEQUENCE { r INTEGER, s INTEGER } in DER to its end:
 * shortest lengths and integers, not negative, at most 48 bytes each. */
GA_MUST_USE bool ga_signature_der(struct ga_bytes der,
                                  struct ga_signature *out);

/* ga_ecdsa_verify says whether `key` made `sig` over the digest.  r and s
 * outside 1..n-1 are false before any arithmetic. */
GA_MUST_USE bool ga_ecdsa_verify(const struct ga_key *key,
                                 const uint8_t digest[GA_SHA384_LEN],
                                 const struct ga_signature *sig);

/* ga_sha384 hashes; false where the library fails. */
GA_MUST_USE bool ga_sha384(struct ga_bytes in, uint8_t out[GA_SHA384_LEN]);

#endif
