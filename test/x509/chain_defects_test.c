/* SPDX-License-Identifier: Apache-2.0 */
/* One row for every way in which a chain can fail, and some in which it does
 * not. */
#include "support/test.h"

#include <string.h>

#include "support/fixtures.h"
#include "x509/chain_scene.h"

/* One defect: what is done to a good chain, and what comes of it. */
struct defect {
    const char *name;
    enum made_kind kind;
    bool simulator;
    void (*make)(struct made_chain *c);
    const struct ga_anchors *anchors;
    const char *when;
    enum ga_reason reason;
    const char *text;
};

/* clang-format off */
static void one_less(struct made_chain *c) { memmove(&c->spec[2], &c->spec[3], 2 * sizeof(c->spec[0])); c->count--; }
static void root_alone(struct made_chain *c) { c->spec[0] = c->spec[4]; c->count = 1; }
static void leaf_twice(struct made_chain *c) { memmove(&c->spec[1], &c->spec[0], 5 * sizeof(c->spec[0])); c->count++; }
static void swapped(struct made_chain *c) { struct made_spec s = c->spec[2]; c->spec[2] = c->spec[3]; c->spec[3] = s; }
static void two_roots(struct made_chain *c) { c->spec[5] = c->spec[4]; c->count++; }
static void leaf_is_ca(struct made_chain *c) { made_extend(&c->spec[0], OID_BASIC_CONSTRAINTS, true, BC_CA); }
static void brom_no_ca(struct made_chain *c) { made_find(&c->spec[1], OID_BASIC_CONSTRAINTS)->value = der_hex(BC_NO_CA); }
static void identity_without_basic(struct made_chain *c) { made_drop(&c->spec[3], OID_BASIC_CONSTRAINTS); }
static void root_no_ca(struct made_chain *c) { made_drop(&c->spec[4], OID_BASIC_CONSTRAINTS); }
static void leaf_signs_certs(struct made_chain *c) { made_find(&c->spec[0], OID_KEY_USAGE)->value = der_hex("03020284"); }
static void leaf_without_usage(struct made_chain *c) { made_drop(&c->spec[0], OID_KEY_USAGE); }
static void brom_signs_crls(struct made_chain *c) { made_find(&c->spec[1], OID_KEY_USAGE)->value = der_hex(KU_CERT_CRL); }
static void ica_signs_certs_only(struct made_chain *c) { made_find(&c->spec[2], OID_KEY_USAGE)->value = der_hex(KU_CERT); }
static void leaf_eku(struct made_chain *c) { made_extend(&c->spec[0], OID_EKU, false, EKU_OCSP); }
static void brom_eku(struct made_chain *c) { made_extend(&c->spec[1], OID_EKU, false, EKU_OCSP); }
static void leaf_without_fwid(struct made_chain *c) { made_drop(&c->spec[0], OID_FWID); }
static void leaf_with_other_fwid(struct made_chain *c) { made_find(&c->spec[0], OID_FWID)->oid = OID_TCB_INFO; }
static void leaf_other_serial(struct made_chain *c) { c->spec[0].serial[19] ^= 1; }
/* Never 0, which DER would not begin with. */
static void leaf_top_bits(struct made_chain *c) { c->spec[0].serial[0] ^= c->spec[0].serial[0] == 0x60 ? 0x40 : 0x60; }
static void leaf_serial_short(struct made_chain *c) { c->spec[0].serial_len = 19; }
static void brom_other_serial(struct made_chain *c) { c->spec[1].serial[8] ^= 1; }
static void unknown_critical(struct made_chain *c) { made_extend(&c->spec[2], "2a0304", true, "0500"); }
static void unknown_plain(struct made_chain *c) { made_extend(&c->spec[2], "2a0304", false, "0500"); }
static void repeated(struct made_chain *c) { made_extend(&c->spec[3], OID_KEY_USAGE, true, KU_CERT_CRL); }
static void repeated_unknown(struct made_chain *c) { unknown_plain(c); unknown_plain(c); }
static void inner_other(struct made_chain *c) { c->spec[1].inner = "300a06082a8648ce3d040302"; }
static void outer_other(struct made_chain *c) { c->spec[1].outer = "300a06082a8648ce3d040302"; }
static void both_other(struct made_chain *c) { inner_other(c); outer_other(c); }
static void with_parameters(struct made_chain *c) { c->spec[1].inner = c->spec[1].outer = "300c06082a8648ce3d0403030500"; }
static void broken_signature(struct made_chain *c) { c->spec[2].break_signature = true; }
static void broken_leaf(struct made_chain *c) { c->spec[0].break_signature = true; }
static void broken_root(struct made_chain *c) { c->spec[4].break_signature = true; }
static void broken_identity(struct made_chain *c) { c->spec[3].break_signature = true; }
static void other_signer(struct made_chain *c) { c->spec[1].signer = world.stranger; }
static void other_issuer(struct made_chain *c) { c->spec[1].issuer = "C=US|O=NVIDIA Corporation|CN=NVIDIA GH100 Provisioner ICA 2"; }
static void issuer_case(struct made_chain *c) { c->spec[1].issuer = "C=US|O=NVIDIA Corporation|CN=NVIDIA GH100 provisioner ICA 1"; }
static void foreign_root(struct made_chain *c) { c->spec[4].key = c->spec[4].signer = c->spec[3].signer = world.stranger; }
static void foreign_absent_root(struct made_chain *c) { c->spec[3].signer = world.stranger; c->count--; }
static void root_of_other_name(struct made_chain *c) { c->spec[4].subject = c->spec[4].issuer = c->spec[3].issuer = "O=NVIDIA|CN=NVIDIA Device Identity CA 2"; }
static void absent_root_of_other_name(struct made_chain *c) { root_of_other_name(c); c->count--; }
static void leaf_of_other_chip(struct made_chain *c) { c->spec[0].subject = "C=US|O=NVIDIA Corporation|CN=GB100 A01 GSP FMC LF"; }
static void ica_without_number(struct made_chain *c) { c->spec[2].subject = c->spec[1].issuer = "C=US|O=NVIDIA Corporation|CN=NVIDIA GH100 Provisioner ICA "; }
static void ica_with_tail(struct made_chain *c) { c->spec[2].subject = c->spec[1].issuer = "C=US|O=NVIDIA Corporation|CN=NVIDIA GH100 Provisioner ICA 1x"; }
static void leaf_with_tail(struct made_chain *c) { c->spec[0].subject = "C=US|O=NVIDIA Corporation|CN=GH100 A01 GSP FMC LF "; }
static void leaf_revision(struct made_chain *c) { c->spec[0].subject = "C=US|O=NVIDIA Corporation|CN=GH100 A0 GSP FMC LF"; }
static void leaf_processor(struct made_chain *c) { c->spec[0].subject = "C=US|O=NVIDIA Corporation|CN=GH100 A01 FSP FMC LF"; }
static void identity_of_other_chip(struct made_chain *c) { c->spec[3].subject = c->spec[2].issuer = "O=NVIDIA Corporation|CN=NVIDIA GB100 Identity"; }
static void other_organisation(struct made_chain *c) { c->spec[3].subject = c->spec[2].issuer = "O=NVIDIA|CN=NVIDIA GH100 Identity"; }
static void no_names(struct made_chain *c)
{
    c->spec[0].subject = "CN=a";
    c->spec[1].subject = c->spec[0].issuer = "CN=b|serialNumber=41112233445566778F";
    c->spec[2].subject = c->spec[1].issuer = "CN=c";
}
static void brom_signs_anything(struct made_chain *c) { made_find(&c->spec[1], OID_KEY_USAGE)->value = der_hex("03020284"); }
static void ica_path_0(struct made_chain *c) { made_find(&c->spec[2], OID_BASIC_CONSTRAINTS)->value = der_hex(BC_CA_PATH_0); }
static void brom_path_0(struct made_chain *c) { made_find(&c->spec[1], OID_BASIC_CONSTRAINTS)->value = der_hex(BC_CA_PATH_0); }
static void same_key(struct made_chain *c) { c->spec[2].key = c->spec[1].signer = c->spec[3].key; }
static void same_serial(struct made_chain *c) { memcpy(c->spec[3].serial, c->spec[2].serial, 2); }
static void brom_expired(struct made_chain *c) { c->spec[1].not_after = "251024115959Z"; }
static void brom_at_end(struct made_chain *c) { c->spec[1].not_after = "251024120000Z"; }
static void ica_early(struct made_chain *c) { c->spec[2].not_before = "251024120001Z"; }
static void ica_at_start(struct made_chain *c) { c->spec[2].not_before = "251024120000Z"; }
static void root_expired(struct made_chain *c) { c->spec[4].not_after = "251024115959Z"; }
static void expired_and_usage(struct made_chain *c) { brom_expired(c); brom_signs_crls(c); }
static void expired_and_early(struct made_chain *c) { brom_expired(c); ica_early(c); }
static void version_1(struct made_chain *c) { c->spec[2].version = 0; }
static void version_2(struct made_chain *c) { c->spec[2].version = 1; }
static void other_key(struct made_chain *c)
{
    /* P-256, its base point. */
    c->spec[2].spki = "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
}
static void sim_brom_without(struct made_chain *c) { made_drop(&c->spec[1], OID_SIMULATOR); }
static void sim_brom_organisation(struct made_chain *c) { c->spec[1].subject = c->spec[0].issuer = "serialNumber=41112233445566778F|O=NVIDIA Corporation|CN=GH100 A01 GSP BROM"; }
static void sim_not_critical(struct made_chain *c) { made_find(&c->spec[1], OID_SIMULATOR)->critical = false; }
static void ica_simulated(struct made_chain *c) { made_extend(&c->spec[2], OID_SIMULATOR, true, "0500"); }
static void signer_is_ca(struct made_chain *c) { made_find(&c->spec[0], OID_BASIC_CONSTRAINTS)->value = der_hex(BC_CA); }
static void signer_any_name(struct made_chain *c) { c->spec[0].subject = "O=somebody|CN=NVIDIA Reference Value L4 LS10"; }
static void signer_expired(struct made_chain *c) { c->spec[0].not_after = "251024110000Z"; }
static void l3_other_name(struct made_chain *c) { c->spec[1].subject = c->spec[0].issuer = "O=NVIDIA|CN=NVIDIA CoRIM L1 Root CA Debug Only"; }
static void l3_bare_name(struct made_chain *c) { c->spec[1].subject = c->spec[0].issuer = "O=NVIDIA|CN=NVIDIA Reference Value "; }
static void l3_other_organisation(struct made_chain *c) { c->spec[1].subject = c->spec[0].issuer = "O=AMD|CN=NVIDIA Reference Value L3 GH100 002"; }
static void l3_with_path_0(struct made_chain *c) { made_find(&c->spec[2], OID_BASIC_CONSTRAINTS)->value = der_hex(BC_CA_PATH_0); }
static void l3_without_crl(struct made_chain *c) { made_find(&c->spec[1], OID_KEY_USAGE)->value = der_hex(KU_CERT); }
static void l2_signs(struct made_chain *c) { made_find(&c->spec[2], OID_KEY_USAGE)->value = der_hex("03020186"); }
static void signer_eku(struct made_chain *c) { made_extend(&c->spec[0], OID_EKU, false, EKU_OCSP); }
static void rim_without_l3(struct made_chain *c) { memmove(&c->spec[1], &c->spec[2], 2 * sizeof(c->spec[0])); c->count--; }
static void rim_foreign_root(struct made_chain *c) { c->spec[3].key = c->spec[3].signer = c->spec[2].signer = world.stranger; }

static void nothing(struct made_chain *c) { (void)c; }
static void sim_root(struct made_chain *c)
{
    struct made_chain sim = made_chain_of(MADE_HOPPER, true, world.key);

    c->spec[4] = sim.spec[4];
    c->spec[3].issuer = c->spec[4].subject;
}
static void tcb_as_device_key(struct made_chain *c) { made_find(&c->spec[0], OID_TCB_INFO)->oid = OID_FWID; }
static void as_device(struct made_chain *c) { *c = made_chain_of(MADE_HOPPER, false, world.key); }

static struct defect defects[] = {
#define OK NULL
#define D(f, r, t) { #f, MADE_HOPPER, false, f, &world.own, AT_TEXT, GA_R_##r, t }
#define S(f, r, t) { "simulator " #f, MADE_HOPPER, true, f, &world.simulators, AT_TEXT, GA_R_##r, t }
#define R(f, r, t) { "RIM " #f, MADE_RIM, false, f, &world.own, AT_TEXT, GA_R_##r, t }
    D(one_less, SHAPE,
      "3 certificates below the root, not 4; certificate 1 (GH100 A01 GSP BROM): not issued by certificate 2 (NVIDIA GH100 Identity)"),
    D(root_alone, SHAPE,
      "0 certificates below the root, not 4"),
    D(leaf_twice, SHAPE,
      "5 certificates below the root, not 4; certificate 0 (GH100 A01 GSP FMC LF): not issued by certificate 1 (GH100 A01 GSP FMC LF); certificate 1 (GH100 A01 GSP FMC LF): has the key of certificate 0; certificate 1 (GH100 A01 GSP FMC LF): has the serial number of certificate 0"),
    D(swapped, SHAPE,
      "certificate 2 (NVIDIA GH100 Identity): not named as the Provisioner ICA of GH100; certificate 3 (NVIDIA GH100 Provisioner ICA 1): not named as the Identity of GH100; certificate 1 (GH100 A01 GSP BROM): not issued by certificate 2 (NVIDIA GH100 Identity); certificate 2 (NVIDIA GH100 Identity): not issued by certificate 3 (NVIDIA GH100 Provisioner ICA 1); certificate 3 (NVIDIA GH100 Provisioner ICA 1): not issued by certificate 4 (NVIDIA Device Identity CA)"),
    D(two_roots, SHAPE,
      "5 certificates below the root, not 4; certificate 5 (NVIDIA Device Identity CA): has the key of certificate 4; certificate 5 (NVIDIA Device Identity CA): has the serial number of certificate 4"),
    D(leaf_is_ca, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): is a CA"),
    D(brom_no_ca, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): is no CA"),
    D(identity_without_basic, SHAPE,
      "certificate 3 (NVIDIA GH100 Identity): is no CA"),
    D(root_no_ca, SHAPE,
      "certificate 4 (NVIDIA Device Identity CA): is no CA"),
    D(leaf_signs_certs, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): keyUsage is not that of the leaf"),
    D(leaf_without_usage, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): keyUsage is not that of the leaf"),
    D(brom_signs_anything, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): keyUsage is not that of the BROM"),
    D(brom_signs_crls, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): keyUsage is not that of the BROM"),
    D(ica_signs_certs_only, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): keyUsage is not that of the Provisioner ICA"),
    D(leaf_eku, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): has an extendedKeyUsage"),
    D(brom_eku, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): has an extendedKeyUsage"),
    D(leaf_without_fwid, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): has no FWID extension 2.23.133.5.4.1"),
    D(leaf_with_other_fwid, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): has no FWID extension 2.23.133.5.4.1"),
    D(leaf_other_serial, IDENTITY,
      "certificate 0 (GH100 A01 GSP FMC LF): serial number does not follow from the key"),
    D(leaf_top_bits, IDENTITY,
      "certificate 0 (GH100 A01 GSP FMC LF): serial number does not follow from the key"),
    D(leaf_serial_short, IDENTITY,
      "certificate 0 (GH100 A01 GSP FMC LF): serial number does not follow from the key"),
    D(brom_other_serial, IDENTITY,
      "certificate 1 (GH100 A01 GSP BROM): subject serialNumber \"41112233445566778F\" is not the serial number 41112233445566778E"),
    D(unknown_critical, EXTENSION,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): unknown critical extension"),
    D(unknown_plain, NONE, OK),
    D(repeated, EXTENSION,
      "certificate 3 (NVIDIA GH100 Identity): repeated extension"),
    D(repeated_unknown, EXTENSION,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): repeated extension"),
    D(inner_other, ALGORITHM,
      "certificate 1 (GH100 A01 GSP BROM): inner and outer signature algorithm differ; signature algorithm is not ecdsa-with-SHA384 without parameters"),
    D(outer_other, ALGORITHM,
      "certificate 1 (GH100 A01 GSP BROM): inner and outer signature algorithm differ"),
    D(both_other, ALGORITHM,
      "certificate 1 (GH100 A01 GSP BROM): signature algorithm is not ecdsa-with-SHA384 without parameters"),
    D(with_parameters, ALGORITHM,
      "certificate 1 (GH100 A01 GSP BROM): signature algorithm is not ecdsa-with-SHA384 without parameters"),
    D(broken_signature, BAD_SIGNATURE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): not signed by certificate 3 (NVIDIA GH100 Identity)"),
    D(broken_leaf, BAD_SIGNATURE,
      "certificate 0 (GH100 A01 GSP FMC LF): not signed by certificate 1 (GH100 A01 GSP BROM)"),
    D(broken_root, BAD_SIGNATURE,
      "certificate 4 (NVIDIA Device Identity CA): not signed by itself"),
    D(broken_identity, BAD_SIGNATURE,
      "certificate 3 (NVIDIA GH100 Identity): not signed by certificate 4 (NVIDIA Device Identity CA)"),
    D(other_signer, BAD_SIGNATURE,
      "certificate 1 (GH100 A01 GSP BROM): not signed by certificate 2 (NVIDIA GH100 Provisioner ICA 1)"),
    D(other_issuer, BROKEN,
      "certificate 1 (GH100 A01 GSP BROM): not issued by certificate 2 (NVIDIA GH100 Provisioner ICA 1)"),
    D(issuer_case, BROKEN,
      "certificate 1 (GH100 A01 GSP BROM): not issued by certificate 2 (NVIDIA GH100 Provisioner ICA 1)"),
    D(foreign_root, UNTRUSTED,
      "certificate 4 (NVIDIA Device Identity CA): has the name of a trust anchor, but another key"),
    D(foreign_absent_root, UNTRUSTED,
      "certificate 3 (NVIDIA GH100 Identity): not signed by the trust anchor that it names"),
    D(root_of_other_name, SHAPE,
      "certificate 4 (NVIDIA Device Identity CA 2): not named as the root; certificate 4 (NVIDIA Device Identity CA 2): is no trust anchor"),
    D(absent_root_of_other_name, UNTRUSTED,
      "certificate 3 (NVIDIA GH100 Identity): issued by no trust anchor"),
    D(leaf_of_other_chip, SHAPE,
      "certificate 0 (GB100 A01 GSP FMC LF): not named as the leaf of GH100"),
    D(ica_without_number, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA ): not named as the Provisioner ICA of GH100"),
    D(ica_with_tail, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1x): not named as the Provisioner ICA of GH100"),
    D(leaf_with_tail, SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF ): not named as the leaf of GH100"),
    D(leaf_revision, SHAPE,
      "certificate 0 (GH100 A0 GSP FMC LF): not named as the leaf of GH100"),
    D(leaf_processor, SHAPE,
      "certificate 0 (GH100 A01 FSP FMC LF): not named as the leaf of GH100"),
    D(identity_of_other_chip, SHAPE,
      "certificate 3 (NVIDIA GB100 Identity): not named as the Identity of GH100"),
    D(other_organisation, SHAPE,
      "certificate 3 (NVIDIA GH100 Identity): organisation is \"NVIDIA\""),
    D(no_names, SHAPE,
      "certificate 0 (a): not named as the leaf of a known chip; certificate 0 (a): organisation is \"\"; certificate 1 (b): not named as the BROM of a known chip; certificate 1 (b): organisation is \"\"; certificate 2 (c): not named as the Provisioner ICA of a known chip; certificate 2 (c): organisation is \"\"; certificate 3 (NVIDIA GH100 Identity): not named as the Identity of a known chip"),
    D(ica_path_0, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): path length 0, with 1 CAs below"),
    D(brom_path_0, NONE, OK),
    D(same_key, DUPLICATE,
      "certificate 3 (NVIDIA GH100 Identity): has the key of certificate 2"),
    D(same_serial, DUPLICATE,
      "certificate 3 (NVIDIA GH100 Identity): has the serial number of certificate 2"),
    D(brom_expired, EXPIRED,
      "certificate 1 (GH100 A01 GSP BROM): expired 2025-10-24T11:59:59Z"),
    D(brom_at_end, NONE, OK),
    D(ica_early, NOT_YET_VALID,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): not valid before 2025-10-24T12:00:01Z"),
    D(ica_at_start, NONE, OK),
    D(root_expired, EXPIRED,
      "certificate 4 (NVIDIA Device Identity CA): expired 2025-10-24T11:59:59Z"),
    D(expired_and_usage, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): keyUsage is not that of the BROM; certificate 1 (GH100 A01 GSP BROM): expired 2025-10-24T11:59:59Z"),
    D(expired_and_early, EXPIRED,
      "certificate 1 (GH100 A01 GSP BROM): expired 2025-10-24T11:59:59Z; certificate 2 (NVIDIA GH100 Provisioner ICA 1): not valid before 2025-10-24T12:00:01Z"),
    D(version_1, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): not an X.509 v3 certificate"),
    D(version_2, SHAPE,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): not an X.509 v3 certificate"),
    D(other_key, KEY,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): key: not id-ecPublicKey with named curve secp384r1 and an uncompressed point"),
    S(sim_brom_without, SIMULATOR,
      "certificate 1 (GH100 A01 GSP BROM): has no simulator extension, which its anchor has"),
    S(sim_brom_organisation, SHAPE,
      "certificate 1 (GH100 A01 GSP BROM): organisation is \"NVIDIA Corporation\""),
    S(sim_not_critical, EXTENSION,
      "certificate 1 (GH100 A01 GSP BROM): extension simulator is not critical"),
    D(ica_simulated, SIMULATOR,
      "certificate 2 (NVIDIA GH100 Provisioner ICA 1): made by the simulator, whose anchor is not trusted here"),
    R(signer_is_ca, SHAPE,
      "certificate 0 (HCC RIM L4 Signer): is a CA"),
    R(signer_any_name, NONE, OK),
    R(signer_expired, EXPIRED,
      "certificate 0 (HCC RIM L4 Signer): expired 2025-10-24T11:00:00Z"),
    R(l3_other_name, SHAPE,
      "certificate 1 (NVIDIA CoRIM L1 Root CA Debug Only): not named as the RIM L3"),
    R(l3_bare_name, SHAPE,
      "certificate 1 (NVIDIA Reference Value ): not named as the RIM L3"),
    R(l3_other_organisation, SHAPE,
      "certificate 1 (NVIDIA Reference Value L3 GH100 002): organisation is \"AMD\""),
    R(l3_with_path_0, SHAPE,
      "certificate 2 (NVIDIA Reference Value GH100 CA): path length 0, with 1 CAs below"),
    R(l3_without_crl, NONE, OK),
    R(l2_signs, SHAPE,
      "certificate 2 (NVIDIA Reference Value GH100 CA): keyUsage is not that of the RIM L2"),
    R(signer_eku, SHAPE,
      "certificate 0 (HCC RIM L4 Signer): has an extendedKeyUsage"),
    R(rim_without_l3, SHAPE,
      "2 certificates below the root, not 3; certificate 0 (HCC RIM L4 Signer): not issued by certificate 1 (NVIDIA Reference Value GH100 CA)"),
    R(rim_foreign_root, UNTRUSTED,
      "certificate 3 (NVIDIA CoRIM signing Root CA): has the name of a trust anchor, but another key"),
    { "simulator without its anchor", MADE_HOPPER, true, nothing, &world.own, AT_TEXT, GA_R_UNTRUSTED,
      "certificate 4 (NVIDIA Device Identity CA): is no trust anchor; certificate 0 (GH100 A01 GSP FMC LF): made by the simulator, whose anchor is not trusted here" },
    { "simulator at the built-in anchors", MADE_HOPPER, true, nothing, &world.builtin, AT_TEXT, GA_R_UNTRUSTED,
      "certificate 4 (NVIDIA Device Identity CA): is no trust anchor; certificate 0 (GH100 A01 GSP FMC LF): made by the simulator, whose anchor is not trusted here" },
    { "simulator with a foreign root", MADE_HOPPER, true, foreign_root, &world.simulators, AT_TEXT, GA_R_UNTRUSTED,
      "certificate 4 (NVIDIA Device Identity CA): has the name of a trust anchor, but another key" },
    { "real names under the simulator's anchor", MADE_HOPPER, false, nothing, &world.simulators, AT_TEXT, GA_R_UNTRUSTED,
      "certificate 4 (NVIDIA Device Identity CA): is no trust anchor" },
    { "unsimulated chain with the simulator's root", MADE_HOPPER, false, sim_root, &world.simulators, AT_TEXT, GA_R_SHAPE,
      "certificate 0 (GH100 A01 GSP FMC LF): organisation is \"NVIDIA Corporation\"; certificate 1 (GH100 A01 GSP BROM): organisation is \"NVIDIA Corporation\"; certificate 2 (NVIDIA GH100 Provisioner ICA 1): organisation is \"NVIDIA Corporation\"; certificate 3 (NVIDIA GH100 Identity): organisation is \"NVIDIA Corporation\"; certificate 0 (GH100 A01 GSP FMC LF): has no simulator extension, which its anchor has; certificate 1 (GH100 A01 GSP BROM): has no simulator extension, which its anch" },
    { "simulator's RIM without its anchor", MADE_RIM, true, nothing, &world.own, AT_TEXT, GA_R_UNTRUSTED,
      "certificate 3 (NVIDIA CoRIM signing Root CA): is no trust anchor; certificate 0 (HCC RIM L4 Signer): made by the simulator, whose anchor is not trusted here" },
    { "blackwell with the older FWID", MADE_BLACKWELL, false, tcb_as_device_key, &world.own, AT_TEXT, GA_R_SHAPE,
      "certificate 0 (GB100 A01 GSP FMC LF): has no FWID extension 2.23.133.5.4.1.1" },
    { "a device as RIM", MADE_RIM, false, as_device, &world.own, AT_TEXT, GA_R_SHAPE,
      "4 certificates below the root, not 3; certificate 4 (NVIDIA Device Identity CA): is no trust anchor" },
    { "before all", MADE_HOPPER, false, nothing, &world.own, "2020-10-16T23:59:59Z", GA_R_NOT_YET_VALID,
      "certificate 0 (GH100 A01 GSP FMC LF): not valid before 2020-10-17T00:00:00Z; certificate 1 (GH100 A01 GSP BROM): not valid before 2020-10-17T00:00:00Z; certificate 2 (NVIDIA GH100 Provisioner ICA 1): not valid before 2020-10-17T00:00:00Z; certificate 3 (NVIDIA GH100 Identity): not valid before 2020-10-17T00:00:00Z; certificate 4 (NVIDIA Device Identity CA): not valid before 2020-10-17T00:00:00Z" },
    { "year 9999", MADE_HOPPER, false, nothing, &world.own, "9999-12-31T23:59:59Z", GA_R_NONE, OK },
};
/* clang-format on */

static void
has_its_defect(void **state)
{
    const struct defect *d = *state;
    struct made_chain made = made_chain_of(d->kind, d->simulator, world.key);
    struct ga_chain_facts found;
    struct ga_check check;
    struct ga_chain *chain;
    bool time;

    d->make(&made);
    chain = chain_of(&made);
    if (d->kind == MADE_RIM)
        check_rim(&chain->certs, d->anchors, d->when, 0, &check, &found);
    else
        check_device(chain, d->anchors, d->when, &check, &found);
    assert_string_equal(check.text, d->text != NULL ? d->text : "");
    assert_int_equal(check.state, d->text != NULL ? GA_FAILED : GA_PASSED);
    assert_string_equal(ga_reason_name(check.reason),
                        ga_reason_name(d->reason));
    time = d->reason == GA_R_EXPIRED || d->reason == GA_R_NOT_YET_VALID;
    assert_int_equal(found.time_aside, d->text == NULL || time);
    ga_chain_free(chain);
}

int
main(void)
{
    struct CMUnitTest tests[COUNT(defects)];

    for (size_t i = 0; i < COUNT(defects); i++)
        tests[i] = (struct CMUnitTest){ .name = defects[i].name,
                                        .test_func = has_its_defect,
                                        .initial_state = &defects[i] };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
