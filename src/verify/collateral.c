/* SPDX-License-Identifier: Apache-2.0 */
/* RIMs of a device: rules 9 to 13. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "verify/run.h"

struct ga_check *
ga_verify_rim_checks(struct ga_device *d, enum ga_rim_role role)
{
    static const enum ga_check_id first[] = {
        [GA_RIM_DRIVER] = GA_CHECK_DRIVER_RIM_AVAILABLE,
        [GA_RIM_VBIOS] = GA_CHECK_VBIOS_RIM_AVAILABLE,
        [GA_RIM_BIOS] = GA_CHECK_BIOS_RIM_AVAILABLE,
    };

    return &d->check[first[role]];
}

bool
ga_verify_has_role(const struct ga_device *d, enum ga_rim_role role)
{
    return (d->kind == GA_KIND_SWITCH) == (role == GA_RIM_BIOS);
}

struct ga_chain_rules
ga_run_chain_rules(const struct ga_context *ctx, ga_time at, int64_t grace)
{
    return (struct ga_chain_rules){
        .anchors = &ctx->anchors, .facts = ctx->facts, .at = at, .grace = grace
    };
}

static void
examine(const struct ga_context *ctx, ga_time at,
        const struct ga_rim_found *found, struct ga_candidate *out)
{
    const struct ga_rim *rim = found->rim;
    struct ga_chain_rules rules =
        ga_run_chain_rules(ctx, at, ctx->set->rim_grace);

    *out = (struct ga_candidate){ .found = found, .signed_from = GA_TIME_NONE };
    if (rim == NULL)
        return;
    ga_rim_check_schema(rim, &out->check[GA_RIM_CHECK_SCHEMA]);
    ga_rim_check_signature(rim, ctx->facts,
                           &out->check[GA_RIM_CHECK_SIGNATURE]);
    ga_rim_chain_check(&rim->certs, &rules, &out->check[GA_RIM_CHECK_CHAIN],
                       &out->chain);
    if (rim->certs.count > 0)
        out->signed_from = rim->certs.cert[0]->not_before;
    out->holds = out->check[GA_RIM_CHECK_SCHEMA].state == GA_PASSED &&
                 out->check[GA_RIM_CHECK_SIGNATURE].state == GA_PASSED &&
                 out->chain.time_aside;
}

/* Of RIMs that hold the one signed last counts, whether or not it matches; one
 * that does not hold gives way to one that does. */
static bool
better(const struct ga_candidate *a, const struct ga_candidate *b)
{
    if (a->holds != b->holds)
        return a->holds;
    return a->signed_from > b->signed_from;
}

void
ga_choose_rim(const struct ga_context *ctx, ga_time at,
              const struct ga_rim_found *found, size_t count,
              struct ga_candidate *best)
{
    examine(ctx, at, &found[0], best);
    for (size_t i = 1; i < count; i++) {
        struct ga_candidate next;

        examine(ctx, at, &found[i], &next);
        if (better(&next, best))
            *best = next;
    }
}

static enum ga_rc
record(struct ga_rim_outcome *out, const struct ga_candidate *c,
       struct ga_error *err)
{
    const struct ga_rim *rim = c->found->rim;

    out->source = strdup(c->found->source);
    if (out->source == NULL)
        return ga_nomem(err);
    if (rim == NULL)
        return GA_OK;
    if (rim->firmware_id != NULL) {
        out->oemid = strdup(rim->firmware_id);
        if (out->oemid == NULL)
            return ga_nomem(err);
    }
    if (rim->certs.count > 0)
        ga_cert_serial_hex(rim->certs.cert[0], out->signer);
    out->signed_from = c->signed_from;
    out->chain.not_after = c->chain.not_after;
    return GA_OK;
}

static void
name_others(struct ga_check *available, const struct ga_rim_found *found,
            size_t count, const struct ga_candidate *best)
{
    for (size_t i = 0; i < count; i++)
        if (&found[i] != best->found)
            ga_check_note(available, GA_R_NONE,
                          "%s stands under the same id and does not count",
                          found[i].source);
}

static void
depend(struct ga_check checks[GA_RIM_CHECKS], size_t from, const char *why)
{
    for (size_t i = from; i < GA_RIM_CHECKS; i++)
        ga_check_unmade(&checks[i], GA_R_DEPENDS, "%s", why);
}

static const char *
version_of(const struct ga_device *d, enum ga_rim_role role)
{
    return role == GA_RIM_DRIVER ? d->driver : d->vbios;
}

/* The checks of the RIM that counts. */
static enum ga_rc
check_chosen(struct ga_run *run, struct ga_subject *s, enum ga_rim_role role,
             struct ga_candidate *best, struct ga_error *err)
{
    struct ga_device *d = s->device;
    struct ga_check *checks = ga_verify_rim_checks(d, role);
    struct ga_rim_outcome *out = &d->rim[role];
    const struct ga_rim *rim = best->found->rim;
    const struct ga_settings *set = run->ctx->set;
    enum ga_rc rc = record(out, best, err);

    if (rc != GA_OK)
        return rc;
    if (rim == NULL) {
        ga_check_fail(&checks[GA_RIM_CHECK_AVAILABLE], GA_R_MALFORMED, "%s",
                      best->found->problem);
        depend(checks, GA_RIM_CHECK_SCHEMA, "there is no RIM");
        return GA_OK;
    }
    for (size_t i = GA_RIM_CHECK_SCHEMA; i <= GA_RIM_CHECK_CHAIN; i++)
        checks[i] = best->check[i];
    if (set->rim_signed_after != GA_TIME_NONE &&
        best->signed_from < set->rim_signed_after)
        ga_check_fail(&checks[GA_RIM_CHECK_AVAILABLE], GA_R_TOO_OLD,
                      "%s was signed before the date asked for",
                      best->found->source);
    s->chosen[role] = (struct ga_chosen){ rim, best->chain };
    ga_rim_check_version(rim, role, version_of(d, role),
                         d->chip != NULL ? d->chip->product : NULL,
                         &checks[GA_RIM_CHECK_VERSION]);
    out->measurements = best->holds;
    if (best->holds && checks[GA_RIM_CHECK_VERSION].state == GA_PASSED)
        s->rim[role] = rim;
    return GA_OK;
}

/* What a service answered for the id: 1 where it has a RIM, else 0 and what
 * there is to say in the check. */
static size_t
found_by_asking(const struct ga_run *run, const char *id,
                struct ga_rim_found *out, struct ga_check *available)
{
    const struct ga_fetched_rim *f = ga_gathered_find(&run->gathered, id);

    if (f == NULL)
        return 0;
    if (f->rc == GA_OK) {
        *out = (struct ga_rim_found){ .rim = f->rim, .source = f->source };
        return 1;
    }
    if (f->rc == GA_E_MISSING)
        ga_check_fail(available, GA_R_ABSENT, "%s: %s", id, f->text);
    else if (f->rc == GA_E_UNREACHABLE)
        ga_check_unmade(available, GA_R_UNREACHABLE, "%s: %s", id, f->text);
    else
        ga_check_fail(available, GA_R_MALFORMED, "%s: %s", id, f->text);
    return 0;
}

static enum ga_rc
check_role(struct ga_run *run, struct ga_subject *s, enum ga_rim_role role,
           struct ga_error *err)
{
    struct ga_check *checks = ga_verify_rim_checks(s->device, role);
    struct ga_check *available = &checks[GA_RIM_CHECK_AVAILABLE];
    struct ga_rim_outcome *out = &s->device->rim[role];
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    struct ga_error why = { 0 };
    struct ga_candidate best;
    size_t count = 0;
    enum ga_rc rc;

    if (ga_report_rim_id(s->report, role, out->id, &why) != GA_OK) {
        ga_check_fail(available, GA_R_BAD_ID, "%s", why.text);
        depend(checks, GA_RIM_CHECK_SCHEMA, "there is no RIM id");
        return GA_OK;
    }
    if (!ga_has_rims(run->ctx) && !ga_asks_rims(run->ctx)) {
        ga_check_unmade(available, GA_R_NOT_ASKED,
                        "neither rim-dir nor bundle was given, and no service "
                        "may be asked: %s",
                        out->id);
        depend(checks, GA_RIM_CHECK_SCHEMA, "there is no RIM");
        return GA_OK;
    }
    rc = ga_rim_store_get(run->ctx->rims, out->id, found, &count, err);
    if (rc != GA_OK)
        return rc;
    if (count == 0)
        count = found_by_asking(run, out->id, found, available);
    if (count == 0) {
        if (available->state == GA_NOT_CHECKED &&
            available->reason == GA_R_NONE)
            ga_check_fail(available, GA_R_ABSENT,
                          "neither directory nor bundle has %s", out->id);
        depend(checks, GA_RIM_CHECK_SCHEMA, "there is no RIM");
        return GA_OK;
    }
    ga_choose_rim(run->ctx, run->at, found, count, &best);
    rc = check_chosen(run, s, role, &best, err);
    ga_check_pass(available);
    name_others(available, found, count, &best);
    return rc;
}

/* The same tag twice is one RIM in two places.  Rule 12. */
static void
check_tags(struct ga_subject *s)
{
    const struct ga_rim *driver = s->rim[GA_RIM_DRIVER];
    const struct ga_rim *vbios = s->rim[GA_RIM_VBIOS];

    if (driver == NULL || vbios == NULL || driver->tag_id == NULL ||
        vbios->tag_id == NULL || strcmp(driver->tag_id, vbios->tag_id) != 0)
        return;
    for (size_t role = GA_RIM_DRIVER; role <= GA_RIM_VBIOS; role++) {
        ga_check_fail(
            &ga_verify_rim_checks(s->device,
                                  (enum ga_rim_role)role)[GA_RIM_CHECK_VERSION],
            GA_R_DUPLICATE, "driver RIM and VBIOS RIM have one tagId");
        s->rim[role] = NULL;
    }
}

bool
ga_may_ask(const struct ga_subject *s)
{
    return s->report != NULL && s->facts.time_aside &&
           s->device->check[GA_CHECK_REPORT_SIGNATURE].state == GA_PASSED;
}

enum ga_rc
ga_verify_rims(struct ga_run *run, struct ga_subject *s, struct ga_error *err)
{
    struct ga_device *d = s->device;
    bool may_ask = s->report != NULL &&
                   d->check[GA_CHECK_REPORT_SIGNATURE].state == GA_PASSED &&
                   s->facts.time_aside;

    for (size_t i = 0; i < GA_RIM_ROLES; i++) {
        enum ga_rim_role role = (enum ga_rim_role)i;
        enum ga_rc rc = GA_OK;

        d->rim[role].chain.not_after = GA_TIME_NONE;
        d->rim[role].signed_from = GA_TIME_NONE;
        if (!ga_verify_has_role(d, role))
            continue;
        if (may_ask)
            rc = check_role(run, s, role, err);
        else
            depend(ga_verify_rim_checks(d, role), GA_RIM_CHECK_AVAILABLE,
                   "report.signature and device.chain must hold before "
                   "anything is looked up");
        if (rc != GA_OK)
            return rc;
    }
    check_tags(s);
    return GA_OK;
}

static size_t
copy_value(struct ga_bytes from, uint8_t to[GA_MEASUREMENT_MAX])
{
    size_t n = from.len < GA_MEASUREMENT_MAX ? from.len : GA_MEASUREMENT_MAX;

    if (n > 0)
        memcpy(to, from.ptr, n);
    return n;
}

static enum ga_rc
keep_mismatches(struct ga_device *d, const struct ga_comparison *cmp,
                struct ga_error *err)
{
    if (cmp->mismatch_count == 0)
        return GA_OK;
    d->mismatch = calloc(cmp->mismatch_count, sizeof(*d->mismatch));
    if (d->mismatch == NULL)
        return ga_nomem(err);
    d->mismatch_count = cmp->mismatch_count;
    for (size_t i = 0; i < cmp->mismatch_count; i++) {
        const struct ga_mismatch *m = &cmp->mismatch[i];
        struct ga_mismatch_record *r = &d->mismatch[i];

        r->index = m->index;
        r->role = m->role;
        r->golden_len = copy_value(m->golden, r->golden);
        r->runtime_len = copy_value(m->runtime, r->runtime);
    }
    return GA_OK;
}

enum ga_rc
ga_verify_measurements(struct ga_subject *s, struct ga_error *err)
{
    struct ga_device *d = s->device;
    struct ga_check *conflict = &d->check[GA_CHECK_MEASUREMENTS_CONFLICT];
    struct ga_check *match = &d->check[GA_CHECK_MEASUREMENTS_MATCH];
    struct ga_comparison *cmp;
    enum ga_rc rc;

    if (s->report == NULL) {
        ga_check_unmade(conflict, GA_R_DEPENDS, "the report does not parse");
        ga_check_unmade(match, GA_R_DEPENDS, "the report does not parse");
        return GA_OK;
    }
    cmp = calloc(1, sizeof(*cmp)); /* too large for a stack */
    if (cmp == NULL)
        return ga_nomem(err);
    ga_compare_conflict(s->rim, d->kind, conflict);
    ga_compare_match(s->report, s->rim, d->kind, cmp, match);
    d->compared = cmp->compared;
    d->matched = cmp->matched;
    d->skipped = cmp->skipped;
    rc = keep_mismatches(d, cmp, err);
    free(cmp);
    return rc;
}
