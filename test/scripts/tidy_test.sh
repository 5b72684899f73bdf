#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy finds something in a file that is wrong.  The whole tree takes
# several minutes of a processor: `make tidy`, by hand.
. "$GA_SOURCE_DIR/test/support/tap.sh"
tidy=$GA_SOURCE_DIR/scripts/tidy

if command -v clang-tidy >/dev/null 2>&1; then
    it "finds a value that was never set"
    cat >"$tap_dir/wrong.c" <<'C'
int first(int n);
int
first(int n)
{
    int v;

    if (n > 3)
        v = 1;
    return v;
}
C
    expect_exit 1 "$tidy" "$tap_dir/wrong.c"
    expect_stdout_has "Undefined or garbage value"

    it "does not take what is behind an error for reachable"
    cat >"$tap_dir/right.c" <<'C'
enum ga_rc get(struct ga_error *err, int n, int *v);
static enum ga_rc
take(struct ga_error *err, int n, int *v)
{
    if (n > 3)
        return ga_fail(err, GA_E_INVAL, "%d", n);
    *v = n;
    return GA_OK;
}
enum ga_rc
get(struct ga_error *err, int n, int *v)
{
    int w;
    enum ga_rc rc = take(err, n, &w);

    if (rc != GA_OK)
        return rc;
    *v = w + 1;
    return GA_OK;
}
C
    expect_exit 0 "$tidy" "$tap_dir/right.c"
    expect_stdout ""
else
    it "runs clang-tidy"
    skip "no clang-tidy"
fi

done_testing
