/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of either kind, asked about claims. */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "policy/policy.h"
#include "policy/rego/rego.h"

#define ENTRY "data.policy.nv_match"

struct ga_policy {
    enum ga_policy_kind kind;
    struct ga_rules *rules;
    struct rego_policy *rego;
};

GA_DEFINE_AUTO_STRUCT(ga_policy, ga_policy_free);

void
ga_policy_free(struct ga_policy *policy)
{
    if (policy == NULL)
        return;
    ga_rules_free(policy->rules);
    ga_rego_free(policy->rego);
    free(policy);
}

/* No Rego module begins with a bracket, and all JSON rules do. */
static enum ga_policy_kind
kind_of(struct ga_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return c == '{' || c == '[' ? GA_POLICY_JSON : GA_POLICY_REGO;
    }
    return GA_POLICY_REGO;
}

enum ga_rc
ga_policy_load(const char *name, const void *text, size_t len,
               struct ga_policy **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_policy) *policy = NULL;
    struct ga_rego_module module;
    char safe[128];
    enum ga_rc rc;

    if (name == NULL || text == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "policy: an argument is missing");
    policy = calloc(1, sizeof(*policy));
    if (policy == NULL)
        return ga_nomem(err);
    ga_escape(name, strlen(name), safe, sizeof(safe));
    module =
        (struct ga_rego_module){ .name = safe, .text = ga_bytes_of(text, len) };
    policy->kind = kind_of(module.text);
    if (policy->kind == GA_POLICY_JSON)
        rc = ga_within(err, ga_rules_load(module.text, &policy->rules, err),
                       "%s", safe);
    else
        rc = ga_rego_load(&module, 1, NULL, &policy->rego, NULL, err);
    if (rc == GA_OK && policy->rego != NULL && ga_rego_rules(policy->rego) == 0)
        rc = ga_fail(err, GA_E_MISSING, "%s: no rules", safe);
    if (rc == GA_OK)
        *out = GA_TAKE(policy);
    return rc;
}

enum ga_policy_kind
ga_policy_kind(const struct ga_policy *policy)
{
    return policy->kind;
}

const char *
ga_policy_warning(const struct ga_policy *policy, size_t i)
{
    return policy->rego == NULL ? NULL : ga_rego_warning(policy->rego, i);
}

const char *
ga_policy_relax(const struct ga_policy *policy, size_t i)
{
    return policy->rego == NULL ? NULL : ga_rego_relax(policy->rego, i);
}

/* Room is left for the words around it. */
static void
other_value(struct ga_rego_answer *a, const char *query,
            struct ga_policy_answer *out)
{
    struct rego_buffer text = { 0 };
    bool printed = rego_print(&a->pool, &text, a->value, false);

    snprintf(out->why, sizeof(out->why), "%.128s is %s %s, not true%s%.*s",
             query,
             strchr("ao", rego_kind_name(a->value->kind)[0]) ? "an" : "a",
             rego_kind_name(a->value->kind), printed ? ": " : "",
             printed ? (int)(text.n < 300 ? text.n : 300) : 0,
             printed ? text.text : "");
}

static void
undecided(struct ga_rego_answer *a, const char *query,
          struct ga_policy_answer *out)
{
    if (a->value == NULL)
        snprintf(out->why, sizeof(out->why), "%.128s is undefined%s%.340s",
                 query, a->why[0] == '\0' ? "" : ": ", a->why);
    else if (a->value->kind != REGO_BOOLEAN)
        other_value(a, query, out);
    else
        snprintf(out->why, sizeof(out->why), "%.128s is false%s%.340s", query,
                 a->why[0] == '\0' ? "" : ": ", a->why);
}

/* An evaluation that ends with an error did not pass, and that is all. */
static enum ga_rc
ask_rego(const struct ga_policy *policy, const char *query, json_t *input,
         ga_time at, struct ga_policy_answer *out, struct ga_error *err)
{
    struct ga_rego_answer a;
    struct ga_error error = { 0 };
    int64_t now_ns;
    enum ga_rc rc;

    if (__builtin_mul_overflow(at, INT64_C(1000000000), &now_ns))
        return ga_fail(err, GA_E_INVAL,
                       "policy: the time has no nanoseconds of 64 bits");
    rc = ga_rego_eval(policy->rego, query, input, NULL, NULL, now_ns, &a,
                      &error);
    if (rc == GA_E_NOMEM || rc == GA_E_INTERNAL)
        return ga_fail(err, rc, "policy: %s", error.text);
    if (rc == GA_E_INVAL)
        return ga_fail(err, rc, "%s", error.text);
    memset(out, 0, sizeof(*out));
    if (rc != GA_OK) {
        snprintf(out->why, sizeof(out->why), "%.500s", error.text);
        return GA_OK;
    }
    out->passed = ga_rego_true(&a);
    if (!out->passed)
        undecided(&a, query, out);
    ga_rego_answer_done(&a);
    return GA_OK;
}

static bool
all_of_type(const json_t *list, const char *type)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *have = json_string_value(
            json_object_get(json_array_get(list, i), "x-nvidia-device-type"));

        if (have == NULL || strcmp(have, type) != 0)
            return false;
    }
    return json_array_size(list) > 0;
}

/* Claims that stand over all devices, as nvtrust's local verifier names them:
 * a list of one. */
static json_t *
overall_claims(const json_t *list, const char *version, const bool *verified)
{
    GA_AUTO(json_t) *overall = json_object();
    const char *issuer = all_of_type(list, "gpu") ? "LOCAL_GPU_VERIFIER"
                         : all_of_type(list, "nvswitch")
                             ? "LOCAL_SWITCH_VERIFIER"
                             : NULL;

    if (overall == NULL ||
        (issuer != NULL &&
         json_object_set_new(overall, "iss", json_string(issuer)) != 0) ||
        (version != NULL && json_object_set_new(overall, "x-nvidia-ver",
                                                json_string(version)) != 0) ||
        (verified != NULL &&
         json_object_set_new(overall, "x-nvidia-overall-att-result",
                             json_boolean(*verified)) != 0))
        return NULL;
    return json_pack("[O]", overall);
}

enum ga_rc
ga_policy_eval(const struct ga_policy *policy,
               const struct ga_policy_subject *subject, const char *query,
               struct ga_policy_answer *out, struct ga_error *err)
{
    GA_AUTO(json_t) *list = json_array(), *overall = NULL;
    enum ga_claims_version version = policy->kind == GA_POLICY_JSON
                                         ? ga_rules_version(policy->rules)
                                         : subject->version;

    for (size_t i = 0; i < subject->count; i++)
        if (json_array_append_new(list, ga_claims(&subject->devices[i],
                                                  subject->nonce, version)) !=
            0)
            return ga_nomem(err);
    if (list == NULL)
        return ga_nomem(err);
    if (subject->count == 0)
        return ga_fail(err, GA_E_MISSING, "no claims of devices");
    if (policy->kind == GA_POLICY_REGO)
        return ask_rego(policy, query == NULL ? ENTRY : query,
                        subject->result != NULL ? subject->result : list,
                        subject->at, out, err);
    overall = subject->overall != NULL
                  ? json_incref(subject->overall)
                  : overall_claims(list, ga_claims_version_name(version),
                                   &subject->verified);
    if (overall == NULL)
        return ga_nomem(err);
    ga_rules_eval(policy->rules, list, overall, out);
    return GA_OK;
}

/* The version is told by the form of a claim that all versions have. */
static const char *
version_of(const json_t *list)
{
    static const char *const names[] = {
        "x-nvidia-gpu-attestation-report-cert-chain",
        "x-nvidia-switch-attestation-report-cert-chain",
    };
    const json_t *claims = json_array_get(list, 0);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (json_is_object(json_object_get(claims, names[i])))
            return ga_claims_version_name(GA_CLAIMS_3_0);
    return ga_claims_version_name(GA_CLAIMS_2_0);
}

/* The list of device claims in what a user keeps in files. */
static enum ga_rc
claims_in(json_t *root, json_t **out, struct ga_error *err)
{
    GA_AUTO(json_t) *list = json_array();
    json_t *claims = json_object_get(root, "claims"), *member;
    const char *key;

    if (list == NULL)
        return ga_nomem(err);
    claims = json_is_array(root) ? root : claims;
    if (json_array_size(claims) > 0) {
        *out = json_incref(claims);
        return GA_OK;
    }
    if (json_is_array(claims))
        return ga_fail(err, GA_E_MISSING, "no claims of devices");
    json_object_foreach(root, key, member)
    {
        if (!json_is_object(member))
            return ga_fail(err, GA_E_BAD_VALUE,
                           "%s: not the claims of a device", key);
        if (json_array_append(list, member) != 0)
            return ga_nomem(err);
    }
    if (json_array_size(list) == 0)
        return ga_fail(err, GA_E_MISSING, "no claims of devices");
    *out = GA_TAKE(list);
    return GA_OK;
}

enum ga_rc
ga_policy_claims(const struct ga_policy *policy, const void *claims, size_t len,
                 enum ga_policy_input input, const char *query, int64_t at,
                 struct ga_policy_answer *out, struct ga_error *err)
{
    GA_AUTO(json_t) *root = NULL, *list = NULL, *overall = NULL;
    json_t *verified;
    bool truth;
    enum ga_rc rc;

    if (policy == NULL || claims == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "policy: an argument is missing");
    rc = ga_json_parse(ga_bytes_of(claims, len), &root, err);
    if (rc == GA_OK)
        rc = claims_in(root, &list, err);
    if (rc != GA_OK)
        return rc;
    if (policy->kind == GA_POLICY_REGO)
        return ask_rego(policy, query == NULL ? ENTRY : query,
                        input == GA_POLICY_INPUT_RESULT ? root : list, at, out,
                        err);
    verified = json_object_get(root, "verified");
    truth = json_is_true(verified);
    overall = json_object_get(root, "overall");
    overall = json_is_object(overall)
                  ? json_pack("[O]", overall)
                  : overall_claims(list, version_of(list),
                                   json_is_boolean(verified) ? &truth : NULL);
    if (overall == NULL)
        return ga_nomem(err);
    ga_rules_eval(policy->rules, list, overall, out);
    return GA_OK;
}
