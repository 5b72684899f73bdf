/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle in memory: its entries, in order. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"

void
ga_bundle_entry_done(struct ga_bundle_entry *e)
{
    free(e->name);
    ga_buf_done(&e->data);
    *e = (struct ga_bundle_entry){ 0 };
}

enum ga_rc
ga_bundle_new(struct ga_bundle **out, struct ga_error *err)
{
    struct ga_bundle *bundle = calloc(1, sizeof(*bundle));

    if (bundle == NULL)
        return ga_nomem(err);
    *out = bundle;
    return GA_OK;
}

void
ga_bundle_free(struct ga_bundle *bundle)
{
    if (bundle == NULL)
        return;
    for (size_t i = 0; i < bundle->count; i++)
        ga_bundle_entry_done(&bundle->entry[i]);
    free(bundle->entry);
    free(bundle);
}

enum ga_rc
ga_bundle_digest(struct ga_bytes in, uint8_t out[GA_BUNDLE_SHA256],
                 struct ga_error *err)
{
    if (EVP_Digest(in.ptr, in.len, out, NULL, EVP_sha256(), NULL) != 1)
        return ga_fail(err, GA_E_INTERNAL, "bundle: no SHA-256");
    return GA_OK;
}

int
ga_bundle_order(const struct ga_bundle_entry *a,
                const struct ga_bundle_entry *b)
{
    int names = strcmp(a->name, b->name);

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (names != 0)
        return names;
    for (size_t i = 0; i < GA_BUNDLE_SHA256; i++)
        if (a->sha256[i] != b->sha256[i])
            return a->sha256[i] < b->sha256[i] ? -1 : 1;
    return 0;
}

static enum ga_rc
make_room(struct ga_bundle *bundle, struct ga_error *err)
{
    size_t room = bundle->room > 0 ? 2 * bundle->room : 16;
    struct ga_bundle_entry *grown;

    if (bundle->count < bundle->room)
        return GA_OK;
    grown = realloc(bundle->entry, room * sizeof(*grown));
    if (grown == NULL)
        return ga_nomem(err);
    bundle->entry = grown;
    bundle->room = room;
    return GA_OK;
}

enum ga_rc
ga_bundle_insert(struct ga_bundle *bundle, size_t at, struct ga_bundle_entry *e,
                 struct ga_error *err)
{
    enum ga_rc rc;

    if (bundle->count == GA_BUNDLE_ENTRIES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "bundle: more than %d entries",
                       GA_BUNDLE_ENTRIES_MAX);
    if (e->data.len > GA_BUNDLE_MAX - bundle->bytes)
        return ga_fail(err, GA_E_TOO_LARGE, "bundle: more than %d bytes",
                       GA_BUNDLE_MAX);
    rc = make_room(bundle, err);
    if (rc != GA_OK)
        return rc;
    memmove(&bundle->entry[at + 1], &bundle->entry[at],
            (bundle->count - at) * sizeof(*e));
    bundle->entry[at] = *e;
    bundle->count++;
    bundle->bytes += e->data.len;
    *e = (struct ga_bundle_entry){ 0 };
    return GA_OK;
}

/* The first entry that is not before `e`. */
static size_t
place_of(const struct ga_bundle *bundle, const struct ga_bundle_entry *e)
{
    size_t lo = 0, hi = bundle->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (ga_bundle_order(&bundle->entry[mid], e) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The index has no room for dates before 1970. */
static ga_time
said(ga_time t)
{
    return t > 0 ? t : 0;
}

static enum ga_rc
make_entry(const struct ga_bundle_kind_row *row, const char *name,
           struct ga_bytes data, struct ga_bundle_entry *e,
           struct ga_error *err)
{
    enum ga_rc rc = row->dates(data, &e->not_before, &e->not_after, err);

    if (rc != GA_OK)
        return ga_within(err, rc, "bundle: %s %.160s", row->word, name);
    e->kind = row->kind;
    e->not_before = said(e->not_before);
    e->not_after = said(e->not_after);
    e->name = strdup(name);
    if (e->name == NULL)
        return ga_nomem(err);
    rc = ga_buf_copy(data, &e->data, err);
    return rc == GA_OK ? ga_bundle_digest(data, e->sha256, err) : rc;
}

static enum ga_rc
check_arguments(const struct ga_bundle *bundle,
                const struct ga_bundle_kind_row *row, const char *name,
                struct ga_bytes data, struct ga_error *err)
{
    if (bundle == NULL || name == NULL || data.ptr == NULL || row == NULL)
        return ga_fail(err, GA_E_INVAL, "bundle: NULL, or no such kind");
    if (strlen(name) > GA_BUNDLE_NAME_MAX || !row->name_ok(name))
        return ga_fail(err, GA_E_INVAL,
                       "bundle: %s: the name \"%.160s\" is not %s", row->word,
                       name, row->names);
    if (data.len == 0 || data.len > row->max)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "bundle: %s %.160s: %zu bytes, not 1 to %zu", row->word,
                       name, data.len, row->max);
    return GA_OK;
}

enum ga_rc
ga_bundle_add(struct ga_bundle *bundle, enum ga_bundle_kind kind,
              const char *name, const void *data, size_t len,
              struct ga_error *err)
{
    const struct ga_bundle_kind_row *row = ga_bundle_kind_find(kind);
    struct ga_bytes bytes = ga_bytes_of(data, len);
    struct ga_bundle_entry e = { 0 };
    enum ga_rc rc = check_arguments(bundle, row, name, bytes, err);
    size_t at;

    if (rc != GA_OK)
        return rc;
    rc = make_entry(row, name, bytes, &e, err);
    if (rc == GA_OK) {
        at = place_of(bundle, &e);
        if (at == bundle->count || ga_bundle_order(&bundle->entry[at], &e) != 0)
            rc = ga_bundle_insert(bundle, at, &e, err);
    }
    ga_bundle_entry_done(&e);
    return rc;
}

size_t
ga_bundle_count(const struct ga_bundle *bundle)
{
    return bundle != NULL ? bundle->count : 0;
}

enum ga_rc
ga_bundle_dates(const struct ga_bundle_view *view, int64_t *not_before,
                int64_t *not_after, struct ga_error *err)
{
    const struct ga_bundle_kind_row *row =
        view != NULL ? ga_bundle_kind_find(view->kind) : NULL;
    ga_time from, until;
    enum ga_rc rc;

    if (row == NULL || view->data == NULL || not_before == NULL ||
        not_after == NULL)
        return ga_fail(err, GA_E_INVAL, "bundle: NULL, or no such kind");
    rc = row->dates(ga_bytes_of(view->data, view->len), &from, &until, err);
    if (rc != GA_OK)
        return rc;
    *not_before = said(from);
    *not_after = said(until);
    return GA_OK;
}
