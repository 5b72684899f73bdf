/* SPDX-License-Identifier: Apache-2.0 */
/* One RIM alone: rules 10 to 12. */
#include <string.h>

#include "base/cleanup.h"
#include "base/rim_id.h"
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

/* rim.schema, rim.signature and rim.chain are made already. */
static void
check_rest(const struct ga_context *ctx, const struct ga_gathered *g,
           const struct ga_rim *rim, const struct ga_chain_facts *facts,
           const char *version, struct ga_result *result)
{
    struct ga_check *checks = result->check;
    struct ga_ocsp_facts ocsp = { 0 };

    ga_run_ocsp(ctx, g, result->at, true, &rim->certs, facts,
                &checks[GA_CHECK_RIM_OCSP], &ocsp);
    if (version == NULL)
        ga_check_none(&checks[GA_CHECK_RIM_VERSION], GA_R_NOT_EXPECTED,
                      "no version was asked for; the RIM says %s",
                      rim->version != NULL ? rim->version : "none");
    else
        ga_rim_check_version(rim, role_of(rim, version), version, NULL,
                             &checks[GA_CHECK_RIM_VERSION]);
}

/* Judges the best of `found`; `best` receives it. */
static enum ga_rc
judge(struct ga_context *ctx, struct ga_gathered *g,
      const struct ga_rim_found *found, size_t count, const char *version,
      struct ga_candidate *best, struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    enum ga_rc rc = ga_result_new(0, GA_SCOPE_RIM, &result, err);
    const struct ga_rim *rim;

    if (rc != GA_OK)
        return rc;
    result->at = ga_context_time(ctx);
    result->custom_anchors = ctx->anchors.custom;
    ga_choose_rim(ctx, result->at, found, count, best);
    rim = best->found->rim;
    if (rim == NULL)
        return ga_fail(err, GA_E_SYNTAX, "%s: %s", best->found->source,
                       best->found->problem);
    result->check[GA_CHECK_RIM_SCHEMA] = best->check[GA_RIM_CHECK_SCHEMA];
    result->check[GA_CHECK_RIM_SIGNATURE] = best->check[GA_RIM_CHECK_SIGNATURE];
    result->check[GA_CHECK_RIM_CHAIN] = best->check[GA_RIM_CHECK_CHAIN];
    rc = ga_gather_chain(ctx, g, &rim->certs, &best->chain, err);
    if (rc != GA_OK)
        return rc;
    check_rest(ctx, g, rim, &best->chain, version, result);
    rc = ga_result_judge(result, &ctx->rim_relax, err);
    if (rc == GA_OK)
        *out = GA_TAKE(result);
    return rc;
}

enum ga_rc
ga_rim_verify(struct ga_context *ctx, const void *data, size_t len,
              const char *version, struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    struct ga_gathered gathered = { 0 };
    struct ga_rim_found found = { 0 };
    struct ga_candidate best;
    enum ga_rc rc;

    if (ctx == NULL || data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "RIM: NULL");
    rc = ga_rim_read(ga_bytes_of(data, len), &rim, err);
    found.rim = rim;
    if (rc == GA_OK)
        rc = judge(ctx, &gathered, &found, 1, version, &best, out, err);
    ga_gathered_done(&gathered);
    return rc;
}

/* What stands under `id`, wherever the settings say. */
static enum ga_rc
find(struct ga_context *ctx, struct ga_gathered *g, const char *id,
     struct ga_rim_found found[GA_RIMS_PER_ID_MAX], size_t *count,
     struct ga_error *err)
{
    enum ga_rc rc = ga_gather_rim(ctx, g, id, err);
    const struct ga_fetched_rim *f;

    if (rc == GA_OK)
        rc = ga_rim_store_get(ctx->rims, id, found, count, err);
    if (rc != GA_OK || *count > 0)
        return rc;
    f = ga_gathered_find(g, id);
    if (f == NULL && !ga_has_rims(ctx))
        return ga_fail(err, GA_E_UNREACHABLE,
                       "%s: neither rim-dir nor bundle was given, and no "
                       "service may be asked",
                       id);
    if (f == NULL)
        return ga_fail(err, GA_E_MISSING, "neither directory nor bundle has %s",
                       id);
    if (f->rc != GA_OK)
        return ga_fail(err, f->rc, "%s: %s", id, f->text);
    found[0] = (struct ga_rim_found){ .rim = f->rim, .source = f->source };
    *count = 1;
    return GA_OK;
}

static enum ga_rc
find_and_judge(struct ga_context *ctx, struct ga_gathered *g, const char *id,
               const char *version, struct ga_bundle *bundle, char **source,
               struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    GA_AUTO_FREE char *from = NULL;
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    struct ga_candidate best;
    size_t count = 0;
    enum ga_rc rc = find(ctx, g, id, found, &count, err);

    if (rc == GA_OK)
        rc = judge(ctx, g, found, count, version, &best, &result, err);
    if (rc == GA_OK && bundle != NULL && ga_result_verified(result))
        rc = ga_archive_rim(ctx, g, result->at, id, best.found->rim,
                            &best.chain, bundle, err);
    if (rc != GA_OK)
        return rc;
    from = strdup(best.found->source);
    if (from == NULL)
        return ga_nomem(err);
    *source = GA_TAKE(from);
    *out = GA_TAKE(result);
    return GA_OK;
}

enum ga_rc
ga_rim_find(struct ga_context *ctx, const char *id, const char *version,
            struct ga_bundle *bundle, char **source, struct ga_result **out,
            struct ga_error *err)
{
    struct ga_gathered gathered = { .archive = bundle != NULL };
    enum ga_rc rc;

    if (ctx == NULL || id == NULL || source == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "RIM: NULL");
    if (!ga_rim_id_ok(id))
        return ga_fail(err, GA_E_INVAL,
                       "\"%.120s\" is no RIM id: capital letters, digits, _ "
                       "and . alone, at most %d",
                       id, GA_RIM_ID_MAX);
    rc = find_and_judge(ctx, &gathered, id, version, bundle, source, out, err);
    ga_gathered_done(&gathered);
    return rc;
}
