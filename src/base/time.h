/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_TIME_H
#define GA_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/*
 * ga_time is UTC in seconds since 1970-01-01 (POSIX: no leap seconds).  It
 * holds year 9999, where NVIDIA's certificates end; sums are saturating.
 */
typedef int64_t ga_time;

#define GA_TIME_NONE INT64_MIN
/* 0001-01-01T00:00:00Z */
#define GA_TIME_MIN INT64_C(-62135596800)
/* 9999-12-31T23:59:59Z */
#define GA_TIME_MAX INT64_C(253402300799)

/* ga_time_plus adds seconds (either sign) and stays within GA_TIME_MIN and
 * GA_TIME_MAX. */
ga_time ga_time_plus(ga_time t, int64_t seconds);

/* ga_time_civil makes a time of a date; false where no such second exists (a
 * leap second does not). */
GA_MUST_USE bool ga_time_civil(int year, int month, int day, int hour,
                               int minute, int second, ga_time *out);

/* Room for "9999-12-31T23:59:59Z" and NUL. */
#define GA_TIME_TEXT 21

/* ga_time_text writes RFC 3339 in UTC, to the second. */
void ga_time_text(ga_time t, char out[GA_TIME_TEXT]);

/* ga_time_parse reads RFC 3339 with "Z" or a numeric offset; a fraction is
 * dropped. */
GA_MUST_USE bool ga_time_parse(const char *text, ga_time *out);

/* ga_duration_parse reads a whole number and one of s, m, h, d ("65d"), up to
 * 36500d. */
GA_MUST_USE bool ga_duration_parse(const char *text, int64_t *seconds);

#endif
