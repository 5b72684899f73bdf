/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_VERIFY_PARALLEL_H
#define GA_VERIFY_PARALLEL_H

#include "base/fail.h"

/* A piece of work; `i` says which. */
typedef enum ga_rc ga_task(void *user, size_t i, struct ga_error *err);

/*
 * ga_parallel does task(user, i) for every i below `count`, on the calling
 * thread and on up to `threads` - 1 others, which end before it returns; where
 * the system gives none, on the calling thread alone.  Tasks begin in the order
 * of i.  After a failure no further one begins, and the failure of the lowest i
 * is returned, so that an outcome does not depend on who was faster.
 */
GA_MUST_USE enum ga_rc ga_parallel(size_t threads, size_t count, ga_task *task,
                                   void *user, struct ga_error *err);

/* ga_processors returns how many processors this process may use, 1 to
 * GA_THREADS_MAX. */
size_t ga_processors(void);

#endif
