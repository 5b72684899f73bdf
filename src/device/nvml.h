/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_NVML_H
#define GA_DEVICE_NVML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"

#define GA_NVML_LIBRARY "libnvidia-ml.so.1"

/*
 * The part of NVML that is used: its types as the library has them, and one
 * list of symbols.  Source: nvml.
 */
typedef struct ga_nvml_device_opaque *ga_nvml_device;

enum ga_nvml_rc {
    GA_NVML_SUCCESS = 0,
    GA_NVML_NOT_SUPPORTED = 3,
    GA_NVML_FUNCTION_NOT_FOUND = 13,
    GA_NVML_VERSION_MISMATCH = 25
};

/* Sizes of the buffers for text, NULs included. */
#define GA_NVML_UUID   96
#define GA_NVML_DRIVER 80

struct ga_nvml_cc_state {
    unsigned environment, cc_feature, dev_tools_mode;
};

#define GA_NVML_CC_SETTINGS_V1 0x1000014u
struct ga_nvml_cc_settings {
    unsigned version; /* in: GA_NVML_CC_SETTINGS_V1 */
    unsigned environment, cc_feature, dev_tools_mode, multi_gpu_mode;
};

struct ga_nvml_certificate {
    unsigned chain_size, attestation_chain_size;
    uint8_t chain[0x1000];
    uint8_t attestation_chain[0x1400];
};

struct ga_nvml_report {
    unsigned is_cec_present, size, cec_size;
    uint8_t nonce[0x20]; /* in */
    uint8_t report[0x2000];
    uint8_t cec_report[0x1000];
};

/* clang-format off */
/* Columns: member, symbol, type of the function, whether every command needs
 * it.  Older drivers lack some: what is optional is asked for when used. */
#define GA_NVML_SYMBOLS(X)                                                     \
    X(init,          nvmlInit_v2,                  int (*)(void), true)        \
    X(shutdown,      nvmlShutdown,                 int (*)(void), true)        \
    X(error_string,  nvmlErrorString,              const char *(*)(int), true) \
    X(device_count,  nvmlDeviceGetCount_v2,        int (*)(unsigned *), true)  \
    X(device_handle, nvmlDeviceGetHandleByIndex_v2, int (*)(unsigned, ga_nvml_device *), true) \
    X(device_uuid,   nvmlDeviceGetUUID,            int (*)(ga_nvml_device, char *, unsigned), true) \
    X(device_arch,   nvmlDeviceGetArchitecture,    int (*)(ga_nvml_device, unsigned *), true) \
    X(device_vbios,  nvmlDeviceGetVbiosVersion,    int (*)(ga_nvml_device, char *, unsigned), false) \
    X(device_board,  nvmlDeviceGetBoardId,         int (*)(ga_nvml_device, unsigned *), false) \
    X(driver,        nvmlSystemGetDriverVersion,   int (*)(char *, unsigned), true) \
    X(cc_state,      nvmlSystemGetConfComputeState, int (*)(struct ga_nvml_cc_state *), false) \
    X(cc_settings,   nvmlSystemGetConfComputeSettings, int (*)(struct ga_nvml_cc_settings *), false) \
    X(get_ready,     nvmlSystemGetConfComputeGpusReadyState, int (*)(unsigned *), false) \
    X(set_ready,     nvmlSystemSetConfComputeGpusReadyState, int (*)(unsigned), false) \
    X(certificate,   nvmlDeviceGetConfComputeGpuCertificate, int (*)(ga_nvml_device, struct ga_nvml_certificate *), false) \
    X(report,        nvmlDeviceGetConfComputeGpuAttestationReport, int (*)(ga_nvml_device, struct ga_nvml_report *), false)
/* clang-format on */

struct ga_nvml_api {
#define X(member, symbol, type, required) __typeof__(type) member;
    GA_NVML_SYMBOLS(X)
#undef X
    void *handle; /* of dlopen(), NULL in tests */
};

/* The names of the symbols, by member. */
struct ga_nvml_names {
#define X(member, symbol, type, required) const char *member;
    GA_NVML_SYMBOLS(X)
#undef X
};
extern const struct ga_nvml_names ga_nvml_names;

/* ga_nvml_open loads the library and its symbols, and calls nvmlInit_v2.  A
 * failed start leaves nothing behind and can be tried again. */
GA_MUST_USE enum ga_rc ga_nvml_open(struct ga_nvml_api *out,
                                    struct ga_error *err);
/* ga_nvml_close shuts the library down and zeroes `api`; a zeroed one may be
 * closed. */
void ga_nvml_close(struct ga_nvml_api *api);

/* ga_nvml_start is the second half of ga_nvml_open(), for a table that is
 * filled: nvmlInit_v2. */
GA_MUST_USE enum ga_rc ga_nvml_start(const struct ga_nvml_api *api,
                                     struct ga_error *err);

/* ga_nvml_check turns what `symbol` returned into GA_OK, or GA_E_UNREACHABLE
 * with the library's own message. */
GA_MUST_USE enum ga_rc ga_nvml_check(const struct ga_nvml_api *api,
                                     const char *symbol, int code,
                                     struct ga_error *err);

/* ga_nvml_absent is the error of a symbol that this library does not have. */
enum ga_rc ga_nvml_absent(const char *symbol, struct ga_error *err);

/* GA_NVML_CALL calls a member of the table, which may be one that this library
 * does not have. */
#define GA_NVML_CALL(api, member, err, ...)                            \
    ((api)->member == NULL ? ga_nvml_absent(ga_nvml_names.member, err) \
                           : ga_nvml_check(api, ga_nvml_names.member,  \
                                           (api)->member(__VA_ARGS__), err))

#endif
