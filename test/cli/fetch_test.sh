#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rim get and rim ls, and what happens where the network half is not installed.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cd "$tap_dir" || exit 70
mkdir kept
"$sim" mint board --nonce "$nonce" --gpus 1 >mint.log 2>&1 || {
    cat mint.log
    exit 70
}
driver=$(basename board/rims/NV_GPU_DRIVER* .xml)
vbios=$(basename board/rims/NV_GPU_VBIOS* .xml)

# asked WORDS...: with a network half that answers with the board's files.
asked() {
    run env STUB_DIR=board LD_LIBRARY_PATH="$GA_BUILD_DIR/test/cli/drivers/net" \
        "$gpuattest" "$@"
}

get() {
    asked rim get --rim-dir kept --no-ocsp --rim-anchor \
        board/anchors/rim.pem --allow-custom-anchors "$@"
}

# The command of a build tree finds the network half there: a file that is none,
# in front, stands for a host that has none.
it "says what is missing where the network half is not installed"
mkdir no_half
: >no_half/libgpuattest-net.so.0
LD_LIBRARY_PATH=$PWD/no_half
export LD_LIBRARY_PATH
expect_exit 4 "$gpuattest" rim ls
expect_stderr_has "needs libgpuattest-net.so.0, which cannot be loaded"
expect_stdout ""
expect_exit 4 "$gpuattest" rim get --rim-dir kept "$driver"
expect_stderr_has "needs libgpuattest-net.so.0, which cannot be loaded"
expect_exit 4 "$gpuattest" verify --nonce "$nonce" \
    --device-anchor board/anchors/device.pem \
    --rim-anchor board/anchors/rim.pem board/evidence.json
expect_stdout_has "needs libgpuattest-net.so.0"
unset LD_LIBRARY_PATH

it "finds the network half that was built beside it"
if grep -q __asan_init "$gpuattest"; then
    skip "a sanitizer's dlopen() looks where the sanitizer would"
else
    expect_exit 4 "$gpuattest" rim ls --rim-url http://127.0.0.1:1 --timeout 1s
    expect_stderr_has "127.0.0.1:1: ids of RIMs: no connection"
fi

it "takes a setting that is wrong for a mistake, not for a service's silence"
printf '%s\n' "verify --nonce $nonce --device-anchor board/anchors/device.pem \
--rim-anchor board/anchors/rim.pem board/evidence.json" \
    "rim verify --rim-anchor board/anchors/rim.pem board/rims/$driver.xml" \
    "rim get --rim-dir kept $driver" >verbs
# wrong_setting STATUS TEXT WORDS...: of every verb that asks somebody.
wrong_setting() {
    want=$1
    text=$2
    shift 2
    while read -r line; do
        # shellcheck disable=SC2086 # words on purpose
        expect_exit "$want" env "LD_LIBRARY_PATH=$GA_BUILD_DIR/src" \
            "$gpuattest" $line --format json "$@"
        expect_equal "$want true" "$(jq -r --arg text "$text" \
            '"\(.result_code) \(.error.text | endswith($text))"' stdout)"
    done <verbs
}
wrong_setting 2 'ocsp-url: "http://service.example/" is not https' \
    --ocsp-url http://service.example/
wrong_setting 2 "timeout: 0 s, not 1 to 3600" --timeout 0s
wrong_setting 3 "tls-ca-cert: absent: no file that can be read" \
    --tls-ca-cert absent
expect_equal "" "$(ls kept)"

it "lists what the service has, escaped"
asked rim ls
expect_equal 0 "$status"
expect_stdout 'ids:
  NV_A_1
  NV_B_\x1b[2J'
asked rim ls --format json
expect_equal "2 NV_A_1" "$(jq -r '"\(.ids | length) \(.ids[0])"' stdout)"

it "fetches, verifies and keeps"
for id in "$driver" "$vbios"; do
    get "$id"
    expect_equal 0 "$status"
    expect_equal "VERIFIED RIM" "$(tail -n 1 stdout)"
    expect_stdout_has "rim.ocsp (not_asked)"
    expect_stderr_has "gpuattest: saved as kept/$id.xml"
    expect_exit 0 cmp "board/rims/$id.xml" "kept/$id.xml"
done
expect_equal 2 "$(find kept -type f | wc -l | tr -d ' ')"

it "keeps nothing that is not verified"
rm kept/*
asked rim get --rim-dir kept --no-ocsp "$driver"
expect_equal 1 "$status"
expect_stdout_has "failed         rim.chain (untrusted)"
get --version 1.2.3 "$driver"
expect_equal 1 "$status"
cp "board/rims/$driver.xml" board/rims/NV_GPU_DRIVER_GH100_1.2.3.xml
get NV_GPU_DRIVER_GH100_1.2.3
expect_equal 1 "$status"
expect_stdout_has "failed         rim.version (version_other)"
expect_equal "" "$(ls kept)"

it "says what cannot be had"
get NV_GPU_DRIVER_GH100_9.9
expect_equal 3 "$status"
expect_stderr "gpuattest: NV_GPU_DRIVER_GH100_9.9: the service has none"
export STUB_NET_DOWN=1
get "$driver"
unset STUB_NET_DOWN
expect_equal 4 "$status"
expect_stderr "gpuattest: $driver: nobody there"
get --format json NV_GPU_DRIVER_GH100_9.9
expect_equal "3 MISSING" "$(jq -r '"\(.result_code) \(.error.code)"' stdout)"

it "takes no id that is a path"
for id in ../x A/B nv_a A..B "$(printf '%0100d' 1)"; do
    get "$id"
    expect_equal 2 "$status"
    expect_stderr_has "is no RIM id"
done
asked rim get "$driver"
expect_equal 2 "$status"
expect_stderr_has "--rim-dir is where the RIM is kept: name one directory"

it "says where it cannot be kept"
asked rim get --rim-dir kept/none --no-ocsp --rim-anchor \
    board/anchors/rim.pem "$driver"
expect_equal 3 "$status"
expect_equal "" "$(ls kept)"
done_testing
