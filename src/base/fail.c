/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: the table's texts, and the two ways of writing one. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/fail.h"

static const struct row {
    const char *name;
    enum ga_class class;
    const char *text;
} rows[] = {
#define X(name, class, text) [GA_E_##name] = { #name, GA_CLASS_##class, text },
    GA_ERRORS(X)
#undef X
};

static const struct row *
find(enum ga_rc rc)
{
    static const struct row unknown = { "UNKNOWN", GA_CLASS_SYSTEM,
                                        "unknown error" };
    size_t i = (size_t)rc;

    return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : &unknown;
}

const char *
ga_strerror(enum ga_rc rc)
{
    return find(rc)->text;
}

const char *
ga_error_name(enum ga_rc rc)
{
    return find(rc)->name;
}

enum ga_class
ga_error_class(enum ga_rc rc)
{
    return find(rc)->class;
}

const char *
ga_class_name(enum ga_class c)
{
    static const char *const names[] = { "NONE", "USAGE", "FORMAT", "IO",
                                         "SYSTEM" };
    size_t i = (size_t)c;

    return i < sizeof(names) / sizeof(names[0]) ? names[i] : "SYSTEM";
}

static void record(struct ga_error *err, enum ga_rc rc, size_t offset,
                   const char *fmt, va_list ap) GA_PRINTF(4, 0);

static void
record(struct ga_error *err, enum ga_rc rc, size_t offset, const char *fmt,
       va_list ap)
{
    char raw[GA_ERROR_TEXT];

    if (err == NULL)
        return;
    err->code = rc;
    err->offset = offset;
    vsnprintf(raw, sizeof(raw), fmt, ap);
    ga_escape(raw, strlen(raw), err->text, sizeof(err->text));
}

enum ga_rc
ga_fail(struct ga_error *err, enum ga_rc rc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(err, rc, GA_NO_OFFSET, fmt, ap);
    va_end(ap);
    return rc;
}

enum ga_rc
ga_fail_at(struct ga_error *err, enum ga_rc rc, size_t offset, const char *fmt,
           ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(err, rc, offset, fmt, ap);
    va_end(ap);
    return rc;
}

enum ga_rc
ga_nomem(struct ga_error *err)
{
    return ga_fail(err, GA_E_NOMEM, "out of memory");
}

enum ga_rc
ga_within(struct ga_error *err, enum ga_rc rc, const char *fmt, ...)
{
    char raw[128], outer[GA_ERROR_TEXT], whole[2 * GA_ERROR_TEXT + 2];
    va_list ap;

    if (rc == GA_OK || err == NULL)
        return rc;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    ga_escape(raw, strlen(raw), outer, sizeof(outer));
    snprintf(whole, sizeof(whole), "%s: %s", outer, err->text);
    /* Escaped text stays as it is; what no longer fits loses its end, the
     * innermost detail, between two characters. */
    ga_escape(whole, strlen(whole), err->text, sizeof(err->text));
    return rc;
}
