#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# nonce, diff and rim id: what verifies nothing.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
at=2026-06-01T00:00:00Z
cd "$tap_dir" || exit 70
"$sim" mint board --nonce "$nonce" --at "$at" --gpus 2 --switches 1 \
    >mint.log 2>&1 || {
    cat mint.log
    exit 70
}

it "makes random nonces"
expect_exit 0 "$gpuattest" nonce
expect_equal 1 "$(grep -c '^[0-9a-f]\{64\}$' stdout)"
cp stdout first
expect_exit 0 "$gpuattest" nonce
made
! cmp -s first stdout || wrong "one nonce twice"
expect_exit 0 "$gpuattest" nonce --format json
expect_equal "64 null" "$(jq -r '"\(.nonce | length) \(.bound_to)"' stdout)"

# The vectors of docs/nonce.md, and the derivation by another program.
it "derives nonces as docs/nonce.md says"
printf a >a
printf '\000' >zero
head -c 1000000 /dev/zero | tr '\000' a >million
sed -n 's/^| .*`\([0-9a-f]\{64\}\)` |$/\1/p' \
    "$GA_SOURCE_DIR/docs/nonce.md" >vectors
expect_equal 3 "$(wc -l <vectors | tr -d ' ')"
for file in a zero million; do
    expect_exit 0 "$gpuattest" nonce --bind $file
    cat stdout >>made
    { printf 'gpuattest nonce bind v1\000'; cat $file; } | sha256sum |
        cut -c 1-64 >want
    expect_equal "$(cat want)" "$(cat stdout)"
done
expect_equal "$(cat vectors)" "$(cat made)"
tap_input=a
expect_exit 0 "$gpuattest" nonce --bind - --format json
tap_input=
expect_equal "$(head -n 1 vectors) -" "$(jq -r '"\(.nonce) \(.bound_to)"' stdout)"

it "binds to nothing that is not there"
: >empty
expect_exit 3 "$gpuattest" nonce --bind empty
expect_stdout ""
expect_stderr "gpuattest: empty: the file is empty"
expect_exit 3 "$gpuattest" nonce --bind absent
expect_stderr "gpuattest: absent: No such file or directory"
expect_exit 3 "$gpuattest" nonce --bind .
expect_stdout ""
expect_stderr "gpuattest: .: Is a directory"
expect_exit 2 "$gpuattest" nonce --bind ""
expect_stdout ""

it "says which RIMs a report asks for"
expect_exit 0 "$gpuattest" rim id board/GPU-0/report.bin
expect_equal "NOTHING HERE WAS VERIFIED" "$(head -n 1 stdout)"
for rim in board/rims/NV_GPU*; do
    expect_stdout_has "id: $(basename "$rim" .xml)"
done
expect_stdout_lacks in_rim_dir
expect_exit 0 "$gpuattest" rim id --format json --rim-dir board/rims \
    board/evidence.json
expect_equal "null true true true" "$(jq -r '"\(.verified) \(
    [.reports[0].driver_rim, .reports[1].vbios_rim, .reports[2].bios_rim] |
    map(.in_rim_dir | tostring) | join(" "))"' stdout)"
expect_equal "$(basename board/rims/NV_SWITCH* .xml)" \
    "$(jq -r '.reports[2].bios_rim.id' stdout)"
expect_equal "PROJECT PROJECT_SKU CHIP_SKU VBIOS_VERSION" "$(jq -r \
    '[.reports[0].vbios_rim.from[].name] | join(" ")' stdout)"

it "names the nearest ids where the RIM is not there"
mkdir other
for name in NV_GPU_DRIVER_GH100_580.95.04.xml nv_gpu_driver_gh100_570.86.swidtag \
    NV_GPU_DRIVER_GH100_580.95.99.xml NV_GPU_DRIVER_GH100_580.1.xml \
    NV_SWITCH_BIOS_5612_0002_890_96106D0001.xml unrelated.txt; do
    : >"other/$name"
done
expect_exit 0 "$gpuattest" rim id --format json --rim-dir other \
    board/GPU-0/report.bin
expect_equal "false NV_GPU_DRIVER_GH100_580.95.04 NV_GPU_DRIVER_GH100_580.95.99 \
NV_GPU_DRIVER_GH100_580.1" "$(jq -r '.reports[0].driver_rim |
    "\(.in_rim_dir) \(.nearest | join(" "))"' stdout)"
expect_equal "0" "$(jq -r '.reports[0].vbios_rim.nearest | length' stdout)"

it "asks for no RIM of a RIM, and reads no garbage"
expect_exit 3 "$gpuattest" rim id board/rims/NV_SWITCH*
expect_stderr_has "this is a RIM, not a report that asks for one"
expect_exit 3 "$gpuattest" rim id a
expect_stdout ""
head -c 100 board/GPU-0/report.bin >short
expect_exit 3 "$gpuattest" rim id short
expect_stderr_has "gpuattest: short: report: "
expect_exit 3 "$gpuattest" rim id --rim-dir absent --format json \
    board/GPU-0/report.bin
expect_equal 3 "$(jq .result_code stdout)"
expect_exit 2 "$gpuattest" rim
expect_stderr_has '"rim" needs a second word: verify, check, get, ls or id'

it "finds no difference between a report and itself"
expect_exit 0 "$gpuattest" diff board/GPU-0/report.bin board/GPU-0/report.bin
expect_stdout "NOTHING HERE WAS VERIFIED
kind: reports
same_nonce: true
differences:
count: 0"

it "does not count another nonce"
"$sim" mint again --nonce "1${nonce#?}" --at "$at" --gpus 1 >/dev/null 2>&1
cp board/GPU-0/report.bin same
printf '\377' | dd of=same bs=1 seek=4 conv=notrunc 2>/dev/null
expect_exit 0 "$gpuattest" diff board/GPU-0/report.bin same
expect_stdout_has "same_nonce: false"

# The first measurement's value begins behind request (37), response header
# (8), and block header (7).
it "names measurements and fields that differ"
cp board/GPU-0/report.bin changed
printf '\377\377' | dd of=changed bs=1 seek=52 conv=notrunc 2>/dev/null
expect_exit 1 "$gpuattest" diff --format json board/GPU-0/report.bin changed
expect_equal "1 measurement 0 ffff" "$(jq -r '"\(.count) \(.differences[0] |
    "\(.what) \(.number) \(.second[0:4])")"' stdout)"
expect_exit 1 "$gpuattest" diff --format json board/GPU-0/report.bin \
    board/SWITCH-0/report.bin
expect_equal "true true" "$(jq -r '[.differences[] | select(.name ==
    "DRIVER_VERSION") | .second == null] + [any(.differences[];
    .what == "device")] | join(" ")' stdout)"
expect_exit 1 "$gpuattest" diff --format json board/SWITCH-0/report.bin \
    board/GPU-0/report.bin
expect_equal "true" "$(jq -r '[.differences[] | select(.name ==
    "DRIVER_VERSION") | .first == null] | join(" ")' stdout)"

it "compares a report with RIMs"
expect_exit 0 "$gpuattest" diff board/GPU-0/report.bin board/rims/NV_GPU*
expect_stdout_has "same: "
expect_exit 1 "$gpuattest" diff --format json changed board/rims/NV_GPU*
expect_equal "1 measurement 0" "$(jq -r '"\(.count) \([.rims[].differences[]] |
    .[0] | "\(.what) \(.number)")"' stdout)"
jq '[.[0]]' board/gpu.json >one.json
expect_exit 0 "$gpuattest" diff one.json board/rims/NV_GPU_DRIVER*

it "refuses files at the wrong place"
expect_exit 3 "$gpuattest" diff board/rims/NV_SWITCH* board/GPU-0/report.bin
expect_stderr_has "this is a RIM; the first file is a report"
expect_exit 3 "$gpuattest" diff board/gpu.json board/GPU-0/report.bin
expect_stderr "gpuattest: board/gpu.json: 2 reports, not one"
expect_exit 3 "$gpuattest" diff same changed same
expect_stderr_has "changed: a report; more than two files are a report and RIMs"
expect_exit 3 "$gpuattest" diff --format json same board/rims/NV_SWITCH* a
expect_equal "3 1" "$(jq -r '"\(.result_code) \(.rims | length)"' stdout)"
expect_exit 2 "$gpuattest" diff same
expect_stderr_has "nothing to read: name FILE FILE..."
expect_stdout ""
done_testing
