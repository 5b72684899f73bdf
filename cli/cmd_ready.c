/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest ready: the GPUs' ready state, by hand. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "gpuattest/collect.h"

#define UNVERIFIED "nothing was verified: attest and ppcie do that"

static enum ga_rc
take(const struct options *o, bool *set, bool *on, struct ga_error *err)
{
    *set = o->ready_to != NULL;
    *on = *set && strcmp(o->ready_to, "on") == 0;
    if (*set && !*on && strcmp(o->ready_to, "off") != 0)
        return ga_fail(err, GA_E_INVAL, "--set: \"%.80s\" is none of on, off",
                       o->ready_to);
    return GA_OK;
}

static enum ga_rc
set_and_read(struct ga_context *ctx, bool set, bool on, struct ga_host *host,
             struct ga_error *err)
{
    enum ga_rc rc = set ? ga_host_set_ready(ctx, on, err) : GA_OK;

    if (rc == GA_OK)
        rc = ga_host_read(ctx, GA_DEVICES_GPU, host, err);
    if (rc == GA_OK && !host->has_ready)
        rc = ga_fail(err, GA_E_UNREACHABLE,
                     "the driver does not say its ready state");
    if (rc == GA_OK && set && host->ready != on)
        rc = ga_fail(err, GA_E_UNREACHABLE,
                     "the ready state was set and is still %s",
                     on ? "off" : "on");
    return rc;
}

int
cmd_ready(const struct options *o)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    struct ga_host host = { 0 };
    struct ga_error err = { 0 };
    bool set = false, on = false;
    struct emit e;
    enum ga_rc rc = take(o, &set, &on, &err);

    if (rc == GA_OK)
        rc = context_of(o, &ctx, &err);
    if (rc == GA_OK)
        rc = set_and_read(ctx, set, on, &host, &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    emit_start(&e, o->format == FORMAT_JSON, stdout);
    emit_text(&e, "ready", host.ready ? "on" : "off");
    emit_bool(&e, "verified", false);
    emit_text(&e, "text", UNVERIFIED);
    if (!emit_done(&e))
        return EXIT_INTERNAL;
    return EXIT_SUCCESS;
}
