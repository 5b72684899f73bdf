/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest policy: policies without evidence. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/file.h"
#include "cli/cli.h"

static enum ga_rc
load(const char *path, struct ga_policy **out, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc = ga_file_read(path, GA_POLICY_MAX, &file, err);

    if (rc == GA_OK && file.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", path);
    return rc == GA_OK ? ga_policy_load(path, file.ptr, file.len, out, err)
                       : rc;
}

/* Lines of a policy that `next` counts: its warnings, or what it relaxes. */
static void
emit_lines(struct emit *e, const char *key, const struct ga_policy *policy,
           const char *(*next)(const struct ga_policy *policy, size_t i))
{
    const char *line;

    if (e->root == NULL && next(policy, 0) == NULL)
        return;
    emit_open(e, key, EMIT_LIST);
    for (size_t i = 0; (line = next(policy, i)) != NULL; i++)
        emit_text(e, NULL, line);
    emit_close(e);
}

static int
end(const struct options *o, struct emit *e, int status)
{
    struct ga_error err = { 0 };
    enum ga_rc rc;

    if (emit_done(e))
        return status;
    rc = ga_nomem(&err);
    return say_error(o, rc, &err);
}

/* All are loaded before a word is printed: one error is the whole answer. */
int
cmd_policy_check(const struct options *o)
{
    struct ga_policy *policy[GA_LIST_MAX] = { NULL };
    struct ga_error err = { 0 };
    enum ga_rc rc = GA_OK;
    struct emit e;
    int status;

    for (size_t i = 0; i < o->input_count && rc == GA_OK; i++)
        rc = load(o->input[i].path, &policy[i], &err);
    if (rc == GA_OK) {
        emit_start(&e, o->format == FORMAT_JSON, stdout);
        if (o->format == FORMAT_JSON)
            emit_number(&e, "result_code", EXIT_SUCCESS);
        emit_open(&e, "policies", EMIT_LIST);
        for (size_t i = 0; i < o->input_count; i++) {
            emit_open(&e, "policy", EMIT_BLOCK);
            emit_text(&e, "name", o->input[i].path);
            emit_text(&e, "kind",
                      ga_policy_kind(policy[i]) == GA_POLICY_JSON ? "json"
                                                                  : "rego");
            emit_lines(&e, "warnings", policy[i], ga_policy_warning);
            emit_lines(&e, "relax", policy[i], ga_policy_relax);
            emit_close(&e);
        }
        emit_close(&e);
        status = end(o, &e, EXIT_SUCCESS);
    } else {
        status = say_error(o, rc, &err);
    }
    for (size_t i = 0; i < o->input_count; i++)
        ga_policy_free(policy[i]);
    return status;
}

static enum ga_rc
ask(const struct options *o, struct ga_policy_answer *out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_policy) *policy = NULL;
    GA_AUTO_BUF struct ga_buf claims = { 0 };
    int64_t at =
        o->settings->at != GA_TIME_NONE ? o->settings->at : (int64_t)time(NULL);
    enum ga_rc rc;

    if (o->claims == NULL)
        return ga_fail(err, GA_E_INVAL,
                       "--input is missing: the file of the claims");
    if (strcmp(o->claims, "-") == 0 && strcmp(o->input[0].path, "-") == 0)
        return ga_fail(err, GA_E_INVAL,
                       "--input: standard input is read already, by FILE");
    rc = load(o->input[0].path, &policy, err);
    if (rc == GA_OK)
        rc = ga_file_read(o->claims, GA_EVIDENCE_MAX, &claims, err);
    if (rc == GA_OK && claims.len == 0)
        rc = ga_fail(err, GA_E_TRUNCATED, "%s: the file is empty", o->claims);
    if (rc != GA_OK)
        return rc;
    rc = ga_policy_claims(policy, claims.ptr, claims.len,
                          (enum ga_policy_input)o->settings->policy_input,
                          o->query, at, out, err);
    /* A query or a time that is wrong is not of that file. */
    return rc == GA_E_INVAL ? rc : ga_within(err, rc, "%s", o->claims);
}

int
cmd_policy_test(const struct options *o)
{
    struct ga_policy_answer answer = { 0 };
    struct ga_error err = { 0 };
    char line[2 * GA_ERROR_TEXT];
    struct emit e;
    enum ga_rc rc = ask(o, &answer, &err);
    int status = answer.passed ? EXIT_VERIFIED : EXIT_REJECTED;

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    if (o->format == FORMAT_TEXT) {
        ga_escape(answer.why, strlen(answer.why), line, sizeof(line));
        printf("%s%s%s\n", answer.passed ? "passed" : "failed",
               line[0] != '\0' ? ": " : "", line);
        return status;
    }
    emit_start(&e, true, stdout);
    emit_number(&e, "result_code", status);
    emit_text(&e, "name", o->input[0].path);
    emit_bool(&e, "passed", answer.passed);
    emit_text(&e, "why", answer.passed ? NULL : answer.why);
    return end(o, &e, status);
}

int
cmd_policy_show(const struct options *o)
{
    const char *profile = o->input_count > 0 ? o->input[0].path : "strict";
    struct ga_error err = { 0 };
    char *text = NULL;
    struct emit e;
    int status = EXIT_SUCCESS;
    enum ga_rc rc = ga_policy_show(profile, &text, &err);

    if (rc != GA_OK)
        return say_error(o, rc, &err);
    if (o->format == FORMAT_TEXT) {
        fputs(text, stdout);
    } else {
        emit_start(&e, true, stdout);
        emit_number(&e, "result_code", EXIT_SUCCESS);
        emit_text(&e, "profile", profile);
        emit_text(&e, "table", text);
        status = end(o, &e, EXIT_SUCCESS);
    }
    ga_text_free(text);
    return status;
}
