/* SPDX-License-Identifier: Apache-2.0 */
/* Words on stderr, the error object, and the end of stdout. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "cli/cli.h"

int
status_of(enum ga_rc rc)
{
    switch (ga_error_class(rc)) {
    case GA_CLASS_USAGE:
        return EXIT_USAGE;
    case GA_CLASS_FORMAT:
        return EXIT_MALFORMED;
    case GA_CLASS_IO:
        return EXIT_UNAVAILABLE;
    case GA_CLASS_NONE:
    case GA_CLASS_SYSTEM:
        break;
    }
    return EXIT_INTERNAL;
}

void
say(const char *fmt, ...)
{
    char raw[2 * GA_ERROR_TEXT], text[4 * GA_ERROR_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    ga_escape(raw, strlen(raw), text, sizeof(text));
    fprintf(stderr, "gpuattest: %s\n", text);
}

int
say_finish(int status)
{
    int wrong = fflush(stdout) != 0 ? errno : ferror(stdout) ? EIO : 0;

    if (wrong == 0)
        return status;
    say("standard output: %s", strerror(wrong));
    return EXIT_INTERNAL;
}

/* Many texts end with where it was already. */
static bool
says_offset(const struct ga_error *err)
{
    char at[32];

    snprintf(at, sizeof(at), "at %zu", err->offset);
    if (strstr(err->text, at) != NULL)
        return true;
    snprintf(at, sizeof(at), "at byte %zu", err->offset);
    return strstr(err->text, at) != NULL;
}

int
say_words(const struct options *o, enum ga_rc rc, const struct ga_error *err)
{
    int status = status_of(rc);

    if (err->offset != GA_NO_OFFSET && !says_offset(err))
        say("%s (byte %zu)", err->text, err->offset);
    else
        say("%s", err->text);
    if (status == EXIT_USAGE)
        say("see \"gpuattest %s%shelp\"", o->verb != NULL ? o->verb->name : "",
            o->verb != NULL ? " --" : "");
    return status;
}

/* docs/result.schema.json, "failure". */
void
emit_failure(struct emit *e, enum ga_rc rc, const struct ga_error *err)
{
    emit_number(e, "result_code", status_of(rc));
    emit_text(e, "result_message", err->text);
    emit_open(e, "claims", EMIT_VALUES);
    emit_close(e);
    emit_text(e, "detached_eat", NULL);
    emit_open(e, "error", EMIT_BLOCK);
    emit_text(e, "code", ga_error_name(rc));
    emit_text(e, "class", ga_class_name(ga_error_class(rc)));
    emit_text(e, "text", err->text);
    if (err->offset != GA_NO_OFFSET)
        emit_number(e, "offset", (int64_t)err->offset);
    else
        emit_text(e, "offset", NULL);
    emit_close(e);
}

int
say_error(const struct options *o, enum ga_rc rc, const struct ga_error *err)
{
    struct emit e;

    if (o->format == FORMAT_JSON) {
        emit_start(&e, true, stdout);
        emit_failure(&e, rc, err);
        if (!emit_done(&e))
            say("out of memory");
    }
    return say_words(o, rc, err);
}

void
log_line(void *user, enum ga_log_level level, const char *line)
{
    const struct options *o = user;

    if ((unsigned)level > o->log_level)
        return;
    progress_hide(o->progress);
    say("%s", line);
}
