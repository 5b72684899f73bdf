/* SPDX-License-Identifier: Apache-2.0 */
/* What the claims of a verified device are: one table. */
#include <stdio.h>
#include <string.h>

#include "token/profile.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
    const char *name;
    unsigned bit;
} versions[] = {
    { "2.0", GA_PROFILE_2_0 },
    { "3.0", GA_PROFILE_3_0 },
    { "4.0", GA_PROFILE_4_0 },
};

unsigned
ga_profile_of(const char *version)
{
    for (size_t i = 0; i < COUNT(versions); i++)
        if (strcmp(versions[i].name, version) == 0)
            return versions[i].bit;
    return 0;
}

static const char *
version_named(const json_t *claims)
{
    const char *gpu = json_string_value(
        json_object_get(claims, "x-nvidia-gpu-claims-version"));

    return gpu != NULL ? gpu
                       : json_string_value(json_object_get(
                             claims, "x-nvidia-switch-claims-version"));
}

unsigned
ga_profile_guess(const json_t *claims)
{
    static const char *const chains[] = {
        "x-nvidia-gpu-attestation-report-cert-chain",
        "x-nvidia-switch-attestation-report-cert-chain",
    };
    const char *named = version_named(claims);

    if (named != NULL)
        return ga_profile_of(named);
    for (size_t i = 0; i < COUNT(chains); i++)
        if (json_is_object(json_object_get(claims, chains[i])))
            return GA_PROFILE_3_0;
    return GA_PROFILE_2_0;
}

/* One claim on its way. */
struct claim {
    const char *name;
    const json_t *value; /* NULL: absent */
    unsigned version;
    bool hold; /* may be accepted here */
    struct ga_check *check;
};

typedef void want_fn(const struct claim *c);

static void
want_true(const struct claim *c)
{
    if (!json_is_true(c->value))
        ga_check_fail(c->check, GA_R_CLAIM, "%s is not true", c->name);
}

static void
is_word(const struct claim *c, const char *word)
{
    const char *text = json_string_value(c->value);

    if (text == NULL || strcmp(text, word) != 0)
        ga_check_fail(c->check, GA_R_CLAIM, "%s is \"%.40s\", not %s", c->name,
                      text != NULL ? text : "", word);
}

static void
want_success(const struct claim *c)
{
    is_word(c, "success");
}

static void
want_disabled(const struct claim *c)
{
    is_word(c, "disabled");
}

static void
want_text(const struct claim *c)
{
    if (json_string_length(c->value) == 0)
        ga_check_fail(c->check, GA_R_CLAIM, "%s is no text", c->name);
}

static void
want_number(const struct claim *c)
{
    const char *text = json_string_value(c->value);

    if (text == NULL || text[0] == '\0' ||
        text[strspn(text, "0123456789")] != '\0')
        ga_check_fail(c->check, GA_R_CLAIM, "%s is no number in digits",
                      c->name);
}

/* Absent, null or empty. */
static void
want_none(const struct claim *c)
{
    if (c->value != NULL && !json_is_null(c->value) &&
        !(json_is_array(c->value) && json_array_size(c->value) == 0))
        ga_check_fail(c->check, GA_R_CLAIM, "%s lists something", c->name);
}

static void
is_member(const struct claim *c, const char *name, const char *word)
{
    const char *text = json_string_value(json_object_get(c->value, name));

    if (text == NULL || strcmp(text, word) != 0)
        ga_check_fail(c->check, GA_R_CLAIM, "%s: %s is \"%.40s\", not %s",
                      c->name, name, text != NULL ? text : "", word);
}

/* Tokens of version 3.0 that are older than this member lack it. */
static void
is_member_true(const struct claim *c, const char *name)
{
    const json_t *v = json_object_get(c->value, name);

    if (v == NULL && c->version != GA_PROFILE_4_0)
        return;
    if (!json_is_true(v))
        ga_check_fail(c->check, GA_R_CLAIM, "%s: %s is not true", c->name,
                      name);
}

/* Whether the chain is revoked for now, and for nothing else. */
static bool
is_hold(const struct claim *c)
{
    static const char *const words[] = { "certificateHold", "certificate_hold",
                                         "CERTIFICATE_HOLD" };
    const char *status = json_string_value(
        json_object_get(c->value, "x-nvidia-cert-ocsp-status"));
    const char *reason = json_string_value(
        json_object_get(c->value, "x-nvidia-cert-revocation-reason"));

    if (status == NULL || reason == NULL || strcmp(status, "revoked") != 0)
        return false;
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(reason, words[i]) == 0)
            return true;
    return false;
}

static void
want_chain(const struct claim *c)
{
    const char *status =
        json_string_value(json_object_get(c->value, "x-nvidia-cert-status"));

    if (!json_is_object(c->value)) {
        ga_check_fail(c->check, GA_R_CLAIM, "%s is no object", c->name);
        return;
    }
    is_member_true(c, "x-nvidia-cert-ocsp-nonce-matches");
    is_member_true(c, "x-nvidia-cert-ocsp-response-valid");
    if (c->hold && is_hold(c) && status != NULL &&
        (strcmp(status, "valid") == 0 || strcmp(status, "revoked") == 0))
        return;
    is_member(c, "x-nvidia-cert-status", "valid");
    is_member(c, "x-nvidia-cert-ocsp-status", "good");
}

#define V2  GA_PROFILE_2_0
#define V34 (GA_PROFILE_3_0 | GA_PROFILE_4_0)
#define ALL (V2 | V34)

/* clang-format off */
/* Rows may be longer than 80 columns.  Source: spec-protocol, 5. */
static const struct row {
    const char *name;
    enum ga_kind kind; /* GA_KIND_UNKNOWN: both */
    unsigned versions;
    want_fn *want;
    bool may_hold; /* a RIM's chain */
} rows[] = {
    { "measres", GA_KIND_UNKNOWN, ALL, want_success, false },
    { "secboot", GA_KIND_UNKNOWN, ALL, want_true, false },
    { "dbgstat", GA_KIND_UNKNOWN, ALL, want_disabled, false },
    { "hwmodel", GA_KIND_UNKNOWN, ALL, want_text, false },
    { "ueid", GA_KIND_UNKNOWN, ALL, want_number, false },
    { "x-nvidia-mismatch-measurement-records", GA_KIND_UNKNOWN, ALL, want_none, false },
    { "x-nvidia-mismatch-opaque-data-records", GA_KIND_UNKNOWN, GA_PROFILE_4_0, want_none, false },

    { "x-nvidia-gpu-arch-check", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-driver-version", GA_KIND_GPU, ALL, want_text, false },
    { "x-nvidia-gpu-vbios-version", GA_KIND_GPU, ALL, want_text, false },
    { "x-nvidia-gpu-attestation-report-parsed", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-attestation-report-nonce-match", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-attestation-report-signature-verified", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-attestation-report-cert-chain", GA_KIND_GPU, V34, want_chain, false },
    { "x-nvidia-gpu-attestation-report-cert-chain-validated", GA_KIND_GPU, V2, want_true, false },
    { "x-nvidia-gpu-attestation-report-cert-chain-fwid-match", GA_KIND_GPU, V34, want_true, false },
    { "x-nvidia-gpu-driver-rim-fetched", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-driver-rim-schema-validated", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-driver-rim-cert-chain", GA_KIND_GPU, V34, want_chain, true },
    { "x-nvidia-gpu-driver-rim-cert-validated", GA_KIND_GPU, V2, want_true, false },
    { "x-nvidia-gpu-driver-rim-signature-verified", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-driver-rim-version-match", GA_KIND_GPU, V34, want_true, false },
    { "x-nvidia-gpu-driver-rim-measurements-available", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-vbios-rim-fetched", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-vbios-rim-schema-validated", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-vbios-rim-cert-chain", GA_KIND_GPU, V34, want_chain, true },
    { "x-nvidia-gpu-vbios-rim-cert-validated", GA_KIND_GPU, V2, want_true, false },
    { "x-nvidia-gpu-vbios-rim-signature-verified", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-vbios-rim-version-match", GA_KIND_GPU, V34, want_true, false },
    { "x-nvidia-gpu-vbios-rim-measurements-available", GA_KIND_GPU, ALL, want_true, false },
    { "x-nvidia-gpu-vbios-index-no-conflict", GA_KIND_GPU, ALL, want_true, false },

    { "x-nvidia-switch-arch-check", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-bios-version", GA_KIND_SWITCH, ALL, want_text, false },
    { "x-nvidia-switch-attestation-report-parsed", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-attestation-report-nonce-match", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-attestation-report-signature-verified", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-attestation-report-cert-chain", GA_KIND_SWITCH, V34, want_chain, false },
    { "x-nvidia-switch-attestation-report-cert-chain-validated", GA_KIND_SWITCH, V2, want_true, false },
    { "x-nvidia-switch-attestation-report-cert-chain-fwid-match", GA_KIND_SWITCH, V34, want_true, false },
    { "x-nvidia-switch-bios-rim-fetched", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-bios-rim-schema-validated", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-bios-rim-cert-chain", GA_KIND_SWITCH, V34, want_chain, true },
    { "x-nvidia-switch-bios-rim-cert-validated", GA_KIND_SWITCH, V2, want_true, false },
    { "x-nvidia-switch-bios-rim-signature-verified", GA_KIND_SWITCH, ALL, want_true, false },
    { "x-nvidia-switch-bios-rim-version-match", GA_KIND_SWITCH, V34, want_true, false },
    { "x-nvidia-switch-bios-rim-measurements-available", GA_KIND_SWITCH, ALL, want_true, false },
};
/* clang-format on */

size_t
ga_profile_rows(struct ga_profile_row *out, size_t cap)
{
    for (size_t i = 0; i < COUNT(rows) && i < cap; i++)
        out[i] = (struct ga_profile_row){ rows[i].name, rows[i].kind,
                                          rows[i].versions };
    return COUNT(rows);
}

bool
ga_token_names_hold(const char *what)
{
    static const char end[] = "_rim.ocsp:hold";
    size_t n = what != NULL ? strlen(what) : 0;

    return n > sizeof(end) - 1 &&
           strcmp(what + (n - (sizeof(end) - 1)), end) == 0;
}

/* What our own verifier let pass, in its own words. */
static void
check_relaxed(const json_t *claims, bool hold, struct ga_check *check)
{
    const json_t *list = json_object_get(claims, "x-gpuattest-relaxed");
    const char *first = NULL;
    size_t n = list != NULL && !json_is_array(list) ? 1 : 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *what = json_string_value(json_array_get(list, i));

        /* A RIM's hold is what the caller accepts too. */
        if (hold && ga_token_names_hold(what))
            continue;
        if (n++ == 0)
            first = what;
    }
    if (n > 0)
        ga_check_fail(check, GA_R_RELAXED,
                      "the signer let %zu thing%s pass, the first is \"%.60s\"",
                      n, n == 1 ? "" : "s", first != NULL ? first : "");
}

/* x-nvidia-ver, which says how the devices' claims are read. */
static void
check_version(const json_t *claims, struct ga_check *check)
{
    const char *version =
        json_string_value(json_object_get(claims, "x-nvidia-ver"));

    if (version == NULL || ga_profile_of(version) == 0)
        ga_check_fail(check, GA_R_CLAIM,
                      "x-nvidia-ver is \"%.20s\", not 2.0, "
                      "3.0 or 4.0",
                      version != NULL ? version : "");
}

void
ga_overall_result_check(const json_t *claims, bool hold, struct ga_check *check)
{
    const json_t *result =
        json_object_get(claims, "x-nvidia-overall-att-result");
    const char *sub = json_string_value(json_object_get(claims, "sub"));

    if (claims == NULL) {
        ga_check_unmade(check, GA_R_DEPENDS, "the claims cannot be read");
        return;
    }
    if (result == NULL)
        ga_check_fail(check, GA_R_ABSENT,
                      "x-nvidia-overall-att-result is absent");
    else if (!json_is_boolean(result))
        ga_check_fail(check, GA_R_MALFORMED,
                      "x-nvidia-overall-att-result is neither true nor false");
    else if (!json_is_true(result))
        ga_check_fail(check, GA_R_REFUSED,
                      "the service's overall result is false");
    if (sub == NULL || strcmp(sub, "NVIDIA-PLATFORM-ATTESTATION") != 0)
        ga_check_fail(check, GA_R_CLAIM,
                      "sub is \"%.40s\", not NVIDIA-PLATFORM-ATTESTATION",
                      sub != NULL ? sub : "");
    check_version(claims, check);
    check_relaxed(claims, hold, check);
    ga_check_pass(check);
}

bool
ga_token_refused(const json_t *claims)
{
    const json_t *details = json_object_get(claims, "x-nvidia-error-details");

    return details != NULL && !json_is_null(details);
}

/* The service says what it refused the evidence for. */
static bool
refused(const json_t *claims, struct ga_check *check)
{
    const json_t *details = json_object_get(claims, "x-nvidia-error-details");
    const char *message, *text;

    if (!ga_token_refused(claims))
        return false;
    message = json_string_value(json_object_get(details, "message"));
    text = json_string_value(json_object_get(details, "description"));
    ga_check_fail(
        check, GA_R_ERROR_DETAILS, "error %lld %.60s%s%.200s",
        (long long)json_integer_value(json_object_get(details, "code")),
        message != NULL ? message : "", text != NULL ? ": " : "",
        text != NULL ? text : "");
    return true;
}

void
ga_device_result_check(const json_t *claims, enum ga_kind kind,
                       unsigned version, bool hold, struct ga_check *check)
{
    const char *named = version_named(claims);

    if (claims == NULL) {
        ga_check_unmade(check, GA_R_DEPENDS, "the claims cannot be read");
        return;
    }
    if (refused(claims, check))
        return;
    if (version == 0 || kind == GA_KIND_UNKNOWN) {
        ga_check_fail(check, GA_R_CLAIM, "%s is not known",
                      version == 0 ? "the version of the claims"
                                   : "what kind of device they are of");
        return;
    }
    if (named != NULL && ga_profile_of(named) != version)
        ga_check_fail(check, GA_R_CLAIM,
                      "the claims are of version \"%.20s\", not of the overall "
                      "token's",
                      named);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        const struct claim c = { r->name, json_object_get(claims, r->name),
                                 version, hold && r->may_hold, check };

        if ((r->versions & version) != 0 &&
            (r->kind == GA_KIND_UNKNOWN || r->kind == kind))
            r->want(&c);
    }
    check_relaxed(claims, hold, check);
    ga_check_pass(check);
}
