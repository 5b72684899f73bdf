/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_DER_H
#define GA_SIM_DER_H

#include "base/time.h"
#include "sim/out.h"

/*
 * A writer of DER (X.690).  A constructed value is written from the inside: its
 * start is noted, its content written, and its header inserted in front.
 *
 *     size_t seq = sim_der_open(o);
 *     ...
 *     sim_der_close(o, seq, SIM_DER_SEQUENCE);
 */
enum {
    SIM_DER_BOOLEAN = 0x01,
    SIM_DER_INTEGER = 0x02,
    SIM_DER_BIT_STRING = 0x03,
    SIM_DER_OCTET_STRING = 0x04,
    SIM_DER_NULL = 0x05,
    SIM_DER_ENUMERATED = 0x0a,
    SIM_DER_UTF8 = 0x0c,
    SIM_DER_PRINTABLE = 0x13,
    SIM_DER_UTC_TIME = 0x17,
    SIM_DER_GENERALIZED_TIME = 0x18,
    SIM_DER_SEQUENCE = 0x30,
    SIM_DER_SET = 0x31
};
/* Context-specific tags: primitive and constructed. */
#define SIM_DER_CONTEXT(n) (0x80u | (n))
#define SIM_DER_WITHIN(n)  (0xa0u | (n))

static inline size_t
sim_der_open(const struct sim_out *o)
{
    return o->len;
}

void sim_der_close(struct sim_out *o, size_t at, unsigned tag);
void sim_der_put(struct sim_out *o, unsigned tag, struct ga_bytes content);
void sim_der_text(struct sim_out *o, unsigned tag, const char *text);
/* An object identifier from its dotted form. */
void sim_der_oid(struct sim_out *o, const char *dotted);
/* A number that is not negative, from its big-endian bytes. */
void sim_der_integer(struct sim_out *o, struct ga_bytes number);
/* A BIT STRING of whole bytes. */
void sim_der_bits(struct sim_out *o, struct ga_bytes bits);
/* UTCTime up to 2049 (RFC 5280 4.1.2.5), else, or where `general`,
 * GeneralizedTime. */
void sim_der_time(struct sim_out *o, ga_time t, bool general);
/* AlgorithmIdentifier ecdsa-with-SHA384 (RFC 5758 3.2: no parameters). */
void sim_der_ecdsa_sha384(struct sim_out *o);
/* SubjectPublicKeyInfo of a point on P-384 (RFC 5480 2). */
void sim_der_spki(struct sim_out *o, struct ga_bytes point);
/* ECDSA-Sig-Value in a BIT STRING, from r || s. */
void sim_der_signature(struct sim_out *o, const uint8_t rs[96]);

#endif
