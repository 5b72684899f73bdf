# SPDX-License-Identifier: Apache-2.0
# GPUATTEST_VERSION, from the numbers in include/gpuattest/version.h.
set(GPUATTEST_VERSION "")
foreach(part MAJOR MINOR PATCH)
    file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../include/gpuattest/version.h line
        REGEX "^#define GPUATTEST_VERSION_${part} [0-9]+$")
    if(NOT line MATCHES "([0-9]+)$")
        message(FATAL_ERROR "version.h has no GPUATTEST_VERSION_${part}")
    endif()
    list(APPEND GPUATTEST_VERSION ${CMAKE_MATCH_1})
endforeach()
list(JOIN GPUATTEST_VERSION "." GPUATTEST_VERSION)
set_property(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/.. APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS include/gpuattest/version.h)
