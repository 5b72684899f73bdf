# SPDX-License-Identifier: Apache-2.0
# Completion for bash.  It asks `gpuattest help`, which prints the tables that
# the command reads its options by: nothing here has to follow them.
# shellcheck shell=bash

# _gpuattest_words FILTER WORDS...: what sed finds in the help of WORDS.
_gpuattest_words() {
    "${COMP_WORDS[0]}" help "${@:2}" 2>/dev/null | sed -n "$1"
}

_gpuattest() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local verb=("${COMP_WORDS[1]}") words seconds=
    COMPREPLY=()
    if [[ $COMP_CWORD -gt 1 ]]; then
        seconds=$(_gpuattest_words "s/^  ${verb[0]} \([a-z-]*\) .*/\1/p" "${verb[0]}")
        [[ -z $seconds || $COMP_CWORD -eq 2 ]] || verb+=("${COMP_WORDS[2]}")
    fi
    if [[ $COMP_CWORD -eq 1 ]]; then
        words=$(_gpuattest_words '/^verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
    elif [[ $COMP_CWORD -eq 2 && -n $seconds ]]; then
        words=$seconds
    elif [[ $current == -* ]]; then
        words=$(_gpuattest_words 's/^  \(--[a-z-]*\).*/\1/p' "${verb[@]}" all)
    elif [[ $before == --* ]]; then
        # The words of a choice stand behind its name, with bars between.
        words=$(_gpuattest_words \
            "s/^  $before \([a-z0-9.-]*|[a-z0-9.|-]*\).*/\1/p" "${verb[@]}" all)
        words=${words//|/ }
    fi
    # Files where nothing else fits: the registration below says so.
    [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _gpuattest gpuattest nvattest
