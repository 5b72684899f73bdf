/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest bundle create: what a verification needs, into one file. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "bundle/bundle.h"
#include "cli/bundles.h"
#include "cli/rims.h"

/* What goes in, and what is found on the way. */
struct work {
    const struct options *o;
    struct ga_context *ctx;
    struct ga_bundle *bundle;
    struct ga_result *devices; /* NULL: no evidence was named */
    size_t held;
    struct rims rims;
    int status;
    char line[GA_ERROR_TEXT];
};

static void
work_done(struct work *w)
{
    rims_done(&w->rims);
    ga_result_free(w->devices);
    ga_bundle_free(w->bundle);
    ga_context_free(w->ctx);
}

static enum ga_rc
check_usage(const struct options *o, struct ga_error *err)
{
    if (o->output == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--output is missing: where the bundle is kept");
    if (check_output("output", o->output, err) != GA_OK)
        return GA_E_INVAL;
    if (o->input_count == 0)
        return ga_fail(err, GA_E_INVAL,
                       "nothing to bundle: name FILE with evidence, or --rim");
    if (o->settings->issuer != NULL && o->jwks == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--issuer names whose keys --jwks has, and there are "
                       "none");
    return GA_OK;
}

static enum ga_rc
add_devices(struct work *w, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    const struct options *o = w->o;
    enum ga_rc rc = ga_evidence_new(&evidence, err);

    for (size_t i = 0; i < o->input_count && rc == GA_OK; i++)
        if (o->input[i].role == INPUT_OPERAND)
            rc = ga_evidence_load(evidence, o->input[i].path, err);
    progress_begin(o->progress, "collecting", stderr);
    if (rc == GA_OK && o->operand_count > 0)
        rc = ga_bundle_collect(w->ctx, evidence, w->bundle, &w->held,
                               &w->devices, err);
    progress_end(o->progress);
    return rc;
}

static enum ga_rc
add_rims(struct work *w, struct ga_error *err)
{
    const char *words[INPUTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < w->o->input_count; i++)
        if (w->o->input[i].role == INPUT_RIM)
            words[n++] = w->o->input[i].path;
    return n > 0 ? rims_find(w->o, w->ctx, words, n, w->bundle, &w->rims, err)
                 : GA_OK;
}

static enum ga_rc
read_keys(const struct options *o, struct ga_buf *out, struct ga_error *err)
{
    char *text = NULL;
    enum ga_rc rc;

    if (!is_url(o->jwks)) {
        rc = ga_file_read(o->jwks, GA_JWKS_MAX, out, err);
        if (rc == GA_OK && out->len == 0)
            rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", o->jwks);
        return rc;
    }
    rc = fetch_jwks(o, &text, err);
    if (rc == GA_OK)
        rc = ga_buf_copy(ga_bytes_of(text, strlen(text)), out, err);
    ga_text_free(text);
    return rc;
}

static enum ga_rc
add_keys(struct work *w, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf keys = { 0 };
    enum ga_rc rc;

    if (w->o->jwks == NULL)
        return GA_OK;
    rc = read_keys(w->o, &keys, err);
    if (rc == GA_OK)
        rc = ga_within(err,
                       ga_bundle_add(w->bundle, GA_BUNDLE_JWKS, w->ctx->issuer,
                                     keys.ptr, keys.len, err),
                       "--jwks");
    return rc;
}

/* Whether a check says something of what a bundle is made of: a device's other
 * checks are not for this verb. */
static bool
counts(const struct ga_check_view *c)
{
    return c->state != GA_PASSED && !c->relaxed &&
           (strcmp(c->name, "report.parse") == 0 ||
            strcmp(c->name, "report.signature") == 0 ||
            strncmp(c->name, "device.", 7) == 0 ||
            strstr(c->name, "_rim.") != NULL);
}

/* Judges the devices: one that does not hold is one too many. */
static void
judge_devices(struct work *w)
{
    size_t n = w->devices != NULL ? ga_result_devices(w->devices) : 0;
    bool failed = false, unreachable = false;
    struct ga_device_view d;
    struct ga_check_view c;

    if (w->held == n)
        return;
    for (size_t i = 0; ga_result_device(w->devices, i, &d); i++)
        for (size_t k = 0; ga_result_check(w->devices, i, k, &c); k++) {
            if (!counts(&c))
                continue;
            say("%s: %s%s%s%s%s%s", d.label, c.name, c.reason ? " (" : "",
                c.reason ? c.reason : "", c.reason ? ")" : "",
                c.text ? ": " : "", c.text ? c.text : "");
            failed = failed || c.state == GA_FAILED;
            unreachable = unreachable || (c.reason != NULL &&
                                          strcmp(c.reason, "unreachable") == 0);
        }
    w->status = ga_result_verdict(w->devices) == GA_VERDICT_MALFORMED
                    ? EXIT_MALFORMED
                : failed || !unreachable ? EXIT_REJECTED
                                         : EXIT_UNAVAILABLE;
    snprintf(w->line, sizeof(w->line),
             "NOT WRITTEN: %zu of %zu devices do not hold", n - w->held, n);
}

static void
judge_rims(struct work *w)
{
    char line[GA_ERROR_TEXT];
    int status = rims_status(&w->rims, line);

    if (status == EXIT_VERIFIED)
        return;
    /* 3 before 1 before 4: docs/exit-status.md. */
    if (w->status == EXIT_VERIFIED || w->status == EXIT_UNAVAILABLE)
        w->status = status;
    if (w->line[0] == '\0')
        snprintf(w->line, sizeof(w->line), "NOT WRITTEN: %.480s", line);
}

static void
say_all_warnings(const struct work *w)
{
    if (w->devices != NULL)
        say_warnings(w->devices);
    for (size_t i = 0; i < w->rims.count; i++)
        if (w->rims.row[i].result != NULL)
            say_warnings(w->rims.row[i].result);
}

static enum ga_rc
write_file(struct work *w, struct ga_error *err)
{
    GA_AUTO_FREE void *bytes = NULL;
    size_t len = 0;
    enum ga_rc rc = ga_bundle_bytes(w->bundle, &bytes, &len, err);

    if (rc == GA_OK)
        rc = file_save(w->o->output, ga_bytes_of(bytes, len), err);
    if (rc == GA_OK)
        snprintf(w->line, sizeof(w->line), "WRITTEN %zu entries, %zu bytes",
                 ga_bundle_count(w->bundle), len);
    return rc;
}

static int
print(const struct work *w)
{
    const struct options *o = w->o;
    struct ga_error err = { 0 };
    struct emit e;
    enum ga_rc rc;

    if (o->format == FORMAT_TEXT) {
        if (w->status != EXIT_VERIFIED)
            rims_print(&w->rims, stdout);
        printf("%s\n", w->line);
        return w->status;
    }
    emit_start(&e, true, stdout);
    emit_number(&e, "result_code", w->status);
    emit_text(&e, "result_message", w->line);
    emit_text(&e, "file", w->status == EXIT_VERIFIED ? o->output : NULL);
    if (w->status == EXIT_VERIFIED)
        bundle_emit(&e, w->bundle, ga_context_time(w->ctx));
    rims_emit(&e, &w->rims);
    if (emit_done(&e))
        return w->status;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}

int
cmd_bundle_create(const struct options *o)
{
    __attribute__((cleanup(work_done))) struct work w = { .o = o };
    struct ga_error err = { 0 };
    enum ga_rc rc = check_usage(o, &err);

    if (rc == GA_OK)
        rc = context_of(o, &w.ctx, &err);
    if (rc == GA_OK)
        rc = ga_bundle_new(&w.bundle, &err);
    if (rc == GA_OK)
        rc = add_devices(&w, &err);
    if (rc == GA_OK)
        rc = add_rims(&w, &err);
    if (rc == GA_OK)
        rc = add_keys(&w, &err);
    if (rc == GA_OK) {
        judge_devices(&w);
        judge_rims(&w);
        say_all_warnings(&w);
        if (w.status == EXIT_VERIFIED)
            rc = write_file(&w, &err);
    }
    return rc == GA_OK ? print(&w) : say_error(o, rc, &err);
}
