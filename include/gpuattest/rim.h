/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_RIM_H
#define GPUATTEST_RIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/context.h"
#include "gpuattest/error.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_rim is a reference integrity manifest: a SWID tag with golden values,
 * signed.  Parsed, never believed: ga_verify() and ga_rim_verify() do that.
 * Does not change; threads may read it together.
 */
struct ga_rim;

/*
 * ga_rim_parse decodes `len` bytes of XML in the strict profile of
 * docs/rim-profile.md.  It collects up to 16 problems: the error has the first,
 * with its offset, and says how many more there are.
 *
 * Returns GA_OK, or, `out` untouched, GA_E_INVAL, GA_E_TOO_LARGE (256 KiB),
 * GA_E_SYNTAX (no XML, or XML that the profile does not admit), GA_E_MISSING,
 * GA_E_BAD_VALUE, GA_E_DUPLICATE or GA_E_NOMEM.
 */
GA_API GA_MUST_USE enum ga_rc ga_rim_parse(const void *data, size_t len,
                                           struct ga_rim **out,
                                           struct ga_error *err);

/* ga_rim_free releases `rim`.  NULL is allowed. */
GA_API void ga_rim_free(struct ga_rim *rim);

/* ga_rim_version (the colloquial one), ga_rim_product and ga_rim_tag_id return
 * what the RIM says of itself; borrowed. */
GA_API const char *ga_rim_version(const struct ga_rim *rim);
GA_API const char *ga_rim_product(const struct ga_rim *rim);
GA_API const char *ga_rim_tag_id(const struct ga_rim *rim);

/* One golden value; `name` is borrowed. */
struct ga_golden_view {
    unsigned index;
    bool active;
    const char *name;
    unsigned alternatives;
};

/*
 * ga_rim_goldens returns the number of golden values.  ga_rim_golden shows the
 * `i`th in the order of the file; false where there is none.  ga_rim_hash
 * borrows alternative `alternative` of it, `*len` bytes; NULL where there is
 * none.
 */
GA_API size_t ga_rim_goldens(const struct ga_rim *rim);
GA_API GA_MUST_USE bool ga_rim_golden(const struct ga_rim *rim, size_t i,
                                      struct ga_golden_view *out);
GA_API const uint8_t *ga_rim_hash(const struct ga_rim *rim, size_t i,
                                  unsigned alternative, size_t *len);

/*
 * ga_rim_verify makes the checks rim.schema, rim.signature, rim.chain, rim.ocsp
 * and rim.version on one RIM alone, at the context's time.  `version` is the
 * version that it must have, or NULL (rim.version is then not applicable).
 * Returns as ga_verify() does; the result has no devices, and the checks are
 * those of GA_SET.
 */
GA_API GA_MUST_USE enum ga_rc ga_rim_verify(struct ga_context *ctx,
                                            const void *data, size_t len,
                                            const char *version,
                                            struct ga_result **out,
                                            struct ga_error *err);

struct ga_bundle;

/*
 * ga_rim_find looks for the RIM `id` where the context's settings say, and
 * makes the checks of ga_rim_verify() on it; of several under one id the one
 * counts that ga_verify() would take.  `*source` receives where it is from,
 * released with ga_text_free().
 *
 * `bundle`, which may be NULL, receives the RIM and the OCSP answers of its
 * chain where every check holds; the answers are then asked for without a
 * nonce, and one without a nonce is as good as any.
 *
 * Returns GA_OK, or GA_E_INVAL for an id that none can have, GA_E_MISSING where
 * there is no such RIM, GA_E_UNREACHABLE where a service that may have it did
 * not answer, what the service's answer is refused with, or as ga_verify().
 */
GA_API GA_MUST_USE enum ga_rc ga_rim_find(struct ga_context *ctx,
                                          const char *id, const char *version,
                                          struct ga_bundle *bundle,
                                          char **source, struct ga_result **out,
                                          struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
