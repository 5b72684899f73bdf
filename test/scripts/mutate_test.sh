#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that are broken are noticed: a few of the list, always the same.  All of
# it takes an hour: `make mutate`, by hand.
. "$GA_SOURCE_DIR/test/support/tap.sh"
mutate=$GA_SOURCE_DIR/scripts/mutate

it "has a list that fits the source"
expect_exit 0 "$mutate" --list
expect_stdout_has " edits, "

it "sees a test fail for each of ten"
expect_exit 0 "$mutate" --again --sample 10
expect_equal "10 killed, 0 of them before, 0 survived" \
    "$(tail -n 1 "$tap_dir/stdout")"

done_testing
