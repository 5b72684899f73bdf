/* SPDX-License-Identifier: Apache-2.0 */
/* Who may sign an OCSP answer.  Source: rfc6960 4.2.2.2. */
#include <stdarg.h>
#include <stdio.h>

#include "x509/ocsp_signer.h"

static bool
is_issued(const struct ga_cert *c, const struct ga_asked *asked)
{
    return ga_bytes_equal(c->issuer, asked->issuer.name);
}

static bool
is_sound(const struct ga_cert *c, const struct ga_asked *asked)
{
    (void)asked;
    return c->flaw.state == GA_PASSED && c->key != NULL && c->signature_ok;
}

static bool
is_no_ca(const struct ga_cert *c, const struct ga_asked *asked)
{
    (void)asked;
    return !c->ca;
}

static bool
has_purpose(const struct ga_cert *c, const struct ga_asked *asked)
{
    (void)asked;
    return c->has_eku && c->eku_ocsp_signing;
}

/* RFC 5280 4.2.1.12: the key usage, where there is one, has to fit as well. */
static bool
has_usage(const struct ga_cert *c, const struct ga_asked *asked)
{
    (void)asked;
    return !c->has_key_usage || (c->key_usage & GA_KU_DIGITAL_SIGNATURE) != 0;
}

static bool
is_of_this_world(const struct ga_cert *c, const struct ga_asked *asked)
{
    return !c->simulator || asked->simulator;
}

static bool
has_own_key(const struct ga_cert *c, const struct ga_asked *asked)
{
    return !ga_bytes_equal(c->spki, asked->cert->spki);
}

/* What a responder's certificate must be, cheapest first. */
/* clang-format off */
static const struct demand {
    bool (*met)(const struct ga_cert *c, const struct ga_asked *asked);
    enum ga_reason reason;
    const char *text;
} demands[] = {
    { is_issued,        GA_R_RESPONDER, "is from another issuer" },
    { is_sound,         GA_R_RESPONDER, "breaks the rules for certificates" },
    { is_no_ca,         GA_R_RESPONDER, "is a CA" },
    { has_purpose,      GA_R_RESPONDER, "lacks the purpose id-kp-OCSPSigning" },
    { has_usage,        GA_R_RESPONDER, "lacks the key usage digitalSignature" },
    { is_of_this_world, GA_R_SIMULATOR, "was made by the simulator" },
    { has_own_key,      GA_R_RESPONDER, "has the key that is asked about" },
};
/* clang-format on */

bool
ga_ocsp_refuse(struct ga_refusal *why, enum ga_reason reason, const char *fmt,
               ...)
{
    va_list ap;

    why->reason = reason;
    va_start(ap, fmt);
    vsnprintf(why->text, sizeof(why->text), fmt, ap);
    va_end(ap);
    return false;
}

static bool
not_ours(struct ga_refusal *why, enum ga_reason reason, const char *text)
{
    return ga_ocsp_refuse(why, reason, "its responder's certificate %s", text);
}

static bool
bad_signature(struct ga_refusal *why)
{
    return ga_ocsp_refuse(why, GA_R_BAD_SIGNATURE,
                          "its signature does not verify");
}

static bool
may_respond(const struct ga_cert *c, const struct ga_asked *asked,
            struct ga_facts *facts, struct ga_refusal *why)
{
    for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++)
        if (!demands[i].met(c, asked))
            return not_ours(why, demands[i].reason, demands[i].text);
    if (!ga_facts_signed_digest(facts, asked->issuer.key, c->tbs_digest,
                                &c->signature))
        return not_ours(why, GA_R_RESPONDER, "is not signed by the issuer");
    return true;
}

/* By the hash of the key, or by the name, whichever the answer gives. */
static bool
is_named(const struct ga_ocsp_answer *answer, struct ga_bytes name,
         const struct ga_key *key)
{
    if (answer->responder_key.len > 0)
        return key != NULL && ga_responder_key_is(answer, key);
    return ga_bytes_equal(answer->responder_name, name);
}

static bool
signed_by_issuer(const struct ga_ocsp_answer *answer,
                 const struct ga_asked *asked, struct ga_facts *facts,
                 struct ga_refusal *why)
{
    if (ga_bytes_equal(ga_key_spki(asked->issuer.key), asked->cert->spki))
        return not_ours(why, GA_R_RESPONDER, "has the key that is asked about");
    if (!ga_facts_signed_digest(facts, asked->issuer.key, answer->tbs_digest,
                                &answer->signature))
        return bad_signature(why);
    return true;
}

static bool
signed_by(const struct ga_ocsp_answer *answer, const struct ga_cert *c,
          const struct ga_asked *asked, struct ga_facts *facts,
          struct ga_refusal *why)
{
    if (!may_respond(c, asked, facts, why))
        return false;
    if (!ga_facts_signed_digest(facts, c->key, answer->tbs_digest,
                                &answer->signature))
        return bad_signature(why);
    return true;
}

bool
ga_ocsp_signer(const struct ga_ocsp_answer *answer,
               const struct ga_asked *asked, struct ga_facts *facts,
               const struct ga_cert **responder, struct ga_refusal *why)
{
    struct ga_refusal first = { 0 }, next;

    if (is_named(answer, asked->issuer.name, asked->issuer.key)) {
        if (signed_by_issuer(answer, asked, facts, &first)) {
            *responder = NULL;
            return true;
        }
    }
    for (size_t i = 0; i < answer->certs.count; i++) {
        const struct ga_cert *c = answer->certs.cert[i];

        if (!is_named(answer, c->subject, c->key))
            continue;
        if (signed_by(answer, c, asked, facts, &next)) {
            *responder = c;
            return true;
        }
        if (first.reason == GA_R_NONE)
            first = next;
    }
    *why = first;
    if (first.reason == GA_R_NONE)
        return not_ours(why, GA_R_RESPONDER, "is not among its certificates");
    return false;
}
