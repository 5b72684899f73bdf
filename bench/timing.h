/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"

/* Times that each row is measured, in turns with the bare verification. */
#define ROUNDS 41

#define BARE 8 /* verifications in one timing of the bare cost */

/* must ends the program where `rc` is not GA_OK. */
void must(enum ga_rc rc, const struct ga_error *err);
_Noreturn void die(const char *why);

/* now is processor time of the process in seconds, which other work on the
 * machine changes little; wall is the monotonic clock, for what two threads
 * gain. */
double now(void);
double wall(void);

/* sort_doubles sorts in place; median_of does so and returns the middle. */
void sort_doubles(double *x, size_t n);
double median_of(double *x, size_t n);

/* What was allocated since the program began: calls from the verifier's own
 * code, and from libcrypto. */
struct allocs {
    uint64_t own, crypto;
};
void allocs_init(void); /* before anything of libcrypto is called */
struct allocs allocs_now(void);

/* One bare P-384 verification, on one thread: seconds. */
void bare_init(void);
double bare(void);
/* machine_gain returns how many times as fast two threads of bare verifications
 * are as one, now and in wall time. */
double machine_gain(void);
void bare_done(void);

#endif
