#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Policies of the service, by class of requests, and certificates on hold.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
mint_world
cat >"$tap_dir/yes.rego" <<'A'
package policy
import rego.v1
nv_match if every claim in input { claim.measres == "success" }
A
printf 'package policy\nnv_match := false\n' >"$tap_dir/no.rego"
cp "$tap_dir/yes.rego" "$tap_dir/gpu.rego"
serve policy --gpu-policy "$tap_dir/gpu.rego" --switch-policy "$tap_dir/no.rego"

# verdicts GPU SWITCH: what the two classes get.
verdicts() {
    expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
    expect_equal "$1" "$(overall x-nvidia-overall-att-result)"
    expect_exit 0 ask /v3/attest/switch "$tap_dir/switch.request"
    expect_equal "$2" "$(overall x-nvidia-overall-att-result)"
}

it "asks each class's own policy"
verdicts true false
expect_equal false "$(overall x-gpuattest-policies | jq '.[0].passed')"
expect_equal "$(sha256sum "$tap_dir/no.rego" | cut -d' ' -f1)" \
    "$(overall x-gpuattest-policies | jq -r '.[0].sha256')"

it "keeps the old policy where the new one does not load"
printf 'package policy\nnv_match := http.send({})\n' >"$tap_dir/gpu.rego"
kill -HUP "$pid"
expect_exit 0 wait_for "$tap_dir/policy.log" '"event":"reload failed"'
expect_exit 0 grep -q 'gpu.rego' "$tap_dir/policy.log"
verdicts true false

it "asks the new policy once it loads"
cp "$tap_dir/no.rego" "$tap_dir/gpu.rego"
kill -HUP "$pid"
expect_exit 0 wait_for "$tap_dir/policy.log" '"event":"reloaded"'
verdicts false false

it "logs why"
expect_exit 0 grep -q '"result":false' "$tap_dir/policy.log"
stop
expect_equal 0 "$stopped"

it "accepts RIM certificates on hold where the client asks, and names that"
rm -rf "$world"
"$sim" mint "$world" --gpus 2 --defect rim-ocsp-hold >/dev/null 2>&1
jq -c '{nonce: .[0].nonce, arch: .[0].arch, claims_version: "3.0",
    evidence_list: [.[] | {evidence, certificate}]}' "$world/gpu.json" \
    >"$tap_dir/gpu.request"
serve hold
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
expect_equal false "$(overall x-nvidia-overall-att-result)"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H 'X-NVIDIA-OCSP-ALLOW-CERT-HOLD: true'
expect_equal true "$(overall x-nvidia-overall-att-result)"
expect_equal true "$(overall x-gpuattest-relaxed |
    jq 'index("vbios_rim.ocsp:hold") != null')"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H 'X-NVIDIA-OCSP-ALLOW-CERT-HOLD: false'
expect_equal false "$(overall x-nvidia-overall-att-result)"
stop

it "lets a client's header pass nothing but the hold"
rm -rf "$world"
mint_world
serve relaxed
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
expect_equal true "$(overall x-nvidia-overall-att-result)"
stop
# shellcheck disable=SC2317 # serve calls it
world_options() {
    printf '%s\n' --rim-dir "$world/rims" --ocsp-dir "$world/ocsp" \
        --device-anchor "$world/anchors/device.pem" \
        --rim-anchor "$world/anchors/rim.pem" --ocsp-nonce accept-missing
}
serve strict
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H 'X-NVIDIA-OCSP-ALLOW-CERT-HOLD: true'
expect_equal false "$(overall x-nvidia-overall-att-result)"
expect_equal true "$(overall x-gpuattest-relaxed |
    jq 'index("anchors") != null and index("device.ocsp:nonce") != null')"
stop
done_testing
