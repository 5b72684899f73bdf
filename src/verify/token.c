/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator for tokens: reads like rules 15 to 19. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "token/check.h"
#include "token/eat.h"
#include "token/profile.h"
#include "verify/run.h"
#include "verify/token_sent.h"

GA_DEFINE_AUTO_STRUCT(ga_result, ga_result_free);

/* One verification of tokens. */
struct token_run {
    struct ga_context *ctx;
    struct ga_token_rules rules;
    struct ga_eats eats;
    struct ga_result *result;
    bool has_evidence;
    struct ga_sent sent;
};

static void
run_done(struct token_run *run)
{
    ga_eats_done(&run->eats);
    ga_sent_done(&run->sent);
}

/* ---- a device of the result ---- */

static const char *
claim(const struct ga_submod *s, const char *name)
{
    return json_string_value(json_object_get(s->jws.claims, name));
}

static void
take_text(const char *text, char *out, size_t cap)
{
    if (text != NULL)
        ga_escape(text, strlen(text), out, cap);
}

/* What the token says of it, and, where evidence was sent, what that says and a
 * token does not. */
static void
fill_device(const struct token_run *run, const struct ga_submod *s, size_t i)
{
    struct ga_device *d = &run->result->device[i];
    const struct ga_device *sent = ga_sent_for(&run->sent, s);
    enum ga_kind kind = ga_token_kind(s->jws.claims);
    bool nvswitch;

    d->by_token = true;
    d->kind = s->label[0] != '\0' ? s->kind : kind;
    nvswitch = d->kind == GA_KIND_SWITCH;
    if (s->label[0] != '\0')
        snprintf(d->label, sizeof(d->label), "%s", s->label);
    else
        snprintf(d->label, sizeof(d->label), "%s-%u",
                 s->name != NULL || kind == GA_KIND_UNKNOWN ? "TOKEN"
                 : nvswitch                                 ? "SWITCH"
                                                            : "GPU",
                 (unsigned)(i % GA_DEVICES_MAX));
    d->signed_claims = json_incref(s->jws.claims);
    take_text(claim(s, "ueid"), d->ueid, sizeof(d->ueid));
    take_text(claim(s, "hwmodel"), d->hwmodel, sizeof(d->hwmodel));
    take_text(claim(s, "x-nvidia-gpu-driver-version"), d->driver,
              sizeof(d->driver));
    take_text(claim(s, nvswitch ? "x-nvidia-switch-bios-version"
                                : "x-nvidia-gpu-vbios-version"),
              d->vbios, sizeof(d->vbios));
    if (sent == NULL)
        return;
    d->chip = sent->chip;
    d->mode = sent->mode;
    memcpy(d->device_id, sent->device_id, sizeof(d->device_id));
    memcpy(d->pdi, sent->pdi, sizeof(d->pdi));
}

/* ---- checks of a device's token ---- */

static bool
is_listed(const struct ga_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], text) == 0)
            return true;
    return false;
}

/* token.device: where nothing was sent, the caller's list says whom it may
 * speak of. */
static void
check_device(const struct token_run *run, const struct ga_submod *s,
             struct ga_check *c)
{
    const struct ga_list *listed = &run->ctx->set->expect_ueid;
    const char *ueid = claim(s, "ueid");

    if (!run->has_evidence && listed->count == 0) {
        ga_check_none(c, GA_R_NOT_EXPECTED,
                      "neither evidence nor expect-ueid was given");
        return;
    }
    if (s->jws.claims == NULL || ga_token_refused(s->jws.claims)) {
        ga_check_unmade(c, GA_R_DEPENDS, "the token does not say whose it is");
        return;
    }
    if (run->has_evidence)
        ga_sent_check(&run->sent, s, c);
    if (listed->count > 0 && ueid == NULL)
        ga_check_fail(c, GA_R_ABSENT, "ueid is absent");
    else if (listed->count > 0 && !is_listed(listed, ueid))
        ga_check_fail(c, GA_R_MISMATCH, "ueid \"%.60s\" is not listed", ueid);
    ga_check_pass(c);
}

/* ---- pins ---- */

static enum ga_rc
warn(struct token_run *run, const char *line, struct ga_error *err)
{
    char text[GA_ERROR_TEXT];

    ga_escape(line, strlen(line), text, sizeof(text));
    return ga_texts_add(&run->result->warnings, text) ? GA_OK : ga_nomem(err);
}

/* A pin that ends soon needs one that follows it, before it does. */
static enum ga_rc
note_pin(struct token_run *run, const struct ga_pin *pin, struct ga_error *err)
{
    char line[160], until[GA_TIME_TEXT];

    if (pin == NULL ||
        run->rules.at < ga_time_plus(pin->not_after, -GA_PIN_WARNING))
        return GA_OK;
    ga_time_text(pin->not_after, until);
    snprintf(line, sizeof(line), "token anchor %s ends %s: add the next one",
             pin->name, until);
    return warn(run, line, err);
}

/* ---- one EAT ---- */

static const char *
version_of(const struct ga_eat *eat)
{
    return json_string_value(
        json_object_get(eat->overall.claims, "x-nvidia-ver"));
}

static enum ga_rc
check_submod(struct token_run *run, const struct ga_eat *eat, size_t i,
             struct ga_error *err)
{
    const struct ga_submod *s = &run->eats.submod[i];
    struct ga_device *d = &run->result->device[i];
    const char *version = version_of(eat);
    const struct ga_pin *pin;
    enum ga_kind kind;
    /* A token that does not say its version fails by itself. */
    unsigned profile = version != NULL ? ga_profile_of(version)
                                       : ga_profile_guess(s->jws.claims);

    fill_device(run, s, i);
    ga_token_check(&s->jws, &run->rules, d->check, &pin);
    check_device(run, s, &d->check[GA_CHECK_TOKEN_DEVICE]);
    /* By what it says, not by its label: token.submods compares the two. */
    kind = ga_token_kind(s->jws.claims);
    ga_device_result_check(s->jws.claims, kind, profile,
                           run->ctx->set->allow_hold,
                           &d->check[GA_CHECK_TOKEN_RESULT]);
    return note_pin(run, pin, err);
}

/* A second overall token must hold as the first one does: its checks are added
 * to the same rows. */
static void
add_check(struct ga_check *all, const struct ga_check *one)
{
    if (one->state == GA_FAILED) {
        ga_check_fail(all, one->reason, "%s", one->text);
        all->all |= one->all;
        all->incomplete = all->incomplete || one->incomplete;
    } else if (one->state == GA_NOT_CHECKED) {
        ga_check_unmade(all, one->reason, "%s", one->text);
    }
    ga_check_pass(all);
}

/* Of every overall token: a policy's rules are about each. */
static bool
keep_overall(struct ga_result *r, json_t *claims)
{
    if (claims == NULL)
        return true;
    if (r->overall == NULL)
        r->overall = json_array();
    return json_array_append(r->overall, claims) == 0;
}

static enum ga_rc
check_overall(struct token_run *run, const struct ga_eat *eat,
              struct ga_error *err)
{
    static const enum ga_check_id ids[] = {
        GA_CHECK_TOKEN_SIGNATURE, GA_CHECK_TOKEN_CHAIN, GA_CHECK_TOKEN_ISSUER,
        GA_CHECK_TOKEN_TIME,      GA_CHECK_TOKEN_NONCE, GA_CHECK_TOKEN_RESULT,
    };
    GA_AUTO_FREE struct ga_check *one = calloc(GA_CHECK_COUNT, sizeof(*one));
    const struct ga_pin *pin = NULL;

    if (one == NULL)
        return ga_nomem(err);
    if (eat->has_overall) {
        ga_token_check(&eat->overall, &run->rules, one, &pin);
        ga_overall_result_check(eat->overall.claims, run->ctx->set->allow_hold,
                                &one[GA_CHECK_TOKEN_RESULT]);
    }
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct ga_check *all = &run->result->check[ids[i]];

        if (eat->has_overall)
            add_check(all, &one[ids[i]]);
        else
            ga_check_none(all, GA_R_NO_FIELD,
                          "a device's token alone, without an overall one");
    }
    if (!keep_overall(run->result, eat->overall.claims))
        return ga_nomem(err);
    return note_pin(run, pin, err);
}

/* ---- tokens together ---- */

static void
check_kind_count(const struct token_run *run, enum ga_kind kind,
                 int64_t expected, const char *what, struct ga_check *c)
{
    const struct ga_result *r = run->result;
    int64_t have = 0, were_sent = 0;

    for (size_t i = 0; i < r->device_count; i++)
        have += r->device[i].kind == kind;
    for (size_t i = 0; i < run->sent.count; i++)
        were_sent += run->sent.item[i].device.kind == kind;
    if (run->has_evidence && have != were_sent)
        ga_check_fail(c, GA_R_COUNT_OTHER,
                      "tokens of %lld %s, evidence was sent of %lld",
                      (long long)have, what, (long long)were_sent);
    if (expected >= 0 && have != expected)
        ga_check_fail(c, GA_R_COUNT_OTHER, "tokens of %lld %s, not %lld",
                      (long long)have, what, (long long)expected);
}

static void
check_count(const struct token_run *run)
{
    const struct ga_settings *set = run->ctx->set;
    struct ga_check *c = &run->result->check[GA_CHECK_TOKEN_COUNT];

    check_kind_count(run, GA_KIND_GPU, set->expect_gpus, "GPUs", c);
    check_kind_count(run, GA_KIND_SWITCH, set->expect_switches, "NVSwitches",
                     c);
    if (!run->has_evidence && set->expect_gpus < 0 && set->expect_switches < 0)
        ga_check_none(c, GA_R_NOT_EXPECTED, "no number was expected");
    ga_check_pass(c);
}

static bool
same_claim(const struct ga_submod *a, const struct ga_submod *b,
           const char *name)
{
    const char *x = claim(a, name), *y = claim(b, name);

    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static void
check_pair(const struct token_run *run, size_t i, size_t k, struct ga_check *c)
{
    const struct ga_submod *a = &run->eats.submod[k];
    const struct ga_submod *b = &run->eats.submod[i];
    const char *what = NULL;

    if (ga_bytes_equal(a->jws.text, b->jws.text))
        what = "the same token";
    else if (same_claim(a, b, "ueid"))
        what = "tokens of one ueid";
    else if (same_claim(a, b, "jti"))
        what = "tokens of one jti";
    if (what != NULL)
        ga_check_fail(c, GA_R_SAME_DEVICE, "%s and %s are %s",
                      run->result->device[k].label,
                      run->result->device[i].label, what);
}

static void
check_distinct(const struct token_run *run)
{
    struct ga_check *c = &run->result->check[GA_CHECK_TOKEN_DISTINCT];

    for (size_t i = 0; i < run->eats.submods; i++) {
        for (size_t k = 0; k < i; k++)
            check_pair(run, i, k, c);
        if (run->eats.submod[i].jws.claims == NULL)
            ga_check_unmade(c, GA_R_DEPENDS, "%s: the claims cannot be read",
                            run->result->device[i].label);
    }
    ga_check_pass(c);
}

/* ---- the result ---- */

static enum ga_rc
note_warnings(struct token_run *run, struct ga_error *err)
{
    struct ga_result *r = run->result;
    enum ga_rc rc = GA_OK;

    if (run->eats.wrapped)
        rc = warn(run,
                  "the outer token is passed over: nobody that is known "
                  "signed it",
                  err);
    if (rc == GA_OK && run->ctx->pins.custom && !r->custom_allowed)
        rc = warn(run, "anchors that are not built in were configured", err);
    for (size_t i = 0; i < r->device_count && rc == GA_OK; i++) {
        const char *said =
            claim(&run->eats.submod[i], "x-nvidia-attestation-warning");
        char line[GA_ERROR_TEXT];

        if (said == NULL)
            continue;
        snprintf(line, sizeof(line), "%s: %.400s", r->device[i].label, said);
        rc = warn(run, line, err);
    }
    return rc;
}

/* The signer's own word on its anchors. */
static bool
says_custom(const json_t *claims)
{
    const char *text =
        json_string_value(json_object_get(claims, "x-gpuattest-anchors"));

    return text != NULL && strcmp(text, "builtin") != 0;
}

static bool
any_custom(const struct token_run *run)
{
    bool custom = run->ctx->pins.custom;

    for (size_t i = 0; i < run->eats.count; i++)
        custom = custom || says_custom(run->eats.eat[i].overall.claims);
    for (size_t i = 0; i < run->eats.submods; i++)
        custom = custom || says_custom(run->eats.submod[i].jws.claims);
    return custom;
}

/* ["JWT",t] and the devices' tokens of one EAT. */
static json_t *
eat_object(const struct ga_eats *all, const struct ga_eat *eat)
{
    GA_AUTO(json_t) *tokens = json_object();

    for (size_t i = eat->first; i < eat->first + eat->count; i++) {
        struct ga_bytes text = all->submod[i].jws.text;

        if (json_object_set_new(
                tokens, all->submod[i].name,
                json_stringn((const char *)text.ptr, text.len)) != 0)
            return NULL;
    }
    return json_pack("[[s,s%],O]", "JWT", (const char *)eat->overall.text.ptr,
                     eat->overall.text.len, tokens);
}

/* What was presented, in the form that is read again; a token alone is no
 * EAT. */
static enum ga_rc
keep_eats(struct token_run *run, struct ga_error *err)
{
    GA_AUTO(json_t) *list = json_array();

    for (size_t i = 0; i < run->eats.count; i++) {
        if (!run->eats.eat[i].has_overall ||
            (run->eats.roots == 0 && run->eats.eat[i].count == 0))
            return GA_OK;
        if (json_array_append_new(
                list, eat_object(&run->eats, &run->eats.eat[i])) != 0)
            return ga_nomem(err);
    }
    run->result->detached_eat = json_array_size(list) == 1
                                    ? json_incref(json_array_get(list, 0))
                                    : GA_TAKE(list);
    return GA_OK;
}

static enum ga_rc
check_all(struct token_run *run, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    for (size_t i = 0; i < run->eats.count && rc == GA_OK; i++) {
        const struct ga_eat *eat = &run->eats.eat[i];

        rc = check_overall(run, eat, err);
        for (size_t k = eat->first; k < eat->first + eat->count && rc == GA_OK;
             k++)
            rc = check_submod(run, eat, k, err);
        ga_eat_check(&run->eats, eat,
                     &run->result->check[GA_CHECK_TOKEN_SUBMODS]);
    }
    if (rc != GA_OK)
        return rc;
    ga_sent_check_nonces(&run->sent, &run->result->check[GA_CHECK_TOKEN_NONCE]);
    check_count(run);
    check_distinct(run);
    rc = note_warnings(run, err);
    return rc == GA_OK ? keep_eats(run, err) : rc;
}

/* What a malformed token is an error with, beside the result. */
static void
note_error(struct token_run *run)
{
    struct ga_result *r = run->result;
    const struct ga_check *c = &r->check[GA_CHECK_TOKEN_SIGNATURE];

    for (size_t i = 0; c->state != GA_FAILED && i < r->device_count; i++)
        c = &r->device[i].check[GA_CHECK_TOKEN_SIGNATURE];
    if (c->state == GA_FAILED)
        ga_fail(&r->error,
                c->reason == GA_R_DUPLICATE ? GA_E_DUPLICATE : GA_E_SYNTAX,
                "token: %s", c->text);
}

static enum ga_rc
judge(struct token_run *run, struct ga_error *err)
{
    const struct ga_context *ctx = run->ctx;
    struct ga_result *r = run->result;
    enum ga_rc rc = ga_result_judge(r, &ctx->relax, err);

    if (rc != GA_OK)
        return rc;
    if (r->verdict == GA_VERDICT_MALFORMED)
        note_error(run);
    /* Without a device there is nothing to ask policies about. */
    return r->device_count > 0
               ? ga_policies_ask(&ctx->policies, ctx->set, r, err)
               : GA_OK;
}

static enum ga_rc
cancelled(const struct ga_context *ctx, struct ga_error *err)
{
    return atomic_load(&ctx->cancelled)
               ? ga_fail(err, GA_E_CANCELLED, "cancelled by the caller")
               : GA_OK;
}

static enum ga_rc
make(struct token_run *run, const struct ga_nonce *nonce,
     const struct ga_jwks *jwks, struct ga_result **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_result) *result = NULL;
    const struct ga_settings *set = run->ctx->set;
    enum ga_rc rc =
        ga_result_new(run->eats.submods, GA_SCOPE_TOKEN, &result, err);

    if (rc != GA_OK)
        return rc;
    run->result = result;
    run->rules = (struct ga_token_rules){
        .jwks = jwks,
        .pins = &run->ctx->pins,
        .facts = run->ctx->facts,
        .issuer = run->ctx->issuer,
        .nonce = nonce,
        .at = ga_context_time(run->ctx),
        .leeway = set->token_leeway,
    };
    result->nonce = *nonce;
    result->has_nonce = true;
    result->at = run->rules.at;
    result->at_given = set->at != GA_TIME_NONE;
    result->custom_anchors = any_custom(run);
    result->custom_allowed = set->allow_custom_anchors;
    result->tokens_given = !run->has_evidence;
    rc = cancelled(run->ctx, err);
    if (rc == GA_OK)
        rc = check_all(run, err);
    if (rc == GA_OK)
        rc = judge(run, err);
    if (rc == GA_OK)
        *out = GA_TAKE(result);
    return rc;
}

enum ga_rc
ga_token_verify(struct ga_context *ctx, const struct ga_jwks *jwks,
                const void *token, size_t len, const struct ga_nonce *nonce,
                struct ga_result **out, struct ga_error *err)
{
    struct token_run run = { .ctx = ctx };
    enum ga_rc rc;

    if (ctx == NULL || jwks == NULL || token == NULL || nonce == NULL ||
        out == NULL)
        return ga_fail(err, GA_E_INVAL, "token: NULL");
    rc = ga_eats_add(ga_bytes_of(token, len), &run.eats, err);
    if (rc == GA_OK)
        rc = make(&run, nonce, jwks, out, err);
    run_done(&run);
    return rc;
}

enum ga_rc
ga_token_verify_sent(struct ga_context *ctx, const struct ga_jwks *jwks,
                     const struct ga_token_answer *answers, size_t count,
                     const struct ga_evidence *evidence,
                     const struct ga_nonce *nonce, struct ga_result **out,
                     struct ga_error *err)
{
    struct token_run run = { .ctx = ctx };
    enum ga_rc rc;

    if (ctx == NULL || jwks == NULL || answers == NULL || count == 0 ||
        nonce == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "token: NULL");
    run.has_evidence = true;
    rc = ga_sent_read(ctx, evidence, nonce, &run.sent, err);
    for (size_t i = 0; i < count && rc == GA_OK; i++)
        rc = answers[i].data != NULL
                 ? ga_eats_add(ga_bytes_of(answers[i].data, answers[i].len),
                               &run.eats, err)
                 : ga_fail(err, GA_E_INVAL, "token: NULL");
    if (rc == GA_OK)
        rc = make(&run, nonce, jwks, out, err);
    run_done(&run);
    return rc;
}

size_t
ga_token_unknown_kids(const struct ga_jwks *jwks, const void *token, size_t len)
{
    struct ga_eats eats = { 0 };
    size_t unknown = 0;

    if (token != NULL &&
        ga_eats_add(ga_bytes_of(token, len), &eats, NULL) == GA_OK) {
        for (size_t i = 0; i < eats.count; i++)
            unknown += eats.eat[i].overall.kid != NULL &&
                       ga_jwks_find(jwks, eats.eat[i].overall.kid) == NULL;
        for (size_t i = 0; i < eats.submods; i++)
            unknown += eats.submod[i].jws.kid != NULL &&
                       ga_jwks_find(jwks, eats.submod[i].jws.kid) == NULL;
    }
    ga_eats_done(&eats);
    return unknown;
}
