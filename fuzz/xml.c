/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/uri.h>
#include <libxml/xmlerror.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "fuzz/xml.h"
#include "rim/read.h"

bool
xml_is_dsig(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE &&
           strcmp((const char *)n->name, name) == 0 && n->ns != NULL &&
           strcmp((const char *)n->ns->href, GA_NS_DSIG) == 0;
}

xmlNode *
xml_dsig_child(const xmlNode *parent, const char *name)
{
    xmlNode *n = parent->children;

    while (n != NULL && !xml_is_dsig(n, name))
        n = n->next;
    return n;
}

/* Whether the reader and `visible` leave the same out: nothing, or the one
 * Signature of XMLDSig below the root. */
static bool
is_plain(const xmlDoc *doc)
{
    const xmlNode *n = xmlDocGetRootElement(doc)->children;
    size_t all = 0, good = 0;

    for (; n != NULL; n = n->next) {
        all += n->type == XML_ELEMENT_NODE &&
               strcmp((const char *)n->name, "Signature") == 0;
        good += xml_is_dsig(n, "Signature");
    }
    return all == good && all <= 1;
}

/*
 * Where libxml2 2.9 and Canonical XML 1.1 part, in the name of a namespace:
 * xmlC14NPrintNamespaces writes & as it is, where c14n11 2.3 says that a
 * namespace node is written as an attribute; and a name that xmlParseURI does
 * not take, a percent sign without digits for one, ends xmlC14NExecute, where
 * c14n11 1.3 asks that of relative names alone.
 */
static bool
is_known_difference(const xmlNs *ns)
{
    bool differs = false;

    for (; ns != NULL && !differs; ns = ns->next) {
        const char *name = (const char *)ns->href;
        xmlURI *uri = name != NULL && *name != '\0' ? xmlParseURI(name) : NULL;

        differs = name != NULL && *name != '\0' &&
                  (uri == NULL || strchr(name, '&') != NULL);
        xmlFreeURI(uri);
    }
    return differs;
}

static const xmlNode *
next_node(const xmlNode *n)
{
    if (n->children != NULL)
        return n->children;
    while (n != NULL && n->next == NULL)
        n = n->parent;
    return n != NULL ? n->next : NULL;
}

bool
xml_is_comparable(const xmlDoc *doc)
{
    const xmlNode *n = xmlDocGetRootElement(doc);

    for (; n != NULL; n = next_node(n))
        if (n->type == XML_ELEMENT_NODE && is_known_difference(n->nsDef))
            return false;
    return is_plain(doc);
}

/* Whether the node is in what is written: `user` is the apex, and a Signature
 * is left out of a document. */
static int
visible(void *user, xmlNode *node, xmlNode *parent)
{
    const xmlNode *apex = user;
    const xmlNode *n = node->type == XML_NAMESPACE_DECL ? parent : node;

    if (n->type == XML_DOCUMENT_NODE)
        return apex == NULL;
    for (; n != NULL && n->type != XML_DOCUMENT_NODE; n = n->parent) {
        if (n == apex)
            return 1;
        if (apex == NULL && xml_is_dsig(n, "Signature") && n->parent != NULL &&
            n->parent->parent == (const xmlNode *)n->doc)
            return 0;
    }
    return apex == NULL;
}

static void
silent(void *user, const char *fmt, ...)
{
    (void)user;
    (void)fmt;
}

xmlDoc *
xml_read(const void *ptr, size_t len)
{
    xmlSetGenericErrorFunc(NULL, silent);
    return xmlReadMemory(ptr, (int)len, NULL, NULL,
                         XML_PARSE_NONET | XML_PARSE_NOERROR |
                             XML_PARSE_NOWARNING | XML_PARSE_HUGE);
}

xmlBuffer *
xml_canonical(xmlDoc *doc, xmlNode *apex)
{
    xmlBuffer *out = xmlBufferCreate();
    xmlOutputBuffer *to = xmlOutputBufferCreateBuffer(out, NULL);
    bool done;

    require(out != NULL && to != NULL);
    done = xmlC14NExecute(doc, visible, apex, XML_C14N_1_1, NULL, 0, to) >= 0;
    require(xmlOutputBufferClose(to) >= 0);
    if (done)
        return out;
    xmlBufferFree(out);
    return NULL;
}
