#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command lines of NVIDIA's ppcie-verifier, under the name that it calls,
# with its way of reading what comes back.  Source: nvtrust
. "$GA_SOURCE_DIR/test/support/tap.sh"

sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cd "$tap_dir" || exit 70

it "has the tools"
if ! command -v python3 >/dev/null; then
    skip "no python3"
    done_testing
fi
mkdir bin
ln -s "$GA_BUILD_DIR/cli/gpuattest" bin/nvattest
expect_exit 0 "$sim" mint board --nonce "$nonce" --gpus 2 --switches 1

# What ppcie-verifier has no options for is in the environment.
GPUATTEST_RIM_DIR=board/rims
GPUATTEST_OCSP_DIR=board/ocsp
GPUATTEST_OCSP_NONCE=accept-missing
GPUATTEST_DEVICE_ANCHOR=board/anchors/device.pem
GPUATTEST_RIM_ANCHOR=board/anchors/rim.pem
GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
GPUATTEST_OFFLINE=true
STUB_DIR=board
STUB_GPUS=2
LD_LIBRARY_PATH=$GA_BUILD_DIR/test/cli/drivers
export GPUATTEST_RIM_DIR GPUATTEST_OCSP_DIR GPUATTEST_OCSP_NONCE
export GPUATTEST_DEVICE_ANCHOR GPUATTEST_RIM_ANCHOR STUB_DIR STUB_GPUS
export GPUATTEST_ALLOW_CUSTOM_ANCHORS GPUATTEST_OFFLINE LD_LIBRARY_PATH

replay() {
    run env PATH="$tap_dir/bin:$PATH" python3 \
        "$GA_SOURCE_DIR/test/cli/replay.py" "$@"
}

it "collects and attests GPUs as ppcie-verifier does"
replay gpu "$nonce" INFO
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 0, 2 claims"

it "collects and attests switches as ppcie-verifier does"
replay nvswitch "$nonce" debug
expect_equal 0 "$status"
expect_stdout "nvswitch: 1 reports, attest 0, 1 claims"

it "passes the URLs on"
replay gpu "$nonce" trace --rim-url https://rim.example --ocsp-url \
    https://ocsp.example --verifier local
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 0, 2 claims"

it "asks the policy of the caller's"
printf 'package policy\nimport rego.v1\nnv_match if every claim in input { claim.measres == "success" }\n' >policy.rego
replay gpu "$nonce" off --relying-party-policy policy.rego
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 0, 2 claims"
printf 'package policy\nnv_match := false\n' >never.rego
replay gpu "$nonce" off --relying-party-policy never.rego
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 1, 2 claims"

it "takes evidence from a file that was there"
replay gpu "$nonce" off --gpu-evidence board/gpu.json
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 0, 2 claims"

it "ends with something else than 0 where evidence is not good"
replay gpu "1${nonce#?}" off
expect_equal 0 "$status"
expect_stdout "gpu: 2 reports, attest 1, 2 claims"
STUB_INIT=1
export STUB_INIT
replay gpu "$nonce" off
expect_equal 0 "$status"
expect_stdout "gpu: collect-evidence 4"
done_testing
