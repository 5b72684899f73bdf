# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For tests of the command beside a simulated machine; behind support/tap.sh.  They
# run in $tap_dir, and what stays behind is seen in $TMPDIR.
build=$GA_BUILD_DIR
sim=$build/sim/gpuattest-sim
gpuattest=$build/cli/gpuattest
nonce=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
LD_LIBRARY_PATH=$build/src
TMPDIR=$tap_dir/tmp
export LD_LIBRARY_PATH TMPDIR gpuattest
mkdir "$TMPDIR"
cd "$tap_dir" || exit 70

# need_jq: the first point; without jq it is the last one too.
need_jq() {
    it "has the tools"
    if ! command -v jq >/dev/null; then
        skip "no jq"
        done_testing
    fi
    made
}

# "GPU-0 driver_rim.chain failed expired", one line per check of result.json that
# does not hold.
seen() {
    jq -r '(.devices[] | .label as $l | .checks[] | "\($l) \(.name) \(.state) \(.reason)"),
           (.checks[] | "set \(.name) \(.state) \(.reason)")' result.json |
        grep -E ' (failed|not_checked) ' | sort
}

# mine FILE: the lines whose number is $shard modulo $shards.
mine() {
    awk -v i="$shard" -v n="$shards" 'NR % n == i' "$1"
}

# ppcie SIM-OPTIONS -- OPTIONS: beside a board that is ready before; leaves
# result.json, words, status, the ready state, and the machine's world.json.
ppcie() {
    rm -f result.json words status ready world.json before
    cat >ppcie <<'A'
"$gpuattest" ready --set on >before 2>&1
cp "$GPUATTEST_SIM_DIR/world.json" .
timeout -k 5 100 "$gpuattest" ppcie --format json "$@" >result.json 2>words
echo $? >status
"$gpuattest" ready --format json 2>&1 | jq -r .ready >ready
A
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
