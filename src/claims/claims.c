/* SPDX-License-Identifier: Apache-2.0 */
/* Results as claims: one table for both kinds of device and all versions. */
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "claims/claims.h"

/* What a row's function gets. */
struct subject {
    const struct ga_device *device;
    const struct ga_nonce *nonce;
};

typedef json_t *put_fn(const struct subject *s, unsigned arg);

static bool
passed(const struct subject *s, unsigned id)
{
    return s->device->check[id].state == GA_PASSED;
}

/* true when the check passed; NRAS knows no third value. */
static json_t *
put_passed(const struct subject *s, unsigned id)
{
    return json_boolean(passed(s, id));
}

/* NRAS says true of a report that has no FWID. */
static json_t *
put_passed_or_none(const struct subject *s, unsigned id)
{
    return json_boolean(passed(s, id) ||
                        s->device->check[id].state == GA_NOT_APPLICABLE);
}

static json_t *
text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *
put_measres(const struct subject *s, unsigned id)
{
    return json_string(passed(s, id) ? "success" : "fail");
}

/* Version 4.0 tells what was not compared from what does not match. */
static json_t *
put_measres_4(const struct subject *s, unsigned id)
{
    const struct ga_check *c = &s->device->check[id];

    if (c->state == GA_NOT_CHECKED)
        return json_string("not-run");
    if (c->state == GA_FAILED && c->reason == GA_R_NOTHING)
        return json_string("absent");
    return put_measres(s, id);
}

/* What we have nothing to say in. */
static json_t *
put_null(const struct subject *s, unsigned unused)
{
    (void)s;
    (void)unused;
    return json_null();
}

static json_t *
put_secboot(const struct subject *s, unsigned id)
{
    return passed(s, id) ? json_true() : json_null();
}

static json_t *
put_dbgstat(const struct subject *s, unsigned id)
{
    return passed(s, id) ? json_string("disabled") : json_null();
}

enum text { TEXT_HWMODEL, TEXT_UEID, TEXT_DRIVER, TEXT_VBIOS, TEXT_WARNING };

static json_t *
put_text(const struct subject *s, unsigned which)
{
    const struct ga_device *d = s->device;
    const char *const texts[] = {
        [TEXT_HWMODEL] = d->hwmodel, [TEXT_UEID] = d->ueid,
        [TEXT_DRIVER] = d->driver,   [TEXT_VBIOS] = d->vbios,
        [TEXT_WARNING] = d->warning,
    };

    return text_or_null(texts[which]);
}

/* NRAS gives it for GPUs alone. */
static json_t *
put_oemid(const struct subject *s, unsigned unused)
{
    const struct ga_device *d = s->device;

    (void)unused;
    if (d->kind == GA_KIND_SWITCH)
        return json_null();
    return text_or_null(d->rim[GA_RIM_DRIVER].oemid != NULL
                            ? d->rim[GA_RIM_DRIVER].oemid
                            : d->rim[GA_RIM_VBIOS].oemid);
}

static json_t *
put_nonce(const struct subject *s, unsigned unused)
{
    char hex[2 * GA_NONCE_LEN + 1];

    (void)unused;
    ga_nonce_text(s->nonce, hex);
    return json_string(hex);
}

static json_t *
put_device_type(const struct subject *s, unsigned unused)
{
    (void)unused;
    return json_string(s->device->kind == GA_KIND_SWITCH ? "nvswitch" : "gpu");
}

static json_t *
put_version(const struct subject *s, unsigned version)
{
    (void)s;
    return json_string(ga_claims_version_name((enum ga_claims_version)version));
}

static json_t *
put_available(const struct subject *s, unsigned role)
{
    return json_boolean(s->device->rim[role].measurements);
}

/* The chain whose check is `id`. */
static const struct ga_chain_outcome *
chain_of(const struct ga_device *d, unsigned id)
{
    switch (id) {
    case GA_CHECK_DRIVER_RIM_CHAIN:
        return &d->rim[GA_RIM_DRIVER].chain;
    case GA_CHECK_VBIOS_RIM_CHAIN:
        return &d->rim[GA_RIM_VBIOS].chain;
    case GA_CHECK_BIOS_RIM_CHAIN:
        return &d->rim[GA_RIM_BIOS].chain;
    default:
        return &d->chain;
    }
}

/* Invalid before revoked before expired before valid (docs/claims.md).  The
 * check of the answers stands directly behind the chain's in the table. */
static const char *
cert_status(const struct ga_device *d, unsigned id)
{
    const struct ga_check *chain = &d->check[id];
    const struct ga_check *ocsp = &d->check[id + 1];
    bool late = chain->reason == GA_R_EXPIRED || chain->reason == GA_R_GRACE;

    if (chain->state != GA_PASSED && !late)
        return "invalid";
    if (ocsp->reason == GA_R_REVOKED || ocsp->reason == GA_R_HOLD)
        return "revoked";
    return late ? "expired" : "valid";
}

static const char *
ocsp_status(enum ga_cert_status s)
{
    static const char *const names[] = {
        [GA_CERT_STATUS_NONE] = "unknown",
        [GA_CERT_GOOD] = "good",
        [GA_CERT_UNKNOWN] = "unknown",
        [GA_CERT_REVOKED] = "revoked",
    };

    return names[s];
}

static json_t *
put_chain(const struct subject *s, unsigned id)
{
    const struct ga_chain_outcome *c = chain_of(s->device, id);
    const struct ga_ocsp_facts *o = &c->ocsp;
    char until[GA_TIME_TEXT] = "";

    if (c->not_after != GA_TIME_NONE)
        ga_time_text(c->not_after, until);
    return json_pack(
        "{s:o,s:s,s:s,s:o,s:b,s:b}", "x-nvidia-cert-expiration-date",
        text_or_null(until), "x-nvidia-cert-status", cert_status(s->device, id),
        "x-nvidia-cert-ocsp-status", ocsp_status(o->status),
        "x-nvidia-cert-revocation-reason",
        text_or_null(o->status == GA_CERT_REVOKED && o->revocation_reason >= 0
                         ? ga_revocation_reason_text(o->revocation_reason)
                         : NULL),
        "x-nvidia-cert-ocsp-nonce-matches", o->asked && o->nonce_matches,
        "x-nvidia-cert-ocsp-response-valid", o->asked && o->response_valid);
}

/* The same as one boolean, as version 2.0 has it. */
static json_t *
put_chain_valid(const struct subject *s, unsigned id)
{
    return json_boolean(strcmp(cert_status(s->device, id), "valid") == 0);
}

static json_t *
hex_text(const uint8_t *bytes, size_t len)
{
    char hex[2 * GA_MEASUREMENT_MAX + 1];

    ga_hex(ga_bytes_of(bytes, len), hex);
    return json_string(hex);
}

static json_t *
mismatch(const struct ga_mismatch_record *m)
{
    static const char *const source[] = {
        [GA_RIM_DRIVER] = "driver",
        [GA_RIM_VBIOS] = "vbios",
        [GA_RIM_BIOS] = "bios",
    };

    return json_pack("{s:i,s:i,s:o,s:i,s:o,s:s}", "index", (int)m->index,
                     "goldenSize", (int)m->golden_len, "goldenValue",
                     hex_text(m->golden, m->golden_len), "runtimeSize",
                     (int)m->runtime_len, "runtimeValue",
                     hex_text(m->runtime, m->runtime_len), "measurementSource",
                     source[m->role]);
}

static json_t *
put_mismatches(const struct subject *s, unsigned unused)
{
    GA_AUTO(json_t) *list = NULL;

    (void)unused;
    if (s->device->mismatch_count == 0)
        return json_null();
    list = json_array();
    for (size_t i = 0; i < s->device->mismatch_count; i++)
        if (json_array_append_new(list, mismatch(&s->device->mismatch[i])) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
put_pdis(const struct subject *s, unsigned unused)
{
    GA_AUTO(json_t) *list = NULL;

    (void)unused;
    if (s->device->pdi_count == 0)
        return json_null();
    list = json_array();
    for (size_t i = 0; i < s->device->pdi_count; i++)
        if (json_array_append_new(
                list, hex_text(s->device->pdis[i], GA_PDI_LEN)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
put_own_pdi(const struct subject *s, unsigned unused)
{
    (void)unused;
    return s->device->has_own_pdi ? hex_text(s->device->own_pdi, GA_PDI_LEN)
                                  : json_null();
}

#define V2  (1u << GA_CLAIMS_2_0)
#define V3  (1u << GA_CLAIMS_3_0)
#define V4  (1u << GA_CLAIMS_4_0)
#define V34 (V3 | V4)
#define ALL (V2 | V34)

/* clang-format off */
/* Names stand whole, so that grep finds them; rows may be longer than 80
 * columns.  Source: spec-protocol, 5; docs/claims.md says what each means. */
static const struct claim {
    const char *name;
    enum ga_kind kind; /* GA_KIND_UNKNOWN: both */
    unsigned versions;
    put_fn *put;
    unsigned arg;
} claims[] = {
    { "measres", GA_KIND_UNKNOWN, V2 | V3, put_measres, GA_CHECK_MEASUREMENTS_MATCH },
    { "measres", GA_KIND_UNKNOWN, V4, put_measres_4, GA_CHECK_MEASUREMENTS_MATCH },
    { "secboot", GA_KIND_UNKNOWN, ALL, put_secboot, GA_CHECK_MEASUREMENTS_MATCH },
    { "dbgstat", GA_KIND_UNKNOWN, ALL, put_dbgstat, GA_CHECK_MEASUREMENTS_MATCH },
    { "hwmodel", GA_KIND_UNKNOWN, ALL, put_text, TEXT_HWMODEL },
    { "ueid", GA_KIND_UNKNOWN, ALL, put_text, TEXT_UEID },
    { "oemid", GA_KIND_UNKNOWN, ALL, put_oemid, 0 },
    { "eat_nonce", GA_KIND_UNKNOWN, ALL, put_nonce, 0 },
    { "x-nvidia-device-type", GA_KIND_UNKNOWN, ALL, put_device_type, 0 },
    { "x-nvidia-attestation-warning", GA_KIND_UNKNOWN, ALL, put_text, TEXT_WARNING },
    { "x-nvidia-mismatch-measurement-records", GA_KIND_UNKNOWN, ALL, put_mismatches, 0 },
    { "x-nvidia-mismatch-opaque-data-records", GA_KIND_UNKNOWN, V4, put_null, 0 },
    { "x-nvidia-attester-claims", GA_KIND_UNKNOWN, V4, put_null, 0 },

    { "x-nvidia-gpu-claims-version", GA_KIND_GPU, V2, put_version, GA_CLAIMS_2_0 },
    { "x-nvidia-gpu-claims-version", GA_KIND_GPU, V3, put_version, GA_CLAIMS_3_0 },
    { "x-nvidia-gpu-claims-version", GA_KIND_GPU, V4, put_version, GA_CLAIMS_4_0 },
    { "x-nvidia-gpu-arch-check", GA_KIND_GPU, ALL, put_passed, GA_CHECK_REPORT_ARCH },
    { "x-nvidia-gpu-driver-version", GA_KIND_GPU, ALL, put_text, TEXT_DRIVER },
    { "x-nvidia-gpu-vbios-version", GA_KIND_GPU, ALL, put_text, TEXT_VBIOS },
    { "x-nvidia-gpu-attestation-report-parsed", GA_KIND_GPU, ALL, put_passed, GA_CHECK_REPORT_PARSE },
    { "x-nvidia-gpu-attestation-report-nonce-match", GA_KIND_GPU, ALL, put_passed, GA_CHECK_REPORT_NONCE },
    { "x-nvidia-gpu-attestation-report-signature-verified", GA_KIND_GPU, ALL, put_passed, GA_CHECK_REPORT_SIGNATURE },
    { "x-nvidia-gpu-attestation-report-cert-chain", GA_KIND_GPU, V34, put_chain, GA_CHECK_DEVICE_CHAIN },
    { "x-nvidia-gpu-attestation-report-cert-chain-validated", GA_KIND_GPU, V2, put_chain_valid, GA_CHECK_DEVICE_CHAIN },
    { "x-nvidia-gpu-attestation-report-cert-chain-fwid-match", GA_KIND_GPU, V34, put_passed_or_none, GA_CHECK_REPORT_FWID },
    { "x-nvidia-gpu-driver-rim-fetched", GA_KIND_GPU, ALL, put_passed, GA_CHECK_DRIVER_RIM_AVAILABLE },
    { "x-nvidia-gpu-driver-rim-schema-validated", GA_KIND_GPU, ALL, put_passed, GA_CHECK_DRIVER_RIM_SCHEMA },
    { "x-nvidia-gpu-driver-rim-cert-chain", GA_KIND_GPU, V34, put_chain, GA_CHECK_DRIVER_RIM_CHAIN },
    { "x-nvidia-gpu-driver-rim-cert-validated", GA_KIND_GPU, V2, put_chain_valid, GA_CHECK_DRIVER_RIM_CHAIN },
    { "x-nvidia-gpu-driver-rim-signature-verified", GA_KIND_GPU, ALL, put_passed, GA_CHECK_DRIVER_RIM_SIGNATURE },
    { "x-nvidia-gpu-driver-rim-version-match", GA_KIND_GPU, V34, put_passed, GA_CHECK_DRIVER_RIM_VERSION },
    { "x-nvidia-gpu-driver-rim-measurements-available", GA_KIND_GPU, ALL, put_available, GA_RIM_DRIVER },
    { "x-nvidia-gpu-vbios-rim-fetched", GA_KIND_GPU, ALL, put_passed, GA_CHECK_VBIOS_RIM_AVAILABLE },
    { "x-nvidia-gpu-vbios-rim-schema-validated", GA_KIND_GPU, ALL, put_passed, GA_CHECK_VBIOS_RIM_SCHEMA },
    { "x-nvidia-gpu-vbios-rim-cert-chain", GA_KIND_GPU, V34, put_chain, GA_CHECK_VBIOS_RIM_CHAIN },
    { "x-nvidia-gpu-vbios-rim-cert-validated", GA_KIND_GPU, V2, put_chain_valid, GA_CHECK_VBIOS_RIM_CHAIN },
    { "x-nvidia-gpu-vbios-rim-signature-verified", GA_KIND_GPU, ALL, put_passed, GA_CHECK_VBIOS_RIM_SIGNATURE },
    { "x-nvidia-gpu-vbios-rim-version-match", GA_KIND_GPU, V34, put_passed, GA_CHECK_VBIOS_RIM_VERSION },
    { "x-nvidia-gpu-vbios-rim-measurements-available", GA_KIND_GPU, ALL, put_available, GA_RIM_VBIOS },
    { "x-nvidia-gpu-vbios-index-no-conflict", GA_KIND_GPU, ALL, put_passed, GA_CHECK_MEASUREMENTS_CONFLICT },
    { "x-nvidia-gpu-switch-pdis", GA_KIND_GPU, V34, put_pdis, 0 },

    { "x-nvidia-switch-claims-version", GA_KIND_SWITCH, V2, put_version, GA_CLAIMS_2_0 },
    { "x-nvidia-switch-claims-version", GA_KIND_SWITCH, V3, put_version, GA_CLAIMS_3_0 },
    { "x-nvidia-switch-claims-version", GA_KIND_SWITCH, V4, put_version, GA_CLAIMS_4_0 },
    { "x-nvidia-switch-arch-check", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_REPORT_ARCH },
    { "x-nvidia-switch-bios-version", GA_KIND_SWITCH, ALL, put_text, TEXT_VBIOS },
    { "x-nvidia-switch-attestation-report-parsed", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_REPORT_PARSE },
    { "x-nvidia-switch-attestation-report-nonce-match", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_REPORT_NONCE },
    { "x-nvidia-switch-attestation-report-signature-verified", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_REPORT_SIGNATURE },
    { "x-nvidia-switch-attestation-report-cert-chain", GA_KIND_SWITCH, V34, put_chain, GA_CHECK_DEVICE_CHAIN },
    { "x-nvidia-switch-attestation-report-cert-chain-validated", GA_KIND_SWITCH, V2, put_chain_valid, GA_CHECK_DEVICE_CHAIN },
    { "x-nvidia-switch-attestation-report-cert-chain-fwid-match", GA_KIND_SWITCH, V34, put_passed_or_none, GA_CHECK_REPORT_FWID },
    { "x-nvidia-switch-bios-rim-fetched", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_BIOS_RIM_AVAILABLE },
    { "x-nvidia-switch-bios-rim-schema-validated", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_BIOS_RIM_SCHEMA },
    { "x-nvidia-switch-bios-rim-cert-chain", GA_KIND_SWITCH, V34, put_chain, GA_CHECK_BIOS_RIM_CHAIN },
    { "x-nvidia-switch-bios-rim-cert-validated", GA_KIND_SWITCH, V2, put_chain_valid, GA_CHECK_BIOS_RIM_CHAIN },
    { "x-nvidia-switch-bios-rim-signature-verified", GA_KIND_SWITCH, ALL, put_passed, GA_CHECK_BIOS_RIM_SIGNATURE },
    { "x-nvidia-switch-bios-rim-version-match", GA_KIND_SWITCH, V34, put_passed, GA_CHECK_BIOS_RIM_VERSION },
    { "x-nvidia-switch-bios-rim-measurements-available", GA_KIND_SWITCH, ALL, put_available, GA_RIM_BIOS },
    { "x-nvidia-switch-pdi", GA_KIND_SWITCH, V34, put_own_pdi, 0 },
    { "x-nvidia-switch-gpu-pdis", GA_KIND_SWITCH, V34, put_pdis, 0 },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const version_names[GA_CLAIMS_VERSIONS] = { "2.0", "3.0",
                                                               "4.0" };

const char *
ga_claims_version_name(enum ga_claims_version v)
{
    return version_names[v];
}

bool
ga_claims_version_find(const char *name, enum ga_claims_version *out)
{
    for (size_t i = 0; i < GA_CLAIMS_VERSIONS; i++)
        if (strcmp(version_names[i], name) == 0) {
            *out = (enum ga_claims_version)i;
            return true;
        }
    return false;
}

json_t *
ga_claims(const struct ga_device *device, const struct ga_nonce *nonce,
          enum ga_claims_version version)
{
    const struct subject s = { device, nonce };
    GA_AUTO(json_t) *out = NULL;

    if (device->by_token)
        return device->signed_claims != NULL
                   ? json_deep_copy(device->signed_claims)
                   : json_object();
    out = json_object();
    for (size_t i = 0; i < COUNT(claims); i++) {
        const struct claim *c = &claims[i];

        if ((c->versions & 1u << version) == 0 ||
            (c->kind != GA_KIND_UNKNOWN && c->kind != device->kind))
            continue;
        if (json_object_set_new(out, c->name, c->put(&s, c->arg)) != 0)
            return NULL;
    }
    return GA_TAKE(out);
}

size_t
ga_claim_names(struct ga_claim_name *out, size_t cap)
{
    for (size_t i = 0; i < COUNT(claims) && i < cap; i++)
        out[i] = (struct ga_claim_name){ claims[i].name, claims[i].kind,
                                         claims[i].versions };
    return COUNT(claims);
}
