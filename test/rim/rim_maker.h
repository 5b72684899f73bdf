/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_RIM_RIM_MAKER_H
#define TEST_RIM_RIM_MAKER_H

#include "rim/rim.h"

/*
 * A maker of small signed RIMs.  Its texts are written in canonical form by
 * hand, so that the digests are taken over the text itself: nothing of what is
 * tested takes part.  Keys are new in every run.
 */

/* One replacement of the first `from`, which must be there.  With `after`, it
 * is made in the finished file, behind the signer's back; without, before
 * signing, and `to` must be canonical where the signature has to hold. */
struct edit {
    const char *from, *to;
    bool after;
};

/* make_rim makes a RIM of version 1.2.3, product GH100, tagId tag-1, with two
 * golden values (index 0, active, two alternatives: 48 times 0x00 and 0x11;
 * index 7, inactive, 48 times 0x22).  Edits end at one whose `from` is NULL, or
 * after `count`.  Memory is exact; the caller releases it. */
struct ga_buf make_rim(const struct edit *edits, size_t count);

/* replace makes the text with the first `from` replaced; fails the test where
 * there is none.  The caller frees it. */
char *replace(const char *text, const char *from, const char *to);

/* read_rim reads exactly these bytes, in memory of exactly their length; it
 * fails the test where ga_rim_read() does. */
struct ga_rim *read_rim(const void *ptr, size_t len);

/* The two checks of a RIM. */
struct ga_check schema_of(const struct ga_rim *rim);
struct ga_check signature_of(const struct ga_rim *rim, struct ga_facts *facts);

#define MAKER_SWID   "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define MAKER_SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"
#define MAKER_DSIG   "http://www.w3.org/2000/09/xmldsig#"
#define MAKER_TCG                                 \
    "https://trustedcomputinggroup.org/resource/" \
    "tcg-reference-integrity-manifest-rim-information-model/"
#define MAKER_C14N "http://www.w3.org/2006/12/xml-c14n11"
#define MAKER_MORE "http://www.w3.org/2001/04/xmldsig-more#"

/* Two hashes, as hex. */
#define ZEROS                                          \
    "000000000000000000000000000000000000000000000000" \
    "000000000000000000000000000000000000000000000000"
#define ONES                                           \
    "111111111111111111111111111111111111111111111111" \
    "111111111111111111111111111111111111111111111111"
#define TWOS                                           \
    "222222222222222222222222222222222222222222222222" \
    "222222222222222222222222222222222222222222222222"

#endif
