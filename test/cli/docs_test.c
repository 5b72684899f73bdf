/* SPDX-License-Identifier: Apache-2.0 */
/* Tables against paper: man pages, docs/settings.md, the schema. */
#define _GNU_SOURCE /* asprintf, secure_getenv */
#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checks.h"
#include "claims/claims.h"
#include "cli/verbs.h"
#include "support/fixtures.h"

static char *
page(const char *path)
{
    const char *root = secure_getenv("GA_SOURCE_DIR");
    char *full = NULL;
    struct ga_buf b;

    assert_true(asprintf(&full, "%s/%s", root != NULL ? root : ".", path) > 0);
    b = read_file(full);
    free(full);
    b.ptr = realloc(b.ptr, b.len + 1);
    assert_non_null(b.ptr);
    b.ptr[b.len] = '\0';
    return (char *)b.ptr;
}

/* The page of a verb is called after its first word. */
static char *
man_page(const struct verb *v)
{
    char path[64];

    snprintf(path, sizeof(path), "man/gpuattest-%.*s.1",
             (int)strcspn(v->name, " "), v->name);
    return page(path);
}

static bool
takes_itself(const struct verb *v, const char *name, size_t len)
{
    for (const struct option_group *g = v->groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
            if (strlen(g->name[i]) == len &&
                strncmp(g->name[i], name, len) == 0)
                return true;
    return false;
}

/* Another tool's name for an option counts as that option. */
static bool
takes(const struct verb *v, const char *name, size_t len)
{
    for (const struct option_alias *a = option_aliases; a->name != NULL; a++)
        if (strlen(a->name) == len && strncmp(a->name, name, len) == 0)
            return takes_itself(v, a->option, strlen(a->option));
    return takes_itself(v, name, len);
}

/* Whether a verb that shares the page of `v` takes it. */
static bool
page_takes(const struct verb *v, const char *name, size_t len)
{
    size_t first = strcspn(v->name, " ");

    for (const struct verb *w = verbs; w->name != NULL; w++)
        if (strcspn(w->name, " ") == first &&
            strncmp(w->name, v->name, first) == 0 && takes(w, name, len))
            return true;
    return false;
}

/* Whether a line `.It` of the page has the option. */
static bool
documents(const char *text, const char *name)
{
    char want[80];
    size_t n = (size_t)snprintf(want, sizeof(want), "Fl Fl %s", name);

    for (const char *p = strstr(text, "\n.It "); p != NULL;
         p = strstr(p + 1, "\n.It ")) {
        const char *end = strchr(p + 1, '\n');

        for (const char *q = strstr(p, want); q != NULL && q < end;
             q = strstr(q + 1, want))
            if (q[n] == ' ' || q[n] == '\n')
                return true;
    }
    return false;
}

static void
man_pages_have_every_option(void **state)
{
    (void)state;
    for (const struct verb *v = verbs; v->name != NULL; v++) {
        char *text = man_page(v);

        for (const struct option_group *g = v->groups; g->title != NULL; g++)
            for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++)
                if (!documents(text, g->name[i]))
                    fail_msg("%s: --%s is not in the page", v->name,
                             g->name[i]);
        free(text);
    }
}

static void
man_pages_have_no_other_option(void **state)
{
    (void)state;
    for (const struct verb *v = verbs; v->name != NULL; v++) {
        char *text = man_page(v);

        for (const char *p = strstr(text, "Fl Fl "); p != NULL;
             p = strstr(p + 1, "Fl Fl ")) {
            const char *name = p + strlen("Fl Fl ");
            size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz-");

            if (!page_takes(v, name, n))
                fail_msg("%s: the page has --%.*s", v->name, (int)n, name);
        }
        free(text);
    }
}

/* The words of choices, their defaults, and those of other settings. */
static void
man_pages_have_words_and_defaults(void **state)
{
    char *text = page("man/gpuattest-verify.1");

    (void)state;
    for (const struct option_group *g = verbs[0].groups; g->title != NULL; g++)
        for (size_t i = 0; i < GROUP_NAMES_MAX && g->name[i] != NULL; i++) {
            struct option_view view;
            char line[160];

            assert_true(option_view(g->name[i], &view));
            if (view.words == NULL && view.initial != NULL) {
                snprintf(line, sizeof(line), "The default is %s.",
                         view.initial);
                assert_non_null(strstr(text, line));
            }
            for (const char *w = view.words; w != NULL && *w != '\0';
                 w += w[0] == '|') {
                size_t n = strcspn(w, "|");

                snprintf(line, sizeof(line), "Cm %.*s", (int)n, w);
                assert_non_null(strstr(text, line));
                w += n;
            }
        }
    free(text);
}

/* One row of docs/settings.md, split at its bars; false at the end. */
static bool
next_row(const char **at, char cells[4][64])
{
    const char *p = strstr(*at, "\n| `");

    if (p == NULL)
        return false;
    p += 1;
    *at = p;
    for (int i = 0; i < 4; i++) {
        const char *start = p + 2, *end = strstr(start, " |");

        assert_non_null(end);
        snprintf(cells[i], sizeof(cells[i]), "%.*s", (int)(end - start), start);
        p = end + 1;
    }
    return true;
}

static void
settings_page_is_the_table(void **state)
{
    char *text = page("docs/settings.md");
    const char *at = text;
    char cells[4][64];
    size_t n = 0;

    (void)state;
    for (; next_row(&at, cells); n++) {
        const struct ga_setting *row;
        char want[80], env[ENV_NAME_MAX];

        assert_true(n < ga_setting_count);
        for (row = ga_setting_rows; row < ga_setting_rows + ga_setting_count;
             row++) {
            snprintf(want, sizeof(want), "`%s`", row->name);
            if (strcmp(cells[0], want) == 0)
                break;
        }
        if (row == ga_setting_rows + ga_setting_count)
            fail_msg("%s is no setting", cells[0]);
        option_env_name(row->name, env);
        snprintf(want, sizeof(want), "`%s`", env);
        assert_string_equal(cells[1], row->from_env ? want : "never");
        if (row->initial != NULL)
            assert_string_equal(cells[2], row->initial);
    }
    assert_int_equal(n, ga_setting_count);
    free(text);
}

static json_t *
schema(void)
{
    char *text = page("docs/result.schema.json");
    json_error_t err;
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, &err);

    if (all == NULL)
        fail_msg("line %d: %s", err.line, err.text);
    free(text);
    return all;
}

/* Borrows what a path of keys leads to. */
static json_t *
at(json_t *v, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        json_t *next =
            json_is_array(v) ? json_array_get(v, 0) : json_object_get(v, *keys);

        if (next == NULL)
            fail_msg("the schema has no %s", *keys);
        v = next;
    }
    return v;
}

static bool
lists(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));

        if (item != NULL && strcmp(item, word) == 0)
            return true;
    }
    return false;
}

static void
schema_has_every_check_and_no_other(void **state)
{
    static const char *const path[] = { "$defs", "check", "properties",
                                        "name",  "enum",  NULL };
    json_t *all = schema(), *names = at(all, path);

    (void)state;
    for (size_t i = 0; i < GA_CHECK_COUNT; i++)
        if (!lists(names, ga_check_rows[i].name))
            fail_msg("the schema has no check %s", ga_check_rows[i].name);
    assert_int_equal(json_array_size(names), GA_CHECK_COUNT);
    json_decref(all);
}

static void
schema_has_every_reason_and_no_other(void **state)
{
    static const char *const path[] = { "$defs",  "check", "properties",
                                        "reason", "anyOf", "0",
                                        "enum",   NULL };
    json_t *all = schema(), *names = at(all, path);

    (void)state;
    /* NONE is null, INDEX is a pattern of its own. */
    for (size_t i = 1; i < GA_REASON_COUNT; i++)
        if (i != GA_R_INDEX && !lists(names, ga_reason_name((enum ga_reason)i)))
            fail_msg("the schema has no reason %s",
                     ga_reason_name((enum ga_reason)i));
    assert_int_equal(json_array_size(names), GA_REASON_COUNT - 1);
    json_decref(all);
}

static void
schema_has_every_error_and_no_other(void **state)
{
    static const char *const path[] = { "$defs", "error", "properties",
                                        "code",  "enum",  NULL };
    json_t *all = schema(), *names = at(all, path);
    size_t n = 0;

    (void)state;
#define X(name, class, text) n += GA_E_##name != GA_OK;
    GA_ERRORS(X)
#undef X
    for (size_t rc = 1; rc <= n; rc++)
        if (!lists(names, ga_error_name((enum ga_rc)rc)))
            fail_msg("the schema has no error %s",
                     ga_error_name((enum ga_rc)rc));
    assert_int_equal(json_array_size(names), n);
    json_decref(all);
}

/* Each kind and version requires exactly the claims of the table. */
static void
schema_has_every_claim_and_no_other(void **state)
{
    struct ga_claim_name names[128];
    size_t count = ga_claim_names(names, COUNT(names));
    static const struct {
        const char *def;
        enum ga_kind kind;
        enum ga_claims_version version;
    } shapes[] = {
        { "claims-gpu-2.0", GA_KIND_GPU, GA_CLAIMS_2_0 },
        { "claims-gpu-3.0", GA_KIND_GPU, GA_CLAIMS_3_0 },
        { "claims-gpu-4.0", GA_KIND_GPU, GA_CLAIMS_4_0 },
        { "claims-switch-2.0", GA_KIND_SWITCH, GA_CLAIMS_2_0 },
        { "claims-switch-3.0", GA_KIND_SWITCH, GA_CLAIMS_3_0 },
        { "claims-switch-4.0", GA_KIND_SWITCH, GA_CLAIMS_4_0 },
    };
    json_t *all = schema();

    (void)state;
    assert_true(count <= COUNT(names));
    for (size_t i = 0; i < COUNT(shapes); i++) {
        const char *const path[] = { "$defs", shapes[i].def, NULL };
        json_t *shape = at(all, path);
        json_t *required = json_object_get(shape, "required");
        size_t n = 0;

        assert_true(
            json_is_false(json_object_get(shape, "additionalProperties")));
        for (size_t k = 0; k < count; k++) {
            if ((names[k].versions & 1u << shapes[i].version) == 0 ||
                (names[k].kind != GA_KIND_UNKNOWN &&
                 names[k].kind != shapes[i].kind))
                continue;
            if (!lists(required, names[k].name))
                fail_msg("%s has no %s", shapes[i].def, names[k].name);
            n++;
        }
        assert_int_equal(json_array_size(required), n);
        assert_int_equal(json_object_size(json_object_get(shape, "properties")),
                         n);
    }
    json_decref(all);
}

/* Both have a line for every status and none for another one. */
static void
exit_statuses_are_documented(void **state)
{
    static const int statuses[] = { EXIT_VERIFIED,    EXIT_REJECTED,
                                    EXIT_USAGE,       EXIT_MALFORMED,
                                    EXIT_UNAVAILABLE, EXIT_INTERNAL };
    char *doc = page("docs/exit-status.md"), *man = page("man/gpuattest.1");

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        char line[32];

        snprintf(line, sizeof(line), "\n| %d | ", statuses[i]);
        assert_non_null(strstr(doc, line));
        snprintf(line, sizeof(line), "\n.It %d\n", statuses[i]);
        assert_non_null(strstr(man, line));
    }
    for (enum ga_rc rc = GA_E_INVAL; rc <= GA_E_INTERNAL; rc++)
        assert_true(status_of(rc) >= EXIT_USAGE);
    free(doc);
    free(man);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(man_pages_have_every_option),
        cmocka_unit_test(man_pages_have_no_other_option),
        cmocka_unit_test(man_pages_have_words_and_defaults),
        cmocka_unit_test(settings_page_is_the_table),
        cmocka_unit_test(schema_has_every_check_and_no_other),
        cmocka_unit_test(schema_has_every_reason_and_no_other),
        cmocka_unit_test(schema_has_every_error_and_no_other),
        cmocka_unit_test(schema_has_every_claim_and_no_other),
        cmocka_unit_test(exit_statuses_are_documented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
