#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys that come and go, and the end of the service.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
mint_world
serve rotate

kids() {
    curl -sS "$url/.well-known/jwks.json" | jq -r '.keys[].kid' | sort
}

# The kid of the overall token that one request gets.
signer() {
    ask /v3/attest/gpu "$tap_dir/gpu.request" >"$tap_dir/eat"
    jq -r '.[0][1]' <"$tap_dir/eat" | cut -d. -f1 | jose b64 dec -i- |
        jq -r .kid
}

reload() {
    before=$(grep -c '"event":"reloaded"' "$tap_dir/rotate.log")
    kill -HUP "$pid"
    while [ "$(grep -c '"event":"reloaded"' "$tap_dir/rotate.log")" -eq "$before" ]; do
        sleep 0.05
    done
}

it "publishes a key that is dropped in, and signs with it"
first=$(signer)
cp "$tap_dir/eat" "$tap_dir/first.eat"
expect_equal "$first" "$(kids)"
expect_exit 0 "$server" signer add --signing-key "$tap_dir/keys"
expect_equal "$first" "$(kids)"
reload
second=$(signer)
made
[ "$first" != "$second" ] || wrong "the first key signs still"
expect_equal "$(printf '%s\n%s\n' "$first" "$second" | sort)" "$(kids)"

it "publishes a key before it signs"
expect_exit 0 "$server" signer add --signing-key "$tap_dir/keys" --from 1h
reload
expect_equal "$second" "$(signer)"
expect_equal 3 "$(kids | wc -l | tr -d ' ')"

it "keeps a key that has signed when its file is gone"
rm "$tap_dir/keys/signer-1.pem"
reload
expect_equal "$second" "$(signer)"
made
kids | grep -qxF -- "$first" || wrong "$first is gone"
curl -sS "$url/.well-known/jwks.json" |
    jq --arg kid "$first" '.keys[] | select(.kid == $kid)' >"$tap_dir/jwk"
jq -r '.[0][1]' <"$tap_dir/first.eat" | tr -d '\n' >"$tap_dir/token"
expect_exit 0 jose jws ver -i "$tap_dir/token" -k "$tap_dir/jwk"

it "keeps its keys where a new one cannot be loaded"
cp "$tap_dir/anchor" "$tap_dir/keys/z.pem" 2>/dev/null ||
    echo nothing >"$tap_dir/keys/z.pem"
kill -HUP "$pid"
expect_exit 0 wait_for "$tap_dir/rotate.log" '"event":"reload failed"'
expect_equal "$second" "$(signer)"
rm "$tap_dir/keys/z.pem"

it "drops no answer while keys are read again"
(
    i=0
    while [ "$i" -lt 20 ]; do
        kill -HUP "$pid" 2>/dev/null || :
        sleep 0.02
        i=$((i + 1))
    done
) &
hups=$!
i=0
bad=0
while [ "$i" -lt 15 ]; do
    ask /v3/attest/gpu "$tap_dir/gpu.request" >"$tap_dir/stdout" || bad=1
    [ "$(overall x-nvidia-overall-att-result)" = true ] || bad=1
    i=$((i + 1))
done
wait "$hups"
expect_equal 0 "$bad"

it "answers what it has accepted when it is told to stop"
# The body comes slowly, and its second half after the signal.
half=$(($(wc -c <"$tap_dir/gpu.request") / 2))
mkfifo "$tap_dir/go"
{
    printf 'POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\n'
    printf 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n' \
        "$(wc -c <"$tap_dir/gpu.request")"
    head -c "$half" "$tap_dir/gpu.request"
    cat "$tap_dir/go"
    tail -c +"$((half + 1))" "$tap_dir/gpu.request"
} | "$raw" "$port" >"$tap_dir/got" &
client=$!
# It has begun when its body is counted.
while ! curl -sS "$url/metrics" | grep -qE '^gpuattest_body_bytes [1-9]'; do
    sleep 0.05
done
kill -TERM "$pid"
expect_exit 0 wait_for "$tap_dir/rotate.log" '"event":"stopping"'
# Nobody else is let in meanwhile.
tries=0
while curl -sS -o /dev/null "$url/health" 2>/dev/null && [ "$tries" -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
expect_exit 7 curl -sS "$url/health"
: >"$tap_dir/go"
stopped=0
wait "$pid" || stopped=$?
wait "$client" || :
expect_equal 0 "$stopped"
expect_equal "HTTP/1.1 200 OK" "$(head -n 1 "$tap_dir/got" | tr -d '\r')"
expect_exit 0 grep -qi '^connection: close' "$tap_dir/got"
tail -n 1 "$tap_dir/got" >"$tap_dir/stdout"
expect_equal true "$(overall x-nvidia-overall-att-result)"
expect_exit 7 curl -sS "$url/health"
done_testing
