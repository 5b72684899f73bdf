# SPDX-License-Identifier: Apache-2.0
option(GPUATTEST_TESTS "Build the tests" ON)
option(GPUATTEST_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
option(GPUATTEST_SANITIZE "Build with ASan and UBSan" OFF)
option(GPUATTEST_COVERAGE "Build for coverage" OFF)

# The library that verifies ECDSA signatures: docs/decisions.md.
set(GPUATTEST_ECDSA "openssl" CACHE STRING "ECDSA by: openssl, nettle")
set_property(CACHE GPUATTEST_ECDSA PROPERTY STRINGS openssl nettle)
if(NOT GPUATTEST_ECDSA MATCHES "^(openssl|nettle)$")
    message(FATAL_ERROR "GPUATTEST_ECDSA is ${GPUATTEST_ECDSA}: "
        "neither openssl nor nettle")
endif()

# Raised when a public function goes or changes: see docs/conventions.md.
set(GPUATTEST_SOVERSION 0)
