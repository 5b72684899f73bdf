/* SPDX-License-Identifier: Apache-2.0 */
/* The list of devices' evidence: how it grows, and what it shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/json.h"
#include "evidence/blob.h"
#include "evidence/evidence.h"
#include "evidence/forms.h"

typedef struct ga_evidence ga_evidence;
GA_DEFINE_AUTO(ga_evidence, ga_evidence_free);

static void
auto_form(struct ga_form *form)
{
    ga_form_done(form);
}
#define AUTO_FORM __attribute__((cleanup(auto_form)))

static void
item_done(struct ga_item *item)
{
    ga_buf_done(&item->report);
    ga_buf_done(&item->chain);
    free(item->arch);
    free(item->nonce);
    free(item->source);
    *item = (struct ga_item){ 0 };
}
#define AUTO_ITEM __attribute__((cleanup(item_done)))

enum ga_rc
ga_evidence_new(struct ga_evidence **out, struct ga_error *err)
{
    struct ga_evidence *e;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: nowhere to put it");
    e = calloc(1, sizeof(*e));
    if (e == NULL)
        return ga_nomem(err);
    *out = e;
    return GA_OK;
}

void
ga_evidence_free(struct ga_evidence *evidence)
{
    if (evidence == NULL)
        return;
    for (size_t i = 0; i < evidence->count; i++)
        item_done(&evidence->item[i]);
    free(evidence);
}

enum ga_rc
ga_evidence_join(struct ga_evidence *to, struct ga_evidence *from,
                 struct ga_error *err)
{
    if (from->count > GA_DEVICES_MAX - to->count)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    for (size_t i = 0; i < from->count; i++)
        to->item[to->count++] = from->item[i];
    from->count = 0;
    return GA_OK;
}

/* "gpu.json item 3", or "gpu.json" where `number` is 0. */
static char *
source_text(const char *name, size_t number)
{
    char escaped[GA_ERROR_TEXT], text[GA_ERROR_TEXT + 32];

    ga_escape(name, strlen(name), escaped, sizeof(escaped));
    if (number > 0)
        snprintf(text, sizeof(text), "%s item %zu", escaped, number);
    else
        snprintf(text, sizeof(text), "%s", escaped);
    return strdup(text);
}

static enum ga_rc
read_blob(const json_t *object, enum ga_field field, enum ga_blob kind,
          struct ga_buf *out, struct ga_error *err)
{
    const char *key = NULL;
    const json_t *v = NULL;
    enum ga_rc rc = ga_members_find(object, field, &key, &v, err);

    if (rc != GA_OK)
        return rc;
    if (v == NULL)
        return ga_fail(err, GA_E_MISSING, "no %s",
                       kind == GA_BLOB_REPORT ? "evidence" : "certificate");
    return ga_within(err, ga_blob_json(v, kind, out, err), "%s", key);
}

/* A detached EAT is a list whose first item is ["JWT", token]. */
static bool
is_jwt(const json_t *v)
{
    const char *word = json_string_value(json_array_get(v, 0));

    return word != NULL && strcmp(word, "JWT") == 0;
}

/* jsonpickle's way of writing an object with a state of its own.  What stands
 * beside the state and is of the device is refused: it would be dropped without
 * a word. */
static enum ga_rc
enter_state(const json_t **v, struct ga_error *err)
{
    const json_t *state, *beside;
    const char *key;

    while ((state = json_object_get(*v, "py/state")) != NULL) {
        for (unsigned f = 0; f < GA_FIELD_COUNT; f++) {
            enum ga_rc rc =
                ga_members_find(*v, (enum ga_field)f, &key, &beside, err);

            if (rc == GA_OK && beside != NULL)
                rc = ga_fail(err, GA_E_DUPLICATE, "both py/state and %s", key);
            if (rc != GA_OK)
                return rc;
        }
        *v = state;
    }
    return GA_OK;
}

static enum ga_rc
read_item(const json_t *v, const struct ga_words *around, struct ga_item *item,
          struct ga_error *err)
{
    struct ga_words words = { 0 };
    enum ga_rc rc = enter_state(&v, err);

    if (rc != GA_OK)
        return rc;
    if (!json_is_object(v))
        return ga_fail(err, GA_E_BAD_VALUE, "not an object%s",
                       is_jwt(v) ? " but a token, which verify-token reads"
                                 : "");
    rc = read_blob(v, GA_FIELD_EVIDENCE, GA_BLOB_REPORT, &item->report, err);
    if (rc == GA_OK)
        rc = read_blob(v, GA_FIELD_CERTIFICATE, GA_BLOB_CHAIN, &item->chain,
                       err);
    if (rc == GA_OK)
        rc = ga_words_read(v, &words, err);
    if (rc == GA_OK)
        rc = ga_words_join(&words, around, err);
    item->arch = words.arch;
    item->nonce = words.nonce;
    return rc;
}

/* Appends one item; `number` as in source_text(). */
static enum ga_rc
take_item(struct ga_evidence *e, const json_t *v, const struct ga_form *form,
          const char *name, size_t number, struct ga_error *err)
{
    AUTO_ITEM struct ga_item item = { 0 };
    enum ga_rc rc = read_item(v, &form->around, &item, err);

    if (rc != GA_OK)
        return number > 0 ? ga_within(err, rc, "item %zu", number) : rc;
    item.source = source_text(name, number);
    if (item.source == NULL)
        return ga_nomem(err);
    e->item[e->count++] = item;
    item = (struct ga_item){ 0 };
    return GA_OK;
}

static enum ga_rc
take_items(struct ga_evidence *e, const struct ga_form *form, const char *name,
           struct ga_error *err)
{
    size_t n = json_array_size(form->at);
    enum ga_rc rc = GA_OK;

    if (!json_is_array(form->at))
        return take_item(e, form->at, form, name, 0, err);
    if (n == 0)
        return ga_fail(err, GA_E_MISSING, "no devices");
    if (n > GA_DEVICES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "%zu devices, not 1 to %d", n,
                       GA_DEVICES_MAX);
    for (size_t i = 0; i < n && rc == GA_OK; i++)
        rc = take_item(e, json_array_get(form->at, i), form, name, i + 1, err);
    return rc;
}

static enum ga_rc
parse(struct ga_evidence *evidence, struct ga_bytes input, const char *name,
      struct ga_error *err)
{
    GA_AUTO(ga_evidence) *more = calloc(1, sizeof(*more));
    AUTO_FORM struct ga_form form = { 0 };
    enum ga_rc rc = GA_OK;

    if (more == NULL)
        return ga_nomem(err);
    if (input.len > GA_EVIDENCE_MAX)
        rc = ga_fail(err, GA_E_TOO_LARGE, "%zu bytes, not 1 to %d", input.len,
                     GA_EVIDENCE_MAX);
    if (rc == GA_OK)
        rc = ga_forms_open(input, &form, err);
    if (rc == GA_OK)
        rc = take_items(more, &form, name, err);
    if (rc == GA_OK)
        rc = ga_evidence_join(evidence, more, err);
    return ga_within(err, rc, "%s", name);
}

enum ga_rc
ga_evidence_parse(struct ga_evidence *evidence, const void *data, size_t len,
                  struct ga_error *err)
{
    if (evidence == NULL || (data == NULL && len > 0))
        return ga_fail(err, GA_E_INVAL, "evidence: nothing given");
    return parse(evidence, ga_bytes_of(data, len), "evidence", err);
}

enum ga_rc
ga_evidence_load(struct ga_evidence *evidence, const char *path,
                 struct ga_error *err)
{
    GA_AUTO_BUF struct ga_buf file = { 0 };
    enum ga_rc rc;

    if (evidence == NULL || path == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: nothing given");
    rc = ga_file_read(path, GA_EVIDENCE_MAX, &file, err);
    if (rc != GA_OK)
        return rc;
    return parse(evidence, ga_view(&file),
                 strcmp(path, "-") == 0 ? "standard input" : path, err);
}

/* Appends an item that came by a call. */
static enum ga_rc
add(struct ga_evidence *evidence, struct ga_item *item, struct ga_error *err)
{
    if (evidence->count == GA_DEVICES_MAX)
        return ga_fail(err, GA_E_TOO_LARGE, "more than %d devices",
                       GA_DEVICES_MAX);
    item->source = source_text("added", evidence->count + 1);
    if (item->source == NULL)
        return ga_nomem(err);
    evidence->item[evidence->count++] = *item;
    *item = (struct ga_item){ 0 };
    return GA_OK;
}

static enum ga_rc
copy_blob(const void *data, size_t len, enum ga_blob kind, struct ga_buf *out,
          struct ga_error *err)
{
    const char *name = kind == GA_BLOB_REPORT ? "report" : "chain";

    if (data == NULL || len == 0)
        return ga_fail(err, GA_E_INVAL, "%s: nothing given", name);
    if (len > ga_blob_max(kind))
        return ga_fail(err, GA_E_TOO_LARGE, "%s: %zu bytes, not 1 to %zu", name,
                       len, ga_blob_max(kind));
    return ga_buf_copy(ga_bytes_of(data, len), out, err);
}

enum ga_rc
ga_evidence_add(struct ga_evidence *evidence, const void *report,
                size_t report_len, const void *chain, size_t chain_len,
                struct ga_error *err)
{
    AUTO_ITEM struct ga_item item = { 0 };
    enum ga_rc rc;

    if (evidence == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: nothing given");
    rc = copy_blob(report, report_len, GA_BLOB_REPORT, &item.report, err);
    if (rc == GA_OK)
        rc = copy_blob(chain, chain_len, GA_BLOB_CHAIN, &item.chain, err);
    return rc == GA_OK ? add(evidence, &item, err) : rc;
}

static enum ga_rc
decode_blob(const char *text, const char *name, enum ga_blob kind,
            struct ga_buf *out, struct ga_error *err)
{
    enum ga_rc rc;

    if (text == NULL || *text == '\0')
        return ga_fail(err, GA_E_INVAL, "%s: nothing given", name);
    rc = ga_blob_text(ga_bytes_of(text, strlen(text)), kind, out, err);
    if (rc == GA_E_BAD_VALUE) {
        rc = GA_E_SYNTAX;
        if (err != NULL)
            err->code = rc;
    }
    return ga_within(err, rc, "%s", name);
}

enum ga_rc
ga_evidence_add_base64(struct ga_evidence *evidence, const char *report,
                       const char *certificate, struct ga_error *err)
{
    AUTO_ITEM struct ga_item item = { 0 };
    enum ga_rc rc;

    if (evidence == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: nothing given");
    rc = decode_blob(report, "report", GA_BLOB_REPORT, &item.report, err);
    if (rc == GA_OK)
        rc = decode_blob(certificate, "certificate", GA_BLOB_CHAIN, &item.chain,
                         err);
    return rc == GA_OK ? add(evidence, &item, err) : rc;
}

size_t
ga_evidence_count(const struct ga_evidence *evidence)
{
    return evidence != NULL ? evidence->count : 0;
}

enum ga_rc
ga_evidence_get(const struct ga_evidence *evidence, size_t i,
                struct ga_evidence_view *out, struct ga_error *err)
{
    const struct ga_item *item;

    if (out == NULL || i >= ga_evidence_count(evidence))
        return ga_fail(err, GA_E_INVAL, "evidence: no device %zu", i);
    item = &evidence->item[i];
    *out = (struct ga_evidence_view){
        .report = item->report.ptr,
        .report_len = item->report.len,
        .chain = item->chain.ptr,
        .chain_len = item->chain.len,
        .arch = item->arch,
        .nonce = item->nonce,
        .source = item->source,
    };
    return GA_OK;
}

static bool
put(json_t *object, const char *key, const char *text)
{
    return json_object_set_new(object, key, json_string(text)) == 0;
}

static bool
put_bytes(json_t *object, const char *key, const struct ga_buf *b)
{
    GA_AUTO_FREE char *text = ga_base64_encode(ga_view(b), GA_BASE64_STRICT);

    return text != NULL && put(object, key, text);
}

static json_t *
item_json(const struct ga_item *item)
{
    GA_AUTO(json_t) *v = json_object();

    if ((item->arch != NULL && !put(v, "arch", item->arch)) ||
        (item->nonce != NULL && !put(v, "nonce", item->nonce)) ||
        !put_bytes(v, "evidence", &item->report) ||
        !put_bytes(v, "certificate", &item->chain))
        return NULL;
    return GA_TAKE(v);
}

enum ga_rc
ga_evidence_json(const struct ga_evidence *evidence, char **out,
                 struct ga_error *err)
{
    GA_AUTO(json_t) *list = json_array();
    char *text;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "evidence: nowhere to put it");
    for (size_t i = 0; i < ga_evidence_count(evidence); i++)
        if (json_array_append_new(list, item_json(&evidence->item[i])) != 0)
            return ga_nomem(err);
    text = list != NULL ? ga_json_text(list, true) : NULL;
    if (text == NULL)
        return ga_nomem(err);
    *out = text;
    return GA_OK;
}
