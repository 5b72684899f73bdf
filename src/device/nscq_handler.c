/* SPDX-License-Identifier: Apache-2.0 */
/* gpuattest/nscq.h: the session, for callers of their own. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "device/library.h"
#include "device/nscq_handler.h"

GA_DEFINE_AUTO_STRUCT(ga_nscq_handler, ga_nscq_close);
GA_DEFINE_AUTO_STRUCT(ga_nscq_answers, ga_nscq_answers_free);

enum ga_rc
ga_nscq_handler_start(const struct ga_nscq_api *api,
                      struct ga_nscq_handler **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_nscq_handler) *h = calloc(1, sizeof(*h));
    enum ga_rc rc;

    if (h == NULL)
        return ga_nomem(err);
    h->api = *api;
    h->api.handle = NULL; /* stays the caller's until there is a session */
    rc = ga_nscq_start(&h->session, &h->api, &h->seams, err);
    if (rc != GA_OK)
        return rc;
    h->api.handle = api->handle;
    *out = GA_TAKE(h);
    return GA_OK;
}

enum ga_rc
ga_nscq_open(struct ga_nscq_handler **out, struct ga_error *err)
{
    struct ga_nscq_api api = { 0 };
    enum ga_rc rc;

    if (out == NULL)
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    rc = ga_nscq_load(&api, err);
    if (rc != GA_OK)
        return rc;
    rc = ga_nscq_handler_start(&api, out, err);
    if (rc != GA_OK)
        ga_nscq_unload(&api);
    return rc;
}

void
ga_nscq_close(struct ga_nscq_handler *handler)
{
    if (handler == NULL)
        return;
    ga_nscq_stop(&handler->session);
    ga_nscq_unload(&handler->api);
    free(handler);
}

enum ga_rc
ga_nscq_uuids(struct ga_nscq_handler *handler, char (*out)[GA_NSCQ_LABEL],
              size_t cap, size_t *count, struct ga_error *err)
{
    struct ga_nscq_switches list = { 0 };
    enum ga_rc rc;

    if (handler == NULL || count == NULL || (out == NULL && cap > 0))
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    rc = ga_nscq_list(&handler->session, &list, err);
    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; i < list.count && i < cap; i++)
        memcpy(out[i], list.item[i].label, GA_NSCQ_LABEL);
    *count = list.count;
    return GA_OK;
}

/* The switch of that label, or, without one, all of them. */
static enum ga_rc
find(struct ga_nscq_handler *h, const char *label, struct ga_nscq_switches *out,
     struct ga_error *err)
{
    struct ga_nscq_switches list = { 0 };
    enum ga_rc rc = ga_nscq_list(&h->session, &list, err);

    if (rc != GA_OK)
        return rc;
    for (size_t i = 0; label != NULL && i < list.count; i++) {
        if (strcmp(list.item[i].label, label) != 0)
            continue;
        out->item[0] = list.item[i];
        out->count = 1;
        return GA_OK;
    }
    if (label != NULL)
        return ga_fail(err, GA_E_MISSING, "%s: there is no switch %s",
                       h->api.file, label);
    *out = list;
    return GA_OK;
}

static enum ga_rc
number(struct ga_nscq_handler *handler, enum ga_nscq_question question,
       const char *label, int *out, struct ga_error *err)
{
    struct ga_nscq_switches one = { 0 };
    struct ga_nscq_answer answer = { 0 };
    enum ga_rc rc;

    if (handler == NULL || label == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    rc = find(handler, label, &one, err);
    if (rc == GA_OK)
        rc =
            ga_nscq_ask(&handler->session, question, one.item, 1, &answer, err);
    if (rc == GA_OK)
        *out = answer.number;
    return rc;
}

enum ga_rc
ga_nscq_architecture(struct ga_nscq_handler *handler, const char *label,
                     int *out, struct ga_error *err)
{
    return number(handler, GA_NSCQ_ARCH, label, out, err);
}

const char *
ga_nscq_arch_name(int arch)
{
    static const char *const names[] = { [GA_NSCQ_SV10] = "SV10",
                                         [GA_NSCQ_LR10] = "LR10",
                                         [GA_NSCQ_LS10] = "LS10" };

    return arch >= GA_NSCQ_SV10 && arch <= GA_NSCQ_LS10 ? names[arch]
                                                        : "unknown";
}

enum ga_rc
ga_nscq_tnvl_status(struct ga_nscq_handler *handler, const char *label,
                    int *out, struct ga_error *err)
{
    return number(handler, GA_NSCQ_PCIE_MODE, label, out, err);
}

const char *
ga_nscq_tnvl_name(int status)
{
    static const char *const names[] = { [GA_NSCQ_TNVL_OFF] = "off",
                                         [GA_NSCQ_TNVL_ON] = "on",
                                         [GA_NSCQ_TNVL_FAILURE] = "failure",
                                         [GA_NSCQ_TNVL_LOCKED] = "locked" };

    return status >= GA_NSCQ_TNVL_OFF && status <= GA_NSCQ_TNVL_LOCKED
               ? names[status]
               : "unknown";
}

enum ga_rc
ga_nscq_is_tnvl(struct ga_nscq_handler *handler, const char *label, bool *out,
                struct ga_error *err)
{
    int status = GA_NSCQ_TNVL_UNKNOWN;
    enum ga_rc rc = out != NULL
                        ? ga_nscq_tnvl_status(handler, label, &status, err)
                        : ga_fail(err, GA_E_INVAL, "nscq: NULL");

    if (rc == GA_OK)
        *out = status == GA_NSCQ_TNVL_ON || status == GA_NSCQ_TNVL_LOCKED;
    return rc;
}

enum ga_rc
ga_nscq_is_locked(struct ga_nscq_handler *handler, const char *label, bool *out,
                  struct ga_error *err)
{
    int status = GA_NSCQ_TNVL_UNKNOWN;
    enum ga_rc rc = out != NULL
                        ? ga_nscq_tnvl_status(handler, label, &status, err)
                        : ga_fail(err, GA_E_INVAL, "nscq: NULL");

    if (rc == GA_OK)
        *out = status == GA_NSCQ_TNVL_LOCKED;
    return rc;
}

struct ga_nscq_answers {
    struct ga_nscq_switches switches;
    struct ga_nscq_answer answer[GA_DEVICES_MAX];
};

static enum ga_rc
ask(struct ga_nscq_handler *handler, enum ga_nscq_question question,
    const char *label, const struct ga_nonce *nonce,
    struct ga_nscq_answers **out, struct ga_error *err)
{
    GA_AUTO_STRUCT(ga_nscq_answers) *a = calloc(1, sizeof(*a));
    enum ga_rc rc;

    if (a == NULL)
        return ga_nomem(err);
    rc = find(handler, label, &a->switches, err);
    if (rc == GA_OK && nonce != NULL)
        rc = ga_nscq_input(&handler->session, nonce, err);
    if (rc == GA_OK)
        rc = ga_nscq_ask(&handler->session, question, a->switches.item,
                         a->switches.count, a->answer, err);
    if (rc != GA_OK)
        return rc;
    *out = GA_TAKE(a);
    return GA_OK;
}

enum ga_rc
ga_nscq_chains(struct ga_nscq_handler *handler, const char *label,
               struct ga_nscq_answers **out, struct ga_error *err)
{
    if (handler == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    return ask(handler, GA_NSCQ_CHAIN, label, NULL, out, err);
}

enum ga_rc
ga_nscq_reports(struct ga_nscq_handler *handler, const char *label,
                const struct ga_nonce *nonce, struct ga_nscq_answers **out,
                struct ga_error *err)
{
    if (handler == NULL || nonce == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    return ask(handler, GA_NSCQ_REPORT, label, nonce, out, err);
}

size_t
ga_nscq_answers_count(const struct ga_nscq_answers *answers)
{
    return answers != NULL ? answers->switches.count : 0;
}

const void *
ga_nscq_answer(const struct ga_nscq_answers *answers, size_t i, size_t *len,
               const char **label)
{
    if (answers == NULL || i >= answers->switches.count)
        return NULL;
    *len = answers->answer[i].bytes.len;
    if (label != NULL)
        *label = answers->switches.item[i].label;
    return answers->answer[i].bytes.ptr;
}

void
ga_nscq_answers_free(struct ga_nscq_answers *answers)
{
    if (answers == NULL)
        return;
    ga_nscq_answers_done(answers->answer, answers->switches.count);
    free(answers);
}

const char *
ga_nscq_warning(const struct ga_nscq_handler *handler)
{
    return handler->session.warning;
}

/* The answer to a question that is of no switch. */
struct version {
    struct ga_nscq *nscq;
    bool given;
    enum ga_rc rc; /* the first failure, which `err` describes */
    struct ga_error err;
    struct ga_nscq_label label;
};

#define VERSION_PATH "/drv/nvswitch/version"

static void
on_version(const struct ga_nscq_uuid *device, ga_nscq_rc code,
           struct ga_nscq_label label, void *user)
{
    struct version *v = user;

    (void)device;
    if (v == NULL || v->rc != GA_OK)
        return;
    if (v->given) {
        v->rc =
            ga_fail(&v->err, GA_E_DUPLICATE,
                    "%s: " VERSION_PATH ": two answers", v->nscq->api->file);
        return;
    }
    v->given = true;
    v->rc = ga_nscq_judge(v->nscq, code, VERSION_PATH, "", &v->err);
    v->label = label;
}

enum ga_rc
ga_nscq_driver(struct ga_nscq_handler *handler, char out[GA_NSCQ_LABEL],
               struct ga_error *err)
{
    struct version v = { 0 };
    ga_nscq_rc code;
    enum ga_rc rc;

    if (handler == NULL || out == NULL)
        return ga_fail(err, GA_E_INVAL, "nscq: NULL");
    v.nscq = &handler->session;
    code = handler->api.path_observe(handler->session.session, VERSION_PATH,
                                     (ga_nscq_fn)on_version, &v, 0);
    if (v.rc != GA_OK) {
        if (err != NULL)
            *err = v.err;
        return v.rc;
    }
    rc = ga_nscq_judge(&handler->session, code, VERSION_PATH, "", err);
    if (rc == GA_OK && !v.given)
        rc = ga_fail(err, GA_E_UNREACHABLE, "%s: " VERSION_PATH ": no answer",
                     handler->api.file);
    if (rc == GA_OK)
        rc = ga_library_text(handler->api.file, VERSION_PATH, v.label.data,
                             sizeof(v.label.data), err);
    if (rc == GA_OK)
        memcpy(out, v.label.data, GA_NSCQ_LABEL);
    return rc;
}
