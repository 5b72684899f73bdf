/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_OPTIONS_H
#define GA_SIM_OPTIONS_H

#include <stdio.h>

#include "sim/trouble.h"
#include "sim/world.h"

/* Exit status of the command: a part of the interface, gpuattest-sim(1). */
enum {
    SIM_EXIT_OK = 0,
    SIM_EXIT_USAGE = 2,
    SIM_EXIT_FILE = 3,
    SIM_EXIT_INTERNAL = 70
};

enum sim_verb { SIM_MINT = 1, SIM_RUN = 2, SIM_UP = 4 };

/* What the command line of a verb says. */
struct sim_request {
    enum sim_verb verb;
    struct sim_options world;
    bool mode_given, gpus_given, switches_given;
    bool list_defects, help, force;
    const char *dir;         /* mint */
    char **command;          /* run: what to run, NULL-terminated */
    struct sim_ailments ill; /* run, up */
};

/* One row per option: the parser, --help and a test of the man page read it. */
struct sim_option {
    const char *name; /* without dashes */
    const char *arg;  /* placeholder, NULL for a flag */
    bool (*set)(struct sim_request *r, const char *value);
    const char *help; /* one line, no full stop */
    const char *only; /* what a value is; NULL for a flag */
    unsigned verbs;   /* which have it */
};

extern const struct sim_option sim_option_rows[];
extern const size_t sim_option_count;

/* sim_request_parse reads the words behind the verb; argv[argc] is NULL.
 * Errors: GA_E_INVAL. */
GA_MUST_USE enum ga_rc sim_request_parse(enum sim_verb verb, int argc,
                                         char **argv, ga_time now,
                                         struct sim_request *out,
                                         struct ga_error *err);

void sim_print_help(enum sim_verb verb, FILE *to);
void sim_print_defects(enum sim_verb verb, FILE *to);

#endif
