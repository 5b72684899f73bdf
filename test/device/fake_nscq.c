/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object of NSCQ's name with one switch, or, with FAKE_LACKING, one
 * that lacks a symbol.  Where FAKE_NSCQ_BROKEN is set, there is no session. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nscq.h"

#define X(member, symbol, type, required) \
    __attribute__((visibility("default"))) __typeof__(*(type)0) symbol;
GA_NSCQ_SYMBOLS(X)
#undef X

struct ga_nscq_session_st {
    const uint8_t *input;
};
static struct ga_nscq_session_st session;
static const struct ga_nscq_uuid uuid = { { 0x50 } };

struct ga_nscq_session_result
nscq_session_create(uint32_t flags)
{
    bool broken = flags != 1 || getenv("FAKE_NSCQ_BROKEN") != NULL;
    struct ga_nscq_session_result out = { broken ? -7 : 1,
                                          broken ? NULL : &session };

    return out;
}

void
nscq_session_destroy(ga_nscq_session s)
{
    s->input = NULL;
}

static void
answer(ga_nscq_session s, const char *end, ga_nscq_fn fn, void *user)
{
    struct ga_nscq_report report = { 0 };
    struct ga_nscq_certificate chain = { 0 };

    if (strcmp(end, "id/arch") == 0) {
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc, int8_t, void *))fn)(
            &uuid, 0, 2, user);
    } else if (strcmp(end, "config/certificate") == 0) {
        memcpy(chain.cert_chain, "PEM\n", 4);
        chain.cert_chain_size = 4;
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
                   struct ga_nscq_certificate, void *))fn)(&uuid, 0, chain,
                                                           user);
    } else if (s->input != NULL) {
        memcpy(report.report, s->input, 32);
        report.report_size = 32;
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
                   struct ga_nscq_report, void *))fn)(&uuid, 0, report, user);
    }
}

ga_nscq_rc
nscq_session_path_observe(ga_nscq_session s, const char *path, ga_nscq_fn fn,
                          void *user, uint32_t flags)
{
    if (flags != 0)
        return -5;
    if (strcmp(path, "/drv/nvswitch/{device}/uuid") == 0)
        ((void (*)(const struct ga_nscq_uuid *, ga_nscq_rc,
                   const struct ga_nscq_uuid *, void *))fn)(&uuid, 0, &uuid,
                                                            user);
    else if (strncmp(path, "/SWX-1/", 7) == 0)
        answer(s, path + 7, fn, user);
    else
        return -2;
    return 0;
}

#ifndef FAKE_LACKING
ga_nscq_rc
nscq_session_set_input(ga_nscq_session s, uint32_t flags, void *data,
                       uint32_t size)
{
    s->input = data;
    return flags == 0 && size == 32 ? 0 : -5;
}
#endif

ga_nscq_rc
nscq_uuid_to_label(const struct ga_nscq_uuid *u, struct ga_nscq_label *out,
                   uint32_t flags)
{
    snprintf(out->data, sizeof(out->data), "SWX-1");
    return flags == 0 && u->bytes[0] == uuid.bytes[0] ? 0 : -2;
}
