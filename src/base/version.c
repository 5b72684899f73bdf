/* SPDX-License-Identifier: Apache-2.0 */
/* The version, from the numbers of the public header. */
#include "gpuattest/version.h"

#define DOTTED_(a, b, c) #a "." #b "." #c
#define DOTTED(a, b, c)  DOTTED_(a, b, c)

const char *
ga_version(void)
{
    return DOTTED(GPUATTEST_VERSION_MAJOR, GPUATTEST_VERSION_MINOR,
                  GPUATTEST_VERSION_PATCH);
}
