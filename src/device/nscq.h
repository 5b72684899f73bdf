/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_DEVICE_NSCQ_H
#define GA_DEVICE_NSCQ_H

#include <stdint.h>

#include "base/fail.h"
#include "gpuattest/nscq.h"

/*
 * NSCQ's ABI, exactly: codes are i8, report, certificate and label come by
 * value.  Source: spec-protocol, 6.
 */
typedef struct ga_nscq_session_st *ga_nscq_session;
typedef struct ga_nscq_observer_st *ga_nscq_observer;
typedef int8_t ga_nscq_rc;

struct ga_nscq_uuid {
    uint8_t bytes[16];
};
struct ga_nscq_label {
    char data[GA_NSCQ_LABEL];
};
struct ga_nscq_session_result {
    ga_nscq_rc rc;
    ga_nscq_session session;
};
struct ga_nscq_observer_result {
    ga_nscq_rc rc;
    ga_nscq_observer observer;
};
struct ga_nscq_report {
    uint32_t report_size;
    uint8_t report[0x2000];
};
struct ga_nscq_certificate {
    uint8_t cert_chain[0x1400];
    uint32_t cert_chain_size;
};

/* The library calls it with the value's own type by value; every one is cast to
 * this. */
typedef void (*ga_nscq_fn)(void);

#define GA_NSCQ_SESSION_MOUNT_DEVICES 1u

/* clang-format off */
#define GA_NSCQ_SYMBOLS(X)                                                     \
    X(session_create,  nscq_session_create,  struct ga_nscq_session_result (*)(uint32_t), true) \
    X(session_destroy, nscq_session_destroy, void (*)(ga_nscq_session), true)  \
    X(path_observe,    nscq_session_path_observe, ga_nscq_rc (*)(ga_nscq_session, const char *, ga_nscq_fn, void *, uint32_t), true) \
    X(set_input,       nscq_session_set_input, ga_nscq_rc (*)(ga_nscq_session, uint32_t, void *, uint32_t), true) \
    X(uuid_to_label,   nscq_uuid_to_label, ga_nscq_rc (*)(const struct ga_nscq_uuid *, struct ga_nscq_label *, uint32_t), true) \
    X(session_mount,   nscq_session_mount, ga_nscq_rc (*)(ga_nscq_session, const struct ga_nscq_uuid *, uint32_t), false) \
    X(session_unmount, nscq_session_unmount, void (*)(ga_nscq_session, const struct ga_nscq_uuid *), false) \
    X(register_observer, nscq_session_path_register_observer, struct ga_nscq_observer_result (*)(ga_nscq_session, const char *, ga_nscq_fn, void *, uint32_t), false) \
    X(observer_deregister, nscq_observer_deregister, void (*)(ga_nscq_observer), false) \
    X(observer_observe, nscq_observer_observe, ga_nscq_rc (*)(ga_nscq_observer, uint32_t), false) \
    X(session_observe, nscq_session_observe, ga_nscq_rc (*)(ga_nscq_session, uint32_t), false)
/* clang-format on */

struct ga_nscq_api {
#define X(member, symbol, type, required) __typeof__(type) member;
    GA_NSCQ_SYMBOLS(X)
#undef X
    void *handle;     /* of dlopen(), NULL in tests */
    const char *file; /* the name that was loaded */
};

/* The names of the symbols, by member. */
struct ga_nscq_names {
#define X(member, symbol, type, required) const char *member;
    GA_NSCQ_SYMBOLS(X)
#undef X
};
extern const struct ga_nscq_names ga_nscq_names;

/* ga_nscq_load loads libnvidia-nscq.so.2, or, where that is not there,
 * libnvidia-nscq.so. */
GA_MUST_USE enum ga_rc ga_nscq_load(struct ga_nscq_api *out,
                                    struct ga_error *err);
/* ga_nscq_unload zeroes `api`; a zeroed one may be unloaded. */
void ga_nscq_unload(struct ga_nscq_api *api);

#endif
