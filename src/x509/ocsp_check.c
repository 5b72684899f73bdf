/* SPDX-License-Identifier: Apache-2.0 */
/* The check *.ocsp: rule 8, for each certificate of a chain. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "x509/ocsp_pick.h"

/* From here on a reason says that nobody could be asked, not that an answer was
 * bad. */
static bool
is_unmade(enum ga_reason reason)
{
    return ga_ocsp_rank(reason) >= ga_ocsp_rank(GA_R_UNREACHABLE);
}

/* What is wrong with one certificate's status: its age, its nonce, and what it
 * says. */
#define PROBLEMS_MAX 3
struct problem {
    enum ga_reason reason;
    char text[GA_CHECK_TEXT];
};

struct finding {
    const struct ga_cert *cert;
    struct ga_ocsp_pick pick;
    bool nonce_equal, accepted_hold;
    enum ga_ocsp_age age;
    size_t problems;
    struct problem problem[PROBLEMS_MAX];
};

static void problem(struct finding *f, enum ga_reason reason, const char *fmt,
                    ...) GA_PRINTF(3, 4);

static void
problem(struct finding *f, enum ga_reason reason, const char *fmt, ...)
{
    struct problem *p;
    va_list ap;

    if (f->problems == PROBLEMS_MAX)
        return;
    p = &f->problem[f->problems++];
    p->reason = reason;
    va_start(ap, fmt);
    vsnprintf(p->text, sizeof(p->text), fmt, ap);
    va_end(ap);
}

static void append(char text[GA_CHECK_TEXT], const char *fmt, ...)
    GA_PRINTF(2, 3);

static void
append(char text[GA_CHECK_TEXT], const char *fmt, ...)
{
    size_t n = strlen(text);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text + n, GA_CHECK_TEXT - n, fmt, ap);
    va_end(ap);
}

/* "65d": the largest unit that leaves nothing over. */
static void
duration_text(int64_t seconds, char out[24])
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
    size_t i = 0;

    while (seconds % units[i].seconds != 0)
        i++;
    snprintf(out, 24, "%lld%c", (long long)(seconds / units[i].seconds),
             units[i].unit);
}

/* What was tried for a certificate that nobody answered for, or NULL. */
static const char *
silence_of(const struct ga_ocsp_store *store, const struct ga_cert *cert)
{
    for (size_t i = 0; i < store->silences; i++)
        if (ga_bytes_equal(ga_view(&store->silence[i].serial), cert->serial) &&
            ga_bytes_equal(ga_view(&store->silence[i].issuer), cert->issuer))
            return store->silence[i].text;
    return NULL;
}

/* The first store of the chain that has input of the kind, or the first. */
static const struct ga_ocsp_miss *
miss_of(const struct ga_ocsp_store *store, bool malformed)
{
    const struct ga_ocsp_store *s = store;

    while (s->next != NULL &&
           (malformed ? s->malformed : s->refused).count == 0)
        s = s->next;
    return malformed ? &s->malformed : &s->refused;
}

/* No answer counts: why not. */
static void
say_none(struct finding *f, const struct ga_ocsp_asking *q,
         const struct ga_ocsp_aside *aside)
{
    const struct ga_ocsp_miss *malformed = miss_of(q->store, true);
    const struct ga_ocsp_miss *refused = miss_of(q->store, false);
    const char *silence = silence_of(q->store, f->cert);
    const char *who = f->cert->subject_text;

    if (aside->count > 0)
        problem(f, aside->why.reason, "%s: answer %.80s does not count: %s",
                who, aside->source, aside->why.text);
    else if (malformed->count > 0)
        problem(f, GA_R_MALFORMED, "%s: no answer; %.80s: %s", who,
                malformed->source, malformed->error.text);
    else if (refused->count > 0)
        problem(f, GA_R_UNREACHABLE, "%s: no answer; %.80s: %s", who,
                refused->source, refused->error.text);
    else if (silence != NULL)
        problem(f, GA_R_UNREACHABLE, "%s: %s", who, silence);
    else
        problem(f, GA_R_ABSENT, "%s: no answer", who);
}

static void
reason_text(const struct ga_single *s, char out[48])
{
    const char *text = ga_revocation_reason_text(s->reason);

    if (text != NULL)
        snprintf(out, 48, "%s", text);
    else if (s->reason >= 0)
        snprintf(out, 48, "reason %d", s->reason);
    else
        snprintf(out, 48, "no reason given");
}

static void
judge_status(struct finding *f, const struct ga_ocsp_rules *rules)
{
    const struct ga_single *s = f->pick.single;
    const char *who = f->cert->subject_text;
    const char *source = f->pick.entry->source;
    char since[GA_TIME_TEXT], reason[48];

    if (s->status == GA_CERT_GOOD)
        return;
    if (s->status != GA_CERT_REVOKED) {
        problem(f, GA_R_UNKNOWN, "%s: unknown to the responder (%.80s)", who,
                source);
        return;
    }
    ga_time_text(s->revoked_at, since);
    reason_text(s, reason);
    if (!ga_single_is_hold(s))
        problem(f, GA_R_REVOKED, "%s: revoked at %s, %s (%.80s)", who, since,
                reason, source);
    else if (!rules->allow_hold)
        problem(f, GA_R_HOLD, "%s: on hold since %s (%.80s)", who, since,
                source);
    else
        f->accepted_hold = true;
}

static void
judge_age(struct finding *f, const struct ga_ocsp_rules *rules)
{
    const struct ga_single *s = f->pick.single;
    const struct ga_cert *responder = f->pick.responder;
    ga_time end = ga_ocsp_end(&f->pick, rules);
    const char *who = f->cert->subject_text;
    const char *source = f->pick.entry->source;
    char from[GA_TIME_TEXT], until[GA_TIME_TEXT], most[24];

    if (f->age != GA_OCSP_OLD)
        return;
    ga_time_text(s->this_update, from);
    ga_time_text(end, until);
    duration_text(rules->max_age, most);
    if (s->next_update != GA_TIME_NONE && s->next_update < s->this_update)
        problem(f, GA_R_STALE, "%s: answer of %s ends before it begins (%.80s)",
                who, from, source);
    else if (responder != NULL &&
             (responder->not_before > rules->at || end == responder->not_after))
        problem(f, GA_R_RESPONDER,
                "%s: the responder's certificate is not valid at the "
                "verification time (%.80s)",
                who, source);
    else if (end == ga_time_plus(s->this_update, rules->max_age))
        problem(f, GA_R_STALE, "%s: answer of %s is older than %s (%.80s)", who,
                from, most, source);
    else
        problem(f, GA_R_STALE, "%s: answer of %s ended at %s (%.80s)", who,
                from, until, source);
}

static void
judge_nonce(struct finding *f, const struct ga_ocsp_rules *rules)
{
    const struct ga_ocsp_answer *a = f->pick.entry->answer;
    const char *who = f->cert->subject_text;
    const char *source = f->pick.entry->source;

    if (f->nonce_equal || rules->nonce == GA_OCSP_NONCE_IGNORE)
        return;
    if (a->nonce.len > 0)
        problem(f, GA_R_NONCE_OTHER,
                "%s: answer has another nonce than ours (%.80s); "
                "--ocsp-nonce ignore accepts it",
                who, source);
    else if (rules->nonce != GA_OCSP_NONCE_ACCEPT_MISSING)
        problem(f, GA_R_NONCE_MISSING,
                "%s: answer has no nonce (%.80s); "
                "--ocsp-nonce accept-missing accepts it",
                who, source);
}

static void
ask(struct finding *f, const struct ga_ocsp_asking *q)
{
    struct ga_ocsp_aside aside = { 0 };

    f->cert = q->asked.cert;
    if (q->asked.issuer.key == NULL) {
        problem(f, GA_R_DEPENDS, "%s: its issuer did not verify",
                f->cert->subject_text);
        return;
    }
    ga_ocsp_search(q, &f->pick, &aside);
    if (f->pick.entry == NULL) {
        say_none(f, q, &aside);
        return;
    }
    f->age = ga_ocsp_age(&f->pick, q->rules);
    f->nonce_equal = ga_ocsp_nonce_equal(f->pick.entry, q->rules);
    judge_status(f, q->rules);
    /* Nothing makes a revocation better or worse. */
    if (ga_single_is_final(f->pick.single, q->rules->at))
        return;
    judge_age(f, q->rules);
    judge_nonce(f, q->rules);
    if (f->problems > 0 && aside.count > 0)
        append(f->problem[0].text, "; answer %.80s does not count: %s",
               aside.source, aside.why.text);
}

/* The first problem of the reason, or NULL. */
static const struct problem *
find_problem(const struct finding *f, enum ga_reason reason)
{
    for (size_t i = 0; i < f->problems; i++)
        if (f->problem[i].reason == reason)
            return &f->problem[i];
    return NULL;
}

/* All that is wrong for one reason: the first certificate's text in full, the
 * names of the others.  False where nothing is. */
static bool
reason_report(const struct finding *all, size_t n, enum ga_reason reason,
              char text[GA_CHECK_TEXT])
{
    size_t found = 0;

    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct problem *p = find_problem(&all[i], reason);

        if (p == NULL)
            continue;
        if (found++ == 0)
            append(text, "%s", p->text);
        else
            append(text, "%s%s", found == 2 ? "; the same for " : ", ",
                   all[i].cert->common_name);
    }
    return found > 0;
}

static void
report_problems(const struct finding *all, size_t n, struct ga_check *check)
{
    char text[GA_CHECK_TEXT];
    bool unmade = false;

    for (size_t i = 0; i < GA_OCSP_ORDERED; i++) {
        if (!reason_report(all, n, ga_ocsp_order[i], text))
            continue;
        if (!is_unmade(ga_ocsp_order[i]))
            ga_check_fail(check, ga_ocsp_order[i], "%s", text);
        else if (!unmade)
            ga_check_unmade(check, ga_ocsp_order[i], "%s", text);
        unmade = unmade || is_unmade(ga_ocsp_order[i]);
    }
}

static void
report_good(const struct finding *all, size_t n,
            const struct ga_ocsp_rules *rules, struct ga_check *check)
{
    char text[GA_CHECK_TEXT] = "", from[GA_TIME_TEXT], grace[24];
    ga_time oldest = GA_TIME_MAX;
    enum ga_reason reason = GA_R_NONE;
    size_t held = 0;

    for (size_t i = 0; i < n; i++) {
        ga_time this_update = all[i].pick.single->this_update;

        oldest = this_update < oldest ? this_update : oldest;
        held += all[i].accepted_hold;
        if (all[i].age == GA_OCSP_GRACE)
            reason = GA_R_GRACE;
    }
    ga_time_text(oldest, from);
    duration_text(rules->grace, grace);
    append(text, "%zu certificate%s good; oldest answer from %s", n - held,
           n - held == 1 ? "" : "s", from);
    if (reason == GA_R_GRACE)
        append(text, ", past its end but within the grace of %s", grace);
    for (size_t i = 0; i < n; i++)
        if (all[i].accepted_hold)
            append(text, "; %s is on hold, which is allowed",
                   all[i].cert->subject_text);
    if (held > 0)
        reason = GA_R_HOLD;
    ga_check_pass(check);
    ga_check_note(check, reason, "%s", text);
}

static enum ga_cert_status
status_of(const struct finding *f)
{
    return f->pick.entry != NULL ? f->pick.single->status : GA_CERT_STATUS_NONE;
}

/* How bad a status is for a chain: silence is worse than good. */
static int
weight(const struct finding *f)
{
    static const int weights[] = { [GA_CERT_GOOD] = 0,
                                   [GA_CERT_STATUS_NONE] = 1,
                                   [GA_CERT_UNKNOWN] = 2,
                                   [GA_CERT_REVOKED] = 3 };

    /* Of two revocations the one that is no hold says more. */
    return weights[status_of(f)] + (f->pick.entry != NULL &&
                                    f->pick.single->status == GA_CERT_REVOKED &&
                                    !ga_single_is_hold(f->pick.single));
}

static void
fill_facts(const struct finding *all, size_t n, struct ga_ocsp_facts *facts)
{
    const struct finding *worst = &all[0];
    struct ga_ocsp_facts out = { .nonce_matches = true,
                                 .response_valid = true };

    for (size_t i = 0; i < n; i++) {
        const struct finding *f = &all[i];
        bool found = f->pick.entry != NULL;

        if (weight(f) > weight(worst))
            worst = f;
        out.asked = out.asked || found;
        out.nonce_matches = out.nonce_matches && found && f->nonce_equal;
        out.response_valid =
            out.response_valid && found && f->age == GA_OCSP_FRESH;
        out.good += status_of(f) == GA_CERT_GOOD;
    }
    out.status = status_of(worst);
    out.revocation_reason =
        out.status == GA_CERT_REVOKED ? worst->pick.single->reason : -1;
    *facts = out;
}

static struct ga_ocsp_asking
asking(const struct ga_ocsp_store *store, const struct ga_certs *certs,
       const struct ga_chain_facts *chain, size_t i,
       const struct ga_ocsp_rules *rules)
{
    return (struct ga_ocsp_asking){ .store = store,
                                    .rules = rules,
                                    .asked = { .cert = certs->cert[i],
                                               .issuer = chain->issuer[i],
                                               .simulator =
                                                   chain->anchor != NULL &&
                                                   chain->anchor->simulator } };
}

static void
ask_all(const struct ga_ocsp_store *store, const struct ga_certs *certs,
        const struct ga_chain_facts *chain, const struct ga_ocsp_rules *rules,
        struct finding *all)
{
    for (size_t n = 0; n < chain->to_ask; n++) {
        struct ga_ocsp_asking q =
            asking(store, certs, chain, chain->first + n, rules);

        ask(&all[n], &q);
    }
}

struct ga_bytes
ga_ocsp_counted(const struct ga_ocsp_store *store, const struct ga_certs *certs,
                const struct ga_chain_facts *chain, size_t i,
                const struct ga_ocsp_rules *rules)
{
    struct ga_ocsp_asking q = asking(store, certs, chain, i, rules);
    struct ga_ocsp_pick pick = { 0 };
    struct ga_ocsp_aside aside = { 0 };

    if (q.asked.issuer.key != NULL)
        ga_ocsp_search(&q, &pick, &aside);
    return pick.entry != NULL ? ga_view(&pick.entry->answer->der)
                              : ga_bytes_of(NULL, 0);
}

void
ga_ocsp_check(const struct ga_ocsp_store *store, const struct ga_certs *certs,
              const struct ga_chain_facts *chain,
              const struct ga_ocsp_rules *rules, struct ga_check *check,
              struct ga_ocsp_facts *facts)
{
    struct finding all[GA_CERTS_MAX] = { 0 };
    size_t n = chain->to_ask, problems = 0;

    *facts = (struct ga_ocsp_facts){ .revocation_reason = -1 };
    if (n == 0 || chain->first > certs->count ||
        n > certs->count - chain->first) {
        ga_check_unmade(check, GA_R_DEPENDS,
                        "the chain names no certificate to ask for");
        return;
    }
    ask_all(store, certs, chain, rules, all);
    fill_facts(all, n, facts);
    for (size_t i = 0; i < n; i++)
        problems += all[i].problems;
    if (problems > 0)
        report_problems(all, n, check);
    else
        report_good(all, n, rules, check);
}
