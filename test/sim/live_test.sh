#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The responder's answers, fetched by openssl and judged by gpuattest verify:
# what the table of troubles expects is what comes out.
. "$(dirname "$0")/../support/tap.sh"
build=${GA_BUILD_DIR:-build/dev}
sim=$build/sim/gpuattest-sim
gpuattest=$build/cli/gpuattest

for tool in openssl jq; do
    command -v "$tool" >/dev/null || {
        it "fetches and verifies"
        skip "no $tool"
        done_testing
    }
done

# Every certificate that is asked about, with its issuer's, as rules.md 8 has
# it; then the checks that did not pass, and the exit status.
cat >"$tap_dir/attest" <<'A'
set -e
cd "$GPUATTEST_SIM_STATE"
mkdir live
awk '/BEGIN/ { n++ } { print > ("d-" n) }' "$GPUATTEST_SIM_DIR/GPU-0/chain.pem"
chain=r
for rim in "$GPUATTEST_SIM_DIR"/rims/*.xml; do
    chain=${chain}r
    tr '<>' '\n\n' <"$rim" | awk -v f="$chain-" '
        /^\/ds:X509Certificate$/ { on = 0; print "-----END CERTIFICATE-----" > (f n) }
        on && NF { print > (f n) }
        /^ds:X509Certificate$/ { on = 1; print "-----BEGIN CERTIFICATE-----" > (f (++n)) }'
done
for pair in d-2:d-3 d-3:d-4 d-4:d-5 rr-1:rr-2 rr-2:rr-3 rr-3:rr-4 rrr-1:rrr-2; do
    openssl ocsp -sha256 -no_nonce -noverify -issuer "${pair#*:}" \
        -cert "${pair%:*}" -url "$GPUATTEST_OCSP_URL" \
        -respout "live/${pair%:*}.der" >/dev/null 2>&1
done
status=0
"$1" verify --nonce "$(cat "$GPUATTEST_SIM_DIR/nonce.hex")" --ocsp-dir live \
    --rim-dir "$GPUATTEST_SIM_DIR/rims" --ocsp-nonce "$2" --format json \
    "$GPUATTEST_SIM_DIR/evidence.json" >out 2>words || status=$?
jq -r '.devices[].checks[], .checks[] | select(.state == "failed" or
    .state == "not_checked") | "\(.name) \(.state):\(.reason)"' out
echo "exit $status"
A

"$sim" run --list-defects >"$tap_dir/table"

# What the table says of a trouble, in the same form.
wanted() {
    awk -v name="$1" '
        /^[^ ]/ { split($1, part, "["); on = part[1] == name
            if (on) status = $3 }
        on && /^    GPU/ { print $2 " " $3 }
        END { print "exit " status }' "$tap_dir/table"
}

it "verifies live answers"
expect_exit 0 "$sim" run -- sh "$tap_dir/attest" "$gpuattest" accept-missing
expect_stdout "exit 0"
expect_exit 0 "$sim" run --arch blackwell -- sh "$tap_dir/attest" \
    "$gpuattest" accept-missing
expect_stdout "exit 0"

for trouble in stale revoked hold unknown signature; do
    it "has service-ocsp-$trouble end as the table says"
    expect_exit 0 "$sim" run --defect "service-ocsp-$trouble" -- \
        sh "$tap_dir/attest" "$gpuattest" accept-missing
    expect_stdout "$(wanted "service-ocsp-$trouble")"
    expect_stdout_has "exit 1"
done

it "has service-ocsp-nonce-missing end as the table says"
expect_exit 0 "$sim" run --defect service-ocsp-nonce-missing -- \
    sh "$tap_dir/attest" "$gpuattest" require
expect_stdout "$(wanted service-ocsp-nonce-missing)"
expect_stdout_has "exit 1"

it "lets defects of single answers through"
expect_exit 0 "$sim" run --defect ocsp-revoked -- sh "$tap_dir/attest" \
    "$gpuattest" accept-missing
expect_stdout "device.ocsp failed:revoked
exit 1"
expect_exit 0 "$sim" run --defect rim-ocsp-unknown -- sh "$tap_dir/attest" \
    "$gpuattest" accept-missing
expect_stdout "driver_rim.ocsp failed:unknown
exit 1"

done_testing
