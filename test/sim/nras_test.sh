#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The simulated attestation service: good answers, and every token fault.
. "$GA_SOURCE_DIR/test/support/tap.sh"
sim=$GA_BUILD_DIR/sim/gpuattest-sim
LD_LIBRARY_PATH=$GA_BUILD_DIR/src${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
PATH=$GA_BUILD_DIR/cli:$PATH
export LD_LIBRARY_PATH PATH

it "attests a whole board"
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- \
    gpuattest attest --device all --verifier remote
expect_stdout_has "VERIFIED 8 GPUs, 4 NVSwitches"

it "takes no file's word on the nonce or the architecture"
cat >"$tap_dir/words" <<'A'
cd "$1"
nonce=$(cat "$GPUATTEST_SIM_DIR/nonce.hex")
other=00000000000000000000000000000000000000000000000000000000000000ff
for kind in gpu switch; do
    jq --arg n $other '.[0].nonce = $n' "$GPUATTEST_SIM_DIR/$kind.json" \
        >"$kind-nonce.json"
    jq 'del(.[].nonce)' "$GPUATTEST_SIM_DIR/$kind.json" >"$kind-none.json"
done
jq '.[0].arch = "BLACKWELL"' "$GPUATTEST_SIM_DIR/gpu.json" >arch.json
remote() {
    "$@" --verifier remote --nonce "$nonce" >out 2>words
    echo "$? $(tail -n 1 out)"
}
remote gpuattest verify gpu-nonce.json
remote gpuattest verify arch.json
remote gpuattest verify --arch blackwell "$GPUATTEST_SIM_DIR/gpu.json"
remote gpuattest ppcie --gpu-evidence gpu-none.json \
    --switch-evidence switch-none.json
remote gpuattest ppcie --gpu-evidence gpu-none.json \
    --switch-evidence switch-nonce.json
A
expect_exit 0 "$sim" run --gpus 8 --switches 4 -- sh "$tap_dir/words" "$tap_dir"
expect_stdout "1 REJECTED token.nonce (nonce_other)
1 REJECTED GPU-0: token.device (mismatch)
1 REJECTED GPU-0: token.device (mismatch) and 7 more
0 VERIFIED 8 GPUs, 4 NVSwitches
1 REJECTED token.nonce (nonce_other)"

it "gives tokens that verify-token takes, and jose"
cat >"$tap_dir/tokens" <<'A'
set -e
jq -c '{nonce: .[0].nonce, arch: .[0].arch, claims_version: "3.0",
    evidence_list: .}' "$GPUATTEST_SIM_DIR/gpu.json" >"$1/request"
curl -sS -H 'Content-Type: application/json' --data-binary "@$1/request" \
    "$GPUATTEST_NRAS_URL/v4/attest/gpu" >"$1/eat"
curl -sS "$GPUATTEST_NRAS_URL/.well-known/jwks.json" >"$1/jwks.json"
gpuattest verify-token --token-file "$1/eat" --jwks "$1/jwks.json" \
    --nonce "$(cat "$GPUATTEST_SIM_DIR/nonce.hex")" \
    --issuer "$GPUATTEST_NRAS_URL" | tail -n 1
jq -r '.[0][1], .[1][]' <"$1/eat" | while read -r token; do
    printf '%s' "$token" >"$1/token"
    jose jws ver -i "$1/token" -k "$1/jwks.json"
done
A
expect_exit 0 "$sim" run --gpus 2 -- sh "$tap_dir/tokens" "$tap_dir"
expect_stdout "VERIFIED 2 GPUs"

it "answers 503 where nobody answers about revocation"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 "$sim" run --gpus 2 --defect service-ocsp-down -- sh -ec '
    jq -c "{nonce: .[0].nonce, arch: .[0].arch, evidence_list: .}" \
        "$GPUATTEST_SIM_DIR/gpu.json" >"$1/request"
    curl -sS -i -H "Content-Type: application/json" \
        --data-binary "@$1/request" "$GPUATTEST_NRAS_URL/v3/attest/gpu"' \
    sh "$tap_dir"
expect_stdout_has "HTTP/1.1 503"
expect_stdout_has '"message":"UNAVAILABLE"'
expect_exit 4 "$sim" run --gpus 2 --defect service-ocsp-down -- \
    gpuattest attest --verifier remote --timeout 5s

it "starts no server for those who do not ask it"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 "$sim" run -- sh -c 'ls "$GPUATTEST_SIM_STATE/nras"'
expect_stdout "anchor.pem
signer.pem"

it "ends the server with the simulator"
# shellcheck disable=SC2016 # the inner shell's
expect_exit 0 "$sim" run -- sh -c '
    curl -sS "$GPUATTEST_NRAS_URL/health"
    cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" "\n" |
        grep -c "^$GPUATTEST_SIM_STATE/nras/signer.pem\$"
    echo "$GPUATTEST_SIM_STATE"'
expect_equal '{"status":"UP"}1' "$(head -n 1 "$tap_dir/stdout")"
state=$(tail -n 1 "$tap_dir/stdout")
made
# From a file, so that grep does not find itself.
echo "$state/nras/signer.pem" >"$tap_dir/argument"
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' |
    grep -qxf "$tap_dir/argument" && wrong "it runs still"

# Every fault, one after another, on one machine.
cat >"$tap_dir/each" <<'A'
"$2" run --list-defects | grep -A 1 -E '^(token|jwks)-' | grep -v '^--' |
    while read -r name gain; do
        read -r expect
        echo "$name" >"$GPUATTEST_SIM_STATE/token-fault"
        status=0
        gpuattest attest --verifier remote --format json \
            >"$1/out" 2>"$1/err" || status=$?
        got=$(jq -r '[(.devices[] | .label as $l | .checks[] |
                select(.state == "failed") |
                "\($l) \(.name):\(.reason)"),
            (.checks[] |
                select(.state == "failed") |
                "set \(.name):\(.reason)")] | join(",")' <"$1/out")
        [ "$status" -eq 1 ] || sed "s/^/# /" "$1/err" >&2
        printf '%s\n%s\n%s\n%s\n' "$name" "$expect" "$status" "$got"
    done
A
"$sim" run --gpus 2 -- sh "$tap_dir/each" "$tap_dir" "$sim" >"$tap_dir/faults"
while read -r name; do
    read -r expect
    read -r status
    read -r got
    it "refuses $name"
    expect_equal 1 "$status"
    expect_equal "$expect" "$got"
done <"$tap_dir/faults"

it "met every fault"
expect_equal "$("$sim" run --list-defects | grep -cE '^(token|jwks)-')" \
    "$(grep -cE '^(token|jwks)-' "$tap_dir/faults")"
done_testing
