/* SPDX-License-Identifier: Apache-2.0 */
/* What every token must hold, overall or a device's: rules 15 to 17. */
#include <string.h>

#include "base/hex.h"
#include "token/check.h"

/* 2^53, above which JSON numbers are no longer exact everywhere.
 * Source: rfc7493 */
#define INTEGER_MAX (INT64_C(1) << 53)

/* A token whose claims cannot be read: nothing of them can be checked. */
static bool
unreadable(const struct ga_jws *jws, struct ga_check *c)
{
    if (jws->claims != NULL)
        return false;
    ga_check_unmade(c, GA_R_DEPENDS, "the claims cannot be read");
    return true;
}

/* The signature is checked with the key that the kid names whatever else is
 * wrong with either; the verdict needs all of it. */
static void
check_signature(const struct ga_jws *jws, const struct ga_jwk *key,
                const struct ga_token_rules *rules, struct ga_check *c)
{
    if (jws->flaw.state == GA_FAILED) {
        *c = jws->flaw;
        c->relaxed = false;
    }
    if (jws->kid == NULL)
        return;
    if (key == NULL) {
        ga_check_fail(c, GA_R_NO_KEY, "no such key in the JWKS: kid \"%.130s\"",
                      jws->kid);
        return;
    }
    if (key->flaw.state == GA_FAILED)
        ga_check_fail(c, key->flaw.reason, "key \"%.130s\": %s", jws->kid,
                      key->flaw.text);
    if (key->key == NULL || !jws->signature_ok)
        return; /* said above */
    if (!ga_facts_signed_once(rules->facts, key->key, jws->signed_part,
                              &jws->signature))
        ga_check_fail(c, GA_R_BAD_SIGNATURE, "not signed by the key \"%.130s\"",
                      jws->kid);
    ga_check_pass(c);
}

static void
check_chain(const struct ga_jwk *key, const struct ga_token_rules *rules,
            struct ga_check *c, const struct ga_pin **pin)
{
    const struct ga_token_chain_rules chain = {
        .pins = rules->pins,
        .facts = rules->facts,
        .issuer = rules->issuer,
        .at = rules->at,
    };

    if (key == NULL)
        ga_check_unmade(c, GA_R_DEPENDS, "no key, and so no certificates");
    else
        ga_token_chain_check(key, &chain, c, pin);
}

static void
check_issuer(const struct ga_jws *jws, const struct ga_token_rules *rules,
             struct ga_check *c)
{
    const json_t *iss = json_object_get(jws->claims, "iss");

    if (unreadable(jws, c))
        return;
    if (iss == NULL)
        ga_check_fail(c, GA_R_ABSENT, "iss is absent");
    else if (!json_is_string(iss))
        ga_check_fail(c, GA_R_MALFORMED, "iss is no string");
    else if (strcmp(json_string_value(iss), rules->issuer) != 0)
        ga_check_fail(c, GA_R_MISMATCH, "issued by \"%.150s\", not \"%.150s\"",
                      json_string_value(iss), rules->issuer);
    ga_check_pass(c);
}

/* Reads a date; false: the check says what is wrong with it. */
static bool
take_date(const struct ga_jws *jws, const char *name, ga_time *out,
          struct ga_check *c)
{
    const json_t *v = json_object_get(jws->claims, name);
    json_int_t n = json_integer_value(v);

    if (v == NULL)
        ga_check_fail(c, GA_R_ABSENT, "%s is absent", name);
    else if (!json_is_integer(v))
        ga_check_fail(c, GA_R_MALFORMED, "%s is no integer", name);
    else if (n < 0 || n > INTEGER_MAX)
        ga_check_fail(c, GA_R_MALFORMED, "%s is %lld, not 0 to %lld", name,
                      (long long)n, (long long)INTEGER_MAX);
    else {
        *out = n;
        return true;
    }
    return false;
}

/* A date as text; beyond the year 9999 as that year's end. */
static const char *
date_text(ga_time t, char out[GA_TIME_TEXT])
{
    ga_time_text(t <= GA_TIME_MAX ? t : GA_TIME_MAX, out);
    return out;
}

static void
check_time(const struct ga_jws *jws, const struct ga_token_rules *rules,
           struct ga_check *c)
{
    ga_time iat = 0, nbf = 0, exp = 0, late, early;
    char text[GA_TIME_TEXT];
    bool has_iat, has_nbf, has_exp;

    if (unreadable(jws, c))
        return;
    has_iat = take_date(jws, "iat", &iat, c);
    has_nbf = take_date(jws, "nbf", &nbf, c);
    has_exp = take_date(jws, "exp", &exp, c);
    late = ga_time_plus(rules->at, rules->leeway);
    early = ga_time_plus(rules->at, -rules->leeway);
    if (has_iat && iat > late)
        ga_check_fail(c, GA_R_FUTURE, "issued %s, which is to come",
                      date_text(iat, text));
    if (has_nbf && nbf > late)
        ga_check_fail(c, GA_R_NOT_YET_VALID, "not valid before %s",
                      date_text(nbf, text));
    if (has_exp && exp <= early)
        ga_check_fail(c, GA_R_EXPIRED, "expired %s", date_text(exp, text));
    if (has_iat && has_exp && (exp <= iat || exp - iat > GA_TOKEN_LIFETIME_MAX))
        ga_check_fail(c, GA_R_LIFETIME, "lives %lld s from iat on, not 1 to %d",
                      (long long)(exp - iat), GA_TOKEN_LIFETIME_MAX);
    ga_check_pass(c);
}

static void
check_nonce(const struct ga_jws *jws, const struct ga_token_rules *rules,
            struct ga_check *c)
{
    const json_t *v = json_object_get(jws->claims, "eat_nonce");
    uint8_t theirs[GA_NONCE_LEN];

    if (unreadable(jws, c))
        return;
    if (v == NULL)
        ga_check_fail(c, GA_R_NONCE_MISSING, "eat_nonce is absent");
    else if (!json_is_string(v) ||
             !ga_unhex(json_string_value(v), json_string_length(v), theirs,
                       sizeof(theirs)))
        ga_check_fail(c, GA_R_MALFORMED,
                      "eat_nonce is no string of 64 hex "
                      "digits");
    else if (!ga_bytes_equal(ga_bytes_of(theirs, sizeof(theirs)),
                             ga_bytes_of(rules->nonce->bytes, GA_NONCE_LEN)))
        ga_check_fail(c, GA_R_NONCE_OTHER,
                      "the token carries %.64s; pass it only if you chose it",
                      json_string_value(v));
    ga_check_pass(c);
}

void
ga_token_check(const struct ga_jws *jws, const struct ga_token_rules *rules,
               struct ga_check checks[GA_CHECK_COUNT],
               const struct ga_pin **pin)
{
    const struct ga_jwk *key =
        jws->kid != NULL ? ga_jwks_find(rules->jwks, jws->kid) : NULL;

    *pin = NULL;
    check_signature(jws, key, rules, &checks[GA_CHECK_TOKEN_SIGNATURE]);
    check_chain(key, rules, &checks[GA_CHECK_TOKEN_CHAIN], pin);
    check_issuer(jws, rules, &checks[GA_CHECK_TOKEN_ISSUER]);
    check_time(jws, rules, &checks[GA_CHECK_TOKEN_TIME]);
    check_nonce(jws, rules, &checks[GA_CHECK_TOKEN_NONCE]);
}
