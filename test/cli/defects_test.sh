#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every defect of the simulator at the command: the exit status that its world
# says, the checks of its row and no others in text and in JSON, JSON that the
# schema allows, and nothing on either stream that moves a terminal's cursor.
# Arguments: I N, for the rows whose number is I modulo N.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
schema=$GA_SOURCE_DIR/docs/result.schema.json
validate=$GA_SOURCE_DIR/test/cli/validate.py
python=/usr/bin/python3
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
at=2026-06-01T00:00:00Z
shard=${1:-0}
shards=${2:-1}
cd "$tap_dir" || exit 70

it "has the tools"
if ! command -v jq >/dev/null; then
    skip "no jq"
    done_testing
fi
made

# "GPU-0 driver_rim.chain failed expired", one line per check that does not hold.
wanted() {
    jq -r '.defects[0].expect[] | "\(.where) \(.check) \(.state) \(.reason)"' \
        "$1" | sort
}

in_json() {
    jq -r '(.devices[] | .label as $l | .checks[] | "\($l) \(.name) \(.state) \(.reason)"),
           (.checks[] | "set \(.name) \(.state) \(.reason)")' "$1" |
        grep -E ' (failed|not_checked) ' | sort
}

# One line of text can name several checks.
in_text() {
    awk '
        /^[^ ]/ { label = $1; next }
        match($0, /^  (failed|not checked) +/) {
            state = $1 == "failed" ? "failed" : "not_checked"
            rest = substr($0, RLENGTH + 1)
            sub(/\) \[relaxed\]: /, "): ", rest)
            at = match(rest, / \([a-z0-9_-]*\): /)
            reason = substr(rest, at + 2, RLENGTH - 5)
            n = split(substr(rest, 1, at - 1), name, ", ")
            for (i = 1; i <= n; i++)
                print label, name[i], state, reason
        }' "$1" | sort
}

# C0 but for the newline, DEL, C1, bidirectional controls.
moves_the_cursor() {
    LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]\\|\302[\200-\237]\\|\342\200[\216\217\252-\256]\\|\342\201[\246-\251]')" "$@"
}

mkdir out
# Those of a whole board are sim/board_test.sh's.
"$sim" mint --list-defects | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' |
    grep -v ^board- >all
awk -v i="$shard" -v n="$shards" 'NR % n == i' all >names
while read -r defect; do
    it "rejects $defect for what it is"
    expect_exit 0 "$sim" mint w --force --nonce "$nonce" --at "$at" --gpus 2 \
        --switches 1 --seed x --defect "$defect"
    cd w || exit 70
    want=$(jq .exit_status world.json)
    eval "set -- $(jq -r '.verify | @sh' world.json)"
    expect_exit "$want" "$gpuattest" verify "$@"
    ! moves_the_cursor "$tap_dir/stdout" "$tap_dir/stderr" ||
        wrong "text has control characters"
    if [ "$want" -ne 2 ]; then
        expect_equal "$(wanted world.json)" "$(in_text "$tap_dir/stdout")"
        expect_exit "$want" "$gpuattest" verify --format json "$@"
        expect_equal "$(wanted world.json)" "$(in_json "$tap_dir/stdout")"
        ! moves_the_cursor "$tap_dir/stdout" "$tap_dir/stderr" ||
            wrong "JSON has control characters"
        cp "$tap_dir/stdout" "$tap_dir/out/$defect.json"
    fi
    cd "$tap_dir" || exit 70
done <names

it "has all of the table"
made
[ "$(wc -l <all)" -ge 126 ] || wrong "$(wc -l <all) defects"

it "verifies the world that has none"
expect_exit 0 "$sim" mint w --force --nonce "$nonce" --at "$at" --gpus 2 \
    --switches 1 --seed x
cd w || exit 70
eval "set -- $(jq -r '.verify | @sh' world.json)"
expect_exit 0 "$gpuattest" verify "$@"
cd "$tap_dir" || exit 70

it "prints what the schema says"
echo '{}' >none
"$python" "$validate" "$schema" none >/dev/null 2>&1
if [ $? -ne 1 ]; then
    skip "no jsonschema for $python"
else
    expect_exit 0 "$python" "$validate" "$schema" out/*.json
    expect_stdout ""
fi
done_testing
