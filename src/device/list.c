/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices there are, by name. */
#include <string.h>

#include "device/device.h"

_Static_assert(GA_HOST_DEVICES_MAX == GA_DEVICES_MAX, "one bound");
_Static_assert(sizeof(((struct ga_host_device *)0)->uuid) >= GA_NVML_UUID &&
                   sizeof(((struct ga_host_device *)0)->uuid) >= GA_NSCQ_LABEL,
               "room for both names");

static enum ga_rc
list_gpus(const struct ga_nvml_api *api, struct ga_host_devices *out,
          struct ga_error *err)
{
    struct ga_gpus gpus = { 0 };
    enum ga_rc rc = ga_gpus_list(api, &gpus, err);

    for (size_t i = 0; i < gpus.count && rc == GA_OK; i++) {
        struct ga_host_device *d = &out->item[out->count++];

        d->kind = GA_DEVICES_GPU;
        memcpy(d->uuid, gpus.item[i].uuid, sizeof(gpus.item[i].uuid));
    }
    return rc;
}

static enum ga_rc
list_switches(struct ga_nscq *nscq, struct ga_host_devices *out,
              struct ga_error *err)
{
    struct ga_nscq_switches list = { 0 };
    enum ga_rc rc = ga_nscq_list(nscq, &list, err);

    if (rc == GA_OK && list.count > GA_HOST_DEVICES_MAX - out->count)
        rc = ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                     GA_HOST_DEVICES_MAX);
    for (size_t i = 0; i < list.count && rc == GA_OK; i++) {
        struct ga_host_device *d = &out->item[out->count];
        struct ga_nscq_answer mode = { 0 };

        rc = ga_nscq_ask(nscq, GA_NSCQ_PCIE_MODE, &list.item[i], 1, &mode, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "SWITCH-%zu", i);
        d->kind = GA_DEVICES_SWITCH;
        memcpy(d->uuid, list.item[i].label, sizeof(list.item[i].label));
        d->tnvl = mode.number;
        out->count++;
    }
    return rc;
}

enum ga_rc
ga_device_list(struct ga_device_libraries *libraries,
               struct ga_host_devices *out, struct ga_error *err)
{
    struct ga_host_devices list = { 0 };
    enum ga_rc rc = ga_device_cancelled(libraries->seams, err);

    if (rc == GA_OK && (libraries->devices & GA_DEVICES_GPU))
        rc = list_gpus(&libraries->nvml, &list, err);
    if (rc == GA_OK && (libraries->devices & GA_DEVICES_SWITCH))
        rc = list_switches(&libraries->session, &list, err);
    if (rc == GA_OK)
        *out = list;
    return rc;
}
