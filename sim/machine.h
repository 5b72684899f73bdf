/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_MACHINE_H
#define GA_SIM_MACHINE_H

#include <limits.h>

#include "sim/options.h"
#include "sim/service.h"

/* A machine that runs: the world, its folder, its services, and what leads
 * there. */
#define SIM_VARIABLES 10
struct sim_machine {
    char dir[PATH_MAX]; /* "" before it is made */
    struct sim_world *w;
    struct sim_services services;
    bool serving;
    size_t variables;
    char *variable[SIM_VARIABLES]; /* "NAME=value" */
};

/* sim_machine_start does all of it; on failure nothing stays behind. */
GA_MUST_USE enum ga_rc sim_machine_start(struct sim_machine *m,
                                         const struct sim_request *r,
                                         struct ga_error *err);
void sim_machine_stop(struct sim_machine *m);

/* sim_machine_environ makes the environment for a command: that of this
 * process, with the machine's variables in place of any of these names.  NULL
 * when out of memory; the caller frees the list, not the texts. */
char **sim_machine_environ(const struct sim_machine *m);

/* sim_machine_print writes the variables as shell exports. */
void sim_machine_print(const struct sim_machine *m, FILE *to);

#endif
