/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_DER_H
#define GA_X509_DER_H

#include "base/reader.h"
#include "base/time.h"

/*
 * DER (X.690), and nothing of BER: lengths are definite and as short as they
 * can be, tag numbers fit the identifier octet.  Every failure is GA_E_SYNTAX
 * with an offset.
 */

/* Identifier octets.  Source: x690 */
enum {
    GA_DER_BOOLEAN = 0x01,
    GA_DER_INTEGER = 0x02,
    GA_DER_BIT_STRING = 0x03,
    GA_DER_OCTET_STRING = 0x04,
    GA_DER_NULL = 0x05,
    GA_DER_OID = 0x06,
    GA_DER_ENUMERATED = 0x0a,
    GA_DER_UTF8_STRING = 0x0c,
    GA_DER_PRINTABLE_STRING = 0x13,
    GA_DER_IA5_STRING = 0x16,
    GA_DER_UTC_TIME = 0x17,
    GA_DER_GENERALIZED_TIME = 0x18,
    GA_DER_SEQUENCE = 0x30,
    GA_DER_SET = 0x31
};

/* [n] of the context-specific class, primitive and constructed. */
#define GA_DER_CONTEXT(n)      (0x80 | (n))
#define GA_DER_CONTEXT_CONS(n) (0xa0 | (n))

/* One element.  Views borrow from what was read. */
struct ga_der {
    uint8_t tag;           /* identifier octet */
    size_t at;             /* offset in the outermost input */
    struct ga_bytes whole; /* with identifier and length */
    struct ga_bytes value; /* content octets */
    struct ga_reader body; /* the same, to read on */
};

/* ga_der_next reads one element of any tag. */
GA_MUST_USE enum ga_rc ga_der_next(struct ga_reader *r, const char *field,
                                   struct ga_der *out, struct ga_error *err);

/* ga_der_take reads one element, which must have the tag. */
GA_MUST_USE enum ga_rc ga_der_take(struct ga_reader *r, const char *field,
                                   uint8_t tag, struct ga_der *out,
                                   struct ga_error *err);

/* ga_der_is says whether the next element has the tag; false at the end. */
bool ga_der_is(const struct ga_reader *r, uint8_t tag);

/* ga_der_end fails unless every byte of `r` was read. */
GA_MUST_USE enum ga_rc ga_der_end(const struct ga_reader *r, const char *field,
                                  struct ga_error *err);

/*
 * ga_der_check walks all of `in`, one element, to its leaves: every length is
 * the shortest, strings are primitive, BOOLEAN, INTEGER, ENUMERATED, BIT
 * STRING, NULL and OBJECT IDENTIFIER hold what DER allows, and SETs are in
 * order.  It does not look into OCTET STRING and BIT STRING.
 */
GA_MUST_USE enum ga_rc ga_der_check(struct ga_bytes in, struct ga_error *err);

/* ga_der_integer_ok says whether content octets are an INTEGER in DER: at
 * least one, and no more than needed. */
bool ga_der_integer_ok(struct ga_bytes value);

/* ga_der_unsigned reads content octets of an INTEGER from 0 to 2^31 - 1. */
GA_MUST_USE bool ga_der_unsigned(struct ga_bytes value, int *out);

/* ga_der_time reads UTCTime or GeneralizedTime in the forms of RFC 5280
 * 4.1.2.5: seconds, no fraction, Z. */
GA_MUST_USE bool ga_der_time(const struct ga_der *time, ga_time *out);

#endif
