/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as users have them, over claims that pass and that fail. */
#define _GNU_SOURCE /* memmem, secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/policy.h"
#include "support/fixtures.h"
#include "support/test.h"

/* 2026-02-24T00:00:00Z: a day and a half behind the VBIOS RIM's end. */
#define AT INT64_C(1771891200)

static const char gpu[] =
    "{\"measres\":\"success\",\"secboot\":true,\"dbgstat\":\"disabled\","
    "\"ueid\":\"478176379286082186618948445787393647364802107249\","
    "\"hwmodel\":\"GH100 A01 GSP BROM\","
    "\"x-nvidia-device-type\":\"gpu\","
    "\"x-nvidia-gpu-driver-version\":\"550.90.07\","
    "\"x-nvidia-gpu-vbios-version\":\"96.00.9F.00.01\","
    "\"x-nvidia-mismatch-measurement-records\":null,"
    "\"x-nvidia-gpu-arch-check\":true,"
    "\"x-nvidia-gpu-attestation-report-parsed\":true,"
    "\"x-nvidia-gpu-attestation-report-nonce-match\":true,"
    "\"x-nvidia-gpu-attestation-report-signature-verified\":true,"
    "\"x-nvidia-gpu-attestation-report-cert-chain-fwid-match\":true,"
    "\"x-nvidia-gpu-driver-rim-fetched\":true,"
    "\"x-nvidia-gpu-driver-rim-schema-validated\":true,"
    "\"x-nvidia-gpu-driver-rim-signature-verified\":true,"
    "\"x-nvidia-gpu-driver-rim-measurements-available\":true,"
    "\"x-nvidia-gpu-driver-rim-version-match\":true,"
    "\"x-nvidia-gpu-vbios-rim-fetched\":true,"
    "\"x-nvidia-gpu-vbios-rim-schema-validated\":true,"
    "\"x-nvidia-gpu-vbios-rim-signature-verified\":true,"
    "\"x-nvidia-gpu-vbios-rim-measurements-available\":true,"
    "\"x-nvidia-gpu-vbios-rim-version-match\":true,"
    "\"x-nvidia-gpu-vbios-index-no-conflict\":true}";

static const char nvswitch[] =
    "{\"measres\":\"success\",\"x-nvidia-device-type\":\"nvswitch\","
    "\"ueid\":\"7\",\"hwmodel\":\"LS10\",\"x-nvidia-switch-arch-check\":true,"
    "\"x-nvidia-switch-bios-rim-measurements-available\":true,"
    "\"x-nvidia-switch-attestation-report-signature-verified\":true,"
    "\"x-nvidia-switch-attestation-report-parsed\":true,"
    "\"x-nvidia-switch-attestation-report-nonce-match\":true,"
    "\"x-nvidia-switch-attestation-report-cert-chain-validated\":true,"
    "\"x-nvidia-switch-bios-rim-schema-validated\":true,"
    "\"x-nvidia-switch-bios-rim-signature-verified\":true,"
    "\"x-nvidia-switch-bios-rim-cert-validated\":true,"
    "\"x-nvidia-switch-bios-rim-fetched\":true}";

static const char *const chains[] = {
    "x-nvidia-gpu-attestation-report-cert-chain",
    "x-nvidia-gpu-driver-rim-cert-chain",
    "x-nvidia-gpu-vbios-rim-cert-chain",
};

/* A GPU whose claims are as they should be. */
static json_t *
good_gpu(void)
{
    json_t *claims = json_loads(gpu, 0, NULL);

    assert_non_null(claims);
    for (size_t i = 0; i < COUNT(chains); i++)
        assert_int_equal(
            json_object_set_new(
                claims, chains[i],
                json_pack("{s:s,s:s,s:s,s:b,s:b}", "x-nvidia-cert-status",
                          "valid", "x-nvidia-cert-ocsp-status", "good",
                          "x-nvidia-cert-expiration-date",
                          "2026-02-22T23:17:58Z",
                          "x-nvidia-cert-ocsp-nonce-matches", true,
                          "x-nvidia-cert-ocsp-response-valid", true)),
            0);
    return claims;
}

/* One way in which the last of the devices is not as it should be: `path` of
 * members by '/', and JSON to put there ("" takes it away). */
struct change {
    const char *path, *json;
};

static void
apply(json_t *claims, const struct change *c)
{
    char path[256];
    char *slash;

    snprintf(path, sizeof(path), "%s", c->path);
    while ((slash = strchr(path, '/')) != NULL) {
        *slash = '\0';
        claims = json_object_get(claims, path);
        assert_non_null(claims);
        memmove(path, slash + 1, strlen(slash + 1) + 1);
    }
    if (c->json[0] == '\0')
        assert_int_equal(json_object_del(claims, path), 0);
    else
        assert_int_equal(
            json_object_set_new(claims, path,
                                json_loads(c->json, JSON_DECODE_ANY, NULL)),
            0);
}

/* Eight GPUs with ueids of their own where `distinct`, changed at the last. */
static json_t *
devices(size_t count, const struct change *change)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, good_gpu());
    if (change->path != NULL)
        apply(json_array_get(list, count - 1), change);
    return list;
}

/* What a policy says; `why` is compared, "" for a pass. */
static void
says(const char *text, size_t len, json_t *claims, enum ga_policy_input input,
     const char *why)
{
    struct ga_policy *policy = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };
    char *json = json_dumps(claims, 0);
    enum ga_rc rc = ga_policy_load("p", text, len, &policy, &err);

    if (rc != GA_OK)
        fail_msg("%s", err.text);
    memset(&answer, 0xa5, sizeof(answer));
    rc = ga_policy_claims(policy, json, strlen(json), input, NULL, AT, &answer,
                          &err);
    if (rc != GA_OK)
        fail_msg("%s", err.text);
    assert_string_equal(answer.why, why);
    assert_int_equal(answer.passed, why[0] == '\0');
    ga_policy_free(policy);
    free(json);
    json_decref(claims);
}

#define STATUS "x-nvidia-gpu-driver-rim-cert-chain/x-nvidia-cert-status"
#define NO     "data.policy.nv_match is false: "

/* clang-format off */
struct asked {
    const char *name, *file;
    struct change change;
    const char *why;
};

static struct asked regos[] = {
    { "index 7: good", "allow_gpu_measurement_mismatch_index_7.rego", { NULL, NULL }, "" },
    { "index 7: an expired RIM", "allow_gpu_measurement_mismatch_index_7.rego", { STATUS, "\"expired\"" },
      NO "p:65: rule check_gpu_driver_rim_cert_chain: `cert_chain[\"x-nvidia-cert-status\"] == \"valid\"` does not hold: input[1][\"x-nvidia-gpu-driver-rim-cert-chain\"][\"x-nvidia-cert-status\"] is \"expired\"" },
    { "index 7: no chain at all", "allow_gpu_measurement_mismatch_index_7.rego", { "x-nvidia-gpu-vbios-rim-cert-chain", "" },
      NO "p:72: rule check_gpu_vbios_rim_cert_chain: `cert_chain := claims[\"x-nvidia-gpu-vbios-rim-cert-chain\"]` does not hold: input[1][\"x-nvidia-gpu-vbios-rim-cert-chain\"] is missing" },
    { "index 7: a string for a boolean", "allow_gpu_measurement_mismatch_index_7.rego", { "x-nvidia-gpu-vbios-rim-cert-chain/x-nvidia-cert-ocsp-nonce-matches", "\"true\"" },
      NO "p:75: rule check_gpu_vbios_rim_cert_chain: `cert_chain[\"x-nvidia-cert-ocsp-nonce-matches\"] == true` does not hold: input[1][\"x-nvidia-gpu-vbios-rim-cert-chain\"][\"x-nvidia-cert-ocsp-nonce-matches\"] is \"true\"" },
    { "index 7: an unknown type", "allow_gpu_measurement_mismatch_index_7.rego", { "x-nvidia-device-type", "\"dpu\"" },
      NO "p:19: rule validate_claim_by_device_type: `claim[\"x-nvidia-device-type\"] == \"nvswitch\"` does not hold: input[1][\"x-nvidia-device-type\"] is \"dpu\"" },
    { "expired: good", "allow_gpu_driver_rim_cert_expired.rego", { NULL, NULL }, "" },
    { "expired: an expired driver RIM", "allow_gpu_driver_rim_cert_expired.rego", { STATUS, "\"expired\"" }, "" },
    { "expired: a revoked driver RIM", "allow_gpu_driver_rim_cert_expired.rego", { STATUS, "\"revoked\"" },
      NO "p:50: rule check_gpu_driver_rim_cert_chain: `cert_chain[\"x-nvidia-cert-status\"] in {\"expired\", \"valid\"}` does not hold: input[1][\"x-nvidia-gpu-driver-rim-cert-chain\"][\"x-nvidia-cert-status\"] is \"revoked\"" },
    { "expired: measurements", "allow_gpu_driver_rim_cert_expired.rego", { "measres", "\"fail\"" },
      NO "p:37: rule check_measurements_match: `claims.measres == \"success\"` does not hold: input[1][\"measres\"] is \"fail\"" },
    { "permissive: good", "rp-policy-permissive.rego", { NULL, NULL }, "" },
    { "permissive: debugging", "rp-policy-permissive.rego", { "dbgstat", "\"enabled\"" },
      NO "p:9: rule nv_match: `result.dbgstat == \"disabled\"` does not hold: input[1][\"dbgstat\"] is \"enabled\"" },
    { "permissive: secure boot", "rp-policy-permissive.rego", { "secboot", "null" }, "" },
    { "permissive: no secure boot", "rp-policy-permissive.rego", { "secboot", "false" },
      NO "p:8: rule nv_match: `result.secboot` does not hold: input[1][\"secboot\"] is false" },
};
/* clang-format on */

static void
rego_of_the_fixtures(void **state)
{
    const struct asked *a = *state;
    char path[128];
    struct ga_buf text;

    need_fixtures();
    snprintf(path, sizeof(path), "policies/%s", a->file);
    text = fixture(path);
    says((const char *)text.ptr, text.len, devices(2, &a->change),
         GA_POLICY_INPUT_CLAIMS, a->why);
    ga_buf_done(&text);
}

/* A mismatch at index 7 alone passes; at 9 too it does not. */
static void
mismatches_are_judged_by_index(void **state)
{
    static const char at_7[] = "[{\"index\":7},{\"index\":7}]";
    static const char at_9[] = "[{\"index\":7},{\"index\":9}]";
    const char *const records[] = { at_7, at_9 };
    const char *const why[] = {
        "",
        NO "p:46: rule check_gpu_measurements_match: `record.index == 7` does "
           "not hold: input[1][\"x-nvidia-mismatch-measurement-records\"][1]"
           "[\"index\"] is 9"
    };
    struct ga_buf text;

    (void)state;
    need_fixtures();
    text = fixture("policies/allow_gpu_measurement_mismatch_index_7.rego");
    for (size_t i = 0; i < 2; i++) {
        struct change c = { "measres", "\"fail\"" };
        json_t *list = devices(2, &c);

        c = (struct change){ "x-nvidia-mismatch-measurement-records",
                             records[i] };
        apply(json_array_get(list, 1), &c);
        says((const char *)text.ptr, text.len, list, GA_POLICY_INPUT_CLAIMS,
             why[i]);
    }
    ga_buf_done(&text);
}

/* clang-format off */
#define LOCAL  "local_NVGPULocalv4PolicyExample.json"
#define REMOTE "remote-v4_NVGPURemotePolicyExample.json"
#define SWITCH "remote-v3_NVSwitchRemotePolicyExample.json"
struct ruled {
    const char *name, *file, *overall;
    struct change change;
    const char *why;
};

static struct ruled rules[] = {
    { "local: good", LOCAL, "\"verified\":true", { NULL, NULL }, "" },
    { "local: rejected", LOCAL, "\"verified\":false", { NULL, NULL },
      "overall claims: x-nvidia-overall-att-result is false, not true" },
    { "local: no verdict", LOCAL, "\"x\":1", { NULL, NULL },
      "overall claims: x-nvidia-overall-att-result is missing, not true" },
    { "local: measurements", LOCAL, "\"verified\":true", { "measres", "\"fail\"" },
      "device 1 (gpu): measres is \"fail\", not \"success\"" },
    { "local: a claim is missing", LOCAL, "\"verified\":true", { "x-nvidia-gpu-arch-check", "" },
      "device 1 (gpu): x-nvidia-gpu-arch-check is missing, not true" },
    { "local: a string for a boolean", LOCAL, "\"verified\":true", { "x-nvidia-gpu-arch-check", "\"true\"" },
      "device 1 (gpu): x-nvidia-gpu-arch-check is \"true\", not true" },
    { "local: a number for a boolean", LOCAL, "\"verified\":true", { "x-nvidia-gpu-arch-check", "1" },
      "device 1 (gpu): x-nvidia-gpu-arch-check is 1, not true" },
    { "local: a member of a chain", LOCAL, "\"verified\":true", { STATUS, "\"expired\"" },
      "device 1 (gpu): x-nvidia-gpu-driver-rim-cert-chain: x-nvidia-cert-status is \"expired\", not \"valid\"" },
    { "local: a chain of another type", LOCAL, "\"verified\":true", { "x-nvidia-gpu-driver-rim-cert-chain", "true" },
      "device 1 (gpu): x-nvidia-gpu-driver-rim-cert-chain is true, not {\"x-nvidia-cert-status\":\"valid\",\"x-nvidia-cert-ocsp-status\":\"good\"}" },
    { "local: a token of another issuer", LOCAL, "\"overall\":{\"x-nvidia-overall-att-result\":true,\"x-nvidia-ver\":\"3.0\",\"iss\":\"x\"}", { NULL, NULL },
      "overall claims: iss is \"x\", not \"LOCAL_GPU_VERIFIER\"" },
    { "remote: good", REMOTE, "\"verified\":true", { NULL, NULL }, "" },
    { "remote: a token of another version", REMOTE, "\"overall\":{\"x-nvidia-overall-att-result\":true,\"x-nvidia-ver\":\"2.0\"}", { NULL, NULL },
      "overall claims: x-nvidia-ver is \"2.0\", not \"3.0\"" },
    { "remote: FWID", REMOTE, "\"verified\":true", { "x-nvidia-gpu-attestation-report-cert-chain-fwid-match", "false" },
      "device 1 (gpu): x-nvidia-gpu-attestation-report-cert-chain-fwid-match is false, not true" },
};
/* clang-format on */

static void
json_rules_of_the_fixtures(void **state)
{
    const struct ruled *r = *state;
    char path[128], root[256];
    struct ga_buf text;
    json_t *whole;

    need_fixtures();
    snprintf(path, sizeof(path), "policies/%s", r->file);
    snprintf(root, sizeof(root), "{%s}", r->overall);
    whole = json_loads(root, 0, NULL);
    assert_non_null(whole);
    json_object_set_new(whole, "claims", devices(2, &r->change));
    text = fixture(path);
    says((const char *)text.ptr, text.len, whole, GA_POLICY_INPUT_CLAIMS,
         r->why);
    ga_buf_done(&text);
}

static void
json_rules_of_switches(void **state)
{
    struct ga_buf text;

    (void)state;
    need_fixtures();
    text = fixture("policies/" SWITCH);
    for (int good = 0; good < 2; good++) {
        json_t *device = json_loads(nvswitch, 0, NULL);

        if (!good)
            json_object_set_new(device, "x-nvidia-switch-bios-rim-fetched",
                                json_false());
        says((const char *)text.ptr, text.len,
             json_pack("{s:b,s:[o]}", "verified", true, "claims", device),
             GA_POLICY_INPUT_CLAIMS,
             good ? ""
                  : "device 0 (nvswitch): x-nvidia-switch-bios-rim-fetched is "
                    "false, not true");
    }
    ga_buf_done(&text);
}

/* clang-format off */
struct bad_rules {
    const char *name, *text, *error;
};

static struct bad_rules bad[] = {
    { "no version", "{\"authorization-rules\":{\"detached-claims\":{\"a\":1}}}",
      "p: version: missing, or no string" },
    { "an unknown version", "{\"version\":\"5.0\",\"authorization-rules\":{\"detached-claims\":{\"a\":1}}}",
      "p: not supported: version 5.0" },
    { "a version that is a number", "{\"version\":4.0,\"authorization-rules\":{\"detached-claims\":{\"a\":1}}}",
      "p: version: missing, or no string" },
    { "no rules", "{\"version\":\"4.0\"}", "p: authorization-rules: missing, or no object" },
    { "rules of another type", "{\"version\":\"4.0\",\"authorization-rules\":[]}",
      "p: authorization-rules: missing, or no object" },
    { "empty rules", "{\"version\":\"4.0\",\"authorization-rules\":{\"detached-claims\":{},\"overall-claims\":{}}}",
      "p: authorization-rules: no claims: everything would pass" },
    { "an unknown member", "{\"version\":\"4.0\",\"authorization-rules\":{\"detached-claims\":{\"a\":1},\"x\":1}}",
      "p: authorization-rules: not supported: member x" },
    { "an unknown member outside", "{\"version\":\"4.0\",\"x\":1,\"authorization-rules\":{\"detached-claims\":{\"a\":1}}}",
      "p: rules: not supported: member x" },
    { "another type", "{\"version\":\"4.0\",\"authorization-rules\":{\"type\":\"X\",\"detached-claims\":{\"a\":1}}}",
      "p: authorization-rules: not supported: type" },
    { "claims that are no object", "{\"version\":\"4.0\",\"authorization-rules\":{\"detached-claims\":[1]}}",
      "p: detached-claims: not an object" },
    { "a list", "[1]", "p: JSON rules are an object" },
    { "Rego without rules", "package policy", "p: no rules" },
    { "Rego with a default alone", "package policy\ndefault nv_match := true", "p: no rules" },
    { "Rego that is not understood", "package policy\nnv_match { http.send({}).x }",
      "p:2:12: not supported: function http.send" },
};
/* clang-format on */

static void
refuses_policies(void **state)
{
    const struct bad_rules *b = *state;
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    assert_int_not_equal(
        ga_policy_load("p", b->text, strlen(b->text), &policy, &err), GA_OK);
    assert_string_equal(err.text, b->error);
    assert_null(policy);
}

static void
refuses_claims_of_nobody(void **state)
{
    static const char text[] =
        "package policy\nnv_match { count(input) >= 0 }\n";
    static const char *const none[] = { "[]", "{}", "{\"claims\":[]}" };
    struct ga_policy *policy = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_load("p", text, strlen(text), &policy, &err),
                     GA_OK);
    for (size_t i = 0; i < COUNT(none); i++)
        assert_int_equal(ga_policy_claims(policy, none[i], strlen(none[i]),
                                          GA_POLICY_INPUT_CLAIMS, NULL, AT,
                                          &answer, &err),
                         GA_E_MISSING);
    ga_policy_free(policy);
}

/* clang-format off */
static struct bad_rules values[] = {
    { "only true passes", "package policy\nnv_match = 1 { true }", "data.policy.nv_match is a number, not true: 1" },
    { "the string true does not", "package policy\nnv_match = \"true\" { true }", "data.policy.nv_match is a string, not true: \"true\"" },
    { "undefined does not", "package policy\nother { true }", "data.policy.nv_match is undefined" },
    { "an error does not", "package policy\nnv_match { count(input[0].measres.x) > 0 }\nnv_match { 1 + input[0].measres }",
      "p:3:14: plus: argument 2 is string, not number" },
};
/* clang-format on */

static void
passes_true_alone(void **state)
{
    const struct bad_rules *v = *state;
    const struct change none = { NULL, NULL };

    says(v->text, strlen(v->text), devices(1, &none), GA_POLICY_INPUT_CLAIMS,
         v->error);
}

/* The minimum is often a rule of its own. */
static void
warns_of_rules_that_are_strings(void **state)
{
    static const char text[] = "package policy\nimport rego.v1\n"
                               "least := \"580\"\ndefault other := \"9\"\n"
                               "number := 9\nnv_match if {\n"
                               "  input[0].v >= least\n  other < input[0].v\n"
                               "  input[0].n > number\n}\n";
    static const char *const places[] = { "p:7:14: ", "p:8:9: " };
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_load("p", text, strlen(text), &policy, &err),
                     GA_OK);
    for (size_t i = 0; i < COUNT(places); i++) {
        assert_non_null(ga_policy_warning(policy, i));
        assert_memory_equal(ga_policy_warning(policy, i), places[i],
                            strlen(places[i]));
    }
    assert_null(ga_policy_warning(policy, COUNT(places)));
    ga_policy_free(policy);
}

static void
warns_of_strings_and_lists_relaxations(void **state)
{
    static const char text[] =
        "package policy\n# gpuattest-relax: driver_rim.chain:expired  \n"
        "nv_match { # gpuattest-relax: not.alone\n"
        "  input[0].v >= \"580\"\n}\n  # gpuattest-relax: a,b";
    struct ga_policy *policy = NULL;
    struct ga_error err = { 0 };

    (void)state;
    assert_int_equal(ga_policy_load("p", text, strlen(text), &policy, &err),
                     GA_OK);
    assert_int_equal(ga_policy_kind(policy), GA_POLICY_REGO);
    assert_string_equal(
        ga_policy_warning(policy, 0),
        "p:4:14: a string is compared by its characters (\"99\" > \"580\"): "
        "use gpuattest.version_compare for versions");
    assert_null(ga_policy_warning(policy, 1));
    assert_string_equal(ga_policy_relax(policy, 0), "driver_rim.chain:expired");
    assert_string_equal(ga_policy_relax(policy, 1), "a,b");
    assert_null(ga_policy_relax(policy, 2));
    ga_policy_free(policy);
}

/* clang-format off */
/* Recipes of docs/policy.md: what makes each of them false, and its reason. */
struct recipe {
    const char *name;
    size_t count;
    struct change before; /* at the last device, in both cases */
    struct change change;
    const char *why; /* a part of it */
};

static struct recipe recipes[] = {
    { "Minimum driver", 2, { NULL, NULL }, { "x-nvidia-gpu-driver-version", "\"99.1\"" }, "[\"x-nvidia-gpu-driver-version\"] is \"99.1\"" },
    { "Minimum VBIOS", 2, { NULL, NULL }, { "x-nvidia-gpu-vbios-version", "\"96.00.5D.00.01\"" }, "rule nv_match" },
    { "Allow one index", 2, { "x-nvidia-mismatch-measurement-records", "[{\"index\":7}]" }, { "measres", "\"unknown\"" }, "[\"measres\"] is \"unknown\"" },
    { "Allow list of devices", 2, { NULL, NULL }, { "ueid", "\"5\"" }, "input[1][\"ueid\"] is \"5\"" },
    { "Number of devices", 8, { NULL, NULL }, { "x-nvidia-device-type", "\"nvswitch\"" }, "count(gpus) == 8" },
    { "Only one model", 2, { NULL, NULL }, { "hwmodel", "\"GB100\"" }, "count({claim.hwmodel | some claim in input}) == 1" },
    { "No expired RIMs, but for a week", 2, { STATUS, "\"expired\"" }, { "x-nvidia-gpu-driver-rim-cert-chain/x-nvidia-cert-expiration-date", "\"2026-02-16T23:00:00Z\"" }, "time.now_ns() < end + week" },
    { "Require fresh OCSP answers", 2, { NULL, NULL }, { "x-nvidia-gpu-driver-rim-cert-chain/x-nvidia-cert-ocsp-nonce-matches", "false" }, "[\"x-nvidia-cert-ocsp-nonce-matches\"] is false" },
    { "Reasons as a list", 2, { NULL, NULL }, { "measres", "\"fail\"" }, "count(deny) == 0" },
};
/* clang-format on */

/* The text of the recipe `name`; the caller frees it. */
static char *
recipe_text(const char *name)
{
    const char *root = secure_getenv("GA_SOURCE_DIR");
    char path[1024], heading[128];
    struct ga_buf doc;
    const char *at, *end;
    char *text;

    snprintf(path, sizeof(path), "%s/%s", root == NULL ? "." : root,
             "docs/policy.md");
    snprintf(heading, sizeof(heading), "\n### %s\n", name);
    doc = read_file(path);
    at = memmem(doc.ptr, doc.len, heading, strlen(heading));
    assert_non_null(at);
    at = memmem(at, doc.len - (size_t)(at - (const char *)doc.ptr), "```rego\n",
                8);
    assert_non_null(at);
    at += 8;
    end = memmem(at, doc.len - (size_t)(at - (const char *)doc.ptr), "```", 3);
    assert_non_null(end);
    text = strndup(at, (size_t)(end - at));
    ga_buf_done(&doc);
    return text;
}

static bool
ask(const char *text, json_t *claims, enum ga_policy_input input, char *why,
    size_t cap)
{
    struct ga_policy *policy = NULL;
    struct ga_policy_answer answer;
    struct ga_error err = { 0 };
    char *json = json_dumps(claims, 0);

    if (ga_policy_load("p", text, strlen(text), &policy, &err) != GA_OK)
        fail_msg("%s", err.text);
    assert_int_equal(ga_policy_claims(policy, json, strlen(json), input, NULL,
                                      AT, &answer, &err),
                     GA_OK);
    snprintf(why, cap, "%s", answer.why);
    ga_policy_free(policy);
    free(json);
    json_decref(claims);
    return answer.passed;
}

static void
recipes_of_the_documentation(void **state)
{
    const struct recipe *r = *state;
    char *text = recipe_text(r->name);
    char why[GA_ERROR_TEXT];

    for (int good = 0; good < 2; good++) {
        json_t *list = devices(r->count, &r->before);

        for (size_t i = 0;
             strcmp(r->name, "Number of devices") == 0 && i < r->count; i++) {
            char ueid[32];

            snprintf(ueid, sizeof(ueid), "\"%zu\"", i);
            apply(json_array_get(list, i), &(struct change){ "ueid", ueid });
        }
        if (!good)
            apply(json_array_get(list, r->count - 1), &r->change);
        if (ask(text, list, GA_POLICY_INPUT_CLAIMS, why, sizeof(why)) != good ||
            (!good && strstr(why, r->why) == NULL))
            fail_msg("%d: %s", good, why);
    }
    free(text);
}

/* This one is about the whole result. */
static void
recipe_of_the_mode(void **state)
{
    char *text = recipe_text("Require PPCIE");
    char why[GA_ERROR_TEXT];

    (void)state;
    for (int good = 0; good < 2; good++) {
        json_t *result = json_pack(
            "{s:b,s:[{s:s},{s:s}],s:[{s:i}]}", "verified", true, "devices",
            "mode", "ppcie", "mode", good ? "ppcie" : "spt", "claims", "a", 1);

        assert_int_equal(
            ask(text, result, GA_POLICY_INPUT_RESULT, why, sizeof(why)), good);
    }
    assert_string_equal(why, "");
    free(text);
}

#define ROWS(table, test)                                 \
    for (size_t i = 0; i < COUNT(table); i++)             \
        tests[n++] = (struct CMUnitTest)                  \
        {                                                 \
            .name = (table)[i].name, .test_func = (test), \
            .initial_state = &(table)[i]                  \
        }

int
main(void)
{
    struct CMUnitTest tests[COUNT(regos) + COUNT(rules) + COUNT(bad) +
                            COUNT(values) + COUNT(recipes) + 5] = {
        cmocka_unit_test(mismatches_are_judged_by_index),
        cmocka_unit_test(json_rules_of_switches),
        cmocka_unit_test(refuses_claims_of_nobody),
        cmocka_unit_test(warns_of_rules_that_are_strings),
        cmocka_unit_test(warns_of_strings_and_lists_relaxations),
        cmocka_unit_test(recipe_of_the_mode),
    };
    size_t n = 5;

    ROWS(regos, rego_of_the_fixtures);
    ROWS(rules, json_rules_of_the_fixtures);
    ROWS(bad, refuses_policies);
    ROWS(values, passes_true_alone);
    ROWS(recipes, recipes_of_the_documentation);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
