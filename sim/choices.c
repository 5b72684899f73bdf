/* SPDX-License-Identifier: Apache-2.0 */
/* What a world may be made of. */
#include <string.h>

#include "sim/world.h"

/* Device certificates begin between 2020 and 2023, and RIM roots live 27 years
 * behind the present. */
#define AT_FIRST INT64_C(1704067200) /* 2024-01-01 */
#define AT_LAST  INT64_C(4102444799) /* 2099-12-31 */

static enum ga_rc
refuse(struct ga_error *err, const char *why)
{
    return ga_fail(err, GA_E_INVAL, "%s", why);
}

enum ga_rc
sim_options_init(struct sim_options *o, ga_time now, struct ga_error *err)
{
    struct sim_options fresh = { .gpus = 1,
                                 .gpu = ga_chip_by_cert("GH100", 5),
                                 .mode = GA_MODE_SPT,
                                 .at = now,
                                 .driver = "580.95.05" };
    enum ga_rc rc = ga_nonce_random(&fresh.nonce, err);

    if (rc == GA_OK)
        *o = fresh;
    return rc;
}

/* Digits of one part of a driver version: as many as the verifier takes. */
#define PART_MAX 6

/* docs/rules.md 12: n.n[.n] */
static bool
driver_ok(const char *v)
{
    unsigned parts = 0;
    size_t digits = 0, len = strlen(v);

    if (len >= sizeof(((struct sim_report_spec *)0)->driver))
        return false;
    for (; *v != '\0'; v++) {
        if (*v >= '0' && *v <= '9' && digits < PART_MAX) {
            digits++;
        } else if (*v == '.' && digits > 0) {
            parts++;
            digits = 0;
        } else {
            return false;
        }
    }
    return digits > 0 && (parts == 1 || parts == 2);
}

static enum ga_rc
check_defects(const struct sim_options *o, struct ga_error *err)
{
    for (size_t i = 0; i < o->defects; i++) {
        const struct sim_defect *d = o->defect[i];

        if (o->gpus < d->gpus || o->switches < d->switches)
            return ga_fail(err, GA_E_INVAL,
                           "defect %s needs %u GPUs and %u switches", d->name,
                           d->gpus, d->switches);
    }
    return GA_OK;
}

enum ga_rc
sim_options_check(const struct sim_options *o, struct ga_error *err)
{
    bool hopper = o->gpu->fwid == GA_FWID_DEVICE_KEY;

    if (o->gpus + o->switches == 0)
        return refuse(err, "no devices");
    if (o->gpus > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_INVAL, "%u GPUs, not 0 to %d", o->gpus,
                       GA_DEVICES_MAX);
    if (o->switches > SIM_BOARD_SWITCHES)
        return ga_fail(err, GA_E_INVAL, "%u switches, not 0 to %d", o->switches,
                       SIM_BOARD_SWITCHES);
    if (o->switches > 0 && o->gpus > SIM_BOARD_GPUS)
        return ga_fail(err, GA_E_INVAL, "%u GPUs on a board, not 0 to %d",
                       o->gpus, SIM_BOARD_GPUS);
    if (o->switches > 0 && !hopper)
        return refuse(err, "switches stand on Hopper boards alone");
    if (o->mode == GA_MODE_PPCIE && !hopper)
        return refuse(err, "mode ppcie is Hopper's");
    if (!driver_ok(o->driver))
        return refuse(err, "driver version is not n.n[.n] with up to 6 digits "
                           "each");
    if (o->at < AT_FIRST || o->at > AT_LAST)
        return refuse(err, "time is not within 2024 to 2099");
    return check_defects(o, err);
}
