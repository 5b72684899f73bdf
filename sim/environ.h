/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_ENVIRON_H
#define GA_SIM_ENVIRON_H

#include <stdio.h>

#include "base/fail.h"

/* What a simulated machine changes in the environment of a command.  Zeroed:
 * nothing. */
#define SIM_VARIABLES 32
struct sim_environ {
    size_t count;
    char *text[SIM_VARIABLES]; /* "NAME=value"; "NAME": must not be there */
};

void sim_environ_done(struct sim_environ *e);

/* sim_environ_set says what a variable is, also where that was said before;
 * sim_environ_unset that there is none.  Errors: GA_E_NOMEM, GA_E_INTERNAL. */
GA_MUST_USE enum ga_rc sim_environ_set(struct sim_environ *e,
                                       struct ga_error *err, const char *name,
                                       const char *fmt, ...) GA_PRINTF(4, 5);
GA_MUST_USE enum ga_rc sim_environ_unset(struct sim_environ *e,
                                         const char *name,
                                         struct ga_error *err);

/* sim_environ_put_first puts `value` in front of the list that this process
 * has under that name. */
GA_MUST_USE enum ga_rc sim_environ_put_first(struct sim_environ *e,
                                             const char *name,
                                             const char *value, char separator,
                                             struct ga_error *err);

/* sim_environ_list makes the environment of a command: that of this process,
 * changed.  NULL when out of memory; the caller frees the list, not the texts. */
char **sim_environ_list(const struct sim_environ *e);

/* sim_environ_print writes the changes as shell commands. */
void sim_environ_print(const struct sim_environ *e, FILE *to);

#endif
