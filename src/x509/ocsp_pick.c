/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the answers at hand counts for a certificate, and how old it is. */
#include "x509/ocsp_pick.h"

/* Source: rfc5280 5.3.1. */
enum { SUPERSEDED = 4, CESSATION_OF_OPERATION = 5, CERTIFICATE_HOLD = 6 };

const enum ga_reason ga_ocsp_order[GA_OCSP_ORDERED] = {
    GA_R_REVOKED,       GA_R_HOLD,      GA_R_UNKNOWN,     GA_R_BAD_SIGNATURE,
    GA_R_RESPONDER,     GA_R_SIMULATOR, GA_R_ALGORITHM,   GA_R_EXTENSION,
    GA_R_CONFLICT,      GA_R_FUTURE,    GA_R_STALE,       GA_R_NONCE_OTHER,
    GA_R_NONCE_MISSING, GA_R_MALFORMED, GA_R_UNREACHABLE, GA_R_ABSENT,
    GA_R_DEPENDS,
};

size_t
ga_ocsp_rank(enum ga_reason reason)
{
    size_t i = 0;

    while (i < GA_OCSP_ORDERED && ga_ocsp_order[i] != reason)
        i++;
    return i;
}

static bool
valid_at(const struct ga_cert *responder, ga_time t)
{
    return responder == NULL ||
           (responder->not_before <= t && t <= responder->not_after);
}

static ga_time
least(ga_time a, ga_time b)
{
    return a < b ? a : b;
}

/* The last second at which an answer counts as it is: its own end, the rules'
 * maximum age, or its responder's end. */
ga_time
ga_ocsp_end(const struct ga_ocsp_pick *p, const struct ga_ocsp_rules *rules)
{
    const struct ga_single *s = p->single;
    ga_time end = s->next_update != GA_TIME_NONE
                      ? s->next_update
                      : ga_time_plus(s->this_update, GA_OCSP_LIFE);

    end = least(end, ga_time_plus(s->this_update, rules->max_age));
    return p->responder != NULL ? least(end, p->responder->not_after) : end;
}

enum ga_ocsp_age
ga_ocsp_age(const struct ga_ocsp_pick *p, const struct ga_ocsp_rules *rules)
{
    const struct ga_single *s = p->single;
    ga_time end = ga_ocsp_end(p, rules);

    if (s->next_update != GA_TIME_NONE && s->next_update < s->this_update)
        return GA_OCSP_OLD;
    if (rules->at <= end && valid_at(p->responder, rules->at))
        return GA_OCSP_FRESH;
    if (rules->grace > 0 && rules->at <= ga_time_plus(end, rules->grace) &&
        valid_at(p->responder, p->entry->answer->produced_at))
        return GA_OCSP_GRACE;
    return GA_OCSP_OLD;
}

static bool
is_revoked(const struct ga_single *s)
{
    return s->status == GA_CERT_REVOKED;
}

bool
ga_single_is_hold(const struct ga_single *s)
{
    return is_revoked(s) && s->reason == CERTIFICATE_HOLD;
}

/* Reasons that say nothing against what the key did before. */
static bool
is_retired(const struct ga_single *s)
{
    return is_revoked(s) &&
           (s->reason == SUPERSEDED || s->reason == CESSATION_OF_OPERATION);
}

/* A revocation that counts whatever its age. */
bool
ga_single_is_final(const struct ga_single *s, ga_time at)
{
    if (is_retired(s))
        return s->revoked_at <= at;
    return is_revoked(s) && !ga_single_is_hold(s);
}

/* Whether the answer is what it says it is, whatever the time. */
static bool
verify(const struct ga_ocsp_answer *a, const struct ga_ocsp_asking *q,
       struct ga_ocsp_pick *p, struct ga_refusal *why)
{
    if (a->flaw.state != GA_PASSED)
        return ga_ocsp_refuse(why, a->flaw.reason, "%s", a->flaw.text);
    if (!ga_ocsp_signer(a, &q->asked, q->rules->facts, &p->responder, why))
        return false;
    if (!valid_at(p->responder, a->produced_at) &&
        !valid_at(p->responder, q->rules->at))
        return ga_ocsp_refuse(
            why, GA_R_RESPONDER,
            "its responder's certificate was not valid when it "
            "was made");
    return true;
}

/* Whether a verified answer speaks of the verification time at all. */
static bool
is_present(const struct ga_ocsp_answer *a, const struct ga_single *s,
           const struct ga_ocsp_rules *rules, struct ga_refusal *why)
{
    char text[GA_TIME_TEXT];

    ga_time_text(is_retired(s) ? s->revoked_at : a->produced_at, text);
    if (is_retired(s))
        return ga_ocsp_refuse(why, GA_R_FUTURE,
                              "it revokes at %s, after the verification time",
                              text);
    if (s->this_update > a->produced_at)
        return ga_ocsp_refuse(why, GA_R_FUTURE,
                              "its thisUpdate is after producedAt");
    if (a->produced_at > ga_time_plus(rules->at, rules->skew))
        return ga_ocsp_refuse(why, GA_R_FUTURE,
                              "it is of %s, after the verification time", text);
    return true;
}

/* How bad a status is, for answers of one second. */
static int
severity(const struct ga_single *s)
{
    return is_revoked(s) ? 2 : s->status == GA_CERT_UNKNOWN ? 1 : 0;
}

bool
ga_ocsp_nonce_equal(const struct ga_ocsp_entry *entry,
                    const struct ga_ocsp_rules *rules)
{
    struct ga_bytes ours =
        entry->asked.len > 0 ? ga_view(&entry->asked) : rules->our_nonce;

    return ours.len > 0 && ga_bytes_equal(entry->answer->nonce, ours);
}

/* Of two verified answers the newer one counts; of the same second the worse
 * one, then the one with our nonce, then one without any, then the one that
 * lasts longer. */
static bool
is_newer(const struct ga_ocsp_pick *a, const struct ga_ocsp_pick *b,
         const struct ga_ocsp_rules *rules)
{
    const struct ga_ocsp_answer *x = a->entry->answer;
    const struct ga_ocsp_answer *y;

    if (b->entry == NULL)
        return true;
    y = b->entry->answer;
    if (a->single->this_update != b->single->this_update)
        return a->single->this_update > b->single->this_update;
    if (severity(a->single) != severity(b->single))
        return severity(a->single) > severity(b->single);
    if (ga_ocsp_nonce_equal(a->entry, rules) !=
        ga_ocsp_nonce_equal(b->entry, rules))
        return ga_ocsp_nonce_equal(a->entry, rules);
    if ((x->nonce.len == 0) != (y->nonce.len == 0))
        return x->nonce.len == 0;
    return ga_ocsp_end(a, rules) > ga_ocsp_end(b, rules);
}

static void
set_aside(struct ga_ocsp_aside *aside, const struct ga_ocsp_entry *entry,
          const struct ga_refusal *why)
{
    if (aside->count == 0 ||
        ga_ocsp_rank(why->reason) < ga_ocsp_rank(aside->why.reason)) {
        aside->source = entry->source;
        aside->why = *why;
    }
    aside->count++;
}

/* The single response about the certificate; `*count` says how many there
 * are. */
static const struct ga_single *
find_single(const struct ga_ocsp_answer *a, const struct ga_asked *asked,
            size_t *count)
{
    const struct ga_single *found = NULL;

    *count = 0;
    for (size_t i = 0; i < a->singles; i++) {
        if (!ga_single_is(&a->single[i], asked->cert->serial,
                          asked->issuer.name, asked->issuer.key))
            continue;
        found = &a->single[i];
        (*count)++;
    }
    return found;
}

/* Looks at one answer; true where it ends the search. */
static bool
consider(const struct ga_ocsp_entry *entry, const struct ga_ocsp_asking *q,
         struct ga_ocsp_pick *best, struct ga_ocsp_aside *aside)
{
    const struct ga_ocsp_answer *a = entry->answer;
    struct ga_ocsp_pick p = { .entry = entry };
    struct ga_refusal why;
    size_t count;

    p.single = find_single(a, &q->asked, &count);
    if (count == 0)
        return false;
    if (count > 1) {
        /* The same certificate by two hashes. */
        ga_ocsp_refuse(&why, GA_R_CONFLICT,
                       "two single responses for one certificate");
        set_aside(aside, entry, &why);
        return false;
    }
    if (!verify(a, q, &p, &why)) {
        set_aside(aside, entry, &why);
        return false;
    }
    if (ga_single_is_final(p.single, q->rules->at)) {
        *best = p;
        return true;
    }
    if (!is_present(a, p.single, q->rules, &why))
        set_aside(aside, entry, &why);
    else if (is_newer(&p, best, q->rules))
        *best = p;
    return false;
}

void
ga_ocsp_search(const struct ga_ocsp_asking *q, struct ga_ocsp_pick *best,
               struct ga_ocsp_aside *aside)
{
    for (const struct ga_ocsp_store *s = q->store; s != NULL; s = s->next)
        for (size_t i = 0; i < s->count; i++)
            if (consider(&s->entry[i], q, best, aside))
                return;
}
