/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_COLLECT_H
#define GPUATTEST_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "gpuattest/context.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which devices; bits. */
enum ga_devices {
    GA_DEVICES_GPU = 1 << 0,
    GA_DEVICES_SWITCH = 1 << 1,
    GA_DEVICES_ALL = GA_DEVICES_GPU | GA_DEVICES_SWITCH
};

/*
 * ga_collect asks every device of this machine for a report over `nonce` and
 * for its certificates, through NVIDIA's libraries, which are loaded now
 * (libnvidia-ml.so.1; libnvidia-nscq.so.2, then libnvidia-nscq.so), and appends
 * them to `evidence` in the order of the libraries.
 *
 * GPUs are asked several at a time, switches one by one on this thread.  An
 * item has the device's architecture and the nonce, and its source names the
 * library and the device.
 *
 * Returns GA_OK, or, the evidence as it was,
 *   GA_E_UNREACHABLE  a library, symbol or device that is not there, or a call
 *                     that failed: the text names library, symbol and the
 *                     library's own message
 *   GA_E_MISSING      there is no such device
 *   GA_E_BAD_VALUE    a size or a text from the library that cannot be
 *   GA_E_DUPLICATE    one device twice, or two answers of one
 *   GA_E_TOO_LARGE    more devices than a list can hold
 *   GA_E_INVAL        NULL, or other bits than those of enum ga_devices
 *   GA_E_CANCELLED, GA_E_NOMEM
 */
GA_API GA_MUST_USE enum ga_rc ga_collect(struct ga_context *ctx,
                                         unsigned devices,
                                         const struct ga_nonce *nonce,
                                         struct ga_evidence *evidence,
                                         struct ga_error *err);

/* How several GPUs work together, by NVML's numbers. */
enum ga_multi_gpu_mode {
    GA_MULTI_GPU_NONE = 0,  /* each for itself: SPT */
    GA_MULTI_GPU_PPCIE = 1, /* protected PCIe: an HGX board as a whole */
    GA_MULTI_GPU_NVLE = 2   /* encrypted NVLink: MPT */
};

/* What the driver says of this host: its word, signed by nobody.  Without
 * GA_DEVICES_GPU all but `switches` and `warning` is zero. */
struct ga_host {
    unsigned gpus, switches; /* counted by the libraries that were asked */
    bool cc_on;              /* confidential computing; off where the driver
                                does not support it */
    bool dev_tools;          /* DevTools mode: never trustworthy */
    unsigned multi_gpu_mode; /* enum ga_multi_gpu_mode, or another number */
    bool has_multi_gpu_mode; /* older drivers do not say */
    unsigned environment;    /* NVML's number */
    bool ready;              /* GPUs accept work */
    bool has_ready;
    char driver[80];
    char warning[256]; /* NSCQ's last warning, "" for none */
};

/* ga_host_read asks the driver; errors as ga_collect(), `out` untouched. */
GA_API GA_MUST_USE enum ga_rc ga_host_read(struct ga_context *ctx,
                                           unsigned devices,
                                           struct ga_host *out,
                                           struct ga_error *err);

/* A device of this host, by the driver's libraries. */
struct ga_host_device {
    unsigned kind; /* GA_DEVICES_GPU or GA_DEVICES_SWITCH */
    char uuid[96]; /* of NVML, or the label of NSCQ */
    int tnvl;      /* of a switch: enum ga_nscq_tnvl, or another number */
};

/* GPUs, then switches, in the order of the libraries. */
#define GA_HOST_DEVICES_MAX 128
struct ga_host_devices {
    size_t count;
    struct ga_host_device item[GA_HOST_DEVICES_MAX];
};

/* ga_host_list lists the devices of the kinds `devices`; errors as
 * ga_collect(), `out` untouched. */
GA_API GA_MUST_USE enum ga_rc ga_host_list(struct ga_context *ctx,
                                           unsigned devices,
                                           struct ga_host_devices *out,
                                           struct ga_error *err);

/*
 * ga_verify_live is ga_verify() for evidence that ga_collect() got from this
 * host just now, and holds the driver's word against it: as many devices of the
 * kinds `devices` as `host` counted (set.count), and, with GA_DEVICES_GPU among
 * them, confidential computing on and DevTools off (set.mode; the check says
 * that nobody signed that).  Evidence of other kinds is judged as by
 * ga_verify().  The context's time must be the present.
 *
 * Returns as ga_verify(), and GA_E_INVAL where the setting "at" was given.
 */
GA_API GA_MUST_USE enum ga_rc ga_verify_live(
    struct ga_context *ctx, const struct ga_evidence *evidence,
    const struct ga_nonce *nonce, unsigned devices, const struct ga_host *host,
    struct ga_result **out, struct ga_error *err);

/* ga_host_set_ready turns the GPUs' ready state on or off.  It verifies
 * nothing, and is done in a cancelled context too: off must be possible. */
GA_API GA_MUST_USE enum ga_rc ga_host_set_ready(struct ga_context *ctx,
                                                bool ready,
                                                struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
