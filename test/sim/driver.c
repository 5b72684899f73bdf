/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/driver.h"

static const char *
say(const char *call, int code)
{
    static char text[128];

    snprintf(text, sizeof(text), "%s: %d", call, code);
    return text;
}

static void *
load(const char *folder, const char *name)
{
    char path[600];

    snprintf(path, sizeof(path), "%s%s%s", folder != NULL ? folder : "",
             folder != NULL ? "/" : "", name);
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

const char *
driver_load(struct driver *d, const char *folder)
{
    const char *absent = NULL;

    memset(d, 0, sizeof(*d));
    d->nvml_handle = load(folder, "libnvidia-ml.so.1");
    d->nscq_handle = load(folder, "libnvidia-nscq.so.2");
    if (d->nvml_handle == NULL || d->nscq_handle == NULL)
        return dlerror();
#define X(member, symbol, type, required)                       \
    *(void **)&d->nvml.member = dlsym(d->nvml_handle, #symbol); \
    absent = d->nvml.member == NULL ? #symbol : absent;
    GA_NVML_SYMBOLS(X)
#undef X
/* Mounting single switches and observers that stay are not simulated. */
#define X(member, symbol, type, required)                       \
    *(void **)&d->nscq.member = dlsym(d->nscq_handle, #symbol); \
    absent = (required) && d->nscq.member == NULL ? #symbol : absent;
    GA_NSCQ_SYMBOLS(X)
#undef X
    return absent;
}

void
driver_unload(struct driver *d)
{
    if (d->nvml_handle != NULL)
        dlclose(d->nvml_handle);
    if (d->nscq_handle != NULL)
        dlclose(d->nscq_handle);
    memset(d, 0, sizeof(*d));
}

static const char *
collect_gpu(struct driver *d, unsigned i, const struct ga_nonce *nonce,
            struct ga_evidence *out)
{
    struct ga_nvml_certificate chain = { 0 };
    struct ga_nvml_report report = { 0 };
    ga_nvml_device device;
    int code = d->nvml.device_handle(i, &device);

    if (code != 0)
        return say("handle", code);
    code = d->nvml.certificate(device, &chain);
    if (code != 0)
        return say("certificate", code);
    memcpy(report.nonce, nonce->bytes, sizeof(report.nonce));
    code = d->nvml.report(device, &report);
    if (code != 0)
        return say("report", code);
    if (report.size > sizeof(report.report) ||
        chain.attestation_chain_size > sizeof(chain.attestation_chain))
        return say("size", (int)report.size);
    return ga_evidence_add(out, report.report, report.size,
                           chain.attestation_chain,
                           chain.attestation_chain_size, NULL) == GA_OK
               ? NULL
               : "evidence";
}

static const char *
collect_gpus(struct driver *d, const struct ga_nonce *nonce,
             struct ga_evidence *out)
{
    const char *wrong = NULL;
    unsigned count = 0;
    int code = d->nvml.init();

    if (code != 0)
        return say("nvmlInit_v2", code);
    code = d->nvml.device_count(&count);
    if (code != 0)
        wrong = say("count", code);
    for (unsigned i = 0; i < count && wrong == NULL; i++)
        wrong = collect_gpu(d, i, nonce, out);
    code = d->nvml.shutdown();
    return wrong == NULL && code != 0 ? say("shutdown", code) : wrong;
}

/* What the callbacks leave; zeroed before each question. */
struct answers {
    size_t count;
    int rc;
    struct ga_nscq_uuid uuid[8];
    struct ga_nscq_report report;
    struct ga_nscq_certificate chain;
};

static void
on_uuid(const struct ga_nscq_uuid *device, ga_nscq_rc rc,
        const struct ga_nscq_uuid *uuid, void *user)
{
    struct answers *a = user;

    (void)device;
    a->rc = rc;
    if (a->count < 8)
        a->uuid[a->count++] = *uuid;
}

static void
on_report(const struct ga_nscq_uuid *device, ga_nscq_rc rc,
          struct ga_nscq_report report, void *user)
{
    struct answers *a = user;

    (void)device;
    a->count++;
    a->rc = rc;
    a->report = report;
}

static void
on_chain(const struct ga_nscq_uuid *device, ga_nscq_rc rc,
         struct ga_nscq_certificate chain, void *user)
{
    struct answers *a = user;

    (void)device;
    a->count++;
    a->rc = rc;
    a->chain = chain;
}

static const char *
ask(struct driver *d, ga_nscq_session session, const char *label,
    const char *what, ga_nscq_fn callback, struct answers *a)
{
    char path[160];
    int rc;

    snprintf(path, sizeof(path), "/%s/config/%s", label, what);
    a->count = 0;
    rc = d->nscq.path_observe(session, path, callback, a, 0);
    if (rc < 0)
        return say(what, rc);
    if (a->count != 1)
        return say("answers", (int)a->count);
    return a->rc < 0 ? say(what, a->rc) : NULL;
}

static const char *
collect_switch(struct driver *d, ga_nscq_session session,
               const struct ga_nscq_uuid *uuid, const struct ga_nonce *nonce,
               struct ga_evidence *out)
{
    struct answers *a = calloc(1, sizeof(*a));
    struct ga_nscq_label label = { { 0 } };
    struct ga_nonce input = *nonce;
    const char *wrong = NULL;

    if (a == NULL)
        return "memory";
    if (d->nscq.uuid_to_label(uuid, &label, 0) < 0 ||
        d->nscq.set_input(session, 0, input.bytes, sizeof(input.bytes)) < 0)
        wrong = "label or input";
    if (wrong == NULL)
        wrong =
            ask(d, session, label.data, "certificate", (ga_nscq_fn)on_chain, a);
    if (wrong == NULL)
        wrong = ask(d, session, label.data, "attestation_report",
                    (ga_nscq_fn)on_report, a);
    if (wrong == NULL &&
        (a->report.report_size > sizeof(a->report.report) ||
         a->chain.cert_chain_size > sizeof(a->chain.cert_chain)))
        wrong = say("size", (int)a->report.report_size);
    if (wrong == NULL &&
        ga_evidence_add(out, a->report.report, a->report.report_size,
                        a->chain.cert_chain, a->chain.cert_chain_size,
                        NULL) != GA_OK)
        wrong = "evidence";
    free(a);
    return wrong;
}

static const char *
collect_switches(struct driver *d, const struct ga_nonce *nonce,
                 struct ga_evidence *out)
{
    struct ga_nscq_session_result made =
        d->nscq.session_create(GA_NSCQ_SESSION_MOUNT_DEVICES);
    struct answers *a = calloc(1, sizeof(*a));
    const char *wrong = NULL;
    int rc;

    if (a == NULL)
        return "memory";
    if (made.rc < 0) {
        free(a);
        return say("nscq_session_create", made.rc);
    }
    rc = d->nscq.path_observe(made.session, "/drv/nvswitch/{device}/uuid",
                              (ga_nscq_fn)on_uuid, a, 0);
    if (rc < 0)
        wrong = say("uuid", rc);
    for (size_t i = 0; i < a->count && wrong == NULL; i++)
        wrong = collect_switch(d, made.session, &a->uuid[i], nonce, out);
    d->nscq.session_destroy(made.session);
    free(a);
    return wrong;
}

const char *
driver_collect(struct driver *d, const struct ga_nonce *nonce,
               struct ga_evidence *out)
{
    const char *wrong = collect_gpus(d, nonce, out);

    return wrong == NULL ? collect_switches(d, nonce, out) : wrong;
}
