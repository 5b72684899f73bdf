/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_FAULTS_H
#define GA_SIM_FAULTS_H

#include "base/bytes.h"

/*
 * The script that makes the simulated driver libraries fail: a line per fault,
 * docs/simulator.md.
 *
 *     nvml nvmlDeviceGetUUID rc=999
 *     nvml *@GPU-3#5+ gone
 *     nscq attestation_report@SWITCH-1#2 size=0 delay=200ms
 *     nvml nvmlDeviceGetConfComputeGpuAttestationReport@GPU-3 measurement=9
 */
#define SIM_FAULTS_FILE "faults"

enum sim_library { SIM_NVML, SIM_NSCQ };

/* What a fault does to a call; zeroed: nothing. */
struct sim_act {
    bool gone;            /* the device does not answer any more */
    bool swapped;         /* another device answers: it has another UUID */
    bool has_rc;          /* the library's code is this one */
    int rc;               /* NSCQ: above 0 is a warning, and the call goes on */
    bool has_size;        /* the size that is said, whatever is there */
    unsigned size;        /* bytes */
    bool has_cut;         /* no more bytes than these, and their number said */
    unsigned cut;         /* bytes */
    unsigned delay_ms;    /* before the call does anything */
    bool tampered;        /* the device runs other firmware, and says so */
    unsigned measurement; /* of which index */
};

/* Lines of a script, and milliseconds of a delay: more is a mistake. */
#define SIM_FAULTS_MAX 64
#define SIM_DELAY_MAX  600000u

/* Room for the longest name of a call or a device, and NUL. */
#define SIM_CALL_TEXT 64

struct sim_fault {
    enum sim_library library;
    char call[SIM_CALL_TEXT];   /* "*": every one */
    char device[SIM_CALL_TEXT]; /* "": every one */
    unsigned from, to;          /* which of the calls that fit; from 1 */
    struct sim_act act;
    unsigned met; /* calls that fitted */
};

struct sim_faults {
    size_t count;
    struct sim_fault fault[SIM_FAULTS_MAX];
};

/* sim_faults_parse reads a script.  Errors: GA_E_SYNTAX with the line's number;
 * GA_E_TOO_LARGE.  Output untouched on failure. */
GA_MUST_USE enum ga_rc sim_faults_parse(struct ga_bytes script,
                                        struct sim_faults *out,
                                        struct ga_error *err);

/* sim_faults_meet counts a call and sums up what all faults that fit do to it.
 * `device` is a label, or "" for a call that has none. */
struct sim_act sim_faults_meet(struct sim_faults *f, enum sim_library library,
                               const char *call, const char *device);

#endif
