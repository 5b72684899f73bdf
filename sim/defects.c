/* SPDX-License-Identifier: Apache-2.0 */
/* The table of defects, area by area, and how they are put in. */
#include <string.h>

#include "sim/world.h"

static const struct sim_defect *const areas[] = {
    sim_defects_report, sim_defects_chain, sim_defects_ocsp,
    sim_defects_rim,    sim_defects_set,   sim_defects_board,
};

const struct sim_defect *
sim_defect_at(size_t i)
{
    for (size_t a = 0; a < sizeof(areas) / sizeof(areas[0]); a++)
        for (const struct sim_defect *d = areas[a]; d->name != NULL; d++)
            if (i-- == 0)
                return d;
    return NULL;
}

const struct sim_defect *
sim_defect_find(const char *name)
{
    const struct sim_defect *d;

    for (size_t i = 0; (d = sim_defect_at(i)) != NULL; i++)
        if (strcmp(d->name, name) == 0)
            return d;
    return NULL;
}

static void
apply(const struct sim_defect *d, void *spec)
{
    switch (d->stage) {
    case SIM_AT_CERT:
        d->apply.cert(spec);
        break;
    case SIM_AT_DEVICE:
        d->apply.device(spec);
        break;
    case SIM_AT_CHAIN:
        d->apply.chain(spec);
        break;
    case SIM_AT_REPORT:
        d->apply.report(spec);
        break;
    case SIM_AT_RIM:
        d->apply.rim(spec);
        break;
    case SIM_AT_OCSP:
        d->apply.ocsp(spec);
        break;
    case SIM_AT_ITEM:
        d->apply.item(spec);
        break;
    case SIM_AT_SET:
        d->apply.set(spec);
        break;
    case SIM_AT_VERIFY:
        break;
    }
}

/* "GPU-*" stands for every name that begins so. */
static bool
means(const char *on, const char *name)
{
    size_t n = strlen(on);

    if (n > 0 && on[n - 1] == '*')
        return strncmp(on, name, n - 1) == 0;
    return strcmp(on, name) == 0;
}

void
sim_twist(const struct sim_world *w, enum sim_stage stage, const char *name,
          void *spec)
{
    for (size_t i = 0; i < w->o.defects; i++) {
        const struct sim_defect *d = w->o.defect[i];

        if (d->stage == stage && means(d->on, name))
            apply(d, spec);
    }
}
