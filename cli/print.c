/* SPDX-License-Identifier: Apache-2.0 */
/* A result, printed for a person. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/cli.h"
#include "verify/result.h"

/* SGR sequences (ECMA-48), or empty texts. */
struct colours {
    const char *good, *bad, *weak, *off;
};

/* https://no-color.org: set and not empty means none. */
static struct colours
colours_for(FILE *to)
{
    static const struct colours none = { "", "", "", "" };
    static const struct colours some = { "\033[32m", "\033[31m", "\033[33m",
                                         "\033[0m" };
    const char *no = secure_getenv("NO_COLOR");
    const char *term = secure_getenv("TERM");

    if (no != NULL && no[0] != '\0')
        return none;
    if (term == NULL || strcmp(term, "dumb") == 0)
        return none;
    return isatty(fileno(to)) == 1 ? some : none;
}

static void
print_check(FILE *to, const struct ga_check_view *c, const char *word,
            const char *on, const char *off)
{
    fprintf(to, "  %s%-14s%s %s%s%s%s%s%s%s\n", on, word, off, c->name,
            c->reason != NULL ? " (" : "", c->reason != NULL ? c->reason : "",
            c->reason != NULL ? ")" : "", c->relaxed ? " [relaxed]" : "",
            c->text != NULL ? ": " : "", c->text != NULL ? c->text : "");
}

static bool
same_why(const struct ga_check_view *a, const struct ga_check_view *b)
{
    return a->reason != NULL && b->reason != NULL &&
           strcmp(a->reason, b->reason) == 0 && a->text != NULL &&
           b->text != NULL && strcmp(a->text, b->text) == 0 &&
           a->relaxed == b->relaxed;
}

/* Prints those checks of a device in one state; those that stand in a row for
 * one and the same reason and text share a line. */
static void
print_state(FILE *to, const struct ga_result *res, size_t device,
            enum ga_state state, const char *word, const char *on,
            const char *off)
{
    struct ga_check_view c, next;
    char names[1024];
    size_t used;

    for (size_t n = 0; ga_result_check(res, device, n, &c); n++) {
        if (c.state != state)
            continue;
        used = (size_t)snprintf(names, sizeof(names), "%s", c.name);
        while (ga_result_check(res, device, n + 1, &next) &&
               next.state == state && same_why(&c, &next) &&
               used + strlen(next.name) + 3 < sizeof(names)) {
            used += (size_t)snprintf(names + used, sizeof(names) - used, ", %s",
                                     next.name);
            n++;
        }
        c.name = names;
        print_check(to, &c, word, on, off);
    }
}

/* Passed checks are counted.  One that passed for a reason, as within a grace,
 * is shown, and what the measurements came to. */
static void
print_passed(FILE *to, const struct ga_result *res, size_t device)
{
    struct ga_check_view c;
    const char *matched = NULL;
    size_t passed = 0, none = 0;

    for (size_t n = 0; ga_result_check(res, device, n, &c); n++) {
        passed += c.state == GA_PASSED;
        none += c.state == GA_NOT_APPLICABLE;
        if (c.state != GA_PASSED)
            continue;
        if (c.reason != NULL)
            print_check(to, &c, "passed", "", "");
        if (strcmp(c.name, "measurements.match") == 0)
            matched = c.text;
    }
    fprintf(to, "  %-14s %zu check%s", "passed", passed,
            passed == 1 ? "" : "s");
    if (none > 0)
        fprintf(to, ", %zu not applicable", none);
    fprintf(to, "%s%s\n", matched != NULL ? "; " : "",
            matched != NULL ? matched : "");
}

static void
print_checks(FILE *to, const struct ga_result *res, size_t device,
             const struct colours *c)
{
    print_state(to, res, device, GA_FAILED, "failed", c->bad, c->off);
    print_state(to, res, device, GA_NOT_CHECKED, "not checked", c->weak,
                c->off);
    print_passed(to, res, device);
}

static void
print_fact(FILE *to, const char *name, const char *value)
{
    if (value != NULL)
        fprintf(to, "  %s %s", name, value);
}

static void
print_device(FILE *to, const struct ga_result *res, size_t i,
             const struct colours *c)
{
    struct ga_device_view d;

    if (!ga_result_device(res, i, &d))
        return;
    fprintf(to, "%s%s%s", d.verified ? c->good : c->bad, d.label, c->off);
    if (d.hwmodel != NULL)
        fprintf(to, "  %s", d.hwmodel);
    print_fact(to, "driver", d.driver);
    print_fact(to, "VBIOS", d.vbios);
    print_fact(to, "mode", d.mode);
    print_fact(to, "id", d.device_id);
    fputc('\n', to);
    print_checks(to, res, i, c);
}

static void
print_relaxed(FILE *to, const struct ga_result *res)
{
    const char *one = ga_result_relaxed(res, 0);

    if (one == NULL)
        return;
    fputs("relaxed:", to);
    for (size_t i = 0; (one = ga_result_relaxed(res, i)) != NULL; i++)
        fprintf(to, "%s %s", i > 0 ? "," : "", one);
    fputc('\n', to);
}

static void
print_policies(FILE *to, const struct ga_result *res, const struct colours *c)
{
    struct ga_policy_view p;

    for (size_t i = 0; ga_result_policy(res, i, &p); i++)
        fprintf(to, "policy %s: %s%s%s%s%s\n", p.name,
                p.passed ? c->good : c->bad, p.passed ? "passed" : "failed",
                c->off, p.why != NULL ? ": " : "", p.why != NULL ? p.why : "");
}

void
print_nonce(const struct ga_nonce *nonce, FILE *to)
{
    char hex[2 * GA_NONCE_LEN + 1];

    ga_nonce_text(nonce, hex);
    fprintf(to, "nonce: %s\n", hex);
}

void
print_text(const struct ga_result *res, const char *title, FILE *to)
{
    const struct colours c = colours_for(to);
    char name[GA_ERROR_TEXT], at[GA_TIME_TEXT];

    for (size_t i = 0; i < ga_result_devices(res); i++)
        print_device(to, res, i, &c);
    ga_escape(title, strlen(title), name, sizeof(name));
    fprintf(to, "%s\n", name);
    print_checks(to, res, GA_SET, &c);
    print_policies(to, res, &c);
    print_relaxed(to, res);
    ga_time_text(ga_result_time(res), at);
    fprintf(to, "anchors: %s, verification time: %s\n", ga_result_anchors(res),
            at);
    fprintf(to, "%s%s%s\n", ga_result_verified(res) ? c.good : c.bad,
            ga_result_summary(res), c.off);
}

void
print_checks_of(const struct ga_result *res, size_t device, FILE *to)
{
    const struct colours c = colours_for(to);

    print_checks(to, res, device, &c);
}

void
emit_checks(struct emit *e, const struct ga_result *res, size_t device)
{
    struct ga_check_view c;

    emit_open(e, "checks", EMIT_LIST);
    for (size_t n = 0; res != NULL && ga_result_check(res, device, n, &c);
         n++) {
        emit_open(e, c.name, EMIT_BLOCK);
        emit_text(e, "name", c.name);
        emit_text(e, "state", ga_state_name(c.state));
        emit_text(e, "reason", c.reason);
        emit_text(e, "text", c.text);
        emit_close(e);
    }
    emit_close(e);
}

void
emit_relaxed(struct emit *e, const struct ga_result *res)
{
    const char *one;

    emit_open(e, "relaxed", EMIT_VALUES);
    for (size_t i = 0; res != NULL && (one = ga_result_relaxed(res, i)) != NULL;
         i++)
        emit_text(e, "relaxed", one);
    emit_close(e);
}

/* What a reader of stdout alone, or of the exit status alone, must not miss. */
void
say_warnings(const struct ga_result *res)
{
    const char *one;

    for (size_t i = 0; (one = ga_result_warning(res, i)) != NULL; i++)
        say("warning: %s", one);
    for (size_t i = 0; (one = ga_result_relaxed(res, i)) != NULL; i++)
        say("relaxed: %s", one);
}

/* Whether a failure means that evidence cannot be read: exit status 3. */
static bool
is_malformed(const struct ga_check_view *c)
{
    bool shape = c->reason != NULL && (strcmp(c->reason, "malformed") == 0 ||
                                       strcmp(c->reason, "trailing") == 0);

    if (c->state != GA_FAILED)
        return false;
    return strcmp(c->name, "report.parse") == 0 ||
           (shape && (strcmp(c->name, "device.chain") == 0 ||
                      strcmp(c->name, "set.nonce") == 0 ||
                      strcmp(c->name, "token.signature") == 0));
}

/* Names the first device, or the set, whose evidence cannot be read. */
static void
say_malformed(const struct ga_result *res)
{
    size_t devices = ga_result_devices(res);
    struct ga_device_view d = { 0 };
    struct ga_check_view c;

    for (size_t i = 0; i <= devices; i++)
        for (size_t n = 0;
             ga_result_check(res, i < devices ? i : GA_SET, n, &c); n++) {
            if (!is_malformed(&c))
                continue;
            if (ga_result_device(res, i, &d))
                say("%s: %s: %s", d.label, c.name, c.text);
            else
                say("%s: %s", c.name, c.text);
            return;
        }
}

/* The result, with what we signed of it where that is asked for. */
static enum ga_rc
print_json(const struct options *o, const struct ga_result *res, char **out,
           struct ga_error *err)
{
    GA_AUTO(json_t) *whole = NULL, *token = NULL;
    char *eat = NULL;
    enum ga_rc rc = sign_result(o, res, &eat, err);

    if (rc != GA_OK || eat == NULL)
        return rc == GA_OK ? ga_result_json(res, out, err) : rc;
    rc = ga_json_parse(ga_bytes_of(eat, strlen(eat)), &token, err);
    ga_text_free(eat);
    whole = rc == GA_OK ? ga_result_object(res) : NULL;
    if (whole == NULL || json_object_set(whole, "detached_eat", token) != 0)
        return rc == GA_OK ? ga_nomem(err) : rc;
    *out = ga_json_text(whole, true);
    return *out != NULL ? GA_OK : ga_nomem(err);
}

int
print_result(const struct options *o, const struct ga_result *res,
             const char *title)
{
    struct ga_error err = { 0 };
    char *json = NULL;

    if (o->format == FORMAT_JSON) {
        enum ga_rc rc = print_json(o, res, &json, &err);

        if (rc != GA_OK)
            return say_error(o, rc, &err);
        puts(json);
        ga_text_free(json);
    } else {
        print_text(res, title, stdout);
    }
    say_warnings(res);
    if (ga_result_verdict(res) == GA_VERDICT_MALFORMED)
        say_malformed(res);
    return (int)ga_result_verdict(res);
}
