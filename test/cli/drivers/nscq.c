/* SPDX-License-Identifier: Apache-2.0 */
/* An NSCQ with one switch, which answers with the files of $STUB_DIR/SWITCH-0;
 * with $STUB_WARNS its session starts with a warning. */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nscq.h"

#define X(member, symbol, type, required) \
    __attribute__((visibility("default"))) __typeof__(*(type)0) symbol;
GA_NSCQ_SYMBOLS(X)
#undef X

struct ga_nscq_session_st {
    int unused;
};
static struct ga_nscq_session_st session;
static const struct ga_nscq_uuid uuid = { { 0x50 } };

static size_t
load(const char *name, uint8_t *out, size_t cap)
{
    const char *dir = secure_getenv("STUB_DIR");
    char path[512];
    size_t n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/SWITCH-0/%s", dir != NULL ? dir : ".",
             name);
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

struct ga_nscq_session_result
nscq_session_create(uint32_t flags)
{
    (void)flags;
    return (struct ga_nscq_session_result){
        secure_getenv("STUB_WARNS") != NULL ? 1 : 0, &session
    };
}

void
nscq_session_destroy(ga_nscq_session s)
{
    (void)s;
}

static void
answer_arch(ga_nscq_fn fn, void *user)
{
    ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc, int8_t, void *))fn)(
        &uuid, 0, 2, user);
}

static void
answer_chain(ga_nscq_fn fn, void *user)
{
    struct ga_nscq_certificate chain = { 0 };

    chain.cert_chain_size =
        (uint32_t)load("chain.pem", chain.cert_chain, sizeof(chain.cert_chain));
    ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
               struct ga_nscq_certificate, void *))fn)(&uuid, 0, chain, user);
}

static void
answer_report(ga_nscq_fn fn, void *user)
{
    struct ga_nscq_report report = { 0 };

    report.report_size =
        (uint32_t)load("report.bin", report.report, sizeof(report.report));
    ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc, struct ga_nscq_report,
               void *))fn)(&uuid, 0, report, user);
}

ga_nscq_rc
nscq_session_path_observe(ga_nscq_session s, const char *path, ga_nscq_fn fn,
                          void *user, uint32_t flags)
{
    const char *end = strrchr(path, '/');

    (void)s;
    (void)flags;
    if (strcmp(path, "/drv/nvswitch/{device}/uuid") == 0)
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
                   const struct ga_nscq_uuid *, void *))fn)(&uuid, 0, &uuid,
                                                            user);
    else if (strcmp(end, "/arch") == 0)
        answer_arch(fn, user);
    else if (strcmp(end, "/certificate") == 0)
        answer_chain(fn, user);
    else
        answer_report(fn, user);
    return 0;
}

ga_nscq_rc
nscq_session_set_input(ga_nscq_session s, uint32_t flags, void *data,
                       uint32_t size)
{
    (void)s;
    (void)flags;
    (void)data;
    return size == 32 ? 0 : -5;
}

ga_nscq_rc
nscq_uuid_to_label(const struct ga_nscq_uuid *id, struct ga_nscq_label *out,
                   uint32_t flags)
{
    (void)id;
    (void)flags;
    snprintf(out->data, sizeof(out->data), "SWX-stub");
    return 0;
}
