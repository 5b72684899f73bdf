#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command starts fast: a tool that is run for every device must not cost
# more than its work.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest

# spent COMMAND...: nanoseconds of 20 runs.
spent() {
    from=$(date +%s%N)
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        "$@" >/dev/null
    done
    echo $(($(date +%s%N) - from))
}

it "version takes at most 1.5 times as long as openssl version"
if ! command -v openssl >/dev/null; then
    skip "no openssl"
elif grep -qE '__(asan|tsan|gcov)_init' "$gpuattest"; then
    skip "built with a sanitizer or for coverage"
else
    # The least of ten rounds, taken in turns: other work on the machine only
    # ever adds.
    ours=
    theirs=
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        now=$(spent "$gpuattest" version)
        [ -n "$ours" ] && [ "$now" -ge "$ours" ] || ours=$now
        now=$(spent openssl version)
        [ -n "$theirs" ] && [ "$now" -ge "$theirs" ] || theirs=$now
    done
    echo "# $((ours / 20000)) us, openssl $((theirs / 20000)) us"
    made
    [ $((2 * ours)) -le $((3 * theirs)) ] ||
        wrong "$((ours / 20000)) us, openssl $((theirs / 20000)) us"
fi
done_testing
