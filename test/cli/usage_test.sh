#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line from outside: exact status, stdout and stderr of what ends
# before anything is verified.
# shellcheck disable=SC2086 # a verb can be two words
. "$GA_SOURCE_DIR/test/support/tap.sh"

gpuattest=$GA_BUILD_DIR/cli/gpuattest
nonce=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
cd "$tap_dir" || exit 70
unset NO_COLOR
: >empty
printf 'garbage\n' >garbage
mkdir dir

# refused TEXT WORDS...: exit 2, TEXT and the way to help on stderr, no stdout.
refused() {
    want=$1
    verb=$2
    shift 2
    expect_exit 2 "$gpuattest" $verb "$@"
    expect_stdout ""
    expect_stderr "gpuattest: $want
gpuattest: see \"gpuattest $verb --help\""
}

it "prints help to stdout"
expect_exit 0 "$gpuattest" --help
expect_stderr ""
expect_stdout_has "usage: gpuattest VERB"
expect_stdout_has "70 internal error"
cp stdout help
expect_exit 0 "$gpuattest" help
expect_equal "$(cat help)" "$(cat stdout)"
expect_exit 0 "$gpuattest" -h
expect_equal "$(cat help)" "$(cat stdout)"

it "fits help on a screen"
expect_equal "" "$(awk 'length > 79' help)"
made
[ "$(wc -l <help)" -le 30 ] || wrong "$(wc -l <help) lines"

for verb in verify verify-token attest collect-evidence "rim verify" "rim get" "rim ls" "rim id" "rim check" "bundle create" "bundle show" inspect diff nonce version; do
    it "prints the help of $verb three ways"
    expect_exit 0 "$gpuattest" $verb --help
    expect_stderr ""
    expect_stdout_has "usage: gpuattest $verb [options]"
    cp stdout help
    expect_exit 0 "$gpuattest" help $verb
    expect_equal "$(cat help)" "$(cat stdout)"
    expect_exit 0 "$gpuattest" $verb --nonsense -h
    expect_equal "$(cat help)" "$(cat stdout)"
done

it "refuses to do nothing"
expect_exit 2 "$gpuattest"
expect_stdout ""
expect_stderr 'gpuattest: no verb
gpuattest: see "gpuattest help"'

it "refuses an unknown verb"
expect_exit 2 "$gpuattest" veryfi
expect_stderr 'gpuattest: unknown verb "veryfi"
gpuattest: see "gpuattest help"'
expect_exit 2 "$gpuattest" help veryfi
expect_stderr_has 'unknown verb "veryfi"'

it "refuses words behind help that mean nothing"
for family in "" rim; do
    expect_exit 2 "$gpuattest" help $family verify foo
    expect_stdout ""
    expect_stderr "gpuattest: help ${family:+rim }verify: \"foo\" is one word too many, \
only \"all\" can follow
gpuattest: see \"gpuattest help\""
done
expect_exit 2 "$gpuattest" help verify all all
expect_stdout ""

it "says what is wrong with an option before the verb"
expect_exit 2 "$gpuattest" --nonce "$nonce" verify garbage
expect_stdout ""
expect_stderr 'gpuattest: option "--nonce" before the verb: gpuattest VERB [options]
gpuattest: see "gpuattest help"'

it "takes the options of all verbs before help and --version too"
expect_exit 0 "$gpuattest" -l debug --help
expect_stdout_has "usage: gpuattest VERB"
expect_exit 0 "$gpuattest" --format json --version
expect_stdout_has '"gpuattest": '

it "refuses half of a verb"
expect_exit 2 "$gpuattest" rim x.xml
expect_stderr_has '"rim" needs a second word: verify'

it "prints usage errors as JSON where that was asked for"
expect_exit 2 "$gpuattest" verify --nonsense --format json
expect_stdout '{
  "result_code": 2,
  "result_message": "unknown option \"--nonsense\"",
  "claims": [],
  "detached_eat": null,
  "error": {
    "code": "INVAL",
    "class": "USAGE",
    "text": "unknown option \"--nonsense\"",
    "offset": null
  }
}'
expect_stderr_has 'gpuattest: unknown option "--nonsense"'
expect_exit 2 "$gpuattest" veryfi --format json
expect_stdout_has '"result_code": 2'
expect_exit 2 env GPUATTEST_FORMAT=json "$gpuattest" veryfi
expect_stdout_has '"result_code": 2'
expect_exit 2 env GPUATTEST_FORMAT=json "$gpuattest" veryfi --format text
expect_stdout ""
expect_exit 2 env GPUATTEST_FORMAT=json "$gpuattest" verify
expect_stdout_has '"result_code": 2'

it "needs a nonce"
refused "--nonce is missing: the 64 hex digits that you chose" verify garbage

it "needs evidence"
refused "no evidence: name FILE, or --report and --chain" verify \
    --nonce "$nonce"

it "refuses what does not go with the remote verifier"
refused "--verifier remote asks a service, --offline none" verify \
    --verifier remote --offline --nonce "$nonce" garbage
refused "--at: the service verifies as of the present" verify \
    --verifier remote --at 2026-06-01T00:00:00Z --nonce "$nonce" garbage
refused "--rim-signed-after: the service chooses the RIMs" verify \
    --verifier remote --rim-signed-after 2026-06-01T00:00:00Z \
    --nonce "$nonce" garbage
refused "--topology: a service judges devices, and not their board; ppcie \
--verifier remote judges both" verify --verifier remote \
    --topology hgx-hopper --nonce "$nonce" garbage
refused "--eat-key: what the service signed is its own" verify \
    --verifier remote --eat-key key.pem --nonce "$nonce" garbage
refused "--save-jwks: nothing is signed, and no service asked" verify \
    --save-jwks jwks.json --nonce "$nonce" garbage

it "refuses a signed result without its issuer or its key"
refused "--eat-issuer is missing: who signs" verify --eat-key key.pem \
    --nonce "$nonce" garbage
refused "--eat-key: the token is a part of --format json" verify \
    --eat-key key.pem --eat-issuer https://a.example --nonce "$nonce" garbage
refused "--eat-key is missing: nothing is signed" verify \
    --eat-allow-relaxed --nonce "$nonce" garbage

for bad in "" 0 "${nonce}0" "${nonce%?}" "0x$nonce$nonce" "${nonce%?}g" \
    " $nonce" "$nonce " "0X0x$nonce" "x$nonce" "-$nonce"; do
    it "refuses the nonce '$bad'"
    expect_exit 2 "$gpuattest" verify "--nonce=$bad" garbage
    expect_stdout ""
    expect_stderr_has "gpuattest: --nonce: "
done

it "finds usage errors before it looks for files"
expect_exit 2 "$gpuattest" verify --nonce 00 absent
expect_exit 2 "$gpuattest" verify --nonce "$nonce" --relax report.signature \
    absent
expect_exit 2 "$gpuattest" verify --nonce "$nonce" --relax no.such:check absent
expect_exit 2 "$gpuattest" verify --nonce "$nonce" --arch VOLTA absent

it "refuses standard input twice"
refused "FILE: standard input is read already, by FILE" verify \
    --nonce "$nonce" - -

# unreadable STATUS WORDS...: what stands for evidence and is none.
unreadable() {
    expect_exit 3 "$gpuattest" verify --nonce "$nonce" "$@"
    expect_stdout ""
    expect_stderr_has "gpuattest: "
    made
    [ "$(wc -l <stderr)" -eq 1 ] || wrong "$(cat stderr)"
    expect_exit 3 "$gpuattest" verify --format json --nonce "$nonce" "$@"
    expect_stdout_has '"result_code": 3'
}

it "cannot read an absent file"
unreadable absent
expect_stderr_has "absent: No such file or directory"
it "cannot read a directory"
unreadable dir
expect_stderr_has "dir: "
it "cannot read an empty file"
unreadable empty
expect_stderr_has "empty: "
it "cannot read garbage"
unreadable garbage
expect_stderr_has "garbage: "
it "cannot read an empty standard input"
unreadable -
it "cannot read a report that is absent"
unreadable --report absent --chain garbage
expect_stderr_has "absent: No such file or directory"
it "cannot read an empty chain"
unreadable --report garbage --chain empty
expect_stderr_has "empty: the file is empty"
it "cannot read an anchor that is none"
unreadable --device-anchor garbage garbage
expect_stderr_has "garbage: "
it "cannot read a directory of RIMs that is absent"
unreadable --rim-dir absent garbage
expect_stderr_has "absent: "
it "cannot read a directory of answers that is absent"
unreadable --ocsp-dir absent garbage
expect_stderr_has "absent: "
it "cannot read an empty list"
echo '[]' >list
unreadable list
it "says once where garbage begins"
expect_exit 3 "$gpuattest" verify --nonce "$nonce" garbage
made
grep -q 'byte\|at [0-9]' stderr || wrong "no offset"
printf '[1,' >broken
expect_exit 3 "$gpuattest" verify --nonce "$nonce" broken
expect_equal 1 "$(grep -o '[0-9][0-9]*' stderr | sort | uniq -c | sort -rn |
    awk 'NR == 1 { print $1 }')"

it "escapes the names of files"
unreadable "$(printf 'a\033[31mb')"
expect_stderr 'gpuattest: a\x1b[31mb: No such file or directory'

it "inspects nothing that cannot be read"
for file in absent dir empty garbage; do
    expect_exit 3 "$gpuattest" inspect $file
    expect_stderr_has "gpuattest: "
    expect_exit 3 "$gpuattest" inspect --format json $file
    expect_stdout_has '"result_code": 3'
    expect_stdout_lacks '"verified": true'
done

it "says first that nothing was verified"
expect_exit 3 "$gpuattest" inspect garbage
expect_equal "NOTHING HERE WAS VERIFIED" "$(head -n 1 stdout)"

it "bounds each kind before it is parsed"
head -c 70000 /dev/zero | tr '\0' '\021' >big
for kind in report chain ocsp; do
    expect_exit 3 "$gpuattest" inspect --kind $kind big
    expect_stdout ""
    expect_stderr_has "big: "
done
{ printf '\021\340'; cat big; } >long
expect_exit 3 "$gpuattest" inspect long
expect_stdout ""
expect_stderr "gpuattest: long: report: 70002 bytes, not 1 to 8192"
head -c 1100000 /dev/zero >huge
expect_exit 3 "$gpuattest" inspect huge
expect_stdout ""
expect_exit 3 "$gpuattest" verify --nonce "$nonce" huge
expect_stdout ""

# What a parser could choke on, just below the cap.
it "ends soon whatever it reads"
head -c 1000000 /dev/zero | tr '\0' '[' >deep
head -c 1000000 /dev/zero | tr '\0' A >base64
{ printf '['; yes '{},' | head -n 300000 | tr -d '\n'; printf '{}]'; } >many
head -c 200000 /dev/zero | sed 's/\x00/<a>/g' | head -c 250000 >nested
{ printf '"'; head -c 900000 /dev/zero | tr '\0' 'W'; printf '"'; } >layers
for file in deep base64 many nested layers; do
    expect_exit 3 timeout 20 "$gpuattest" inspect $file
    expect_exit 3 timeout 20 "$gpuattest" verify --nonce "$nonce" $file
    expect_stdout ""
done

it "tells kinds by their content"
printf '\021\340\001\377' >report
printf '  -----BEGIN CERTIFICATE-----\n' >chain
printf '<a/>' >rim
printf '\060\202\001\000' >ocsp
printf '[]' >evidence
for kind in report chain rim ocsp evidence; do
    expect_exit 3 "$gpuattest" inspect $kind
    expect_equal "kind: $kind" "$(sed -n 2p stdout)"
done
expect_exit 3 "$gpuattest" inspect rim
expect_stderr_has " (byte "
expect_exit 3 "$gpuattest" inspect --kind chain rim
expect_equal "kind: chain" "$(sed -n 2p stdout)"

it "does not end well when stdout is full"
if [ -w /dev/full ]; then
    made
    "$gpuattest" version >/dev/full 2>err
    expect_equal 70 $?
    expect_equal "gpuattest: standard output: No space left on device" \
        "$(cat err)"
    "$gpuattest" --help >/dev/full 2>err
    expect_equal 70 $?
    "$gpuattest" verify --format json >/dev/full 2>err
    expect_equal 70 $?
else
    skip "no /dev/full"
fi

it "does not end well when stdout is closed"
made
"$gpuattest" version >&- 2>err
expect_equal 70 $?
expect_equal "gpuattest: standard output: Bad file descriptor" "$(cat err)"

it "does not end well when nobody reads"
made
# Its reader is gone before it writes.
( sleep 0.2; "$gpuattest" version 2>err; echo $? >status ) | true
expect_equal 70 "$(cat status)"
expect_equal "gpuattest: standard output: Broken pipe" "$(cat err)"

it "prints its version"
expect_exit 0 "$gpuattest" version
expect_stderr ""
expect_equal 4 "$(wc -l <stdout)"
expect_stdout_has "gpuattest: "
cp stdout text
expect_exit 0 "$gpuattest" --version
expect_equal "$(cat text)" "$(cat stdout)"
expect_exit 0 "$gpuattest" version --format=json
expect_equal "$(cat text)" "$(tr -d ' {}",' <stdout | sed '/^$/d;s/:/: /')"

# A pipe that nobody writes to: who opens it, waits.
it "reads no configuration of OpenSSL"
mkfifo conf
expect_exit 3 env "OPENSSL_CONF=$tap_dir/conf" timeout 20 "$gpuattest" verify \
    --nonce "$nonce" list
done_testing
