#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many clients of every kind at one time, for seconds; for minutes by hand:
# GPUATTEST_STRESS_SECONDS=600.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
seconds=${GPUATTEST_STRESS_SECONDS:-4}
mint_world
serve stress --max-time 20s --max-connections 128 --max-queue 32 --workers 2 \
    --log-level "${GPUATTEST_STRESS_LOG:-warn}"

# Meanwhile all of it is read again and again.
(
    while kill -HUP "$pid" 2>/dev/null; do
        sleep 0.5
    done
) &
pids="$pids $!"

it "says yes to every good one and no to every bad one for $seconds seconds"
expect_exit 0 "$GA_BUILD_DIR/test/server/stress" "$port" "$pid" "$seconds" 24 \
    "$tap_dir/gpu.request" "$tap_dir/switch.request"
sed 's/^/# /' "$tap_dir/stdout" "$tap_dir/stderr"
expect_exit 0 curl -sS "$url/metrics"
grep -E '^gpuattest_(requests|connections|body|cut|late|devices|tokens)' \
    "$tap_dir/stdout" | sed 's/^/# /'

it "holds no body and no request when all is over"
tries=0
while curl -sS "$url/metrics" >"$tap_dir/stdout" &&
    ! grep -qx 'gpuattest_connections 1' "$tap_dir/stdout" &&
    [ "$tries" -lt 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
expect_stdout_has "gpuattest_body_bytes 0"
expect_stdout_has "gpuattest_requests_waiting 0"
expect_stdout_has "gpuattest_requests_working 0"
expect_stdout_has "gpuattest_connections 1"

it "ends in order"
stop
expect_equal 0 "$stopped"
[ ! -s "$tap_dir/stress.log" ] || tail -n 30 "$tap_dir/stress.log" | sed 's/^/# /'
done_testing
