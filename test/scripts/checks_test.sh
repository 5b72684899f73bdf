#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each check of scripts/check passes a small good tree and refuses it with one
# thing broken, for that reason.
. "$GA_SOURCE_DIR/test/support/tap.sh"
tree=$tap_dir/tree
GA_CHECK_ROOT=$tree
GA_BUILD_DIR=$tree/build
export GA_CHECK_ROOT GA_BUILD_DIR
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

# good_tree: one layer upon another, a public function, its document.
good_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/include/gpuattest" "$tree/src/base" "$tree/src/spdm" \
        "$tree/docs" "$tree/cli" "$tree/scripts" "$tree/man"
    cp "$GA_SOURCE_DIR/.clang-format" "$tree"
    cat >"$tree/docs/architecture.md" <<'T'
## Layers

| layer | folder | may include | libraries | what it is |
|---|---|---|---|---|
| base | `src/base` | | openssl | ground |
| spdm | `src/spdm` | base | | report |
| cli | `cli` | base spdm | | command |

## Where do I change X

| I want to | touch |
|---|---|
| add a bound | `src/base/one.h` |
T
    cat >"$tree/docs/sources.md" <<'T'
## rfc1 Host Software
T
    cat >"$tree/docs/seed.md" <<'T'
| seed | here | state |
|---|---|---|
| `parse` | `ga_one()` | here |
| `fetch` | issue 5 | later |
T
    cat >"$tree/include/gpuattest/one.h" <<T
$spdx
#include <stddef.h>

/* ga_one returns one. */
GA_API int ga_one(void);

/*
 * ga_two and ga_three return what their names say.
 */
GA_API int ga_two(void);
GA_API int ga_three(int the_first_of_all_numbers,
                    int the_second_of_all_numbers);
T
    cat >"$tree/src/libgpuattest.map" <<'T'
# SPDX-License-Identifier: Apache-2.0
GPUATTEST_0.1 {
global:
    ga_one;
    ga_three;
    ga_two;
local:
    *;
};
T
    cat >"$tree/src/base/one.h" <<T
$spdx
#include <openssl/evp.h>
T
    cat >"$tree/src/spdm/report.c" <<T
$spdx
#include "spdm/report.h"

#include "base/one.h"
#include "gpuattest/one.h"

/* One is one.  Source: rfc1, section 1. */
int
ga_one(void)
{
    const char *text = "strcpy(a, b) /* not a comment";

    return text[0] == 's'; /* not sprintf(x) */
}
T
    echo "$spdx" >"$tree/src/spdm/report.h"
    echo " - ga_one, ga_two, ga_three" >"$tree/NEWS"
    cat >"$tree/scripts/hello.sh" <<'T'
#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
echo "hello $1"
T
    cat >"$tree/man/one.1" <<'T'
.\" SPDX-License-Identifier: Apache-2.0
.TH ONE 1 2026-01-01
.SH NAME
one \- count
.SH DESCRIPTION
Counts.
T
}

# check NAME STATUS [TEXT]: makes one check on the tree.
check() {
    expect_exit "$2" "$GA_SOURCE_DIR/scripts/check/$1"
    [ -z "${3:-}" ] || expect_stdout_has "$3"
}

# refuses NAME TEXT: the sentence, after the tree was broken.
refuses() {
    it "$1: $3"
    check "$1" 1 "$2"
    good_tree
}

good_tree
for name in banned format functions layers length links machine man seed \
    shell sources spdx symbols; do
    it "$name: passes a good tree"
    case $name in
    format) tool=clang-format ;;
    shell) tool=shellcheck ;;
    man) tool=mandoc ;;
    *) tool="sh" ;;
    esac
    if command -v "$tool" >/dev/null 2>&1; then
        check "$name" 0
        expect_stdout ""
    else
        skip "no $tool"
    fi
done

echo '    strcpy(to, from);' >>"$tree/src/spdm/report.c"
refuses banned "src/spdm/report.c:15: strcpy: use " "finds a call"
echo '/* a */ x = memcmp(digest, other, 48);' >>"$tree/src/spdm/report.c"
refuses banned "src/spdm/report.c:15: memcmp on a digest" "finds memcmp on a digest"
echo 'printf("x");' >>"$tree/src/spdm/report.c"
echo 'printf("x");' >>"$tree/cli/main.c"
refuses banned "src/spdm/report.c:15: printf" "finds printing in the library"
echo 'printf("x");' >>"$tree/cli/main.c"
it "banned: lets the command print"
check banned 0
good_tree
echo 'x = getenv("HOME"), y = secure_getenv("HOME");' >>"$tree/cli/main.c"
refuses banned "cli/main.c:1: getenv: use secure_getenv" "finds getenv beside secure_getenv"
printf '/* a\n */ atoi(x); /*\n*/\n' >>"$tree/cli/main.c"
refuses banned "cli/main.c:2: atoi" "looks behind a comment of several lines"

if command -v clang-format >/dev/null 2>&1; then
    echo 'int  x ;' >>"$tree/src/spdm/report.c"
    refuses format "src/spdm/report.c:15" "finds a line that is laid out otherwise"
fi

{
    printf 'int\nlong_one(void)\n{\n'
    yes '    x = 1;' | head -n 78
    printf '}\n'
} >>"$tree/src/spdm/report.c"
refuses functions "src/spdm/report.c:16: long_one: 81 lines, more than 80" "finds a function that is too long"
{
    printf 'int\njust_fits(void)\n{\n'
    yes '    x = 1;' | head -n 77
    printf '}\n\nstatic const int table[] = {\n'
    yes '    1,' | head -n 200
    printf '};\n'
} >>"$tree/src/spdm/report.c"
it "functions: lets 80 lines and long tables pass"
check functions 0
good_tree

echo '#include "spdm/report.h"' >>"$tree/src/base/one.h"
refuses layers "src/base/one.h:3: spdm/report.h: base may not include spdm" "finds an include that points up"
echo '#include <openssl/evp.h>' >>"$tree/src/spdm/report.c"
refuses layers "openssl/evp.h: spdm may not use openssl" "finds a library that the layer may not use"
echo '#include "../base/one.h"' >>"$tree/src/spdm/report.c"
refuses layers "../base/one.h: relative include" "finds a relative include"
mkdir "$tree/src/rim"
refuses layers "src/rim has no row" "finds a folder without a row"
rm -r "$tree/cli"
refuses layers "cli: no such folder" "finds a row without a folder"
sed -i 's/| base | `src\/base` | |/| base | `src\/base` | spdm |/' "$tree/docs/architecture.md"
refuses layers "base: spdm stands in no row above" "finds a table that points up"
echo '#include <jansson.h>' >>"$tree/include/gpuattest/one.h"
refuses layers "not for a public header" "finds another library in a public header"

yes '/* x */' | head -n 601 >"$tree/src/spdm/report.c"
refuses length "src/spdm/report.c: 601 lines, more than 600" "finds a long source"
yes '/* x */' | head -n 201 >"$tree/src/spdm/report.h"
refuses length "src/spdm/report.h: 201 lines, more than 200" "finds a long header"

sed -i 's/one\.h` |$/none.h` |/' "$tree/docs/architecture.md"
refuses links "docs/architecture.md:13: src/base/none.h: no such file" "finds a path in the table that is not there"
echo 'See [more](more.md#there).' >>"$tree/docs/seed.md"
refuses links "docs/seed.md:5: more.md: no such file" "finds a dead link"
echo '/* see docs/none.md */' >>"$tree/src/spdm/report.c"
refuses links "src/spdm/report.c:15: docs/none.md: no such document" "finds a document that the code names and is not there"

echo "# see /w""ork/here/x.h" >>"$tree/scripts/hello.sh"
refuses machine "scripts/hello.sh:4: names something of one machine" "finds a path of one machine"
echo "see http://10.""0.0.1/" >>"$tree/docs/seed.md"
refuses machine "docs/seed.md:5: names something" "finds a private address"

if command -v mandoc >/dev/null 2>&1; then
    echo '.XX unknown' >>"$tree/man/one.1"
    refuses man "man/one.1:7:2: ERROR: skipping unknown macro" "finds an unknown macro"
    mv "$tree/man/one.1" "$tree/man/two.1"
    refuses man "man/two.1: has another title" "finds another title"
fi

sed -i 's/ga_one()/ga_gone()/' "$tree/docs/seed.md"
refuses seed "docs/seed.md:3: ga_gone: in no public header" "finds a counterpart that is not there"
sed -i 's/`ga_one()`/nothing/' "$tree/docs/seed.md"
refuses seed "docs/seed.md:3: names no counterpart" "finds a row that names nothing"

if command -v shellcheck >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # this is the mistake
    echo 'cp $1 $2' >>"$tree/scripts/hello.sh"
    refuses shell "scripts/hello.sh:4" "finds what shellcheck finds"
    echo 'if' >>"$tree/scripts/hello.sh"
    refuses shell "scripts/hello.sh" "finds a script that does not parse"
fi

echo '/* Source: rfc9, section 1. */' >>"$tree/src/spdm/report.c"
refuses sources "src/spdm/report.c:15: Source: rfc9, section 1. */: no such key" "finds a key that is not there"
printf '/* Text.  Source:\n * rfc9 */\n' >>"$tree/src/spdm/report.c"
refuses sources "src/spdm/report.c:16: Source: rfc9 */: no such key" "looks for the key on the next line"
echo '## rfc2 Another' >>"$tree/docs/sources.md"
refuses sources "docs/sources.md:2: rfc2: nothing cites it" "finds a section that nothing cites"
echo 'See [it](sources.md#rfc9).' >>"$tree/docs/seed.md"
refuses sources "docs/seed.md:5: docs/sources.md#rfc9: no such key" "finds a reference to a key that is not there"
rm "$tree/docs/sources.md"
refuses sources "absent or empty" "fails without its document"

echo 'int x;' >"$tree/src/spdm/report.c"
refuses spdx "src/spdm/report.c:1: no SPDX line" "finds a source without a licence"
echo 'echo' >"$tree/scripts/hello.sh"
refuses spdx "scripts/hello.sh:1: no SPDX line" "finds a script without a licence"

echo 'GA_API void ga_four(void);' >>"$tree/include/gpuattest/one.h"
refuses symbols "ga_four: missing" "finds a function that the map has not"
echo 'GA_API void ga_four(void);' >>"$tree/include/gpuattest/one.h"
refuses symbols "ga_four: no comment names it" "finds a function without a comment"
sed -i 's/    ga_two;/    ga_two;\n    ga_zero;/' "$tree/src/libgpuattest.map"
refuses symbols "ga_zero: in no public header" "finds a name in the map that no header has"
sed -i 's/ga_one returns/Returns/; s/ one\./ ga_one./' "$tree/include/gpuattest/one.h"
refuses symbols "ga_one: comment does not begin with the name" "finds a comment that begins otherwise"
sed -i '/    ga_one;/d; s/    ga_two;/&\n    ga_one;/' "$tree/src/libgpuattest.map"
refuses symbols "src/libgpuattest.map: not in order" "finds a map that is not in order"

sed -i 's/ga_two, //' "$tree/NEWS"
refuses symbols "NEWS: ga_two: not among the new API calls" "finds a function that NEWS has not"

it "symbols: compares with the library that was built"
mkdir -p "$tree/build/src"
echo '#define E __attribute__((visibility("default")))
E int ga_one(void); E int ga_one(void) { return 1; }
E int ga_two(void); E int ga_two(void) { return 2; }
E int ga_four(void); E int ga_four(void) { return 4; }' >"$tree/build/x.c"
expect_exit 0 cc -shared -fPIC -o "$tree/build/src/libgpuattest.so" "$tree/build/x.c"
check symbols 1 "ga_three: not exported"
expect_stdout_has "ga_four: exported; in no public header"

good_tree
it "all: names each check and what is wrong, and says so in TAP"
echo 'int x;' >"$tree/src/spdm/report.c"
expect_exit 1 "$GA_SOURCE_DIR/scripts/check/all" layers spdx
expect_stdout "ok 1 - layers
not ok 2 - spdx
# src/spdm/report.c:1: no SPDX line
1..2"
good_tree
expect_exit 0 "$GA_SOURCE_DIR/scripts/check/all" layers spdx
it "all: fails for a check that does not exist"
expect_exit 1 "$GA_SOURCE_DIR/scripts/check/all" nothing
expect_stdout_has "not ok 1 - nothing"
it "all: runs every check of the folder"
expect_equal "$(cd "$GA_SOURCE_DIR/scripts/check" &&
    find . -type f -perm -u+x ! -name all | sed 's,^./,,' | sort | tr '\n' ' ')" \
    "$(sed -n '/set -- banned/,/spdx/p' "$GA_SOURCE_DIR/scripts/check/all" |
        sed 's/.*set -- //; s/\\//' | tr -s ' \n' ' ')"

done_testing
