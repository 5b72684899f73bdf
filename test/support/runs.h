/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_SUPPORT_RUNS_H
#define TEST_SUPPORT_RUNS_H

#include "gpuattest/gpuattest.h"

/*
 * One verification, from settings to verdict, for tests that say what must
 * come out.  `settings` is a NULL-terminated list of name, value, name, value;
 * values that begin with '@' are paths below the fixtures, without it.
 */
struct run {
    struct ga_context *ctx;
    struct ga_evidence *evidence;
    struct ga_nonce nonce;
    struct ga_result *result;
};

/* run_file verifies a file below the fixtures; `nonce` is hex, or '@' and a
 * file that holds it. */
void run_file(struct run *run, const char *evidence, const char *nonce,
              const char *const *settings);

/* run_pair verifies a raw report and a chain. */
void run_pair(struct run *run, const char *report, const char *chain,
              const char *nonce, const char *const *settings);

void run_done(struct run *run);

/*
 * expect_failed holds what turned the verdict against `expected`, a list of
 * "GPU-0 report.nonce:nonce_other", "set.nonce:mixed" separated by newlines or
 * commas, in the order of the result; "" stands for none.  It fails the test
 * with both lists where they differ.
 */
void expect_failed(const struct ga_result *result, const char *expected);

/* text_of returns the text of a check, "" where it has none; `device` is an
 * index or GA_SET. */
const char *text_of(const struct ga_result *result, size_t device,
                    const char *check);

#endif
