/* SPDX-License-Identifier: Apache-2.0 */
/* The strict profile: which element may stand where, and how often. */
#include <string.h>

#include "rim/read.h"

/* Algorithms.  Source: xmldsig, rfc9231, c14n11. */
#define C14N11    "http://www.w3.org/2006/12/xml-c14n11"
#define ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#define SHA384    "http://www.w3.org/2001/04/xmldsig-more#sha384"
#define ECDSA384  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"

/* One row per element: its parent, how often it stands there, and the only
 * attribute that an element of the Signature may have, with its value (of the
 * first one and of those after it). */
struct rule {
    enum ga_rim_kind parent, kind;
    const char *name;
    unsigned min, max;
    const char *attribute;
    const char *value[2];
};

/* clang-format off */
static const struct rule rules[] = {
    { GA_RIM_DOCUMENT,    GA_RIM_ROOT,        "SoftwareIdentity", 1, 1, NULL, { NULL } },
    { GA_RIM_ROOT,        GA_RIM_META,        "Meta",             1, 1, NULL, { NULL } },
    { GA_RIM_ROOT,        GA_RIM_PAYLOAD,     "Payload",          1, 1, NULL, { NULL } },
    { GA_RIM_ROOT,        GA_RIM_SIGNATURE,   "Signature",        1, 1, NULL, { NULL } },
    { GA_RIM_PAYLOAD,     GA_RIM_RESOURCE,    "Resource", 1, GA_RIM_RESOURCES_MAX, NULL, { NULL } },
    { GA_RIM_SIGNATURE,   GA_RIM_SIGNED_INFO, "SignedInfo",       1, 1, NULL, { NULL } },
    { GA_RIM_SIGNATURE,   GA_RIM_SIGNATURE_VALUE, "SignatureValue", 1, 1, NULL, { NULL } },
    { GA_RIM_SIGNATURE,   GA_RIM_KEY_INFO,    "KeyInfo",          1, 1, NULL, { NULL } },
    { GA_RIM_SIGNED_INFO, GA_RIM_C14N_METHOD, "CanonicalizationMethod", 1, 1, "Algorithm", { C14N11, C14N11 } },
    { GA_RIM_SIGNED_INFO, GA_RIM_SIGNATURE_METHOD, "SignatureMethod", 1, 1, "Algorithm", { ECDSA384, ECDSA384 } },
    { GA_RIM_SIGNED_INFO, GA_RIM_REFERENCE,   "Reference",        1, 1, "URI", { "", "" } },
    { GA_RIM_REFERENCE,   GA_RIM_TRANSFORMS,  "Transforms",       1, 1, NULL, { NULL } },
    { GA_RIM_REFERENCE,   GA_RIM_DIGEST_METHOD, "DigestMethod",   1, 1, "Algorithm", { SHA384, SHA384 } },
    { GA_RIM_REFERENCE,   GA_RIM_DIGEST_VALUE, "DigestValue",     1, 1, NULL, { NULL } },
    { GA_RIM_TRANSFORMS,  GA_RIM_TRANSFORM,   "Transform",        2, 2, "Algorithm", { ENVELOPED, C14N11 } },
    { GA_RIM_KEY_INFO,    GA_RIM_X509_DATA,   "X509Data",         1, 1, NULL, { NULL } },
    { GA_RIM_X509_DATA,   GA_RIM_X509_CERTIFICATE, "X509Certificate", 1, GA_CERTS_MAX, NULL, { NULL } },
};
/* clang-format on */

#define RULES (sizeof(rules) / sizeof(rules[0]))

static bool
of_signature(enum ga_rim_kind kind)
{
    return kind >= GA_RIM_SIGNATURE && kind <= GA_RIM_X509_CERTIFICATE;
}

static bool
leaf(enum ga_rim_kind kind)
{
    return kind == GA_RIM_DIGEST_VALUE || kind == GA_RIM_SIGNATURE_VALUE ||
           kind == GA_RIM_X509_CERTIFICATE;
}

static const char *
namespace_of(enum ga_rim_kind kind)
{
    return of_signature(kind) ? GA_NS_DSIG : GA_NS_SWID;
}

static const char *
name_of(enum ga_rim_kind kind)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].kind == kind)
            return rules[i].name;
    return "another element";
}

const struct ga_xml_attribute *
ga_rim_attribute(const struct ga_rim_reader *r, const char *uri,
                 const char *local)
{
    for (size_t i = 0; i < r->element.count; i++) {
        const struct ga_xml_attribute *a = &r->element.attribute[i];

        if (ga_span_is(a->name.uri, uri) && ga_span_is(a->name.local, local))
            return a;
    }
    return NULL;
}

char *
ga_rim_keep(struct ga_rim_reader *r, const void *ptr, size_t len)
{
    char *out = (char *)r->rim->arena + r->arena_used;

    /* What is kept stands in the input, quoted, and each part of it is kept
     * once: the arena, as long as the input, cannot run out. */
    if (len >= r->rim->bytes.len + 1 - r->arena_used) {
        r->rc = GA_E_NOMEM;
        return NULL;
    }
    memcpy(out, ptr, len);
    out[len] = '\0';
    r->arena_used += len + 1;
    return out;
}

/* The row of a child of that name, in any namespace, or RULES. */
static size_t
find(enum ga_rim_kind parent, struct ga_span name)
{
    size_t i = 0;

    while (i < RULES &&
           !(rules[i].parent == parent && ga_span_is(name, rules[i].name)))
        i++;
    return i;
}

/* Whether the profile knows an element of exactly that name anywhere.  Of
 * XMLDSig, everything counts. */
static bool
known(const struct ga_xml_name *name)
{
    if (ga_span_is(name->uri, GA_NS_DSIG))
        return true;
    for (size_t i = 0; i < RULES; i++)
        if (!of_signature(rules[i].kind) &&
            ga_span_is(name->local, rules[i].name))
            return ga_span_is(name->uri, GA_NS_SWID);
    return false;
}

/* An element without a row at its place.  Below the root, what the profile
 * does not know is passed over; a part of the RIM in another place is not. */
static enum ga_rim_kind
foreign(struct ga_rim_reader *r, enum ga_rim_kind parent)
{
    const struct ga_xml_name *n = &r->element.name;
    bool open = parent == GA_RIM_ROOT || parent == GA_RIM_OTHER;

    if (open && !known(n))
        return GA_RIM_OTHER;
    ga_rim_note(r, of_signature(parent) || ga_span_is(n->uri, GA_NS_DSIG),
                GA_E_BAD_VALUE, "%s: element %.*s is not admitted",
                name_of(parent), GA_NAME(n->local));
    return GA_RIM_REFUSED;
}

static void
check_namespace(struct ga_rim_reader *r, const struct rule *rule)
{
    const struct ga_xml_name *n = &r->element.name;
    const char *want = namespace_of(rule->kind);

    if (ga_span_is(n->uri, want))
        return;
    if (n->uri.len == 0)
        ga_rim_note(r, of_signature(rule->kind), GA_E_BAD_VALUE,
                    "%s: in no namespace, not %s", rule->name, want);
    else
        ga_rim_note(r, of_signature(rule->kind), GA_E_BAD_VALUE,
                    "%s: in namespace %.*s, not %s", rule->name,
                    GA_NAME(n->uri), want);
}

static enum ga_rim_kind
classify(struct ga_rim_reader *r)
{
    struct ga_rim_open *parent = &r->open[r->depth - 1];
    size_t row = find(parent->kind, r->element.name.local);
    const struct rule *rule = &rules[0];

    if (parent->kind == GA_RIM_REFUSED)
        return GA_RIM_REFUSED;
    if (row < RULES)
        rule = &rules[row];
    else if (parent->kind != GA_RIM_DOCUMENT)
        return foreign(r, parent->kind);
    else
        ga_rim_note(r, false, GA_E_BAD_VALUE, "root element is %.*s, not %s",
                    GA_NAME(r->element.name.local), rule->name);
    check_namespace(r, rule);
    if (r->seen[rule->kind] == rule->max) {
        ga_rim_note(r, of_signature(rule->kind), GA_E_DUPLICATE,
                    "%s: more than %u %s", name_of(rule->parent), rule->max,
                    rule->name);
        return GA_RIM_REFUSED;
    }
    r->seen[rule->kind]++;
    if (of_signature(rule->parent) && row < parent->last)
        ga_rim_note(r, true, GA_E_BAD_VALUE, "%s: %s is out of order",
                    name_of(rule->parent), rule->name);
    parent->last = row;
    return rule->kind;
}

static const struct rule *
rule_of(enum ga_rim_kind kind)
{
    for (size_t i = 0; i < RULES; i++)
        if (rules[i].kind == kind)
            return &rules[i];
    return NULL;
}

/* The attributes of an element of the Signature: the row's, and no other. */
static void
check_attributes(struct ga_rim_reader *r, const struct rule *rule)
{
    const char *want = rule->value[r->seen[rule->kind] > 1];
    bool found = false;

    for (size_t i = 0; i < r->element.count; i++) {
        const struct ga_xml_attribute *a = &r->element.attribute[i];

        if (rule->attribute == NULL || a->name.uri.len > 0 ||
            !ga_span_is(a->name.local, rule->attribute)) {
            ga_rim_note(r, true, GA_E_BAD_VALUE,
                        "%s: attribute %.*s is not admitted", rule->name,
                        GA_NAME(a->name.local));
            continue;
        }
        found = true;
        if (!ga_span_is(a->value, want))
            ga_rim_note(r, true, GA_E_BAD_VALUE, "%s: %s \"%.*s\", not \"%s\"",
                        rule->name, rule->attribute, GA_NAME(a->value), want);
    }
    if (rule->attribute != NULL && !found)
        ga_rim_note(r, true, GA_E_MISSING, "%s: no %s", rule->name,
                    rule->attribute);
}

/* Attributes that are kept. */
static const struct kept {
    enum ga_rim_kind kind;
    const char *uri, *name;
    size_t member;
    bool required;
} kept[] = {
    { GA_RIM_ROOT, "", "tagId", offsetof(struct ga_rim, tag_id), true },
    { GA_RIM_META, "", "colloquialVersion", offsetof(struct ga_rim, version),
      true },
    { GA_RIM_META, "", "product", offsetof(struct ga_rim, product), true },
    { GA_RIM_META, "", "edition", offsetof(struct ga_rim, edition), false },
    { GA_RIM_META, GA_NS_TCG, "FirmwareManufacturerId",
      offsetof(struct ga_rim, firmware_id), false },
};

static void
keep_attributes(struct ga_rim_reader *r, enum ga_rim_kind kind)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        const struct kept *k = &kept[i];
        const struct ga_xml_attribute *a;

        if (k->kind != kind)
            continue;
        a = ga_rim_attribute(r, k->uri, k->name);
        if (a != NULL && a->value.len > 0) {
            char *copy = ga_rim_keep(r, a->value.ptr, a->value.len);

            memcpy((char *)r->rim + k->member, &copy, sizeof(copy));
        } else if (k->required) {
            ga_rim_note(r, false, GA_E_MISSING, "%s: no %s", name_of(kind),
                        k->name);
        }
    }
}

void
ga_rim_start(struct ga_rim_reader *r)
{
    enum ga_rim_kind kind = classify(r);

    r->open[r->depth].kind = kind;
    if (leaf(kind))
        r->text.len = 0;
    if (kind == GA_RIM_RESOURCE)
        ga_rim_read_resource(r);
    else if (of_signature(kind))
        check_attributes(r, rule_of(kind));
    else
        keep_attributes(r, kind);
}

static bool
blank(struct ga_span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr(" \t\r\n", s.ptr[i]) == NULL)
            return false;
    return true;
}

void
ga_rim_text(struct ga_rim_reader *r, struct ga_span text)
{
    struct ga_rim_open *open = &r->open[r->depth];

    if (leaf(open->kind)) {
        if (text.len > GA_XML_CONTENT_MAX - r->text.len)
            ga_rim_stop(r, GA_E_TOO_LARGE, "%s: text of more than %d bytes",
                        name_of(open->kind), GA_XML_CONTENT_MAX);
        else
            ga_grow_put(&r->text, text.ptr, text.len);
        return;
    }
    if (open->kind >= GA_RIM_OTHER || open->text_noted || blank(text))
        return;
    open->text_noted = true;
    ga_rim_note(r, of_signature(open->kind), GA_E_BAD_VALUE,
                "%s: text is not admitted", name_of(open->kind));
}

/* At the end of an element: what it lacks. */
static void
check_children(struct ga_rim_reader *r, enum ga_rim_kind kind)
{
    for (size_t i = 0; i < RULES; i++) {
        const struct rule *rule = &rules[i];
        unsigned n = r->seen[rule->kind];

        if (rule->parent != kind || n >= rule->min)
            continue;
        if (n == 0)
            ga_rim_note(r, of_signature(rule->kind), GA_E_MISSING, "%s: no %s",
                        name_of(kind), rule->name);
        else
            ga_rim_note(r, of_signature(rule->kind), GA_E_MISSING,
                        "%s: %u %s, not %u", name_of(kind), n, rule->name,
                        rule->min);
    }
    if (kind == GA_RIM_PAYLOAD && r->seen[GA_RIM_RESOURCE] > 0 &&
        r->active == 0)
        ga_rim_note(r, false, GA_E_MISSING, "Payload: no active Resource");
}

void
ga_rim_end(struct ga_rim_reader *r)
{
    enum ga_rim_kind kind = r->open[r->depth].kind;

    if (leaf(kind))
        ga_rim_read_leaf(r, kind);
    else if (kind < GA_RIM_OTHER)
        check_children(r, kind);
}
