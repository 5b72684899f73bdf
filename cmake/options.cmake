# SPDX-License-Identifier: Apache-2.0
option(GPUATTEST_TESTS "Build the tests" ON)
option(GPUATTEST_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
option(GPUATTEST_SANITIZE "Build with ASan and UBSan" OFF)
option(GPUATTEST_COVERAGE "Build for coverage" OFF)

# Raised when a public function goes or changes: see docs/conventions.md.
set(GPUATTEST_SOVERSION 0)
