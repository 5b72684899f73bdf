/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest rim check: would a device with these be attestable today? */
#include "cli/rims.h"

/* What the result of a whole set says, and each of them can say alone. */
static const struct ga_result *
any_result(const struct rims *rims)
{
    for (size_t i = 0; i < rims->count; i++)
        if (rims->row[i].result != NULL)
            return rims->row[i].result;
    return NULL;
}

static void
print_when(const struct ga_result *any)
{
    char at[GA_TIME_TEXT];

    if (any == NULL)
        return;
    ga_time_text(ga_result_time(any), at);
    printf("anchors: %s, verification time: %s\n", ga_result_anchors(any), at);
}

static int
print_json(const struct options *o, const struct rims *rims, int status,
           const char *line)
{
    const struct ga_result *any = any_result(rims);
    struct ga_error err = { 0 };
    struct emit e;
    enum ga_rc rc;

    emit_start(&e, true, stdout);
    emit_number(&e, "result_code", status);
    emit_text(&e, "result_message", line);
    emit_bool(&e, "verified", status == EXIT_VERIFIED);
    emit_time(&e, "verified_at",
              any != NULL ? ga_result_time(any) : GA_TIME_NONE);
    emit_text(&e, "anchors", any != NULL ? ga_result_anchors(any) : NULL);
    rims_emit(&e, rims);
    if (emit_done(&e))
        return status;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}

int
cmd_rim_check(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    __attribute__((cleanup(rims_done))) struct rims rims = { 0 };
    const char *words[INPUTS_MAX];
    char line[GA_ERROR_TEXT];
    struct ga_error err = { 0 };
    enum ga_rc rc = context_of(o, &ctx, &err);
    int status;

    for (size_t i = 0; i < o->input_count; i++)
        words[i] = o->input[i].path;
    if (rc == GA_OK)
        rc = rims_find(o, ctx, words, o->input_count, NULL, &rims, &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    status = rims_status(&rims, line);
    for (size_t i = 0; i < rims.count; i++)
        if (rims.row[i].result != NULL)
            say_warnings(rims.row[i].result);
    if (o->format == FORMAT_JSON)
        return print_json(o, &rims, status, line);
    rims_print(&rims, stdout);
    print_when(any_result(&rims));
    printf("%s\n", line);
    return status;
}
