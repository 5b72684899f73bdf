#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A process that is killed leaves no broken file in the cache: killed before,
# during and after each write and rename, one by one, and at random moments.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

killer=$build/test/sim/libkiller.so
export killer

# Each file: 85 bytes, the SHA-256 of these and of the body, the body
# (src/net/entry.c).  Prints the files that are not so, and then how many are.
cat >whole <<'A'
count=0
for f in "$GPUATTEST_CACHE_DIR"/*; do
    case $f in
    *.tmp | *'*') continue ;;
    esac
    count=$((count + 1))
    said=$(tail -c +86 "$f" | head -c 32 | od -An -v -tx1 | tr -d ' \n')
    have=$({ head -c 85 "$f"; tail -c +118 "$f"; } | sha256sum | cut -d' ' -f1)
    [ "$said" = "$have" ] || echo "broken: $f"
done
echo "$count"
A

# Kills at moment 1, 2, 3 and so on, until a run comes to its end.
cat >sweep <<'A'
at=1
most=0
while [ "$at" -le 400 ]; do
    rm -rf "$GPUATTEST_CACHE_DIR"/*
    status=0
    ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0 LD_PRELOAD=$killer \
        KILL_AT=$at "$gpuattest" attest >out 2>&1 || status=$?
    [ "$status" -ne 0 ] || break
    [ "$status" -eq 137 ] || { cat out; echo "status $status at $at"; exit 1; }
    found=$(sh whole)
    case $found in
    *broken*) echo "at $at: $found"; exit 1 ;;
    esac
    [ "$found" -le "$most" ] || most=$found
    "$gpuattest" attest >out 2>&1 ||
        { cat out; echo "the run behind moment $at"; exit 1; }
    at=$((at + 1))
done
echo "$at moments, up to $most files"
A

# The cache stays from one to the next, as it does with a user.
cat >random <<'A'
kills=0
i=0
while [ "$i" -lt "$1" ]; do
    i=$((i + 1))
    "$gpuattest" attest >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %03d $(($(od -An -N2 -tu2 /dev/urandom) % 300)))"
    kill -9 "$pid" && kills=$((kills + 1))
    wait "$pid" 2>/dev/null
    found=$(sh whole)
    case $found in
    *broken*) echo "$found"; exit 1 ;;
    esac
    [ $((i % 4)) -ne 0 ] || rm -rf "$GPUATTEST_CACHE_DIR"/*
done 2>/dev/null
"$gpuattest" attest >out 2>&1 || { cat out; exit 1; }
[ "$kills" -gt 0 ] || { echo "nothing was killed"; exit 1; }
sh whole
A

it "leaves whole files or none wherever it is killed"
expect_exit 0 timeout 250 "$sim" run -- sh sweep
# Two RIMs and seven OCSP answers, with four moments each; in the last one
# nothing is killed.
expect_stdout "37 moments, up to 9 files"

it "leaves whole files or none at random moments, and the next run works"
expect_exit 0 timeout 120 "$sim" run -- sh random 24
expect_stdout 9
expect_equal "" "$(ls -A "$TMPDIR")"

done_testing
