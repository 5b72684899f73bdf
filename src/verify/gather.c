/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to services: each once, together, and never for a device that has
 * not shown who it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/run.h"
#include "x509/ocsp_request.h"

/* Questions of one round. */
struct round {
    const struct ga_context *ctx;
    struct ga_gathered *gathered;
    size_t count, room;
    struct question {
        struct ga_fetch_item item;
        char id[GA_RIM_ID_TEXT];
        struct ga_ocsp_request request;
        struct ga_nonce nonce;      /* in it; RFC 8954 allows 32 octets */
        const struct ga_cert *cert; /* that the answer is about */
    } * question;
};

static void
round_done(struct round *r)
{
    for (size_t i = 0; i < r->count; i++) {
        ga_buf_done(&r->question[i].request.der);
        free(r->question[i].item.body);
    }
    free(r->question);
}

void
ga_gathered_done(struct ga_gathered *g)
{
    for (size_t i = 0; i < g->rims; i++)
        ga_rim_free(g->rim[i].rim);
    free(g->rim);
    ga_ocsp_store_free(g->ocsp);
    *g = (struct ga_gathered){ 0 };
}

const struct ga_fetched_rim *
ga_gathered_find(const struct ga_gathered *g, const char *id)
{
    for (size_t i = 0; i < g->rims; i++)
        if (strcmp(g->rim[i].id, id) == 0)
            return &g->rim[i];
    return NULL;
}

bool
ga_has_rims(const struct ga_context *ctx)
{
    return ctx->set->rim_dir.count > 0 || ctx->set->bundle != NULL;
}

bool
ga_has_answers(const struct ga_context *ctx)
{
    return ctx->set->ocsp_dir.count > 0 || ctx->set->bundle != NULL;
}

/* With files at hand nobody is asked but whom the caller names. */
static bool
asks(const struct ga_context *ctx, const char *url)
{
    if (ctx->set->offline || ctx->seams.fetch == NULL)
        return false;
    return url != NULL || (!ga_has_rims(ctx) && !ga_has_answers(ctx));
}

bool
ga_asks_rims(const struct ga_context *ctx)
{
    return ctx->set->rim_store == GA_RIM_SOURCE_REMOTE &&
           asks(ctx, ctx->set->rim_url);
}

bool
ga_asks_ocsp(const struct ga_context *ctx)
{
    return !ctx->set->no_ocsp && asks(ctx, ctx->set->ocsp_url);
}

static struct question *
add(struct round *r, struct ga_error *err)
{
    size_t room = r->room > 0 ? 2 * r->room : 16;
    struct question *grown;

    if (r->count == r->room) {
        grown = realloc(r->question, room * sizeof(*grown));
        if (grown == NULL) {
            ga_nomem(err);
            return NULL;
        }
        r->question = grown;
        r->room = room;
    }
    grown = &r->question[r->count++];
    memset(grown, 0, sizeof(*grown));
    return grown;
}

static bool
asked_rim(const struct round *r, const char *id)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->question[i].item.kind == GA_FETCH_RIM &&
            strcmp(r->question[i].id, id) == 0)
            return true;
    return ga_gathered_find(r->gathered, id) != NULL;
}

static bool
asked_ocsp(const struct round *r, const char *key)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->question[i].item.kind == GA_FETCH_OCSP &&
            strcmp(r->question[i].request.key, key) == 0)
            return true;
    return false;
}

static enum ga_rc
want_id(struct round *r, const char *id, struct ga_error *err)
{
    struct ga_rim_found found[GA_RIMS_PER_ID_MAX];
    struct question *q;
    size_t n = 0;
    enum ga_rc rc;

    if (asked_rim(r, id))
        return GA_OK;
    rc = ga_rim_store_get(r->ctx->rims, id, found, &n, err);
    if (rc != GA_OK || n > 0)
        return rc;
    q = add(r, err);
    if (q == NULL)
        return GA_E_NOMEM;
    snprintf(q->id, sizeof(q->id), "%s", id);
    q->item.kind = GA_FETCH_RIM;
    q->item.max = GA_RIM_MAX;
    return GA_OK;
}

static enum ga_rc
want_rim(struct round *r, const struct ga_subject *s, enum ga_rim_role role,
         struct ga_error *err)
{
    char id[GA_RIM_ID_TEXT];

    if (ga_report_rim_id(s->report, role, id, NULL) != GA_OK)
        return GA_OK;
    return want_id(r, id, err);
}

static enum ga_rc
want_status(struct round *r, const struct ga_cert *cert,
            const struct ga_issuer *issuer, struct ga_error *err)
{
    const struct ga_settings *set = r->ctx->set;
    struct ga_ocsp_request request = { 0 };
    struct ga_nonce nonce;
    struct question *q;
    size_t nonce_len = r->gathered->archive ? 0 : sizeof(nonce.bytes);
    enum ga_rc rc = ga_nonce_random(&nonce, err);

    if (rc == GA_OK)
        rc = ga_ocsp_request_make(
            cert, issuer, (enum ga_ocsp_cert_id)set->ocsp_cert_id_hash,
            ga_bytes_of(nonce.bytes, nonce_len), &request, err);
    if (rc != GA_OK)
        return rc;
    q = asked_ocsp(r, request.key) ? NULL : add(r, err);
    if (q == NULL) {
        ga_buf_done(&request.der);
        return asked_ocsp(r, request.key) ? GA_OK : GA_E_NOMEM;
    }
    q->request = request; /* transferred */
    q->nonce = nonce;
    q->item.nonce_len = nonce_len;
    q->cert = cert;
    q->item.kind = GA_FETCH_OCSP;
    q->item.max = GA_OCSP_MAX;
    return GA_OK;
}

/* Every certificate of the chain that rule 8 asks for. */
static enum ga_rc
want_ocsp(struct round *r, const struct ga_certs *certs,
          const struct ga_chain_facts *chain, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t n = 0; n < chain->to_ask && rc == GA_OK; n++) {
        size_t i = chain->first + n;

        if (i < certs->count && chain->issuer[i].key != NULL)
            rc = want_status(r, certs->cert[i], &chain->issuer[i], err);
    }
    return rc;
}

static enum ga_rc
keep_rim(struct ga_gathered *g, const struct question *q, struct ga_error *err)
{
    struct ga_fetched_rim *grown =
        realloc(g->rim, (g->rims + 1) * sizeof(*grown));
    struct ga_fetched_rim *f;
    enum ga_rc rc = GA_OK;

    if (grown == NULL)
        return ga_nomem(err);
    g->rim = grown;
    f = &grown[g->rims++];
    memset(f, 0, sizeof(*f));
    memcpy(f->id, q->id, sizeof(f->id));
    memcpy(f->source, q->item.source, sizeof(f->source));
    memcpy(f->text, q->item.text, sizeof(f->text));
    f->rc = q->item.rc;
    if (f->rc == GA_OK)
        rc = ga_rim_read(ga_bytes_of(q->item.body, q->item.len), &f->rim, err);
    return rc;
}

static enum ga_rc
keep_answer(struct ga_gathered *g, const struct question *q,
            struct ga_error *err)
{
    const struct ga_fetch_item *item = &q->item;
    bool cached = item->asked_nonce_len > 0 &&
                  item->asked_nonce_len <= sizeof(item->asked_nonce);
    struct ga_bytes nonce =
        cached ? ga_bytes_of(item->asked_nonce, item->asked_nonce_len)
               : ga_bytes_of(q->nonce.bytes, item->nonce_len);

    if (item->rc == GA_OK)
        return ga_ocsp_store_add_asked(g->ocsp,
                                       ga_bytes_of(item->body, item->len),
                                       item->source, nonce, err);
    return ga_ocsp_store_silent(g->ocsp, q->cert, item->text, err);
}

/* What a seam left: texts that end, and as many bytes as were allowed. */
static void
settle(struct ga_fetch_item *item)
{
    size_t len = item->body != NULL ? item->len : 0;

    item->source[sizeof(item->source) - 1] = '\0';
    item->text[sizeof(item->text) - 1] = '\0';
    if (item->rc != GA_OK || (len > 0 && len <= item->max))
        return;
    item->rc = len > 0 ? GA_E_TOO_LARGE : GA_E_BAD_VALUE;
    snprintf(item->text, sizeof(item->text), "%zu bytes, not 1 to %zu", len,
             item->max);
}

static void
point(struct round *r)
{
    /* The array no longer moves. */
    for (size_t i = 0; i < r->count; i++) {
        struct question *q = &r->question[i];

        q->item.id = q->id;
        q->item.key = q->request.key;
        q->item.request = q->request.der.ptr;
        q->item.request_len = q->request.der.len;
        q->item.nonce = q->item.nonce_len > 0 ? q->nonce.bytes : NULL;
    }
}

static enum ga_rc
ask(struct round *r, struct ga_error *err)
{
    const struct ga_seams *seams = &r->ctx->seams;
    struct ga_gathered *g = r->gathered;
    struct ga_fetch_item *items;
    enum ga_rc rc;

    if (r->count == 0)
        return GA_OK;
    point(r);
    items = calloc(r->count, sizeof(*items));
    if (items == NULL)
        return ga_nomem(err);
    for (size_t i = 0; i < r->count; i++)
        items[i] = r->question[i].item;
    rc = seams->fetch(seams->user, items, r->count, err);
    for (size_t i = 0; i < r->count; i++) {
        r->question[i].item = items[i]; /* bodies are the round's now */
        settle(&r->question[i].item);
    }
    free(items);
    for (size_t i = 0; i < r->count && rc == GA_OK; i++)
        rc = r->question[i].item.kind == GA_FETCH_RIM
                 ? keep_rim(g, &r->question[i], err)
                 : keep_answer(g, &r->question[i], err);
    return rc;
}

enum ga_rc
ga_gather_begin(const struct ga_context *ctx, struct ga_gathered *g,
                struct ga_error *err)
{
    enum ga_rc rc;

    if (g->ocsp != NULL)
        return GA_OK;
    rc = ga_ocsp_store_new(&g->ocsp, err);
    if (rc == GA_OK)
        ga_ocsp_store_chain(g->ocsp, ctx->ocsp);
    return rc;
}

enum ga_rc
ga_gather_devices(struct ga_run *run, struct ga_error *err)
{
    struct round r = { .ctx = run->ctx, .gathered = &run->gathered };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < run->result->device_count && rc == GA_OK; i++) {
        const struct ga_subject *s = &run->subject[i];

        if (!ga_may_ask(s))
            continue;
        for (size_t k = 0; k < GA_RIM_ROLES && rc == GA_OK; k++)
            if (ga_asks_rims(run->ctx) &&
                ga_verify_has_role(s->device, (enum ga_rim_role)k))
                rc = want_rim(&r, s, (enum ga_rim_role)k, err);
        if (rc == GA_OK && ga_asks_ocsp(run->ctx))
            rc = want_ocsp(&r, &s->chain->certs, &s->facts, err);
    }
    if (rc == GA_OK)
        rc = ask(&r, err);
    round_done(&r);
    return rc;
}

enum ga_rc
ga_gather_rims(struct ga_run *run, struct ga_error *err)
{
    struct round r = { .ctx = run->ctx, .gathered = &run->gathered };
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < run->result->device_count && rc == GA_OK; i++)
        for (size_t k = 0; k < GA_RIM_ROLES && rc == GA_OK; k++) {
            const struct ga_chosen *c = &run->subject[i].chosen[k];

            if (c->rim != NULL && ga_asks_ocsp(run->ctx))
                rc = want_ocsp(&r, &c->rim->certs, &c->chain, err);
        }
    if (rc == GA_OK)
        rc = ask(&r, err);
    round_done(&r);
    return rc;
}

enum ga_rc
ga_gather_rim(const struct ga_context *ctx, struct ga_gathered *g,
              const char *id, struct ga_error *err)
{
    struct round r = { .ctx = ctx, .gathered = g };
    enum ga_rc rc = ga_gather_begin(r.ctx, r.gathered, err);

    if (rc == GA_OK && ga_asks_rims(ctx))
        rc = want_id(&r, id, err);
    if (rc == GA_OK)
        rc = ask(&r, err);
    round_done(&r);
    return rc;
}

enum ga_rc
ga_gather_chain(const struct ga_context *ctx, struct ga_gathered *g,
                const struct ga_certs *certs,
                const struct ga_chain_facts *chain, struct ga_error *err)
{
    struct round r = { .ctx = ctx, .gathered = g };
    enum ga_rc rc = ga_gather_begin(r.ctx, r.gathered, err);

    if (rc == GA_OK && ga_asks_ocsp(ctx))
        rc = want_ocsp(&r, certs, chain, err);
    if (rc == GA_OK)
        rc = ask(&r, err);
    round_done(&r);
    return rc;
}
