/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a board, docs/rules.md 14, but for that of identity. */
#include <string.h>

#include "topology/rules.h"

static const char *
kind_name(enum ga_kind kind)
{
    return kind == GA_KIND_GPU ? "GPUs" : "NVSwitches";
}

/* topology.board */

static unsigned
count_kind(const struct ga_topology_input *in, enum ga_kind kind)
{
    unsigned n = 0;

    for (size_t i = 0; i < in->count; i++)
        n += in->device[i].says.kind == kind;
    return n;
}

static void
rule_board(const struct ga_topology_input *in, struct ga_check *c)
{
    const struct ga_board *b = in->board;
    unsigned gpus = count_kind(in, GA_KIND_GPU);
    unsigned switches = count_kind(in, GA_KIND_SWITCH);

    if (gpus != b->gpus)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%u GPUs, and %s has %u", gpus,
                      b->name, b->gpus);
    if (switches != b->switches)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%u NVSwitches, and %s has %u",
                      switches, b->name, b->switches);
    for (size_t i = 0; i < in->count; i++) {
        const struct ga_topology_device *d = &in->device[i];
        const char *arch =
            d->says.kind == GA_KIND_GPU ? b->gpu_arch : b->switch_arch;

        /* Bare reports without certificates do not say what they are of. */
        if (arch == NULL || (d->arch == NULL && in->bare))
            continue;
        if (d->arch == NULL || strcmp(d->arch, arch) != 0)
            ga_check_fail(c, GA_R_MISMATCH, "%s is %s, and %s has %s", d->label,
                          d->arch != NULL ? d->arch : "unknown", b->name, arch);
    }
    ga_check_pass(c);
}

/* Devices of a kind with the sets that they name. */
struct naming {
    size_t count;
    const struct ga_topology_device *device[GA_DEVICES_MAX];
    struct ga_pdi_set set[GA_DEVICES_MAX];
    size_t best;  /* the first of those that most name alike */
    size_t rival; /* the first of others that are as many; `count`: none */
};

/* How many name what device `i` does; 0 where an earlier one speaks for
 * them. */
static size_t
followers(const struct naming *n, size_t i)
{
    size_t same = 0;

    for (size_t k = 0; k < n->count; k++) {
        bool equal = ga_pdi_set_equal(&n->set[k], &n->set[i]);

        if (equal && k < i)
            return 0;
        same += equal;
    }
    return same;
}

static void
take_names(const struct ga_topology_input *in, enum ga_kind kind,
           struct naming *n)
{
    size_t most = 0;

    n->count = 0;
    for (size_t i = 0; i < in->count; i++) {
        if (in->device[i].says.kind != kind)
            continue;
        n->device[n->count] = &in->device[i];
        n->set[n->count++] = ga_neighbours_set(&in->device[i].says);
    }
    n->best = 0;
    n->rival = n->count;
    for (size_t i = 0; i < n->count; i++) {
        size_t same = followers(n, i);

        if (same > most) {
            most = same;
            n->best = i;
            n->rival = n->count;
        } else if (same > 0 && same == most && n->rival == n->count) {
            n->rival = i;
        }
    }
}

/* The first PDI of `a` that `b` has not, as text. */
static void
extra_of(const struct ga_pdi_set *a, const struct ga_pdi_set *b,
         char out[GA_PDI_TEXT])
{
    for (size_t i = 0; i < a->count; i++)
        if (!ga_pdi_set_has(b, a->pdi[i])) {
            ga_pdi_text(a->pdi[i], out);
            return;
        }
    out[0] = '\0';
}

static void
check_field(const struct ga_topology_device *d, const struct ga_pdi_set *set,
            unsigned wanted, const char *of, struct ga_check *c)
{
    if (!d->says.has_field) {
        ga_check_fail(c, GA_R_ABSENT, "%s: the report names no %s", d->label,
                      of);
        return;
    }
    if (set->count != wanted)
        ga_check_fail(c, GA_R_COUNT_OTHER, "%s: names %zu %s, not %u", d->label,
                      set->count, of, wanted);
}

/* All of a kind name the same; where not, those who differ from most are
 * named.  Who names too many or too few has failed already. */
static void
check_alike(const struct naming *n, unsigned wanted, const char *of,
            struct ga_check *c)
{
    const struct ga_pdi_set *best = &n->set[n->best];

    if (n->rival < n->count) {
        ga_check_fail(c, GA_R_MIXED, "%s and %s do not name the same %s",
                      n->device[n->best]->label, n->device[n->rival]->label,
                      of);
        return;
    }
    for (size_t i = 0; i < n->count; i++) {
        char theirs[GA_PDI_TEXT], ours[GA_PDI_TEXT];

        if (n->set[i].count != wanted || ga_pdi_set_equal(&n->set[i], best))
            continue;
        extra_of(&n->set[i], best, theirs);
        extra_of(best, &n->set[i], ours);
        ga_check_fail(c, GA_R_MIXED,
                      "%s: names %s among its %s, where the others name %s",
                      n->device[i]->label, theirs, of, ours);
    }
}

/* topology.gpu */

static void
rule_gpu(const struct ga_topology_input *in, const struct naming *gpus,
         struct ga_check *c)
{
    const char *of = kind_name(GA_KIND_SWITCH);

    if (gpus->count == 0)
        ga_check_fail(c, GA_R_NOTHING, "there is no GPU");
    for (size_t i = 0; i < gpus->count; i++) {
        const struct ga_topology_device *d = gpus->device[i];

        check_field(d, &gpus->set[i], in->board->switches, of, c);
        for (size_t k = 0; k < d->says.count; k++)
            if (!ga_pdi_is_one(d->says.pdi[k])) {
                ga_check_fail(c, GA_R_UNKNOWN_VALUE,
                              "%s: names FFFFFFFFFFFFFFFF, which is no PDI",
                              d->label);
                break;
            }
    }
    if (gpus->count > 0)
        check_alike(gpus, in->board->switches, of, c);
    ga_check_pass(c);
}

/* topology.switch */

static void
check_own(const struct ga_topology_device *d, const struct ga_pdi_set *switches,
          struct ga_check *c)
{
    char text[GA_PDI_TEXT];

    if (!d->says.has_own) {
        ga_check_fail(c, GA_R_ABSENT, "%s: the report has no PDI of its own",
                      d->label);
        return;
    }
    ga_pdi_text(d->says.own, text);
    if (!ga_pdi_is_one(d->says.own))
        ga_check_fail(c, GA_R_UNKNOWN_VALUE,
                      "%s: says it is %s, which is no PDI", d->label, text);
    else if (!ga_pdi_set_has(switches, d->says.own))
        ga_check_fail(c, GA_R_MISMATCH,
                      "%s: says it is %s, which the GPUs do not name", d->label,
                      text);
}

static void
check_own_twice(const struct naming *switches, size_t i, struct ga_check *c)
{
    const struct ga_topology_device *d = switches->device[i];
    char text[GA_PDI_TEXT];

    for (size_t k = 0; k < i; k++) {
        const struct ga_topology_device *other = switches->device[k];

        if (!d->says.has_own || !other->says.has_own ||
            !ga_pdi_equal(d->says.own, other->says.own))
            continue;
        ga_pdi_text(d->says.own, text);
        ga_check_fail(c, GA_R_SAME_DEVICE, "%s and %s both say they are %s",
                      other->label, d->label, text);
        return;
    }
}

/* A switch has one place for each GPU. */
static void
check_repeated(const struct ga_topology_device *d, struct ga_check *c)
{
    struct ga_pdi_set seen = { 0 };
    char text[GA_PDI_TEXT];

    for (size_t i = 0; i < d->says.count; i++) {
        if (!ga_pdi_is_one(d->says.pdi[i]))
            continue;
        if (ga_pdi_set_has(&seen, d->says.pdi[i])) {
            ga_pdi_text(d->says.pdi[i], text);
            ga_check_fail(c, GA_R_DUPLICATE, "%s: names GPU %s twice", d->label,
                          text);
            return;
        }
        ga_pdi_set_add(&seen, d->says.pdi[i]);
    }
}

static void
rule_switch(const struct ga_topology_input *in, const struct naming *switches,
            const struct ga_pdi_set *named, struct ga_check *c)
{
    const char *of = kind_name(GA_KIND_GPU);

    if (switches->count == 0)
        ga_check_fail(c, GA_R_NOTHING, "there is no NVSwitch");
    for (size_t i = 0; i < switches->count; i++) {
        check_own(switches->device[i], named, c);
        check_own_twice(switches, i, c);
        check_repeated(switches->device[i], c);
        check_field(switches->device[i], &switches->set[i], in->board->gpus, of,
                    c);
    }
    if (switches->count > 0)
        check_alike(switches, in->board->gpus, of, c);
    ga_check_pass(c);
}

/* topology.lock */

static void
rule_lock(const struct ga_topology_input *in, struct ga_check *c)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct ga_topology_device *d = &in->device[i];

        if (d->says.kind == GA_KIND_GPU) {
            if (d->mode != GA_MODE_PPCIE)
                ga_check_fail(c, GA_R_MODE_OTHER,
                              "%s: its signed mode is %s, not ppcie", d->label,
                              ga_mode_name(d->mode));
        } else if (!d->says.has_lock) {
            ga_check_fail(c, GA_R_ABSENT, "%s: the report has no lock status",
                          d->label);
        } else if (d->says.lock == 0) {
            ga_check_fail(c, GA_R_UNLOCKED,
                          "%s: is not locked: it can still be configured",
                          d->label);
        } else if (d->says.lock != 1) {
            ga_check_fail(c, GA_R_UNKNOWN_VALUE,
                          "%s: its lock status is 0x%04x, not 0 or 1", d->label,
                          d->says.lock);
        }
    }
    ga_check_pass(c);
}

/* Whoever did not sign takes no part, and without its part nothing can be
 * said. */
static bool
all_take_part(const struct ga_topology_input *in, struct ga_check *check)
{
    bool all = true;

    for (size_t i = 0; i < in->count && !in->bare; i++) {
        if (in->device[i].verified)
            continue;
        all = false;
        for (size_t r = 0; r < GA_TOPOLOGY_RULES; r++)
            if ((in->rules & 1u << r) != 0)
                ga_check_unmade(&check[r], GA_R_DEPENDS,
                                "%s: its report is not verified",
                                in->device[i].label);
    }
    return all;
}

void
ga_topology_judge(const struct ga_topology_input *in, struct ga_check *check,
                  struct ga_pdi_set *switches)
{
#define RULE(id) (&check[GA_CHECK_TOPOLOGY_##id - GA_CHECK_TOPOLOGY_BOARD])
    struct naming n = { 0 };

    if (!all_take_part(in, check))
        return;
    take_names(in, GA_KIND_GPU, &n);
    if (n.count > 0)
        *switches = n.set[n.best];
    if (in->rules & GA_TOPOLOGY_RULE(BOARD))
        rule_board(in, RULE(BOARD));
    if (in->rules & GA_TOPOLOGY_RULE(GPU))
        rule_gpu(in, &n, RULE(GPU));
    if (in->switches != NULL)
        *switches = *in->switches;
    take_names(in, GA_KIND_SWITCH, &n);
    if (in->rules & GA_TOPOLOGY_RULE(SWITCH))
        rule_switch(in, &n, switches, RULE(SWITCH));
    if (in->rules & GA_TOPOLOGY_RULE(IDENTITY))
        ga_rule_identity(in, RULE(IDENTITY));
    if (in->rules & GA_TOPOLOGY_RULE(LOCK))
        rule_lock(in, RULE(LOCK));
#undef RULE
}
