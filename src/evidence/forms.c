/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which tools write evidence: what is peeled off until the items
 * are found, and the names that their members have.  docs/evidence.md shows
 * both tables and is compared with them by a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/chips.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/limits.h"
#include "evidence/forms.h"
#include "gpuattest/nonce.h"

/* clang-format off */
const struct ga_wrapper ga_wrappers[] = {
    { "evidence_list",        true },
    { "evidences",            true },
    { "device_evidence_list", true },
    { "nvidia_payload",       false },
    { "py/state",             true },
    { "py/tuple",             true },
};

/* Source: nvtrust, cc_admin.py, nvswitch_admin.py and nvml/__init__.py for the
 * names that its jsonpickle dumps and its older lists have. */
const struct ga_member ga_members[] = {
    { "evidence",                GA_FIELD_EVIDENCE },
    { "attestationReportHexStr", GA_FIELD_EVIDENCE },
    { "attestation_report",      GA_FIELD_EVIDENCE },
    { "AttestationReport",       GA_FIELD_EVIDENCE },
    { "certificate",             GA_FIELD_CERTIFICATE },
    { "certChainBase64Encoded",  GA_FIELD_CERTIFICATE },
    { "attestation_cert_chain",  GA_FIELD_CERTIFICATE },
    { "CertificateChains",       GA_FIELD_CERTIFICATE },
    { "arch",                    GA_FIELD_ARCH },
    { "GPUArchitecture",         GA_FIELD_ARCH },
    { "nonce",                   GA_FIELD_NONCE },
    { "gpu_nonce",               GA_FIELD_NONCE },
};
/* clang-format on */

const size_t ga_wrapper_count = sizeof(ga_wrappers) / sizeof(ga_wrappers[0]);
const size_t ga_member_count = sizeof(ga_members) / sizeof(ga_members[0]);

void
ga_words_done(struct ga_words *words)
{
    free(words->arch);
    free(words->nonce);
    *words = (struct ga_words){ 0 };
}

void
ga_form_done(struct ga_form *form)
{
    json_decref(form->root);
    ga_words_done(&form->around);
    *form = (struct ga_form){ 0 };
}

enum ga_rc
ga_members_find(const json_t *object, enum ga_field field, const char **key,
                const json_t **out, struct ga_error *err)
{
    const struct ga_member *found = NULL;
    const json_t *value = NULL;

    for (size_t i = 0; i < ga_member_count; i++) {
        const struct ga_member *m = &ga_members[i];
        const json_t *v = json_object_get(object, m->key);

        if (m->field != field || v == NULL || json_is_null(v))
            continue;
        if (found != NULL)
            return ga_fail(err, GA_E_DUPLICATE, "both %s and %s", found->key,
                           m->key);
        found = m;
        value = v;
    }
    *key = found != NULL ? found->key : NULL;
    *out = value;
    return GA_OK;
}

static enum ga_rc
take_word(const json_t *v, bool numbers, char **out, struct ga_error *err)
{
    char digits[32];
    const char *text = json_string_value(v);

    if (numbers && json_is_integer(v)) {
        snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(v));
        text = digits;
    }
    if (text == NULL)
        return ga_fail(err, GA_E_BAD_VALUE,
                       numbers ? "neither text nor a whole number"
                               : "not text");
    if (strlen(text) > GA_EVIDENCE_WORD_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, not 0 to %d",
                       strlen(text), GA_EVIDENCE_WORD_MAX);
    *out = strdup(text);
    return *out != NULL ? GA_OK : ga_nomem(err);
}

static enum ga_rc
read_word(const json_t *object, enum ga_field field, char **out,
          struct ga_error *err)
{
    const char *key = NULL;
    const json_t *v = NULL;
    enum ga_rc rc = ga_members_find(object, field, &key, &v, err);

    if (rc != GA_OK || v == NULL)
        return rc;
    return ga_within(err, take_word(v, field == GA_FIELD_ARCH, out, err), "%s",
                     key);
}

enum ga_rc
ga_words_read(const json_t *object, struct ga_words *out, struct ga_error *err)
{
    enum ga_rc rc = read_word(object, GA_FIELD_ARCH, &out->arch, err);

    if (rc == GA_OK)
        rc = read_word(object, GA_FIELD_NONCE, &out->nonce, err);
    if (rc != GA_OK)
        ga_words_done(out);
    return rc;
}

/* Names of one architecture, in any case or as NVML's number. */
static bool
same_arch(const char *a, const char *b)
{
    if (strcasecmp(a, b) == 0)
        return true;
    for (size_t i = 0; i < ga_chip_count; i++)
        if (ga_chip_is_arch(&ga_chips[i], a) &&
            ga_chip_is_arch(&ga_chips[i], b))
            return true;
    return false;
}

static bool
same_nonce(const char *a, const char *b)
{
    struct ga_nonce x, y;

    if (ga_nonce_parse(a, &x, NULL) == GA_OK &&
        ga_nonce_parse(b, &y, NULL) == GA_OK)
        return ga_bytes_equal(ga_bytes_of(x.bytes, sizeof(x.bytes)),
                              ga_bytes_of(y.bytes, sizeof(y.bytes)));
    return strcmp(a, b) == 0;
}

static enum ga_rc
join(const char *name, bool (*same)(const char *, const char *), char **inner,
     const char *outer, struct ga_error *err)
{
    if (outer == NULL)
        return GA_OK;
    if (*inner == NULL) {
        *inner = strdup(outer);
        return *inner != NULL ? GA_OK : ga_nomem(err);
    }
    if (same(*inner, outer))
        return GA_OK;
    return ga_fail(err, GA_E_BAD_VALUE, "%s: \"%s\" inside, \"%s\" around it",
                   name, *inner, outer);
}

enum ga_rc
ga_words_join(struct ga_words *inner, const struct ga_words *outer,
              struct ga_error *err)
{
    enum ga_rc rc = join("arch", same_arch, &inner->arch, outer->arch, err);

    if (rc == GA_OK)
        rc = join("nonce", same_nonce, &inner->nonce, outer->nonce, err);
    return rc;
}

/* The form that is being peeled, and how many encodings came off. */
struct peel {
    struct ga_form form;
    unsigned layers;
};

static enum ga_rc
one_layer_more(struct peel *p, struct ga_error *err)
{
    if (++p->layers <= GA_EVIDENCE_LAYERS_MAX)
        return GA_OK;
    return ga_fail(err, GA_E_TOO_LARGE, "more than %d encodings around it",
                   GA_EVIDENCE_LAYERS_MAX);
}

/* Returns the first byte that is no white space, or -1. */
static int
first_byte(struct ga_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", text.ptr[i]) == NULL || text.ptr[i] == '\0')
            return text.ptr[i];
    return -1;
}

/* What is often named in place of evidence, by how it begins. */
static const struct {
    const char *begin, *what;
} others[] = {
    { "\x11\xe0", "a raw report; it comes with its certificates: verify "
                  "--report FILE --chain FILE" },
    { "-----BEGIN ", "PEM; certificates come with their report: verify "
                     "--report FILE --chain FILE" },
    { "<", "XML; RIMs are looked for in a directory: --rim-dir DIR" },
};

/* Returns what `text` is instead, or NULL. */
static const char *
other_kind(struct ga_bytes text)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        size_t n = strlen(others[i].begin);

        if (text.len >= n && memcmp(text.ptr, others[i].begin, n) == 0)
            return others[i].what;
    }
    return NULL;
}

/* Parses text that is JSON, or base64 of it, once or more. */
static enum ga_rc
open_text(struct peel *p, struct ga_bytes text, struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf decoded = { 0 };
    json_t *v = NULL;
    enum ga_rc rc;
    int c;

    for (c = first_byte(text); c != '[' && c != '{' && c != '"';
         c = first_byte(text)) {
        struct ga_buf next = { 0 };

        if (c < 0)
            return ga_fail_at(err, GA_E_SYNTAX, 0, "empty");
        if (p->layers == 0 && other_kind(text) != NULL)
            return ga_fail(err, GA_E_SYNTAX, "no evidence but %s",
                           other_kind(text));
        rc = ga_base64_decode(
            (const char *)text.ptr, text.len,
            GA_BASE64_EITHER | GA_BASE64_BARE | GA_BASE64_LINES, &next, err);
        if (rc != GA_OK)
            return ga_within(err, rc, "neither JSON nor base64 of it");
        ga_buf_done(&decoded);
        decoded = next;
        text = ga_view(&decoded);
        rc = one_layer_more(p, err);
        if (rc != GA_OK)
            return rc;
    }
    rc = ga_json_parse(text, &v, err);
    if (rc != GA_OK)
        return decoded.ptr != NULL ? ga_within(err, rc, "inside base64") : rc;
    /* `text` may lie in the old root: only now it is done with. */
    json_decref(p->form.root);
    p->form.root = v;
    p->form.at = v;
    return GA_OK;
}

static enum ga_rc
open_string(struct peel *p, struct ga_error *err)
{
    const json_t *s = p->form.at;
    unsigned layer = p->layers + 1;
    enum ga_rc rc = one_layer_more(p, err);

    if (rc != GA_OK)
        return rc;
    rc = open_text(p, ga_bytes_of(json_string_value(s), json_string_length(s)),
                   err);
    return ga_within(err, rc, "inside text of layer %u", layer);
}

static enum ga_rc
find_wrapper(const json_t *object, const struct ga_wrapper **out,
             struct ga_error *err)
{
    const struct ga_wrapper *found = NULL;

    for (size_t i = 0; i < ga_wrapper_count; i++) {
        const json_t *v = json_object_get(object, ga_wrappers[i].key);

        if (v == NULL || json_is_null(v))
            continue;
        if (found != NULL)
            return ga_fail(err, GA_E_DUPLICATE, "both %s and %s", found->key,
                           ga_wrappers[i].key);
        found = &ga_wrappers[i];
    }
    *out = found;
    return GA_OK;
}

/* A document with devices in it must not look like a device as well. */
static enum ga_rc
not_an_item_too(const json_t *object, const char *wrapper, struct ga_error *err)
{
    const char *evidence = NULL, *certificate = NULL;
    const json_t *v;
    enum ga_rc rc =
        ga_members_find(object, GA_FIELD_EVIDENCE, &evidence, &v, err);

    if (rc == GA_OK)
        rc = ga_members_find(object, GA_FIELD_CERTIFICATE, &certificate, &v,
                             err);
    if (rc == GA_OK && evidence != NULL && certificate != NULL)
        rc = ga_fail(err, GA_E_DUPLICATE, "both %s and %s", wrapper, evidence);
    return rc;
}

/* Goes from an object to what it wraps. */
static enum ga_rc
enter(struct peel *p, const struct ga_wrapper *w, struct ga_error *err)
{
    struct ga_words said = { 0 };
    enum ga_rc rc = not_an_item_too(p->form.at, w->key, err);

    if (rc == GA_OK && w->shares)
        rc = ga_words_read(p->form.at, &said, err);
    if (rc == GA_OK)
        rc = ga_words_join(&said, &p->form.around, err);
    if (rc != GA_OK) {
        ga_words_done(&said);
        return rc;
    }
    ga_words_done(&p->form.around);
    p->form.around = said;
    p->form.at = json_object_get(p->form.at, w->key);
    return GA_OK;
}

/* Each turn goes one level down or takes one encoding off; both are bounded. */
static enum ga_rc
peel(struct peel *p, struct ga_error *err)
{
    enum ga_rc rc = GA_OK;

    while (rc == GA_OK && !json_is_array(p->form.at)) {
        const struct ga_wrapper *w = NULL;

        if (json_is_string(p->form.at)) {
            rc = open_string(p, err);
            continue;
        }
        if (!json_is_object(p->form.at))
            return ga_fail(err, GA_E_BAD_VALUE,
                           "neither a list nor an object of devices");
        rc = find_wrapper(p->form.at, &w, err);
        if (rc != GA_OK || w == NULL)
            return rc;
        rc = enter(p, w, err);
    }
    return rc;
}

enum ga_rc
ga_forms_open(struct ga_bytes input, struct ga_form *out, struct ga_error *err)
{
    struct peel p = { 0 };
    enum ga_rc rc = open_text(&p, input, err);

    if (rc == GA_OK)
        rc = peel(&p, err);
    if (rc == GA_OK)
        *out = p.form;
    else
        ga_form_done(&p.form);
    return rc;
}
