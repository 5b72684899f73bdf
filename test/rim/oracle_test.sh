#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our canonical form and our signature check against libxml2's and xmlsec's,
# which share no code with ours: on small cases, on RIMs that xmlsec signs here,
# and on real ones.
. "$GA_SOURCE_DIR/test/support/tap.sh"

dump=$GA_BUILD_DIR/test/rim/canon_dump
w=$tap_dir
swid=http://standards.iso.org/iso/19770/-2/2015/schema.xsd
hash=http://www.w3.org/2001/04/xmlenc#sha384
dsig=http://www.w3.org/2000/09/xmldsig#
more=http://www.w3.org/2001/04/xmldsig-more#
c14n=http://www.w3.org/2006/12/xml-c14n11
zeros=$(printf '%096d' 0)

for tool in xmllint xmlsec1 openssl; do
    command -v "$tool" >/dev/null || {
        it "has $tool"
        skip "no $tool"
        done_testing
    }
done

# same_form NAME XML: both write the same bytes.
same_form() {
    it "canonical form: $1"
    printf '%b' "$2" >"$w/case.xml"
    expect_exit 0 xmllint --c14n11 "$w/case.xml"
    cp "$tap_dir/stdout" "$w/theirs"
    expect_exit 0 "$dump" document "$w/case.xml"
    cmp -s "$tap_dir/stdout" "$w/theirs" ||
        wrong "ours differs: $(diff "$w/theirs" "$tap_dir/stdout")"
}

same_form "empty element" '<a/>'
same_form "declaration, space outside" '<?xml version="1.0"?>\n\n<a/>\n\n'
same_form "single quotes, space in tags" "<a  b = 'x\"y' \n c='1' ></a >"
same_form "attribute order" '<a c="1" b="2" B="3" a-="4" a.="5" a1="6" a="7"/>'
same_form "order of namespaces" '<b:a xmlns:b="urn:b" xmlns:a="urn:a" xmlns="urn:d" xmlns:aa="urn:aa" xmlns:A="urn:A"/>'
same_form "attributes by namespace name" '<a xmlns:x="urn:2" xmlns:y="urn:1" x:a="1" y:b="2" y:a="3" z="4" a="5"/>'
same_form "attributes whose namespaces begin alike" '<a xmlns:x="urn:12" xmlns:y="urn:1" xmlns:z="urn:1-" x:a="1" y:b="2" z:c="3"/>'
same_form "unused namespaces" '<a xmlns:z="urn:z"><b/></a>'
same_form "the same declaration again" '<a xmlns="urn:a" xmlns:p="urn:p"><b xmlns="urn:a" xmlns:p="urn:p"><p:c/></b></a>'
same_form "another declaration and back" '<a xmlns:p="urn:p"><b xmlns:p="urn:q"><p:c xmlns:p="urn:p"/></b><d xmlns:p="urn:p"/></a>'
same_form "default declared, changed, undeclared" '<a xmlns="urn:a"><b xmlns=""><c xmlns="urn:c"><d xmlns=""/></c><e xmlns=""/></b><f xmlns="urn:a"/></a>'
same_form "default undeclared at the root" '<a xmlns=""><b xmlns=""/></a>'
same_form "siblings" '<a><b xmlns:p="urn:p"/><p:c xmlns:p="urn:p"/></a>'
same_form "two prefixes of one namespace" '<a xmlns="urn:a" xmlns:p="urn:a"><p:b p:c="1" c="2"/><b/></a>'
same_form "predefined entities" '<a b="&lt;&gt;&amp;&quot;&apos;">&lt;&gt;&amp;&quot;&apos;</a>'
same_form "bare > and quotes" "<a b='>\"'>>\"'</a>"
same_form "white space in values" '<a b="1\t2\n3  4 "/>'
same_form "white space in values by reference" '<a b="&#9;&#10;&#13;&#32; &#xD;&#xA;">&#9;&#10;&#13;&#xD;&#xA;</a>'
same_form "line ends" '<a>1\r\n2\r3\n4\n\n</a>'
same_form "line ends in values" '<a b="1\r\n2\r3"/>'
same_form "character references" '<a b="&#228;">&#x1F600;&#x41;&#x10FFFD;</a>'
same_form "UTF-8 in names, values, text" '<\0303\0244 \0303\0266="\0342\0202\0254">\0360\0237\0230\0200</\0303\0244>'
# libxml2 2.9 writes namespace names without escapes, which is not even XML:
# nothing to compare with there (canon_test.c has the case).
same_form "mixed content" '<a>1<b>2</b>3<c/>4<d><e/></d></a>'
same_form "prefix that looks like another" '<a xmlns:ab="urn:1" xmlns:a="urn:2" ab:c="1" a:bc="2"/>'

# Refused by us, whatever others do.
refused_form() {
    it "refuses: $1"
    printf '%b' "$2" >"$w/case.xml"
    expect_exit 1 "$dump" document "$w/case.xml"
    expect_stderr_has "$3"
}
refused_form "comment" '<a><!-- b --></a>' 'comment'
refused_form "UTF-16" '\0377\0376<\0000a\0000/\0000>\0000' 'not UTF-8'
refused_form "UTF-16 without a mark" '\0000<\0000a\0000/\0000>' 'NUL byte'
refused_form "relative namespace" '<a xmlns="b"/>' 'not absolute'

# A signer that xmlsec knows, and RIMs that it signs.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
    -subj /CN=Oracle -days 2 -sha384 \
    -keyout "$w/key.pem" -out "$w/cert.pem" 2>"$w/log" || exit 70

signature="<ds:Signature xmlns:ds='$dsig'><ds:SignedInfo
 ><ds:CanonicalizationMethod Algorithm='$c14n'/><ds:SignatureMethod
  Algorithm='${more}ecdsa-sha384'/>
 <ds:Reference URI=''><ds:Transforms><ds:Transform
 Algorithm='${dsig}enveloped-signature'/><ds:Transform Algorithm='$c14n'/>
 </ds:Transforms><ds:DigestMethod Algorithm='${more}sha384'/>
 <ds:DigestValue/></ds:Reference></ds:SignedInfo>
 <ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data
 ></ds:KeyInfo></ds:Signature>"

# signs_as_they_do NAME ROOT-ATTRIBUTES CONTENT: xmlsec signs, we verify; then
# one character of the content, and we refuse.
signs_as_they_do() {
    it "verifies what xmlsec signed: $1"
    printf '%b' "<SoftwareIdentity $2 tagId='t'>$3$signature
</SoftwareIdentity>
" >"$w/template.xml"
    expect_exit 0 xmlsec1 --sign --output "$w/signed.xml" \
        --privkey-pem "$w/key.pem,$w/cert.pem" "$w/template.xml"
    expect_exit 0 xmlsec1 --verify --pubkey-cert-pem "$w/cert.pem" \
        "$w/signed.xml"
    expect_exit 0 "$dump" verify "$w/signed.xml"
    expect_stdout OK
    sed 's/product=.GH100/&0/' "$w/signed.xml" >"$w/altered.xml"
    expect_exit 1 xmlsec1 --verify --pubkey-cert-pem "$w/cert.pem" \
        "$w/altered.xml"
    expect_exit 1 "$dump" verify "$w/altered.xml"
    expect_stdout "the document's digest is not the one that was signed"
}

item="<Resource h:Hash0='$zeros' type='Measurement' index='0' active='True'
 alternatives='1' size='48' name='&lt;0>&#9;&amp;'/>"
plain="<Meta product='GH100' colloquialVersion='1.2'/><Payload>$item</Payload>"
signs_as_they_do "plain" "xmlns='$swid' xmlns:h='$hash'" "$plain"
signs_as_they_do "no default namespace" \
    "xmlns='$swid' xmlns:h='$hash' xmlns:s='$swid'" \
    "<s:Meta xmlns='' product='GH100' colloquialVersion='1.2'/><s:Payload
  xmlns:g='$hash' xmlns:h='$hash'>$item</s:Payload>"
signs_as_they_do "many namespaces, text and references" \
    "xmlns:z='urn:z' xmlns='$swid' z:b='1' xmlns:h='$hash' xmlns:a='urn:a' a:b='2' b='3'" \
    "\n<Entity name='&quot;&gt;\t&#xD;'/>\r\n$plain<Link a:x='&amp;'>&gt;<y xmlns=''/>\0303\0244</Link>\r"
signs_as_they_do "prefix of the Signature bound to another name outside" \
    "xmlns='$swid' xmlns:ds='urn:other' xmlns:h='$hash'" "$plain"

# Somebody else's key beside the right certificate.
it "refuses a signature of another key"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
    -subj /CN=Other -days 2 -sha384 \
    -keyout "$w/other.pem" -out "$w/other-cert.pem" 2>"$w/log" || exit 70
printf '%b' "<SoftwareIdentity xmlns='$swid' xmlns:h='$hash' tagId='t'>$plain$signature</SoftwareIdentity>" >"$w/template.xml"
expect_exit 0 xmlsec1 --sign --output "$w/signed.xml" \
    --privkey-pem "$w/other.pem,$w/cert.pem" "$w/template.xml"
expect_exit 1 "$dump" verify "$w/signed.xml"
expect_stdout "SignedInfo is not signed by the key of CN=Oracle"

# Real RIMs: the canonical forms, byte by byte, and the verdict.
leaf() {
    sed -n 's/^.*<ds:X509Certificate>//;t s
b
:s
/<\/ds:X509Certificate>/{s/<.*//p;q}
p;n;bs' "$1" | { echo '-----BEGIN CERTIFICATE-----'
        tr -d '\n' | fold -w 64
        echo
        echo '-----END CERTIFICATE-----'; } >"$w/leaf.pem"
}

real() {
    it "agrees with xmlsec on $1"
    need_fixtures || return 0
    leaf "$fixtures/$1"
    expect_exit "$2" xmlsec1 --verify --pubkey-cert-pem "$w/leaf.pem" \
        --store-references --store-signatures --print-debug "$fixtures/$1"
    sed -n '/^== PreDigest data - start/,/^== PreDigest data - end/p' \
        "$tap_dir/stdout" | sed '1d;$d' >"$w/theirs.document"
    sed -n '/^== PreSigned data - start/,/^== PreSigned data - end/p' \
        "$tap_dir/stdout" | sed '1d;$d' >"$w/theirs.info"
    expect_exit "$2" "$dump" verify "$fixtures/$1"
    expect_exit 0 "$dump" document "$fixtures/$1"
    { cat "$tap_dir/stdout"; echo; } | cmp -s - "$w/theirs.document" ||
        wrong "the document differs"
    expect_exit 0 "$dump" signedinfo "$fixtures/$1"
    # xmlsec stops before it where the digest is wrong.
    if [ -s "$w/theirs.info" ] || [ "$2" -eq 0 ]; then
        { cat "$tap_dir/stdout"; echo; } | cmp -s - "$w/theirs.info" ||
            wrong "SignedInfo differs"
    fi
    [ -s "$w/theirs.document" ] || wrong "xmlsec printed no document"
}

for f in gpu/h100-550.90.07/rims/NV_GPU_DRIVER_GH100_550.90.07.xml \
    gpu/h100-550.90.07/rims/NV_GPU_VBIOS_1010_0200_882_96009F0001.xml \
    gpu/h100-535.86.09/rims/NV_GPU_VBIOS_1010_0200_882_96005E0001.xml \
    switch/ls10-96.10.55.00.01/rims/NV_SWITCH_BIOS_5612_0002_890_9610550001.xml \
    bad/rim-debug-ca.xml; do
    real "$f" 0
done
for f in bad/rim-digest.xml bad/rim-signature.xml bad/rim-leaf-expired.xml; do
    real "$f" 1
done

done_testing
