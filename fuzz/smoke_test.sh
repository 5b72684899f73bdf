#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each fuzz target runs under libFuzzer from its corpus, and the broken one is
# found out.  The same inputs every time, so that what fails here fails for
# whoever changed something and for nobody else: scripts/fuzz looks for more.
. "$GA_SOURCE_DIR/test/support/tap.sh"
bin=$GA_BUILD_DIR/fuzz

# The corpus in an order that no file system chooses, with commas between.
corpus() {
    printf '%s\n' "$GA_SOURCE_DIR/fuzz/corpus/$1"/* | paste -s -d ,
}

for target in "$GA_SOURCE_DIR"/fuzz/*_fuzz.c; do
    [ -e "$target" ] || continue
    name=$(basename "$target" _fuzz.c)
    it "finds nothing in the same 3000 inputs: $name"
    expect_exit 0 "$bin/fuzz_$name" -runs=3000 -seed=1 -use_cmp=0 -timeout=60 \
        -seed_inputs="$(corpus "$name")" -artifact_prefix="$tap_dir/$name-"
done

it "finds out the target that is wrong on purpose"
run "$bin/fuzz_broken" -max_total_time=10 -artifact_prefix="$tap_dir/"
made
[ "$status" -ne 0 ] || wrong "exit status 0"
expect_stderr_has "SUMMARY"

done_testing
