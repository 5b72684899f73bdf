/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NSCQ's sessions: paths are observed, and every value comes by a callback of
 * its own type.  Nothing that a callback says is believed: not that it comes
 * once, not which switch it is, not the sizes.
 */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/hex.h"
#include "device/blob.h"
#include "device/library.h"
#include "device/nscq_session.h"

#define LIST_PATH "/drv/nvswitch/{device}/uuid"
#define ALL       "{nvswitch}"

/* "library: call" or "library: call path", for messages; a label has 64 bytes
 * and the longest path 32. */
struct where {
    char text[224];
};

static struct where
where_of(const struct ga_nscq *nscq, const char *symbol, const char *path)
{
    struct where w;

    snprintf(w.text, sizeof(w.text), "%s: %s%s%s", nscq->api->file, symbol,
             path[0] != '\0' ? " " : "", path);
    return w;
}

enum ga_rc
ga_nscq_judge(struct ga_nscq *nscq, ga_nscq_rc code, const char *where,
              const char *who, struct ga_error *err)
{
    const char *colon = who[0] != '\0' ? ": " : "";
    char text[GA_NSCQ_CODE_TEXT], raw[GA_ERROR_TEXT];

    if (code == 0)
        return GA_OK;
    ga_nscq_code_text(code, text);
    if (code < 0)
        return ga_fail(err, GA_E_UNREACHABLE, "%s%s%s: %s", where, colon, who,
                       text);
    snprintf(raw, sizeof(raw), "%s%s%s: %s", where, colon, who, text);
    ga_escape(raw, strlen(raw), nscq->warning, sizeof(nscq->warning));
    ga_device_log(nscq->seams, GA_LOG_WARN, "%s", nscq->warning);
    return GA_OK;
}

enum ga_rc
ga_nscq_start(struct ga_nscq *out, const struct ga_nscq_api *api,
              const struct ga_device_seams *seams, struct ga_error *err)
{
    struct ga_nscq nscq = { .api = api, .seams = seams };
    struct where w = where_of(&nscq, ga_nscq_names.session_create, "");
    struct ga_nscq_session_result made =
        api->session_create(GA_NSCQ_SESSION_MOUNT_DEVICES);
    enum ga_rc rc = ga_nscq_judge(&nscq, made.rc, w.text, "", err);

    /* What stands beside an error is no session, and not ours to destroy. */
    if (rc != GA_OK)
        return rc;
    if (made.session == NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: no session", w.text);
    nscq.session = made.session;
    *out = nscq;
    return GA_OK;
}

void
ga_nscq_stop(struct ga_nscq *nscq)
{
    if (nscq->session != NULL)
        nscq->api->session_destroy(nscq->session);
    *nscq = (struct ga_nscq){ 0 };
}

/* The UUIDs as they come. */
struct listing {
    struct ga_nscq *nscq;
    const char *where;
    struct ga_nscq_switches *out;
    enum ga_rc rc; /* the first failure, which `err` describes */
    struct ga_error err;
};

static enum ga_rc
take_uuid(struct listing *l, ga_nscq_rc code, const struct ga_nscq_uuid *uuid)
{
    struct ga_nscq_switches *s = l->out;
    enum ga_rc rc = ga_nscq_judge(l->nscq, code, l->where, "answer", &l->err);
    char digits[2 * sizeof(uuid->bytes) + 1];

    if (rc != GA_OK)
        return rc;
    if (uuid == NULL)
        return ga_fail(&l->err, GA_E_BAD_VALUE, "%s: answer without a UUID",
                       l->where);
    if (s->count == GA_DEVICES_MAX)
        return ga_fail(&l->err, GA_E_TOO_LARGE, "%s: more than %d switches",
                       l->where, GA_DEVICES_MAX);
    ga_hex(ga_bytes_of(uuid->bytes, sizeof(uuid->bytes)), digits);
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(&s->item[i].uuid, uuid, sizeof(*uuid)) == 0)
            return ga_fail(&l->err, GA_E_DUPLICATE, "%s: %s twice", l->where,
                           digits);
    s->item[s->count++].uuid = *uuid;
    return GA_OK;
}

static void
on_uuid(const struct ga_nscq_uuid *device, ga_nscq_rc code,
        const struct ga_nscq_uuid *uuid, void *user)
{
    struct listing *l = user;

    (void)device;
    if (l != NULL && l->rc == GA_OK)
        l->rc = take_uuid(l, code, uuid);
}

/* A label becomes a part of a path. */
static enum ga_rc
check_label(const struct ga_nscq *nscq, const struct ga_nscq_label *label,
            struct ga_error *err)
{
    const char *symbol = ga_nscq_names.uuid_to_label;
    enum ga_rc rc = ga_library_text(nscq->api->file, symbol, label->data,
                                    sizeof(label->data), err);

    if (rc == GA_OK && strpbrk(label->data, "/{} ") != NULL)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %s: \"%s\" is no label",
                       nscq->api->file, symbol, label->data);
    return rc;
}

static enum ga_rc
name_one(struct ga_nscq *nscq, struct ga_nscq_switches *list, size_t i,
         struct ga_error *err)
{
    const char *symbol = ga_nscq_names.uuid_to_label;
    struct where w = where_of(nscq, symbol, "");
    struct ga_nscq_switch *s = &list->item[i];
    struct ga_nscq_label label = { { 0 } };
    ga_nscq_rc code = nscq->api->uuid_to_label(&s->uuid, &label, 0);
    enum ga_rc rc = ga_nscq_judge(nscq, code, w.text, "", err);

    if (rc == GA_OK)
        rc = check_label(nscq, &label, err);
    if (rc != GA_OK)
        return ga_within(err, rc, "SWITCH-%zu", i);
    for (size_t j = 0; j < i; j++)
        if (strcmp(list->item[j].label, label.data) == 0)
            return ga_fail(err, GA_E_DUPLICATE, "%s: %s twice", w.text,
                           label.data);
    memcpy(s->label, label.data, sizeof(s->label));
    return GA_OK;
}

enum ga_rc
ga_nscq_list(struct ga_nscq *nscq, struct ga_nscq_switches *out,
             struct ga_error *err)
{
    struct where w = where_of(nscq, ga_nscq_names.path_observe, LIST_PATH);
    struct ga_nscq_switches list = { 0 };
    struct listing l = { .nscq = nscq, .where = w.text, .out = &list };
    ga_nscq_rc code = nscq->api->path_observe(nscq->session, LIST_PATH,
                                              (ga_nscq_fn)on_uuid, &l, 0);
    enum ga_rc rc = l.rc;

    if (rc != GA_OK) {
        if (err != NULL)
            *err = l.err;
        return rc;
    }
    rc = ga_nscq_judge(nscq, code, w.text, "", err);
    if (rc == GA_OK && list.count == 0)
        return ga_fail(err, GA_E_MISSING, "%s: no switch", w.text);
    for (size_t i = 0; i < list.count && rc == GA_OK; i++)
        rc = name_one(nscq, &list, i, err);
    if (rc == GA_OK)
        *out = list;
    return rc;
}

/* The answers to one question as they come. */
struct asking {
    struct ga_nscq *nscq;
    const char *where;
    const struct ga_nscq_switch *switches;
    size_t count;
    struct ga_nscq_answer *answers;
    enum ga_rc rc; /* the first failure, which `err` describes */
    struct ga_error err;
};

static enum ga_rc
find_answer(struct asking *a, const struct ga_nscq_uuid *device,
            ga_nscq_rc code, struct ga_nscq_answer **out)
{
    char digits[2 * sizeof(device->bytes) + 1];

    /* A library that fails may not know of whom it speaks: it says why. */
    if (device == NULL && code < 0)
        return ga_nscq_judge(a->nscq, code, a->where, "", &a->err);
    if (device == NULL)
        return ga_fail(&a->err, GA_E_BAD_VALUE, "%s: answer of no switch",
                       a->where);
    for (size_t i = 0; i < a->count; i++) {
        const struct ga_nscq_switch *s = &a->switches[i];

        if (memcmp(&s->uuid, device, sizeof(*device)) != 0)
            continue;
        if (a->answers[i].given)
            return ga_fail(&a->err, GA_E_DUPLICATE, "%s: %s answered twice",
                           a->where, s->label);
        a->answers[i].given = true;
        *out = &a->answers[i];
        return ga_nscq_judge(a->nscq, code, a->where, s->label, &a->err);
    }
    ga_hex(ga_bytes_of(device->bytes, sizeof(device->bytes)), digits);
    return ga_fail(&a->err, GA_E_BAD_VALUE,
                   "%s: answer of a switch that was not asked, %s", a->where,
                   digits);
}

/* Returns where an answer goes, or NULL for one that is not taken. */
static struct ga_nscq_answer *
answer_of(struct asking *a, const struct ga_nscq_uuid *device, ga_nscq_rc code)
{
    struct ga_nscq_answer *out = NULL;

    if (a == NULL || a->rc != GA_OK)
        return NULL;
    a->rc = find_answer(a, device, code, &out);
    return a->rc == GA_OK ? out : NULL;
}

static void
on_number(const struct ga_nscq_uuid *device, ga_nscq_rc code, int8_t number,
          void *user)
{
    struct ga_nscq_answer *out = answer_of(user, device, code);

    if (out != NULL)
        out->number = number;
}

static void
on_report(const struct ga_nscq_uuid *device, ga_nscq_rc code,
          const struct ga_nscq_report report, void *user)
{
    struct asking *a = user;
    struct ga_nscq_answer *out = answer_of(a, device, code);
    struct ga_device_blob blob = { report.report, report.report_size,
                                   sizeof(report.report), NULL };

    if (out == NULL)
        return;
    blob.from = a->where;
    a->rc = ga_device_report(&blob, &out->bytes, &a->err);
}

static void
on_chain(const struct ga_nscq_uuid *device, ga_nscq_rc code,
         const struct ga_nscq_certificate chain, void *user)
{
    struct asking *a = user;
    struct ga_nscq_answer *out = answer_of(a, device, code);
    struct ga_device_blob blob = { chain.cert_chain, chain.cert_chain_size,
                                   sizeof(chain.cert_chain), NULL };

    if (out == NULL)
        return;
    blob.from = a->where;
    a->rc = ga_device_chain(&blob, &out->bytes, &a->err);
}

/* Source: spec-protocol, 6. */
static const struct question {
    const char *path; /* behind the switch */
    ga_nscq_fn callback;
} questions[] = {
    [GA_NSCQ_ARCH] = { "/id/arch", (ga_nscq_fn)on_number },
    [GA_NSCQ_PCIE_MODE] = { "/config/pcie_mode", (ga_nscq_fn)on_number },
    [GA_NSCQ_REPORT] = { "/config/attestation_report", (ga_nscq_fn)on_report },
    [GA_NSCQ_CHAIN] = { "/config/certificate", (ga_nscq_fn)on_chain },
};

void
ga_nscq_answers_done(struct ga_nscq_answer *answers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ga_buf_done(&answers[i].bytes);
        answers[i] = (struct ga_nscq_answer){ 0 };
    }
}

static enum ga_rc
observe(struct asking *a, const char *path, ga_nscq_fn callback,
        struct ga_error *err)
{
    struct ga_nscq *nscq = a->nscq;
    ga_nscq_rc code =
        nscq->api->path_observe(nscq->session, path, callback, a, 0);
    enum ga_rc rc = a->rc;

    if (rc != GA_OK) {
        if (err != NULL)
            *err = a->err;
        return rc;
    }
    rc = ga_nscq_judge(nscq, code, a->where, "", err);
    for (size_t i = 0; i < a->count && rc == GA_OK; i++)
        if (!a->answers[i].given)
            rc = ga_fail(err, GA_E_UNREACHABLE, "%s: no answer of %s", a->where,
                         a->switches[i].label);
    return rc;
}

enum ga_rc
ga_nscq_ask(struct ga_nscq *nscq, enum ga_nscq_question question,
            const struct ga_nscq_switch *switches, size_t count,
            struct ga_nscq_answer *answers, struct ga_error *err)
{
    const struct question *q = &questions[question];
    char path[128];
    struct where w;
    struct asking a = {
        .nscq = nscq, .switches = switches, .count = count, .answers = answers
    };
    enum ga_rc rc;

    snprintf(path, sizeof(path), "/%s%s", count == 1 ? switches->label : ALL,
             q->path);
    w = where_of(nscq, ga_nscq_names.path_observe, path);
    a.where = w.text;
    rc = observe(&a, path, q->callback, err);
    if (rc != GA_OK)
        ga_nscq_answers_done(answers, count);
    return rc;
}

enum ga_rc
ga_nscq_input(struct ga_nscq *nscq, const struct ga_nonce *nonce,
              struct ga_error *err)
{
    struct where w = where_of(nscq, ga_nscq_names.set_input, "");
    ga_nscq_rc code;

    nscq->input = *nonce;
    code = nscq->api->set_input(nscq->session, 0, nscq->input.bytes,
                                sizeof(nscq->input.bytes));
    return ga_nscq_judge(nscq, code, w.text, "", err);
}
