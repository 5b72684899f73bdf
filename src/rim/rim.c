/* SPDX-License-Identifier: Apache-2.0 */
/* A RIM: reading, problems, the schema check, and the public view. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "rim/read.h"

GA_DEFINE_AUTO(EVP_MD_CTX, EVP_MD_CTX_free);

GA_DEFINE_AUTO_STRUCT(ga_rim, ga_rim_free);

/* Problems that a check's text names; the others it counts. */
#define NAMED_PROBLEMS 3

/* A hash that is fed as canonical bytes come. */
struct hash {
    EVP_MD_CTX *ctx;
    bool good;
};

static void
hash_put(void *user, const char *ptr, size_t len)
{
    struct hash *h = user;

    h->good = h->good && EVP_DigestUpdate(h->ctx, ptr, len) == 1;
}

static bool
hash_end(struct hash *h, uint8_t out[GA_SHA384_LEN])
{
    unsigned n = 0;

    return h->good && EVP_DigestFinal_ex(h->ctx, out, &n) == 1 &&
           n == GA_SHA384_LEN;
}

static enum ga_reason
reason_of(bool of_signature, enum ga_rc code)
{
    if (code == GA_E_DUPLICATE)
        return GA_R_DUPLICATE;
    if (of_signature || code == GA_E_SYNTAX || code == GA_E_TOO_LARGE)
        return GA_R_MALFORMED;
    return GA_R_SCHEMA;
}

void
ga_rim_problem(struct ga_rim *rim, bool of_signature, enum ga_rc code,
               size_t offset, const char *fmt, va_list ap)
{
    struct ga_rim_problem *p = &rim->problem[rim->problem_count];
    char raw[sizeof(p->text)];

    rim->problem_total++;
    rim->signature_problems += of_signature;
    if (rim->problem_count == GA_RIM_PROBLEMS_MAX)
        return;
    rim->problem_count++;
    *p = (struct ga_rim_problem){ .of_signature = of_signature,
                                  .code = code,
                                  .reason = reason_of(of_signature, code),
                                  .offset = offset };
    vsnprintf(raw, sizeof(raw), fmt, ap);
    ga_escape(raw, strlen(raw), p->text, sizeof(p->text));
}

/* The two digests of the signature: of the document, and of SignedInfo. */
static enum ga_rc
read_hashed(struct ga_rim *rim, struct ga_error *err)
{
    GA_AUTO(EVP_MD_CTX) *ctx = EVP_MD_CTX_new();
    struct hash h = { .ctx = ctx };
    struct ga_sink sink = { hash_put, &h };
    uint8_t document[GA_SHA384_LEN], value[GA_SHA384_LEN];
    bool has_value = false;
    enum ga_rc rc;

    if (ctx == NULL)
        return ga_nomem(err);
    h.good = EVP_DigestInit_ex(ctx, EVP_sha384(), NULL) == 1;
    rc = ga_rim_scan(rim, &sink, value, &has_value, err);
    if (rc != GA_OK)
        return rc;
    if (!hash_end(&h, document) ||
        (rim->has_signature &&
         !ga_sha384(ga_view(&rim->signed_info), rim->signed_info_digest)))
        return ga_fail(err, GA_E_INTERNAL, "SHA-384 failed");
    rim->digest_matches =
        rim->complete && has_value &&
        ga_bytes_equal(ga_bytes_of(document, sizeof(document)),
                       ga_bytes_of(value, sizeof(value)));
    return GA_OK;
}

enum ga_rc
ga_rim_read(struct ga_bytes xml, struct ga_rim **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    enum ga_rc rc;

    if (xml.ptr == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "RIM: no bytes");
    if (xml.len > GA_RIM_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "RIM: %zu bytes, at most %d",
                       xml.len, GA_RIM_MAX);
    rim = calloc(1, sizeof(*rim));
    if (rim == NULL)
        return ga_nomem(err);
    rc = ga_buf_copy(xml, &rim->bytes, err);
    if (rc == GA_OK)
        rc = read_hashed(rim, err);
    if (rc == GA_OK)
        *out = GA_TAKE(rim);
    return rc;
}

enum ga_rc
ga_rim_parse(const void *data, size_t len, struct ga_rim **out,
             struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    const struct ga_rim_problem *first;
    enum ga_rc rc;

    if (data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "RIM: no bytes");
    rc = ga_rim_read(ga_bytes_of(data, len), &rim, err);
    if (rc != GA_OK)
        return rc;
    first = &rim->problem[0];
    if (rim->problem_total == 1)
        return ga_fail_at(err, first->code, first->offset, "RIM: %s",
                          first->text);
    if (rim->problem_total > 1)
        return ga_fail_at(err, first->code, first->offset,
                          "RIM: %s (and %zu more)", first->text,
                          rim->problem_total - 1);
    *out = GA_TAKE(rim);
    return GA_OK;
}

void
ga_rim_free(struct ga_rim *rim)
{
    if (rim == NULL)
        return;
    ga_buf_done(&rim->bytes);
    ga_buf_done(&rim->signed_info);
    ga_certs_done(&rim->certs);
    free(rim->arena);
    free(rim);
}

/* Counts by reason what is not named, for a reason that is relaxed must not
 * hide another one.  What was not even kept counts as malformed. */
static void
fail_unnamed(const struct ga_rim *rim, bool of_signature, size_t from,
             size_t dropped, struct ga_check *check)
{
    static const enum ga_reason reasons[] = { GA_R_SCHEMA, GA_R_DUPLICATE,
                                              GA_R_MALFORMED };

    for (size_t k = 0; k < sizeof(reasons) / sizeof(reasons[0]); k++) {
        size_t n = reasons[k] == GA_R_MALFORMED ? dropped : 0;

        for (size_t i = from; i < rim->problem_count; i++)
            n += rim->problem[i].of_signature == of_signature &&
                 rim->problem[i].reason == reasons[k];
        if (n > 0)
            ga_check_fail(check, reasons[k], "%zu more (%s)", n,
                          ga_reason_name(reasons[k]));
    }
}

void
ga_rim_fail_problems(const struct ga_rim *rim, bool of_signature,
                     struct ga_check *check)
{
    size_t total = of_signature ? rim->signature_problems
                                : rim->problem_total - rim->signature_problems;
    size_t kept = 0, named = 0, i = 0;

    for (size_t k = 0; k < rim->problem_count; k++)
        kept += rim->problem[k].of_signature == of_signature;
    for (; i < rim->problem_count && named < NAMED_PROBLEMS; i++) {
        const struct ga_rim_problem *p = &rim->problem[i];

        if (p->of_signature != of_signature)
            continue;
        named++;
        ga_check_fail(check, p->reason, "%s (byte %zu)", p->text, p->offset);
    }
    fail_unnamed(rim, of_signature, i, total - kept, check);
}

void
ga_rim_check_schema(const struct ga_rim *rim, struct ga_check *check)
{
    ga_rim_fail_problems(rim, false, check);
    /* Reading cannot end early without a problem, nor give no golden value. */
    if (check->state != GA_FAILED &&
        (!rim->complete || rim->resource_count == 0))
        ga_check_fail(check, GA_R_SCHEMA, "no golden value was read");
    ga_check_pass(check);
}

const char *
ga_rim_version(const struct ga_rim *rim)
{
    return rim->version;
}

const char *
ga_rim_product(const struct ga_rim *rim)
{
    return rim->product;
}

const char *
ga_rim_tag_id(const struct ga_rim *rim)
{
    return rim->tag_id;
}

size_t
ga_rim_goldens(const struct ga_rim *rim)
{
    return rim->resource_count;
}

bool
ga_rim_golden(const struct ga_rim *rim, size_t i, struct ga_golden_view *out)
{
    const struct ga_resource *g;

    if (i >= rim->resource_count)
        return false;
    g = &rim->resource[i];
    *out = (struct ga_golden_view){ .index = g->index,
                                    .active = g->active,
                                    .name = g->name,
                                    .alternatives = g->alternatives };
    return true;
}

const uint8_t *
ga_rim_hash(const struct ga_rim *rim, size_t i, unsigned alternative,
            size_t *len)
{
    if (i >= rim->resource_count ||
        alternative >= rim->resource[i].alternatives)
        return NULL;
    *len = GA_SHA384_LEN;
    return rim->resource[i].hash[alternative];
}
