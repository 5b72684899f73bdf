/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_RIM_CANON_H
#define GA_RIM_CANON_H

#include "base/bytes.h"
#include "base/limits.h"

/*
 * Inclusive Canonical XML 1.1 without comments, written from parser events as
 * they come: nothing is built in memory.  What the profile refuses (comments,
 * processing instructions, xml: attributes, relative namespace names) is the
 * caller's to refuse; then this is the whole of the recommendation.
 * Source: c14n11.
 */

/* Bytes that are part of something longer; not NUL-terminated. */
struct ga_span {
    const char *ptr;
    size_t len;
};

/* A name as it stands (prefix) and as it means (namespace); empty: none. */
struct ga_xml_name {
    struct ga_span uri, local, prefix;
};

struct ga_xml_attribute {
    struct ga_xml_name name;
    struct ga_span value; /* normalised, references replaced */
};

struct ga_xml_element {
    struct ga_xml_name name;
    size_t count;
    struct ga_xml_attribute attribute[GA_XML_ATTRIBUTES_MAX];
};

/*
 * Namespace declarations in scope, innermost last.  The texts live in `pool`,
 * which is used like a stack; what is in scope at one time stands in the input
 * at one time, so that a pool as long as the input is enough.
 */
struct ga_xml_scope {
    size_t count;
    struct ga_xml_binding {
        struct ga_span prefix, uri; /* empty prefix: the default */
        unsigned depth;             /* of the element that declares it */
    } binding[GA_XML_NAMESPACES_MAX];
    char *pool;
    size_t pool_len, pool_used;
};

/* ga_xml_scope_push adds a declaration, copied; false where it does not fit. */
GA_MUST_USE bool ga_xml_scope_push(struct ga_xml_scope *scope, unsigned depth,
                                   const char *prefix, const char *uri);

/* ga_xml_scope_pop forgets the declarations of `depth` and below it. */
void ga_xml_scope_pop(struct ga_xml_scope *scope, unsigned depth);

/* Where canonical bytes go. */
struct ga_sink {
    void (*put)(void *user, const char *ptr, size_t len);
    void *user;
};

/*
 * ga_canon_start writes a start tag.  The element's own declarations are those
 * of `depth` in `scope`.  `apex` says that its parent is not written: then every
 * namespace in scope is.
 */
void ga_canon_start(const struct ga_sink *sink,
                    const struct ga_xml_element *element,
                    const struct ga_xml_scope *scope, unsigned depth,
                    bool apex);
void ga_canon_text(const struct ga_sink *sink, struct ga_span text);
void ga_canon_end(const struct ga_sink *sink, const struct ga_xml_name *name);

/* ga_span_is says whether `s` is exactly `text`. */
bool ga_span_is(struct ga_span s, const char *text);

#endif
