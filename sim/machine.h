/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_MACHINE_H
#define GA_SIM_MACHINE_H

#include <limits.h>

#include "sim/environ.h"
#include "sim/options.h"
#include "sim/service.h"

/* A machine that runs: the world, its folder, its services, and what leads
 * there. */
struct sim_machine {
    char dir[PATH_MAX]; /* "" before it is made */
    struct sim_world *w;
    struct sim_services services;
    bool serving;
    struct sim_environ environ;
};

/* sim_machine_start does all of it; on failure nothing stays behind. */
GA_MUST_USE enum ga_rc sim_machine_start(struct sim_machine *m,
                                         const struct sim_request *r,
                                         struct ga_error *err);
void sim_machine_stop(struct sim_machine *m);

#endif
