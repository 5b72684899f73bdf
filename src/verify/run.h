/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_RUN_H
#define GA_VERIFY_RUN_H

#include "gpuattest/evidence.h"
#include "rim/compare.h"
#include "verify/context.h"
#include "verify/result.h"
#include "x509/chain.h"

/* One device while it is verified. */
struct ga_subject {
    struct ga_evidence_view item;
    struct ga_report *report; /* NULL where it does not parse */
    struct ga_chain *chain;   /* NULL where it does not parse */
    struct ga_error problem;  /* the first of the two, GA_OK: none */
    struct ga_chain_facts facts;
    /* RIMs whose values may be compared, borrowed from the store. */
    const struct ga_rim *rim[GA_RIM_ROLES];
    struct ga_device *device;
};

/* One verification. */
struct ga_run {
    struct ga_context *ctx;
    const struct ga_nonce *nonce;
    ga_time at;
    struct ga_result *result;
    struct ga_subject *subject; /* one per device of the result */
};

/* The steps, in order.  Each fills in checks and fails only where there can be
 * no verdict (GA_E_NOMEM).  Those with a subject change nothing else, so that
 * threads take a device each. */

/* report.parse, and the parsing half of device.chain (device.c). */
GA_MUST_USE enum ga_rc ga_verify_parse(struct ga_run *run, struct ga_subject *s,
                                       struct ga_error *err);
/* report.nonce, .signature, .fwid, .mode, device.chain, device.ocsp. */
void ga_verify_device(struct ga_run *run, struct ga_subject *s);
/* *_rim.* of every role that the device has (collateral.c). */
GA_MUST_USE enum ga_rc ga_verify_rims(struct ga_run *run, struct ga_subject *s,
                                      struct ga_error *err);
/* report.arch, which looks at the RIMs' product too (device.c). */
void ga_verify_arch(struct ga_run *run, struct ga_subject *s);
/* measurements.* */
GA_MUST_USE enum ga_rc ga_verify_measurements(struct ga_subject *s,
                                              struct ga_error *err);
/* set.* and topology.* (set.c). */
void ga_verify_set(struct ga_run *run);

/* For ga_rim_verify() and collateral.c: the rules of a RIM's chain and of OCSP
 * under the context's settings. */
struct ga_chain_rules ga_run_chain_rules(const struct ga_context *ctx,
                                         ga_time at, int64_t grace);
void ga_run_ocsp(const struct ga_context *ctx, ga_time at, bool rim,
                 const struct ga_certs *certs,
                 const struct ga_chain_facts *chain, struct ga_check *check,
                 struct ga_ocsp_facts *facts);

#endif
