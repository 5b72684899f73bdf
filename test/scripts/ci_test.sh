#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The end of .ci/run, with a stand-in for make: the count is the last line and
# the status is make's.
. "$GA_SOURCE_DIR/test/support/tap.sh"
mkdir "$tap_dir/bin"
make_says() {
    { echo '#!/bin/sh'; cat; } >"$tap_dir/bin/make"
    chmod +x "$tap_dir/bin/make"
}
ci() {
    expect_exit "$1" env PATH="$tap_dir/bin:$PATH" "$GA_SOURCE_DIR/.ci/run"
    expect_equal "$2" "$(tail -n 1 "$tap_dir/stdout")"
}

it "passes on what passed"
make_says <<'M'
echo "3 passed, 0 failed, 1 skipped"
M
ci 0 "3 passed, 0 failed, 1 skipped"

it "ends with the count after a failure too"
make_says <<'M'
echo "3 passed, 1 failed, 0 skipped"
echo "make: *** [Makefile:1: check] Error 1" >&2
exit 2
M
ci 2 "3 passed, 1 failed, 0 skipped"

it "counts a failure where nothing was counted"
make_says <<'M'
echo "no compiler" >&2
exit 2
M
ci 2 "0 passed, 1 failed, 0 skipped"

it "runs the test command of the README"
make_says <<'M'
echo "asked for $*"
M
ci 0 "asked for --no-print-directory check"
expect_exit 0 grep -q '^    make check ' "$GA_SOURCE_DIR/README.md"

done_testing
