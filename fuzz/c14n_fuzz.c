/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: our canonical form against libxml2's Canonical XML 1.1.  What the
 * reader takes to its end, libxml2 parses as well, and the document without
 * its Signature is the same bytes; so is SignedInfo with its context.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "fuzz/xml.h"
#include "rim/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(const xmlBuffer *theirs, struct ga_bytes ours)
{
    require(theirs != NULL && (size_t)xmlBufferLength(theirs) == ours.len &&
            memcmp(xmlBufferContent(theirs), ours.ptr, ours.len) == 0);
}

static void
compare(const struct ga_rim *rim, const struct ga_grow *document)
{
    xmlDoc *doc = xml_read(rim->bytes.ptr, rim->bytes.len);
    xmlNode *signature, *signed_info;
    xmlBuffer *out;

    if (doc == NULL)
        return; /* its names are those of XML's fourth edition */
    if (!xml_is_comparable(doc)) {
        xmlFreeDoc(doc);
        return;
    }
    signature = xml_dsig_child(xmlDocGetRootElement(doc), "Signature");
    signed_info =
        signature != NULL ? xml_dsig_child(signature, "SignedInfo") : NULL;
    out = xml_canonical(doc, NULL);
    same(out, ga_bytes_of(document->ptr, document->len));
    xmlBufferFree(out);
    if (rim->has_signature && rim->signature_problems == 0) {
        require(signed_info != NULL);
        out = xml_canonical(doc, signed_info);
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

    if (rim != NULL && size <= GA_RIM_MAX &&
        ga_buf_copy(ga_bytes_of(data, size), &rim->bytes, NULL) == GA_OK &&
        ga_rim_scan(rim, &sink, digest, &has_digest, NULL) == GA_OK &&
        rim->complete && !document.failed)
        compare(rim, &document);
    ga_grow_done(&document);
    ga_rim_free(rim);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    return mutate_xml(data, size, max, seed);
}
