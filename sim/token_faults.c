/* SPDX-License-Identifier: Apache-2.0 */
/* A good answer taken apart, altered, and signed again. */
#include <openssl/evp.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "base/json.h"
#include "sim/token_work.h"
#include "token/eat.h"
#include "token/signer.h"

const struct sim_token_fault *
sim_token_fault_at(size_t i)
{
    if (i < sim_faults_form_count)
        return &sim_faults_form[i];
    i -= sim_faults_form_count;
    return i < sim_faults_claims_count ? &sim_faults_claims[i] : NULL;
}

const struct sim_token_fault *
sim_token_fault_find(const char *name)
{
    const struct sim_token_fault *f;

    for (size_t i = 0; (f = sim_token_fault_at(i)) != NULL; i++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static void
work_done(struct sim_fault_work *w)
{
    json_decref(w->overall);
    json_decref(w->devices);
    json_decref(w->tokens);
    json_decref(w->jwks);
    free(w->jws);
}

void
sim_fault_set(struct sim_fault_work *w, json_t *object, const char *name,
              json_t *v)
{
    if (json_object_set_new(object, name, v) != 0)
        w->failed = true;
}

static json_t *
nth(json_t *object, size_t i, const char **name)
{
    void *at = json_object_iter(object);

    for (; at != NULL && i > 0; i--)
        at = json_object_iter_next(object, at);
    *name = at != NULL ? json_object_iter_key(at) : NULL;
    return at != NULL ? json_object_iter_value(at) : NULL;
}

const char *
sim_fault_label(const struct sim_fault_work *w, size_t i)
{
    const char *name;

    (void)nth(w->devices, i, &name);
    return name;
}

json_t *
sim_fault_device(const struct sim_fault_work *w, size_t i)
{
    const char *name;

    return nth(w->devices, i, &name);
}

/* The claims of a good answer. */
static enum ga_rc
take_apart(struct sim_fault_work *w, const char *eat, struct ga_error *err)
{
    struct ga_eats eats = { 0 };
    enum ga_rc rc = ga_eats_add(ga_bytes_of(eat, strlen(eat)), &eats, err);

    if (rc == GA_OK && (eats.count != 1 || eats.submods < 2))
        rc = ga_fail(err, GA_E_BAD_VALUE,
                     "no detached EAT of two devices or more");
    if (rc == GA_OK) {
        w->overall = json_deep_copy(eats.eat[0].overall.claims);
        w->devices = json_object();
        w->tokens = json_object();
        w->failed = w->overall == NULL;
        for (size_t i = 0; i < eats.submods; i++)
            sim_fault_set(w, w->devices, eats.submod[i].name,
                          json_deep_copy(eats.submod[i].jws.claims));
    }
    ga_eats_done(&eats);
    return rc == GA_OK && w->failed ? ga_nomem(err) : rc;
}

static enum ga_rc
sign_devices(struct sim_fault_work *w, struct ga_error *err)
{
    const char *label;
    json_t *claims;

    json_object_foreach(w->devices, label, claims)
    {
        GA_AUTO_FREE char *jws = NULL;
        enum ga_rc rc = ga_jws_sign_json(w->signer, claims, &jws, err);

        if (rc != GA_OK)
            return rc;
        sim_fault_set(w, w->tokens, label, json_string(jws));
    }
    return GA_OK;
}

/* The digests of what was signed, as the overall token names them. */
static void
put_digests(struct sim_fault_work *w)
{
    json_t *submods = json_object(), *token;
    const char *label;

    json_object_foreach(w->tokens, label, token)
    {
        uint8_t sum[32];
        char hex[2 * sizeof(sum) + 1];
        unsigned n = 0;

        if (EVP_Digest(json_string_value(token), json_string_length(token), sum,
                       &n, EVP_sha256(), NULL) != 1)
            w->failed = true;
        ga_hex(ga_bytes_of(sum, sizeof(sum)), hex);
        sim_fault_set(w, submods, label,
                      json_pack("[s,[s,s]]", "DIGEST", "SHA-256", hex));
    }
    sim_fault_set(w, w->overall, "submods", submods);
}

char *
sim_fault_header(struct sim_fault_work *w, const char *name, json_t *v)
{
    GA_AUTO(json_t) *header =
        json_pack("{s:s,s:s}", "kid", ga_signer_kid(w->signer), "alg", "ES384");
    char *text;

    if (name != NULL)
        sim_fault_set(w, header, name, v);
    text = header != NULL ? ga_json_text(header, false) : NULL;
    w->failed = w->failed || text == NULL;
    return text;
}

void
sim_fault_sign(struct sim_fault_work *w, const struct ga_signer *by,
               const char *header, const char *payload)
{
    GA_AUTO_FREE char *usual = NULL, *claims = NULL;

    if (header == NULL)
        header = usual = sim_fault_header(w, NULL, NULL);
    if (payload == NULL)
        payload = claims = ga_json_text(w->overall, false);
    free(w->jws);
    w->jws = NULL;
    if (by == NULL || header == NULL || payload == NULL ||
        ga_jws_sign_header(by, ga_bytes_of(header, strlen(header)),
                           ga_bytes_of(payload, strlen(payload)), &w->jws,
                           NULL) != GA_OK)
        w->failed = true;
}

static enum ga_rc
make_jwks(struct sim_fault_work *w, struct ga_error *err)
{
    const struct ga_signer *const signers[] = { w->signer };
    GA_AUTO_FREE char *text = NULL;
    enum ga_rc rc = ga_jwks_make(signers, 1, &text, err);

    return rc == GA_OK
               ? ga_json_parse(ga_bytes_of(text, strlen(text)), &w->jwks, err)
               : rc;
}

static enum ga_rc
edit(struct sim_fault_work *w, const struct sim_token_fault *fault,
     enum sim_fault_stage stage, struct ga_error *err)
{
    if (fault->stage == stage && !w->failed)
        fault->edit(w);
    return w->failed ? ga_fail(err, GA_E_BAD_VALUE, "%s: cannot be put in",
                               fault->name)
                     : GA_OK;
}

static enum ga_rc
print(struct sim_fault_work *w, char **answer, char **jwks,
      struct ga_error *err)
{
    GA_AUTO(json_t) *whole = json_pack("[[s,s],O]", "JWT", w->jws, w->tokens);
    GA_AUTO_FREE char *text = whole != NULL ? ga_json_text(whole, false) : NULL;
    char *keys = ga_json_text(w->jwks, false);

    if (text == NULL || keys == NULL) {
        free(keys);
        return ga_nomem(err);
    }
    *answer = GA_TAKE(text);
    *jwks = keys;
    return GA_OK;
}

enum ga_rc
sim_token_fault_make(const struct sim_token_fault *fault,
                     const struct sim_token_keys *keys, const char *eat,
                     int64_t now, char **answer, char **jwks,
                     struct ga_error *err)
{
    struct sim_fault_work w = { .keys = keys,
                                .now = now,
                                .signer = keys->signer };
    enum ga_rc rc = take_apart(&w, eat, err);

    if (rc == GA_OK)
        rc = edit(&w, fault, SIM_FAULT_CLAIMS, err);
    if (rc == GA_OK)
        rc = sign_devices(&w, err);
    if (rc == GA_OK)
        rc = edit(&w, fault, SIM_FAULT_TOKENS, err);
    if (rc == GA_OK) {
        put_digests(&w);
        rc = edit(&w, fault, SIM_FAULT_DIGESTS, err);
    }
    if (rc == GA_OK)
        sim_fault_sign(&w, w.signer, NULL, NULL);
    if (rc == GA_OK)
        rc = edit(&w, fault, SIM_FAULT_ANSWER, err);
    if (rc == GA_OK)
        rc = make_jwks(&w, err);
    if (rc == GA_OK)
        rc = edit(&w, fault, SIM_FAULT_JWKS, err);
    if (rc == GA_OK)
        rc = print(&w, answer, jwks, err);
    work_done(&w);
    return rc;
}
