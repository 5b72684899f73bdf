/* SPDX-License-Identifier: Apache-2.0 */
/* What a verification rested on, put into a bundle. */
#include "verify/run.h"
#include "x509/ocsp_request.h"

/* The answers that count for a chain, each under the name of its question. */
static enum ga_rc
add_answers(const struct ga_context *ctx, const struct ga_gathered *g,
            ga_time at, bool rim, const struct ga_certs *certs,
            const struct ga_chain_facts *chain, struct ga_bundle *bundle,
            struct ga_error *err)
{
    const struct ga_ocsp_rules rules = ga_run_ocsp_rules(ctx, g, at, rim);
    enum ga_rc rc = GA_OK;

    for (size_t n = 0; n < chain->to_ask && rc == GA_OK; n++) {
        size_t i = chain->first + n;
        struct ga_ocsp_request request = { 0 };
        struct ga_bytes der = ga_ocsp_counted(g->ocsp, certs, chain, i, &rules);

        if (der.len == 0)
            continue; /* relaxed */
        rc = ga_ocsp_request_make(
            certs->cert[i], &chain->issuer[i],
            (enum ga_ocsp_cert_id)ctx->set->ocsp_cert_id_hash,
            ga_bytes_of(NULL, 0), &request, err);
        if (rc == GA_OK)
            rc = ga_bundle_add(bundle, GA_BUNDLE_OCSP, request.key, der.ptr,
                               der.len, err);
        ga_buf_done(&request.der);
    }
    return rc;
}

enum ga_rc
ga_archive_rim(const struct ga_context *ctx, const struct ga_gathered *g,
               ga_time at, const char *id, const struct ga_rim *rim,
               const struct ga_chain_facts *chain, struct ga_bundle *bundle,
               struct ga_error *err)
{
    enum ga_rc rc = ga_bundle_add(bundle, GA_BUNDLE_RIM, id, rim->bytes.ptr,
                                  rim->bytes.len, err);

    if (rc == GA_OK)
        rc = add_answers(ctx, g, at, true, &rim->certs, chain, bundle, err);
    return rc;
}

/* What must hold before anything of a device is worth keeping. */
static bool
is_needed(enum ga_check_id id)
{
    return id == GA_CHECK_REPORT_PARSE || id == GA_CHECK_REPORT_SIGNATURE ||
           id == GA_CHECK_DEVICE_CHAIN || id == GA_CHECK_DEVICE_OCSP ||
           (id >= GA_CHECK_DRIVER_RIM_AVAILABLE &&
            id <= GA_CHECK_BIOS_RIM_VERSION);
}

static bool
holds(const struct ga_run *run, const struct ga_device *d)
{
    unsigned scope = ga_device_scope(d);

    for (size_t id = 0; id < GA_CHECK_COUNT; id++) {
        const struct ga_check *c = &d->check[id];

        if (!is_needed((enum ga_check_id)id) ||
            (ga_check_rows[id].scope & scope) == 0)
            continue;
        /* A relaxation can leave an answer out, and put nothing bad in. */
        if (c->state != GA_PASSED &&
            (c->state != GA_NOT_CHECKED ||
             !ga_relax_covers(&run->ctx->rim_relax, (enum ga_check_id)id, c,
                              d)))
            return false;
    }
    return true;
}

static enum ga_rc
add_device(struct ga_run *run, const struct ga_subject *s, struct ga_error *err)
{
    enum ga_rc rc = add_answers(run->ctx, &run->gathered, run->at, false,
                                &s->chain->certs, &s->facts, run->bundle, err);

    for (size_t role = 0; role < GA_RIM_ROLES && rc == GA_OK; role++)
        if (s->chosen[role].rim != NULL)
            rc = ga_archive_rim(run->ctx, &run->gathered, run->at,
                                s->device->rim[role].id, s->chosen[role].rim,
                                &s->chosen[role].chain, run->bundle, err);
    return rc;
}

enum ga_rc
ga_archive_devices(struct ga_run *run, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < run->result->device_count && rc == GA_OK; i++) {
        if (!holds(run, &run->result->device[i]))
            continue;
        run->held++;
        rc = add_device(run, &run->subject[i], err);
    }
    return rc;
}
