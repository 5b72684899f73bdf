/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_SWITCHES_H
#define GA_DEVICE_SWITCHES_H

#include "device/nscq_session.h"
#include "gpuattest/evidence.h"

/* ga_switches_collect lists the switches, asks them one by one, and puts their
 * evidence behind what `evidence` holds; on failure, the caller throws
 * `evidence` away. */
GA_MUST_USE enum ga_rc ga_switches_collect(struct ga_nscq *nscq,
                                           const struct ga_nonce *nonce,
                                           struct ga_evidence *evidence,
                                           struct ga_error *err);

#endif
