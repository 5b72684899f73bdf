#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest ppcie, topology, ready and attest --manage-ready on a simulated
# board: where everything holds, in every mode, from files, by a service, ended by
# signals and crashes, and watched.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
export GPUATTEST_ALLOW_CUSTOM_ANCHORS

need_jq

it "turns a board ready where everything holds"
ppcie --seed board --
expect_equal 0 "$(cat status)"
expect_equal on "$(cat ready)"
expect_equal "5 true on VERIFIED 8 GPUs, 4 NVSwitches" "$(jq -r '
    "\([.stages[] | select(.state == "SUCCESS")] | length) \(.topology.holds)" +
    " \(.ready) \(.result_message)"' result.json)"
expect_equal "" "$(seen)"

it "leaves the ready state alone where it is told to"
ppcie --defect board-unlocked -- --no-ready
expect_equal 1 "$(cat status)"
expect_equal on "$(cat ready)"
expect_equal unchanged "$(jq -r .ready result.json)"

it "does not take custom anchors for the maker's"
GPUATTEST_ALLOW_CUSTOM_ANCHORS=false
ppcie --
GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
expect_equal 1 "$(cat status)"
expect_equal off "$(cat ready)"

it "says that nobody knows the ready state where no driver answers"
for format in text json; do
    expect_exit 4 "$gpuattest" ppcie --format $format
    expect_stderr_has "the ready state could not be turned off: libnvidia-ml.so.1"
    cp "$tap_dir/stdout" $format
done
expect_exit 0 grep -qx "ready state: unknown" text
expect_equal unknown "$(jq -r .ready json)"
expect_exit 4 "$gpuattest" ppcie --no-ready
expect_stdout_has "ready state: unchanged"

it "attests GPUs alone where the mode has no switches"
for mode in mpt spt; do
    arch=hopper
    [ "$mode" = spt ] || arch=blackwell
    expect_exit 0 timeout 100 "$sim" run --gpus 2 --arch $arch --mode $mode -- \
        sh ppcie
    expect_equal 0 "$(cat status)"
    expect_equal on "$(cat ready)"
    expect_equal "SUCCESS SKIPPED SUCCESS SKIPPED SKIPPED VERIFIED 2 GPUs" \
        "$(jq -r '([.stages[].state] | join(" ")) + " " + .result_message' \
            result.json)"
done

it "reads evidence in place of devices, and turns nothing on"
cat >files <<'A'
cd "$GPUATTEST_SIM_DIR" || exit 70
"$gpuattest" ppcie --nonce "$(cat nonce.hex)" --gpu-evidence gpu.json \
    --switch-evidence switch.json "$@"
status=$?
"$gpuattest" ready | head -n 1
exit $status
A
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh files
expect_stdout_has "GPU Pre-checks       SKIPPED  evidence from a file"
expect_stdout_has "Topology checks      SUCCESS"
expect_stdout_has "ready state: unchanged"
expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
expect_stdout_has "ready: off"
expect_exit 1 "$sim" run --gpus 8 --switches 4 --defect board-seven-gpus -- \
    sh files
expect_stdout_has "topology.board: 7 GPUs, and hgx-hopper has 8"
cat >gpus <<'A'
cd "$GPUATTEST_SIM_DIR" || exit 70
LD_LIBRARY_PATH=$GA_BUILD_DIR/src "$gpuattest" ppcie --format json --nonce \
    "$(cat nonce.hex)" --gpu-evidence gpu.json "$@" | jq -r \
    '([.stages[] | "\(.state)"] | join(" ")) + " " + .result_message'
A
for verifier in local remote; do
    expect_exit 0 "$sim" run --gpus 2 --arch blackwell --mode mpt -- \
        sh gpus --verifier $verifier
    expect_stdout "SKIPPED SKIPPED SUCCESS SKIPPED SKIPPED VERIFIED 2 GPUs"
    # A mode that nobody signed is no reason to leave the switches out.
    expect_exit 0 "$sim" run --gpus 2 --arch blackwell --mode mpt --defect \
        s-ge-n -- sh gpus --verifier $verifier
    expect_stdout_has "SKIPPED FAILED"
    expect_stdout_has "libnvidia-nscq.so.2: cannot be loaded"
done
expect_exit 2 "$sim" run -- "$gpuattest" ppcie --gpu-evidence f
expect_stderr_has "--nonce is missing"

it "turns the ready state off when it is told to end"
cat >ended <<'A'
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" ppcie >out 2>words &
sleep 2
kill -TERM $!
wait $!
echo $? >status
"$gpuattest" ready | head -n 1 >ready
A
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect \
    'nvml:nvmlDeviceGetConfComputeGpuCertificate@GPU-0 delay=60000ms' -- sh ended
expect_equal 4 "$(cat status)"
expect_equal "ready: off" "$(cat ready)"
grep -q "ended by a signal" words || wrong "$(cat words)"

it "turns the ready state off when a library crashes"
cat >crashed <<'A'
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" ppcie --format json >result.json 2>words &
pid=$!
sleep 2
# shellcheck disable=SC2046 # one word per process
kill -KILL $(cat "/proc/$pid/task/$pid/children")
wait $pid
echo $? >status
"$gpuattest" ready | head -n 1 >ready
A
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect \
    'nscq:certificate@SWITCH-0 delay=60000ms' -- sh crashed
expect_equal 70 "$(cat status)"
expect_equal "ready: off" "$(cat ready)"
expect_equal "FAILED crashed (signal 9)" "$(jq -r '.stages[] |
    select(.name == "Switch Attestation") | "\(.state) \(.text)"' result.json)"
expect_equal off "$(jq -r .ready result.json)"

it "watches a board until it is told to end"
cat >watched <<'A'
rm -f out words status
"$gpuattest" ppcie --watch 1h >out 2>words &
pid=$!
. ./wait_for
wait_for out '^VERIFIED 8 GPUs, 4 NVSwitches$'
cat "$GPUATTEST_SIM_STATE/ready" >first # asking the driver would take too long
sed -i s/pcie_mode=3/pcie_mode=1/ "$GPUATTEST_SIM_STATE/settings"
wait_for out '^REJECTED Switch Pre-checks: SWITCH-0: TNVL is on (1), not locked'
wait_for words 'ready state: off'
"$gpuattest" ready | head -n 1 >second
sleep 6 # longer than between two looks: nothing is to be seen now
sed -i s/pcie_mode=1/pcie_mode=3/ "$GPUATTEST_SIM_STATE/settings"
while [ "$(grep -c '^VERIFIED' out)" -lt 2 ]; do sleep 0.1; done
"$gpuattest" ready | head -n 1 >third
kill -TERM $pid
wait $pid
echo $? >status
"$gpuattest" ready | head -n 1 >last
A
cat >wait_for <<'A'
wait_for() {
    for _ in $(seq 600); do
        ! grep -q "$2" "$1" 2>/dev/null || return 0
        sleep 0.1
    done
}
A
# Slow, so that a round that did not wait for it would see it change later; and
# so that the first look after a round, which begins with this call, would only
# see the mode that comes right behind the round.
expect_exit 0 timeout 200 "$sim" run --gpus 8 --switches 4 --defect \
    'nvml:nvmlSystemSetConfComputeGpusReadyState delay=1500ms' --defect \
    'nvml:nvmlSystemGetConfComputeGpusReadyState delay=1000ms' -- sh watched
expect_equal 1 "$(cat first)"
expect_equal "ready: off" "$(cat second)"
expect_equal "ready: on" "$(cat third)"
expect_equal 0 "$(cat status)"
expect_equal "ready: off" "$(cat last)"
# The mode, and the mode again: not what the rounds do to the ready state.
expect_equal 2 "$(grep -c 'have changed: attesting again' words)"

it "tells the service manager"
cat >listen.py <<'A'
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
open("listening", "w").close()
with open("told", "w", buffering=1) as to:
    while True:
        text = s.recv(4096).decode()
        to.write(text + "\n")
        if "STOPPING" in text:
            break
A
cat >told_to <<'A'
python3 listen.py &
listener=$!
while [ ! -e listening ]; do sleep 0.1; done
NOTIFY_SOCKET=$PWD/notify "$gpuattest" ppcie --watch 1h >out 2>words &
pid=$!
. ./wait_for
wait_for told '^STATUS=VERIFIED 8 GPUs, 4 NVSwitches$'
kill -TERM $pid
wait $pid
echo $? >status
wait $listener
A
if command -v python3 >/dev/null; then
    # A path of a socket has room for 107 bytes.
    expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 -- sh told_to
    expect_equal 0 "$(cat status)"
    expect_equal "READY=1
STATUS=VERIFIED 8 GPUs, 4 NVSwitches
STOPPING=1" "$(grep -v '^WATCHDOG=1$' told)"
    expect_exit 0 grep -q '^WATCHDOG=1$' told
else
    skip "no python3"
fi

it "has the attestation service verify, and the board here"
cat >remote <<'A'
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" ppcie --verifier remote --format json >result.json 2>words
echo $? >status
"$gpuattest" ready | head -n 1 >ready
A
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 -- sh remote
expect_equal 0 "$(cat status)"
expect_equal "ready: on" "$(cat ready)"
expect_equal "5 true true" "$(jq -r '
    "\([.stages[] | select(.state == "SUCCESS")] | length) \(.topology.holds)" +
    " \(.detached_eat != null)"' result.json)"
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect \
    board-unlocked -- sh remote
expect_equal 1 "$(cat status)"
expect_equal "ready: off" "$(cat ready)"
expect_equal "REJECTED topology.lock (SWITCH-1: is not locked: it can still be configured)" \
    "$(jq -r .result_message result.json)"
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect s-ge-n \
    -- sh remote
expect_equal 1 "$(cat status)"
expect_equal "ready: off" "$(cat ready)"
expect_equal "FAILED SUCCESS SKIPPED" "$(jq -r '[.stages[2:][].state] |
    join(" ")' result.json)"

it "manages the ready state of GPUs alone"
cat >alone <<'A'
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" attest --manage-ready --stage-timeout 4s "$@" >out 2>words
echo $? >status
"$gpuattest" ready | head -n 1 >ready
A
expect_exit 0 "$sim" run --gpus 2 -- sh alone
expect_equal "0 ready: on" "$(cat status ready | paste -s -d' ')"
expect_exit 0 "$sim" run --gpus 2 --defect copied-device -- sh alone
expect_equal "1 ready: off" "$(cat status ready | paste -s -d' ')"
expect_exit 0 "$sim" run --gpus 2 -- sh alone --no-ocsp
expect_equal "1 ready: off" "$(cat status ready | paste -s -d' ')"
expect_equal "REJECTED ready state: device.ocsp:not_checked was relaxed" \
    "$(tail -n 1 out)"
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh alone
expect_equal "1 ready: off" "$(cat status ready | paste -s -d' ')"
expect_equal "REJECTED ready state: this host is in protected PCIe mode: gpuattest ppcie attests its board" \
    "$(tail -n 1 out)"
expect_exit 0 "$sim" run --gpus 2 --defect \
    'nvml:nvmlDeviceGetConfComputeGpuCertificate@GPU-0 delay=60000ms' -- sh alone
expect_equal "4 ready: off" "$(cat status ready | paste -s -d' ')"
expect_equal "gpuattest: no progress for 4 s" "$(grep progress words)"
expect_exit 0 "$sim" run --gpus 2 --defect 'nvml:nvmlDeviceGetUUID@GPU-1#3+ swapped' \
    -- sh alone
expect_equal "1 ready: off" "$(cat status ready | paste -s -d' ')"
expect_exit 2 "$gpuattest" attest --manage-ready --device all
expect_stderr_has "--manage-ready: is for the GPUs of this host alone"

it "runs the seed's example"
cat >seed <<'A'
"$1" rim-url="$GPUATTEST_RIM_URL" ocsp-url="$GPUATTEST_OCSP_URL" \
    cache-dir="$GPUATTEST_CACHE_DIR" device-anchor="$GPUATTEST_DEVICE_ANCHOR" \
    rim-anchor="$GPUATTEST_RIM_ANCHOR"
A
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh seed \
    "$build/test/sim/sim_seed"
expect_stdout "VERIFIED 8 GPUs
VERIFIED 4 NVSwitches
topology.gpu: passed
unique switches: 4
topology.switch: passed"
expect_exit 1 "$sim" run --gpus 8 --switches 4 --defect board-foreign-link -- \
    sh seed "$build/test/sim/sim_seed"
expect_stdout_has "topology.gpu: failed: GPU-0: names 5 NVSwitches, not 4"
expect_exit 2 "$sim" run --gpus 8 -- sh seed "$build/test/sim/sim_seed"
expect_stderr_has "no switch"

it "shows who is connected to whom"
cat >topology <<'A'
cd "$GPUATTEST_SIM_DIR" || exit 70
"$gpuattest" topology "$@" gpu.json switch.json
A
expect_exit 0 "$sim" run --gpus 8 --switches 4 --seed board -- sh -c \
    'cd "$GPUATTEST_SIM_DIR" && "$gpuattest" topology --nonce "$(cat nonce.hex)" gpu.json switch.json'
expect_stdout_has "GPU-7    4F367AF8EB7F1354             5           4           4           5"
expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- "$gpuattest" topology --dot
expect_stdout_has "graph topology {"
expect_stdout_has "  g7 -- s3 [label=\"5\"];"
expect_stderr_has "VERIFIED 8 GPUs, 4 NVSwitches"
expect_exit 1 "$sim" run --gpus 8 --switches 4 --defect board-gpu-unseen -- \
    "$gpuattest" topology --format json
expect_equal "false 0 false" "$(jq -r '.topology |
    "\(.holds) \(.matrix[2][3].links | if . > 0 then 0 else 1 end)" +
    " \(.matrix[2][3].named_by_switch)"' "$tap_dir/stdout")"
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh topology --unverified
expect_stdout_has "nothing was verified: anybody can have written this"
expect_stdout_has "CONSISTENT, NOT VERIFIED"
expect_exit 1 "$sim" run --gpus 8 --switches 4 --defect board-link-ff -- \
    sh topology --unverified
expect_stdout_has "  failed         topology.gpu (unknown_value): GPU-4: names FFFFFFFFFFFFFFFF, which is no PDI"
expect_exit 2 "$sim" run --gpus 8 --switches 4 -- sh topology
expect_stderr_has "--nonce is missing"
expect_exit 2 "$gpuattest" topology --unverified
expect_exit 2 "$gpuattest" topology --dot --format json
expect_stderr_has "--dot: comes without --format json"

it "leaves nothing behind"
expect_equal "" "$(ls -A "$TMPDIR")"

it "takes no --at and --relax"
expect_exit 2 "$gpuattest" ppcie --verifier remote --offline
expect_stderr_has "--verifier remote asks a service, --offline none"
expect_exit 2 "$gpuattest" ppcie --at 2026-01-01T00:00:00Z
expect_stderr_has "devices are attested as of the present"
expect_exit 2 "$gpuattest" ppcie --relax device.ocsp
expect_stderr_has "the ready state stands for every check"
expect_exit 2 "$gpuattest" ppcie --nonce "$nonce" --watch 1h
expect_stderr_has "--nonce: every round of --watch has one of its own"
expect_exit 2 "$gpuattest" ppcie --watch 0s
expect_stderr_has "--watch: \"0s\" is no duration of a second or more"
expect_exit 2 "$gpuattest" ready --set maybe
expect_stderr_has "--set: \"maybe\" is none of on, off"

done_testing
