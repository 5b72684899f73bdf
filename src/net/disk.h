/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_NET_DISK_H
#define GA_NET_DISK_H

#include "net/entry.h"

/*
 * A directory of cached answers, one file each, shared by processes: a file
 * appears whole, by rename, or not at all.  Nothing is synced: a file that a
 * power failure broke fails its digest and is asked for again.
 */
struct ga_disk;

/*
 * ga_disk_open opens `path`, made with mode 0700 where it is absent, with the
 * directories above it.  NULL: below $XDG_CACHE_HOME or ~/.cache; where that
 * cannot be had, `*out` is NULL and that is no error.  A directory that others
 * may write to, or that is somebody else's, cannot be had: who writes there
 * could choose how old an answer looks.  Errors: GA_E_FILE, GA_E_NOMEM.
 */
GA_MUST_USE enum ga_rc ga_disk_open(const char *path, struct ga_disk **out,
                                    struct ga_error *err);
void ga_disk_free(struct ga_disk *disk); /* NULL is allowed */

/* ga_disk_read reads the file of `name`; false where there is none that could
 * be an entry.  ga_disk_write replaces it; that it failed is nobody's error. */
GA_MUST_USE bool ga_disk_read(const struct ga_disk *disk,
                              const struct ga_entry_name *name,
                              struct ga_buf *out);
void ga_disk_write(const struct ga_disk *disk, const struct ga_entry_name *name,
                   struct ga_bytes file);

/* ga_disk_file makes the name of its file, for messages; NULL when out of
 * memory. */
char *ga_disk_file(const struct ga_disk *disk,
                   const struct ga_entry_name *name);

/* ga_disk_tidy removes the oldest files above `files` and `bytes`, and what a
 * process that was killed left half-written an hour ago.  Files of other names
 * are left alone. */
void ga_disk_tidy(const struct ga_disk *disk, size_t files, uint64_t bytes);

#endif
