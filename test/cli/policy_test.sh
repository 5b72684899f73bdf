#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Policies from the command line.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
at=2026-06-01T00:00:00Z
cd "$tap_dir" || exit 70

cat >yes.rego <<'END'
package policy
import rego.v1
# gpuattest-relax: driver_rim.chain:expired
nv_match if every claim in input { claim.measres == "success" }
deny contains "late"
END
printf 'package policy\nnv_match := false\n' >no.rego
printf 'package policy\nnv_match := http.send({})\n' >bad.rego
echo '[{"measres": "success"}]' >good.json
echo '[{"measres": "fail"}]' >fail.json

"$sim" mint board --nonce "$nonce" --at "$at" --gpus 1 >mint.log 2>&1 || {
    cat mint.log
    exit 70
}

# verify WORDS...: runs the command on the board, with its roots.
verify() {
    run "$gpuattest" verify --at "$at" --rim-dir board/rims \
        --ocsp-dir board/ocsp --ocsp-nonce accept-missing \
        --device-anchor board/anchors/device.pem \
        --rim-anchor board/anchors/rim.pem --nonce "$nonce" "$@" \
        board/evidence.json
}

it "asks every policy"
verify --policy yes.rego --min-driver 1
expect_equal 0 "$status"
expect_stdout_has "policy min-driver: passed"
expect_stdout_has "policy yes.rego: passed"
expect_equal "VERIFIED 1 GPU" "$(tail -n 1 stdout)"
verify --policy yes.rego --policy no.rego
expect_equal 1 "$status"
expect_stdout_has "policy yes.rego: passed"
expect_stdout_has "policy no.rego: failed: data.policy.nv_match is false"
expect_stdout_has "REJECTED policy no.rego (data.policy.nv_match is false"

it "takes the name that nvattest has for it"
run "$gpuattest" attest --gpu-evidence-source file \
    --gpu-evidence-file board/evidence.json --at "$at" --nonce "$nonce" \
    --rim-dir board/rims --ocsp-dir board/ocsp --ocsp-nonce accept-missing \
    --device-anchor board/anchors/device.pem --rim-anchor board/anchors/rim.pem \
    --relying-party-policy no.rego
expect_equal 1 "$status"
expect_stdout_has "policy no.rego: failed: data.policy.nv_match is false"
run "$gpuattest" verify --relying-party-policy= board/evidence.json
expect_equal 2 "$status"
expect_stderr_has "gpuattest: --policy: "

it "says what each said in JSON"
verify --policy no.rego --min-driver 9999 --format json
expect_equal 1 "$status"
expect_equal "1 false min-driver no.rego" "$(jq -r \
    '"\(.result_code) \(.verified) \(.policies[0].name) \(.policies[1].name)"' \
    stdout)"
expect_equal "true" "$(jq '.policies[0].why | startswith("GPU-0: driver ")' stdout)"

it "verifies nothing by a policy that it cannot load"
verify --policy bad.rego
expect_equal 3 "$status"
expect_stdout ""
verify --policy absent
expect_equal 3 "$status"
verify --min-driver new
expect_equal 2 "$status"

it "reads one policy from standard input"
tap_input=no.rego
verify --policy -
tap_input=
expect_equal 1 "$status"
expect_stdout_has "policy -: failed"
verify --policy - --policy -
expect_equal 2 "$status"

it "checks policies"
expect_exit 0 "$gpuattest" policy check yes.rego no.rego
expect_stdout_has "yes.rego"
expect_stdout_has "driver_rim.chain:expired"
expect_exit 0 "$gpuattest" policy check --format json yes.rego
expect_equal "0 yes.rego rego driver_rim.chain:expired" "$(jq -r \
    '"\(.result_code) \(.policies[0].name) \(.policies[0].kind) \(.policies[0].relax[0])"' \
    stdout)"
expect_exit 3 "$gpuattest" policy check yes.rego bad.rego
expect_stdout ""
expect_exit 2 "$gpuattest" policy check
expect_exit 2 "$gpuattest" policy

it "tests a policy"
expect_exit 0 "$gpuattest" policy test yes.rego --input good.json
expect_stdout "passed"
expect_exit 1 "$gpuattest" policy test yes.rego --input fail.json
expect_stdout_has 'is "fail"'
expect_exit 1 "$gpuattest" policy test yes.rego --input good.json \
    --query data.policy.deny
expect_stdout 'failed: data.policy.deny is a set, not true: {"late"}'
expect_exit 1 "$gpuattest" policy test yes.rego --input fail.json --format json
expect_equal "1 false" "$(jq -r '"\(.result_code) \(.passed)"' stdout)"
for query in "foo(" "" nothing "http.send({})"; do
    expect_exit 2 "$gpuattest" policy test yes.rego --input good.json \
        "--query=$query"
    expect_stdout ""
    expect_stderr_has "gpuattest: query:1:"
done
expect_exit 2 "$gpuattest" policy test yes.rego
expect_exit 2 "$gpuattest" policy test - --input -
expect_exit 3 "$gpuattest" policy test yes.rego --input bad.rego
expect_exit 3 "$gpuattest" policy test bad.rego --input good.json

it "tests a policy over what verify printed"
verify --format json
cp stdout result.json
expect_exit 0 "$gpuattest" policy test yes.rego --input result.json
printf 'package policy\nnv_match := input.verified\n' >whole.rego
expect_exit 0 "$gpuattest" policy test whole.rego --input result.json \
    --policy-input result
expect_exit 1 "$gpuattest" policy test whole.rego --input result.json

it "shows the built-in rules"
expect_exit 0 "$gpuattest" policy show
expect_stdout_has "profile strict"
expect_exit 0 "$gpuattest" policy show offline
expect_stdout_has "profile offline"
expect_exit 0 "$gpuattest" policy show --format json
expect_equal strict "$(jq -r .profile stdout)"
expect_exit 2 "$gpuattest" policy show other
done_testing
