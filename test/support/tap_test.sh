#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The helper of shell tests: small scripts that use it, and what they print.
. "$GA_SOURCE_DIR/test/support/tap.sh"

# script: runs the lines on standard input as a test file of their own.
script() {
    {
        printf '. "%s/test/support/tap.sh"\n' "$GA_SOURCE_DIR"
        cat
    } >"$tap_dir/script.sh"
}

it "passes a point whose expectations hold"
script <<'S'
it "says hello"
expect_exit 3 sh -c 'echo hello; echo why >&2; exit 3'
expect_stdout hello
expect_stderr why
expect_stderr_has wh
expect_stdout_lacks bye
done_testing
S
expect_exit 0 sh "$tap_dir/script.sh"
expect_stdout "ok 1 - says hello
1..1"

it "fails a point whose exit status is another one"
script <<'S'
it "is rejected"
expect_exit 1 sh -c 'exit 2'
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout_has "not ok 1 - is rejected"
expect_stdout_has "# exit status 2, not 1: sh -c exit 2"

it "fails a point when a crash has another status"
script <<'S'
it "is rejected"
expect_exit 1 sh -c 'kill -SEGV $$'
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout_has "# exit status 139, not 1"

it "fails a point whose output is another one, and goes on"
script <<'S'
it "says hello"
expect_exit 0 echo hallo
expect_stdout hello
it "is quiet"
expect_exit 0 true
expect_stdout ""
expect_stderr ""
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout_has "not ok 1 - says hello"
expect_stdout_has "# > hallo"
expect_stdout_has "ok 2 - is quiet"
expect_stdout_has "1..2"

it "fails a point when a text is absent, or there and should not be"
script <<'S'
it "has it"
expect_exit 0 echo hallo
expect_stdout_has hello
it "lacks it"
expect_exit 0 echo hallo
expect_stdout_lacks hall
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout_has "not ok 1 - has it"
expect_stdout_has "not ok 2 - lacks it"

it "fails a point that expects nothing"
script <<'S'
it "is empty"
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout "not ok 1 - is empty
# nothing was expected
1..1"

it "fails a file without a point"
script <<'S'
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"

it "names a skipped point and its reason"
script <<'S'
it "needs a device"
skip "no device"
done_testing
S
expect_exit 0 sh "$tap_dir/script.sh"
expect_stdout "ok 1 - needs a device # SKIP no device
1..1"

it "fails a skipped point that went wrong before"
script <<'S'
it "needs a device"
expect_exit 0 false
skip "no device"
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"

it "compares two texts"
script <<'S'
it "is equal"
expect_equal a a
it "is not"
expect_equal a b
done_testing
S
expect_exit 1 sh "$tap_dir/script.sh"
expect_stdout_has "ok 1 - is equal"
expect_stdout_has "not ok 2 - is not"
expect_stdout_has '# "b", not "a"'

it "gives a crash under a sanitizer a status of its own"
script <<'S'
printf '%s\n' "$ASAN_OPTIONS" "$UBSAN_OPTIONS" "$TSAN_OPTIONS" >"$out"
S
expect_exit 0 env ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS=history_size=2 \
    out="$tap_dir/options" sh "$tap_dir/script.sh"
expect_exit 0 grep -q '^exitcode=99:detect_leaks=1$' "$tap_dir/options"
expect_exit 0 grep -q '^exitcode=99:print_stacktrace=1' "$tap_dir/options"
expect_exit 0 grep -q '^exitcode=99:history_size=2$' "$tap_dir/options"

it "prints no plan when the script dies"
script <<'S'
it "begins"
expect_exit 0 true
exit 0
S
expect_exit 0 sh "$tap_dir/script.sh"
expect_stdout_lacks "1.."

it "ends what still runs in the background, also when it is ended itself"
script <<'S'
(trap 'echo ended >"$out"; exit' TERM; while :; do sleep 0.1; done) &
it "passes"
expect_exit 0 true
[ -z "$killed" ] || kill -TERM $$
done_testing
S
for killed in "" yes; do
    rm -f "$tap_dir/out"
    run env out="$tap_dir/out" killed="$killed" sh "$tap_dir/script.sh"
    expect_equal "${killed:+70}" "${killed:+$status}"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        [ -e "$tap_dir/out" ] || sleep 0.2
    done
    expect_exit 0 test -e "$tap_dir/out"
done

it "skips what needs fixtures where there are none"
script <<'S'
it "reads a report"
need_fixtures && expect_exit 0 false
done_testing
S
expect_exit 0 env GPUATTEST_FIXTURES="$tap_dir/none" sh "$tap_dir/script.sh"
expect_stdout_has "ok 1 - reads a report # SKIP no fixtures"

done_testing
