/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest verify: evidence in, verdict out. */
#include <stdio.h>

#include "base/file.h"
#include "cli/cli.h"

static enum ga_rc
fetch(void *user, struct ga_fetch_item *items, size_t count,
      struct ga_error *err)
{
    const struct options *o = user;

    return net_fetch(o->net, items, count, err);
}

enum ga_rc
context_of(const struct options *o, struct ga_context **out,
           struct ga_error *err)
{
    /* The options outlive the context, and are only read. */
    const struct ga_seams seams = {
        .size = sizeof(seams),
        .user = (void *)(uintptr_t)o,
        .log = log_line,
        .fetch = fetch,
    };

    return ga_context_new(o->settings, &seams, out, err);
}

/* What needs no file to be refused. */
static enum ga_rc
check_usage(const struct options *o, struct ga_nonce *nonce,
            struct ga_error *err)
{
    enum ga_rc rc;

    rc = check_service(o, err);
    if (rc == GA_OK)
        rc = check_board(o, err);
    if (rc == GA_OK)
        rc = check_eat(o, err);
    if (rc != GA_OK)
        return rc;
    if (o->nonce == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce is missing: the 64 hex digits that you chose");
    if (o->input_count == 0)
        return ga_fail(err, GA_E_INVAL,
                       "no evidence: name FILE, or --report and --chain");
    rc = ga_nonce_parse(o->nonce, nonce, err);
    return ga_within(err, rc, "--nonce");
}

static enum ga_rc
add_pair(struct ga_evidence *evidence, const struct input pair[2],
         struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf report = { 0 }, chain = { 0 };
    const struct input *r = &pair[pair[0].role == INPUT_REPORT ? 0 : 1];
    const struct input *c = &pair[pair[0].role == INPUT_REPORT ? 1 : 0];
    enum ga_rc rc = ga_file_read(r->path, GA_REPORT_MAX, &report, err);

    if (rc == GA_OK)
        rc = ga_file_read(c->path, GA_CHAIN_MAX, &chain, err);
    if (rc != GA_OK)
        return rc;
    if (report.len == 0 || chain.len == 0)
        return ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty",
                       report.len == 0 ? r->path : c->path);
    return ga_evidence_add(evidence, report.ptr, report.len, chain.ptr,
                           chain.len, err);
}

/* options_parse() has seen to it that reports and chains come in pairs. */
static enum ga_rc
load(const struct options *o, struct ga_evidence *evidence,
     struct ga_error *err)
{
    enum ga_rc rc = GA_OK;
    size_t i = 0;

    while (i < o->input_count && rc == GA_OK)
        if (o->input[i].role == INPUT_OPERAND) {
            rc = ga_evidence_load(evidence, o->input[i].path, err);
            i += 1;
        } else {
            rc = add_pair(evidence, &o->input[i], err);
            i += 2;
        }
    return rc;
}

int
cmd_verify(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    struct ga_error err = { 0 };
    struct ga_nonce nonce;
    enum ga_rc rc = check_usage(o, &nonce, &err);

    if (rc == GA_OK)
        rc = context_of(o, &ctx, &err);
    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, &err);
    if (rc == GA_OK)
        rc = load(o, evidence, &err);
    progress_begin(o->progress, "verifying", stderr);
    if (rc == GA_OK)
        rc = verify_evidence(o, ctx, evidence, &nonce, &res, &err);
    progress_end(o->progress);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    return print_result(o, res, "set");
}
