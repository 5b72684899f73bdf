/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_RUN_H
#define GA_VERIFY_RUN_H

#include "bundle/bundle.h"
#include "gpuattest/collect.h"
#include "rim/compare.h"
#include "verify/context.h"
#include "verify/gather.h"
#include "verify/result.h"
#include "x509/chain.h"

/* The RIM that counts for a role; borrowed from the store. */
struct ga_chosen {
    const struct ga_rim *rim; /* NULL: none can be read */
    struct ga_chain_facts chain;
};

/* One device while it is verified. */
struct ga_subject {
    struct ga_evidence_view item;
    struct ga_report *report; /* NULL where it does not parse */
    struct ga_chain *chain;   /* NULL where it does not parse */
    struct ga_error problem;  /* the first of the two, GA_OK: none */
    struct ga_chain_facts facts;
    struct ga_chosen chosen[GA_RIM_ROLES];
    /* Those of them whose values may be compared. */
    const struct ga_rim *rim[GA_RIM_ROLES];
    struct ga_device *device;
};

/* One verification. */
struct ga_run {
    struct ga_context *ctx;
    const struct ga_nonce *nonce; /* NULL: only collateral is looked at */
    struct ga_bundle *bundle;     /* that it is put into, or NULL */
    size_t held;                  /* devices whose collateral holds */
    const struct ga_host *host; /* where the evidence was collected; NULL: from
                                   elsewhere */
    unsigned live;              /* enum ga_devices: collected there */
    bool part;                  /* of a set that ga_verify_join() judges */
    bool no_board;              /* the setting topology is not for this set */
    ga_time at;
    struct ga_result *result;
    struct ga_subject *subject; /* one per device of the result */
    struct ga_gathered gathered;
};

/* The steps, in order.  Each fills in checks and fails only where there can be
 * no verdict (GA_E_NOMEM).  Those with a subject change nothing else, so that
 * threads take a device each. */

/* report.parse, and the parsing half of device.chain (device.c). */
GA_MUST_USE enum ga_rc ga_verify_parse(struct ga_run *run, struct ga_subject *s,
                                       struct ga_error *err);
/* report.nonce, .signature, .fwid, .mode, device.chain. */
void ga_verify_device(struct ga_run *run, struct ga_subject *s);
/* Whether anything may be looked up for the device: its report is signed by a
 * chain that holds, the time aside (rule 9). */
bool ga_may_ask(const struct ga_subject *s);
/* *_rim.* of every role that the device has, but for *_rim.ocsp
 * (collateral.c). */
GA_MUST_USE enum ga_rc ga_verify_rims(struct ga_run *run, struct ga_subject *s,
                                      struct ga_error *err);
/* device.ocsp and *_rim.ocsp (revocation.c). */
void ga_verify_ocsp(struct ga_run *run, struct ga_subject *s);
/* report.arch, which looks at the RIMs' product too (device.c). */
void ga_verify_arch(struct ga_run *run, struct ga_subject *s);
/* measurements.* */
GA_MUST_USE enum ga_rc ga_verify_measurements(struct ga_subject *s,
                                              struct ga_error *err);
/* ga_verify_begin makes the result of a run, for so many devices, and
 * ga_verify_finish labels them, makes the checks of the set and the verdict. */
GA_MUST_USE enum ga_rc ga_verify_begin(struct ga_run *run, size_t devices,
                                       struct ga_result **out,
                                       struct ga_error *err);
GA_MUST_USE enum ga_rc ga_verify_finish(struct ga_run *run,
                                        struct ga_error *err);
/* What set.* compares, kept with the device (facts.c).  GA_E_INTERNAL where
 * libcrypto fails. */
GA_MUST_USE enum ga_rc ga_verify_set_facts(struct ga_run *run,
                                           struct ga_subject *s,
                                           struct ga_error *err);
/* set.* and topology.* (set.c). */
GA_MUST_USE enum ga_rc ga_verify_set(struct ga_run *run, struct ga_error *err);
/* Puts what the devices needed into the bundle (archive.c). */
GA_MUST_USE enum ga_rc ga_archive_devices(struct ga_run *run,
                                          struct ga_error *err);

/* The same for one RIM. */
GA_MUST_USE enum ga_rc ga_archive_rim(const struct ga_context *ctx,
                                      const struct ga_gathered *g, ga_time at,
                                      const char *id, const struct ga_rim *rim,
                                      const struct ga_chain_facts *chain,
                                      struct ga_bundle *bundle,
                                      struct ga_error *err);

/* ga_choose_rim takes the RIM that counts of those that stand under one id:
 * the best that holds (collateral.c). */
struct ga_candidate {
    const struct ga_rim_found *found;
    struct ga_check check[GA_RIM_CHECKS];
    struct ga_chain_facts chain;
    bool holds; /* schema, signature, and the chain but for the time */
    ga_time signed_from;
};
void ga_choose_rim(const struct ga_context *ctx, ga_time at,
                   const struct ga_rim_found *found, size_t count,
                   struct ga_candidate *best);

/* ga_verify_has_role says whether a device of that kind has a RIM of that role;
 * ga_verify_rim_checks returns the six checks of a role, which stand together
 * in the table. */
bool ga_verify_has_role(const struct ga_device *d, enum ga_rim_role role);
struct ga_check *ga_verify_rim_checks(struct ga_device *d,
                                      enum ga_rim_role role);

/* For ga_rim_verify() too: the rules of a RIM's chain and of OCSP under the
 * context's settings. */
struct ga_chain_rules ga_run_chain_rules(const struct ga_context *ctx,
                                         ga_time at, int64_t grace);
struct ga_ocsp_rules ga_run_ocsp_rules(const struct ga_context *ctx,
                                       const struct ga_gathered *g, ga_time at,
                                       bool rim);
void ga_run_ocsp(const struct ga_context *ctx, const struct ga_gathered *g,
                 ga_time at, bool rim, const struct ga_certs *certs,
                 const struct ga_chain_facts *chain, struct ga_check *check,
                 struct ga_ocsp_facts *facts);

#endif
