/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_EVIDENCE_H
#define GPUATTEST_EVIDENCE_H

#include <stddef.h>

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_evidence is a list of devices' evidence: for each the attestation report
 * and the certificate chain, as bytes that nothing was verified of.  Belongs
 * to one thread while it grows, then threads may read it together.
 */
struct ga_evidence;

/* ga_evidence_new makes an empty list.  Returns GA_OK or GA_E_NOMEM. */
GA_API GA_MUST_USE enum ga_rc ga_evidence_new(struct ga_evidence **out,
                                              struct ga_error *err);

/* ga_evidence_free releases `evidence`.  NULL is allowed. */
GA_API void ga_evidence_free(struct ga_evidence *evidence);

/*
 * ga_evidence_load reads the file `path` ("-": standard input) once and appends
 * its devices.  ga_evidence_parse does the same for bytes that the caller has.
 * The form is told by the content: docs/evidence.md lists them.
 *
 * Returns GA_OK, or, with the list as it was,
 *   GA_E_FILE       the file cannot be read
 *   GA_E_TOO_LARGE  more than 1 MiB, or too many values or devices
 *   GA_E_SYNTAX     neither JSON nor base64 of it; err->offset says where
 *   GA_E_DUPLICATE  a key stands twice in one object
 *   GA_E_MISSING    no item, or one without evidence or certificate
 *   GA_E_BAD_VALUE  a member of another type, base64 that is none, ...
 *   GA_E_NOMEM
 */
GA_API GA_MUST_USE enum ga_rc ga_evidence_load(struct ga_evidence *evidence,
                                               const char *path,
                                               struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_evidence_parse(struct ga_evidence *evidence,
                                                const void *data, size_t len,
                                                struct ga_error *err);

/*
 * ga_evidence_add appends one device from a raw report and a PEM chain, both
 * copied.  Returns GA_OK, GA_E_INVAL for NULL or no bytes, GA_E_TOO_LARGE, or
 * GA_E_NOMEM.  ga_evidence_add_base64 takes the two as base64 text, as nvrust
 * and NRAS have them (the certificate: base64 of the PEM text), and can return
 * GA_E_SYNTAX too.
 */
GA_API GA_MUST_USE enum ga_rc ga_evidence_add(
    struct ga_evidence *evidence, const void *report, size_t report_len,
    const void *chain, size_t chain_len, struct ga_error *err);
GA_API GA_MUST_USE enum ga_rc ga_evidence_add_base64(
    struct ga_evidence *evidence, const char *report, const char *certificate,
    struct ga_error *err);

/* ga_evidence_count returns the number of devices; 0 for NULL. */
GA_API size_t ga_evidence_count(const struct ga_evidence *evidence);

/* ga_evidence_view shows one device.  All members are borrowed from the
 * evidence; `arch` and `nonce` are what the file says, which is only ever
 * compared, and NULL where it says nothing. */
struct ga_evidence_view {
    const void *report;
    size_t report_len;
    const void *chain; /* PEM */
    size_t chain_len;
    const char *arch;
    const char *nonce;  /* as it stands in the file */
    const char *source; /* "gpu.json item 3" (from 1): for messages, escaped */
};

/* ga_evidence_get shows device `i`; GA_E_INVAL where there is none. */
GA_API GA_MUST_USE enum ga_rc ga_evidence_get(
    const struct ga_evidence *evidence, size_t i, struct ga_evidence_view *out,
    struct ga_error *err);

/*
 * ga_evidence_json prints the list form `[{"arch","nonce","evidence",
 * "certificate"}]`, keys that nothing is known of left out.  The caller
 * releases the text with ga_text_free().  Returns GA_OK or GA_E_NOMEM.
 */
GA_API GA_MUST_USE enum ga_rc ga_evidence_json(
    const struct ga_evidence *evidence, char **out, struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
