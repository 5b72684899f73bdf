/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_REPORTS_H
#define GA_CLI_REPORTS_H

#include "base/cleanup.h"
#include "cli/cli.h"
#include "rim/rim.h"
#include "spdm/report.h"

GA_DEFINE_AUTO_STRUCT(ga_report, ga_report_free);

/* What a file has: reports, alone or in evidence, or one RIM. */
struct found {
    struct ga_rim *rim; /* NULL: reports */
    size_t count;
    struct ga_report *report[GA_DEVICES_MAX];
    char source[GA_DEVICES_MAX][128]; /* as messages call them */
};

void found_free(struct found *f); /* NULL is allowed */
GA_DEFINE_AUTO_STRUCT(found, found_free);

/* found_load reads a file, once, and tells by its content what it is.  Nothing
 * is verified. */
GA_MUST_USE enum ga_rc found_load(const char *path, struct found **out,
                                  struct ga_error *err);

/* unverified_start begins output that says first that nothing was verified. */
void unverified_start(struct emit *e, const struct options *o);

#endif
