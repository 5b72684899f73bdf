/* SPDX-License-Identifier: Apache-2.0 */
/* Golden values against the report's measurements (rule 13). */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "rim/compare.h"

/* The measurement that NVDEC0_STATUS speaks of, and its values.
 * Source: spec-protocol. */
#define NVDEC_INDEX 35
#define NVDEC_ON    0xaa
#define NVDEC_OFF   0x55

/* Mismatches that a check's text names by index; the others it counts. */
#define NAMED_MISMATCHES 6

static const char *const role_names[GA_RIM_ROLES] = {
    [GA_RIM_DRIVER] = "driver RIM",
    [GA_RIM_VBIOS] = "VBIOS RIM",
    [GA_RIM_BIOS] = "BIOS RIM",
};

/* Which RIMs a report of that kind needs. */
static bool
needs(enum ga_kind kind, enum ga_rim_role role)
{
    return kind == GA_KIND_GPU ? role != GA_RIM_BIOS
                               : kind == GA_KIND_SWITCH && role == GA_RIM_BIOS;
}

static const char *
missing(const struct ga_rim *const rim[GA_RIM_ROLES], enum ga_kind kind)
{
    bool driver = needs(kind, GA_RIM_DRIVER) && rim[GA_RIM_DRIVER] == NULL;
    bool vbios = needs(kind, GA_RIM_VBIOS) && rim[GA_RIM_VBIOS] == NULL;

    if (driver && vbios)
        return "driver RIM and VBIOS RIM";
    if (driver)
        return role_names[GA_RIM_DRIVER];
    if (vbios)
        return role_names[GA_RIM_VBIOS];
    if (needs(kind, GA_RIM_BIOS) && rim[GA_RIM_BIOS] == NULL)
        return role_names[GA_RIM_BIOS];
    return NULL;
}

static bool
active_in(const struct ga_rim *rim, unsigned index)
{
    for (size_t i = 0; i < rim->resource_count; i++)
        if (rim->resource[i].index == index && rim->resource[i].active)
            return true;
    return false;
}

void
ga_compare_conflict(const struct ga_rim *const rim[GA_RIM_ROLES],
                    enum ga_kind kind, struct ga_check *check)
{
    const struct ga_rim *driver = rim[GA_RIM_DRIVER],
                        *vbios = rim[GA_RIM_VBIOS];
    const char *lacks = missing(rim, kind);
    size_t conflicts = 0;
    unsigned first = 0;

    if (kind == GA_KIND_SWITCH) {
        ga_check_none(check, GA_R_NOTHING, "a switch has one RIM");
        return;
    }
    if (kind != GA_KIND_GPU || lacks != NULL) {
        ga_check_unmade(check, GA_R_DEPENDS, "no %s to compare with",
                        lacks != NULL ? lacks : "RIM");
        return;
    }
    for (size_t i = 0; i < driver->resource_count; i++) {
        const struct ga_resource *g = &driver->resource[i];

        if (!g->active || !active_in(vbios, g->index))
            continue;
        first = conflicts++ == 0 ? g->index : first;
    }
    if (conflicts == 1)
        ga_check_fail(check, GA_R_CONFLICT, "index %u is active in both RIMs",
                      first);
    else if (conflicts > 1)
        ga_check_fail(check, GA_R_CONFLICT,
                      "index %u and %zu more are active in both RIMs", first,
                      conflicts - 1);
    ga_check_pass(check);
}

/* What NVDEC0_STATUS says about index 35 of the driver RIM. */
enum nvdec { NVDEC_COMPARE, NVDEC_SKIP, NVDEC_UNKNOWN };

static enum nvdec
nvdec_rule(const struct ga_report *report)
{
    const struct ga_opaque_field *f =
        ga_report_find(report, GA_FIELD_NVDEC0_STATUS);

    if (f == NULL)
        return NVDEC_COMPARE;
    if (f->value.len == 1 && f->value.ptr[0] == NVDEC_ON)
        return NVDEC_COMPARE;
    if (f->value.len == 1 && f->value.ptr[0] == NVDEC_OFF)
        return NVDEC_SKIP;
    return NVDEC_UNKNOWN;
}

static void
fail_nvdec(const struct ga_report *report, struct ga_check *check)
{
    const struct ga_opaque_field *f =
        ga_report_find(report, GA_FIELD_NVDEC0_STATUS);

    if (f->value.len == 1)
        ga_check_fail(check, GA_R_UNKNOWN_VALUE,
                      "NVDEC0_STATUS 0x%02x is neither 0x%02x nor 0x%02x",
                      f->value.ptr[0], NVDEC_ON, NVDEC_OFF);
    else
        ga_check_fail(check, GA_R_UNKNOWN_VALUE, "NVDEC0_STATUS of %zu bytes",
                      f->value.len);
}

static bool
matches(const struct ga_resource *g, struct ga_bytes runtime)
{
    for (unsigned i = 0; i < g->alternatives; i++)
        if (ga_bytes_equal(ga_bytes_of(g->hash[i], GA_SHA384_LEN), runtime))
            return true;
    return false;
}

static void
compare_one(const struct ga_report *report, const struct ga_resource *g,
            enum ga_rim_role role, struct ga_comparison *out)
{
    struct ga_bytes runtime = { 0 };

    /* Block n + 1, which is kept at [n], is the RIM's index n. */
    if (g->index < report->block_count)
        runtime = report->block[g->index].value;
    out->compared++;
    if (runtime.len > 0 && matches(g, runtime)) {
        out->matched++;
        return;
    }
    out->mismatch[out->mismatch_count++] = (struct ga_mismatch){
        .index = g->index,
        .role = role,
        .golden = ga_bytes_of(g->hash[0], GA_SHA384_LEN),
        .alternatives = g->alternatives,
        .runtime = runtime,
    };
}

static void
compare_rim(const struct ga_report *report, const struct ga_rim *rim,
            enum ga_rim_role role, enum nvdec nvdec, struct ga_comparison *out)
{
    for (size_t i = 0; i < rim->resource_count; i++) {
        const struct ga_resource *g = &rim->resource[i];

        if (!g->active)
            continue;
        if (role == GA_RIM_DRIVER && g->index == NVDEC_INDEX &&
            nvdec != NVDEC_COMPARE) {
            out->skipped++;
            out->nvdec_skipped = nvdec == NVDEC_SKIP;
            continue;
        }
        compare_one(report, g, role, out);
    }
}

static void
hex_or(struct ga_bytes value, const char *otherwise,
       char out[2 * GA_MEASUREMENT_MAX + 1])
{
    if (value.len == 0 || value.len > GA_MEASUREMENT_MAX)
        snprintf(out, 2 * GA_MEASUREMENT_MAX + 1, "%s", otherwise);
    else
        ga_hex(value, out);
}

/* The first mismatch with its values, as rule 13 asks. */
static void
fail_first(const struct ga_mismatch *m, struct ga_check *check)
{
    char golden[2 * GA_MEASUREMENT_MAX + 1];
    char runtime[2 * GA_MEASUREMENT_MAX + 1];
    char others[40] = "";

    hex_or(m->golden, "none", golden);
    hex_or(m->runtime, "none", runtime);
    if (m->alternatives > 1)
        snprintf(others, sizeof(others), " or %u more", m->alternatives - 1);
    ga_check_fail_index(check, m->index,
                        "index %u of the %s: golden %s%s, runtime %s", m->index,
                        role_names[m->role], golden, others, runtime);
}

static void
fail_others(const struct ga_comparison *c, struct ga_check *check)
{
    for (size_t i = 1; i < c->mismatch_count && i < NAMED_MISMATCHES; i++)
        ga_check_fail_index(check, c->mismatch[i].index, "index %u of the %s",
                            c->mismatch[i].index,
                            role_names[c->mismatch[i].role]);
    if (c->mismatch_count > NAMED_MISMATCHES)
        ga_check_fail_index(check, c->mismatch[0].index, "%zu more",
                            c->mismatch_count - NAMED_MISMATCHES);
}

/* What was done, for a check that passed or was made in part. */
static void
summarise(const struct ga_comparison *c, char *out, size_t cap)
{
    snprintf(out, cap, "%u golden value%s matched%s", c->matched,
             c->matched == 1 ? "" : "s",
             c->nvdec_skipped
                 ? ", index 35 of the driver RIM skipped (NVDEC0_STATUS 0x55)"
                 : "");
}

static void
judge(const struct ga_comparison *c, const char *lacks, struct ga_check *check)
{
    char summary[120];

    if (c->mismatch_count > 0) {
        fail_first(&c->mismatch[0], check);
        fail_others(c, check);
    }
    summarise(c, summary, sizeof(summary));
    if (lacks != NULL)
        ga_check_unmade(check, c->compared > 0 ? GA_R_PARTIAL : GA_R_DEPENDS,
                        "no %s to compare with; %s", lacks, summary);
    else if (c->compared == 0)
        ga_check_fail(check, GA_R_NOTHING, "no active golden value to compare");
    ga_check_pass(check);
    ga_check_note(check, GA_R_NONE, "%s", summary);
}

void
ga_compare_match(const struct ga_report *report,
                 const struct ga_rim *const rim[GA_RIM_ROLES],
                 enum ga_kind kind, struct ga_comparison *out,
                 struct ga_check *check)
{
    const char *lacks = missing(rim, kind);
    enum nvdec nvdec = kind == GA_KIND_GPU ? nvdec_rule(report) : NVDEC_COMPARE;

    memset(out, 0, sizeof(*out));
    if (kind != GA_KIND_GPU && kind != GA_KIND_SWITCH) {
        ga_check_unmade(check, GA_R_DEPENDS, "no RIM to compare with");
        return;
    }
    for (unsigned role = 0; role < GA_RIM_ROLES; role++)
        if (needs(kind, (enum ga_rim_role)role) && rim[role] != NULL)
            compare_rim(report, rim[role], (enum ga_rim_role)role, nvdec, out);
    if (nvdec == NVDEC_UNKNOWN)
        fail_nvdec(report, check);
    judge(out, lacks, check);
}
