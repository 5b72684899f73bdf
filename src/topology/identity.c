/* SPDX-License-Identifier: Apache-2.0 */
/* topology.identity: what reports name are the devices that signed, by the
 * serial numbers of their BROM certificates. */
#include "topology/rules.h"

static bool
has_identity(const struct ga_topology_device *d)
{
    return d->has_identity && ga_pdi_is_one(d->identity);
}

/* A device that has no name of its own cannot be tied to anything. */
static void
check_identity(const struct ga_topology_input *in,
               const struct ga_topology_device *d, struct ga_check *c)
{
    char said[GA_PDI_TEXT], is[GA_PDI_TEXT];

    if (!d->has_identity && in->bare) {
        ga_check_unmade(c, GA_R_DEPENDS, "%s: has no certificates", d->label);
        return;
    }
    if (!has_identity(d)) {
        ga_check_fail(c, GA_R_ABSENT,
                      "%s: its BROM certificate's serial number has no PDI",
                      d->label);
        return;
    }
    if (d->says.kind != GA_KIND_SWITCH || !d->says.has_own ||
        ga_pdi_equal(d->says.own, d->identity))
        return;
    ga_pdi_text(d->says.own, said);
    ga_pdi_text(d->identity, is);
    ga_check_fail(c, GA_R_MISMATCH,
                  "%s: says it is %s, its certificate says %s", d->label, said,
                  is);
}

static void
check_twice(const struct ga_topology_input *in, size_t i, struct ga_check *c)
{
    const struct ga_topology_device *d = &in->device[i];
    char text[GA_PDI_TEXT];

    for (size_t k = 0; k < i; k++) {
        const struct ga_topology_device *other = &in->device[k];

        if (!has_identity(d) || !has_identity(other) ||
            !ga_pdi_equal(d->identity, other->identity))
            continue;
        ga_pdi_text(d->identity, text);
        ga_check_fail(c, GA_R_SAME_DEVICE, "%s and %s are both %s",
                      other->label, d->label, text);
        return;
    }
}

static bool
names(const struct ga_topology_device *d, const uint8_t pdi[GA_PDI_LEN])
{
    for (size_t i = 0; i < d->says.count; i++)
        if (ga_pdi_equal(d->says.pdi[i], pdi))
            return true;
    return false;
}

/* Every device of the other kind names this one. */
static void
check_named(const struct ga_topology_input *in,
            const struct ga_topology_device *d, struct ga_check *c)
{
    const struct ga_topology_device *first = NULL;
    unsigned missing = 0, of = 0;

    if (!has_identity(d))
        return;
    for (size_t i = 0; i < in->count; i++) {
        const struct ga_topology_device *other = &in->device[i];

        if (other->says.kind == d->says.kind)
            continue;
        of++;
        if (names(other, d->identity))
            continue;
        if (missing++ == 0)
            first = other;
    }
    if (missing == 0)
        return;
    if (missing == of)
        ga_check_fail(c, GA_R_MISMATCH, "%s is named by no %s", d->label,
                      d->says.kind == GA_KIND_GPU ? "NVSwitch" : "GPU");
    else
        ga_check_fail(c, GA_R_MISMATCH, "%s is not named by %s%s", d->label,
                      first->label, missing > 1 ? " and others" : "");
}

static bool
is_attested(const struct ga_topology_input *in, enum ga_kind kind,
            const uint8_t pdi[GA_PDI_LEN])
{
    for (size_t i = 0; i < in->count; i++) {
        const struct ga_topology_device *d = &in->device[i];

        if (d->says.kind == kind && has_identity(d) &&
            ga_pdi_equal(d->identity, pdi))
            return true;
    }
    return false;
}

/* Whom a device names has attested; each stranger is told once. */
static void
check_strangers(const struct ga_topology_input *in,
                const struct ga_topology_device *d, struct ga_pdi_set *told,
                struct ga_check *c)
{
    enum ga_kind kind =
        d->says.kind == GA_KIND_GPU ? GA_KIND_SWITCH : GA_KIND_GPU;
    char text[GA_PDI_TEXT];

    for (size_t i = 0; i < d->says.count; i++) {
        const uint8_t *pdi = d->says.pdi[i];

        if (!ga_pdi_is_one(pdi) || is_attested(in, kind, pdi) ||
            ga_pdi_set_has(told, pdi))
            continue;
        ga_pdi_set_add(told, pdi);
        ga_pdi_text(pdi, text);
        ga_check_fail(c, GA_R_MISMATCH, "%s names %s, which is no attested %s",
                      d->label, text, kind == GA_KIND_GPU ? "GPU" : "NVSwitch");
    }
}

static bool
all_have_identity(const struct ga_topology_input *in)
{
    for (size_t i = 0; i < in->count; i++)
        if (!in->device[i].has_identity)
            return false;
    return true;
}

void
ga_rule_identity(const struct ga_topology_input *in, struct ga_check *c)
{
    struct ga_pdi_set told = { 0 };
    bool known = all_have_identity(in);

    for (size_t i = 0; i < in->count; i++) {
        check_identity(in, &in->device[i], c);
        check_twice(in, i, c);
    }
    /* Among bare reports, who is not known may be whom others name. */
    for (size_t i = 0; i < in->count && (known || !in->bare); i++) {
        check_named(in, &in->device[i], c);
        check_strangers(in, &in->device[i], &told, c);
    }
    ga_check_pass(c);
}
