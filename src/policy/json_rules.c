/* SPDX-License-Identifier: Apache-2.0 */
/* nvtrust's JSON rules.  Source: spec-protocol */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"
#include "policy/policy.h"

struct ga_rules {
    json_t *overall, *detached; /* either may be NULL */
    enum ga_claims_version version;
};

/* Versions of rules, and of the claims that came with them. */
static const struct {
    const char *version;
    enum ga_claims_version claims;
} versions[] = {
    { "1.0", GA_CLAIMS_2_0 },
    { "2.0", GA_CLAIMS_2_0 },
    { "3.0", GA_CLAIMS_2_0 },
    { "4.0", GA_CLAIMS_3_0 },
};

void
ga_rules_free(struct ga_rules *rules)
{
    if (rules == NULL)
        return;
    json_decref(rules->overall);
    json_decref(rules->detached);
    free(rules);
}

GA_DEFINE_AUTO_STRUCT(ga_rules, ga_rules_free);

/* A member that is not known could be a rule: it is not passed over. */
static enum ga_rc
only(json_t *object, const char *const *names, size_t n, const char *where,
     struct ga_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        bool known = false;

        for (size_t i = 0; i < n; i++)
            known = known || strcmp(key, names[i]) == 0;
        if (!known)
            return ga_fail(err, GA_E_BAD_VALUE, "%s: not supported: member %s",
                           where, key);
    }
    return GA_OK;
}

static enum ga_rc
read_version(json_t *root, struct ga_rules *rules, struct ga_error *err)
{
    const char *text = json_string_value(json_object_get(root, "version"));

    if (text == NULL)
        return ga_fail(err, GA_E_MISSING, "version: missing, or no string");
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (strcmp(versions[i].version, text) == 0) {
            rules->version = versions[i].claims;
            return GA_OK;
        }
    return ga_fail(err, GA_E_BAD_VALUE, "not supported: version %s", text);
}

static enum ga_rc
read_claims(json_t *rules, const char *name, json_t **out, struct ga_error *err)
{
    json_t *claims = json_object_get(rules, name);

    if (claims != NULL && !json_is_object(claims))
        return ga_fail(err, GA_E_BAD_VALUE, "%s: not an object", name);
    *out = json_incref(claims);
    return GA_OK;
}

static enum ga_rc
read_rules(json_t *root, struct ga_rules *rules, struct ga_error *err)
{
    static const char *const names[] = { "type", "overall-claims",
                                         "detached-claims" };
    json_t *list = json_object_get(root, "authorization-rules");
    json_t *type = json_object_get(list, "type");
    const char *version;
    enum ga_rc rc;

    if (!json_is_object(list))
        return ga_fail(err, GA_E_MISSING,
                       "authorization-rules: missing, or no object");
    rc = only(list, names, sizeof(names) / sizeof(names[0]),
              "authorization-rules", err);
    if (rc != GA_OK)
        return rc;
    if (type != NULL &&
        (!json_is_string(type) || strcmp(json_string_value(type), "JWT") != 0))
        return ga_fail(err, GA_E_BAD_VALUE,
                       "authorization-rules: not supported: type");
    rc = read_claims(list, "overall-claims", &rules->overall, err);
    if (rc == GA_OK)
        rc = read_claims(list, "detached-claims", &rules->detached, err);
    if (rc != GA_OK)
        return rc;
    if (json_object_size(rules->overall) == 0 &&
        json_object_size(rules->detached) == 0)
        return ga_fail(err, GA_E_MISSING,
                       "authorization-rules: no claims: everything would pass");
    version =
        json_string_value(json_object_get(rules->overall, "x-nvidia-ver"));
    if (version != NULL)
        (void)!ga_claims_version_find(version, &rules->version);
    return GA_OK;
}

enum ga_rc
ga_rules_load(struct ga_bytes text, struct ga_rules **out, struct ga_error *err)
{
    static const char *const names[] = { "version", "authorization-rules" };
    GA_AUTO(json_t) *root = NULL;
    GA_AUTO_STRUCT(ga_rules) *rules = calloc(1, sizeof(*rules));
    enum ga_rc rc;

    if (rules == NULL)
        return ga_nomem(err);
    if (text.len > GA_POLICY_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, more than %d", text.len,
                       GA_POLICY_MAX);
    rc = ga_json_parse(text, &root, err);
    if (rc != GA_OK)
        return rc;
    if (!json_is_object(root))
        return ga_fail(err, GA_E_BAD_VALUE, "JSON rules are an object");
    rc = only(root, names, sizeof(names) / sizeof(names[0]), "rules", err);
    if (rc == GA_OK)
        rc = read_version(root, rules, err);
    if (rc == GA_OK)
        rc = read_rules(root, rules, err);
    if (rc == GA_OK)
        *out = GA_TAKE(rules);
    return rc;
}

enum ga_claims_version
ga_rules_version(const struct ga_rules *rules)
{
    return rules->version;
}

/* Where a comparison stands: "GPU-0: a: b". */
struct place {
    char text[256];
};

static struct place
below(const struct place *p, const char *name)
{
    struct place out;
    char safe[128];

    ga_escape(name, strlen(name), safe, sizeof(safe));
    snprintf(out.text, sizeof(out.text), "%.120s: %.120s", p->text, safe);
    return out;
}

static void
value_text(const json_t *v, char *out, size_t cap)
{
    GA_AUTO_FREE char *text =
        json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);

    snprintf(out, cap, "%.80s", text == NULL ? "?" : text);
}

static bool
differs(const struct place *p, const json_t *want, const json_t *have,
        struct ga_policy_answer *out)
{
    char w[96], h[96];

    value_text(want, w, sizeof(w));
    if (have == NULL) {
        snprintf(out->why, sizeof(out->why), "%s is missing, not %s", p->text,
                 w);
        return false;
    }
    value_text(have, h, sizeof(h));
    snprintf(out->why, sizeof(out->why), "%s is %s, not %s", p->text, h, w);
    return false;
}

/* Objects are compared member by member: a claim may have more of them.  Types
 * count: true, "true" and 1 differ.  Recursion ends: GA_JSON_DEPTH_MAX. */
static bool
compare(const struct place *p, json_t *want, const json_t *have,
        struct ga_policy_answer *out)
{
    const char *key;
    json_t *member;

    if (!json_is_object(want) || !json_is_object(have))
        return json_equal(want, have) || differs(p, want, have, out);
    json_object_foreach(want, key, member)
    {
        struct place inner = below(p, key);

        if (!compare(&inner, member, json_object_get(have, key), out))
            return false;
    }
    return true;
}

static bool
compare_device(json_t *rules, const json_t *claims, size_t i,
               struct ga_policy_answer *out)
{
    const char *type =
        json_string_value(json_object_get(claims, "x-nvidia-device-type"));
    struct place p;

    snprintf(p.text, sizeof(p.text), "device %zu%s%.16s%s", i,
             type == NULL ? "" : " (", type == NULL ? "" : type,
             type == NULL ? "" : ")");
    return compare(&p, rules, claims, out);
}

void
ga_rules_eval(const struct ga_rules *rules, const json_t *list,
              const json_t *overall, struct ga_policy_answer *out)
{
    const struct place p = { .text = "overall claims" };

    memset(out, 0, sizeof(*out));
    /* Where there are none at all, the first one is missing. */
    for (size_t i = 0;
         rules->overall != NULL && (i == 0 || i < json_array_size(overall));
         i++)
        if (!compare(&p, rules->overall, json_array_get(overall, i), out))
            return;
    for (size_t i = 0; rules->detached != NULL && i < json_array_size(list);
         i++)
        if (!compare_device(rules->detached, json_array_get(list, i), i, out))
            return;
    out->passed = true;
}
