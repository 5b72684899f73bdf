#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest ppcie on a simulated board: every defect of a board is refused by
# exactly its rule, and the ready state is off after it, also after a stage that
# hangs.
# Arguments: I N, for the rows whose number is I modulo N.
. "$GA_SOURCE_DIR/test/support/tap.sh"

build=$GA_BUILD_DIR
sim=$build/sim/gpuattest-sim
gpuattest=$build/cli/gpuattest
LD_LIBRARY_PATH=$build/src
TMPDIR=$tap_dir/tmp
GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
export LD_LIBRARY_PATH TMPDIR GPUATTEST_ALLOW_CUSTOM_ANCHORS gpuattest
mkdir "$TMPDIR"
shard=${1:-0}
shards=${2:-1}
cd "$tap_dir" || exit 70

it "has the tools"
if ! command -v jq >/dev/null; then
    skip "no jq"
    done_testing
fi
made

# Runs beside the machine, which is ready before.
cat >ppcie <<'A'
"$gpuattest" ready --set on >before 2>&1
cp "$GPUATTEST_SIM_DIR/world.json" .
timeout -k 5 100 "$gpuattest" ppcie --format json "$@" >result.json 2>words
echo $? >status
"$gpuattest" ready --format json 2>&1 | jq -r .ready >ready
A

# ppcie SIM-OPTIONS -- OPTIONS
ppcie() {
    rm -f result.json words status ready world.json before
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    # shellcheck disable=SC2086 # words on purpose
    expect_exit 0 timeout 200 "$sim" run --gpus 8 --switches 4 $options -- \
        sh ppcie "$@"
    expect_equal "ready: on" "$(head -n 1 before)"
}

# "GPU-0 report.nonce failed nonce_other", one line per check that does not hold.
seen() {
    jq -r '(.devices[] | .label as $l | .checks[] | "\($l) \(.name) \(.state) \(.reason)"),
           (.checks[] | "set \(.name) \(.state) \(.reason)")' result.json |
        grep -E ' (failed|not_checked) ' | sort
}

stage() {
    jq -r --arg n "$1" '.stages[] | select(.name == $n) | .state' result.json
}

mine() {
    awk -v i="$shard" -v n="$shards" 'NR % n == i' "$1"
}

"$sim" run --list-defects >table
sed -n 's/^\(board-[a-z0-9-]*\) .*rule .*/\1/p' table >all
mine all >names
while read -r defect; do
    it "refuses a board with $defect for what it is"
    ppcie --defect "$defect" --
    expect_equal off "$(cat ready)"
    expect_equal 1 "$(cat status)"
    if [ "$defect" = board-seven-gpus ]; then
        # The driver counts seven too: before any of them attests.
        expect_equal FAILED "$(stage "GPU Pre-checks")"
        expect_equal SKIPPED "$(stage "GPU Attestation")"
        expect_equal "REJECTED GPU Pre-checks: 7 GPUs, and hgx-hopper has 8" \
            "$(jq -r .result_message result.json)"
    else
        expect_equal "$(jq -r '.defects[0].expect[] |
            "\(.where) \(.check) \(.state) \(.reason)"' world.json | sort)" \
            "$(seen)"
    fi
    expect_equal off "$(jq -r .ready result.json)"
done <names

sed -n 's/^\(board-[a-z0-9-]*\) ppcie exit .*/\1/p' table >all
mine all >names
while read -r defect; do
    it "ends with $defect as the table says"
    row=$(grep "^$defect ppcie" table)
    want=$(printf '%s\n' "$row" | sed 's/.* exit \([0-9]\) .*/\1/')
    failed=$(printf '%s\n' "$row" | sed -n 's/.*: //p')
    ppcie --defect "$defect" -- --stage-timeout 4s
    expect_equal "$want" "$(cat status)"
    expect_equal "$([ "$want" -eq 0 ] && echo on || echo off)" "$(cat ready)"
    expect_equal "$failed" "$(jq -r '.stages[] | select(.state == "FAILED") |
        .name' result.json)"
    case $defect in
    board-warning)
        grep -q 'RDT_INIT_FAILURE' words || wrong "the warning is not shown" ;;
    board-gpu-swapped)
        jq -r .result_message result.json |
            grep -q '^REJECTED ready state: GPU-.* is there, and was not when' ||
            wrong "$(jq -r .result_message result.json)" ;;
    board-*-hangs)
        jq -r .result_message result.json | grep -q '^no progress for 4 s$' ||
            wrong "$(jq -r .result_message result.json)" ;;
    esac
done <names

done_testing
