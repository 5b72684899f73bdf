/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_SIM_DEFECT_ROWS_H
#define GA_SIM_DEFECT_ROWS_H

#include <string.h>

#include "sim/world.h"

/* Short forms for the rows of defects_*.c. */

#define DAY  INT64_C(86400)
#define YEAR (365 * DAY)

/* Where a row is put in, by stage: a function of the stage's specification. */
#define CERT(name, fn) .stage = SIM_AT_CERT, .on = name, .apply = { .cert = fn }
#define DEVICE(name, fn) \
    .stage = SIM_AT_DEVICE, .on = name, .apply = { .device = fn }
#define CHAIN(name, fn) \
    .stage = SIM_AT_CHAIN, .on = name, .apply = { .chain = fn }
#define REPORT(name, fn) \
    .stage = SIM_AT_REPORT, .on = name, .apply = { .report = fn }
#define RIM(name, fn)  .stage = SIM_AT_RIM, .on = name, .apply = { .rim = fn }
#define OCSP(name, fn) .stage = SIM_AT_OCSP, .on = name, .apply = { .ocsp = fn }
#define ITEM(name, fn) .stage = SIM_AT_ITEM, .on = name, .apply = { .item = fn }
#define SET(fn)        .stage = SIM_AT_SET, .on = "set", .apply = { .set = fn }
#define VERIFY         .stage = SIM_AT_VERIFY, .on = "", .apply = { .cert = NULL }

#define EXPECT(...)                                                 \
    .expect = (const struct sim_expect[]){ __VA_ARGS__ },           \
    .expects = sizeof((const struct sim_expect[]){ __VA_ARGS__ }) / \
               sizeof(struct sim_expect)

#define FAILED(where, check, reason)                 \
    {                                                \
        where, check, GA_FAILED, GA_R_##reason, 0, 0 \
    }
#define UNMADE(where, check, reason)                      \
    {                                                     \
        where, check, GA_NOT_CHECKED, GA_R_##reason, 0, 0 \
    }
#define WRONG_INDEX(where, index)                                    \
    {                                                                \
        where, "measurements.match", GA_FAILED, GA_R_INDEX, index, 0 \
    }

/* Five checks of a RIM that is not there, and six of one not asked for. */
#define NO_RIM(where, rim)                        \
    UNMADE(where, rim ".schema", DEPENDS),        \
        UNMADE(where, rim ".signature", DEPENDS), \
        UNMADE(where, rim ".chain", DEPENDS),     \
        UNMADE(where, rim ".ocsp", DEPENDS),      \
        UNMADE(where, rim ".version", DEPENDS)
#define NOT_ASKED(where)                                 \
    UNMADE(where, "driver_rim.available", DEPENDS),      \
        NO_RIM(where, "driver_rim"),                     \
        UNMADE(where, "vbios_rim.available", DEPENDS),   \
        NO_RIM(where, "vbios_rim"),                      \
        UNMADE(where, "measurements.conflict", DEPENDS), \
        UNMADE(where, "measurements.match", DEPENDS)
/* One of a GPU's two RIMs cannot be compared with, or neither can. */
#define ONE_RIM_LESS(where)                          \
    UNMADE(where, "measurements.conflict", DEPENDS), \
        UNMADE(where, "measurements.match", PARTIAL)
#define NEITHER_RIM(where)                           \
    UNMADE(where, "measurements.conflict", DEPENDS), \
        UNMADE(where, "measurements.match", DEPENDS)

#endif
