/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_NSCQ_H
#define GPUATTEST_NSCQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"
#include "gpuattest/nonce.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_nscq_handler is a session with NVIDIA's NSCQ library
 * (libnvidia-nscq.so.2, then libnvidia-nscq.so), which is loaded when it is
 * opened.  It belongs to one thread.  What the library says is the host's word:
 * reports and chains are evidence, for ga_verify().
 *
 * All functions return GA_OK, or, outputs untouched,
 *   GA_E_INVAL        NULL, or a word that cannot be a label
 *   GA_E_UNREACHABLE  the library or a symbol is not there, a call failed (the
 *                     text has its code), or a switch did not answer (the text
 *                     names it)
 *   GA_E_MISSING      there is no switch, or none of that label
 *   GA_E_BAD_VALUE    an answer that cannot be: a size beyond its buffer, a
 *                     text that is none, an answer of a switch that was not
 *                     asked
 *   GA_E_DUPLICATE    one switch twice, or two answers of one
 *   GA_E_TOO_LARGE    more than 128 switches
 *   GA_E_NOMEM
 *
 * Source: spec-protocol, 6.
 */
struct ga_nscq_handler;

/* ga_nscq_open loads the library and starts a session that has all switches
 * mounted.  ga_nscq_close ends it; NULL is allowed. */
GA_API GA_MUST_USE enum ga_rc ga_nscq_open(struct ga_nscq_handler **out,
                                           struct ga_error *err);
GA_API void ga_nscq_close(struct ga_nscq_handler *handler);

/* Bytes of a switch's label ("SWX-...", by the library), its NUL included. */
#define GA_NSCQ_LABEL 64

/*
 * ga_nscq_uuids lists the switches, in the library's order, as labels that the
 * other functions take.  Writes at most `cap`; `*count` is how many there are.
 */
GA_API GA_MUST_USE enum ga_rc ga_nscq_uuids(struct ga_nscq_handler *handler,
                                            char (*out)[GA_NSCQ_LABEL],
                                            size_t cap, size_t *count,
                                            struct ga_error *err);

/* ga_nscq_driver writes the version of the switches' driver. */
GA_API GA_MUST_USE enum ga_rc ga_nscq_driver(struct ga_nscq_handler *handler,
                                             char out[GA_NSCQ_LABEL],
                                             struct ga_error *err);

enum ga_nscq_arch { GA_NSCQ_SV10 = 0, GA_NSCQ_LR10 = 1, GA_NSCQ_LS10 = 2 };

/* ga_nscq_architecture gives the library's number, which may be another than
 * those above: only LS10 attests.  ga_nscq_arch_name returns "LS10", or
 * "unknown". */
GA_API GA_MUST_USE enum ga_rc ga_nscq_architecture(
    struct ga_nscq_handler *handler, const char *label, int *out,
    struct ga_error *err);
GA_API const char *ga_nscq_arch_name(int arch);

/* Trusted NVLink: what a switch says of its PCIe mode. */
enum ga_nscq_tnvl {
    GA_NSCQ_TNVL_UNKNOWN = -1,
    GA_NSCQ_TNVL_OFF = 0,
    GA_NSCQ_TNVL_ON = 1,
    GA_NSCQ_TNVL_FAILURE = 2,
    GA_NSCQ_TNVL_LOCKED = 3 /* on, and cannot be configured any more */
};

/* ga_nscq_tnvl_status gives the library's number; ga_nscq_tnvl_name its name
 * ("on", "locked"), "unknown" for any other. */
GA_API GA_MUST_USE enum ga_rc ga_nscq_tnvl_status(
    struct ga_nscq_handler *handler, const char *label, int *out,
    struct ga_error *err);
GA_API const char *ga_nscq_tnvl_name(int status);

/* ga_nscq_is_tnvl says whether TNVL is on, locked or not; ga_nscq_is_locked
 * whether it is on and locked. */
GA_API GA_MUST_USE enum ga_rc ga_nscq_is_tnvl(struct ga_nscq_handler *handler,
                                              const char *label, bool *out,
                                              struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_nscq_is_locked(struct ga_nscq_handler *handler,
                                                const char *label, bool *out,
                                                struct ga_error *err);

/* Answers that have bytes, one per switch that was asked. */
struct ga_nscq_answers;

/*
 * ga_nscq_chains asks for the certificate chain of the switch `label`, or of
 * all of them where it is NULL, and ga_nscq_reports for an attestation report
 * over `nonce`.  Every switch that was asked has answered exactly once.
 * `*out` is released with ga_nscq_answers_free().
 */
GA_API GA_MUST_USE enum ga_rc ga_nscq_chains(struct ga_nscq_handler *handler,
                                             const char *label,
                                             struct ga_nscq_answers **out,
                                             struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_nscq_reports(struct ga_nscq_handler *handler,
                                              const char *label,
                                              const struct ga_nonce *nonce,
                                              struct ga_nscq_answers **out,
                                              struct ga_error *err);

/* ga_nscq_answers_count returns how many there are; 0 for NULL. */
GA_API size_t ga_nscq_answers_count(const struct ga_nscq_answers *answers);

/* ga_nscq_answer borrows answer `i`; NULL behind the last one.  A chain is PEM,
 * without the NULs of the library's buffer. */
GA_API const void *ga_nscq_answer(const struct ga_nscq_answers *answers,
                                  size_t i, size_t *len, const char **label);

/* ga_nscq_answers_free releases `answers`.  NULL is allowed. */
GA_API void ga_nscq_answers_free(struct ga_nscq_answers *answers);

/* ga_nscq_warning borrows the last positive code that a call came with, as
 * text with the call and the switch; "" where there was none. */
GA_API const char *ga_nscq_warning(const struct ga_nscq_handler *handler);

/* ga_nscq_code_text writes the name and the number of any code of the
 * library's: "NSCQ_RC_ERROR_TIMEOUT (-8)", "unknown code (42)". */
#define GA_NSCQ_CODE_TEXT 64
GA_API void ga_nscq_code_text(int8_t code, char out[GA_NSCQ_CODE_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
