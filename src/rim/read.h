/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_RIM_READ_H
#define GA_RIM_READ_H

#include <expat.h>
#include <stdarg.h>

#include "rim/canon.h"
#include "rim/rim.h"

/* What an element is, by its position; the profile's own, in two namespaces,
 * and two for what is passed over. */
enum ga_rim_kind {
    GA_RIM_DOCUMENT = 0,
    GA_RIM_ROOT,
    GA_RIM_META,
    GA_RIM_PAYLOAD,
    GA_RIM_RESOURCE,
    GA_RIM_SIGNATURE, /* from here on of XMLDSig */
    GA_RIM_SIGNED_INFO,
    GA_RIM_C14N_METHOD,
    GA_RIM_SIGNATURE_METHOD,
    GA_RIM_REFERENCE,
    GA_RIM_TRANSFORMS,
    GA_RIM_TRANSFORM,
    GA_RIM_DIGEST_METHOD,
    GA_RIM_DIGEST_VALUE,
    GA_RIM_SIGNATURE_VALUE,
    GA_RIM_KEY_INFO,
    GA_RIM_X509_DATA,
    GA_RIM_X509_CERTIFICATE,
    GA_RIM_OTHER,   /* not read: signed, and none of our business */
    GA_RIM_REFUSED, /* not read: a problem was noted for it */
    GA_RIM_KINDS
};

/* Source: swid, tcg-rim, xmldsig. */
#define GA_NS_SWID   "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define GA_NS_SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"
#define GA_NS_DSIG   "http://www.w3.org/2000/09/xmldsig#"
#define GA_NS_TCG                                 \
    "https://trustedcomputinggroup.org/resource/" \
    "tcg-reference-integrity-manifest-rim-information-model/"

/* Bytes that grow; `failed` once memory is out. */
struct ga_grow {
    char *ptr;
    size_t len, cap;
    bool failed;
};

void ga_grow_put(void *grow, const char *ptr, size_t len); /* a ga_sink's */
void ga_grow_done(struct ga_grow *grow);

/* State of one pass over a RIM. */
struct ga_rim_reader {
    struct ga_rim *rim;
    XML_Parser parser;
    struct ga_sink document, signed_info;
    enum ga_rc rc; /* GA_E_NOMEM: ends the pass */
    bool stopped;  /* XML that the profile does not admit: nothing after it */

    unsigned depth;      /* of open elements; the root has 1 */
    unsigned elements;   /* so far */
    unsigned signature;  /* depth of the open Signature, 0: none is open */
    unsigned signed_one; /* depth of the open SignedInfo, 0: none is open */
    struct ga_rim_open {
        enum ga_rim_kind kind;
        size_t last; /* row of the latest child, for the order */
        bool text_noted;
    } open[GA_XML_DEPTH_MAX + 1];
    unsigned seen[GA_RIM_KINDS];
    struct ga_xml_scope scope;
    struct ga_xml_element element; /* of the start tag at hand */

    struct ga_grow text;        /* of the open leaf */
    struct ga_grow signed_text; /* canonical SignedInfo */
    bool index_seen[GA_RIM_RESOURCES_MAX];
    unsigned active;
    size_t arena_used;
    bool has_value; /* SignatureValue was read into the RIM */
    bool has_digest;
    uint8_t digest[GA_SHA384_LEN]; /* DigestValue */
    bool cert_problem;
};

/*
 * ga_rim_scan makes the one pass over `rim->bytes`: fills `rim`, notes
 * problems, and writes the canonical document without its Signature to
 * `document`.  Sets rim->complete when the XML was read to its end.  Errors:
 * GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_rim_scan(struct ga_rim *rim,
                                   const struct ga_sink *document,
                                   uint8_t digest_value[GA_SHA384_LEN],
                                   bool *has_digest, struct ga_error *err);

/* The profile: called by the scan for each event, with the element in
 * r->element (start) and r->open[r->depth]. */
void ga_rim_start(struct ga_rim_reader *r);
void ga_rim_text(struct ga_rim_reader *r, struct ga_span text);
void ga_rim_end(struct ga_rim_reader *r);

/* Parts of it. */
void ga_rim_read_resource(struct ga_rim_reader *r);
void ga_rim_read_leaf(struct ga_rim_reader *r, enum ga_rim_kind kind);

/* ga_rim_attribute finds an attribute of the start tag at hand, or NULL. */
const struct ga_xml_attribute *ga_rim_attribute(const struct ga_rim_reader *r,
                                                const char *uri,
                                                const char *local);

/* ga_rim_keep copies bytes into the RIM's arena, with a NUL behind them. */
char *ga_rim_keep(struct ga_rim_reader *r, const void *ptr, size_t len);

/* ga_rim_note notes a problem at the parser's position. */
void ga_rim_note(struct ga_rim_reader *r, bool of_signature, enum ga_rc code,
                 const char *fmt, ...) GA_PRINTF(4, 5);

/* ga_rim_stop notes a problem after which nothing more is read. */
void ga_rim_stop(struct ga_rim_reader *r, enum ga_rc code, const char *fmt, ...)
    GA_PRINTF(3, 4);

/* ga_rim_problem adds a problem to `rim`. */
void ga_rim_problem(struct ga_rim *rim, bool of_signature, enum ga_rc code,
                    size_t offset, const char *fmt, va_list ap) GA_PRINTF(5, 0);

/* ga_rim_fail_problems fails `check` for the problems of that kind, the first
 * few in words. */
void ga_rim_fail_problems(const struct ga_rim *rim, bool of_signature,
                          struct ga_check *check);

/* Arguments for "%.*s" of a foreign name: enough of it to recognise. */
#define GA_NAME(s) (int)((s).len < 60 ? (s).len : 60), (s).ptr

#endif
