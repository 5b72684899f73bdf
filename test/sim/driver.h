/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SIM_DRIVER_H
#define TEST_SIM_DRIVER_H

#include "device/nscq.h"
#include "device/nvml.h"
#include "gpuattest/gpuattest.h"

/*
 * The driver's libraries as a caller loads them.  Functions return NULL, or
 * what went wrong: "nvmlInit_v2: 9".
 */
struct driver {
    void *nvml_handle, *nscq_handle;
    struct ga_nvml_api nvml;
    struct ga_nscq_api nscq;
};

/* driver_load loads both by name, from `folder`, or, where that is NULL, from
 * where the loader looks. */
const char *driver_load(struct driver *d, const char *folder);
void driver_unload(struct driver *d);

/* driver_collect starts the libraries, asks every device over `nonce`, appends
 * what they say to `out`, and stops them.  The list of a library that has no
 * device stays as it is. */
const char *driver_collect(struct driver *d, const struct ga_nonce *nonce,
                           struct ga_evidence *out);

#endif
