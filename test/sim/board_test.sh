#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest ppcie on a simulated board: every defect of a board is refused by
# exactly its rule, and the ready state is off after it, also after a stage that
# hangs.
# Arguments: I N, for the rows whose number is I modulo N.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

GPUATTEST_ALLOW_CUSTOM_ANCHORS=true
export GPUATTEST_ALLOW_CUSTOM_ANCHORS
shard=${1:-0}
shards=${2:-1}

need_jq

stage() {
    jq -r --arg n "$1" '.stages[] | select(.name == $n) | .state' result.json
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
