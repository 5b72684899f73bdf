/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates behind a key of a JWKS: rule 15. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "token/chain.h"
#include "x509/rsa.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* How the certificate of a signing key is named, by issuer; the first row that
 * fits.  Certificates for TLS lie under the same authorities. */
static const struct naming {
    const char *host; /* end of the issuer's host; NULL: any */
    const char *name; /* of the leaf, or its beginning */
    bool begins;
    bool builtin; /* built-in pins count */
} namings[] = {
    { ".nvidia.com", "NVIDIA Attestation Service GPU ", true, true },
    { NULL, GA_TOKEN_SIGNER_CN, false, false },
};

/* Whether `issuer` is https://HOST, HOST ending like that, and nothing more:
 * no port and no path. */
static bool
is_host(const char *issuer, const char *end)
{
    static const char scheme[] = "https://";
    size_t n = strlen(issuer), k = strlen(end);

    return strncmp(issuer, scheme, sizeof(scheme) - 1) == 0 &&
           strpbrk(issuer + sizeof(scheme) - 1, ":/?#@") == NULL && n > k &&
           strcmp(issuer + (n - k), end) == 0;
}

static const struct naming *
naming_of(const char *issuer)
{
    for (size_t i = 0; i + 1 < COUNT(namings); i++)
        if (is_host(issuer, namings[i].host))
            return &namings[i];
    return &namings[COUNT(namings) - 1];
}

/* One check on its way. */
struct walk {
    const struct ga_jwk *key;
    const struct ga_token_chain_rules *rules;
    const struct naming *naming;
    const struct ga_pin *pin;
    size_t last; /* the pinned certificate, where there is one */
    struct ga_check *check;
};

static void fault(struct walk *w, size_t i, enum ga_reason r, const char *fmt,
                  ...) GA_PRINTF(4, 5);

static void
fault(struct walk *w, size_t i, enum ga_reason r, const char *fmt, ...)
{
    const struct ga_cert *c = w->key->certs.cert[i];
    char text[GA_CHECK_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    ga_check_fail(w->check, r, "x5c certificate %zu (%s): %s", i,
                  c->common_name[0] != '\0' ? c->common_name : c->subject_text,
                  text);
}

/* The nearest pinned key above the leaf.  A built-in pin is NVIDIA's word, on
 * NVIDIA's issuers alone. */
static void
find_pin(struct walk *w)
{
    const struct ga_certs *certs = &w->key->certs;

    for (size_t i = 1; i < certs->count && w->pin == NULL; i++) {
        const struct ga_pin *p =
            ga_pins_find(w->rules->pins, certs->cert[i]->spki);

        if (p == NULL || (p->builtin && !w->naming->builtin))
            continue;
        w->pin = p;
        w->last = i;
    }
    if (w->pin == NULL)
        fault(w, certs->count - 1, GA_R_UNTRUSTED,
              "no certificate above the leaf has a pinned key");
}

/* The key of certificate `i` is RSA, and pinned: the one place for it. */
static bool
is_pinned_rsa(const struct walk *w, size_t i)
{
    return w->pin != NULL && i == w->last &&
           w->key->certs.cert[i]->key == NULL &&
           ga_rsa_key_ok(w->key->certs.cert[i]->spki);
}

/* What was found wrong with a certificate when it was parsed, less what a
 * pinned RSA key brings with it. */
static void
check_flaw(struct walk *w, size_t i)
{
    const struct ga_check *flaw = &w->key->certs.cert[i]->flaw;
    uint64_t fine = 0;

    if (flaw->state == GA_PASSED)
        return;
    if (is_pinned_rsa(w, i))
        fine |= UINT64_C(1) << GA_R_KEY;
    if (is_pinned_rsa(w, i + 1) && w->key->certs.cert[i]->rsa_signature.len > 0)
        fine |= UINT64_C(1) << GA_R_ALGORITHM;
    if ((flaw->all & ~fine) != 0)
        fault(w, i, flaw->reason, "%s", flaw->text);
}

static void
check_leaf(struct walk *w)
{
    const struct ga_cert *leaf = w->key->certs.cert[0];
    const struct naming *n = w->naming;
    bool named = n->begins
                     ? strncmp(leaf->common_name, n->name, strlen(n->name)) == 0
                     : strcmp(leaf->common_name, n->name) == 0;

    if (w->key->key != NULL &&
        !ga_bytes_equal(leaf->spki, ga_key_spki(w->key->key)))
        fault(w, 0, GA_R_KEY, "is not of the key x, y");
    if (!named)
        fault(w, 0, GA_R_SHAPE, "not named \"%s%s\", as signers of this issuer",
              n->name, n->begins ? "..." : "");
    if (leaf->ca)
        fault(w, 0, GA_R_SHAPE, "is a CA");
    if (leaf->has_key_usage && (leaf->key_usage & GA_KU_DIGITAL_SIGNATURE) == 0)
        fault(w, 0, GA_R_SHAPE, "keyUsage has no digitalSignature");
}

static void
check_issuer(struct walk *w, size_t i)
{
    const struct ga_cert *c = w->key->certs.cert[i];

    if (!c->ca)
        fault(w, i, GA_R_SHAPE, "is no CA");
    if (c->has_key_usage && (c->key_usage & GA_KU_KEY_CERT_SIGN) == 0)
        fault(w, i, GA_R_SHAPE, "keyUsage has no keyCertSign");
    if (c->path_len >= 0 && (size_t)c->path_len < i - 1)
        fault(w, i, GA_R_SHAPE, "path length %d, with %zu CAs below",
              c->path_len, i - 1);
}

/* Whether certificate `i` was issued by the next one. */
static void
check_link(struct walk *w, size_t i)
{
    const struct ga_cert *c = w->key->certs.cert[i];
    const struct ga_cert *up = w->key->certs.cert[i + 1];
    bool signed_by;

    if (!ga_bytes_equal(c->issuer, up->subject)) {
        fault(w, i, GA_R_BROKEN, "not issued by certificate %zu", i + 1);
        return;
    }
    if (is_pinned_rsa(w, i + 1))
        signed_by = ga_rsa_verify(up->spki, c->tbs, c->rsa_signature);
    else
        signed_by = up->key != NULL && c->signature_ok &&
                    ga_facts_signed_digest(w->rules->facts, up->key,
                                           c->tbs_digest, &c->signature);
    if (!signed_by)
        fault(w, i, GA_R_BAD_SIGNATURE, "not signed by certificate %zu", i + 1);
}

static void
check_dates(struct walk *w, size_t i, ga_time from, ga_time until)
{
    char text[GA_TIME_TEXT];

    if (w->rules->at < from) {
        ga_time_text(from, text);
        fault(w, i, GA_R_NOT_YET_VALID, "not valid before %s", text);
    }
    if (w->rules->at > until) {
        ga_time_text(until, text);
        fault(w, i, GA_R_EXPIRED, "expired %s", text);
    }
}

/* The pin has dates of its own: its certificate is not what is trusted. */
static void
check_time(struct walk *w)
{
    for (size_t i = 0; i <= w->last; i++) {
        const struct ga_cert *c = w->key->certs.cert[i];

        check_dates(w, i, c->not_before, c->not_after);
    }
    if (w->pin != NULL)
        check_dates(w, w->last, w->pin->not_before, w->pin->not_after);
}

/* As in other chains: below the simulator's own anchor alone, and all of it. */
static void
check_simulator(struct walk *w)
{
    bool allowed = w->pin != NULL && w->pin->simulator;

    for (size_t i = 0; w->pin != NULL && i <= w->last; i++) {
        if (w->key->certs.cert[i]->simulator && !allowed)
            fault(w, i, GA_R_SIMULATOR,
                  "made by the simulator, whose anchor is not trusted here");
        if (!w->key->certs.cert[i]->simulator && allowed)
            fault(w, i, GA_R_SIMULATOR,
                  "has no simulator extension, which its anchor has");
    }
}

void
ga_token_chain_check(const struct ga_jwk *key,
                     const struct ga_token_chain_rules *rules,
                     struct ga_check *check, const struct ga_pin **pin)
{
    struct walk w = { .key = key,
                      .rules = rules,
                      .naming = naming_of(rules->issuer),
                      .check = check };

    *pin = NULL;
    if (!key->has_x5c)
        ga_check_fail(check, GA_R_ABSENT, "the key has no x5c");
    if (key->chain_flaw.state == GA_FAILED)
        ga_check_fail(check, key->chain_flaw.reason, "%s",
                      key->chain_flaw.text);
    if (!key->has_x5c || key->chain_flaw.state == GA_FAILED)
        return;
    find_pin(&w);
    check_leaf(&w);
    for (size_t i = 0; i <= w.last; i++)
        check_flaw(&w, i);
    for (size_t i = 1; i <= w.last; i++)
        check_issuer(&w, i);
    for (size_t i = 0; i < w.last; i++)
        check_link(&w, i);
    check_time(&w);
    check_simulator(&w);
    ga_check_pass(check);
    *pin = w.pin;
}
