#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is installed can be built with, both ways: pkg-config and CMake.
. "$GA_SOURCE_DIR/test/support/tap.sh"
prefix=$tap_dir/usr
source=$GA_SOURCE_DIR/examples/verify.c

it "installs into a folder of the caller's"
expect_exit 0 cmake --install "$GA_BUILD_DIR" --prefix "$prefix"
lib=$(dirname "$(find "$prefix" -name 'libgpuattest.so' | head -n 1)")

it "installs a shared library with its SONAME, and a static one"
expect_exit 0 sh -c "objdump -p '$lib/libgpuattest.so' | grep SONAME"
expect_stdout_has "libgpuattest.so.0"
expect_exit 0 test -e "$lib/libgpuattest.so.0"
expect_exit 0 test -e "$lib/libgpuattest.a"

it "installs the network half with a SONAME of its own, and a static one"
expect_exit 0 sh -c "objdump -p '$lib/libgpuattest-net.so' | grep SONAME"
expect_stdout_has "libgpuattest-net.so.0"
expect_exit 0 test -e "$lib/libgpuattest-net.so.0"
expect_exit 0 test -e "$lib/libgpuattest-net.a"

it "keeps the network out of the library that needs none"
expect_exit 1 sh -c "ldd '$lib/libgpuattest.so' | grep -E 'curl|ssl'"

it "installs nothing that looks for libraries where it was built"
find "$prefix" -type f -exec objdump -p {} \; >"$tap_dir/dynamic" \
    2>/dev/null
made
[ "$(grep -c NEEDED "$tap_dir/dynamic")" -ge 12 ] || wrong "objdump says nothing"
expect_equal "" "$(grep -E 'R(UN)?PATH' "$tap_dir/dynamic")"

it "installs a simulator that finds its libraries, beside no others"
expect_exit 0 "$prefix/bin/gpuattest-sim" run -- sh -c \
    'printf "%s\n" "$LD_LIBRARY_PATH"; ls "${LD_LIBRARY_PATH%%:*}"'
expect_stdout "$lib/gpuattest-sim
libnvidia-ml.so.1
libnvidia-nscq.so.2"

it "attests simulated devices with what was installed"
expect_exit 0 env LD_LIBRARY_PATH="$lib" timeout 120 \
    "$prefix/bin/gpuattest-sim" run --gpus 2 --switches 1 -- \
    "$prefix/bin/gpuattest" attest --device all
expect_stdout_has "VERIFIED 2 GPUs, 1 NVSwitch"

it "attests them with the service that was installed, too"
expect_exit 0 env LD_LIBRARY_PATH="$lib" timeout 120 \
    "$prefix/bin/gpuattest-sim" run --gpus 2 -- \
    "$prefix/bin/gpuattest" attest --verifier remote
expect_stdout_has "VERIFIED 2 GPUs"

it "installs the service's unit, which starts what was installed"
expect_exit 0 grep -qE "^ExecStart=/.*/bin/gpuattest-server --config " \
    "$prefix/lib/systemd/system/gpuattest-server.service"
expect_exit 0 grep -q "^u gpuattest " \
    "$prefix/lib/sysusers.d/gpuattest-server.conf"
expect_exit 0 test -r "$prefix/etc/gpuattest/server.conf"

it "installs every public header, and no other"
expect_equal "$(cd "$GA_SOURCE_DIR/include" && find gpuattest -type f | sort)" \
    "$(cd "$prefix/include" && find . -type f | sed 's,^\./,,' | sort)"

it "builds the example through pkg-config"
PKG_CONFIG_PATH=$lib/pkgconfig
export PKG_CONFIG_PATH
expect_exit 0 pkg-config --cflags --libs libgpuattest
flags=$(cat "$tap_dir/stdout")
# shellcheck disable=SC2086 # words on purpose
expect_exit 0 cc -std=c11 -Wall -Wextra -Werror -o "$tap_dir/verify" \
    "$source" $flags

it "has pkg-config tell the version of the header"
expect_exit 0 pkg-config --modversion libgpuattest
version=$(cat "$tap_dir/stdout")
for part in MAJOR MINOR PATCH; do
    awk -v want="GPUATTEST_VERSION_$part" '$2 == want { print $3 }' \
        "$prefix/include/gpuattest/version.h"
done >"$tap_dir/numbers"
expect_equal "$(paste -s -d . "$tap_dir/numbers")" "$version"

it "runs the example, which needs the shared library"
LD_LIBRARY_PATH=$lib
export LD_LIBRARY_PATH
expect_exit 2 "$tap_dir/verify"
expect_stderr_has "no verdict"
expect_exit 0 sh -c "ldd '$tap_dir/verify'"
expect_stdout_has "$lib/libgpuattest.so.0"

it "builds the example of devices through pkg-config, and runs it"
expect_exit 0 pkg-config --cflags --libs libgpuattest libgpuattest-net
both=$(cat "$tap_dir/stdout")
# shellcheck disable=SC2086 # words on purpose
expect_exit 0 cc -std=c11 -Wall -Wextra -Werror -o "$tap_dir/attest" \
    "$GA_SOURCE_DIR/examples/attest.c" $both
expect_exit 2 "$tap_dir/attest"
expect_stderr_has "no verdict: libnvidia-ml.so.1: cannot be loaded"
# shellcheck disable=SC2016 # the simulator's shell expands it
expect_exit 0 "$prefix/bin/gpuattest-sim" run --gpus 2 -- sh -c '
    exec "$1" rim-url "$GPUATTEST_RIM_URL" ocsp-url "$GPUATTEST_OCSP_URL" \
        device-anchor "$GPUATTEST_DEVICE_ANCHOR" no-cache true \
        rim-anchor "$GPUATTEST_RIM_ANCHOR"' - "$tap_dir/attest"
expect_stdout "VERIFIED 2 GPUs"

it "builds the examples of a service and of tokens, and runs them"
for name in remote token; do
    # shellcheck disable=SC2086 # words on purpose
    expect_exit 0 cc -std=c11 -Wall -Wextra -Werror -o "$tap_dir/$name" \
        "$GA_SOURCE_DIR/examples/$name.c" $both
done
expect_exit 2 "$tap_dir/remote"
expect_stderr_has "no verdict: libnvidia-ml.so.1: cannot be loaded"
expect_exit 2 "$tap_dir/token"
expect_stderr_has "no verdict: usage: token NONCE TOKEN JWKS"
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cat >"$tap_dir/service.sh" <<'SH'
set -e
"$1/remote" nras-url "$GPUATTEST_NRAS_URL" token-anchor "$GPUATTEST_TOKEN_ANCHOR"
gpuattest attest --verifier remote --nonce "$2" --save-jwks "$1/jwks" \
    --format json >"$1/token.json"
"$1/token" "$2" "$1/token.json" "$1/jwks" issuer "$GPUATTEST_NRAS_URL" \
    token-anchor "$GPUATTEST_TOKEN_ANCHOR"
"$1/token" "$(echo "$2" | tr 0 1)" "$1/token.json" "$1/jwks" \
    issuer "$GPUATTEST_NRAS_URL" token-anchor "$GPUATTEST_TOKEN_ANCHOR" ||
    echo "status $?"
SH
expect_exit 0 env PATH="$prefix/bin:$PATH" "$prefix/bin/gpuattest-sim" run \
    --gpus 2 -- sh "$tap_dir/service.sh" "$tap_dir" "$nonce"
expect_stdout "VERIFIED 2 GPUs
VERIFIED 2 GPUs
REJECTED GPU-0: token.nonce (nonce_other) and 2 more
status 1"

it "installs no name of another command unless asked"
expect_equal "" "$(find "$prefix" -name 'nvattest*')"
expect_exit 0 cmake --install "$GA_BUILD_DIR" --prefix "$prefix" \
    --component nvattest
expect_equal "gpuattest" "$(readlink "$prefix/bin/nvattest")"

it "builds the example against the static library"
# shellcheck disable=SC2086 # words on purpose
expect_exit 0 cc -o "$tap_dir/static" "$source" -I"$prefix/include" \
    "$lib/libgpuattest.a" -lcrypto -lexpat -ljansson -lm
expect_exit 2 "$tap_dir/static"

it "builds a user of the network half through pkg-config, shared and static"
cat >"$tap_dir/net.c" <<C
#include <gpuattest/net.h>
int
main(void)
{
    struct ga_settings *set = 0;
    struct ga_net *net = 0;
    int made = ga_settings_new(&set, 0) == GA_OK &&
               ga_settings_set(set, "no-cache", "true", 0) == GA_OK &&
               ga_net_new(set, &net, 0) == GA_OK;

    ga_net_free(net);
    ga_settings_free(set);
    return made ? 0 : 1;
}
C
expect_exit 0 pkg-config --cflags --libs libgpuattest-net
flags=$(cat "$tap_dir/stdout")
# shellcheck disable=SC2086 # words on purpose
expect_exit 0 cc -o "$tap_dir/net" "$tap_dir/net.c" $flags
expect_exit 0 "$tap_dir/net"
expect_exit 0 cc -o "$tap_dir/net_static" "$tap_dir/net.c" \
    -I"$prefix/include" "$lib/libgpuattest-net.a" "$lib/libgpuattest.a" \
    -lcurl -lcrypto -lexpat -ljansson -lm
expect_exit 0 "$tap_dir/net_static"

it "builds the example through the CMake package, shared and static"
mkdir -p "$tap_dir/user"
cat >"$tap_dir/user/CMakeLists.txt" <<C
cmake_minimum_required(VERSION 3.20)
project(user LANGUAGES C)
find_package(gpuattest 0.1 REQUIRED)
add_executable(shared $source)
target_link_libraries(shared gpuattest::gpuattest)
add_executable(static $source)
target_link_libraries(static gpuattest::gpuattest_static)
add_executable(net $tap_dir/net.c)
target_link_libraries(net gpuattest::gpuattest-net gpuattest::gpuattest)
add_executable(net_static $tap_dir/net.c)
target_link_libraries(net_static gpuattest::gpuattest-net_static)
C
expect_exit 0 cmake -G Ninja -S "$tap_dir/user" -B "$tap_dir/user/build" \
    -DCMAKE_PREFIX_PATH="$prefix"
expect_exit 0 cmake --build "$tap_dir/user/build"
expect_exit 2 "$tap_dir/user/build/shared"
expect_exit 2 "$tap_dir/user/build/static"
expect_exit 0 "$tap_dir/user/build/net"
expect_exit 0 "$tap_dir/user/build/net_static"

it "has every public header compile alone, as C and as C++"
for header in "$prefix"/include/gpuattest/*.h; do
    printf '#include <gpuattest/%s>\nint user;\n' "${header##*/}" \
        >"$tap_dir/one.c"
    expect_exit 0 cc -std=c11 -Wall -Wextra -Wpedantic -Werror \
        -I"$prefix/include" -fsyntax-only "$tap_dir/one.c"
    expect_exit 0 c++ -Wall -Wextra -Werror -I"$prefix/include" \
        -fsyntax-only -x c++ "$tap_dir/one.c"
done

done_testing
