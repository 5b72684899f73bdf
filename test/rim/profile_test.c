/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule of the profile, broken once each in a RIM that is good but for
 * that: exact text, code and place. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rim/rim.h"
#include "rim_maker.h"
#include "x509/facts.h"

/* How the two checks come out. */
enum outcome {
    SCHEMA,    /* schema fails, the signature holds */
    SIGNATURE, /* the other way round */
    ENDED,     /* the XML is not admitted: both fail */
    CONTENT    /* schema fails, and the edit came behind the signer's back */
};

struct row {
    const char *name;
    struct edit edit[2];
    enum outcome outcome;
    enum ga_rc code;
    const char *text; /* of the first problem */
    const char *at;   /* what stands at its offset */
    size_t total;     /* problems */
};

/* An edit before signing, and one after it. */
#define B(from, to)     \
    {                   \
        from, to, false \
    }
#define A(from, to)    \
    {                  \
        from, to, true \
    }
#define ITEM_7 "<Resource active=\"False\" alternatives=\"1\" index=\"7\""

/* clang-format off */
static struct row rows[] = {
    /* which XML */
    { "byte order mark", { A("<Soft", "\xef\xbb\xbf<Soft") }, ENDED, GA_E_SYNTAX, "byte order mark is not admitted", "\xef\xbb\xbf", 1 },
    { "UTF-16 mark", { A("<Soft", "\xff\xfe<Soft") }, ENDED, GA_E_SYNTAX, "not UTF-8", "\xff\xfe", 1 },
    { "Latin-1", { A("name=\"T\"", "name=\"\xe4\"") }, ENDED, GA_E_SYNTAX, "not UTF-8", "\xe4", 1 },
    { "overlong UTF-8", { A("name=\"T\"", "name=\"\xc0\xaf\"") }, ENDED, GA_E_SYNTAX, "not UTF-8", "\xc0\xaf", 1 },
    { "surrogate in UTF-8", { A("name=\"T\"", "name=\"\xed\xa0\x80\"") }, ENDED, GA_E_SYNTAX, "not UTF-8", "\xed\xa0\x80", 1 },
    { "UTF-8 cut short", { A("name=\"T\"", "name=\"\xe2\x82\"") }, ENDED, GA_E_SYNTAX, "not UTF-8", "\xe2\x82", 1 },
    { "control character", { A("name=\"T\"", "name=\"\x01\"") }, ENDED, GA_E_SYNTAX, "not well-formed: not well-formed (invalid token)", "\x01", 1 },
    { "reference to a control character", { A("name=\"T\"", "name=\"&#1;\"") }, ENDED, GA_E_SYNTAX, "not well-formed: reference to invalid character number", "&#1;", 1 },
    { "other encoding", { A("<Soft", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><Soft") }, ENDED, GA_E_SYNTAX, "encoding ISO-8859-1, not UTF-8", "<?xml", 1 },
    { "other version", { A("<Soft", "<?xml version=\"1.1\"?><Soft") }, ENDED, GA_E_SYNTAX, "XML version 1.1, not 1.0", "<?xml", 1 },
    { "DOCTYPE", { A("<Soft", "<!DOCTYPE a [<!ENTITY b \"c\">]><Soft") }, ENDED, GA_E_SYNTAX, "DOCTYPE is not admitted", "[<!ENTITY", 1 },
    { "DOCTYPE from outside", { A("<Soft", "<!DOCTYPE a SYSTEM \"b\"><Soft") }, ENDED, GA_E_SYNTAX, "DOCTYPE is not admitted", "><Soft", 1 },
    { "processing instruction", { A("<Entity", "<?x y?><Entity") }, ENDED, GA_E_SYNTAX, "processing instruction x is not admitted", "<?x", 1 },
    { "instruction before the root", { A("<Soft", "<?x y?><Soft") }, ENDED, GA_E_SYNTAX, "processing instruction x is not admitted", "<?x", 1 },
    { "instruction behind the root", { A("</SoftwareIdentity>", "</SoftwareIdentity><?x y?>") }, ENDED, GA_E_SYNTAX, "processing instruction x is not admitted", "<?x", 1 },
    { "comment", { A("<Entity", "<!-- c --><Entity") }, ENDED, GA_E_SYNTAX, "comment is not admitted", "<!-- ", 1 },
    { "comment in a value of the signature", { A("<ds:SignatureValue>", "<ds:SignatureValue><!-- c -->") }, ENDED, GA_E_SYNTAX, "comment is not admitted", "<!-- ", 1 },
    { "comment behind the root", { A("</SoftwareIdentity>", "</SoftwareIdentity><!-- c -->") }, ENDED, GA_E_SYNTAX, "comment is not admitted", "<!-- ", 1 },
    { "CDATA", { A("<Entity", "<![CDATA[ ]]><Entity") }, ENDED, GA_E_SYNTAX, "CDATA section is not admitted", "<![CDATA[", 1 },
    { "entity that nobody declared", { A("<Entity", "&b;<Entity") }, ENDED, GA_E_SYNTAX, "not well-formed: undefined entity", "&b;", 1 },
    { "xml:lang", { A("<Entity", "<Entity xml:lang=\"en\"") }, ENDED, GA_E_SYNTAX, "attribute xml:lang is not admitted", "<Entity", 1 },
    { "xml:id in the signature", { A("<ds:KeyInfo", "<ds:KeyInfo xml:id=\"en\"") }, ENDED, GA_E_SYNTAX, "attribute xml:id is not admitted", "<ds:KeyInfo", 1 },
    { "xml declared", { A("<Entity", "<Entity xmlns:xml=\"http://www.w3.org/XML/1998/namespace\"") }, ENDED, GA_E_SYNTAX, "declaration of xml is not admitted", "<Entity", 1 },
    { "relative namespace", { A("<Entity", "<Entity xmlns:y=\"../y\"") }, ENDED, GA_E_SYNTAX, "namespace ../y is not absolute", "<Entity", 1 },
    { "namespace without a scheme", { A("<Entity", "<Entity xmlns:y=\":y\"") }, ENDED, GA_E_SYNTAX, "namespace :y is not absolute", "<Entity", 1 },
    { "namespace whose scheme begins with a digit", { A("<Entity", "<Entity xmlns:y=\"1y:z\"") }, ENDED, GA_E_SYNTAX, "namespace 1y:z is not absolute", "<Entity", 1 },
    { "namespace that is no URI", { A("<Entity", "<Entity xmlns:y=\"urn:a[b\"") }, ENDED, GA_E_SYNTAX, "namespace urn:a[b is not a URI", "<Entity", 1 },
    { "namespace with a quote", { A("<Entity", "<Entity xmlns:y=\"urn:&quot;\"") }, ENDED, GA_E_SYNTAX, "namespace urn:\" is not a URI", "<Entity", 1 },
    { "prefix without a namespace", { A("<Entity", "<y:Entity") }, ENDED, GA_E_SYNTAX, "not well-formed: unbound prefix", "<y:Entity", 1 },
    { "prefix that ends", { A("<Entity", "<Entity xmlns:h=\"\"") }, ENDED, GA_E_SYNTAX, "not well-formed: must not undeclare prefix", "<Entity", 1 },
    { "attribute twice", { A("<Entity", "<Entity name=\"M\"") }, ENDED, GA_E_SYNTAX, "not well-formed: duplicate attribute", "name=\"N\"", 1 },
    { "attribute twice by two prefixes", { A("h:Hash1=", "i:Hash0=\"\" h:Hash1="), A("<Payload", "<Payload xmlns:i=\"" MAKER_SHA384 "\"") }, ENDED, GA_E_SYNTAX, "not well-formed: duplicate attribute", "<Resource", 1 },
    { "tags that do not fit", { A("</Entity>", "</Meta>") }, ENDED, GA_E_SYNTAX, "not well-formed: mismatched tag", "Meta>\n<Meta", 1 },
    { "text behind the root", { A("</SoftwareIdentity>", "</SoftwareIdentity>z_z") }, ENDED, GA_E_SYNTAX, "not well-formed: junk after document element", "z_z", 1 },
    { "second root", { A("</SoftwareIdentity>", "</SoftwareIdentity><a/>") }, ENDED, GA_E_SYNTAX, "not well-formed: junk after document element", "<a/>", 1 },

    /* elements and where they stand */
    { "other root", { B("<SoftwareIdentity", "<SoftwareIdentitx"), B("</SoftwareIdentity", "</SoftwareIdentitx") }, SCHEMA, GA_E_BAD_VALUE, "root element is SoftwareIdentitx, not SoftwareIdentity", "<Soft", 1 },
    { "root without namespace", { A(" xmlns=\"" MAKER_SWID "\"", "") }, CONTENT, GA_E_BAD_VALUE, "SoftwareIdentity: in no namespace, not " MAKER_SWID, "<Soft", 5 },
    { "root in another namespace", { A(" xmlns=\"" MAKER_SWID "\"", " xmlns=\"urn:x\"") }, CONTENT, GA_E_BAD_VALUE, "SoftwareIdentity: in namespace urn:x, not " MAKER_SWID, "<Soft", 5 },
    { "no tagId", { B(" tagId=\"tag-1\"", "") }, SCHEMA, GA_E_MISSING, "SoftwareIdentity: no tagId", "<Soft", 1 },
    { "empty tagId", { B("tag-1", "") }, SCHEMA, GA_E_MISSING, "SoftwareIdentity: no tagId", "<Soft", 1 },
    { "tagId in a namespace", { B(" tagId=\"tag-1\" version=\"1.0\"", " version=\"1.0\" h:tagId=\"tag-1\"") }, SCHEMA, GA_E_MISSING, "SoftwareIdentity: no tagId", "<Soft", 1 },
    { "no Meta", { B("<Meta", "<Neta"), B("</Meta", "</Neta") }, SCHEMA, GA_E_MISSING, "SoftwareIdentity: no Meta", "</Soft", 1 },
    { "Meta in another namespace", { B("<Meta", "<Meta xmlns=\"urn:x\"") }, SCHEMA, GA_E_BAD_VALUE, "Meta: in namespace urn:x, not " MAKER_SWID, "<Meta", 1 },
    { "two Metas", { B("<Payload>", "<Meta></Meta><Payload>") }, SCHEMA, GA_E_DUPLICATE, "SoftwareIdentity: more than 1 Meta", "<Meta></Meta>", 1 },
    { "Meta deeper", { B("</Entity>", "<Meta></Meta></Entity>") }, SCHEMA, GA_E_BAD_VALUE, "another element: element Meta is not admitted", "<Meta></Meta>", 1 },
    { "element in Meta", { B("</Meta>", "<a></a></Meta>") }, SCHEMA, GA_E_BAD_VALUE, "Meta: element a is not admitted", "<a>", 1 },
    { "no colloquialVersion", { B(" colloquialVersion=\"1.2.3\"", "") }, SCHEMA, GA_E_MISSING, "Meta: no colloquialVersion", "<Meta", 1 },
    { "colloquialVersion in a namespace", { B(" colloquialVersion=\"1.2.3\"", ""), B(" t:Firm", " h:colloquialVersion=\"1.2.3\" t:Firm") }, SCHEMA, GA_E_MISSING, "Meta: no colloquialVersion", "<Meta", 1 },
    { "no product", { B(" product=\"GH100\"", "") }, SCHEMA, GA_E_MISSING, "Meta: no product", "<Meta", 1 },
    { "no Payload", { B("<Payload", "<Qayload"), B("</Payload", "</Qayload") }, SCHEMA, GA_E_BAD_VALUE, "another element: element Resource is not admitted", "<Resource", 3 },
    { "two Payloads", { B("<Payload>", "<Payload><Resource></Resource></Payload><Payload>") }, SCHEMA, GA_E_MISSING, "Resource: no index", "<Resource></Resource>", 7 },
    { "second Payload is not read", { B("</Payload>", "</Payload><Payload><Resource></Resource></Payload>") }, SCHEMA, GA_E_DUPLICATE, "SoftwareIdentity: more than 1 Payload", "<Payload><Resource></Resource>", 1 },
    { "Resource outside", { B("<Payload>", "<Resource></Resource><Payload>") }, SCHEMA, GA_E_BAD_VALUE, "SoftwareIdentity: element Resource is not admitted", "<Resource></Resource>", 1 },
    { "Resource in Resource", { B("</Resource>", "<Resource></Resource></Resource>") }, SCHEMA, GA_E_BAD_VALUE, "Resource: element Resource is not admitted", "<Resource></Resource>", 1 },
    { "other element in Payload", { B("<Payload>", "<Payload><File></File>") }, SCHEMA, GA_E_BAD_VALUE, "Payload: element File is not admitted", "<File>", 1 },
    { "SoftwareIdentity inside", { B("</Entity>", "<SoftwareIdentity></SoftwareIdentity></Entity>") }, SCHEMA, GA_E_BAD_VALUE, "another element: element SoftwareIdentity is not admitted", "<SoftwareIdentity>", 1 },
    { "text in the root", { B("<Payload>", "x<Payload>") }, SCHEMA, GA_E_BAD_VALUE, "SoftwareIdentity: text is not admitted", "x<Payload>", 1 },
    { "text in Payload", { B("</Payload>", "x\ny\n</Payload>") }, SCHEMA, GA_E_BAD_VALUE, "Payload: text is not admitted", "x\ny\n</Payload>", 1 },

    /* golden values */
    { "no index", { B(" index=\"7\"", "") }, SCHEMA, GA_E_MISSING, "Resource: no index", "<Resource active=\"False\"", 1 },
    { "index with a sign", { B("index=\"7\"", "index=\"+7\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"+7\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index with a blank", { B("index=\"7\"", "index=\" 7\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \" 7\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index with a zero before it", { B("index=\"7\"", "index=\"07\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"07\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index of the character behind 9", { B("index=\"7\"", "index=\":\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \":\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index in hex", { B("index=\"7\"", "index=\"0x7\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"0x7\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "empty index", { B("index=\"7\"", "index=\"\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index above the bound", { B("index=\"7\"", "index=\"254\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"254\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index that would wrap", { B("index=\"7\"", "index=\"4294967303\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"4294967303\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index in other digits", { B("index=\"7\"", "index=\"\xd9\xa7\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource: index \"\xd9\xa7\" is no number from 0 to 253", "<Resource active=\"False\"", 1 },
    { "index twice", { B("index=\"7\"", "index=\"0\"") }, SCHEMA, GA_E_DUPLICATE, "Resource 0: index stands twice", "<Resource active=\"False\"", 1 },
    { "no active", { B(" active=\"False\"", "") }, SCHEMA, GA_E_MISSING, "Resource 7: no active", "<Resource alternatives=\"1\"", 1 },
    { "active in lower case", { B("\"False\"", "\"false\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: active \"false\", not True or False", "<Resource active=\"false\"", 1 },
    { "active with a blank", { B("\"False\"", "\"False \"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: active \"False \", not True or False", "<Resource active=\"False \"", 1 },
    { "nothing active", { B("\"True\"", "\"False\"") }, SCHEMA, GA_E_MISSING, "Payload: no active Resource", "</Payload>", 1 },
    { "no type", { B(" type=\"Measurement\" h:Hash0=\"" TWOS, " h:Hash0=\"" TWOS) }, SCHEMA, GA_E_MISSING, "Resource 7: no type", ITEM_7, 1 },
    { "other type", { B("\"Measurement\" h:Hash0=\"" TWOS, "\"Other\" h:Hash0=\"" TWOS) }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: type \"Other\", not Measurement", ITEM_7, 1 },
    { "no size", { B(" name=\"M_7\" size=\"48\"", " name=\"M_7\"") }, SCHEMA, GA_E_MISSING, "Resource 7: no size", ITEM_7, 1 },
    { "other size", { B("\"M_7\" size=\"48\"", "\"M_7\" size=\"32\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: size \"32\", not 48", ITEM_7, 1 },
    { "no alternatives", { B(" alternatives=\"1\"", "") }, SCHEMA, GA_E_MISSING, "Resource 7: no alternatives", "<Resource active=\"False\"", 1 },
    { "alternatives 0", { B("alternatives=\"1\"", "alternatives=\"0\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: alternatives \"0\" is no number from 1 to 32", "<Resource active=\"False\"", 1 },
    { "alternatives 33", { B("alternatives=\"1\"", "alternatives=\"33\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: alternatives \"33\" is no number from 1 to 32", "<Resource active=\"False\"", 1 },
    { "more alternatives than hashes", { B("alternatives=\"1\"", "alternatives=\"2\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: 1 Hash attributes, alternatives says 2", "<Resource active=\"False\"", 1 },
    { "fewer alternatives than hashes", { B("alternatives=\"2\"", "alternatives=\"1\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 0: 2 Hash attributes, alternatives says 1", "<Resource active=\"True\"", 1 },
    { "no hash", { B(" h:Hash0=\"" TWOS "\"", "") }, SCHEMA, GA_E_MISSING, "Resource 7: 0 Hash attributes, alternatives says 1", ITEM_7, 1 },
    { "hashes not from 0", { B("h:Hash0=\"" TWOS, "h:Hash1=\"" TWOS) }, SCHEMA, GA_E_MISSING, "Resource 7: no Hash0", ITEM_7, 1 },
    { "hash number with a zero before it", { B("h:Hash1=", "h:Hash01=") }, SCHEMA, GA_E_MISSING, "Resource 0: no Hash1", "<Resource active=\"True\"", 1 },
    { "hash in no namespace", { A(" type=\"Measurement\" h:Hash0=\"" TWOS, " type=\"Measurement\" Hash0=\"" TWOS) }, CONTENT, GA_E_BAD_VALUE, "Resource 7: Hash0 is not in namespace " MAKER_SHA384, ITEM_7, 2 },
    { "one more hash in no namespace", { B(ITEM_7, "<Resource Hash9=\"\" active=\"False\" alternatives=\"1\" index=\"7\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: Hash9 is not in namespace " MAKER_SHA384, "<Resource Hash9", 1 },
    { "another attribute in the hashes' namespace", { A("h:Hash1=", "h:Hush=\"\" h:Hash1=") }, CONTENT, GA_E_BAD_VALUE, "Resource 0: attribute Hush is not admitted", "<Resource active=\"True\"", 1 },
    { "short hash", { B("2222\"></Resource>", "22\"></Resource>") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: Hash0 is not 96 hex digits", ITEM_7, 1 },
    { "long hash", { B("2222\"></Resource>", "222222\"></Resource>") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: Hash0 is not 96 hex digits", ITEM_7, 1 },
    { "hash with another character", { B("2222\"></Resource>", "222g\"></Resource>") }, SCHEMA, GA_E_BAD_VALUE, "Resource 7: Hash0 is not 96 hex digits", ITEM_7, 1 },
    { "empty second hash", { B("h:Hash1=\"" ONES, "h:Hash1=\"") }, SCHEMA, GA_E_BAD_VALUE, "Resource 0: Hash1 is not 96 hex digits", "<Resource active=\"True\"", 1 },

    /* the signature */
    { "no Signature", { A("<ds:Signature ", "<Signaturf xmlns=\"urn:x\" "), A("</ds:Signature>", "</Signaturf>") }, SIGNATURE, GA_E_BAD_VALUE, "another element: element SignedInfo is not admitted", "<ds:SignedInfo", 4 },
    { "Signature in another namespace", { A("<ds:Signature ", "<Signature "), A("</ds:Signature>", "</Signature>") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: in namespace " MAKER_SWID ", not " MAKER_DSIG, "<Signature", 1 },
    { "two Signatures", { B("</SoftwareIdentity>", "<ds:Signature xmlns:ds=\"" MAKER_DSIG "\"></ds:Signature></SoftwareIdentity>") }, SIGNATURE, GA_E_DUPLICATE, "SoftwareIdentity: more than 1 Signature", "<ds:Signature xmlns:ds=\"" MAKER_DSIG "\"></ds:Signature>", 1 },
    { "Signature deeper", { B("</Entity>", "<ds:Signature xmlns:ds=\"" MAKER_DSIG "\"></ds:Signature></Entity>") }, SIGNATURE, GA_E_BAD_VALUE, "another element: element Signature is not admitted", "<ds:Signature xmlns:ds=\"" MAKER_DSIG "\"></ds:Signature>", 1 },
    { "part of a signature elsewhere", { B("</Entity>", "<KeyInfo xmlns=\"" MAKER_DSIG "\"></KeyInfo></Entity>") }, SIGNATURE, GA_E_BAD_VALUE, "another element: element KeyInfo is not admitted", "<KeyInfo", 1 },
    { "part of a signature in the Payload", { B("<Payload>", "<Payload><KeyInfo xmlns=\"" MAKER_DSIG "\"></KeyInfo>") }, SIGNATURE, GA_E_BAD_VALUE, "Payload: element KeyInfo is not admitted", "<KeyInfo", 1 },
    { "no SignedInfo", { A("<ds:SignedInfo", "<ds:SignedInfp"), A("</ds:SignedInfo", "</ds:SignedInfp") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: element SignedInfp is not admitted", "<ds:SignedInfp", 2 },
    { "two SignedInfos", { A("<ds:SignatureValue", "<ds:SignedInfo></ds:SignedInfo><ds:SignatureValue") }, SIGNATURE, GA_E_DUPLICATE, "Signature: more than 1 SignedInfo", "<ds:SignedInfo></ds:SignedInfo>", 1 },
    { "SignedInfo last", { A("<ds:SignedInfo>", "<ds:KeyInfo></ds:KeyInfo><ds:SignedInfo>") }, SIGNATURE, GA_E_MISSING, "KeyInfo: no X509Data", "</ds:KeyInfo>", 3 },
    { "Object in the Signature", { A("</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: element Object is not admitted", "<ds:Object", 1 },
    { "foreign element in the Signature", { A("</ds:Signature>", "<a xmlns=\"urn:x\"></a></ds:Signature>") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: element a is not admitted", "<a ", 1 },
    { "text in the Signature", { A("</ds:Signature>", "x</ds:Signature>") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: text is not admitted", "x</ds:Signature>", 1 },
    { "attribute of the Signature", { A("<ds:Signature ", "<ds:Signature Id=\"a\" ") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: attribute Id is not admitted", "<ds:Signature", 1 },
    { "other canonicalisation", { B("<ds:CanonicalizationMethod Algorithm=\"" MAKER_C14N, "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315") }, SIGNATURE, GA_E_BAD_VALUE, "CanonicalizationMethod: Algorithm \"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\", not \"" MAKER_C14N "\"", "<ds:CanonicalizationMethod", 1 },
    { "canonicalisation with comments", { B(MAKER_C14N "\"></ds:Can", MAKER_C14N "#WithComments\"></ds:Can") }, SIGNATURE, GA_E_BAD_VALUE, "CanonicalizationMethod: Algorithm \"" MAKER_C14N "#WithComments\", not \"" MAKER_C14N "\"", "<ds:CanonicalizationMethod", 1 },
    { "no canonicalisation", { B("<ds:CanonicalizationMethod Algorithm=\"" MAKER_C14N "\"></ds:CanonicalizationMethod>", "") }, SIGNATURE, GA_E_MISSING, "SignedInfo: no CanonicalizationMethod", "</ds:SignedInfo>", 1 },
    { "other signature method", { B("ecdsa-sha384", "ecdsa-sha256") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureMethod: Algorithm \"" MAKER_MORE "ecdsa-sha256\", not \"" MAKER_MORE "ecdsa-sha384\"", "<ds:SignatureMethod", 1 },
    { "signature method without algorithm", { B(" Algorithm=\"" MAKER_MORE "ecdsa-sha384\"", "") }, SIGNATURE, GA_E_MISSING, "SignatureMethod: no Algorithm", "<ds:SignatureMethod", 1 },
    { "algorithm in a namespace", { B(" Algorithm=\"" MAKER_MORE "sha384\"", " ds:Algorithm=\"" MAKER_MORE "sha384\"") }, SIGNATURE, GA_E_BAD_VALUE, "DigestMethod: attribute Algorithm is not admitted", "<ds:DigestMethod", 2 },
    { "parameter of the signature method", { B("</ds:SignatureMethod>", "<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureMethod: element HMACOutputLength is not admitted", "<ds:HMACOutputLength", 1 },
    { "text in the signature method", { B("</ds:SignatureMethod>", "8</ds:SignatureMethod>") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureMethod: text is not admitted", "8</ds:SignatureMethod>", 1 },
    { "methods out of order", { B("<ds:CanonicalizationMethod Algorithm=\"" MAKER_C14N "\"></ds:CanonicalizationMethod>", ""), B("</ds:SignatureMethod>", "</ds:SignatureMethod><ds:CanonicalizationMethod Algorithm=\"" MAKER_C14N "\"></ds:CanonicalizationMethod>") }, SIGNATURE, GA_E_BAD_VALUE, "SignedInfo: CanonicalizationMethod is out of order", "<ds:CanonicalizationMethod", 1 },
    { "no Reference", { B("<ds:Reference", "<ds:Referenze"), B("</ds:Reference", "</ds:Referenze") }, SIGNATURE, GA_E_BAD_VALUE, "SignedInfo: element Referenze is not admitted", "<ds:Referenze", 2 },
    { "two References", { B("</ds:Reference>", "</ds:Reference><ds:Reference URI=\"\"></ds:Reference>") }, SIGNATURE, GA_E_DUPLICATE, "SignedInfo: more than 1 Reference", "<ds:Reference URI=\"\"></ds:Reference>", 1 },
    { "Reference to a part", { B("URI=\"\"", "URI=\"#a\"") }, SIGNATURE, GA_E_BAD_VALUE, "Reference: URI \"#a\", not \"\"", "<ds:Reference", 1 },
    { "Reference by pointer", { B("URI=\"\"", "URI=\"#xpointer(/)\"") }, SIGNATURE, GA_E_BAD_VALUE, "Reference: URI \"#xpointer(/)\", not \"\"", "<ds:Reference", 1 },
    { "Reference to nothing", { B(" URI=\"\"", "") }, SIGNATURE, GA_E_MISSING, "Reference: no URI", "<ds:Reference", 1 },
    { "Reference with a type", { B("<ds:Reference ", "<ds:Reference Type=\"a\" ") }, SIGNATURE, GA_E_BAD_VALUE, "Reference: attribute Type is not admitted", "<ds:Reference", 1 },
    { "no Transforms", { B("<ds:Transforms", "<ds:Tranzforms"), B("</ds:Transforms", "</ds:Tranzforms") }, SIGNATURE, GA_E_BAD_VALUE, "Reference: element Tranzforms is not admitted", "<ds:Tranzforms", 2 },
    { "one Transform", { B("<ds:Transform Algorithm=\"" MAKER_C14N "\"></ds:Transform>", "") }, SIGNATURE, GA_E_MISSING, "Transforms: 1 Transform, not 2", "</ds:Transforms>", 1 },
    { "three Transforms", { B("</ds:Transforms>", "<ds:Transform Algorithm=\"" MAKER_C14N "\"></ds:Transform></ds:Transforms>") }, SIGNATURE, GA_E_DUPLICATE, "Transforms: more than 2 Transform", "<ds:Transform Algorithm=\"" MAKER_C14N "\"></ds:Transform></ds:Transforms>", 1 },
    { "Transforms the other way round", { B("enveloped-signature\"", "enveloped-signatura\""), B("<ds:Transform Algorithm=\"" MAKER_C14N, "<ds:Transform Algorithm=\"" MAKER_DSIG "enveloped-signature") }, SIGNATURE, GA_E_BAD_VALUE, "Transform: Algorithm \"" MAKER_DSIG "enveloped-signatura\", not \"" MAKER_DSIG "enveloped-signature\"", "<ds:Transform Algorithm=\"" MAKER_DSIG, 2 },
    { "XPath in a Transform", { B("</ds:Transform>", "<ds:XPath>a</ds:XPath></ds:Transform>") }, SIGNATURE, GA_E_BAD_VALUE, "Transform: element XPath is not admitted", "<ds:XPath", 1 },
    { "other digest method", { B("more#sha384", "more#sha224") }, SIGNATURE, GA_E_BAD_VALUE, "DigestMethod: Algorithm \"" MAKER_MORE "sha224\", not \"" MAKER_MORE "sha384\"", "<ds:DigestMethod", 1 },
    { "element in the DigestValue", { B("</ds:DigestValue>", "<a></a></ds:DigestValue>") }, SIGNATURE, GA_E_BAD_VALUE, "DigestValue: element a is not admitted", "<a>", 1 },
    { "digest that is no base64", { B("<ds:DigestValue>", "<ds:DigestValue>-") }, SIGNATURE, GA_E_BAD_VALUE, "DigestValue: not base64", "</ds:DigestValue>", 1 },
    { "digest too long", { B("<ds:DigestValue>", "<ds:DigestValue>AAAA") }, SIGNATURE, GA_E_BAD_VALUE, "DigestValue: 51 bytes, not 48", "</ds:DigestValue>", 1 },
    { "signature too long", { A("<ds:SignatureValue>", "<ds:SignatureValue>AAAA") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureValue: 99 bytes, not 96", "</ds:SignatureValue>", 1 },
    { "signature that is no base64", { A("<ds:SignatureValue>", "<ds:SignatureValue>_") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureValue: not base64", "</ds:SignatureValue>", 1 },
    { "element in the SignatureValue", { A("</ds:SignatureValue>", "<a></a></ds:SignatureValue>") }, SIGNATURE, GA_E_BAD_VALUE, "SignatureValue: element a is not admitted", "<a>", 1 },
    { "no KeyInfo", { A("<ds:KeyInfo", "<ds:KeyInfp"), A("</ds:KeyInfo", "</ds:KeyInfp") }, SIGNATURE, GA_E_BAD_VALUE, "Signature: element KeyInfp is not admitted", "<ds:KeyInfp", 2 },
    { "KeyValue in KeyInfo", { A("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyValue></ds:KeyValue>") }, SIGNATURE, GA_E_BAD_VALUE, "KeyInfo: element KeyValue is not admitted", "<ds:KeyValue", 1 },
    { "two X509Datas", { A("</ds:KeyInfo>", "<ds:X509Data></ds:X509Data></ds:KeyInfo>") }, SIGNATURE, GA_E_DUPLICATE, "KeyInfo: more than 1 X509Data", "<ds:X509Data></ds:X509Data>", 1 },
    { "issuer in X509Data", { A("<ds:X509Data>", "<ds:X509Data><ds:X509IssuerSerial></ds:X509IssuerSerial>") }, SIGNATURE, GA_E_BAD_VALUE, "X509Data: element X509IssuerSerial is not admitted", "<ds:X509IssuerSerial", 1 },
    { "certificate that is no base64", { A("<ds:X509Certificate>", "<ds:X509Certificate>-") }, SIGNATURE, GA_E_BAD_VALUE, "X509Certificate 1: not base64", "</ds:X509Certificate>", 1 },
    { "second certificate that is no base64", { A("</ds:X509Data>", "<ds:X509Certificate>-</ds:X509Certificate></ds:X509Data>") }, SIGNATURE, GA_E_BAD_VALUE, "X509Certificate 2: not base64", "</ds:X509Certificate></ds:X509Data>", 1 },
    { "second certificate that is none", { A("</ds:X509Data>", "<ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>") }, SIGNATURE, GA_E_SYNTAX, "X509Certificate 2: certificate: ", "</ds:X509Certificate></ds:X509Data>", 1 },
    { "nine certificates", { A("</ds:X509Data>", "<ds:X509Certificate></ds:X509Certificate><ds:X509Certificate/><ds:X509Certificate/><ds:X509Certificate/><ds:X509Certificate/><ds:X509Certificate/><ds:X509Certificate/><ds:X509Certificate/></ds:X509Data>") }, SIGNATURE, GA_E_SYNTAX, "X509Certificate 2: certificate: ", "</ds:X509Certificate><ds:X509Certificate/>", 8 },
};
/* clang-format on */

static size_t
offset_of(const struct ga_buf *b, const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i + n <= b->len; i++)
        if (memcmp(b->ptr + i, text, n) == 0)
            return i;
    fail_msg("no \"%s\"", text);
    return 0;
}

static void
check_problem(const struct row *row, const struct ga_rim *rim,
              const struct ga_buf *file)
{
    const struct ga_rim_problem *p = &rim->problem[0];
    bool of_signature = row->outcome == SIGNATURE;
    size_t n = strlen(row->text);

    assert_true(rim->problem_count > 0);
    /* Texts that end in a blank go on with another module's words. */
    if (row->text[n - 1] == ' ')
        assert_memory_equal(p->text, row->text, n);
    else
        assert_string_equal(p->text, row->text);
    assert_int_equal(p->code, row->code);
    assert_int_equal(p->of_signature, of_signature);
    assert_int_equal(p->offset, offset_of(file, row->at));
    assert_int_equal(rim->problem_total, row->total);
    assert_int_equal(rim->complete, row->outcome != ENDED);
}

/* What must not be left behind for others to use. */
static void
check_leftovers(const struct row *row, const struct ga_rim *rim)
{
    bool value = strstr(row->text, "base64") != NULL ||
                 strstr(row->text, " bytes, not ") != NULL;

    if (strncmp(row->text, "Resource 0: ", 12) == 0 ||
        strncmp(row->text, "Resource 7: ", 12) == 0)
        assert_int_equal(rim->resource_count, 1);
    if (strncmp(row->text, "X509Certificate ", 16) == 0)
        assert_int_equal(rim->certs.count, 0);
    if ((value && strncmp(row->text, "SignatureValue", 14) == 0) ||
        row->outcome == ENDED)
        assert_false(rim->has_signature);
    if ((value && strncmp(row->text, "DigestValue", 11) == 0) ||
        row->outcome == ENDED)
        assert_false(rim->digest_matches);
}

static void
check_outcome(const struct row *row, const struct ga_rim *rim)
{
    struct ga_facts *facts = NULL;
    struct ga_check schema = { 0 }, signature = { 0 };

    assert_int_equal(ga_facts_new(&facts, NULL), GA_OK);
    ga_rim_check_schema(rim, &schema);
    ga_rim_check_signature(rim, facts, &signature);
    ga_facts_free(facts);
    assert_int_equal(schema.state,
                     row->outcome == SIGNATURE ? GA_PASSED : GA_FAILED);
    assert_int_equal(signature.state,
                     row->outcome == SCHEMA ? GA_PASSED : GA_FAILED);
    if (row->outcome == ENDED) {
        assert_int_equal(schema.reason, GA_R_MALFORMED);
        assert_int_equal(signature.reason, GA_R_MALFORMED);
        assert_string_equal(signature.text,
                            "the XML was not read to its end, see the schema");
    }
    if (row->outcome == CONTENT)
        assert_int_equal(signature.reason, GA_R_BAD_DIGEST);
    if (row->outcome == SIGNATURE)
        assert_int_equal(signature.reason, row->code == GA_E_DUPLICATE
                                               ? GA_R_DUPLICATE
                                               : GA_R_MALFORMED);
    if (row->outcome == SCHEMA || row->outcome == CONTENT)
        assert_int_equal(schema.reason, row->code == GA_E_DUPLICATE
                                            ? GA_R_DUPLICATE
                                            : GA_R_SCHEMA);
}

static void
check_parse(const struct row *row, const struct ga_buf *file)
{
    struct ga_rim *rim = NULL;
    struct ga_error err = { 0 };

    assert_int_equal(ga_rim_parse(file->ptr, file->len, &rim, &err), row->code);
    assert_null(rim);
    assert_int_equal(err.code, row->code);
    assert_int_equal(err.offset, offset_of(file, row->at));
    assert_memory_equal(err.text, "RIM: ", 5);
    assert_memory_equal(err.text + 5, row->text, strlen(row->text));
}

static void
refuses_what_the_profile_does_not_admit(void **state)
{
    const struct row *row = *state;
    struct ga_buf file = make_rim(row->edit, COUNT(row->edit));
    struct ga_rim *rim = NULL;

    assert_int_equal(ga_rim_read(ga_view(&file), &rim, NULL), GA_OK);
    check_problem(row, rim, &file);
    check_leftovers(row, rim);
    check_outcome(row, rim);
    check_parse(row, &file);
    ga_rim_free(rim);
    ga_buf_done(&file);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){ .name = rows[i].name,
                                 .test_func =
                                     refuses_what_the_profile_does_not_admit,
                                 .initial_state = &rows[i] };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
