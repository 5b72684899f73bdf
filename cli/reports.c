/* SPDX-License-Identifier: Apache-2.0 */
/* Reports and RIMs from files, unverified. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/reports.h"

void
found_free(struct found *f)
{
    if (f == NULL)
        return;
    ga_rim_free(f->rim);
    for (size_t i = 0; i < f->count; i++)
        ga_report_free(f->report[i]);
    free(f);
}

static enum ga_rc
add(struct found *f, const void *report, size_t len, const char *source,
    struct ga_error *err)
{
    enum ga_rc rc = ga_report_parse(report, len, &f->report[f->count], err);

    if (rc != GA_OK)
        return ga_within(err, rc, "%s: report", source);
    snprintf(f->source[f->count++], sizeof(f->source[0]), "%s", source);
    return GA_OK;
}

static enum ga_rc
add_evidence(struct found *f, const char *path, const struct ga_buf *in,
             struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    enum ga_rc rc = ga_evidence_new(&evidence, err);

    if (rc == GA_OK)
        rc = ga_evidence_parse(evidence, in->ptr, in->len, err);
    for (size_t i = 0; i < ga_evidence_count(evidence) && rc == GA_OK; i++) {
        struct ga_evidence_view item;
        char source[128];

        snprintf(source, sizeof(source), "%.100s item %zu", path, i + 1);
        rc = ga_evidence_get(evidence, i, &item, err);
        if (rc == GA_OK)
            rc = add(f, item.report, item.report_len, source, err);
    }
    return rc;
}

/* Whether the first thing in the file is a tag. */
static bool
is_xml(struct ga_bytes in)
{
    size_t i = 0;

    while (i < in.len && memchr(" \t\r\n", in.ptr[i], 4) != NULL)
        i++;
    return i < in.len && in.ptr[i] == '<';
}

/* A report begins with SPDM 1.1's GET_MEASUREMENTS.  Source: dsp0274 */
static bool
is_report(struct ga_bytes in)
{
    return in.len > 1 && in.ptr[0] == 0x11 && in.ptr[1] == 0xe0;
}

enum ga_rc
found_load(const char *path, struct found **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(found) *f = calloc(1, sizeof(*f));
    GA_AUTO_BUF struct ga_buf in = { 0 };
    enum ga_rc rc;

    if (f == NULL)
        return ga_nomem(err);
    rc = ga_file_read(path, GA_EVIDENCE_MAX, &in, err);
    if (rc != GA_OK)
        return rc;
    if (in.len == 0)
        return ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    if (is_report(ga_view(&in)))
        rc = add(f, in.ptr, in.len, path, err);
    else if (is_xml(ga_view(&in)))
        rc = ga_within(err, ga_rim_parse(in.ptr, in.len, &f->rim, err), "%s",
                       path);
    else
        rc = ga_within(err, add_evidence(f, path, &in, err), "%s", path);
    if (rc == GA_OK)
        *out = GA_TAKE(f);
    return rc;
}

void
unverified_start(struct emit *e, const struct options *o)
{
    emit_start(e, o->format == FORMAT_JSON, stdout);
    if (o->format == FORMAT_TEXT) {
        puts("NOTHING HERE WAS VERIFIED");
        return;
    }
    emit_text(e, "verified", NULL);
    emit_text(e, "note", "nothing here was verified");
}
