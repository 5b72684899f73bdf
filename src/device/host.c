/* SPDX-License-Identifier: Apache-2.0 */
/* What the driver says of the host, which nobody signed. */
#include <string.h>

#include "device/device.h"
#include "device/library.h"

/* Whether the driver has no such thing, which is an answer too. */
static bool
is_absent(int code)
{
    return code == GA_NVML_NOT_SUPPORTED ||
           code == GA_NVML_FUNCTION_NOT_FOUND ||
           code == GA_NVML_VERSION_MISMATCH;
}

static enum ga_rc
read_driver(const struct ga_nvml_api *api, struct ga_host *host,
            struct ga_error *err)
{
    enum ga_rc rc =
        GA_NVML_CALL(api, driver, err, host->driver, sizeof(host->driver));

    if (rc != GA_OK)
        return rc;
    return ga_library_text(GA_NVML_LIBRARY, ga_nvml_names.driver, host->driver,
                           sizeof(host->driver), err);
}

/* A driver without confidential computing has it off. */
static enum ga_rc
read_state(const struct ga_nvml_api *api, struct ga_host *host,
           struct ga_error *err)
{
    struct ga_nvml_cc_state state = { 0 };
    int code;
    enum ga_rc rc;

    if (api->cc_state == NULL)
        return ga_nvml_absent(ga_nvml_names.cc_state, err);
    code = api->cc_state(&state);
    if (code == GA_NVML_NOT_SUPPORTED)
        return GA_OK;
    rc = ga_nvml_check(api, ga_nvml_names.cc_state, code, err);
    if (rc != GA_OK)
        return rc;
    host->environment = state.environment;
    host->cc_on = state.cc_feature == 1;
    host->dev_tools = state.dev_tools_mode != 0;
    return GA_OK;
}

static enum ga_rc
read_settings(const struct ga_nvml_api *api, struct ga_host *host,
              struct ga_error *err)
{
    struct ga_nvml_cc_settings settings = { .version = GA_NVML_CC_SETTINGS_V1 };
    int code;
    enum ga_rc rc;

    if (api->cc_settings == NULL)
        return GA_OK;
    code = api->cc_settings(&settings);
    if (is_absent(code))
        return GA_OK;
    rc = ga_nvml_check(api, ga_nvml_names.cc_settings, code, err);
    if (rc != GA_OK)
        return rc;
    host->has_multi_gpu_mode = true;
    host->multi_gpu_mode = settings.multi_gpu_mode;
    /* Either is enough to distrust the host. */
    host->dev_tools = host->dev_tools || settings.dev_tools_mode != 0;
    return GA_OK;
}

static enum ga_rc
read_ready(const struct ga_nvml_api *api, struct ga_host *host,
           struct ga_error *err)
{
    unsigned ready = 0;
    int code;
    enum ga_rc rc;

    if (api->get_ready == NULL)
        return GA_OK;
    code = api->get_ready(&ready);
    if (is_absent(code))
        return GA_OK;
    rc = ga_nvml_check(api, ga_nvml_names.get_ready, code, err);
    if (rc != GA_OK)
        return rc;
    if (ready > 1)
        return ga_fail(err, GA_E_BAD_VALUE, "%s: %s: %u, not 0 or 1",
                       GA_NVML_LIBRARY, ga_nvml_names.get_ready, ready);
    host->has_ready = true;
    host->ready = ready == 1;
    return GA_OK;
}

static enum ga_rc
read_gpus(const struct ga_nvml_api *api, struct ga_host *host,
          struct ga_error *err)
{
    enum ga_rc rc = ga_gpus_count(api, &host->gpus, err);

    if (rc == GA_OK)
        rc = read_driver(api, host, err);
    if (rc == GA_OK)
        rc = read_state(api, host, err);
    if (rc == GA_OK)
        rc = read_settings(api, host, err);
    return rc == GA_OK ? read_ready(api, host, err) : rc;
}

static enum ga_rc
read_switches(struct ga_nscq *nscq, struct ga_host *host, struct ga_error *err)
{
    struct ga_nscq_switches list = { 0 };
    enum ga_rc rc = ga_nscq_list(nscq, &list, err);

    host->switches = (unsigned)list.count;
    memcpy(host->warning, nscq->warning, sizeof(host->warning));
    return rc;
}

enum ga_rc
ga_device_host(struct ga_device_libraries *libraries, struct ga_host *out,
               struct ga_error *err)
{
    struct ga_host host = { 0 };
    enum ga_rc rc = ga_device_cancelled(libraries->seams, err);

    if (rc == GA_OK && (libraries->devices & GA_DEVICES_GPU))
        rc = read_gpus(&libraries->nvml, &host, err);
    if (rc == GA_OK && (libraries->devices & GA_DEVICES_SWITCH))
        rc = read_switches(&libraries->session, &host, err);
    if (rc == GA_OK)
        *out = host;
    return rc;
}

enum ga_rc
ga_device_set_ready(struct ga_device_libraries *libraries, bool ready,
                    struct ga_error *err)
{
    return GA_NVML_CALL(&libraries->nvml, set_ready, err, ready ? 1 : 0);
}
