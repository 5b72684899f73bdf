/* SPDX-License-Identifier: Apache-2.0 */
/* From checks to a verdict: the one place that decides. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/result.h"

bool
ga_texts_add(struct ga_texts *texts, const char *text)
{
    char **grown;

    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->text[i], text) == 0)
            return true;
    grown = realloc(texts->text, (texts->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return false;
    texts->text = grown;
    grown[texts->count] = strdup(text);
    if (grown[texts->count] == NULL)
        return false;
    texts->count++;
    return true;
}

/* One walk over the checks: what turned the verdict so far. */
struct tally {
    const struct ga_relax *relax;
    struct ga_texts *relaxed;
    bool nomem;
    unsigned failed, unmade, unreachable;
    bool malformed;
    bool tokens_given;
    /* The first one of each, for the summary. */
    const struct ga_check *first_failed, *first_unmade;
    const char *failed_label, *unmade_label;
    enum ga_check_id failed_id, unmade_id;
};

static void
note_indexes(struct tally *t, enum ga_check_id id,
             const struct ga_device *device)
{
    for (size_t i = 0; i < device->mismatch_count; i++) {
        char text[96];

        snprintf(text, sizeof(text), "%s:index-%u", ga_check_rows[id].name,
                 device->mismatch[i].index);
        t->nomem = !ga_texts_add(t->relaxed, text) || t->nomem;
    }
}

static void
note_relaxed(struct tally *t, enum ga_check_id id, const struct ga_check *c,
             const struct ga_device *device)
{
    char text[96];

    if (device != NULL && (c->all & UINT64_C(1) << GA_R_INDEX) != 0)
        note_indexes(t, id, device);

    if (c->state == GA_NOT_CHECKED || c->incomplete) {
        snprintf(text, sizeof(text), "%s:not_checked", ga_check_rows[id].name);
        t->nomem = !ga_texts_add(t->relaxed, text) || t->nomem;
    }
    for (size_t r = 1; c->state == GA_FAILED && r < GA_REASON_COUNT; r++) {
        if ((c->all & UINT64_C(1) << r) == 0 || r == GA_R_INDEX)
            continue;
        snprintf(text, sizeof(text), "%s:%s", ga_check_rows[id].name,
                 ga_reason_name((enum ga_reason)r));
        t->nomem = !ga_texts_add(t->relaxed, text) || t->nomem;
    }
}

/* A report, chain, nonce or token that is none: docs/exit-status.md, 3. */
static bool
is_malformed(const struct tally *t, enum ga_check_id id,
             const struct ga_check *c)
{
    switch ((int)id) {
    case GA_CHECK_TOKEN_SIGNATURE:
        return t->tokens_given &&
               (c->reason == GA_R_MALFORMED || c->reason == GA_R_DUPLICATE);
    case GA_CHECK_REPORT_PARSE:
        return true;
    case GA_CHECK_DEVICE_CHAIN:
    case GA_CHECK_SET_NONCE:
        return c->reason == GA_R_MALFORMED || c->reason == GA_R_TRAILING;
    default:
        return false;
    }
}

static void
count_failed(struct tally *t, enum ga_check_id id, const struct ga_check *c,
             const char *label)
{
    if (c->state == GA_FAILED) {
        t->malformed = t->malformed || is_malformed(t, id, c);
        if (t->failed++ == 0) {
            t->first_failed = c;
            t->failed_label = label;
            t->failed_id = id;
        }
        return;
    }
    t->unreachable += c->reason == GA_R_UNREACHABLE;
    if (t->unmade++ == 0) {
        t->first_unmade = c;
        t->unmade_label = label;
        t->unmade_id = id;
    }
}

/* Reasons for which there can be nothing to check. */
#define NOTHING                                                        \
    (UINT64_C(1) << GA_R_NO_FIELD | UINT64_C(1) << GA_R_NOT_EXPECTED | \
     UINT64_C(1) << GA_R_NO_TOPOLOGY | UINT64_C(1) << GA_R_NOTHING)

/* Whether there being nothing to check is as good as a check that passed: of
 * those alone that can have such a reason, which signatures cannot. */
static bool
is_enough(const struct ga_relax *relax, enum ga_check_id id,
          const struct ga_check *c)
{
    return c->state == GA_NOT_APPLICABLE &&
           (ga_check_rows[id].reasons & NOTHING & UINT64_C(1) << c->reason) !=
               0 &&
           (relax->profile == NULL ||
            ga_profile_holds(relax->profile, id, c->state));
}

/* Returns whether every check of the scope holds or is relaxed. */
static bool
walk(struct tally *t, struct ga_check *checks, unsigned scope,
     const char *label, const struct ga_device *device)
{
    bool holds = true;

    for (size_t i = 0; i < GA_CHECK_COUNT; i++) {
        struct ga_check *c = &checks[i];
        enum ga_check_id id = (enum ga_check_id)i;

        if ((ga_check_rows[i].scope & scope) == 0 || c->state == GA_PASSED ||
            is_enough(t->relax, id, c))
            continue;
        c->relaxed = ga_relax_covers(t->relax, id, c, device);
        if (c->relaxed) {
            note_relaxed(t, id, c, device);
            continue;
        }
        count_failed(t, id, c, label);
        holds = false;
    }
    return holds;
}

/* "8 GPUs, 4 NVSwitches". */
static void
count_devices(const struct ga_result *r, char *out, size_t cap)
{
    unsigned gpus = 0, switches = 0;

    for (size_t i = 0; i < r->device_count; i++)
        *(r->device[i].kind == GA_KIND_SWITCH ? &switches : &gpus) += 1;
    if (r->device_count == 0)
        snprintf(out, cap, "RIM");
    else if (switches == 0)
        snprintf(out, cap, "%u GPU%s", gpus, gpus == 1 ? "" : "s");
    else if (gpus == 0)
        snprintf(out, cap, "%u NVSwitch%s", switches,
                 switches == 1 ? "" : "es");
    else
        snprintf(out, cap, "%u GPU%s, %u NVSwitch%s", gpus,
                 gpus == 1 ? "" : "s", switches, switches == 1 ? "" : "es");
}

/* Why, in a word or two: the reason's code, or "index 9 of the VBIOS RIM", as
 * the text begins. */
static void
why(const struct ga_check *c, char *out, size_t cap)
{
    size_t n = strcspn(c->text, ":;");

    if (c->reason == GA_R_INDEX && n < cap)
        snprintf(out, cap, "%.*s", (int)n, c->text);
    else
        snprintf(out, cap, "%s", ga_reason_name(c->reason));
}

static void
summarize(struct ga_result *r, const struct tally *t)
{
    const struct ga_check *c = t->first_failed;
    const char *label = t->failed_label;
    enum ga_check_id id = t->failed_id;
    const char *word = r->verdict == GA_VERDICT_MALFORMED     ? "MALFORMED"
                       : r->verdict == GA_VERDICT_UNREACHABLE ? "UNREACHABLE"
                                                              : "REJECTED";
    unsigned more = t->failed + t->unmade - 1;
    char text[64], rest[32] = "";

    if (r->verdict == GA_VERDICT_VERIFIED) {
        count_devices(r, text, sizeof(text));
        snprintf(r->summary, sizeof(r->summary), "VERIFIED %s", text);
        return;
    }
    if (c == NULL) {
        c = t->first_unmade;
        label = t->unmade_label;
        id = t->unmade_id;
    }
    if (more > 0)
        snprintf(rest, sizeof(rest), " and %u more", more);
    why(c, text, sizeof(text));
    snprintf(r->summary, sizeof(r->summary), "%s %s%s%s (%s)%s", word, label,
             label[0] != '\0' ? ": " : "", ga_check_rows[id].name, text, rest);
}

void
ga_result_restrict(struct ga_result *result, struct ga_said *said, size_t count)
{
    const struct ga_said *first = NULL;
    size_t failed = 0;
    char rest[40] = "";

    result->said = said;
    result->said_count = count;
    for (size_t i = 0; i < count; i++) {
        if (said[i].passed)
            continue;
        if (failed++ == 0)
            first = &said[i];
    }
    if (first == NULL || result->verdict != GA_VERDICT_VERIFIED)
        return;
    result->verdict = GA_VERDICT_REJECTED;
    if (failed > 1)
        snprintf(rest, sizeof(rest), " and %zu more", failed - 1);
    snprintf(result->summary, sizeof(result->summary),
             "REJECTED policy %s (%s)%s", first->name, first->why, rest);
}

void
ga_result_reject(struct ga_result *result, const char *summary)
{
    if (result->verdict != GA_VERDICT_VERIFIED)
        return;
    result->verdict = GA_VERDICT_REJECTED;
    snprintf(result->summary, sizeof(result->summary), "REJECTED %s", summary);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum ga_rc
ga_result_judge(struct ga_result *result, const struct ga_relax *relax,
                struct ga_error *err)
{
    struct tally t = { .relax = relax,
                       .relaxed = &result->relaxed,
                       .tokens_given = result->tokens_given };
    bool holds = true;

    for (size_t i = 0; i < result->device_count; i++) {
        struct ga_device *d = &result->device[i];

        d->verified = walk(&t, d->check, ga_device_scope(d), d->label, d);
        holds = holds && d->verified;
    }
    holds = walk(&t, result->check, result->scope, "", NULL) && holds;
    if (t.nomem)
        return ga_nomem(err);
    if (result->relaxed.count > 1)
        qsort(result->relaxed.text, result->relaxed.count, sizeof(char *),
              by_text);
    if (holds)
        result->verdict = GA_VERDICT_VERIFIED;
    else if (t.malformed)
        result->verdict = GA_VERDICT_MALFORMED;
    else if (t.failed == 0 && t.unreachable > 0)
        result->verdict = GA_VERDICT_UNREACHABLE;
    else
        result->verdict = GA_VERDICT_REJECTED;
    summarize(result, &t);
    return GA_OK;
}
