# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For tests that start gpuattest-server; behind support/tap.sh.
#
#     serve NAME [options]   starts one; $url, $port and $pid are its own
#     stop                   ends the last one, and waits for its status
server=$GA_BUILD_DIR/server/gpuattest-server
sim=$GA_BUILD_DIR/sim/gpuattest-sim
raw=$GA_BUILD_DIR/test/server/raw
pids=
# shellcheck disable=SC2064,SC2154 # as it is now; tap_dir is tap.sh's
trap 'for p in $pids; do kill -9 "$p" 2>/dev/null; done; rm -rf "$tap_dir"' EXIT

# A world of simulated devices, in $world, and requests of them.
mint_world() {
    world=$tap_dir/world
    "$sim" mint "$world" --gpus 2 --switches 1 2>/dev/null >/dev/null || exit 70
    for kind in gpu switch; do
        jq -c '{nonce: .[0].nonce, arch: .[0].arch, claims_version: "3.0",
            evidence_list: [.[] | {evidence, certificate}]}' \
            "$world/$kind.json" >"$tap_dir/$kind.request"
    done
}

# What a server needs to believe that world; answers in files have no nonce.
world_options() {
    printf '%s\n' --rim-dir "$world/rims" --ocsp-dir "$world/ocsp" \
        --device-anchor "$world/anchors/device.pem" \
        --rim-anchor "$world/anchors/rim.pem" --allow-custom-anchors \
        --ocsp-nonce accept-missing --eat-allow-relaxed
}

serve() {
    name=$1
    shift
    : >"$tap_dir/$name.out"
    # shellcheck disable=SC2046 # words on purpose
    "$server" --listen 127.0.0.1:0 --signing-key "$tap_dir/keys" \
        $(world_options) "$@" >"$tap_dir/$name.out" 2>"$tap_dir/$name.log" &
    pid=$!
    pids="$pids $pid"
    # It writes the line when it answers.
    while ! grep -q '^listening on ' "$tap_dir/$name.out"; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    url=$(sed -n 's/^listening on //p' "$tap_dir/$name.out")
    port=${url##*:}
}

stop() {
    kill -TERM "$pid"
    stopped=0
    wait "$pid" || stopped=$?
}

# ask PATH FILE [curl options]: posts it; the body is standard output, and
# $tap_dir/head the head.
ask() {
    ask_path=$1
    ask_file=$2
    shift 2
    curl -sS -D "$tap_dir/head" -H "Content-Type: ${type:-application/json}" \
        --data-binary "@$ask_file" "$@" "$url$ask_path"
}

status_line() {
    head -n 1 "$tap_dir/head" | tr -d '\r'
}

# A claim of the overall token of a detached EAT in stdout.
overall() {
    jq -r '.[0][1] | split(".")[1]' <"$tap_dir/stdout" | jose b64 dec -i- |
        jq -c ".[\"$1\"]"
}

# wait_for FILE TEXT: until a line of the log has it.
wait_for() {
    tries=0
    while ! grep -qF -e "$2" "$1" && [ "$tries" -lt 400 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    grep -qF -e "$2" "$1"
}
