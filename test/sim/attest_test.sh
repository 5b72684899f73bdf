#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest attest beside gpuattest-sim run, the way a user has it: a whole
# board, services that are slow or down, caches, no network, no driver.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

need_jq

# beside OPTIONS... -- COMMAND...: bounded, whatever happens.
# shellcheck disable=SC2317 # called through expect_exit
beside() {
    timeout 120 "$sim" run "$@"
}

# Which services a log names, one line per question, without times and rounds.
questions() {
    sed 's/^[^ ]* \(.*\) round=[0-9]*$/\1/' "$1"
}

it "attests a board of 8 GPUs and 4 switches"
expect_exit 0 beside --gpus 8 --switches 4 --mode ppcie -- "$gpuattest" attest \
    --device all --verifier local --format json
expect_equal "true 12 8 4" "$(jq -r '
    [.devices[] | select(.verified)] as $ok |
    "\(.verified) \($ok | length)" +
    " \([$ok[] | select(.type == "gpu" and .mode == "ppcie")] | length)" +
    " \([$ok[] | select(.type == "nvswitch")] | length)"' stdout)"
expect_exit 0 beside --gpus 8 --switches 4 --mode ppcie -- "$gpuattest" attest \
    --device all --nonce "$nonce"
expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
expect_exit 0 beside --gpus 2 --arch blackwell -- "$gpuattest" attest \
    --nonce "$nonce"
expect_stdout_has "VERIFIED 2 GPUs"

it "asks each question once, and waits for the network five times at most"
cat >twice <<'A'
set -e
"$gpuattest" attest >cold
cp "$GPUATTEST_SIM_STATE/requests.log" cold.log
"$gpuattest" attest >warm
tail -n "+$(($(wc -l <cold.log) + 1))" "$GPUATTEST_SIM_STATE/requests.log" \
    >warm.log
A
expect_exit 0 beside --gpus 8 --defect service-rim-slow:200 \
    --defect service-ocsp-slow:200 -- sh twice
expect_equal "VERIFIED 8 GPUs" "$(tail -n 1 cold)"
expect_equal "2 2" "$(grep -c ' rim GET /v1/rim/NV_GPU' cold.log) $(
    grep -c ' rim ' cold.log)"
# 8 BROMs, ICA and Identity; two RIM signers, their L3 and their CA.
expect_equal 14 "$(grep -c ' ocsp POST / 200 .* good' cold.log)"
expect_equal 16 "$(questions cold.log | sort -u | wc -l)"
expect_equal 16 "$(wc -l <cold.log)"
made
rounds=$(sed 's/.*round=//' cold.log | sort -n | tail -n 1)
[ "$rounds" -le 5 ] || wrong "$rounds rounds"

it "makes no RIM request with warm caches"
expect_equal "VERIFIED 8 GPUs" "$(tail -n 1 warm)"
expect_equal 0 "$(grep -c ' rim ' warm.log)"

it "says which host is down, and what was tried"
expect_exit 4 beside --defect service-rim-down --defect service-ocsp-down -- \
    sh -c '"$gpuattest" attest >out; status=$?
        echo "${GPUATTEST_RIM_URL#http://}" >rim-host
        ocsp=${GPUATTEST_OCSP_URL#http://}; echo "${ocsp%/}" >ocsp-host
        exit "$status"'
expect_exit 0 grep -F "driver_rim.available (unreachable): NV_GPU_DRIVER_GH100_580.95.05: $(cat rim-host): RIM NV_GPU_DRIVER_GH100_580.95.05: no connection, tried 5 times" out
expect_exit 0 grep -F "$(cat ocsp-host): OCSP request: no connection, tried 5 times" out
expect_exit 0 grep "^UNREACHABLE GPU-0: device.ocsp (unreachable)" out
expect_exit 4 beside --defect service-rim-down -- "$gpuattest" attest \
    --format json
expect_equal "4 false" "$(jq -r '"\(.result_code) \(.verified)"' stdout)"

it "waits no longer than it was told"
# Each answer would come in ten minutes; the test is ended after two.
expect_exit 4 beside --defect service-rim-slow:600000 \
    --defect service-ocsp-slow:600000 -- "$gpuattest" attest --timeout 2s
expect_stdout_has "no answer within 2 s, tried once"

it "needs no network where caches and files have everything"
if ! unshare -rn true 2>/dev/null; then
    skip "unshare -rn is not permitted"
else
    cat >offline <<'A'
"$gpuattest" attest --device all >warming || exit 90
lines=$(wc -l <"$GPUATTEST_SIM_STATE/requests.log")
unshare -rn "$gpuattest" attest --device all
status=$?
[ "$(wc -l <"$GPUATTEST_SIM_STATE/requests.log")" -eq "$lines" ] || exit 91
exit "$status"
A
    expect_exit 0 beside --gpus 8 --switches 4 -- sh offline
    expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 4 beside -- unshare -rn "$gpuattest" attest
    expect_stdout_has "no connection"
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 0 beside --gpus 2 --nonce "$nonce" -- unshare -rn sh -c '
        cd "$GPUATTEST_SIM_DIR" && "$gpuattest" verify --nonce "$1" \
            --rim-dir rims --ocsp-dir ocsp --ocsp-nonce accept-missing \
            evidence.json' sh "$nonce"
    expect_stdout_has "VERIFIED 2 GPUs"
fi

it "needs no network where a bundle has everything"
if ! unshare -rn true 2>/dev/null; then
    skip "unshare -rn is not permitted"
else
    cat >bundled <<'A'
set -e
cd "$GPUATTEST_SIM_DIR"
"$gpuattest" bundle create -o b evidence.json
unshare -rn "$gpuattest" verify --nonce "$(cat nonce.hex)" --no-cache \
    --bundle b --ocsp-nonce accept-missing evidence.json
A
    expect_exit 0 beside --gpus 8 --switches 4 -- sh bundled
    expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
fi

it "checks, fetches and keeps RIMs, and asks about their signers each time"
cat >rims <<'A'
set -e
cd "$GPUATTEST_SIM_DIR"
mkdir kept
vbios=$(basename rims/NV_GPU_VBIOS* .xml)
"$gpuattest" rim check 580.95.05 "$vbios"
"$gpuattest" rim get --rim-dir kept "$vbios"
"$gpuattest" rim verify --no-cache "kept/$vbios.xml"
grep -c "^[^ ]* ocsp .* good" "$GPUATTEST_SIM_STATE/requests.log"
"$gpuattest" rim check 1.2.3
A
expect_exit 1 beside --gpus 1 -- sh rims
expect_stdout_has "VERIFIED 2 RIMs"
expect_stdout_has "VERIFIED RIM"
# Two signers and two authorities, and, past the cache, three of them again.
expect_equal 1 "$(grep -cx 7 stdout)"
expect_stdout_has "none of 2 ids is of driver 1.2.3"
expect_exit 1 beside --gpus 1 --defect service-ocsp-revoked -- \
    "$gpuattest" rim check 580.95.05
expect_stdout_has "rim.ocsp (revoked)"
expect_exit 4 beside --gpus 1 --defect service-rim-down -- \
    "$gpuattest" rim check --timeout 5s NV_GPU_DRIVER_GH100_580.95.05
expect_stdout_has "UNREACHABLE 1 of 1 RIMs"

it "names the libraries that it looked for where there is no driver"
if ldconfig -p 2>/dev/null | grep -q 'libnvidia-\(ml\|nscq\)'; then
    skip "this machine has a driver"
else
    expect_exit 4 "$gpuattest" attest
    expect_stderr_has "libnvidia-ml.so.1: cannot be loaded"
    expect_exit 4 "$gpuattest" attest --device nvswitch
    expect_stderr_has "libnvidia-nscq.so.2: cannot be loaded"
    expect_stderr_has "libnvidia-nscq.so: cannot be loaded"
    expect_exit 4 "$gpuattest" attest --format json
    expect_equal "4 UNREACHABLE" \
        "$(jq -r '"\(.result_code) \(.error.code)"' stdout)"
fi

it "says which device a driver lost"
expect_exit 4 beside --gpus 2 --defect "nvml:*@GPU-1#3+ gone" -- \
    "$gpuattest" attest
expect_stderr_has "GPU is lost (15)"

it "refuses a device that was tampered with meanwhile, and says why"
cat >tamper <<'A'
"$gpuattest" attest --device all >before || exit 90
report=nvmlDeviceGetConfComputeGpuAttestationReport
echo "nvml $report@GPU-3 measurement=9" >"$GPUATTEST_SIM_STATE/faults"
"$gpuattest" attest --device all >gpu
status=$?
echo "nscq attestation_report@SWITCH-1 measurement=30" \
    >"$GPUATTEST_SIM_STATE/faults"
"$gpuattest" attest --device all >switch && exit 91
echo "nscq attestation_report@SWITCH-1 measurement=31" \
    >"$GPUATTEST_SIM_STATE/faults"
"$gpuattest" attest --device all 2>none && exit 92
: >"$GPUATTEST_SIM_STATE/faults"
"$gpuattest" attest --device all >after || exit 93
exit "$status"
A
expect_exit 1 beside --gpus 8 --switches 4 -- sh tamper
expect_equal "REJECTED GPU-3: measurements.match (index 9 of the VBIOS RIM)" \
    "$(tail -n 1 gpu)"
expect_equal "1" "$(grep -c '^  failed' gpu)"
expect_equal "REJECTED SWITCH-1: measurements.match (index 30 of the BIOS RIM)" \
    "$(tail -n 1 switch)"
expect_exit 0 grep -F "SWITCH-1" none

it "tells what the driver says against the set"
expect_exit 1 beside --defect setting:cc_feature=0 -- "$gpuattest" attest
expect_stdout_has "set.mode (cc_off)"
expect_exit 1 beside --defect setting:dev_tools_mode=1 -- "$gpuattest" attest
expect_stdout_has "set.mode (dev_tools)"

it "leaves nothing behind"
expect_equal "" "$(ls -A "$TMPDIR")"

done_testing
