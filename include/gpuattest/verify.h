/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_VERIFY_H
#define GPUATTEST_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/context.h"
#include "gpuattest/error.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The outcome of one check.  Zero is "was not made" and never counts as
 * passed. */
enum ga_state {
    GA_NOT_CHECKED = 0, /* could and should have been checked */
    GA_FAILED,
    GA_PASSED,
    GA_NOT_APPLICABLE /* the evidence has nothing of the kind */
};

/*
 * What a verification came to.  The values are the exit statuses of the
 * command.  GA_VERDICT_MALFORMED: a report or a chain of the set cannot be
 * parsed; GA_VERDICT_UNREACHABLE: nothing failed, and something that is needed
 * was not checked because somebody did not answer.
 */
enum ga_verdict {
    GA_VERDICT_VERIFIED = 0,
    GA_VERDICT_REJECTED = 1,
    GA_VERDICT_MALFORMED = 3,
    GA_VERDICT_UNREACHABLE = 4
};

/*
 * ga_result is what one call of ga_verify() found: one row of checks per
 * device and one for the set.  It does not change; threads may read it
 * together.  It outlives its context and its evidence.
 */
struct ga_result;

/* ga_check_view shows one check.  All members are borrowed from the result;
 * `reason` and `text` are NULL where there is none. */
struct ga_check_view {
    const char *name; /* "report.signature" */
    enum ga_state state;
    const char *reason; /* "expired", "index-9" */
    const char *text;   /* one line for a person */
    bool relaxed;       /* did not turn the verdict, as ga_settings allowed */
};

/* ga_device_view shows one device.  Strings are borrowed from the result, and
 * NULL where the evidence does not say. */
struct ga_device_view {
    const char *label;     /* GPU-0, SWITCH-0 */
    const char *type;      /* gpu, nvswitch */
    const char *arch;      /* HOPPER, BLACKWELL, LS10 */
    const char *device_id; /* BROM serial, upper-case hex */
    const char *pdi;       /* 16 upper-case hex digits */
    const char *ueid;      /* decimal */
    const char *hwmodel;   /* the BROM's common name */
    const char *driver;
    const char *vbios;
    const char *mode; /* spt, mpt, ppcie, unknown */
    bool verified;
};

/* Stands for the checks of the set as a whole where a device is asked for. */
#define GA_SET ((size_t)-1)

/*
 * ga_verify makes every check of docs/checks.md on every device of `evidence`
 * and on the set, at the context's time, against `nonce`, which the caller has
 * chosen: there is no default that accepts the evidence's own.
 *
 * Returns GA_OK when there is a verdict, a rejection included: see
 * ga_result_verdict().  Any other code means that there is none:
 *   GA_E_INVAL      an argument is NULL
 *   GA_E_MISSING    no devices at all
 *   GA_E_CANCELLED  ga_cancel() was called
 *   GA_E_NOMEM, GA_E_INTERNAL
 * `*out` receives a new result, released with ga_result_free(); untouched on
 * failure.
 */
GA_API GA_MUST_USE enum ga_rc ga_verify(struct ga_context *ctx,
                                        const struct ga_evidence *evidence,
                                        const struct ga_nonce *nonce,
                                        struct ga_result **out,
                                        struct ga_error *err);

/* ga_result_free releases `result`.  NULL is allowed. */
GA_API void ga_result_free(struct ga_result *result);

/* ga_result_verified says whether everything that must hold does.  False for
 * NULL. */
GA_API bool ga_result_verified(const struct ga_result *result);

/* ga_result_verdict returns the verdict; GA_VERDICT_REJECTED for NULL. */
GA_API enum ga_verdict ga_result_verdict(const struct ga_result *result);

/* ga_result_summary returns the last line of the text output, for example
 * "VERIFIED 8 GPUs, 4 NVSwitches".  Borrowed. */
GA_API const char *ga_result_summary(const struct ga_result *result);

/* ga_result_devices returns the number of devices. */
GA_API size_t ga_result_devices(const struct ga_result *result);

/* ga_result_device shows device `i`; false where there is none. */
GA_API GA_MUST_USE bool ga_result_device(const struct ga_result *result,
                                         size_t i, struct ga_device_view *out);

/* ga_result_checks returns the number of checks of device `i`, or of the set
 * (GA_SET); 0 where there is no such device. */
GA_API size_t ga_result_checks(const struct ga_result *result, size_t i);

/* ga_result_check shows check `n` of device `i`, or of the set (GA_SET), in the
 * order of docs/checks.md; false where there is none. */
GA_API GA_MUST_USE bool ga_result_check(const struct ga_result *result,
                                        size_t i, size_t n,
                                        struct ga_check_view *out);

/*
 * ga_result_next_failed walks over every check that turns the verdict: failed,
 * or not checked, and not relaxed.  Start with zeroed `*at`; it is the walk's
 * own.  Returns false at the end.  `*device` is an index or GA_SET.
 */
GA_API GA_MUST_USE bool ga_result_next_failed(const struct ga_result *result,
                                              size_t *at, size_t *device,
                                              struct ga_check_view *out);

/* ga_result_relaxed returns relaxation `i` that was used, as
 * "device.ocsp:not_checked", sorted; NULL behind the last one.  Borrowed. */
GA_API const char *ga_result_relaxed(const struct ga_result *result, size_t i);

/* ga_result_warning returns warning `i`, one line; NULL behind the last one.
 * Borrowed. */
GA_API const char *ga_result_warning(const struct ga_result *result, size_t i);

/* ga_policy_view shows what one policy said.  Strings are borrowed from the
 * result; `why` is NULL where the policy passed. */
struct ga_policy_view {
    const char *name; /* of its file, or of the setting: "min-driver" */
    bool passed;
    const char *why;
};

/*
 * ga_result_policy shows policy `i`: the settings min-driver, min-vbios and
 * expect-ueid, then the files of the setting `policy`.  One that did not pass
 * turns the verdict "verified" into "rejected".  False behind the last one.
 */
GA_API GA_MUST_USE bool ga_result_policy(const struct ga_result *result,
                                         size_t i, struct ga_policy_view *out);

/* ga_result_anchors returns "builtin", or "custom" where anchors that are not
 * built in were configured. */
GA_API const char *ga_result_anchors(const struct ga_result *result);

/* ga_result_time returns the verification time, in seconds since 1970-01-01
 * UTC. */
GA_API int64_t ga_result_time(const struct ga_result *result);

/*
 * ga_result_json prints the result as the JSON object of
 * docs/result.schema.json, with the claims of the context's version.  The
 * caller releases the text with ga_text_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_result_json(const struct ga_result *result,
                                             char **out, struct ga_error *err);

/*
 * ga_result_claims prints the claims of device `i` as NRAS would name them.
 * `version` is "2.0", "3.0" or "4.0"; GA_E_INVAL for another one or another index.
 * The caller releases the text with ga_text_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_result_claims(const struct ga_result *result,
                                               size_t i, const char *version,
                                               char **out,
                                               struct ga_error *err);

/* ga_text_free releases text that this library made.  NULL is allowed. */
GA_API void ga_text_free(char *text);

#ifdef __cplusplus
}
#endif
#endif
