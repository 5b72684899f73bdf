/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of RIMs: rules 9 to 13. */
#include <stdio.h>

#include "sim/defect_rows.h"

static void
leave_out(struct sim_rim_spec *s)
{
    s->absent = true;
}

/* What is signed all the same. */

static void
hash_without_ns(struct sim_rim_spec *s)
{
    s->hash_without_ns = true;
}

static void
size_zero(struct sim_rim_spec *s)
{
    s->size_zero = true;
}

static void
alternatives_zero(struct sim_rim_spec *s)
{
    s->alternatives_zero = true;
}

static void
active_lowercase(struct sim_rim_spec *s)
{
    s->active_lowercase = true;
}

static void
index_twice(struct sim_rim_spec *s)
{
    s->index_twice = true;
}

static void
none_active(struct sim_rim_spec *s)
{
    for (size_t i = 0; i < SIM_RESOURCES; i++)
        s->golden[i].active = false;
}

/* Its last digit is another one. */
static void
other_version(struct sim_rim_spec *s)
{
    char *last = &s->version[strlen(s->version) - 1];

    *last = *last == '1' ? '2' : '1';
}

static void
other_product(struct sim_rim_spec *s)
{
    s->product = "GB100";
}

/* U+202E turns what follows around, U+009B is CSI in one character; ESC itself
 * cannot stand in XML. */
static void
escapes_in_version(struct sim_rim_spec *s)
{
    snprintf(s->version, sizeof(s->version), "580.95.05%s",
             "\xe2\x80\xae\xc2\x9b"
             "2JVERIFIED");
}

/* Index 28 is the driver RIM's, and all zero in the device too: nothing else is
 * wrong with it. */
static void
claim_index(struct sim_rim_spec *s)
{
    s->golden[28].active = true;
}

/* One tag in two places. */
static void
same_tag(struct sim_rim_spec *s)
{
    memset(s->tag_id, 0x7a, sizeof(s->tag_id));
}

/* Signers. */

static void
spoil_signature(struct sim_rim_spec *s)
{
    s->spoil_signature = true;
}

static void
edit_golden(struct sim_rim_spec *s)
{
    s->edit_golden = true;
}

/* Its two years ended a day before the world's time. */
static void
expire(struct sim_rim_spec *s)
{
    s->signer_from -= YEAR + DAY;
    s->signer_until -= YEAR + DAY;
}

static void
begin_tomorrow(struct sim_rim_spec *s)
{
    s->signer_from += YEAR + DAY;
    s->signer_until += YEAR + DAY;
}

static void
expire_abroad(struct sim_rim_spec *s)
{
    expire(s);
    s->foreign = true;
}

/* A year older, and what the device matches. */
static void
older(struct sim_rim_spec *s)
{
    s->signer_from -= DAY;
}

static void
reissue(struct sim_rim_spec *s)
{
    s->golden[21].hash[0][0] ^= 1;
    s->also = older;
}

static void
as_responder(struct sim_cert_spec *s)
{
    s->place = SIM_RESPONDER_NO_CHECK;
}

static void
as_ca(struct sim_cert_spec *s)
{
    s->place = SIM_RIM_SIGNER_CA;
}

static void
of_other_family(struct sim_cert_spec *s)
{
    s->cn = "NVIDIA Firmware L3 GH100 001";
}

static void
driver_as_vbios(struct sim_world *w)
{
    for (size_t i = 0; i < w->rims; i++)
        if (w->rim[i].spec.role == GA_RIM_VBIOS)
            w->rim[i].shown = &w->rim[0];
}

/* What is put in after signing, by somebody who has no key. */

#define EDIT(name, ...)                               \
    static void name(struct sim_rim_spec *s)          \
    {                                                 \
        static const struct sim_edit edits[] = {      \
            __VA_ARGS__, { NULL, NULL, false, false } \
        };                                            \
                                                      \
        s->edit = edits;                              \
    }
#define BEFORE(at, text)       \
    {                          \
        at, text, false, false \
    }
#define BEFORE_LAST(at, text) \
    {                         \
        at, text, false, true \
    }
#define INSTEAD(at, text)     \
    {                         \
        at, text, true, false \
    }

#define ZEROS "00000000000000000000000000000000"
#define EVIL                                                            \
    "<ns0:Payload><ns0:Resource type=\"Measurement\" index=\"0\" "      \
    "active=\"True\" alternatives=\"1\" ns2:Hash0=\"" ZEROS ZEROS ZEROS \
    "\" name=\"Measurement_0\" size=\"48\"/></ns0:Payload>"

EDIT(key_value, BEFORE("<ds:X509Data>", "<ds:KeyValue/>"))
EDIT(two_signatures, BEFORE_LAST("</SoftwareIdentity>",
                                 "<ds:Signature xmlns:ds=\"http://www.w3.org/"
                                 "2000/09/xmldsig#\"/>"))
EDIT(nested_signature, BEFORE("<ds:SignatureValue>", "<ds:Signature/>"))
EDIT(second_reference,
     BEFORE("</ds:SignedInfo>", "<ds:Reference URI=\"#x\"></ds:Reference>"))
EDIT(object_payload,
     BEFORE("</ds:Signature>", "<ds:Object>" EVIL "</ds:Object>"))
EDIT(comment, BEFORE("<ns0:Meta", "<!-- -->"))
EDIT(cdata, INSTEAD("</ds:SignatureValue>", "<![CDATA[]]></ds:SignatureValue>"))
EDIT(instruction, BEFORE("<ns0:Meta", "<?xml-stylesheet href=\"x\"?>"))
EDIT(doctype, BEFORE("<SoftwareIdentity", "<!DOCTYPE SoftwareIdentity>"))
EDIT(entity,
     BEFORE("<SoftwareIdentity",
            "<!DOCTYPE SoftwareIdentity [<!ENTITY v \"580\">]>"),
     INSTEAD("colloquialVersion=\"580", "colloquialVersion=\"&v;"))
EDIT(duplicate_ns_attribute,
     BEFORE(" active=\"", " xmlns:a=\"urn:x\" xmlns:b=\"urn:x\" a:i=\"1\" "
                          "b:i=\"2\""))
EDIT(two_payloads, BEFORE("<ns0:Payload", EVIL))
EDIT(transform_child,
     INSTEAD("<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\""
             "/>",
             "<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\""
             "><x xmlns=\"urn:x\"/></ds:Transform>"))

static void
with_bom(struct sim_rim_spec *s)
{
    s->coding = SIM_UTF8_BOM;
}

static void
in_utf16(struct sim_rim_spec *s)
{
    s->coding = SIM_UTF16;
}

/* XML that is not read to its end: nobody is named as its signer. */
#define NO_XML(where, rim)                          \
    FAILED(where, rim ".schema", MALFORMED),        \
        FAILED(where, rim ".signature", MALFORMED), \
        FAILED(where, rim ".chain", SHAPE),         \
        UNMADE(where, rim ".ocsp", DEPENDS)
/* ... and not even its version was come to. */
#define NO_START(where, rim) \
    NO_XML(where, rim), FAILED(where, rim ".version", VERSION_OTHER)
/* A Signature that is not as the profile wants it. */
#define NO_SIGNATURE(where, rim, reason) \
    FAILED(where, rim ".signature", reason), ONE_RIM_LESS(where)
#define SCHEMA(where, rim, reason) \
    FAILED(where, rim ".schema", reason), ONE_RIM_LESS(where)

/* clang-format off */
const struct sim_defect sim_defects_rim[] = {
    { "rim-missing", 9, "a driver that nobody vouches for",
      RIM("driver", leave_out), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.available", ABSENT),
        NO_RIM("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "vbios-rim-missing", 9, "a VBIOS that nobody vouches for",
      RIM("vbios", leave_out), 1, 0, EXPECT(
        FAILED("GPU-*", "vbios_rim.available", ABSENT),
        NO_RIM("GPU-*", "vbios_rim"), ONE_RIM_LESS("GPU-*")) },
    { "bios-rim-missing", 9, "a switch's BIOS that nobody vouches for",
      RIM("bios", leave_out), 0, 1, EXPECT(
        FAILED("SWITCH-*", "bios_rim.available", ABSENT),
        NO_RIM("SWITCH-*", "bios_rim"),
        UNMADE("SWITCH-*", "measurements.match", DEPENDS)) },
    { "rim-reissued-old-matches", 9, "a RIM that was replaced because its firmware is bad",
      RIM("driver", reissue), 1, 0, EXPECT(WRONG_INDEX("GPU-*", 21)) },
    { "rim-hash-no-ns", 10, "golden values where a lenient reader sees none",
      RIM("driver", hash_without_ns), 1, 0, EXPECT(SCHEMA("GPU-*", "driver_rim", SCHEMA)) },
    { "rim-digest", 10, "golden values of an altered driver in a signed RIM",
      RIM("driver", edit_golden), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", BAD_DIGEST)) },
    { "vbios-rim-signature", 10, "golden values that nobody signed",
      RIM("vbios", spoil_signature), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "vbios_rim", BAD_SIGNATURE)) },
    { "rim-keyvalue", 10, "a RIM brings the key that it is verified with",
      RIM("driver", key_value), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", MALFORMED)) },
    { "rim-two-signatures", 10, "one signature is verified, another one was meant",
      RIM("driver", two_signatures), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", DUPLICATE)) },
    { "rim-nested-signature", 10, "one signature is verified, another one was meant",
      RIM("driver", nested_signature), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", MALFORMED)) },
    { "rim-second-reference", 10, "a part is signed, and another one is read",
      RIM("driver", second_reference), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", DUPLICATE)) },
    { "rim-object-payload", 10, "golden values where the signature does not look",
      RIM("driver", object_payload), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", MALFORMED)) },
    { "rim-comment", 10, "a comment, which canonical XML drops, splits a text in two",
      RIM("driver", comment), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-cdata", 10, "one text has two forms",
      RIM("driver", cdata), 1, 0, EXPECT(
        NO_XML("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-pi", 10, "a reader is told what to do with the document",
      RIM("driver", instruction), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-doctype", 10, "a document type gives attributes that nobody wrote",
      RIM("driver", doctype), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-entity", 10, "an entity grows without bound, or reads a file",
      RIM("driver", entity), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-utf16", 10, "two readers take the same bytes for other characters",
      RIM("driver", in_utf16), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-bom", 10, "bytes that the digest does not cover",
      RIM("driver", with_bom), 1, 0, EXPECT(
        NO_START("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-dup-ns-attr", 10, "an attribute stands twice under two prefixes",
      RIM("driver", duplicate_ns_attribute), 1, 0, EXPECT(
        NO_XML("GPU-*", "driver_rim"), ONE_RIM_LESS("GPU-*")) },
    { "rim-two-payloads", 10, "one payload is signed, another one is read",
      RIM("driver", two_payloads), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.schema", DUPLICATE),
        NO_SIGNATURE("GPU-*", "driver_rim", BAD_DIGEST)) },
    { "rim-transform-child", 10, "a transform is told what it leaves out",
      RIM("driver", transform_child), 1, 0, EXPECT(
        NO_SIGNATURE("GPU-*", "driver_rim", MALFORMED)) },
    { "rim-expired", 11, "a RIM of a signer who signs no more",
      RIM("driver", expire), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", EXPIRED)),
      .named = "rim-grace,at,driver_rim.chain:expired" },
    { "rim-not-yet-valid", 11, "a RIM that its signer may not have signed",
      RIM("driver", begin_tomorrow), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", NOT_YET_VALID)),
      .named = "at,ocsp-grace" },
    { "rim-expired-and-foreign", 11, "a foreign RIM hides behind its date",
      RIM("driver", expire_abroad), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", UNTRUSTED),
        FAILED("GPU-*", "driver_rim.ocsp", SIMULATOR), ONE_RIM_LESS("GPU-*")) },
    { "rim-signer-responder", 11, "an OCSP responder signs RIMs",
      CERT("driver-rim-signer", as_responder), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", SHAPE), ONE_RIM_LESS("GPU-*")) },
    { "rim-signer-ca", 11, "a CA below signs RIMs",
      CERT("driver-rim-signer", as_ca), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", SHAPE), ONE_RIM_LESS("GPU-*")) },
    { "rim-other-family", 11, "a CA of the same root that is not for RIMs signs them",
      CERT("rim-l3-gpu", of_other_family), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.chain", SHAPE),
        FAILED("GPU-*", "vbios_rim.chain", SHAPE), NEITHER_RIM("GPU-*")) },
    { "rim-version-other", 12, "an older driver's RIM under this driver's id",
      RIM("driver", other_version), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.version", VERSION_OTHER),
        ONE_RIM_LESS("GPU-*")) },
    { "vbios-rim-version", 12, "an older VBIOS's RIM under this VBIOS's id",
      RIM("vbios", other_version), 1, 0, EXPECT(
        FAILED("GPU-*", "vbios_rim.version", VERSION_OTHER),
        ONE_RIM_LESS("GPU-*")) },
    { "bios-rim-version", 12, "another BIOS's RIM under this switch's id",
      RIM("bios", other_version), 0, 1, EXPECT(
        FAILED("SWITCH-*", "bios_rim.version", VERSION_OTHER),
        UNMADE("SWITCH-*", "measurements.match", DEPENDS)) },
    { "rim-product-other", 12, "another chip's RIM under this chip's id",
      RIM("driver", other_product), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.version", PRODUCT_OTHER),
        ONE_RIM_LESS("GPU-*")) },
    { "rim-driver-as-vbios", 12, "the driver's golden values stand for the VBIOS's",
      SET(driver_as_vbios), 1, 0, EXPECT(
        FAILED("GPU-*", "vbios_rim.version", ROLE_OTHER),
        ONE_RIM_LESS("GPU-*")) },
    { "rim-same-tag", 12, "one RIM stands in two places",
      RIM("*", same_tag), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.version", DUPLICATE),
        FAILED("GPU-*", "vbios_rim.version", DUPLICATE), NEITHER_RIM("GPU-*")) },
    { "rim-none-active", 12, "a RIM that asks for nothing",
      RIM("driver", none_active), 1, 0, EXPECT(SCHEMA("GPU-*", "driver_rim", SCHEMA)) },
    { "bios-rim-none-active", 12, "a RIM that asks for nothing",
      RIM("bios", none_active), 0, 1, EXPECT(
        FAILED("SWITCH-*", "bios_rim.schema", SCHEMA),
        UNMADE("SWITCH-*", "measurements.match", DEPENDS)) },
    { "rim-size-zero", 12, "a golden value of no bytes equals every value",
      RIM("driver", size_zero), 1, 0, EXPECT(SCHEMA("GPU-*", "driver_rim", SCHEMA)) },
    { "vbios-rim-size-zero", 12, "a golden value of no bytes equals every value",
      RIM("vbios", size_zero), 1, 0, EXPECT(SCHEMA("GPU-*", "vbios_rim", SCHEMA)) },
    { "rim-alternatives-zero", 12, "a golden value without a value to differ from",
      RIM("driver", alternatives_zero), 1, 0, EXPECT(SCHEMA("GPU-*", "driver_rim", SCHEMA)) },
    { "rim-active-lowercase", 12, "one reader takes \"true\" for active, another one does not",
      RIM("driver", active_lowercase), 1, 0, EXPECT(SCHEMA("GPU-*", "driver_rim", SCHEMA)) },
    { "rim-index-twice", 12, "one reader takes the first value of an index, another one the last",
      RIM("driver", index_twice), 1, 0, EXPECT(
        SCHEMA("GPU-*", "driver_rim", DUPLICATE)) },
    { "rim-escape", 12, "a RIM writes the verdict on the terminal",
      RIM("driver", escapes_in_version), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.version", ROLE_OTHER),
        ONE_RIM_LESS("GPU-*")) },
    { "rim-index-conflict", 13, "two RIMs decide one measurement, the weaker one wins",
      RIM("vbios", claim_index), 1, 0, EXPECT(
        FAILED("GPU-*", "measurements.conflict", CONFLICT)) },
    { .name = NULL },
};
