/* SPDX-License-Identifier: Apache-2.0 */
/* NSCQ: loaded, and its codes as text. */
#include <dlfcn.h>
#include <stdio.h>

#include "device/library.h"
#include "device/nscq.h"

const struct ga_nscq_names ga_nscq_names = {
#define X(member, symbol, type, required) .member = #symbol,
    GA_NSCQ_SYMBOLS(X)
#undef X
};

static const struct ga_symbol symbols[] = {
#define X(member, symbol, type, required) \
    { offsetof(struct ga_nscq_api, member), #symbol, required },
    GA_NSCQ_SYMBOLS(X)
#undef X
};

/* In the order in which they are tried. */
static const char *const libraries[] = { "libnvidia-nscq.so.2",
                                         "libnvidia-nscq.so" };

/* Source: spec-protocol, 6. */
static const struct code {
    ga_nscq_rc rc;
    const char *name;
} codes[] = {
    { 0, "NSCQ_RC_SUCCESS" },
    { 1, "NSCQ_RC_WARNING_RDT_INIT_FAILURE" },
    { -1, "NSCQ_RC_ERROR_NOT_IMPLEMENTED" },
    { -2, "NSCQ_RC_ERROR_INVALID_UUID" },
    { -3, "NSCQ_RC_ERROR_RESOURCE_NOT_MOUNTABLE" },
    { -4, "NSCQ_RC_ERROR_OVERFLOW" },
    { -5, "NSCQ_RC_ERROR_UNEXPECTED_VALUE" },
    { -6, "NSCQ_RC_ERROR_UNSUPPORTED_DRV" },
    { -7, "NSCQ_RC_ERROR_DRV" },
    { -8, "NSCQ_RC_ERROR_TIMEOUT" },
    { -127, "NSCQ_RC_ERROR_EXT" },
    { -128, "NSCQ_RC_ERROR_UNSPECIFIED" },
};

void
ga_nscq_code_text(ga_nscq_rc rc, char out[GA_NSCQ_CODE_TEXT])
{
    const char *name = "unknown code";

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].rc == rc)
            name = codes[i].name;
    snprintf(out, GA_NSCQ_CODE_TEXT, "%s (%d)", name, rc);
}

/* Loads the first library that is there; all of them are named otherwise. */
static enum ga_rc
open_one(struct ga_nscq_api *api, struct ga_error *err)
{
    struct ga_error first = { 0 }, second = { 0 };

    api->file = libraries[0];
    if (ga_library_open(libraries[0], &api->handle, &first) == GA_OK)
        return GA_OK;
    api->file = libraries[1];
    if (ga_library_open(libraries[1], &api->handle, &second) == GA_OK)
        return GA_OK;
    return ga_fail(err, GA_E_UNREACHABLE, "%.240s; %.240s", first.text,
                   second.text);
}

enum ga_rc
ga_nscq_load(struct ga_nscq_api *out, struct ga_error *err)
{
    struct ga_nscq_api api = { 0 };
    enum ga_rc rc = open_one(&api, err);

    if (rc != GA_OK)
        return rc;
    rc = ga_library_symbols(api.handle, api.file, symbols,
                            sizeof(symbols) / sizeof(symbols[0]), &api, err);
    if (rc != GA_OK) {
        dlclose(api.handle);
        return rc;
    }
    *out = api;
    return GA_OK;
}

void
ga_nscq_unload(struct ga_nscq_api *api)
{
    if (api->handle != NULL)
        dlclose(api->handle);
    *api = (struct ga_nscq_api){ 0 };
}
