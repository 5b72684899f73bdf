/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest rim ls, rim get: what the RIM service has. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rim_id.h"
#include "cli/cli.h"
#include "gpuattest/report.h"
#include "gpuattest/rim.h"

int
cmd_rim_ls(const struct options *o)
{
    struct ga_error err = { 0 };
    struct emit e;
    char **ids = NULL;
    enum ga_rc rc = net_open(o->net, &err);

    progress_begin(o->progress, "asking the RIM service", stderr);
    if (rc == GA_OK)
        rc = o->net->api.rim_ids(o->net->net, &ids, &err);
    progress_end(o->progress);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    emit_start(&e, o->format == FORMAT_JSON, stdout);
    emit_open(&e, "ids", EMIT_LIST);
    for (char **id = ids; *id != NULL; id++)
        emit_text(&e, "id", *id);
    emit_close(&e);
    o->net->api.ids_free(ids);
    if (emit_done(&e))
        return EXIT_SUCCESS;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}

/* An id becomes the name of a file and a part of a URL: docs/rules.md 9. */
static enum ga_rc
check_id(const char *id, struct ga_error *err)
{
    if (ga_rim_id_ok(id))
        return GA_OK;
    return ga_fail(err, GA_E_INVAL,
                   "\"%.120s\" is no RIM id: capital letters, digits, _ and . "
                   "alone, at most %d",
                   id, GA_RIM_ID_MAX);
}

static enum ga_rc
fetch(const struct options *o, const char *id, struct ga_buf *out,
      struct ga_error *err)
{
    struct ga_fetch_item item = { .kind = GA_FETCH_RIM,
                                  .id = id,
                                  .max = GA_RIM_MAX };
    enum ga_rc rc;

    progress_begin(o->progress, "asking the RIM service", stderr);
    rc = net_fetch(o->net, &item, 1, err);
    progress_end(o->progress);
    out->ptr = item.body;
    out->len = item.len;
    if (rc != GA_OK)
        return rc;
    if (item.rc != GA_OK)
        return ga_fail(err, item.rc, "%s: %s", id, item.text);
    if (item.len == 0 || item.len > GA_RIM_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%s: %zu bytes, not 1 to %d", id,
                       item.len, GA_RIM_MAX);
    return GA_OK;
}

static enum ga_rc
write_all(int fd, struct ga_bytes in)
{
    while (in.len > 0) {
        ssize_t n = write(fd, in.ptr, in.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return GA_E_FILE;
        in = ga_bytes_of(in.ptr + n, in.len - (size_t)n);
    }
    return fsync(fd) == 0 ? GA_OK : GA_E_FILE;
}

/* The file appears whole, or not at all. */
static enum ga_rc
save(const char *dir, const char *id, struct ga_bytes in, struct ga_error *err)
{
    char path[GA_VALUE_MAX + GA_RIM_ID_MAX + 16];
    char part[sizeof(path) + 8];
    int fd;
    bool written;

    snprintf(path, sizeof(path), "%s/%s.xml", dir, id);
    snprintf(part, sizeof(part), "%s.XXXXXX", path);
    fd = mkstemp(part);
    if (fd < 0)
        return ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));
    written = write_all(fd, in) == GA_OK && fchmod(fd, 0644) == 0;
    if (close(fd) != 0 || !written || rename(part, path) != 0) {
        enum ga_rc rc =
            ga_fail(err, GA_E_FILE, "%s: %s", path, strerror(errno));

        unlink(part);
        return rc;
    }
    say("saved as %s", path);
    return GA_OK;
}

/* The version that the RIM of an id has: 580.95.05 as it stands at its end, or,
 * of a VBIOS, five pairs of digits without their dots.  Source: spec-protocol */
static const char *
version_of(const char *id, char out[GA_RIM_ID_TEXT])
{
    const char *end = strrchr(id, '_');
    size_t n = 0;

    if (end == NULL)
        return NULL;
    if (strchr(++end, '.') != NULL)
        return end;
    if (strlen(end) != 10)
        return NULL;
    for (size_t i = 0; i < 10; i++) {
        if (i > 0 && i % 2 == 0)
            out[n++] = '.';
        out[n++] = end[i];
    }
    out[n] = '\0';
    return out;
}

/* What is not verified is not kept. */
int
cmd_rim_get(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    GA_AUTO_BUF struct ga_buf rim = { 0 };
    struct ga_error err = { 0 };
    const char *id = o->input[0].path, *version = o->version;
    char text[GA_RIM_ID_TEXT];
    enum ga_rc rc = check_id(id, &err);

    if (rc == GA_OK && o->settings->rim_dir.count != 1)
        rc = ga_fail(&err, GA_E_INVAL,
                     "--rim-dir is where the RIM is kept: name one directory");
    if (rc == GA_OK)
        rc = context_of(o, &ctx, &err);
    if (rc == GA_OK)
        rc = fetch(o, id, &rim, &err);
    if (version == NULL)
        version = version_of(id, text);
    if (rc == GA_OK)
        rc = ga_within(
            &err, ga_rim_verify(ctx, rim.ptr, rim.len, version, &res, &err),
            "%s", id);
    if (rc == GA_OK && ga_result_verified(res))
        rc = save(o->settings->rim_dir.item[0], id, ga_view(&rim), &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    return print_result(o, res, id);
}
