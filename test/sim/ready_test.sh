#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ready state where the process that watches over it, or the work, ends or
# stays in a way of its own; and of GPUs that must not stand alone.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
export GPUATTEST_ALLOW_CUSTOM_ANCHORS
ready=nvmlSystemSetConfComputeGpusReadyState
slow=nvml:nvmlDeviceGetConfComputeGpuCertificate@GPU-0
export ready

cat >wait_for <<'A'
# wait_for FILE PATTERN: half a minute for a line.
wait_for() {
    for _ in $(seq 300); do
        ! grep -q "$2" "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    echo "no $2 in $1:"
    cat "$1"
}
A

it "turns the ready state off at every signal that ends a process"
cat >signalled <<'A'
. ./wait_for
for name in USR1 USR2 ALRM PWR XCPU ABRT 37; do
    rm -f out
    "$gpuattest" ppcie --watch 1h >out 2>words &
    pid=$!
    wait_for out '^VERIFIED'
    cat "$GPUATTEST_SIM_STATE/ready"
    kill -$name $pid
    wait $pid
    echo "$name $? $(cat "$GPUATTEST_SIM_STATE/ready")"
done
A
expect_exit 0 timeout 300 "$sim" run --gpus 8 --switches 4 -- sh signalled
expect_equal "1 USR1 0 0 1 USR2 0 0 1 ALRM 0 0 1 PWR 0 0 1 XCPU 0 0 1 ABRT 0 0 1 37 0 0" \
    "$(paste -s -d' ' "$tap_dir/stdout")"

it "does not take the pause between two rounds for one that hangs"
cat >patient <<'A'
. ./wait_for
"$gpuattest" ppcie --watch 1h --stage-timeout "$1" >out 2>words &
pid=$!
wait_for out '^VERIFIED'
sleep 7
cat "$GPUATTEST_SIM_STATE/ready"
kill -TERM $pid
wait $pid
echo $?
A
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 -- sh patient 4s
expect_equal "1 0" "$(paste -s -d' ' "$tap_dir/stdout")"
expect_exit 1 grep -q "no progress" words

it "tries again to turn it off when the work was lost"
cat >lost <<'A'
. ./wait_for
"$gpuattest" ppcie --watch 1h >out 2>words &
pid=$!
wait_for out '^VERIFIED'
echo "nvml $ready rc=999" >"$GPUATTEST_SIM_STATE/faults"
# shellcheck disable=SC2046 # one word per process
kill -KILL $(cat "/proc/$pid/task/$pid/children")
wait_for words 'crashed (signal 9)'
cat "$GPUATTEST_SIM_STATE/ready"
: >"$GPUATTEST_SIM_STATE/faults"
wait_for words 'ready state: off'
cat "$GPUATTEST_SIM_STATE/ready"
kill -TERM $pid
wait $pid
A
expect_exit 70 timeout 100 "$sim" run --gpus 8 --switches 4 -- sh lost
expect_equal "1 0" "$(paste -s -d' ' "$tap_dir/stdout")"
expect_exit 0 grep -q "could not be turned off: .*(999)" words

it "does not wait for work that cannot be ended"
cat >stuck <<'A'
. ./wait_for
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" ppcie --stage-timeout 2s >out 2>words &
pid=$!
sleep 1
"$1" "$(cat "/proc/$pid/task/$pid/children")" >held &
holder=$!
sleep 0.5
[ -s held ] || echo "cannot hold"
wait_for words 'no progress for 2 s'
cat "$GPUATTEST_SIM_STATE/ready"
kill -KILL $holder
wait $pid
echo $?
A
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect \
    "$slow delay=60000ms" -- sh stuck "$build/test/sim/sim_holder"
if grep -q "cannot hold" "$tap_dir/stdout"; then
    skip "no ptrace"
else
    expect_equal "0 4" "$(paste -s -d' ' "$tap_dir/stdout")"
fi

it "does not let GPUs of a board stand alone where the driver does not say so"
cat >alone <<'A'
[ -z "$1" ] || sed -i "$1" "$GPUATTEST_SIM_STATE/settings"
shift
"$gpuattest" ready --set on >/dev/null 2>&1
"$gpuattest" attest --manage-ready "$@" 2>words | tail -n 1
cat "$GPUATTEST_SIM_STATE/ready"
A
refused="REJECTED ready state: GPU-0 is in protected PCIe mode: gpuattest ppcie attests its board 0"
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 --defect \
    'nvml:nvmlSystemGetConfComputeSettings rc=3' -- sh alone ''
expect_equal "$refused" "$(paste -s -d' ' "$tap_dir/stdout")"
expect_exit 0 timeout 100 "$sim" run --gpus 8 --switches 4 -- \
    sh alone s/multi_gpu_mode=1/multi_gpu_mode=0/ --verifier remote
expect_equal "$refused" "$(paste -s -d' ' "$tap_dir/stdout")"

done_testing
