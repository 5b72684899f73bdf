#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What bash offers for a command line that is begun.
. "$GA_SOURCE_DIR/test/support/tap.sh"

# offers WORDS LINE...: exactly these, for the last word of LINE.
offers() {
    want=$1
    shift
    made
    # shellcheck disable=SC2016 # bash expands it
    got=$(bash -c '
        . "$1"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        _gpuattest
        echo "${COMPREPLY[*]}"' - \
        "$GA_SOURCE_DIR/completions/gpuattest.bash" \
        "$GA_BUILD_DIR/cli/gpuattest" "$@")
    expect_equal "$want" "$got"
}

it "has bash"
if ! command -v bash >/dev/null; then
    skip "no bash"
    done_testing
fi
expect_equal "0" "$(bash -n "$GA_SOURCE_DIR/completions/gpuattest.bash"; echo $?)"

it "offers verbs"
offers "attest collect-evidence diff help inspect nonce policy rim verify verify-token version" ""
offers "verify verify-token version" ve
offers "collect-evidence" c
offers "verify get ls id" rim ""
offers "check test show" policy ""

it "offers the options of the verb"
offers "--ocsp-dir --ocsp-url --ocsp-cert-id-hash --ocsp-cache-age --ocsp-grace --ocsp-max-age --ocsp-skew --ocsp-nonce" \
    verify --ocsp
offers "--kind --format --help" inspect --
offers "--version" rim verify --v
offers "--query" policy test --q

it "offers the words of a choice"
offers "text json" verify --format ""
offers "require accept-missing ignore" verify --ocsp-nonce ""
offers "2.0 3.0 4.0" verify f --claims-version ""
offers "json" version --format j

it "leaves files to the shell"
offers "" verify --rim-dir ""
offers "" inspect ""
offers "" nonsense --x
done_testing
