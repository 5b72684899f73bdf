#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two servers with one directory of keys behind nginx are one.
. "$GA_SOURCE_DIR/test/support/tap.sh"
. "$GA_SOURCE_DIR/test/server/lib.sh"
it "answers interchangeably, whichever server nginx picks"
PATH=$PATH:/usr/sbin
if ! command -v nginx >/dev/null; then
    skip "no nginx"
    done_testing
fi
mint_world

# A port that is free now; nginx has no port 0.
free_port() {
    serve probe --issuer http://x
    freed=$port
    stop
}
free_port
front=http://127.0.0.1:$freed
serve one --issuer "$front"
one=$port
serve two --issuer "$front"
two=$port
cat >"$tap_dir/nginx.conf" <<CONF
daemon off;
pid $tap_dir/nginx.pid;
error_log $tap_dir/nginx.log;
events { }
http {
    access_log $tap_dir/access.log combined;
    log_format upstream '\$upstream_addr';
    access_log $tap_dir/upstream.log upstream;
    client_body_temp_path $tap_dir/body;
    proxy_temp_path $tap_dir/proxy;
    fastcgi_temp_path $tap_dir/fastcgi;
    uwsgi_temp_path $tap_dir/uwsgi;
    scgi_temp_path $tap_dir/scgi;
    client_max_body_size 1m;
    client_body_buffer_size 1m;
    proxy_max_temp_file_size 0;
    upstream servers { server 127.0.0.1:$one; server 127.0.0.1:$two; keepalive 4; }
    server {
        listen 127.0.0.1:$freed;
        location / {
            proxy_pass http://servers;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
CONF
nginx -c "$tap_dir/nginx.conf" -p "$tap_dir" >"$tap_dir/nginx.out" 2>&1 &
nginx=$!
pids="$pids $nginx"
url=$front
tries=0
while ! curl -sS -o /dev/null "$url/health" 2>/dev/null && [ "$tries" -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done

i=0
while [ "$i" -lt 8 ]; do
    expect_exit 0 ask /v4/attest/gpu "$tap_dir/gpu.request"
    expect_equal true "$(overall x-nvidia-overall-att-result)"
    expect_equal "\"$front\"" "$(overall iss)"
    jq -r '.[0][1]' <"$tap_dir/stdout" | tr -d '\n' >"$tap_dir/token"
    kid=$(cut -d. -f1 "$tap_dir/token" | jose b64 dec -i- | jq -r .kid)
    # The keys come from whichever is next.
    curl -sS "$url/.well-known/jwks.json" |
        jq --arg kid "$kid" '.keys[] | select(.kid == $kid)' >"$tap_dir/jwk"
    expect_exit 0 jose jws ver -i "$tap_dir/token" -k "$tap_dir/jwk"
    expect_exit 0 ask /v4/attest/switch "$tap_dir/switch.request"
    expect_equal true "$(overall x-nvidia-overall-att-result)"
    i=$((i + 1))
done

it "was answered by both"
expect_equal "$(printf '127.0.0.1:%s\n' "$one" "$two" | sort)" \
    "$(sort -u "$tap_dir/upstream.log")"

it "passes what nginx passes: HTTP/1.0, and headers of its own"
expect_exit 0 curl -sS -0 -o /dev/null -w '%{http_code}' "$url/health"
expect_equal 200 "$(cat "$tap_dir/stdout")"
expect_exit 0 curl -sS -i -H 'x-request-id: Through-1' "$url/health"
expect_stdout_has "x-request-id: Through-1"
kill "$nginx"
wait "$nginx" || :
done_testing
