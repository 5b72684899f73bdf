#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the command prints as JSON is what docs/result.schema.json says.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
schema=$GA_SOURCE_DIR/docs/result.schema.json
validate=$GA_SOURCE_DIR/test/cli/validate.py
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cd "$tap_dir" || exit 70

# Debian's Python has Debian's package; another one may come first in PATH.
python=/usr/bin/python3
echo '{}' >none
"$python" "$validate" "$schema" none >/dev/null 2>&1
have=$?

# valid STATUS WORDS...: the command ends so and prints what the schema allows.
valid() {
    expect_exit "$@"
    cp stdout "$tap_dir/out.json"
    expect_exit 0 "$python" "$validate" "$schema" out.json
    expect_stdout ""
}

# invalid FILTER: the last valid output, changed so, is refused.
invalid() {
    jq "$1" out.json >bad.json || wrong "jq: $1"
    expect_exit 1 "$python" "$validate" "$schema" bad.json
}

it "has the tools"
if [ "$have" -ne 1 ] || ! command -v jq >/dev/null; then
    skip "no jsonschema for $python, or no jq"
    done_testing
fi
expect_equal 1 "$have"

it "prints errors as the schema says"
echo '[' >broken
valid 2 "$gpuattest" verify --format json --nonsense
invalid 'del(.error)'
invalid 'del(.error.offset)'
invalid '.error.code = "OK"'
invalid '.result_code = 0'
invalid '.result_code = 1'
invalid '.more = 1'
valid 2 "$gpuattest" veryfi --format json
valid 3 "$gpuattest" verify --format json --nonce "$nonce" broken
expect_equal true "$(jq '.error.offset | type == "number"' out.json)"
valid 3 "$gpuattest" rim verify --format json absent

it "prints minted sets as the schema says"
at=2026-06-01T00:00:00Z
expect_exit 0 "$sim" mint board --nonce "$nonce" \
    --at "$at" --gpus 2 --switches 1
set -- --format json --nonce "$nonce" --at "$at" --rim-dir board/rims \
    --ocsp-dir board/ocsp --ocsp-nonce accept-missing
valid 1 "$gpuattest" verify "$@" board/evidence.json
set -- "$@" --device-anchor board/anchors/device.pem \
    --rim-anchor board/anchors/rim.pem
valid 0 "$gpuattest" verify "$@" board/evidence.json
expect_equal custom "$(jq -r .anchors out.json)"
valid 0 "$gpuattest" verify "$@" --claims-version 2.0 board/evidence.json
valid 0 "$gpuattest" verify "$@" --relax set.count:count_other \
    --expect-gpus 3 board/evidence.json
expect_equal 'set.count:count_other' "$(jq -r '.relaxed[]' out.json)"

it "prints a verified GPU as the schema says"
if need_fixtures; then
    a=$fixtures/gpu/h100-550.90.07
    set -- --format json --nonce "$(cat "$a/nonce.hex")" --rim-dir "$a/rims" \
        --ocsp-dir "$a/ocsp" --at 2025-10-24T12:00:00Z \
        --ocsp-nonce accept-missing "$a/evidence.json"
    valid 0 "$gpuattest" verify --ocsp-grace 65d "$@"
    expect_equal 0 "$(jq .result_code out.json)"
    invalid '.verified = false'
    invalid '.result_code = 1'
    invalid 'del(.devices[0].checks[3].reason)'
    invalid '.checks[0].name = "set.other"'
    invalid '.checks[0].state = "true"'
    invalid '.devices[0].more = null'
    invalid 'del(.claims[0].measres)'
    invalid '.claims[0].more = true'
    invalid '.nonce = null | .anchors = "mine"'
    valid 0 "$gpuattest" verify --ocsp-grace 65d --claims-version 2.0 "$@"
    valid 1 "$gpuattest" verify "$@"
fi

it "prints a switch as the schema says"
if need_fixtures; then
    l=$fixtures/switch/ls10-96.10.55.00.01
    set -- --format json --nonce "$(cat "$l/nonce.hex")" --rim-dir "$l/rims" \
        --at 2026-06-01T00:00:00Z "$l/evidence.json"
    valid 0 "$gpuattest" verify --no-ocsp "$@"
    valid 0 "$gpuattest" verify --no-ocsp --claims-version 2.0 "$@"
    valid 1 "$gpuattest" verify --offline "$@"
fi

it "prints sets, strangers and malformed evidence as the schema says"
if need_fixtures; then
    valid 1 "$gpuattest" verify --format json --nonce "$nonce" --offline \
        "$fixtures/ppcie/hgx-h100-gpu.json" \
        "$fixtures/ppcie/hgx-h100-switch.json"
    valid 1 "$gpuattest" verify --format json --nonce "$nonce" --offline \
        "$fixtures/gpu/gb100-575.32/evidence.json"
    valid 3 "$gpuattest" verify --format json --nonce "$nonce" \
        --report "$fixtures/README.md" --chain "$fixtures/README.md"
    valid 3 "$gpuattest" verify --format json --nonce "$nonce" \
        --report "$fixtures/gpu/gb100-575.32/report.bin" --chain broken
fi

it "prints a RIM alone as the schema says"
if need_fixtures; then
    rims=$fixtures/gpu/h100-550.90.07/rims
    valid 0 "$gpuattest" rim verify --format json --no-ocsp \
        --at 2025-10-24T12:00:00Z "$rims/NV_GPU_DRIVER_GH100_550.90.07.xml"
    valid 1 "$gpuattest" rim verify --format json --no-ocsp \
        "$fixtures/bad/rim-signature.xml"
    valid 1 "$gpuattest" rim verify --format json --offline \
        "$fixtures/bad/rim-schema/no-payload.xml"
fi
done_testing
