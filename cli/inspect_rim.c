/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest inspect: a reference integrity manifest. */
#include "base/cleanup.h"
#include "cli/inspect.h"
#include "rim/rim.h"

GA_DEFINE_AUTO_STRUCT(ga_rim, ga_rim_free);

static void
show_problems(struct emit *e, const struct ga_rim *rim)
{
    emit_open(e, "problems", EMIT_LIST);
    for (size_t i = 0; i < rim->problem_count; i++) {
        const struct ga_rim_problem *p = &rim->problem[i];

        emit_open(e, "problem", EMIT_ROW);
        emit_number(e, "offset", (int64_t)p->offset);
        emit_text(e, "part", p->of_signature ? "signature" : "schema");
        emit_text(e, "reason", ga_reason_name(p->reason));
        emit_text(e, "text", p->text);
        emit_close(e);
    }
    emit_close(e);
    emit_number(e, "problems_total", (int64_t)rim->problem_total);
}

static void
show_golden(struct emit *e, const struct ga_resource *res)
{
    emit_open(e, "golden", EMIT_ROW);
    emit_number(e, "index", res->index);
    emit_text(e, "name", res->name);
    emit_number(e, "alternatives", res->alternatives);
    for (unsigned i = 0; i < res->alternatives; i++) {
        /* The name of the attribute: GA_RIM_ALTERNATIVES_MAX is two digits. */
        char key[16];

        snprintf(key, sizeof(key), "hash%u", i);
        emit_hex(e, key, ga_bytes_of(res->hash[i], GA_SHA384_LEN));
    }
    emit_close(e);
}

static void
show_goldens(struct emit *e, const struct ga_rim *rim)
{
    int64_t inactive = 0;

    emit_open(e, "active", EMIT_LIST);
    for (size_t i = 0; i < rim->resource_count; i++)
        if (rim->resource[i].active)
            show_golden(e, &rim->resource[i]);
        else
            inactive++;
    emit_close(e);
    emit_number(e, "inactive", inactive);
}

static enum ga_rc
first_problem(const struct ga_rim *rim, struct ga_error *err)
{
    const struct ga_rim_problem *p = &rim->problem[0];
    enum ga_rc rc;

    if (rim->problem_total == 0)
        return GA_OK;
    rc = ga_fail_at(err, GA_E_SYNTAX, p->offset, "%s", p->text);
    return ga_within(err, rc, "RIM");
}

enum ga_rc
inspect_rim(struct emit *e, const char *key, struct ga_bytes in,
            struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_rim) *rim = NULL;
    enum ga_rc rc = ga_rim_read(in, &rim, err);

    emit_open(e, key, EMIT_BLOCK);
    if (rc != GA_OK) {
        emit_error(e, "error", err);
        emit_close(e);
        return rc;
    }
    emit_text(e, "tag_id", rim->tag_id);
    emit_text(e, "version", rim->version);
    emit_text(e, "product", rim->product);
    emit_text(e, "edition", rim->edition);
    emit_text(e, "firmware_manufacturer_id", rim->firmware_id);
    show_problems(e, rim);
    emit_bool(e, "digest_matches", rim->digest_matches);
    if (rim->has_signature)
        emit_hex(e, "signature",
                 ga_bytes_of(rim->signature.rs, sizeof(rim->signature.rs)));
    else
        emit_text(e, "signature", NULL);
    show_goldens(e, rim);
    inspect_certs(e, "signers", &rim->certs);
    emit_close(e);
    return first_problem(rim, err);
}
