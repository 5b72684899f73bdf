#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify --eat-key, verify-token and inspect, with jose as the oracle.
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
sim=$GA_BUILD_DIR/sim/gpuattest-sim
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
issuer=https://verifier.example.org
cd "$tap_dir" || exit 70
"$sim" mint board --nonce "$nonce" --gpus 2 --switches 1 >mint.log 2>&1 || {
    cat mint.log
    exit 70
}

# An authority, and a key with a leaf under it.
# shellcheck disable=SC2015 # whatever fails there ends it
openssl ecparam -name secp384r1 -genkey -noout -out ca.key 2>log &&
    openssl req -x509 -new -key ca.key -subj "/CN=token authority" -days 30 \
        -addext keyUsage=critical,keyCertSign -out ca.pem -sha384 2>>log &&
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 \
        -out leaf.key 2>>log &&
    openssl req -new -key leaf.key -subj "/CN=gpuattest token signer" \
        -out leaf.csr 2>>log &&
    echo "keyUsage=critical,digitalSignature" >leaf.ext &&
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
        -days 30 -sha384 -extfile leaf.ext -out leaf.pem 2>>log || {
    cat log
    exit 70
}
(umask 077 && cat leaf.key leaf.pem ca.pem >key.pem)

board="--rim-dir board/rims --ocsp-dir board/ocsp --ocsp-nonce accept-missing \
--device-anchor board/anchors/device.pem --rim-anchor board/anchors/rim.pem \
--allow-custom-anchors"

signed() {
    # shellcheck disable=SC2086 # words on purpose
    run "$gpuattest" verify --nonce "$nonce" $board board/evidence.json \
        --format json --eat-key key.pem --eat-issuer "$issuer" \
        --save-jwks jwks.json "$@"
}

check() {
    run "$gpuattest" verify-token --nonce "$nonce" --issuer "$issuer" \
        --jwks jwks.json --token-anchor ca.pem "$@"
}

it "signs a result, and jose verifies it"
if ! command -v jose >/dev/null; then
    skip "no jose"
    done_testing
fi
signed
expect_equal 0 "$status"
expect_stderr_has "the signed result says false"
cp stdout result.json
jq -c .detached_eat result.json >eat.json
jq -r '.[0][1]' eat.json | tr -d '\n' >overall.jws
expect_exit 0 jose jws ver -i overall.jws -k jwks.json -O claims.json
expect_equal "false $issuer $nonce 3.0" "$(jq -r \
    '"\(.["x-nvidia-overall-att-result"]) \(.iss) \(.eat_nonce) \(.["x-nvidia-ver"])"' \
    claims.json)"
for label in GPU-0 GPU-1 SWITCH-0; do
    jq -r --arg l "$label" '.[1][$l]' eat.json | tr -d '\n' >device.jws
    expect_exit 0 jose jws ver -i device.jws -k jwks.json -O device.json
    expect_equal "$(jq -r --arg l "$label" '.submods[$l][1][1]' claims.json)" \
        "$(sha256sum device.jws | cut -d ' ' -f 1)"
done

it "names the key by its thumbprint"
jq '.keys[0]' jwks.json >jwk.json
expect_equal "$(jose jwk thp -i jwk.json)" "$(jq -r .kid jwk.json)"

it "says what was let pass, and verify-token sees it"
expect_equal "device.ocsp:nonce" \
    "$(jq -r '.["x-gpuattest-relaxed"][0]' claims.json)"
check --token-file eat.json --format json
expect_equal 1 "$status"
expect_equal "refused claim" "$(jq -r '[.checks[], .devices[0].checks[]] |
    map(select(.name == "token.result") | .reason) | join(" ")' stdout)"

it "takes every form of a token"
for file in eat.json result.json; do
    check --token-file "$file"
    expect_equal 1 "$status"
    expect_stdout_has "REJECTED GPU-0: token.result (claim)"
done
jq -n --slurpfile e eat.json \
    '[["JWT","e30.e30."],{"REMOTE_GPU_CLAIMS":$e[0]}]' >nested.json
check --token-file nested.json
expect_equal 1 "$status"
expect_stderr_has "warning: the outer token is passed over"
check --token-file overall.jws
expect_equal 1 "$status"
"$gpuattest" verify-token --nonce "$nonce" --issuer "$issuer" \
    --jwks jwks.json --token-anchor ca.pem --token-file - \
    <eat.json >stdout 2>stderr
expect_equal 1 "$?"

it "does not take what is no token"
printf 'hello' >hello
check --token-file hello
expect_equal 3 "$status"
expect_stderr_has "hello: token: "
: >empty
check --token-file empty
expect_equal 3 "$status"
expect_exit 3 "$gpuattest" verify-token --nonce "$nonce" --jwks empty \
    --token-file eat.json
printf '%s' "$(cat overall.jws)=" >padded
jq -n --rawfile t padded --slurpfile e eat.json \
    '[["JWT",$t],$e[0][1]]' >padded.json
check --token-file padded.json
expect_equal 3 "$status"
expect_stderr_has "token.signature: "

it "wants a nonce, and a file"
expect_exit 2 "$gpuattest" verify-token --token-file eat.json
expect_stderr_has "--nonce is missing"
expect_exit 2 "$gpuattest" verify-token --nonce "$nonce"
expect_stderr_has "--token-file is missing"

it "does not sign with a key that others can read"
chmod 640 key.pem
signed
expect_equal 3 "$status"
expect_stderr_has "--eat-key: key.pem: mode 640, which others can use"
chmod 600 key.pem

it "gives the key the name that it is told"
signed --eat-kid mine --claims-version 4.0
expect_equal 0 "$status"
expect_equal mine "$(jq -r '.keys[0].kid' jwks.json)"
jq -r '.detached_eat[0][1]' stdout | cut -d . -f 1 >header
expect_equal '{"kid":"mine","alg":"ES384"}' \
    "$(jose b64 dec -i header -O - 2>/dev/null)"

it "lets it say true, naming what was let pass, when told"
signed --eat-allow-relaxed
expect_equal 0 "$status"
jq -r '.detached_eat[0][1]' stdout | tr -d '\n' >overall.jws
expect_exit 0 jose jws ver -i overall.jws -k jwks.json -O claims.json
expect_equal "true custom" "$(jq -r \
    '"\(.["x-nvidia-overall-att-result"]) \(.["x-gpuattest-anchors"])"' \
    claims.json)"

it "shows tokens and keys, and verifies nothing of them"
expect_exit 0 "$gpuattest" inspect eat.json
expect_stdout_has "NOTHING HERE WAS VERIFIED"
expect_stdout_has "label: SWITCH-0"
expect_exit 0 "$gpuattest" inspect jwks.json
expect_stdout_has "kind: jwks"
expect_exit 0 "$gpuattest" inspect overall.jws --format json
expect_equal "token" "$(jq -r .kind stdout)"

it "prints a result that the schema describes"
if ! python3 -c 'import jsonschema' 2>/dev/null; then
    skip "no jsonschema"
else
    check --token-file eat.json --format json
    cp stdout token.json
    expect_exit 0 python3 "$GA_SOURCE_DIR/test/cli/validate.py" \
        "$GA_SOURCE_DIR/docs/result.schema.json" result.json token.json
fi

done_testing
