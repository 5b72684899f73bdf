# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the checks share.  A check prints one line per problem, as
# "path:line: text" or "path: text", and ends with status 1 when it printed any,
# 77 when it cannot be made here.  It looks at the tree it stands in; the tests
# of the checks name another one in GA_CHECK_ROOT.

check_dir=$(cd "$(dirname "$0")" && pwd) || exit 70
root=${GA_CHECK_ROOT:-$check_dir/../..}
cd "$root" || exit 70
LC_ALL=C
export LC_ALL

# What a check prints, and what its tools complain about, is a problem.
problems=$(mktemp) || exit 70
trap 'rm -f "$problems"' EXIT
exec 3>&1 >"$problems" 2>&1

# files NAME-PATTERN... -- FOLDER...: the project's files of these names.
files() {
    names=
    while [ "$1" != -- ]; do
        names="$names${names:+ -o }-name $1"
        shift
    done
    shift
    for folder; do
        [ -e "$folder" ] || continue
        set -f
        # shellcheck disable=SC2086 # words on purpose
        find "$folder" -type f \( $names \) -not -path '*/.?*/*' | sort
        set +f
    done
}

# Every file of the project, from git where there is one; whoever owns it.
all_files() {
    if [ -e .git ]; then
        git -c safe.directory='*' ls-files -co --exclude-standard | while read -r path; do
            [ ! -f "$path" ] || printf '%s\n' "$path"
        done
    else
        find . -type f -not -path './build/*' | sed 's,^\./,,' | sort
    fi
}

# need TOOL: the check is not made where the tool is absent.
need() {
    command -v "$1" >/dev/null || {
        echo "no $1" >&3
        exit 77
    }
}

# finish: the last line of a check.
finish() {
    [ -s "$problems" ] || exit 0
    cat "$problems" >&3
    exit 1
}
