/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a bundle: docs/bundle.md. */
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "bundle/bundle.h"

#define MAGIC     "gpuattest-bundle"
#define MAGIC_LEN 16
#define VERSION   1
/* Magic, version, number of entries. */
#define HEAD_LEN (MAGIC_LEN + 4 + 4)
/* Of an entry in the index, but for its name. */
#define ROW_LEN (1 + 1 + 8 + 8 + 4 + GA_BUNDLE_SHA256)

static enum ga_rc
parse_head(struct ga_reader *r, uint32_t *count, struct ga_error *err)
{
    struct ga_bytes magic;
    uint32_t version;

    if (!ga_read_bytes(r, "magic", MAGIC_LEN, &magic) ||
        !ga_read_u32le(r, "version", &version) ||
        !ga_read_u32le(r, "number of entries", count))
        return ga_reader_error(r, err);
    if (!ga_bytes_equal(magic, ga_bytes_of(MAGIC, MAGIC_LEN)))
        return ga_fail_at(err, GA_E_BAD_VALUE, 0,
                          "no bundle: it begins with "
                          "other bytes");
    if (version != VERSION)
        return ga_fail_at(err, GA_E_BAD_VALUE, MAGIC_LEN, "version %u, not %d",
                          version, VERSION);
    if (*count < 1 || *count > GA_BUNDLE_ENTRIES_MAX)
        return ga_fail_at(err, GA_E_BAD_VALUE, MAGIC_LEN + 4,
                          "%u entries, not 1 to %d", *count,
                          GA_BUNDLE_ENTRIES_MAX);
    return GA_OK;
}

static enum ga_rc
check_row(const struct ga_bundle_kind_row *row, struct ga_bytes name,
          const uint64_t dates[2], uint32_t size, size_t at,
          struct ga_bundle_entry *e, struct ga_error *err)
{
    /* A NUL inside would hide what is behind it. */
    e->name = strndup((const char *)name.ptr, name.len);
    if (e->name == NULL)
        return ga_nomem(err);
    if (strlen(e->name) != name.len || !row->name_ok(e->name))
        return ga_fail_at(err, GA_E_BAD_VALUE, at,
                          "the name \"%.160s\" is not %s", e->name, row->names);
    for (size_t i = 0; i < 2; i++)
        if (dates[i] > (uint64_t)GA_TIME_MAX)
            return ga_fail_at(err, GA_E_BAD_VALUE, at,
                              "%s: a date after the year 9999", e->name);
    if (size < 1 || size > row->max)
        return ga_fail_at(err, GA_E_BAD_VALUE, at,
                          "%s %s: %u bytes, not 1 to %zu", row->word, e->name,
                          size, row->max);
    e->kind = row->kind;
    e->not_before = (ga_time)dates[0];
    e->not_after = (ga_time)dates[1];
    return GA_OK;
}

/* Reads one row of the index; `*size` is of its data, which comes later. */
static enum ga_rc
parse_row(struct ga_reader *r, struct ga_bundle_entry *e, uint32_t *size,
          struct ga_error *err)
{
    const struct ga_bundle_kind_row *row;
    struct ga_bytes name, digest;
    size_t at = r->pos;
    uint64_t dates[2];
    uint8_t kind, len;

    if (!ga_read_u8(r, "kind", &kind) ||
        !ga_read_u8(r, "length of the name", &len) ||
        !ga_read_bytes(r, "name", len, &name) ||
        !ga_read_u64le(r, "not before", &dates[0]) ||
        !ga_read_u64le(r, "not after", &dates[1]) ||
        !ga_read_u32le(r, "size", size) ||
        !ga_read_bytes(r, "SHA-256", GA_BUNDLE_SHA256, &digest))
        return ga_reader_error(r, err);
    row = ga_bundle_kind_find(kind);
    if (row == NULL)
        return ga_fail_at(err, GA_E_BAD_VALUE, at, "kind %u is not known",
                          kind);
    memcpy(e->sha256, digest.ptr, GA_BUNDLE_SHA256);
    return check_row(row, name, dates, *size, at, e, err);
}

/* Strictly in order: the same entries make one file and no other. */
static enum ga_rc
parse_index(struct ga_reader *r, uint32_t count, struct ga_bundle *bundle,
            uint32_t *sizes, struct ga_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ga_bundle_entry e = { 0 };
        size_t at = r->pos;
        enum ga_rc rc = parse_row(r, &e, &sizes[i], err);

        if (rc == GA_OK && i > 0 &&
            ga_bundle_order(&bundle->entry[i - 1], &e) >= 0)
            rc = ga_fail_at(err, GA_E_DUPLICATE, at,
                            "%s: twice, or not in order", e.name);
        if (rc == GA_OK)
            rc = ga_bundle_insert(bundle, i, &e, err);
        ga_bundle_entry_done(&e);
        if (rc != GA_OK)
            return ga_within(err, rc, "index: entry %u", i);
    }
    return GA_OK;
}

static enum ga_rc
check_index(struct ga_reader *r, struct ga_bytes in, struct ga_error *err)
{
    uint8_t got[GA_BUNDLE_SHA256];
    size_t end = r->pos;
    struct ga_bytes want;
    enum ga_rc rc;

    if (!ga_read_bytes(r, "SHA-256 of the index", GA_BUNDLE_SHA256, &want))
        return ga_reader_error(r, err);
    rc = ga_bundle_digest(ga_bytes_of(in.ptr, end), got, err);
    if (rc == GA_OK && !ga_bytes_equal(want, ga_bytes_of(got, sizeof(got))))
        rc = ga_fail_at(err, GA_E_BAD_VALUE, end,
                        "index: its SHA-256 is another one");
    return rc;
}

static enum ga_rc
parse_data(struct ga_reader *r, struct ga_bundle *bundle, const uint32_t *sizes,
           struct ga_error *err)
{
    for (size_t i = 0; i < bundle->count; i++) {
        struct ga_bundle_entry *e = &bundle->entry[i];
        const char *word = ga_bundle_kind_find(e->kind)->word;
        uint8_t got[GA_BUNDLE_SHA256];
        size_t at = r->pos;
        struct ga_bytes data;
        enum ga_rc rc;

        if (!ga_read_bytes(r, "data", sizes[i], &data)) {
            rc = ga_reader_error(r, err);
            return ga_within(err, rc, "entry %zu, %s %.160s", i, word, e->name);
        }
        rc = ga_bundle_digest(data, got, err);
        if (rc == GA_OK && !ga_bytes_equal(ga_bytes_of(got, sizeof(got)),
                                           ga_bytes_of(e->sha256, sizeof(got))))
            return ga_fail_at(err, GA_E_BAD_VALUE, at,
                              "entry %zu, %s %.160s: the SHA-256 of its %u "
                              "bytes at %zu is another one",
                              i, word, e->name, sizes[i], at);
        if (rc == GA_OK)
            rc = ga_buf_copy(data, &e->data, err);
        if (rc != GA_OK)
            return rc;
        bundle->bytes += data.len;
    }
    return GA_OK;
}

static enum ga_rc
parse(struct ga_bytes in, struct ga_bundle *bundle, struct ga_error *err)
{
    struct ga_reader r = ga_reader_of(in);
    GA_AUTO_FREE uint32_t *sizes = NULL;
    uint32_t count = 0;
    enum ga_rc rc = parse_head(&r, &count, err);

    if (rc != GA_OK)
        return rc;
    sizes = calloc(count, sizeof(*sizes));
    if (sizes == NULL)
        return ga_nomem(err);
    rc = parse_index(&r, count, bundle, sizes, err);
    if (rc == GA_OK)
        rc = check_index(&r, in, err);
    if (rc == GA_OK)
        rc = parse_data(&r, bundle, sizes, err);
    return rc == GA_OK ? ga_reader_done(&r, err) : rc;
}

enum ga_rc
ga_bundle_parse(const void *data, size_t len, struct ga_bundle **out,
                struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_bundle) *bundle = NULL;
    enum ga_rc rc;

    if (data == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "bundle: NULL");
    if (len > GA_BUNDLE_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "bundle: %zu bytes, not 1 to %d",
                       len, GA_BUNDLE_MAX);
    rc = ga_bundle_new(&bundle, err);
    if (rc == GA_OK)
        rc = ga_within(err, parse(ga_bytes_of(data, len), bundle, err),
                       "bundle");
    if (rc == GA_OK)
        *out = GA_TAKE(bundle);
    return rc;
}

/* Where the data of the first entry begins. */
static size_t
data_offset(const struct ga_bundle *bundle)
{
    size_t n = HEAD_LEN + GA_BUNDLE_SHA256;

    for (size_t i = 0; i < bundle->count; i++)
        n += ROW_LEN + strlen(bundle->entry[i].name);
    return n;
}

bool
ga_bundle_get(const struct ga_bundle *bundle, size_t i,
              struct ga_bundle_view *out)
{
    const struct ga_bundle_entry *e;
    size_t offset;

    if (bundle == NULL || i >= bundle->count)
        return false;
    offset = data_offset(bundle);
    for (size_t k = 0; k < i; k++)
        offset += bundle->entry[k].data.len;
    e = &bundle->entry[i];
    *out = (struct ga_bundle_view){ .kind = e->kind,
                                    .name = e->name,
                                    .data = e->data.ptr,
                                    .len = e->data.len,
                                    .sha256 = e->sha256,
                                    .not_before = e->not_before,
                                    .not_after = e->not_after,
                                    .offset = offset };
    return true;
}

/* Writes into memory that was measured before. */
struct writer {
    uint8_t *at;
};

static void
put(struct writer *w, const void *from, size_t len)
{
    memcpy(w->at, from, len);
    w->at += len;
}

static void
put_number(struct writer *w, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        *w->at++ = (uint8_t)(value >> (8 * i));
}

static void
put_row(struct writer *w, const struct ga_bundle_entry *e)
{
    size_t len = strlen(e->name);

    put_number(w, (uint64_t)e->kind, 1);
    put_number(w, len, 1);
    put(w, e->name, len);
    put_number(w, (uint64_t)e->not_before, 8);
    put_number(w, (uint64_t)e->not_after, 8);
    put_number(w, e->data.len, 4);
    put(w, e->sha256, sizeof(e->sha256));
}

enum ga_rc
ga_bundle_bytes(const struct ga_bundle *bundle, void **out, size_t *len,
                struct ga_error *err)
{
    GA_AUTO_FREE uint8_t *bytes = NULL;
    uint8_t digest[GA_BUNDLE_SHA256];
    struct writer w;
    size_t size;
    enum ga_rc rc;

    if (bundle == NULL || out == NULL || len == NULL)
        return ga_fail(err, GA_E_INVAL, "bundle: NULL");
    size = data_offset(bundle) + bundle->bytes;
    if (bundle->count == 0 || size > GA_BUNDLE_MAX)
        return ga_fail(err, GA_E_TOO_LARGE,
                       "bundle: %zu bytes for %zu entries, not 1 to %d", size,
                       bundle->count, GA_BUNDLE_MAX);
    bytes = malloc(size);
    if (bytes == NULL)
        return ga_nomem(err);
    w.at = bytes;
    put(&w, MAGIC, MAGIC_LEN);
    put_number(&w, VERSION, 4);
    put_number(&w, bundle->count, 4);
    for (size_t i = 0; i < bundle->count; i++)
        put_row(&w, &bundle->entry[i]);
    rc = ga_bundle_digest(ga_bytes_of(bytes, (size_t)(w.at - bytes)), digest,
                          err);
    if (rc != GA_OK)
        return rc;
    put(&w, digest, sizeof(digest));
    for (size_t i = 0; i < bundle->count; i++)
        put(&w, bundle->entry[i].data.ptr, bundle->entry[i].data.len);
    *out = GA_TAKE(bytes);
    *len = size;
    return GA_OK;
}
