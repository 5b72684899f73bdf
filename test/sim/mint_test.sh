#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command, and what it writes seen by other people's programs.
. "$(dirname "$0")/../support/tap.sh"
sim="${GA_BUILD_DIR:-build/dev}/sim/gpuattest-sim"
nonce=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
at=2026-03-01T12:00:00Z
later=1772370000 # an hour later
w=$tap_dir/world

need() {
    for tool; do
        command -v "$tool" >/dev/null || {
            skip "no $tool"
            return 1
        }
    done
}

mint() {
    run "$sim" mint "$@" --seed test --nonce "$nonce" --at "$at"
}

it "prints the folder and nothing else on stdout"
expect_exit 0 "$sim" mint "$w" --gpus 2 --switches 1 --seed test \
    --nonce "$nonce" --at "$at"
expect_stdout "$w"
expect_stderr "gpuattest-sim: 2 GPUs, 1 switches, 3 RIMs, 13 OCSP answers; \
simulator files, trust them for nothing"

it "writes exactly these files"
made
(cd "$w" && find . -type f | LC_ALL=C sort) >"$tap_dir/stdout"
expect_stdout "./GPU-0/chain.pem
./GPU-0/report.bin
./GPU-1/chain.pem
./GPU-1/report.bin
./README
./SWITCH-0/chain.pem
./SWITCH-0/report.bin
./anchors/device.pem
./anchors/rim.pem
./evidence.json
./gpu.json
./nonce.hex
./ocsp/GPU-0-brom.der
./ocsp/GPU-1-brom.der
./ocsp/SWITCH-0-brom.der
./ocsp/bios-rim-signer.der
./ocsp/driver-rim-signer.der
./ocsp/ica-gpu.der
./ocsp/ica-switch.der
./ocsp/identity.der
./ocsp/rim-ca-gpu.der
./ocsp/rim-ca-switch.der
./ocsp/rim-l3-gpu.der
./ocsp/rim-l3-switch.der
./ocsp/vbios-rim-signer.der
./rims/NV_GPU_DRIVER_GH100_580.95.05.xml
./rims/NV_GPU_VBIOS_G520_0280_895_9600CF0002.xml
./rims/NV_SWITCH_BIOS_5612_0002_890_96106D0001.xml
./switch.json
./world.json"

it "makes the same bytes from the same seed"
mint "$tap_dir/again" --gpus 2 --switches 1
expect_exit 0 diff -r "$w" "$tap_dir/again"

it "makes other bytes without a seed"
run "$sim" mint "$tap_dir/random" --nonce "$nonce" --at "$at"
expect_exit 1 cmp "$w/anchors/device.pem" "$tap_dir/random/anchors/device.pem"

it "says whose files they are"
expect_exit 0 cat "$w/README"
expect_stdout_has "no device has ever signed any of it"
expect_exit 0 grep -c '"exit_status": 0' "$w/world.json"

# Certificates of a chain as files $tap_dir/cert-0 and so on.
split() {
    awk -v to="$tap_dir/cert-" '/BEGIN/ { n++ } { print > (to (n - 1)) }' "$1"
}

it "writes chains that openssl verifies"
if need openssl; then
    for device in GPU-0 GPU-1 SWITCH-0; do
        split "$w/$device/chain.pem"
        cat "$tap_dir/cert-1" "$tap_dir/cert-2" "$tap_dir/cert-3" \
            >"$tap_dir/between"
        expect_exit 0 openssl verify -ignore_critical -attime "$later" \
            -CAfile "$w/anchors/device.pem" -untrusted "$tap_dir/between" \
            "$tap_dir/cert-0"
        # The extension is critical indeed.
        expect_exit 2 openssl verify -attime "$later" \
            -CAfile "$w/anchors/device.pem" -untrusted "$tap_dir/between" \
            "$tap_dir/cert-0"
    done
fi

it "names the simulator in every certificate"
if need openssl; then
    for n in 0 1 2 3 4; do
        expect_exit 0 openssl x509 -noout -subject -issuer -in "$tap_dir/cert-$n"
        expect_stdout_lacks "O = NVIDIA"
        expect_stdout_has "O = gpuattest simulator"
    done
fi

it "signs reports with the leaf's key"
if need openssl; then
    split "$w/GPU-0/chain.pem"
    openssl x509 -in "$tap_dir/cert-0" -noout -pubkey >"$tap_dir/key"
    size=$(wc -c <"$w/GPU-0/report.bin")
    head -c $((size - 96)) "$w/GPU-0/report.bin" >"$tap_dir/signed"
    # DER from r || s.
    tail -c 96 "$w/GPU-0/report.bin" | od -An -v -tx1 | tr -d ' \n' |
        sed 's/^\(.\{96\}\)\(.*\)/asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x\1\ns=INTEGER:0x\2\n/' \
        >"$tap_dir/asn1"
    expect_exit 0 openssl asn1parse -genconf "$tap_dir/asn1" -noout \
        -out "$tap_dir/der"
    expect_exit 0 openssl dgst -sha384 -verify "$tap_dir/key" \
        -signature "$tap_dir/der" "$tap_dir/signed"
fi

# openssl ocsp knows the present alone.
now=$tap_dir/now
run "$sim" mint "$now" --gpus 2 --switches 1

# ocsp ANSWER CERT ISSUER OTHERS ANCHOR
ocsp() {
    expect_exit 0 openssl ocsp -sha384 -no_nonce -ignore_critical \
        -respin "$now/ocsp/$1.der" -issuer "$3" -cert "$2" \
        -verify_other "$4" -CAfile "$now/anchors/$5.pem"
    expect_stderr "Response verify OK"
    expect_stdout_has ": good"
}

it "writes answers that openssl verifies, for device chains"
if need openssl; then
    split "$now/GPU-1/chain.pem"
    cat "$tap_dir/cert-2" "$tap_dir/cert-3" >"$tap_dir/between"
    ocsp GPU-1-brom "$tap_dir/cert-1" "$tap_dir/cert-2" "$tap_dir/between" device
    ocsp ica-gpu "$tap_dir/cert-2" "$tap_dir/cert-3" "$tap_dir/between" device
    ocsp identity "$tap_dir/cert-3" "$tap_dir/cert-4" "$tap_dir/between" device
    split "$now/SWITCH-0/chain.pem"
    cat "$tap_dir/cert-2" "$tap_dir/cert-3" >"$tap_dir/between"
    ocsp SWITCH-0-brom "$tap_dir/cert-1" "$tap_dir/cert-2" "$tap_dir/between" device
    ocsp ica-switch "$tap_dir/cert-2" "$tap_dir/cert-3" "$tap_dir/between" device
fi

# The certificates of a RIM as PEM.
rim_certs() {
    sed 's/<ds:X509Certificate>/\n-----BEGIN CERTIFICATE-----\n/g
         s/<\/ds:X509Certificate>/-----END CERTIFICATE-----\n/g' "$1" |
        sed -n '/^-----BEGIN/,/^-----END/p' >"$tap_dir/rim.pem"
    split "$tap_dir/rim.pem"
}

it "writes answers that openssl verifies, for RIM chains"
if need openssl; then
    for rim in driver:gpu:NV_GPU_DRIVER vbios:gpu:NV_GPU_VBIOS \
        bios:switch:NV_SWITCH_BIOS; do
        role=${rim%%:*}
        id=${rim##*:}
        of=${rim#*:}
        of=${of%:*}
        rim_certs "$now/rims/$id"*.xml
        cat "$tap_dir/cert-1" "$tap_dir/cert-2" >"$tap_dir/between"
        ocsp "$role-rim-signer" "$tap_dir/cert-0" "$tap_dir/cert-1" \
            "$tap_dir/between" rim
        ocsp "rim-l3-$of" "$tap_dir/cert-1" "$tap_dir/cert-2" \
            "$tap_dir/between" rim
        ocsp "rim-ca-$of" "$tap_dir/cert-2" "$tap_dir/cert-3" \
            "$tap_dir/between" rim
        expect_exit 0 openssl verify -ignore_critical \
            -CAfile "$now/anchors/rim.pem" -untrusted "$tap_dir/between" \
            "$tap_dir/cert-0"
    done
fi

it "signs RIMs so that xmlsec1 verifies them"
if need xmlsec1; then
    for rim in "$w"/rims/*.xml; do
        rim_certs "$rim"
        expect_exit 0 xmlsec1 --verify --pubkey-cert-pem "$tap_dir/cert-0" "$rim"
    done
fi

it "digests what xmllint finds canonical"
if need xmllint openssl; then
    for rim in "$w"/rims/*.xml; do
        # Enveloped: the document without its Signature.
        sed '/^<ds:Signature/,$d' "$rim" >"$tap_dir/bare.xml"
        printf '</SoftwareIdentity>' >>"$tap_dir/bare.xml"
        expect_exit 0 xmllint --c14n11 "$tap_dir/bare.xml"
        expect_equal \
            "$(sed -n 's/.*<ds:DigestValue>\(.*\)<\/ds:DigestValue>.*/\1/p' "$rim")" \
            "$(openssl dgst -sha384 -binary "$tap_dir/stdout" |
                openssl base64 -A)"
    done
fi

it "leaves every RIM signature bad that it should"
if need xmlsec1; then
    for defect in rim-digest:DRIVER vbios-rim-signature:VBIOS; do
        mint "$tap_dir/${defect%:*}" --defect "${defect%:*}"
        rim=$(echo "$tap_dir/${defect%:*}"/rims/*"${defect#*:}"*)
        rim_certs "$rim"
        expect_exit 1 xmlsec1 --verify --pubkey-cert-pem "$tap_dir/cert-0" "$rim"
    done
    for defect in rim-hash-no-ns rim-version-other rim-expired; do
        mint "$tap_dir/$defect" --defect "$defect"
        rim=$(echo "$tap_dir/$defect"/rims/*DRIVER*)
        rim_certs "$rim"
        expect_exit 0 xmlsec1 --verify --pubkey-cert-pem "$tap_dir/cert-0" "$rim"
    done
fi

it "lists every defect with what must fail"
expect_exit 0 "$sim" mint --list-defects
made
[ "$(grep -c '^[a-z]' "$tap_dir/stdout")" -ge 20 ] || wrong "fewer than 20"
expect_stdout_has "    GPU-0    measurements.match failed:index-9"
for defect in trailing-byte golden-wrong file-nonce-only; do
    expect_exit 0 "$sim" mint "$tap_dir/d-$defect" --defect "$defect" --seed x
    expect_exit 0 grep -F "\"name\": \"$defect\"" "$tap_dir/d-$defect/world.json"
done

it "expects exit status 3 of evidence that does not parse, 2 without a nonce"
expect_exit 0 grep -F '"exit_status": 3' "$tap_dir/d-trailing-byte/world.json"
expect_exit 0 grep -F '"exit_status": 1' "$tap_dir/d-golden-wrong/world.json"
expect_exit 0 grep -F '"exit_status": 2' "$tap_dir/d-file-nonce-only/world.json"

it "refuses a folder that is not empty"
expect_exit 3 "$sim" mint "$w"
expect_stdout ""
expect_stderr "gpuattest-sim: $w: is not empty; see --force"

it "takes an empty folder"
mkdir "$tap_dir/empty"
expect_exit 0 "$sim" mint "$tap_dir/empty"

it "removes an earlier world's RIMs and answers with --force"
: >"$w/rims/NV_OLD.xml"
: >"$w/ocsp/old.der"
: >"$w/ocsp/notes.txt"
expect_exit 0 "$sim" mint "$w" --force --defect rim-missing
expect_exit 2 ls "$w"/rims/*DRIVER* "$w/rims/NV_OLD.xml" "$w/ocsp/old.der"
expect_exit 0 ls "$w/ocsp/notes.txt"

it "removes nothing from a folder that holds no world"
mkdir -p "$tap_dir/foreign/rims"
: >"$tap_dir/foreign/rims/mine.xml"
expect_exit 0 "$sim" mint "$tap_dir/foreign" --force
expect_exit 0 ls "$tap_dir/foreign/rims/mine.xml"

it "says why a folder cannot be made"
expect_exit 3 "$sim" mint "$tap_dir/no/such"
expect_stderr "gpuattest-sim: $tap_dir/no/such: cannot be made: \
No such file or directory"

it "prints what it is and can, asked in any way"
for word in --help -h help; do
    expect_exit 0 "$sim" "$word"
    expect_stderr ""
    expect_stdout_has "usage: gpuattest-sim VERB"
done
expect_exit 0 "$sim" --version
expect_stderr ""
expect_equal "gpuattest-sim" "$(sed 's/ [0-9]*\.[0-9]*\.[0-9]*$//' "$tap_dir/stdout")"

it "says which option is wrong"
expect_exit 2 "$sim" mint "$tap_dir/x" --gpus no
expect_stderr "gpuattest-sim: --gpus: 'no' is not allowed, only numbers up to 128
gpuattest-sim: see gpuattest-sim mint --help"
expect_stdout ""
expect_exit 2 "$sim" mint "$tap_dir/x" --arch blackwell --switches 1
expect_exit 2 ls "$tap_dir/x"

it "needs a verb that exists"
expect_exit 2 "$sim"
expect_exit 2 "$sim" conjure
expect_stdout ""
expect_stderr_has "usage: gpuattest-sim VERB"
expect_exit 0 "$sim" --help
expect_stdout_has "mint"

it "prints help that fits a screen"
expect_exit 0 "$sim" mint --help
expect_stderr ""
made
[ "$(wc -l <"$tap_dir/stdout")" -le 24 ] || wrong "more than 24 lines"
made
awk 'length > 80 { exit 1 }' "$tap_dir/stdout" || wrong "wider than 80"

it "fails where what it printed did not arrive"
made
if [ -w /dev/full ]; then
    "$sim" mint --help >/dev/full 2>"$tap_dir/stderr"
    [ $? -eq 3 ] || wrong "another exit status"
fi

done_testing
