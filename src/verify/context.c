/* SPDX-License-Identifier: Apache-2.0 */
/* Context: settings, anchors and what was read once, for many calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/service.h"
#include "bundle/bundle.h"
#include "verify/context.h"
#include "verify/parallel.h"

GA_DEFINE_AUTO_STRUCT(ga_context, ga_context_free);

static int64_t
system_now(void *user)
{
    (void)user;
    return (int64_t)time(NULL);
}

static enum ga_rc
add_anchors(struct ga_context *ctx, enum ga_anchor_use use,
            const struct ga_list *files, const char *name, struct ga_error *err)
{
    for (size_t i = 0; i < files->count; i++) {
        GA_AUTO_BUF struct ga_buf pem = { 0 };
        enum ga_rc rc =
            ga_file_read(files->item[i], GA_ANCHOR_FILE_MAX, &pem, err);

        if (rc == GA_OK)
            rc = ga_within(
                err, ga_anchors_add(&ctx->anchors, use, ga_view(&pem), err),
                "%s", files->item[i]);
        if (rc != GA_OK)
            return ga_within(err, rc, "%s", name);
    }
    return GA_OK;
}

static enum ga_rc
add_pins(struct ga_context *ctx, struct ga_error *err)
{
    const struct ga_list *files = &ctx->set->token_anchor;

    ga_pins_init(&ctx->pins);
    for (size_t i = 0; i < files->count; i++) {
        GA_AUTO_BUF struct ga_buf pem = { 0 };
        enum ga_rc rc =
            ga_file_read(files->item[i], GA_ANCHOR_FILE_MAX, &pem, err);

        if (rc == GA_OK)
            rc = ga_within(err, ga_pins_add(&ctx->pins, ga_view(&pem), err),
                           "%s", files->item[i]);
        if (rc != GA_OK)
            return ga_within(err, rc, "token-anchor");
    }
    return GA_OK;
}

static enum ga_rc
load_anchors(struct ga_context *ctx, struct ga_error *err)
{
    const struct ga_settings *set = ctx->set;
    enum ga_rc rc = ga_anchors_init(&ctx->anchors, err);

    if (rc == GA_OK)
        rc = add_anchors(ctx, GA_ANCHOR_DEVICE, &set->device_anchor,
                         "device-anchor", err);
    if (rc == GA_OK)
        rc = add_anchors(ctx, GA_ANCHOR_RIM, &set->rim_anchor, "rim-anchor",
                         err);
    return rc == GA_OK ? add_pins(ctx, err) : rc;
}

/* Whose tokens are taken: who is named, or the service that is asked. */
static enum ga_rc
take_issuer(struct ga_context *ctx, struct ga_error *err)
{
    const struct ga_settings *set = ctx->set;

    if (set->issuer != NULL)
        ctx->issuer = strdup(set->issuer);
    else if (set->nras_url == NULL)
        ctx->issuer = strdup(GA_NRAS_URL);
    else
        ctx->issuer = ga_service_base(set->nras_url);
    return ctx->issuer != NULL ? GA_OK : ga_nomem(err);
}

/* One entry, named as messages call it. */
static enum ga_rc
take_entry(struct ga_context *ctx, const struct ga_bundle_view *e,
           struct ga_error *err)
{
    struct ga_bytes data = ga_bytes_of(e->data, e->len);
    char source[GA_VALUE_MAX + GA_BUNDLE_NAME_MAX + 8];

    snprintf(source, sizeof(source), "%s: %s", ctx->set->bundle, e->name);
    switch (e->kind) {
    case GA_BUNDLE_RIM:
        return ga_rim_store_add(ctx->rims, e->name, data, source, err);
    case GA_BUNDLE_OCSP:
        return ga_ocsp_store_add(ctx->ocsp, data, source, err);
    case GA_BUNDLE_JWKS:
        break; /* who verifies tokens reads the file */
    }
    return GA_OK;
}

/* Behind the directories, and believed as little as they are. */
static enum ga_rc
load_bundle(struct ga_context *ctx, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_bundle) *bundle = NULL;
    GA_AUTO_BUF struct ga_buf file = { 0 };
    const char *path = ctx->set->bundle;
    struct ga_bundle_view e;
    enum ga_rc rc;

    if (path == NULL)
        return GA_OK;
    rc = ga_file_read(path, GA_BUNDLE_MAX, &file, err);
    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (rc == GA_OK)
        rc = ga_within(err, ga_bundle_parse(file.ptr, file.len, &bundle, err),
                       "%s", path);
    for (size_t i = 0; rc == GA_OK && ga_bundle_get(bundle, i, &e); i++)
        rc = take_entry(ctx, &e, err);
    return ga_within(err, rc, "bundle");
}

static enum ga_rc
borrow_stores(struct ga_context *ctx, const struct ga_context *from)
{
    ctx->borrows = true;
    ctx->facts = from->facts;
    ctx->certs = from->certs;
    ctx->rims = from->rims;
    ctx->ocsp = from->ocsp;
    return GA_OK;
}

static enum ga_rc
load_stores(struct ga_context *ctx, struct ga_error *err)
{
    const struct ga_settings *set = ctx->set;
    enum ga_rc rc = ga_facts_new(&ctx->facts, err);

    if (rc == GA_OK)
        rc = ga_cert_cache_new(&ctx->certs, err);
    if (rc == GA_OK)
        rc = ga_rim_store_new(&ctx->rims, err);
    for (size_t i = 0; i < set->rim_dir.count && rc == GA_OK; i++)
        rc = ga_within(
            err, ga_rim_store_add_dir(ctx->rims, set->rim_dir.item[i], err),
            "rim-dir");
    if (rc == GA_OK)
        rc = ga_ocsp_store_new(&ctx->ocsp, err);
    for (size_t i = 0; i < set->ocsp_dir.count && rc == GA_OK; i++)
        rc = ga_within(
            err, ga_ocsp_store_add_dir(ctx->ocsp, set->ocsp_dir.item[i], err),
            "ocsp-dir");
    return rc == GA_OK ? load_bundle(ctx, err) : rc;
}

/* Settings that are each right and wrong together. */
static enum ga_rc
check_settings(struct ga_context *ctx, struct ga_error *err)
{
    const struct ga_settings *set = ctx->set;

    if (set->no_ocsp && set->ocsp_dir.count > 0)
        return ga_fail(err, GA_E_INVAL,
                       "no-ocsp: asks nobody, but ocsp-dir names answers");
    if (set->profile == GA_PROFILE_NVATTEST &&
        (set->no_ocsp || set->ocsp_nonce != GA_OCSP_NONCE_REQUIRE))
        return ga_fail(err, GA_E_INVAL,
                       "profile: nvattest wants OCSP answers with our nonce");
    if (set->arch != NULL && !ga_arch_known(set->arch))
        return ga_fail(err, GA_E_INVAL, "arch: \"%s\" is not known", set->arch);
    if (set->threads > GA_THREADS_MAX)
        return ga_fail(err, GA_E_INVAL, "threads: %lld, not 0 to %d",
                       (long long)set->threads, GA_THREADS_MAX);
    ctx->threads = set->threads > 0 ? (size_t)set->threads : ga_processors();
    return ga_relax_parse(set, &ctx->rim_relax, err);
}

static enum ga_rc
load_board(struct ga_context *ctx, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    ctx->has_board = ctx->set->topology != NULL;
    if (ctx->has_board)
        rc = ga_board_load(ctx->set->topology, &ctx->board, err);
    return ga_within(err, rc, "topology");
}

static void
take_seams(struct ga_context *ctx, const struct ga_seams *seams)
{
    size_t n;

    if (seams != NULL) {
        n = seams->size < sizeof(ctx->seams) ? seams->size : sizeof(ctx->seams);
        memcpy(&ctx->seams, seams, n);
    }
    if (ctx->seams.now == NULL)
        ctx->seams.now = system_now;
}

/* `base` is NULL for a context with stores of its own. */
static enum ga_rc
make(const struct ga_context *base, const struct ga_settings *set,
     const struct ga_seams *seams, struct ga_context **out,
     struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_context) *ctx = calloc(1, sizeof(*ctx));
    enum ga_rc rc;

    if (ctx == NULL)
        return ga_nomem(err);
    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "context: NULL");
    take_seams(ctx, seams);
    rc = set != NULL ? ga_settings_copy(set, &ctx->set, err)
                     : ga_settings_new(&ctx->set, err);
    if (rc == GA_OK)
        rc = check_settings(ctx, err);
    if (rc == GA_OK)
        rc = ga_policies_load(ctx->set, &ctx->policies, err);
    if (rc == GA_OK)
        rc = ga_relax_parse(ctx->set, &ctx->relax, err);
    if (rc == GA_OK)
        rc = load_board(ctx, err);
    if (rc == GA_OK)
        rc = load_anchors(ctx, err);
    if (rc == GA_OK)
        rc = take_issuer(ctx, err);
    if (rc == GA_OK)
        rc = base != NULL ? borrow_stores(ctx, base) : load_stores(ctx, err);
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(ctx);
    return GA_OK;
}

enum ga_rc
ga_context_new(const struct ga_settings *set, const struct ga_seams *seams,
               struct ga_context **out, struct ga_error *err)
{
    return make(NULL, set, seams, out, err);
}

enum ga_rc
ga_context_new_beside(const struct ga_context *base,
                      const struct ga_settings *set,
                      const struct ga_seams *seams, struct ga_context **out,
                      struct ga_error *err)
{
    return make(base, set, seams, out, err);
}

void
ga_context_free(struct ga_context *ctx)
{
    if (ctx == NULL)
        return;
    ga_anchors_done(&ctx->anchors);
    if (!ctx->borrows) {
        ga_facts_free(ctx->facts);
        ga_cert_cache_free(ctx->certs);
        ga_rim_store_free(ctx->rims);
        ga_ocsp_store_free(ctx->ocsp);
    }
    ga_policies_done(&ctx->policies);
    ga_settings_free(ctx->set);
    free(ctx->issuer);
    free(ctx);
}

void
ga_cancel(struct ga_context *ctx)
{
    atomic_store(&ctx->cancelled, true);
}

uint64_t
ga_context_verifications(const struct ga_context *ctx)
{
    return ga_facts_count(ctx->facts);
}

ga_time
ga_context_time(const struct ga_context *ctx)
{
    return ctx->set->at != GA_TIME_NONE ? ctx->set->at
                                        : ctx->seams.now(ctx->seams.user);
}

void
ga_context_log(const struct ga_context *ctx, enum ga_log_level level,
               const char *line)
{
    if (ctx->seams.log != NULL)
        ctx->seams.log(ctx->seams.user, level, line);
}
