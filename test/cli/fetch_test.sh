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

it "says what is missing where the network half is not installed"
LD_LIBRARY_PATH=
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
