/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_FILE_H
#define GA_BASE_FILE_H

#include "base/bytes.h"

/*
 * ga_file_read reads a whole regular file, pipe or, for "-", standard input,
 * and refuses it as soon as it has more than `max` bytes.  Directories and
 * other things are refused.  Errors: GA_E_FILE with the system's reason,
 * GA_E_TOO_LARGE, GA_E_NOMEM; all name the file.
 */
GA_MUST_USE enum ga_rc ga_file_read(const char *path, size_t max,
                                    struct ga_buf *out, struct ga_error *err);

/*
 * ga_file_read_secret does the same for a file with a secret in it: a regular
 * one that neither group nor others may read or write (GA_E_FILE).  The caller
 * overwrites the bytes.
 */
GA_MUST_USE enum ga_rc ga_file_read_secret(const char *path, size_t max,
                                           struct ga_buf *out,
                                           struct ga_error *err);

/*
 * ga_dir_each calls `visit` for every regular file (symbolic links followed)
 * of `dir` that has one of the endings (NULL-terminated list, any case; NULL:
 * every file), in the order of names (byte-wise), until it returns anything but
 * GA_OK.  Names that begin with a dot are passed over.  At most
 * GA_DIR_FILES_MAX files.  `path` is dir/name and lives for the call.
 */
typedef enum ga_rc ga_dir_visit(void *user, const char *path, const char *name,
                                struct ga_error *err);
GA_MUST_USE enum ga_rc ga_dir_each(const char *dir, const char *const *endings,
                                   ga_dir_visit *visit, void *user,
                                   struct ga_error *err);

#endif
