#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The man pages are well-formed, and each verb has one.
. "$GA_SOURCE_DIR/test/support/tap.sh"

for page in "$GA_SOURCE_DIR"/man/*.1; do
    it "$(basename "$page") has no warning"
    if command -v mandoc >/dev/null; then
        expect_exit 0 mandoc -Tlint -Wwarning "$page"
        expect_stdout ""
    else
        skip "no mandoc"
    fi
    it "$(basename "$page") says how it ends"
    expect_exit 0 grep -qx '.Sh EXIT STATUS' "$page"
done

it "every verb has a page"
made
"$GA_BUILD_DIR/cli/gpuattest" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' |
    grep -v help >"$tap_dir/verbs"
[ -s "$tap_dir/verbs" ] || wrong "no verbs"
while read -r verb; do
    [ -r "$GA_SOURCE_DIR/man/gpuattest-$verb.1" ] || wrong "no page of $verb"
done <"$tap_dir/verbs"
done_testing
