/* SPDX-License-Identifier: Apache-2.0 */
/* RIMs that are asked for by id or by version, and what was found. */
#include "cli/rims.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/rim_id.h"
#include "bundle/bundle.h"
#include "gpuattest/rim.h"
#include "verify/gather.h"

/* Ids of one version: a VBIOS has one per board, a driver one per chip. */
#define SAME_VERSION_MAX 64

const char *
rim_version(const char *id, char out[RIM_VERSION_MAX])
{
    const char *end = strrchr(id, '_');
    size_t n = 0;

    if (end == NULL)
        return NULL;
    if (strchr(++end, '.') != NULL) {
        snprintf(out, RIM_VERSION_MAX, "%s", end);
        return out;
    }
    if (strlen(end) != 10)
        return NULL;
    for (size_t i = 0; i < 10; i++) {
        if (i > 0 && i % 2 == 0)
            out[n++] = '.';
        out[n++] = end[i];
    }
    out[n] = '\0';
    return out;
}

void
rims_done(struct rims *rims)
{
    for (size_t i = 0; i < rims->count; i++) {
        ga_text_free(rims->row[i].source);
        ga_result_free(rims->row[i].result);
    }
    free(rims->row);
    *rims = (struct rims){ 0 };
}

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Every id that is known, each once, in the order of places and names. */
struct known {
    size_t count, room;
    char (*id)[RIM_VERSION_MAX];
};

static bool
holds(const struct known *k, const char *id)
{
    for (size_t i = 0; i < k->count; i++)
        if (strcmp(k->id[i], id) == 0)
            return true;
    return false;
}

static enum ga_rc
know(struct known *k, const char *id, struct ga_error *err)
{
    size_t room = k->room > 0 ? 2 * k->room : 64;
    void *grown;

    if (!ga_rim_id_ok(id))
        return GA_OK;
    if (k->count == k->room) {
        grown = realloc(k->id, room * sizeof(*k->id));
        if (grown == NULL)
            return ga_nomem(err);
        k->id = grown;
        k->room = room;
    }
    snprintf(k->id[k->count++], sizeof(*k->id), "%s", id);
    return GA_OK;
}

/* A file's id is its name without the ending, in upper case. */
static enum ga_rc
know_file(void *user, const char *path, const char *name, struct ga_error *err)
{
    char id[RIM_VERSION_MAX];
    size_t n = (size_t)(strrchr(name, '.') - name);

    (void)path;
    if (n >= sizeof(id))
        return GA_OK;
    for (size_t i = 0; i < n; i++)
        id[i] = upper(name[i]);
    id[n] = '\0';
    return know(user, id, err);
}

static enum ga_rc
know_bundle(const char *path, struct known *k, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_bundle) *bundle = NULL;
    struct ga_bundle_view v;
    enum ga_rc rc = bundle_load(path, &bundle, err);

    for (size_t i = 0; rc == GA_OK && ga_bundle_get(bundle, i, &v); i++)
        if (v.kind == GA_BUNDLE_RIM)
            rc = know(k, v.name, err);
    return rc;
}

static enum ga_rc
know_service(const struct options *o, struct known *k, struct ga_error *err)
{
    char **ids = NULL;
    enum ga_rc rc = net_open(o->net, err);

    if (rc == GA_OK)
        rc = o->net->api.rim_ids(o->net->net, &ids, err);
    for (char **id = ids; rc == GA_OK && *id != NULL; id++)
        rc = know(k, *id, err);
    if (ids != NULL)
        o->net->api.ids_free(ids);
    return rc;
}

static enum ga_rc
know_all(const struct options *o, const struct ga_context *ctx, struct known *k,
         struct ga_error *err)
{
    static const char *const endings[] = { ".xml", ".swidtag", NULL };
    const struct ga_settings *set = o->settings;
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < set->rim_dir.count && rc == GA_OK; i++)
        rc = ga_within(
            err, ga_dir_each(set->rim_dir.item[i], endings, know_file, k, err),
            "--rim-dir");
    if (rc == GA_OK && set->bundle != NULL)
        rc = know_bundle(set->bundle, k, err);
    if (rc == GA_OK && ga_asks_rims(ctx))
        rc = know_service(o, k, err);
    return rc;
}

/* What a version looks like, and how the ids of its RIMs begin. */
struct form {
    const char *what;
    const char *begin[3];
    bool dots; /* they stand in the id */
};
static const struct form forms[] = {
    { "driver", { "NV_GPU_DRIVER_", "NV_GPU_CC_DRIVER_", NULL }, true },
    { "VBIOS", { "NV_GPU_VBIOS_", "NV_SWITCH_BIOS_", NULL }, false },
};

/* 580.95.05 or 570.124: decimal numbers; 96.00.CF.00.01: five hex pairs. */
static const struct form *
form_of(const char *word)
{
    size_t dots = 0, digits = strspn(word, "0123456789."), len = strlen(word);

    for (const char *p = word; *p != '\0'; p++)
        dots += *p == '.';
    if (len == 14 && dots == 4) {
        for (size_t i = 0; i < len; i++)
            if ((i % 3 == 2) != (word[i] == '.') ||
                (i % 3 != 2 &&
                 strchr("0123456789abcdefABCDEF", word[i]) == NULL))
                return NULL;
        return &forms[1];
    }
    if (digits != len || dots < 1 || dots > 2 || word[0] == '.' ||
        word[len - 1] == '.' || strstr(word, "..") != NULL)
        return NULL;
    return &forms[0];
}

/* Whether `id` names a RIM of that form and version. */
static bool
is_of(const char *id, const struct form *form, const char *version)
{
    size_t n = strlen(id), len = strlen(version);

    if (n < len + 1 || id[n - len - 1] != '_' ||
        strcmp(id + n - len, version) != 0)
        return false;
    for (const char *const *b = form->begin; *b != NULL; b++)
        if (strncmp(id, *b, strlen(*b)) == 0)
            return true;
    return false;
}

static struct rim_row *
add_row(struct rims *rims, const char *id, struct ga_error *err)
{
    struct rim_row *grown =
        realloc(rims->row, (rims->count + 1) * sizeof(*grown));

    if (grown == NULL) {
        ga_nomem(err);
        return NULL;
    }
    rims->row = grown;
    grown += rims->count++;
    memset(grown, 0, sizeof(*grown));
    snprintf(grown->id, sizeof(grown->id), "%s", id);
    return grown;
}

/* Looks for one; only what cannot be helped is an error. */
static enum ga_rc
find_one(struct ga_context *ctx, const char *id, struct ga_bundle *bundle,
         struct rims *rims, struct ga_error *err)
{
    struct rim_row *row = add_row(rims, id, err);
    char version[RIM_VERSION_MAX];
    enum ga_rc rc;

    if (row == NULL)
        return GA_E_NOMEM;
    rc = ga_rim_find(ctx, id, rim_version(id, version), bundle, &row->source,
                     &row->result, &row->why);
    if (rc == GA_E_NOMEM || rc == GA_E_INTERNAL || rc == GA_E_CANCELLED) {
        *err = row->why;
        return rc;
    }
    return GA_OK;
}

static enum ga_rc
find_version(struct ga_context *ctx, const struct known *k, const char *word,
             struct ga_bundle *bundle, struct rims *rims, struct ga_error *err)
{
    const struct form *form = form_of(word);
    char version[RIM_VERSION_MAX];
    size_t n = 0, found = 0;
    struct rim_row *row;
    enum ga_rc rc = GA_OK;

    for (const char *p = word; *p != '\0' && n + 1 < sizeof(version); p++)
        if (form->dots || *p != '.')
            version[n++] = upper(*p);
    version[n] = '\0';
    for (size_t i = 0; i < k->count && rc == GA_OK; i++) {
        if (!is_of(k->id[i], form, version) ||
            (i > 0 &&
             holds(&(struct known){ .count = i, .id = k->id }, k->id[i])))
            continue;
        if (found++ == SAME_VERSION_MAX)
            return ga_fail(err, GA_E_TOO_LARGE,
                           "%s %s: more than %d RIMs; name ids", form->what,
                           word, SAME_VERSION_MAX);
        rc = find_one(ctx, k->id[i], bundle, rims, err);
    }
    if (rc != GA_OK || found > 0)
        return rc;
    row = add_row(rims, word, err);
    if (row == NULL)
        return GA_E_NOMEM;
    ga_fail(&row->why, GA_E_MISSING, "none of %zu ids is of %s %s", k->count,
            form->what, word);
    return GA_OK;
}

static bool
is_id(const char *word)
{
    return ga_rim_id_ok(word) && strncmp(word, "NV_", 3) == 0;
}

static enum ga_rc
check_words(const char *const *words, size_t count, bool *versions,
            struct ga_error *err)
{
    *versions = false;
    for (size_t i = 0; i < count; i++) {
        if (is_id(words[i]))
            continue;
        if (strlen(words[i]) >= RIM_VERSION_MAX || form_of(words[i]) == NULL)
            return ga_fail(err, GA_E_INVAL,
                           "\"%.120s\" is neither a RIM id nor a version like "
                           "580.95.05 or 96.00.CF.00.01",
                           words[i]);
        *versions = true;
    }
    return GA_OK;
}

enum ga_rc
rims_find(const struct options *o, struct ga_context *ctx,
          const char *const *words, size_t count, struct ga_bundle *bundle,
          struct rims *out, struct ga_error *err)
{
    struct known known = { 0 };
    bool versions;
    enum ga_rc rc = check_words(words, count, &versions, err);

    progress_begin(o->progress, "looking for RIMs", stderr);
    if (rc == GA_OK && versions)
        rc = know_all(o, ctx, &known, err);
    for (size_t i = 0; i < count && rc == GA_OK; i++)
        rc = is_id(words[i])
                 ? find_one(ctx, words[i], bundle, out, err)
                 : find_version(ctx, &known, words[i], bundle, out, err);
    progress_end(o->progress);
    free(known.id);
    return rc;
}

/* How a row ends: like a device's verdict. */
static enum ga_verdict
verdict_of(const struct rim_row *row)
{
    if (row->result != NULL)
        return ga_result_verdict(row->result);
    return row->why.code == GA_E_UNREACHABLE ? GA_VERDICT_UNREACHABLE
                                             : GA_VERDICT_REJECTED;
}

int
rims_status(const struct rims *rims, char line[GA_ERROR_TEXT])
{
    const struct rim_row *first = NULL;
    size_t bad = 0;
    int status = EXIT_VERIFIED;

    for (size_t i = 0; i < rims->count; i++) {
        enum ga_verdict v = verdict_of(&rims->row[i]);

        if (v == GA_VERDICT_VERIFIED)
            continue;
        bad++;
        if (first == NULL ||
            (v != GA_VERDICT_UNREACHABLE && status == EXIT_UNAVAILABLE))
            first = &rims->row[i];
        if (v != GA_VERDICT_UNREACHABLE)
            status = EXIT_REJECTED;
        else if (status == EXIT_VERIFIED)
            status = EXIT_UNAVAILABLE;
    }
    if (first == NULL)
        snprintf(line, GA_ERROR_TEXT, "VERIFIED %zu RIM%s", rims->count,
                 rims->count == 1 ? "" : "s");
    else
        snprintf(line, GA_ERROR_TEXT, "%s %zu of %zu RIMs: %s%s%.200s",
                 status == EXIT_REJECTED ? "REJECTED" : "UNREACHABLE", bad,
                 rims->count, first->id, first->result != NULL ? ": " : "",
                 first->result != NULL ? ga_result_summary(first->result) : "");
    return status;
}

void
rims_print(const struct rims *rims, FILE *to)
{
    for (size_t i = 0; i < rims->count; i++) {
        const struct rim_row *row = &rims->row[i];

        fprintf(to, "%s%s%s\n", row->id, row->source != NULL ? "  " : "",
                row->source != NULL ? row->source : "");
        if (row->result != NULL)
            print_checks_of(row->result, GA_SET, to);
        else
            fprintf(to, "  %-14s %s\n",
                    row->why.code == GA_E_UNREACHABLE ? "not checked"
                                                      : "failed",
                    row->why.text);
    }
}

void
rims_emit(struct emit *e, const struct rims *rims)
{
    emit_open(e, "rims", EMIT_LIST);
    for (size_t i = 0; i < rims->count; i++) {
        const struct rim_row *row = &rims->row[i];

        emit_open(e, row->id, EMIT_BLOCK);
        emit_text(e, "id", row->id);
        emit_text(e, "source", row->source);
        emit_bool(e, "verified", verdict_of(row) == GA_VERDICT_VERIFIED);
        emit_checks(e, row->result, GA_SET);
        emit_relaxed(e, row->result);
        if (row->result == NULL)
            emit_error(e, "error", &row->why);
        else
            emit_text(e, "error", NULL);
        emit_close(e);
    }
    emit_close(e);
}
