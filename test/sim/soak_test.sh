#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Attestations of a whole board in one process, one behind the other: nothing is
# lost and nothing grows.  Arguments: COUNT, RESIDENT (soak.c; "unmeasured" with a
# sanitizer, which keeps what was released).
. "$GA_SOURCE_DIR/test/support/tap.sh"

build=$GA_BUILD_DIR
sim=$build/sim/gpuattest-sim
soak=$build/test/sim/soak
count=${1:-1000}
resident=${2:-2048}
[ "$resident" != unmeasured ] || resident=
TMPDIR=$tap_dir/tmp
export TMPDIR
mkdir "$TMPDIR"

# soak COUNT KIND: bounded; 1,000 take a minute or two.
# shellcheck disable=SC2317 # called through expect_exit
soak() {
    # shellcheck disable=SC2086 # no word where it is empty
    timeout 800 "$sim" run --gpus 8 --switches 4 -- "$soak" "$1" "$2" $resident
}

it "attests a board over and over with one context"
expect_exit 0 soak "$count" one
expect_stdout_has "$count attestations"
echo "# $(cat "$tap_dir/stdout")"

it "attests a board over and over with a context for each time"
expect_exit 0 soak $((count / 4)) each
expect_stdout_has "$((count / 4)) attestations"
echo "# $(cat "$tap_dir/stdout")"

it "loses nothing under valgrind"
if [ -z "$resident" ]; then
    skip "sanitizers look for themselves"
elif ! command -v valgrind >/dev/null; then
    skip "no valgrind"
else
    resident=
    for kind in one each; do
        expect_exit 0 timeout 400 "$sim" run --gpus 2 --switches 1 -- \
            valgrind -q --error-exitcode=99 --leak-check=full \
            --errors-for-leak-kinds=definite,indirect \
            --show-leak-kinds=definite,indirect "$soak" 3 "$kind"
        expect_stdout_has "3 attestations"
    done
fi
expect_equal "" "$(ls -A "$TMPDIR")"

done_testing
