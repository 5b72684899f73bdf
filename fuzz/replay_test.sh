#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The replay of fuzz corpora notices what goes wrong.
. "$GA_SOURCE_DIR/test/support/tap.sh"
broken=$GA_BUILD_DIR/fuzz/replay_broken
mkdir "$tap_dir/corpus" "$tap_dir/empty"
printf 'seed' >"$tap_dir/corpus/seed"

it "dies of a target that reads one byte over"
run "$broken" "$tap_dir/corpus"
made
case $status in
99 | 134) ;; # the sanitizer, or abort()
*) wrong "exit status $status, not 99 or 134" ;;
esac
expect_stdout_lacks "ok 2"

it "passes a target that lives"
expect_exit 0 "$broken"
expect_stdout "ok 1 - empty input
1..1"

it "fails for a corpus that is empty or not there"
expect_exit 1 "$broken" "$tap_dir/empty"
expect_stdout_has "not ok 2 - folder without a seed"
expect_exit 1 "$broken" "$tap_dir/none"
expect_stdout_has "not ok 2 - $tap_dir/none"

it "has a corpus for every target, and a target for every corpus"
cd "$GA_SOURCE_DIR/fuzz" || exit 70
expect_equal "$(find . -name '*_fuzz.c' | sed 's,^\./,,; s,_fuzz\.c$,,' | sort)" \
    "$([ ! -d corpus ] || ls corpus)"

done_testing
