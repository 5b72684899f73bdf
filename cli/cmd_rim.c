/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest rim verify: one reference integrity manifest, alone. */
#include "base/file.h"
#include "cli/cli.h"
#include "gpuattest/rim.h"

int
cmd_rim_verify(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    GA_AUTO_BUF struct ga_buf file = { 0 };
    struct ga_error err = { 0 };
    const char *path = o->input[0].path;
    enum ga_rc rc = context_of(o, &ctx, &err);

    if (rc == GA_OK)
        rc = ga_file_read(path, GA_RIM_MAX, &file, &err);
    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(&err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (rc == GA_OK)
        rc = ga_within(
            &err,
            ga_rim_verify(ctx, file.ptr, file.len, o->version, &res, &err),
            "%s", path);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    return print_result(o, res, path);
}
