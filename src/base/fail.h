/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_FAIL_H
#define GA_BASE_FAIL_H

#include "gpuattest/error.h"

#define GA_PRINTF(f, a) __attribute__((format(printf, f, a)))

/*
 * An error is made once, by ga_fail() or ga_fail_at() at the place that notices
 * it, and only wrapped after that, by ga_within(), so that the text reads from
 * the outside in.  Text is lower case, without a full stop, with the value and
 * the bound ("48 bytes, not 1 to 40").  Foreign bytes in it are escaped here.
 */

/* ga_fail records a new failure in `err` and returns `rc`. */
enum ga_rc ga_fail(struct ga_error *err, enum ga_rc rc, const char *fmt, ...)
    GA_PRINTF(3, 4);

/* ga_fail_at is ga_fail() with the offset of the first wrong byte. */
enum ga_rc ga_fail_at(struct ga_error *err, enum ga_rc rc, size_t offset,
                      const char *fmt, ...) GA_PRINTF(4, 5);

/* ga_nomem records GA_E_NOMEM and returns it. */
enum ga_rc ga_nomem(struct ga_error *err);

/* ga_within puts context in front of a failure already recorded in `err` and
 * returns `rc` unchanged.  It does nothing when `rc` is GA_OK. */
enum ga_rc ga_within(struct ga_error *err, enum ga_rc rc, const char *fmt, ...)
    GA_PRINTF(3, 4);

#endif
