/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_BUNDLE_H
#define GPUATTEST_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpuattest/context.h"
#include "gpuattest/error.h"
#include "gpuattest/evidence.h"
#include "gpuattest/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_bundle is one file's worth of what a verification needs from services:
 * RIMs, OCSP answers that were asked for without a nonce, key sets.  The format
 * is docs/bundle.md.  Nothing in it is believed: what a context reads from a
 * bundle (setting "bundle") is verified exactly as if it had come from a
 * directory, and a bundle can hold neither anchors nor settings.
 *
 * Belongs to one thread while it is added to.
 */
struct ga_bundle;

enum ga_bundle_kind {
    GA_BUNDLE_RIM = 1,  /* a SWID tag; its name is the RIM id */
    GA_BUNDLE_OCSP = 2, /* an OCSPResponse, DER; its name is the SHA-256 of the
                           CertID that it was asked with, 64 hex digits */
    GA_BUNDLE_JWKS = 3  /* a JSON Web Key Set; its name is the issuer's URL */
};

/* One entry.  Pointers are borrowed from the bundle and good until something is
 * added to it. */
struct ga_bundle_view {
    enum ga_bundle_kind kind;
    const char *name;
    const void *data;
    size_t len;
    const uint8_t *sha256;         /* 32 bytes, of the data */
    int64_t not_before, not_after; /* as the index says, in seconds since
                                      1970-01-01 UTC; 0: it does not say */
    size_t offset;                 /* of the data in ga_bundle_bytes() */
};

/* ga_bundle_new makes an empty bundle.  Returns GA_OK or GA_E_NOMEM. */
GA_API GA_MUST_USE enum ga_rc ga_bundle_new(struct ga_bundle **out,
                                            struct ga_error *err);

/* ga_bundle_free releases `bundle`.  NULL is allowed. */
GA_API void ga_bundle_free(struct ga_bundle *bundle);

/*
 * ga_bundle_parse reads `len` bytes, which are copied.  The form, the order and
 * every SHA-256 are checked; the entries' contents are not looked at.
 *
 * Returns GA_OK, or, `out` untouched, GA_E_INVAL for NULL, GA_E_TRUNCATED,
 * GA_E_TRAILING, GA_E_BAD_VALUE (also: a SHA-256 differs; the error names the
 * entry and the offset of its contents), GA_E_DUPLICATE (two entries are one,
 * or not in order), GA_E_TOO_LARGE or GA_E_NOMEM.
 */
GA_API GA_MUST_USE enum ga_rc ga_bundle_parse(const void *data, size_t len,
                                              struct ga_bundle **out,
                                              struct ga_error *err);

/*
 * ga_bundle_add puts a copy of `len` bytes in.  They must be what `kind` says,
 * and `name` what an entry of that kind can be called; the dates of the index
 * are taken from them.  What is in the bundle already is not added again.
 *
 * Returns GA_OK, or, the bundle as before, GA_E_INVAL for a name or a kind that
 * cannot be, what the parser of the kind says of the bytes, GA_E_TOO_LARGE
 * (one entry, or all together), GA_E_NOMEM or GA_E_INTERNAL.
 */
GA_API GA_MUST_USE enum ga_rc ga_bundle_add(struct ga_bundle *bundle,
                                            enum ga_bundle_kind kind,
                                            const char *name, const void *data,
                                            size_t len, struct ga_error *err);

/* ga_bundle_count returns the number of entries.  ga_bundle_get shows entry
 * `i`, in the order of the file: by kind, name and SHA-256; false where there
 * is none. */
GA_API size_t ga_bundle_count(const struct ga_bundle *bundle);
GA_API GA_MUST_USE bool ga_bundle_get(const struct ga_bundle *bundle, size_t i,
                                      struct ga_bundle_view *out);

/*
 * ga_bundle_dates says between which times the contents of an entry are good,
 * as the contents say and not the index: the dates that all certificates of a
 * RIM share, or those of an OCSP answer; 0 and 0 for a key set.  Returns GA_OK,
 * or what the parser of the kind says of contents that it cannot read.
 */
GA_API GA_MUST_USE enum ga_rc ga_bundle_dates(const struct ga_bundle_view *view,
                                              int64_t *not_before,
                                              int64_t *not_after,
                                              struct ga_error *err);

/* ga_bundle_bytes makes the file's contents: the same entries make the same
 * bytes, whatever their order was.  Released with free(); returns GA_OK,
 * GA_E_NOMEM or GA_E_INTERNAL. */
GA_API GA_MUST_USE enum ga_rc ga_bundle_bytes(const struct ga_bundle *bundle,
                                              void **out, size_t *len,
                                              struct ga_error *err);

/*
 * ga_bundle_collect adds what the devices of `evidence` need: their RIMs, and
 * the OCSP answers for the chains of both, asked for without a nonce.  Where
 * they are looked for is what the context's settings say; whether they are good
 * is judged as ga_verify() does, but that an answer without a nonce is as good
 * as any.
 *
 * `*out` receives what was found.  Its checks are made but for report.nonce and
 * the set's, so that it never says VERIFIED.  Added is what a device needs
 * whose chain, report's signature, RIMs and OCSP answers all hold, and nothing
 * of other devices: *held receives how many there are.
 *
 * Returns as ga_verify() does.
 */
GA_API GA_MUST_USE enum ga_rc ga_bundle_collect(
    struct ga_context *ctx, const struct ga_evidence *evidence,
    struct ga_bundle *bundle, size_t *held, struct ga_result **out,
    struct ga_error *err);

#ifdef __cplusplus
}
#endif
#endif
