/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest attest: collect and verify in one go. */
#include <stdio.h>

#include "cli/live.h"

/* What the driver says is read behind the evidence: a device that came or went
 * meanwhile is noticed. */
static enum ga_rc
verify(const struct options *o, struct ga_context *ctx, const struct sources *s,
       const struct ga_evidence *evidence, struct ga_result **out,
       struct ga_error *err)
{
    struct ga_host host;
    enum ga_rc rc;

    if (s->live == 0 || o->verifier == VERIFIER_REMOTE)
        return verify_evidence(o, ctx, evidence, &s->nonce, out, err);
    rc = ga_host_read(ctx, s->live, &host, err);
    if (rc == GA_OK && host.warning[0] != '\0')
        say("warning: %s", host.warning);
    return rc == GA_OK ? ga_verify_live(ctx, evidence, &s->nonce, s->live,
                                        &host, out, err)
                       : rc;
}

static enum ga_rc
attest(const struct options *o, const struct sources *s, struct ga_result **out,
       struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    enum ga_rc rc = context_of(o, &ctx, err);

    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, err);
    progress_begin(o->progress, "collecting evidence", stderr);
    if (rc == GA_OK)
        rc = sources_gather(ctx, o, s, evidence, err);
    progress_end(o->progress);
    progress_begin(o->progress, "verifying", stderr);
    if (rc == GA_OK)
        rc = verify(o, ctx, s, evidence, out, err);
    progress_end(o->progress);
    return rc;
}

int
cmd_attest(const struct options *o)
{
    GA_AUTO_STRUCT(ga_result) *res = NULL;
    struct ga_error err = { 0 };
    struct sources s;
    enum ga_rc rc = check_service(o, &err);

    if (rc == GA_OK)
        rc = check_eat(o, &err);
    if (rc == GA_OK)
        rc = sources_of(o, &s, &err);
    if (rc == GA_OK)
        rc = attest(o, &s, &res, &err);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    if (s.made && o->format == FORMAT_TEXT)
        print_nonce(&s.nonce, stdout);
    return print_result(o, res, "set");
}
