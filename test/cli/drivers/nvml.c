/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An NVML whose GPUs answer with files: $STUB_DIR/GPU-n/report.bin and
 * chain.pem, $STUB_GPUS of them.  $STUB_CC_OFF, $STUB_DEV_TOOLS and
 * $STUB_LATER_GPUS (counted from the second start on), $STUB_INIT break one thing
 * each; $STUB_DELAY seconds are spent in every start.
 */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/nvml.h"

static unsigned
number(const char *name, unsigned none)
{
    const char *text = secure_getenv(name);

    return text != NULL && text[0] >= '0' && text[0] <= '9'
               ? (unsigned)(text[0] - '0')
               : none;
}

static size_t
load(ga_nvml_device device, const char *name, uint8_t *out, size_t cap)
{
    const char *dir = secure_getenv("STUB_DIR");
    char path[512];
    size_t n;
    FILE *f;

    snprintf(path, sizeof(path), "%s/GPU-%zu/%s", dir != NULL ? dir : ".",
             (size_t)(uintptr_t)device - 1, name);
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

/* The prototypes are the list that the command loads them by. */
#define X(member, symbol, type, required) \
    __attribute__((visibility("default"))) __typeof__(*(type)0) symbol;
GA_NVML_SYMBOLS(X)
#undef X

int
nvmlInit_v2(void)
{
    /* The library is unloaded between two starts: a static would be new. */
    setenv("STUB_STARTS", number("STUB_STARTS", 0) == 0 ? "1" : "2", 1);
    sleep(number("STUB_DELAY", 0));
    return number("STUB_INIT", 0) == 0 ? GA_NVML_SUCCESS : 9;
}

int
nvmlShutdown(void)
{
    return GA_NVML_SUCCESS;
}

const char *
nvmlErrorString(int code)
{
    return code == 9 ? "Driver {Not} Loaded" : "Not Supported";
}

int
nvmlDeviceGetCount_v2(unsigned *count)
{
    unsigned now = number("STUB_GPUS", 1);

    *count =
        number("STUB_STARTS", 0) > 1 ? number("STUB_LATER_GPUS", now) : now;
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetHandleByIndex_v2(unsigned i, ga_nvml_device *out)
{
    *out = (ga_nvml_device)(uintptr_t)(i + 1);
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetUUID(ga_nvml_device device, char *out, unsigned cap)
{
    snprintf(out, cap, "GPU-stub-%zu", (size_t)(uintptr_t)device);
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetArchitecture(ga_nvml_device device, unsigned *out)
{
    (void)device;
    *out = 9;
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetVbiosVersion(ga_nvml_device device, char *out, unsigned cap)
{
    (void)device;
    snprintf(out, cap, "96.00.00.00.00");
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetBoardId(ga_nvml_device device, unsigned *out)
{
    *out = (unsigned)(uintptr_t)device;
    return GA_NVML_SUCCESS;
}

int
nvmlSystemGetDriverVersion(char *out, unsigned cap)
{
    snprintf(out, cap, "580.95.05");
    return GA_NVML_SUCCESS;
}

int
nvmlSystemGetConfComputeState(struct ga_nvml_cc_state *out)
{
    *out = (struct ga_nvml_cc_state){
        .environment = 2,
        .cc_feature = number("STUB_CC_OFF", 0) == 0,
        .dev_tools_mode = number("STUB_DEV_TOOLS", 0),
    };
    return GA_NVML_SUCCESS;
}

int
nvmlSystemGetConfComputeSettings(struct ga_nvml_cc_settings *out)
{
    out->multi_gpu_mode = 1;
    out->dev_tools_mode = 0;
    return GA_NVML_SUCCESS;
}

int
nvmlSystemGetConfComputeGpusReadyState(unsigned *out)
{
    *out = 0;
    return GA_NVML_SUCCESS;
}

int
nvmlSystemSetConfComputeGpusReadyState(unsigned on)
{
    (void)on;
    return GA_NVML_NOT_SUPPORTED;
}

int
nvmlDeviceGetConfComputeGpuCertificate(ga_nvml_device device,
                                       struct ga_nvml_certificate *out)
{
    out->attestation_chain_size =
        (unsigned)load(device, "chain.pem", out->attestation_chain,
                       sizeof(out->attestation_chain));
    return GA_NVML_SUCCESS;
}

int
nvmlDeviceGetConfComputeGpuAttestationReport(ga_nvml_device device,
                                             struct ga_nvml_report *out)
{
    out->size =
        (unsigned)load(device, "report.bin", out->report, sizeof(out->report));
    return GA_NVML_SUCCESS;
}
