/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_X509_NAME_H
#define GA_X509_NAME_H

#include "base/limits.h"
#include "x509/der.h"

/* One attribute of a Name.  Views borrow from what was parsed. */
struct ga_name_part {
    struct ga_bytes type; /* content octets of the OBJECT IDENTIFIER */
    uint8_t tag;          /* of the value */
    struct ga_bytes value;
    struct ga_bytes encoded; /* the value with tag and length */
    bool joined;             /* to the one before it, in one RDN */
};

/* A Name, in the order of its encoding. */
struct ga_name {
    size_t count;
    struct ga_name_part part[GA_NAME_PARTS_MAX];
};

/* The attributes that rules and messages speak of. */
enum ga_name_type {
    GA_NAME_COMMON_NAME,
    GA_NAME_ORGANIZATION,
    GA_NAME_SERIAL_NUMBER,
    GA_NAME_TYPES
};

/* ga_name_parse reads the element `der`, a Name. */
GA_MUST_USE enum ga_rc ga_name_parse(const struct ga_der *der,
                                     struct ga_name *out, struct ga_error *err);

/* ga_name_is_text says whether every attribute is a UTF8String, PrintableString
 * or IA5String of such characters, without control characters.
 * Source: rfc5280, 4.1.2.4 */
bool ga_name_is_text(const struct ga_name *name);

/*
 * ga_name_get writes the attribute's text.  It is "" where the attribute is
 * absent, is no UTF8String, PrintableString or IA5String, holds a control
 * character or does not fit: such a text matches no name that is asked for.
 * Returns how often the attribute stands in the name.
 */
size_t ga_name_get(const struct ga_name *name, enum ga_name_type type,
                   char *out, size_t cap);

/* ga_name_text writes the name as RFC 2253 does, last RDN first, escaped for
 * output and cut where it does not fit. */
void ga_name_text(const struct ga_name *name, char *out, size_t cap);

#endif
