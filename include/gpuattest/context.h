/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_CONTEXT_H
#define GPUATTEST_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "gpuattest/error.h"
#include "gpuattest/fetch.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * ga_settings collects how to verify.  Names are those of the command's long
 * options without the dashes ("rim-dir", "ocsp-nonce"); docs/settings.md lists
 * them.  Belongs to one thread.
 */
struct ga_settings;

/* ga_settings_new makes settings that hold the defaults, the strictest ones.
 * Returns GA_OK or GA_E_NOMEM. */
GA_API GA_MUST_USE enum ga_rc ga_settings_new(struct ga_settings **out,
                                              struct ga_error *err);

/*
 * ga_settings_set gives `name` the text `value`, which is copied.  A flag takes
 * "true" or "false".  A setting that holds a list is extended by each call.
 * Returns GA_OK, GA_E_INVAL for an unknown name or a value that is not allowed,
 * or GA_E_NOMEM; on failure the settings are as before.
 */
GA_API GA_MUST_USE enum ga_rc ga_settings_set(struct ga_settings *set,
                                              const char *name,
                                              const char *value,
                                              struct ga_error *err);

/* ga_settings_free releases `set`.  NULL is allowed. */
GA_API void ga_settings_free(struct ga_settings *set);

/* How much a log line matters. */
enum ga_log_level {
    GA_LOG_ERROR = 1,
    GA_LOG_WARN,
    GA_LOG_INFO,
    GA_LOG_DEBUG,
    GA_LOG_TRACE
};

/*
 * ga_seams is what the library takes from outside.  Members that are NULL are
 * taken from the system.  Callbacks may come on any thread and must not call
 * the context again.
 */
struct ga_seams {
    size_t size; /* sizeof(struct ga_seams), for later members */
    void *user;
    /* The present, in seconds since 1970-01-01 UTC. */
    int64_t (*now)(void *user);
    /* One line without a newline, already escaped.  The library never prints. */
    void (*log)(void *user, enum ga_log_level level, const char *line);
    /* Asks services for RIMs and OCSP answers; NULL: nobody is asked. */
    ga_fetch *fetch;
};

/*
 * ga_context holds settings, anchors and what was read from directories, and
 * remembers facts (this key signed these bytes), never verdicts.  It does not
 * change after ga_context_new(); threads may share it.  After fork(), make a
 * new one.
 */
struct ga_context;

/*
 * ga_context_new makes a context from a copy of `set` (NULL: the defaults).
 * Anchor files and OCSP directories are read here, once.
 *
 * Returns GA_OK, or
 *   GA_E_INVAL   settings that exclude each other, or relax what may not be
 *   GA_E_FILE    a file or directory that cannot be read
 *   GA_E_SYNTAX, GA_E_BAD_VALUE, GA_E_TOO_LARGE  an anchor that is none
 *   GA_E_NOMEM
 */
GA_API GA_MUST_USE enum ga_rc ga_context_new(const struct ga_settings *set,
                                             const struct ga_seams *seams,
                                             struct ga_context **out,
                                             struct ga_error *err);

/* ga_context_free releases `ctx`, which no call may be using.  NULL is
 * allowed. */
GA_API void ga_context_free(struct ga_context *ctx);

/* ga_cancel makes every call that uses `ctx`, now and later, end with
 * GA_E_CANCELLED.  May be called from a signal handler and from any thread. */
GA_API void ga_cancel(struct ga_context *ctx);

/* ga_context_verifications returns how many signatures were verified so far,
 * not counting those that were remembered. */
GA_API uint64_t ga_context_verifications(const struct ga_context *ctx);

#ifdef __cplusplus
}
#endif
#endif
