#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The set-up script, with stand-ins for the tools of the system.
. "$GA_SOURCE_DIR/test/support/tap.sh"
setup=$GA_SOURCE_DIR/scripts/setup
bin=$tap_dir/bin
mkdir "$bin"
log=$tap_dir/log
export log

# tool NAME: a stand-in with the script on standard input.
tool() {
    { echo '#!/bin/sh'; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}
for name in sh awk cat dirname env; do
    ln -s "$(command -v "$name")" "$bin/$name"
done
only() {
    : >"$log"
    expect_exit "$1" env PATH="$bin" log="$log" sh "$setup" build
}
# The last argument of dpkg-query is the package.
all_here() {
    tool dpkg-query <<'T'
echo installed
T
}
two_missing() {
    tool dpkg-query <<'T'
for package; do :; done
case $package in
cmake) exit 1 ;;
ninja-build) printf 'config-files' ;;
*) printf 'installed' ;;
esac
T
}
tool id <<'T'
echo 0
T
tool sleep <<'T'
echo "sleep $1" >>"$log"
T
tool apt-get <<'T'
echo "apt-get $*" >>"$log"
T

it "does nothing where nothing is missing"
all_here
only 0
expect_equal "" "$(cat "$log")"
expect_stdout ""

it "installs what is missing, and only that"
two_missing
only 0
expect_stdout_has "setup: installing cmake ninja-build"
cp "$log" "$tap_dir/stdout"
expect_stdout_has "apt-get update"
expect_stdout_has " cmake ninja-build"
expect_stdout_lacks "libssl-dev"
expect_stdout_lacks "sleep"

it "asks a mirror again that fails twice"
tool apt-get <<'T'
echo "apt-get $*" >>"$log"
[ "$(grep -c install "$log")" -eq 0 ] || [ "$(grep -c install "$log")" -gt 2 ]
T
ln -sf "$(command -v grep)" "$bin/grep"
only 0
expect_equal 3 "$(grep -c install "$log")"

it "gives up after four times, and installs with old lists"
tool apt-get <<'T'
echo "apt-get $*" >>"$log"
case $* in
*update*) exit 100 ;;
esac
T
only 0
expect_equal 4 "$(grep -c update "$log")"
expect_stderr_has "apt-get update failed"
tool apt-get <<'T'
echo "apt-get $*" >>"$log"
case $* in
*install*) exit 100 ;;
esac
T
only 1
expect_equal 4 "$(grep -c install "$log")"

it "uses sudo where the user is not root"
tool apt-get <<'T'
echo "apt-get $*" >>"$log"
T
tool id <<'T'
echo 1000
T
tool sudo <<'T'
echo "sudo $*" >>"$log"
T
only 0
expect_equal 0 "$(grep -c ^apt-get "$log")"
expect_equal 2 "$(grep -c '^sudo .*apt-get' "$log")"

it "says what to install where there is no way to"
rm "$bin/sudo"
only 1
expect_stderr "setup: neither root nor sudo; install as root: cmake ninja-build"
rm "$bin/apt-get"
only 1
expect_stderr "setup: no apt-get here; install by hand: cmake ninja-build"

it "refuses a purpose that the list has not"
expect_exit 2 sh "$setup" everything
expect_stderr "setup: everything: not build, check, fuzz, valgrind or package"

it "has a reason for every package"
expect_exit 0 awk '!/^#/ && (NF < 3 || $1 !~ /^(build|check|fuzz|valgrind|package)$/) { bad = 1; print }
    END { exit bad }' "$GA_SOURCE_DIR/scripts/packages.txt"

done_testing
