/* SPDX-License-Identifier: Apache-2.0 */
/* libnvidia-ml.so.1 of the simulator: NVML's names and structures, answers from
 * the state folder. */
#include <stdio.h>
#include <string.h>

#include "device/nvml.h"
#include "gpuattest/nonce.h"
#include "sim/lib.h"

/* Source: nvml */
enum {
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
    GPU_IS_LOST = 15,
    VERSION_MISMATCH = 25,
    UNKNOWN = 999
};
/* clang-format off */
static const struct {
    int code;
    const char *text;
} texts[] = {
    { 0,   "Success" },
    { 1,   "Uninitialized" },
    { 2,   "Invalid Argument" },
    { 3,   "Not Supported" },
    { 4,   "Insufficient Permissions" },
    { 6,   "Not Found" },
    { 7,   "Insufficient Size" },
    { 9,   "Driver Not Loaded" },
    { 10,  "Timeout" },
    { 13,  "Function Not Found" },
    { 15,  "GPU is lost" },
    { 16,  "GPU requires reset" },
    { 17,  "The operating system has blocked the request" },
    { 18,  "Driver/library version mismatch" },
    { 19,  "In use by another client" },
    { 20,  "Insufficient Memory" },
    { 25,  "Argument version mismatch" },
    { 999, "Unknown Error" },
};
/* clang-format on */

/* Every function has the type that the verifier calls it with. */
#define X(member, symbol, type, required) \
    SIM_EXPORT __typeof__(*(type)0) symbol;
GA_NVML_SYMBOLS(X)
#undef X

static struct sim_lib lib = { .lock = PTHREAD_MUTEX_INITIALIZER };

__attribute__((destructor)) static void
unload(void)
{
    sim_lib_done(&lib);
}

/* A call begins: it is counted and may end here.  `unit` is NULL for one that
 * is of no device. */
static int
enter(const char *call, const struct sim_unit *unit, struct sim_act *act)
{
    if (!sim_lib_meet(&lib, SIM_NVML, call, unit != NULL ? unit->label : "",
                      act))
        return UNKNOWN;
    if (act->has_rc)
        return act->rc;
    return unit != NULL && act->gone ? GPU_IS_LOST : GA_NVML_SUCCESS;
}

/* A call of the host. */
static int
enter_host(const char *call, const void *out)
{
    struct sim_act act;

    if (!sim_lib_is_open(&lib))
        return UNINITIALIZED;
    if (out == NULL)
        return INVALID_ARGUMENT;
    return enter(call, NULL, &act);
}

/* A handle is what nvmlDeviceGetHandleByIndex_v2 gave, and nothing else. */
static const struct sim_unit *
unit_of(ga_nvml_device device)
{
    for (size_t i = 0; i < lib.state.units; i++)
        if ((const void *)device == (const void *)&lib.state.unit[i])
            return &lib.state.unit[i];
    return NULL;
}

/* A call of a device. */
static int
enter_device(const char *call, ga_nvml_device device, const void *out,
             const struct sim_unit **unit, struct sim_act *act)
{
    if (!sim_lib_is_open(&lib))
        return UNINITIALIZED;
    *unit = unit_of(device);
    if (*unit == NULL || out == NULL)
        return INVALID_ARGUMENT;
    return enter(call, *unit, act);
}

static int
give_text(const char *text, char *out, unsigned cap)
{
    size_t n = strlen(text) + 1;

    if (n > cap)
        return INSUFFICIENT_SIZE;
    memcpy(out, text, n);
    return GA_NVML_SUCCESS;
}

int
nvmlInit_v2(void)
{
    struct sim_act act;
    int code = enter(__func__, NULL, &act);

    if (code != GA_NVML_SUCCESS)
        return code;
    return sim_lib_open(&lib) ? GA_NVML_SUCCESS : DRIVER_NOT_LOADED;
}

int
nvmlShutdown(void)
{
    struct sim_act act;
    int code = enter(__func__, NULL, &act);

    if (code != GA_NVML_SUCCESS)
        return code;
    return sim_lib_close(&lib) ? GA_NVML_SUCCESS : UNINITIALIZED;
}

const char *
nvmlErrorString(int code)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].code == code)
            return texts[i].text;
    return "Unknown Error";
}

int
nvmlDeviceGetCount_v2(unsigned *out)
{
    unsigned n = 0;
    int code = enter_host(__func__, out);

    if (code != GA_NVML_SUCCESS)
        return code;
    for (size_t i = 0; i < lib.state.units; i++)
        n += lib.state.unit[i].kind == GA_KIND_GPU;
    *out = n;
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetHandleByIndex_v2(unsigned index, ga_nvml_device *out)
{
    struct sim_act act;

    if (!sim_lib_is_open(&lib))
        return UNINITIALIZED;
    for (size_t i = 0; out != NULL && i < lib.state.units; i++) {
        struct sim_unit *u = &lib.state.unit[i];
        int code;

        if (u->kind != GA_KIND_GPU || u->number != index)
            continue;
        code = enter(__func__, u, &act);
        if (code == GA_NVML_SUCCESS)
            *out = (ga_nvml_device)(void *)u;
        return code;
    }
    return INVALID_ARGUMENT;
}

int
nvmlDeviceGetUUID(ga_nvml_device device, char *out, unsigned cap)
{
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    if (code != GA_NVML_SUCCESS)
        return code;
    code = give_text(u->uuid_text, out, cap);
    if (code == GA_NVML_SUCCESS && act.swapped)
        out[strlen(out) - 1] = out[strlen(out) - 1] == '0' ? '1' : '0';
    return code;
}

int
nvmlDeviceGetArchitecture(ga_nvml_device device, unsigned *out)
{
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    if (code == GA_NVML_SUCCESS)
        *out = u->nvml_arch;
    return code;
}

int
nvmlDeviceGetVbiosVersion(ga_nvml_device device, char *out, unsigned cap)
{
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    return code == GA_NVML_SUCCESS ? give_text(u->vbios, out, cap) : code;
}

/* Every GPU stands on a board of its own: any number does. */
int
nvmlDeviceGetBoardId(ga_nvml_device device, unsigned *out)
{
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    if (code == GA_NVML_SUCCESS)
        *out = (u->number + 1) << 8;
    return code;
}

int
nvmlSystemGetDriverVersion(char *out, unsigned cap)
{
    int code = enter_host(__func__, out);

    return code == GA_NVML_SUCCESS ? give_text(lib.state.driver, out, cap)
                                   : code;
}

static int
read_settings(struct sim_settings *out)
{
    struct ga_error err = { 0 };

    if (sim_settings_read(lib.dir, out, &err) == GA_OK)
        return GA_NVML_SUCCESS;
    fprintf(stderr, "gpuattest-sim: simulated library: %s\n", err.text);
    return UNKNOWN;
}

int
nvmlSystemGetConfComputeState(struct ga_nvml_cc_state *out)
{
    struct sim_settings s;
    int code = enter_host(__func__, out);

    if (code == GA_NVML_SUCCESS)
        code = read_settings(&s);
    if (code == GA_NVML_SUCCESS)
        *out = (struct ga_nvml_cc_state){ (unsigned)s.environment,
                                          (unsigned)s.cc_feature,
                                          (unsigned)s.dev_tools_mode };
    return code;
}

int
nvmlSystemGetConfComputeSettings(struct ga_nvml_cc_settings *out)
{
    struct sim_settings s;
    int code = enter_host(__func__, out);

    if (code == GA_NVML_SUCCESS && out->version != GA_NVML_CC_SETTINGS_V1)
        code = VERSION_MISMATCH;
    if (code == GA_NVML_SUCCESS)
        code = read_settings(&s);
    if (code == GA_NVML_SUCCESS)
        *out = (struct ga_nvml_cc_settings){ GA_NVML_CC_SETTINGS_V1,
                                             (unsigned)s.environment,
                                             (unsigned)s.cc_feature,
                                             (unsigned)s.dev_tools_mode,
                                             (unsigned)s.multi_gpu_mode };
    return code;
}

int
nvmlSystemGetConfComputeGpusReadyState(unsigned *out)
{
    bool ready;
    int code = enter_host(__func__, out);

    if (code != GA_NVML_SUCCESS)
        return code;
    if (sim_ready_read(lib.dir, &ready, NULL) != GA_OK)
        return UNKNOWN;
    *out = ready;
    return GA_NVML_SUCCESS;
}

int
nvmlSystemSetConfComputeGpusReadyState(unsigned ready)
{
    int code = enter_host(__func__, &ready);

    if (code != GA_NVML_SUCCESS)
        return code;
    if (ready > 1)
        return INVALID_ARGUMENT;
    return sim_ready_write(lib.dir, ready == 1, NULL) == GA_OK ? GA_NVML_SUCCESS
                                                               : UNKNOWN;
}

/* The short chain of GPUs without attestation is not simulated. */
int
nvmlDeviceGetConfComputeGpuCertificate(ga_nvml_device device,
                                       struct ga_nvml_certificate *out)
{
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    if (code != GA_NVML_SUCCESS)
        return code;
    out->chain_size = 0;
    out->attestation_chain_size =
        sim_lib_size(&act, ga_view(&u->chain), out->attestation_chain,
                     sizeof(out->attestation_chain));
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetConfComputeGpuAttestationReport(ga_nvml_device device,
                                             struct ga_nvml_report *out)
{
    GA_AUTO_BUF struct ga_buf report = { 0 };
    const struct sim_unit *u;
    struct sim_act act;
    int code = enter_device(__func__, device, out, &u, &act);

    _Static_assert(sizeof(out->nonce) == GA_NONCE_LEN, "one nonce");
    if (code != GA_NVML_SUCCESS)
        return code;
    if (sim_unit_report(u, out->nonce, &act, &report, NULL) != GA_OK)
        return UNKNOWN;
    out->is_cec_present = 0;
    out->cec_size = 0;
    out->size =
        sim_lib_size(&act, ga_view(&report), out->report, sizeof(out->report));
    return GA_NVML_SUCCESS;
}
