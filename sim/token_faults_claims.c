/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of what tokens say; they are signed as they should be. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "sim/token_work.h"
#include "token/signer.h"

static void
drop(struct sim_fault_work *w, json_t *object, const char *name)
{
    if (json_object_del(object, name) != 0)
        w->failed = true;
}

static void
overall(struct sim_fault_work *w, const char *name, json_t *v)
{
    sim_fault_set(w, w->overall, name, v);
}

static void
device(struct sim_fault_work *w, const char *name, json_t *v)
{
    sim_fault_set(w, sim_fault_device(w, 0), name, v);
}

#define OTHER_NONCE                                                  \
    "00000000000000000000000000000000000000000000000000000000000000" \
    "00"

static void
nonce_other(struct sim_fault_work *w)
{
    overall(w, "eat_nonce", json_string(OTHER_NONCE));
}

static void
nonce_cross(struct sim_fault_work *w)
{
    device(w, "eat_nonce", json_string(OTHER_NONCE));
}

static void
nonce_absent(struct sim_fault_work *w)
{
    drop(w, w->overall, "eat_nonce");
}

static void
nonce_list(struct sim_fault_work *w)
{
    overall(w, "eat_nonce",
            json_pack("[O,s]", json_object_get(w->overall, "eat_nonce"),
                      OTHER_NONCE));
}

static void
issuer_other(struct sim_fault_work *w)
{
    overall(w, "iss", json_string("https://nras.example.com"));
}

static void
issuer_slash(struct sim_fault_work *w)
{
    char text[256];
    const char *iss = json_string_value(json_object_get(w->overall, "iss"));

    snprintf(text, sizeof(text), "%.200s/", iss != NULL ? iss : "");
    overall(w, "iss", json_string(text));
}

static void
issuer_cross(struct sim_fault_work *w)
{
    device(w, "iss", json_string("https://nras.example.com"));
}

static void
issuer_absent(struct sim_fault_work *w)
{
    drop(w, w->overall, "iss");
}

static void
dates(struct sim_fault_work *w, int64_t iat, int64_t nbf, int64_t exp)
{
    overall(w, "iat", json_integer(w->now + iat));
    overall(w, "nbf", json_integer(w->now + nbf));
    overall(w, "exp", json_integer(w->now + exp));
}

#define HOUR 3600
#define DAY  (24 * HOUR)

static void
expired(struct sim_fault_work *w)
{
    dates(w, -2 * HOUR, -2 * HOUR, -HOUR);
}

static void
nbf_future(struct sim_fault_work *w)
{
    dates(w, 0, HOUR, 2 * HOUR);
}

static void
iat_future(struct sim_fault_work *w)
{
    dates(w, HOUR, 0, 2 * HOUR);
}

/* Valid now, and issued long before: as good as one without an end. */
static void
backdated(struct sim_fault_work *w)
{
    dates(w, -30 * DAY, -30 * DAY, HOUR);
}

static void
endless(struct sim_fault_work *w)
{
    dates(w, 0, 0, 3650 * (int64_t)DAY);
}

static void
exp_before_iat(struct sim_fault_work *w)
{
    dates(w, 30, 0, 20);
}

static void
nbf_real(struct sim_fault_work *w)
{
    overall(w, "nbf", json_real((double)w->now + 0.5));
}

static void
exp_string(struct sim_fault_work *w)
{
    char text[32];

    snprintf(text, sizeof(text), "%lld", (long long)w->now + HOUR);
    overall(w, "exp", json_string(text));
}

static void
exp_absent(struct sim_fault_work *w)
{
    drop(w, w->overall, "exp");
}

static void
exp_huge(struct sim_fault_work *w)
{
    overall(w, "exp", json_integer(INT64_MAX));
}

static void
iat_negative(struct sim_fault_work *w)
{
    overall(w, "iat", json_integer(-1));
}

static void
result_false(struct sim_fault_work *w)
{
    overall(w, "x-nvidia-overall-att-result", json_false());
}

static void
result_text(struct sim_fault_work *w)
{
    overall(w, "x-nvidia-overall-att-result", json_string("true"));
}

static void
result_absent(struct sim_fault_work *w)
{
    drop(w, w->overall, "x-nvidia-overall-att-result");
}

static void
sub_other(struct sim_fault_work *w)
{
    overall(w, "sub", json_string("NVIDIA-GPU-ATTESTATION"));
}

static void
version_other(struct sim_fault_work *w)
{
    overall(w, "x-nvidia-ver", json_string("1.0"));
}

static void
version_cross(struct sim_fault_work *w)
{
    device(w, "x-nvidia-gpu-claims-version", json_string("2.0"));
}

static void
measres_fail(struct sim_fault_work *w)
{
    device(w, "measres", json_string("fail"));
}

static void
claim_absent(struct sim_fault_work *w)
{
    drop(w, sim_fault_device(w, 0), "x-nvidia-gpu-vbios-rim-version-match");
}

static void
claim_text(struct sim_fault_work *w)
{
    device(w, "x-nvidia-gpu-arch-check", json_string("true"));
}

static void
mismatch_listed(struct sim_fault_work *w)
{
    device(w, "x-nvidia-mismatch-measurement-records",
           json_pack("[{s:i}]", "index", 9));
}

static void
chain_member(struct sim_fault_work *w, const char *name, json_t *v)
{
    json_t *chain = json_object_get(
        sim_fault_device(w, 0), "x-nvidia-gpu-attestation-report-cert-chain");

    sim_fault_set(w, chain, name, v);
}

static void
chain_revoked(struct sim_fault_work *w)
{
    chain_member(w, "x-nvidia-cert-status", json_string("revoked"));
}

static void
chain_unknown(struct sim_fault_work *w)
{
    chain_member(w, "x-nvidia-cert-ocsp-status", json_string("unknown"));
}

static void
chain_nonce(struct sim_fault_work *w)
{
    chain_member(w, "x-nvidia-cert-ocsp-nonce-matches", json_false());
}

static void
device_hold(struct sim_fault_work *w)
{
    chain_member(w, "x-nvidia-cert-ocsp-status", json_string("revoked"));
    chain_member(w, "x-nvidia-cert-revocation-reason",
                 json_string("certificateHold"));
}

static void
rim_hold(struct sim_fault_work *w)
{
    json_t *chain = json_object_get(sim_fault_device(w, 0),
                                    "x-nvidia-gpu-driver-rim-cert-chain");

    sim_fault_set(w, chain, "x-nvidia-cert-ocsp-status",
                  json_string("revoked"));
    sim_fault_set(w, chain, "x-nvidia-cert-revocation-reason",
                  json_string("certificateHold"));
}

static void
relaxed(struct sim_fault_work *w)
{
    device(w, "x-gpuattest-relaxed",
           json_pack("[s]", "device.ocsp:not_checked"));
}

/* What NRAS gives for evidence that it cannot judge. */
static void
error_details(struct sim_fault_work *w)
{
    static const char *const kept[] = { "iss", "iat", "nbf",
                                        "exp", "jti", "eat_nonce" };
    json_t *d = sim_fault_device(w, 0);
    GA_AUTO(json_t) *old = json_copy(d);

    if (json_object_clear(d) != 0)
        w->failed = true;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        device(w, kept[i], json_incref(json_object_get(old, kept[i])));
    device(w, "x-nvidia-error-details",
           json_pack("{s:i,s:i,s:s,s:s}", "code", 4010, "httpStatus", 400,
                     "message", "NONCE_NOT_MATCHING", "description",
                     "the nonce is another one"));
}

static void
other_ueid(struct sim_fault_work *w)
{
    device(w, "ueid", json_string("1"));
}

static void
ueid_absent(struct sim_fault_work *w)
{
    drop(w, sim_fault_device(w, 0), "ueid");
}

static void
other_driver(struct sim_fault_work *w)
{
    device(w, "x-nvidia-gpu-driver-version", json_string("999.99"));
}

/* All is signed, each under the other's label. */
static void
permuted(struct sim_fault_work *w)
{
    const char *a = sim_fault_label(w, 0), *b = sim_fault_label(w, 1);
    json_t *first = json_incref(json_object_get(w->devices, a));
    json_t *second = json_incref(json_object_get(w->devices, b));

    sim_fault_set(w, w->devices, a, second);
    sim_fault_set(w, w->devices, b, first);
}

/* One more device than evidence was sent of. */
static void
extra(struct sim_fault_work *w)
{
    json_t *more = json_deep_copy(sim_fault_device(w, 1));

    sim_fault_set(w, w->devices, "GPU-2", more);
    sim_fault_set(w, more, "ueid", json_string("2"));
    sim_fault_set(w, more, "jti", json_string("extra"));
}

/* A device's token that speaks for all. */
static void
nested(struct sim_fault_work *w)
{
    device(w, "x-nvidia-overall-att-result", json_true());
}

/* clang-format off */
const struct sim_token_fault sim_faults_claims[] = {
    { "token-nonce-other", "an old token counts as new", "set token.nonce:nonce_other", SIM_FAULT_CLAIMS, nonce_other },
    { "token-nonce-cross", "an old device's token counts as new", "GPU-0 token.nonce:nonce_other", SIM_FAULT_CLAIMS, nonce_cross },
    { "token-nonce-absent", "any token counts as new", "set token.nonce:nonce_missing", SIM_FAULT_CLAIMS, nonce_absent },
    { "token-nonce-list", "one token counts for many callers", "set token.nonce:malformed", SIM_FAULT_CLAIMS, nonce_list },
    { "token-issuer-other", "another service's word counts", "set token.issuer:mismatch", SIM_FAULT_CLAIMS, issuer_other },
    { "token-issuer-slash", "a similar issuer counts", "set token.issuer:mismatch", SIM_FAULT_CLAIMS, issuer_slash },
    { "token-issuer-cross", "another service's word on a device counts", "GPU-0 token.issuer:mismatch", SIM_FAULT_CLAIMS, issuer_cross },
    { "token-issuer-absent", "nobody's word counts", "set token.issuer:absent", SIM_FAULT_CLAIMS, issuer_absent },
    { "token-expired", "an old token counts", "set token.time:expired", SIM_FAULT_CLAIMS, expired },
    { "token-nbf-future", "a token of another time counts", "set token.time:not_yet_valid", SIM_FAULT_CLAIMS, nbf_future },
    { "token-iat-future", "a token is made ahead", "set token.time:future", SIM_FAULT_CLAIMS, iat_future },
    { "token-backdated", "a token lives on and on", "set token.time:lifetime", SIM_FAULT_CLAIMS, backdated },
    { "token-endless", "a token lives on and on", "set token.time:lifetime", SIM_FAULT_CLAIMS, endless },
    { "token-exp-before-iat", "a token of no time counts", "set token.time:lifetime", SIM_FAULT_CLAIMS, exp_before_iat },
    { "token-nbf-real", "a reader rounds it to 0", "set token.time:malformed", SIM_FAULT_CLAIMS, nbf_real },
    { "token-exp-string", "a reader passes over it", "set token.time:malformed", SIM_FAULT_CLAIMS, exp_string },
    { "token-exp-absent", "a token never ends", "set token.time:absent", SIM_FAULT_CLAIMS, exp_absent },
    { "token-exp-huge", "a reader's number runs over", "set token.time:malformed", SIM_FAULT_CLAIMS, exp_huge },
    { "token-iat-negative", "a reader's number runs over", "set token.time:malformed", SIM_FAULT_CLAIMS, iat_negative },
    { "token-result-false", "a refusal is passed over", "set token.result:refused", SIM_FAULT_CLAIMS, result_false },
    { "token-result-text", "a reader takes any text for true", "set token.result:malformed", SIM_FAULT_CLAIMS, result_text },
    { "token-result-absent", "a reader takes nothing for true", "set token.result:absent", SIM_FAULT_CLAIMS, result_absent },
    { "token-sub-other", "a token of another purpose counts", "set token.result:claim", SIM_FAULT_CLAIMS, sub_other },
    { "token-version-other", "claims are read by no rules", "GPU-0 token.result:claim,GPU-1 token.result:claim,set token.result:claim", SIM_FAULT_CLAIMS, version_other },
    { "token-version-cross", "claims are read by easier rules", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, version_cross },
    { "token-measres-fail", "other firmware counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, measres_fail },
    { "token-claim-absent", "a reader takes nothing for true", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, claim_absent },
    { "token-claim-text", "a reader takes any text for true", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, claim_text },
    { "token-mismatch-listed", "other firmware counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, mismatch_listed },
    { "token-chain-revoked", "a revoked device counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, chain_revoked },
    { "token-ocsp-unknown", "a device that nobody vouches for counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, chain_unknown },
    { "token-ocsp-nonce", "an old answer about a device counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, chain_nonce },
    { "token-device-hold", "a device on hold counts", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, device_hold },
    { "token-rim-hold", "a RIM on hold counts without being asked for", "GPU-0 token.result:claim", SIM_FAULT_CLAIMS, rim_hold },
    { "token-relaxed", "what the signer let pass is passed over", "GPU-0 token.result:relaxed", SIM_FAULT_CLAIMS, relaxed },
    { "token-error-details", "a refusal is passed over", "GPU-0 token.result:error_details", SIM_FAULT_CLAIMS, error_details },
    { "token-other-ueid", "another device's token counts", "GPU-0 token.device:mismatch", SIM_FAULT_CLAIMS, other_ueid },
    { "token-ueid-absent", "any device's token counts", "GPU-0 token.device:absent,GPU-0 token.result:claim", SIM_FAULT_CLAIMS, ueid_absent },
    { "token-other-driver", "another driver's token counts", "GPU-0 token.device:mismatch", SIM_FAULT_CLAIMS, other_driver },
    { "tokens-permuted", "a good device stands in for another", "GPU-0 token.device:mismatch,GPU-1 token.device:mismatch", SIM_FAULT_CLAIMS, permuted },
    { "token-device-extra", "a device that is not there counts", "GPU-2 token.device:absent,set token.count:count_other", SIM_FAULT_CLAIMS, extra },
    { "token-device-overall", "a device's token speaks for all", "set token.submods:shape", SIM_FAULT_CLAIMS, nested },
};
/* clang-format on */

const size_t sim_faults_claims_count =
    sizeof(sim_faults_claims) / sizeof(sim_faults_claims[0]);
