#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each fuzz target runs under libFuzzer for a few seconds from its corpus, and
# the broken one is found out.
. "$GA_SOURCE_DIR/test/support/tap.sh"
bin=$GA_BUILD_DIR/fuzz

for target in "$GA_SOURCE_DIR"/fuzz/*_fuzz.c; do
    [ -e "$target" ] || continue
    name=$(basename "$target" _fuzz.c)
    it "finds nothing in a few seconds: $name"
    mkdir -p "$tap_dir/$name"
    expect_exit 0 "$bin/fuzz_$name" -max_total_time=3 -timeout=60 -seed=1 \
        -artifact_prefix="$tap_dir/$name-" "$tap_dir/$name" \
        "$GA_SOURCE_DIR/fuzz/corpus/$name"
done

it "finds out the target that is wrong on purpose"
run "$bin/fuzz_broken" -max_total_time=10 -artifact_prefix="$tap_dir/"
made
[ "$status" -ne 0 ] || wrong "exit status 0"
expect_stderr_has "SUMMARY"

done_testing
