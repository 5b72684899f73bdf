/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_DEVICE_H
#define GA_DEVICE_DEVICE_H

#include "device/gpus.h"
#include "device/nscq_session.h"
#include "device/nvml.h"
#include "gpuattest/collect.h"

/*
 * The driver's libraries, loaded and started.  Zeroed before
 * ga_device_open(), stays where it is until ga_device_close().  Tests fill in
 * the tables, `devices` and `seams`, and start the session.
 */
struct ga_device_libraries {
    unsigned devices; /* enum ga_devices: which libraries are there */
    unsigned threads; /* that ask GPUs, at most; 0: as many as are of use */
    const struct ga_device_seams *seams;
    struct ga_nvml_api nvml;
    struct ga_nscq_api nscq;
    struct ga_nscq session;
};

/* ga_device_open loads and starts what `devices` needs.  A failed start leaves
 * nothing behind and can be tried again. */
GA_MUST_USE enum ga_rc ga_device_open(struct ga_device_libraries *libraries,
                                      unsigned devices,
                                      const struct ga_device_seams *seams,
                                      struct ga_error *err);

/* ga_device_close stops and unloads what is open; a zeroed struct may be
 * closed. */
void ga_device_close(struct ga_device_libraries *libraries);

/* The functions of gpuattest/collect.h, over open libraries. */
GA_MUST_USE enum ga_rc ga_device_collect(struct ga_device_libraries *libraries,
                                         const struct ga_nonce *nonce,
                                         struct ga_evidence *evidence,
                                         struct ga_error *err);
GA_MUST_USE enum ga_rc ga_device_host(struct ga_device_libraries *libraries,
                                      struct ga_host *out,
                                      struct ga_error *err);
GA_MUST_USE enum ga_rc ga_device_list(struct ga_device_libraries *libraries,
                                      struct ga_host_devices *out,
                                      struct ga_error *err);
GA_MUST_USE enum ga_rc ga_device_set_ready(
    struct ga_device_libraries *libraries, bool ready, struct ga_error *err);

#endif
