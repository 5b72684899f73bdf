#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every defect of devices and of services through gpuattest-sim run: the status
# that gpuattest attest ends with, and exactly the checks of its row.
# Arguments: I N, for the rows whose number is I modulo N.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/sim/lib.sh"

shard=${1:-0}
shards=${2:-1}

need_jq

# Runs beside the machine: the result, its status, and what the row of a world's
# defect says.
cat >attest <<'A'
cp "$GPUATTEST_SIM_DIR/world.json" "$GPUATTEST_SIM_STATE/requests.log" .
"$1" attest --device all --timeout 20s --format json >result.json 2>words
echo $? >status
cp "$GPUATTEST_SIM_STATE/requests.log" .
A

# attest OPTIONS...
attest() {
    rm -f result.json words status world.json requests.log
    expect_exit 0 timeout 120 "$sim" run --gpus 2 --switches 1 "$@" -- \
        sh attest "$gpuattest"
}

# ended STATUS: the command did; else what it said, which is a sanitizer's.
ended() {
    expect_equal "$1" "$(cat status)"
    [ "$1" = "$(cat status)" ] || wrong "$(head -n 40 words)"
}

# Of a device whose report or chain does not hold no responder is asked, whatever
# it would have answered.
wanted() {
    jq -r '.defects[0].expect[] | "\(.where) \(.check) \(.state) \(.reason)"' \
        world.json | awk '
        { line[NR] = $0; where[NR] = $1; check[NR] = $2 }
        $2 == "report.parse" || $2 == "report.signature" ||
            ($2 == "device.chain" && $4 != "expired" && $4 != "not_yet_valid") {
            unproven[$1] = 1
        }
        END {
            for (i = 1; i <= NR; i++)
                if (check[i] != "device.ocsp" || !(where[i] in unproven))
                    print line[i]
            for (label in unproven)
                print label, "device.ocsp not_checked depends"
        }' | sort
}

"$sim" run --list-defects >table
sed -n 's/^\(service-[a-z0-9-]*\).* exit [0-9] .*/\1/p' table >services
# Those of a whole board are board_test.sh's.
sed -n 's/^\([a-z][a-z0-9-]*\) *rule [0-9].*/\1/p' table | grep -v ^board- >worlds
"$sim" mint --list-defects | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' |
    grep -v ^board- >minted

mine worlds >names
while read -r defect; do
    it "refuses devices with $defect for what they are"
    attest --defect "$defect"
    want=$(jq .exit_status world.json)
    ended "$want"
    expect_equal "$(wanted)" "$(seen)"
    made
    [ "$want" -ne 0 ] || wrong "the row says that it is accepted"
done <names

mine services >names
while read -r defect; do
    it "ends with $defect as the table says"
    attest --defect "$defect"
    ended "$(sed -n "s/^${defect}[ [].*exit \([0-9]\) .*/\1/p" table)"
    # Rows are of GPUs; a switch's BIOS RIM has the fate of theirs.
    expect_equal "$(awk -v name="$defect" '
        /^[^ ]/ { split($1, part, "["); on = part[1] == name }
        on && /^    / { sub(":", " ", $3); print $2, $3 }' table | sort -u)" \
        "$(seen | grep ^GPU | cut -d' ' -f2- | sort -u)"
done <names

it "has all of the table, but for what files alone can have"
sort worlds >have
sort minted | comm -23 - have >files
expect_equal "$(wc -l <minted)" "$(cat worlds files | wc -l)"
made
[ "$(wc -l <worlds)" -ge 119 ] || wrong "$(wc -l <worlds) defects of devices"
[ "$(wc -l <services)" -ge 21 ] || wrong "$(wc -l <services) of services"
while read -r defect; do
    expect_exit 2 "$sim" run --gpus 2 --defect "$defect" -- true
    expect_stderr_has "'$defect' is one of files: "
done <files

it "verifies where there is no defect"
attest
ended 0
expect_equal "" "$(seen)"
expect_equal 3 "$(jq '[.devices[] | select(.verified)] | length' result.json)"
expect_equal "" "$(ls -A "$TMPDIR")"

done_testing
