/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of headers, signatures, keys, and of how tokens are put together. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "sim/token_work.h"
#include "token/signer.h"

/* ---- headers ---- */

static void
with_member(struct sim_fault_work *w, const char *name, json_t *v)
{
    GA_AUTO_FREE char *header = sim_fault_header(w, name, v);

    sim_fault_sign(w, w->signer, header, NULL);
}

static void
replace(struct sim_fault_work *w, char *jws)
{
    free(w->jws);
    w->jws = jws;
    w->failed = w->failed || jws == NULL;
}

/* The token up to its second dot, and another signature. */
static void
sign_otherwise(struct sim_fault_work *w, const char *signature)
{
    const char *dot = w->jws != NULL ? strrchr(w->jws, '.') : NULL;
    size_t n = dot != NULL ? (size_t)(dot - w->jws) + 1 : 0;
    char *out = malloc(n + strlen(signature) + 1);

    if (out != NULL)
        snprintf(out, n + strlen(signature) + 1, "%.*s%s", (int)n, w->jws,
                 signature);
    replace(w, out);
}

static void
alg_none(struct sim_fault_work *w)
{
    with_member(w, "alg", json_string("none"));
    sign_otherwise(w, "");
}

/* Signed with what everybody has, the public key, as a secret. */
static void
alg_hs256(struct sim_fault_work *w)
{
    struct ga_bytes key = ga_key_spki(ga_signer_key(w->signer));
    uint8_t sum[32];
    unsigned n = 0;
    size_t len;
    GA_AUTO_FREE char *text = NULL;

    with_member(w, "alg", json_string("HS256"));
    if (w->jws == NULL)
        return;
    len = (size_t)(strrchr(w->jws, '.') - w->jws);
    if (HMAC(EVP_sha256(), key.ptr, (int)key.len, (const uint8_t *)w->jws, len,
             sum, &n) != NULL)
        text = ga_base64_encode(ga_bytes_of(sum, n), GA_BASE64_URL);
    if (text == NULL)
        w->failed = true;
    else
        sign_otherwise(w, text);
}

static void
alg_es256(struct sim_fault_work *w)
{
    with_member(w, "alg", json_string("ES256"));
}

static void
header_crit(struct sim_fault_work *w)
{
    with_member(w, "crit", json_pack("[s]", "exp"));
}

static void
header_jku(struct sim_fault_work *w)
{
    with_member(w, "jku", json_string("https://keys.example.com/jwks.json"));
}

static void
header_jwk(struct sim_fault_work *w)
{
    with_member(w, "jwk", json_pack("{s:s}", "kty", "EC"));
}

static void
header_x5c(struct sim_fault_work *w)
{
    with_member(w, "x5c", json_pack("[s]", "MIIB"));
}

static void
header_x5u(struct sim_fault_work *w)
{
    with_member(w, "x5u", json_string("https://keys.example.com/leaf.pem"));
}

static void
header_b64(struct sim_fault_work *w)
{
    with_member(w, "b64", json_false());
}

static void
header_zip(struct sim_fault_work *w)
{
    with_member(w, "zip", json_string("DEF"));
}

static void
header_typ(struct sim_fault_work *w)
{
    with_member(w, "typ", json_string("at+jwt"));
}

static void
header_twice(struct sim_fault_work *w)
{
    char text[256];

    snprintf(text, sizeof(text),
             "{\"kid\":\"%.130s\",\"alg\":\"none\",\"alg\":\"ES384\"}",
             ga_signer_kid(w->signer));
    sim_fault_sign(w, w->signer, text, NULL);
}

static void
kid_unknown(struct sim_fault_work *w)
{
    with_member(w, "kid", json_string("nobody"));
}

static void
kid_absent(struct sim_fault_work *w)
{
    sim_fault_sign(w, w->signer, "{\"alg\":\"ES384\"}", NULL);
}

/* ---- texts ---- */

static void
dup_claim(struct sim_fault_work *w)
{
    GA_AUTO_FREE char *claims = ga_json_text(w->overall, false);
    size_t n = claims != NULL ? strlen(claims) + 64 : 0;
    GA_AUTO_FREE char *twice = malloc(n + 1);

    if (claims == NULL || twice == NULL) {
        w->failed = true;
        return;
    }
    snprintf(twice, n, "{\"x-nvidia-overall-att-result\":true,%s", claims + 1);
    sim_fault_sign(w, w->signer, NULL, twice);
}

static void
trailing_text(struct sim_fault_work *w)
{
    GA_AUTO_FREE char *claims = ga_json_text(w->overall, false);
    size_t n = claims != NULL ? strlen(claims) + 8 : 0;
    GA_AUTO_FREE char *more = malloc(n + 1);

    if (claims == NULL || more == NULL) {
        w->failed = true;
        return;
    }
    snprintf(more, n, "%s{}", claims);
    sim_fault_sign(w, w->signer, NULL, more);
}

/* Unused bits of the last digit set: the same bytes by another text. */
static void
b64_noncanonical(struct sim_fault_work *w)
{
    /* Until the claims' length leaves such bits. */
    for (int i = 0; i < 3; i++) {
        GA_AUTO_FREE char *claims = ga_json_text(w->overall, false);

        if (claims != NULL && strlen(claims) % 3 != 0)
            break;
        sim_fault_set(w, w->overall, "x", json_string("xx"));
    }
    sim_fault_sign(w, w->signer, NULL, NULL);
    if (w->jws != NULL) {
        char *dot = strrchr(w->jws, '.');

        /* The digits that end there have two or four unused bits. */
        dot[-1] = (char)(dot[-1] + 1);
    }
}

static void
b64_padded(struct sim_fault_work *w)
{
    size_t n = w->jws != NULL ? strlen(w->jws) : 0;
    char *out = malloc(n + 2);

    if (out != NULL)
        snprintf(out, n + 2, "%s=", w->jws != NULL ? w->jws : "");
    replace(w, out);
}

static void
short_signature(struct sim_fault_work *w)
{
    sign_otherwise(w, "AAAA");
}

static void
bit_turned(struct sim_fault_work *w)
{
    char *dot = w->jws != NULL ? strrchr(w->jws, '.') : NULL;

    if (dot == NULL)
        w->failed = true;
    else
        dot[1] = dot[1] == 'A' ? 'B' : 'A';
}

/* ---- keys ---- */

static void
other_key(struct sim_fault_work *w)
{
    sim_fault_sign(w, w->keys->other, NULL, NULL);
}

static void
by_other(struct sim_fault_work *w)
{
    w->signer = w->keys->other;
    w->failed = w->signer == NULL;
}

static void
by_tls(struct sim_fault_work *w)
{
    w->signer = w->keys->tls;
    w->failed = w->signer == NULL;
}

static json_t *
only_key(const struct sim_fault_work *w)
{
    return json_array_get(json_object_get(w->jwks, "keys"), 0);
}

static void
dup_kid(struct sim_fault_work *w)
{
    json_t *keys = json_object_get(w->jwks, "keys");

    if (json_array_append_new(keys, json_deep_copy(only_key(w))) != 0)
        w->failed = true;
}

static void
no_x5c(struct sim_fault_work *w)
{
    if (json_object_del(only_key(w), "x5c") != 0)
        w->failed = true;
}

/* The certificates of another key stand behind this one. */
static void
foreign_x5c(struct sim_fault_work *w)
{
    const struct ga_signer *const signers[] = { w->keys->tls };
    GA_AUTO_FREE char *text = NULL;
    GA_AUTO(json_t) *set = NULL;

    if (w->keys->tls == NULL ||
        ga_jwks_make(signers, 1, &text, NULL) != GA_OK ||
        ga_json_parse(ga_bytes_of(text, strlen(text)), &set, NULL) != GA_OK) {
        w->failed = true;
        return;
    }
    sim_fault_set(w, only_key(w), "x5c",
                  json_incref(json_object_get(
                      json_array_get(json_object_get(set, "keys"), 0), "x5c")));
}

static void
jwk_alg(struct sim_fault_work *w)
{
    sim_fault_set(w, only_key(w), "alg", json_string("HS256"));
}

static void
jwk_use(struct sim_fault_work *w)
{
    sim_fault_set(w, only_key(w), "use", json_string("enc"));
}

static void
jwk_curve(struct sim_fault_work *w)
{
    sim_fault_set(w, only_key(w), "crv", json_string("P-256"));
}

/* ---- how they are put together ---- */

static void
swapped(struct sim_fault_work *w)
{
    const char *a = sim_fault_label(w, 0), *b = sim_fault_label(w, 1);
    json_t *first = json_incref(json_object_get(w->tokens, a));
    json_t *second = json_incref(json_object_get(w->tokens, b));

    sim_fault_set(w, w->tokens, a, second);
    sim_fault_set(w, w->tokens, b, first);
}

static void
missing(struct sim_fault_work *w)
{
    if (json_object_del(w->tokens, sim_fault_label(w, 1)) != 0)
        w->failed = true;
}

static void
twice(struct sim_fault_work *w)
{
    sim_fault_set(
        w, w->tokens, sim_fault_label(w, 1),
        json_incref(json_object_get(w->tokens, sim_fault_label(w, 0))));
}

static void
move(struct sim_fault_work *w, const char *to)
{
    const char *from = sim_fault_label(w, 1);
    json_t *token = json_incref(json_object_get(w->tokens, from));

    if (json_object_del(w->tokens, from) != 0)
        w->failed = true;
    sim_fault_set(w, w->tokens, to, token);
}

static void
label_gap(struct sim_fault_work *w)
{
    move(w, "GPU-7");
}

static void
label_other(struct sim_fault_work *w)
{
    move(w, "GPU-01");
}

static void
label_kind(struct sim_fault_work *w)
{
    move(w, "SWITCH-0");
}

static void
wrong_digest(struct sim_fault_work *w)
{
    sim_fault_set(
        w, json_object_get(w->overall, "submods"), sim_fault_label(w, 0),
        json_pack("[s,[s,s]]", "DIGEST", "SHA-256",
                  "0000000000000000000000000000000000000000000000000000000000"
                  "000000"));
}

static void
other_digest(struct sim_fault_work *w)
{
    sim_fault_set(w, json_object_get(w->overall, "submods"),
                  sim_fault_label(w, 0),
                  json_pack("[s,[s,s]]", "DIGEST", "MD5", "00"));
}

static void
no_submods(struct sim_fault_work *w)
{
    if (json_object_del(w->overall, "submods") != 0)
        w->failed = true;
}

static void
device_as_overall(struct sim_fault_work *w)
{
    const char *token =
        json_string_value(json_object_get(w->tokens, sim_fault_label(w, 0)));

    replace(w, token != NULL ? strdup(token) : NULL);
}

#define CHAINS(reason)                                           \
    "GPU-0 token.chain:" reason ",GPU-1 token.chain:" reason "," \
    "set token.chain:" reason
#define KEYS(reason)                                                     \
    "GPU-0 token.signature:" reason ",GPU-1 token.signature:" reason "," \
    "set token.signature:" reason

/* clang-format off */
const struct sim_token_fault sim_faults_form[] = {
    { "token-alg-none", "no key is needed", "set token.signature:algorithm", SIM_FAULT_ANSWER, alg_none },
    { "token-hs256", "the public key does as a secret", "set token.signature:algorithm", SIM_FAULT_ANSWER, alg_hs256 },
    { "token-es256", "a weaker algorithm is chosen by the token", "set token.signature:algorithm", SIM_FAULT_ANSWER, alg_es256 },
    { "token-crit", "a rule of the token's own is in force", "set token.signature:extension", SIM_FAULT_ANSWER, header_crit },
    { "token-jku", "keys come from the attacker's host", "set token.signature:extension", SIM_FAULT_ANSWER, header_jku },
    { "token-jwk", "the key comes with the token", "set token.signature:extension", SIM_FAULT_ANSWER, header_jwk },
    { "token-x5c", "the certificate comes with the token", "set token.signature:extension", SIM_FAULT_ANSWER, header_x5c },
    { "token-x5u", "the certificate comes from the attacker's host", "set token.signature:extension", SIM_FAULT_ANSWER, header_x5u },
    { "token-b64", "what is signed is not what is read", "set token.signature:extension", SIM_FAULT_ANSWER, header_b64 },
    { "token-zip", "what is read is unpacked first", "set token.signature:extension", SIM_FAULT_ANSWER, header_zip },
    { "token-typ-other", "a token of another purpose counts", "set token.signature:extension", SIM_FAULT_ANSWER, header_typ },
    { "token-dup-header", "two readers see two algorithms", "set token.signature:duplicate", SIM_FAULT_ANSWER, header_twice },
    { "token-kid-unknown", "a key that nobody knows counts", "set token.signature:no_key", SIM_FAULT_ANSWER, kid_unknown },
    { "token-kid-absent", "any key counts", "set token.signature:no_key", SIM_FAULT_ANSWER, kid_absent },
    { "token-dup-claim", "two readers see two results", "set token.signature:duplicate", SIM_FAULT_ANSWER, dup_claim },
    { "token-trailing", "two readers see two claims", "set token.signature:malformed", SIM_FAULT_ANSWER, trailing_text },
    { "token-b64-noncanonical", "one token has many texts, and digests", "set token.signature:malformed", SIM_FAULT_ANSWER, b64_noncanonical },
    { "token-b64-padded", "one token has many texts, and digests", "set token.signature:malformed", SIM_FAULT_ANSWER, b64_padded },
    { "token-short-signature", "a shorter signature is easier to find", "set token.signature:bad_signature", SIM_FAULT_ANSWER, short_signature },
    { "token-bit", "claims of the attacker's count", "set token.signature:bad_signature", SIM_FAULT_ANSWER, bit_turned },
    { "token-other-key", "a key of the attacker's counts", "set token.signature:bad_signature", SIM_FAULT_ANSWER, other_key },
    { "token-x5c-other-ca", "an authority of the attacker's counts", CHAINS("untrusted"), SIM_FAULT_CLAIMS, by_other },
    { "token-x5c-tls-leaf", "who has the service's TLS key signs tokens", CHAINS("shape"), SIM_FAULT_CLAIMS, by_tls },
    { "token-x5c-absent", "a key that nobody vouches for counts", CHAINS("absent"), SIM_FAULT_JWKS, no_x5c },
    { "token-x5c-other-key", "a certificate vouches for a key that is not its own", "GPU-0 token.chain:key,GPU-1 token.chain:key,set token.chain:key", SIM_FAULT_JWKS, foreign_x5c },
    { "jwks-dup-kid", "two readers use two keys", KEYS("duplicate"), SIM_FAULT_JWKS, dup_kid },
    { "jwks-alg-other", "a key for another algorithm counts", KEYS("algorithm"), SIM_FAULT_JWKS, jwk_alg },
    { "jwks-use-enc", "a key for another use counts", KEYS("key"), SIM_FAULT_JWKS, jwk_use },
    { "jwks-curve-other", "a key of another curve counts", KEYS("key"), SIM_FAULT_JWKS, jwk_curve },
    { "token-swapped", "a good device stands in for another", "GPU-0 token.device:mismatch,GPU-1 token.device:mismatch,set token.submods:bad_digest", SIM_FAULT_ANSWER, swapped },
    { "token-device-missing", "a bad device is left out", "set token.submods:absent,set token.count:count_other", SIM_FAULT_ANSWER, missing },
    { "token-device-twice", "a good device stands in for another", "GPU-1 token.device:mismatch,set token.distinct:same_device", SIM_FAULT_TOKENS, twice },
    { "token-label-gap", "a bad device is left out", "GPU-7 token.device:absent,set token.submods:shape", SIM_FAULT_TOKENS, label_gap },
    { "token-label-other", "one device has many labels", "TOKEN-1 token.device:absent,set token.submods:shape", SIM_FAULT_TOKENS, label_other },
    { "token-type-label", "a GPU stands in for a switch", "SWITCH-0 token.device:absent,set token.submods:mismatch,set token.count:count_other", SIM_FAULT_TOKENS, label_kind },
    { "token-digest", "a device's token is exchanged", "set token.submods:bad_digest", SIM_FAULT_DIGESTS, wrong_digest },
    { "token-digest-other", "a weaker digest is chosen by the token", "set token.submods:malformed", SIM_FAULT_DIGESTS, other_digest },
    { "token-submods-absent", "devices' tokens of the attacker's choice", "set token.submods:absent", SIM_FAULT_DIGESTS, no_submods },
    { "token-device-as-overall", "one good device speaks for all", "set token.submods:absent,set token.result:absent", SIM_FAULT_ANSWER, device_as_overall },
};
/* clang-format on */

const size_t sim_faults_form_count =
    sizeof(sim_faults_form) / sizeof(sim_faults_form[0]);
