/* SPDX-License-Identifier: Apache-2.0 */
/* A round of ppcie, printed. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/ppcie.h"
#include "verify/result.h"

static const char *
ready_word(const struct ppcie_round *r)
{
    return guard_ready_word(r->plan->manage, r->ready, r->settled);
}

int
ppcie_status(const struct ppcie_round *r)
{
    const char *ignored;

    if (r->rc != GA_OK)
        return status_of(r->rc);
    if (r->result != NULL && !ga_result_verified(r->result))
        return (int)ga_result_verdict(r->result);
    if (r->result == NULL || stages_failed(&r->stages, &ignored) != NULL)
        return EXIT_REJECTED;
    return EXIT_VERIFIED;
}

void
ppcie_summary(const struct ppcie_round *r, char out[GA_ERROR_TEXT])
{
    const char *name = "";
    const struct stage *failed = stages_failed(&r->stages, &name);

    if (r->rc != GA_OK)
        snprintf(out, GA_ERROR_TEXT, "%s", r->err.text);
    else if (r->result != NULL)
        snprintf(out, GA_ERROR_TEXT, "%.500s", ga_result_summary(r->result));
    else
        snprintf(out, GA_ERROR_TEXT, "REJECTED %s: %.400s", name,
                 failed != NULL ? failed->text : "");
}

static json_t *
error_object(enum ga_rc rc, const struct ga_error *err)
{
    return json_pack("{s:s,s:s,s:s,s:n}", "code", ga_error_name(rc), "class",
                     ga_class_name(ga_error_class(rc)), "text", err->text,
                     "offset");
}

/* docs/result.schema.json: a rejection before any device attested. */
static json_t *
rejection(const struct ppcie_round *r, const char *summary)
{
    char hex[2 * GA_NONCE_LEN + 1];

    ga_nonce_text(&r->nonce, hex);
    return json_pack("{s:i,s:s,s:b,s:s,s:[],s:[],s:[],s:n}", "result_code",
                     EXIT_REJECTED, "result_message", summary, "verified", 0,
                     "nonce", hex, "checks", "devices", "claims",
                     "detached_eat");
}

static json_t *
failure(int status, const char *summary, enum ga_rc rc,
        const struct ga_error *err)
{
    return json_pack("{s:i,s:s,s:[],s:n,s:o}", "result_code", status,
                     "result_message", summary, "claims", "detached_eat",
                     "error", error_object(rc, err));
}

static bool
put_json(json_t *object, const struct stages *stages, const char *ready)
{
    GA_AUTO(json_t) *v = object;
    GA_AUTO_FREE char *text = NULL;

    if (v == NULL ||
        json_object_set_new(v, "stages", stages_list(stages)) != 0 ||
        json_object_set_new(v, "ready", json_string(ready)) != 0)
        return false;
    text = ga_json_text(v, true);
    if (text == NULL)
        return false;
    puts(text);
    return true;
}

static void
print_json(const struct ppcie_round *r, const char *summary)
{
    json_t *v;

    if (r->rc != GA_OK)
        v = failure(ppcie_status(r), summary, r->rc, &r->err);
    else if (r->result != NULL)
        v = ga_result_object(r->result);
    else
        v = rejection(r, summary);
    if (!put_json(v, &r->stages, ready_word(r)))
        say("out of memory");
}

void
ppcie_print(const struct ppcie_round *r)
{
    char summary[GA_ERROR_TEXT];

    ppcie_summary(r, summary);
    if (r->o->format == FORMAT_JSON) {
        print_json(r, summary);
    } else {
        print_nonce(&r->nonce, stdout);
        stages_print(&r->stages, stdout);
        printf("ready state: %s\n", ready_word(r));
        if (r->rc == GA_OK && r->result != NULL)
            print_text(r->result, "set", stdout);
        else if (r->rc == GA_OK)
            puts(summary);
    }
    if (r->result != NULL)
        say_warnings(r->result);
    if (r->rc != GA_OK)
        say_words(r->o, r->rc, &r->err);
}

int
ppcie_lost(const struct options *o, const struct stages *stages, int status,
           const char *why, const char *ready)
{
    struct ga_error err = { 0 };
    enum ga_rc rc = status == EXIT_INTERNAL ? GA_E_INTERNAL : GA_E_UNREACHABLE;

    ga_fail(&err, rc, "%s", why);
    if (o->format != FORMAT_JSON) {
        stages_print(stages, stdout);
        printf("ready state: %s\n", ready);
    } else if (!put_json(failure(status, err.text, rc, &err), stages, ready)) {
        say("out of memory");
    }
    say("%s", why);
    return status;
}
