#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The counting of scripts/test, fed with made-up outputs of ctest.
. "$GA_SOURCE_DIR/test/support/tap.sh"

# summary STATUS: counts the log on standard input.
summary() {
    cat >"$tap_dir/log"
    tap_input=$tap_dir/log
    expect_exit "$1" awk -f "$GA_SOURCE_DIR/scripts/tap-summary"
    tap_input=
}

last_line_is() {
    expect_equal "$1" "$(tail -n 1 "$tap_dir/stdout")"
}

it "counts passed and skipped points of two programs"
summary 0 <<'L'
=== preset dev
test 1
    Start 1: base/bytes
test 2
    Start 2: cli/verify
1: Environment variables:
1: 1..3
2: ok 1 - says hello
1: ok 1 - reads_a_byte
1: not ok 2 # SKIP reads_a_fixture
1: ok 3 - reads_two
2: ok 2 - needs a device # SKIP no device
2: 1..2
1/2 Test #1: base/bytes ..........   Passed    0.00 sec
2/2 Test #2: cli/verify ..........   Passed    0.01 sec
=== ctest 0
L
expect_stdout "dev base/bytes: 2 passed, 1 skipped
dev cli/verify: 1 passed, 1 skipped
SKIPPED dev base/bytes: reads_a_fixture
SKIPPED dev cli/verify: needs a device: no device
3 passed, 0 failed, 2 skipped"

it "repeats notes behind the programs"
summary 0 <<'L'
=== preset coverage
    Start 1: coverage
1: ok 1 - src/spdm: 98 of 100 lines run
1: # note: src/spdm: 98 of 100 lines run
1: # another remark
1: 1..1
1/1 Test #1: coverage ..........   Passed    0.00 sec
=== ctest 0
L
expect_stdout "coverage coverage: 1 passed
NOTE coverage coverage: src/spdm: 98 of 100 lines run
1 passed, 0 failed, 0 skipped"

it "names a failed point and says why"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..2
1: ok 1 - reads_a_byte
1: not ok 2 - reads_two
1: # 0x1 != 0x2
1: # bytes_test.c:8: error: Failure!
1: # not ok - tests
1/1 Test #1: base/bytes ..........***Failed    0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: reads_two
    # 0x1 != 0x2"
last_line_is "1 passed, 1 failed, 0 skipped"

it "counts a crash as a failure, and the lost points too"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..3
1: ok 1 - reads_a_byte
1: ==1==ERROR: AddressSanitizer: heap-buffer-overflow
1/1 Test #1: base/bytes ..........***Exception: SegFault  0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: planned 3 points, printed 1"
expect_stdout_has "ERROR: AddressSanitizer: heap-buffer-overflow"
last_line_is "1 passed, 1 failed, 0 skipped"

it "counts a bad end without a failed point as a failure"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........***Failed    0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: ended with Failed"
last_line_is "1 passed, 1 failed, 0 skipped"

it "counts a failed point although the program ended well"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: not ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
L
last_line_is "0 passed, 1 failed, 0 skipped"

it "counts a program without a plan as a failure"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: hello
    Start 2: cli/verify
2: ok 1 - says hello
1/2 Test #1: base/bytes ..........   Passed    0.00 sec
2/2 Test #2: cli/verify ..........   Passed    0.00 sec
=== ctest 0
L
expect_stdout_has "FAILED dev base/bytes: printed no plan"
expect_stdout_has "FAILED dev cli/verify: printed no plan"
last_line_is "1 passed, 2 failed, 0 skipped"

it "counts a plan that is too long as a failure"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1: ok 2 - reads_two
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
L
last_line_is "2 passed, 1 failed, 0 skipped"

it "adds up several groups of one program"
summary 0 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1: 1..2
1: ok 1 - reads_two
1: ok 2 - reads_three
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
L
last_line_is "3 passed, 0 failed, 0 skipped"

it "finds points that are missing from the first of two groups"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..2
1: ok 1 - reads_a_byte
1: 1..1
1: ok 1 - reads_two
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
L
last_line_is "2 passed, 1 failed, 0 skipped"

it "counts a group whose setup failed"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..0
1: not ok 0 - tests [  FAILED  ] GROUP SETUP
1/1 Test #1: base/bytes ..........***Failed    0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: tests [  FAILED  ] GROUP SETUP"
last_line_is "0 passed, 1 failed, 0 skipped"

it "counts a program that ran too long, could not start, or never ended"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
    Start 2: base/hex
    Start 3: base/json
3: 1..0
1/3 Test #1: base/bytes ..........***Timeout 300.00 sec
2/3 Test #2: base/hex ............***Not Run   0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: ended with Timeout"
expect_stdout_has "FAILED dev base/hex: printed no plan"
expect_stdout_has "FAILED dev base/json: started and never ended"
last_line_is "1 passed, 3 failed, 0 skipped"

it "keeps the presets apart and adds them up"
summary 1 <<'L'
=== preset release
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
=== preset dev
    Start 1: base/bytes
1: 1..1
1: not ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........***Failed    0.00 sec
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: reads_a_byte"
last_line_is "1 passed, 1 failed, 0 skipped"

it "forgets the programs of one preset before the next"
summary 1 <<'L'
=== preset release
    Start 1: base/bytes
1: 1..1
1: not ok 1 - reads_a_byte
1/2 Test #1: base/bytes ..........***Failed    0.00 sec
    Start 2: base/hex
2: 1..1
2: ok 1 - reads_a_digit
2/2 Test #2: base/hex ............   Passed    0.00 sec
=== ctest 8
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........***Failed    0.00 sec
=== ctest 8
=== preset coverage
    Start 1: base/bytes
1: 1..0
=== ctest 8
L
expect_stdout_has "FAILED dev base/bytes: ended with Failed"
expect_stdout_has "FAILED coverage base/bytes: started and never ended"
last_line_is "2 passed, 3 failed, 0 skipped"

it "fails when the second preset has no tests"
summary 1 <<'L'
=== preset release
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 0
=== preset dev
=== ctest 0
L
expect_stdout_has "no test was run"
last_line_is "1 passed, 1 failed, 0 skipped"

it "fails when a preset has no tests, or was not built"
summary 1 <<'L'
=== preset release
No tests were found!!!
=== ctest 0
L
last_line_is "0 passed, 1 failed, 0 skipped"

it "fails when ctest failed and no test says why"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
=== ctest 70
L
expect_stdout_has "ctest ended with status 70"
last_line_is "1 passed, 1 failed, 0 skipped"

it "fails when the log breaks off or is empty"
summary 1 <<'L'
=== preset dev
    Start 1: base/bytes
1: 1..1
1: ok 1 - reads_a_byte
1/1 Test #1: base/bytes ..........   Passed    0.00 sec
L
last_line_is "1 passed, 1 failed, 0 skipped"
summary 1 </dev/null
last_line_is "0 passed, 1 failed, 0 skipped"

done_testing
