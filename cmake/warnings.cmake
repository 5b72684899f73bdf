# SPDX-License-Identifier: Apache-2.0
# Warnings and hardening of every target; -Werror in the presets.
add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual
    -Wcast-align -Wpointer-arith -Wundef -Wconversion -Wsign-conversion
    -Wswitch-enum -Wimplicit-fallthrough
    -fvisibility=hidden -fstack-protector-strong -fno-common
    -fno-strict-aliasing)
# gcc cannot see that ga_fail() returns the code it is given, and takes what is
# behind an error for reachable; for the same reason -Wnull-dereference is not
# in the list.  scripts/tidy tells clang's analyzer, which looks for both.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
endif()
add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
if(GPUATTEST_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR
       CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
if(GPUATTEST_COVERAGE)
    add_compile_options(--coverage -O0)
    add_link_options(--coverage)
endif()
