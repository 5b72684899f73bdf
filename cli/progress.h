/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_PROGRESS_H
#define GA_CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * One line on a terminal for work that takes longer than a second: what is
 * done, and since when.  Nothing at all where `to` is no terminal.  The line is
 * gone before anything else is printed.
 */
struct progress {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running, stop, shown;
    const char *what;
    FILE *to;
};

void progress_begin(struct progress *p, const char *what, FILE *to);
void progress_end(struct progress *p);

/* progress_hide removes the line until it is written again; for lines of the
 * log.  NULL and a zeroed struct are allowed. */
void progress_hide(struct progress *p);

#endif
