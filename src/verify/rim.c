/* SPDX-License-Identifier: Apache-2.0 */
/* One RIM alone: rules 10 to 12. */
#include "gpuattest/rim.h"
#include "base/cleanup.h"
#include "verify/run.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);
GA_DEFINE_AUTO_STRUCT(ga_rim, ga_rim_free);

/* Driver versions have two or three parts, VBIOS and BIOS versions five; only
 * the form is told here, for a caller who names the version alone. */
static enum ga_rim_role
role_of(const struct ga_rim *rim, const char *version)
{
    size_t dots = 0;

    if (rim->edition != NULL && rim->edition[0] == 'S')
        return GA_RIM_BIOS;
    for (const char *p = version; *p != '\0'; p++)
        dots += *p == '.';
    return dots == 4 ? GA_RIM_VBIOS : GA_RIM_DRIVER;
}

static void
check_all(struct ga_context *ctx, const struct ga_rim *rim, const char *version,
          struct ga_result *result)
{
    struct ga_chain_rules rules =
        ga_run_chain_rules(ctx, result->at, ctx->set->rim_grace);
    struct ga_check *checks = result->check;
    struct ga_chain_facts facts = { 0 };
    struct ga_ocsp_facts ocsp = { 0 };

    ga_rim_check_schema(rim, &checks[GA_CHECK_RIM_SCHEMA]);
    ga_rim_check_signature(rim, ctx->facts, &checks[GA_CHECK_RIM_SIGNATURE]);
    ga_rim_chain_check(&rim->certs, &rules, &checks[GA_CHECK_RIM_CHAIN],
                       &facts);
    ga_run_ocsp(ctx, ctx->ocsp, result->at, true, &rim->certs, &facts,
                &checks[GA_CHECK_RIM_OCSP], &ocsp);
    if (version == NULL)
        ga_check_none(&checks[GA_CHECK_RIM_VERSION], GA_R_NOT_EXPECTED,
                      "no version was asked for; the RIM says %s",
                      rim->version != NULL ? rim->version : "none");
    else
        ga_rim_check_version(rim, role_of(rim, version), version, NULL,
                             &checks[GA_CHECK_RIM_VERSION]);
}

enum ga_rc
ga_rim_verify(struct ga_context *ctx, const void *data, size_t len,
              const char *version, struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    enum ga_rc rc;

    if (ctx == NULL || data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "RIM: NULL");
    rc = ga_rim_read(ga_bytes_of(data, len), &rim, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_result_new(0, GA_SCOPE_RIM, &result, err);
    if (rc != GA_OK)
        return rc;
    result->at = ga_context_time(ctx);
    result->custom_anchors = ctx->anchors.custom;
    check_all(ctx, rim, version, result);
    rc = ga_result_judge(result, &ctx->rim_relax, err);
    if (rc == GA_OK)
        *out = GA_TAKE(result);
    return rc;
}
