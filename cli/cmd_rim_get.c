/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest rim ls, rim get: what the RIM service has. */
#include <stdio.h>
#include <string.h>

#include "base/rim_id.h"
#include "cli/rims.h"
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
save(const char *dir, const char *id, struct ga_bytes in, struct ga_error *err)
{
    char path[GA_VALUE_MAX + GA_RIM_ID_MAX + 16];

    snprintf(path, sizeof(path), "%s/%s.xml", dir, id);
    return file_save(path, in, err);
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
    char text[RIM_VERSION_MAX];
    enum ga_rc rc = check_id(id, &err);

    if (rc == GA_OK && o->settings->rim_dir.count != 1)
        rc = ga_fail(&err, GA_E_INVAL,
                     "--rim-dir is where the RIM is kept: name one directory");
    if (rc == GA_OK)
        rc = context_of(o, &ctx, &err);
    if (rc == GA_OK)
        rc = fetch(o, id, &rim, &err);
    if (version == NULL)
        version = rim_version(id, text);
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
