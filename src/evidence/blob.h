/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_EVIDENCE_BLOB_H
#define GA_EVIDENCE_BLOB_H

#include <jansson.h>

#include "base/bytes.h"

/* What the bytes of a member are. */
enum ga_blob { GA_BLOB_REPORT, GA_BLOB_CHAIN };

/*
 * ga_blob_text decodes `text`: base64 of either alphabet, with or without
 * line breaks and padding, or hex, of the bytes or of a text that is one of
 * these again; a chain may be PEM as it is.  GA_E_BAD_VALUE where it is none,
 * GA_E_MISSING where nothing is left, GA_E_TOO_LARGE above the kind's bound.
 */
GA_MUST_USE enum ga_rc ga_blob_text(struct ga_bytes text, enum ga_blob kind,
                                    struct ga_buf *out, struct ga_error *err);

/* ga_blob_json does that for a JSON string, for bytes as jsonpickle writes
 * them, and, for a chain, for a list of either. */
GA_MUST_USE enum ga_rc ga_blob_json(const json_t *value, enum ga_blob kind,
                                    struct ga_buf *out, struct ga_error *err);

/* ga_blob_max is the bound of a kind in bytes. */
size_t ga_blob_max(enum ga_blob kind);

#endif
