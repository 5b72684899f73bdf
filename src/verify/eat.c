/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result as a detached EAT, in NRAS's form.  The one place that decides what
 * we sign as true.
 * Source: spec-protocol, 5; rfc9711.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "base/json.h"
#include "token/profile.h"
#include "token/signer.h"
#include "verify/eat.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Seconds that a token lives where nobody says; NRAS's do. */
#define LIFETIME 3600
/* Seconds between a verification and its signature: a result of yesterday says
 * nothing about the present. */
#define FRESH 300

/* ---- what was let pass ---- */

static bool
add(struct ga_texts *out, const char *name, const char *what)
{
    char text[96];

    snprintf(text, sizeof(text), "%s:%s", name, what);
    return ga_texts_add(out, text);
}

/* Checks that passed by a grace, or in spite of a hold. */
static bool
add_checks(const struct ga_check *check, unsigned scope, struct ga_texts *out)
{
    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        const struct ga_check *c = &check[id];

        if ((ga_check_rows[id].scope & scope) == 0 || c->state != GA_PASSED)
            continue;
        if ((c->reason == GA_R_GRACE || c->reason == GA_R_HOLD) &&
            !add(out, ga_check_rows[id].name, ga_reason_name(c->reason)))
            return false;
    }
    return true;
}

/* OCSP checks that passed although an answer was not to our nonce, or not
 * fresh. */
static bool
add_answers(const struct ga_device *d, struct ga_texts *out)
{
    const struct {
        enum ga_check_id id;
        const struct ga_ocsp_facts *facts;
    } rows[] = {
        { GA_CHECK_DEVICE_OCSP, &d->chain.ocsp },
        { GA_CHECK_DRIVER_RIM_OCSP, &d->rim[GA_RIM_DRIVER].chain.ocsp },
        { GA_CHECK_VBIOS_RIM_OCSP, &d->rim[GA_RIM_VBIOS].chain.ocsp },
        { GA_CHECK_BIOS_RIM_OCSP, &d->rim[GA_RIM_BIOS].chain.ocsp },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (d->check[rows[i].id].state != GA_PASSED)
            continue;
        if (!rows[i].facts->nonce_matches &&
            !add(out, ga_check_rows[rows[i].id].name, "nonce"))
            return false;
        if (!rows[i].facts->response_valid &&
            !add(out, ga_check_rows[rows[i].id].name, "stale"))
            return false;
    }
    return true;
}

static bool
add_devices(const struct ga_result *r, struct ga_texts *out)
{
    for (size_t i = 0; i < r->device_count; i++) {
        const struct ga_device *d = &r->device[i];

        if (!add_checks(d->check, ga_device_scope(d), out) ||
            !add_answers(d, out))
            return false;
    }
    return add_checks(r->check, r->scope, out);
}

static bool
add_texts(const struct ga_texts *from, struct ga_texts *out)
{
    for (size_t i = 0; i < from->count; i++)
        if (!ga_texts_add(out, from->text[i]))
            return false;
    return true;
}

enum ga_rc
ga_eat_lenient(const struct ga_result *result, ga_time now,
               struct ga_texts *out, struct ga_error *err)
{
    bool past = result->at_given || result->at > ga_time_plus(now, FRESH) ||
                result->at < ga_time_plus(now, -FRESH);

    if (!add_texts(&result->relaxed, out) ||
        !add_texts(&result->lenient, out) || !add_devices(result, out) ||
        (past && !ga_texts_add(out, "at")) ||
        (result->custom_anchors && !result->custom_allowed &&
         !ga_texts_add(out, "anchors")))
        return ga_nomem(err);
    return GA_OK;
}

/* ---- one EAT on its way ---- */

struct eat {
    const struct ga_result *result;
    const struct ga_signer *signer;
    const struct ga_eat_options *options;
    enum ga_claims_version version;
    ga_time now;
    struct ga_texts lenient;
    bool says_true;
};

/* A random UUID (RFC 9562, version 4). */
static json_t *
make_jti(void)
{
    uint8_t b[16];
    char hex[33], text[37];

    if (RAND_bytes(b, sizeof(b)) != 1)
        return NULL;
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    ga_hex(ga_bytes_of(b, sizeof(b)), hex);
    snprintf(text, sizeof(text), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, &hex[8],
             &hex[12], &hex[16], &hex[20]);
    return json_string(text);
}

static json_t *
text_list(const struct ga_texts *texts)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < texts->count; i++)
        if (json_array_append_new(list, json_string(texts->text[i])) != 0)
            return NULL;
    return GA_TAKE(list);
}

/* Claims that every token of the EAT has. */
static bool
put_standard(const struct eat *e, json_t *claims)
{
    int64_t lifetime =
        e->options->lifetime > 0 ? e->options->lifetime : LIFETIME;
    char nonce[2 * GA_NONCE_LEN + 1];

    ga_nonce_text(&e->result->nonce, nonce);
    return json_object_set_new(claims, "iss",
                               json_string(e->options->issuer)) == 0 &&
           json_object_set_new(claims, "iat", json_integer(e->now)) == 0 &&
           json_object_set_new(claims, "nbf", json_integer(e->now)) == 0 &&
           json_object_set_new(claims, "exp",
                               json_integer(e->now + lifetime)) == 0 &&
           json_object_set_new(claims, "jti", make_jti()) == 0 &&
           json_object_set_new(claims, "eat_nonce", json_string(nonce)) == 0;
}

/* What a reader must know beside NRAS's claims: in every token, for each can
 * be shown alone. */
static bool
put_honest(const struct eat *e, json_t *claims)
{
    char at[GA_TIME_TEXT];

    if (e->options->caller_nonce &&
        json_object_set_new(claims, "x-gpuattest-freshness",
                            json_string("caller")) != 0)
        return false;
    if (e->result->custom_anchors &&
        json_object_set_new(claims, "x-gpuattest-anchors",
                            json_string("custom")) != 0)
        return false;
    if (e->lenient.count == 0)
        return true;
    ga_time_text(e->result->at, at);
    return json_object_set_new(claims, "x-gpuattest-relaxed",
                               text_list(&e->lenient)) == 0 &&
           json_object_set_new(claims, "x-gpuattest-anchors",
                               json_string(ga_result_anchors(e->result))) ==
               0 &&
           json_object_set_new(claims, "x-gpuattest-verified-at",
                               json_string(at)) == 0;
}

/* ---- a device's token ---- */

#define TIME (UINT64_C(1) << GA_R_EXPIRED | UINT64_C(1) << GA_R_NOT_YET_VALID)
#define ALL  UINT64_MAX

/* clang-format off */
/* The first row whose check failed, for other reasons than those of NRAS's own
 * claims, is what NRAS refuses the evidence with. */
static const struct refusal {
    enum ga_check_id id;
    uint64_t reasons;
    struct ga_error_details details;
} refusals[] = {
    { GA_CHECK_REPORT_PARSE, ALL, { 4013, 400, "INVALID_EVIDENCE_SIGNATURE" } },
    { GA_CHECK_DEVICE_CHAIN, UINT64_C(1) << GA_R_MALFORMED | UINT64_C(1) << GA_R_TRAILING, { 4007, 400, "INVALID_CERTIFICATE_CHAIN" } },
    { GA_CHECK_REPORT_NONCE, ALL, { 4010, 400, "NONCE_NOT_MATCHING" } },
    { GA_CHECK_REPORT_SIGNATURE, ALL, { 4013, 400, "INVALID_EVIDENCE_SIGNATURE" } },
    { GA_CHECK_DEVICE_CHAIN, ~TIME, { 4014, 400, "INVALID_ATTESTATION_CERT_CHAIN" } },
    { GA_CHECK_DRIVER_RIM_SIGNATURE, ALL, { 5013, 500, "INVALID_RIM_SIGNATURE" } },
    { GA_CHECK_VBIOS_RIM_SIGNATURE, ALL, { 5013, 500, "INVALID_RIM_SIGNATURE" } },
    { GA_CHECK_BIOS_RIM_SIGNATURE, ALL, { 5013, 500, "INVALID_RIM_SIGNATURE" } },
    { GA_CHECK_DRIVER_RIM_CHAIN, ~TIME, { 4015, 400, "INVALID_RIM_CERT_CHAIN" } },
    { GA_CHECK_VBIOS_RIM_CHAIN, ~TIME, { 4015, 400, "INVALID_RIM_CERT_CHAIN" } },
    { GA_CHECK_BIOS_RIM_CHAIN, ~TIME, { 4015, 400, "INVALID_RIM_CERT_CHAIN" } },
};
/* clang-format on */

const struct ga_error_details *
ga_eat_error_details(const struct ga_device *device,
                     const struct ga_check **check)
{
    unsigned scope = ga_device_scope(device);

    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct refusal *r = &refusals[i];

        *check = &device->check[r->id];
        if ((ga_check_rows[r->id].scope & scope) != 0 &&
            (*check)->state == GA_FAILED && ((*check)->all & r->reasons) != 0)
            return &r->details;
    }
    return NULL;
}

static json_t *
device_claims(const struct eat *e, const struct ga_device *d)
{
    const struct ga_check *check = NULL;
    const struct ga_error_details *details = ga_eat_error_details(d, &check);

    if (details == NULL)
        return ga_claims(d, &e->result->nonce, e->version);
    return json_pack("{s:{s:i,s:i,s:s,s:s}}", "x-nvidia-error-details", "code",
                     details->code, "httpStatus", details->http_status,
                     "message", details->message, "description", check->text);
}

static bool
put_policies(const struct ga_result *r, json_t *list)
{
    for (size_t i = 0; i < r->said_count; i++)
        if (!r->said[i].passed &&
            json_array_append_new(
                list, json_sprintf("policy:%s", r->said[i].name)) != 0)
            return false;
    return true;
}

/* Why a device was rejected, by its checks or by a policy: claims cannot say
 * all of it, and a token may be shown without the overall one. */
static json_t *
rejection(const struct ga_device *d, const struct ga_result *r)
{
    GA_AUTO(json_t) *list = json_array();
    unsigned scope = ga_device_scope(d);

    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        const struct ga_check *c = &d->check[id];
        const char *reason =
            c->state == GA_FAILED ? ga_check_reason(c) : "not_checked";

        if ((ga_check_rows[id].scope & scope) != 0 && ga_result_turns(c) &&
            json_array_append_new(
                list, json_sprintf("%s:%s", ga_check_rows[id].name,
                                   reason != NULL ? reason : "")) != 0)
            return NULL;
    }
    return put_policies(r, list) ? GA_TAKE(list) : NULL;
}

static bool
put_rejection(const struct eat *e, const struct ga_device *d, json_t *claims)
{
    GA_AUTO(json_t) *list = rejection(d, e->result);

    if (list == NULL)
        return false;
    return (d->verified && json_array_size(list) == 0) ||
           json_object_set(claims, "x-gpuattest-rejected", list) == 0;
}

static enum ga_rc
sign_device(const struct eat *e, const struct ga_device *d, char **jws,
            struct ga_error *err)
{
    GA_AUTO(json_t) *claims = device_claims(e, d);

    if (claims == NULL || !put_standard(e, claims) || !put_honest(e, claims) ||
        !put_rejection(e, d, claims))
        return ga_nomem(err);
    return ga_jws_sign_json(e->signer, claims, jws, err);
}

/* ["DIGEST",["SHA-256","<hex>"]] over the characters of the JWS. */
static json_t *
digest(const char *jws)
{
    uint8_t sum[32];
    char hex[2 * sizeof(sum) + 1];
    unsigned n = 0;

    if (EVP_Digest(jws, strlen(jws), sum, &n, EVP_sha256(), NULL) != 1)
        return NULL;
    ga_hex(ga_bytes_of(sum, sizeof(sum)), hex);
    return json_pack("[s,[s,s]]", "DIGEST", "SHA-256", hex);
}

static enum ga_rc
sign_devices(const struct eat *e, json_t *submods, json_t *tokens,
             struct ga_error *err)
{
    for (size_t i = 0; i < e->result->device_count; i++) {
        const struct ga_device *d = &e->result->device[i];
        GA_AUTO_FREE char *jws = NULL;
        enum ga_rc rc = sign_device(e, d, &jws, err);

        if (rc != GA_OK)
            return rc;
        if (json_object_set_new(submods, d->label, digest(jws)) != 0 ||
            json_object_set_new(tokens, d->label, json_string(jws)) != 0)
            return ga_nomem(err);
    }
    return GA_OK;
}

/* ---- the overall token ---- */

static json_t *
policies(const struct ga_result *r)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < r->said_count; i++)
        if (r->said[i].sha256[0] != '\0' &&
            json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "name",
                                                  r->said[i].name, "sha256",
                                                  r->said[i].sha256, "passed",
                                                  r->said[i].passed)) != 0)
            return NULL;
    return GA_TAKE(list);
}

static json_t *
overall_claims(const struct eat *e, json_t *submods)
{
    GA_AUTO(json_t) *said = policies(e->result);
    GA_AUTO(json_t) *claims = json_pack(
        "{s:s,s:s,s:b,s:O}", "sub", "NVIDIA-PLATFORM-ATTESTATION",
        "x-nvidia-ver", ga_claims_version_name(e->version),
        "x-nvidia-overall-att-result", e->says_true, "submods", submods);

    if (claims == NULL || said == NULL || !put_standard(e, claims) ||
        !put_honest(e, claims))
        return NULL;
    if (json_array_size(said) > 0 &&
        json_object_set(claims, "x-gpuattest-policies", said) != 0)
        return NULL;
    return GA_TAKE(claims);
}

static enum ga_rc
sign_all(const struct eat *e, char **out, struct ga_error *err)
{
    GA_AUTO(json_t) *submods = json_object();
    GA_AUTO(json_t) *tokens = json_object();
    GA_AUTO(json_t) *claims = NULL, *whole = NULL;
    GA_AUTO_FREE char *jws = NULL;
    enum ga_rc rc;

    if (submods == NULL || tokens == NULL)
        return ga_nomem(err);
    rc = sign_devices(e, submods, tokens, err);
    if (rc != GA_OK)
        return rc;
    claims = overall_claims(e, submods);
    rc = ga_jws_sign_json(e->signer, claims, &jws, err);
    if (rc != GA_OK)
        return rc;
    whole = json_pack("[[s,s],O]", "JWT", jws, tokens);
    *out = whole != NULL ? ga_json_text(whole, false) : NULL;
    return *out != NULL ? GA_OK : ga_nomem(err);
}

/* Whether the caller lets all of it pass. */
static bool
allowed(const struct ga_texts *lenient, const struct ga_eat_options *options)
{
    for (size_t i = 0; i < lenient->count && !options->allow_relaxed; i++)
        if (!options->allow_hold || !ga_token_names_hold(lenient->text[i]))
            return false;
    return true;
}

/* Decides what is said; options that are not there are defaults. */
static enum ga_rc
start(struct eat *e, const struct ga_eat_options *options, struct ga_error *err)
{
    enum ga_rc rc;

    e->options = options;
    e->now = options->now != 0 ? options->now : (ga_time)time(NULL);
    e->version = e->result->claims_version;
    if (options->version != NULL &&
        !ga_claims_version_find(options->version, &e->version))
        return ga_fail(err, GA_E_INVAL, "claims version \"%s\" is not known",
                       options->version);
    rc = ga_eat_lenient(e->result, e->now, &e->lenient, err);
    e->says_true = rc == GA_OK && e->result->device_count > 0 &&
                   e->result->verdict == GA_VERDICT_VERIFIED &&
                   allowed(&e->lenient, options);
    return rc;
}

/* Copies what the caller's version of the structure has. */
static struct ga_eat_options
known(const struct ga_eat_options *options)
{
    struct ga_eat_options out = { 0 };
    size_t n = options->size < sizeof(out) ? options->size : sizeof(out);

    memcpy(&out, options, n);
    return out;
}

enum ga_rc
ga_result_eat(const struct ga_result *result, const struct ga_signer *signer,
              const struct ga_eat_options *options, char **out,
              struct ga_error *err)
{
    struct eat e = { .result = result, .signer = signer };
    struct ga_eat_options o;
    enum ga_rc rc;

    if (result == NULL || signer == NULL || options == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "eat: NULL");
    o = known(options);
    if (o.issuer == NULL || o.issuer[0] == '\0')
        return ga_fail(err, GA_E_INVAL, "eat: no issuer");
    if (result->scope != GA_SCOPE_SET || result->device_count == 0 ||
        !result->has_nonce)
        return ga_fail(err, GA_E_INVAL, "eat: not a result of evidence");
    rc = start(&e, &o, err);
    if (rc == GA_OK)
        rc = sign_all(&e, out, err);
    ga_texts_done(&e.lenient);
    return rc;
}

bool
ga_result_eat_true(const struct ga_result *result,
                   const struct ga_eat_options *options)
{
    struct eat e = { .result = result };
    struct ga_eat_options o;
    bool says;

    if (result == NULL || options == NULL || result->scope != GA_SCOPE_SET)
        return false;
    o = known(options);
    says = start(&e, &o, NULL) == GA_OK && e.says_true;
    ga_texts_done(&e.lenient);
    return says;
}
