# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Shell tests in TAP.  A test file sources this one and then says
#
#     it "refuses a nonce that is too short"
#     expect_exit 2 gpuattest verify --nonce 00 file.json
#     expect_stderr_has "64 hex digits"
#     done_testing
#
# Each `it` opens a test point, which passes when every expectation after it
# holds; one without an expectation fails.  The name is a sentence.  The last
# command is done_testing: a script that dies before it has no plan, and the
# runner (scripts/test) counts that as a failure.
#
# $tap_dir is a scratch folder that goes when the script ends, and with it what
# still runs in the background.

# A crash found by a sanitizer must not look like a status of the command's own:
# their default is 1, which is "rejected".
ASAN_OPTIONS="exitcode=99${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
UBSAN_OPTIONS="exitcode=99:print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
TSAN_OPTIONS="exitcode=99${TSAN_OPTIONS:+:$TSAN_OPTIONS}"
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS

tap_count=0   # points printed
tap_failed=0  # of these, failed
tap_name=     # the open point
tap_made=0    # expectations of the open point
tap_wrong=    # what did not hold, one line each
tap_skip=     # why the open point is skipped
tap_dir=$(mktemp -d) || exit 70

tap_end() {
    # Not through a pipe: the list is this shell's.
    jobs -l >"$tap_dir/jobs"
    sed -n 's/^\[[0-9]*\] *[-+]* *\([0-9]*\) *Running.*/\1/p' \
        "$tap_dir/jobs" | while read -r tap_pid; do
        kill "$tap_pid" 2>/dev/null || true
    done
    rm -rf "$tap_dir"
}
trap tap_end EXIT
trap 'exit 70' HUP INT TERM

tap_close() {
    [ -n "$tap_name" ] || return 0
    tap_count=$((tap_count + 1))
    if [ -n "$tap_skip" ] && [ -z "$tap_wrong" ]; then
        printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$tap_name" "$tap_skip"
        tap_name=
        return 0
    fi
    [ "$tap_made" -gt 0 ] || tap_wrong="nothing was expected"
    if [ -z "$tap_wrong" ]; then
        printf 'ok %d - %s\n' "$tap_count" "$tap_name"
    else
        tap_failed=$((tap_failed + 1))
        printf 'not ok %d - %s\n' "$tap_count" "$tap_name"
        printf '%s\n' "$tap_wrong" | sed 's/^/# /'
    fi
    tap_name=
}

# it NAME: closes the open point and opens the next one.
it() {
    tap_close
    tap_name=$1
    tap_made=0
    tap_wrong=
    tap_skip=
}

# made: counts one expectation; wrong TEXT: says that it did not hold.
made() {
    tap_made=$((tap_made + 1))
}

wrong() {
    tap_wrong="${tap_wrong:+$tap_wrong
}$1"
}

# skip REASON: the open point is not made.
skip() {
    tap_skip=$1
}

# ok NAME, not_ok NAME [WHY]: a point of one line, for what the caller compared.
ok() {
    it "$1"
    made
    tap_close
}

not_ok() {
    it "$1"
    made
    wrong "${2:-does not hold}"
    tap_close
}

# run COMMAND...: leaves the outputs in $tap_dir/stdout and $tap_dir/stderr and
# the status in $status.  Standard input is empty unless $tap_input names a file.
run() {
    status=0
    "$@" <"${tap_input:-/dev/null}" >"$tap_dir/stdout" 2>"$tap_dir/stderr" ||
        status=$?
}

# expect_exit STATUS COMMAND...: runs it; the status must be exactly that.
expect_exit() {
    tap_want=$1
    shift
    made
    run "$@"
    if [ "$status" -ne "$tap_want" ]; then
        wrong "exit status $status, not $tap_want: $*"
        wrong "$(tail -n 15 "$tap_dir/stderr")"
    fi
}

# The outputs of the last command: whole (a final newline is added to TEXT), or
# with a line that contains TEXT, or without one.
tap_whole() {
    made
    printf '%s\n' "$2" >"$tap_dir/want"
    [ -n "$2" ] || : >"$tap_dir/want"
    cmp -s "$tap_dir/want" "$tap_dir/$1" ||
        wrong "$1 differs:
$(diff "$tap_dir/want" "$tap_dir/$1" | head -n 15)"
}

tap_has() {
    made
    grep -qF -e "$2" "$tap_dir/$1" || wrong "$1 has no \"$2\":
$(head -n 15 "$tap_dir/$1")"
}

tap_lacks() {
    made
    ! grep -qF -e "$2" "$tap_dir/$1" || wrong "$1 has \"$2\""
}

expect_stdout() { tap_whole stdout "$1"; }
expect_stderr() { tap_whole stderr "$1"; }
expect_stdout_has() { tap_has stdout "$1"; }
expect_stderr_has() { tap_has stderr "$1"; }
expect_stdout_lacks() { tap_lacks stdout "$1"; }
expect_stderr_lacks() { tap_lacks stderr "$1"; }

# expect_equal WANT GOT
expect_equal() {
    made
    [ "$1" = "$2" ] || wrong "\"$2\", not \"$1\""
}

# need_fixtures: sets $fixtures; false, and the open point skipped, where the
# folder of real evidence is absent.
need_fixtures() {
    fixtures=${GPUATTEST_FIXTURES:-${GA_SOURCE_DIR:-.}/../shared/fixtures}
    [ ! -r "$fixtures/README.md" ] || return 0
    skip "no fixtures"
    return 1
}

# done_testing: prints the plan and ends the script.
done_testing() {
    tap_close
    printf '1..%d\n' "$tap_count"
    [ "$tap_count" -gt 0 ] || exit 1
    [ "$tap_failed" -eq 0 ] || exit 1
    exit 0
}
