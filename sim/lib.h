/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_LIB_H
#define GA_SIM_LIB_H

#include <limits.h>
#include <pthread.h>

#include "sim/faults.h"
#include "sim/state.h"

/*
 * What both simulated libraries stand on: the state folder that the
 * environment names, and the script of faults, which is read again at each
 * call, so that it can be changed meanwhile.  Calls are counted per process,
 * from the last change on.
 *
 * NVML's and NSCQ's interfaces have no handle to hold this: each library has
 * one, behind a lock.
 */
struct sim_lib {
    pthread_mutex_t lock;
    unsigned users; /* of NVML: nvmlInit_v2 less nvmlShutdown; sessions */
    char dir[PATH_MAX];
    struct sim_state state;
    struct ga_buf script; /* that `faults` was read from */
    struct sim_faults faults;
};

/* sim_lib_open reads the state for the first user.  It says on standard error
 * what is wrong: the caller has a number to return and no text. */
GA_MUST_USE bool sim_lib_open(struct sim_lib *lib);

/* sim_lib_close releases it with the last one; false without a user. */
bool sim_lib_close(struct sim_lib *lib);

/* sim_lib_done releases what stays behind the last user. */
void sim_lib_done(struct sim_lib *lib);

GA_MUST_USE bool sim_lib_is_open(struct sim_lib *lib);

/* sim_lib_meet counts a call, waits as long as the script says, and returns
 * what else it says.  False: the script cannot be read. */
GA_MUST_USE bool sim_lib_meet(struct sim_lib *lib, enum sim_library library,
                              const char *call, const char *device,
                              struct sim_act *out);

/* sim_lib_size copies bytes into a buffer of the library's, as far as they fit
 * and the fault lets them, and returns the size that is said. */
unsigned sim_lib_size(const struct sim_act *act, struct ga_bytes bytes,
                      uint8_t *out, size_t cap);

#define SIM_EXPORT __attribute__((visibility("default")))

#endif
