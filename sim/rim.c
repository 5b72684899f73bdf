/* SPDX-License-Identifier: Apache-2.0 */
/* RIMs: golden values as real ones have them, SWID XML, enveloped signature. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>

#include "sim/cleanup.h"
#include "sim/rim.h"
#include "sim/xml.h"

/* Source: swid, tcg-rim, xmldsig, c14n11, rfc9231 */
#define SWID   "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"
#define TCG                                       \
    "https://trustedcomputinggroup.org/resource/" \
    "tcg-reference-integrity-manifest-rim-information-model/"
#define DSIG  "http://www.w3.org/2000/09/xmldsig#"
#define C14N  "http://www.w3.org/2006/12/xml-c14n11"
#define ECDSA "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
/* What real RIMs have for SHA-384. */
#define DIGEST "http://www.w3.org/2001/04/xmldsig-more#sha384"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Source: spec-protocol.  Active golden values, measured on real RIMs: 21 of a driver, 12 of a VBIOS,
 * 31 of a switch's BIOS.  `zero`: the first alternative is all zero. */
/* clang-format off */
static const struct golden_row {
    enum ga_rim_role role;
    unsigned first, last;
    const char *kind, *suffix;
    unsigned alternatives;
    bool zero;
} golden_rows[] = {
    { GA_RIM_DRIVER,  7,  7, "Measurement",            "",     1, false },
    { GA_RIM_DRIVER, 21, 22, "MixedMeasurement",       "",     1, false },
    { GA_RIM_DRIVER, 23, 24, "MixedMeasurement",       "",     2, false },
    { GA_RIM_DRIVER, 25, 27, "MixedMeasurement",       "",     1, false },
    { GA_RIM_DRIVER, 28, 28, "Measurement",            "",     1, true },
    { GA_RIM_DRIVER, 29, 31, "MixedMeasurement",       "",     1, false },
    { GA_RIM_DRIVER, 32, 32, "HashedMeasurement",      "_GSP", 2, false },
    { GA_RIM_DRIVER, 33, 33, "HashedMeasurement",      "_GSP", 1, false },
    { GA_RIM_DRIVER, 34, 34, "MixedHashedMeasurement", "",     2, false },
    { GA_RIM_DRIVER, 35, 35, "Measurement",            "",     4, false },
    { GA_RIM_DRIVER, 36, 36, "HashedMeasurement",      "_GSP", 2, false },
    { GA_RIM_DRIVER, 37, 38, "HashedMeasurement",      "_GSP", 1, false },
    { GA_RIM_DRIVER, 39, 40, "MixedMeasurement",       "",     1, false },
    { GA_RIM_VBIOS,   0,  0, "Measurement",            "",     1, true },
    { GA_RIM_VBIOS,   1,  6, "HashedMeasurement",      "_FSP", 1, false },
    { GA_RIM_VBIOS,   8,  8, "Measurement",            "",     1, true },
    { GA_RIM_VBIOS,   9,  9, "Measurement",            "",     1, false },
    { GA_RIM_VBIOS,  10, 10, "Measurement",            "",     1, true },
    { GA_RIM_VBIOS,  11, 11, "Measurement",            "",     1, false },
    { GA_RIM_VBIOS,  12, 12, "Measurement",            "",     4, true },
    { GA_RIM_BIOS,    0,  3, "HashedMeasurement",      "_FSP", 1, false },
    { GA_RIM_BIOS,    4,  4, "Measurement",            "",     1, false },
    { GA_RIM_BIOS,    5,  5, "Measurement",            "",     1, true },
    { GA_RIM_BIOS,    6,  6, "Measurement",            "",     1, false },
    { GA_RIM_BIOS,    7,  7, "Measurement",            "",     1, true },
    { GA_RIM_BIOS,    8,  8, "Measurement",            "",     1, false },
    { GA_RIM_BIOS,    9,  9, "Measurement",            "",     4, true },
    { GA_RIM_BIOS,   10, 11, "Measurement",            "",     4, false },
    { GA_RIM_BIOS,   12, 13, "Measurement",            "",     4, true },
    { GA_RIM_BIOS,   14, 14, "Measurement",            "",     4, false },
    { GA_RIM_BIOS,   15, 17, "Measurement",            "",     4, true },
    { GA_RIM_BIOS,   18, 25, "Measurement",            "",     4, false },
    { GA_RIM_BIOS,   26, 26, "Measurement",            "",     1, false },
    { GA_RIM_BIOS,   27, 27, "HashedMeasurement",      "_FSP", 1, false },
    { GA_RIM_BIOS,   28, 30, "Measurement",            "",     1, false },
};
/* clang-format on */

static enum ga_rc
fill(const struct sim_forge *f, struct sim_rim_spec *spec, unsigned index,
     const struct golden_row *row, struct ga_error *err)
{
    struct sim_golden *g = &spec->golden[index];
    enum ga_rc rc = GA_OK;

    g->active = true;
    g->kind = row->kind;
    g->suffix = row->suffix;
    g->alternatives = row->alternatives;
    for (unsigned a = row->zero; a < row->alternatives && rc == GA_OK; a++)
        rc = sim_derive(f, g->hash[a], sizeof(g->hash[a]), err,
                        "golden %d %s %s %u %u", (int)spec->role, spec->product,
                        spec->version, index, a);
    return rc;
}

enum ga_rc
sim_rim_goldens(const struct sim_forge *f, struct sim_rim_spec *spec,
                struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < SIM_RESOURCES; i++)
        spec->golden[i] = (struct sim_golden){ .kind = "Measurement",
                                               .suffix = "",
                                               .alternatives = 1 };
    for (size_t i = 0; i < COUNT(golden_rows) && rc == GA_OK; i++) {
        const struct golden_row *row = &golden_rows[i];

        for (unsigned n = row->first;
             row->role == spec->role && n <= row->last && rc == GA_OK; n++)
            rc = fill(f, spec, n, row, err);
    }
    return rc;
}

static void
hex_of(struct ga_bytes in, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.len; i++) {
        *out++ = digits[in.ptr[i] >> 4];
        *out++ = digits[in.ptr[i] & 0xf];
    }
    *out = '\0';
}

static const char *
active_word(const struct sim_rim_spec *spec, bool active)
{
    if (spec->active_lowercase)
        return active ? "true" : "false";
    return active ? "True" : "False";
}

static void
put_resource(struct sim_xml *x, const struct sim_rim_spec *spec, unsigned index)
{
    const struct sim_golden *g = &spec->golden[index];
    char hash[SIM_ALTERNATIVES][2 * GA_SHA384_LEN + 1];
    char hash_name[SIM_ALTERNATIVES][24];
    char number[12], alternatives[12], name[80];
    struct sim_attr attr[SIM_ATTRS_MAX];
    size_t n = 0;

    snprintf(number, sizeof(number), "%u",
             spec->index_twice && index == SIM_RESOURCES - 1 ? 0 : index);
    snprintf(alternatives, sizeof(alternatives), "%u",
             spec->alternatives_zero ? 0 : g->alternatives);
    snprintf(name, sizeof(name), "%s_%u%s", g->kind, index, g->suffix);
    attr[n++] = (struct sim_attr){ "type", "Measurement" };
    attr[n++] = (struct sim_attr){ "index", number };
    attr[n++] = (struct sim_attr){ "active", active_word(spec, g->active) };
    attr[n++] = (struct sim_attr){ "alternatives", alternatives };
    for (unsigned a = 0; !spec->alternatives_zero && a < g->alternatives; a++) {
        snprintf(hash_name[a], sizeof(hash_name[a]), "%sHash%u",
                 spec->hash_without_ns ? "" : "ns2:", a);
        hex_of(ga_bytes_of(g->hash[a], GA_SHA384_LEN), hash[a]);
        attr[n++] = (struct sim_attr){ hash_name[a], hash[a] };
    }
    attr[n++] = (struct sim_attr){ "name", name };
    attr[n++] = (struct sim_attr){ "size", spec->size_zero ? "0" : "48" };
    sim_xml_text(x, "\n        ");
    sim_xml_empty(x, "ns0:Resource", attr, n);
}

static void
put_meta(struct sim_xml *x, const struct sim_rim_spec *spec)
{
    const struct sim_attr entity[] = {
        { "name", SIM_ORGANISATION },
        { "role", "softwareCreator tagCreator" },
    };
    const struct sim_attr meta[] = {
        { "xmlns:ns1", TCG },
        { "colloquialVersion", spec->version },
        { "edition", spec->edition },
        { "product", spec->product },
        { "revision", "r1" },
        { "PayloadType", "direct" },
        { "ns1:BindingSpec", "RIMIM" },
        { "ns1:BindingSpecVersion", "1.01" },
        { "ns1:PlatformManufacturerId", "5703" },
        { "ns1:PlatformManufacturerStr", SIM_ORGANISATION },
        { "ns1:PlatformModel", spec->product },
        { "ns1:FirmwareManufacturer", SIM_ORGANISATION },
        { "ns1:FirmwareManufacturerId", "5703" },
    };

    sim_xml_text(x, "\n    ");
    sim_xml_empty(x, "ns0:Entity", entity, COUNT(entity));
    sim_xml_text(x, "\n    ");
    sim_xml_empty(x, "ns0:Meta", meta, COUNT(meta));
}

/* Everything up to the Signature. */
static void
put_tag(struct sim_xml *x, const struct sim_rim_spec *spec)
{
    char tag_id[2 * sizeof(spec->tag_id) + 1];
    const struct sim_attr root[] = {
        { "xmlns", SWID },           { "xmlns:ns0", SWID },
        { "xmlns:ns2", SHA384 },     { "corpus", "false" },
        { "name", spec->product },   { "patch", "false" },
        { "supplemental", "false" }, { "tagId", tag_id },
        { "version", "1.0" },        { "tagVersion", "0" },
    };
    const struct sim_attr payload[] = { { "xmlns:SHA384", SHA384 } };

    hex_of(ga_bytes_of(spec->tag_id, sizeof(spec->tag_id)), tag_id);
    sim_xml_start(x, "SoftwareIdentity", root, COUNT(root));
    put_meta(x, spec);
    sim_xml_text(x, "\n    ");
    sim_xml_start(x, "ns0:Payload", payload, COUNT(payload));
    for (unsigned i = 0; i < SIM_RESOURCES; i++)
        put_resource(x, spec, i);
    sim_xml_text(x, "\n    ");
    sim_xml_end(x, "ns0:Payload");
    sim_xml_text(x, "\n");
}

/* SHA-384 in base64: 64 digits. */
static enum ga_rc
digest_of(struct sim_out *canonical, struct sim_out *base64,
          struct ga_error *err)
{
    uint8_t digest[GA_SHA384_LEN];

    sim_put_text(canonical, "</SoftwareIdentity>");
    if (canonical->failed)
        return ga_nomem(err);
    if (EVP_Digest(canonical->ptr, canonical->len, digest, NULL, EVP_sha384(),
                   NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "libcrypto: SHA-384 failed");
    sim_put_base64(base64, ga_bytes_of(digest, sizeof(digest)), 0);
    sim_put_u8(base64, 0);
    return base64->failed ? ga_nomem(err) : GA_OK;
}

static void
put_algorithm(struct sim_xml *x, const char *element, const char *algorithm)
{
    const struct sim_attr attr[] = { { "Algorithm", algorithm } };

    sim_xml_empty(x, element, attr, 1);
}

static void
put_signed_info(struct sim_xml *x, const char *digest)
{
    static const struct sim_attr scope[] = {
        { "xmlns", SWID },
        { "xmlns:ds", DSIG },
        { "xmlns:ns0", SWID },
        { "xmlns:ns2", SHA384 },
    };
    static const struct sim_attr uri[] = { { "URI", "" } };

    sim_xml_start_part(x, "ds:SignedInfo", scope, COUNT(scope));
    put_algorithm(x, "ds:CanonicalizationMethod", C14N);
    put_algorithm(x, "ds:SignatureMethod", ECDSA);
    sim_xml_start(x, "ds:Reference", uri, COUNT(uri));
    sim_xml_start(x, "ds:Transforms", NULL, 0);
    put_algorithm(x, "ds:Transform", DSIG "enveloped-signature");
    put_algorithm(x, "ds:Transform", C14N);
    sim_xml_end(x, "ds:Transforms");
    put_algorithm(x, "ds:DigestMethod", DIGEST);
    sim_xml_start(x, "ds:DigestValue", NULL, 0);
    sim_xml_text(x, digest);
    sim_xml_end(x, "ds:DigestValue");
    sim_xml_end(x, "ds:Reference");
    sim_xml_end(x, "ds:SignedInfo");
}

static void
put_signature(struct sim_out *o, const struct sim_out *signed_info,
              const uint8_t rs[2 * GA_P384_LEN],
              const struct sim_cert *const chain[4])
{
    sim_put_text(o, "<ds:Signature xmlns:ds=\"" DSIG "\">");
    sim_put_bytes(o, sim_out_view(signed_info));
    sim_put_text(o, "<ds:SignatureValue>");
    sim_put_base64(o, ga_bytes_of(rs, 2 * (size_t)GA_P384_LEN), 0);
    sim_put_text(o, "</ds:SignatureValue><ds:KeyInfo><ds:X509Data>");
    for (size_t i = 0; i < 4; i++) {
        sim_put_text(o, "<ds:X509Certificate>");
        sim_put_base64(o, ga_view(&chain[i]->der), 64);
        sim_put_text(o, "\n</ds:X509Certificate>");
    }
    sim_put_text(o, "</ds:X509Data></ds:KeyInfo></ds:Signature>"
                    "</SoftwareIdentity>");
}

/* Changes one digit of a golden value that is active in a driver RIM, as an
 * editor would who has no key. */
static void
edit(struct sim_out *file)
{
    static const char resource[] = "index=\"21\" ", hash[] = "Hash0=\"";
    char *end = (char *)file->ptr + file->len;
    char *at = file->failed ? NULL
                            : memmem(file->ptr, file->len, resource,
                                     sizeof(resource) - 1);

    if (at != NULL)
        at = memmem(at, (size_t)(end - at), hash, sizeof(hash) - 1);
    if (at != NULL) {
        at += sizeof(hash) - 1;
        *at = *at == '0' ? '1' : '0';
    }
}

static const char *
find(const struct sim_out *in, const struct sim_edit *e)
{
    const char *end = (const char *)in->ptr + in->len;
    const char *at = (const char *)in->ptr, *found = NULL;

    while ((at = memmem(at, (size_t)(end - at), e->at, strlen(e->at))) !=
           NULL) {
        found = at++;
        if (!e->last)
            break;
    }
    return found;
}

/* An edit whose place is not there would be no defect: it fails. */
static void
apply(struct sim_out *file, const struct sim_edit *e)
{
    for (; e != NULL && e->at != NULL && !file->failed; e++) {
        SIM_AUTO_OUT struct sim_out next = { 0 };
        const char *at = find(file, e);
        size_t before = at != NULL ? (size_t)(at - (char *)file->ptr) : 0;
        size_t gone = e->instead ? strlen(e->at) : 0;

        sim_put(&next, file->ptr, before);
        sim_put_text(&next, e->text);
        if (at != NULL)
            sim_put(&next, at + gone, file->len - before - gone);
        next.failed = next.failed || at == NULL;
        sim_out_done(file);
        *file = next;
        next = (struct sim_out){ 0 };
    }
}

static void
encode(struct sim_out *file, enum sim_coding coding)
{
    SIM_AUTO_OUT struct sim_out next = { 0 };

    if (coding == SIM_UTF8 || file->failed)
        return;
    if (coding == SIM_UTF8_BOM)
        sim_put_text(&next, "\xef\xbb\xbf");
    else
        sim_put_text(&next, "\xff\xfe");
    for (size_t i = 0; i < file->len; i++)
        if (coding == SIM_UTF16)
            sim_put_u16(&next, file->ptr[i]);
        else
            sim_put_u8(&next, file->ptr[i]);
    sim_out_done(file);
    *file = next;
    next = (struct sim_out){ 0 };
}

enum ga_rc
sim_rim_make(struct sim_forge *f, const struct sim_rim_spec *spec,
             const struct sim_cert *const chain[4], struct ga_buf *out,
             struct ga_error *err)
{
    SIM_AUTO_XML struct sim_xml tag = { 0 };
    SIM_AUTO_XML struct sim_xml info = { 0 };
    SIM_AUTO_OUT struct sim_out digest = { 0 };
    uint8_t rs[2 * GA_P384_LEN];
    enum ga_rc rc;

    put_tag(&tag, spec);
    rc = digest_of(&tag.canonical, &digest, err);
    if (rc != GA_OK)
        return rc;
    put_signed_info(&info, (const char *)digest.ptr);
    if (info.canonical.failed || info.file.failed)
        return ga_nomem(err);
    rc = sim_sign(f, &chain[0]->key, sim_out_view(&info.canonical), rs, err);
    if (rc != GA_OK)
        return rc;
    rs[sizeof(rs) - 1] ^= spec->spoil_signature;
    if (spec->edit_golden)
        edit(&tag.file);
    put_signature(&tag.file, &info.file, rs, chain);
    apply(&tag.file, spec->edit);
    encode(&tag.file, spec->coding);
    return sim_out_take(&tag.file, out, err);
}
