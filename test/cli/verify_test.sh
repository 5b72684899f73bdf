#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main job from outside, on evidence that the simulator makes.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
other=1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
at=2026-06-01T00:00:00Z
cd "$tap_dir" || exit 70

# world NAME WORDS...: mints one.
world() {
    name=$1
    shift
    "$sim" mint "$name" --nonce "$nonce" --at "$at" "$@" >mint.log 2>&1 || {
        cat mint.log
        exit 70
    }
}

# verify WORLD WORDS...: runs the command on it, with its roots.
verify() {
    world=$1
    shift
    run "$gpuattest" verify --at "$at" --rim-dir "$world/rims" \
        --ocsp-dir "$world/ocsp" --ocsp-nonce accept-missing \
        --device-anchor "$world/anchors/device.pem" \
        --rim-anchor "$world/anchors/rim.pem" "$@"
}

# ends STATUS LINE: the last command ended so, with that last line.
ends() {
    expect_equal "$1" "$status"
    expect_equal "$2" "$(tail -n 1 stdout)"
}

warning="gpuattest: warning: anchors that are not built in were configured"
world board --gpus 2 --switches 1

it "verifies a set"
verify board --nonce "$nonce" board/evidence.json
ends 0 "VERIFIED 2 GPUs, 1 NVSwitch"
expect_stderr "$warning"
expect_stdout_has "anchors: custom, verification time: $at"
expect_stdout_lacks failed
expect_stdout_lacks "not checked"

it "does not warn of anchors that are allowed"
verify board --allow-custom-anchors --nonce "$nonce" board/evidence.json
ends 0 "VERIFIED 2 GPUs, 1 NVSwitch"
expect_stderr ""

it "trusts the built-in anchors alone by default"
run "$gpuattest" verify --at "$at" --rim-dir board/rims --ocsp-dir board/ocsp \
    --ocsp-nonce accept-missing --nonce "$nonce" board/evidence.json
expect_equal 1 "$status"
expect_stdout_has "failed         device.chain (untrusted)"

it "prints the same verdict as JSON"
verify board --format json --nonce "0X$nonce" board/evidence.json
expect_equal 0 "$status"
expect_equal '0 true custom 3' "$(jq -r \
    '"\(.result_code) \(.verified) \(.anchors) \(.devices | length)"' stdout)"
expect_equal "$nonce" "$(jq -r .nonce stdout)"
expect_stderr "$warning"

it "takes files, pairs and standard input in their order"
tap_input=board/switch.json
verify board --nonce "$nonce" --format json \
    --chain board/GPU-1/chain.pem --report board/GPU-1/report.bin - \
    --report=board/GPU-0/report.bin --chain=board/GPU-0/chain.pem
tap_input=
expect_equal 0 "$status"
cp stdout pairs.json
expect_equal "GPU-0 SWITCH-0 GPU-1" \
    "$(jq -r '[.devices[] | .label] | join(" ")' pairs.json)"
verify board --nonce "$nonce" --format json board/evidence.json
expect_equal "$(jq -c '[.devices[1, 2, 0].ueid]' stdout)" \
    "$(jq -c '[.devices[0, 1, 2].ueid]' pairs.json)"

it "rejects another nonce"
verify board --nonce "$other" board/evidence.json
expect_equal 1 "$status"
expect_stdout_has "failed         report.nonce (nonce_other)"
expect_stdout_has "failed         set.nonce (nonce_other)"
expect_stdout_has "evidence carries $nonce"

it "says what was relaxed, in the result and on stderr"
verify board --nonce "$nonce" --expect-gpus 3 board/evidence.json
expect_equal 1 "$status"
expect_stdout_has "failed         set.count (count_other)"
verify board --nonce "$nonce" --expect-gpus 3 \
    --relax set.count:count_other board/evidence.json
ends 0 "VERIFIED 2 GPUs, 1 NVSwitch"
expect_stdout_has "set.count (count_other) [relaxed]"
expect_stdout_has "relaxed: set.count:count_other"
expect_stderr "$warning
gpuattest: relaxed: set.count:count_other"

it "reads settings from the environment, and lets options beat them"
GPUATTEST_EXPECT_GPUS=3
export GPUATTEST_EXPECT_GPUS
verify board --nonce "$nonce" board/evidence.json
expect_equal 1 "$status"
verify board --nonce "$nonce" --expect-gpus 2 board/evidence.json
expect_equal 0 "$status"
unset GPUATTEST_EXPECT_GPUS
GPUATTEST_NONCE=$nonce
export GPUATTEST_NONCE
verify board board/evidence.json
expect_equal 2 "$status"
unset GPUATTEST_NONCE

it "names the first device that cannot be read, and prints the result"
head -c 100 board/GPU-0/report.bin >short.bin
verify board --nonce "$nonce" board/gpu.json \
    --report short.bin --chain board/GPU-0/chain.pem
expect_equal 3 "$status"
expect_stdout_has "GPU-0"
expect_equal "$warning" "$(sed -n 1p stderr)"
expect_equal 2 "$(wc -l <stderr)"
expect_stderr_has ": report.parse: "
verify board --format json --nonce "$nonce" board/gpu.json \
    --report short.bin --chain board/GPU-0/chain.pem
expect_equal "3 false 3" "$(jq -r \
    '"\(.result_code) \(.verified) \(.devices | length)"' stdout)"
head -c 700 board/GPU-0/chain.pem >short.pem
verify board --nonce "$nonce" \
    --report board/GPU-0/report.bin --chain short.pem
expect_equal 3 "$status"
expect_stderr_has ": device.chain: "

it "logs what it does when asked"
verify board --nonce "$nonce" --log-level debug board/gpu.json
expect_equal 0 "$status"
expect_stderr_has "gpuattest: GPU-1: verified"
expect_stderr_has "gpuattest: GPU-0: report.signature: passed"
verify board --nonce "$nonce" --log-level off board/gpu.json
expect_stderr "$warning"

it "does not end well when the verdict did not arrive"
if [ -w /dev/full ]; then
    made
    "$gpuattest" verify --nonce "$nonce" --at "$at" --rim-dir board/rims \
        --ocsp-dir board/ocsp --ocsp-nonce accept-missing \
        --device-anchor board/anchors/device.pem \
        --rim-anchor board/anchors/rim.pem board/gpu.json >/dev/full 2>err
    expect_equal 70 $?
    expect_equal "gpuattest: standard output: No space left on device" \
        "$(tail -n 1 err)"
else
    skip "no /dev/full"
fi

it "verifies a RIM alone"
for rim in board/rims/NV_GPU_DRIVER*; do
    expect_exit 0 "$gpuattest" rim verify --at "$at" --ocsp-dir board/ocsp \
        --ocsp-nonce accept-missing --rim-anchor board/anchors/rim.pem "$rim"
    ends 0 "VERIFIED RIM"
    expect_exit 1 "$gpuattest" rim verify --at "$at" --ocsp-dir board/ocsp \
        --ocsp-nonce accept-missing --rim-anchor board/anchors/rim.pem \
        --version 1.2.3 "$rim"
    expect_stdout_has "failed         rim.version (version_other)"
    sed 's/Measurement_/measurement_/' "$rim" >changed.xml
    expect_exit 1 "$gpuattest" rim verify --at "$at" --no-ocsp \
        --rim-anchor board/anchors/rim.pem changed.xml
    expect_stdout_has "failed         rim.signature (bad_digest)"
    expect_exit 1 "$gpuattest" rim verify --at "$at" --no-ocsp "$rim"
    expect_stdout_has "failed         rim.chain (untrusted)"
done

it "inspects all that it verifies"
for file in board/evidence.json board/gpu.json board/GPU-0/report.bin \
    board/SWITCH-0/report.bin board/SWITCH-0/chain.pem board/rims/* \
    board/ocsp/*; do
    expect_exit 0 "$gpuattest" inspect "$file"
    expect_equal "NOTHING HERE WAS VERIFIED" "$(head -n 1 stdout)"
    expect_stderr ""
    expect_exit 0 "$gpuattest" inspect --format json "$file"
    expect_equal "true null false" "$(jq -r \
        '"\(has("verified")) \(.verified) \(has("result_code"))"' stdout)"
done
base64 board/evidence.json >encoded
expect_exit 0 "$gpuattest" inspect encoded
expect_stdout_has "kind: evidence"

it "inspects what can be read of broken evidence"
jq '[.[0], (.[1] | .certificate = "eA==")]' board/evidence.json >broken.json
expect_exit 3 "$gpuattest" inspect broken.json
expect_stdout_has "  item 1:"
expect_stderr_has "gpuattest: item 1: chain: "
expect_equal 2 "$(grep -c '^    report:' stdout)"
jq '[(.[0] | .evidence = "eA=="), .[1]]' board/evidence.json >broken.json
expect_exit 3 "$gpuattest" inspect --format json broken.json
expect_stderr_has "gpuattest: item 0: report: "
expect_equal "3 BAD_VALUE GH100 A01 GSP BROM" "$(jq -r \
    '"\(.result_code) \(.evidence[0].report.error.code) \(.evidence[0].chain.hwmodel)"' \
    stdout)"

it "verifies real evidence"
if need_fixtures; then
    a=$fixtures/gpu/h100-550.90.07
    set -- --nonce "$(cat "$a/nonce.hex")" --rim-dir "$a/rims" --ocsp-dir \
        "$a/ocsp" --ocsp-nonce accept-missing "$a/evidence.json"
    expect_exit 0 "$gpuattest" verify --at 2025-10-24T12:00:00Z \
        --ocsp-grace 65d "$@"
    ends 0 "VERIFIED 1 GPU"
    expect_stdout_has "32 golden values matched"
    expect_stdout_has "index 35 of the driver RIM skipped"
    expect_stdout_has "anchors: builtin"
    expect_stderr ""
    expect_exit 1 "$gpuattest" verify --at 2025-10-24T12:00:00Z "$@"
    expect_equal "device.ocsp" \
        "$(sed -n 's/^  failed  *\([a-z_.]*\).*/\1/p' stdout)"
    expect_exit 1 "$gpuattest" verify "$@"
    expect_equal "device.ocsp driver_rim.chain driver_rim.ocsp \
vbios_rim.chain vbios_rim.ocsp" "$(sed -n \
        's/^  failed  *\([a-z_.]*\).*/\1/p' stdout | tr '\n' ' ' | sed 's/ $//')"
fi

it "verifies a real NVSwitch without OCSP"
if need_fixtures; then
    l=$fixtures/switch/ls10-96.10.55.00.01
    expect_exit 0 "$gpuattest" verify --nonce "$(cat "$l/nonce.hex")" \
        --rim-dir "$l/rims" --no-ocsp --at 2026-06-01T00:00:00Z \
        "$l/evidence.json"
    ends 0 "VERIFIED 1 NVSwitch"
    expect_stdout_has "31 golden values matched"
    expect_stdout_has \
        "relaxed: bios_rim.ocsp:not_checked, device.ocsp:not_checked"
    expect_stderr "gpuattest: relaxed: bios_rim.ocsp:not_checked
gpuattest: relaxed: device.ocsp:not_checked"
fi
done_testing
