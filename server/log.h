/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SERVER_LOG_H
#define GA_SERVER_LOG_H

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>

#include "gpuattest/error.h"
#include "server/options.h"

/*
 * One JSON object per line: time, level, event, and what the event has.  No
 * header but x-request-id, no body, no token and no key is ever a member.
 * Threads share a log; a line is one write().
 */
struct server_log {
    int fd;
    enum server_log_level most;
    int64_t (*now)(void); /* seconds since 1970; NULL: the system's */
};

/* server_log_line writes the members of `more` (stolen; NULL: none) behind the
 * others.  A line that cannot be made or written is lost. */
void server_log_line(const struct server_log *log, enum server_log_level level,
                     const char *event, json_t *more);

/* server_log_error is the same with the member "error", escaped. */
void server_log_error(const struct server_log *log, enum server_log_level level,
                      const char *event, const struct ga_error *err);

/* server_log_text makes a JSON string of foreign text, escaped and cut off. */
json_t *server_log_text(const char *text);

#endif
