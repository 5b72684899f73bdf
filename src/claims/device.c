/* SPDX-License-Identifier: Apache-2.0 */
/* What a verification found about a device: life and names. */
#include <stdlib.h>

#include "claims/device.h"

void
ga_device_done(struct ga_device *device)
{
    for (size_t i = 0; i < GA_RIM_ROLES; i++) {
        free(device->rim[i].source);
        free(device->rim[i].oemid);
    }
    free(device->mismatch);
    free(device->warning);
    json_decref(device->signed_claims);
    *device = (struct ga_device){ 0 };
}

enum ga_scope
ga_device_scope(const struct ga_device *device)
{
    if (device->by_token)
        return GA_SCOPE_DEVICE_TOKEN;
    return device->kind == GA_KIND_SWITCH ? GA_SCOPE_SWITCH : GA_SCOPE_GPU;
}

const char *
ga_device_arch(const struct ga_device *device)
{
    return device->chip != NULL ? device->chip->arch : NULL;
}
