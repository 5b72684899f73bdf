/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GA_FUZZ_REQUIRE_H
#define GA_FUZZ_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

/* require ends the program, and says where, unless `holds`: compilers make one
 * abort() of many. */
#define require(holds)                                                  \
    do {                                                                \
        if (!(holds)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
            abort();                                                    \
        }                                                               \
    } while (0)

#endif
