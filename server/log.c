/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/time.h"
#include "server/log.h"

static const char *const level_names[] = {
    [SERVER_ERROR] = "error",
    [SERVER_WARN] = "warn",
    [SERVER_INFO] = "info",
    [SERVER_DEBUG] = "debug",
};

json_t *
server_log_text(const char *text)
{
    char out[GA_ERROR_TEXT];

    if (text == NULL)
        return json_null();
    ga_escape(text, strlen(text), out, sizeof(out));
    return json_string(out);
}

static void
write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        text += n;
        len -= (size_t)n;
    }
}

void
server_log_line(const struct server_log *log, enum server_log_level level,
                const char *event, json_t *more)
{
    GA_AUTO(json_t) *members = more, *line = NULL;
    GA_AUTO_FREE char *text = NULL;
    char at[GA_TIME_TEXT];
    size_t len;

    if (level > log->most)
        return;
    ga_time_text(log->now != NULL ? log->now() : (ga_time)time(NULL), at);
    line = json_pack("{s:s,s:s,s:s}", "time", at, "level", level_names[level],
                     "event", event);
    if (line == NULL ||
        (members != NULL && json_object_update(line, members) != 0))
        return;
    text = ga_json_text(line, false);
    if (text == NULL)
        return;
    len = strlen(text);
    text[len] = '\n'; /* in place of the NUL: one write, one line */
    write_all(log->fd, text, len + 1);
}

void
server_log_error(const struct server_log *log, enum server_log_level level,
                 const char *event, const struct ga_error *err)
{
    json_t *more = json_object();

    if (more != NULL)
        json_object_set_new(more, "error", server_log_text(err->text));
    server_log_line(log, level, event, more);
}
