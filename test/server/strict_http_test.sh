#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HTTP that two programs could read in two ways, byte by byte.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
mint_world
serve strict --max-header 8k --max-time 2s

# send STATUS TEXT: printf's escapes; the first line must have that status.
send() {
    want=$1
    made
    # shellcheck disable=SC2059 # escapes on purpose
    printf "$2" >"$tap_dir/bytes"
    "$raw" "$port" <"$tap_dir/bytes" >"$tap_dir/got" || :
    got=$(head -n 1 "$tap_dir/got" | tr -d '\r' | cut -d' ' -f2)
    [ "$got" = "$want" ] || wrong "\"$got\", not $want, for $2"
}
end='Connection: close\r\n\r\n'

it "answers what is right"
send 200 "GET /health HTTP/1.1\r\nHost: x\r\n$end"
send 200 "GET /health HTTP/1.1\r\nHost:x\r\nA:   b  \r\nC:\r\n$end"
send 200 "GET /health?a=b HTTP/1.1\r\nHost: x\r\n$end"
send 200 "\r\nGET /health HTTP/1.1\r\nHost: x\r\n$end"
send 200 "GET /health HTTP/1.0\r\n\r\n"
send 200 "HEAD /health HTTP/1.1\r\nHost: x\r\n$end"

it "refuses folded header lines"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\n y\r\n$end"
send 400 "GET /health HTTP/1.1\r\n Host: x\r\nHost: x\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nA: b\r\n\t\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: B\r\n earer\r\n$end"

it "refuses lines that end otherwise than in CRLF"
send 400 "GET /health HTTP/1.1\nHost: x\n\n"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nA: b\000c\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\n: b\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nfoo\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost : x\r\n$end"

it "refuses HTTP/0.9, and versions that it does not know"
send 400 "GET /health\r\n\r\n"
send 505 "GET /health HTTP/1.2\r\nHost: x\r\n$end"
send 505 "GET /health HTTP/2.0\r\nHost: x\r\n$end"

it "refuses request lines that are none"
send 400 "GET  /health HTTP/1.1\r\nHost: x\r\n$end"
send 400 "GET http://x/health HTTP/1.1\r\nHost: x\r\n$end"
send 400 "OPTIONS * HTTP/1.1\r\nHost: x\r\n$end"

it "refuses headers that stand twice, and no Host"
send 400 "GET /health HTTP/1.1\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nhost: y\r\n$end"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: a\r\n$end"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"

it "refuses lengths of a body that could be two"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
send 411 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
send 411 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n{}"
send 411 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\n\r\n{}"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}"
send 400 "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
send 417 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: x\r\n\r\n{}"

it "reads nothing behind a head that it refuses"
send 400 "POST /v3/attest/gpu HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n$end"
expect_equal 1 "$(grep -o 'HTTP/1.1 ' "$tap_dir/got" | wc -l | tr -d ' ')"

it "answers requests that come together, each strictly"
send 200 "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\nA: b\r\n$end"
expect_equal 2 "$(grep -o 'HTTP/1.1 200' "$tap_dir/got" | wc -l | tr -d ' ')"
send 200 "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n$end"
expect_equal 1 "$(grep -o 'HTTP/1.1 400' "$tap_dir/got" | wc -l | tr -d ' ')"

it "refuses a head that is too large, and too many headers"
{
    printf 'GET /health HTTP/1.1\r\nHost: x\r\nA: '
    head -c 9000 /dev/zero | tr '\0' b
    printf '\r\n\r\n'
} >"$tap_dir/bytes"
"$raw" "$port" <"$tap_dir/bytes" >"$tap_dir/got" || :
made
head -n 1 "$tap_dir/got" | grep -qE '^HTTP/1.1 4(31|13|00) ' ||
    wrong "$(head -n 1 "$tap_dir/got")"
{
    printf 'GET /health HTTP/1.1\r\nHost: x\r\n'
    i=0
    while [ "$i" -lt 64 ]; do
        printf 'A: b\r\n'
        i=$((i + 1))
    done
    printf '\r\n'
} >"$tap_dir/bytes"
"$raw" "$port" <"$tap_dir/bytes" >"$tap_dir/got" || :
expect_exit 0 grep -q "too many header fields" "$tap_dir/got"

it "ends a connection that sends its request too slowly"
(
    printf 'GET /health HTTP/1.1\r\nHost: x\r\nA: '
    i=0
    while [ "$i" -lt 120 ]; do
        printf b
        sleep 0.1
        i=$((i + 1))
    done
) 2>/dev/null | "$raw" "$port" >"$tap_dir/got" 2>/dev/null || :
expect_equal "" "$(cat "$tap_dir/got")"
expect_exit 0 curl -sS "$url/metrics"
expect_stdout_has "gpuattest_late_total 1"

it "goes on answering"
send 200 "GET /health HTTP/1.1\r\nHost: x\r\n$end"
stop
expect_equal 0 "$stopped"
done_testing
