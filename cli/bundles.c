/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest bundle show: what is in one, unverified. */
#include "cli/bundles.h"

#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cli/reports.h"
#include "gpuattest/rim.h"

GA_DEFINE_AUTO_STRUCT(ga_ocsp_answer, ga_ocsp_free);

enum ga_rc
bundle_load(const char *path, struct ga_bundle **out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc = ga_file_read(path, GA_BUNDLE_MAX, &file, err);

    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (rc == GA_OK)
        rc = ga_within(err, ga_bundle_parse(file.ptr, file.len, out, err), "%s",
                       path);
    return rc;
}

enum ga_rc
bundle_jwks(const char *path, const char *issuer, struct ga_buf *out,
            struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_bundle) *bundle = NULL;
    struct ga_bundle_view v;
    enum ga_rc rc = bundle_load(path, &bundle, err);

    for (size_t i = 0; rc == GA_OK && ga_bundle_get(bundle, i, &v); i++) {
        if (v.kind != GA_BUNDLE_JWKS || strcmp(v.name, issuer) != 0)
            continue;
        if (out->ptr != NULL)
            return ga_fail(err, GA_E_DUPLICATE, "%s: two key sets of %s", path,
                           issuer);
        rc = ga_buf_copy(ga_bytes_of(v.data, v.len), out, err);
    }
    if (rc == GA_OK && out->ptr == NULL)
        rc = ga_fail(err, GA_E_MISSING, "%s: no key set of %s", path, issuer);
    return rc;
}

static void
emit_rim(struct emit *e, const struct ga_bundle_view *v)
{
    struct ga_rim *rim = NULL;

    if (ga_rim_parse(v->data, v->len, &rim, NULL) == GA_OK) {
        emit_text(e, "version", ga_rim_version(rim));
        emit_text(e, "product", ga_rim_product(rim));
    }
    ga_rim_free(rim);
}

/* Of the first certificate that the answer is about. */
static void
emit_ocsp(struct emit *e, const struct ga_bundle_view *v)
{
    static const char *const words[] = { [GA_CERT_STATUS_NONE] = "none",
                                         [GA_CERT_GOOD] = "good",
                                         [GA_CERT_UNKNOWN] = "unknown",
                                         [GA_CERT_REVOKED] = "revoked" };
    GA_AUTO_STRUCT(ga_ocsp_answer) *answer = NULL;
    struct ga_ocsp_single s;

    if (ga_ocsp_parse(ga_bytes_of(v->data, v->len), &answer, NULL) != GA_OK ||
        !ga_ocsp_single(answer, 0, &s))
        return;
    emit_hex(e, "serial", s.serial);
    emit_text(e, "status", words[s.status]);
}

static void
emit_jwks(struct emit *e, const struct ga_bundle_view *v)
{
    (void)e;
    (void)v;
}

static const struct {
    const char *word;
    void (*emit)(struct emit *e, const struct ga_bundle_view *v);
} kinds[] = {
    [GA_BUNDLE_RIM] = { "rim", emit_rim },
    [GA_BUNDLE_OCSP] = { "ocsp", emit_ocsp },
    [GA_BUNDLE_JWKS] = { "jwks", emit_jwks },
};

/* 0 stands for no date. */
static void
emit_date(struct emit *e, const char *key, int64_t t)
{
    emit_time(e, key, t != 0 ? t : GA_TIME_NONE);
}

static bool
emit_entry(struct emit *e, const struct ga_bundle_view *v, ga_time at)
{
    struct ga_error why = { 0 };
    int64_t from = 0, until = 0;
    enum ga_rc rc = ga_bundle_dates(v, &from, &until, &why);

    if (rc == GA_OK && (from != v->not_before || until != v->not_after))
        rc = ga_fail(&why, GA_E_BAD_VALUE,
                     "the index has other dates than the contents");
    emit_open(e, v->name, EMIT_BLOCK);
    emit_text(e, "kind", kinds[v->kind].word);
    emit_text(e, "name", v->name);
    emit_date(e, "not_before", from);
    emit_date(e, "not_after", until);
    emit_bool(e, "expired", until != 0 && until < at);
    kinds[v->kind].emit(e, v);
    emit_number(e, "offset", (int64_t)v->offset);
    emit_number(e, "size", (int64_t)v->len);
    emit_hex(e, "sha256", ga_bytes_of(v->sha256, GA_BUNDLE_SHA256));
    if (rc != GA_OK)
        emit_error(e, "error", &why);
    emit_close(e);
    return rc == GA_OK;
}

bool
bundle_emit(struct emit *e, const struct ga_bundle *bundle, ga_time at)
{
    struct ga_bundle_view v;
    int64_t first = 0;
    bool good = true;

    for (size_t i = 0; ga_bundle_get(bundle, i, &v); i++)
        if (v.not_after != 0 && (first == 0 || v.not_after < first))
            first = v.not_after;
    emit_date(e, "good_until", first);
    emit_bool(e, "expired", first != 0 && first < at);
    emit_open(e, "entries", EMIT_LIST);
    for (size_t i = 0; ga_bundle_get(bundle, i, &v); i++)
        good = emit_entry(e, &v, at) && good;
    emit_close(e);
    return good;
}

int
cmd_bundle_show(const struct options *o)
{
    GA_AUTO_STRUCT(ga_bundle) *bundle = NULL;
    struct ga_error err = { 0 };
    struct emit e;
    enum ga_rc rc = bundle_load(o->input[0].path, &bundle, &err);
    ga_time at = o->settings->at;
    bool good;

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    unverified_start(&e, o);
    good =
        bundle_emit(&e, bundle, at != GA_TIME_NONE ? at : (ga_time)time(NULL));
    if (!good)
        rc = ga_fail(&err, GA_E_BAD_VALUE,
                     "%s: an entry is not what the index says",
                     o->input[0].path);
    if (!good && o->format == FORMAT_JSON)
        emit_failure(&e, rc, &err);
    if (!emit_done(&e)) {
        rc = ga_nomem(&err);
        return say_error(o, rc, &err);
    }
    return good ? EXIT_SUCCESS : say_words(o, rc, &err);
}
