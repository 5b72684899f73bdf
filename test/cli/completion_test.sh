#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What bash, zsh and fish offer for a command line that is begun.
# shellcheck disable=SC2086,SC2317 # a verb can be two words; of_$shell is called
. "$GA_SOURCE_DIR/test/support/tap.sh"

completions=$GA_SOURCE_DIR/completions
PATH=$GA_BUILD_DIR/cli:$PATH
export PATH
# What the user's own settings would add.
XDG_CONFIG_HOME=$tap_dir XDG_DATA_HOME=$tap_dir XDG_CACHE_HOME=$tap_dir
export XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

# Each prints what is offered for the last of the words, a line each.

# shellcheck disable=SC2016 # bash expands it
of_bash() {
    bash -c '
        . "$1"
        shift
        COMP_WORDS=(gpuattest "$@")
        COMP_CWORD=$#
        _gpuattest
        printf "%s\n" "${COMPREPLY[@]}"' - "$completions/gpuattest.bash" "$@"
}

# The parts of zsh that show the offers need a terminal: here they print them.
# shellcheck disable=SC2016 # zsh expands it
of_zsh() {
    zsh -f -c '
        function _describe {
            print -l -- ${${(P)2}%%:*} | grep -e "^${words[CURRENT]}"
        }
        function _files { : }
        script=$1
        shift
        words=(gpuattest "$@")
        CURRENT=$#words
        . $script' - "$completions/_gpuattest" "$@"
}

# Of a file fish completes the name, which is not ours.
# shellcheck disable=SC2016 # fish expands it
of_fish() {
    (cd "$tap_dir/empty" && fish --no-config -c '
        source $argv[1]
        complete -C "gpuattest $argv[2..-1]"' \
        "$completions/gpuattest.fish" "$@" | cut -f 1)
}

# offers WANT WORDS...: exactly these, in any order, for the last word.
offers() {
    want=$(printf '%s\n' $1 | sort)
    shift
    made
    expect_equal "$want" "$("of_$shell" "$@" | sort)"
}

mkdir "$tap_dir/empty"
verbs="attest bundle collect-evidence diff help inspect nonce policy rim verify verify-token version"
for shell in bash zsh fish; do
    it "has $shell"
    if ! command -v $shell >/dev/null; then
        skip "no $shell"
        continue
    fi
    expect_exit 0 test -x "$(command -v $shell)"

    it "offers verbs in $shell"
    # Other verbs can come; these are there.
    expect_equal "" "$(of_$shell "" | sort >"$tap_dir/offered"
        for verb in $verbs; do
            grep -qx -e "$verb" "$tap_dir/offered" || echo "$verb"
        done)"
    offers "verify get ls id check" rim ""
    offers "create" bundle c

    it "offers each verb's options in $shell, as its help lists them"
    gpuattest help | sed -n '/^verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' >"$tap_dir/firsts"
    while read -r first; do
        [ "$first" != help ] || continue
        gpuattest help "$first" | sed -n "s/^  \($first [a-z-]*\) .*/\1/p" >"$tap_dir/seconds"
        [ -s "$tap_dir/seconds" ] || echo "$first" >"$tap_dir/seconds"
        cat "$tap_dir/seconds"
    done <"$tap_dir/firsts" >"$tap_dir/all"
    expect_exit 0 grep -qx "rim check" "$tap_dir/all"
    while read -r verb; do
        offers "$(gpuattest help $verb all | sed -n 's/^  \(--[a-z-]*\).*/\1/p')" $verb --
    done <"$tap_dir/all"

    it "offers in $shell the options that begin so"
    offers "--kind" inspect --k
    offers "--version" rim verify --v
    offers "--min-driver" attest --min-d

    it "offers the words of a choice in $shell"
    offers "text json" verify --format ""
    offers "require accept-missing ignore" verify --ocsp-nonce ""
    offers "2.0" verify f --claims-version 2
    offers "json" version --format j

    it "leaves files to $shell"
    offers "" verify --rim-dir ""
    offers "" inspect ""
    offers "" nonsense --x
done
done_testing
