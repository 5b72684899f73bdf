#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the README shows is what happens.
. "$GA_SOURCE_DIR/test/support/tap.sh"
readme=$GA_SOURCE_DIR/README.md

it "prints what the transcripts say"
expect_exit 0 grep -q '^    \$ gpuattest verify' "$readme"
expect_exit 0 "$GA_SOURCE_DIR/scripts/transcripts" "$readme"
cmp -s "$readme" "$tap_dir/stdout" ||
    wrong "$(diff "$readme" "$tap_dir/stdout")"

it "finds a transcript that says something else"
sed 's/^    VERIFIED/    verified/' "$readme" >"$tap_dir/other.md"
expect_exit 0 "$GA_SOURCE_DIR/scripts/transcripts" "$tap_dir/other.md"
expect_exit 1 cmp -s "$tap_dir/other.md" "$tap_dir/stdout"

it "shows lines of the example as they are"
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme" >"$tap_dir/shown"
expect_exit 0 test -s "$tap_dir/shown"
first=$(head -n 1 "$tap_dir/shown")
awk -v first="$first" '$0 == first { on = 1 } on' \
    "$GA_SOURCE_DIR/examples/verify.c" |
    head -n "$(wc -l <"$tap_dir/shown")" >"$tap_dir/example"
expect_exit 0 cmp "$tap_dir/shown" "$tap_dir/example"

it "names make targets that exist"
grep -oE '^    make [a-z]+' "$readme" >"$tap_dir/targets"
while read -r _ target; do
    expect_exit 0 grep -q "^$target:" "$GA_SOURCE_DIR/Makefile"
done <"$tap_dir/targets"

done_testing
