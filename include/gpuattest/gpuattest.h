/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GPUATTEST_GPUATTEST_H
#define GPUATTEST_GPUATTEST_H

/* Every public header. */
#include "gpuattest/bundle.h"
#include "gpuattest/chain.h"
#include "gpuattest/collect.h"
#include "gpuattest/context.h"
#include "gpuattest/error.h"
#include "gpuattest/evidence.h"
#include "gpuattest/nonce.h"
#include "gpuattest/nscq.h"
#include "gpuattest/policy.h"
#include "gpuattest/report.h"
#include "gpuattest/rim.h"
#include "gpuattest/token.h"
#include "gpuattest/topology.h"
#include "gpuattest/verify.h"
#include "gpuattest/version.h"

#endif
