#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest-sim run and up: environment, devices, signals, and what stays
# behind.
. "$(dirname "$0")/../support/tap.sh"
build=${GA_BUILD_DIR:-build/dev}
sim=$build/sim/gpuattest-sim
client=$build/test/sim/sim_client
gpuattest=$build/cli/gpuattest
nonce=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
other=ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff

# Folders of this test alone, so that what stays behind is seen.
TMPDIR=$tap_dir/tmp
export TMPDIR
mkdir "$TMPDIR"

expect_nothing_left() {
    expect_equal "" "$(ls -A "$TMPDIR")"
}

# Waits up to ten seconds for a file to be there and not empty.
wait_for() {
    tries=0
    while [ ! -s "$1" ] && [ "$tries" -lt 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    [ -s "$1" ]
}

it "runs the command and returns its status"
expect_exit 7 "$sim" run -- sh -c 'exit 7'
expect_stdout ""
expect_stderr ""
expect_exit 0 "$sim" run true
expect_exit 143 "$sim" run sh -c 'kill -TERM $$'
expect_exit 127 "$sim" run -- "$tap_dir/nothing"
expect_stderr_has "$tap_dir/nothing: No such file"
expect_exit 126 "$sim" run "$tap_dir"
expect_exit 3 "$sim" run sh -c '
    case $# in 0) exit 3 ;; esac'
expect_exit 0 "$sim" run -- sh -c '[ "$1 $2" = "--gpus 3" ]' sh --gpus 3
expect_nothing_left

it "refuses what cannot be"
expect_exit 2 "$sim" run
expect_stderr_has "no command was named"
expect_exit 2 "$sim" run --gpus 1
expect_exit 2 "$sim" run --
expect_exit 2 "$sim" run --at 2026-01-01T00:00:00Z true
expect_stderr_has "unknown option '--at'"
expect_exit 2 "$sim" up here
expect_stderr_has "unexpected 'here'"
expect_exit 2 "$sim" run --defect file-nonce-differs true
expect_stderr_has "is one of files: devices sign the caller's nonce"
for defect in service service-rim service-rim-down:1 service-rim-500:x \
    service-rim-500: service-rim-slow:600001 service-rim-slow:-1 nvml nvml: \
    nvml:nvmlInit nvml:nvmlInit_v2 "nvml:nvmlInit_v2 rc=x" \
    "nvml:nvmlInit_v2@GPU-0 rc=1" "nvml:nvmlErrorString rc=1" \
    "nvml:nvmlInit_v2 size=1" "nvml:nvmlInit_v2#0 rc=1" \
    "nvml:nvmlInit_v2 gone" "nscq:uuid rc=128" "nscq:uuid rc=-129" \
    "nscq:uuid delay=1" "nscq:uuid delay=600001ms" "nscq:uuid@ gone" \
    "nscq:uuid rc=1 what" setting: setting:x=1 setting:cc_feature=x; do
    expect_exit 2 "$sim" run --defect "$defect" true
    expect_stderr_has "--defect: '$defect' is not allowed"
done
expect_exit 2 "$sim" run --defect service-rim-500 --defect service-rim-500:1 true
expect_exit 3 env TMPDIR="$tap_dir/nowhere" "$sim" run true
expect_nothing_left

it "says in the environment where everything is"
expect_exit 0 env LD_LIBRARY_PATH=/before no_proxy=example.com \
    GPUATTEST_RIM_URL=https://other.example "$sim" run -- env
expect_stdout_has "GPUATTEST_RIM_URL=http://127.0.0.1:"
expect_stdout_lacks other.example
expect_stdout_has "GPUATTEST_OCSP_URL=http://127.0.0.1:"
expect_stdout_has "sim/lib:/before"
expect_stdout_has "no_proxy=127.0.0.1,example.com"
for name in GPUATTEST_SIM_STATE GPUATTEST_SIM_DIR GPUATTEST_DEVICE_ANCHOR \
    GPUATTEST_RIM_ANCHOR GPUATTEST_CACHE_DIR; do
    expect_stdout_has "$name=$TMPDIR/gpuattest-sim-"
done

it "hands over the settings that a defect is verified with"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 "$sim" run --defect count-mixed -- sh -c \
    'echo "$GPUATTEST_EXPECT_GPUS $GPUATTEST_EXPECT_SWITCHES"'
expect_stdout "3 0"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 env GPUATTEST_DEVICE_ANCHOR=mine "$sim" run \
    --defect sim-evidence-builtin-anchors -- sh -c \
    'echo "${GPUATTEST_DEVICE_ANCHOR-none} ${GPUATTEST_RIM_ANCHOR-none}"'
expect_stdout "none none"

it "shows its keys to nobody else"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 "$sim" run sh -c 'stat -c %a "$GPUATTEST_SIM_STATE" \
    "$GPUATTEST_SIM_STATE/devices.json" "$GPUATTEST_SIM_STATE/ready"'
expect_stdout "700
600
600"

it "gives devices whose evidence verifies"
cat >"$tap_dir/attest" <<'A'
set -e
"$1" "$3" >"$GPUATTEST_SIM_STATE/evidence"
exec "$2" verify --nonce "$3" --rim-dir "$GPUATTEST_SIM_DIR/rims" \
    --ocsp-dir "$GPUATTEST_SIM_DIR/ocsp" --ocsp-nonce accept-missing \
    "$GPUATTEST_SIM_STATE/evidence"
A
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh "$tap_dir/attest" \
    "$client" "$gpuattest" "$nonce"
expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
expect_exit 0 "$sim" run --gpus 2 --arch blackwell -- sh "$tap_dir/attest" \
    "$client" "$gpuattest" "$nonce"
expect_stdout_has "VERIFIED 2 GPUs"

it "gives devices that are not believed where nobody says so"
expect_exit 1 "$sim" run -- env -u GPUATTEST_DEVICE_ANCHOR sh \
    "$tap_dir/attest" "$client" "$gpuattest" "$nonce"
expect_stdout_has "device.chain"

it "lets devices fail as the script says"
expect_exit 4 "$sim" run --gpus 2 \
    --defect "nvml:*@GPU-1 gone" -- "$client" "$nonce"
expect_stderr_has "GPU-1"
expect_stderr_has "GPU is lost (15)"
expect_exit 4 "$sim" run --switches 1 \
    --defect "nscq:certificate rc=-8" -- "$client" "$nonce"
expect_stderr_has "SWITCH-0"
expect_stderr_has "NSCQ_RC_ERROR_TIMEOUT (-8)"
expect_exit 0 "$sim" run --switches 1 --defect setting:pcie_mode=0 \
    --defect setting:dev_tools_mode=1 -- \
    sh -c 'cat "$GPUATTEST_SIM_STATE/settings"'
expect_stdout "environment=1
cc_feature=1
dev_tools_mode=1
multi_gpu_mode=1
pcie_mode=0"

it "runs several at once, each with its own"
# shellcheck disable=SC2016 # the inner shell's
for i in 1 2 3; do
    timeout 120 "$sim" run --gpus "$i" -- sh -c '
        echo "$GPUATTEST_SIM_STATE $GPUATTEST_RIM_URL" >"$1/where-$2"
        while [ ! -e "$1/where-1" ] || [ ! -e "$1/where-2" ] ||
            [ ! -e "$1/where-3" ]; do sleep 0.1; done
        "$3" "$4" >"$1/evidence-$2"' sh "$tap_dir" "$i" "$client" "$other" &
done
wait
for i in 1 2 3; do
    expect_equal "$i" "$(grep -o '"arch"\|"evidence"' "$tap_dir/evidence-$i" |
        grep -c evidence)"
done
expect_equal 3 "$(cat "$tap_dir"/where-? | cut -d' ' -f1 | sort -u | wc -l)"
expect_equal 3 "$(cat "$tap_dir"/where-? | cut -d' ' -f2 | sort -u | wc -l)"
expect_nothing_left

# Ends a run by a signal; the command says how it ended.
it "passes signals on and leaves nothing behind"
for signal in TERM HUP; do
    rm -f "$tap_dir/is-up" "$tap_dir/got"
    # shellcheck disable=SC2016 # the inner shell's
    timeout 120 "$sim" run -- sh -c 'trap "echo $2 >\"$1/got\"; exit 9" "$2"
        echo up >"$1/is-up"
        while :; do sleep 0.1; done' sh "$tap_dir" "$signal" &
    pid=$!
    made
    wait_for "$tap_dir/is-up" || wrong "it did not start"
    kill -s "$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    expect_equal 9 "$status"
    expect_equal "$signal" "$(cat "$tap_dir/got")"
    expect_nothing_left
done

it "leaves nothing behind when it is ended while it starts"
for pause in 0 0.02 0.05 0.1 0.3; do
    "$sim" run --gpus 8 --switches 4 sleep 20 2>"$tap_dir/words" &
    pid=$!
    # Before that it is this shell, which has traps.
    while ! grep -q gpuattest-sim "/proc/$pid/comm"; do :; done
    sleep "$pause"
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    made
    [ "$status" -eq 143 ] || wrong "status $status"
    expect_nothing_left
done

it "stays up until it is told, and says where it is"
rm -f "$tap_dir/words"
timeout 120 "$sim" up --gpus 2 >"$tap_dir/exports" 2>"$tap_dir/words" &
pid=$!
made
wait_for "$tap_dir/words" || wrong "it did not start"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 sh -e -c '. "$1"; "$2" "$3"' sh "$tap_dir/exports" "$client" \
    "$nonce"
expect_stdout_has evidence
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
expect_equal 0 "$status"
expect_nothing_left

it "quotes what it prints for the shell"
rm -f "$tap_dir/words"
mkdir "$tap_dir/it's \$HOME"
TMPDIR="$tap_dir/it's \$HOME" timeout 120 "$sim" up >"$tap_dir/exports" \
    2>"$tap_dir/words" &
pid=$!
made
wait_for "$tap_dir/words" || wrong "it did not start"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 sh -c '. "$1"; [ -r "$GPUATTEST_DEVICE_ANCHOR" ]' sh \
    "$tap_dir/exports"
kill -TERM "$pid"
wait "$pid"
expect_equal "" "$(ls -A "$tap_dir/it's \$HOME")"

it "prints what must not be set, too"
rm -f "$tap_dir/words"
timeout 120 "$sim" up --defect sim-evidence-builtin-anchors \
    >"$tap_dir/exports" 2>"$tap_dir/words" &
pid=$!
made
wait_for "$tap_dir/words" || wrong "it did not start"
expect_equal "unset GPUATTEST_DEVICE_ANCHOR
unset GPUATTEST_RIM_ANCHOR" "$(grep ^unset "$tap_dir/exports")"
kill -TERM "$pid"
wait "$pid"

it "lists the defects of running devices"
expect_exit 0 "$sim" run --list-defects
expect_stdout_has "service-ocsp-nonce-other exit 1"
expect_stdout_has "golden-wrong"
expect_stdout_lacks "file-nonce-differs"
expect_exit 0 "$sim" mint --list-defects
expect_stdout_lacks "service-"
expect_stdout_has "file-nonce-differs"

done_testing
