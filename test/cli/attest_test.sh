#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# attest and collect-evidence: from files, and from libraries with the driver's
# names that answer with what the simulator minted.
# shellcheck disable=SC2086 # options in a variable are several words
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
drivers=$GA_BUILD_DIR/test/cli/drivers
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cd "$tap_dir" || exit 70
ln -s "$gpuattest" nvattest

# Minted as of now: devices at hand are verified as of the present.
"$sim" mint board --nonce "$nonce" --gpus 2 --switches 1 >mint.log 2>&1 || {
    cat mint.log
    exit 70
}
collateral="--rim-dir board/rims --ocsp-dir board/ocsp
    --ocsp-nonce accept-missing --device-anchor board/anchors/device.pem
    --rim-anchor board/anchors/rim.pem --allow-custom-anchors"
from_gpus="--gpu-evidence-source file --gpu-evidence-file board/gpu.json"
from_switches="--nvswitch-evidence-source file
    --nvswitch-evidence-file board/switch.json"

# live VERB WORDS...: with the libraries of the test in front.
live() {
    run env STUB_DIR=board STUB_GPUS="${gpus:-2}" \
        LD_LIBRARY_PATH="$drivers" "$gpuattest" "$@"
}

last() {
    expect_equal "$1" "$status"
    expect_equal "$2" "$(tail -n 1 stdout)"
}

refused() {
    want=$1
    shift
    expect_exit 2 "$gpuattest" "$@"
    expect_equal "gpuattest: $want" "$(head -n 1 stderr)"
    expect_stdout ""
}

it "names the libraries that were looked for"
expect_exit 4 "$gpuattest" attest
expect_stdout ""
expect_stderr_has "gpuattest: libnvidia-ml.so.1: cannot be loaded"
expect_exit 4 "$gpuattest" collect-evidence -d nvswitch
expect_stderr_has "libnvidia-nscq.so.2"
expect_stderr_has "libnvidia-nscq.so:"
expect_exit 4 "$gpuattest" -f json attest --device all
expect_equal "4 UNREACHABLE 0" \
    "$(jq -r '"\(.result_code) \(.error.code) \(.claims | length)"' stdout)"

it "attests files without a library"
expect_exit 0 "$gpuattest" attest $from_gpus --nonce "$nonce" $collateral
last 0 "VERIFIED 2 GPUs"
expect_stdout_lacks "nonce: "
expect_stdout_lacks "host_word"
expect_stderr ""
expect_exit 0 "$gpuattest" attest --device nvswitch $from_switches \
    --nonce "$nonce" $collateral
last 0 "VERIFIED 1 NVSwitch"
expect_exit 0 "$gpuattest" attest --device all $from_gpus $from_switches \
    --nonce "$nonce" $collateral --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
last 0 "VERIFIED 2 GPUs, 1 NVSwitch"

it "does not take another kind of device for the one asked for"
expect_exit 3 "$gpuattest" attest --gpu-evidence-source file \
    --gpu-evidence-file board/switch.json --nonce "$nonce" $collateral
expect_stderr "gpuattest: --gpu-evidence-file: board/switch.json item 1: the \
report is an NVSwitch's, not a GPU's"
expect_exit 3 "$gpuattest" collect-evidence -d nvswitch --nonce "$nonce" \
    --nvswitch-evidence-source file --nvswitch-evidence-file board/evidence.json
expect_stderr_has "the report is a GPU's, not an NVSwitch's"
expect_stdout ""

it "needs the nonce for files"
refused "--nonce is missing: evidence in a file is for the 64 hex digits that \
you chose" attest $from_gpus
refused "--nonce is missing: evidence in a file is for the 64 hex digits that \
you chose" collect-evidence --device all $from_gpus
refused "--nonce: nonce: \"00\" is not 64 hex digits" attest $from_gpus --nonce 00
expect_exit 1 "$gpuattest" attest $from_gpus $collateral \
    --nonce "${nonce%f}e"
expect_stdout_has "report.nonce (nonce_other)"

it "refuses what does not fit together"
refused "--gpu-evidence-source file: --gpu-evidence-file is missing" \
    attest --gpu-evidence-source file --nonce "$nonce"
refused "--gpu-evidence-file: comes with --gpu-evidence-source file" \
    attest --gpu-evidence-file board/gpu.json --nonce "$nonce"
refused "--nvswitch-evidence-file: comes with --nvswitch-evidence-source file" \
    attest -d all --nvswitch-evidence-file board/switch.json
refused "--at: devices at hand are verified as of the present" \
    attest --at 2026-06-01T00:00:00Z
refused "--at: devices at hand are verified as of the present" \
    attest -d all $from_gpus --nonce "$nonce" --at 2026-06-01T00:00:00Z
refused "--verifier remote asks a service, --offline none" attest \
    --verifier remote --offline
refused "--topology: a service judges devices, and not their board; ppcie \
--verifier remote judges both" attest --verifier remote --topology hgx-hopper
refused "--nvswitch-evidence-file: standard input is read already, by \
gpu-evidence-file" attest -d all --gpu-evidence-source file \
    --gpu-evidence-file - --nvswitch-evidence-source file \
    --nvswitch-evidence-file - --nonce "$nonce"
refused "--gpu-evidence-file: the name of the file is empty" \
    attest --gpu-evidence-file ""

it "says what is not used"
expect_exit 0 "$gpuattest" attest $from_gpus $from_switches --nonce "$nonce" \
    $collateral
expect_stderr "gpuattest: warning: no NVSwitch is asked for: \
--nvswitch-evidence-file is not used"

it "refuses with the reason what nvattest has and cannot be had"
refused "--gpu-evidence-source corelib: its library is not public; nvml and \
file are there" attest --gpu-evidence-source corelib
expect_exit 2 "$gpuattest" collect-evidence --gpu-evidence-source=corelib \
    --gpu-architecture blackwell
expect_stderr_has "corelib: its library is not public"
refused "--gpu-architecture: belongs to corelib; the signed evidence says what \
the device is" collect-evidence --gpu-architecture blackwell
refused "--no-verify-rim-signatures: values that nobody signed say nothing \
about a device" attest --no-verify-rim-signatures
refused "--no-verify-rim-cert-chain: values that anybody could have signed say \
nothing about a device" attest --no-verify-rim-cert-chain
expect_exit 2 "$gpuattest" attest --verifier remote --offline --service-key secret
expect_stderr_lacks secret

it "attests live, with a nonce of its own that it prints"
live attest $collateral
expect_equal 1 "$status"
expect_equal 1 "$(grep -c '^nonce: [0-9a-f]\{64\}$' stdout)"
expect_equal "nonce: " "$(head -n 1 stdout | cut -c 1-7)"
expect_stdout_has "failed         report.nonce (nonce_other)"
cp stdout first
live attest $collateral
made
! cmp -s first stdout || wrong "one nonce twice"
live attest $collateral --format json
expect_equal 64 "$(jq -r '.nonce | length' stdout)"

it "attests live with a nonce that was chosen"
live attest $collateral --nonce "$nonce"
last 0 "VERIFIED 2 GPUs"
expect_stdout_lacks "nonce: "
expect_stdout_has "passed         set.mode (host_word): confidential computing \
on and DevTools off are the host's word, which no device signed"
expect_stderr ""
live attest -d all $collateral --nonce "$nonce" --format json
expect_equal "0 true 3 passed host_word" "$(jq -r '"\(.result_code) \(
    .verified) \(.devices | length) \(.checks[] | select(.name == "set.mode") |
    "\(.state) \(.reason)")"' stdout)"
expect_equal "passed" \
    "$(jq -r '.checks[] | select(.name == "set.count").state' stdout)"
live attest -d nvswitch $collateral --nonce "$nonce"
last 0 "VERIFIED 1 NVSwitch"
expect_stdout_lacks host_word

it "prints the library's warning"
export STUB_WARNS=1
live attest -d nvswitch $collateral --nonce "$nonce"
unset STUB_WARNS
last 0 "VERIFIED 1 NVSwitch"
expect_stderr_has "RDT_INIT_FAILURE"

it "rejects a host that says confidential computing is off"
export STUB_CC_OFF=1
live attest $collateral --nonce "$nonce"
unset STUB_CC_OFF
expect_equal 1 "$status"
expect_equal "set.mode (cc_off): confidential computing is off, says the driver" \
    "$(sed -n 's/^  failed *//p' stdout)"

it "rejects a host in DevTools mode"
export STUB_DEV_TOOLS=1
live attest $collateral --nonce "$nonce"
expect_equal 1 "$status"
expect_stdout_has "failed         set.mode (dev_tools): DevTools mode is on"
live attest $collateral --nonce "$nonce" --relax set.mode:dev_tools
unset STUB_DEV_TOOLS
expect_equal 0 "$status"
expect_stderr "gpuattest: relaxed: set.mode:dev_tools"

it "rejects another number of devices than the driver's"
export STUB_LATER_GPUS=3
live attest $collateral --nonce "$nonce"
unset STUB_LATER_GPUS
expect_equal 1 "$status"
expect_equal "set.count (count_other): 2 GPUs, and the driver has 3" \
    "$(sed -n 's/^  failed *//p' stdout)"
live attest $collateral --nonce "$nonce" --expect-gpus 3
expect_equal "set.count (count_other): 2 GPUs, not 3" \
    "$(sed -n 's/^  failed *//p' stdout)"

it "says what the library says, and no brace breaks the answer"
export STUB_INIT=1
live attest --nonce "$nonce"
expect_equal 4 "$status"
expect_stderr "gpuattest: libnvidia-ml.so.1: nvmlInit_v2: Driver {Not} Loaded (9)"
unset STUB_INIT

it "collects what verify verifies"
live collect-evidence --format json --device all --nonce "$nonce"
expect_equal 0 "$status"
cp stdout collected.json
expect_equal "0 Ok 3 HOPPER LS10" "$(jq -r '"\(.result_code) \(
    .result_message) \(.evidences | length) \(.evidences[0].arch) \(
    .evidences[2].arch)"' collected.json)"
expect_equal "result_code result_message evidences" \
    "$(jq -r 'keys_unsorted | join(" ")' collected.json)"
expect_equal "arch nonce evidence certificate" \
    "$(jq -r '.evidences[1] | keys_unsorted | join(" ")' collected.json)"
expect_exit 0 "$gpuattest" verify --nonce "$nonce" $collateral collected.json
last 0 "VERIFIED 2 GPUs, 1 NVSwitch"
live collect-evidence
expect_equal 0 "$status"
expect_equal "nonce: " "$(head -n 1 stdout | cut -c 1-7)"
expect_stdout_has "2 devices; nothing was verified"

# A caller looks for the last object by counting braces.
it "prints no brace inside a string"
jq '[.[0] | .arch = "{\"}\\"]' board/gpu.json >odd.json
expect_exit 0 "$gpuattest" collect-evidence -f json --nonce "$nonce" \
    --gpu-evidence-source file --gpu-evidence-file odd.json
expect_equal true "$(jq '.evidences[0].arch == "{\"}\\"' stdout)"
expect_equal "2 2" \
    "$(tr -dc '{' <stdout | wc -c | tr -d ' ') $(tr -dc '}' <stdout |
        wc -c | tr -d ' ')"

it "takes global options before the verb, and short ones"
for words in "--format json --log-level off attest" "-f json -l off attest" \
    "-fjson -loff attest" "--format=json --log-level=off attest" \
    "-f=json attest -l off" "attest -f json --log-level off" \
    "--log-level off attest --format json"; do
    expect_exit 0 "$gpuattest" $words --device gpu $from_gpus \
        --nonce "$nonce" $collateral
    expect_equal "0 2" "$(jq -r '"\(.result_code) \(.claims | length)"' stdout)"
done
expect_exit 2 "$gpuattest" --format json
expect_stdout_has '"result_message": "no verb"'
expect_exit 2 "$gpuattest" -f json frobnicate
expect_stdout_has 'unknown verb \"frobnicate\"'
expect_exit 2 "$gpuattest" --nonce "$nonce" attest
expect_stderr_has "unknown verb \"--nonce\""
expect_exit 2 "$gpuattest" --format json attest --format json
expect_stdout_has "--format: given twice"

it "refuses letters as it refuses names"
refused "--format: needs a value, --format=text|json" attest -f
refused "--format: \"yaml\" is none of text|json" attest -fyaml
refused "--device: \"x\" is none of gpu|nvswitch|all" attest -d=x
refused "unknown option \"-d\"" verify -d gpu
refused "--help: takes no value" attest -help
expect_exit 2 "$gpuattest" attest -f json --format=json
expect_stderr_has "--format: given twice"

it "does not care that RIMs are said to be verified"
expect_exit 0 "$gpuattest" attest $from_gpus --nonce "$nonce" $collateral \
    --verify-rim-signatures --verify-rim-cert-chain

it "reads other tools' variables where ours are not set"
expect_exit 0 env NVAT_FORMAT=json NVAT_LOG_LEVEL=off "$gpuattest" attest \
    $from_gpus --nonce "$nonce" $collateral
expect_equal 0 "$(jq -r .result_code stdout)"
expect_exit 0 env NVAT_FORMAT=json GPUATTEST_FORMAT=text "$gpuattest" attest \
    $from_gpus --nonce "$nonce" $collateral
last 0 "VERIFIED 2 GPUs"
expect_exit 2 env NVAT_FORMAT=yaml "$gpuattest" version
expect_stderr_has "NVAT_FORMAT: \"yaml\" is none of text|json"
expect_exit 0 env NVAT_FORMAT=yaml "$gpuattest" version --format text

it "behaves the same under the name nvattest"
expect_exit 0 ./nvattest attest $from_gpus --nonce "$nonce" $collateral
last 0 "VERIFIED 2 GPUs"
expect_exit 0 ./nvattest version
expect_exit 2 ./nvattest attest --no-verify-rim-signatures

it "shows progress on a terminal alone, and leaves nothing of it"
export STUB_DELAY=2
live attest $collateral --nonce "$nonce"
expect_stderr ""
if command -v script >/dev/null; then
    made
    words=$(printf '%s' "$collateral" | tr '\n' ' ')
    STUB_DIR=board STUB_GPUS=2 LD_LIBRARY_PATH=$drivers script -qec \
        "'$gpuattest' attest $words --nonce $nonce >/dev/null" \
        /dev/null >terminal </dev/null
    expect_equal 1 "$(grep -c 'collecting evidence ... 1 s' terminal)"
    made
    case $(tail -c 4 terminal | od -An -tx1 | tr -d ' \n') in
    0d1b5b4b) ;;
    *) wrong "ends with $(tail -c 20 terminal | od -An -c)" ;;
    esac
fi
unset STUB_DELAY
done_testing
