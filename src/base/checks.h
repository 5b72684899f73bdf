/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_CHECKS_H
#define GA_BASE_CHECKS_H

#include "base/check.h"

/*
 * Every named check, once, in the order in which results list them.  Columns:
 * identifier, name.  Scope, reasons and how it may be relaxed are in checks.c;
 * docs/checks.md says what each means and is compared by a test.
 */
/* clang-format off */
#define GA_CHECKS(X)                                            \
    X(REPORT_PARSE,          "report.parse")                    \
    X(REPORT_NONCE,          "report.nonce")                    \
    X(REPORT_SIGNATURE,      "report.signature")                \
    X(REPORT_ARCH,           "report.arch")                     \
    X(REPORT_FWID,           "report.fwid")                     \
    X(REPORT_MODE,           "report.mode")                     \
    X(DEVICE_CHAIN,          "device.chain")                    \
    X(DEVICE_OCSP,           "device.ocsp")                     \
    X(DRIVER_RIM_AVAILABLE,  "driver_rim.available")            \
    X(DRIVER_RIM_SCHEMA,     "driver_rim.schema")               \
    X(DRIVER_RIM_SIGNATURE,  "driver_rim.signature")            \
    X(DRIVER_RIM_CHAIN,      "driver_rim.chain")                \
    X(DRIVER_RIM_OCSP,       "driver_rim.ocsp")                 \
    X(DRIVER_RIM_VERSION,    "driver_rim.version")              \
    X(VBIOS_RIM_AVAILABLE,   "vbios_rim.available")             \
    X(VBIOS_RIM_SCHEMA,      "vbios_rim.schema")                \
    X(VBIOS_RIM_SIGNATURE,   "vbios_rim.signature")             \
    X(VBIOS_RIM_CHAIN,       "vbios_rim.chain")                 \
    X(VBIOS_RIM_OCSP,        "vbios_rim.ocsp")                  \
    X(VBIOS_RIM_VERSION,     "vbios_rim.version")               \
    X(BIOS_RIM_AVAILABLE,    "bios_rim.available")              \
    X(BIOS_RIM_SCHEMA,       "bios_rim.schema")                 \
    X(BIOS_RIM_SIGNATURE,    "bios_rim.signature")              \
    X(BIOS_RIM_CHAIN,        "bios_rim.chain")                  \
    X(BIOS_RIM_OCSP,         "bios_rim.ocsp")                   \
    X(BIOS_RIM_VERSION,      "bios_rim.version")                \
    X(MEASUREMENTS_CONFLICT, "measurements.conflict")           \
    X(MEASUREMENTS_MATCH,    "measurements.match")              \
    X(SET_NONCE,             "set.nonce")                       \
    X(SET_DISTINCT,          "set.distinct")                    \
    X(SET_COUNT,             "set.count")                       \
    X(SET_MODE,              "set.mode")                        \
    X(TOPOLOGY_BOARD,        "topology.board")                  \
    X(TOPOLOGY_GPU,          "topology.gpu")                    \
    X(TOPOLOGY_SWITCH,       "topology.switch")                 \
    X(TOPOLOGY_IDENTITY,     "topology.identity")               \
    X(TOPOLOGY_LOCK,         "topology.lock")                   \
    X(RIM_SCHEMA,            "rim.schema")                      \
    X(RIM_SIGNATURE,         "rim.signature")                   \
    X(RIM_CHAIN,             "rim.chain")                       \
    X(RIM_OCSP,              "rim.ocsp")                        \
    X(RIM_VERSION,           "rim.version")                     \
    X(TOKEN_SIGNATURE,       "token.signature")                 \
    X(TOKEN_CHAIN,           "token.chain")                     \
    X(TOKEN_ISSUER,          "token.issuer")                    \
    X(TOKEN_TIME,            "token.time")                      \
    X(TOKEN_NONCE,           "token.nonce")                     \
    X(TOKEN_SUBMODS,         "token.submods")                   \
    X(TOKEN_COUNT,           "token.count")                     \
    X(TOKEN_DISTINCT,        "token.distinct")                  \
    X(TOKEN_DEVICE,          "token.device")                    \
    X(TOKEN_RESULT,          "token.result")
/* clang-format on */

enum ga_check_id {
#define X(id, name) GA_CHECK_##id,
    GA_CHECKS(X)
#undef X
        GA_CHECK_COUNT
};

/* Checks of one RIM, in the order of the six rows above. */
enum ga_rim_check {
    GA_RIM_CHECK_AVAILABLE,
    GA_RIM_CHECK_SCHEMA,
    GA_RIM_CHECK_SIGNATURE,
    GA_RIM_CHECK_CHAIN,
    GA_RIM_CHECK_OCSP,
    GA_RIM_CHECK_VERSION,
    GA_RIM_CHECKS
};

/* Whose check it is. */
enum ga_scope {
    GA_SCOPE_GPU = 1 << 0,
    GA_SCOPE_SWITCH = 1 << 1,
    GA_SCOPE_SET = 1 << 2,
    GA_SCOPE_RIM = 1 << 3,   /* one RIM alone, ga_rim_verify() */
    GA_SCOPE_TOKEN = 1 << 4, /* an overall token, and tokens together */
    GA_SCOPE_DEVICE_TOKEN = 1 << 5
};

/* What ga_verify() checks. */
#define GA_SCOPE_EVIDENCE (GA_SCOPE_GPU | GA_SCOPE_SWITCH | GA_SCOPE_SET)

/* What --relax may do to a check: column "relax" of docs/checks.md. */
enum ga_relax_rule {
    GA_RELAX_NEVER = 0,
    GA_RELAX_EXPIRED, /* reason expired alone */
    GA_RELAX_CURRENT, /* all but revoked and hold */
    GA_RELAX_ANY
};

struct ga_check_row {
    const char *name;
    unsigned scope; /* enum ga_scope */
    enum ga_relax_rule relax;
    uint64_t reasons; /* bit 1 << reason: those it can fail, not be made or
                         not apply with */
};

extern const struct ga_check_row ga_check_rows[GA_CHECK_COUNT];

/* ga_check_relaxable says whether `reason` (GA_R_NONE: that the check was not
 * made) of `id` may be relaxed at all. */
bool ga_check_relaxable(enum ga_check_id id, enum ga_reason reason);

#endif
