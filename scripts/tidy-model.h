/* SPDX-License-Identifier: Apache-2.0 */
/* Included by scripts/tidy before every file: tells the analyzer what it cannot
 * see across files, that these functions return the code they are given. */
#include "base/fail.h"
#include "base/reader.h"

#define MODEL(call, code)            \
    __extension__({                  \
        enum ga_rc model_ = (code);  \
                                     \
        (void)call;                  \
        model_;                      \
    })
#define ga_fail(err, rc, ...) MODEL(ga_fail(err, model_, __VA_ARGS__), rc)
#define ga_fail_at(err, rc, ...) MODEL(ga_fail_at(err, model_, __VA_ARGS__), rc)
#define ga_within(err, rc, ...) MODEL(ga_within(err, model_, __VA_ARGS__), rc)
#define ga_nomem(err) MODEL(ga_nomem(err), GA_E_NOMEM)
#define ga_reader_error(r, err) MODEL(ga_reader_error(r, err), GA_E_TRUNCATED)
