/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation of the certificates that a device and its RIMs rest on: rule 8. */
#include "verify/run.h"

struct ga_ocsp_rules
ga_run_ocsp_rules(const struct ga_context *ctx, const struct ga_gathered *g,
                  ga_time at, bool rim)
{
    const struct ga_settings *set = ctx->set;
    struct ga_ocsp_rules rules = {
        .facts = ctx->facts,
        .at = at,
        .grace = set->ocsp_grace,
        .max_age = set->ocsp_max_age,
        .skew = set->ocsp_skew,
        .nonce = (enum ga_ocsp_nonce)set->ocsp_nonce,
        .allow_hold = rim && set->allow_hold,
    };

    /* What is put away for later is asked for without one. */
    if (g->archive && rules.nonce == GA_OCSP_NONCE_REQUIRE)
        rules.nonce = GA_OCSP_NONCE_ACCEPT_MISSING;
    return rules;
}

void
ga_run_ocsp(const struct ga_context *ctx, const struct ga_gathered *g,
            ga_time at, bool rim, const struct ga_certs *certs,
            const struct ga_chain_facts *chain, struct ga_check *check,
            struct ga_ocsp_facts *facts)
{
    const struct ga_settings *set = ctx->set;
    const struct ga_ocsp_rules rules = ga_run_ocsp_rules(ctx, g, at, rim);

    if (set->no_ocsp)
        ga_check_unmade(check, GA_R_NOT_ASKED, "no-ocsp: nobody was asked");
    else if (!ga_has_answers(ctx) && !ga_asks_ocsp(ctx))
        ga_check_unmade(check, GA_R_NOT_ASKED,
                        "neither ocsp-dir nor bundle was given, and no "
                        "responder may be asked");
    else
        ga_ocsp_check(g->ocsp, certs, chain, &rules, check, facts);
}

/* Nobody was asked about a device that did not prove itself, and no file can
 * have an answer either. */
static bool
nobody_asked(const struct ga_context *ctx, const struct ga_subject *s)
{
    return ga_asks_ocsp(ctx) && !ga_has_answers(ctx) && !ga_may_ask(s);
}

static void
check_device(struct ga_run *run, struct ga_subject *s)
{
    struct ga_device *d = s->device;
    struct ga_check *check = &d->check[GA_CHECK_DEVICE_OCSP];

    if (s->chain == NULL)
        ga_check_unmade(check, GA_R_DEPENDS, "the chain does not parse");
    else if (nobody_asked(run->ctx, s))
        ga_check_unmade(check, GA_R_DEPENDS,
                        "report.signature and device.chain must hold before a "
                        "responder is asked");
    else
        ga_run_ocsp(run->ctx, &run->gathered, run->at, false, &s->chain->certs,
                    &s->facts, check, &d->chain.ocsp);
}

void
ga_verify_ocsp(struct ga_run *run, struct ga_subject *s)
{
    struct ga_device *d = s->device;

    check_device(run, s);
    for (size_t i = 0; i < GA_RIM_ROLES; i++) {
        enum ga_rim_role role = (enum ga_rim_role)i;
        const struct ga_chosen *c = &s->chosen[role];

        if (c->rim != NULL)
            ga_run_ocsp(run->ctx, &run->gathered, run->at, true, &c->rim->certs,
                        &c->chain,
                        &ga_verify_rim_checks(d, role)[GA_RIM_CHECK_OCSP],
                        &d->rim[role].chain.ocsp);
    }
}
