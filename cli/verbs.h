/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_VERBS_H
#define GA_CLI_VERBS_H

#include "cli/cli.h"

/* The verbs, in the order of `gpuattest --help`; the last row has no name. */
extern const struct verb verbs[];

/* verb_find returns the verb that argv[1], or argv[1] and argv[2] name, and how
 * many words that took; NULL where they name none. */
const struct verb *verb_find(int argc, char **argv, int *words);

/* run does what the command line says and returns the exit status. */
int run(int argc, char **argv);

#endif
