/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_VERSION_H
#define GPUATTEST_VERSION_H

#include "gpuattest/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers; the build takes its numbers from here. */
#define GPUATTEST_VERSION_MAJOR 0
#define GPUATTEST_VERSION_MINOR 1
#define GPUATTEST_VERSION_PATCH 0

/* ga_version returns the version of the library in use, as "0.1.0".  It can be
 * newer than the headers. */
GA_API const char *ga_version(void);

#ifdef __cplusplus
}
#endif
#endif
