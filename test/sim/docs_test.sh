#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What docs/simulator.md shows is what happens, and what it lists is there.
. "$(dirname "$0")/../support/tap.sh"
source=${GA_SOURCE_DIR:-.}
doc=$source/docs/simulator.md
build=${GA_BUILD_DIR:-build/dev}
sim=$build/sim/gpuattest-sim

it "prints what the transcripts say"
if command -v curl >/dev/null; then
    expect_exit 0 grep -q '^    \$ gpuattest-sim run' "$doc"
    expect_exit 0 "$source/scripts/transcripts" "$doc"
    cmp -s "$doc" "$tap_dir/stdout" ||
        wrong "$(diff "$doc" "$tap_dir/stdout")"
else
    skip "no curl"
fi

it "prints what docs/ppcie.md says, but for the milliseconds"
expect_exit 0 grep -q '^    \$ gpuattest-sim run' "$source/docs/ppcie.md"
expect_exit 0 "$source/scripts/transcripts" "$source/docs/ppcie.md"
sed 's/ *[0-9]* ms/ N ms/' "$source/docs/ppcie.md" >"$tap_dir/said"
expect_equal "" "$(sed 's/ *[0-9]* ms/ N ms/' "$tap_dir/stdout" |
    diff "$tap_dir/said" -)"

it "lists every variable that is set, and no other"
expect_exit 0 "$sim" up --help
: >"$tap_dir/words"
timeout 120 "$sim" up >"$tap_dir/exports" 2>"$tap_dir/words" &
pid=$!
while ! grep -q up "$tap_dir/words" && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
done
kill "$pid"
wait "$pid" || true
expect_equal "$(sed -n 's/^export \([A-Za-z_]*\)=.*/\1/p' "$tap_dir/exports" |
    sort)" \
    "$(awk '/^## What the command finds/ { on = 1; next } /^## / { on = 0 }
        on && /^\| `/' "$doc" | cut -d'|' -f2 | tr -d '` ' | tr ',' '\n' | sort)"

it "shows a script for other people's tests that does what it says"
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$doc" >"$tap_dir/ci.sh"
expect_equal 5 "$(grep -c '^expect [0-9]' "$tap_dir/ci.sh")"
ci() {
    (cd "$tap_dir" && timeout 120 env PATH="$build/cli:$build/sim:$PATH" \
            LD_LIBRARY_PATH="$build/src" sh "$1")
}
expect_exit 0 ci ci.sh
sed 's/^expect 0$/expect 1/' "$tap_dir/ci.sh" >"$tap_dir/wrong.sh"
expect_exit 1 ci wrong.sh

it "shows faults that can be put in"
awk '/^    n(vml|scq) / { sub(/^ */, ""); sub(/ /, ":"); print }' "$doc" \
    >"$tap_dir/faults"
expect_equal 5 "$(wc -l <"$tap_dir/faults")"
while read -r fault; do
    expect_exit 0 "$sim" run --defect "$fault" true
done <"$tap_dir/faults"

done_testing
