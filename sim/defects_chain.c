/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of device chains: rule 7, and what rules 4 and 5 take from them. */
#include "sim/defect_rows.h"

/* The list of certificates. */

static void
drop(struct sim_chain_spec *s, size_t from, size_t n)
{
    for (size_t i = from; i + n < s->count; i++)
        s->cert[i] = s->cert[i + n];
    s->count -= n;
}

static void
drop_ica(struct sim_chain_spec *s)
{
    drop(s, 2, 1);
}

static void
end_at_brom(struct sim_chain_spec *s)
{
    s->count = 2;
}

/* The ICA's responder signs the report, and its certificate stands first. */
static void
begin_with_responder(struct sim_chain_spec *s)
{
    const struct sim_cert *responder = &s->pki->ca[SIM_A_ICA_GPU].responder;

    drop(s, 0, 1);
    s->cert[0] = responder;
    s->signer = &responder->key;
}

static void
begin_with_ica(struct sim_chain_spec *s)
{
    drop(s, 0, 2);
    s->signer = &s->cert[0]->key;
}

static void
let_leaf_issue(struct sim_chain_spec *s)
{
    s->leaf_issues = true;
}

static void
put_rim_ca(struct sim_chain_spec *s)
{
    s->cert[2] = &s->pki->ca[SIM_A_RIM_L3_GPU].cert;
}

static void
swap_brom_and_ica(struct sim_chain_spec *s)
{
    const struct sim_cert *brom = s->cert[1];

    s->cert[1] = s->cert[2];
    s->cert[2] = brom;
}

static void
explicit_root(struct sim_chain_spec *s)
{
    s->root = SIM_SPKI_EXPLICIT;
}

/* PEM. */

static void
write_behind_der(struct sim_chain_spec *s)
{
    s->pem.trailing = true;
}

static void
call_it_trusted(struct sim_chain_spec *s)
{
    s->pem.label = "TRUSTED CERTIFICATE";
}

static void
call_it_encrypted(struct sim_chain_spec *s)
{
    s->pem.header = "Proc-Type: 4,ENCRYPTED\n"
                    "DEK-Info: AES-256-CBC,00000000000000000000000000000000\n"
                    "\n";
}

/* Short: the chain has to fit into what the driver has room for. */
static void
write_between(struct sim_chain_spec *s)
{
    s->between = "subject=NVIDIA\n";
}

/* Certificates. */

static void
other_serial(struct sim_cert_spec *s)
{
    s->other_serial = true;
}

static void
unknown_critical(struct sim_cert_spec *s)
{
    s->unknown_critical = true;
}

static void
repeat_extension(struct sim_cert_spec *s)
{
    s->repeated = true;
}

static void
sign_ocsp(struct sim_cert_spec *s)
{
    s->ocsp_signing = true;
}

static void
explicit_curve(struct sim_cert_spec *s)
{
    s->spki = SIM_SPKI_EXPLICIT;
}

static void
p256(struct sim_cert_spec *s)
{
    s->spki = SIM_SPKI_P256;
}

static void
compress(struct sim_cert_spec *s)
{
    s->spki = SIM_SPKI_COMPRESSED;
}

static void
fwid_trailing(struct sim_cert_spec *s)
{
    s->fwid_trailing = true;
}

static void
fwid_other_key(struct sim_cert_spec *s)
{
    s->fwid_other_key = true;
}

static void
fwid_zero(struct sim_cert_spec *s)
{
    s->fwid_zero = true;
}

static void
fwid_absent(struct sim_cert_spec *s)
{
    s->fwid_absent = true;
}

/* ESC [2J clears a screen; U+202E turns what follows around; U+009B is CSI in
 * one character. */
#define ESCAPES                           \
    "\x1b[2J\xe2\x80\xaeVERIFIED\xc2\x9b" \
    "31m"

static void
escapes_in_cn(struct sim_cert_spec *s)
{
    s->cn = "GH100 A01 GSP FMC LF" ESCAPES;
}

/* Who issued the device's keys. */

static void
foreign_authorities(struct sim_device_spec *s)
{
    s->foreign = true;
}

static void
blackwell_chain(struct sim_device_spec *s)
{
    s->chain_chip = "GB100";
}

static void
switch_chain(struct sim_device_spec *s)
{
    s->chain_chip = "LS_10";
}

/* The chain's names are those of no chip: what follows from the chip is not
 * known, and nothing is asked for. */
#define NO_CHIP(where) \
    UNMADE(where, "report.arch", DEPENDS), UNMADE(where, "report.fwid", DEPENDS)

/* Without an anchor that is the simulator's, its responders are refused too.
 *
 * A chain that does not parse; a report has then no key. */
#define NO_CHAIN(where, reason)                                    \
    FAILED(where, "device.chain", reason),                         \
        UNMADE(where, "device.ocsp", DEPENDS),                     \
        UNMADE(where, "report.signature", NO_KEY), NO_CHIP(where), \
        NOT_ASKED(where),                                          \
    {                                                              \
        "set", "set.distinct", GA_NOT_CHECKED, GA_R_DEPENDS, 0, 2  \
    }

#define CHAIN_AND_NO_RIM(where, reason) \
    FAILED(where, "device.chain", reason), NOT_ASKED(where)

#define TOO_LONG \
    .files_only = "the chain is longer than the driver's 5120 bytes"

/* clang-format off */
const struct sim_defect sim_defects_chain[] = {
    { "hopper-report-blackwell-chain", 4, "one chip passes for another",
      DEVICE("GPU-0", blackwell_chain), 1, 0, EXPECT(
        FAILED("GPU-0", "report.arch", MISMATCH),
        FAILED("GPU-0", "driver_rim.version", PRODUCT_OTHER),
        FAILED("GPU-0", "vbios_rim.version", PRODUCT_OTHER),
        NEITHER_RIM("GPU-0")) },
    { "gpu-report-switch-chain", 4, "a switch passes for a GPU",
      DEVICE("GPU-0", switch_chain), 1, 0, EXPECT(
        FAILED("GPU-0", "report.arch", MISMATCH),
        FAILED("GPU-0", "driver_rim.version", PRODUCT_OTHER),
        FAILED("GPU-0", "vbios_rim.version", PRODUCT_OTHER),
        NEITHER_RIM("GPU-0")) },
    { "fwid-trailing", 5, "a second value behind the one that is compared",
      CERT("GPU-0 leaf", fwid_trailing), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", TRAILING)) },
    { "fwid-device-key", 5, "a leaf says itself which device it is of",
      CERT("GPU-0 leaf", fwid_other_key), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", MALFORMED)) },
    { "fwid-zero", 5, "firmware that was never measured",
      CERT("GPU-0 leaf", fwid_zero), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", MALFORMED)) },
    { "fwid-extension-dropped", 5, "a key that any firmware can have made",
      CERT("GPU-0 leaf", fwid_absent), 1, 0, EXPECT(
        FAILED("GPU-0", "report.fwid", ABSENT),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "missing-ica", 7, "a device that nobody provisioned",
      CHAIN("GPU-0", drop_ica), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), UNMADE("GPU-0", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "short-chain", 7, "a device that only says who it is",
      CHAIN("GPU-0", end_at_brom), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), UNMADE("GPU-0", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "leaf-ocsp-responder", 7, "an OCSP responder signs reports",
      CHAIN("GPU-0", begin_with_responder), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "leaf-eku", 7, "a key that was certified for another purpose signs reports",
      CERT("GPU-0 leaf", sign_ocsp), 1, 0, EXPECT(
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "leaf-is-ica", 7, "a provisioner signs reports of devices that are not",
      CHAIN("GPU-0", begin_with_ica), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "extra-subca", 7, "whoever has one device's key makes keys of devices",
      CHAIN("GPU-0", let_leaf_issue), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), UNMADE("GPU-0", "device.ocsp", ABSENT),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)), TOO_LONG },
    { "foreign-cert", 7, "a CA of RIMs vouches for a device",
      CHAIN("GPU-0", put_rim_ca), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), UNMADE("GPU-0", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "swapped-certs", 7, "the issuer of one place passes for that of another",
      CHAIN("GPU-0", swap_brom_and_ica), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), UNMADE("GPU-0", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { "leaf-serial", 7, "a certificate that the BROM did not make of that key",
      CERT("GPU-0 leaf", other_serial), 1, 0, EXPECT(
        CHAIN_AND_NO_RIM("GPU-0", IDENTITY)) },
    { "unknown-critical", 7, "a limit that the verifier does not know is passed over",
      CERT("GPU-0 leaf", unknown_critical), 1, 0, EXPECT(
        CHAIN_AND_NO_RIM("GPU-0", EXTENSION)) },
    { "duplicate-extension", 7, "one reader takes the first keyUsage, another one the last",
      CERT("GPU-0 leaf", repeat_extension), 1, 0, EXPECT(
        CHAIN_AND_NO_RIM("GPU-0", EXTENSION)) },
    { "explicit-curve-root", 7, "a generator of one's own makes a key to any root",
      CHAIN("GPU-0", explicit_root), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", SIMULATOR),
        CHAIN_AND_NO_RIM("GPU-0", KEY)), TOO_LONG },
    { "explicit-curve-ica", 7, "a generator of one's own makes a key to any ICA",
      CERT("ica-gpu", explicit_curve), 1, 0, EXPECT(
        UNMADE("GPU-*", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-*", KEY)), TOO_LONG },
    { "p256-ica", 7, "a weaker key issues devices",
      CERT("ica-gpu", p256), 1, 0, EXPECT(
        UNMADE("GPU-*", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-*", KEY)) },
    { "compressed-point", 7, "one key has two forms, and passes for two",
      CERT("ica-gpu", compress), 1, 0, EXPECT(
        UNMADE("GPU-*", "device.ocsp", DEPENDS),
        CHAIN_AND_NO_RIM("GPU-*", KEY)) },
    { "anchor-name-other-key", 7, "authorities of one's own, under the names of the real ones",
      DEVICE("GPU-0", foreign_authorities), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", SIMULATOR),
        CHAIN_AND_NO_RIM("GPU-0", UNTRUSTED)) },
    { "pem-trailing-der", 7, "bytes in a certificate's block that nobody signed",
      CHAIN("GPU-0", write_behind_der), 1, 0, EXPECT(NO_CHAIN("GPU-0", TRAILING)) },
    { "pem-trusted", 7, "a certificate brings its own trust settings",
      CHAIN("GPU-0", call_it_trusted), 1, 0, EXPECT(NO_CHAIN("GPU-0", MALFORMED)) },
    { "pem-encrypted", 7, "a verifier asks its terminal for a passphrase",
      CHAIN("GPU-0", call_it_encrypted), 1, 0, EXPECT(NO_CHAIN("GPU-0", MALFORMED)) },
    { "pem-garbage-between", 7, "text that one reader skips and another one shows",
      CHAIN("GPU-0", write_between), 1, 0, EXPECT(NO_CHAIN("GPU-0", MALFORMED)) },
    { "cn-escape", 7, "a name in a certificate writes the verdict on the terminal",
      CERT("GPU-0 leaf", escapes_in_cn), 1, 0, EXPECT(
        NO_CHIP("GPU-0"), CHAIN_AND_NO_RIM("GPU-0", SHAPE)) },
    { .name = NULL },
};
