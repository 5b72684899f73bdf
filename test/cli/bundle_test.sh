#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bundle create and show, verify --bundle without a network, rim check.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
at=2026-06-15T12:00:00Z
cd "$tap_dir" || exit 70
"$sim" mint board --nonce "$nonce" --gpus 2 --switches 1 --seed bundle \
    --at "$at" >mint.log 2>&1 || {
    cat mint.log
    exit 70
}
driver=$(basename board/rims/NV_GPU_DRIVER* .xml)
vbios=$(basename board/rims/NV_GPU_VBIOS* .xml)
bios=$(basename board/rims/NV_SWITCH_BIOS* .xml)

# with_roots WORDS...: with the board's roots and time.
with_roots() {
    run "$gpuattest" "$@" --rim-anchor board/anchors/rim.pem --at "$at"
}

create() {
    with_roots bundle create --rim-dir board/rims --ocsp-dir board/ocsp \
        --device-anchor board/anchors/device.pem "$@"
}

verify() {
    with_roots verify --nonce "$nonce" --device-anchor \
        board/anchors/device.pem "$@" board/evidence.json
}

# flip FILE OFFSET: changes the lowest bit of one byte.
flip() {
    byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
    if [ $((byte % 2)) -eq 0 ]; then byte=$((byte + 1)); else byte=$((byte - 1)); fi
    # shellcheck disable=SC2059 # an escape is wanted
    printf "\\$(printf %03o "$byte")" |
        dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

it "creates a bundle from evidence and directories"
create --output a.bundle board/evidence.json
expect_equal 0 "$status"
expect_stdout_has "WRITTEN 1"
expect_stderr_has "gpuattest: saved as a.bundle"

it "makes the same bytes of the same input"
create -o b.bundle --rim "$bios" --rim "$driver" board/evidence.json \
    board/evidence.json
expect_equal 0 "$status"
expect_exit 0 cmp a.bundle b.bundle

it "writes to a pipe and behind a link, and leaves both where they are"
mkfifo pipe
timeout 20 cat pipe >poured &
create -o pipe board/evidence.json
expect_equal 0 "$status"
wait
expect_exit 0 test -p pipe
expect_exit 0 cmp a.bundle poured
mkdir behind
ln -s ../b.bundle behind/c
create -o behind/c board/evidence.json
expect_equal 0 "$status"
expect_exit 0 test -L behind/c
expect_exit 0 cmp a.bundle b.bundle
create -o . board/evidence.json
expect_equal 3 "$status"
expect_stderr_has "gpuattest: .: Is a directory"
# A pipe by another name, whose own name leads nowhere.
ln -s /proc/self/fd/9 fd
create -o fd board/evidence.json 9>&1 | cat >poured
expect_exit 0 test -L fd
expect_exit 0 cmp a.bundle poured

it "takes - for no file that it could write"
create -o - board/evidence.json
expect_equal 2 "$status"
expect_stdout ""
expect_stderr 'gpuattest: --output: - is no file: standard output has the words; name a file
gpuattest: see "gpuattest bundle create --help"'
expect_exit 2 "$gpuattest" verify-token --nonce "$nonce" --token-file x \
    --save-jwks -
expect_stderr_has "--save-jwks: - is no file"
expect_exit 2 "$gpuattest" attest --verifier remote --save-jwks -
expect_stderr_has "--save-jwks: - is no file"

it "verifies with it and nothing else"
verify --bundle a.bundle --ocsp-nonce accept-missing
expect_equal 0 "$status"
expect_equal "VERIFIED 2 GPUs, 1 NVSwitch" "$(tail -n 1 stdout)"

it "verifies with it where there is no network"
if unshare -rn true 2>/dev/null; then
    run unshare -rn "$gpuattest" verify --nonce "$nonce" --at "$at" \
        --device-anchor board/anchors/device.pem \
        --rim-anchor board/anchors/rim.pem --bundle a.bundle \
        --ocsp-nonce accept-missing board/evidence.json
    expect_equal 0 "$status"
    expect_equal "VERIFIED 2 GPUs, 1 NVSwitch" "$(tail -n 1 stdout)"
else
    skip "no network namespaces here"
fi

it "takes it from the environment"
run env GPUATTEST_BUNDLE=a.bundle "$gpuattest" verify --nonce "$nonce" \
    --at "$at" --device-anchor board/anchors/device.pem \
    --rim-anchor board/anchors/rim.pem --ocsp-nonce accept-missing \
    board/evidence.json
expect_equal 0 "$status"

it "says what its answers lack"
verify --bundle a.bundle
expect_equal 1 "$status"
expect_stdout_has "--ocsp-nonce accept-missing accepts it"

it "lets it end when it ends"
run "$gpuattest" verify --nonce "$nonce" --device-anchor \
    board/anchors/device.pem --rim-anchor board/anchors/rim.pem \
    --bundle a.bundle --ocsp-nonce accept-missing --at 2026-06-17T12:00:00Z \
    board/evidence.json
expect_equal 1 "$status"
expect_stdout_has "device.ocsp (stale)"

it "brings no anchors"
run "$gpuattest" verify --nonce "$nonce" --at "$at" --bundle a.bundle \
    --ocsp-nonce accept-missing board/evidence.json
expect_equal 1 "$status"
expect_stdout_has "device.chain (untrusted)"

it "names the entry and the byte where its digest is another one"
cp a.bundle bad.bundle
offset=$("$gpuattest" bundle show --format json a.bundle | jq '.entries[1].offset')
flip bad.bundle "$offset"
verify --bundle bad.bundle
expect_equal 3 "$status"
expect_stderr "gpuattest: bundle: bad.bundle: bundle: entry 1, RIM $vbios: the SHA-256 of its $("$gpuattest" bundle show --format json a.bundle | jq '.entries[1].size') bytes at $offset is another one"
expect_stdout ""
run "$gpuattest" bundle show --format json bad.bundle
expect_equal 3 "$status"
expect_equal "3 BAD_VALUE $offset" \
    "$(jq -r '"\(.result_code) \(.error.code) \(.error.offset)"' stdout)"

it "refuses each kind of changed byte"
# Magic, version, count, an entry's kind, name, dates, size, digest.
for byte in 0 16 20 24 26 60 70 90; do
    cp a.bundle bad.bundle
    flip bad.bundle "$byte"
    verify --bundle bad.bundle
    expect_equal "3 at $byte" "$status at $byte"
done

it "shows what is in it"
run "$gpuattest" bundle show --at "$at" a.bundle
expect_equal 0 "$status"
expect_stdout_has "NOTHING HERE WAS VERIFIED"
expect_stdout_has "good_until: 2026-06-16T12:00:00Z"
expect_stdout_has "  $driver:"
expect_stdout_has "status: good"
run "$gpuattest" bundle show --format json --at 2026-06-17T00:00:00Z a.bundle
expect_equal 0 "$status"
expect_equal "true null 3 [\"rim\",\"ocsp\"]" \
    "$(jq -c -r '"\(.expired) \(.verified) \([.entries[] | select(.kind == "rim")] | length) \([.entries[].kind] | unique | reverse)"' stdout)"
expect_equal "true" \
    "$(jq '[.entries[] | select(.kind == "ocsp") | .expired] | all' stdout)"

it "holds key sets too"
echo '{"keys":[]}' >keys.json
create -o keys.bundle --rim "$driver" --jwks keys.json
expect_equal 0 "$status"
run "$gpuattest" bundle show --format json keys.bundle
expect_equal "https://nras.attestation.nvidia.com" \
    "$(jq -r '.entries[] | select(.kind == "jwks") | .name' stdout)"
create -o no.bundle --rim "$driver" --jwks keys.json --issuer http://a.example
expect_equal 2 "$status"
expect_stderr_has 'the name "http://a.example" is not an https URL'

it "verifies a token with the keys in it"
if ! command -v openssl >/dev/null; then
    skip "no openssl"
else
    issuer=https://verifier.example
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
            -keyout ca.key -subj "/CN=token authority" -days 30 -sha384 \
            -addext keyUsage=critical,keyCertSign -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
            -keyout leaf.key -subj "/CN=gpuattest token signer" -out leaf.csr
        echo "keyUsage=critical,digitalSignature" >leaf.ext
        openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key \
            -CAcreateserial -days 30 -sha384 -extfile leaf.ext -out leaf.pem
        (umask 077 && cat leaf.key leaf.pem ca.pem >key.pem)
    } 2>openssl.log
    # Of the present: a token about another time says false.
    "$sim" mint now --nonce "$nonce" --gpus 1 >mint.log 2>&1
    run "$gpuattest" verify --nonce "$nonce" --rim-dir now/rims --ocsp-dir \
        now/ocsp --ocsp-nonce accept-missing --device-anchor \
        now/anchors/device.pem --rim-anchor now/anchors/rim.pem \
        --allow-custom-anchors --format json --eat-key key.pem --eat-issuer \
        "$issuer" --eat-allow-relaxed --save-jwks eat.jwks now/evidence.json
    expect_equal 0 "$status"
    cp stdout result.json
    create -o token.bundle --rim "$driver" --jwks eat.jwks --issuer "$issuer"
    expect_equal 0 "$status"
    for bundle in token keys; do
        run "$gpuattest" verify-token --nonce "$nonce" --token-file \
            result.json --issuer "$issuer" --token-anchor ca.pem --bundle \
            $bundle.bundle
        cp stdout $bundle.stdout
        cp stderr $bundle.stderr
        echo "$status" >$bundle.status
    done
    cmp -s token.status keys.status && wrong "both end with $(cat token.status)"
    expect_equal "" "$(grep -E "token.(signature|chain)|no key set" token.stdout token.stderr)"
    expect_exit 0 grep -q "keys.bundle: no key set of $issuer" keys.stderr
    expect_equal 3 "$(cat keys.status)"
fi

it "writes nothing where something does not hold"
"$sim" mint forged --nonce "$nonce" --gpus 1 --seed forged --at "$at" \
    --defect vbios-rim-signature >mint.log 2>&1
with_roots bundle create -o no.bundle --rim-dir forged/rims --ocsp-dir \
    forged/ocsp --device-anchor forged/anchors/device.pem --rim-anchor \
    forged/anchors/rim.pem forged/evidence.json
expect_equal 1 "$status"
expect_stdout "NOT WRITTEN: 1 of 1 devices do not hold"
expect_stderr_has "GPU-0: vbios_rim.signature (bad_signature)"
create -o no.bundle --rim 1.2.3
expect_equal 1 "$status"
expect_stdout "1.2.3
  failed         none of 3 ids is of driver 1.2.3
NOT WRITTEN: REJECTED 1 of 1 RIMs: 1.2.3"
create -o no.bundle --format json --rim 1.2.3 board/evidence.json
expect_equal 1 "$status"
expect_equal "1 null MISSING" \
    "$(jq -r '"\(.result_code) \(.file) \(.rims[0].error.code)"' stdout)"
expect_exit 1 test -e no.bundle

it "says what it was not told"
create board/evidence.json
expect_equal 2 "$status"
expect_stderr_has "--output is missing"
create -o no.bundle
expect_equal 2 "$status"
expect_stderr_has "nothing to bundle"
create -o no.bundle --issuer https://a.example board/evidence.json
expect_equal 2 "$status"
create -o none/no.bundle board/evidence.json
expect_equal 3 "$status"

it "checks RIMs by version and by id"
with_roots rim check --rim-dir board/rims --ocsp-dir board/ocsp \
    --ocsp-nonce accept-missing 580.95.05 "$vbios"
expect_equal 0 "$status"
expect_equal "VERIFIED 2 RIMs" "$(tail -n 1 stdout)"
with_roots rim check --bundle a.bundle --ocsp-nonce accept-missing \
    --format json 96.00.cf.00.02 96.10.6D.00.01
expect_equal 0 "$status"
expect_equal "0 true $vbios $bios 5 custom" \
    "$(jq -r '"\(.result_code) \(.verified) \(.rims[0].id) \(.rims[1].id) \(.rims[0].checks | length) \(.anchors)"' stdout)"

it "says which RIM does not hold, and which there is not"
with_roots rim check --rim-dir forged/rims --no-ocsp --rim-anchor \
    forged/anchors/rim.pem "$vbios" 9.9.9
expect_equal 1 "$status"
expect_stdout_has "failed         rim.signature (bad_signature)"
expect_stdout_has "none of 2 ids is of driver 9.9.9"
expect_stdout_has "REJECTED 2 of 2 RIMs: $vbios: REJECTED rim.signature (bad_signature)"
expect_stderr_has "relaxed: rim.ocsp:not_checked"

it "refuses what is neither a version nor an id"
for word in x ../x nv_a 580 1.2.3.4 96.00.CF.00.0G 96.00.CF.00.001 NV_..A; do
    with_roots rim check --rim-dir board/rims "$word"
    expect_equal "2 $word" "$status $word"
    expect_stderr_has "is neither a RIM id nor a version"
done

# asked WORDS...: with a network half that answers with the board's files.
asked() {
    run env STUB_DIR=board LD_LIBRARY_PATH="$GA_BUILD_DIR/test/cli/drivers/net" \
        "$gpuattest" "$@" --rim-anchor board/anchors/rim.pem --at "$at"
}

it "asks the service for what it lists"
asked rim check --no-ocsp "$driver" "$vbios"
expect_equal 0 "$status"
asked rim check --no-ocsp NV_GPU_DRIVER_GH100_9.9
expect_equal 1 "$status"
expect_stdout_has "NV_GPU_DRIVER_GH100_9.9: the service has none"
asked rim check --no-ocsp 1.2
expect_equal 1 "$status"
expect_stdout_has "none of 1 ids is of driver 1.2"
asked bundle create --no-ocsp -o asked.bundle --rim "$driver"
expect_equal 0 "$status"
asked rim check --no-ocsp --offline "$driver"
expect_equal 4 "$status"
expect_stdout_has "neither rim-dir nor bundle was given"

it "is status 4 where nobody answers"
export STUB_NET_DOWN=1
asked rim check --no-ocsp "$driver" "$vbios"
expect_equal 4 "$status"
expect_equal "UNREACHABLE 2 of 2 RIMs: $driver" "$(tail -n 1 stdout)"
asked rim check --format json "$driver"
expect_equal "4 UNREACHABLE" \
    "$(jq -r '"\(.result_code) \(.rims[0].error.code)"' stdout)"
asked bundle create --no-ocsp -o no.bundle --rim "$driver"
expect_equal 4 "$status"
# A RIM at hand, and nobody who knows of its certificates.
asked rim check --rim-dir board/rims --ocsp-url http://127.0.0.1:9 "$driver"
expect_equal 4 "$status"
expect_stdout_has "rim.ocsp (unreachable)"
asked rim verify --ocsp-url http://127.0.0.1:9 "board/rims/$driver.xml"
expect_equal 4 "$status"
unset STUB_NET_DOWN
asked rim check --rim-dir forged/rims "$vbios" NV_GPU_DRIVER_GH100_9.9
expect_equal 1 "$status"
expect_exit 1 test -e no.bundle
done_testing
