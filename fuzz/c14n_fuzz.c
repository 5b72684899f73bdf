/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: our canonical form against libxml2's Canonical XML 1.1.  What the
 * reader takes to its end, libxml2 parses as well, and the document without
 * its Signature is the same bytes; so is SignedInfo with its context.
 */
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/uri.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/require.h"
#include "rim/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_dsig(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE &&
           strcmp((const char *)n->name, name) == 0 && n->ns != NULL &&
           strcmp((const char *)n->ns->href, GA_NS_DSIG) == 0;
}

/* The first child of that name, or NULL. */
static xmlNode *
child(xmlNode *parent, const char *name)
{
    xmlNode *n = parent->children;

    while (n != NULL && !is_dsig(n, name))
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
        good += is_dsig(n, "Signature");
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

static bool
is_comparable(const xmlDoc *doc)
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
        if (apex == NULL && is_dsig(n, "Signature") && n->parent != NULL &&
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

static xmlBuffer *
write_part(xmlDoc *doc, xmlNode *apex)
{
    xmlBuffer *out = xmlBufferCreate();
    xmlOutputBuffer *to = xmlOutputBufferCreateBuffer(out, NULL);

    require(out != NULL && to != NULL);
    require(xmlC14NExecute(doc, visible, apex, XML_C14N_1_1, NULL, 0, to) >= 0);
    require(xmlOutputBufferClose(to) >= 0);
    return out;
}

static void
same(const xmlBuffer *theirs, struct ga_bytes ours)
{
    require((size_t)xmlBufferLength(theirs) == ours.len &&
            memcmp(xmlBufferContent(theirs), ours.ptr, ours.len) == 0);
}

static void
compare(const struct ga_rim *rim, const struct ga_grow *document)
{
    xmlDoc *doc = xmlReadMemory((const char *)rim->bytes.ptr,
                                (int)rim->bytes.len, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR |
                                    XML_PARSE_NOWARNING | XML_PARSE_HUGE);
    xmlNode *signature, *signed_info;
    xmlBuffer *out;

    if (doc == NULL)
        return; /* its names are those of XML's fourth edition */
    if (!is_comparable(doc)) {
        xmlFreeDoc(doc);
        return;
    }
    signature = child(xmlDocGetRootElement(doc), "Signature");
    signed_info = signature != NULL ? child(signature, "SignedInfo") : NULL;
    out = write_part(doc, NULL);
    same(out, ga_bytes_of(document->ptr, document->len));
    xmlBufferFree(out);
    if (rim->has_signature && rim->signature_problems == 0) {
        require(signed_info != NULL);
        out = write_part(doc, signed_info);
        same(out, ga_view(&rim->signed_info));
        xmlBufferFree(out);
    }
    xmlFreeDoc(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ga_grow document = { 0 };
    struct ga_sink sink = { ga_grow_put, &document };
    struct ga_rim *rim = calloc(1, sizeof(*rim));
    uint8_t digest[GA_SHA384_LEN];
    bool has_digest;

    xmlSetGenericErrorFunc(NULL, silent);
    if (rim != NULL && size <= GA_RIM_MAX &&
        ga_buf_copy(ga_bytes_of(data, size), &rim->bytes, NULL) == GA_OK &&
        ga_rim_scan(rim, &sink, digest, &has_digest, NULL) == GA_OK &&
        rim->complete && !document.failed)
        compare(rim, &document);
    ga_grow_done(&document);
    ga_rim_free(rim);
    return 0;
}
