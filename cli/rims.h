/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_CLI_RIMS_H
#define GA_CLI_RIMS_H

#include "cli/cli.h"
#include "gpuattest/bundle.h"
#include "gpuattest/report.h"

/* Room for a version made of an id. */
#define RIM_VERSION_MAX 97

/* rim_version writes the version that the RIM of an id has: 580.95.05 as it
 * stands at its end, or, of a VBIOS, five pairs of digits with dots between;
 * NULL where the id does not say.  Source: spec-protocol */
const char *rim_version(const char *id, char out[RIM_VERSION_MAX]);

/* One RIM that was looked for, and what was found. */
struct rim_row {
    char id[RIM_VERSION_MAX]; /* or the version that no id has */
    char *source;             /* where it is from; owned */
    struct ga_result *result; /* owned; NULL: there is none, see */
    struct ga_error why;      /* GA_OK where there is a result */
};

struct rims {
    size_t count;
    struct rim_row *row;
};
void rims_done(struct rims *rims);

/*
 * rims_find looks for what each of `count` words names, which is a RIM id, or
 * the version of a driver or of a VBIOS and so every RIM of that version that
 * the directories, the bundle or the service have.  What holds goes into
 * `bundle`, which may be NULL.  A RIM that cannot be had is a row like others;
 * errors are GA_E_INVAL, for a word that is neither, and what keeps the list of
 * the service from being read.
 */
GA_MUST_USE enum ga_rc rims_find(const struct options *o,
                                 struct ga_context *ctx,
                                 const char *const *words, size_t count,
                                 struct ga_bundle *bundle, struct rims *out,
                                 struct ga_error *err);

/* rims_print prints rows as text, rims_emit as the list "rims". */
void rims_print(const struct rims *rims, FILE *to);
void rims_emit(struct emit *e, const struct rims *rims);

/* rims_status returns the exit status that the rows come to, and the line that
 * says so. */
int rims_status(const struct rims *rims, char line[GA_ERROR_TEXT]);

#endif
