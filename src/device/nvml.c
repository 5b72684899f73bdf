/* SPDX-License-Identifier: Apache-2.0 */
/* NVML: loaded, started, and its codes as errors. */
#include <dlfcn.h>

#include "device/library.h"
#include "device/nvml.h"

const struct ga_nvml_names ga_nvml_names = {
#define X(member, symbol, type, required) .member = #symbol,
    GA_NVML_SYMBOLS(X)
#undef X
};

static const struct ga_symbol symbols[] = {
#define X(member, symbol, type, required) \
    { offsetof(struct ga_nvml_api, member), #symbol, required },
    GA_NVML_SYMBOLS(X)
#undef X
};

enum ga_rc
ga_nvml_check(const struct ga_nvml_api *api, const char *symbol, int code,
              struct ga_error *err)
{
    const char *text;

    if (code == GA_NVML_SUCCESS)
        return GA_OK;
    text = api->error_string(code);
    return ga_fail(err, GA_E_UNREACHABLE, "%s: %s: %.200s (%d)",
                   GA_NVML_LIBRARY, symbol, text != NULL ? text : "no message",
                   code);
}

enum ga_rc
ga_nvml_absent(const char *symbol, struct ga_error *err)
{
    return ga_library_absent(GA_NVML_LIBRARY, symbol, err);
}

enum ga_rc
ga_nvml_start(const struct ga_nvml_api *api, struct ga_error *err)
{
    return ga_nvml_check(api, ga_nvml_names.init, api->init(), err);
}

enum ga_rc
ga_nvml_open(struct ga_nvml_api *out, struct ga_error *err)
{
    struct ga_nvml_api api = { 0 };
    enum ga_rc rc = ga_library_open(GA_NVML_LIBRARY, &api.handle, err);

    if (rc != GA_OK)
        return rc;
    rc = ga_library_symbols(api.handle, GA_NVML_LIBRARY, symbols,
                            sizeof(symbols) / sizeof(symbols[0]), &api, err);
    if (rc == GA_OK)
        rc = ga_nvml_start(&api, err);
    if (rc != GA_OK) {
        dlclose(api.handle);
        return rc;
    }
    *out = api;
    return GA_OK;
}

void
ga_nvml_close(struct ga_nvml_api *api)
{
    if (api->shutdown != NULL)
        api->shutdown(); /* nobody could do anything about its failure */
    if (api->handle != NULL)
        dlclose(api->handle);
    *api = (struct ga_nvml_api){ 0 };
}
