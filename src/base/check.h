/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_BASE_CHECK_H
#define GA_BASE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "gpuattest/verify.h" /* enum ga_state */

/*
 * Every reason code, once: the name is what JSON, --relax and docs/checks.md
 * say.  Which reasons a check can have is in verify/checks.c.
 */
/* clang-format off */
#define GA_REASONS(X)                                                        \
    X(NONE,               "")                                                \
    /* shape of the input */                                                 \
    X(MALFORMED,          "malformed")    /* does not parse */               \
    X(TRAILING,           "trailing")     /* bytes left over */              \
    X(DUPLICATE,          "duplicate")    /* twice what must be unique */    \
    X(SCHEMA,             "schema")       /* parses, but is not a RIM */     \
    /* certificates */                                                       \
    X(EXPIRED,            "expired")                                         \
    X(NOT_YET_VALID,      "not_yet_valid")                                   \
    X(UNTRUSTED,          "untrusted")    /* ends at no anchor */            \
    X(BROKEN,             "broken")       /* not issued by the next one */   \
    X(SHAPE,              "shape")        /* places, names, CA flags, usage*/\
    X(EXTENSION,          "extension")    /* critical unknown, or repeated */\
    X(ALGORITHM,          "algorithm")    /* other than ecdsa-with-SHA384 */ \
    X(KEY,                "key")          /* other than a P-384 point */     \
    X(IDENTITY,           "identity")     /* serial does not fit the key */  \
    X(SIMULATOR,          "simulator")    /* made by the simulator */        \
    /* signatures */                                                         \
    X(BAD_SIGNATURE,      "bad_signature")                                   \
    X(BAD_DIGEST,         "bad_digest")                                      \
    X(NO_KEY,             "no_key")       /* no key to check with */         \
    /* OCSP */                                                               \
    X(STALE,              "stale")        /* older than the rules allow */   \
    X(FUTURE,             "future")       /* from after the present */       \
    X(NONCE_MISSING,      "nonce_missing")                                   \
    X(NONCE_OTHER,        "nonce_other")                                     \
    X(REVOKED,            "revoked")                                         \
    X(HOLD,               "hold")         /* revoked for now */              \
    X(UNKNOWN,            "unknown")      /* responder does not know it */   \
    X(RESPONDER,          "responder")    /* signed by somebody else */      \
    X(CONFLICT,           "conflict")     /* two answers, or two goldens */  \
    /* collateral */                                                         \
    X(ABSENT,             "absent")       /* asked for, and not there */     \
    X(UNREACHABLE,        "unreachable")  /* nobody answered */              \
    X(NOT_ASKED,          "not_asked")    /* settings say: ask nobody */     \
    X(DEPENDS,            "depends")      /* an earlier check must hold */   \
    X(BAD_ID,             "bad_id")       /* report leads to no RIM id */    \
    X(TOO_OLD,            "too_old")      /* signed before the date asked */ \
    /* comparisons */                                                        \
    X(MISMATCH,           "mismatch")     /* two things that must agree */   \
    X(VERSION_OTHER,      "version_other")                                   \
    X(PRODUCT_OTHER,      "product_other")                                   \
    X(ROLE_OTHER,         "role_other")   /* driver RIM as VBIOS RIM */      \
    X(INDEX,              "index")        /* printed as index-N */           \
    X(NOTHING,            "nothing")      /* nothing to compare */           \
    X(PARTIAL,            "partial")      /* not everything was compared */  \
    X(UNKNOWN_VALUE,      "unknown_value")                                   \
    X(SAME_DEVICE,        "same_device")                                     \
    X(COUNT_OTHER,        "count_other")                                     \
    X(MIXED,              "mixed")                                           \
    X(MODE_OTHER,         "mode_other")   /* not the mode it must be in */   \
    X(UNLOCKED,           "unlocked")     /* can still be configured */      \
    /* nothing to check */                                                   \
    X(NO_FIELD,           "no_field")     /* the report has none */          \
    X(NOT_EXPECTED,       "not_expected") /* the caller gave no number */    \
    X(NO_TOPOLOGY,        "no_topology")  /* no board was named */           \
    /* the driver's word */                                                  \
    X(CC_OFF,             "cc_off")       /* no confidential computing */    \
    X(DEV_TOOLS,          "dev_tools")    /* DevTools mode is on */          \
    X(HOST_WORD,          "host_word")    /* unsigned, and as it should be */\
    /* tokens */                                                             \
    X(CLAIM,              "claim")        /* absent, or not what it must be*/\
    X(ERROR_DETAILS,      "error_details") /* the service refused it */      \
    X(REFUSED,            "refused")      /* the overall result is false */  \
    X(RELAXED,            "relaxed")      /* the signer let something pass */\
    X(LIFETIME,           "lifetime")     /* longer than the rules allow */  \
    /* passed, with something to say */                                      \
    X(GRACE,              "grace")        /* old, within the grace asked */
/* clang-format on */

enum ga_reason {
#define X(name, text) GA_R_##name,
    GA_REASONS(X)
#undef X
        GA_REASON_COUNT
};

/* Bytes of a check's text, its NUL included. */
#define GA_CHECK_TEXT 480

/*
 * ga_check is the outcome of one named check.  Zeroed memory means that it was
 * not made, which never counts as passed.  A passed check can have a reason
 * (GA_R_GRACE) and a text: what a reader should know.
 */
struct ga_check {
    enum ga_state state;
    enum ga_reason reason;
    unsigned index;      /* of GA_R_INDEX */
    char index_text[12]; /* "index-9" where the reason is GA_R_INDEX */
    uint64_t all;    /* bit 1 << reason of every failure: relaxing one reason
                       must not hide another */
    bool incomplete; /* failed, and some part of it was not made besides */
    bool relaxed;    /* set by the verdict alone */
    char text[GA_CHECK_TEXT];
};

/* ga_reason_name returns the code of `r` ("" for GA_R_NONE). */
const char *ga_reason_name(enum ga_reason r);

/* ga_reason_find returns the reason of that name, or GA_R_NONE. */
enum ga_reason ga_reason_find(const char *name);

/* ga_state_name returns "passed", "failed", "not_checked", "not_applicable". */
const char *ga_state_name(enum ga_state s);

/*
 * Each of the four sets the state of `c`; text is made as by ga_fail().  A
 * failure is never taken back: ga_check_fail() on a failed check adds its text
 * after "; ", and its reason replaces the first one only where that was
 * EXPIRED or NOT_YET_VALID, which stand when nothing else is wrong.  The other
 * three leave a failed check alone, and a check that was not made stays so
 * when ga_check_pass() or ga_check_none() comes later.  Call ga_check_fail() for
 * every failure and ga_check_unmade() for every part that could not be checked:
 * the verdict relaxes a check only when all of them are relaxed.
 */
void ga_check_fail(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
    GA_PRINTF(3, 4);
void ga_check_unmade(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
    GA_PRINTF(3, 4);
void ga_check_none(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
    GA_PRINTF(3, 4);
void ga_check_pass(struct ga_check *c);

/* ga_check_note puts text on a passed check, and a reason; with GA_R_NONE the
 * reason that it has stays. */
void ga_check_note(struct ga_check *c, enum ga_reason r, const char *fmt, ...)
    GA_PRINTF(3, 4);

/* ga_check_fail_index fails `c` with GA_R_INDEX for that index. */
void ga_check_fail_index(struct ga_check *c, unsigned index, const char *fmt,
                         ...) GA_PRINTF(3, 4);

/* ga_check_reason returns the reason as JSON has it ("expired", "index-9"), or
 * NULL where there is none; borrowed from `c`. */
const char *ga_check_reason(const struct ga_check *c);

/* ga_check_error fails `c` for an input that did not parse: TRAILING and
 * DUPLICATE keep their names, all else is MALFORMED. */
void ga_check_error(struct ga_check *c, const struct ga_error *err);

#endif
