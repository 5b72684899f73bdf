/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_REPORT_H
#define GPUATTEST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_report is an attestation report as NVML and NSCQ give it: the SPDM 1.1
 * GET_MEASUREMENTS request, 37 bytes, and the MEASUREMENTS response.  Parsed,
 * never believed: ga_verify() does that.  Does not change; threads may read it
 * together.
 */
struct ga_report;

/*
 * ga_report_parse decodes `len` bytes and checks their shape (rule
 * report.parse of docs/checks.md).  The bytes are copied.
 *
 * Returns GA_OK, or, `out` untouched,
 *   GA_E_INVAL      an argument is NULL
 *   GA_E_TOO_LARGE  more than 0x2000 bytes
 *   GA_E_TRUNCATED  a field does not fit; err->offset says where
 *   GA_E_TRAILING   bytes follow the signature
 *   GA_E_BAD_VALUE  a field with a value or size that is not allowed
 *   GA_E_DUPLICATE  an opaque field or a block index stands twice
 *   GA_E_NOMEM
 *
 * Source: dsp0274, nvtrust-opaque; see docs/sources.md.
 */
GA_API GA_MUST_USE enum ga_rc ga_report_parse(const void *data, size_t len,
                                              struct ga_report **out,
                                              struct ga_error *err);

/* ga_report_free releases `report`.  NULL is allowed. */
GA_API void ga_report_free(struct ga_report *report);

/* ga_report_is_switch says whether an NVSwitch made the report, by its
 * fields. */
GA_API bool ga_report_is_switch(const struct ga_report *report);

/* ga_report_nonce borrows the 32 bytes of the request's nonce. */
GA_API const uint8_t *ga_report_nonce(const struct ga_report *report);

/* ga_report_measurements returns the number of blocks; block n (from 0) has
 * index n in a RIM. */
GA_API size_t ga_report_measurements(const struct ga_report *report);

/* ga_report_measurement borrows the value of block `n` (from 0); NULL where
 * there is none. */
GA_API const uint8_t *ga_report_measurement(const struct ga_report *report,
                                            size_t n, size_t *len);

/* ga_report_field borrows the raw value of opaque field `type`; NULL where the
 * report has none. */
GA_API const uint8_t *ga_report_field(const struct ga_report *report,
                                      uint16_t type, size_t *len);

/* ga_report_driver and ga_report_vbios return the versions as text, borrowed,
 * or NULL where the report has none. */
GA_API const char *ga_report_driver(const struct ga_report *report);
GA_API const char *ga_report_vbios(const struct ga_report *report);

/* Bytes of one PDI. */
#define GA_PDI_LEN 8

/*
 * ga_report_pdis returns the PDIs that the report names: for a GPU the
 * NVSwitches it is connected to (field 22, byte order as in certificates), for
 * a switch the GPUs (field 26); zeros and FFs dropped, repetitions kept.
 * Writes at most `cap` of them and returns how many there are.
 */
GA_API size_t ga_report_pdis(const struct ga_report *report,
                             uint8_t (*out)[GA_PDI_LEN], size_t cap);

/* ga_report_own_pdi copies a switch's own PDI (field 22); false for GPUs, and
 * for switches without one. */
GA_API GA_MUST_USE bool ga_report_own_pdi(const struct ga_report *report,
                                          uint8_t out[GA_PDI_LEN]);

/* What a report leads to. */
enum ga_rim_role { GA_RIM_DRIVER, GA_RIM_VBIOS, GA_RIM_BIOS, GA_RIM_ROLES };

/* Room for a RIM id and its NUL. */
#define GA_RIM_ID_TEXT 97

/*
 * ga_report_rim_id computes the id of the RIM that the report asks for in that
 * role.  Returns GA_OK, or GA_E_MISSING where a field it is made of is absent,
 * or GA_E_BAD_VALUE where it would not match [A-Z0-9_.]{1,96} without "..".
 */
GA_API GA_MUST_USE enum ga_rc ga_report_rim_id(const struct ga_report *report,
                                               enum ga_rim_role role,
                                               char out[GA_RIM_ID_TEXT],
                                               struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
