/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest topology: who is connected to whom. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/live.h"
#include "gpuattest/topology.h"
#include "topology/board.h"
#include "verify/result.h"

GA_DEFINE_AUTO_STRUCT(ga_topology, ga_topology_free);

static enum ga_rc
check_usage(const struct options *o, struct ga_error *err)
{
    if (o->dot && o->format == FORMAT_JSON)
        return ga_fail(err, GA_E_INVAL, "--dot: comes without --format json");
    if (o->unverified && o->input_count == 0)
        return ga_fail(err, GA_E_INVAL,
                       "--unverified: shows files, and none is named");
    if (o->unverified && o->nonce != NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--unverified: comes without --nonce, which nothing is "
                       "held against");
    if (!o->unverified && o->input_count > 0 && o->nonce == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--nonce is missing: the 64 hex digits that you chose; "
                       "--unverified shows what reports say");
    if (o->input_count == 0 && o->settings->at != GA_TIME_NONE)
        return ga_fail(err, GA_E_INVAL,
                       "--at: devices at hand are verified as of the present");
    return GA_OK;
}

static enum ga_rc
load(const struct options *o, struct ga_evidence **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    enum ga_rc rc = ga_evidence_new(&evidence, err);

    for (size_t i = 0; i < o->input_count && rc == GA_OK; i++)
        rc = ga_evidence_load(evidence, o->input[i].path, err);
    if (rc == GA_OK)
        *out = GA_TAKE(evidence);
    return rc;
}

static enum ga_rc
print_as(const struct ga_topology *t, enum ga_topology_form form,
         struct ga_error *err)
{
    char *text = NULL;
    enum ga_rc rc = ga_topology_print(t, form, &text, err);

    if (rc != GA_OK)
        return rc;
    fputs(text, stdout);
    if (form == GA_TOPOLOGY_JSON)
        fputc('\n', stdout);
    ga_text_free(text);
    return GA_OK;
}

static void
print_rules(const struct ga_topology *t)
{
    struct ga_check_view v;

    for (size_t i = 0; ga_topology_rule(t, i, &v); i++)
        printf("  %-14s %s%s%s%s%s%s\n",
               v.state == GA_PASSED   ? "passed"
               : v.state == GA_FAILED ? "failed"
                                      : "not checked",
               v.name, v.reason != NULL ? " (" : "",
               v.reason != NULL ? v.reason : "", v.reason != NULL ? ")" : "",
               v.text != NULL ? ": " : "", v.text != NULL ? v.text : "");
}

/* Says what bytes say, and that nobody verified them. */
static enum ga_rc
show(const struct options *o, const struct ga_evidence *evidence, int *status,
     struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_topology) *t = NULL;
    size_t count = ga_evidence_count(evidence);
    GA_AUTO_FREE struct ga_unverified_device *devices =
        calloc(count + 1, sizeof(*devices));
    struct ga_board_copy board;
    enum ga_rc rc = GA_OK;

    if (devices == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < count && rc == GA_OK; i++) {
        struct ga_evidence_view v;

        rc = ga_evidence_get(evidence, i, &v, err);
        if (rc == GA_OK)
            devices[i] = (struct ga_unverified_device){ v.report, v.report_len,
                                                        v.chain, v.chain_len };
    }
    if (rc == GA_OK)
        rc = ga_within(err, ga_board_load(o->settings->topology, &board, err),
                       "topology");
    if (rc == GA_OK)
        rc =
            ga_topology_check_unverified(devices, count, &board.board, &t, err);
    if (rc == GA_OK)
        rc = print_as(t,
                      o->dot                     ? GA_TOPOLOGY_GRAPHVIZ
                      : o->format == FORMAT_JSON ? GA_TOPOLOGY_JSON
                                                 : GA_TOPOLOGY_MATRIX,
                      err);
    if (rc != GA_OK)
        return rc;
    if (!o->dot && o->format == FORMAT_TEXT) {
        print_rules(t);
        puts(ga_topology_consistent(t) ? "CONSISTENT, NOT VERIFIED"
                                       : "NOT CONSISTENT, NOT VERIFIED");
    }
    say("nothing was verified");
    *status = ga_topology_consistent(t) ? EXIT_SUCCESS : EXIT_REJECTED;
    return GA_OK;
}

static enum ga_rc
verify(const struct options *o, struct ga_context *ctx,
       const struct ga_evidence *evidence, struct ga_result **out,
       struct ga_error *err)
{
    struct ga_nonce nonce;
    enum ga_rc rc = ga_nonce_parse(o->nonce, &nonce, err);

    rc = ga_within(err, rc, "--nonce");
    return rc == GA_OK ? ga_verify(ctx, evidence, &nonce, out, err) : rc;
}

static enum ga_rc
verify_host(const struct options *o, struct ga_context *ctx,
            struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    struct ga_host host = { 0 };
    struct ga_nonce nonce;
    enum ga_rc rc =
        o->nonce != NULL
            ? ga_within(err, ga_nonce_parse(o->nonce, &nonce, err), "--nonce")
            : ga_nonce_random(&nonce, err);

    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, err);
    if (rc == GA_OK)
        rc = ga_collect(ctx, GA_DEVICES_ALL, &nonce, evidence, err);
    if (rc == GA_OK)
        rc = ga_host_read(ctx, GA_DEVICES_ALL, &host, err);
    if (rc != GA_OK)
        return rc;
    if (host.warning[0] != '\0')
        say("warning: %s", host.warning);
    return ga_verify_live(ctx, evidence, &nonce, GA_DEVICES_ALL, &host, out,
                          err);
}

static int
print(const struct options *o, const struct ga_result *res)
{
    const struct ga_topology *t = ga_result_topology(res);
    struct ga_error err = { 0 };
    enum ga_rc rc = GA_OK;

    if (o->format == FORMAT_JSON)
        return print_result(o, res, "set");
    rc = print_as(t, o->dot ? GA_TOPOLOGY_GRAPHVIZ : GA_TOPOLOGY_MATRIX, &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    if (!o->dot)
        return print_result(o, res, "set");
    say("%s", ga_result_summary(res));
    return (int)ga_result_verdict(res);
}

int
cmd_topology(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    struct ga_error err = { 0 };
    int status = EXIT_INTERNAL;
    enum ga_rc rc = check_usage(o, &err);

    if (rc == GA_OK && o->settings->topology == NULL)
        rc = ga_settings_set(o->settings, "topology", "hgx-hopper", &err);
    if (rc == GA_OK && o->input_count > 0)
        rc = load(o, &evidence, &err);
    if (rc == GA_OK && o->unverified) {
        rc = show(o, evidence, &status, &err);
        return rc == GA_OK ? status : say_error(o, rc, &err);
    }
    if (rc == GA_OK)
        rc = context_of(o, &ctx, &err);
    if (rc == GA_OK)
        rc = evidence != NULL ? verify(o, ctx, evidence, &res, &err)
                              : verify_host(o, ctx, &res, &err);
    return rc == GA_OK ? print(o, res) : say_error(o, rc, &err);
}
