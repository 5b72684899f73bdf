/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object of NVML's name with one GPU, or, with FAKE_LACKING or
 * FAKE_OLD, one that lacks a symbol that all need, or those of confidential
 * computing.  FAKE_NVML_INIT holds a digit, what nvmlInit_v2 returns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/nvml.h"

#define X(member, symbol, type, required) \
    __attribute__((visibility("default"))) __typeof__(*(type)0) symbol;
GA_NVML_SYMBOLS(X)
#undef X

struct ga_nvml_device_opaque {
    char unused;
};
static struct ga_nvml_device_opaque gpu;

int
nvmlInit_v2(void)
{
    const char *code = getenv("FAKE_NVML_INIT");

    return code != NULL ? code[0] - '0' : 0;
}

#ifndef FAKE_LACKING
int
nvmlShutdown(void)
{
    return 0;
}
#endif

const char *
nvmlErrorString(int code)
{
    return code == 9 ? "Driver Not Loaded" : "Unknown Error";
}

int
nvmlDeviceGetCount_v2(unsigned *out)
{
    *out = 1;
    return 0;
}

int
nvmlDeviceGetHandleByIndex_v2(unsigned i, ga_nvml_device *out)
{
    *out = &gpu;
    return i == 0 ? 0 : 2;
}

int
nvmlDeviceGetUUID(ga_nvml_device device, char *out, unsigned size)
{
    snprintf(out, size, "GPU-1");
    return device == &gpu ? 0 : 2;
}

int
nvmlDeviceGetArchitecture(ga_nvml_device device, unsigned *out)
{
    *out = 9;
    return device == &gpu ? 0 : 2;
}

int
nvmlSystemGetDriverVersion(char *out, unsigned size)
{
    snprintf(out, size, "550.90.07");
    return 0;
}

#ifndef FAKE_OLD
int
nvmlSystemGetConfComputeState(struct ga_nvml_cc_state *out)
{
    *out = (struct ga_nvml_cc_state){ 1, 1, 0 };
    return 0;
}

int
nvmlSystemGetConfComputeSettings(struct ga_nvml_cc_settings *out)
{
    out->multi_gpu_mode = 1;
    return out->version == GA_NVML_CC_SETTINGS_V1 ? 0 : 25;
}

int
nvmlSystemGetConfComputeGpusReadyState(unsigned *out)
{
    *out = 1;
    return 0;
}

int
nvmlSystemSetConfComputeGpusReadyState(unsigned ready)
{
    return ready <= 1 ? 0 : 2;
}

int
nvmlDeviceGetConfComputeGpuCertificate(ga_nvml_device device,
                                       struct ga_nvml_certificate *out)
{
    memcpy(out->attestation_chain, "PEM\n", 5);
    out->attestation_chain_size = 5;
    return device == &gpu ? 0 : 2;
}

int
nvmlDeviceGetConfComputeGpuAttestationReport(ga_nvml_device device,
                                             struct ga_nvml_report *out)
{
    memcpy(out->report, out->nonce, sizeof(out->nonce));
    out->size = sizeof(out->nonce);
    return device == &gpu ? 0 : 2;
}
#endif
