/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: a RIM that its rightful signer signs whatever it says, against
 * libxml2.  Digest and signature of the input are made again here, over the
 * canonical forms that libxml2 writes; what passes must say for libxml2 what it
 * says for us, and measurements match where libxml2's golden values do.
 */
#define _GNU_SOURCE /* memmem */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "fuzz/mutate.h"
#include "fuzz/require.h"
#include "fuzz/xml.h"
#include "rim/compare.h"
#include "rim/read.h"
#include "sim/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-06-15T12:00:00Z */
#define WORLD_TIME INT64_C(1781524800)
/* Golden values that are left in the RIM to begin with. */
#define GOLDENS 12

struct stage {
    struct sim_world *world;
    const struct sim_rim *driver;
    struct ga_report *report;
    struct ga_rim *vbios;
    struct ga_facts *facts;
    struct ga_buf own;
};

/* The driver's RIM without most of its golden values. */
static void
keep_own(struct stage *s)
{
    static const char item[] = "<ns0:Resource", end[] = "</ns0:Payload>";
    const uint8_t *xml = s->driver->xml.ptr, *at = xml, *to;
    size_t len = s->driver->xml.len, head;

    for (size_t i = 0; i <= GOLDENS; i++) {
        at = memmem(at + 1, len - (size_t)(at + 1 - xml), item,
                    sizeof(item) - 1);
        require(at != NULL);
    }
    to = memmem(at, len - (size_t)(at - xml), end, sizeof(end) - 1);
    require(to != NULL);
    head = (size_t)(at - xml);
    s->own.len = head + len - (size_t)(to - xml);
    s->own.ptr = malloc(s->own.len);
    require(s->own.ptr != NULL);
    memcpy(s->own.ptr, xml, head);
    memcpy(&s->own.ptr[head], to, s->own.len - head);
}

static struct stage
open_stage(void)
{
    struct stage s = { 0 };
    struct sim_options o;
    const struct sim_rim *vbios = NULL;

    require(sim_options_init(&o, WORLD_TIME, NULL) == GA_OK);
    o.seed = "fuzz";
    require(sim_world_make(&o, &s.world, NULL) == GA_OK);
    require(ga_facts_new(&s.facts, NULL) == GA_OK);
    for (size_t i = 0; i < s.world->rims; i++)
        if (s.world->rim[i].spec.role == GA_RIM_DRIVER)
            s.driver = &s.world->rim[i];
        else
            vbios = &s.world->rim[i];
    require(s.driver != NULL && vbios != NULL);
    require(ga_rim_read(ga_view(&vbios->xml), &s.vbios, NULL) == GA_OK);
    require(ga_report_parse(s.world->device[0].report.ptr,
                            s.world->device[0].report.len, &s.report,
                            NULL) == GA_OK);
    keep_own(&s);
    return s;
}

static struct stage *
stage(void)
{
    static struct stage s; /* as long as the process */

    if (s.world == NULL)
        s = open_stage();
    return &s;
}

/* Puts base64 of `raw` between the first `tag` and the next '<'. */
static bool
put_base64(struct ga_buf *xml, const char *tag, const void *raw, int len)
{
    uint8_t text[160];
    int n = EVP_EncodeBlock(text, raw, len);
    uint8_t *at = memmem(xml->ptr, xml->len, tag, strlen(tag)), *end, *more;
    size_t head, rest;

    if (at == NULL)
        return false;
    head = (size_t)(at - xml->ptr) + strlen(tag);
    end = memchr(&xml->ptr[head], '<', xml->len - head);
    if (end == NULL)
        return false;
    rest = xml->len - (size_t)(end - xml->ptr);
    more = malloc(head + (size_t)n + rest);
    require(more != NULL);
    memcpy(more, xml->ptr, head);
    memcpy(&more[head], text, (size_t)n);
    memcpy(&more[head + (size_t)n], end, rest);
    free(xml->ptr);
    *xml = (struct ga_buf){ more, head + (size_t)n + rest };
    return true;
}

static xmlNode *
signature_of(const xmlDoc *doc)
{
    return xml_dsig_child(xmlDocGetRootElement(doc), "Signature");
}

/* The digest of the document stands in its SignedInfo. */
static bool
digest_again(struct ga_buf *xml)
{
    xmlDoc *doc = xml_read(xml->ptr, xml->len);
    xmlBuffer *out = NULL;
    bool done = false;
    uint8_t digest[GA_SHA384_LEN];

    if (doc != NULL && xml_is_comparable(doc))
        out = xml_canonical(doc, NULL);
    if (out != NULL) {
        require(ga_sha384(
            ga_bytes_of(xmlBufferContent(out), (size_t)xmlBufferLength(out)),
            digest));
        done = put_base64(xml, "<ds:DigestValue>", digest, sizeof(digest));
    }
    xmlBufferFree(out);
    xmlFreeDoc(doc);
    return done;
}

static void
sign_again(struct stage *s, struct ga_buf *xml)
{
    xmlDoc *doc = xml_read(xml->ptr, xml->len);
    xmlNode *signature = doc != NULL ? signature_of(doc) : NULL;
    xmlNode *info =
        signature != NULL ? xml_dsig_child(signature, "SignedInfo") : NULL;
    xmlBuffer *out = info != NULL ? xml_canonical(doc, info) : NULL;
    uint8_t rs[2 * GA_P384_LEN];

    if (out != NULL) {
        require(sim_sign(&s->world->forge, &s->driver->signer.key,
                         ga_bytes_of(xmlBufferContent(out),
                                     (size_t)xmlBufferLength(out)),
                         rs, NULL) == GA_OK);
        put_base64(xml, "<ds:SignatureValue>", rs, sizeof(rs));
    }
    xmlBufferFree(out);
    xmlFreeDoc(doc);
}

/* An attribute without a namespace has that value. */
static void
same_attribute(xmlNode *n, const char *name, const char *ours)
{
    xmlChar *theirs = xmlGetNoNsProp(n, (const xmlChar *)name);

    require(theirs != NULL && ours != NULL &&
            strcmp((const char *)theirs, ours) == 0);
    xmlFree(theirs);
}

static bool
is_swid(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && n->ns != NULL &&
           strcmp((const char *)n->ns->href, GA_NS_SWID) == 0 &&
           strcmp((const char *)n->name, name) == 0;
}

/* The only child of that name. */
static xmlNode *
only(xmlNode *parent, const char *name)
{
    xmlNode *found = NULL;

    for (xmlNode *n = parent->children; n != NULL; n = n->next) {
        require(!is_swid(n, name) || found == NULL);
        found = is_swid(n, name) ? n : found;
    }
    require(found != NULL);
    return found;
}

/* Whether the report has one of a golden value's alternatives. */
static bool
has_value(const struct stage *s, xmlNode *n, const struct ga_resource *ours)
{
    struct ga_bytes runtime = { 0 };
    bool found = false;

    if (ours->index < s->report->block_count)
        runtime = s->report->block[ours->index].value;
    for (unsigned a = 0; a < ours->alternatives; a++) {
        uint8_t hash[GA_SHA384_LEN];
        char name[16];
        xmlChar *hex;

        snprintf(name, sizeof(name), "Hash%u", a);
        hex = xmlGetNsProp(n, (const xmlChar *)name,
                           (const xmlChar *)GA_NS_SHA384);
        require(hex != NULL &&
                ga_unhex((const char *)hex, strlen((const char *)hex), hash,
                         sizeof(hash)));
        xmlFree(hex);
        require(ga_bytes_equal(ga_bytes_of(hash, sizeof(hash)),
                               ga_bytes_of(ours->hash[a], sizeof(hash))));
        found =
            found || ga_bytes_equal(runtime, ga_bytes_of(hash, sizeof(hash)));
    }
    return found;
}

/* Reads the golden values as libxml2 does, in their order; returns whether the
 * report has all that are active. */
static bool
same_resources(const struct stage *s, const struct ga_rim *rim,
               xmlNode *payload)
{
    bool matches = true;
    size_t i = 0;

    for (xmlNode *n = payload->children; n != NULL; n = n->next) {
        const struct ga_resource *ours = &rim->resource[i];
        char number[16];
        bool found;

        if (n->type != XML_ELEMENT_NODE)
            continue;
        require(is_swid(n, "Resource") && i++ < rim->resource_count);
        snprintf(number, sizeof(number), "%u", ours->index);
        same_attribute(n, "index", number);
        same_attribute(n, "active", ours->active ? "True" : "False");
        snprintf(number, sizeof(number), "%u", ours->alternatives);
        same_attribute(n, "alternatives", number);
        found = has_value(s, n, ours);
        matches = matches && (found || !ours->active);
    }
    require(i == rim->resource_count);
    return matches;
}

static void
compare(const struct stage *s, const struct ga_rim *rim)
{
    const struct ga_rim *both[GA_RIM_ROLES] = {
        [GA_RIM_DRIVER] = rim, [GA_RIM_VBIOS] = s->vbios
    };
    xmlDoc *doc = xml_read(rim->bytes.ptr, rim->bytes.len);
    struct ga_check check = { 0 };
    struct ga_comparison c;
    xmlNode *root;
    bool matches;

    require(doc != NULL && xml_is_comparable(doc));
    root = xmlDocGetRootElement(doc);
    require(is_swid(root, "SoftwareIdentity") && signature_of(doc) != NULL);
    same_attribute(root, "tagId", rim->tag_id);
    same_attribute(only(root, "Meta"), "colloquialVersion", rim->version);
    same_attribute(only(root, "Meta"), "product", rim->product);
    matches = same_resources(s, rim, only(root, "Payload"));
    ga_compare_match(s->report, both, GA_KIND_GPU, &c, &check);
    require((check.state == GA_PASSED) == matches);
    xmlFreeDoc(doc);
}

static bool
passes(const struct stage *s, const struct ga_rim *rim)
{
    struct ga_check schema = { 0 }, signature = { 0 };

    ga_rim_check_schema(rim, &schema);
    ga_rim_check_signature(rim, s->facts, &signature);
    return schema.state == GA_PASSED && signature.state == GA_PASSED;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage *s = stage();
    struct ga_bytes in = ga_bytes_of(data, size);
    struct ga_buf xml = { 0 };
    struct ga_rim *rim = NULL;
    bool own = size < 2;

    if (size > GA_RIM_MAX - 1024)
        return 0;
    if (own)
        in = ga_view(&s->own);
    require(ga_buf_copy(in, &xml, NULL) == GA_OK);
    if (digest_again(&xml))
        sign_again(s, &xml);
    require(ga_rim_read(ga_view(&xml), &rim, NULL) == GA_OK);
    if (passes(s, rim))
        compare(s, rim);
    else
        require(!own);
    ga_rim_free(rim);
    ga_buf_done(&xml);
    return 0;
}

/* The empty input stands for the simulator's own RIM. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    const struct ga_buf *own = &stage()->own;

    if (size < 2 && own->len <= max) {
        memcpy(data, own->ptr, own->len);
        return own->len;
    }
    return mutate_xml(data, size, max, seed);
}
