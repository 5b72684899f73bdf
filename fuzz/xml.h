/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_FUZZ_XML_H
#define GA_FUZZ_XML_H

#include <libxml/tree.h>
#include <stdbool.h>

/* libxml2's reading of a RIM, which ours is held against. */

/* xml_read parses; NULL: not XML for libxml2. */
xmlDoc *xml_read(const void *ptr, size_t len);

/* xml_is_comparable says whether libxml2 and ours leave the same Signature out
 * and write the same namespaces, but for mistakes of ours. */
bool xml_is_comparable(const xmlDoc *doc);

/* xml_is_dsig says whether a node is that element of XMLDSig. */
bool xml_is_dsig(const xmlNode *n, const char *name);

/* xml_dsig_child finds the first child that is that element, or NULL. */
xmlNode *xml_dsig_child(const xmlNode *parent, const char *name);

/* xml_canonical writes the document without its Signature, or `apex` with the
 * context that it inherits, in Canonical XML 1.1; NULL: libxml2 refuses. */
xmlBuffer *xml_canonical(xmlDoc *doc, xmlNode *apex);

#endif
