# SPDX-License-Identifier: Apache-2.0
# Completion for fish.  It asks `gpuattest help`, as that for bash does.

# __gpuattest_words FILTER WORDS...: "word<tab>its help" from the help of WORDS.
function __gpuattest_words
    set -l line (commandline -opc)
    $line[1] help $argv[2..-1] 2>/dev/null | sed -n $argv[1]
end

function __gpuattest
    set -l line (commandline -opc)
    set -l current (commandline -ct)
    if test (count $line) -eq 1
        __gpuattest_words '/^verbs:/,/^$/s/^  \([a-z-]*\)  *\(VERB \[all\]  *\)\{0,1\}\(.*\)/\1\t\3/p'
        return
    end
    set -l verb $line[2]
    set -l seconds (__gpuattest_words "s/^  $verb \([a-z-]*\)  *\(.*\)/\1\t\2/p" $verb)
    if test (count $seconds) -gt 0
        if test (count $line) -eq 2
            printf '%s\n' $seconds
            return
        end
        set -a verb $line[3]
    end
    if string match -q -- '-*' $current
        __gpuattest_words 's/^  \(--[a-z-]*\).*/\1/p' $verb all
    else if string match -q -- '--*' $line[-1]
        __gpuattest_words "s/^  $line[-1] \([a-z0-9.-]*|[a-z0-9.|-]*\).*/\1/p" $verb all |
            string split '|'
    end
end

# Files too, where the command has nothing to say.
complete -c gpuattest -f -n 'test -n "$(__gpuattest)"' -a '(__gpuattest)'
complete -c nvattest -f -n 'test -n "$(__gpuattest)"' -a '(__gpuattest)'
