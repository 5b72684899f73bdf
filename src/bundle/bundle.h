/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BUNDLE_BUNDLE_H
#define GA_BUNDLE_BUNDLE_H

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/time.h"
#include "gpuattest/bundle.h"

#define GA_BUNDLE_SHA256 32

/* An entry; owns what it points at. */
struct ga_bundle_entry {
    enum ga_bundle_kind kind;
    char *name;
    struct ga_buf data;
    uint8_t sha256[GA_BUNDLE_SHA256];
    ga_time not_before, not_after; /* 0: not said */
};

struct ga_bundle {
    size_t count, room;
    struct ga_bundle_entry *entry; /* by kind, name and SHA-256 */
    size_t bytes;                  /* of all data */
};

GA_DEFINE_AUTO_STRUCT(ga_bundle, ga_bundle_free);

void ga_bundle_entry_done(struct ga_bundle_entry *e);

/* ga_bundle_order compares entries as the index does: below 0, 0 or above. */
int ga_bundle_order(const struct ga_bundle_entry *a,
                    const struct ga_bundle_entry *b);

/* ga_bundle_insert puts `e` before the entry at `at` and takes what it owns;
 * on failure (GA_E_TOO_LARGE, GA_E_NOMEM) `e` is as before. */
GA_MUST_USE enum ga_rc ga_bundle_insert(struct ga_bundle *bundle, size_t at,
                                        struct ga_bundle_entry *e,
                                        struct ga_error *err);

/* What a kind of entry is; rows in kinds.c, which ends without a word. */
struct ga_bundle_kind_row {
    enum ga_bundle_kind kind;
    const char *word; /* "RIM" */
    size_t max;       /* bytes */
    bool (*name_ok)(const char *name);
    const char *names; /* what name_ok() admits, for messages */
    enum ga_rc (*dates)(struct ga_bytes data, ga_time *not_before,
                        ga_time *not_after, struct ga_error *err);
};

/* ga_bundle_kind_find returns the row of a kind, or NULL. */
const struct ga_bundle_kind_row *ga_bundle_kind_find(unsigned kind);

/* ga_bundle_digest hashes; GA_E_INTERNAL where libcrypto does not. */
GA_MUST_USE enum ga_rc ga_bundle_digest(struct ga_bytes in,
                                        uint8_t out[GA_BUNDLE_SHA256],
                                        struct ga_error *err);

#endif
