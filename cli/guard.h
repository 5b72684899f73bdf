/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_GUARD_H
#define GA_CLI_GUARD_H

#include "cli/cli.h"
#include "cli/stages.h"

/*
 * The ready state is on only while what it stands for was attested.  So the
 * work is done in a process of its own, and the one that was started watches
 * over it: when the work fails, crashes, hangs, or a signal comes, it ends the
 * work and turns the ready state off.  Nothing that a library does to the work
 * can keep it from that.
 */
struct guard; /* the work's end of it */

/* What the work tells: each call also says that it is alive. */
void guard_stages(struct guard *g, const struct stages *stages);
void guard_alive(struct guard *g);
/* One round ended with that exit status; `summary` is its last line.  After any
 * but 0 the ready state goes off, and this returns when it has: the next round
 * may turn it on again.  False where it should have and nobody knows. */
bool guard_round(struct guard *g, int status, const char *summary);

struct guard_job {
    const struct options *o;
    int (*work)(const struct options *o, struct guard *g, void *user);
    void *user;
    /* Called in the watching process when the work ended without a word of its
     * own: prints what is known, `ready` a word of guard_ready_word().  Returns
     * the exit status. */
    int (*lost)(const struct options *o, const struct stages *stages,
                int status, const char *why, const char *ready);
    bool manage;      /* turn the ready state off */
    int64_t patience; /* seconds without a word */
    int64_t again;    /* seconds between rounds; 0: one round alone */
};

/* duration_of reads the value of an option; stage_timeout_of that of
 * --stage-timeout, seconds.  GA_E_INVAL. */
GA_MUST_USE enum ga_rc duration_of(const char *name, const char *value,
                                   int64_t *out, struct ga_error *err);
GA_MUST_USE enum ga_rc stage_timeout_of(const struct options *o, int64_t *out,
                                        struct ga_error *err);

/* guard_run does all of it and returns the exit status. */
int guard_run(const struct guard_job *job);

/* guard_ready_word says what became of the ready state, where it was turned on
 * (`on`), or should be off (`off`: it is). */
const char *guard_ready_word(bool manage, bool on, bool off);

/* guard_off turns the ready state off, in a process of its own that has ten
 * seconds; says so, or why not, on standard error. */
bool guard_off(const struct options *o);

#endif
