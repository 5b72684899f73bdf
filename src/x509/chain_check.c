/* SPDX-License-Identifier: Apache-2.0 */
/* Rules 7 and 11: what must hold of a chain. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "x509/chain.h"
#include "x509/places.h"

/* One check on its way. */
struct walk {
    const struct ga_certs *certs;
    const struct ga_places *places;
    const struct ga_chain_rules *rules;
    enum ga_anchor_use use;
    const struct ga_chip *chip; /* that the names are compared with, or NULL */
    bool root;                  /* the last certificate is self-issued */
    size_t below;               /* certificates without the root */
    bool complete;              /* as many as there are places */
    bool simulator;             /* names are those of the simulator */
    struct ga_check *check;
    struct ga_chain_facts *facts;
};

static void fault(struct walk *w, size_t i, enum ga_reason r, const char *fmt,
                  ...) GA_PRINTF(4, 5);

/* Fails the check for certificate `i`. */
static void
fault(struct walk *w, size_t i, enum ga_reason r, const char *fmt, ...)
{
    const struct ga_cert *c = w->certs->cert[i];
    char text[GA_CHECK_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    ga_check_fail(w->check, r, "certificate %zu (%s): %s", i,
                  c->common_name[0] != '\0' ? c->common_name : c->subject_text,
                  text);
}

static bool
names_match(const struct ga_anchor *a, struct ga_bytes name)
{
    return a->name.len == 0 || ga_bytes_equal(ga_view(&a->name), name);
}

/* A presented root is an anchor when it has its name and its whole SPKI. */
static bool
is_anchor(const struct ga_anchor *a, const struct ga_cert *root)
{
    return names_match(a, root->subject) &&
           ga_bytes_equal(ga_key_spki(a->key), root->spki);
}

/* An absent root is the anchor of the issuer's name whose key, which is ours,
 * verifies the last certificate. */
static bool
issued_by(const struct walk *w, const struct ga_anchor *a,
          const struct ga_cert *last)
{
    return names_match(a, last->issuer) && last->signature_ok &&
           ga_facts_signed_digest(w->rules->facts, a->key, last->tbs_digest,
                                  &last->signature);
}

/* The first one that fits and is valid, or the first one that fits: a root can
 * have been issued again. */
static const struct ga_anchor *
find_anchor(const struct walk *w)
{
    const struct ga_anchors *all = w->rules->anchors;
    const struct ga_cert *last = w->certs->cert[w->certs->count - 1];
    const struct ga_anchor *first = NULL;

    for (size_t i = 0; i < all->count[w->use]; i++) {
        const struct ga_anchor *a = &all->anchor[w->use][i];

        if (!(w->root ? is_anchor(a, last) : issued_by(w, a, last)))
            continue;
        if (a->not_before <= w->rules->at && w->rules->at <= a->not_after)
            return a;
        first = first != NULL ? first : a;
    }
    return first;
}

static void
start(struct walk *w)
{
    const struct ga_cert *last = w->certs->cert[w->certs->count - 1];

    w->root = ga_bytes_equal(last->subject, last->issuer);
    w->below = w->certs->count - (w->root ? 1 : 0);
    w->complete = w->below == w->places->count - 1;
    w->facts->anchor = find_anchor(w);
    w->simulator = w->facts->anchor != NULL ? w->facts->anchor->simulator
                                            : w->certs->cert[0]->simulator;
    w->facts->first = w->places->first;
    w->facts->to_ask =
        w->below > w->places->first ? w->below - w->places->first : 0;
    w->facts->not_after = GA_TIME_MAX;
    for (size_t i = 0; i < w->certs->count; i++)
        if (w->certs->cert[i]->not_after < w->facts->not_after)
            w->facts->not_after = w->certs->cert[i]->not_after;
    if (!w->root && w->facts->anchor != NULL &&
        w->facts->anchor->not_after < w->facts->not_after)
        w->facts->not_after = w->facts->anchor->not_after;
}

static void
check_count(struct walk *w)
{
    if (!w->complete)
        ga_check_fail(w->check, GA_R_SHAPE,
                      "%zu certificates below the root, not %zu", w->below,
                      w->places->count - 1);
}

/* What was found wrong with a certificate when it was parsed. */
static void
check_flaws(struct walk *w)
{
    for (size_t i = 0; i < w->certs->count; i++) {
        const struct ga_check *flaw = &w->certs->cert[i]->flaw;

        if (flaw->state == GA_PASSED)
            continue;
        fault(w, i, flaw->reason, "%s", flaw->text);
        w->check->all |= flaw->all;
    }
}

static void
check_usage(struct walk *w, size_t i, const struct ga_place *p)
{
    const struct ga_cert *c = w->certs->cert[i];

    if (c->ca != p->ca)
        fault(w, i, GA_R_SHAPE, "is %s CA", c->ca ? "a" : "no");
    if (!c->has_key_usage || (c->key_usage & p->usage_must) != p->usage_must ||
        (c->key_usage & ~p->usage_may) != 0)
        fault(w, i, GA_R_SHAPE, "keyUsage is not that of the %s", p->role);
    /* RFC 5280 4.2.1.12: it would limit the key to purposes of others. */
    if (c->has_eku)
        fault(w, i, GA_R_SHAPE, "has an extendedKeyUsage");
}

static void
check_name(struct walk *w, size_t i, const struct ga_place *p)
{
    const struct ga_cert *c = w->certs->cert[i];

    if (!ga_place_named(p, c, w->chip)) {
        bool speaks =
            strchr(p->name, '%') != NULL && w->use == GA_ANCHOR_DEVICE;

        fault(w, i, GA_R_SHAPE, "not named as the %s%s%s", p->role,
              speaks ? " of " : "",
              !speaks           ? ""
              : w->chip != NULL ? w->chip->name
                                : "a known chip");
    }
    if (!ga_place_organized(p, c, w->simulator))
        fault(w, i, GA_R_SHAPE, "organisation is \"%s\"", c->organization);
}

static void
check_places(struct walk *w)
{
    for (size_t i = 0; w->complete && i < w->certs->count; i++) {
        check_name(w, i, &w->places->place[i]);
        check_usage(w, i, &w->places->place[i]);
    }
}

static void
check_path_lengths(struct walk *w)
{
    for (size_t i = 1; i < w->certs->count; i++) {
        const struct ga_cert *c = w->certs->cert[i];

        if (c->path_len >= 0 && (size_t)c->path_len < i - 1)
            fault(w, i, GA_R_SHAPE, "path length %d, with %zu CAs below",
                  c->path_len, i - 1);
    }
}

/* The key that stands for certificate `i` as an issuer: that of an anchor is
 * ours, and a root that is no anchor has none. */
static const struct ga_key *
key_of(const struct walk *w, size_t i)
{
    if (i < w->below)
        return w->certs->cert[i]->key;
    return w->facts->anchor != NULL ? w->facts->anchor->key : NULL;
}

/* Whether certificate `i` was issued by the next one. */
static void
check_link(struct walk *w, size_t i)
{
    const struct ga_cert *c = w->certs->cert[i], *up = w->certs->cert[i + 1];
    const struct ga_key *key = key_of(w, i + 1);
    const char *name =
        up->common_name[0] != '\0' ? up->common_name : up->subject_text;

    w->facts->issuer[i].name = c->issuer;
    if (!ga_bytes_equal(c->issuer, up->subject)) {
        fault(w, i, GA_R_BROKEN, "not issued by certificate %zu (%s)", i + 1,
              name);
        return;
    }
    if (key == NULL || !c->signature_ok)
        return; /* said where the key or the signature is looked at */
    if (!ga_facts_signed_digest(w->rules->facts, key, c->tbs_digest,
                                &c->signature)) {
        fault(w, i, GA_R_BAD_SIGNATURE, "not signed by certificate %zu (%s)",
              i + 1, name);
        return;
    }
    w->facts->issuer[i].key = key;
}

static void
check_links(struct walk *w)
{
    for (size_t i = 0; i + 1 < w->certs->count; i++)
        check_link(w, i);
}

/* Whether the root's certificate is the very one that the anchor is known
 * from; its signature was verified when the fact was written down. */
static bool
is_known_root(const struct ga_anchor *a, const struct ga_cert *root)
{
    struct ga_bytes known = ga_bytes_of(a->cert_sha256, sizeof(a->cert_sha256));

    return !ga_bytes_zero(known) &&
           ga_bytes_equal(known,
                          ga_bytes_of(root->sha256, sizeof(root->sha256)));
}

static bool
has_anchor_named(const struct walk *w, struct ga_bytes name)
{
    const struct ga_anchors *all = w->rules->anchors;

    for (size_t i = 0; i < all->count[w->use]; i++)
        if (names_match(&all->anchor[w->use][i], name))
            return true;
    return false;
}

static void
check_anchor(struct walk *w)
{
    const struct ga_anchor *a = w->facts->anchor;
    size_t i = w->certs->count - 1;
    const struct ga_cert *last = w->certs->cert[i];

    if (a == NULL) {
        bool named = has_anchor_named(w, last->issuer);

        if (w->root)
            fault(w, i, GA_R_UNTRUSTED, "%s",
                  named ? "has the name of a trust anchor, but another key"
                        : "is no trust anchor");
        else
            fault(w, i, GA_R_UNTRUSTED, "%s",
                  named ? "not signed by the trust anchor that it names"
                        : "issued by no trust anchor");
        return;
    }
    if (!w->root) {
        w->facts->issuer[i] =
            (struct ga_issuer){ .name = last->issuer, .key = a->key };
        return;
    }
    if (is_known_root(a, last) || !last->signature_ok)
        return;
    if (!ga_facts_signed_digest(w->rules->facts, a->key, last->tbs_digest,
                                &last->signature))
        fault(w, i, GA_R_BAD_SIGNATURE, "not signed by itself");
}

static bool
has_simulator_anchor(const struct walk *w)
{
    const struct ga_anchors *all = w->rules->anchors;

    for (size_t i = 0; i < all->count[w->use]; i++)
        if (all->anchor[w->use][i].simulator)
            return true;
    return false;
}

/* The simulator's extension: in every certificate below an anchor that has it,
 * in none elsewhere.  Where no anchor was found, check_anchor() has said so,
 * and a simulator's anchor is not what is missing if there is one. */
static void
check_simulator(struct walk *w)
{
    const struct ga_anchor *a = w->facts->anchor;
    bool allowed = a != NULL ? a->simulator : has_simulator_anchor(w);

    for (size_t i = 0; i < w->certs->count; i++) {
        bool made = w->certs->cert[i]->simulator;

        if (made && !allowed) {
            fault(w, i, GA_R_SIMULATOR,
                  "made by the simulator, whose anchor is not trusted here");
            return;
        }
        if (!made && a != NULL && a->simulator)
            fault(w, i, GA_R_SIMULATOR,
                  "has no simulator extension, which its anchor has");
    }
}

static void
check_time(struct walk *w, bool *late)
{
    char text[GA_TIME_TEXT];

    for (size_t i = 0; i < w->certs->count; i++) {
        const struct ga_cert *c = w->certs->cert[i];

        if (w->rules->at < c->not_before) {
            ga_time_text(c->not_before, text);
            fault(w, i, GA_R_NOT_YET_VALID, "not valid before %s", text);
        }
        if (w->rules->at <= c->not_after)
            continue;
        ga_time_text(c->not_after, text);
        if (w->rules->at > ga_time_plus(c->not_after, w->rules->grace))
            fault(w, i, GA_R_EXPIRED, "expired %s", text);
        else
            *late = true;
    }
}

/* A root that is absent is as valid as the anchor that stands for it. */
static void
check_anchor_time(struct walk *w, bool *late)
{
    const struct ga_anchor *a = w->facts->anchor;
    size_t i = w->certs->count - 1;
    char text[GA_TIME_TEXT];

    if (w->root || a == NULL)
        return;
    if (w->rules->at < a->not_before) {
        ga_time_text(a->not_before, text);
        fault(w, i, GA_R_NOT_YET_VALID,
              "issued by a trust anchor that is not valid before %s", text);
    }
    if (w->rules->at <= a->not_after)
        return;
    ga_time_text(a->not_after, text);
    if (w->rules->at > ga_time_plus(a->not_after, w->rules->grace))
        fault(w, i, GA_R_EXPIRED, "issued by a trust anchor that expired %s",
              text);
    else
        *late = true;
}

/* Says on a passed check what only the grace let pass. */
static void
note_grace(struct walk *w)
{
    for (size_t i = 0; i < w->certs->count; i++) {
        const struct ga_cert *c = w->certs->cert[i];
        char text[GA_TIME_TEXT];

        if (w->rules->at <= c->not_after)
            continue;
        ga_time_text(c->not_after, text);
        ga_check_note(w->check, GA_R_GRACE,
                      "certificate %zu (%s): expired %s, within the grace", i,
                      c->common_name, text);
    }
    if (!w->root && w->rules->at > w->facts->anchor->not_after) {
        char text[GA_TIME_TEXT];

        ga_time_text(w->facts->anchor->not_after, text);
        ga_check_note(w->check, GA_R_GRACE,
                      "the trust anchor expired %s, within the grace", text);
    }
}

/* Rule 7: SHA-1 of the public point, the top two bits set to 01. */
static bool
serial_fits_key(const struct ga_cert *leaf)
{
    uint8_t sha1[GA_KEY_ID_LEN];

    if (leaf->key == NULL)
        return true; /* the key has failed */
    memcpy(sha1, ga_key_id(leaf->key).ptr, sizeof(sha1));
    sha1[0] = (uint8_t)((sha1[0] & 0x3f) | 0x40);
    return ga_bytes_equal(leaf->serial, ga_bytes_of(sha1, sizeof(sha1)));
}

static void
check_identity(struct walk *w)
{
    const struct ga_cert *leaf = w->certs->cert[0];
    char serial[GA_SERIAL_TEXT];
    bool tcb = w->chip != NULL && w->chip->fwid == GA_FWID_TCB_INFO;

    if (!w->complete)
        return;
    if (!serial_fits_key(leaf))
        fault(w, 0, GA_R_IDENTITY,
              "serial number does not follow from the key");
    ga_cert_serial_hex(w->certs->cert[1], serial);
    if (strcmp(w->certs->cert[1]->subject_serial, serial) != 0)
        fault(w, 1, GA_R_IDENTITY,
              "subject serialNumber \"%s\" is not the serial number %s",
              w->certs->cert[1]->subject_serial, serial);
    if (w->chip != NULL &&
        (tcb ? leaf->fwid_tcb_info : leaf->fwid_device_key).len == 0)
        fault(w, 0, GA_R_SHAPE, "has no FWID extension %s",
              tcb ? "2.23.133.5.4.1.1" : "2.23.133.5.4.1");
}

static void
check_distinct(struct walk *w)
{
    for (size_t i = 1; i < w->certs->count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct ga_cert *a = w->certs->cert[k];
            const struct ga_cert *b = w->certs->cert[i];

            if (ga_bytes_equal(a->spki, b->spki))
                fault(w, i, GA_R_DUPLICATE, "has the key of certificate %zu",
                      k);
            if (ga_bytes_equal(a->serial, b->serial))
                fault(w, i, GA_R_DUPLICATE,
                      "has the serial number of certificate %zu", k);
        }
}

static bool
time_alone(const struct ga_check *c)
{
    uint64_t time = UINT64_C(1) << GA_R_EXPIRED | UINT64_C(1)
                                                      << GA_R_NOT_YET_VALID;

    return c->state == GA_PASSED ||
           (c->state == GA_FAILED && (c->all & ~time) == 0);
}

static void
run(struct walk *w)
{
    bool late = false;

    *w->facts = (struct ga_chain_facts){ 0 };
    if (w->certs->count == 0) {
        ga_check_fail(w->check, GA_R_SHAPE, "no certificate");
        return;
    }
    start(w);
    check_count(w);
    check_flaws(w);
    check_places(w);
    check_path_lengths(w);
    check_links(w);
    check_anchor(w);
    check_simulator(w);
    if (w->use == GA_ANCHOR_DEVICE) {
        check_identity(w);
        check_distinct(w);
    }
    check_time(w, &late);
    check_anchor_time(w, &late);
    ga_check_pass(w->check);
    if (late)
        note_grace(w);
    w->facts->time_aside = time_alone(w->check);
}

void
ga_device_chain_check(const struct ga_chain *chain,
                      const struct ga_chain_rules *rules,
                      struct ga_check *check, struct ga_chain_facts *facts)
{
    size_t agree;
    struct walk w = { .certs = &chain->certs,
                      .places = &ga_device_places,
                      .rules = rules,
                      .use = GA_ANCHOR_DEVICE,
                      .chip = ga_places_chip(&chain->certs, &agree),
                      .check = check,
                      .facts = facts };

    run(&w);
}

void
ga_rim_chain_check(const struct ga_certs *certs,
                   const struct ga_chain_rules *rules, struct ga_check *check,
                   struct ga_chain_facts *facts)
{
    struct walk w = { .certs = certs,
                      .places = &ga_rim_places,
                      .rules = rules,
                      .use = GA_ANCHOR_RIM,
                      .check = check,
                      .facts = facts };

    run(&w);
}
