#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# gpuattest-server as a client sees it.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
mint_world
serve first

it "answers a request for GPUs with NRAS's shape"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
expect_equal "HTTP/1.1 200 OK" "$(status_line)"
expect_equal '"JWT" ["GPU-0","GPU-1"]' \
    "$(jq -c '.[0][0], (.[1] | keys)' <"$tap_dir/stdout" | paste -s -d ' ')"
expect_equal true "$(overall x-nvidia-overall-att-result)"
expect_equal '"NVIDIA-PLATFORM-ATTESTATION"' "$(overall sub)"
expect_equal '"3.0"' "$(overall x-nvidia-ver)"
expect_equal "\"$url\"" "$(overall iss)"
expect_equal "\"$(cat "$world/nonce.hex")\"" "$(overall eat_nonce)"
expect_equal '"caller"' "$(overall x-gpuattest-freshness)"
expect_equal 1 "$(grep -ci '^x-gpuattest-freshness: caller' "$tap_dir/head")"
cp "$tap_dir/stdout" "$tap_dir/gpu.eat"

it "answers a request for switches"
expect_exit 0 ask /v4/attest/switch "$tap_dir/switch.request"
expect_equal '["SWITCH-0"]' "$(jq -c '.[1] | keys' <"$tap_dir/stdout")"
expect_equal true "$(overall x-nvidia-overall-att-result)"

it "signs every token with a key that jose finds in the JWKS"
expect_exit 0 curl -sS -o "$tap_dir/jwks.json" "$url/.well-known/jwks.json"
jq -r '.[0][1], .[1][]' <"$tap_dir/gpu.eat" >"$tap_dir/tokens"
expect_equal 3 "$(wc -l <"$tap_dir/tokens" | tr -d ' ')"
while read -r token; do
    kid=$(printf '%s' "$token" | cut -d. -f1 | jose b64 dec -i- | jq -r .kid)
    jq --arg kid "$kid" '.keys[] | select(.kid == $kid)' \
        <"$tap_dir/jwks.json" >"$tap_dir/jwk"
    printf '%s' "$token" >"$tap_dir/token"
    expect_exit 0 jose jws ver -i "$tap_dir/token" -k "$tap_dir/jwk"
done <"$tap_dir/tokens"

it "gives each key two certificates, the second of which is the anchor"
jq -r '.keys[0].x5c | length' <"$tap_dir/jwks.json" >"$tap_dir/count"
expect_equal 2 "$(cat "$tap_dir/count")"
expect_exit 0 "$server" anchor --signing-key "$tap_dir/keys"
expect_equal "$(jq -r '.keys[0].x5c[1]' <"$tap_dir/jwks.json")" \
    "$(grep -v -e ----- "$tap_dir/stdout" | tr -d '\n')"
cp "$tap_dir/stdout" "$tap_dir/anchor.pem"
jq -r '.keys[0].x5c[0]' <"$tap_dir/jwks.json" | base64 -d |
    openssl x509 -inform der >"$tap_dir/leaf.pem"
expect_exit 0 openssl verify -CAfile "$tap_dir/anchor.pem" "$tap_dir/leaf.pem"

it "makes tokens whose signer nobody trusts who did not pin its authority"
expect_exit 1 "$GA_BUILD_DIR/cli/gpuattest" verify-token \
    --token-file "$tap_dir/gpu.eat" --nonce "$(cat "$world/nonce.hex")" \
    --jwks "$tap_dir/jwks.json" --issuer "$url" \
    --token-anchor "$tap_dir/anchor.pem" --format json
# Answers in files have no nonces, and the token says so.
expect_equal "token.result" "$(jq -r '[(.devices[], .) | .checks[] |
    select(.state == "failed") | .name] | unique | join(" ")' \
    <"$tap_dir/stdout")"
expect_exit 1 "$GA_BUILD_DIR/cli/gpuattest" verify-token \
    --token-file "$tap_dir/gpu.eat" --nonce "$(cat "$world/nonce.hex")" \
    --jwks "$tap_dir/jwks.json" --issuer "$url"
expect_stdout_has "token.chain (untrusted)"

it "answers with claims 4.0 where they are asked for, 2.0 where none are"
jq -c '.claims_version = "4.0"' <"$tap_dir/gpu.request" >"$tap_dir/version"
expect_exit 0 ask /v4/attest/gpu "$tap_dir/version"
expect_equal '"4.0"' "$(overall x-nvidia-ver)"
expect_equal true "$(overall x-nvidia-overall-att-result)"
jq -c 'del(.claims_version)' <"$tap_dir/gpu.request" >"$tap_dir/version"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/version"
expect_equal '"2.0"' "$(overall x-nvidia-ver)"
expect_exit 0 ask /v4/attest/gpu "$tap_dir/version"
expect_equal '"3.0"' "$(overall x-nvidia-ver)"

it "verifies no certificate, RIM or OCSP answer twice: one signature a report"
verified() {
    curl -sS "$url/metrics" |
        sed -n 's/^gpuattest_signatures_verified_total //p'
}
before=$(verified)
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
expect_exit 0 ask /v3/attest/switch "$tap_dir/switch.request"
expect_equal "$((before + 3))" "$(verified)"

it "says no to evidence for another nonce, in a token"
jq -c '.nonce = (.nonce | .[1:] + "0")' <"$tap_dir/gpu.request" >"$tap_dir/bad"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/bad"
expect_equal "HTTP/1.1 200 OK" "$(status_line)"
expect_equal false "$(overall x-nvidia-overall-att-result)"

it "refuses evidence of the other kind"
jq -c '.arch = "LS10"' <"$tap_dir/gpu.request" >"$tap_dir/bad"
expect_exit 0 ask /v3/attest/switch "$tap_dir/bad"
expect_equal "HTTP/1.1 400 Bad Request" "$(status_line)"
expect_stdout_has "item 1: no evidence of an NVSwitch"

it "holds the arch of the request against the devices'"
jq -c '.arch = "BLACKWELL"' <"$tap_dir/gpu.request" >"$tap_dir/bad"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/bad"
expect_equal false "$(overall x-nvidia-overall-att-result)"

it "refuses a nonce that is none with NRAS's code"
jq -c '.nonce = "00"' <"$tap_dir/gpu.request" >"$tap_dir/bad"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/bad"
expect_equal "HTTP/1.1 400 Bad Request" "$(status_line)"
expect_stdout_has '"code":4003,"httpStatus":400,"message":"INVALID_NONCE"'

it "refuses a body that is no JSON, a type that is none, and too much"
printf '{"nonce":' >"$tap_dir/bad"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/bad"
expect_equal "HTTP/1.1 400 Bad Request" "$(status_line)"
type=text/plain
expect_exit 0 ask /v3/attest/gpu "$tap_dir/bad"
type=
expect_equal "HTTP/1.1 415 Unsupported Media Type" "$(status_line)"
head -c 1100000 /dev/zero >"$tap_dir/huge"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/huge" -H 'Expect:'
expect_equal "HTTP/1.1 413 Content Too Large" \
    "$(status_line | sed 's/Payload/Content/; s/Request Entity/Content/')"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/huge" -H 'Expect: 100-continue'
expect_equal 1 "$(grep -c '^HTTP/1.1 413' "$tap_dir/head")"

it "knows its paths and their methods"
expect_exit 0 curl -sS -o /dev/null -w '%{http_code}' "$url/v3/attest/gpu"
expect_equal 405 "$(cat "$tap_dir/stdout")"
expect_exit 0 curl -sS -i -X DELETE "$url/health"
expect_stdout_has "Allow: GET, HEAD"
expect_exit 0 curl -sS -o /dev/null -w '%{http_code}' "$url/v3/attest/gpu/"
expect_equal 404 "$(cat "$tap_dir/stdout")"
expect_exit 0 curl -sS --path-as-is -o /dev/null -w '%{http_code}' \
    "$url/%68ealth"
expect_equal 404 "$(cat "$tap_dir/stdout")"
for path in /health /health/live /health/ready; do
    expect_exit 0 curl -sS "$url$path"
    expect_equal '{"status":"UP"}' "$(cat "$tap_dir/stdout")"
done
expect_exit 0 curl -sS -I "$url/health"
expect_stdout_has "200 OK"

it "gives a request id back, and replaces one that is none"
expect_exit 0 curl -sS -i -H 'x-request-id: My-Id-7' "$url/health"
expect_stdout_has "x-request-id: My-Id-7"
expect_exit 0 curl -sS -i -H 'x-request-id: my id' "$url/health"
expect_stdout_lacks "my id"
expect_equal 1 "$(grep -cE '^x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}' "$tap_dir/stdout")"

it "counts"
expect_exit 0 curl -sS "$url/metrics"
expect_stdout_has 'gpuattest_requests_total{path="gpu",status="413"} 2'
expect_stdout_has 'gpuattest_requests_total{path="switch",status="400"} 1'
expect_stdout_has 'gpuattest_tokens_total{result="true"} 7'
expect_stdout_has 'gpuattest_tokens_total{result="false"} 2'
expect_stdout_has 'gpuattest_body_bytes 0'
expect_stdout_has 'gpuattest_requests_working 0'

it "logs JSON lines that have no evidence, token or nonce"
expect_exit 0 jq -es 'all(has("time") and has("event"))' "$tap_dir/first.log"
expect_exit 1 grep -F "$(cat "$world/nonce.hex")" "$tap_dir/first.log"
expect_exit 1 grep -F eyJ "$tap_dir/first.log"
expect_exit 0 grep -F '"request_id":"My-Id-7"' "$tap_dir/first.log"

it "ends with status 0, and leaves nothing behind"
stop
expect_equal 0 "$stopped"
expect_exit 0 grep -F '"event":"stopping"' "$tap_dir/first.log"

it "asks for a key where there are keys, and logs its owner's name alone"
expect_exit 0 "$server" key add fleet-7 --api-keys "$tap_dir/api-keys"
key=$(cat "$tap_dir/stdout")
serve guarded --api-keys "$tap_dir/api-keys"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request"
expect_equal "HTTP/1.1 401 Unauthorized" "$(status_line)"
expect_equal 1 "$(grep -ci '^www-authenticate: bearer' "$tap_dir/head")"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H "Authorization: Bearer ${key}x"
expect_equal "HTTP/1.1 401 Unauthorized" "$(status_line)"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H "Authorization: Bearer $key"
expect_equal "HTTP/1.1 200 OK" "$(status_line)"
expect_exit 0 curl -sS -o /dev/null -w '%{http_code}' "$url/metrics"
expect_equal 401 "$(cat "$tap_dir/stdout")"
expect_exit 0 curl -sS -o /dev/null -w '%{http_code}' "$url/health"
expect_equal 200 "$(cat "$tap_dir/stdout")"
expect_exit 0 curl -sS -o /dev/null -w '%{http_code}' \
    "$url/.well-known/jwks.json"
expect_equal 200 "$(cat "$tap_dir/stdout")"
expect_exit 1 grep -F -- "$key" "$tap_dir/guarded.log"
expect_exit 0 grep -F '"key":"fleet-7"' "$tap_dir/guarded.log"

it "lets a key in after SIGHUP, and out again"
expect_exit 0 "$server" key add other --api-keys "$tap_dir/api-keys"
other=$(cat "$tap_dir/stdout")
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H "Authorization: Bearer $other"
expect_equal "HTTP/1.1 401 Unauthorized" "$(status_line)"
kill -HUP "$pid"
expect_exit 0 wait_for "$tap_dir/guarded.log" '"event":"reloaded"'
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H "Authorization: Bearer $other"
expect_equal "HTTP/1.1 200 OK" "$(status_line)"

it "keeps what it had where the new set does not load"
echo "not a key" >>"$tap_dir/api-keys"
kill -HUP "$pid"
expect_exit 0 wait_for "$tap_dir/guarded.log" '"event":"reload failed"'
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    -H "Authorization: Bearer $other"
expect_equal "HTTP/1.1 200 OK" "$(status_line)"
stop
expect_equal 0 "$stopped"

it "answers over TLS"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$tap_dir/tls.key" -out "$tap_dir/tls.pem" 2>/dev/null
chmod 600 "$tap_dir/tls.key"
serve tls --tls-cert "$tap_dir/tls.pem" --tls-key "$tap_dir/tls.key"
expect_equal "https://127.0.0.1:$port" "$url"
expect_exit 0 ask /v3/attest/gpu "$tap_dir/gpu.request" \
    --cacert "$tap_dir/tls.pem"
expect_equal "\"$url\"" "$(overall iss)"
expect_exit 35 curl -sS --tls-max 1.1 --cacert "$tap_dir/tls.pem" "$url/health"
stop

it "answers real evidence with eight tokens that jose takes"
if need_fixtures; then
    real=$fixtures/evidence/nvrust-gpu-8.json
    # The nonce stands behind the request's first four bytes.
    nonce=$(jq -r '.[0].evidence' <"$real" | base64 -d | dd bs=1 skip=4 \
        count=32 2>/dev/null | od -An -v -tx1 | tr -d ' \n')
    jq -c --arg nonce "$nonce" '{nonce: $nonce, arch: "HOPPER",
        claims_version: "3.0", evidence_list: .}' <"$real" >"$tap_dir/real"
    serve real
    expect_exit 0 ask /v3/attest/gpu "$tap_dir/real"
    expect_equal "HTTP/1.1 200 OK" "$(status_line)"
    # There are no RIMs and no OCSP answers here.
    expect_equal false "$(overall x-nvidia-overall-att-result)"
    expect_equal "\"$nonce\"" "$(overall eat_nonce)"
    expect_equal GPU-0,GPU-1,GPU-2,GPU-3,GPU-4,GPU-5,GPU-6,GPU-7 \
        "$(jq -r '.[1] | keys | join(",")' <"$tap_dir/stdout")"
    curl -sS "$url/.well-known/jwks.json" >"$tap_dir/jwks.json"
    jq -r '.[0][1], .[1][]' <"$tap_dir/stdout" >"$tap_dir/tokens"
    # What was found in all reports, whatever is missing here.
    jq -r '.[1]["GPU-7"]' <"$tap_dir/stdout" | cut -d. -f2 |
        jose b64 dec -i- >"$tap_dir/claims"
    for claim in report-signature-verified report-parsed report-nonce-match; do
        expect_equal true "$(jq -r \
            ".[\"x-nvidia-gpu-attestation-$claim\"]" <"$tap_dir/claims")"
    done
    while read -r token; do
        printf '%s' "$token" >"$tap_dir/token"
        expect_exit 0 jose jws ver -i "$tap_dir/token" -k "$tap_dir/jwks.json"
    done <"$tap_dir/tokens"
    stop
fi

it "refuses what would be unsafe, and says why"
expect_exit 2 "$server" --listen 0.0.0.0:0 --signing-key "$tap_dir/keys"
expect_stderr_has "not loopback, and no --tls-cert"
chmod 644 "$tap_dir/tls.key"
expect_exit 3 "$server" --listen 127.0.0.1:0 --signing-key "$tap_dir/keys" \
    --tls-cert "$tap_dir/tls.pem" --tls-key "$tap_dir/tls.key"
expect_stderr_has "others can read it"
chmod 644 "$tap_dir/keys/signer-1.pem"
expect_exit 3 "$server" --listen 127.0.0.1:0 --signing-key "$tap_dir/keys"
expect_stderr_has "signer-1.pem"
chmod 600 "$tap_dir/keys/signer-1.pem"
expect_exit 2 "$server" --listen localhost:0 --signing-key "$tap_dir/keys"
expect_stderr_has "no numeric address and port"
expect_exit 4 "$server" --listen 192.0.2.1:1 --plain-http \
    --signing-key "$tap_dir/keys"
expect_exit 2 "$server" --listen 127.0.0.1:0 --signing-key "$tap_dir/keys" \
    --issuer https://x/
expect_stderr_has "without a / at its end"
expect_exit 2 "$server" --what
for half in "key add" "signer add"; do
    expect_exit 2 "$server" "${half% *}"
    expect_stderr_has "\"${half% *}\" needs a second word: ${half#* }"
done
expect_exit 0 "$server" --help
expect_exit 0 "$server" --version

it "says that what it printed did not arrive"
if [ -c /dev/full ]; then
    made
    "$server" --version >/dev/full 2>"$tap_dir/stderr"
    expect_equal 70 $?
    expect_stderr "gpuattest-server: standard output could not be written"
else
    skip "no /dev/full"
fi
done_testing
