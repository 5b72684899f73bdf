/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_STATE_H
#define GA_SIM_STATE_H

#include "base/chips.h"
#include "sim/faults.h"
#include "sim/report.h"

struct sim_world;

/*
 * The state of a simulated machine: a folder that gpuattest-sim run makes and
 * the simulated driver libraries read.  Its files are replaced as a whole, so
 * that several processes may use them.
 *
 *     devices.json  keys, reports, chains; mode 0600; never changes
 *     settings      what the driver says of the host: name=value
 *     ready         the GPUs' ready state: 0 or 1
 *     faults        the script of sim/faults.h
 */
#define SIM_STATE_ENV "GPUATTEST_SIM_STATE"

#define SIM_UUID_LEN 16

/* A device as the libraries see it. */
struct sim_unit {
    char label[16]; /* GPU-0 */
    enum ga_kind kind;
    unsigned number; /* within its kind */
    uint8_t uuid[SIM_UUID_LEN];
    char uuid_text[48];
    unsigned nvml_arch; /* 0 for switches */
    char vbios[32];
    uint8_t key[GA_P384_LEN]; /* the leaf's private scalar */
    /* The report up to its signature, for a nonce of zero bits; the nonce that
     * is asked for is added by exclusive or. */
    struct ga_buf message;
    size_t nonce_at; /* of the response's own nonce */
    enum sim_rs rs;  /* what a defect does behind the message */
    size_t trailing;
    struct ga_buf chain; /* PEM */
};

struct sim_state {
    char driver[32];
    size_t units;
    struct sim_unit *unit;
};

/* sim_state_write writes all files into the folder `dir`.  Errors:
 * GA_E_FILE; GA_E_INVAL for what does not fit into the libraries' buffers. */
GA_MUST_USE enum ga_rc sim_state_write(const struct sim_world *w,
                                       const char *dir, struct ga_error *err);

/* sim_state_read reads devices.json. */
GA_MUST_USE enum ga_rc sim_state_read(const char *dir, struct sim_state *out,
                                      struct ga_error *err);
void sim_state_done(struct sim_state *s);

/* sim_unit_report makes a report over `nonce`, of GA_NONCE_LEN bytes, as the
 * device is that `act` was done to.  Errors: GA_E_INVAL for a measurement that
 * the device does not have. */
GA_MUST_USE enum ga_rc sim_unit_report(const struct sim_unit *u,
                                       const uint8_t *nonce,
                                       const struct sim_act *act,
                                       struct ga_buf *out,
                                       struct ga_error *err);

/* What the driver says of the host.  Names are those of the file. */
/* clang-format off */
#define SIM_SETTINGS(X)                                             \
    X(environment)    /* 0 unavailable, 1 simulation, 2 production */ \
    X(cc_feature)     /* confidential computing: 0 or 1 */            \
    X(dev_tools_mode) /* 0 or 1 */                                    \
    X(multi_gpu_mode) /* 0 none, 1 protected PCIe, 2 NVLE */          \
    X(pcie_mode)      /* of switches: -1 to 3, 3 is locked */
/* clang-format on */

struct sim_settings {
#define X(name) int name;
    SIM_SETTINGS(X)
#undef X
};

GA_MUST_USE enum ga_rc sim_settings_read(const char *dir,
                                         struct sim_settings *out,
                                         struct ga_error *err);

/* sim_settings_set reads "name=value" into `s`; false for what is none. */
GA_MUST_USE bool sim_settings_set(struct sim_settings *s, const char *text,
                                  size_t len);
GA_MUST_USE enum ga_rc sim_settings_write(const char *dir,
                                          const struct sim_settings *s,
                                          struct ga_error *err);

GA_MUST_USE enum ga_rc sim_ready_read(const char *dir, bool *out,
                                      struct ga_error *err);
GA_MUST_USE enum ga_rc sim_ready_write(const char *dir, bool ready,
                                       struct ga_error *err);

/* sim_state_put replaces the file `name` of the folder at one stroke; it is
 * readable by its owner alone. */
GA_MUST_USE enum ga_rc sim_state_put(const char *dir, const char *name,
                                     struct ga_bytes bytes,
                                     struct ga_error *err);

/* sim_state_get reads one, up to `max` bytes. */
GA_MUST_USE enum ga_rc sim_state_get(const char *dir, const char *name,
                                     size_t max, struct ga_buf *out,
                                     struct ga_error *err);

#endif
