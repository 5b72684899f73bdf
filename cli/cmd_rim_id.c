/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest rim id: which RIMs a report asks for, and from which fields. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/near.h"
#include "cli/reports.h"

/* What an id is made of, per role; 0 ends.  Source: spec-protocol */
static const struct {
    const char *name;
    enum ga_kind kind;
    uint16_t field[5];
} roles[GA_RIM_ROLES] = {
    [GA_RIM_DRIVER] = { "driver_rim",
                        GA_KIND_GPU,
                        { GA_FIELD_GPU_INFO, GA_FIELD_CHIP_INFO,
                          GA_FIELD_DRIVER_VERSION } },
    [GA_RIM_VBIOS] = { "vbios_rim",
                       GA_KIND_GPU,
                       { GA_FIELD_PROJECT, GA_FIELD_PROJECT_SKU,
                         GA_FIELD_CHIP_SKU, GA_FIELD_VBIOS_VERSION } },
    [GA_RIM_BIOS] = { "bios_rim", GA_KIND_SWITCH, { GA_FIELD_VBIOS_VERSION } },
};

/* Ids that are shown beside one that no directory has, and how far from it
 * they may be: another version, not another chip. */
#define NEAREST     3
#define NEAREST_FAR 12

struct search {
    const char *id;
    bool found;
    size_t count;
    struct {
        char id[NEAR_MAX + 1];
        size_t distance;
    } near[NEAREST];
};

static void
put_near(struct search *s, const char *id, size_t distance)
{
    size_t at = s->count;

    if (distance > NEAREST_FAR)
        return;
    if (s->count < NEAREST)
        s->count++;
    else if (s->near[--at].distance <= distance)
        return;
    for (; at > 0 && s->near[at - 1].distance > distance; at--)
        s->near[at] = s->near[at - 1];
    snprintf(s->near[at].id, sizeof(s->near[at].id), "%s", id);
    s->near[at].distance = distance;
}

/* A file's id is its name without the ending, in upper case. */
static enum ga_rc
visit(void *user, const char *path, const char *name, struct ga_error *err)
{
    struct search *s = user;
    char id[NEAR_MAX + 1];
    size_t n = (size_t)(strrchr(name, '.') - name), distance;

    (void)path;
    (void)err;
    if (n > NEAR_MAX)
        return GA_OK;
    for (size_t i = 0; i < n; i++)
        id[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A')
                                                 : name[i];
    id[n] = '\0';
    distance = near_distance(id, n, s->id);
    s->found = s->found || distance == 0;
    put_near(s, id, distance);
    return GA_OK;
}

static enum ga_rc
look(const struct options *o, struct search *s, struct ga_error *err)
{
    static const char *const endings[] = { ".xml", ".swidtag", NULL };
    const struct ga_list *dirs = &o->settings->rim_dir;
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < dirs->count && rc == GA_OK; i++)
        rc = ga_within(err, ga_dir_each(dirs->item[i], endings, visit, s, err),
                       "--rim-dir");
    return rc;
}

static void
show_fields(struct emit *e, const struct ga_report *report,
            enum ga_rim_role role)
{
    emit_open(e, "from", EMIT_LIST);
    for (const uint16_t *type = roles[role].field; *type != 0; type++) {
        const struct ga_opaque_field *f =
            ga_report_find(report, (enum ga_field) * type);
        char text[GA_REPORT_MAX];

        emit_open(e, "field", EMIT_ROW);
        emit_number(e, "type", *type);
        emit_text(e, "name", f != NULL ? f->name : NULL);
        if (f != NULL && *type == GA_FIELD_VBIOS_VERSION)
            emit_text(e, "value", report->vbios);
        else if (f != NULL && ga_report_text(report, (enum ga_field) * type,
                                             text, sizeof(text)))
            emit_text(e, "value", text);
        else if (f != NULL)
            emit_hex(e, "value", f->value);
        else
            emit_text(e, "value", NULL);
        emit_close(e);
    }
    emit_close(e);
}

static enum ga_rc
show_role(struct emit *e, const struct options *o,
          const struct ga_report *report, enum ga_rim_role role,
          struct ga_error *err)
{
    char id[GA_RIM_ID_TEXT];
    struct ga_error why = { 0 };
    struct search s = { .id = id };
    enum ga_rc rc;

    emit_open(e, roles[role].name, EMIT_BLOCK);
    rc = ga_report_rim_id(report, role, id, &why);
    emit_text(e, "id", rc == GA_OK ? id : NULL);
    if (rc != GA_OK)
        emit_error(e, "error", &why);
    show_fields(e, report, role);
    if (rc == GA_OK && o->settings->rim_dir.count > 0) {
        rc = look(o, &s, err);
        emit_bool(e, "in_rim_dir", s.found);
        emit_open(e, "nearest", EMIT_LIST);
        for (size_t i = 0; i < s.count && !s.found; i++)
            emit_text(e, "id", s.near[i].id);
        emit_close(e);
    } else {
        rc = GA_OK;
    }
    emit_close(e);
    return rc;
}

static enum ga_rc
show(struct emit *e, const struct options *o, const struct found *f,
     struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    emit_open(e, "reports", EMIT_LIST);
    for (size_t i = 0; i < f->count; i++) {
        emit_open(e, f->source[i], EMIT_BLOCK);
        emit_text(e, "source", f->source[i]);
        for (size_t role = 0; role < GA_RIM_ROLES && rc == GA_OK; role++)
            if (roles[role].kind == f->report[i]->kind)
                rc = show_role(e, o, f->report[i], (enum ga_rim_role)role, err);
        emit_close(e);
    }
    emit_close(e);
    return rc;
}

int
cmd_rim_id(const struct options *o)
{
    GA_AUTO_STRUCT(found) *f = NULL;
    struct ga_error err = { 0 };
    struct emit e;
    enum ga_rc rc = found_load(o->input[0].path, &f, &err);

    if (rc == GA_OK && f->rim != NULL)
        rc = ga_fail(&err, GA_E_BAD_VALUE,
                     "%s: this is a RIM, not a report that asks for one",
                     o->input[0].path);
    if (rc != GA_OK)
        return say_error(o, rc, &err);
    unverified_start(&e, o);
    rc = show(&e, o, f, &err);
    if (rc != GA_OK && o->format == FORMAT_JSON)
        emit_failure(&e, rc, &err);
    if (!emit_done(&e)) {
        rc = ga_nomem(&err);
        return say_error(o, rc, &err);
    }
    return rc == GA_OK ? EXIT_SUCCESS : say_words(o, rc, &err);
}
