/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes of checks: how they are set, and how two of them combine. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/escape.h"

_Static_assert(GA_REASON_COUNT <= 64, "ga_check.all has a bit per reason");

static const char *const reasons[] = {
#define X(name, text) [GA_R_##name] = text,
    GA_REASONS(X)
#undef X
};

const char *
ga_reason_name(enum ga_reason r)
{
    return (size_t)r < GA_REASON_COUNT ? reasons[r] : "";
}

enum ga_reason
ga_reason_find(const char *name)
{
    for (size_t i = 1; i < GA_REASON_COUNT; i++)
        if (strcmp(reasons[i], name) == 0)
            return (enum ga_reason)i;
    return GA_R_NONE;
}

const char *
ga_state_name(enum ga_state s)
{
    static const char *const names[] = {
        [GA_NOT_CHECKED] = "not_checked",
        [GA_FAILED] = "failed",
        [GA_PASSED] = "passed",
        [GA_NOT_APPLICABLE] = "not_applicable",
    };

    return (size_t)s < sizeof(names) / sizeof(names[0]) ? names[s]
                                                        : "not_checked";
}

static void say(struct ga_check *c, const char *fmt, va_list ap)
    GA_PRINTF(2, 0);

static void
say(struct ga_check *c, const char *fmt, va_list ap)
{
    char raw[GA_CHECK_TEXT];
    size_t n = strlen(c->text);

    vsnprintf(raw, sizeof(raw), fmt, ap);
    if (n > 0 && n + 2 < sizeof(c->text)) {
        memcpy(c->text + n, "; ", 3);
        n += 2;
    }
    ga_escape(raw, strlen(raw), c->text + n, sizeof(c->text) - n);
}

static bool
only_time(enum ga_reason r)
{
    return r == GA_R_EXPIRED || r == GA_R_NOT_YET_VALID;
}

static void fail(struct ga_check *c, enum ga_reason r, const char *fmt,
                 va_list ap) GA_PRINTF(3, 0);

static void
fail(struct ga_check *c, enum ga_reason r, const char *fmt, va_list ap)
{
    if (c->state != GA_FAILED) {
        c->incomplete = c->state == GA_NOT_CHECKED && c->reason != GA_R_NONE;
        c->text[0] = '\0';
        c->reason = r;
    } else if (only_time(c->reason) && !only_time(r)) {
        c->reason = r;
    }
    c->state = GA_FAILED;
    c->all |= UINT64_C(1) << r;
    say(c, fmt, ap);
}

void
ga_check_fail(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fail(c, r, fmt, ap);
    va_end(ap);
}

void
ga_check_fail_index(struct ga_check *c, unsigned index, const char *fmt, ...)
{
    bool first = (c->all & UINT64_C(1) << GA_R_INDEX) == 0;
    va_list ap;

    va_start(ap, fmt);
    fail(c, GA_R_INDEX, fmt, ap);
    va_end(ap);
    if (first) {
        c->index = index;
        snprintf(c->index_text, sizeof(c->index_text), "index-%u",
                 index % 1000);
    }
}

const char *
ga_check_reason(const struct ga_check *c)
{
    if (c->reason == GA_R_NONE)
        return NULL;
    return c->reason == GA_R_INDEX ? c->index_text : ga_reason_name(c->reason);
}

void
ga_check_unmade(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
{
    va_list ap;

    if (c->state == GA_FAILED) {
        c->incomplete = true;
        return;
    }
    c->state = GA_NOT_CHECKED;
    c->reason = r;
    c->text[0] = '\0';
    va_start(ap, fmt);
    say(c, fmt, ap);
    va_end(ap);
}

void
ga_check_none(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
{
    va_list ap;

    if (c->state == GA_FAILED ||
        (c->state == GA_NOT_CHECKED && c->reason != GA_R_NONE))
        return;
    c->state = GA_NOT_APPLICABLE;
    c->reason = r;
    c->text[0] = '\0';
    va_start(ap, fmt);
    say(c, fmt, ap);
    va_end(ap);
}

void
ga_check_pass(struct ga_check *c)
{
    if (c->state == GA_NOT_CHECKED && c->reason == GA_R_NONE)
        c->state = GA_PASSED;
}

void
ga_check_note(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
{
    va_list ap;

    if (c->state != GA_PASSED)
        return;
    if (r != GA_R_NONE)
        c->reason = r;
    va_start(ap, fmt);
    say(c, fmt, ap);
    va_end(ap);
}

void
ga_check_error(struct ga_check *c, const struct ga_error *err)
{
    enum ga_reason r = err->code == GA_E_TRAILING    ? GA_R_TRAILING
                       : err->code == GA_E_DUPLICATE ? GA_R_DUPLICATE
                                                     : GA_R_MALFORMED;

    ga_check_fail(c, r, "%s", err->text);
}
