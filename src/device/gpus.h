/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_GPUS_H
#define GA_DEVICE_GPUS_H

#include "base/limits.h"
#include "device/nvml.h"
#include "device/seams.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"

struct ga_gpu {
    ga_nvml_device handle;
    char uuid[GA_NVML_UUID];
    const char *arch; /* "HOPPER": of the table of chips */
};

struct ga_gpus {
    size_t count;
    struct ga_gpu item[GA_DEVICES_MAX];
};

/* ga_gpus_count counts what ga_gpus_list() would list: GA_E_MISSING for none,
 * GA_E_TOO_LARGE above GA_DEVICES_MAX. */
GA_MUST_USE enum ga_rc ga_gpus_count(const struct ga_nvml_api *api,
                                     unsigned *out, struct ga_error *err);

/* ga_gpus_list lists the GPUs in NVML's order.  One that stands there twice is
 * GA_E_DUPLICATE, one that cannot attest GA_E_UNREACHABLE. */
GA_MUST_USE enum ga_rc ga_gpus_list(const struct ga_nvml_api *api,
                                    struct ga_gpus *out, struct ga_error *err);

/* What to ask for, and how. */
struct ga_gpus_request {
    const struct ga_nvml_api *api;
    const struct ga_device_seams *seams;
    const struct ga_nonce *nonce;
    unsigned threads; /* at most; 0: as many as are of use */
};

/* ga_gpus_collect asks every GPU of `gpus`, several at a time, and puts their
 * evidence behind what `evidence` holds; on failure, the caller throws
 * `evidence` away.  The error is that of the first GPU that has one. */
GA_MUST_USE enum ga_rc ga_gpus_collect(const struct ga_gpus_request *request,
                                       const struct ga_gpus *gpus,
                                       struct ga_evidence *evidence,
                                       struct ga_error *err);

#endif
