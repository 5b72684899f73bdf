/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of OCSP answers: rule 8. */
#include "sim/defect_rows.h"

static void
revoke(struct sim_ocsp_spec *s)
{
    s->status = SIM_REVOKED;
    s->reason = 1; /* keyCompromise */
}

static void
hold(struct sim_ocsp_spec *s)
{
    s->status = SIM_REVOKED;
    s->reason = 6; /* certificateHold */
}

static void
not_known(struct sim_ocsp_spec *s)
{
    s->status = SIM_UNKNOWN;
}

static void
move(struct sim_ocsp_spec *s, ga_time by)
{
    s->produced += by;
    s->this_update += by;
    s->next_update += by;
}

static void
yesterday(struct sim_ocsp_spec *s)
{
    move(s, -2 * DAY);
}

/* Within its own dates still, but older than the maximum age. */
static void
long_lived(struct sim_ocsp_spec *s)
{
    move(s, -30 * DAY);
    s->next_update += 60 * DAY;
}

static void
tomorrow(struct sim_ocsp_spec *s)
{
    move(s, DAY);
}

static void
without_end(struct sim_ocsp_spec *s)
{
    move(s, -2 * DAY);
    s->no_next_update = true;
}

static void
revoked_before(struct sim_ocsp_spec *s)
{
    move(s, -3 * DAY);
    revoke(s);
    s->revoked_at -= 3 * DAY;
}

static void
revoked_before_besides(struct sim_ocsp_spec *s)
{
    s->also = revoked_before;
}

static void
revoked_and_good(struct sim_ocsp_spec *s)
{
    revoke(s);
    s->two = true;
}

static void
of_other_issuer(struct sim_ocsp_spec *s)
{
    s->id_issuer = &s->pki->ca[SIM_A_IDENTITY].cert;
}

static void
old_nonce(struct sim_ocsp_spec *s)
{
    static const uint8_t nonce[32] = { 0x6e };

    s->nonce = ga_bytes_of(nonce, sizeof(nonce));
}

static void
for_any_purpose(struct sim_cert_spec *s)
{
    s->place = SIM_RESPONDER_ANY;
}

static void
as_ca(struct sim_cert_spec *s)
{
    s->place = SIM_RESPONDER_CA;
}

static void
by_sibling(struct sim_ocsp_spec *s)
{
    s->responder = &s->pki->ca[SIM_A_IDENTITY].responder;
}

/* The responder's certificate has the key that is asked about. */
static void
with_brom_key(struct sim_cert_spec *s)
{
    s->key = "GPU-0 brom";
}

static void
by_itself(struct sim_ocsp_spec *s)
{
    s->responder = s->cert;
}

/* clang-format off */
const struct sim_defect sim_defects_ocsp[] = {
    { "ocsp-revoked", 8, "a device whose key was stolen",
      OCSP("GPU-0-brom", revoke), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", REVOKED)),
      .named = "no-ocsp" },
    { "ocsp-hold", 8, "a device that was called in",
      OCSP("GPU-0-brom", hold), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", HOLD)),
      .named = "no-ocsp" },
    { "ocsp-unknown", 8, "a device that was never made",
      OCSP("GPU-0-brom", not_known), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", UNKNOWN)),
      .named = "no-ocsp,device.ocsp:unknown" },
    { "ocsp-stale", 8, "a good answer from before the revocation is shown again",
      OCSP("GPU-0-brom", yesterday), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", STALE)),
      .named = "no-ocsp,ocsp-grace,at,device.ocsp:stale" },
    { "ocsp-too-old", 8, "an answer that gives itself months is shown until its end",
      OCSP("GPU-0-brom", long_lived), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", STALE)),
      .named = "no-ocsp,ocsp-max-age,ocsp-grace,at,device.ocsp:stale" },
    { "ocsp-future", 8, "an answer that was made in advance outlives the revocation",
      OCSP("GPU-0-brom", tomorrow), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", FUTURE)),
      .named = "no-ocsp,ocsp-skew,at,device.ocsp:future" },
    { "ocsp-good-then-revoked", 8, "a good answer is put beside the one that says revoked",
      OCSP("GPU-0-brom", revoked_before_besides), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", REVOKED)),
      .named = "no-ocsp",
      .files_only = "a responder gives one answer to a question" },
    { "ocsp-two-singles", 8, "one reader finds good, another one revoked",
      OCSP("GPU-0-brom", revoked_and_good), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", CONFLICT)),
      .named = "no-ocsp,device.ocsp:conflict" },
    { "ocsp-no-nextupdate", 8, "an answer that never ends",
      OCSP("GPU-0-brom", without_end), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", STALE)),
      .named = "no-ocsp,ocsp-grace,at,device.ocsp:stale" },
    { "ocsp-other-issuer-same-serial", 8, "the answer for another CA's certificate",
      OCSP("GPU-0-brom", of_other_issuer), 1, 0, EXPECT(
        UNMADE("GPU-0", "device.ocsp", ABSENT)),
      .named = "no-ocsp,device.ocsp:not_checked" },
    { "ocsp-nonce-old", 8, "the answer to another question is shown again",
      OCSP("GPU-0-brom", old_nonce), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", NONCE_OTHER)),
      .named = "no-ocsp,ocsp-nonce,device.ocsp:nonce_other" },
    { "ocsp-any-eku", 8, "a certificate for every purpose answers for its CA",
      CERT("ica-gpu responder", for_any_purpose), 1, 0, EXPECT(
        FAILED("GPU-*", "device.ocsp", RESPONDER)),
      .named = "no-ocsp,device.ocsp:responder" },
    { "ocsp-responder-ca", 8, "a CA below answers for the one above it",
      CERT("ica-gpu responder", as_ca), 1, 0, EXPECT(
        FAILED("GPU-*", "device.ocsp", RESPONDER)),
      .named = "no-ocsp,device.ocsp:responder" },
    { "ocsp-responder-sibling", 8, "the responder of one CA answers for another one",
      OCSP("GPU-0-brom", by_sibling), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", RESPONDER)),
      .named = "no-ocsp,device.ocsp:responder" },
    { "ocsp-self", 8, "a stolen key says that it is good",
      OCSP("GPU-0-brom", by_itself), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", RESPONDER)),
      .named = "no-ocsp,device.ocsp:responder" },
    { "ocsp-self-certified", 8, "a stolen key that is a responder's too says that it is good",
      CERT("ica-gpu responder", with_brom_key), 1, 0, EXPECT(
        FAILED("GPU-0", "device.ocsp", RESPONDER)),
      .named = "no-ocsp,device.ocsp:responder" },
    { "rim-ocsp-unknown", 8, "a RIM of a signer whom nobody knows",
      OCSP("driver-rim-signer", not_known), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.ocsp", UNKNOWN)),
      .named = "no-ocsp,driver_rim.ocsp:unknown" },
    { "rim-ocsp-revoked", 8, "golden values of a signer whose key was stolen",
      OCSP("driver-rim-signer", revoke), 1, 0, EXPECT(
        FAILED("GPU-*", "driver_rim.ocsp", REVOKED)),
      .named = "no-ocsp" },
    { "rim-ocsp-hold", 8, "golden values that were called back",
      OCSP("vbios-rim-signer", hold), 1, 0, EXPECT(
        FAILED("GPU-*", "vbios_rim.ocsp", HOLD)),
      .named = "no-ocsp,allow-hold" },
    { "bios-rim-ocsp-revoked", 8, "golden values of a signer whose key was stolen",
      OCSP("bios-rim-signer", revoke), 0, 1, EXPECT(
        FAILED("SWITCH-*", "bios_rim.ocsp", REVOKED)),
      .named = "no-ocsp" },
    { .name = NULL },
};
