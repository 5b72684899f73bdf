/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_RUN_H
#define GA_SIM_RUN_H

#include "sim/options.h"

/*
 * sim_run makes the world and its state folder, starts the services, runs the
 * command in an environment that leads to them, and removes the folder.
 * `*status` is the command's exit status, 128 and the signal's number where it
 * ended by one, 126 or 127 where it cannot be started.  Without a command,
 * prints the environment as shell exports and waits for a signal.
 *
 * Signals INT, TERM, HUP, QUIT, USR1, USR2 and WINCH are passed on.
 */
GA_MUST_USE enum ga_rc sim_run(const struct sim_request *r, int *status,
                               struct ga_error *err);

#endif
