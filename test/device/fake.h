/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DEVICE_FAKE_H
#define TEST_DEVICE_FAKE_H

#include <stdatomic.h>

#include "device/device.h"

/*
 * A scripted NVML and NSCQ behind the tables of functions.  A zeroed script is
 * a board of two GPUs and two switches on which everything works; each member
 * that is not 0 breaks one thing.
 */
enum fake_call {
    CALL_INIT,
    CALL_SHUTDOWN,
    CALL_COUNT,
    CALL_HANDLE,
    CALL_UUID,
    CALL_ARCH,
    CALL_DRIVER,
    CALL_STATE,
    CALL_SETTINGS,
    CALL_GET_READY,
    CALL_SET_READY,
    CALL_CERTIFICATE,
    CALL_REPORT,
    /* NSCQ */
    CALL_CREATE,
    CALL_DESTROY,
    CALL_LABEL,
    CALL_INPUT,
    CALL_LIST,
    CALL_SWITCH_ARCH,
    CALL_PCIE_MODE,
    CALL_SWITCH_REPORT,
    CALL_SWITCH_CHAIN,
    CALLS
};

/* How the callbacks of one path misbehave; for the second switch alone where it
 * says "one". */
enum fake_quirk {
    QUIRK_NONE,
    QUIRK_SILENT,      /* never called */
    QUIRK_ONE_SILENT,  /* not called for it */
    QUIRK_TWICE,       /* called once more for the first */
    QUIRK_FOREIGN,     /* called for a switch that is not there, too */
    QUIRK_NO_DEVICE,   /* without a device, or, of the list, a UUID */
    QUIRK_NO_USER,     /* without the user data */
    QUIRK_ALL_THE_SAME /* of the list: the same UUID */
};

#define NONE (-1) /* 0, where 0 stands for the default */

struct fake_script {
    int code[CALLS];     /* what the call returns */
    unsigned on[CALLS];  /* on which device, from 1; 0: on all */
    bool absent[CALLS];  /* no such symbol */
    const char *message; /* of nvmlErrorString */
    bool no_message;

    int gpus; /* default 2 */
    bool no_handle;
    const char *uuid; /* of every GPU */
    bool uuid_without_nul;
    int64_t arch; /* default 9 */
    const char *driver;
    bool driver_without_nul;
    int64_t report_size, chain_size; /* default: what is written */
    bool chain_of_nuls;
    struct ga_nvml_cc_state state;
    struct ga_nvml_cc_settings settings;
    unsigned ready;
    unsigned delay_ms; /* of each report */

    int switches; /* default 2 */
    bool no_session;
    const char *label; /* of every switch */
    bool label_without_nul;
    int switch_arch; /* default 2 */
    int8_t callback_code[CALLS];
    enum fake_quirk quirk[CALLS];
    int64_t switch_report_size, switch_chain_size;
};

extern struct fake_script fake;

/* What was called, how often, and how many reports at one time. */
extern atomic_uint fake_calls[CALLS];
extern atomic_uint fake_most;
extern unsigned fake_set_to;           /* of the last nvmlSystemSet... */
extern uint32_t fake_settings_version; /* that the settings were asked with */

/* What was logged last, and how often. */
extern char fake_log[GA_ERROR_TEXT];
extern atomic_uint fake_logged;

/* Reports after which the caller wants no more; 0: never. */
extern unsigned fake_cancel_after;

/* fake_play makes `script` the board's and forgets what was called. */
void fake_play(const struct fake_script *script);

/* fake_open does what ga_device_open() does, with the fakes. */
enum ga_rc fake_open(struct ga_device_libraries *libraries, unsigned devices,
                     struct ga_error *err);

/* fake_collect plays the script and does what ga_collect() does, over
 * fake_nonce; it fails the test unless every library that was started was
 * stopped once. */
extern const struct ga_nonce fake_nonce;
enum ga_rc fake_collect(const struct fake_script *script, unsigned devices,
                        struct ga_evidence *evidence, struct ga_error *err);

/* fake_evidence makes an empty list. */
struct ga_evidence *fake_evidence(void);

/* The tables themselves. */
void fake_nvml(struct ga_nvml_api *out);
void fake_nscq(struct ga_nscq_api *out);
extern const struct ga_device_seams fake_seams;

/* fake_uuid is the UUID of the switch `i`. */
struct ga_nscq_uuid fake_uuid(unsigned i);

#endif
