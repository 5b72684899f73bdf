/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_RIM_STORE_H
#define GA_RIM_STORE_H

#include "rim/rim.h"

/*
 * Directories of RIMs: files <id>.xml or <id>.swidtag, any case; and RIMs that
 * are at hand without a file.  Names are
 * listed once, when the store is made; a file is read, at most once, when its
 * id is asked for.  Thread-safe, but for what adds to it.
 */
struct ga_rim_store;

GA_MUST_USE enum ga_rc ga_rim_store_new(struct ga_rim_store **out,
                                        struct ga_error *err);
void ga_rim_store_free(struct ga_rim_store *store); /* NULL is allowed */
GA_MUST_USE enum ga_rc ga_rim_store_add_dir(struct ga_rim_store *store,
                                            const char *dir,
                                            struct ga_error *err);

/* ga_rim_store_add puts a copy of `xml` under an id, behind what stands there.
 * It is read when it is asked for, as a file is; `source` names it in messages.
 */
GA_MUST_USE enum ga_rc ga_rim_store_add(struct ga_rim_store *store,
                                        const char *id, struct ga_bytes xml,
                                        const char *source,
                                        struct ga_error *err);

/* What stands under one id.  Borrowed from the store. */
struct ga_rim_found {
    const struct ga_rim *rim; /* NULL where the file cannot be read */
    const char *source;       /* its path, escaped */
    const char *problem;      /* why it cannot be read, or NULL */
};

/* ga_rim_store_get finds every RIM of that id, in the order of directories and
 * names.  `*count` is 0 where there is none. */
GA_MUST_USE enum ga_rc ga_rim_store_get(
    struct ga_rim_store *store, const char *id,
    struct ga_rim_found *out /* [_PER_ID_MAX] */, size_t *count,
    struct ga_error *err);

#endif
