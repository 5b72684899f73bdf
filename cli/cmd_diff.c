/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest diff: two reports, or a report and RIMs, side by side. */
#include <stdio.h>
#include <string.h>

#include "cli/reports.h"
#include "rim/compare.h"

/* The tree that is printed, and how many rows it has. */
struct diff {
    struct emit e;
    size_t count;
};

static void
row(struct diff *d, const char *what, int64_t index, const char *name,
    struct ga_bytes first, struct ga_bytes second)
{
    emit_open(&d->e, what, EMIT_ROW);
    emit_text(&d->e, "what", what);
    emit_number(&d->e, "number", index);
    if (name != NULL)
        emit_text(&d->e, "name", name);
    if (first.ptr != NULL)
        emit_hex(&d->e, "first", first);
    else
        emit_text(&d->e, "first", NULL);
    if (second.ptr != NULL)
        emit_hex(&d->e, "second", second);
    else
        emit_text(&d->e, "second", NULL);
    emit_close(&d->e);
    d->count++;
}

static struct ga_bytes
block_of(const struct ga_report *r, size_t i)
{
    return i < r->block_count ? r->block[i].value : ga_bytes_of(NULL, 0);
}

static void
diff_blocks(struct diff *d, const struct ga_report *a,
            const struct ga_report *b)
{
    for (size_t i = 0; i < a->block_count || i < b->block_count; i++)
        if (!ga_bytes_equal(block_of(a, i), block_of(b, i)))
            row(d, "measurement", (int64_t)i, NULL, block_of(a, i),
                block_of(b, i));
}

static struct ga_bytes
field_of(const struct ga_report *r, uint16_t type)
{
    const struct ga_opaque_field *f = ga_report_find(r, (enum ga_field)type);

    return f != NULL ? f->value : ga_bytes_of(NULL, 0);
}

static void
diff_fields(struct diff *d, const struct ga_report *a,
            const struct ga_report *b)
{
    for (size_t i = 0; i < a->field_count; i++) {
        const struct ga_opaque_field *f = &a->field[i];
        struct ga_bytes other = field_of(b, f->type);

        if (other.ptr == NULL || !ga_bytes_equal(f->value, other))
            row(d, "field", f->type, f->name, f->value, other);
    }
    for (size_t i = 0; i < b->field_count; i++) {
        const struct ga_opaque_field *f = &b->field[i];

        if (field_of(a, f->type).ptr == NULL)
            row(d, "field", f->type, f->name, field_of(a, f->type), f->value);
    }
}

static void
diff_reports(struct diff *d, const struct ga_report *a,
             const struct ga_report *b)
{
    emit_text(&d->e, "kind", "reports");
    /* Reports of one device over two nonces are what is compared most. */
    emit_bool(&d->e, "same_nonce", ga_bytes_equal(a->nonce, b->nonce));
    emit_open(&d->e, "differences", EMIT_LIST);
    if (a->kind != b->kind)
        row(d, "device", 0, "one is a GPU, the other an NVSwitch",
            ga_bytes_of(NULL, 0), ga_bytes_of(NULL, 0));
    diff_fields(d, a, b);
    diff_blocks(d, a, b);
    emit_close(&d->e);
}

/* Whether the report has one of the alternatives of golden value `i`. */
static bool
matches(const struct ga_rim *rim, size_t i, unsigned alternatives,
        struct ga_bytes runtime)
{
    for (unsigned k = 0; k < alternatives; k++) {
        size_t len = 0;
        const uint8_t *golden = ga_rim_hash(rim, i, k, &len);

        if (ga_bytes_equal(ga_bytes_of(golden, len), runtime))
            return true;
    }
    return false;
}

static void
diff_rim(struct diff *d, const char *path, const struct ga_report *report,
         const struct ga_rim *rim)
{
    size_t active = 0, same = 0;

    emit_open(&d->e, "rim", EMIT_BLOCK);
    emit_text(&d->e, "source", path);
    emit_text(&d->e, "tag_id", ga_rim_tag_id(rim));
    emit_text(&d->e, "version", ga_rim_version(rim));
    emit_open(&d->e, "differences", EMIT_LIST);
    for (size_t i = 0; i < ga_rim_goldens(rim); i++) {
        struct ga_golden_view g;
        struct ga_bytes runtime;
        size_t len = 0;
        const uint8_t *first;

        if (!ga_rim_golden(rim, i, &g) || !g.active)
            continue;
        active++;
        runtime = block_of(report, g.index);
        if (matches(rim, i, g.alternatives, runtime)) {
            same++;
            continue;
        }
        first = ga_rim_hash(rim, i, 0, &len);
        row(d, "measurement", g.index, g.name, runtime,
            ga_bytes_of(first, len));
    }
    emit_close(&d->e);
    emit_number(&d->e, "active", (int64_t)active);
    emit_number(&d->e, "same", (int64_t)same);
    emit_close(&d->e);
}

/* One report per file: of a set nobody could tell which one is meant. */
static enum ga_rc
load(const char *path, bool rim, struct found **out, struct ga_error *err)
{
    enum ga_rc rc = found_load(path, out, err);

    if (rc != GA_OK)
        return rc;
    if ((*out)->rim != NULL && !rim)
        return ga_fail(err, GA_E_BAD_VALUE,
                       "%s: this is a RIM; the first file is a report", path);
    if ((*out)->rim == NULL && (*out)->count != 1)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %zu reports, not one", path,
                       (*out)->count);
    return GA_OK;
}

static enum ga_rc
compare(struct diff *d, const struct options *o, const struct ga_report *report,
        struct ga_error *err)
{
    for (size_t i = 1; i < o->input_count; i++) {
        GA_AUTO_STRUCT(found) *other = NULL;
        const char *path = o->input[i].path;
        enum ga_rc rc = load(path, true, &other, err);

        if (rc == GA_OK && other->rim == NULL && o->input_count > 2)
            rc = ga_fail(err, GA_E_BAD_VALUE,
                         "%s: a report; more than two files are a report and "
                         "RIMs",
                         path);
        if (rc != GA_OK && i > 1)
            emit_close(&d->e);
        if (rc != GA_OK)
            return rc;
        if (other->rim == NULL) {
            diff_reports(d, report, other->report[0]);
            return GA_OK;
        }
        if (i == 1) {
            emit_text(&d->e, "kind", "rims");
            emit_open(&d->e, "rims", EMIT_LIST);
        }
        diff_rim(d, path, report, other->rim);
    }
    emit_close(&d->e);
    return GA_OK;
}

int
cmd_diff(const struct options *o)
{
    GA_AUTO_STRUCT(found) *first = NULL;
    struct ga_error err = { 0 };
    struct diff d = { .count = 0 };
    enum ga_rc rc = load(o->input[0].path, false, &first, &err);

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    unverified_start(&d.e, o);
    rc = compare(&d, o, first->report[0], &err);
    if (rc == GA_OK)
        emit_number(&d.e, "count", (int64_t)d.count);
    else if (o->format == FORMAT_JSON)
        emit_failure(&d.e, rc, &err);
    if (!emit_done(&d.e)) {
        rc = ga_nomem(&err);
        return say_error(o, rc, &err);
    }
    if (rc != GA_OK)
        return say_words(o, rc, &err);
    return d.count == 0 ? EXIT_SUCCESS : EXIT_REJECTED;
}
