/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest collect-evidence: evidence out, unverified. */
#include <stdio.h>

#include "cli/live.h"

/*
 * Prints JSON whose strings have no brace: a caller in the field finds the
 * object by counting them.  What a file says of its architecture can be
 * anything.
 * Source: nvtrust
 */
static void
put_without_braces(const char *json)
{
    bool inside = false;

    for (const char *p = json; *p != '\0'; p++) {
        if (*p == '"')
            inside = !inside;
        if (inside && (*p == '{' || *p == '}'))
            fputs(*p == '{' ? "\\u007b" : "\\u007d", stdout);
        else
            putchar(*p);
        if (inside && *p == '\\' && p[1] != '\0')
            putchar(*++p);
    }
}

static enum ga_rc
print_json(const struct ga_evidence *evidence, struct ga_error *err)
{
    char *list = NULL;
    enum ga_rc rc = ga_evidence_json(evidence, &list, err);

    if (rc != GA_OK)
        return rc;
    fputs("{\n\"result_code\": 0,\n\"result_message\": \"Ok\",\n"
          "\"evidences\": ",
          stdout);
    put_without_braces(list);
    puts("\n}");
    ga_text_free(list);
    return GA_OK;
}

static enum ga_rc
print_list(const struct ga_evidence *evidence, const struct sources *s,
           struct ga_error *err)
{
    size_t count = ga_evidence_count(evidence);
    struct ga_evidence_view item;
    enum ga_rc rc = GA_OK;

    if (s->made)
        print_nonce(&s->nonce, stdout);
    for (size_t i = 0; i < count && rc == GA_OK; i++) {
        rc = ga_evidence_get(evidence, i, &item, err);
        if (rc == GA_OK)
            printf("%s: report of %zu bytes, certificates of %zu\n",
                   item.source, item.report_len, item.chain_len);
    }
    if (rc == GA_OK)
        printf("%zu device%s; nothing was verified; --format json prints the "
               "evidence\n",
               count, count == 1 ? "" : "s");
    return rc;
}

static enum ga_rc
collect(const struct options *o, const struct sources *s,
        struct ga_evidence **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_context) *ctx = NULL;
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    enum ga_rc rc = context_of(o, &ctx, err);

    if (rc == GA_OK)
        rc = ga_evidence_new(&evidence, err);
    progress_begin(o->progress, "collecting evidence", stderr);
    if (rc == GA_OK)
        rc = sources_gather(ctx, o, s, evidence, err);
    progress_end(o->progress);
    if (rc == GA_OK)
        *out = GA_TAKE(evidence);
    return rc;
}

int
cmd_collect_evidence(const struct options *o)
{
    GA_AUTO_STRUCT(ga_evidence) *evidence = NULL;
    struct ga_error err = { 0 };
    struct sources s;
    enum ga_rc rc = sources_of(o, &s, &err);

    if (rc == GA_OK)
        rc = collect(o, &s, &evidence, &err);
    if (rc == GA_OK)
        rc = o->format == FORMAT_JSON ? print_json(evidence, &err)
                                      : print_list(evidence, &s, &err);
    return rc == GA_OK ? EXIT_SUCCESS : say_error(o, rc, &err);
}
