/* SPDX-License-Identifier: Apache-2.0 */
/* The table of checks: whose they are, why they fail, what may be relaxed. */
#include "base/checks.h"

#define R(name) (UINT64_C(1) << GA_R_##name)

#define SHAPES (R(MALFORMED) | R(TRAILING) | R(DUPLICATE))
#define CHAIN                                                                \
    (R(MALFORMED) | R(TRAILING) | R(EXPIRED) | R(NOT_YET_VALID) |            \
     R(UNTRUSTED) | R(BROKEN) | R(SHAPE) | R(EXTENSION) | R(ALGORITHM) |     \
     R(KEY) | R(IDENTITY) | R(SIMULATOR) | R(DUPLICATE) | R(BAD_SIGNATURE) | \
     R(DEPENDS) | R(GRACE))
#define OCSP                                                                   \
    (R(MALFORMED) | R(BAD_SIGNATURE) | R(STALE) | R(FUTURE) |                  \
     R(NONCE_MISSING) | R(NONCE_OTHER) | R(REVOKED) | R(HOLD) | R(UNKNOWN) |   \
     R(RESPONDER) | R(SIMULATOR) | R(ALGORITHM) | R(EXTENSION) | R(CONFLICT) | \
     R(ABSENT) | R(UNREACHABLE) | R(NOT_ASKED) | R(DEPENDS) | R(GRACE))
#define AVAILABLE                                                            \
    (R(MALFORMED) | R(ABSENT) | R(UNREACHABLE) | R(NOT_ASKED) | R(DEPENDS) | \
     R(BAD_ID) | R(TOO_OLD))
#define SCHEMA (R(MALFORMED) | R(DUPLICATE) | R(SCHEMA) | R(DEPENDS))
#define SIGNATURE                                                         \
    (R(MALFORMED) | R(DUPLICATE) | R(SCHEMA) | R(ALGORITHM) | R(ABSENT) | \
     R(BAD_SIGNATURE) | R(BAD_DIGEST) | R(NO_KEY) | R(DEPENDS))
#define VERSION                                                           \
    (R(VERSION_OTHER) | R(PRODUCT_OTHER) | R(ROLE_OTHER) | R(DUPLICATE) | \
     R(DEPENDS))

#define TOPOLOGY (R(NO_TOPOLOGY) | R(DEPENDS))

#define DEVICE (GA_SCOPE_GPU | GA_SCOPE_SWITCH)

#define TOKEN  GA_SCOPE_TOKEN
#define TOKENS (GA_SCOPE_TOKEN | GA_SCOPE_DEVICE_TOKEN)

/* clang-format off */
#define RIM_ROWS(id, prefix, scope)                                             \
    [GA_CHECK_##id##_AVAILABLE] = { prefix ".available", scope, GA_RELAX_ANY, AVAILABLE }, \
    [GA_CHECK_##id##_SCHEMA] = { prefix ".schema", scope, GA_RELAX_ANY, SCHEMA }, \
    [GA_CHECK_##id##_SIGNATURE] = { prefix ".signature", scope, GA_RELAX_NEVER, SIGNATURE }, \
    [GA_CHECK_##id##_CHAIN] = { prefix ".chain", scope, GA_RELAX_EXPIRED, CHAIN }, \
    [GA_CHECK_##id##_OCSP] = { prefix ".ocsp", scope, GA_RELAX_CURRENT, OCSP }, \
    [GA_CHECK_##id##_VERSION] = { prefix ".version", scope, GA_RELAX_ANY, VERSION }

const struct ga_check_row ga_check_rows[GA_CHECK_COUNT] = {
    [GA_CHECK_REPORT_PARSE] = { "report.parse", DEVICE, GA_RELAX_NEVER, SHAPES },
    [GA_CHECK_REPORT_NONCE] = { "report.nonce", DEVICE, GA_RELAX_NEVER, R(NONCE_OTHER) | R(DEPENDS) },
    [GA_CHECK_REPORT_SIGNATURE] = { "report.signature", DEVICE, GA_RELAX_NEVER, R(BAD_SIGNATURE) | R(NO_KEY) | R(DEPENDS) },
    [GA_CHECK_REPORT_ARCH] = { "report.arch", DEVICE, GA_RELAX_ANY, R(MISMATCH) | R(UNKNOWN_VALUE) | R(DEPENDS) },
    [GA_CHECK_REPORT_FWID] = { "report.fwid", DEVICE, GA_RELAX_ANY, SHAPES | R(ABSENT) | R(MISMATCH) | R(NO_FIELD) | R(DEPENDS) },
    [GA_CHECK_REPORT_MODE] = { "report.mode", DEVICE, GA_RELAX_ANY, R(MISMATCH) | R(UNKNOWN_VALUE) | R(NO_FIELD) | R(DEPENDS) },
    [GA_CHECK_DEVICE_CHAIN] = { "device.chain", DEVICE, GA_RELAX_EXPIRED, CHAIN },
    [GA_CHECK_DEVICE_OCSP] = { "device.ocsp", DEVICE, GA_RELAX_CURRENT, OCSP },
    RIM_ROWS(DRIVER_RIM, "driver_rim", GA_SCOPE_GPU),
    RIM_ROWS(VBIOS_RIM, "vbios_rim", GA_SCOPE_GPU),
    RIM_ROWS(BIOS_RIM, "bios_rim", GA_SCOPE_SWITCH),
    [GA_CHECK_MEASUREMENTS_CONFLICT] = { "measurements.conflict", DEVICE, GA_RELAX_ANY, R(CONFLICT) | R(DEPENDS) | R(NOTHING) },
    [GA_CHECK_MEASUREMENTS_MATCH] = { "measurements.match", DEVICE, GA_RELAX_ANY, R(INDEX) | R(NOTHING) | R(PARTIAL) | R(UNKNOWN_VALUE) | R(DEPENDS) },
    [GA_CHECK_SET_NONCE] = { "set.nonce", GA_SCOPE_SET, GA_RELAX_NEVER, R(NONCE_OTHER) | R(MALFORMED) | R(MIXED) | R(DEPENDS) },
    [GA_CHECK_SET_DISTINCT] = { "set.distinct", GA_SCOPE_SET, GA_RELAX_NEVER, R(SAME_DEVICE) | R(DEPENDS) },
    [GA_CHECK_SET_COUNT] = { "set.count", GA_SCOPE_SET, GA_RELAX_ANY, R(COUNT_OTHER) | R(NOT_EXPECTED) },
    [GA_CHECK_SET_MODE] = { "set.mode", GA_SCOPE_SET, GA_RELAX_ANY, R(MIXED) | R(MODE_OTHER) | R(NO_FIELD) | R(CC_OFF) | R(DEV_TOOLS) | R(HOST_WORD) | R(DEPENDS) },
    [GA_CHECK_TOPOLOGY_BOARD] = { "topology.board", GA_SCOPE_SET, GA_RELAX_ANY, R(COUNT_OTHER) | R(MISMATCH) | TOPOLOGY },
    [GA_CHECK_TOPOLOGY_GPU] = { "topology.gpu", GA_SCOPE_SET, GA_RELAX_ANY, R(ABSENT) | R(NOTHING) | R(COUNT_OTHER) | R(MIXED) | R(UNKNOWN_VALUE) | TOPOLOGY },
    [GA_CHECK_TOPOLOGY_SWITCH] = { "topology.switch", GA_SCOPE_SET, GA_RELAX_ANY, R(ABSENT) | R(NOTHING) | R(COUNT_OTHER) | R(MIXED) | R(MISMATCH) | R(DUPLICATE) | R(SAME_DEVICE) | R(UNKNOWN_VALUE) | TOPOLOGY },
    [GA_CHECK_TOPOLOGY_IDENTITY] = { "topology.identity", GA_SCOPE_SET, GA_RELAX_ANY, R(ABSENT) | R(MISMATCH) | R(SAME_DEVICE) | TOPOLOGY },
    [GA_CHECK_TOPOLOGY_LOCK] = { "topology.lock", GA_SCOPE_SET, GA_RELAX_ANY, R(ABSENT) | R(MODE_OTHER) | R(UNLOCKED) | R(UNKNOWN_VALUE) | TOPOLOGY },
    [GA_CHECK_RIM_SCHEMA] = { "rim.schema", GA_SCOPE_RIM, GA_RELAX_ANY, SCHEMA },
    [GA_CHECK_RIM_SIGNATURE] = { "rim.signature", GA_SCOPE_RIM, GA_RELAX_NEVER, SIGNATURE },
    [GA_CHECK_RIM_CHAIN] = { "rim.chain", GA_SCOPE_RIM, GA_RELAX_EXPIRED, CHAIN },
    [GA_CHECK_RIM_OCSP] = { "rim.ocsp", GA_SCOPE_RIM, GA_RELAX_CURRENT, OCSP },
    [GA_CHECK_RIM_VERSION] = { "rim.version", GA_SCOPE_RIM, GA_RELAX_ANY, VERSION | R(NOT_EXPECTED) },
    [GA_CHECK_TOKEN_SIGNATURE] = { "token.signature", TOKENS, GA_RELAX_NEVER, SHAPES | R(SHAPE) | R(EXTENSION) | R(ALGORITHM) | R(KEY) | R(NO_KEY) | R(BAD_SIGNATURE) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_CHAIN] = { "token.chain", TOKENS, GA_RELAX_NEVER, SHAPES | R(ABSENT) | R(EXPIRED) | R(NOT_YET_VALID) | R(UNTRUSTED) | R(BROKEN) | R(SHAPE) | R(EXTENSION) | R(ALGORITHM) | R(KEY) | R(SIMULATOR) | R(BAD_SIGNATURE) | R(DEPENDS) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_ISSUER] = { "token.issuer", TOKENS, GA_RELAX_NEVER, R(MALFORMED) | R(ABSENT) | R(MISMATCH) | R(DEPENDS) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_TIME] = { "token.time", TOKENS, GA_RELAX_EXPIRED, R(MALFORMED) | R(ABSENT) | R(EXPIRED) | R(NOT_YET_VALID) | R(FUTURE) | R(LIFETIME) | R(DEPENDS) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_NONCE] = { "token.nonce", TOKENS, GA_RELAX_NEVER, R(MALFORMED) | R(NONCE_MISSING) | R(NONCE_OTHER) | R(DEPENDS) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_SUBMODS] = { "token.submods", TOKEN, GA_RELAX_NEVER, R(MALFORMED) | R(ABSENT) | R(DUPLICATE) | R(SHAPE) | R(BAD_DIGEST) | R(MISMATCH) | R(DEPENDS) | R(NO_FIELD) },
    [GA_CHECK_TOKEN_COUNT] = { "token.count", TOKEN, GA_RELAX_ANY, R(COUNT_OTHER) | R(NOT_EXPECTED) },
    [GA_CHECK_TOKEN_DISTINCT] = { "token.distinct", TOKEN, GA_RELAX_NEVER, R(SAME_DEVICE) | R(DEPENDS) },
    [GA_CHECK_TOKEN_DEVICE] = { "token.device", GA_SCOPE_DEVICE_TOKEN, GA_RELAX_ANY, R(ABSENT) | R(MISMATCH) | R(NOT_EXPECTED) | R(DEPENDS) },
    [GA_CHECK_TOKEN_RESULT] = { "token.result", TOKENS, GA_RELAX_ANY, R(MALFORMED) | R(ABSENT) | R(CLAIM) | R(ERROR_DETAILS) | R(REFUSED) | R(RELAXED) | R(DEPENDS) | R(NO_FIELD) },
};
/* clang-format on */

bool
ga_check_relaxable(enum ga_check_id id, enum ga_reason reason)
{
    uint64_t bit = UINT64_C(1) << reason;

    if (reason != GA_R_NONE && (ga_check_rows[id].reasons & bit) == 0)
        return false;
    switch (ga_check_rows[id].relax) {
    case GA_RELAX_ANY:
        return true;
    case GA_RELAX_CURRENT:
        return reason != GA_R_REVOKED && reason != GA_R_HOLD;
    case GA_RELAX_EXPIRED:
        return reason == GA_R_EXPIRED;
    case GA_RELAX_NEVER:
        break;
    }
    return false;
}
