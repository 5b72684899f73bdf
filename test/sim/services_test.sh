#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The services of gpuattest-sim run, asked by other people's programs.
. "$(dirname "$0")/../support/tap.sh"
build=${GA_BUILD_DIR:-build/dev}
sim=$build/sim/gpuattest-sim

# What stays behind is seen.
TMPDIR=$tap_dir/tmp
export TMPDIR
mkdir "$TMPDIR"

need() {
    for tool; do
        command -v "$tool" >/dev/null || {
            skip "no $tool"
            return 1
        }
    done
}

# rim PATH OPTIONS: asks the RIM service; the status comes last.
rim() {
    path=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's
    "$sim" run "$@" -- sh -c 'curl -sS -m 20 -w "%{http_code}\n" \
        "$GPUATTEST_RIM_URL$1"' sh "$path"
}
driver=/v1/rim/NV_GPU_DRIVER_GH100_580.95.05

it "serves RIMs as the service does"
if need curl jq sha256sum; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 0 "$sim" run -- sh -e -c '
        curl -sS "$GPUATTEST_RIM_URL$1" >"$2/answer"
        jq -r .rim "$2/answer" | base64 -d >"$2/rim"
        cmp "$2/rim" "$GPUATTEST_SIM_DIR/rims/${1#/v1/rim/}.xml"
        [ "$(jq -r .sha256 "$2/answer")" = \
            "$(sha256sum "$2/rim" | cut -d" " -f1)" ]
        jq -r "keys_unsorted | join(\" \")" "$2/answer"
        jq -r ".id, .rim_format" "$2/answer"
        curl -sS "$GPUATTEST_RIM_URL/v1/rim/ids" | jq -r ".ids[]"
        curl -sS "$GPUATTEST_RIM_URL/v1/rim/ids?rim_format=CORIM" |
            jq -r ".ids | length"
        cut -d" " -f2- "$GPUATTEST_SIM_STATE/requests.log"' \
        sh "$driver" "$tap_dir"
    expect_stdout "id rim sha256 rim_format request_id last_updated
NV_GPU_DRIVER_GH100_580.95.05
TCG
NV_GPU_DRIVER_GH100_580.95.05
NV_GPU_VBIOS_G520_0280_895_9600CF0002
0
rim GET $driver 200 found round=1
rim GET /v1/rim/ids 200 2 ids round=2
rim GET /v1/rim/ids 200 0 ids round=3"
fi

it "refuses other requests"
if need curl; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 0 "$sim" run -- sh -e -c '
        code() { curl -sS -o /dev/null -w "%{http_code}\n" "$@"; }
        code "$GPUATTEST_RIM_URL/"
        code "$GPUATTEST_RIM_URL/v1/rim/"
        code "$GPUATTEST_RIM_URL/v1/rim/nothing"
        code -X POST -d x "$GPUATTEST_RIM_URL$1"
        code "$GPUATTEST_OCSP_URL"
        code "${GPUATTEST_OCSP_URL}x"
        code -d x "$GPUATTEST_OCSP_URL"
        code -H "Content-Type: application/ocsp-request" -d x \
            "$GPUATTEST_OCSP_URL"
        head -c 5000 /dev/zero | code --data-binary @- "$GPUATTEST_OCSP_URL"' \
        sh "$driver"
    expect_stdout "404
404
404
405
405
404
415
200
413"
fi

# Certificates of GPU-0's chain, leaf first: c1 to c5.
cat >"$tap_dir/ask" <<'A'
set -e
cd "$GPUATTEST_SIM_STATE"
awk '/BEGIN/ { n++ } { print > ("c" n) }' "$GPUATTEST_SIM_DIR/GPU-0/chain.pem"
cat c3 c4 >others
hash=$1 cert=$2 issuer=$3
shift 3
openssl ocsp "-$hash" -ignore_critical -issuer "$issuer" -cert "$cert" \
    -url "$GPUATTEST_OCSP_URL" -verify_other others \
    -CAfile "$GPUATTEST_SIM_DIR/anchors/device.pem" "$@" 2>&1
A

it "answers OCSP as openssl wants it, with each hash"
if need openssl; then
    for hash in sha1 sha256 sha384; do
        expect_exit 0 "$sim" run -- sh "$tap_dir/ask" "$hash" c2 c3
        expect_stdout_has "Response verify OK"
        expect_stdout_has "c2: good"
        expect_stdout_lacks WARNING
    done
    expect_exit 0 "$sim" run -- sh "$tap_dir/ask" sha256 c4 c5
    expect_stdout_has "Response verify OK"
    expect_stdout_has "c4: good"
fi

it "refuses what it does not know, and hashes that it does not"
if need openssl; then
    expect_exit 1 "$sim" run -- sh "$tap_dir/ask" sha256 c1 c2
    expect_stdout_has "unauthorized (6)"
    expect_exit 1 "$sim" run -- sh "$tap_dir/ask" sha512 c2 c3
    expect_stdout_has "unauthorized (6)"
    expect_exit 1 "$sim" run -- sh "$tap_dir/ask" sha256 c2 c3 -serial 1
    expect_stdout_has "malformedrequest (1)"
fi

it "vouches for unknown devices, and for no unknown RIM signer"
if need openssl; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 0 "$sim" run -- sh -e -c '
        cd "$GPUATTEST_SIM_STATE"
        awk "/BEGIN/ { n++ } { print > (\"c\" n) }" \
            "$GPUATTEST_SIM_DIR/GPU-0/chain.pem"
        tr "<>" "\n\n" <"$GPUATTEST_SIM_DIR/rims/${1#/v1/rim/}.xml" |
            awk "/^\/ds:X509Certificate$/ { on = 0; print \"-----END CERTIFICATE-----\" > f }
                on && NF { print > f }
                /^ds:X509Certificate$/ { on = 1; f = \"r\" ++n
                    print \"-----BEGIN CERTIFICATE-----\" > f }"
        for issuer in c3 r2; do
            openssl ocsp -sha256 -noverify -issuer "$issuer" -serial 0x1234 \
                -url "$GPUATTEST_OCSP_URL"
        done 2>&1 | grep 0x1234
        cut -d" " -f2- requests.log' sh "$driver"
    expect_stdout "0x1234: good
0x1234: unknown
ocsp POST / 200 no such certificate issuer=ica-gpu serial=1234 good round=1
ocsp POST / 200 no such certificate issuer=rim-l3-gpu serial=1234 unknown round=2"
fi

it "says what a defect lets it say"
if need openssl; then
    expect_exit 0 "$sim" run --defect ocsp-revoked -- sh "$tap_dir/ask" \
        sha256 c2 c3
    expect_stdout_has "c2: revoked"
    expect_stdout_has "Reason: keyCompromise"
    expect_exit 0 "$sim" run --defect service-ocsp-hold -- sh "$tap_dir/ask" \
        sha256 c3 c4
    expect_stdout_has "Reason: certificateHold"
    expect_exit 0 "$sim" run --defect service-ocsp-revoked -- \
        sh "$tap_dir/ask" sha256 c3 c4
    expect_stdout_has "Reason: keyCompromise"
    expect_exit 0 "$sim" run --defect service-ocsp-unknown -- \
        sh "$tap_dir/ask" sha256 c2 c3
    expect_stdout_has "c2: unknown"
    expect_exit 0 "$sim" run --defect service-ocsp-stale -- \
        sh "$tap_dir/ask" sha256 c2 c3
    expect_stdout_has "Status times invalid"
    expect_exit 1 "$sim" run --defect service-ocsp-nonce-other -- \
        sh "$tap_dir/ask" sha256 c2 c3
    expect_stdout_has "Nonce Verify error"
    expect_exit 0 "$sim" run --defect service-ocsp-nonce-missing -- \
        sh "$tap_dir/ask" sha256 c2 c3
    expect_stdout_has "no nonce in response"
    expect_exit 1 "$sim" run --defect service-ocsp-signature -- \
        sh "$tap_dir/ask" sha256 c2 c3
    expect_stdout_has "Response Verify Failure"
    expect_exit 1 "$sim" run --defect service-ocsp-garbage -- \
        sh "$tap_dir/ask" sha256 c2 c3
fi

it "makes the services fail as asked"
if need curl; then
    expect_exit 7 rim "$driver" --defect service-rim-down
    expect_exit 0 rim "$driver" --defect service-rim-500
    expect_stdout "internal error
500"
    expect_exit 0 rim "$driver" --defect service-rim-404
    expect_stdout '{"message":"no such RIM"}404'
    expect_exit 0 rim /v1/rim/ids --defect service-rim-404
    expect_stdout_has '"ids":[]'
    expect_exit 18 rim "$driver" --defect service-rim-cut
    expect_exit 0 rim "$driver" --defect service-rim-garbage
    expect_stdout "This is no answer.
200"
fi

it "counts how often it fails"
if need curl; then
    # shellcheck disable=SC2016 # the inner shell's
    three='code() { curl -sS -o /dev/null -D - -w "%{exitcode}\n" "$1" |
            grep -iE "^(HTTP|Retry-After|[0-9])" | tr -d "\r" | tr "\n" ";"; echo; }
        for i in 1 2 3; do code "$GPUATTEST_RIM_URL$1"; done'
    expect_exit 0 "$sim" run --defect service-rim-500:2 -- sh -c "$three" sh \
        "$driver"
    expect_stdout "HTTP/1.1 500 Internal Server Error;0;
HTTP/1.1 500 Internal Server Error;0;
HTTP/1.1 200 OK;0;"
    expect_exit 0 "$sim" run --defect service-rim-429:3 -- sh -c "$three" sh \
        "$driver"
    expect_stdout "HTTP/1.1 429 Too Many Requests;Retry-After: 3;0;
HTTP/1.1 200 OK;0;
HTTP/1.1 200 OK;0;"
    expect_exit 0 "$sim" run --defect service-rim-cut:1 -- sh -c "$three" sh \
        "$driver"
    expect_stdout "HTTP/1.1 200 OK;18;
HTTP/1.1 200 OK;0;
HTTP/1.1 200 OK;0;"
fi

it "says another digest than the RIM has"
if need curl jq sha256sum; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 1 "$sim" run --defect service-rim-sha256 -- sh -c '
        curl -sS "$GPUATTEST_RIM_URL$1" >"$2/answer"
        [ "$(jq -r .sha256 "$2/answer")" = \
            "$(jq -r .rim "$2/answer" | base64 -d | sha256sum | cut -d" " -f1)" ]' \
        sh "$driver" "$tap_dir"
fi

it "answers slowly, and all at the same time"
if need curl; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 0 "$sim" run --defect service-rim-slow:700 -- sh -c '
        for i in 1 2 3 4 5 6; do
            curl -sS -o /dev/null "$GPUATTEST_RIM_URL$1" &
        done
        wait
        grep -c "round=1$" "$GPUATTEST_SIM_STATE/requests.log"' sh "$driver"
    expect_stdout 6
fi

it "does not wait for slow answers when the command has ended"
if need curl; then
    # shellcheck disable=SC2016 # the inner shell's
    expect_exit 28 timeout 30 "$sim" run --defect service-rim-slow:600000 -- sh -c '
        curl -sS -m 1 "$GPUATTEST_RIM_URL$1"' sh "$driver"
fi
expect_equal "" "$(ls -A "$TMPDIR")"

it "takes a scheme in capitals for what it is"
expect_exit 4 env LD_LIBRARY_PATH="$GA_BUILD_DIR/src" "$GA_BUILD_DIR/cli/gpuattest" \
    rim ls --rim-url HTTPS://127.0.0.1:1 --timeout 2s
expect_stderr_has "127.0.0.1:1: ids of RIMs: no connection"

done_testing
